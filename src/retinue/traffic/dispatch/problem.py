"""The train dispatching problem and its solution, in compact arrays and in DISPLIB's JSON.

Operations are numbered globally, train after train, in the order of the file; within a train that
order is topological.  Everything that belongs to an operation stands in flat arrays, and lists of
varying length in rows of compressed form: the items of row ``i`` of ``x`` are
``x[x_from[i]:x_from[i + 1]]``.  The format is described in the DISPLIB specification of 2025-09-17,
https://displib.github.io.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retinue.files import write_text
from retinue.json_document import JsonValue, read_json

__all__ = ["NEVER", "TIME_MOST", "Problem", "Solution", "read_problem", "write_solution"]

Ints = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]

#: Start of an operation that has no upper bound; far beyond every sum of allowed durations.
NEVER = 2**60
#: Largest time, duration, release time or cost that a problem may name.
TIME_MOST = 2**40
#: Largest sum of all costs; beyond it 64 bits would not hold what a search adds up.
_COST_MOST = 2**61


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Trains as graphs of operations, and what their delays cost.

    Attributes
    ----------
    first
        First operation of each train (its entry), and behind the last train the number of
        operations; (trains + 1,).
    train_of
        Train of each operation; (operations,).
    duration
        Least duration of each operation.
    earliest, latest
        Bounds of its start; `latest` is `NEVER` where there is none.
    successor_from, successor
        Operations one of which follows it.
    predecessor_from, predecessor
        Operations one of which precedes it.
    use_from, use, release
        Resources it needs, each once, and how long each stays held after its end.
    resources
        Names of the resources.
    cost_operation, cost_threshold, cost_rate, cost_step
        Parts of the objective: an operation that starts at t costs
        ``rate * max(0, t - threshold) + step * [t >= threshold]``.
    """

    first: Indices
    train_of: Indices
    duration: Ints
    earliest: Ints
    latest: Ints
    successor_from: Indices
    successor: Indices
    predecessor_from: Indices
    predecessor: Indices
    use_from: Indices
    use: Indices
    release: Ints
    resources: tuple[str, ...]
    cost_operation: Indices
    cost_threshold: Ints
    cost_rate: Ints
    cost_step: Ints

    @property
    def trains(self) -> int:
        """Number of trains."""
        return len(self.first) - 1

    @property
    def operations(self) -> int:
        """Number of operations of all trains."""
        return len(self.train_of)

    @classmethod
    def from_json(cls, document: object, name: str = "problem") -> Problem:
        """Read a problem from parsed JSON.

        Raises
        ------
        InputError
            Where the document breaks the format; `name` is the file that the error names.
        """
        root = document if isinstance(document, JsonValue) else JsonValue(document, name)
        first = [0]
        train_of: list[int] = []
        numbers: dict[str, list[int]] = {"duration": [], "earliest": [], "latest": []}
        successors: list[list[int]] = []
        uses: list[list[tuple[int, int]]] = []
        names: dict[str, int] = {}
        for train, operations in enumerate(root["trains"].items()):
            rows = operations.items()
            if not rows:
                raise operations.error("a train needs at least one operation")
            for index, row in enumerate(rows):
                train_of.append(train)
                numbers["duration"].append(_integer(row["min_duration"]))
                numbers["earliest"].append(_integer(row.get("start_lb"), 0))
                numbers["latest"].append(_integer(row.get("start_ub"), NEVER))
                successors.append(_successors(row, index, len(rows), first[-1]))
                uses.append(_uses(row, names))
            first.append(first[-1] + len(rows))
            _one_entry(operations, successors[first[-2] :], first[-2])
        parts = root["objective"]
        costs = [_cost(part, first) for part in parts.items()]
        predecessors: list[list[int]] = [[] for _ in train_of]
        for before, row_of in enumerate(successors):
            for after in row_of:
                predecessors[after].append(before)
        successor_from, successor = _rows(successors)
        predecessor_from, predecessor = _rows(predecessors)
        use_from, use = _rows([[r for r, _ in row_of] for row_of in uses])
        releases = [time for row_of in uses for _, time in row_of]
        span = max(numbers["earliest"], default=0) + sum(numbers["duration"]) + sum(releases)
        if sum(rate * span + step for _, _, rate, step in costs) > _COST_MOST:
            raise parts.error(
                "the costs of the latest starts are more than can be counted",
                "Give times and costs in larger units.",
            )
        cost = np.array(costs, np.int64).reshape(len(costs), 4)
        return cls(
            first=np.array(first, np.int32),
            train_of=np.array(train_of, np.int32),
            duration=np.array(numbers["duration"], np.int64),
            earliest=np.array(numbers["earliest"], np.int64),
            latest=np.array(numbers["latest"], np.int64),
            successor_from=successor_from,
            successor=successor,
            predecessor_from=predecessor_from,
            predecessor=predecessor,
            use_from=use_from,
            use=use,
            release=np.array(releases, np.int64),
            resources=tuple(names),
            cost_operation=cost[:, 0].astype(np.int32),
            cost_threshold=cost[:, 1].copy(),
            cost_rate=cost[:, 2].copy(),
            cost_step=cost[:, 3].copy(),
        )

    def objective(self, operation: Indices, time: Ints) -> int:
        """Return the cost of the given starts; operations that are not there cost nothing."""
        start = np.full(self.operations, -1, np.int64)
        start[operation] = time
        at = start[self.cost_operation]
        late = np.maximum(0, at - self.cost_threshold) * self.cost_rate
        late += np.where(at >= self.cost_threshold, self.cost_step, 0)
        return int(late[at >= 0].sum())


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Starts of operations in their global order, which counts where times are equal.

    Attributes
    ----------
    operation, time
        The operation of each event, numbered globally, and when it starts.
    objective
        The cost of it.
    """

    operation: Indices
    time: Ints
    objective: int

    def as_json(self, problem: Problem) -> dict[str, Any]:
        """Return the solution in DISPLIB's form."""
        trains = problem.train_of[self.operation]
        local = self.operation - problem.first[trains]
        return {
            "objective_value": self.objective,
            "events": [
                {"time": t, "train": train, "operation": op}
                for t, train, op in zip(
                    self.time.tolist(), trains.tolist(), local.tolist(), strict=True
                )
            ],
        }


def read_problem(path: Path) -> Problem:
    """Read a problem file.

    Raises
    ------
    InputError
        Where the file cannot be read or breaks the format; with file and place.
    """
    return Problem.from_json(read_json(path))


def write_solution(path: Path, problem: Problem, solution: Solution) -> Path:
    """Write a solution file, one event a line.

    Raises
    ------
    InputError
        Where the place cannot be written.
    """
    document = solution.as_json(problem)
    events = ",\n".join(json.dumps(event) for event in document["events"])
    return write_text(
        path, f'{{"objective_value": {document["objective_value"]}, "events": [\n{events}\n]}}\n'
    )


def _integer(value: JsonValue | None, default: int | None = None) -> int:
    """Return a time or cost; JSON writers may put 5 as 5.0."""
    if value is None:
        assert default is not None  # only optional keys are passed so
        return default
    number = value.number(least=0, most=TIME_MOST)
    if number != int(number):
        raise value.error(f"a whole number is wanted here, not {number:g}")
    return int(number)


def _index(value: JsonValue, least: int, count: int, what: str) -> int:
    index = _integer(value)
    if not least <= index < count:
        raise value.error(f"there is no {what} {index} here", f"Known: {least} to {count - 1}.")
    return index


def _successors(row: JsonValue, index: int, count: int, base: int) -> list[int]:
    entries = row["successors"]
    found = []
    for entry in entries.items():
        after = _index(entry, 0, count, "operation")
        if after <= index:
            raise entry.error(
                f"operation {after} does not stand behind operation {index}",
                "Order each train's operations so that successors come later.",
            )
        if base + after not in found:
            found.append(base + after)
    if not found and index < count - 1:
        raise entries.error("only the last operation may have no successors")
    return found


def _one_entry(operations: JsonValue, successors: Sequence[Sequence[int]], base: int) -> None:
    """Check that the first operation alone has no predecessor."""
    reached = {after - base for row in successors for after in row}
    for index in range(1, len(successors)):
        if index not in reached:
            raise operations.error(
                f"operation {index} follows no other",
                "Only the first operation of a train may have no predecessor.",
            )


def _uses(row: JsonValue, names: dict[str, int]) -> list[tuple[int, int]]:
    entries = row.get("resources")
    found: dict[int, int] = {}
    for entry in entries.items() if entries else []:
        resource = names.setdefault(entry["resource"].text(), len(names))
        # Named twice, it stays held until the later release.
        found[resource] = max(found.get(resource, 0), _integer(entry.get("release_time"), 0))
    return list(found.items())


def _cost(part: JsonValue, first: Sequence[int]) -> tuple[int, int, int, int]:
    part["type"].choice(("op_delay",))
    train = _index(part["train"], 0, len(first) - 1, "train")
    count = first[train + 1] - first[train]
    operation = _index(part["operation"], 0, count, "operation")
    return (
        first[train] + operation,
        _integer(part.get("threshold"), 0),
        _integer(part.get("coeff"), 0),
        _integer(part.get("increment"), 0),
    )


def _rows(lists: Sequence[Sequence[int]]) -> tuple[Indices, Indices]:
    """Return row starts and items of lists of varying length."""
    starts = np.zeros(len(lists) + 1, np.int32)
    np.cumsum([len(row) for row in lists], out=starts[1:])
    return starts, np.array([item for row in lists for item in row], np.int32)
