"""A road drawn for tests: straight east along a parallel, with junctions and crossings on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retinue.world.road_route import RoadPiece, RoadPoint, RoadRoute
from retinue.world.sphere import distance_m

LAT, LON = 47.2, 9.5  # Liechtenstein, where a row of countries is not in the way


def drawn_route(
    length_m: float,
    speed_mps: float = 15.0,
    junctions: Sequence[float] = (),
    crossings: Sequence[float] = (),
    *,
    arms: int = 1,
    road_class: str = "primary",
    lanes: int | None = 2,
    oneway: bool = False,
) -> RoadRoute:
    """Return a straight road with junctions and level crossings at the distances given."""
    degree = float(distance_m(LAT, LON, LAT, LON + 1.0))
    at = np.linspace(0.0, length_m, max(int(length_m / 200.0), 1) + 1)
    lon = LON + at / degree
    points = [
        RoadPoint("junction", where, LAT, LON + where / degree, n, f"J{n}", arms)
        for n, where in enumerate(junctions)
    ]
    points += [
        RoadPoint("level_crossing", where, LAT, LON + where / degree, 1000 + n, f"crossing {n}")
        for n, where in enumerate(crossings)
    ]
    piece = RoadPiece(
        0.0, length_m, road_class, "Landstrasse", "", speed_mps, False, "asphalt", lanes, oneway,
        False, False, True, "LI", 1,
    )  # fmt: skip
    return RoadRoute(
        lat_deg=np.full(len(at), LAT),
        lon_deg=lon,
        distance_m=at,
        pieces=(piece,),
        points=tuple(sorted(points, key=lambda p: p.distance_m)),
        length_m=length_m,
        free_time_s=length_m / speed_mps,
        start_access_m=0.0,
        end_access_m=0.0,
        chokes=(),
        source="drawn",
    )
