"""Closing and opening by event: which report starts it, and from how far away.

::

    report point                    site
        o---------- travel ----------|####|
        |<- message, gate, lead ---->|

A site is closed when a movement is reported at a point from which it needs at least the lead at
the fastest.  A stop on the way is better than a point before it: the train is reported ready
there and leaves when the site is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.plan.closure import Trigger

if TYPE_CHECKING:
    from retinue.movement import Movement, MovementStop
    from retinue.protection.bands import PassageModel, SitePassage

__all__ = ["ReportPoint", "closing_trigger", "opening_trigger"]

_NEAR_S = 120.0  # a named point is taken where it costs no more than this in time closed


@dataclass(frozen=True)
class ReportPoint:
    """A place from which somebody reports a movement: a station, a signal box, a post."""

    name: str
    distance_m: float


def closing_trigger(
    passage: SitePassage, lead_s: float, points: Sequence[ReportPoint], model: PassageModel
) -> Trigger:
    """Return the event that closes a site for a movement.

    Parameters
    ----------
    lead_s
        Message, barrier and policy: how long before the head the closing is started.
    points
        Report points of the leg, in any order.
    """
    movement, site_m = passage.movement, passage.site.from_m
    quick = 1.0 - model.fastest
    stop = _last_stop(movement, site_m)
    start_m = movement.distance_m[0] if stop is None else stop.distance_m
    left = movement.depart_s if stop is None else stop.depart_s
    planned = passage.head.expected_s
    fastest = (planned - left) * quick
    if fastest < lead_s:
        # Too near to the departure: ready there, and away when the site is closed.
        at = left - (lead_s - fastest)
        place = stop.place if stop is not None else "the start"
        return _trigger(
            f"{movement.name} reported ready to leave {place}; leaves when the site is closed",
            passage, place, float(start_m), max(fastest, 0.0), at,
        )  # fmt: skip
    # Running from the last stop, so time and distance grow together.
    due = planned - lead_s / quick
    at_m = movement.distance_at(due)
    named = [p for p in points if start_m <= p.distance_m <= at_m + 1e-6]
    best = max(named, key=lambda p: (p.distance_m, p.name), default=None)
    if best is not None and due - movement.time_at(best.distance_m, leaving=True) <= _NEAR_S:
        when = movement.time_at(best.distance_m, leaving=True)
        return _trigger(
            f"{movement.name} reported past {best.name}",
            passage, best.name, best.distance_m, (planned - when) * quick, when,
        )  # fmt: skip
    text = f"km {at_m / 1000:.2f}"
    return _trigger(
        f"position of {movement.name} at {text}", passage, text, at_m, (planned - due) * quick, due
    )


def opening_trigger(passage: SitePassage, after_s: float) -> Trigger:
    """Return the event that opens a site behind a movement."""
    tail = passage.tail
    name = passage.movement.name
    return Trigger(
        event=f"tail of {name} reported past, complete",
        role=passage.movement.role,
        place=passage.site.name,
        distance_m=round(passage.site.until_m, 1),
        travel_s=0.0,
        planned_utc=tail.expected_s + after_s,
        earliest_utc=tail.low_s + after_s,
        latest_utc=tail.high_s + after_s,
    )


def _last_stop(movement: Movement, site_m: float) -> MovementStop | None:
    before = [stop for stop in movement.stops if stop.distance_m < site_m]
    return max(before, key=lambda stop: stop.distance_m, default=None)


def _trigger(
    event: str, passage: SitePassage, place: str, distance_m: float, travel_s: float, at: float
) -> Trigger:
    head = passage.head
    return Trigger(
        event=event,
        role=passage.movement.role,
        place=place,
        distance_m=round(distance_m, 1),
        travel_s=round(travel_s, 1),
        planned_utc=at,
        earliest_utc=at + head.low_s - head.expected_s,
        latest_utc=at + head.high_s - head.expected_s,
    )
