"""A reference for roads that reads the raw file itself and shares no code with the project.

It knows the road as single segments between raw nodes.  A state is a segment with a direction, so
that bends and turn restrictions count; costs are written down here once more, in the words of
docs/roads.md.  Least costs come from scipy's Dijkstra.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

# km/h on an unsigned road; outside towns 80 and more is the law here (LI, CH, AT), inside 50.
UNSIGNED = {
    "primary": 80, "primary_link": 45, "secondary": 70, "secondary_link": 40, "tertiary": 60,
    "tertiary_link": 35, "unclassified": 50, "road": 40, "residential": 30, "living_street": 10,
    "service": 15, "track": 20, "pedestrian": 7,
}  # fmt: skip
NO_FASTER = {
    "surface": {
        "paving_stones": 60, "sett": 50, "cobblestone": 30, "metal": 50, "wood": 30,
        "unpaved": 40, "compacted": 60, "fine_gravel": 40, "gravel": 40, "pebblestone": 30,
        "ground": 25, "dirt": 25, "earth": 25, "grass": 15, "grass_paver": 20, "clay": 20,
        "sand": 15, "mud": 8,
    },
    "tracktype": {"grade1": 40, "grade2": 25, "grade3": 20, "grade4": 15, "grade5": 10},
    "smoothness": {"bad": 40, "very_bad": 20, "horrible": 10, "very_horrible": 5},
}  # fmt: skip
WIDE_OPEN = {"yes", "permissive", "designated", "official", "public"}
ENDS = {"destination", "customers", "delivery"}
PRIVATE = {"private", "permit", "residents"}
SHUT = {"no", "agricultural", "forestry", "emergency", "military", "psv", "bus"}
GATES = {"gate", "lift_gate", "swing_gate", "sliding_gate"}
THROUGH = {"entrance", "cattle_grid", "border_control", "toll_booth", "kerb", "bump_gate"}


def permission(tags: dict[str, str]) -> str | None:
    """Return open, ends, private or shut as tagged for cars."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        told = {word.strip() for word in tags.get(key, "").split(";")}
        for words, name in (
            (WIDE_OPEN, "open"), (ENDS, "ends"), (PRIVATE, "private"), (SHUT, "shut"),
        ):  # fmt: skip
            if told & words:
                return name
    return None


@dataclass
class RawRoads:
    """States 2 s and 2 s + 1 are segment s along its way and against it."""

    ends: list[tuple[int, int]] = field(default_factory=list)
    way: list[int] = field(default_factory=list)
    metres: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    mass: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    place: dict[int, tuple[float, float]] = field(default_factory=dict)
    stop_s: dict[int, float] = field(default_factory=dict)
    shut: set[int] = field(default_factory=set)
    circles: set[int] = field(default_factory=set)
    bans: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> RawRoads:
        """Return the roads of a file."""
        raw = cls()
        rules: list[tuple[str, list[tuple[str, int, str]]]] = []
        item: Any
        for item in osmium.FileProcessor(str(path)):
            tags = {tag.k: tag.v for tag in item.tags}
            if item.is_node():
                raw.place[item.id] = (item.location.lat, item.location.lon)
                raw._node(item.id, tags)
            elif item.is_way():
                raw._way(item.id, tags, [node.ref for node in item.nodes])
            elif tags.get("type") == "restriction" and "restriction" in tags:
                members = [(m.type, m.ref, m.role) for m in item.members]
                rules.append((tags["restriction"], members))
        for kind, members in rules:
            raw._rule(kind, members)
        return raw

    def _node(self, number: int, tags: dict[str, str]) -> None:
        stop = 0.0
        if tags.get("highway") == "traffic_signals":
            stop += 8.0
        if tags.get("railway") in ("level_crossing", "tram_level_crossing"):
            stop += 5.0
        barrier, told = tags.get("barrier"), permission(tags)
        if barrier in GATES:
            stop += 30.0
        if barrier == "toll_booth":
            stop += 20.0
        if barrier in GATES | THROUGH:
            if told in ("private", "shut"):
                self.shut.add(number)
        elif barrier and told not in ("open", "ends"):
            self.shut.add(number)
        if tags.get("highway") in ("turning_circle", "turning_loop"):
            self.circles.add(number)
        if stop:
            self.stop_s[number] = stop

    def _way(self, number: int, tags: dict[str, str], refs: list[int]) -> None:
        kind = tags.get("highway", "")
        if kind not in UNSIGNED or tags.get("area") == "yes":
            return
        told = permission(tags)
        if kind == "pedestrian" and (
            told not in ("open", "ends") or not {"motorcar", "motor_vehicle", "vehicle"} & set(tags)
        ):
            return
        minor = kind == "track" or tags.get("service") in (
            "driveway", "parking_aisle", "drive-through", "emergency_access",
        )  # fmt: skip
        access = told or ("ends" if minor else "open")
        oneway = tags.get("oneway", "")
        ring = tags.get("junction") in ("roundabout", "circular")
        along = oneway != "-1"
        against = oneway == "-1" or (oneway not in ("yes", "1", "true") and not ring)
        against = against or (ring and oneway == "no")
        kmh = [0.0, 0.0]
        for side, key in enumerate(("maxspeed:forward", "maxspeed:backward")):
            signed = tags.get(key, tags.get("maxspeed"))
            in_town = kind in ("residential", "living_street", "pedestrian")
            usual = min(UNSIGNED[kind], 50.0 if in_town else 80.0)
            kmh[side] = float(signed) if signed else usual
            for tag, most in NO_FASTER.items():
                kmh[side] = min(kmh[side], most.get(tags.get(tag, ""), math.inf))
            if tags.get("ford", "no") != "no":
                kmh[side] = min(kmh[side], 10.0)
            if ring:
                kmh[side] = min(kmh[side], 35.0)
        limits = [
            float(match[0]) if (match := re.match(r"[\d.]+", tags.get(key, ""))) else math.inf
            for key in ("maxheight", "maxweight", "maxwidth")
        ]
        for a, b in pairwise(refs):
            if a == b or a not in self.place or b not in self.place:
                continue
            metres = self._away(a, b)
            self.ends.append((a, b))
            self.way.append(number)
            self.metres.append(metres)
            self.seconds += [metres / (kmh[0] / 3.6), metres / (kmh[1] / 3.6)]
            self.state += [access if along else "shut", access if against else "shut"]
            self.height.append(limits[0])
            self.mass.append(limits[1] * 1000.0)
            self.width.append(limits[2])

    def _away(self, a: int, b: int) -> float:
        (lat1, lon1), (lat2, lon2) = (
            tuple(math.radians(v) for v in self.place[node]) for node in (a, b)
        )
        # The chord and its arc, on the sphere of mean radius.
        x = math.cos(lat2) * math.cos(lon2) - math.cos(lat1) * math.cos(lon1)
        y = math.cos(lat2) * math.sin(lon2) - math.cos(lat1) * math.sin(lon1)
        z = math.sin(lat2) - math.sin(lat1)
        return 2 * 6_371_008.8 * math.asin(math.sqrt(x * x + y * y + z * z) / 2)

    def begin(self, state: int) -> int:
        return self.ends[state >> 1][state & 1]

    def end(self, state: int) -> int:
        return self.ends[state >> 1][1 - (state & 1)]

    def _rule(self, kind: str, members: list[tuple[str, int, str]]) -> None:
        role = {name: (what, ref) for what, ref, name in members}
        if set(role) != {"from", "via", "to"} or role["via"][0] != "n":
            raise AssertionError("the file holds a restriction that this reference cannot read")
        node = role["via"][1]
        states = [s for s in range(len(self.state)) if self.state[s] != "shut"]
        came = [s for s in states if self.way[s >> 1] == role["from"][1] and self.end(s) == node]
        goes = [s for s in states if self.way[s >> 1] == role["to"][1] and self.begin(s) == node]
        if len(came) != 1 or len(goes) != 1:
            return
        if kind.startswith("no_"):
            self.bans.add((came[0], goes[0]))
        else:
            self.bans |= {(came[0], s) for s in states if self.begin(s) == node and s != goes[0]}

    def arcs(self) -> dict[tuple[int, int], float]:
        """Return what each permitted move costs, without the state that it leads to."""
        leaving: dict[int, list[int]] = defaultdict(list)
        arms: dict[int, int] = defaultdict(int)
        for s in range(len(self.state)):
            leaving[self.begin(s)].append(s)
            arms[self.begin(s)] += 1
        usable = [word in ("open", "ends") for word in self.state]
        found: dict[tuple[int, int], float] = {}
        for s in range(len(self.state)):
            if not usable[s]:
                continue
            node = self.end(s)
            onward = [
                t for t in leaving[node]
                if t != s ^ 1 and usable[t] and (s, t) not in self.bans and node not in self.shut
            ]  # fmt: skip
            for t in onward:
                cost = self.stop_s.get(node, 0.0)
                if arms[node] > 2:
                    cost += 10.0 * (1.0 - self._straightness(s, t)) / 2.0
                if (self.state[s] == "ends") != (self.state[t] == "ends"):
                    cost += 1800.0
                found[s, t] = cost
            back = s ^ 1
            if usable[back] and (s, back) not in self.bans and (not onward or node in self.circles):
                found[s, back] = 60.0
        return found

    def _straightness(self, s: int, t: int) -> float:
        node = self.place[self.end(s)][0]
        ax, ay = self._way_of(s, node)
        bx, by = self._way_of(t, node)
        return (ax * bx + ay * by) / (math.hypot(ax, ay) * math.hypot(bx, by))

    def _way_of(self, s: int, lat: float) -> tuple[float, float]:
        (lat1, lon1), (lat2, lon2) = self.place[self.begin(s)], self.place[self.end(s)]
        return (lon2 - lon1) * math.cos(math.radians(lat)), lat2 - lat1


@dataclass
class RawSearch:
    """Least costs between segments for one vehicle."""

    raw: RawRoads
    height_m: float = 0.0
    mass_kg: float = 0.0
    width_m: float = 0.0

    def __post_init__(self) -> None:
        raw = self.raw
        fits = [
            raw.height[s] >= self.height_m
            and raw.mass[s] >= self.mass_kg
            and raw.width[s] >= self.width_m
            for s in range(len(raw.ends))
        ]
        arcs = {
            (s, t): cost + raw.seconds[t]
            for (s, t), cost in raw.arcs().items()
            if fits[s >> 1] and fits[t >> 1]
        }
        self.fits = fits
        self.arcs = arcs
        rows, columns = np.array(list(arcs)).T
        count = len(raw.state)
        # scipy takes an arc of no cost for no arc.
        weight = np.maximum(np.array(list(arcs.values())), 1e-12)
        self.matrix = csr_matrix((weight, (rows, columns)), shape=(count, count))

    def cost(self, one: int, one_share: float, two: int, two_share: float) -> float:
        """Return the least cost from a share of a segment to a share of another."""
        raw = self.raw
        best = math.inf
        seconds = raw.seconds
        starts = [
            (s, share)
            for s, share in ((2 * one, one_share), (2 * one + 1, 1.0 - one_share))
            if raw.state[s] in ("open", "ends") and self.fits[one]
        ]
        goals = [
            (s, share)
            for s, share in ((2 * two, two_share), (2 * two + 1, 1.0 - two_share))
            if raw.state[s] in ("open", "ends") and self.fits[two]
        ]
        if not starts or not goals:
            return best
        table = dijkstra(self.matrix, indices=[s for s, _ in starts])
        for row, (s, behind) in enumerate(starts):
            for t, run in goals:
                if s == t and run >= behind:
                    best = min(best, (run - behind) * seconds[s])
                    continue
                if s == t:
                    # Round the block, back onto the same segment.
                    far = min(
                        (
                            float(table[row, u]) + self.arcs[u, s]
                            for u in self.matrix[:, [s]].nonzero()[0].tolist()
                            if u != s
                        ),
                        default=math.inf,
                    )
                else:
                    far = float(table[row, t])
                best = min(best, (1.0 - behind) * seconds[s] + far - (1.0 - run) * seconds[t])
        return best

    def pieces(self) -> np.ndarray[Any, Any]:
        """Return for each segment the length of all that hangs together with it."""
        raw = self.raw
        count = len(raw.ends)
        pairs = np.array([(s >> 1, t >> 1) for s, t in self.arcs]).T
        table = csr_matrix((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(count, count))
        _, label = connected_components(table, directed=False)
        metres = np.bincount(label, weights=np.array(raw.metres))
        return np.asarray(metres[label])
