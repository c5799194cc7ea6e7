r"""Sunrise and sunset along a moving leg, and how much of it lies in the dark.

The sun's elevation is followed at the movement's own place: a train that runs east meets
the sunset earlier than either station's table says.

::

    elevation
       ^  day   .-'-.
    -50'-------o-----o------------- sunset, seen where the train is then
       |      /       \   twilight
     -6 -----o---------o----------- dusk: from here on it is dark
       |                \  dark
       +--------------------------> time

Aboard an aircraft both limits lie lower by the dip of the horizon at its height over the
line from aerodrome to aerodrome, so the events are those that are seen from its windows.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from retinue.plan import Event, Leg
from retinue.plan.compare import AT_PLACE
from retinue.plan.records import JsonDict
from retinue.world.sun import (
    CIVIL_TWILIGHT_DEG,
    SUNRISE_DEG,
    horizon_dip_deg,
    sun_elevation_deg,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.movement import Movement

    Floats = NDArray[np.float64]

__all__ = ["LightChange", "Sky", "elevation_deg", "light_changes", "lit", "sky_at"]

Sky = Literal["day", "twilight", "dark"]
Kind = Literal["sunrise", "sunset", "dawn", "dusk"]

#: The sun is looked at this often; where it only grazes the horizon for less, it is not seen.
_STEP_S = 60.0
#: Halvings of a step until a crossing is known to 0.1 s.
_HALVINGS = 10

_TEXTS: dict[Kind, str] = {
    "sunrise": "sun rises",
    "sunset": "sun sets",
    "dawn": "civil twilight begins: no longer dark",
    "dusk": "civil twilight ends: dark",
}


@dataclass(frozen=True)
class LightChange:
    """The sun passes a limit at the place of the movement.

    Attributes
    ----------
    distance_m
        Chainage of the front then.
    """

    kind: Kind
    time_s: float
    distance_m: float


def _above_deg(movement: Movement, time_s: Floats, limit_deg: float) -> Floats:
    """Return the sun's elevation above a limit at the front's place."""
    distance = np.interp(time_s, movement.time_s, movement.distance_m)
    # Unwrapped: a way over the date line does not swing round the Earth.
    lon = np.interp(distance, movement.distance_m, np.unwrap(movement.lon_deg, period=360.0))
    lat = np.interp(distance, movement.distance_m, movement.lat_deg)
    above = sun_elevation_deg(time_s, lat, lon) - limit_deg
    if movement.altitude_m is not None:
        height = np.interp(time_s, movement.time_s, movement.altitude_m)
        ends = movement.altitude_m[[0, -1]]
        ground = np.interp(distance, movement.distance_m[[0, -1]], ends)
        above += horizon_dip_deg(height - ground)
    return np.asarray(above)


def elevation_deg(movement: Movement, time_s: Floats) -> Floats:
    """Return the sun's elevation at a movement's place, above its horizon where it is aloft."""
    return _above_deg(movement, time_s, 0.0)


def light_changes(movement: Movement, from_s: float, to_s: float) -> list[LightChange]:
    """Return sunrises, sunsets, dawns and dusks at a movement's place, in order of time.

    Before its departure and after its arrival the movement stands at its ends.
    """
    if to_s <= from_s:
        return []
    steps = max(int(np.ceil((to_s - from_s) / _STEP_S)), 1)
    time_s = np.linspace(from_s, to_s, steps + 1)
    changes: list[LightChange] = []
    limits: tuple[tuple[float, Kind, Kind], ...] = (
        (SUNRISE_DEG, "sunrise", "sunset"),
        (CIVIL_TWILIGHT_DEG, "dawn", "dusk"),
    )
    for limit_deg, up, down in limits:
        above = _above_deg(movement, time_s, limit_deg) > 0.0
        turns = np.flatnonzero(above[1:] != above[:-1])
        early, late = time_s[turns], time_s[turns + 1]
        rising = above[turns + 1]
        for _ in range(_HALVINGS if turns.size else 0):
            middle = 0.5 * (early + late)
            passed = (_above_deg(movement, middle, limit_deg) > 0.0) == rising
            early, late = np.where(passed, early, middle), np.where(passed, middle, late)
        changes += [
            LightChange(up if rises else down, float(when), movement.distance_at(float(when)))
            for rises, when in zip(rising, late, strict=True)
        ]
    return sorted(changes, key=lambda change: change.time_s)


def sky_at(movement: Movement, time_s: float) -> Sky:
    """Return how light it is at a movement's place at a time."""
    when = np.array([time_s])
    if _above_deg(movement, when, SUNRISE_DEG)[0] > 0.0:
        return "day"
    return "twilight" if _above_deg(movement, when, CIVIL_TWILIGHT_DEG)[0] > 0.0 else "dark"


def lit(leg: Leg, previous: Leg | None = None) -> Leg:
    """Return a leg with the sun on its timeline and its light under ``details["light"]``.

    The details are ``day_s``, ``civil_twilight_s`` and ``dark_s``, which add up to the leg,
    and ``places``: how light it is where the main movement departs, stops and arrives.

    Parameters
    ----------
    previous
        The leg before: what the sun does between the two stands with this one.
    """
    main = leg.main
    begin = leg.depart_utc if previous is None else min(previous.arrive_utc, leg.depart_utc)
    changes = light_changes(main, begin, leg.arrive_utc)
    stays = [event for event in leg.timeline if event.role == "main" and event.kind in AT_PLACE]
    events = tuple(_event(change, leg, stays) for change in changes)
    timeline = tuple(sorted((*leg.timeline, *events), key=lambda event: event.time_utc))
    details = leg.details | {"light": _light(leg, changes)}
    return leg.model_copy(update={"timeline": timeline, "details": details})


def _light(leg: Leg, changes: list[LightChange]) -> JsonDict:
    main = leg.main
    bounds = [leg.depart_utc, leg.arrive_utc]
    bounds[1:1] = [c.time_s for c in changes if leg.depart_utc < c.time_s < leg.arrive_utc]
    whole = [round(bound) for bound in bounds]
    spent: dict[Sky, int] = {"day": 0, "twilight": 0, "dark": 0}
    for early, late in itertools.pairwise(whole):
        if late > early:
            spent[sky_at(main, 0.5 * (early + late))] += late - early
    return {
        "day_s": spent["day"],
        "civil_twilight_s": spent["twilight"],
        "dark_s": spent["dark"],
        "places": [
            {"place": name, "light": sky_at(main, when)}
            for name, when in (
                (leg.from_.name, leg.depart_utc),
                *((s.place, s.arrive_s) for s in main.stops
                  if leg.depart_utc < s.arrive_s < leg.arrive_utc - 1.0),
                (leg.to.name, leg.arrive_utc),
            )
        ],
    }  # fmt: skip


def _event(change: LightChange, leg: Leg, stays: list[Event]) -> Event:
    main = leg.main
    lon, lat = main.position(change.distance_m)
    before = [event for event in stays if event.time_utc <= change.time_s]
    after = [event for event in stays if event.time_utc > change.time_s]
    stop = next((s for s in main.stops if s.arrive_s <= change.time_s <= s.depart_s), None)
    zone = before[-1].zone if before else leg.from_.zone
    if stop is not None:
        place, zone = stop.place, stop.zone
    elif change.time_s <= leg.depart_utc or not before:
        place, zone = leg.from_.name, leg.from_.zone
    elif after and after[0].place != before[-1].place:
        place = f"between {before[-1].place} and {after[0].place}"
    else:
        place = before[-1].place
    return Event(
        time_utc=change.time_s,
        zone=zone,
        kind=change.kind,
        place=place,
        text=_TEXTS[change.kind],
        distance_m=round(change.distance_m, 1),
        lat=round(lat, 5),
        lon=round((lon + 180.0) % 360.0 - 180.0, 5),
    )
