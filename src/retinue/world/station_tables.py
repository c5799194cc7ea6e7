"""Stations written as tables: areas, standing tracks, platforms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from retinue.world.track_attributes import WordList
from retinue.world.track_network import FOUND_BY, STATION_KINDS
from retinue.world.track_split import SplitTracks
from retinue.world.track_stations import Part, Station
from retinue.world.track_tables import (
    IntervalTable,
    PlatformTable,
    StationTable,
    StationTrackTable,
    TextPool,
)

__all__ = ["station_tables"]

Row = tuple[int, int, float, float, float, int, int, float]


def station_tables(
    stations: Sequence[Station],
    split: SplitTracks,
    track_refs: IntervalTable,
    names: IntervalTable,
    words: WordList,
) -> tuple[StationTable, StationTrackTable, PlatformTable]:
    """Return the tables of these stations, in their order."""
    platforms = [(i, part) for i, s in enumerate(stations) for part in s.parts if part.way]
    number = {part.osm_id: row for row, (_, part) in enumerate(platforms)}
    pool = words.pool()
    rows: list[Row] = []
    boxes = []
    for index, station in enumerate(stations):
        mine = _standing(index, station, split, track_refs, names, number, words, pool)
        rows += mine
        boxes.append(_box(station, mine, split))
    box = np.array(boxes, np.float64).reshape(len(stations), 4)
    station_table = StationTable(
        name=_ints([words(s.name) for s in stations]),
        ref=_ints([words(s.ref) for s in stations]),
        kind=np.array([STATION_KINDS.index(s.kind) for s in stations], np.uint8),
        network_class=np.array([s.network_class for s in stations], np.uint8),
        found_by=np.array([FOUND_BY.index(s.found_by) for s in stations], np.uint8),
        osm_id=np.array([s.osm_id for s in stations], np.int64),
        lat_deg=np.array([s.lat_deg for s in stations], np.float64),
        lon_deg=np.array([s.lon_deg for s in stations], np.float64),
        south_deg=box[:, 0],
        west_deg=box[:, 1],
        north_deg=box[:, 2],
        east_deg=box[:, 3],
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    tracks = StationTrackTable(
        station=_ints(columns[0]),
        edge=_ints(columns[1]),
        from_m=np.array(columns[2], np.float64),
        to_m=np.array(columns[3], np.float64),
        stop_m=np.array(columns[4], np.float64),
        track=_ints(columns[5]),
        platform=_ints(columns[6]),
        platform_length_m=np.array(columns[7], np.float64),
    )
    return station_table, tracks, _platform_table(platforms, words)


def _ints(values: Sequence[int | float]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(values, np.int32)


def _standing(
    index: int,
    station: Station,
    split: SplitTracks,
    track_refs: IntervalTable,
    names: IntervalTable,
    number: dict[int, int],
    words: WordList,
    pool: TextPool,
) -> list[Row]:
    """Return where trains may stand: along platforms, at other stops, on yard tracks."""
    stops = [(part, *part.stop) for part in station.parts if part.stop is not None]
    taken: set[int] = set()
    rows: list[Row] = []
    for part in station.parts:
        for stretch in part.along:
            here = [
                (stop, at)
                for stop, edge, at in stops
                if edge == stretch.edge and stretch.from_m - 20.0 <= at <= stretch.to_m + 20.0
            ]
            taken |= {stop.osm_id for stop, _ in here}
            middle = (stretch.from_m + stretch.to_m) / 2.0
            name = track_refs.at(stretch.edge, middle)
            label = pool[name] if name is not None else (here[0][0].ref if here else "")
            if not label and len(part.ref.split(";")) == 1:
                label = part.ref
            at = here[0][1] if here else float("nan")
            at = min(max(at, stretch.from_m), stretch.to_m)
            rows.append(
                (index, stretch.edge, stretch.from_m, stretch.to_m, at, words(label),
                 number[part.osm_id], part.length_m)
            )  # fmt: skip
    rows += [
        (index, edge, at, at, at, words(part.ref), -1, float("nan"))
        for part, edge, at in stops
        if part.osm_id not in taken
    ]
    for edge in station.yard_edges:
        length = float(split.edges.length_m[edge])
        name = track_refs.at(edge, length / 2.0) or names.at(edge, length / 2.0)
        label = pool[name] if name is not None else ""
        rows.append((index, edge, 0.0, length, float("nan"), words(label), -1, float("nan")))
    return rows


def _box(
    station: Station, rows: Sequence[Row], split: SplitTracks
) -> tuple[float, float, float, float]:
    """Return south, west, north and east of a station with its tracks and platforms."""
    lat = [station.lat_deg, *(part.lat_deg for part in station.parts)]
    lon = [station.lon_deg, *(part.lon_deg for part in station.parts)]
    for part in station.parts:
        if part.way is not None:
            lat += [float(part.way.lat_deg.min()), float(part.way.lat_deg.max())]
            lon += [float(part.way.lon_deg.min()), float(part.way.lon_deg.max())]
    for _, edge, low, high, *_ in rows:
        start = split.edges.shape_start
        part_rows = slice(int(start[edge]), int(start[edge + 1]))
        along = split.shapes.distance_m[part_rows]
        for at in (low, high):
            lat.append(float(np.interp(at, along, split.shapes.lat_deg[part_rows])))
            lon.append(float(np.interp(at, along, split.shapes.lon_deg[part_rows])))
    return min(lat), min(lon), max(lat), max(lon)


def _platform_table(platforms: Sequence[tuple[int, Part]], words: WordList) -> PlatformTable:
    ways = [part.way for _, part in platforms if part.way is not None]
    start = np.zeros(len(ways) + 1, np.int64)
    np.cumsum([len(way.refs) for way in ways], out=start[1:])
    heights = [_height(way.tags.get("height", "")) for way in ways]
    return PlatformTable(
        osm_id=np.array([way.osm_id for way in ways], np.int64),
        station=_ints([station for station, _ in platforms]),
        ref=_ints([words(part.ref) for _, part in platforms]),
        name=_ints([words(part.name) for _, part in platforms]),
        length_m=np.array([part.length_m for _, part in platforms], np.float64),
        height_m=np.array(heights, np.float64),
        shape_start=start,
        shape_lat_deg=np.array(list(chain.from_iterable(w.lat_deg for w in ways)), np.float64),
        shape_lon_deg=np.array(list(chain.from_iterable(w.lon_deg for w in ways)), np.float64),
    )


def _height(text: str) -> float:
    word = text.replace("m", "").strip().replace(",", ".")
    return float(word) if word.replace(".", "", 1).isdigit() else float("nan")
