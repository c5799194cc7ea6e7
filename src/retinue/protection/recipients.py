"""Who is told something: roles, and their holders named by their own places alone.

A place without a name is called by its position, never by the distance from the journey's start,
which would tell where that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.protection.sheets_on_board import BOARD_ROLES, board_holders

if TYPE_CHECKING:
    from retinue.plan import Duty, Leg, Paper, Plan, Protection, Provision, Task

__all__ = [
    "ROLES",
    "Stretch",
    "air_papers",
    "caterers",
    "duties_by_leader",
    "place_name",
    "recipients_of",
    "stations",
    "stretches",
    "task_place",
]

#: Every role, in the order of issue.
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
_NAMELESS = re.compile(r"^(?P<kind>[a-z ]+) at km -?\d+\.\d$")
_CATERING = ("cater", "meal", "food", "provision", "kitchen", "supplies")
_AIR_KINDS = ("flight-plan", "restricted-zone-request", "notam-request")


def place_name(place: str, lat: float, lon: float) -> str:
    """Name a place so that its keeper knows it: two of one name differ by position."""
    nameless = _NAMELESS.match(place)
    name = nameless["kind"] if nameless else place
    return f"{name} ({lat:.4f}, {lon:.4f})"


def task_place(task: Task) -> str:
    """Name the place of a task; of a patrol, both ends of the beat."""
    if task.from_m is not None and task.end_lat is not None and task.end_lon is not None:
        return f"track ({task.lat:.4f}, {task.lon:.4f}) to ({task.end_lat:.4f}, {task.end_lon:.4f})"
    return place_name(task.place, task.lat, task.lon)


def stations(protection: Protection) -> dict[str, list[dict[str, Any]]]:
    """Return the records of stations by the name of their holder."""
    found: dict[str, list[dict[str, Any]]] = {}
    for site in protection.sites:
        if site.get("class") in ("station", "station passed"):
            where = float(site["lat_deg"]), float(site["lon_deg"])
            found.setdefault(place_name(str(site["name"]), *where), []).append(site)
    return found


def duties_by_leader(protection: Protection) -> dict[str, list[Duty]]:
    """Return the duties by team leader; a team that nobody has named is called by its first place.

    Its number would tell how many there are, and its base an end of the journey.
    """
    tasks = {task.id: task for task in protection.tasks}
    found: dict[str, list[Duty]] = {}
    for duty in protection.duties:
        if duty.assumed and duty.steps:
            whom = f"post at {task_place(tasks[duty.steps[0].task])}"
        else:
            whom = duty.team
        found.setdefault(whom, []).append(duty)
    return {whom: sorted(own, key=lambda d: (d.start_utc, d.id)) for whom, own in found.items()}


@dataclass(frozen=True)
class Stretch:
    """A part of a leg in one country."""

    leg: Leg
    country: str
    from_m: float
    until_m: float


def stretches(plan: Plan) -> dict[str, list[Stretch]]:
    """Return the stretches of railway legs by country; a border point belongs to both sides."""
    found: dict[str, list[Stretch]] = {}
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        end = float(leg.main.distance_m[-1])
        country, begin = leg.from_.country, 0.0
        parts: list[Stretch] = []
        for event in leg.timeline:
            if event.role != "main" or event.distance_m is None or not event.country:
                continue
            if event.country != country:
                parts.append(Stretch(leg, country, begin, event.distance_m))
                country, begin = event.country, event.distance_m
        parts.append(Stretch(leg, country, begin, end))
        for part in parts:
            found.setdefault(part.country, []).append(part)
    return found


def caterers(plan: Plan) -> dict[str, list[Any]]:
    """Return the stops at which the train is supplied, by place; each place is told of its own."""
    found: dict[str, list[Any]] = {}
    for leg in plan.legs:
        for movement in leg.movements:
            for stop in movement.stops:
                words = " ".join((stop.why, *(task.what for task in stop.tasks))).casefold()
                if any(word in words for word in _CATERING):
                    found.setdefault(stop.place, []).append(stop)
    return found


def air_papers(plan: Plan) -> dict[str, list[Paper]]:
    """Return the messages for air traffic by addressee."""
    legs = {leg.id for leg in plan.legs}
    found: dict[str, list[Paper]] = {}
    for paper in plan.papers:
        if paper.kind in _AIR_KINDS and paper.leg in legs and not paper.way:
            whom = ", ".join(part for part in (paper.to, paper.country) if part)
            found.setdefault(whom, []).append(paper)
    return found


def recipients_of(
    plan: Plan, protection: Protection, role: str, provision: Provision | None = None
) -> tuple[str, ...]:
    """Return the holders of a role; one without a name where there is a single one."""
    named: Iterable[str]
    if role in BOARD_ROLES:
        return () if provision is None else board_holders(provision, role)
    match role:
        case "crossing keeper":
            named = {place_name(c.place, c.lat, c.lon) for c in protection.closures}
        case "station":
            named = stations(protection)
        case "team leader":
            named = duties_by_leader(protection)
        case "caterer":
            named = set(caterers(plan))
            if provision is not None:
                named |= set(board_holders(provision, role))
        case "traffic control" | "railway notice":
            named = stretches(plan)
        case "air traffic":
            named = air_papers(plan)
        case _:
            named = ("",)
    return tuple(sorted(named))
