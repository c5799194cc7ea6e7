"""What stands on the tracks of a RailJSON infrastructure: points and stations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retinue.json_document import JsonValue
from retinue.world.osm_tags import Faults
from retinue.world.railjson_tracks import SwitchNode, Track
from retinue.world.track_attributes import WordList
from retinue.world.track_network import FOUND_BY, POINT_KINDS, SIDES, STATION_KINDS, TrackNetwork
from retinue.world.track_points import PointRows, sorted_points
from retinue.world.track_tables import PointTable, StationTable, StationTrackTable

__all__ = ["point_table", "stations_of"]

_DIRECTION = {"START_TO_STOP": 1, "STOP_TO_START": -1}
_SIDE = {"LEFT": "left", "RIGHT": "right", "CENTER": "unknown"}
_CROSSINGS = ("crossing",)


def point_table(
    root: JsonValue,
    network: TrackNetwork,
    by_id: dict[str, Track],
    nodes: Sequence[SwitchNode],
    words: WordList,
    faults: Faults,
) -> PointTable:
    """Return switches, signals, detectors and buffer stops."""
    rows = PointRows()
    for node in nodes:
        if node.switch is not None:
            kind = node.switch["switch_type"].text()
            word = "railway_crossing" if kind in _CROSSINGS else "switch"
            edge, end = node.ends[0]
            at = 0.0 if end == 0 else float(network.edges.length_m[edge])
            label = _extension(node.switch, "sncf", "label")
            _add(rows, network, words, node.switch, word, edge, at, function=kind, name=label)
    for item in root["signals"].items():
        track = by_id[item["track"].choice(by_id)]
        systems = [
            (logical["signaling_system"].text(), logical["settings"].members())
            for logical in (item["logical_signals"].items() if item.get("logical_signals") else ())
        ]
        # A signal that may show stop for good is a main signal (French: non franchissable).
        main = any("Nf" in settings for _, settings in systems)
        side = _extension(item, "sncf", "side") or "CENTER"
        if side not in _SIDE:
            faults.add("side of a signal that cannot be read", f"{item.path}: {side}")
        _add(
            rows, network, words, item, "signal", track.number, track.position(item["position"]),
            direction=_DIRECTION[item["direction"].choice(_DIRECTION)],
            side=SIDES.index(_SIDE.get(side, "unknown")),
            name=_extension(item, "sncf", "label"),
            function="main" if main else "",
            detail="; ".join(
                [f"system={name}" for name, _ in systems]
                + [f"{key}={v.text()}" for _, known in systems for key, v in known.items()]
            ),
        )  # fmt: skip
    for part, kind, function in (
        ("detectors", "other", "detector"),
        ("buffer_stops", "buffer_stop", ""),
    ):
        for item in root[part].items():
            track = by_id[item["track"].choice(by_id)]
            at = track.position(item["position"])
            _add(rows, network, words, item, kind, track.number, at, function=function)
    return sorted_points(rows, len(network.edges), len(network.nodes))


def _add(
    rows: PointRows,
    network: TrackNetwork,
    words: WordList,
    item: JsonValue,
    kind: str,
    edge: int,
    at_m: float,
    *,
    direction: int = 0,
    side: int = 0,
    name: str = "",
    function: str = "",
    detail: str = "",
) -> None:
    lat, lon = network.position(edge, at_m)
    node = -1
    if at_m <= 0.0:
        node = int(network.edges.from_node[edge])
    elif at_m >= network.edges.length_m[edge]:
        node = int(network.edges.to_node[edge])
    rows.add(
        edge=edge,
        at_m=at_m,
        node=node,
        kind=POINT_KINDS.index(kind),
        osm_id=0,
        lat_deg=lat,
        lon_deg=lon,
        direction=direction,
        side=side,
        name=words(name),
        ref=words(item["id"].text()),
        function=words(function),
        detail=words(detail),
        road_class=0,
        road_name=0,
        road_way_id=0,
        position_m=float("nan"),
        speed_mps=float("nan"),
    )


def _extension(item: JsonValue, owner: str, key: str) -> str:
    """Return a word of an extension, empty where it is not there."""
    extensions = item.get("extensions")
    part = extensions.get(owner) if extensions else None
    word = part.get(key) if part else None
    return word.text() if word else ""


def stations_of(
    root: JsonValue, network: TrackNetwork, by_id: dict[str, Track], words: WordList
) -> tuple[StationTable, StationTrackTable]:
    """Return operational points as stations; each part is a standing place without length."""
    rows: list[tuple[str, str, list[tuple[int, float, float, float, str]]]] = []
    for item in root["operational_points"].items():
        parts = []
        for part in item["parts"].items():
            track = by_id[part["track"].choice(by_id)]
            at = track.position(part["position"])
            number = _extension(track.item, "sncf", "track_name")
            parts.append((track.number, at, *network.position(track.number, at), number))
        if not parts:
            raise item["parts"].error("an operational point lies on one track at least")
        name = _extension(item, "identifier", "name") or item["id"].text()
        rows.append((name, _extension(item, "sncf", "trigram"), parts))
    south, west, north, east, lat, lon = (np.empty(len(rows)) for _ in range(6))
    for row, (_, _, parts) in enumerate(rows):
        y, x = np.array([p[2] for p in parts]), np.array([p[3] for p in parts])
        south[row], north[row], lat[row] = y.min(), y.max(), y.mean()
        west[row], east[row], lon[row] = x.min(), x.max(), x.mean()
    edges = [p[0] for _, _, parts in rows for p in parts]
    at_m = np.array([p[1] for _, _, parts in rows for p in parts], np.float64)
    kinds = (STATION_KINDS.index("station"), 0, FOUND_BY.index("station node"))
    kind, network_class, found_by = (np.full(len(rows), code, np.uint8) for code in kinds)
    stations = StationTable(
        name=np.array([words(name) for name, _, _ in rows], np.int32),
        ref=np.array([words(ref) for _, ref, _ in rows], np.int32),
        kind=kind,
        network_class=network_class,
        found_by=found_by,
        osm_id=np.zeros(len(rows), np.int64),
        lat_deg=lat,
        lon_deg=lon,
        south_deg=south,
        west_deg=west,
        north_deg=north,
        east_deg=east,
    )
    tracks = StationTrackTable(
        station=np.repeat(np.arange(len(rows), dtype=np.int32), [len(p) for _, _, p in rows]),
        edge=np.array(edges, np.int32),
        from_m=at_m,
        to_m=at_m.copy(),
        stop_m=at_m.copy(),
        track=np.array([words(p[4]) for _, _, parts in rows for p in parts], np.int32),
        platform=np.full(len(edges), -1, np.int32),
        platform_length_m=np.full(len(edges), np.nan),
    )
    return stations, tracks
