"""Who comes to a station by the special train's way and leaves it by that way.

Where the special train stands from before such a train's coming until after its leaving, it is
overtaken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from retinue.traffic.traffic import Traffic
    from retinue.traffic.train_run import TrainRun

__all__ = ["Passing", "passages", "passages_of"]


class Passing(NamedTuple):
    """How a station is passed: the section come by, the node, the section left by."""

    come_by: int
    node: int
    left_by: int


def passages_of(run: TrainRun) -> Iterator[tuple[Passing, int, int]]:
    """Yield each passing of a run, with the positions of the calls that it comes and leaves at.

    Who leaves on another line and comes back passes the station as well.
    """
    at: dict[int, list[int]] = {}
    for position, call in enumerate(run.calls):
        at.setdefault(call.node, []).append(position)
    for node, positions in at.items():
        for come, leave in itertools.combinations_with_replacement(positions, 2):
            if come > 0 and leave < len(run.steps):
                yield (
                    Passing(run.steps[come - 1].section, node, run.steps[leave].section),
                    come,
                    leave,
                )


@lru_cache(maxsize=4)
def passages(traffic: Traffic) -> dict[Passing, list[tuple[int, float, float]]]:
    """Return (train, arrival, departure) of all trains by how they pass; traffic never changes."""
    found: dict[Passing, list[tuple[int, float, float]]] = {}
    for train, run in enumerate(traffic.runs):
        for passing, come, leave in passages_of(run):
            times = run.calls[come].arrive_s, run.calls[leave].depart_s
            found.setdefault(passing, []).append((train, *times))
    return found
