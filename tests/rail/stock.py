"""Small vehicles, trains and routes for the tests of rolling stock, made in code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from retinue.document import parse_yaml
from retinue.rail.catalogue import vehicle_from_node
from retinue.rail.formation import Formation, PlacedVehicle
from retinue.rail.rolling_stock import Coach, Locomotive
from retinue.world.rail_route import (
    Facility,
    OperatingPoint,
    RailRoute,
    RoutePoint,
    RouteStretch,
)

COACH = """
kind: coach
title: Test coach
role: sleeping
length: 25 m
tare: 50 t
loaded: 54 t
axles: 4
axle load limit: 18 t
rotating mass factor: 1.05
resistance: {constant: 1.9 permil, linear at 100 km/h: 0.25 permil, square at 100 km/h: 682 N}
brake percentage: 100 %
maximum speed: 120 km/h
gauge: 1435 mm
other gauges: [1520 mm]
change of gauge: bogie-exchange
coupler: janney
coupler adapters: [sa-3]
brake systems: [china-air, matrosov-air]
loading gauge: gb-146.1
heating: [own]
source: made for the test
confidence: K
"""

LOCOMOTIVE = """
kind: locomotive
title: Test locomotive
length: 20 m
tare: 120 t
axles: 6
axle load limit: 23 t
rotating mass factor: 1.2
resistance: {constant: 2.5 permil, square at 100 km/h: 2 kN, more when leading at 100 km/h: 3 kN}
brake mass: 80 t
maximum speed: 100 km/h
gauge: 1435 mm
coupler: janney
brake systems: [china-air]
loading gauge: gb-146.1
traction: {diesel: {power: 2000 kW, starting effort: 300 kN}}
source: made for the test
confidence: K
"""


def _changed(text: str, changes: dict[str, str | None]) -> str:
    lines = []
    for line in text.strip().splitlines():
        key = line.split(":")[0]
        if key not in changes:
            lines.append(line)
    lines += [f"{key}: {value}" for key, value in changes.items() if value is not None]
    return "\n".join(lines)


def coach(**changes: str | None) -> Coach:
    """Return a coach; keys with ``_`` for a space, None leaves the key out."""
    text = _changed(COACH, {key.replace("_", " "): value for key, value in changes.items()})
    vehicle = vehicle_from_node(parse_yaml(text, "coach.yaml"), "test-coach")
    assert isinstance(vehicle, Coach)
    return vehicle


def locomotive(**changes: str | None) -> Locomotive:
    """Return a locomotive, as `coach` does."""
    text = _changed(LOCOMOTIVE, {key.replace("_", " "): value for key, value in changes.items()})
    vehicle = vehicle_from_node(parse_yaml(text, "locomotive.yaml"), "test-locomotive")
    assert isinstance(vehicle, Locomotive)
    return vehicle


def formation(
    vehicles: Sequence[Coach | Locomotive], gauge_mm: int = 1435, **placed: Any
) -> Formation:
    """Return a formation of the vehicles in order."""
    return Formation(
        "test",
        tuple(
            PlacedVehicle(v, f"{v.title} {i}", id=f"v{i}", **placed) for i, v in enumerate(vehicles)
        ),
        gauge_mm,
    )


def point(name: str, km: float, *facilities: Facility) -> RoutePoint:
    """Return an operating point at a chainage."""
    here = OperatingPoint(
        name.lower(), name, 42.42, 130.61, "KP", "Asia/Pyongyang", facilities=facilities
    )
    return RoutePoint(here, km * 1000.0)


def stretch(from_km: float, to_km: float, gauges: tuple[int, ...], **values: Any) -> RouteStretch:
    """Return a stretch without wires, whose other values nobody knows."""
    filled: dict[str, Any] = {"electrification": "none", "line_speed_mps": 20.0} | values
    return RouteStretch(
        "line", "Line", from_km * 1000.0, to_km * 1000.0, gauges_mm=gauges, **filled
    )


def route(points: Sequence[RoutePoint], stretches: Sequence[RouteStretch]) -> RailRoute:
    """Return a straight route."""
    end = stretches[-1].to_m
    line = np.array([0.0, end])
    return RailRoute(tuple(points), tuple(stretches), line / 1e5, line * 0.0, line, end)
