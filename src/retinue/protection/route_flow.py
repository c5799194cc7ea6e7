"""The least guess over the routes of a graph, without listing them.

A unit of probability flows from origin to destination; an edge is guessed right with chance
``weight * flow``.  Minimise z with ``weight * flow <= z``: the optimum is one over the maximum
flow with capacities ``1 / weight``, and the edges of the minimum cut are where an observer
stands.  A cut of one edge is a single line: no choice of route hides the passage there.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from retinue.errors import InputError, NoPlan
from retinue.protection.linear_program import Rows, minimise

__all__ = ["RouteChoice", "RouteEdge", "RouteStrategy", "least_guess_on_routes"]

_NOTHING = 1e-12


@dataclass(frozen=True)
class RouteEdge:
    """A stretch that can be run from one node to another.

    Attributes
    ----------
    place
        What the observer names; both directions of one track share it.
    weight
        Chance of a right guess if the journey runs here; 0 inside an end zone.
    """

    tail: Hashable
    head: Hashable
    place: str
    weight: float = 1.0


@dataclass(frozen=True)
class RouteChoice:
    """One route with its probability."""

    edges: tuple[int, ...]
    share: float


@dataclass(frozen=True)
class RouteStrategy:
    """Flow, routes and proof.

    Attributes
    ----------
    guess, bound
        Greatest chance of a right guess, and what no strategy can better.
    flow
        Probability of each edge.
    routes
        The flow as routes, the likeliest first.
    watch
        The observer's best mixed guess over places.
    cut
        Edges of a minimum cut; one alone is a single line.
    """

    guess: float
    bound: float
    flow: tuple[float, ...]
    routes: tuple[RouteChoice, ...]
    watch: dict[str, float]
    cut: tuple[int, ...]

    @property
    def single_line(self) -> bool:
        """Whether one edge carries every route with certainty."""
        return len(self.cut) == 1


def least_guess_on_routes(
    edges: Sequence[RouteEdge], origin: Hashable, destination: Hashable
) -> RouteStrategy:
    """Return the flow of least greatest guess.

    Raises
    ------
    InputError
        Where a weight is negative or no number, or origin and destination are one.
    NoPlan
        Where no route exists.
    """
    for edge in edges:
        if not (math.isfinite(edge.weight) and edge.weight >= 0.0):
            raise InputError(f'the weight of "{edge.place}" is {edge.weight}, not 0 or more')
    if origin == destination:
        raise InputError("origin and destination are one place: there is no route to choose")
    if not _reaches(edges, origin, destination):
        raise NoPlan(f"No route leads from {origin} to {destination}")
    count = len(edges)
    places: dict[str, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        if edge.weight > 0.0:
            places[edge.place].append(number)
    rows = Rows()
    for members in places.values():
        weights = [edges[number].weight for number in members]
        rows.add([*members, count], [*weights, -1.0], -math.inf, 0.0)
    nodes = dict.fromkeys(node for edge in edges for node in (edge.tail, edge.head))
    for node in nodes:
        out = [n for n, e in enumerate(edges) if e.tail == node != e.head]
        into = [n for n, e in enumerate(edges) if e.head == node != e.tail]
        balance = float(node == origin) - float(node == destination)
        rows.add([*out, *into], [1.0] * len(out) + [-1.0] * len(into), balance, balance)
    # No flow above one: round trips through edges inside the end zones cost nothing otherwise.
    upper = np.append(np.ones(count), math.inf)
    solution = minimise(np.append(np.zeros(count), 1.0), np.zeros(count + 1), upper, rows)
    if solution is None:
        raise NoPlan(f"No route leads from {origin} to {destination}")
    flow = np.where(solution.values[:count] > _NOTHING, solution.values[:count], 0.0)
    guess = max(
        (sum(edges[n].weight * flow[n] for n in members) for members in places.values()),
        default=0.0,
    )
    prices = np.maximum(solution.prices[: len(places)], 0.0)
    total = float(prices.sum())
    watch = {
        place: float(price / total)
        for place, price in zip(places, prices, strict=True)
        if total > 0 and price > _NOTHING
    }
    return RouteStrategy(
        guess=float(guess),
        bound=_nearest(edges, watch, origin, destination),
        flow=tuple(float(f) for f in flow),
        routes=_routes(edges, flow.tolist(), origin, destination),
        watch=watch,
        cut=_cut(edges, places, flow.tolist(), float(guess), origin),
    )


def _reaches(edges: Sequence[RouteEdge], origin: Hashable, destination: Hashable) -> bool:
    following = defaultdict(list)
    for edge in edges:
        following[edge.tail].append(edge.head)
    seen, stack = {origin}, [origin]
    while stack:
        for node in following[stack.pop()]:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return destination in seen


def _nearest(
    edges: Sequence[RouteEdge], watch: dict[str, float], origin: Hashable, destination: Hashable
) -> float:
    """Return the least chance that any one route has against this observer.

    It bounds every mix of routes: the dual's value, from a shortest path alone.
    """
    following: dict[Hashable, list[tuple[float, Hashable]]] = defaultdict(list)
    for edge in edges:
        following[edge.tail].append((edge.weight * watch.get(edge.place, 0.0), edge.head))
    best: dict[Hashable, float] = {origin: 0.0}
    queue: list[tuple[float, int, Hashable]] = [(0.0, 0, origin)]
    pushed = 0
    while queue:
        length, _, node = heapq.heappop(queue)
        if node == destination:
            return length
        if length > best[node]:
            continue
        for more, head in following[node]:
            if length + more < best.get(head, math.inf):
                best[head] = length + more
                pushed += 1
                heapq.heappush(queue, (length + more, pushed, head))
    return 0.0


def _cut(
    edges: Sequence[RouteEdge],
    places: dict[str, list[int]],
    flow: list[float],
    guess: float,
    origin: Hashable,
) -> tuple[int, ...]:
    """Return the edges that leave what is still reachable beside the flow."""
    used = {p: sum(edges[n].weight * flow[n] for n in members) for p, members in places.items()}
    following: dict[Hashable, list[Hashable]] = defaultdict(list)
    for edge, amount in zip(edges, flow, strict=True):
        if edge.weight == 0.0 or used[edge.place] < guess * (1.0 - 1e-7):
            following[edge.tail].append(edge.head)
        if amount > 1e-9:
            following[edge.head].append(edge.tail)
    side, stack = {origin}, [origin]
    while stack:
        for node in following[stack.pop()]:
            if node not in side:
                side.add(node)
                stack.append(node)
    return tuple(
        n for n, e in enumerate(edges) if e.tail in side and e.head not in side and e.weight > 0.0
    )


def _routes(
    edges: Sequence[RouteEdge], flow: list[float], origin: Hashable, destination: Hashable
) -> tuple[RouteChoice, ...]:
    """Return the flow as routes; what runs in a circle leads nowhere and is left out."""
    out: dict[Hashable, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        out[edge.tail].append(number)
    left = list(flow)
    shares: dict[tuple[int, ...], float] = defaultdict(float)
    while True:
        walk: list[int] = []
        at, seen = origin, {origin: 0}
        while at != destination:
            number = max(out[at], key=lambda n: left[n], default=-1)
            if number < 0 or left[number] <= 1e-10:
                break
            walk.append(number)
            at = edges[number].head
            if at in seen:  # a circle: take it out and go on from its beginning
                circle = walk[seen[at] :]
                least = min(left[n] for n in circle)
                for n in circle:
                    left[n] -= least
                walk = walk[: seen[at]]
                seen = {node: place for node, place in seen.items() if place <= seen[at]}
                continue
            seen[at] = len(walk)
        if at != destination:
            break
        least = min(left[n] for n in walk)
        for n in walk:
            left[n] -= least
        shares[tuple(walk)] += least
    total = sum(shares.values())
    found = [RouteChoice(walk, share / total) for walk, share in shares.items()]
    return tuple(sorted(found, key=lambda route: (-route.share, route.edges)))
