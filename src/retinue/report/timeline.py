"""The timeline as a railway's working notice prints it: one line for each event.

Local time stands in a fixed column, the offset only where it changes, the place only
once, and the trains of the convoy in columns beside the main train.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from retinue.movement import Movement
from retinue.plan import Event, Leg, Plan
from retinue.report.wording import (
    clock_text,
    date_text,
    day_number,
    duration_text,
    km_text,
    offset_text,
    role_name,
)

__all__ = ["SKY", "LegTimeline", "TimelineRow", "leg_timeline", "plan_timelines"]

#: Events at which other trains of the convoy have a time of their own.
_RUNNING = ("depart", "arrive", "pass")

_WORDS = {
    "depart": "depart",
    "arrive": "arrive",
    "pass": "pass",
    "gauge-change": "break of gauge",
    "locomotive-change": "locomotives",
    "take-off": "take-off",
    "note": "",
    "task": "",
    "sunrise": "",
    "sunset": "",
    "dawn": "",
    "dusk": "",
}

#: Events of the sky: they happen on the way, not at a place of the line.
SKY = frozenset({"sunrise", "sunset", "dawn", "dusk"})


@dataclass(frozen=True)
class TimelineRow:
    """One printed line.

    Attributes
    ----------
    kind
        ``date`` (a heading), ``event``, ``pass`` (lighter) or ``task`` (indented).
    time, offset, place, event, text, km, duration
        The columns, empty where nothing is to be printed.
    others
        Times of the other movements, in the order of the leg's ``roles``.
    observed
        Whether the time was observed.
    moment
        Unix seconds.
    """

    kind: Literal["date", "event", "pass", "task"]
    time: str = ""
    offset: str = ""
    place: str = ""
    event: str = ""
    text: str = ""
    km: str = ""
    duration: str = ""
    others: tuple[str, ...] = ()
    observed: bool = False
    moment: float = 0.0


@dataclass(frozen=True)
class LegTimeline:
    """The lines of one leg and the roles that have a column beside the main one."""

    leg: Leg
    roles: tuple[str, ...]
    rows: tuple[TimelineRow, ...]


@dataclass
class _State:
    day: int = 0
    offset: str = ""
    place: str = ""
    rows: list[TimelineRow] = field(default_factory=list)


def plan_timelines(legs: tuple[Leg, ...]) -> list[LegTimeline]:
    """Return the timelines of legs that follow each other."""
    return [leg_timeline(leg) for leg in legs]


def leg_timeline(leg: Leg) -> LegTimeline:
    """Return the timeline of one leg."""
    others = {m.role: m for m in leg.movements if m.role != "main"}
    order = [role for role in ("advance", "pilot", "following", "spare") if role in others]
    own: dict[tuple[str, str, str], float] = {
        (e.role, e.kind, e.place): e.time_utc for e in leg.timeline
    }
    shown = {(e.kind, e.place) for e in leg.timeline if e.role == "main" and e.kind in _RUNNING}
    state = _State()
    for event in sorted(leg.timeline, key=lambda e: e.time_utc):
        alone = event.role != "main"
        if alone and event.role in order and (event.kind, event.place) in shown:
            continue  # stands in its column
        times = tuple(
            "" if alone else _other_time(event, own, role, others[role]) for role in order
        )
        _add(state, event, times)
    return LegTimeline(leg, tuple(order), tuple(state.rows))


def _other_time(
    event: Event, own: dict[tuple[str, str, str], float], role: str, movement: Movement
) -> str:
    if event.kind not in _RUNNING:
        return ""
    moment = own.get((role, event.kind, event.place))
    if moment is None:
        at = event.distance_m
        if at is None or not movement.distance_m[0] <= at <= movement.distance_m[-1]:
            return ""
        moment = movement.time_at(at, leaving=event.kind == "depart")
    days = day_number(moment, event.zone) - day_number(event.time_utc, event.zone)
    mark = f"{days:+d}".replace("-", "\u2212") if days else ""
    return clock_text(moment, event.zone) + (f"\u202f{mark}" if mark else "")


def _add(state: _State, event: Event, others: tuple[str, ...]) -> None:
    day = day_number(event.time_utc, event.zone)
    offset = offset_text(event.time_utc, event.zone)
    if day != state.day:
        state.rows.append(
            TimelineRow("date", text=date_text(event.time_utc, event.zone), moment=event.time_utc)
        )
        state.place = ""
    sky = event.kind in SKY
    new_place = event.place != state.place and not sky
    word = _WORDS.get(event.kind, role_name(event.kind))
    if word and word.casefold() in event.text.casefold():
        word = ""  # the text says it already
    if event.role != "main" and role_name(event.role) not in event.text.casefold():
        word = f"{role_name(event.role)}: {word}".rstrip(": ")
    kind: Literal["event", "pass", "task"] = (
        "task"
        if event.kind in ("task", "note")
        else "pass"
        if event.kind == "pass" or sky
        else "event"
    )
    state.rows.append(
        TimelineRow(
            kind,
            time=clock_text(event.time_utc, event.zone),
            offset=offset if offset != state.offset else "",
            place=event.place if new_place else "",
            event=word,
            text=f"{event.text}, {event.place}" if sky and event.place else event.text,
            km=km_text(event.distance_m) if event.distance_m is not None and new_place else "",
            duration=duration_text(event.duration_s) if event.duration_s else "",
            others=others,
            observed=event.observed,
            moment=event.time_utc,
        )
    )
    state.day, state.offset = day, offset
    if not sky:
        state.place = event.place


def next_days(plan: Plan, moment: float, zone: str) -> str:
    """Return ``+1`` where a moment lies a local day after the journey's start, else nothing."""
    days = day_number(moment, zone) - day_number(plan.depart_utc, plan.origin.zone)
    return f"+{days}" if days > 0 else ""
