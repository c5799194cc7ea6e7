"""Stations as areas: from their own objects, and from stops, platforms and yard tracks.

Many extracts hold no station objects.  A station is then what its parts say:

1. stop positions on tracks and platforms along tracks carry a name; parts of one name and
   one network class within `_SAME_NAME_M` of each other are one station;
2. a station node or area of the same name within `_OBJECT_M` gives it its position, its
   kind and its reference; one without a namesake takes the nameless parts around it;
3. a nameless part belongs to the nearest station of its class within `_NAMELESS_M`, else
   nameless parts close together are a station without a name;
4. yard tracks that meet are one yard where there are `_YARD_TRACKS` of them or more, each
   `_YARD_TRACK_M` long; it has the name of a yard object in it, or none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retinue.world.osm_extract import OsmNode, OsmStopArea, OsmWay
from retinue.world.osm_tags import Faults
from retinue.world.sphere import distance_m
from retinue.world.track_network import FOUND_BY, STATION_KINDS
from retinue.world.track_platforms import Alongside, TrackFinder, platform_length_m, told_class
from retinue.world.track_points import TrackPlaces
from retinue.world.track_split import SplitTracks
from retinue.world.track_tables import IntervalTable

__all__ = ["Part", "Station", "find_stations", "station_key"]

_SAME_NAME_M = 700.0
_OBJECT_M = 1500.0
_NAMELESS_M = 250.0
_OFF_TRACK_M = 300.0
_NEAR_DEG = 0.05
_YARD_TRACKS = 4
_YARD_TRACK_M = 100.0


@dataclass(frozen=True, eq=False)
class Part:
    """A stop position or a platform: where it is and what it says of its station."""

    osm_id: int
    name: str
    ref: str
    station_ref: str
    network_class: int
    lat_deg: float
    lon_deg: float
    tram: bool
    stop: tuple[int, float] | None = None
    way: OsmWay | None = None
    along: tuple[Alongside, ...] = ()
    length_m: float = float("nan")


@dataclass(eq=False)
class Station:
    """A station in the making."""

    name: str
    kind: str
    network_class: int
    found_by: str
    lat_deg: float
    lon_deg: float
    ref: str = ""
    osm_id: int = 0
    parts: list[Part] = field(default_factory=list)
    yard_edges: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Object:
    """A station, halt or yard that the extract holds itself."""

    osm_id: int
    name: str
    ref: str
    kind: str
    found_by: str
    network_class: int
    lat_deg: float
    lon_deg: float


def find_stations(
    nodes: Sequence[OsmNode],
    areas: Sequence[OsmWay],
    platforms: Sequence[OsmWay],
    stop_areas: Sequence[OsmStopArea],
    split: SplitTracks,
    attributes: dict[str, IntervalTable],
    service_yard: NDArray[np.bool_],
    faults: Faults,
) -> list[Station]:
    """Return the stations, west to east within each class (see the module for the method).

    Parameters
    ----------
    service_yard
        Per edge whether it is tagged as a yard track.
    """
    finder = TrackFinder(split, attributes["layer"])
    named = {
        (kind, ref): area.tags.get("name", "")
        for area in stop_areas
        for kind, refs in (("n", area.nodes), ("w", area.ways))
        for ref in refs
    }
    parts = _stops(nodes, split, named) + _platforms(platforms, finder, split, named, faults)
    objects = _objects(nodes, areas, finder, split, faults)
    stations = _by_name([part for part in parts if part.name])
    _take_objects(stations, objects)
    _nameless(stations, [part for part in parts if not part.name])
    _yards(stations, split, service_yard)
    stations = [s for s in stations if s.parts or s.yard_edges or s.osm_id]
    for station in stations:
        refs = Counter(part.station_ref for part in station.parts if part.station_ref)
        if not station.ref and refs:
            station.ref = min(refs, key=lambda ref: (-refs[ref], ref))
    return sorted(stations, key=lambda s: (s.network_class, s.lon_deg, s.lat_deg, s.name))


def _stops(
    nodes: Sequence[OsmNode], split: SplitTracks, named: dict[tuple[str, int], str]
) -> list[Part]:
    places = TrackPlaces.of(split)
    parts = []
    for item in nodes:
        tags = item.tags
        kind = tags.get("railway", "")
        if kind not in ("stop", "tram_stop") and tags.get("public_transport") != "stop_position":
            continue
        edge = places.edge.get(item.osm_id)
        if edge is None:
            continue
        parts.append(
            Part(
                item.osm_id,
                tags.get("name") or named.get(("n", item.osm_id), ""),
                tags.get("local_ref") or tags.get("ref") or "",
                tags.get("railway:ref") or tags.get("uic_ref") or "",
                int(split.edges.network_class[edge]),
                item.lat_deg,
                item.lon_deg,
                kind == "tram_stop" or tags.get("tram") == "yes",
                stop=(edge, places.at_m[item.osm_id]),
            )
        )
    return parts


def _platforms(
    ways: Sequence[OsmWay],
    finder: TrackFinder,
    split: SplitTracks,
    named: dict[tuple[str, int], str],
    faults: Faults,
) -> list[Part]:
    parts = []
    for way in ways:
        tags = way.tags
        if tags.get("railway") == "platform_edge":
            continue
        along = finder.along(way)
        if not along:
            if "railway" in tags or tags.get("train") == "yes":
                faults.add("platform without a track along it, left out", f"way {way.osm_id}")
            continue
        told = told_class(tags)
        name, track = _name_and_track(tags.get("name") or named.get(("w", way.osm_id), ""))
        nearest = min(along, key=lambda a: (a.distance_m, a.edge))
        mine = int(split.edges.network_class[nearest.edge]) if told is None else told
        parts.append(
            Part(
                way.osm_id,
                name,
                tags.get("local_ref") or tags.get("ref") or track,
                tags.get("railway:ref") or "",
                mine,
                float(way.lat_deg.mean()),
                float(way.lon_deg.mean()),
                tags.get("tram") == "yes",
                way=way,
                along=tuple(along),
                length_m=platform_length_m(way),
            )
        )
    return parts


def _objects(
    nodes: Sequence[OsmNode],
    areas: Sequence[OsmWay],
    finder: TrackFinder,
    split: SplitTracks,
    faults: Faults,
) -> list[_Object]:
    found = []
    things = [(n.osm_id, n.tags, n.lat_deg, n.lon_deg, "station node") for n in nodes]
    things += [
        (a.osm_id, a.tags, float(a.lat_deg.mean()), float(a.lon_deg.mean()), "station area")
        for a in areas
    ]
    for osm_id, tags, lat, lon, how in things:
        value = tags.get("railway", "")
        kind = {
            "station_area": "station", "crossover": "junction", "spur_junction": "junction",
            "service_station": "junction",
        }.get(value, value)  # fmt: skip
        if kind not in ("station", "halt", "yard", "junction"):
            continue
        if tags.get("station") in ("miniature", "funicular", "monorail"):
            faults.add("station of another kind of railway, left out", f"{osm_id}")
            continue
        near = finder.nearest(lat, lon, _OFF_TRACK_M)
        mine = 2 if tags.get("station") in ("subway", "light_rail", "tram") else None
        if mine is None:
            mine = int(split.edges.network_class[near[0]]) if near else 0
        ref = tags.get("railway:ref") or tags.get("uic_ref") or tags.get("ref") or ""
        found.append(_Object(osm_id, tags.get("name", ""), ref, kind, how, mine, lat, lon))
    return found


def station_key(name: str) -> str:
    """Return what names of one station have in common however it is abbreviated."""
    words = re.findall(r"\w+", name.casefold())
    return " ".join(_SPELLED.get(word, word) for word in words)


_SPELLED = {"hauptbahnhof": "hbf", "bahnhof": "bf", "saint": "st", "sankt": "st"}
_ONLY_A_TRACK = re.compile(
    r"^(?:bahnsteig|gleise?|gl\.|steig|platform|track|voie|quai|binario|via|peron|spoor|\s)*"
    r"(\d{0,3}[a-z]?(?:\s*[+/,;&-]\s*\d{1,3}[a-z]?)*)$",
    re.IGNORECASE,
)


_TRACK_IN_NAME = re.compile(
    r"[\s,(-]+(?:gleis|gl\.|bahnsteig|steig|platform|track|voie|quai|binario|via|peron|spoor)"
    r"\s*(\d{1,3}[a-z]?(?:\s*[/;+-]\s*\d{1,3}[a-z]?)*|[a-z])\)?$",
    re.IGNORECASE,
)


def _name_and_track(name: str) -> tuple[str, str]:
    """Split ``Ehrenfeld Gleis 2`` into station and track; ``Bahnsteig 3+4`` names no station."""
    only = _ONLY_A_TRACK.match(name)
    if only:
        return "", re.sub(r"\s*[+/,&-]\s*", ";", only[1])
    match = _TRACK_IN_NAME.search(name)
    return (name[: match.start()], match[1]) if match and match.start() else (name, "")


def _by_name(parts: Sequence[Part]) -> list[Station]:
    groups: dict[tuple[int, str], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.network_class, station_key(part.name)), []).append(part)
    stations = []
    for (mine, _), members in groups.items():
        for cluster in _clusters(members, _SAME_NAME_M):
            names = Counter(part.name for part in cluster)
            name = min(names, key=lambda n: (-names[n], n))
            stations.append(_station_of(cluster, name, mine))
    return stations


def _station_of(parts: list[Part], name: str, mine: int) -> Station:
    by = "stop positions" if any(part.stop for part in parts) else "platforms"
    kind = "tram_stop" if mine == 2 and any(part.tram for part in parts) else "station"
    lat = float(np.mean([part.lat_deg for part in parts]))
    lon = float(np.mean([part.lon_deg for part in parts]))
    return Station(name, kind, mine, by, lat, lon, parts=list(parts))


def _clusters(parts: Sequence[Part], reach_m: float) -> list[list[Part]]:
    """Return parts joined by hops within reach, in the order of their first members."""
    lat = np.array([part.lat_deg for part in parts])
    lon = np.array([part.lon_deg for part in parts])
    left = list(range(len(parts)))
    clusters = []
    while left:
        members, queue = [], [left.pop(0)]
        while queue:
            one = queue.pop(0)
            members.append(one)
            rest = np.array(left, np.int64)
            if not len(rest):
                continue
            near = rest[distance_m(lat[one], lon[one], lat[rest], lon[rest]) <= reach_m]
            queue += near.tolist()
            gone = set(near.tolist())
            left = [i for i in left if i not in gone]
        clusters.append([parts[i] for i in sorted(members)])
    return clusters


def _take_objects(stations: list[Station], objects: Sequence[_Object]) -> None:
    """Give stations the objects of their name; an object without namesake is one itself.

    A second object of one station (its area beside its node), or a nameless one close to
    a station, adds nothing.
    """
    by_name: dict[tuple[int, str], list[int]] = {}
    for index, station in enumerate(stations):
        by_name.setdefault((station.network_class, station_key(station.name)), []).append(index)
    for item in sorted(objects, key=lambda item: not item.name):
        if item.name:
            alike = by_name.get((item.network_class, station_key(item.name)), [])
        else:
            alike = [i for i, s in enumerate(stations) if _close(item, s)]
        near = sorted(
            (float(distance_m(item.lat_deg, item.lon_deg, s.lat_deg, s.lon_deg)), i)
            for i, s in ((i, stations[i]) for i in alike)
        )
        if near and near[0][0] <= (_OBJECT_M if item.name else _NAMELESS_M):
            own = stations[near[0][1]]
            if own.osm_id or not item.name:
                continue
        else:
            own = Station("", item.kind, item.network_class, item.found_by, 0.0, 0.0)
            stations.append(own)
            key = (item.network_class, station_key(item.name))
            by_name.setdefault(key, []).append(len(stations) - 1)
        own.name, own.ref, own.osm_id = item.name, item.ref, item.osm_id
        own.kind, own.found_by = item.kind, item.found_by
        own.lat_deg, own.lon_deg = item.lat_deg, item.lon_deg


def _close(item: _Object, station: Station) -> bool:
    """Return whether a station of the class is near enough to be measured at all."""
    return (
        station.network_class == item.network_class
        and abs(station.lat_deg - item.lat_deg) < _NEAR_DEG
        and abs(station.lon_deg - item.lon_deg) < _NEAR_DEG
    )


def _nameless(stations: list[Station], parts: Sequence[Part]) -> None:
    known = list(stations)
    places = [(i, s.lat_deg, s.lon_deg) for i, s in enumerate(known)]
    places += [(i, p.lat_deg, p.lon_deg) for i, s in enumerate(known) for p in s.parts]
    owner = np.array([i for i, _, _ in places], np.int64)
    lat = np.array([y for _, y, _ in places], np.float64)
    lon = np.array([x for _, _, x in places], np.float64)
    mine = np.array([s.network_class for s in known], np.int64)[owner] if known else owner
    left = []
    for part in parts:
        same = np.flatnonzero(mine == part.network_class)
        metres = distance_m(part.lat_deg, part.lon_deg, lat[same], lon[same])
        if len(same) and metres.min() <= _NAMELESS_M:
            known[int(owner[same[int(np.argmin(metres))]])].parts.append(part)
        else:
            left.append(part)
    for code in sorted({part.network_class for part in left}):
        group = [part for part in left if part.network_class == code]
        stations += [_station_of(c, "", code) for c in _clusters(group, _NAMELESS_M)]


def _yards(
    stations: list[Station],
    split: SplitTracks,
    service_yard: NDArray[np.bool_],
) -> None:
    edges = split.edges
    owner: dict[int, int] = {}

    def root(node: int) -> int:
        while owner.setdefault(node, node) != node:
            owner[node] = owner[owner[node]]
            node = owner[node]
        return node

    chosen = np.flatnonzero(service_yard & (edges.network_class != 2)).tolist()
    for edge in chosen:
        one, two = root(int(edges.from_node[edge])), root(int(edges.to_node[edge]))
        owner[max(one, two)] = min(one, two)
    groups: dict[int, list[int]] = {}
    for edge in chosen:
        groups.setdefault(root(int(edges.from_node[edge])), []).append(edge)
    objects_left = [s for s in stations if s.kind == "yard"]
    for group in groups.values():
        tracks = [edge for edge in group if edges.length_m[edge] >= _YARD_TRACK_M]
        if len(tracks) < _YARD_TRACKS:
            continue
        ends = np.unique(np.concatenate((edges.from_node[group], edges.to_node[group])))
        lat, lon = split.nodes.lat_deg[ends], split.nodes.lon_deg[ends]
        inside = [
            s
            for s in objects_left
            if abs(s.lat_deg - lat[0]) < 4 * _NEAR_DEG
            and distance_m(s.lat_deg, s.lon_deg, lat, lon).min() <= _OFF_TRACK_M
        ]
        if inside:
            inside[0].yard_edges += tracks
            continue
        code = int(edges.network_class[tracks[0]])
        stations.append(
            Station("", "yard", code, "yard tracks", float(lat.mean()), float(lon.mean()),
                    yard_edges=tracks)
        )  # fmt: skip
    assert all(s.found_by in FOUND_BY and s.kind in STATION_KINDS for s in stations)
