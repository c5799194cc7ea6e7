"""The special train's way as charts need it: places by chainage, and where each resource lies.

A record may say the chainage of its resources.  Where it does not, places take theirs from the
plan's leg or from their coordinates, and the blocks between two places share the way evenly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.report.speed_chart import Station, stations_of

if TYPE_CHECKING:
    from retinue.plan import Leg
    from retinue.plan.traffic import ResourceRecord, TrafficRecord, TrainPath

__all__ = ["Overlap", "TrafficRoute", "convoy_of", "overlaps", "route_of"]

_EARTH_M = 6_371_008.8  # mean radius, IUGG
#: A block whose middle is nearer to one of the way's than this lies beside it.
_BESIDE_M = 1500.0


@dataclass(frozen=True)
class TrafficRoute:
    """The way of the special train.

    Attributes
    ----------
    stations
        Its places by chainage, each once; rank 0 ends, 1 stops, 2 passed.
    zone
        IANA name of the clock that charts show.
    spans
        Chainage from and to of each resource on or beside the way.
    own
        Resources that the special convoy itself holds.
    evenly
        Whether block ends are drawn evenly, because nobody says where they are.
    """

    stations: tuple[Station, ...]
    zone: str
    spans: dict[int, tuple[float, float]]
    own: frozenset[int]
    evenly: bool

    @property
    def chainage(self) -> dict[str, float]:
        """Chainage of each place by its name."""
        return {station.name: station.distance_m for station in self.stations}


@dataclass(frozen=True)
class Overlap:
    """More trains on a resource than it takes.

    Attributes
    ----------
    resource
        Its number.
    from_s, to_s
        Unix seconds.
    trains
        Ids of all that hold it then.
    known
        Whether the published timetable has it already, with no special train.
    """

    resource: int
    from_s: float
    to_s: float
    trains: tuple[str, ...]
    known: bool


def convoy_of(record: TrafficRecord) -> tuple[TrainPath, ...]:
    """Return the trains of the special convoy, the main train first."""
    found = [train for train in record.trains if train.special]
    return tuple(sorted(found, key=lambda train: (train.role != "main", train.role)))


def route_of(
    record: TrafficRecord, leg: Leg | None = None, zone: str = "UTC"
) -> TrafficRoute | None:
    """Return the way of a record's special train, None where there is none with two calls.

    Parameters
    ----------
    record
        The traffic.
    leg
        The plan's leg of the same train: its chainages and its clock.
    zone
        The clock where neither a leg nor the record says one.
    """
    convoy = convoy_of(record)
    if not convoy or len(convoy[0].calls) < 2:
        return None
    main = convoy[0]
    by_id = {resource.id: resource for resource in record.resources}
    said = {
        resource.id: (resource.from_m, resource.to_m)
        for resource in record.resources
        if resource.from_m is not None and resource.to_m is not None
    }
    chain = _places(record, main, by_id, said, leg)
    own = frozenset(item.resource for train in convoy for item in train.passes)
    evenly = not said
    spans = said or dict(_shared(main, by_id, chain))
    if evenly:
        spans |= dict(_beside(record.resources, by_id, spans))
    stops = {call.place for call in main.calls if call.depart_utc > call.arrive_utc}
    ends = (main.calls[0].place, main.calls[-1].place)
    stations = tuple(
        Station(name, at, 0 if name in ends else 1 if name in stops else 2)
        for name, at in sorted(chain.items(), key=lambda item: item[1])
    )
    own_zone = next((item.zone for item in record.route if item.zone), zone)
    return TrafficRoute(stations, leg.from_.zone if leg else own_zone, spans, own, evenly)


def _places(
    record: TrafficRecord,
    main: TrainPath,
    by_id: dict[int, ResourceRecord],
    said: dict[int, tuple[float, float]],
    leg: Leg | None,
) -> dict[str, float]:
    """Return the chainage of the main train's places, rising along its way."""
    names = list(dict.fromkeys(call.place for call in main.calls))
    stations = {r.name: r for r in by_id.values() if r.kind == "station"}
    known = {item.place: item.at_m for item in record.route if item.place in names}
    if len(known) < len(names):
        known = {
            n: said[stations[n].id][0] for n in names if n in stations and stations[n].id in said
        }
    if len(known) < len(names) and leg is not None:
        known = {s.name: s.distance_m for s in stations_of(leg) if s.name in names}
    if len(known) == len(names) and _rising([known[name] for name in names]):
        return {name: known[name] for name in names}
    return _measured(main, names, stations)


def _measured(
    main: TrainPath, names: Sequence[str], stations: dict[str, ResourceRecord]
) -> dict[str, float]:
    """Return chainages by coordinates; places without any lie between others by their times."""
    times = {call.place: call.arrive_utc for call in reversed(main.calls)}
    anchors = [name for name in names if name in stations]
    at, chain = 0.0, {anchors[0]: 0.0} if anchors else {}
    for here, there in pairwise(anchors):
        at += max(_apart(stations[here], stations[there]), 1.0)
        chain[there] = at
    if len(anchors) < 2:
        # Without coordinates the clock is the only scale: 20 m/s.
        begin = times[names[0]]
        return {name: (times[name] - begin) * 20.0 + k for k, name in enumerate(names)}
    moments = [times[name] for name in anchors]
    pace = at / max(moments[-1] - moments[0], 1.0)

    def place(name: str) -> float:
        if name in chain:
            return chain[name]
        moment = times[name]
        if moment <= moments[0]:
            return (moment - moments[0]) * pace
        if moment >= moments[-1]:
            return at + (moment - moments[-1]) * pace
        return float(np.interp(moment, moments, [chain[anchor] for anchor in anchors]))

    found = [place(name) for name in names]
    # Two places of one minute stay apart, and in order.
    for k in range(1, len(found)):
        found[k] = max(found[k], found[k - 1] + 1.0)
    return {name: value - found[0] for name, value in zip(names, found, strict=True)}


def _rising(values: Sequence[float]) -> bool:
    return all(a < b for a, b in pairwise(values))


def _apart(a: ResourceRecord, b: ResourceRecord) -> float:
    """Return the great-circle distance of two resources, m (haversine)."""
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    half = (lat2 - lat1) / 2, math.radians(b.lon - a.lon) / 2
    root = math.sin(half[0]) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half[1]) ** 2
    return 2 * _EARTH_M * math.asin(min(math.sqrt(root), 1.0))


def _shared(
    main: TrainPath, by_id: dict[int, ResourceRecord], chain: dict[str, float]
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield where the main train's resources lie: blocks share the way between two places."""
    last_m: float | None = None
    between: list[int] = []
    for item in sorted(main.passes, key=lambda one: (one.from_utc, one.to_utc)):
        resource = by_id.get(item.resource)
        if resource is None:
            continue
        if resource.kind != "station" or resource.name not in chain:
            between.append(resource.id)
            continue
        here = chain[resource.name]
        begin = here if last_m is None else last_m
        step = (here - begin) / len(between) if between else 0.0
        for k, number in enumerate(between):
            yield number, (begin + k * step, begin + (k + 1) * step)
        yield resource.id, (here, here)
        last_m, between = here, []


def _beside(
    resources: Sequence[ResourceRecord],
    by_id: dict[int, ResourceRecord],
    spans: dict[int, tuple[float, float]],
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield where the blocks of the other track lie: as the nearest block of the way."""
    blocks = [by_id[number] for number in spans if by_id[number].kind == "block"]
    for resource in resources:
        if resource.kind != "block" or resource.id in spans or not blocks:
            continue
        near = min(blocks, key=lambda one: _apart(one, resource))
        if _apart(near, resource) <= _BESIDE_M:
            yield resource.id, spans[near.id]


def overlaps(record: TrafficRecord) -> tuple[Overlap, ...]:
    """Return every overlap over capacity, in the order of resource and time.

    Holds are half-open, with the record's gap after each.
    """
    holders: dict[int, list[tuple[float, float, str]]] = {}
    for train in record.trains:
        for item in train.passes:
            holders.setdefault(item.resource, []).append((item.from_utc, item.to_utc, train.id))
    known = {(frozenset((a, b)), number) for a, b, number in record.known_overlaps}
    special = {train.id for train in record.trains if train.special}
    found = []
    for resource in sorted(record.resources, key=lambda one: one.id):
        rows = sorted(holders.get(resource.id, ()))
        there: list[tuple[float, float, str]] = []
        for begin, end, holder in rows:
            there = [row for row in there if row[1] + record.minimum_gap_s > begin]
            others = {row[2] for row in there} - {holder}
            if len(others) >= resource.capacity:
                until = min(end, max(row[1] for row in there if row[2] != holder))
                pairs = [frozenset((holder, other)) for other in others]
                new = sum((pair, resource.id) not in known for pair in pairs)
                own = holder in special or not others.isdisjoint(special)
                old = not own and new < resource.capacity
                found.append(
                    Overlap(resource.id, begin, max(until, begin), (*sorted(others), holder), old)
                )
            there.append((begin, end, holder))
    return tuple(found)
