"""Sheets of those who hold one place: crossing keepers, stations, team leaders, caterers.

Each is made from the reader's own windows alone.  A keeper closes on an order, not on the report
that gives rise to it: the report point is somebody else's place, and so is the moment at which a
train is there; what is printed is a time by which the order cannot have come yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.protection.recipients import (
    caterers,
    duties_by_leader,
    place_name,
    stations,
    task_place,
)
from retinue.protection.sheet import Row, Section, Sheet, early, late, near, span

if TYPE_CHECKING:
    from retinue.plan import Closure, Duty, Leg, PassageBand, Plan, Protection, Task

__all__ = ["caterer_sheet", "keeper_sheet", "station_sheet", "team_sheet"]

# An order is given no earlier than: the lead at the fastest running (never a quarter less than the
# planned time), and two minutes for a report point with a name; one minute to spare.
_LEAD_FACTOR = 1.25
_REPORT_S = 180.0
_SAME_MOMENT_S = 90.0
_SIGN = (Row("name", blank=True), Row("signed", blank=True))


@dataclass(frozen=True)
class _Words:
    """What keepers of a railway and of a road call the same things."""

    title: str
    head: str
    tail: str
    complete: str


_RAIL = _Words("ORDER TO A CROSSING", "head", "tail", "past and complete")
_ROAD = _Words("ORDER TO A ROAD POST", "first vehicle", "last vehicle", "past")


def keeper_sheet(plan: Plan, protection: Protection, whom: str) -> Sheet:
    """Return the order to a crossing."""
    own = sorted(
        (c for c in protection.closures if place_name(c.place, c.lat, c.lon) == whom),
        key=lambda c: c.latest_close_utc,
    )
    roads = {leg.id for leg in plan.legs if leg.mode == "road"}
    sections = []
    for number, closure in enumerate(own, start=1):
        heading = f"Closure {number} of {len(own)}" if len(own) > 1 else "Closure"
        words = _ROAD if closure.leg in roads else _RAIL
        bands = _bands(protection, closure)
        sections.append(Section(heading, _closure_rows(closure, bands, words)))
    words = _ROAD if own[0].leg in roads else _RAIL
    sections += [_emergency(own), _failures(own, words)]
    return Sheet(words.title, whom, tuple(sections))


def _bands(protection: Protection, closure: Closure) -> list[PassageBand]:
    return sorted(
        (
            band
            for band in protection.passages
            if (band.leg, band.site) == (closure.leg, closure.site)
            and band.role in closure.roles
            and closure.latest_close_utc <= band.head_utc <= closure.band_open_utc
        ),
        key=lambda b: b.head_utc,
    )


def _closure_rows(closure: Closure, bands: Sequence[PassageBand], words: _Words) -> tuple[Row, ...]:
    zone = closure.zone
    first = min((b.head_low_utc for b in bands), default=closure.latest_close_utc)
    lead = first - closure.fixed_from_utc + closure.emergency.message_s
    rows = [
        Row("be there from", early(first - _LEAD_FACTOR * max(lead, 0.0) - _REPORT_S), zone=zone),
        Row("close when ordered, in any case by", early(closure.latest_close_utc), zone=zone),
    ]
    for number, band in enumerate(bands, start=1):
        name = f"movement {number}" if len(bands) > 1 else "movement"
        rows += [
            Row(f"{name}: {words.head} expected", near(band.head_utc), zone=zone),
            span(f"  {words.head} between", band.head_low_utc, band.head_high_utc, zone),
            Row(f"  {words.tail} expected", near(band.tail_utc), zone=zone),
        ]
    count = len(bands)
    last = (
        f"the {words.tail} of the last of {count} movements" if count > 1 else f"its {words.tail}"
    )
    rows += [
        Row("open when", text=f"{last} is reported {words.complete}, or when ordered"),
        Row("released not later than", late(closure.band_open_utc), zone=zone),
        Row("closed at", blank=True),
        Row("opened at", blank=True),
        _SIGN[1],
    ]
    return tuple(rows)


def _emergency(own: Sequence[Closure]) -> Section:
    rule = max((c.emergency for c in own), key=lambda e: e.last_safe_s)
    longest = max(c.emergency.most_delay_s for c in own)
    return Section(
        "Ambulance or fire engine while it is closed",
        (
            Row(f"Call the {rule.decides} at once; the {rule.decides} decides, nobody else."),
            Row(
                f"Nobody begins to cross later than {rule.last_safe_s:.0f} s before a head is due."
            ),
            Row(f"It waits {max(longest / 60, 1.0):.0f} min at the most."),
        ),
    )


def _failures(own: Sequence[Closure], words: _Words) -> Section:
    decides = own[0].emergency.decides
    rows = [
        Row("If no order has come by the time above, close."),
        Row(
            f"If the {words.tail} is not reported {words.complete}, stay closed and call the"
            f" {decides}. Nobody can be reached: stay closed until it is seen to have passed."
        ),
    ]
    budgets = [c.budget_s for c in own if c.budget_s is not None]
    if budgets:
        longest = f"{min(budgets) / 60:.0f} min"
        rows.append(Row(f"Closed for more than {longest}: call the {decides}, who may open."))
    return Section("If something fails", tuple(rows))


def station_sheet(plan: Plan, protection: Protection, whom: str) -> Sheet:
    """Return the notice to a station: its trains, and what is done on its ground."""
    legs = {leg.id: leg for leg in plan.legs}
    sites = stations(protection)[whom]
    keys = {(str(site["leg"]), str(site["id"])) for site in sites}
    bands = sorted(
        (b for b in protection.passages if (b.leg, b.site) in keys), key=lambda b: b.head_utc
    )
    trains: list[Row] = []
    for band in bands:
        leg = legs[band.leg]
        at = [float(s["chainage_m"]) for s in sites if s["leg"] == leg.id]
        trains += _train_rows(leg, band, at, [float(s["until_m"]) for s in sites])
    tasks = sorted(
        (t for t in protection.tasks if (t.leg, t.site) in keys),
        key=lambda t: (t.latest_utc, t.id),
    )
    sections = [Section("Trains", tuple(trains))]
    if tasks:
        sections.append(
            Section("On the ground of the station", tuple(_ground_row(task) for task in tasks))
        )
    sections.append(
        Section(
            "Remarks",
            (
                Row(
                    "Earlier or later than the times above: control calls. Nothing about these"
                    " trains is announced or shown."
                ),
            ),
        )
    )
    return Sheet("NOTICE TO A STATION", whom, tuple(sections))


def _train_rows(
    leg: Leg, band: PassageBand, at_m: Sequence[float], until_m: Sequence[float]
) -> list[Row]:
    zone = leg.from_.zone
    movement = next(m for m in leg.movements if m.role == band.role)
    between = span("  between", band.head_low_utc, band.head_high_utc, zone)
    here = any(abs(float(movement.distance_m[0]) - m) <= 1.0 for m in at_m)
    if here and abs(band.head_utc - movement.depart_s) < _SAME_MOMENT_S:
        return [Row("departs", near(movement.depart_s), zone=zone)]
    for stop in movement.stops:
        inside = any(
            a - 1.0 <= stop.distance_m <= b + 1.0 for a, b in zip(at_m, until_m, strict=False)
        )
        if inside and stop.arrive_s - _SAME_MOMENT_S <= band.head_utc <= stop.depart_s + 1:
            return [
                Row("arrives", near(stop.arrive_s), zone=stop.zone),
                between,
                Row("  departs", near(stop.depart_s), zone=stop.zone),
            ]
    there = any(abs(float(movement.distance_m[-1]) - m) <= 1.0 for m in until_m)
    if there and abs(band.head_utc - movement.arrive_s) < _SAME_MOMENT_S:
        return [Row("arrives", near(movement.arrive_s), zone=leg.to.zone), between]
    return [Row("passes", near(band.head_utc), zone=zone), between]


def _ground_row(task: Task) -> Row:
    people = f"{task.people} people" if task.people > 1 else "1 person"
    text = f"asked of {task.request_to}" if task.request_to else people
    return span(task.what, task.latest_utc, task.until_utc, task.zone, text)


def team_sheet(_plan: Plan, protection: Protection, whom: str) -> Sheet:
    """Return the duty sheet of a team: one part a duty, with fields to sign off."""
    tasks = {task.id: task for task in protection.tasks}
    sections: list[Section] = []
    own = duties_by_leader(protection)[whom]
    for number, duty in enumerate(own, start=1):
        name = f"Duty {number} of {len(own)}" if len(own) > 1 else "Duty"
        sections.append(Section(name, _duty_rows(duty)))
        sections += [
            Section(task_place(tasks[step.task]), _step_rows(duty, number, tasks))
            for number, step in enumerate(duty.steps)
        ]
    return Sheet("DUTY SHEET", whom, tuple(sections))


def _duty_rows(duty: Duty) -> tuple[Row, ...]:
    zone = duty.zone
    if duty.assumed:
        first, last = duty.steps[0], duty.steps[-1]
        people = Row("base and vehicle", text="to be named with the team")
        times = span("on duty", first.arrive_utc, last.end_utc, zone, "without the way there")
    else:
        people = Row("base", text=f"{duty.base}, {duty.vehicle}, {duty.people} people")
        times = Row("leave base", early(duty.start_utc), zone=zone)
    rows = [people, times]
    if not duty.assumed:
        rows.append(Row("back at base", late(duty.end_utc), zone=zone))
    return tuple(rows)


def _step_rows(duty: Duty, number: int, tasks: dict[str, Task]) -> tuple[Row, ...]:
    step, zone = duty.steps[number], duty.zone
    task = tasks[step.task]
    way = step.travel_s > 0 and (number > 0 or not duty.assumed)
    travel = f"{step.travel_s / 60:.0f} min on the way" if way else ""
    held = step.end_utc - step.start_utc > task.duration_s + 60
    rows = [
        Row("arrive", early(step.arrive_utc), zone=zone, text=travel),
        Row(f"{step.what}, begin by", early(task.latest_utc), zone=zone),
    ]
    if task.duration_s > 0:
        rows.append(Row("takes", text=f"{max(task.duration_s / 60, 1):.0f} min"))
    if task.skills:
        rows.append(Row("needs", text=", ".join(task.skills)))
    if task.decide_utc is not None:
        rows.append(Row("report clear or not clear by", early(task.decide_utc), zone=zone))
    rows += [
        Row("stay until" if held else "done by", late(step.end_utc), zone=zone),
        Row("call", text=step.contact or "control"),
        Row("found clear / not clear", blank=True),
        Row("done at", blank=True),
        *_SIGN,
    ]
    return tuple(rows)


def caterer_sheet(plan: Plan, _protection: Protection, whom: str) -> Sheet:
    """Return the order to whoever supplies the train at one place."""
    rows: list[Row] = []
    # Where goods are brought without a task of the stop, only the goods are told of.
    own = caterers(plan).get(whom, [])
    stops: list[Any] = sorted(own, key=lambda s: float(s.arrive_s))
    for stop in stops:
        rows.append(span("at the train", stop.arrive_s, stop.depart_s, stop.zone, stop.why))
        rows += [
            span(f"  {task.what}", stop.arrive_s + task.start_s,
                 stop.arrive_s + task.start_s + task.duration_s, stop.zone)
            for task in stop.tasks
        ]  # fmt: skip
    rows += [Row("delivered at", blank=True), Row("seal number", blank=True), *_SIGN]
    return Sheet("ORDER TO THE CATERER", whom, (Section("Supply", tuple(rows)),))
