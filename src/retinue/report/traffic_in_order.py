"""Traffic as a chapter of the movement order and a section of the page: the convoy as planned now.

Both go to whoever runs the journey: what rules of protection hold free stays out of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from retinue.clock import local, offset_text
from retinue.plan.moved_traffic import MovedTraffic, moved_traffic
from retinue.plan.records import Note
from retinue.plan.traffic_extract import without_protection
from retinue.report.chapter import Chapter, Part, Picture
from retinue.report.drawing import PAPER, SCREEN, Palette
from retinue.report.page_sections import notes_markup, section, sheet
from retinue.report.table import Table
from retinue.report.trade_off_chart import draw_trade_off
from retinue.report.traffic_chapter import traffic_pictures, traffic_subtitle
from retinue.report.traffic_route import overlaps, route_of
from retinue.report.traffic_tables import (
    cost_words,
    delay_figures,
    restriction_words,
    traffic_tables,
)
from retinue.report.wording import duration_text, km_text

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.plan.traffic import TrafficRecord
    from retinue.plan.traffic_document import ClearingCost, LegTraffic, TrafficDocument

__all__ = [
    "met",
    "order_traffic",
    "path_table",
    "shown",
    "stale_note",
    "traffic_sections",
]

_MOST_TOLD = 4


def order_traffic(plan: Plan, document: TrafficDocument | None, width: float) -> list[Chapter]:
    """Return a chapter for each leg that was given a path among other trains, on paper."""
    found = []
    for part in () if document is None else document.legs:
        leg = _leg(plan, part)
        if leg is not None:
            name = "Traffic" if _one(document) else f"Traffic: {part.title}"
            found.append(Chapter(name, tuple(_parts(plan, leg, part, width, PAPER))))
    return found


def traffic_sections(
    plan: Plan, document: TrafficDocument | None, widths: Mapping[str, float]
) -> str:
    """Return the sections of the page; nothing where no leg was given a path.

    Parameters
    ----------
    widths
        Of drawings by the class of the screen they are shown on, points.
    """
    found = []
    for number, part in enumerate(() if document is None else document.legs, start=1):
        leg = _leg(plan, part)
        if leg is None:
            continue
        parts: list[str] = []
        sizes = {size: _parts(plan, leg, part, width, SCREEN) for size, width in widths.items()}
        for row in zip(*sizes.values(), strict=True):
            match row[0]:
                case Picture():
                    parts += [_figure(size, p) for size, p in zip(sizes, row, strict=True)]
                case Table() as table:
                    parts.append(sheet(table))
                case Note() as note:
                    parts.append(notes_markup((note,)))
                case words:
                    parts.append(f"<p>{escape(str(words))}</p>")
        title = "Traffic" if _one(document) else f"Traffic: {part.title}"
        found.append(section(f"h-traffic-{number}", title, "".join(parts)))
    return "".join(found)


def _one(document: TrafficDocument | None) -> bool:
    return document is not None and len(document.legs) == 1


def _figure(size: str, picture: Part) -> str:
    assert isinstance(picture, Picture)
    note = f'<figcaption class="light">{escape(picture.note)}</figcaption>' if picture.note else ""
    return (
        f'<h3 class="{size}">{escape(picture.title)}</h3>'
        f'<figure class="{size}">{picture.svg}{note}</figure>'
    )


def _leg(plan: Plan, part: LegTraffic) -> Leg | None:
    return next((leg for leg in plan.legs if leg.id == part.leg and leg.mode == "rail"), None)


def _parts(plan: Plan, leg: Leg, part: LegTraffic, width: float, palette: Palette) -> list[Part]:
    """Return what is told of a leg: the same parts in the same order for every width."""
    moved = moved_traffic(plan, part)
    record = shown(moved.record)
    route = route_of(record, leg, zone=plan.origin.zone)
    parts: list[Part] = []
    if (note := stale_note(plan, part, moved)) is not None:
        parts.append(note)
    if route is None:
        return parts
    parts.append(f"Timetable {record.feed} of {record.date}. {traffic_subtitle(record, route)}.")
    parts.append(_told(record, part.cost))
    graphs, stations = traffic_pictures(record, route, width, palette)
    evenly = " Block ends are drawn evenly between places." if route.evenly else ""
    for number, one in enumerate(graphs):
        note_text = "Grey steps: how long each block is kept for the convoy." + evenly
        parts.append(Picture(one.title, one.svg, "" if number else note_text))
    parts.append(path_table(part, leg))
    parts += traffic_tables(record, route.zone)
    if part.cost is not None:
        curve = draw_trade_off(part.cost, width, palette)
        if curve:
            parts.append(Picture("What a later departure costs others", curve))
    order = "Rows are given out in the order of coming; the timetable names no track."
    parts += [Picture(f"Tracks of {one.title}", one.svg, order) for one in stations]
    told = [*restriction_words(record), *record.assumptions]
    if told:
        parts.append("Taken as given: " + "; ".join(told) + ".")
    return parts


def shown(record: TrafficRecord) -> TrafficRecord:
    """Return a record as those see it who run the journey and are not cleared for its protection.

    They know the convoy's trains, which the plan names; and where a train was in the way, but not
    whether a rule put it there.
    """
    cut = without_protection(record)
    rules = () if record.rules is None else (*record.rules.on, *record.rules.off)

    def place(words: str) -> str:
        for rule in rules:
            words = words.removeprefix(f"{rule}: ")
        return words

    trains = tuple(
        less.model_copy(update={"id": full.id, "title": full.title, "role": full.role})
        if full.special
        else less
        for full, less in zip(record.trains, cut.trains, strict=True)
    )
    altered = tuple(
        less.model_copy(update={"because": place(full.because)})
        for full, less in zip(record.altered, cut.altered, strict=True)
    )
    return cut.model_copy(update={"trains": trains, "altered": altered})


def stale_note(plan: Plan, part: LegTraffic, moved: MovedTraffic) -> Note | None:
    """Return what is wrong with a path that the plan does not keep any more; None: it keeps it."""
    if not moved.moved:
        return None
    again = "find it again: retinue insert PLAN --adopt"
    if not moved.shifts:
        text = f"the plan has no such leg any more; {again}"
        return Note(level="warning", subject=part.title, text=text)
    worst = max(moved.shifts, key=lambda shift: abs(shift.most_s))
    sign = "later" if worst.most_s > 0 else "earlier"
    text = (
        f"the plan has moved off the path that was found, by {_span(abs(worst.most_s))}"
        f" ({sign}) at {worst.place}: "
    )
    meets = met(plan, part, moved)
    text += ("it now meets " + "; ".join(meets)) if meets else "it still meets no other train"
    return Note(level="warning", subject=part.title, text=f"{text}; {again}")


def met(plan: Plan, part: LegTraffic, moved: MovedTraffic) -> list[str]:
    """Return whom the convoy as planned now meets, where and when; local times."""
    record = moved.record
    leg = _leg(plan, part)
    zone = plan.origin.zone if leg is None else leg.from_.zone
    titles = {train.id: train for train in record.trains}
    names = {resource.id: resource.name for resource in record.resources}
    found: dict[str, tuple[float, float, str]] = {}
    for one in overlaps(record):
        if one.known or not any(titles[train].special for train in one.trains):
            continue
        for train in one.trains:
            if titles[train].special:
                continue
            begin, seconds, place = found.get(train, (one.from_s, 0.0, names[one.resource]))
            if one.from_s < begin:
                begin, place = one.from_s, names[one.resource]
            found[train] = (begin, max(seconds, one.to_s - one.from_s), place)
    rows = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    told = [
        f"{titles[train].title} at {place}, {_clock(begin, zone)} {offset_text(begin, zone)}"
        f" for {seconds:.0f} s"
        for train, (begin, seconds, place) in rows[:_MOST_TOLD]
    ]
    if len(rows) > _MOST_TOLD:
        told.append(f"and {len(rows) - _MOST_TOLD} more trains")
    return told


def _told(record: TrafficRecord, cost: ClearingCost | None) -> str:
    """Return the key figures in a sentence or two."""
    words = ", ".join(f"{value} {what}" for value, what in delay_figures(record)) + "."
    return words if cost is None else f"{words} {cost_words(cost)}"


def path_table(part: LegTraffic, leg: Leg | None = None) -> Table:
    """Return the path that was found: where the main train stands, and how fast it may run."""
    path = part.path
    zone = path.stands[0].zone if leg is None else leg.from_.zone
    names = {} if leg is None else {round(s.distance_m): s.place for s in leg.main.stops}
    last = len(path.stands) - 1
    rows = []
    for number, stand in enumerate(path.stands):
        waited = stand.depart_utc - stand.arrive_utc - stand.least_s
        what = "departs" if number == 0 else "arrives" if number == last else ""
        if not what:
            what = "stops" if stand.asked else "waits for other trains"
            what += f", {waited:.0f} s for others" if stand.asked and stand.waits else ""
        place = names.get(round(stand.at_m), stand.place)
        arrive = "" if number == 0 else _clock(stand.arrive_utc, zone)
        depart = "" if number == last else _clock(stand.depart_utc, zone)
        rows.append((stand.at_m, (km_text(stand.at_m), place, arrive, depart, what)))
    rows += [
        (ceiling.from_m, (km_text(ceiling.from_m), "", "", "", ceiling.words))
        for ceiling in path.told(None if leg is None else leg.profile)
    ]
    rows.sort(key=lambda row: row[0])
    offset = offset_text(path.depart_utc, zone)
    return Table(
        "The path that was found", ("km", "place", "arrives", "departs", ""),
        tuple(cells for _, cells in rows), right=frozenset({0, 2, 3}), wide={1: 1.0, 4: 1.2},
        note=f"Main train, local time {offset}.",
    )  # fmt: skip


def _span(seconds: float) -> str:
    return f"{seconds:.0f}\u00a0s" if seconds < 90.0 else duration_text(seconds)


def _clock(moment: float, zone: str) -> str:
    return f"{local(round(moment), zone):%H:%M:%S}"
