"""What a built world tells of sections and stations: tracks, signals, platform lengths.

A section of the timetable's network is followed over the map: at places along it the running
tracks beside each other are counted, and main signals are taken with their direction.  Where the
section leaves the built world nothing is told, and inference stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.foot import feet_on_edges
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.skeleton import Skeleton, SkeletonNode, SkeletonSection
    from retinue.world.track_network import TrackNetwork
    from retinue.world.world import World

    Floats = NDArray[np.float64]

__all__ = ["MappedLines", "MappedSection", "MappedStation", "map_lines"]

_SAMPLE_M = 400.0
#: The course of a section may lie this far from its tracks, by what it stands on.
_REACH_M = {"world": 40.0, "feed": 60.0, "pack": 250.0, "straight": 0.0}
#: Running tracks within this distance of each other are those of one line.
_ABREAST_M = 30.0
_PARALLEL_COS = math.cos(math.radians(25.0))
_SAME_NAME_M, _NEAR_M = 1_500.0, 300.0
_MAIN_SIGNALS = frozenset({"main", "combined", "block", "entry", "exit", "intermediate"})


@dataclass(frozen=True)
class MappedSection:
    """One section as mapped.

    Attributes
    ----------
    tracks
        Running tracks side by side over at least half of it, 0: not known.
    signals_up_m, signals_down_m
        Main signals for trains from a to b and from b to a, counted from a, increasing.
    """

    tracks: int
    signals_up_m: tuple[float, ...] = ()
    signals_down_m: tuple[float, ...] = ()


@dataclass(frozen=True)
class MappedStation:
    """One station as mapped.

    Attributes
    ----------
    tracks
        Tracks trains may stand on.
    track_lengths_m
        Usable length of each, longest first; nan: not known.
    """

    tracks: int
    track_lengths_m: tuple[float, ...] = ()


@dataclass(frozen=True)
class MappedLines:
    """All that a built world tells, by number of section and node."""

    sections: dict[int, MappedSection] = field(default_factory=dict)
    stations: dict[int, MappedStation] = field(default_factory=dict)
    note: str = ""


def map_lines(world: World, skeleton: Skeleton) -> MappedLines:
    """Return what the built world of a `World` tells of a skeleton; nothing where there is none."""
    network = world.tracks
    if network is None:
        return MappedLines()
    rails = _Rails(network)
    sections = {}
    for section in skeleton.sections:
        found = rails.section(section)
        if found is not None:
            sections[section.index] = found
    stations = {}
    for node in skeleton.nodes:
        if not node.junction:
            mapped = _station(network, node)
            if mapped is not None:
                stations[node.index] = mapped
    with_signals = sum(bool(s.signals_up_m or s.signals_down_m) for s in sections.values())
    note = (
        f"of the built world: tracks of {len(sections)} of {len(skeleton.sections)} sections, "
        f"signals of {with_signals}, tracks of {len(stations)} stations"
    )
    return MappedLines(sections, stations, note)


class _Rails:
    """Running tracks as straight pieces, and main signals, with the direction each is for."""

    def __init__(self, network: TrackNetwork) -> None:
        edges, shapes = network.edges, network.shapes
        edge_of = np.repeat(np.arange(len(edges)), np.diff(edges.shape_start))
        one = np.flatnonzero(edge_of[:-1] == edge_of[1:])
        running = _running(network)[edge_of[one]]
        one = one[running]
        self._lat1, self._lon1 = shapes.lat_deg[one], shapes.lon_deg[one]
        self._lat2, self._lon2 = shapes.lat_deg[one + 1], shapes.lon_deg[one + 1]
        self._signals = _signals(network)

    def section(self, section: SkeletonSection) -> MappedSection | None:
        """Return what is mapped of a section; None where some of it is not mapped."""
        reach = _REACH_M[section.ground]
        lat, lon = np.array(section.lat), np.array(section.lon)
        step = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
        drawn = np.concatenate(([0.0], np.cumsum(step)))
        if reach == 0.0 or not drawn[-1] > 0.0:
            return None
        inside = (
            (self._lat1 > lat.min() - 0.01) & (self._lat1 < lat.max() + 0.01)
            & (self._lon1 > lon.min() - 0.02) & (self._lon1 < lon.max() + 0.02)
        )  # fmt: skip
        rows = np.flatnonzero(inside)
        if not rows.size:
            return None
        count = max(2, math.ceil(drawn[-1] / _SAMPLE_M))
        counts = []
        for at in (np.arange(count) + 0.5) * drawn[-1] / count:
            k = min(int(np.searchsorted(drawn, at, side="right")) - 1, len(step) - 1)
            share = (at - drawn[k]) / step[k] if step[k] > 0.0 else 0.0
            y, x = lat[k] + share * (lat[k + 1] - lat[k]), lon[k] + share * (lon[k + 1] - lon[k])
            heading = _unit(lat[k], lon[k], lat[k + 1], lon[k + 1])
            counts.append(self._abreast(rows, float(y), float(x), heading, reach))
        if min(counts) == 0:
            return None
        up, down = self._signals_along(section, lat, lon, drawn, reach)
        return MappedSection(int(np.sort(counts)[(len(counts) - 1) // 2]), up, down)

    def _abreast(
        self, rows: NDArray[np.int64], lat: float, lon: float, heading: Floats, reach_m: float
    ) -> int:
        """Return how many running tracks lie side by side where a section passes a place."""
        ends = self._lat1[rows], self._lon1[rows], self._lat2[rows], self._lon2[rows]
        away, _ = feet_on_edges(lat, lon, *ends)
        near = np.flatnonzero(away <= reach_m + _ABREAST_M)
        if not near.size:
            return 0
        lat1, lon1, lat2, lon2 = (column[near] for column in ends)
        along = _unit(lat1, lon1, lat2, lon2)
        parallel = np.abs(along[0] * heading[0] + along[1] * heading[1]) >= _PARALLEL_COS
        # Where the line across the section cuts each track: metres to its right.
        east = math.cos(math.radians(lat)) * 111_195.0
        x1, y1 = (lon1 - lon) * east, (lat1 - lat) * 111_195.0
        x2, y2 = (lon2 - lon) * east, (lat2 - lat) * 111_195.0
        ahead1 = x1 * heading[0] + y1 * heading[1]
        ahead2 = x2 * heading[0] + y2 * heading[1]
        cuts = parallel & ((ahead1 <= 0.0) != (ahead2 <= 0.0))
        if not cuts.any():
            return 0
        share = ahead1[cuts] / (ahead1[cuts] - ahead2[cuts])
        right1 = x1[cuts] * heading[1] - y1[cuts] * heading[0]
        right2 = x2[cuts] * heading[1] - y2[cuts] * heading[0]
        right = right1 + share * (right2 - right1)
        right = np.sort(right[np.abs(right) <= reach_m + _ABREAST_M])
        if not right.size or np.abs(right).min() > reach_m:
            return 0
        middle = right[int(np.argmin(np.abs(right)))]
        beside = right[np.abs(right - middle) <= _ABREAST_M]
        # Two pieces of one track that meet just here are one track.
        return 1 + int((np.diff(beside) > 1.5).sum())

    def _signals_along(
        self, section: SkeletonSection, lat: Floats, lon: Floats, drawn: Floats, reach_m: float
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the chainages of main signals for either direction."""
        at_lat, at_lon, head_x, head_y = self._signals
        box = (
            (at_lat > lat.min() - 0.004) & (at_lat < lat.max() + 0.004)
            & (at_lon > lon.min() - 0.006) & (at_lon < lon.max() + 0.006)
        )  # fmt: skip
        found: tuple[list[float], list[float]] = ([], [])
        scale = section.length_m / float(drawn[-1])
        for row in np.flatnonzero(box).tolist():
            away, share = feet_on_edges(
                float(at_lat[row]), float(at_lon[row]), lat[:-1], lon[:-1], lat[1:], lon[1:]
            )
            k = int(np.argmin(away))
            if away[k] > reach_m + _ABREAST_M:
                continue
            heading = _unit(lat[k], lon[k], lat[k + 1], lon[k + 1])
            along = float(head_x[row] * heading[0] + head_y[row] * heading[1])
            if abs(along) < _PARALLEL_COS:
                continue
            at = float(drawn[k] + share[k] * (drawn[k + 1] - drawn[k])) * scale
            found[0 if along > 0.0 else 1].append(at)
        return tuple(sorted(found[0])), tuple(sorted(found[1]))


def _unit(
    lat1: Floats | float, lon1: Floats | float, lat2: Floats | float, lon2: Floats | float
) -> Floats:
    """Return the heading from one place to another, east and north."""
    east = (np.asarray(lon2) - lon1) * np.cos(np.radians(lat1))
    north = np.asarray(lat2) - lat1
    length = np.hypot(east, north)
    length = np.where(length > 0.0, length, 1.0)
    return np.array([east / length, north / length])


def _running(network: TrackNetwork) -> NDArray[np.bool_]:
    """Return which edges are running tracks of the heavy or narrow-gauge railway."""
    service = network.attributes["service"]
    tagged = np.zeros(len(network.edges), np.bool_)
    for row in range(len(service.edge)):
        if network.text[int(service.value[row])] in ("yard", "siding", "spur"):
            tagged[int(service.edge[row])] = True
    return np.asarray((network.edges.network_class <= 1) & ~tagged)


def _signals(network: TrackNetwork) -> tuple[Floats, Floats, Floats, Floats]:
    """Return positions of main signals and the heading of the trains they are for."""
    from retinue.world.track_network import POINT_KINDS

    points = network.points
    rows = np.flatnonzero(
        (points.kind == POINT_KINDS.index("signal")) & (np.abs(points.direction) == 1)
    )
    found: list[list[float]] = []
    for row in rows.tolist():
        words = set(network.text[int(points.function[row])].split(";"))
        if not words & _MAIN_SIGNALS:
            continue
        edge, at = int(points.edge[row]), float(points.at_m[row])
        length = float(network.edges.length_m[edge])
        one = network.position(edge, max(0.0, at - 10.0))
        two = network.position(edge, min(length, at + 10.0))
        heading = _unit(*one, *two) * int(points.direction[row])
        place = [float(points.lat_deg[row]), float(points.lon_deg[row])]
        found.append([*place, *heading.tolist()])
    columns = np.array(found).reshape(-1, 4).T
    return columns[0], columns[1], columns[2], columns[3]


def _station(network: TrackNetwork, node: SkeletonNode) -> MappedStation | None:
    """Return the tracks of the station of that name, or the nearest one; None: not mapped."""
    from retinue.world.track_network import STATION_KINDS

    table = network.stations
    if not len(table):
        return None
    kinds = [STATION_KINDS.index(kind) for kind in ("station", "halt")]
    away = distance_m(node.lat, node.lon, table.lat_deg, table.lon_deg)
    fit = np.isin(table.kind, kinds) & (table.network_class <= 1)
    named = np.array([network.text[int(n)].casefold() == node.name.casefold() for n in table.name])
    for candidates in (fit & named & (away <= _SAME_NAME_M), fit & (away <= _NEAR_M)):
        rows = np.flatnonzero(candidates)
        if rows.size:
            return _tracks(network, int(rows[np.argmin(away[rows])]))
    return None


def _tracks(network: TrackNetwork, station: int) -> MappedStation | None:
    table = network.station_tracks
    lengths: dict[tuple[str, int], float] = {}
    for row in np.flatnonzero(table.station == station).tolist():
        name = network.text[int(table.track[row])]
        # A track without a name is told by its edge.
        key = (name, -1) if name else ("", int(table.edge[row]))
        length = float(table.platform_length_m[row])
        known = lengths.get(key, math.nan)
        lengths[key] = (
            length if math.isnan(known) else max(known, length if length == length else 0)
        )
    if not lengths:
        return None
    sortable = sorted(lengths.values(), key=lambda m: -m if not math.isnan(m) else math.inf)
    return MappedStation(len(lengths), tuple(sortable))
