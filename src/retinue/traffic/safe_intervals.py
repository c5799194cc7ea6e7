"""Safe intervals: when a resource is free of other trains, for whom, and who is in the way.

A resource of capacity C offers ``units`` at the times when at most ``C - units`` trains hold it.
A rule of protection asks for more or for less: that no train at all is there, or no goods train
in motion, or none of dangerous goods that stands.  A goods train that stands comes and goes in
one hold: of that its coming and its leaving are motion.

A train that passes the special one where that stands holds nothing of it; who does is `overtaken`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.occupation import MOVING, STANDING
from retinue.traffic.overtaking import Passing, passages
from retinue.traffic.search_graph import FreeTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.traffic import Traffic

    Floats = NDArray[np.float64]

__all__ = ["Blocker", "Closed", "Need", "SafeIntervals"]

FOREVER_S = 1e8
"""Three years: as far as anybody looks from the origin of times."""


@dataclass(frozen=True)
class Need:
    """What must be free.

    Attributes
    ----------
    units
        Tracks of a station; a block has one.
    state
        Only trains in this state are in the way (`occupation.MOVING`, `STANDING`); None: any.
    classes
        Only trains of these classes are; empty: any.
    dangerous
        Only trains with dangerous goods are.
    possessions
        Only possessions are, and no train.
    passing
        Not to be free throughout is asked for, but that nobody who passes so comes after it
        begins and leaves before it ends.
    """

    resource: int
    units: int = 1
    state: int | None = None
    classes: tuple[str, ...] = ()
    dangerous: bool = False
    possessions: bool = False
    passing: Passing | None = None

    @property
    def selects(self) -> bool:
        """Whether only some trains are in the way; then not one of them may be there."""
        return (
            self.state is not None
            or bool(self.classes)
            or self.dangerous
            or self.possessions
            or self.passing is not None
        )


@dataclass(frozen=True)
class Closed:
    """A resource that nobody may use for a while: a possession, a sweep, a patrol."""

    resource: int
    from_s: float
    to_s: float
    why: str


@dataclass(frozen=True)
class Blocker:
    """Somebody in the way: a train (its index) or a closure (-1)."""

    train: int
    from_s: float
    to_s: float
    why: str = ""


@dataclass(eq=False)
class SafeIntervals:
    """Free times of the resources of one view of traffic, worked out as they are asked for.

    Attributes
    ----------
    origin_s
        Unix seconds; all times given and taken here count from it, which keeps them exact.
    margin_s
        Kept free before and after every hold of another train (written times are whole seconds).
    without
        Indices of trains that do not count.
    only
        The one train that counts; None: all others do.
    """

    traffic: Traffic
    origin_s: float
    margin_s: float = 1.0
    closed: tuple[Closed, ...] = ()
    without: frozenset[int] = frozenset()
    only: int | None = None
    _number: dict[Need, int] = field(default_factory=dict)
    _sets: list[list[tuple[float, float]]] = field(default_factory=list)

    def number(self, need: Need) -> int:
        """Return the number of the set of times at which this is free."""
        if need not in self._number:
            self._number[need] = len(self._sets)
            self._sets.append(self._free(need))
        return self._number[need]

    def times(self, need: Need) -> list[tuple[float, float]]:
        """Return the free times, seconds from the origin."""
        return self._sets[self.number(need)]

    def free(self, needs: Sequence[Need]) -> FreeTimes:
        """Return the free times of many needs."""
        sets = [self.times(need) for need in needs]
        flat = [pair for times in sets for pair in times]
        start = np.concatenate([[0], np.cumsum([len(times) for times in sets])])
        pairs = np.array(flat, np.float64).reshape(-1, 2)
        return FreeTimes(start.astype(np.int64), pairs[:, 0].copy(), pairs[:, 1].copy())

    def passing(self, need: Need) -> list[tuple[float, float]]:
        """Return when those come and leave who pass as a need says, seconds from the origin."""
        return sorted((comes, leaves) for _, comes, leaves in self._holds(need))

    def fits(self, need: Need, from_s: float, to_s: float, slack_s: float = 0.0) -> bool:
        """Return whether what is asked for between two times is given, but for a slack."""
        begin, end = from_s + slack_s, to_s - slack_s
        if need.passing is not None:
            return not any(begin < comes and leaves < end for comes, leaves in self.passing(need))
        return any(a <= begin and end <= b for a, b in self.times(need))

    def in_the_way(self, need: Need, from_s: float, to_s: float) -> list[Blocker]:
        """Return who keeps this from being given between two times, in order of time."""
        if need.passing is not None:
            passed = [held for held in self._holds(need) if from_s < held[1] and held[2] < to_s]
            return sorted((Blocker(*held) for held in passed), key=lambda b: (b.from_s, b.train))
        found = [
            Blocker(train, begin, end)
            for train, begin, end in self._holds(need)
            if begin - self.margin_s < to_s and end + self.margin_s > from_s
        ]
        found += [
            Blocker(-1, c.from_s - self.origin_s, c.to_s - self.origin_s, c.why)
            for c in self._closures(need)
            if c.from_s - self.origin_s < to_s and c.to_s - self.origin_s > from_s
        ]
        return sorted(found, key=lambda b: (b.from_s, b.train))

    def _closures(self, need: Need) -> Iterable[Closed]:
        return (c for c in self.closed if c.resource == need.resource and not need.selects)

    def _holds(self, need: Need) -> list[tuple[int, float, float]]:
        """Return (train, from, to) of the holds that count against a need."""
        if self.only is not None:
            if need.passing is None and need.resource not in _touched(self.traffic, self.only):
                return []
            return [
                (train, begin - self.origin_s, end - self.origin_s)
                for train, begin, end in _against(self.traffic, need)
                if train == self.only
            ]
        return [
            (train, begin - self.origin_s, end - self.origin_s)
            for train, begin, end in _against(self.traffic, need)
            if train not in self.without
        ]

    def _free(self, need: Need) -> list[tuple[float, float]]:
        assert need.passing is None, "a stand is overtaken or not, its place is not held"
        capacity = 1 if need.selects else int(self.traffic.network.capacity[need.resource])
        spare = capacity - (1 if need.selects else need.units)
        if spare < 0:
            return []
        held = [(b - self.margin_s, e + self.margin_s, 1) for _, b, e in self._holds(need)]
        held += [
            (c.from_s - self.origin_s, c.to_s - self.origin_s, spare + 1)
            for c in self._closures(need)
        ]
        return free_between(held, spare)


@lru_cache(maxsize=4)
def _parts(traffic: Traffic) -> dict[int, slice]:
    """Return the rows of each resource; traffic never changes."""
    resource = traffic.occupations.resource
    begin = np.flatnonzero(np.diff(resource, prepend=-1))
    ends = np.append(begin[1:], resource.size)[: begin.size]
    return {int(resource[b]): slice(int(b), int(e)) for b, e in zip(begin, ends, strict=True)}


@lru_cache(maxsize=8192)
def _touched(traffic: Traffic, train: int) -> frozenset[int]:
    """Return the resources that a train holds at some time."""
    rows = traffic.occupations
    return frozenset(rows.resource[rows.train == train].tolist())


@lru_cache(maxsize=32768)
def _against(traffic: Traffic, need: Need) -> tuple[tuple[int, float, float], ...]:
    """Return (train, from, to; Unix seconds) of all holds that count against a need."""
    rows, runs = traffic.occupations, traffic.runs
    if need.passing is not None:
        return tuple(
            passed
            for passed in passages(traffic).get(need.passing, ())
            if not need.classes or runs[passed[0]].train_class in need.classes
        )
    part = _parts(traffic).get(need.resource, slice(0, 0))
    state, from_s, to_s = rows.state[part], rows.from_s[part], rows.to_s[part]
    found = []
    for row, train in enumerate(rows.train[part].tolist()):
        come_and_gone = need.state == MOVING and state[row] == STANDING
        if need.state is not None and state[row] != need.state and not come_and_gone:
            continue
        run = runs[train] if train < len(runs) else None
        if need.classes and (run is None or run.train_class not in need.classes):
            continue
        if need.dangerous and (run is None or not run.dangerous_goods):
            continue
        if need.possessions and train not in traffic.possessions:
            continue
        begin, end = float(from_s[row]), float(to_s[row])
        parts = run.moving(begin, end) if come_and_gone and run is not None else [(begin, end)]
        found += [(train, *part) for part in parts]
    return tuple(found)


def free_between(held: Sequence[tuple[float, float, int]], spare: int) -> list[tuple[float, float]]:
    """Return the times at which at most ``spare`` units are held, from (from, to, units)."""
    moments: dict[float, int] = {}
    for begin, end, units in held:
        if end > begin:
            moments[begin] = moments.get(begin, 0) + units
            moments[end] = moments.get(end, 0) - units
    free: list[tuple[float, float]] = []
    since: float | None = -FOREVER_S
    count = 0
    for moment in sorted(moments):
        count += moments[moment]
        if count <= spare and since is None:
            since = moment
        elif count > spare and since is not None:
            free.append((since, moment))
            since = None
    if since is not None:
        free.append((since, FOREVER_S))
    return free
