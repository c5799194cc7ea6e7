"""Flight information regions under a track, from a file of the user's.

Boundaries are published by each state; no open world-wide collection of them is current,
so none is shipped.  A file is GeoJSON: a collection of polygons, each with the region's ICAO
designator (``icao``, ``id``, ``ident``, ``designator``) or ``name``.

The edges of polygons are straight in longitude and latitude, as GeoJSON has it (RFC 7946,
3.1.1); where one crosses the 180th meridian uncut, it is followed across.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.air.great_circle import Track

__all__ = ["Fir", "FirStretch", "Firs", "fir_crossings", "load_firs"]

Floats = NDArray[np.float64]

_IDENTS = ("icao", "icao_id", "icao id", "ident", "designator", "id", "fir")
_NAMES = ("name", "firname", "title")
_STEP_M = 10_000.0
_SHORTEST_M = 1.0
_LARGEST_BYTES = 200_000_000


@dataclass(frozen=True)
class Fir:
    """A flight information region.

    Attributes
    ----------
    ident
        ICAO designator, e.g. ``RKRR``; empty where the file has none.
    """

    ident: str
    name: str

    @property
    def text(self) -> str:
        """The region as a table prints it."""
        return " ".join(part for part in (self.ident, self.name) if part)


@dataclass(frozen=True)
class FirStretch:
    """A stretch of a track in one region.

    Attributes
    ----------
    ident, name
        Both empty where no region of the file covers the stretch (a gap).
    enter_m, exit_m
        Distance along the track.
    lat, lon
        Where the track enters.
    also
        Further regions that cover the stretch (an overlap); the file's first one counts.
    """

    ident: str
    name: str
    enter_m: float
    exit_m: float
    lat: float
    lon: float
    also: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The region as a table prints it."""
        return Fir(self.ident, self.name).text or "no region of the file"


@dataclass(frozen=True, eq=False)
class Firs:
    """All regions of a file.

    Attributes
    ----------
    shapes
        A polygon of (lon, lat) for each; longitudes may run on past 180.
    source
        What the file is called.
    """

    regions: tuple[Fir, ...]
    shapes: NDArray[np.object_]
    source: str
    digest: str

    def __repr__(self) -> str:
        """Return a text that differs where the file's content does."""
        return f"Firs({self.source!r}, {self.digest!r})"


def load_firs(name: str, folder: Path | None = None, where: str = "") -> Firs:
    """Read a GeoJSON file of regions.

    Parameters
    ----------
    name
        A path; a relative one counts from `folder`.
    where
        Place of the name in the journey file, for errors.

    Raises
    ------
    InputError
        Where the file is missing, is not GeoJSON, or a region has no name or no sound outline.
    """
    import shapely

    path = Path(name).expanduser() if folder is None else folder / Path(name).expanduser()
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"{name} is larger than 200 MB", where=where)
        data = path.read_bytes()
        found = json.loads(data)
    except OSError as error:
        raise InputError(
            f'the file of flight information regions "{name}" cannot be read: {error.strerror}',
            where=where,
            cure="Give the path of a GeoJSON file, counted from the journey's folder.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is not JSON: {error}", where=str(path)) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not features:
        raise InputError(
            "this is not a GeoJSON FeatureCollection with regions in it",
            where=str(path),
            cure='It begins with {"type": "FeatureCollection", "features": [...]}.',
        )
    regions, shapes = [], []
    for number, feature in enumerate(features):
        place = f"{path}: features[{number}]"
        regions.append(_named(feature, place))
        shapes.append(_outline(feature, place))
    made = np.array(shapes, dtype=object)
    shapely.prepare(made)
    return Firs(tuple(regions), made, path.name, hashlib.sha256(data).hexdigest()[:16])


def _named(feature: Any, place: str) -> Fir:
    found = feature.get("properties") if isinstance(feature, dict) else None
    properties = found if isinstance(found, dict) else {}
    given = {str(key).casefold(): value for key, value in properties.items()}

    def first(keys: tuple[str, ...]) -> str:
        texts = (given[key] for key in keys if isinstance(given.get(key), str))
        return next((text.strip() for text in texts if text.strip()), "")

    ident, name = first(_IDENTS), first(_NAMES)
    if not ident and not name:
        raise InputError(
            "the region has neither designator nor name",
            where=place,
            cure='Give its properties "icao" or "name".',
        )
    return Fir(ident, name)


def _outline(feature: Any, place: str) -> Any:
    import shapely

    found = feature.get("geometry") if isinstance(feature, dict) else None
    geometry: dict[str, Any] = found if isinstance(found, dict) else {}
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise InputError(
            f"a region is a Polygon or MultiPolygon, this is {kind or 'nothing'}", where=place
        )
    written: Any = geometry.get("coordinates")
    try:
        polygons = [written] if kind == "Polygon" else written
        made = [
            shapely.Polygon(_ring(rings[0]), [_ring(hole, rings[0][0][0]) for hole in rings[1:]])
            for rings in polygons
        ]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InputError(f"its coordinates cannot be read: {error}", where=place) from error
    shape = shapely.union_all([shapely.make_valid(polygon) for polygon in made])
    if shape.is_empty or shape.area <= 0.0:
        raise InputError("its outline is empty", where=place)
    return shape


def _ring(points: Any, near: float | None = None) -> Floats:
    ring = np.array([(float(p[0]), float(p[1])) for p in points])
    if len(ring) < 4 or not np.isfinite(ring).all():
        raise ValueError("a ring needs four finite points at least")
    if np.abs(ring[:, 1]).max() > 90.0 or np.abs(ring[:, 0]).max() > 360.0:
        raise ValueError("a point lies outside the Earth")
    # An edge from 179 to -179 goes the short way; one along the whole parallel has an end at 180.
    jumps = np.abs(np.diff(ring[:, 0])) > 180.0
    whole = np.isclose(np.abs(np.diff(ring[:, 0])), 360.0).any()
    if jumps.any() and not whole:
        ring[:, 0] = np.unwrap(ring[:, 0], period=360.0)
        turn = ring[-1, 0] - ring[0, 0]
        if abs(turn) > 180.0:  # it runs around a pole: close it over that
            pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
            ring = np.vstack((ring, (ring[-1, 0], pole), (ring[0, 0], pole), ring[:1]))
    if near is not None:
        ring[:, 0] += 360.0 * np.round((near - ring[0, 0]) / 360.0)
    return ring


def fir_crossings(track: Track, firs: Firs) -> tuple[FirStretch, ...]:
    """Return the regions under a track, in order and without gap.

    The track is followed in steps of 10 km at most, straight in longitude and latitude
    between: 20 m off the great circle at 60 degrees.
    """
    count = max(int(np.ceil(track.length_m / _STEP_M)), 1)
    at = np.union1d(np.linspace(0.0, track.length_m, count + 1), track.distance_m)
    lat, lon = track.at(at)
    lon = np.unwrap(lon, period=360.0)
    cuts = _cuts(lat, lon, firs.shapes)
    axis = np.arange(len(at), dtype=np.float64)
    middle = (cuts[:-1] + cuts[1:]) / 2
    held = _held(np.interp(middle, axis, lat), np.interp(middle, axis, lon), firs.shapes)
    metres = np.interp(cuts, axis, at)
    lats, lons = np.interp(cuts, axis, lat), np.interp(cuts, axis, lon)
    found: list[FirStretch] = []
    previous: tuple[int, ...] | None = None
    for number, rows in enumerate(held):
        short = metres[number + 1] - metres[number] < _SHORTEST_M
        if found and (rows == previous or short):
            last = found.pop()
            found.append(
                FirStretch(
                    last.ident, last.name, last.enter_m, float(metres[number + 1]),
                    last.lat, last.lon, last.also,
                )
            )  # fmt: skip
            continue
        first = firs.regions[rows[0]] if rows else Fir("", "")
        found.append(
            FirStretch(
                first.ident,
                first.name,
                float(metres[number]),
                float(metres[number + 1]),
                float(lats[number]),
                float((lons[number] + 180.0) % 360.0 - 180.0),
                tuple(firs.regions[row].text for row in rows[1:]),
            )
        )
        previous = rows
    return tuple(found)


_SHIFTS = (0.0, -360.0, 360.0, -720.0, 720.0)


def _cuts(lat: Floats, lon: Floats, shapes: NDArray[np.object_]) -> Floats:
    """Return both ends and every place where the line meets an outline, in vertices, sorted."""
    import shapely

    axis = np.arange(len(lat), dtype=np.float64)
    cuts = [0.0, axis[-1]]
    edges = shapely.boundary(shapes)
    for shift in _SHIFTS:
        points = np.column_stack((lon + shift, lat))
        segments = shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1))
        tree = shapely.STRtree(segments)
        of_edge, of_segment = tree.query(edges, predicate="intersects")
        for edge, segment in zip(of_edge.tolist(), of_segment.tolist(), strict=True):
            start, step = points[segment], points[segment + 1] - points[segment]
            square = float(step @ step)
            if square > 0.0:
                hits = shapely.intersection(segments[segment], edges[edge])
                share = (shapely.get_coordinates(hits) - start) @ step / square
                cuts += (segment + np.clip(share, 0.0, 1.0)).tolist()
    return np.unique(np.array(cuts))


def _held(lat: Floats, lon: Floats, shapes: NDArray[np.object_]) -> list[tuple[int, ...]]:
    """Return the rows of the regions that hold each point."""
    import shapely

    held = np.zeros((len(lat), len(shapes)), np.bool_)
    for shift in _SHIFTS:
        for row, shape in enumerate(shapes):
            held[:, row] |= shapely.intersects_xy(shape, lon + shift, lat)
    return [tuple(np.flatnonzero(line).tolist()) for line in held]
