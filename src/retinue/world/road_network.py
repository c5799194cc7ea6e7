"""Roads of one extract as columns: what `retinue world build` stores beside the tracks.

States of a search are directed edges: ``2 * edge`` along it, ``2 * edge + 1`` against it.
All that a search costs a car is in the network itself (speeds, stops, bends), so that a world
means the same whatever table a later version ships; vehicles' measures and closures only add.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.array_file import read_arrays
from retinue.world.road_route import PointKind
from retinue.world.road_tables import (
    RoadBanTable,
    RoadEdgeTable,
    RoadGridTable,
    RoadHavenTable,
    RoadNodeTable,
    RoadPointTable,
    RoadShapeTable,
)
from retinue.world.track_network import MANIFEST, load_manifest, rebuild_cure
from retinue.world.track_tables import Table, TextPool

__all__ = ["POINT_KINDS", "RoadNetwork", "load_road_network"]

POINT_KINDS: tuple[PointKind, ...] = ("level_crossing", "signals", "barrier", "toll", "border")
"""Kinds of points that are stored; junctions follow from the network."""

_TABLES: dict[str, type[Table]] = {
    "nodes": RoadNodeTable,
    "edges": RoadEdgeTable,
    "shapes": RoadShapeTable,
    "points": RoadPointTable,
    "bans": RoadBanTable,
    "havens": RoadHavenTable,
    "grid": RoadGridTable,
}


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads, what lies in them and beside them.

    Attributes
    ----------
    record
        Costs of the search (``costs``), counts and faults, as the importer wrote them.
    index
        The stored hierarchy of the open network (`RoadRouter`); empty: built when used.
    source
        The extract's name and day, for plans.
    """

    nodes: RoadNodeTable
    edges: RoadEdgeTable
    shapes: RoadShapeTable
    points: RoadPointTable
    bans: RoadBanTable
    havens: RoadHavenTable
    grid: RoadGridTable
    text: TextPool
    record: dict[str, Any]
    index: dict[str, NDArray[Any]] = field(default_factory=dict)
    source: str = ""

    def __repr__(self) -> str:
        return (
            f"RoadNetwork({len(self.nodes):,} nodes, {len(self.edges):,} edges, "
            f"{float(self.edges.length_m.sum()) / 1000:,.0f} km)"
        )

    def cost(self, name: str) -> float:
        """Return one of the costs of the search in s, e.g. ``bend``."""
        return float(self.record["costs"][name])

    def shape_rows(self, edge: int) -> slice:
        """Return the rows of `shapes` that draw an edge."""
        return slice(int(self.edges.shape_start[edge]), int(self.edges.shape_start[edge + 1]))

    def position(self, edge: int, distance_m: float) -> tuple[float, float]:
        """Return latitude and longitude of a place on an edge, in degrees."""
        rows = self.shape_rows(edge)
        along = self.shapes.distance_m[rows]
        return (
            float(np.interp(distance_m, along, self.shapes.lat_deg[rows])),
            float(np.interp(distance_m, along, self.shapes.lon_deg[rows])),
        )

    def road_name(self, edge: int) -> str:
        """Return name and number of a road, else its class."""
        words = [self.text[self.edges.name[edge]], self.text[self.edges.ref[edge]]]
        told = ", ".join(word for word in words if word)
        return told or self.text[self.edges.road_class[edge]].replace("_", " ")

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name, to be written."""
        found: dict[str, NDArray[Any]] = {}
        for name in _TABLES:
            found |= getattr(self, name).arrays(name)
        found |= {"text/blob": self.text.blob, "text/start": self.text.start}
        return found | {f"index/{name}": column for name, column in self.index.items()}


def load_road_network(path: Path) -> RoadNetwork | None:
    """Map the roads of a built world; None where it holds none.

    Raises
    ------
    InputError
        Where the folder is no world, is broken, or of another format version; then the
        cure names the command that builds it again.
    """
    manifest = load_manifest(path)
    cure = rebuild_cure(path, manifest)
    try:
        entry = manifest["parts"].get("roads")
        if entry is None:
            return None
        arrays = read_arrays(path, entry, cure=cure)
        tables: dict[str, Any] = {
            name: table.from_arrays(name, arrays) for name, table in _TABLES.items()
        }
        stamp = str(manifest.get("extract_timestamp") or "")[:10]
        return RoadNetwork(
            **tables,
            text=TextPool(arrays["text/blob"], arrays["text/start"]),
            record=dict(manifest["roads"]),
            index={
                name.removeprefix("index/"): column
                for name, column in arrays.items()
                if name.startswith("index/")
            },
            source=f"OpenStreetMap extract {manifest.get('extract', '')} {stamp}".strip(),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "the manifest of the world is broken", where=str(path / MANIFEST), cure=cure
        ) from error
