"""What a plan records of a flight beyond its timeline: fuel, masses, runways, alternates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.air.alternates import farthest_gap
from retinue.air.atmosphere import temperature_k
from retinue.air.level import flight_level
from retinue.air.reserves import rule_source
from retinue.clock import iso_utc

if TYPE_CHECKING:
    from retinue.air.areas import RestrictedArea
    from retinue.air.clock import Clock
    from retinue.air.flight import FlightRuns
    from retinue.air.runway import RunwayUse

__all__ = ["flight_details"]

_MASS_POINTS = 49
_HOLD = (
    "hold_length", "hold_width", "hold_height", "door_width", "door_height", "floor_load",
    "axle_load", "maximum_cargo",
)  # fmt: skip


def flight_details(runs: FlightRuns, clock: Clock) -> dict[str, Any]:
    """Return everything of a flight that JSON can hold, by name."""
    fuel, profile, card = runs.fuel, runs.profile, runs.request.card

    def moment(at_m: float) -> str:
        return iso_utc(clock.moment(runs.time_at(at_m)))

    return {
        "great_circle_m": round(runs.direct_m, 1),
        "closed_countries": list(runs.closed),
        "phases_s": {
            "taxi out": round(runs.take_off_s),
            "climb": round(profile.climb.duration_s),
            "cruise": round(profile.cruise_s),
            "descent": round(profile.descent.duration_s),
            "taxi in": round(runs.block_s - runs.landing_s),
        },
        "levels": _levels(runs),
        "fuel_kg": {name: round(kg) for name, kg in fuel.items().items()},
        "trip_fuel_kg": round(fuel.trip_kg),
        "burnt_fuel_kg": round(fuel.burnt_kg),
        "block_fuel_kg": round(fuel.block_kg),
        "reserves": _reserves(runs),
        "endurance_s": round(_endurance_s(runs)),
        "zero_fuel_mass_kg": round(fuel.zero_fuel_kg),
        "take_off_mass_kg": round(fuel.take_off_mass_kg),
        "landing_mass_kg": round(fuel.landing_mass_kg),
        "mass": _mass(runs),
        "aircraft": {
            "designator": card.designator,
            "engine": card.engine,
            "wake": card.wake,
            "code_letter": card.code_letter,
            "span_m": card.span,
            "length_m": card.length,
            "rvsm": runs.request.approved_rvsm,
        },
        "hold": {
            **{name: getattr(card, name) for name in _HOLD if getattr(card, name) is not None},
            "ramp": card.ramp,
        },
        "runways": [_runway(runs, use) for use in _uses(runs)],
        "checks": [
            {"subject": check.subject, "what": check.what, "text": check.text, "ok": check.ok}
            for check in runs.checks
        ],
        "alternate": _alternate(runs),
        "en_route_alternates": _en_route(runs),
        "overflights": [
            {
                "country": o.country,
                "enter_m": round(o.enter_m),
                "exit_m": round(o.exit_m),
                "enter_utc": moment(o.enter_m),
                "exit_utc": moment(o.exit_m),
            }
            for o in runs.overflights
        ],
        "regions": [
            {
                "ident": region.ident,
                "name": region.name,
                "enter_m": round(region.enter_m),
                "exit_m": round(region.exit_m),
                "enter_utc": moment(region.enter_m),
                "exit_utc": moment(region.exit_m),
            }
            for region in runs.firs
        ],
        "restricted_areas": [
            *(_area(area, "") for area in runs.areas.avoided),
            *(_area(area, why) for area, why in runs.areas.ignored),
        ],
        "wind": None if runs.request.wind is None else _wind(runs),
    }


def _area(area: RestrictedArea, why: str) -> dict[str, Any]:
    """Return an area with its corners; ``why`` it is not in force, empty where it is avoided."""
    return {
        "name": area.name,
        "kind": area.kind,
        "avoided": not why,
        "why": why,
        "ring": [[round(lat, 4), round(lon, 4)] for lat, lon in area.ring],
    }


def _levels(runs: FlightRuns) -> list[dict[str, Any]]:
    profile = runs.profile
    first = float(profile.climb.altitude_m[-1])
    return [
        {"from_m": round(at), "altitude_m": round(height, 1), "level": flight_level(height)}
        for at, height in ((profile.climb.length_m, first), *profile.steps)
    ]


def _reserves(runs: FlightRuns) -> dict[str, Any]:
    rules = runs.request.rules
    if rules is None:
        return {"title": "the lump of the type card", "source": "type card"}
    return {"title": rules.title, "source": rule_source(rules), "remark": rules.remark}


def _endurance_s(runs: FlightRuns) -> float:
    """Return how long the fuel on board at take-off lasts: the trip, and its reserve at cruise."""
    request, fuel, flown = runs.request, runs.fuel, runs.trajectory
    altitude = runs.profile.cruise_altitude_m
    flow = request.aircraft.fuel_flow_kgps(
        flown.mass_kg[-1], request.aircraft.cruise_mps(altitude), altitude, 0.0
    )
    return runs.profile.duration_s + fuel.reserve_kg / float(flow)


def _mass(runs: FlightRuns) -> dict[str, list[float]]:
    flown = runs.trajectory
    at = np.linspace(0.0, float(flown.distance_m[-1]), _MASS_POINTS)
    return {
        "distance_m": np.round(at).tolist(),
        "mass_kg": np.round(np.interp(at, flown.distance_m, flown.mass_kg)).tolist(),
    }


def _uses(runs: FlightRuns) -> list[tuple[str, RunwayUse]]:
    found = [("take off", runs.take_off), ("land", runs.landing)]
    if runs.diversion is not None:
        found.append(("land at the alternate", runs.diversion.landing))
    return found


def _runway(runs: FlightRuns, named: tuple[str, RunwayUse]) -> dict[str, Any]:
    what, use = named
    chosen, aerodrome = use.chosen, use.aerodrome
    day = runs.request.day(aerodrome).conditions
    elevation = aerodrome.elevation_m or 0.0
    standard = float(temperature_k(max(elevation, 0.0)))
    assumed = [
        name
        for name, unknown in (
            ("elevation", aerodrome.elevation_m is None),
            ("temperature", day.temperature_k is None),
            ("wind", day.wind_from_deg is None),
            ("surface", chosen.runway is not None and chosen.runway.paved is None),
            ("heading", chosen.runway is not None and chosen.runway.heading_assumed),
            ("slope", chosen.runway is not None),
        )
        if unknown
    ]
    return {
        "aerodrome": aerodrome.code,
        "name": aerodrome.name,
        "for": what,
        "runway": chosen.runway.name if chosen.runway else "pad",
        "direction": chosen.designator,
        "length_m": chosen.available_m,
        "needed_m": round(use.needed_m),
        "margin_m": None if chosen.margin_m is None else round(chosen.margin_m),
        "factors": {name: round(value, 4) for name, value in chosen.factors.items()},
        "mass_kg": round(use.mass_kg),
        "allowed_mass_kg": round(chosen.allowed_kg),
        "elevation_m": round(elevation, 1),
        "temperature_k": round(standard if day.temperature_k is None else day.temperature_k, 2),
        "wet": day.wet,
        "surface": chosen.runway.surface if chosen.runway else "",
        "headwind_mps": None if chosen.headwind_mps is None else round(chosen.headwind_mps, 2),
        "crosswind_mps": None if chosen.crosswind_mps is None else round(chosen.crosswind_mps, 2),
        "assumed": assumed,
        "ok": not chosen.faults,
    }


def _alternate(runs: FlightRuns) -> dict[str, Any] | None:
    diversion = runs.diversion
    if diversion is None:
        return None
    return {
        "aerodrome": diversion.aerodrome.code,
        "name": diversion.aerodrome.name,
        "country": diversion.aerodrome.country,
        "distance_m": round(diversion.distance_m),
        "time_s": round(diversion.profile.duration_s),
        "chosen": diversion.chosen,
    }


def _en_route(runs: FlightRuns) -> dict[str, Any]:
    """Return the nearest aerodromes along the track, each once, and the farthest from any."""
    found: dict[str, dict[str, Any]] = {}
    for point in runs.en_route:
        if point.nearest is None:
            continue
        code = point.nearest.aerodrome.code
        row = found.setdefault(
            code,
            {
                "aerodrome": code,
                "name": point.nearest.aerodrome.name,
                "lat": round(point.nearest.aerodrome.lat, 5),
                "lon": round(point.nearest.aerodrome.lon, 5),
                "from_m": round(point.at_m),
                "to_m": round(point.at_m),
                "farthest_m": 0,
            },
        )
        row["to_m"] = round(point.at_m)
        row["farthest_m"] = max(row["farthest_m"], round(point.nearest.distance_m))
    gap = farthest_gap(runs.en_route)
    return {
        "aerodromes": list(found.values()),
        "farthest": None
        if gap is None
        else {
            "at_m": round(gap.at_m),
            "aerodrome": None if gap.nearest is None else gap.nearest.aerodrome.code,
            "distance_m": None if gap.nearest is None else round(gap.nearest.distance_m),
        },
    }


def _wind(runs: FlightRuns) -> dict[str, Any]:
    wind, flown = runs.request.wind, runs.trajectory
    assert wind is not None
    along = (runs.track.length_m - flown.air_m) / max(runs.profile.duration_s, 1.0)
    return {
        "source": wind.source,
        "timed": wind.timed,
        "mean_along_mps": round(along, 2),
        "air_distance_m": round(flown.air_m),
    }
