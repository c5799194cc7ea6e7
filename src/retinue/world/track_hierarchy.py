"""Graphs of moves, and hierarchies over them as they are laid out for searching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Hierarchy", "MoveGraph"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MoveGraph:
    """States with the moves out of each.

    Attributes
    ----------
    start
        Shape (states + 1,): ``start[s]:start[s + 1]`` are the moves out of state s.
    head
        State that each move leads to.
    """

    start: Ints
    head: Ints

    @property
    def state_count(self) -> int:
        """Number of states."""
        return len(self.start) - 1

    def only(self, kept: NDArray[np.bool_]) -> MoveGraph:
        """Return the graph with some of its moves."""
        counts = np.bincount(self.tail[kept], minlength=self.state_count)
        start = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return MoveGraph(start, np.ascontiguousarray(self.head[kept]))

    @cached_property
    def tail(self) -> Ints:
        """State that each move leaves."""
        return np.repeat(np.arange(self.state_count, dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """States by importance; the arcs that rise from each, and those that come down to it.

    A *place* numbers the states from the most important one, so that what every search
    reads lies close together.

    Attributes
    ----------
    place_of, state_of
        From state to place and back.
    tail, head, given, one, two
        All arcs between states: the move that each stands for, or the two arcs that a
        shortcut replaces (else -1).
    up_start, up_head, up_weight, up_arc
        Arcs from a place to more important ones, grouped.
    down_start, down_head, down_weight, down_arc
        Arcs from more important places to a place, grouped by where they end; ``down_head``
        is where they begin.
    """

    place_of: Ints
    state_of: Ints
    tail: Ints
    head: Ints
    given: Ints
    one: Ints
    two: Ints
    up_start: Ints
    up_head: Ints
    up_weight: Floats
    up_arc: Ints
    down_start: Ints
    down_head: Ints
    down_weight: Floats
    down_arc: Ints

    @classmethod
    def build(cls, graph: MoveGraph, move_cost: Floats, state_cost: Floats) -> Hierarchy:
        """Contract a graph; a move costs itself and the state that it leads to."""
        from retinue.world.track_contraction import contract

        weight = move_cost + state_cost[graph.head]
        rank, tail, head, cost, given, one, two = contract(
            graph.state_count, graph.tail, graph.head, weight
        )
        count = graph.state_count
        place_of = (count - 1 - rank).astype(np.int32)
        state_of = np.empty(count, np.int32)
        state_of[place_of] = np.arange(count, dtype=np.int32)
        arcs = np.arange(len(tail), dtype=np.int32)
        rises = rank[head] > rank[tail]
        grouped: dict[str, NDArray[Any]] = {}
        for name, own, other, mine in (
            ("up", tail, head, arcs[rises]),
            ("down", head, tail, arcs[~rises]),
        ):
            order = mine[np.argsort(place_of[own[mine]], kind="stable")]
            counts = np.bincount(place_of[own[order]], minlength=count)
            grouped[f"{name}_start"] = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
            grouped[f"{name}_head"] = place_of[other[order]]
            grouped[f"{name}_weight"] = cost[order]
            grouped[f"{name}_arc"] = order
        return cls(place_of, state_of, tail, head, given, one, two, **grouped)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Hierarchy:
        """Return the hierarchy that `arrays` described."""
        # Copies: kernels are compiled for arrays that may be written.
        return cls(**{item.name: np.array(arrays[prefix + item.name]) for item in fields(cls)})

    def arrays(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """Return the columns by name."""
        return {prefix + item.name: getattr(self, item.name) for item in fields(self)}
