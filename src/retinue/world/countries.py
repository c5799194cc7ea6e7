"""Countries: which one a point lies in, and where a line crosses from one to the next.

Outlines are Natural Earth's 1:10 million, whose vertices stand within a few hundred
metres to two kilometres of the truth, and which draw borders as they are held, not as
they are claimed.  A point on a pier, a bridge or a river bank may therefore lie outside
every outline: it is given to the nearest country within a stated distance, and
`Countries.locate` reports that distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError
from retinue.world.outlines import Topology
from retinue.world.pack_file import PartFile
from retinue.world.sphere import distance_m

__all__ = ["OFFSHORE_M", "BorderCrossing", "Countries", "Location"]

OFFSHORE_M = 20_000.0
"""How far outside every outline a point may lie and still be given to a country (m)."""

_METRES_PER_DEGREE = 111_195.0  # mean sphere of 6,371 km


@dataclass(frozen=True)
class Location:
    """The country of a point.

    Attributes
    ----------
    iso2
        ISO 3166-1 alpha-2 code; ``None`` at sea, farther out than was asked.
    distance_m
        0 inside the outline, else the distance to the nearest outline.
    """

    iso2: str | None
    distance_m: float


@dataclass(frozen=True)
class BorderCrossing:
    """A place where a line passes from one country into another.

    Attributes
    ----------
    from_country, to_country
        Alpha-2 codes; ``None`` is the open sea.
    index, fraction
        The crossing lies ``fraction`` of the way from vertex ``index`` to the next.
    lat_deg, lon_deg
        Where it is.
    """

    from_country: str | None
    to_country: str | None
    index: int
    fraction: float
    lat_deg: float
    lon_deg: float


class Countries:
    """Country outlines with their codes and names.

    Parameters
    ----------
    part
        The pack's part ``countries``.
    """

    def __init__(self, part: PartFile) -> None:
        self._part = part
        records = part.json("countries")
        self._records: list[dict[str, Any]] = records["countries"]
        self.iso2: list[str] = [r["iso2"] for r in self._records]
        self.disputed: list[dict[str, str]] = records["disputed"]
        self._row = {code: row for row, code in enumerate(self.iso2) if code}

    @cached_property
    def topology(self) -> Topology:
        """The arcs and rings behind the outlines."""
        return Topology.read(self._part)

    def _record(self, iso2: str) -> dict[str, Any]:
        row = self._row.get(iso2.upper())
        if row is None:
            raise InputError(
                f'"{iso2}" is not the code of a country in the world pack',
                cure="Give an ISO 3166-1 alpha-2 code such as KP or RU.",
            )
        return self._records[row]

    def name(self, iso2: str) -> str:
        """Return the English short name of a country."""
        return str(self._record(iso2)["name"])

    def capital(self, iso2: str) -> str:
        """Return the name of a country's capital, empty where there is none."""
        return str(self._record(iso2)["capital"])

    def neighbours(self, iso2: str) -> list[str]:
        """Return the codes of a country's neighbours by land."""
        return [str(code) for code in self._record(iso2)["neighbours"]]

    def iso2_of_name(self, name: str) -> str | None:
        """Return the code of a country given by alpha-2, alpha-3 or English name."""
        wanted = name.strip().casefold()
        return self._code_of.get(wanted)

    @cached_property
    def _code_of(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for record in self._records:
            if not record["iso2"]:
                continue
            for key in (record["iso2"], record["iso3"], record["name"], record["outline_name"]):
                if key:
                    found.setdefault(key.casefold(), record["iso2"])
        return found

    @cached_property
    def _shapes(self) -> NDArray[np.object_]:
        import shapely

        shapes, _ = self.topology.shapes
        shapely.prepare(shapes)
        return shapes

    @property
    def _owner(self) -> NDArray[np.int64]:
        return self.topology.shapes[1]

    @cached_property
    def _boundaries(self) -> NDArray[np.object_]:
        import shapely

        lines: NDArray[np.object_] = shapely.boundary(self._shapes)
        shapely.prepare(lines)
        return lines

    @cached_property
    def _tree(self) -> Any:
        import shapely

        return shapely.STRtree(self._shapes)

    def polygon(self, iso2: str) -> Any:
        """Return a country's outline as a shapely (Multi)Polygon of (lon, lat).

        Raises
        ------
        InputError
            When the code is unknown, or the country has no outline of its own: the
            Vatican is too small, and overseas departments belong to their state's.
        """
        import shapely

        self._record(iso2)
        rows = np.flatnonzero(self._owner == self._row[iso2.upper()])
        if not len(rows):
            raise InputError(f"{self.name(iso2)} has no outline of its own in the world pack")
        # Quantising left rings that touch themselves; callers want sound areas.
        return shapely.union_all(shapely.make_valid(self._shapes[rows]))

    def rows_at(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.int64]:
        """Return the row of the country that holds each point, -1 outside all outlines."""
        import shapely

        lat = np.atleast_1d(np.asarray(lat_deg, np.float64))
        lon = (np.atleast_1d(np.asarray(lon_deg, np.float64)) + 180.0) % 360.0 - 180.0
        rows = np.full(len(lat), -1, np.int64)
        points, polygons = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        # On a shared border both countries hold the point: the first by code wins.
        owner = self._owner[polygons]
        order = np.argsort(-owner, kind="stable")
        rows[points[order]] = owner[order]
        return rows

    def nearest_rows(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike, within_m: float = OFFSHORE_M
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return for each point its country's row and how far outside the outline it lies.

        Parameters
        ----------
        lat_deg, lon_deg
            Points, shape (n,).
        within_m
            Farther out the row is -1 and the distance infinite.
        """
        lat = np.atleast_1d(np.asarray(lat_deg, np.float64))
        lon = (np.atleast_1d(np.asarray(lon_deg, np.float64)) + 180.0) % 360.0 - 180.0
        rows = self.rows_at(lat, lon)
        distance = np.where(rows >= 0, 0.0, np.inf)
        if within_m > 0.0:
            for point in np.flatnonzero(rows < 0):
                rows[point], distance[point] = self._nearest(lat[point], lon[point], within_m)
        return rows, distance

    def distance_to(self, row: int, lat_deg: float, lon_deg: float, within_m: float) -> float:
        """Return how far a point lies from one country's outline, infinite beyond a limit."""
        return self._nearest(lat_deg, lon_deg, within_m, only=row)[1]

    def _nearest(
        self, lat: float, lon: float, within_m: float, *, only: int | None = None
    ) -> tuple[int, float]:
        import shapely

        reach_lat = within_m / _METRES_PER_DEGREE
        squeeze = max(np.cos(np.radians(lat)), 0.01)
        best, row = np.inf, -1
        for shift in (0.0, -360.0, 360.0):
            x = lon + shift
            reach_lon = reach_lat / squeeze
            window = (x - reach_lon, lat - reach_lat, x + reach_lon, lat + reach_lat)
            if window[0] > 180.0 or window[2] < -180.0:
                continue
            for polygon in np.sort(self._tree.query(shapely.box(*window))):
                if only is not None and self._owner[polygon] != only:
                    continue
                # Only the outline inside the window matters; clipping keeps this fast.
                shape = shapely.clip_by_rect(self._boundaries[polygon], *window)
                if shape.is_empty:
                    continue
                # Lengths in degrees of latitude: squeeze the longitudes.
                near = shapely.transform(shape, lambda p, x=x: (p - (x, lat)) * (squeeze, 1.0))
                metres = shapely.distance(near, shapely.points(0.0, 0.0)) * _METRES_PER_DEGREE
                owner = int(self._owner[polygon])
                # Two countries meet at the same vertex: the first by code again.
                if metres <= within_m and (metres, owner) < (best, row if row >= 0 else owner + 1):
                    best, row = float(metres), owner
        return row, best

    def locate(self, lat_deg: float, lon_deg: float, within_m: float = OFFSHORE_M) -> Location:
        """Return the country of a point and how far outside the outline it lies."""
        rows, distance = self.nearest_rows(lat_deg, lon_deg, within_m)
        return Location(self._code(rows[0]), float(distance[0]))

    @overload
    def country_at(self, lat_deg: float, lon_deg: float, within_m: float = ...) -> str | None: ...

    @overload
    def country_at(
        self,
        lat_deg: Sequence[float] | NDArray[np.float64],
        lon_deg: Sequence[float] | NDArray[np.float64],
        within_m: float = ...,
    ) -> list[str | None]: ...

    def country_at(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike, within_m: float = OFFSHORE_M
    ) -> str | list[str | None] | None:
        """Return the code of the country at a point, or at each of several points.

        Parameters
        ----------
        lat_deg, lon_deg
            One point, or arrays of shape (n,).
        within_m
            Points outside every outline get the nearest country within this distance;
            0 is strict.

        Returns
        -------
        str or None, or a list of them
            ``None`` is the open sea, or land that the pack gives to nobody.
        """
        rows, _ = self.nearest_rows(lat_deg, lon_deg, within_m)
        codes = [self._code(row) for row in rows]
        return codes[0] if np.ndim(lat_deg) == 0 else codes

    def _code(self, row: int) -> str | None:
        return (self.iso2[row] or None) if row >= 0 else None

    def crossings(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        within_m: float = OFFSHORE_M,
        *,
        shortest_m: float = 0.0,
    ) -> list[BorderCrossing]:
        """Return where a line passes from country to country, in order.

        Parameters
        ----------
        lat_deg, lon_deg
            Vertices of the line, shape (n,); straight in plate carrée between them.
        within_m
            Stretches outside every outline count to the nearest country within this
            distance, so that a coastal line does not leave its country at every bay;
            0 reports each stretch of sea as ``None``.
        shortest_m
            A visit shorter than this that ends where it began is taken for the outline's
            own inexactness (a line along a border river) and left out; 0 keeps all.
        """
        lat = np.asarray(lat_deg, np.float64)
        lon = np.unwrap(np.asarray(lon_deg, np.float64), period=360.0)
        if len(lat) < 2:
            return []
        cuts = self._cuts(lat, lon, within_m)
        middle = (cuts[:-1] + cuts[1:]) / 2
        axis = np.arange(len(lat), dtype=np.float64)
        rows, _ = self.nearest_rows(
            np.interp(middle, axis, lat), np.interp(middle, axis, lon), within_m
        )
        if shortest_m > 0.0:
            step = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
            metres = np.interp(cuts, axis, np.concatenate(([0.0], np.cumsum(step))))
            rows = _without_short_visits(rows, np.diff(metres), shortest_m)
        found = []
        for number in np.flatnonzero(rows[1:] != rows[:-1]):
            at = float(cuts[number + 1])
            index = min(int(at), len(lat) - 2)
            found.append(
                BorderCrossing(
                    self._code(rows[number]),
                    self._code(rows[number + 1]),
                    index,
                    at - index,
                    float(np.interp(at, axis, lat)),
                    float((np.interp(at, axis, lon) + 180.0) % 360.0 - 180.0),
                )
            )
        return found

    def _cuts(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64], within_m: float
    ) -> NDArray[np.float64]:
        """Return the line's ends and every place where it may change country, sorted."""
        import shapely

        ends = np.stack((np.column_stack((lon, lat))[:-1], np.column_stack((lon, lat))[1:]), 1)
        cuts: list[NDArray[np.float64]] = [np.array([0.0, len(lat) - 1.0])]
        for shift in (0.0, -360.0, 360.0):
            if lon.max() + shift < -180.0 or lon.min() + shift > 180.0:
                continue
            moved = ends + np.array([shift, 0.0])
            segments = shapely.linestrings(moved)
            for polygon in self._tree.query(shapely.linestrings(moved.reshape(-1, 2))):
                edge = self._boundaries[polygon]
                for number in np.flatnonzero(shapely.intersects(edge, segments)):
                    hits = shapely.get_coordinates(shapely.intersection(segments[number], edge))
                    start, step = moved[number, 0], moved[number, 1] - moved[number, 0]
                    square = float(step @ step)
                    if square > 0.0:
                        cuts.append(number + np.clip((hits - start) @ step / square, 0.0, 1.0))
        known = np.unique(np.concatenate(cuts))
        if within_m <= 0.0:
            return known
        # Stretches at sea are cut finer, so that each piece finds its own nearest coast.
        axis = np.arange(len(lat), dtype=np.float64)
        fine = [known]
        middle = (known[:-1] + known[1:]) / 2
        outside = self.rows_at(np.interp(middle, axis, lat), np.interp(middle, axis, lon)) < 0
        for number in np.flatnonzero(outside):
            begin, end = known[number], known[number + 1]
            at = np.concatenate(([begin], axis[(axis > begin) & (axis < end)], [end]))
            y, x = np.interp(at, axis, lat), np.interp(at, axis, lon)
            squeeze = np.cos(np.radians(y[:-1]))
            metres = np.hypot(np.diff(y), np.diff(x) * squeeze).sum() * _METRES_PER_DEGREE
            pieces = int(np.clip(np.ceil(metres / (within_m / 4)), 1, 400))
            fine.append(np.linspace(begin, end, pieces + 1))
        return np.unique(np.concatenate(fine))


def _without_short_visits(
    rows: NDArray[np.int64], metres: NDArray[np.float64], shortest_m: float
) -> NDArray[np.int64]:
    """Give each short stretch between two stretches of one country to that country."""
    starts = np.append(True, rows[1:] != rows[:-1]).nonzero()[0]
    runs = [
        [int(rows[a]), float(m)]
        for a, m in zip(starts, np.add.reduceat(metres, starts), strict=True)
    ]
    counts = np.diff(np.append(starts, len(rows))).tolist()
    while True:
        short = [
            (runs[n][1], n)
            for n in range(1, len(runs) - 1)
            if runs[n][1] < shortest_m and runs[n - 1][0] == runs[n + 1][0]
        ]
        if not short:
            break
        # The shortest goes first, so that the result does not hang on the direction.
        _, n = min(short)
        runs[n - 1 : n + 2] = [[runs[n - 1][0], sum(run[1] for run in runs[n - 1 : n + 2])]]
        counts[n - 1 : n + 2] = [sum(counts[n - 1 : n + 2])]
    return np.repeat([run[0] for run in runs], counts)
