"""What stands in a road: barriers, signals, crossings, toll booths, and what passing them costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from retinue.world.osm_tags import Faults
from retinue.world.road_extract import RoadNode
from retinue.world.road_speed_table import RoadCosts
from retinue.world.road_tag_values import Access, access_of, length_m, mass_kg

__all__ = ["NodeThing", "node_thing"]

_OPEN = (
    "entrance", "cattle_grid", "border_control", "toll_booth", "kerb", "bump_gate",
    "height_restrictor", "checkpoint", "no", "speed_bump", "rumble_strip", "coupure",
)  # fmt: skip
_GATES = (
    "gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate",
    "sally_port", "rising_bollard", "rolling_gate",
)  # fmt: skip
_SHUT = (
    "bollard", "block", "cycle_barrier", "motorcycle_barrier", "jersey_barrier", "chain", "log",
    "stile", "turnstile", "full-height_turnstile", "kissing_gate", "horse_stile", "bus_trap",
    "sump_buster", "debris", "planter", "wedge", "barrier_board", "rope", "spikes", "wicket_gate",
    "wall", "fence", "hedge", "guard_rail", "retaining_wall", "city_wall", "ditch", "bar",
    "tank_trap", "delineators", "yes",
)  # fmt: skip


@dataclass(frozen=True)
class NodeThing:
    """What a node is to a car.

    Attributes
    ----------
    kinds
        Words of `POINT_KINDS`.
    name
        Kind of the barrier, or nothing.
    stops
        Whether it costs time or keeps somebody out, so that an edge has to end here.
    """

    kinds: tuple[str, ...] = ()
    name: str = ""
    passage: Access = Access.OPEN
    cost_s: float = 0.0
    max_height_m: float = math.inf
    max_width_m: float = math.inf
    max_mass_kg: float = math.inf
    turning: bool = False


def node_thing(node: RoadNode, costs: RoadCosts, faults: Faults) -> NodeThing:
    """Return what a tagged node on a road is to a car."""
    tags, where = node.tags, f"node {node.osm_id}"
    kinds: list[str] = []
    cost = 0.0
    passage, name = Access.OPEN, ""
    barrier = tags.get("barrier", "")
    if barrier == "bollard" and tags.get("bollard") == "rising":
        barrier = "rising_bollard"
    if barrier and barrier != "no":
        passage, opened = _barrier(barrier, tags, where, faults)
        name = barrier
        if barrier == "border_control":
            kinds.append("border")
        elif barrier == "toll_booth":
            kinds.append("toll")
            cost += costs.toll
        elif barrier not in ("entrance", "kerb", "cattle_grid", "speed_bump", "rumble_strip"):
            kinds.append("barrier")
        if opened:
            cost += costs.gate
    highway = tags.get("highway", "")
    if highway == "traffic_signals":
        kinds.append("signals")
        cost += costs.signals
    elif highway == "toll_gantry":
        kinds.append("toll")
    if tags.get("railway") in ("level_crossing", "tram_level_crossing"):
        kinds.append("level_crossing")
        cost += costs.level_crossing
    limits = []
    for key in ("maxheight", "maxwidth"):
        text = tags.get(key, "")
        told = length_m(text, key, where, faults) if text else None
        limits.append(math.inf if told is None else told)
    text = tags.get("maxweight", "")
    mass = mass_kg(text, "maxweight", where, faults) if text else None
    return NodeThing(
        tuple(kinds),
        name,
        passage,
        cost,
        limits[0],
        limits[1],
        math.inf if mass is None else mass,
        highway in ("turning_circle", "turning_loop"),
    )


def _barrier(
    barrier: str, tags: Mapping[str, str], where: str, faults: Faults
) -> tuple[Access, bool]:
    """Return who passes a barrier, and whether it has to be opened."""
    told = access_of(tags, "", where, faults)
    if barrier in _OPEN or barrier in _GATES:
        shut = told if told is not None and told >= Access.PRIVATE else Access.OPEN
        return shut, barrier in _GATES
    if barrier not in _SHUT:
        faults.add("barrier of an unknown kind, taken for shut", f"{where}: {barrier}")
    if told is not None and told < Access.PRIVATE:
        return Access.OPEN, False
    return Access.CLOSED, False
