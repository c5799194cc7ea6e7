"""A server's stretches of road as a `RoadRoute`: measured on the sphere, cut at borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.world.road_route import RoadChoke, RoadPiece, RoadRoute
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.world.countries import Countries

    Floats = NDArray[np.float64]

__all__ = ["ServerStretch", "server_route", "similarity"]

_LEAST_M = 0.5
_BORDER_WOBBLE_M = 500.0  # a shorter visit abroad is the outline's inexactness
_FASTEST_MPS = 70.0


@dataclass(frozen=True)
class ServerStretch:
    """A stretch of road that a server tells of.

    Attributes
    ----------
    points
        Latitude and longitude of its vertices; the first is the last of the one before.
    time_s
        Time that the server takes for it.
    """

    points: Sequence[tuple[float, float]]
    time_s: float
    name: str
    ref: str = ""
    road_class: str = ""
    tunnel: bool = False
    ferry: bool = False


def server_route(
    stretches: Sequence[ServerStretch], countries: Countries, source: str
) -> RoadRoute:
    """Return stretches as one route.

    Raises
    ------
    ValueError
        Where they have no length, or a time that is none.
    """
    lat: list[float] = []
    lon: list[float] = []
    spans: list[tuple[int, int, ServerStretch]] = []
    for stretch in stretches:
        points = list(stretch.points)
        if lat and points and points[0] == (lat[-1], lon[-1]):
            points = points[1:]
        begin = max(len(lat) - 1, 0)
        lat += [point[0] for point in points]
        lon += [point[1] for point in points]
        spans.append((begin, len(lat) - 1, stretch))
    if len(lat) < 2:
        raise ValueError("the road has no length")
    north, east = np.array(lat), np.array(lon)
    step = np.asarray(distance_m(north[:-1], east[:-1], north[1:], east[1:]))
    at = np.concatenate(([0.0], np.cumsum(step)))
    if float(at[-1]) < _LEAST_M:
        raise ValueError("the road has no length")
    pieces: list[RoadPiece] = []
    chokes: list[RoadChoke] = []
    taken = 0.0
    for first, last, stretch in spans:
        length = float(at[last] - at[first])
        if not 0.0 <= stretch.time_s < 1e8:
            raise ValueError(f"{stretch.time_s} s is no time")
        taken += stretch.time_s
        if length < _LEAST_M:
            continue
        start = pieces[-1].to_m if pieces else 0.0
        speed = min(max(length / max(stretch.time_s, 1e-3), 0.5), _FASTEST_MPS)
        pieces.append(
            RoadPiece(
                from_m=start, to_m=float(at[last]), road_class=stretch.road_class,
                name="ferry " * stretch.ferry + stretch.name, ref=stretch.ref,
                speed_mps=speed, speed_assumed=False, surface="", lanes=None,
                oneway=False, bridge=False, tunnel=stretch.tunnel, urban=None, country="", way_id=0,
            )
        )  # fmt: skip
        if stretch.tunnel:
            middle = (start + float(at[last])) / 2
            chokes.append(
                RoadChoke(
                    "tunnel", start, float(at[last]), float(np.interp(middle, at, north)),
                    float(np.interp(middle, at, east)), stretch.name or "tunnel",
                )
            )  # fmt: skip
    pieces[-1] = replace(pieces[-1], to_m=float(at[-1]))
    keep = np.append(True, step > 0.0)
    return RoadRoute(
        lat_deg=north[keep],
        lon_deg=east[keep],
        distance_m=at[keep],
        pieces=_by_country(pieces, north, east, at, countries),
        points=(),
        length_m=float(at[-1]),
        free_time_s=taken,
        start_access_m=0.0,
        end_access_m=0.0,
        chokes=tuple(chokes),
        source=source,
    )


def similarity(route: RoadRoute, parts: Sequence[RoadRoute]) -> float:
    """Return the share of a route, by length, that runs along others from the same server.

    Both come from one network, so a common stretch has the same vertices.
    """

    def steps(line: RoadRoute) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        points = list(zip(line.lat_deg.tolist(), line.lon_deg.tolist(), strict=True))
        return list(pairwise(points))

    known = {step for part in parts for step in steps(part)}
    lengths = np.diff(route.distance_m).tolist()
    common = sum(
        length for step, length in zip(steps(route), lengths, strict=True) if step in known
    )
    return float(common / route.length_m)


def _by_country(
    pieces: list[RoadPiece], lat: Floats, lon: Floats, at: Floats, countries: Countries
) -> tuple[RoadPiece, ...]:
    """Return the pieces with their countries, cut where the road crosses a border."""
    crossings = countries.crossings(lat, lon, shortest_m=_BORDER_WOBBLE_M)
    first = crossings[0].from_country if crossings else None
    if first is None:
        middle = len(lat) // 2
        first = countries.country_at(float(lat[middle]), float(lon[middle]))
    marks = [
        (float(at[c.index] + c.fraction * (at[c.index + 1] - at[c.index])), c.to_country or "")
        for c in crossings
    ]
    found: list[RoadPiece] = []
    here = first or ""
    for piece in pieces:
        begin = piece.from_m
        while marks and marks[0][0] < piece.to_m - _LEAST_M:
            cut, there = marks.pop(0)
            if cut > begin + _LEAST_M:
                found.append(replace(piece, from_m=begin, to_m=cut, country=here))
                begin = cut
            here = there
        found.append(replace(piece, from_m=begin, country=here))
    return tuple(found)
