"""Trains that run coupled, or that a feed lists twice: together they occupy the line once.

A feed lists both halves of a train that splits, and circulations as overlapping trips.  Two runs
that leave and reach the same nodes at the same seconds over two timetabled legs in a row (or over
all of one run) are taken as one train there; the second one occupies nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retinue.traffic.train_run import TrainRun

__all__ = ["coupled_steps", "held_once"]

_LEGS_IN_A_ROW = 2


def coupled_steps(runs: Sequence[TrainRun]) -> dict[int, NDArray[np.int32]]:
    """Return for each run that is coupled somewhere the leading run of each step, -1: none."""
    first: dict[tuple[int, bool, float, float], list[int]] = {}
    found: dict[int, NDArray[np.int32]] = {}
    for number, run in enumerate(runs):
        beside: list[set[int]] = []
        for i, step in enumerate(run.steps):
            key = step.section, step.forward, run.calls[i].depart_s, run.calls[i + 1].arrive_s
            others = first.setdefault(key, [])
            beside.append(set(others))
            others.append(number)
        leaders = np.full(len(run.steps), -1, np.int32)
        for other in sorted(set().union(*beside)):
            with_other = np.array([other in here for here in beside])
            for start, end in _stretches(with_other):
                legs = sum(run.calls[i].stops for i in range(start + 1, end + 1))
                whole = (start == 0 and end == len(run.steps)) or (
                    runs[other].calls[0].depart_s >= run.calls[start].depart_s
                    and runs[other].calls[-1].arrive_s <= run.calls[end].arrive_s
                )
                if legs >= _LEGS_IN_A_ROW or whole:
                    free = leaders[start:end] < 0
                    leaders[start:end][free] = other
        if (leaders >= 0).any():
            found[number] = leaders
    return found


def _stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return begin and end of each stretch of True."""
    change = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in change.reshape(-1, 2)]


def held_once(
    leaders: NDArray[np.int32], step: NDArray[np.int32], node: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Return which resources of a way a coupled run still holds itself.

    Parameters
    ----------
    leaders
        As `coupled_steps` returns them.
    step, node
        Of the `Way`.
    """
    coupled = leaders >= 0
    # A node is another train's where the run is coupled on every side it has.
    at_node = np.concatenate(([True], coupled)) & np.concatenate((coupled, [True]))
    return ~np.where(step >= 0, coupled[np.maximum(step, 0)], at_node[np.maximum(node, 0)])
