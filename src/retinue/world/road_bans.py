"""Turn restrictions as sequences of states that may not be driven one after another.

``no_...``      the sequence itself is forbidden
``only_...``    every way off the sequence is forbidden, from its first state on

A restriction over ways is a longer sequence of the same kind.  What cannot be laid on the
network without doubt (its ways do not meet, or meet twice, or are no roads of the extract) is
left out and counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retinue.world.osm_tags import Faults
from retinue.world.road_extract import TurnRule
from retinue.world.road_tables import RoadBanTable

__all__ = ["ban_table"]

_MOST_VIA_WAYS = 5


class _Ways:
    """The states of ways, as restrictions name them."""

    def __init__(
        self,
        from_node: NDArray[np.int32],
        to_node: NDArray[np.int32],
        way_id: NDArray[np.int64],
        open_state: NDArray[np.bool_],
        wanted: set[int],
    ) -> None:
        self.from_node, self.to_node, self.open_state = from_node, to_node, open_state
        self.edges: dict[int, list[int]] = {}
        rows = np.flatnonzero(np.isin(way_id, np.fromiter(wanted, np.int64, len(wanted))))
        for edge in rows.tolist():
            self.edges.setdefault(int(way_id[edge]), []).append(edge)
        self.leaving: dict[int, list[int]] = {}
        for state in np.flatnonzero(open_state).tolist():
            self.leaving.setdefault(self.begin(state), []).append(state)

    def begin(self, state: int) -> int:
        return int((self.to_node if state & 1 else self.from_node)[state >> 1])

    def end(self, state: int) -> int:
        return int((self.from_node if state & 1 else self.to_node)[state >> 1])

    def arriving(self, way: int, node: int) -> list[int]:
        states = [s for e in self.edges.get(way, ()) for s in (2 * e, 2 * e + 1)]
        return [s for s in states if self.end(s) == node and self.open_state[s]]

    def departing(self, way: int, node: int) -> list[int]:
        states = [s for e in self.edges.get(way, ()) for s in (2 * e, 2 * e + 1)]
        return [s for s in states if self.begin(s) == node and self.open_state[s]]

    def chains(self, ways: Sequence[int]) -> list[list[int]]:
        """Return the runs over whole ways, one after the other, that hold together."""
        both = []
        for way in ways:
            along = [2 * edge for edge in self.edges.get(way, ())]
            both.append([along, [state ^ 1 for state in reversed(along)]])
        found = []
        for choice in itertools.product(*both):
            states = [state for part in choice for state in part]
            sound = bool(states) and all(self.open_state[state] for state in states)
            sound = sound and all(choice)
            if sound and all(self.end(a) == self.begin(b) for a, b in itertools.pairwise(states)):
                found.append(states)
        return found


def ban_table(
    rules: Sequence[TurnRule],
    from_node: NDArray[np.int32],
    to_node: NDArray[np.int32],
    way_id: NDArray[np.int64],
    node_id: NDArray[np.int64],
    open_state: NDArray[np.bool_],
    faults: Faults,
) -> RoadBanTable:
    """Return the forbidden sequences of all restrictions.

    Parameters
    ----------
    open_state
        Which states anybody may drive.
    """
    wanted = {way for rule in rules for way in (*rule.from_ways, *rule.via_ways, *rule.to_ways)}
    ways = _Ways(from_node, to_node, way_id, open_state, wanted)
    nodes = {osm: row for row, osm in enumerate(node_id.tolist())} if rules else {}
    found: dict[tuple[int, ...], int] = {}
    for rule in rules:
        for one, two in itertools.product(rule.from_ways, rule.to_ways):
            for row in _forbidden(rule, ways, _sequence(rule, one, two, ways, nodes, faults)):
                found.setdefault(row, rule.osm_id)
    sizes = [len(row) for row in found]
    return RoadBanTable(
        relation=np.array(list(found.values()), np.int64),
        start=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        state=np.array([state for row in found for state in row], np.int32),
    )


def _sequence(
    rule: TurnRule, one: int, two: int, ways: _Ways, nodes: dict[int, int], faults: Faults
) -> tuple[int, ...]:
    """Return the states from, via and to of a restriction; empty where it cannot be laid."""
    where = f"relation {rule.osm_id}: {rule.kind}"
    if len(rule.via_ways) > _MOST_VIA_WAYS:
        faults.add("turn restriction over too many ways, left out", where)
        return ()
    found: list[tuple[int, ...]] = []
    if not rule.via_ways:
        node = nodes.get(rule.via_node, -1)
        found = [(a, b) for a in ways.arriving(one, node) for b in ways.departing(two, node)]
    else:
        for chain in ways.chains(rule.via_ways):
            before = ways.arriving(one, ways.begin(chain[0]))
            after = ways.departing(two, ways.end(chain[-1]))
            found += [(a, *chain, b) for a in before for b in after]
    if len(found) == 1:
        return found[0]
    faults.add(
        "turn restriction whose ways meet more than once, left out"
        if found
        else "turn restriction that no car meets here, left out",
        where,
    )
    return ()


def _forbidden(rule: TurnRule, ways: _Ways, row: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not row:
        return []
    if rule.kind.startswith("no_"):
        return [row]
    return [
        (*row[: place + 1], other)
        for place in range(len(row) - 1)
        for other in ways.leaving.get(ways.end(row[place]), ())
        if other != row[place + 1]
    ]
