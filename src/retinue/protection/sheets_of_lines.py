"""Sheets of those who run a line: railway notice, traffic control, air traffic.

Trains are numbered in the order in which they run; which of them carries whom is not told, and
each railway is told of its own stretch alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from retinue.protection.recipients import Stretch, air_papers, place_name, stretches
from retinue.protection.sheet import Row, Section, Sheet, near, span

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Event, Plan, Protection, Task

__all__ = ["air_sheet", "control_sheet", "notice_sheet"]

_POINTS = ("depart", "pass", "arrive", "border")
_RULES = {
    "none beside": "No train runs beside one of these.",
    "none overtaking": "No train overtakes one of these.",
    "none crossing above": "No train crosses above while one of these passes.",
    "opposite held": "Trains on the opposite line are held from the first being due until the last"
    " has passed.",
    "freight stands within": "Freight trains on the next line stand still within {} of a passage.",
    "shunting stopped before": "Shunting is stopped {} before a passage.",
    "no works before": "No works train, damaged train or trolley within {} before.",
    "nothing between": "Nothing runs between the trains of one group.",
    "dangerous goods away": "Wagons with dangerous goods are taken away from the next track,"
    " standing ones too.",
}
_MESSAGES = {
    "flight-plan": "Flight plan message",
    "restricted-zone-request": "Request for a restricted area",
    "notam-request": "Request for a NOTAM",
}


def notice_sheet(plan: Plan, _protection: Protection, whom: str) -> Sheet:
    """Return the railway notice: train number, pass, arrive, depart, no names."""
    return Sheet("RAILWAY NOTICE", f"Railway of {whom}", tuple(_trains(stretches(plan)[whom])))


def _trains(parts: list[Stretch]) -> list[Section]:
    sections: list[Section] = []
    for part in parts:
        for movement in sorted(part.leg.movements, key=lambda m: (m.depart_s, m.role)):
            number = len(sections) + 1
            length = f", {movement.length_m:.0f} m long" if movement.length_m > 0 else ""
            sections.append(Section(f"Special train {number}{length}", _train_rows(part, movement)))
    return sections


def _train_rows(part: Stretch, movement: Movement) -> tuple[Row, ...]:
    rows = []
    for event in _points(part):
        assert event.distance_m is not None
        leaving = event.kind == "depart"
        when = movement.time_at(min(event.distance_m, part.until_m), leaving=leaving)
        word = {"depart": "departs", "arrive": "arrives"}.get(event.kind, "passes")
        rows.append(Row(word, near(when), zone=event.zone, text=event.place))
    return tuple(rows)


def _points(part: Stretch) -> list[Event]:
    """Return the points of the main train's timeline in a stretch."""
    return [
        event
        for event in part.leg.timeline
        if event.role == "main"
        and event.kind in _POINTS
        and event.distance_m is not None
        and part.from_m <= event.distance_m <= part.until_m
    ]


def control_sheet(plan: Plan, protection: Protection, whom: str) -> Sheet:
    """Return the order to traffic control of one railway."""
    parts = stretches(plan)[whom]
    sections = _trains(parts)
    rules = (yaml.safe_load(protection.policy_text) or {}).get("traffic") or {}
    told = [
        Row(words.format("" if value is True else value))
        for name, words in _RULES.items()
        if (value := rules.get(name, rules.get(name.replace(" ", "_"))))
    ]
    if told:
        sections.append(Section("Rules for other trains", tuple(told)))
    at = {(str(s.get("leg")), str(s.get("id"))): float(s["chainage_m"]) for s in protection.sites}
    for heading, chosen in (
        ("Track occupied by patrols and searches", [t for t in protection.tasks if t.on_track]),
        (
            "Power to be isolated by electrical control",
            [t for t in protection.tasks if t.what == "isolate power"],
        ),
    ):
        rows = [
            span(task.what, task.earliest_utc, task.until_utc, task.zone, _where(task, part))
            for part in parts
            for task in sorted(chosen, key=lambda t: (t.earliest_utc, t.id))
            if task.leg == part.leg.id and _within(task, part, at)
        ]
        if rows:
            sections.append(Section(heading, tuple(rows)))
    return Sheet("ORDER TO TRAFFIC CONTROL", f"Railway of {whom}", tuple(sections))


def _within(task: Task, part: Stretch, at: dict[tuple[str, str], float]) -> bool:
    if task.from_m is not None:
        end = task.to_m if task.to_m is not None else task.from_m
        return task.from_m < part.until_m and end > part.from_m
    place = at.get((task.leg, task.site))
    return place is None or part.from_m <= place <= part.until_m


def _where(task: Task, part: Stretch) -> str:
    """Name a stretch of track by the points around it."""
    if task.from_m is None:
        return place_name(task.place, task.lat, task.lon)
    end = task.to_m if task.to_m is not None else task.from_m
    points = _points(part)
    before = [e.place for e in points if e.distance_m is not None and e.distance_m <= task.from_m]
    after = [e.place for e in points if e.distance_m is not None and e.distance_m >= end]
    ends = (before[-1:] or ["border"])[0], (after[:1] or ["border"])[0]
    return f"between {ends[0]} and {ends[1]}"


def air_sheet(plan: Plan, _protection: Protection, whom: str) -> Sheet:
    """Return the messages for one addressee of air traffic."""
    sections = [
        Section(_MESSAGES[paper.kind], tuple(Row(line) for line in paper.text.splitlines()))
        for paper in air_papers(plan)[whom]
    ]
    return Sheet("FOR AIR TRAFFIC", whom, tuple(sections))
