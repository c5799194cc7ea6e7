"""Figures of a flight and of a march as the modes record them, made by hand."""

from __future__ import annotations

from typing import Any

from retinue.plan import Leg, Plan

__all__ = ["flown", "marched"]


def flown(plan: Plan, **more: Any) -> Leg:
    """Return the sample's flight with the figures of one around a restricted area."""
    leg = plan.alternatives[0].legs[0]
    begin, end = "2023-09-10T09:00:00Z", "2023-09-10T10:00:00Z"
    details: dict[str, Any] = {
        "fuel_kg": {"taxi out": 480, "climb": 3745, "final reserve": 2555},
        "block_fuel_kg": 6780, "trip_fuel_kg": 3745, "zero_fuel_mass_kg": 85_300,
        "take_off_mass_kg": 91_600, "landing_mass_kg": 87_855, "endurance_s": 7160,
        "phases_s": {"climb": 1464},
        "levels": [{"from_m": 304_593, "altitude_m": 10_058.4, "level": "FL330"}],
        "reserves": {"title": "ICAO Annex 6"}, "wind": None,
        "runways": [
            {
                "aerodrome": "ZKPY", "name": "Sunan", "for": "take off", "direction": "35",
                "length_m": 3502.2, "needed_m": 1664, "margin_m": 1838,
                "factors": {"mass": 0.5, "wet": 1.0}, "mass_kg": 95_931,
                "allowed_mass_kg": 165_000, "temperature_k": 288.15, "headwind_mps": 4.0,
                "crosswind_mps": None, "wet": True, "assumed": ["slope"], "ok": True,
            },
            {
                "aerodrome": "UHWW", "name": "Knevichi", "for": "land", "direction": "07R",
                "length_m": 1500.0, "needed_m": 2162, "margin_m": -662, "factors": {},
                "mass_kg": 90_422, "allowed_mass_kg": 80_000, "temperature_k": 258.15,
                "headwind_mps": None, "crosswind_mps": None, "wet": False, "assumed": [],
                "ok": False,
            },
        ],
        "checks": [
            {"subject": "Sunan", "what": "parking", "text": "stands are not stated", "ok": None},
            {"subject": "Knevichi", "what": "parking", "text": "stands are not stated",
             "ok": None},
            {"subject": "UHWW", "what": "RVSM", "text": "approved", "ok": True},
        ],
        "alternate": None,
        "overflights": [
            {"country": "KP", "enter_m": 0, "exit_m": 300_000, "enter_utc": begin,
             "exit_utc": end},
        ],
        "regions": [
            {"ident": "ZKKP", "name": "Pyongyang", "enter_m": 0, "exit_m": 300_000,
             "enter_utc": begin, "exit_utc": end},
        ],
        "restricted_areas": [
            {"name": "R-99", "kind": "restricted", "avoided": True, "why": "",
             "ring": [[40.0, 128.0], [40.0, 129.0], [41.0, 129.0], [41.0, 128.0]]},
            {"name": "R-100", "kind": "danger", "avoided": False, "why": "below the cruise",
             "ring": [[42.0, 130.0], [42.0, 131.0], [43.0, 131.0]]},
        ],
        **more,
    }  # fmt: skip
    return leg.model_copy(update={"details": details})


def marched(plan: Plan) -> Leg:
    """Return the sample's last drive with the figures of mapped roads."""
    leg = plan.legs[-1]
    lon, lat = leg.main.position(leg.distance_m / 2)
    at = "2023-09-11T15:00:00Z"
    details: dict[str, Any] = {
        "column": "open", "vehicles": 9, "fastest_mps": 20.0, "length_at_fastest_m": 716.0,
        "passing_time_at_fastest_s": 32.2, "main_car_after_front_at_arrival_s": 9.0,
        "tail_after_front_at_arrival_s": 150.0, "pilot_ahead_m": 804.7,
        "groups": [], "traffic": {"table": "none", "because": "the road is cleared"},
        "routing": {"by": "built", "source": "extract"},
        "rolling_block": {
            "assessed": True, "outriders": 1, "junctions": 3, "needed_without_slowing": 2,
            "slowed": [{"from_m": 0.0, "to_m": 5000.0}],
            "left_open": [{"junction": "Mill Lane", "distance_m": 900.0, "arms": 1, "posts": 1,
                           "lat": lat, "lon": lon}],
            "schedule": [
                {"outrider": 1, "posts": [
                    {"junction": f"post {k}", "distance_m": 100.0 * k, "stand_by_utc": at,
                     "front_utc": at, "leave_utc": at, "next": "on", "spare_s": 3.0,
                     "next_distance_m": 100.0 * k + 100}
                    for k in range(60)
                ]},
            ],
        },
        "choke_points": [{"kind": "level_crossing", "what": "Station Road", "from_m": 10.0,
                          "to_m": 2000.0, "lat": lat, "lon": lon}],
        "safe_havens": [{"kind": "hospital", "name": "City Hospital", "distance_m": 5000.0,
                         "detour_m": 300.0, "detour_s": 40.0, "lat": lat, "lon": lon}],
        "level_crossings": [],
        "other_routes": [{"length_m": 9000.0, "free_time_s": 700.0, "similarity": 0.4,
                          "roads": ["A1"], "choke_points": 2,
                          "line": [[leg.from_.lat, leg.from_.lon], [lat + 0.01, lon],
                                   [leg.to.lat, leg.to.lon]]}],
    }  # fmt: skip
    return leg.model_copy(update={"details": details})
