"""Traffic on a line of single track, for tests of the dispatcher."""

from __future__ import annotations

import random
from typing import Any


def line(trains: int, stations: int, seed: int) -> dict[str, Any]:
    """Return trains of both directions on a single track with passing stations."""
    chance = random.Random(seed)
    both = []
    for number in range(trains):
        down = number % 2 == 0
        order = list(range(stations)) if down else list(range(stations))[::-1]
        begin = chance.randrange(0, 900)
        operations: list[dict[str, Any]] = [
            {"start_lb": begin, "min_duration": 0, "resources": [], "successors": [1, 2]}
        ]
        for place, station in enumerate(order):
            at = len(operations)
            operations += [
                {
                    "min_duration": 30,
                    "resources": [{"resource": f"{station}{track}", "release_time": 20}],
                    "successors": [at + 2],
                }
                for track in "ab"
            ]
            if place + 1 < stations:
                low = min(station, order[place + 1])
                operations.append(
                    {
                        "min_duration": 120 + 10 * low,
                        "resources": [{"resource": f"line{low}", "release_time": 20}],
                        "successors": [at + 3, at + 4],
                    }
                )
        operations.append({"min_duration": 0, "resources": [], "successors": []})
        both.append(operations)
    alone = 30 * stations + sum(120 + 10 * k for k in range(stations - 1))
    objective = [
        {
            "type": "op_delay",
            "train": t,
            "operation": len(train) - 1,
            "threshold": train[0]["start_lb"] + alone,
            "coeff": 1,
        }
        for t, train in enumerate(both)
    ]
    return {"trains": both, "objective": objective}
