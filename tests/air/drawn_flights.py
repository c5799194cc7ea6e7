"""Finished air legs drawn for tests: every value that a flight plan message reads, at will."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from retinue.clock import iso_utc
from retinue.movement import Movement
from retinue.plan import AircraftRecord, Event, Leg, PlaceRecord

_POINTS = 60


def drawn_leg(
    start: tuple[float, float] = (39.2, 125.7),
    bearing_deg: float = 150.0,
    length_m: float = 900_000.0,
    levels_m: tuple[float, ...] = (9_000.0,),
    speed_mps: float = 230.0,
    depart_s: float = 1_518_148_800.0,
    call_sign: str = "PRK-615",
    registration: str = "P-885",
    codes: tuple[str, str] = ("ZKPY", "RKSI"),
    bend_deg: float = 0.0,
) -> Leg:
    """Return a leg along a bent track with climbs to levels one after the other."""
    at = np.linspace(0.0, length_m, _POINTS)
    lat, lon = [start[0]], [start[1]]
    for k, step in enumerate(np.diff(at)):
        turned = math.radians(bearing_deg + bend_deg * (k / _POINTS))
        lat.append(float(np.clip(lat[-1] + step * math.cos(turned) / 111_195.0, -85.0, 85.0)))
        lon.append(lon[-1] + step * math.sin(turned) / 111_195.0 / math.cos(math.radians(lat[-1])))
    share = at / length_m
    altitude = np.full(_POINTS, levels_m[-1])
    for k, level in enumerate(levels_m):
        low, high = 0.1 + 0.8 * k / len(levels_m), 0.1 + 0.8 * (k + 1) / len(levels_m)
        altitude[(share >= low) & (share <= high)] = level
    altitude[share < 0.1] = levels_m[0] * share[share < 0.1] / 0.1
    altitude[share > 0.9] = levels_m[-1] * (1.0 - share[share > 0.9]) / 0.1
    taxi = 600.0
    time = depart_s + taxi + at / speed_mps
    landing = float(time[-1])
    third = length_m / 3.0

    def moment(metres: float) -> str:
        return iso_utc(depart_s + taxi + metres / speed_mps)

    def event(kind: Any, when: float, metres: float) -> Event:
        return Event(time_utc=when, zone="UTC", kind=kind, place=kind, text="", distance_m=metres)

    details: dict[str, Any] = {
        "runways": [
            {"aerodrome": codes[0], "for": "take off"}, {"aerodrome": codes[1], "for": "land"},
        ],
        "overflights": [
            {"country": country, "enter_m": third * k, "exit_m": third * (k + 1),
             "enter_utc": moment(third * k), "exit_utc": moment(third * (k + 1))}
            for k, country in enumerate(("KP", "", "KR"))
        ],
        "endurance_s": 1.5 * length_m / speed_mps,
        "aircraft": {"rvsm": True},
    }  # fmt: skip
    ends = [
        PlaceRecord(name=name, lat=float(lat[k]), lon=(float(lon[k]) + 180) % 360 - 180,
                    country=country, zone="UTC")
        for name, k, country in (("A", 0, "KP"), ("B", -1, "KR"))
    ]  # fmt: skip
    return Leg.model_validate(
        {
            "id": "1-air", "mode": "air", "title": "A to B", "from": ends[0], "to": ends[1],
            "depart_utc": depart_s, "arrive_utc": landing + 300, "distance_m": length_m,
            "running_time_s": landing - depart_s - taxi,
            "movements": (
                Movement(role="main", name="flight", length_m=50.0, lon_deg=np.array(lon),
                         lat_deg=np.array(lat), distance_m=at, time_s=time, altitude_m=altitude),
            ),
            "timeline": (
                event("take-off", depart_s + taxi, 0.0), event("border", time[20], third),
                event("landing", landing, length_m),
            ),
            "aircraft": AircraftRecord(
                type_name="Type", registration=registration, call_sign=call_sign, payload_kg=0,
                fuel_needed_kg=0, fuel_capacity_kg=0, range_m=0, runway_needed_take_off_m=0,
                runway_needed_landing_m=0, cruise_mps=speed_mps, cruise_altitude_m=levels_m[-1],
            ),
            "details": details,
        }
    )  # fmt: skip


def legs() -> st.SearchStrategy[Leg]:
    """Return legs all over the world, short and long, low and high."""
    return st.builds(
        drawn_leg,
        start=st.tuples(st.floats(-50, 50), st.floats(-180, 180)),
        bearing_deg=st.floats(0, 360),
        length_m=st.floats(30_000, 3_500_000),
        levels_m=st.lists(
            st.integers(10, 130).map(lambda v: v * 100.0), min_size=1, max_size=3, unique=True
        ).map(lambda v: tuple(sorted(v))),
        speed_mps=st.floats(60, 270),
        depart_s=st.integers(0, 4_000_000_000).map(float),
        call_sign=st.sampled_from(["", "PRK-615", "615", "ÑANDÚ1", "Air 1"]),
        registration=st.sampled_from(["", "P-885", "RA-96012", "9V-SKA"]),
        codes=st.tuples(
            st.sampled_from(["ZKPY", "KP-0012", ""]), st.sampled_from(["RKSI", "X", "UHWW"])
        ),
        bend_deg=st.floats(-60, 60),
    )
