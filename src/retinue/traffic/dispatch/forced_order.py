"""Orders of trains that are forced: by their bounds, then by one another, until nothing follows.

Only operations that a train cannot avoid are looked at.  Of two that need one resource, one comes
first.  Where the one cannot come first, because the other would start too late, the other order is
forced; forced orders move starts, and so force further orders.  Two ends prove that nothing is
feasible: neither order is possible, or the forced orders form a ring.  Everything else proves
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from retinue.traffic.dispatch.problem import NEVER, Problem
from retinue.traffic.dispatch.windows import Windows

__all__ = ["Contradiction", "Use", "forced_contradiction", "label", "resource_name"]

_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Use:
    """One operation that holds a resource: its row, and how long the resource rests behind it."""

    row: int
    resource: int
    release: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Why no order of two operations, or of a ring of them, is possible.

    Attributes
    ----------
    words
        The proof in sentences.
    resource
        Name of the resource where it shows.
    ring
        Whether it is a ring of orders.
    """

    words: str
    resource: str
    ring: bool


@dataclass(slots=True)
class _Graph:
    """Moments (starts of operations, and ends of those that branch) and what lies between.

    An edge goes from a moment to one that is not before it in the list, at least so much later.
    """

    earliest: list[int]
    latest: list[int]
    edges: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    because: dict[tuple[int, int], str] = field(default_factory=dict)


def label(problem: Problem, row: int) -> str:
    """Return how sentences call an operation."""
    train = int(problem.train_of[row])
    return f"operation {row - int(problem.first[train])} of train {train}"


def resource_name(problem: Problem, resource: int) -> str:
    """Return a resource's name such that no terminal stumbles over it."""
    name = problem.resources[resource]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def forced_contradiction(problem: Problem, windows: Windows) -> Contradiction | None:
    """Return a proof that forced orders contradict each other; None where none is found."""
    uses = _mandatory_uses(problem, windows)
    ends: dict[int, int] = {}
    graph = _graph(problem, windows, ends)
    known: set[tuple[int, int]] = set()
    for _ in range(_ROUNDS):
        found = False
        for group in uses.values():
            exits = [use for use in group if use.row not in ends]
            for late in group:
                for other in group if graph.latest[late.row] < NEVER else exits:
                    if problem.train_of[other.row] == problem.train_of[late.row]:
                        continue
                    if (late.row, other.row) in known or not _too_late(graph, ends, other, late):
                        continue
                    if _too_late(graph, ends, late, other):
                        return _neither(problem, graph, ends, late, other)
                    known.add((late.row, other.row))
                    _force(problem, graph, ends, late, other)
                    found = True
        if not found:
            return None
        ring = _settle(graph)
        if ring is not None:
            return _ring(problem, graph, ring)
    return None


def _mandatory_uses(problem: Problem, windows: Windows) -> dict[int, list[Use]]:
    groups: dict[int, list[Use]] = defaultdict(list)
    starts = problem.use_from.tolist()
    for row, (begin, behind) in enumerate(pairwise(starts)):
        if windows.mandatory[row]:
            for at in range(begin, behind):
                resource = int(problem.use[at])
                groups[resource].append(Use(row, resource, int(problem.release[at])))
    return dict(sorted(groups.items()))


def _graph(problem: Problem, windows: Windows, ends: dict[int, int]) -> _Graph:
    """Build the moments of mandatory operations; `ends` is filled with the moment each ends at."""
    graph = _Graph(list(windows.earliest), list(windows.latest))
    first = problem.first.tolist()
    for train in range(problem.trains):
        rows = [row for row in range(first[train], first[train + 1]) if windows.mandatory[row]]
        for row, following in pairwise(rows):
            duration = int(problem.duration[row])
            after = _live_successors(problem, windows, row)
            if after == [following]:
                ends[row] = following
                graph.edges[row].append((following, duration))
                continue
            moment = len(graph.earliest)
            ends[row] = moment
            graph.earliest.append(
                max(windows.earliest[row] + duration, min(windows.earliest[item] for item in after))
            )
            graph.latest.append(max(windows.latest[item] for item in after))
            graph.edges[row].append((moment, duration))
            graph.edges[moment].append((following, _shortest(problem, windows, after, following)))
    return graph


def _live_successors(problem: Problem, windows: Windows, row: int) -> list[int]:
    items = problem.successor[problem.successor_from[row] : problem.successor_from[row + 1]]
    return [item for item in items.tolist() if windows.live[item]]


def _shortest(problem: Problem, windows: Windows, begin: list[int], goal: int) -> int:
    """Return the least time from the start of one of `begin` to that of `goal`."""
    reached = dict.fromkeys(begin, 0)
    for row in range(min(begin), goal):
        if row in reached:
            for after in _live_successors(problem, windows, row):
                time = reached[row] + int(problem.duration[row])
                reached[after] = min(time, reached.get(after, NEVER))
    return reached[goal]


def _too_late(graph: _Graph, ends: dict[int, int], before: Use, after: Use) -> bool:
    """Whether `after` cannot wait until `before` has given the resource up."""
    end = ends.get(before.row)
    if end is None:  # an exit operation gives nothing up
        return True
    return graph.earliest[end] + before.release > graph.latest[after.row]


def _why(problem: Problem, graph: _Graph, ends: dict[int, int], before: Use, after: Use) -> str:
    end = ends.get(before.row)
    name = resource_name(problem, before.resource)
    if end is None:
        return f"{label(problem, before.row)} is an exit and never gives {name} up"
    rest = f" (with {before.release} of release time)" if before.release else ""
    return (
        f"{label(problem, before.row)} gives {name} up at"
        f" {graph.earliest[end] + before.release} at the earliest{rest}, and"
        f" {label(problem, after.row)} must start by {graph.latest[after.row]}"
    )


def _neither(
    problem: Problem, graph: _Graph, ends: dict[int, int], one: Use, two: Use
) -> Contradiction:
    name = resource_name(problem, one.resource)
    words = (
        f"neither of {label(problem, one.row)} and {label(problem, two.row)} can have {name} first:"
        f" {_why(problem, graph, ends, two, one)}; and {_why(problem, graph, ends, one, two)}"
    )
    told = sorted({graph.because[key] for key in graph.because if key[1] in (one.row, two.row)})
    return Contradiction("; ".join([words, *told]), name, False)


def _force(problem: Problem, graph: _Graph, ends: dict[int, int], before: Use, after: Use) -> None:
    end = ends[before.row]
    graph.edges[end].append((after.row, before.release))
    graph.because.setdefault(
        (end, after.row),
        f"{label(problem, before.row)} has {resource_name(problem, before.resource)} before"
        f" {label(problem, after.row)}, because {_why(problem, graph, ends, after, before)}",
    )


def _settle(graph: _Graph) -> list[int] | None:
    """Move starts along all edges; return the moments of a ring where there is one."""
    count = len(graph.earliest)
    incoming = [0] * count
    for items in graph.edges.values():
        for after, _ in items:
            incoming[after] += 1
    ready = [moment for moment in range(count) if not incoming[moment]]
    order = []
    while ready:
        moment = ready.pop()
        order.append(moment)
        for after, least in graph.edges.get(moment, ()):
            graph.earliest[after] = max(graph.earliest[after], graph.earliest[moment] + least)
            incoming[after] -= 1
            if not incoming[after]:
                ready.append(after)
    if len(order) < count:
        return _a_ring(graph, incoming)
    for moment in reversed(order):
        for after, least in graph.edges.get(moment, ()):
            if graph.latest[after] < NEVER:
                graph.latest[moment] = min(graph.latest[moment], graph.latest[after] - least)
    return None


def _a_ring(graph: _Graph, incoming: list[int]) -> list[int]:
    """Walk backwards among moments that never became ready, until one comes again."""
    behind: dict[int, int] = {}
    for moment in sorted(graph.edges):
        if incoming[moment]:
            for after, _ in graph.edges[moment]:
                if incoming[after]:
                    behind.setdefault(after, moment)
    at = min(behind)
    seen: dict[int, int] = {}
    path: list[int] = []
    while at not in seen:
        seen[at] = len(path)
        path.append(at)
        at = behind[at]
    ring = path[seen[at] :]
    ring.reverse()
    return ring


def _ring(problem: Problem, graph: _Graph, ring: list[int]) -> Contradiction:
    steps = [
        graph.because[key] for key in zip(ring, ring[1:] + ring[:1], strict=True)
        if key in graph.because
    ]  # fmt: skip
    words = "the trains wait for each other in a ring: " + "; ".join(steps)
    return Contradiction(words, "", True)
