"""Conflicts: two trains that want one block, one track, one crossing at the same time.

Spacing: trains of one direction in one block.  Opposing: trains of both directions in one block of
a single track.  Station track: more trains at a station than it has tracks.  Junction: two moves
that cross on the level.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.resource import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.occupation import Occupations
    from retinue.traffic.traffic import Traffic

__all__ = [
    "CONFLICT_NAMES",
    "Conflict",
    "ConflictKind",
    "Conflicts",
    "conflicts_of",
    "find_conflicts",
]


class ConflictKind(IntEnum):
    """Kinds of conflicts."""

    SPACING = 0
    OPPOSING = 1
    STATION_TRACK = 2
    JUNCTION = 3


CONFLICT_NAMES = ("spacing", "opposing", "station track", "junction")


@dataclass(frozen=True)
class Conflict:
    """One conflict, for people.

    Attributes
    ----------
    kind
        Of `CONFLICT_NAMES`.
    holder, comer
        Ids of the train that held first and of the one that came.
    place
        Name of the resource.
    from_s, to_s
        Unix seconds: while both want it.
    """

    kind: str
    holder: str
    comer: str
    place: str
    lat: float
    lon: float
    from_s: float
    to_s: float

    @property
    def seconds(self) -> float:
        """How long they overlap."""
        return self.to_s - self.from_s


@dataclass(frozen=True, eq=False)
class Conflicts:
    """Conflicts as columns, sorted by begin, resource, trains.

    Attributes
    ----------
    holder, comer
        int32: numbers of the runs.
    resource
        int32.
    from_s, to_s
        float64: Unix seconds.
    kind
        int8: `ConflictKind`.
    """

    holder: NDArray[np.int32]
    comer: NDArray[np.int32]
    resource: NDArray[np.int32]
    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]
    kind: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.holder)

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> Conflicts:
        """Return the rows of a mask or of indices."""
        return Conflicts(*(getattr(self, f.name)[mask] for f in fields(self)))

    def between(self, from_s: float, until_s: float) -> Conflicts:
        """Return those that hold within a window."""
        return self.rows((self.to_s > from_s) & (self.from_s < until_s))

    def longer_than(self, seconds: float) -> Conflicts:
        """Return those that last longer."""
        return self.rows(self.to_s - self.from_s > seconds)

    def longest_first(self) -> Conflicts:
        """Return them by falling duration."""
        return self.rows(np.argsort(self.from_s - self.to_s, kind="stable"))

    def count_by_kind(self) -> dict[str, int]:
        """Return how many there are of each kind, all kinds named."""
        counted = np.bincount(self.kind, minlength=len(CONFLICT_NAMES))
        return {name: int(n) for name, n in zip(CONFLICT_NAMES, counted, strict=True)}

    def told(self, traffic: Traffic, most: int | None = None) -> list[Conflict]:
        """Return them with names, the first ``most``."""
        names = traffic.holder_names
        found = []
        for i in range(len(self) if most is None else min(most, len(self))):
            place = traffic.network.resources[int(self.resource[i])]
            found.append(
                Conflict(
                    CONFLICT_NAMES[int(self.kind[i])], names[int(self.holder[i])],
                    names[int(self.comer[i])], place.name, place.lat, place.lon,
                    float(self.from_s[i]), float(self.to_s[i]),
                )
            )  # fmt: skip
        return found


def find_conflicts(network: LineNetwork, occupations: Occupations) -> Conflicts:
    """Return all conflicts between occupations of one network.

    Parameters
    ----------
    network
        Gives the capacities.
    occupations
        In any order; sorted here where they are not.
    """
    return conflicts_of(occupations, network.capacity)


def conflicts_of(occupations: Occupations, capacity: NDArray[np.int32]) -> Conflicts:
    """Return all conflicts between occupations of resources with these capacities."""
    from retinue.traffic.conflict_kernel import sweep

    held = occupations if _sorted(occupations) else occupations.by_resource()
    columns = tuple(
        np.ascontiguousarray(c) for c in (held.train, held.resource, held.from_s, held.to_s)
    )
    room = max(1024, len(held))
    while True:
        first, second = np.empty(room, np.int64), np.empty(room, np.int64)
        until = np.empty(room)
        count = int(
            sweep(*columns, np.ascontiguousarray(capacity, np.int32), first, second, until)  # type: ignore[call-arg]
        )
        if count <= room:
            break
        room = count
    first, second, until = first[:count], second[:count], until[:count]
    opposed = held.direction[first] * held.direction[second] < 0
    kind = np.select(
        [held.kind[second] == Kind.STATION, held.kind[second] == Kind.JUNCTION, opposed],
        [ConflictKind.STATION_TRACK, ConflictKind.JUNCTION, ConflictKind.OPPOSING],
        ConflictKind.SPACING,
    ).astype(np.int8)
    found = Conflicts(
        held.train[first], held.train[second], held.resource[second], held.from_s[second], until,
        kind,
    )  # fmt: skip
    order = np.lexsort((found.comer, found.holder, found.resource, found.from_s))
    return found.rows(order)


def _sorted(held: Occupations) -> bool:
    resource, begin, train = held.resource, held.from_s, held.train
    one, two = slice(None, -1), slice(1, None)
    same = resource[one] == resource[two]
    later = (begin[one] < begin[two]) | ((begin[one] == begin[two]) & (train[one] <= train[two]))
    return bool(np.all((resource[one] < resource[two]) | (same & later)))
