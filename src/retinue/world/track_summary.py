"""What a built world holds and lacks, counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from retinue.world.track_network import (
    FOUND_BY,
    NETWORK_CLASSES,
    NODE_KINDS,
    POINT_KINDS,
    STATION_KINDS,
    UNKNOWN_POWER,
    TrackNetwork,
)

__all__ = ["network_summary"]

_SHARES = {
    "gauge": "gauge",
    "line speed": "speed_forward",
    "electrification": "power",
    "line number": "ref",
    "usage": "usage",
    "train protection": "train_protection",
    "preferred direction": "preferred_direction",
    "axle load": "axle_load",
    "line class": "line_class",
    "loading gauge": "loading_gauge",
}


def network_summary(network: TrackNetwork) -> dict[str, Any]:
    """Return counts, lengths and shares as plain numbers, ready for JSON.

    A share is that of the length of track on which a value is tagged, and of the ways.
    """
    edges, points = network.edges, network.points
    crossings = np.isin(
        points.kind,
        [POINT_KINDS.index(k) for k in ("level_crossing", "foot_crossing", "tram_level_crossing")],
    )
    return {
        "world": str(network.path or ""),
        "extract": network.manifest.get("extract", ""),
        "extract_timestamp": network.manifest.get("extract_timestamp", ""),
        "made_by": network.manifest.get("made_by", ""),
        "box": network.manifest.get("box", []),
        "nodes": len(network.nodes),
        "edges": len(edges),
        "components": int(edges.component.max(initial=-1)) + 1,
        "largest_component_m": float(edges.length_m[edges.component == 0].sum()),
        "classes": {
            name: _class_summary(network, code)
            for code, name in enumerate(NETWORK_CLASSES)
            if (edges.network_class == code).any()
        },
        "gauges_mm": _by_value(network, "gauge", "/"),
        "power_systems": _by_value(network, "power", "; "),
        "node_kinds": _counts(network.nodes.kind, NODE_KINDS),
        "points": _counts(points.kind, POINT_KINDS),
        "crossings_with_road": int((points.road_class[crossings] != 0).sum()),
        "crossings": int(crossings.sum()),
        "stations": _counts(network.stations.kind, STATION_KINDS),
        "stations_found_by": _counts(network.stations.found_by, FOUND_BY),
        "stations_without_name": int((network.stations.name == 0).sum()),
        "platforms": len(network.platforms),
        "standing_tracks": len(network.station_tracks),
        "lineside": len(network.lineside),
        "roads": len(network.roads),
        "bridges_m": _metres(network, "bridge"),
        "tunnels_m": _metres(network, "tunnel"),
        "elevation": _elevation(network),
        "left_out_ways": network.manifest.get("left_out_ways", {}),
        "faults": network.manifest.get("faults", []),
    }


def _counts(codes: Any, names: tuple[str, ...]) -> dict[str, int]:
    number = np.bincount(codes, minlength=len(names))
    return {name: int(number[i]) for i, name in enumerate(names) if number[i]}


def _metres(network: TrackNetwork, name: str) -> float:
    table = network.attributes[name]
    return float((table.to_m - table.from_m).sum())


def _class_summary(network: TrackNetwork, code: int) -> dict[str, Any]:
    mine = network.edges.network_class == code
    total = float(network.edges.length_m[mine].sum())
    ways = np.unique(network.ways.way_id[mine[network.ways.edge]])
    shares = {}
    for label, name in _SHARES.items():
        table = network.attributes[name]
        held = mine[table.edge]
        if name == "power":
            vague = [i for i, keys in enumerate(network.power_sets) if UNKNOWN_POWER in keys]
            held &= ~np.isin(table.value, vague)
        metres = float((table.to_m - table.from_m)[held].sum())
        shares[label] = {
            "of_length": metres / total if total else 0.0,
            "ways": _ways_with(network, name, held),
        }
    return {"length_m": total, "edges": int(mine.sum()), "ways": len(ways), "tagged": shares}


def _ways_with(network: TrackNetwork, name: str, held: Any) -> int:
    """Return how many ways lie in chosen intervals of an attribute."""
    table, ways = network.attributes[name], network.ways
    reach = float(network.edges.length_m.max(initial=0.0)) + 1.0
    low = table.edge[held] * reach + table.from_m[held]
    middle = ways.edge * reach + (ways.from_m + ways.to_m) / 2.0
    row = np.searchsorted(low, middle, side="right") - 1
    sound = row >= 0
    high = table.edge[held] * reach + table.to_m[held]
    inside = np.zeros(len(ways), bool)
    inside[sound] = middle[sound] <= high[row[sound]]
    return len(np.unique(ways.way_id[inside]))


def _by_value(network: TrackNetwork, name: str, joint: str) -> dict[str, float]:
    table = network.attributes[name]
    sets = network.gauge_sets if name == "gauge" else network.power_sets
    metres = np.bincount(table.value, weights=table.to_m - table.from_m, minlength=len(sets))
    found = {joint.join(str(v) for v in values): float(metres[i]) for i, values in enumerate(sets)}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _elevation(network: TrackNetwork) -> dict[str, Any]:
    have = np.diff(network.profile.start) > 0
    record = dict(network.manifest.get("elevation", {}))
    total = float(network.edges.length_m.sum())
    record["of_length"] = float(network.edges.length_m[have].sum()) / total if total else 0.0
    if have.any():
        record["lowest_m"] = float(network.profile.height_m.min())
        record["highest_m"] = float(network.profile.height_m.max())
    return record
