"""A road leg as the plan records and draws it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.plan.leg import Section, SpeedProfile
from retinue.plan.vehicles import ConvoyRecord, VehicleRecord
from retinue.road.column import Column, columns
from retinue.road.convoy import Convoy
from retinue.road.request import RoadRuns, RoadStretch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retinue.road.front import Grid

    Floats = NDArray[np.float64]

__all__ = ["convoy_record", "road_sections", "speed_profile"]


def convoy_record(convoy: Convoy, column: Column, speed_mps: float) -> ConvoyRecord:
    """Return the convoy in its order, with lengths and gaps at a speed."""
    orders = columns()
    mean = sum(v.vehicle.length for v in convoy.ranks) / len(convoy.ranks)

    def clear(name: str) -> float:
        spaced = sum(orders[name].spacing_m(speed_mps, v.vehicle.length) for v in convoy.ranks)
        return round(spaced / len(convoy.ranks) - mean, 1)

    return ConvoyRecord(
        name=convoy.title,
        vehicles=tuple(
            VehicleRecord(
                label=v.vehicle.label,
                role="main-car" if v.role == "main" else v.role,
                length_m=v.vehicle.length,
                mass_kg=v.vehicle.mass,
                axles=v.vehicle.axles,
                armoured=v.vehicle.armoured,
                principal=v.role == "main",
                type_name=v.type_name,
            )
            for v in convoy.vehicles
        ),
        open_gap_m=clear("open"),
        close_gap_m=clear("close"),
        length_at_speed_m=round(convoy.length_m(column, speed_mps), 1),
    )


def road_sections(runs: RoadRuns) -> tuple[Section, ...]:
    """Return the stretches of the road with their march speeds."""
    names = {
        "access": "access road", "local": "local road",
        "highway": "main highway", "urban": "main highway in town",
    }  # fmt: skip

    roads = {"pack": "road graph", "built": "OpenStreetMap extract"}.get(
        runs.routing, runs.routing_source
    )

    def named(at_m: float) -> str:
        point = min(runs.waypoints, key=lambda w: abs(w.distance_m - at_m))
        if abs(point.distance_m - at_m) < 1.0:
            return point.name
        return f"km {at_m / 1000:.1f}"

    return tuple(
        Section(
            from_place=named(s.from_m),
            to_place=named(s.to_m),
            from_m=round(s.from_m, 1),
            to_m=round(s.to_m, 1),
            line=_line(s, names[s.kind]),
            speed_mps=round(s.speed_mps, 4),
            assumed=("speed",) if s.assumed else (),
            origin=roads if s.kind in ("highway", "urban") else "straight line",
        )
        for s in runs.stretches
    )


def _line(stretch: RoadStretch, kind: str) -> str:
    """Return a stretch in words: its road where one is known, country, and what limits it."""
    road = kind
    if stretch.road_class:
        road = stretch.road_class.replace("_", " ") + (f" {stretch.name}" if stretch.name else "")
        road += " in town" if stretch.urban else ""
    words = [road, stretch.country]
    words += ["bodyguards run beside"] if stretch.escorted else []
    words += [f"held to it by {stretch.limited_by}"] if stretch.limited_by else []
    return ", ".join(words)


def speed_profile(runs: RoadRuns, grid: Grid, front: Floats) -> SpeedProfile:
    """Return speed against distance; it is constant between marks and jumps at them.

    Where the front stands the profile falls to nothing at one place.
    """
    distance: list[float] = []
    speed: list[float] = []
    at, times = grid.distance_m[grid.shown], front[grid.shown]
    stands = {float(grid.distance_m[row]) for row in grid.halt_rows}
    for (begin, end), (leave, reach) in zip(pairwise(at), pairwise(times), strict=True):
        if float(begin) in stands:
            distance.append(round(float(begin), 1))
            speed.append(0.0)
            continue
        march = round(float((end - begin) / (reach - leave)), 4)
        if speed and speed[-1] == march:
            distance[-1] = round(float(end), 1)
            continue
        distance += [round(float(begin), 1), round(float(end), 1)]
        speed += [march, march]
    return SpeedProfile(
        distance_m=tuple(distance),
        speed_mps=tuple(speed),
        limit_distance_m=tuple(round(s.from_m, 1) for s in runs.stretches),
        limit_mps=tuple(round(s.speed_mps, 4) for s in runs.stretches),
    )
