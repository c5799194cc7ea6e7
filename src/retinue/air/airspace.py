"""The shortest track that stays out of closed airspace.

Seen in the gnomonic plane great circles are straight, so the shortest way around closed
countries and restricted areas is a matter of plane geometry (`retinue.air.corners`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retinue.air.closed_airspace import FINEST_M, closed_tiles
from retinue.air.corners import Corners, blocked, holds_points, narrowed, shortest, widened
from retinue.air.great_circle import Gnomonic, Track, length_m
from retinue.errors import NoPlan, Reason
from retinue.world.sphere import EARTH_RADIUS_M, distance_m

if TYPE_CHECKING:
    from retinue.air.areas import RestrictedArea
    from retinue.world.countries import Countries

__all__ = ["around_closed"]

Floats = NDArray[np.float64]
Point = tuple[float, float]

_FAR_COSINE = np.cos(np.radians(75.0))
_LONGEST_M = np.radians(140.0) * EARTH_RADIUS_M
_TOLERANCE_SHARE = 5e-4
_TOLERANCE_M = (200.0, 5_000.0)
_FINEST_TOLERANCE_M = 50.0
_COARSEST_M = 1_500.0
_NEAR_END_DEG = 2.0  # tiles nearer to an end than this are drawn as finely as they can be
_ROUGH = 4.0  # which parts matter is found with outlines so much rougher
_FINER = (1.0, 4.0, 16.0)
_PROVEN = 1.004  # no way is shorter than this share of the one found
_ROUNDING = 1.0 + 1e-9
_SAMPLE_M = 10_000.0
_MARGIN_DEG = 0.4  # 12 NM, half a sample and twice the tolerance
_WIDE_MARGIN_DEG = 2.0


class _Part(Protocol):
    """Closed airspace that stands on one tile, or a part of an area."""

    def near(self, lat_deg: Floats, lon_deg: Floats, margin_deg: float) -> bool: ...

    def pieces(self, coarsen_m: float = ...) -> tuple[Any, ...]: ...


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
        shortest, because outlines are widened by up to 0.05 % of the distance, thrice.

    Raises
    ------
    NoPlan
        Where an end lies in closed airspace, or the closed airspace shuts one in.
    InputError
        Where a code is no country's.
    """
    apart = float(distance_m(*start, *end))
    if not (closed or areas) or apart < 1.0:
        return [start, end]
    avoided = _Avoided(closed, countries, areas)
    if apart > _LONGEST_M:
        raise _no_route(names, avoided.named, "they lie more than 140 degrees apart")
    # A gap between outlines may be too narrow for rough ones: where a way through them cannot be
    # ruled out, finer ones are drawn.
    refused: NoPlan | None = None
    path: list[Point] = []
    for finer in _FINER:
        tolerance = float(np.clip(apart * _TOLERANCE_SHARE, *_TOLERANCE_M)) / finer
        coarsen = float(np.clip(tolerance / 3, FINEST_M, _COARSEST_M))
        search = _Search(start, end, names, avoided, tolerance)
        try:
            path = _path(search, avoided, coarsen)
        except NoPlan as error:
            refused = error
            continue
        length = length_m([p[0] for p in path], [p[1] for p in path])
        if finer == _FINER[-1] or not search.may_undercut(length / _PROVEN, coarsen):
            return path
    if path:
        return path
    assert refused is not None
    raise refused


class _Avoided:
    """Everything a track stays out of, part by part, each with the name errors give it."""

    def __init__(
        self, closed: Sequence[str], countries: Countries, areas: Sequence[RestrictedArea]
    ) -> None:
        self.parts: list[_Part] = []
        self.labels: list[str] = []
        self.kinds: list[str] = []
        for code in closed:
            self._add(code, "closed-country", closed_tiles(countries, code))
        if areas:
            from retinue.air.area_shape import area_pieces

            for area in areas:
                self._add(area.name, "restricted-area", area_pieces(area.ring))
        self.named = ", ".join(dict.fromkeys(self.labels)) or "nothing"

    def _add(self, label: str, kind: str, parts: Sequence[_Part]) -> None:
        self.parts += parts
        self.labels += [label] * len(parts)
        self.kinds += [kind] * len(parts)

    def refusal(self, number: int, name: str, route: str) -> NoPlan:
        """Return why no route begins or ends in a part."""
        label, kind = self.labels[number], self.kinds[number]
        if kind == "closed-country":
            what = f"{name} lies in closed airspace ({label}, with 12 NM of sea)"
            cure = "Open the country to this flight, or choose another point."
        else:
            what = f"{name} lies in restricted area {label}"
            cure = "Leave the area out where the flight is cleared for it, or choose another point."
        reason = Reason(what, where=name, cure=cure, kind=kind)
        return NoPlan(f"no route by air {route}", reasons=[reason])


def _path(search: _Search, avoided: _Avoided, coarsen_m: float) -> list[Point]:
    start, end = search.start, search.end
    ends = np.array([start[0], end[0]]), np.array([start[1], end[1]])
    # Only parts that a track meets can bend it: they are added until it meets no new one,
    # first with rough outlines, then with fine ones.
    used: set[int] = set()
    path = [start, end]
    margin = _MARGIN_DEG
    for rough in (True, False):
        while met := _met(path, avoided.parts, used, margin):
            used |= met
            for number in sorted(met):
                part = avoided.parts[number]
                near_end = part.near(*ends, _NEAR_END_DEG)
                search.add(number, part.pieces(FINEST_M if near_end else coarsen_m))
            path = search.path(rough=rough)
            margin = _WIDE_MARGIN_DEG
        if rough and len(path) > 2:
            path = search.path(rough=False)
    return path


def _met(path: list[Point], parts: list[_Part], used: set[int], margin_deg: float) -> set[int]:
    track = Track.through(path)
    steps = max(int(track.length_m / _SAMPLE_M), 2)
    at = np.concatenate((np.linspace(0.0, track.length_m, steps), track.distance_m))
    lat, lon = track.at(at)
    return {
        number
        for number, part in enumerate(parts)
        if number not in used and part.near(lat, lon, margin_deg)
    }


class _Search:
    """The shortest track from end to end around the parts added so far."""

    def __init__(
        self,
        start: Point,
        end: Point,
        names: tuple[str, str],
        avoided: _Avoided,
        tolerance_m: float,
    ) -> None:
        self.start, self.end = start, end
        self._names, self._avoided = names, avoided
        self._plane = Gnomonic.between(start, end)
        self._ends = self._plane.forward(np.array([start[0], end[0]]), np.array([start[1], end[1]]))
        self._tolerance = tolerance_m / EARTH_RADIUS_M
        self._rough = _ROUGH * self._tolerance
        self._flat: list[Any] = []
        self._wide: list[Any] = []  # the same, widened roughly
        self._bound_m = np.inf  # no way is longer

    def add(self, number: int, pieces: Sequence[Any]) -> None:
        """Close more airspace: polygons of (lon, lat), as far as the plane shows them."""
        import shapely

        for piece in pieces:
            points = shapely.get_coordinates(piece)
            # Parts are some ten degrees wide: one whose nearest point lies within 75 degrees
            # of the middle lies within 90 altogether.
            if self._plane.cosine(points[:, 1], points[:, 0]).max() <= _FAR_COSINE:
                continue
            flat = shapely.transform(piece, lambda p: self._plane.forward(p[:, 1], p[:, 0]))
            flat = shapely.make_valid(flat)
            inside = holds_points(flat, self._ends)
            if inside.any():
                names = self._names
                name = names[int(np.argmax(inside))]
                raise self._avoided.refusal(number, name, f"from {names[0]} to {names[1]}")
            self._flat.append(flat)
            self._bound_m = np.inf

    def path(self, *, rough: bool) -> list[Point]:
        """Return the turning points, both ends included.

        Parameters
        ----------
        rough
            Quickly, around outlines that are rougher than they need be.
        """
        import shapely

        if rough:
            # Part by part: a union of few corners is quickly made anew.
            wide = [widened(flat, self._rough) for flat in self._flat[len(self._wide) :]]
            self._wide += wide
            found = self._found(shapely.union_all(np.array(self._wide, dtype=object)))
            if found is not None:
                # It stays out of the fine outlines too: no way around them is longer.
                self._bound_m = length_m([p[0] for p in found], [p[1] for p in found])
                return found
        area = shapely.union_all(np.array(self._flat, dtype=object))
        if not blocked(area, self._ends[:1], self._ends[1])[0]:
            return [self.start, self.end]
        tolerance = self._tolerance
        while (found := self._found(widened(area, tolerance))) is None:
            if tolerance < _FINEST_TOLERANCE_M / EARTH_RADIUS_M:
                raise _no_route(
                    self._names, self._avoided.named, "closed airspace lies all around one of them"
                )
            # An end beside closed airspace, or a gap in it, may need a finer outline.
            tolerance /= 4.0
        if self._plane.cosine(*np.array(found).T).min() < _FAR_COSINE:
            raise _no_route(
                self._names,
                self._avoided.named,
                "the way around leads too far from both; lead it through via points",
            )
        return found

    def may_undercut(self, length_m: float, coarsen_m: float) -> bool:
        """Return whether closed airspace, drawn no larger than it is, leaves a shorter way."""
        import shapely

        if float(distance_m(*self.start, *self.end)) >= length_m or not self._flat:
            return False
        area = shapely.union_all(np.array(self._flat, dtype=object))
        drawn_m = 2.02 * coarsen_m + 200.0  # by how much parts may be drawn too large
        thin = narrowed(area, drawn_m / EARTH_RADIUS_M, self._tolerance)
        if not blocked(thin, self._ends[:1], self._ends[1])[0]:
            return True
        return shortest(Corners.of(thin), self._ends, self._plane, length_m) is not None

    def _found(self, wide: Any) -> list[Point] | None:
        if holds_points(wide, self._ends).any():
            return None
        if not blocked(wide, self._ends[:1], self._ends[1])[0]:
            return [self.start, self.end]
        found = shortest(Corners.of(wide), self._ends, self._plane, self._bound_m * _ROUNDING)
        if found is None:
            return None
        lat, lon = self._plane.back(found[1:-1])
        return [self.start, *zip(lat.tolist(), lon.tolist(), strict=True), self.end]


def _no_route(names: tuple[str, str], listed: str, why: str) -> NoPlan:
    reason = Reason(
        f"no way from {names[0]} to {names[1]} stays out of the closed airspace of {listed}: {why}",
        cure="Open some of it to the flight, or choose another aerodrome.",
        kind="closed-country",
    )
    return NoPlan(f"no route by air from {names[0]} to {names[1]}", reasons=[reason])
