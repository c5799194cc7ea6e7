"""Reading an observed time: which leg, which point, which day."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from retinue.clock import local, local_text, parse_moment
from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan import Observation
from retinue.plan.compare import AT_PLACE

if TYPE_CHECKING:
    from retinue.plan import Event, Leg, Plan

__all__ = ["read_observation"]

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d).*")
_DAY_S = 86_400.0
#: Beyond this a clock time without date is more likely a slip than a delay.
_FARTHEST_S = 12 * 3600.0


def read_observation(plan: Plan, place: str, time: str, leg: int | None) -> Observation:
    """Return the observation that a person's words name.

    Raises
    ------
    InputError
        For an unknown place, one that is on several legs, or a time that cannot be.
    """
    found = _leg_and_event(plan, place, leg)
    moment = _moment(time, found[1])
    owner, event = found
    if moment < owner.depart_utc - _FARTHEST_S:
        seen, departs = (
            f"{local(at, zone).year} {local_text(at, zone).strip()}"
            for at, zone in ((moment, event.zone), (owner.depart_utc, owner.from_.zone))
        )
        raise InputError(
            f"{seen} lies long before the leg departs ({departs})",
            where="TIME",
            cure="Check the date and the zone.",
        )
    _in_order(plan, owner, event, moment)
    return Observation(leg=owner.id, place=event.place, time_utc=moment)


def _leg_and_event(plan: Plan, place: str, number: int | None) -> tuple[Leg, Event]:
    legs = list(plan.legs)
    if number is not None:
        if not 1 <= number <= len(legs):
            raise InputError(f"there is no leg {number}; the plan has {len(legs)}", where="--leg")
        legs = [legs[number - 1]]
    wanted = place.strip().casefold()
    found: list[tuple[Leg, Event]] = []
    for leg in legs:
        event = next(
            (
                e
                for e in leg.timeline
                if e.role == "main" and e.kind in AT_PLACE and e.place.casefold() == wanted
            ),
            None,
        )
        if event is not None:
            found.append((leg, event))
    if not found:
        names = dict.fromkeys(e.place for leg in legs for e in leg.timeline if e.kind in AT_PLACE)
        raise InputError(
            f'"{place}" is not a place of this plan',
            where="PLACE",
            cure=suggest(place, names) or f"Its places: {', '.join(names)}.",
        )
    if len(found) > 1:
        options = " or ".join(
            f"--leg {plan.legs.index(leg) + 1} ({event.text or event.kind})" for leg, event in found
        )
        raise InputError(
            f'"{found[0][1].place}" is on {len(found)} legs', where="PLACE", cure=f"Say {options}."
        )
    return found[0]


def _moment(time: str, event: Event) -> float:
    match = _CLOCK.fullmatch(time.strip())
    try:
        if match is None:
            return parse_moment(time, event.zone)
        if int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
            raise ValueError(f'"{time}" is not a time of day')
        day = local(event.time_utc, event.zone).date()
        there = parse_moment(f"{day} {time.strip()}", event.zone)
        # The day is the one that brings the time nearest to the planned one.
        away = min((-1, 0, 1), key=lambda days: abs(there + days * _DAY_S - event.time_utc))
        return parse_moment(f"{day + timedelta(days=away)} {time.strip()}", event.zone)
    except ValueError as error:
        raise InputError(
            str(error), where="TIME", cure='A clock time such as "22:47" will do.'
        ) from error


def _in_order(plan: Plan, leg: Leg, event: Event, moment: float) -> None:
    for seen in plan.observations:
        if seen.leg != leg.id or seen.place == event.place:
            continue
        other = next(
            (e for e in leg.timeline if e.place == seen.place and e.kind in AT_PLACE), None
        )
        if other is None or other.distance_m is None or event.distance_m is None:
            continue
        after = event.distance_m > other.distance_m
        if (moment <= seen.time_utc) if after else (moment >= seen.time_utc):
            raise InputError(
                f"{event.place} at {local_text(moment, event.zone).strip()} does not fit"
                f" {seen.place} at {local_text(seen.time_utc, other.zone).strip()},"
                " which was observed before",
                where="TIME",
                cure="Check the date, or record the other place again.",
            )
