"""What an extract holds for roads beside the ways: nodes on them, turn restrictions, havens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from retinue.world.osm_tags import Faults, split_list
from retinue.world.road_route import HavenKind

__all__ = ["HAVEN_KINDS", "HavenThing", "RoadNode", "RoadThings", "TurnRule"]

HAVEN_KINDS: tuple[HavenKind, ...] = ("hospital", "police", "fire_station", "aerodrome", "helipad")
_NODE_WORDS = ("traffic_signals", "turning_circle", "turning_loop", "toll_gantry")
_RULES = (
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
)  # fmt: skip
_FOR_CARS = ("motorcar", "motor_vehicle", "vehicle")


@dataclass(frozen=True)
class RoadNode:
    """A tagged node that may lie on a road."""

    osm_id: int
    tags: dict[str, str]


@dataclass(frozen=True)
class TurnRule:
    """A turn restriction as drawn: ``no_left_turn``, ``only_straight_on``, ..."""

    osm_id: int
    kind: str
    from_ways: tuple[int, ...]
    via_node: int
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


@dataclass(frozen=True)
class HavenThing:
    """A hospital, police station, ... as drawn; its position is the middle of its outline."""

    kind: str
    name: str
    osm_id: str
    lat_deg: float
    lon_deg: float


@dataclass
class RoadThings:
    """All of them, in the file's order.

    Attributes
    ----------
    nodes
        By their number.
    faults
        What was left out, and what the road tags say that cannot be read.
    """

    nodes: dict[int, RoadNode] = field(default_factory=dict)
    rules: list[TurnRule] = field(default_factory=list)
    havens: list[HavenThing] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def take_node(self, item: Any, tags: dict[str, str]) -> None:
        """Take a node."""
        if (
            "barrier" in tags
            or tags.get("highway") in _NODE_WORDS
            or tags.get("railway") in ("level_crossing", "tram_level_crossing")
        ):
            self.nodes[item.id] = RoadNode(item.id, tags)
        kind = haven_kind(tags)
        if kind and item.location.valid():
            self.havens.append(
                HavenThing(kind, tags.get("name", ""), f"node {item.id}",
                           item.location.lat, item.location.lon)
            )  # fmt: skip

    def take_way(self, item: Any, tags: dict[str, str]) -> None:
        """Take a way: the outline of a haven."""
        kind = haven_kind(tags)
        if not kind:
            return
        places = [(n.lat, n.lon) for n in item.nodes if n.location.valid()]
        if places:
            lat, lon = np.mean(places[:-1] if len(places) > 1 else places, axis=0).tolist()
            self.havens.append(HavenThing(kind, tags.get("name", ""), f"way {item.id}", lat, lon))

    def take_relation(self, item: Any, tags: dict[str, str]) -> None:
        """Take a relation: a turn restriction."""
        where, faults = f"relation {item.id}", self.faults
        if haven_kind(tags):
            faults.add("haven drawn as a relation, left out", where)
        if tags.get("type") != "restriction":
            return
        kind = next(
            (tags[key] for key in (*(f"restriction:{w}" for w in _FOR_CARS), "restriction")
             if key in tags), ""
        )  # fmt: skip
        if any(key.endswith(":conditional") for key in tags) or "day_on" in tags:
            faults.add("conditional turn restriction, passed over", where)
        if not kind:
            return
        if any(word in _FOR_CARS for word in split_list(tags.get("except", ""))):
            return
        if kind not in _RULES:
            faults.add("turn restriction that cannot be read", f"{where}: {kind}")
            return
        members: dict[tuple[str, str], list[int]] = {}
        for member in item.members:
            members.setdefault((member.type, member.role), []).append(member.ref)
        from_ways = tuple(members.get(("w", "from"), ()))
        to_ways = tuple(members.get(("w", "to"), ()))
        via_nodes, via_ways = members.get(("n", "via"), []), members.get(("w", "via"), [])
        many = kind in ("no_entry", "no_exit")
        sound = from_ways and to_ways and (len(via_nodes) == 1) != bool(via_ways)
        if not sound or (not many and (len(from_ways) > 1 or len(to_ways) > 1)):
            faults.add("incomplete turn restriction, left out", f"{where}: {kind}")
            return
        self.rules.append(
            TurnRule(item.id, kind, from_ways, via_nodes[0] if via_nodes else 0,
                     tuple(via_ways), to_ways)
        )  # fmt: skip


def haven_kind(tags: Mapping[str, str]) -> str:
    """Return the kind of haven that an object is, or nothing."""
    for key in ("amenity", "aeroway"):
        if tags.get(key) in HAVEN_KINDS:
            return tags[key]
    return ""
