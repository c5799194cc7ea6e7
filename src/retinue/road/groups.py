"""A long convoy in groups, each of which one commander can lead.

The car with the principal, its spare and the guards around them are never parted; apart from
that the groups are as even as can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.road.convoy import ConvoyVehicle

__all__ = ["split_groups"]

_CORE = ("main", "spare", "guards")


def split_groups(
    column: Sequence[ConvoyVehicle], most: int
) -> tuple[tuple[ConvoyVehicle, ...], ...]:
    """Split a convoy into the fewest groups of at most so many vehicles.

    Parameters
    ----------
    column
        The vehicles of the convoy proper, from the head.
    most
        A group's greatest number of vehicles; a core that is larger is a group all the same.

    Returns
    -------
    tuple of groups
        In order; of the splits with the fewest groups one whose largest is smallest, cut as
        late as possible.
    """
    count = len(column)
    if count <= most:
        return (tuple(column),)
    allowed = [place for place in range(1, count) if _may_cut(column, place)]
    ends = [0, *allowed, count]
    # Fewest groups first, then the smallest largest group: best[j] for the first ends[j] vehicles.
    best: list[tuple[int, int, int]] = [(0, 0, -1)]
    for index in range(1, len(ends)):
        options = []
        for before in range(index):
            size = ends[index] - ends[before]
            if size > most and before != index - 1:
                continue
            groups, largest, _ = best[before]
            options.append((groups + 1, max(largest, size), before))
        best.append(min(options, key=lambda o: (o[0], o[1], -o[2])))
    cuts = [len(ends) - 1]
    while cuts[-1] > 0:
        cuts.append(best[cuts[-1]][2])
    cuts.reverse()
    return tuple(tuple(column[ends[a] : ends[b]]) for a, b in pairwise(cuts))


def _may_cut(column: Sequence[ConvoyVehicle], place: int) -> bool:
    """Return whether a group may begin with a vehicle."""
    if column[place].beside:
        return False
    main = next((i for i, vehicle in enumerate(column) if vehicle.role == "main"), None)
    if main is None:
        return True
    first = last = main
    while first > 0 and column[first - 1].role in _CORE:
        first -= 1
    while last + 1 < len(column) and column[last + 1].role in _CORE:
        last += 1
    return not first < place <= last
