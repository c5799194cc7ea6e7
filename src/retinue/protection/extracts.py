"""Extracts: what one recipient needs to know, and nothing else.

An extract is made from the recipient's own sites, windows and duties alone: no title, no names of
the party, no ends of the journey, no other site, no identifier of plan or annex.  So whatever
changes elsewhere leaves it byte for byte the same, and two recipients together learn the union.

What a keeper closes on is an order of control, not the report that gives rise to it: the report
point is somebody else's site.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.clock import local_text
from retinue.document import suggest
from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.plan import Closure, Duty, Plan, Protection, Task

__all__ = ["ROLES", "Extract", "extract_for", "extracts_of", "recipients"]

ROLES = (
    "crossing keeper",
    "station",
    "team leader",
    "caterer",
    "traffic control",
    "railway notice",
    "air traffic",
    "principal's office",
    "security order",
)


@dataclass(frozen=True)
class Extract:
    """A text for one recipient.

    Attributes
    ----------
    role, whom
        The role, and which of its holders: a place, a team; empty where there is one only.
    text
        As it is handed over.
    """

    role: str
    whom: str
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the text: names this version of this extract and nothing else."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @property
    def file_name(self) -> str:
        """Name of its file, from role and recipient."""
        words = f"{self.role} {self.whom}".strip().casefold()
        kept = "".join(c if c.isalnum() else "-" for c in words)
        return "-".join(part for part in kept.split("-") if part)[:80] + ".txt"


def recipients(plan: Plan, protection: Protection, role: str) -> tuple[str, ...]:
    """Return the recipients of a role.

    Raises
    ------
    InputError
        For an unknown role.
    """
    if role == "crossing keeper":
        return tuple(sorted({_place(c) for c in protection.closures}))
    if role == "station":
        return tuple(sorted({_stand(s) for s in _stations(protection)}))
    if role == "team leader":
        return tuple(sorted({duty.team for duty in protection.duties}))
    if role not in ROLES:
        raise InputError(
            f'"{role}" is not a role',
            where="--role",
            cure=suggest(role, ROLES) or f"Known: {', '.join(ROLES)}.",
        )
    if role == "air traffic" and not any(leg.mode == "air" for leg in plan.legs):
        return ()
    if role in ("traffic control", "railway notice", "caterer") and not any(
        leg.mode == "rail" for leg in plan.legs
    ):
        return ()
    return ("",)


def extract_for(plan: Plan, protection: Protection, role: str, whom: str = "") -> Extract:
    """Return the extract of one recipient.

    Raises
    ------
    InputError
        For an unknown role or recipient.
    """
    known = recipients(plan, protection, role)
    if not known:
        raise InputError(f"nobody on this journey is a {role}", where="--role")
    if whom not in known:
        raise InputError(
            f'"{whom}" is no {role} of this journey' if whom else f"which {role}?",
            where="--whom",
            cure=suggest(whom, known) or "Known: " + "; ".join(known) + ".",
        )
    return Extract(role, whom, _WRITERS[role](plan, protection, whom))


def extracts_of(
    plan: Plan, protection: Protection, roles: Sequence[str] = ROLES
) -> tuple[Extract, ...]:
    """Return the extracts of every recipient of some roles."""
    return tuple(
        extract_for(plan, protection, role, whom)
        for role in roles
        for whom in recipients(plan, protection, role)
    )


def _place(item: Closure | Task) -> str:
    """Name a place so that its keeper knows it: two crossings of one name differ by position."""
    return f"{item.place} ({item.lat:.4f}, {item.lon:.4f})"


def _stations(protection: Protection) -> list[dict[str, Any]]:
    return [s for s in protection.sites if s.get("class") in ("station", "station passed")]


def _stand(site: dict[str, Any]) -> str:
    return f"{site['name']} ({float(site['lat_deg']):.4f}, {float(site['lon_deg']):.4f})"


def _sheet(title: str, whom: str, lines: Sequence[str]) -> str:
    return "\n".join(["RESTRICTED", title, *([whom] if whom else []), "", *lines]) + "\n"


def _at(time_s: float, zone: str) -> str:
    return local_text(time_s, zone).strip()


def _keeper(_plan: Plan, protection: Protection, whom: str) -> str:
    lines: list[str] = []
    for closure in sorted(
        (c for c in protection.closures if _place(c) == whom), key=lambda c: c.latest_close_utc
    ):
        zone, rule = closure.zone, closure.emergency
        bands = [
            b
            for b in protection.passages
            if (b.leg, b.site) == (closure.leg, closure.site) and b.role in closure.roles
        ]
        lines += [
            f"Passage of {len(closure.roles)} "
            + ("movement" if len(closure.roles) == 1 else "movements, one after the other"),
            f"  close on the order of control, in any case by  {_at(closure.latest_close_utc, zone)}",
            f"  first head expected                            {_at(min(b.head_utc for b in bands), zone)}",
            f"  between                                        {_at(min(b.head_low_utc for b in bands), zone)}",
            f"                                             and {_at(max(b.head_high_utc for b in bands), zone)}",
            f"  last tail expected                             {_at(max(b.tail_utc for b in bands), zone)}",
            "  open when the tail is reported complete, or on the order of control",
            "",
            f"Ambulance, fire engine: the {rule.decides} decides; call at once.",
            f"  nobody begins to cross later than {rule.last_safe_s:.0f} s before a head is due",
            f"  it waits {rule.most_delay_s / 60:.0f} min at the most",
            "",
        ]
    return _sheet("ORDER TO A CROSSING", whom, lines)


def _station(plan: Plan, protection: Protection, whom: str) -> str:
    lines: list[str] = []
    sites = [s for s in _stations(protection) if _stand(s) == whom]
    for site in sites:
        zone = next(leg.from_.zone for leg in plan.legs if leg.id == site["leg"])
        for band in protection.passages:
            if (band.leg, band.site) != (site["leg"], site["id"]):
                continue
            word = "arrives" if site["class"] == "station" and band.role == "main" else "passes"
            lines.append(
                f"  {word:8} {_at(band.head_utc, zone)}   between {_at(band.head_low_utc, zone)}"
                f" and {_at(band.head_high_utc, zone)}"
            )
        for task in protection.tasks:
            if (task.leg, task.site) == (site["leg"], site["id"]):
                lines.append(
                    f"  {task.what:12} from {_at(task.latest_utc, zone)} to"
                    f" {_at(task.until_utc, zone)}, {task.people} people"
                )
    return _sheet("NOTICE TO A STATION", whom, lines)


def _team(_plan: Plan, protection: Protection, whom: str) -> str:
    lines: list[str] = []
    own: list[Duty] = sorted(
        (d for d in protection.duties if d.team == whom), key=lambda d: d.start_utc
    )
    tasks = {task.id: task for task in protection.tasks}
    for duty in own:
        lines += [
            f"Base {duty.base}, {duty.vehicle}, {duty.people} people",
            f"leave {_at(duty.start_utc, duty.zone)}, back {_at(duty.end_utc, duty.zone)}",
            "",
        ]
        for step in duty.steps:
            task = tasks[step.task]
            lines += [
                f"{step.what:16} {step.place} ({task.lat:.4f}, {task.lon:.4f})",
                f"  arrive {_at(step.arrive_utc, duty.zone)}, begin by {_at(task.latest_utc, duty.zone)}",
                f"  leave  {_at(step.end_utc, duty.zone)}, call {step.contact}",
            ]
            if task.decide_utc is not None:
                lines.append(f"  report clear or not clear by {_at(task.decide_utc, duty.zone)}")
            lines += ["  done at ................  signed ................", ""]
    return _sheet("DUTY SHEET", whom, lines)


def _trains(plan: Plan, protection: Protection, *, sites: bool) -> list[str]:
    """Trains by number with the times of points: no names of people, no purpose."""
    lines: list[str] = []
    number = 0
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        for movement in sorted(leg.movements, key=lambda m: m.depart_s):
            number += 1
            lines.append(f"Special train {number}, {movement.length_m:.0f} m")
            for event in leg.timeline:
                if event.role != "main" or event.kind not in ("depart", "pass", "arrive", "border"):
                    continue
                if event.distance_m is None:
                    continue
                leaving = event.kind == "depart"
                when = movement.time_at(event.distance_m, leaving=leaving)
                word = {"depart": "departs", "arrive": "arrives"}.get(event.kind, "passes")
                lines.append(f"  {word:8} {_at(when, event.zone)}  {event.place}")
            lines.append("")
    return lines


def _notice(plan: Plan, protection: Protection, _whom: str) -> str:
    return _sheet("RAILWAY NOTICE", "", _trains(plan, protection, sites=False))


def _control(plan: Plan, protection: Protection, _whom: str) -> str:
    import yaml

    lines = _trains(plan, protection, sites=True)
    rules = yaml.safe_load(protection.policy_text).get("traffic", {})
    lines.append("Rules for other trains")
    lines += [
        f"  {name}: {'yes' if value is True else value}"
        for name, value in rules.items()
        if value and name not in ("source", "confidence", "basis")
    ]
    on_track = [task for task in protection.tasks if task.on_track]
    if on_track:
        lines += ["", "Track occupied by patrols and searches"]
        lines += [
            f"  {task.place}  {_at(task.earliest_utc, task.zone)} to {_at(task.until_utc, task.zone)}"
            for task in on_track
        ]
    power = [task for task in protection.tasks if task.what == "isolate power"]
    if power:
        lines += ["", "Power to be isolated by electrical control"]
        lines += [
            f"  {task.place}  {_at(task.earliest_utc, task.zone)} to {_at(task.until_utc, task.zone)}"
            for task in power
        ]
    return _sheet("ORDER TO TRAFFIC CONTROL", "", lines)


def _caterer(plan: Plan, _protection: Protection, _whom: str) -> str:
    lines = []
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        for stop in leg.main.stops:
            if any(word in stop.why for word in ("cater", "supply", "water", "provision")):
                lines.append(
                    f"  {stop.place}  {_at(stop.arrive_s, stop.zone)} to"
                    f" {_at(stop.depart_s, stop.zone)}  {stop.why}"
                )
    return _sheet("ORDER TO THE CATERER", "", lines or ["No supply on the way."])


def _air(plan: Plan, _protection: Protection, _whom: str) -> str:
    lines = []
    for paper in plan.papers:
        if paper.kind in ("flight-plan", "restricted-zone-request", "notam-request"):
            lines += [paper.title, paper.text, ""]
    return _sheet("FOR AIR TRAFFIC", "", lines or ["No message is part of the plan."])


def _office(plan: Plan, _protection: Protection, _whom: str) -> str:
    lines = []
    for leg in plan.legs:
        lines += [
            f"{_at(leg.depart_utc, leg.from_.zone)}  {leg.from_.name}",
            f"{_at(leg.arrive_utc, leg.to.zone)}  {leg.to.name}  ({leg.mode})",
            "",
        ]
    return _sheet("PROGRAMME", plan.title, lines)


def _order(plan: Plan, protection: Protection, _whom: str) -> str:
    lines = [plan.title, f"Policy {protection.policy}", ""]
    lines += ["Decisions"]
    for decision in protection.decisions:
        lines += [
            f"  {decision.what:10} by {_at(decision.latest_utc, decision.zone)}  {decision.owner}"
            f" (deputy {decision.deputy}): {decision.text}",
            f"             otherwise: {decision.otherwise}",
        ]
    lines += ["", f"Closures ({len(protection.closures)})"]
    for closure in protection.closures:
        lines.append(
            f"  {_at(closure.close.planned_utc, closure.zone)} to"
            f" {_at(closure.open.planned_utc, closure.zone)}  {closure.place}: {closure.close.event}"
        )
    lines += ["", f"Posts ({len(protection.tasks)})"]
    for task in protection.tasks:
        lines.append(
            f"  {_at(task.latest_utc, task.zone)}  {task.what:16} {task.place}"
            + (f"  (asked of {task.request_to})" if task.request_to else "")
        )
    lines += ["", "Not covered"] + [
        f"  {u.place}: {u.because}; {u.cure}" for u in protection.uncovered
    ]
    return _sheet("SECURITY ORDER", "", lines)


_WRITERS: dict[str, Callable[[Plan, Protection, str], str]] = {
    "crossing keeper": _keeper,
    "station": _station,
    "team leader": _team,
    "caterer": _caterer,
    "traffic control": _control,
    "railway notice": _notice,
    "air traffic": _air,
    "principal's office": _office,
    "security order": _order,
}
