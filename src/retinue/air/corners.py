"""The shortest line between two points of a plane that stays out of an area.

It bends only at the area's convex corners.  A* runs over both ends and those corners;
which corners see each other is asked only of those it reaches, and only along lines that
touch both corners without cutting into them.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M, unit_vectors

if TYPE_CHECKING:
    from retinue.air.great_circle import Gnomonic

__all__ = ["Corners", "blocked", "holds_points", "narrowed", "shortest", "widened"]

Floats = NDArray[np.float64]

_CLEAR_M = 20.0  # corners stand this far outside the area they belong to


def holds_points(area: Any, points: Floats) -> NDArray[np.bool_]:
    """Return which of some points lie in an area, its edge included."""
    import shapely

    found: NDArray[np.bool_] = shapely.intersects_xy(area, points[:, 0], points[:, 1])
    return found


def blocked(area: Any, starts: Floats, end: Floats) -> NDArray[np.bool_]:
    """Return whether the line from each of ``starts`` to ``end`` meets the area."""
    import shapely

    lines = shapely.linestrings(np.stack((starts, np.broadcast_to(end, starts.shape)), axis=1))
    shapely.prepare(area)
    found: NDArray[np.bool_] = shapely.intersects(area, lines)
    return found


def widened(area: Any, tolerance: float) -> Any:
    """Return a simpler area that holds one, nowhere wider by more than twice a tolerance."""
    import shapely

    # The simplified area must still hold the exact one: 0.1 goes to thinning it, a
    # buffer's corners of 45 degrees lie at cos(22.5 degrees) = 0.92 of its width.
    thin = shapely.simplify(area, 0.1 * tolerance)
    wide = shapely.buffer(thin, tolerance, quad_segs=2)
    return shapely.make_valid(shapely.simplify(wide, 0.75 * tolerance))


def narrowed(area: Any, by: float, tolerance: float) -> Any:
    """Return a simpler area that lies within one, at least a distance inside its edge."""
    import shapely

    thin = shapely.make_valid(shapely.simplify(area, tolerance))
    # Mitred, concave corners lose rather more than the distance.
    return _mitred(thin, -(by + tolerance))


def _mitred(area: Any, by: float) -> Any:
    import shapely

    # An edge of no length makes GEOS divide by nothing on its way to a sound outline.
    with np.errstate(divide="ignore", invalid="ignore"):
        return shapely.buffer(area, by, join_style="mitre")


@dataclass(frozen=True, eq=False)
class Corners:
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
    def of(cls, wide: Any) -> Corners:
        """Return the corners of an area that was `widened`."""
        import shapely

        outer = _mitred(wide, _CLEAR_M / EARTH_RADIUS_M)
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

    def only(self, kept: NDArray[np.bool_]) -> Corners:
        """Return the same area with some of its corners."""
        return Corners(self.area, self.at[kept], self.before[kept], self.after[kept])

    def touches(self, corners: NDArray[np.int64], point: Floats) -> NDArray[np.bool_]:
        """Return at which corners a line from ``point`` touches without cutting in."""
        line = self.at[corners] - point
        one = _cross(line, self.before[corners] - self.at[corners])
        other = _cross(line, self.after[corners] - self.at[corners])
        return one * other >= 0.0


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def shortest(
    graph: Corners, ends: Floats, plane: Gnomonic, bound_m: float = np.inf
) -> Floats | None:
    """Run A* from ``ends[0]`` to ``ends[1]``; return the path's points in the plane.

    Parameters
    ----------
    bound_m
        Nothing longer than this is looked for.
    """
    lat, lon = plane.back(np.concatenate((graph.at, ends)))
    vectors = unit_vectors(lat, lon)
    rest = _arcs(vectors, vectors[-1])
    if np.isfinite(bound_m):
        useful = _arcs(vectors, vectors[-2]) + rest <= bound_m
        useful[-2:] = True
        graph = graph.only(useful[:-2])
        vectors, rest = vectors[useful], rest[useful]
    points = np.concatenate((graph.at, ends))
    origin, goal = len(points) - 2, len(points) - 1
    cost = np.full(len(points), np.inf)
    cost[origin], cost[goal] = 0.0, bound_m
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
        reached = cost[here] + _arcs(vectors, vectors[here])
        candidates = np.flatnonzero(~done & (reached < cost) & (reached + rest <= cost[goal]))
        candidates = candidates[_tangent(graph, points, here, candidates)]
        free = candidates[~blocked(graph.area, points[candidates], points[here])]
        cost[free] = reached[free]
        parent[free] = here
        for number in free.tolist():
            heapq.heappush(queue, (float(cost[number] + rest[number]), number))
    return None


def _arcs(vectors: Floats, one: Floats) -> Floats:
    """Return great-circle distances in metres: ``2 R asin(|a - b| / 2)``."""
    chord = vectors - one
    half = np.sqrt(np.einsum("ij,ij->i", chord, chord)) / 2
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(half, 1.0)))


def _tangent(
    graph: Corners, points: Floats, here: int, candidates: NDArray[np.int64]
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
