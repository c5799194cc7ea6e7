"""A checker of routes from the raw OpenStreetMap file that shares no code with the project.

It reads ways and nodes itself and knows a route only as rows of node ids, one row for each
run between changes of ends.  It asks of every step: do two nodes follow each other on a way
of a railway in use; does the gauge fit; and at every node where tracks meet, is the bend
possible: the angle between the tracks, 20 m before and behind, 135 to 225 degrees at a
switch, straight within 14 degrees on a crossing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium

IN_USE = {"rail", "narrow_gauge", "light_rail", "subway", "tram", "preserved", "funicular"}
REACH_M = 20.0


@dataclass
class RawRailway:
    """Nodes and steps of the file."""

    place: dict[int, tuple[float, float]] = field(default_factory=dict)
    kind: dict[int, str] = field(default_factory=dict)
    gauges: dict[tuple[int, int], list[set[str]]] = field(default_factory=lambda: defaultdict(list))
    neighbours: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, path: Path) -> RawRailway:
        """Return the railway of a file."""
        raw = cls()
        places: dict[int, tuple[float, float]] = {}
        item: Any
        for item in osmium.FileProcessor(str(path)):
            if item.is_node():
                places[item.id] = (item.location.lat, item.location.lon)
                word = item.tags.get("railway")
                if word in ("railway_crossing", "switch"):
                    raw.kind[item.id] = word
                    if word == "switch" and "slip" in item.tags.get("railway:switch", ""):
                        raw.kind[item.id] = "slip"
            elif item.is_way() and item.tags.get("railway") in IN_USE:
                gauges = {g.strip() for g in item.tags.get("gauge", "").split(";") if g.strip()}
                refs = [node.ref for node in item.nodes]
                for a, b in pairwise(refs):
                    if a != b:
                        raw.gauges[min(a, b), max(a, b)].append(gauges)
                        raw.neighbours[a].add(b)
                        raw.neighbours[b].add(a)
        raw.place = {ref: places[ref] for ref in raw.neighbours if ref in places}
        return raw

    def metres(self, a: int, b: int) -> tuple[float, float]:
        """Return how far b lies east and north of a."""
        (lat1, lon1), (lat2, lon2) = self.place[a], self.place[b]
        scale = 111_195.0
        return (lon2 - lon1) * scale * math.cos(math.radians(lat1)), (lat2 - lat1) * scale

    def towards(self, nodes: Sequence[int], reach_m: float) -> tuple[float, float]:
        """Return the way from the first node to the place so far along a row of nodes."""
        x = y = gone = 0.0
        for a, b in pairwise(nodes):
            dx, dy = self.metres(a, b)
            step = math.hypot(dx, dy)
            share = min((reach_m - gone) / step, 1.0) if step > 0 else 1.0
            x, y, gone = x + share * dx, y + share * dy, gone + step
            if gone >= reach_m:
                break
        return x, y

    def faults(self, nodes: Sequence[int], gauge: str) -> list[str]:
        """Return what is wrong with a run, in words."""
        found = []
        for a, b in pairwise(nodes):
            tracks = self.gauges.get((min(a, b), max(a, b)))
            if tracks is None:
                found.append(f"no track leads from node {a} to {b}")
            elif not any(not known or gauge in known for known in tracks):
                found.append(f"gauge {tracks} between {a} and {b}")
        for i in range(1, len(nodes) - 1):
            before, here, behind = nodes[i - 1], nodes[i], nodes[i + 1]
            if before == behind:
                found.append(f"the train goes back on itself at node {here}")
                continue
            if len(self.neighbours[here]) < 3:
                continue
            one = self.towards(nodes[i::-1], REACH_M)
            two = self.towards(nodes[i:], REACH_M)
            cosine = (one[0] * two[0] + one[1] * two[1]) / (math.hypot(*one) * math.hypot(*two))
            angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
            crossing = self.kind.get(here) == "railway_crossing"
            if angle < (166.0 if crossing else 135.0):
                found.append(f"a bend of {180 - angle:.0f} degrees at node {here}")
        return found
