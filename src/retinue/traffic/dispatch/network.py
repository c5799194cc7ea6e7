"""The problem as the search reads it: fine time, tails of the graphs, costs ahead.

A resource may be handed over within one instant, but the global order of events must then say who
leaves before who comes, and two trains may never swap.  The search keeps that order by time alone:
one unit of the problem is `fine` fine ones, more than there are operations, and every handover
costs one fine unit on top of its release time.  An ordering is free of circles just when it has
fine times, and the whole units of its earliest fine times are its earliest times: the longest chain
of handovers is shorter than one unit.  So no solution is lost and none is invented.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retinue.errors import InputError
from retinue.traffic.dispatch.kernel import INDICES, INT, INTS, kernel, record
from retinue.traffic.dispatch.problem import NEVER, Indices, Ints, Problem

__all__ = ["FOREVER", "LEFT_OUT", "NETWORK", "Network", "arrival_cost", "cost_ahead", "network_of"]

#: Fine time that no event reaches.
FOREVER = 2**61
#: Cost of a train that is not scheduled; more than any delay that counts.
LEFT_OUT = 2**45


class Network(NamedTuple):
    """Arrays of a problem in fine time; rows of compressed form as in `Problem`.

    Attributes
    ----------
    first, train_of, successor_from, successor, use_from, use
        As in `Problem`.
    duration, earliest, latest
        In fine units; the exit's duration is `FOREVER` where it holds resources.  `earliest` counts
        the way to the operation too.
    release
        In fine units, and the one for the handover.
    level
        Most steps from the entry.
    tail
        Least time from an operation's start to that of the exit.
    part_from, part
        Parts of the objective by the operation they look at.
    ahead_from, ahead_part, ahead_tail
        Parts that every way on from an operation meets, and the least time until then.
    threshold, rate, step
        Of the parts of the objective, in whole units.
    fine
        Fine units in a whole one.
    """

    first: Indices
    train_of: Indices
    successor_from: Indices
    successor: Indices
    use_from: Indices
    use: Indices
    duration: Ints
    earliest: Ints
    latest: Ints
    release: Ints
    level: Ints
    tail: Ints
    part_from: Indices
    part: Indices
    ahead_from: Indices
    ahead_part: Indices
    ahead_tail: Ints
    threshold: Ints
    rate: Ints
    step: Ints
    part_operation: Indices
    fine: int


#: Numba's type of a network, for explicit signatures.
NETWORK = record(
    [
        *[INDICES] * 6,
        *[INTS] * 6,
        *[INDICES] * 4,
        *[INTS] * 4,
        INDICES,
        INT,
    ],
    Network,
)


def network_of(problem: Problem) -> Network:
    """Return the arrays that the search reads.

    Raises
    ------
    InputError
        Where times are so long or costs so high that their sums would overflow.
    """
    fine = 1 << int(problem.operations + 1).bit_length()
    horizon = int(problem.earliest.max(initial=0)) + int(problem.duration.sum())
    bounded = problem.latest[problem.latest < NEVER]
    horizon += int(problem.release.max(initial=0)) * problem.operations
    if max(horizon, int(bounded.max(initial=0))) >= FOREVER // (8 * fine):
        raise InputError(
            "the problem's times are too long to be searched",
            cure="Give times in a larger unit.",
        )
    dearest = int(problem.cost_rate.max(initial=0)) * horizon
    dearest += int(problem.cost_step.max(initial=0))
    if dearest * max(1, len(problem.cost_rate)) >= LEFT_OUT:
        raise InputError(
            "the problem's costs are too high to be searched",
            cure="Give coefficients and increments in a larger unit.",
        )
    order = range(problem.operations)
    level = np.zeros(problem.operations, np.int64)
    earliest = problem.earliest * fine
    duration = problem.duration * fine
    tail = np.zeros(problem.operations, np.int64)
    p_from, successor_from = problem.predecessor_from.tolist(), problem.successor_from.tolist()
    for op in order:
        before = problem.predecessor[p_from[op] : p_from[op + 1]]
        if len(before):
            level[op] = level[before].max() + 1
            earliest[op] = max(earliest[op], (earliest[before] + duration[before]).min())
    part_from, part = _grouped(problem.cost_operation, problem.operations)
    ahead: list[dict[int, int]] = [{} for _ in order]
    for op in reversed(order):
        after = problem.successor[successor_from[op] : successor_from[op + 1]].tolist()
        if after:
            tail[op] = duration[op] + tail[after].min()
            met = set(ahead[after[0]]).intersection(*(ahead[a] for a in after[1:]))
            ahead[op] = {
                k: int(duration[op]) + min(ahead[a][k] for a in after) for k in sorted(met)
            }
        for k in part[part_from[op] : part_from[op + 1]].tolist():
            ahead[op][k] = 0
    lasts = problem.first[1:] - 1
    holding = problem.use_from[lasts + 1] > problem.use_from[lasts]
    duration[lasts[holding]] = FOREVER
    return Network(
        first=problem.first,
        train_of=problem.train_of,
        successor_from=problem.successor_from,
        successor=problem.successor,
        use_from=problem.use_from,
        use=problem.use,
        duration=duration,
        earliest=earliest,
        latest=np.where(problem.latest < NEVER, problem.latest * fine + fine - 1, FOREVER),
        release=problem.release * fine + 1,
        level=level,
        tail=tail,
        part_from=part_from,
        part=part,
        ahead_from=np.cumsum([0, *(len(row) for row in ahead)]).astype(np.int32),
        ahead_part=np.array([k for row in ahead for k in row], np.int32),
        ahead_tail=np.array([t for row in ahead for t in row.values()], np.int64),
        threshold=problem.cost_threshold,
        rate=problem.cost_rate,
        step=problem.cost_step,
        part_operation=problem.cost_operation,
        fine=fine,
    )


def _grouped(keys: npt.NDArray[np.int32], count: int) -> tuple[Indices, Indices]:
    """Return the positions of each key in rows of compressed form."""
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(keys, minlength=count), out=starts[1:])
    return starts, np.argsort(keys, kind="stable").astype(np.int32)


@kernel(INT(NETWORK, INT, INT))
def arrival_cost(net: Network, op: int, at: int) -> int:
    """Return the cost of starting an operation at a fine time."""
    cost = 0
    whole = at // net.fine
    for i in range(net.part_from[op], net.part_from[op + 1]):
        k = net.part[i]
        late = whole - net.threshold[k]
        if late >= 0:
            cost += net.rate[k] * late + net.step[k]
    return cost


@kernel(INT(NETWORK, INT, INT))
def cost_ahead(net: Network, op: int, at: int) -> int:
    """Return a lower bound of the costs of an operation started at a fine time and all after it."""
    cost = 0
    for i in range(net.ahead_from[op], net.ahead_from[op + 1]):
        k = net.ahead_part[i]
        then = max(at + net.ahead_tail[i], net.earliest[net.part_operation[k]])
        late = then // net.fine - net.threshold[k]
        if late >= 0:
            cost += net.rate[k] * late + net.step[k]
    return cost
