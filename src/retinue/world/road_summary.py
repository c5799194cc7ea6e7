"""What the road network of a built world holds and lacks, counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from retinue.world.road_extract import HAVEN_KINDS
from retinue.world.road_network import POINT_KINDS, RoadNetwork
from retinue.world.road_tag_values import Access

__all__ = ["road_summary"]


def road_summary(network: RoadNetwork | None) -> dict[str, Any] | None:
    """Return counts, lengths and shares as plain numbers, ready for JSON; None: no roads."""
    if network is None:
        return None
    edges = network.edges
    total = float(edges.length_m.sum())

    def metres(mask: Any) -> float:
        return float(edges.length_m[mask].sum())

    codes = np.unique(edges.road_class)
    classes = {network.text[code]: metres(edges.road_class == code) for code in codes}
    access = np.minimum(edges.access_forward, edges.access_backward)
    signed = (edges.assumed_forward == 0) | (edges.assumed_backward == 0)
    tagged = {
        "speed limit": signed,
        "surface": edges.surface != 0,
        "lanes": edges.lanes > 0,
        "one-way": np.isin(edges.oneway, (1, -1)),
        "for residents only": access == Access.ENDS,
        "private": access == Access.PRIVATE,
        "closed to cars": access == Access.CLOSED,
    }
    counts = {
        "bridges": int(edges.bridge.sum()),
        "tunnels": int(edges.tunnel.sum()),
        "height limits": int(np.isfinite(edges.max_height_m).sum()),
        "mass limits": int(np.isfinite(edges.max_mass_kg).sum()),
        "turn restrictions": int(network.record.get("restrictions", 0)),
    }
    for code, kind in enumerate(POINT_KINDS):
        counts[kind.replace("_", " ")] = int((network.points.kind == code).sum())
    for code, name in enumerate(HAVEN_KINDS):
        counts[name.replace("_", " ")] = int((network.havens.kind == code).sum())
    return {
        "nodes": len(network.nodes),
        "edges": len(edges),
        "length_m": total,
        "classes_m": dict(sorted(classes.items(), key=lambda item: (-item[1], item[0]))),
        "tagged": {name: metres(mask) / total if total else 0.0 for name, mask in tagged.items()},
        "counts": {name: number for name, number in counts.items() if number},
        "pieces": int(edges.component.max(initial=-1)) + 1,
        "faults": network.record.get("faults", []),
    }
