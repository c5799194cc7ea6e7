"""The search for a rail route: which parts of which lines, in which direction.

It runs over operating points with the published kilometres as lengths.  A turn-back costs
extra, so that a train reverses only where it must or is asked to.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retinue.errors import InputError
from retinue.world.line_book import LineBook
from retinue.world.line_records import Line
from retinue.world.rail_route import OperatingPoint

__all__ = ["REVERSAL_KM", "LinePart", "distances_km", "search_parts"]

LINE_CHANGE_KM = 3.0
"""What a change of lines weighs: lines that share a track differ by less."""

REVERSAL_KM = 40.0
"""What a reversal weighs in the search: some 40 min of running."""


@dataclass(frozen=True)
class LinePart:
    """A part of a line in the direction of travel, both ends by index."""

    line: Line
    first: int
    last: int

    @property
    def length_km(self) -> float:
        """Length on the published kilometrage."""
        return abs(self.line.points[self.last].km - self.line.points[self.first].km)

    @property
    def indices(self) -> range:
        """Indices of its points in order of travel."""
        step = 1 if self.last > self.first else -1
        return range(self.first, self.last + step, step)


@dataclass(frozen=True, order=True)
class _State:
    """Where the search stands: a point reached on a line in one direction."""

    point: str
    line: str
    step: int  # +1 along the kilometrage, -1 against it, 0 at the start
    row: int  # place in the sequence of lines asked for
    passed: int  # how many of the ends are behind


def search_parts(
    book: LineBook,
    ends: Sequence[OperatingPoint],
    chosen: Sequence[Line],
    forbidden: set[str],
) -> list[LinePart] | None:
    """Return the parts of lines of the shortest way through all ends, None if there is none.

    Raises
    ------
    InputError
        Where lines are asked for and do not connect, or miss an end.
    """
    if chosen:
        _check_sequence(ends, chosen)
    rows: list[list[Line]] = (
        [[line] for line in chosen]
        if chosen
        else [[line for line in book.lines.values() if line.id not in forbidden]]
    )
    targets = [point.id for point in ends]
    begin = _State(targets[0], "", 0, 0, 1)
    best: dict[_State, float] = {begin: 0.0}
    came: dict[_State, _State] = {}
    queue: list[tuple[float, _State]] = [(0.0, begin)]
    while queue:
        cost, state = heapq.heappop(queue)
        if cost > best[state]:
            continue
        if state.passed == len(targets) and state.row == len(rows) - 1:
            return _parts_of(book, came, state)
        for following, weight in _moves(book, rows, targets, state, came.get(state)):
            total = cost + weight
            if total < best.get(following, np.inf) - 1e-9:
                best[following] = total
                came[following] = state
                heapq.heappush(queue, (total, following))
    if chosen:
        names = " and ".join(point.name for point in ends[1:-1]) or "all ends"
        raise InputError(
            f"the lines {', '.join(line.id for line in chosen)} in this order do not lead from "
            f"{ends[0].name} to {ends[-1].name} by way of {names}",
            cure="Check the order of `lines` and of `via`.",
        )
    return None


def _moves(
    book: LineBook,
    rows: Sequence[Sequence[Line]],
    targets: Sequence[str],
    state: _State,
    before: _State | None,
) -> list[tuple[_State, float]]:
    found: list[tuple[_State, float]] = []
    for row in range(state.row, min(state.row + 2, len(rows))):
        if row > state.row and not state.line and len(rows[state.row]) == 1:
            continue  # the first line asked for must be used
        for line in rows[row]:
            if row > state.row and state.line == line.id:
                continue
            index = line.position.get(state.point)
            if index is None:
                continue
            for step in (1, -1):
                if not 0 <= index + step < len(line.points):
                    continue
                one, two = line.points[index], line.points[index + step]
                weight = abs(two.km - one.km)
                if state.step and _turns_back(book, state, before, two.point.id):
                    if one.point.kind == "border":
                        continue
                    weight += REVERSAL_KM
                if state.line and state.line != line.id:
                    weight += LINE_CHANGE_KM
                passed = state.passed
                while passed < len(targets) and targets[passed] == two.point.id:
                    passed += 1
                found.append((_State(two.point.id, line.id, step, row, passed), weight))
    return found


def _turns_back(book: LineBook, state: _State, before: _State | None, go_to: str) -> bool:
    if before is None:
        return False
    if before.point == go_to:
        return True
    turn = book.turn(state.point, before.point, go_to)
    return turn is not None and turn.reverses


def _check_sequence(ends: Sequence[OperatingPoint], chosen: Sequence[Line]) -> None:
    for point, line in ((ends[0], chosen[0]), (ends[-1], chosen[-1])):
        if point.id not in line.position:
            raise InputError(
                f'{point.name} is not on the line "{line.id}", which runs from '
                f"{line.points[0].point.name} to {line.points[-1].point.name}",
                cure="Name the line that it stands on, or leave `lines` out.",
            )
    for one, two in itertools.pairwise(chosen):
        if not one.position.keys() & two.position.keys():
            raise InputError(
                f'the line "{one.id}" ({_ends(one)}) does not meet the next, "{two.id}" '
                f"({_ends(two)})",
                cure="Name the line between them, or leave `lines` out.",
            )


def _ends(line: Line) -> str:
    return f"{line.points[0].point.name} to {line.points[-1].point.name}"


def _parts_of(book: LineBook, came: dict[_State, _State], last: _State) -> list[LinePart]:
    chain = [last]
    while chain[-1] in came:
        chain.append(came[chain[-1]])
    chain.reverse()
    parts: list[LinePart] = []
    for one, two in itertools.pairwise(chain):
        line = book.lines[two.line]
        first, following = line.position[one.point], line.position[two.point]
        if parts and one.line == two.line and one.step == two.step and parts[-1].last == first:
            parts[-1] = LinePart(line, parts[-1].first, following)
        else:
            parts.append(LinePart(line, first, following))
    return parts


def distances_km(book: LineBook, start: str, forbidden: set[str]) -> dict[str, float]:
    """Return how far every point of the book is from one of them, turns not counted."""
    best = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        cost, at = heapq.heappop(queue)
        if cost > best[at]:
            continue
        for line in book.lines_at(at):
            if line.id in forbidden:
                continue
            index = line.position[at]
            for other in (index - 1, index + 1):
                if 0 <= other < len(line.points):
                    name = line.points[other].point.id
                    total = cost + abs(line.points[other].km - line.points[index].km)
                    if total < best.get(name, np.inf):
                        best[name] = total
                        heapq.heappush(queue, (total, name))
    return best
