"""A maximum flow by shortest augmenting paths, for tests: no linear program, no shared code.

Edmonds and Karp 1972.  Capacities are floats; a residue below 1e-12 is nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable

__all__ = ["maximum_flow"]


def maximum_flow(
    arcs: Iterable[tuple[Hashable, Hashable, float]], source: Hashable, sink: Hashable
) -> float:
    """Return the value of the maximum flow."""
    residue: dict[Hashable, dict[Hashable, float]] = defaultdict(lambda: defaultdict(float))
    for tail, head, capacity in arcs:
        residue[tail][head] += capacity
        residue[head][tail] += 0.0
    total = 0.0
    while True:
        came: dict[Hashable, Hashable] = {source: source}
        queue = deque([source])
        while queue and sink not in came:
            node = queue.popleft()
            for head, capacity in residue[node].items():
                if capacity > 1e-12 and head not in came:
                    came[head] = node
                    queue.append(head)
        if sink not in came:
            return total
        path = [sink]
        while path[-1] != source:
            path.append(came[path[-1]])
        steps = list(zip(path[1:], path, strict=False))
        amount = min(residue[a][b] for a, b in steps)
        for a, b in steps:
            residue[a][b] -= amount
            residue[b][a] += amount
        total += amount
