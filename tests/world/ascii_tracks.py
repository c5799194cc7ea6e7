"""Networks drawn with characters, so that a test shows the track that it is about.

    A------s------B        letters are nodes: ends, joints and switches by their tracks
            \\              x is a diamond, X a double slip, % a single slip
             -----C        a column is 20 m, a row 5 m: a slope of 14 degrees

Edges run from west to east.  `Drawn.edge("AB")` names one by its nodes; where two edges join the
same nodes, the upper one is ``AB`` and the lower ``AB2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from retinue.world.track_assembly import TrackDrawing, assemble
from retinue.world.track_moves import state
from retinue.world.track_network import TrackNetwork

KINDS = {"x": "diamond", "X": "double_slip", "%": "single_slip"}
METRES_PER_DEGREE = 6_371_008.8 * np.pi / 180.0
LAT0, LON0 = 50.0, 7.0


@dataclass(frozen=True, eq=False)
class Drawn:
    """A network with the names of its nodes and edges."""

    network: TrackNetwork
    nodes: dict[str, int]
    edges: dict[str, int]

    def edge(self, name: str) -> int:
        """Return the number of an edge by its two nodes from west to east."""
        return self.edges[name]

    def state(self, name: str) -> int:
        """Return the state that runs from the first named node to the second."""
        if name in self.edges:
            return state(self.edges[name], 1)
        return state(self.edges[name[1::-1] + name[2:]], -1)

    def way(self, states: Any) -> str:
        """Return a row of states as edges in the direction run, e.g. ``As sB``."""
        names = {number: name for name, number in self.edges.items()}
        words = []
        for number in np.asarray(states).tolist():
            name = names[number >> 1]
            words.append(name if number % 2 == 0 else name[1::-1] + name[2:])
        return " ".join(words)


def drawn(
    picture: str,
    tags: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    column_m: float = 20.0,
    row_m: float = 5.0,
    **everywhere: Any,
) -> Drawn:
    """Return the network of a picture.

    Parameters
    ----------
    tags
        By edge its attributes (whole edge), by the names and meanings of `TrackNetwork`.
    everywhere
        Attributes of all edges that do not set them.
    """
    rows = picture.strip("\n").splitlines()
    cells = {(r, c): char for r, line in enumerate(rows) for c, char in enumerate(line)}
    nodes = {
        place: char for place, char in sorted(cells.items()) if char.isalpha() or char in KINDS
    }
    number = {place: i for i, place in enumerate(nodes)}
    found: list[tuple[tuple[int, int], tuple[int, int], list[tuple[int, int]]]] = []
    for r, c in nodes:
        for first in _east(cells, nodes, (r, c)):
            line = [(r, c), first]
            while line[-1] not in nodes:
                onward = _east(cells, nodes, line[-1])
                assert len(onward) == 1, f"the track at {line[-1]} does not go on in one place"
                line.append(onward[0])
            found.append(((r, c), line[-1], line))
    edges: dict[str, int] = {}
    attributes: dict[str, list[tuple[int, float, float, Any]]] = {}
    lat: list[float] = []
    lon: list[float] = []
    start = [0]
    for index, (one, two, line) in enumerate(found):
        name = nodes[one] + nodes[two]
        copies = sum(known[:2] == name for known in edges)
        edges[name if not copies else f"{name}{copies + 1}"] = index
        lat += [_lat(r, row_m) for r, _ in line]
        lon += [_lon(c, column_m) for _, c in line]
        start.append(len(lat))
    for name in tags or {}:
        assert name in edges, f"no edge {name} in {sorted(edges)}"
    for name, index in edges.items():
        for key, meaning in {**everywhere, **(tags or {}).get(name, {})}.items():
            if meaning is not None:
                attributes.setdefault(key, []).append((index, 0.0, np.inf, meaning))
    drawing = TrackDrawing(
        lat_deg=[_lat(r, row_m) for r, _ in nodes],
        lon_deg=[_lon(c, column_m) for _, c in nodes],
        kind=[_kind(place, nodes[place], found) for place in nodes],
        from_node=[number[one] for one, _, _ in found],
        to_node=[number[two] for _, two, _ in found],
        shape_start=start,
        shape_lat_deg=lat,
        shape_lon_deg=lon,
        attributes=attributes,
    )
    network = assemble(drawing)
    return Drawn(network, {char: number[place] for place, char in nodes.items()}, edges)


def _east(
    cells: Mapping[tuple[int, int], str],
    nodes: Mapping[tuple[int, int], str],
    place: tuple[int, int],
) -> list[tuple[int, int]]:
    """Return the cells where the track in a cell goes on to the east."""
    r, c = place
    own = cells[place]
    up, level, down = (r - 1, c + 1), (r, c + 1), (r + 1, c + 1)
    found = []
    if own != "/" and own != "\\" and (cells.get(level) == "-" or level in nodes):
        found.append(level)
    if own == "/" and (cells.get(up) in ("-", "/") or up in nodes):
        found.append(up)
    if own == "\\" and (cells.get(down) in ("-", "\\") or down in nodes):
        found.append(down)
    if own in ("-",) or place in nodes:
        if cells.get(up) == "/":
            found.append(up)
        if cells.get(down) == "\\":
            found.append(down)
        if place not in nodes:
            found = found[:1]
    return found


def _kind(place: tuple[int, int], char: str, found: list[Any]) -> str:
    if char in KINDS:
        return KINDS[char]
    legs = sum((one == place) + (two == place) for one, two, _ in found)
    return {1: "end", 2: "joint"}.get(legs, "switch")


def _lat(row: int, row_m: float) -> float:
    return LAT0 - row * row_m / METRES_PER_DEGREE


def _lon(column: int, column_m: float) -> float:
    return LON0 + column * column_m / (METRES_PER_DEGREE * float(np.cos(np.radians(LAT0))))
