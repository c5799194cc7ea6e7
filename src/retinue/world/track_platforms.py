"""Platforms, and the tracks that run along them.

A track runs along a platform where it is within `_REACH_M` of it, keeps its direction
within 45 degrees (a track that crosses above or below does not) and no other track lies
between.  A platform is drawn as an outline or as a line; its length is

* of a line its own,
* of an outline the long side of the rectangle with the same perimeter P and area A,
  ``P/4 + sqrt(P²/16 - A)``, which holds for curved platforms too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from retinue.world.osm_extract import OsmWay
from retinue.world.track_split import SplitTracks
from retinue.world.track_tables import IntervalTable

__all__ = ["Alongside", "TrackFinder", "platform_length_m", "told_class"]

_A_M = 6_378_137.0
_E2 = 0.006694379990141316
_REACH_M = 8.0
_STEP_M = 2.0
_SHORTEST_M = 5.0
_SHORTEST_MATCH_SHARE = 0.5
_TAGGED_CLASS = {"train": 0, "light_rail": 2, "tram": 2, "subway": 2}


@dataclass(frozen=True)
class Alongside:
    """A stretch of an edge along a platform, and how far off it is at the nearest."""

    edge: int
    from_m: float
    to_m: float
    distance_m: float


def platform_length_m(way: OsmWay) -> float:
    """Return the length of a platform drawn as a line or as an outline (see the module)."""
    lat0, lon0 = float(way.lat_deg.mean()), float(way.lon_deg.mean())
    line = shapely.linestrings(_local(way.lat_deg, way.lon_deg, lat0, lon0))
    if not way.closed or len(way.refs) < 4:
        return float(line.length)
    outline = shapely.polygons(shapely.get_coordinates(line))
    quarter = outline.length / 4.0
    return float(quarter + math.sqrt(max(quarter**2 - outline.area, 0.0)))


def _metres_a_degree(lat_deg: float) -> tuple[float, float]:
    """Return the lengths of a degree of latitude and of longitude on WGS84.

    From the radii of curvature ``M = a (1 - e²) / w³`` and ``N = a / w`` with
    ``w² = 1 - e² sin² φ``.
    """
    latitude = math.radians(lat_deg)
    w = math.sqrt(1.0 - _E2 * math.sin(latitude) ** 2)
    return (
        math.radians(_A_M * (1.0 - _E2) / w**3),
        math.radians(_A_M / w * math.cos(latitude)),
    )


def _local(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], lat0: float, lon0: float
) -> NDArray[np.float64]:
    """Return metres east and north of a point, for things close to it, shape (n, 2)."""
    north, east = _metres_a_degree(lat0)
    return np.column_stack(((lon_deg - lon0) * east, (lat_deg - lat0) * north))


class TrackFinder:
    """Finds the tracks near a thing."""

    def __init__(self, split: SplitTracks, layers: IntervalTable) -> None:
        self._split = split
        self._layers = layers
        shapes = split.shapes
        owner = np.repeat(np.arange(len(split.edges)), np.diff(split.edges.shape_start))
        self._lines = shapely.linestrings(
            np.column_stack((shapes.lon_deg, shapes.lat_deg)), indices=owner
        )
        self._tree = shapely.STRtree(self._lines)

    def _near(self, box: tuple[float, float, float, float]) -> list[int]:
        return sorted(self._tree.query(shapely.box(*box)).tolist())

    def nearest(self, lat_deg: float, lon_deg: float, reach_m: float) -> tuple[int, float] | None:
        """Return the nearest edge within reach and the distance along it."""
        dy, dx = (reach_m / size for size in _metres_a_degree(lat_deg))
        box = (lon_deg - dx, lat_deg - dy, lon_deg + dx, lat_deg + dy)
        best: tuple[float, int, float] | None = None
        here = shapely.points(0.0, 0.0)
        for edge in self._near(box):
            line = self._line(edge, lat_deg, lon_deg)
            away = float(shapely.distance(line, here))
            if away <= reach_m and (best is None or away < best[0]):
                share = float(shapely.line_locate_point(line, here, normalized=True))
                best = (away, edge, share * float(self._split.edges.length_m[edge]))
        return None if best is None else (best[1], best[2])

    def _line(self, edge: int, lat0: float, lon0: float) -> shapely.LineString:
        start = self._split.edges.shape_start
        rows = slice(int(start[edge]), int(start[edge + 1]))
        shapes = self._split.shapes
        return shapely.linestrings(_local(shapes.lat_deg[rows], shapes.lon_deg[rows], lat0, lon0))

    def along(self, way: OsmWay) -> list[Alongside]:
        """Return where tracks run along a platform, by edge."""
        lat0, lon0 = float(way.lat_deg.mean()), float(way.lon_deg.mean())
        drawn = _local(way.lat_deg, way.lon_deg, lat0, lon0)
        thing = (
            shapely.polygons(drawn)
            if way.closed and len(way.refs) >= 4
            else shapely.linestrings(drawn)
        )
        margin, wide = ((_REACH_M + 2.0) / size for size in _metres_a_degree(lat0))
        edges = self._near(
            (
                float(way.lon_deg.min()) - wide,
                float(way.lat_deg.min()) - margin,
                float(way.lon_deg.max()) + wide,
                float(way.lat_deg.max()) + margin,
            ),
        )
        wanted = [edge for edge in edges if self._may_serve(edge, way)]
        axis = _axis(drawn)
        lines = {edge: self._line(edge, lat0, lon0) for edge in wanted}
        found = []
        for edge in wanted:
            for low, high, away in self._stretches(edge, lines[edge], thing):
                others = [line for other, line in lines.items() if other != edge]
                if not _parallel(lines[edge], low, high, axis):
                    continue
                if not _hidden(lines[edge], low, high, thing, others):
                    scale = float(self._split.edges.length_m[edge]) / lines[edge].length
                    found.append(Alongside(edge, low * scale, high * scale, away))
        return found

    def _may_serve(self, edge: int, way: OsmWay) -> bool:
        """Return whether class and level of a track allow that it serves the platform."""
        tags = way.tags
        told = {code for key, code in _TAGGED_CLASS.items() if tags.get(key) == "yes"}
        mine = int(self._split.edges.network_class[edge])
        if told and mine not in told and not (mine == 1 and 0 in told):
            return False
        own = tags.get("layer", "")
        if own.lstrip("-").isdigit() and int(own) < 0:
            return any(value < 0 for _, _, value in self._layers.on(edge))
        return True

    def _stretches(
        self, edge: int, line: shapely.LineString, thing: shapely.Geometry
    ) -> Iterator[tuple[float, float, float]]:
        total = float(line.length)
        if total < _SHORTEST_M:
            return
        along = np.linspace(0.0, total, max(int(total / _STEP_M), 1) + 1)
        corners = shapely.get_coordinates(line)
        run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))))
        east, north = (np.interp(along, run, corners[:, axis]) for axis in (0, 1))
        # Only what lies about the platform's box is measured.
        west, south, most_east, most_north = shapely.bounds(thing)
        about = (east >= west - _REACH_M) & (east <= most_east + _REACH_M)
        about &= (north >= south - _REACH_M) & (north <= most_north + _REACH_M)
        away = np.full(len(along), np.inf)
        away[about] = shapely.distance(shapely.points(east[about], north[about]), thing)
        near = np.concatenate(([False], away <= _REACH_M, [False]))
        turns = np.flatnonzero(near[1:] != near[:-1])
        for first, last in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
            if along[last - 1] - along[first] >= _SHORTEST_M:
                yield float(along[first]), float(along[last - 1]), float(away[first:last].min())


def _axis(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the direction in which points spread the most, a unit vector."""
    centred = drawn - drawn.mean(axis=0)
    return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, 1])


def _parallel(line: shapely.LineString, low: float, high: float, axis: NDArray[np.float64]) -> bool:
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [low, high]))
    chord = ends[1] - ends[0]
    size = float(np.hypot(*chord))
    return size > 0.0 and abs(float(chord @ axis)) / size >= math.cos(math.radians(45.0))


def _hidden(
    line: shapely.LineString,
    low: float,
    high: float,
    thing: shapely.Geometry,
    others: Sequence[shapely.LineString],
) -> bool:
    """Return whether another track lies between the track and the platform."""
    places = shapely.line_interpolate_point(line, np.linspace(low, high, 7)[1:-1])
    sight = [shapely.shortest_line(place, thing) for place in places]
    crossed = sum(
        any(shapely.crosses(view, other) or shapely.intersects(view, other) for other in others)
        for view in sight
    )
    return crossed > len(sight) * _SHORTEST_MATCH_SHARE


def told_class(tags: dict[str, str]) -> int | None:
    """Return the network class that a platform's or stop's tags tell, or None."""
    for key, code in _TAGGED_CLASS.items():
        if tags.get(key) == "yes":
            return code
    return None
