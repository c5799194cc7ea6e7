"""Random small problems, and what trying everything says of them.

The search here knows the rules only: it starts events one after the other at the earliest time that
bounds, durations and resources allow.  Some best solution is of that kind, because every rule but
the upper bounds is kept when an event comes later, and no cost falls.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Document = dict[str, Any]


def random_problem(rng: np.random.Generator, *, tight: bool = False) -> Document:
    """Return two or three trains on a few tracks, in both directions, with some choices."""
    tracks = int(rng.integers(2, 4))
    trains = []
    for _ in range(int(rng.integers(2, 4))):
        order = list(range(tracks))
        if rng.integers(2):
            order.reverse()
        begin = int(rng.integers(0, 3))
        train: list[Document] = []
        if rng.integers(2):
            train.append({"min_duration": int(rng.integers(0, 2))})
        train += [
            {
                "min_duration": int(rng.integers(0, 4)),
                "resources": [{"resource": f"t{t}", "release_time": int(rng.integers(0, 2))}],
            }
            for t in order
            for _ in range(1 + (rng.integers(4) == 0))  # sometimes two operations on one track
        ]
        train.append({"min_duration": 0})
        for row, operation in enumerate(train):
            operation["successors"] = [row + 1] if row + 1 < len(train) else []
            if 0 < row < len(train) - 2 and rng.integers(3) == 0:
                operation["successors"] = [row + 1, row + 2]
        train[0] |= {"start_lb": begin}
        if tight or rng.integers(2):
            train[0] |= {"start_ub": begin + int(rng.integers(0, 2))}
        if tight:
            last = train[int(rng.integers(1, len(train)))]
            last["start_ub"] = begin + int(rng.integers(2, 9))
        trains.append(train)
    parts = []
    for t, train in enumerate(trains):
        for _ in range(int(rng.integers(1, 3))):
            part = {"type": "op_delay", "train": t, "operation": int(rng.integers(len(train)))}
            part |= {"threshold": int(rng.integers(0, 8)), "coeff": int(rng.integers(0, 3))}
            parts.append(part | {"increment": int(rng.integers(0, 2)) * int(rng.integers(0, 9))})
    return {"trains": trains, "objective": parts}


def least_cost(problem: Document) -> int | None:
    """Return the least cost of all solutions by trying every order; None where there is none."""
    trains = problem["trains"]
    prices: dict[tuple[int, int], list[Document]] = {}
    for part in problem["objective"]:
        prices.setdefault((part["train"], part["operation"]), []).append(part)
    best: list[int | None] = [None]
    seen: dict[Any, set[tuple[int, ...]]] = {}

    def go(
        at: tuple[tuple[int, int], ...], free: dict[str, tuple[int, ...]], now: int, cost: int
    ) -> None:
        if best[0] is not None and cost >= best[0]:
            return
        if all(op == len(trains[t]) - 1 for t, (op, _) in enumerate(at)):
            best[0] = cost
            return
        key = (at, tuple(sorted(free.items())), now)
        known = seen.setdefault(key, set())
        if any(other[0] <= cost for other in known):
            return
        known.add((cost,))
        for t, (op, since) in enumerate(at):
            following = [0] if op < 0 else trains[t][op]["successors"]
            held = [] if op < 0 else trains[t][op].get("resources", [])
            for nxt in following:
                row = trains[t][nxt]
                time = max(now, row.get("start_lb", 0))
                if op >= 0:
                    time = max(time, since + trains[t][op]["min_duration"])
                blocked = False
                for use in row.get("resources", []):
                    for other, (o, _) in enumerate(at):
                        if other != t and o >= 0:
                            names = [u["resource"] for u in trains[other][o].get("resources", [])]
                            blocked |= use["resource"] in names
                    resting = free.get(use["resource"], (0,) * len(trains))
                    time = max([time, *(r for other, r in enumerate(resting) if other != t)])
                if blocked or time > row.get("start_ub", time):
                    continue
                later = dict(free)
                for use in held:
                    kept = list(later.get(use["resource"], (0,) * len(trains)))
                    kept[t] = max(kept[t], time + use.get("release_time", 0))
                    later[use["resource"]] = tuple(kept)
                price = sum(
                    p["coeff"] * (time - p["threshold"]) + p["increment"]
                    for p in prices.get((t, nxt), ())
                    if time >= p["threshold"]
                )
                go((*at[:t], (nxt, time), *at[t + 1 :]), later, time, cost + price)

    go(tuple((-1, 0) for _ in trains), {}, 0, 0)
    return best[0]
