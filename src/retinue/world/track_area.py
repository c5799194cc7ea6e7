"""The area of a world at track level: which places lie in it, and where its tracks leave it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.place_names import fold
from retinue.world.places import Place
from retinue.world.rail_route import OperatingPoint, RailRoute
from retinue.world.sphere import distance_m
from retinue.world.track_network import NETWORK_CLASSES, NODE_KINDS, STATION_KINDS, TrackNetwork
from retinue.world.track_route import Standing, TrackStop, stop_at, stop_near
from retinue.world.track_stations import station_key
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from retinue.world.countries import Countries

__all__ = ["Gate", "TrackArea"]

AT_TRACK_M = 1_000.0
"""Coordinates no farther from a track than this lie on it."""
STATION_M = 3_000.0
"""A town, or a point of the line book, is served by a station of the extract this near."""

_SAME_STATION_M = 1_500.0
_GATE_M = 5_000.0
_ONE_GATE_M = 400.0
_EDGE_WEIGHT = 0.25
_ID = "extract-"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gate:
    """Ends of track at the edge of the extract, where a route of the world pack goes on.

    Attributes
    ----------
    stop
        The ends, a few tracks side by side.
    distance_m
        Chainage of the pack's route there.
    gap_m
        Between the ends of track and the pack's coarse line.
    """

    stop: TrackStop
    lat_deg: float
    lon_deg: float
    distance_m: float
    gap_m: float


class TrackArea:
    """Stations, places and edges of one track network.

    Parameters
    ----------
    classes
        Networks whose stations count, of `NETWORK_CLASSES`.
    """

    def __init__(
        self,
        network: TrackNetwork,
        countries: Countries,
        classes: tuple[str, ...] = ("heavy", "narrow"),
    ) -> None:
        self.network, self.countries, self.classes = network, countries, classes

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        table = self.network.stations
        fits = np.array([word in self.classes for word in NETWORK_CLASSES])
        kinds = np.array([word in ("station", "halt") for word in STATION_KINDS])
        return np.flatnonzero(fits[table.network_class] & kinds[table.kind] & (table.name > 0))

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in self._rows.tolist():
            found.setdefault(fold(station_key(self._name(row))), []).append(row)
        return found

    def _name(self, row: int) -> str:
        return self.network.text[int(self.network.stations.name[row])]

    def names(self) -> list[str]:
        """Return the names of the stations, for suggestions."""
        return sorted({self._name(row) for row in self._rows.tolist()})

    def find(self, name: str, where: str = "") -> Place | None:
        """Return the station of that name; None: the extract has none.

        Raises
        ------
        InputError
            Where stations far apart have this name.
        """
        rows = self._by_name.get(fold(station_key(name)), [])
        if not rows:
            return None
        table = self.network.stations
        first = rows[0]
        away = distance_m(
            float(table.lat_deg[first]), float(table.lon_deg[first]),
            np.asarray(table.lat_deg[rows]), np.asarray(table.lon_deg[rows]),
        )  # fmt: skip
        if float(np.max(away)) > _SAME_STATION_M:
            listed = "; ".join(f"{table.lat_deg[r]:.4f},{table.lon_deg[r]:.4f}" for r in rows)
            raise InputError(
                f'"{name}" names {len(rows)} stations of the extract',
                where=where,
                cure=f"Give one by its place: {listed}.",
            )
        tracks = self.network.station_tracks.station
        row = max(rows, key=lambda r: (int(np.count_nonzero(tracks == r)), -r))
        return self._place(row)

    def _place(self, row: int) -> Place:
        table = self.network.stations
        lat, lon = float(table.lat_deg[row]), float(table.lon_deg[row])
        country = self.countries.country_at(lat, lon) or ""
        zone = zone_at(lat, lon, country or None)
        point = OperatingPoint(
            id=f"{_ID}{row}",
            name=self._name(row),
            lat=lat,
            lon=lon,
            country=country,
            zone=zone.name,
            kind=STATION_KINDS[int(table.kind[row])],
            source="OpenStreetMap extract",
            confidence="H",
        )
        return Place(
            point.name, lat, lon, country, zone.name, found_in="extract", kind=point.kind,
            operating_point=point, note=zone.note,
        )  # fmt: skip

    def stop(self, place: Place) -> TrackStop | None:
        """Return where a train stands for a place; None: it lies outside the extract."""
        point = place.operating_point
        if point is not None and point.id.startswith(_ID):
            return self._fitting(stop_at(self.network, int(point.id.removeprefix(_ID))))
        if place.kind == "point":
            return self._at(place)
        table = self.network.stations
        rows = self._rows
        if not len(rows):
            return self._at(place)
        away = np.asarray(
            distance_m(
                place.lat, place.lon, np.asarray(table.lat_deg[rows]),
                np.asarray(table.lon_deg[rows]),
            )
        )  # fmt: skip
        named = set(self._by_name.get(fold(place.name), ()))
        order = sorted(
            range(len(rows)), key=lambda i: (int(rows[i]) not in named, float(away[i]), i)
        )
        best = order[0]
        if away[best] > STATION_M:
            return self._at(place)
        return self._fitting(stop_at(self.network, int(rows[best])))

    def _at(self, place: Place) -> TrackStop | None:
        """Return the tracks at coordinates, if there are any near."""
        for within in (60.0, 300.0, AT_TRACK_M):
            found = self._fitting(
                stop_near(
                    self.network, place.lat, place.lon, name=place.name, within_m=within, most=60
                )
            )
            if found is None:
                continue
            near = tuple(t for t in found.tracks if self._away(t, place) <= AT_TRACK_M)
            if near:
                return TrackStop(found.name, near)
        return None

    def _away(self, track: Standing, place: Place) -> float:
        lat, lon = self.network.position(track.edge, track.at_m)
        return float(distance_m(lat, lon, place.lat, place.lon))

    def _fitting(self, stop: TrackStop) -> TrackStop | None:
        classes = self.network.edges.network_class
        tracks = tuple(t for t in stop.tracks if NETWORK_CLASSES[classes[t.edge]] in self.classes)
        return TrackStop(stop.name, tracks) if tracks else None

    @cached_property
    def hull(self) -> Any:
        """Convex hull of all tracks as a shapely polygon of (lon, lat)."""
        import shapely

        nodes = self.network.nodes
        points = shapely.multipoints(np.column_stack((nodes.lon_deg, nodes.lat_deg)))
        return shapely.convex_hull(points)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """Nodes where track ends without a buffer stop, on a network that counts."""
        network = self.network
        single = np.diff(network.nodes.edge_start) == 1
        open_end = network.nodes.kind == NODE_KINDS.index("end")
        rows = np.flatnonzero(single & open_end)
        edges = np.asarray(network.nodes.edge)[np.asarray(network.nodes.edge_start)[rows]]
        fits = np.array([word in self.classes for word in NETWORK_CLASSES])
        return np.asarray(rows[fits[network.edges.network_class[edges]]])

    def gates(self, route: RailRoute, *, leaving: bool) -> tuple[list[Gate], float]:
        """Return where a route of the pack may go over to the tracks, the likeliest first.

        An end of track counts by its distance from the route and, less, by that from the
        edge of the extract and from where the route comes in first or goes out last.

        Parameters
        ----------
        leaving
            Whether the route begins inside; else it ends there.

        Returns
        -------
        tuple
            The gates, and how near the nearest end of track lies to the route in m.
        """
        import shapely

        rows = self._ends
        if not len(rows):
            return [], float("inf")
        nodes = self.network.nodes
        lat, lon = np.asarray(nodes.lat_deg)[rows], np.asarray(nodes.lon_deg)[rows]
        middle = float(np.median(lat))
        east = float(np.cos(np.radians(middle)))
        metre = 1.0 / 111_195.0  # degrees, mean sphere of 6,371 km

        def plane(x: Floats, y: Floats) -> Floats:
            return np.column_stack((x * east, y)) / metre

        line = shapely.LineString(plane(route.lon_deg, route.lat_deg))
        points = shapely.points(plane(lon, lat))
        gap = shapely.distance(line, points)
        ring = shapely.transform(self.hull.exterior, lambda xy: plane(xy[:, 0], xy[:, 1]))
        inside = shapely.distance(ring, points)
        crossed = shapely.get_coordinates(shapely.intersection(line, ring))
        at_edge = np.asarray(shapely.line_locate_point(line, shapely.points(crossed)))
        edge_m = (
            float(at_edge.max() if leaving else at_edge.min())
            if len(at_edge)
            else (line.length if leaving else 0.0)
        )
        project = np.asarray(shapely.line_locate_point(line, points))
        score = gap + _EDGE_WEIGHT * (inside + np.abs(project - edge_m))
        order = [i for i in np.argsort(score, kind="stable").tolist() if gap[i] <= _GATE_M]
        taken: set[int] = set()
        found: list[Gate] = []
        along = np.concatenate(
            ([0.0], np.cumsum(np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T)))
        )
        for i in order:
            if i in taken:
                continue
            near = np.hypot((lon - lon[i]) * east, lat - lat[i]) / metre <= _ONE_GATE_M
            members = [j for j in np.flatnonzero(near).tolist() if j not in taken]
            taken.update(members)
            at = float(np.interp(project[i], along, route.distance_m))
            tracks = tuple(self._standing(int(rows[j])) for j in members)
            name = f"edge of the extract ({lat[i]:.4f},{lon[i]:.4f})"
            found.append(
                Gate(TrackStop(name, tracks), float(lat[i]), float(lon[i]), at, float(gap[i]))
            )
        return found, float(gap.min())

    def _standing(self, node: int) -> Standing:
        edge, end = next(iter(self.network.incident(node)))
        return Standing(edge, float(self.network.edges.length_m[edge]) if end else 0.0)
