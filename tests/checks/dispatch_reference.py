"""The rules of the DISPLIB specification (section 1.1), word for word and as slowly as they read.

Only for events that can be understood: integers that name trains and operations of the problem.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

Document = dict[str, Any]


def release_times(operation: Document) -> dict[str, int]:
    """Return the release time of each resource an operation uses."""
    found: dict[str, int] = {}
    for use in operation.get("resources", []):
        name = use["resource"]
        found[name] = max(found.get(name, 0), use.get("release_time", 0))
    return found


def objective(problem: Document, events: list[Document]) -> int:
    """Return the sum of v = c * max(0, t - T) + d * H(t - T)."""
    total = 0
    for part in problem["objective"]:
        for event in events:
            if (event["train"], event["operation"]) == (part["train"], part["operation"]):
                late = event["time"] - part.get("threshold", 0)
                total += part.get("coeff", 0) * max(0, late)
                total += part.get("increment", 0) if late >= 0 else 0
                break
    return total


def broken_rules(problem: Document, events: list[Document]) -> set[str]:
    """Return which of the specification's bullet points do not hold."""
    broken = set()
    if any(after["time"] < event["time"] for event, after in pairwise(events)):
        broken.add("chronology")
    if any(event["time"] < 0 for event in events):
        broken.add("negative")
    end: dict[int, int | None] = {}
    for t, train in enumerate(problem["trains"]):
        own = [place for place, event in enumerate(events) if event["train"] == t]
        path = [events[place]["operation"] for place in own]
        if (
            not path
            or path[0] != 0
            or path[-1] != len(train) - 1
            or any(b not in train[a]["successors"] for a, b in pairwise(path))
        ):
            broken.add("path")
        for place, after in pairwise([*own, None]):
            assert place is not None
            operation, time = train[events[place]["operation"]], events[place]["time"]
            if not operation.get("start_lb", 0) <= time <= operation.get("start_ub", 10**18):
                broken.add("bounds")
            end[place] = after
            if after is not None and events[after]["time"] - time < operation["min_duration"]:
                broken.add("duration")
    if forbidden_pairs(problem, events, end):
        broken.add("resources")
    return broken


def forbidden_pairs(
    problem: Document, events: list[Document], end: dict[int, int | None]
) -> set[tuple[int, int, str]]:
    """Return (o1, o2, resource) of every pair of events that breaks the rule on resources."""
    found = set()
    for one, event in enumerate(events):
        first = release_times(problem["trains"][event["train"]][event["operation"]])
        for two in range(one + 1, len(events)):
            other = events[two]
            if other["train"] == event["train"]:
                continue
            second = release_times(problem["trains"][other["train"]][other["operation"]])
            for name in first.keys() & second.keys():
                ended = end[one]
                if (
                    ended is None
                    or ended > two
                    or other["time"] - events[ended]["time"] < first[name]
                ):
                    found.add((one, two, name))
    return found
