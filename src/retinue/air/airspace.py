"""The shortest track that stays out of closed airspace.

Seen in the gnomonic plane great circles are straight, so the shortest way around the
closed areas bends only at their convex corners.  A* runs over the origin, the destination
and those corners; which corners see each other is asked only of those it reaches, and only
along lines that touch both corners without cutting into them.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.air.closed_airspace import closed_tiles
from retinue.air.great_circle import Gnomonic, Track
from retinue.errors import NoPlan, Reason
from retinue.world.sphere import EARTH_RADIUS_M, distance_m

if TYPE_CHECKING:
    from retinue.air.areas import RestrictedArea
    from retinue.air.closed_airspace import ClosedTile
    from retinue.world.countries import Countries

__all__ = ["around_closed"]

Floats = NDArray[np.float64]
Point = tuple[float, float]

_FAR_COSINE = np.cos(np.radians(75.0))
_LONGEST_M = np.radians(140.0) * EARTH_RADIUS_M
_TOLERANCE_SHARE = 7e-4
_TOLERANCE_M = (200.0, 5_000.0)
_FINEST_M = 50.0
_SAMPLE_M = 10_000.0
_MARGIN_DEG = 0.4  # 12 NM, half a sample and twice the tolerance
_WIDE_MARGIN_DEG = 10.0
_CLEAR_M = 20.0  # corners stand this far outside the area they belong to


def around_closed(
    start: Point,
    end: Point,
    closed: Sequence[str],
    countries: Countries,
    *,
    areas: Sequence[RestrictedArea] = (),
    names: tuple[str, str] = ("the origin", "the destination"),
) -> list[Point]:
    """Return the shortest line of great circles that stays out of closed airspace.

    Parameters
    ----------
    start, end
        (lat, lon) in degrees.
    closed
        Codes (alpha-2) of the countries whose land and 12 NM of sea are closed.
    areas
        Restricted areas to stay out of, see `retinue.air.areas.areas_in_force`.
    names
        What errors call both ends.

    Returns
    -------
    list
        (lat, lon) of start, turning points and end; at most 0.5 % longer than the
        shortest, because outlines are widened by up to 0.07 % of the distance twice.

    Raises
    ------
    NoPlan
        Where an end lies in closed airspace, or the closed countries shut one in.
    InputError
        Where a code is no country's.
    """
    apart = float(distance_m(*start, *end))
    if not closed or apart < 1.0:
        return [start, end]
    if apart > _LONGEST_M:
        raise _no_route(names, closed, "they lie more than 140 degrees apart")
    tiles = [tile for code in closed for tile in closed_tiles(countries, code)]
    search = _Search(start, end, names, tuple(closed))
    # Only tiles that a track meets can bend it: they are added until it meets no new one.
    used: set[int] = set()
    path = [start, end]
    for round_ in range(len(tiles) + 1):
        met = _met(path, tiles, used, _MARGIN_DEG if round_ < 3 else _WIDE_MARGIN_DEG)
        if not met:
            break
        used |= met
        search.add([piece for number in sorted(met) for piece in tiles[number].pieces])
        path = search.path()
    return path


def _met(path: list[Point], tiles: list[ClosedTile], used: set[int], margin_deg: float) -> set[int]:
    track = Track.through(path)
    steps = max(int(track.length_m / _SAMPLE_M), 2)
    at = np.concatenate((np.linspace(0.0, track.length_m, steps), track.distance_m))
    lat, lon = track.at(at)
    return {
        number
        for number, tile in enumerate(tiles)
        if number not in used and tile.near(lat, lon, margin_deg)
    }


class _Search:
    """The shortest track from end to end around the pieces added so far."""

    def __init__(
        self, start: Point, end: Point, names: tuple[str, str], closed: tuple[str, ...]
    ) -> None:
        self._start, self._end = start, end
        self._names, self._closed = names, closed
        self._plane = Gnomonic.between(start, end)
        self._ends = self._plane.forward(np.array([start[0], end[0]]), np.array([start[1], end[1]]))
        self._area: Any = None

    def add(self, pieces: list[Any]) -> None:
        """Close more airspace: polygons of (lon, lat), as far as the plane shows them."""
        import shapely

        shapes = [] if self._area is None else [self._area]
        for piece in pieces:
            points = shapely.get_coordinates(piece)
            # Tiles are ten degrees wide: one whose nearest point lies within 75 degrees of
            # the middle lies within 90 altogether.
            if self._plane.cosine(points[:, 1], points[:, 0]).max() > _FAR_COSINE:
                flat = shapely.transform(piece, lambda p: self._plane.forward(p[:, 1], p[:, 0]))
                shapes.append(shapely.make_valid(flat))
        if shapes:
            self._area = shapely.union_all(np.array(shapes, dtype=object))

    def path(self) -> list[Point]:
        """Return the turning points, both ends included."""
        direct = [self._start, self._end]
        ends, area = self._ends, self._area
        if area is None or not _blocked(area, ends[:1], ends[1])[0]:
            return direct
        _check_ends(area, ends, self._names, self._closed)
        low, high = _TOLERANCE_M
        apart = float(distance_m(*self._start, *self._end))
        tolerance = float(np.clip(apart * _TOLERANCE_SHARE, low, high))
        found = None
        while found is None:
            graph = _Corners.of(area, tolerance / EARTH_RADIUS_M)
            if not _holds(graph.area, ends).any():
                found = _shortest(graph, ends, self._plane)
            if found is None and tolerance < _FINEST_M:
                raise _no_route(
                    self._names, self._closed, "closed airspace lies all around one of them"
                )
            # An end beside closed airspace, or a gap in it, may need a finer outline.
            tolerance /= 4.0
        lat, lon = self._plane.back(found[1:-1])
        return [self._start, *zip(lat.tolist(), lon.tolist(), strict=True), self._end]


def _no_route(names: tuple[str, str], closed: Sequence[str], why: str) -> NoPlan:
    listed = ", ".join(closed)
    reason = Reason(
        f"no way from {names[0]} to {names[1]} stays out of the closed airspace of {listed}: {why}",
        cure="Open one of these countries to the flight, or choose another aerodrome.",
        kind="closed-country",
    )
    return NoPlan(f"no route by air from {names[0]} to {names[1]}", reasons=[reason])


def _holds(area: Any, points: Floats) -> NDArray[np.bool_]:
    import shapely

    found: NDArray[np.bool_] = shapely.intersects_xy(area, points[:, 0], points[:, 1])
    return found


def _blocked(area: Any, starts: Floats, end: Floats) -> NDArray[np.bool_]:
    """Return whether the line from each of ``starts`` to ``end`` meets the area."""
    import shapely

    lines = shapely.linestrings(np.stack((starts, np.broadcast_to(end, starts.shape)), axis=1))
    shapely.prepare(area)
    found: NDArray[np.bool_] = shapely.intersects(area, lines)
    return found


def _check_ends(area: Any, ends: Floats, names: tuple[str, str], closed: Sequence[str]) -> None:
    for name, inside in zip(names, _holds(area, ends).tolist(), strict=True):
        if inside:
            reason = Reason(
                f"{name} lies in closed airspace ({', '.join(closed)}, with 12 NM of sea)",
                where=name,
                cure="Open the country to this flight, or choose another point.",
                kind="closed-country",
            )
            raise NoPlan(f"no route by air from {names[0]} to {names[1]}", reasons=[reason])


@dataclass(frozen=True, eq=False)
class _Corners:
    """Convex corners of the widened, simplified area.

    Attributes
    ----------
    area
        What a line must not meet.
    at, before, after
        Each corner and its neighbours along the outline, shape (n, 2).
    """

    area: Any
    at: Floats
    before: Floats
    after: Floats

    @classmethod
    def of(cls, area: Any, tolerance: float) -> _Corners:
        import shapely

        # Widened by the tolerance first, the simplified area still holds the exact one.
        wide = shapely.buffer(area, tolerance, quad_segs=2)
        wide = shapely.make_valid(shapely.simplify(wide, 0.95 * tolerance))
        outer = shapely.buffer(wide, _CLEAR_M / EARTH_RADIUS_M, join_style="mitre")
        at, before, after = [], [], []
        for polygon in shapely.get_parts(outer):
            polygon = shapely.orient_polygons(polygon)
            for ring in (polygon.exterior, *polygon.interiors):
                points = shapely.get_coordinates(ring)[:-1]
                last, following = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
                # The area lies to the left of its outline: a left turn is a convex corner.
                convex = _cross(points - last, following - points) > 0.0
                at.append(points[convex])
                before.append(last[convex])
                after.append(following[convex])
        return cls(wide, np.concatenate(at), np.concatenate(before), np.concatenate(after))

    def touches(self, corners: NDArray[np.int64], point: Floats) -> NDArray[np.bool_]:
        """Return at which corners a line from ``point`` touches without cutting in."""
        line = self.at[corners] - point
        one = _cross(line, self.before[corners] - self.at[corners])
        other = _cross(line, self.after[corners] - self.at[corners])
        return one * other >= 0.0


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _shortest(graph: _Corners, ends: Floats, plane: Gnomonic) -> Floats | None:
    """Run A* from ``ends[0]`` to ``ends[1]``; return the path's points in the plane."""
    points = np.concatenate((graph.at, ends))
    origin, goal = len(points) - 2, len(points) - 1
    lat, lon = plane.back(points)
    rest = distance_m(lat, lon, lat[goal], lon[goal])
    cost = np.full(len(points), np.inf)
    cost[origin] = 0.0
    parent = np.full(len(points), -1)
    done = np.zeros(len(points), bool)
    queue = [(float(rest[origin]), origin)]
    while queue:
        _, here = heapq.heappop(queue)
        if done[here]:
            continue
        done[here] = True
        if here == goal:
            return points[_trace(parent, goal)]
        step = distance_m(lat[here], lon[here], lat, lon)
        open_ = ~done & (cost[here] + step < cost)
        open_ &= cost[here] + step + rest < cost[goal]
        candidates = np.flatnonzero(open_)
        candidates = candidates[_tangent(graph, points, here, candidates)]
        free = candidates[~_blocked(graph.area, points[candidates], points[here])]
        cost[free] = cost[here] + step[free]
        parent[free] = here
        for number in free.tolist():
            heapq.heappush(queue, (float(cost[number] + rest[number]), number))
    return None


def _tangent(
    graph: _Corners, points: Floats, here: int, candidates: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which candidates can be reached along a line that touches both corners."""
    corners = len(graph.at)
    kept = np.ones(len(candidates), bool)
    at_corner = candidates < corners
    kept[at_corner] = graph.touches(candidates[at_corner], points[here])
    if here < corners:
        line = points[candidates] - points[here]
        one = _cross(line, graph.before[here] - points[here])
        other = _cross(line, graph.after[here] - points[here])
        kept &= one * other >= 0.0
    return kept


def _trace(parent: NDArray[np.int64], goal: int) -> list[int]:
    path = [goal]
    while parent[path[-1]] >= 0:
        path.append(int(parent[path[-1]]))
    return path[::-1]
