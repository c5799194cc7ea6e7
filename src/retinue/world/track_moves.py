r"""The movement table: from which track to which a train can run at a node.

A *state* is an edge with a direction: ``2 * edge`` runs with it, ``2 * edge + 1`` against
it.  A *move* leads from a state that ends at a node to one that begins there::

          C ----.                      A to C and back, A to D and back: the bend is small
                 \\                    C to D: a hairpin, no train can do it, but it can
       A ---------+--------- D        run to A until its tail has passed the switch, stop,
                  toe at A            change ends, and come back: a *reversal*

What decides is the angle between the tracks, taken `REACH_M` along their geometry and not
over the first segment, which a mapper may have drawn as short as he liked:

==================  =======================================================================
switch, three-way   edges meet at 135 to 225 degrees (`LEAST_SWITCH_DEG`)
slips               the same; a single slip's one curve is not tagged: both are allowed
diamond             straight across: within `MOST_BEND_DEG` of 180, each track its best partner
joint               two ends of one track: any bend of less than `MOST_JOINT_BEND_DEG`
turntable           as a switch; trains are not turned on it
told                where the source states the ways through a node (`TurnTable`): those
==================  =======================================================================

A reversal at a node needs as much track beyond the node as the train is long (`rooms`), and
not at the node where it turns, but behind it: the tail has to clear the switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.track_index import MoveGraph
from retinue.world.track_network import NODE_KINDS, TrackNetwork

__all__ = [
    "LEAST_SWITCH_DEG",
    "MOST_BEND_DEG",
    "MOST_JOINT_BEND_DEG",
    "REACH_M",
    "MoveTable",
    "backward",
    "edge_of",
    "end_directions",
    "move_table",
    "rooms",
    "state",
]

REACH_M = 20.0
"""How far along the track its direction at a node is taken."""
LEAST_SWITCH_DEG = 135.0
MOST_BEND_DEG = 14.0
MOST_JOINT_BEND_DEG = 80.0
"""The sharpest railway curve (25 m of a tramway) bends by 46 degrees in 20 m."""
DIVERGING_DEG = 1.0
"""The straight leg of a switch bends less than the other by at least this."""

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_I = "int32[::1]"
_F = "float64[::1]"
_B = "boolean[::1]"


def state(edge: int, direction: int) -> int:
    """Return the state of an edge run with (1) or against (-1) its direction."""
    return 2 * edge + (0 if direction > 0 else 1)


def edge_of(number: int) -> tuple[int, int]:
    """Return edge and direction (1 or -1) of a state."""
    return number >> 1, -1 if number & 1 else 1


def backward(number: int) -> int:
    """Return the state of the same edge in the other direction."""
    return number ^ 1


@dataclass(frozen=True, eq=False)
class MoveTable:
    """All moves of a network, grouped by the state that they leave.

    Attributes
    ----------
    graph
        States and moves.
    through
        The first state of the track on which the train stands to change ends; -1 for a
        move straight on.
    diverging
        Whether the move takes the curved leg of a switch.
    uncertain
        Whether the move is taken for possible because nobody tagged that it is not.
    bend_deg
        Deviation from straight (of a reversal: of its way out).
    closed_joints
        Nodes where two tracks meet at an angle that no train runs.
    """

    graph: MoveGraph
    through: Ints
    diverging: Mask
    uncertain: Mask
    bend_deg: Floats
    closed_joints: Ints

    @cached_property
    def reversal(self) -> Mask:
        """Whether each move is a reversal."""
        return self.through >= 0

    @cached_property
    def straight(self) -> MoveGraph:
        """States with the moves that are no reversals."""
        return self.graph.only(~self.reversal)


@njit(f"Tuple(({_F}, {_F}))(int64, int64[::1], {_F}, {_F}, {_F}, float64)", cache=True)
def end_directions(
    edges: int,
    shape_start: NDArray[np.int64],
    lat: Floats,
    lon: Floats,
    along: Floats,
    reach: float,
) -> tuple[Floats, Floats]:
    """Return unit vectors east and north from both ends of every edge, at 2 * edge + end."""
    east, north = np.empty(2 * edges), np.empty(2 * edges)
    for edge in range(edges):
        low, high = shape_start[edge], shape_start[edge + 1] - 1
        length = along[high]
        for end in range(2):
            step = 1 if end == 0 else -1
            here = low if end == 0 else high
            # The direction is to the place at `reach`, by interpolation on its segment.
            at = here
            stop = high if end == 0 else low
            gone = 0.0
            while at != stop:
                at += step
                gone = along[at] if end == 0 else length - along[at]
                if gone >= reach:
                    break
            before = at - step if at != here else at
            behind = along[before] if end == 0 else length - along[before]
            share = 1.0
            if gone > reach and gone > behind:
                share = (reach - behind) / (gone - behind)
            to_lat = lat[before] + share * (lat[at] - lat[before])
            to_lon = lon[before] + share * (lon[at] - lon[before])
            dy = to_lat - lat[here]
            dx = to_lon - lon[here]
            if dx > 180.0:
                dx -= 360.0
            elif dx < -180.0:
                dx += 360.0
            dx *= np.cos(np.radians(lat[here]))
            size = np.sqrt(dx * dx + dy * dy)
            if size == 0.0:
                size = 1.0
            east[2 * edge + end] = dx / size
            north[2 * edge + end] = dy / size
    return east, north


@njit(
    f"Tuple(({_I}, {_I}, {_I}, {_B}, {_B}, {_F}, {_I}))(int64[::1], {_I}, uint8[::1], uint8[::1], "
    f"{_F}, {_F}, float64, float64, float64, float64, int64[::1], {_I}, {_I})",
    cache=True,
)
def _moves(
    edge_start: NDArray[np.int64],
    incident: Ints,
    incident_end: NDArray[np.uint8],
    rule: NDArray[np.uint8],
    east: Floats,
    north: Floats,
    least_switch: float,
    most_bend: float,
    most_joint: float,
    apart: float,
    told_start: NDArray[np.int64],
    told_one: Ints,
    told_two: Ints,
) -> tuple[Ints, Ints, Ints, Mask, Mask, Floats, Ints]:
    """Return tail, head, through, diverging, uncertain and bend of all moves; closed joints.

    `rule` is 0 for an ordinary node, 1 for a diamond, 2 for a single slip; `told_one` and
    `told_two` are legs of a node between which the source states a way.
    """
    room = 8 * len(incident) + 64
    tail, head = np.empty(room, np.int32), np.empty(room, np.int32)
    through, bend = np.empty(room, np.int32), np.empty(room, np.float64)
    diverging, uncertain = np.empty(room, np.bool_), np.empty(room, np.bool_)
    closed = np.empty(len(rule), np.int32)
    closed_count = 0
    count = 0
    for node in range(len(rule)):
        low = edge_start[node]
        legs = edge_start[node + 1] - low
        if legs < 2:
            continue
        deviation = np.empty((legs, legs))
        allowed = np.zeros((legs, legs), np.bool_)
        least = np.full(legs, 360.0)
        for i in range(legs):
            a = 2 * incident[low + i] + incident_end[low + i]
            for j in range(legs):
                b = 2 * incident[low + j] + incident_end[low + j]
                cosine = -(east[a] * east[b] + north[a] * north[b])
                deviation[i, j] = np.degrees(np.arccos(min(max(cosine, -1.0), 1.0)))
        for i in range(legs):
            for j in range(legs):
                if i == j:
                    continue
                if told_start[node + 1] > told_start[node]:
                    fits = False
                    for row in range(told_start[node], told_start[node + 1]):
                        one, two = told_one[row], told_two[row]
                        fits = fits or (one == i and two == j) or (one == j and two == i)
                elif rule[node] == 1 and legs > 2:
                    # Each track of a crossing goes on in its own best partner.
                    fits = deviation[i, j] <= most_bend
                    for k in range(legs):
                        if k != i and k != j:
                            fits = fits and deviation[i, j] <= deviation[i, k]
                            fits = fits and deviation[i, j] <= deviation[j, k]
                elif legs == 2:
                    fits = deviation[i, j] < most_joint
                else:
                    fits = deviation[i, j] <= 180.0 - least_switch
                allowed[i, j] = fits
                if fits:
                    least[i] = min(least[i], deviation[i, j])
        if legs == 2 and not allowed[0, 1]:
            closed[closed_count] = node
            closed_count += 1
        for i in range(legs):
            arrives = 2 * incident[low + i] + (1 if incident_end[low + i] == 0 else 0)
            for j in range(legs):
                if not allowed[i, j]:
                    continue
                departs = 2 * incident[low + j] + (0 if incident_end[low + j] == 0 else 1)
                if count + legs + 1 > room:
                    room *= 2
                    tail = np.concatenate((tail, np.empty_like(tail)))
                    head = np.concatenate((head, np.empty_like(head)))
                    through = np.concatenate((through, np.empty_like(through)))
                    bend = np.concatenate((bend, np.empty_like(bend)))
                    diverging = np.concatenate((diverging, np.empty_like(diverging)))
                    uncertain = np.concatenate((uncertain, np.empty_like(uncertain)))
                curved = deviation[i, j] > min(least[i], 360.0) + apart
                curved = legs > 2 and (curved or deviation[i, j] > least[j] + apart)
                tail[count], head[count], through[count] = arrives, departs, -1
                bend[count] = deviation[i, j]
                diverging[count] = curved
                told = told_start[node + 1] > told_start[node]
                uncertain[count] = rule[node] == 2 and curved and not told
                count += 1
                for k in range(legs):
                    if k in (i, j) or not allowed[j, k] or allowed[i, k]:
                        continue
                    tail[count] = arrives
                    head[count] = 2 * incident[low + k] + (0 if incident_end[low + k] == 0 else 1)
                    through[count] = departs
                    bend[count] = deviation[i, j]
                    # Both passages of the switch count where they are curved.
                    diverging[count] = False
                    uncertain[count] = rule[node] == 2 and not told
                    count += 1
    return (
        tail[:count].copy(),
        head[:count].copy(),
        through[:count].copy(),
        diverging[:count].copy(),
        uncertain[:count].copy(),
        bend[:count].copy(),
        closed[:closed_count].copy(),
    )


def _told_turns(network: TrackNetwork) -> tuple[NDArray[np.int64], Ints, Ints]:
    """Return the turns that the source states, by node: offsets, and legs of the node."""
    turns, nodes = network.turns, network.nodes
    order = np.argsort(turns.node, kind="stable")
    counts = np.bincount(turns.node, minlength=len(nodes))
    leg_of = {
        (int(edge), int(end)): leg - int(nodes.edge_start[node])
        for node in np.unique(turns.node).tolist()
        for leg in range(int(nodes.edge_start[node]), int(nodes.edge_start[node + 1]))
        for edge, end in [(nodes.edge[leg], nodes.edge_end[leg])]
    }
    legs = [
        np.array(
            [leg_of[pair] for pair in zip(edge[order].tolist(), end[order].tolist(), strict=True)],
            np.int32,
        )
        for edge, end in ((turns.one, turns.one_end), (turns.two, turns.two_end))
    ]
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), legs[0], legs[1]


def move_table(network: TrackNetwork) -> MoveTable:
    """Return the movement table of a network."""
    edges, nodes, shapes = network.edges, network.nodes, network.shapes
    east, north = end_directions(
        len(edges),
        np.array(edges.shape_start, np.int64),
        np.array(shapes.lat_deg, np.float64),
        np.array(shapes.lon_deg, np.float64),
        np.array(shapes.distance_m, np.float64),
        REACH_M,
    )
    rules = np.zeros(len(NODE_KINDS), np.uint8)
    rules[NODE_KINDS.index("diamond")] = 1
    rules[NODE_KINDS.index("single_slip")] = 2
    tail, head, through, diverging, uncertain, bend, closed = _moves(
        np.array(nodes.edge_start, np.int64),
        np.array(nodes.edge, np.int32),
        np.array(nodes.edge_end, np.uint8),
        rules[nodes.kind],
        east,
        north,
        LEAST_SWITCH_DEG,
        MOST_BEND_DEG,
        MOST_JOINT_BEND_DEG,
        DIVERGING_DEG,
        *_told_turns(network),
    )
    order = np.lexsort((through, head, tail))
    counts = np.bincount(tail, minlength=2 * len(edges))
    start = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return MoveTable(
        MoveGraph(start, head[order]),
        through[order],
        diverging[order],
        uncertain[order],
        bend[order],
        closed,
    )


@njit(f"{_F}({_I}, {_I}, {_F}, {_B}, float64)", cache=True)
def _rooms(start: Ints, head: Ints, length: Floats, open_state: Mask, most: float) -> Floats:
    """Return the longest way out from each state, up to `most`, by rounds of one state each."""
    count = len(start) - 1
    room = np.zeros(count)
    for s in range(count):
        if open_state[s]:
            room[s] = min(length[s >> 1], most)
    changed = True
    while changed:
        changed = False
        for s in range(count):
            if not open_state[s] or room[s] >= most:
                continue
            best = 0.0
            for move in range(start[s], start[s + 1]):
                best = max(best, room[head[move]])
            reach = min(length[s >> 1] + best, most)
            if reach > room[s] + 1e-9:
                room[s] = reach
                changed = True
    return room


def rooms(table: MoveTable, length_m: Floats, most_m: float, open_state: Mask) -> Floats:
    """Return how much track lies ahead from the beginning of each state, in m.

    The longest way that a train can run without a reversal counts, on open states only; it
    is cut at `most_m`.  A train of length L may change ends beyond a switch where at least
    L lies ahead of the switch.
    """
    straight = table.straight
    return np.asarray(
        _rooms(
            straight.start,
            straight.head,
            np.array(length_m, np.float64),
            np.ascontiguousarray(open_state),
            float(most_m),
        )
    )
