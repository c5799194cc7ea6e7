"""The course of every pattern of calls: by the feed's shape, else over the pack, else straight.

A planner trusts the course drawn by the timetable's owner before the coarse world pack, and the
pack before a straight line; each piece says which it stands on, and why not on the better one.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.course import Course, CoursePiece, CoursePoints, Pattern
from retinue.traffic.foot import feet_in_order
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retinue.traffic.gtfs_feed import Feed, FeedStop
    from retinue.traffic.pack_way import PackFoot, PackRail

__all__ = ["PACK_NEAR_M", "SHAPE_NEAR_M", "STRAIGHT_DETOUR", "CourseFinder"]

#: A stop farther from its shape than this is not on it.
SHAPE_NEAR_M = 500.0
#: A stop farther from the pack's railways than this is not on them; the pack's own positions are
#: rounded to 0.001 degrees, and its curves drawn with few points.
PACK_NEAR_M = 1_000.0
#: A way longer than this many times the straight line, and 5 km, is the way of another line.
_DETOUR = 2.0
_DETOUR_M = 5_000.0
#: Assumed length of a line over the straight distance of neighbouring stops.
STRAIGHT_DETOUR = 1.2


class CourseFinder:
    """Finds courses, and keeps the points they share.

    Parameters
    ----------
    feed
        Stops and shapes.
    pack
        The rail graph round its stops; None: no world pack.
    """

    def __init__(self, feed: Feed, pack: PackRail | None) -> None:
        self.feed = feed
        self.pack = pack
        self.points = CoursePoints()
        self._shapes: dict[str, tuple[list[int], list[float]]] = {}
        self._feet: dict[str, PackFoot | None] = {}
        self._pack_pieces: dict[tuple[str, str], CoursePiece] = {}

    def courses(self, patterns: Iterable[Pattern]) -> dict[Pattern, Course]:
        """Return the course of each pattern."""
        return {pattern: self.course(pattern) for pattern in patterns}

    def course(self, pattern: Pattern) -> Course:
        """Return the course of one pattern."""
        shape, names = pattern
        stops = [self.feed.stops[name] for name in names]
        by_shape = self._shape_pieces(shape, stops)
        pieces = []
        for number, (one, two) in enumerate(itertools.pairwise(stops)):
            piece = by_shape[number]
            pieces.append(piece if isinstance(piece, CoursePiece) else self._other(one, two, piece))
        return Course(names, tuple(pieces))

    def _shape_pieces(self, shape: str, stops: list[FeedStop]) -> list[CoursePiece | str]:
        """Return a piece for each pair of stops, or why the shape gives none."""
        line = self.feed.shapes.get(shape)
        if line is None:
            return ["the feed draws no shape"] * (len(stops) - 1)
        feet = feet_in_order(
            np.array([s.lat for s in stops]),
            np.array([s.lon for s in stops]),
            line[:, 0],
            line[:, 1],
        )
        numbers, lengths = self._shape_points(shape)
        found: list[CoursePiece | str] = []
        for (one, left), (two, here) in itertools.pairwise(zip(stops, feet, strict=True)):
            far = next((s.name for s, f in ((one, left), (two, here)) if f[2] > SHAPE_NEAR_M), None)
            if far is not None:
                found.append(f"{far} lies more than {SHAPE_NEAR_M:.0f} m off the shape {shape}")
                continue
            points = tuple(numbers[left[0] : here[0] + 2])
            edge_m = tuple(lengths[left[0] : here[0] + 1])
            piece = CoursePiece("feed", points, edge_m, left[1], here[1], left[2], here[2])
            found.append(piece if _plausible(piece, one, two) else f"the shape {shape} goes round")
        return found

    def _shape_points(self, shape: str) -> tuple[list[int], list[float]]:
        """Return the numbers of a shape's points and the lengths between them."""
        if shape not in self._shapes:
            line = self.feed.shapes[shape]
            numbers = [self.points.number("feed", (y, x), y, x) for y, x in line.tolist()]
            lengths = distance_m(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])
            self._shapes[shape] = numbers, lengths.tolist()
        return self._shapes[shape]

    def pack_foot(self, stop: FeedStop) -> PackFoot | None:
        """Return the stop's place on the pack; None where the pack has no railway near at all."""
        if stop.id not in self._feet:
            self._feet[stop.id] = None if self.pack is None else self.pack.foot(stop.lat, stop.lon)
        return self._feet[stop.id]

    def pack_piece(self, one: FeedStop, two: FeedStop) -> CoursePiece | str:
        """Return the way over the pack, or why there is none."""
        key = (one.id, two.id)
        if key not in self._pack_pieces:
            found = self._over_pack(one, two)
            if isinstance(found, str):
                return found
            self._pack_pieces[key] = found
        return self._pack_pieces[key]

    def _over_pack(self, one: FeedStop, two: FeedStop) -> CoursePiece | str:
        if self.pack is None:
            return "no world pack was given"
        feet = []
        for stop in (one, two):
            foot = self.pack_foot(stop)
            if foot is None or foot.error_m > PACK_NEAR_M:
                away = "no railway" if foot is None else f"the nearest {foot.error_m / 1000:.1f} km"
                return f"{stop.name} is not on the pack's railways ({away})"
            feet.append(foot)
        way = self.pack.way(*feet)
        if way is None:
            return f"the pack's railways do not join {one.name} and {two.name}"
        graph = self.pack.graph
        points = tuple(
            self.points.number("pack", n, float(graph.lat_deg[n]), float(graph.lon_deg[n]))
            for n in way.nodes
        )
        piece = CoursePiece(
            "pack", points, tuple(way.edge_m), way.start_share, way.end_share,
            feet[0].error_m, feet[1].error_m,
        )  # fmt: skip
        if not _plausible(piece, one, two):
            return (
                f"the pack goes round between {one.name} and {two.name} "
                f"({piece.length_m / 1000:.0f} km for {_air_m(one, two) / 1000:.0f} km straight)"
            )
        return piece

    def _other(self, one: FeedStop, two: FeedStop, why_no_shape: str) -> CoursePiece:
        piece = self.pack_piece(one, two)
        if isinstance(piece, CoursePiece):
            return CoursePiece(
                piece.ground, piece.points, piece.edge_m, piece.start_share, piece.end_share,
                piece.start_error_m, piece.end_error_m, 0.0, why_no_shape,
            )  # fmt: skip
        length = STRAIGHT_DETOUR * _air_m(one, two)
        return CoursePiece("straight", (), (), straight_m=length, note=f"{why_no_shape}; {piece}")


def _air_m(one: FeedStop, two: FeedStop) -> float:
    return float(distance_m(one.lat, one.lon, two.lat, two.lon))


def _plausible(piece: CoursePiece, one: FeedStop, two: FeedStop) -> bool:
    return piece.length_m <= _DETOUR * _air_m(one, two) + _DETOUR_M
