"""A fictional journey of 100 km at 60 km/h, straight, with a second way 20 km beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from retinue.clock import parse_moment
from retinue.movement import Movement, MovementStop
from retinue.plan import (
    Alternative,
    ConvoyRecord,
    CostItem,
    JourneyRecord,
    Leg,
    MadeWith,
    PlaceRecord,
    Plan,
    TrainRecord,
    VehicleRecord,
)

ZONE = "Europe/Berlin"
START_S = parse_moment("2026-05-04 10:00 Europe/Berlin")
SPEED_MPS = 60 / 3.6
KM_DEG = 1 / 111.195  #: degrees of latitude a kilometre on the mean sphere

ORIGIN = PlaceRecord(name="Aster", lat=50.0, lon=10.0, country="DE", zone=ZONE)
END = PlaceRecord(name="Borage", lat=50.0 + 100 * KM_DEG, lon=10.0, country="DE", zone=ZONE)


def line(
    role: Any = "main",
    *,
    bulge_km: float = 0.0,
    later_s: float = 0.0,
    length_m: float = 0.0,
    stop_s: float = 0.0,
    altitude: bool = False,
) -> Movement:
    """Return a movement due north; a bulge takes its middle to the east."""
    share = np.linspace(0, 1, 101)
    east = np.where((share > 0.2) & (share < 0.8), bulge_km * KM_DEG / np.cos(np.radians(50)), 0.0)
    time = START_S + later_s + share * 100_000 / SPEED_MPS
    stops: tuple[MovementStop, ...] = ()
    if stop_s:
        time[51:] += stop_s
        arrive = float(time[50])
        stops = (MovementStop("Clover", ZONE, "water", 50_000.0, arrive, arrive + stop_s),)
    return Movement(
        role=role,
        name=f"{role} train",
        length_m=length_m,
        lon_deg=10.0 + east,
        lat_deg=50.0 + share * 100 * KM_DEG,
        distance_m=share * 100_000,
        time_s=time,
        altitude_m=np.full(101, 9_000.0) if altitude else None,
        stops=stops,
    )


def leg(
    *movements: Movement, mode: Any = "rail", cost: float = 0.0, cars: int = 0, **more: Any
) -> Leg:
    """Return a leg from Aster to Borage; of the convoy's cars all but the first look alike."""
    main = next(m for m in movements if m.role == "main")
    priced = CostItem(
        what="path", quantity=1, unit="path", price=cost, currency="EUR", amount=cost,
        amount_base=cost, source="made up", confidence="assumed",
    )  # fmt: skip
    vehicles = tuple(
        VehicleRecord(
            label=f"car {i}", role="main-car" if i == 1 else "spare-car", length_m=5.5,
            mass_kg=3_000, principal=i == 1, type_name="escort" if i == 0 else "limousine",
        )
        for i in range(cars + 1)
    )  # fmt: skip
    convoy = ConvoyRecord(
        name="cars", vehicles=vehicles, open_gap_m=30, close_gap_m=10, length_at_speed_m=200
    )
    return Leg(
        id="1-rail",
        mode=mode,
        title="Aster to Borage",
        **{"from": ORIGIN},
        to=END,
        depart_utc=main.depart_s,
        arrive_utc=main.arrive_s,
        distance_m=main.total_m,
        running_time_s=main.arrive_s - main.depart_s,
        movements=movements,
        costs=(priced,) if cost else (),
        convoy=convoy if cars else None,
        **more,
    )


def look(role: str, types: tuple[str, ...]) -> TrainRecord:
    """Return a train of vehicles of these types."""
    vehicles = tuple(
        VehicleRecord(label=t, role="coach", length_m=26.4, mass_kg=50_000, type_name=t)
        for t in types
    )
    return TrainRecord(
        name=role, role=role, from_place="Aster", vehicles=vehicles, length_m=26.4 * len(types),
        mass_kg=50_000 * len(types), max_speed_mps=40.0,
    )  # fmt: skip


def plan(*legs: Leg, alternatives: tuple[Leg, ...] = (), **more: Any) -> Plan:
    """Return a sealed plan of these legs, each alternative a way of its own."""
    made = legs or (leg(line()),)
    return Plan(
        title="Aster to Borage",
        made_with=MadeWith(retinue="0", pack_version="0", pack_sha256="0", catalogue_sha256="0"),
        journey=JourneyRecord(name="aster", file="aster.yaml", text="retinue: 1"),
        origin=made[0].from_,
        destination=made[-1].to,
        depart_utc=made[0].depart_utc,
        arrive_utc=made[-1].arrive_utc,
        legs=made,
        alternatives=tuple(
            Alternative(title=f"other way {i}", legs=(other,))
            for i, other in enumerate(alternatives, 1)
        ),
        **more,
    ).sealed()
