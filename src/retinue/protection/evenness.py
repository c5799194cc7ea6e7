"""The most even distribution on a polytope: greatest entropy under linear limits.

    maximise  -sum p log(p / m)   with  G p <= h,  sum p = 1,  p >= 0

The set of optima of a linear program is a face, and a face has no interior: some limits hold
with equality everywhere on it, some probabilities are nought.  One linear program (Freund,
Roundy and Todd 1985) finds which, and a point that is strictly inside in all the rest.  From
there a primal-dual interior-point method runs within the null space of what is fixed, so the
fixed limits hold to rounding at every step.  The multipliers give an upper bound on the
entropy of any other point: the proof that none is more even.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.protection.linear_program import Rows, minimise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Evenest", "entropy", "most_even"]

#: Options that no optimum gives more than this are left out.
_LEAST_SHARE = 1e-5
_MOST_STEPS = 200
_GAP = 1e-11


@dataclass(frozen=True)
class Evenest:
    """The distribution and its proof.

    Attributes
    ----------
    shares
        Probabilities, one for each column.
    entropy
        In nats.
    bound
        No point within the limits has more entropy than this (nats).
    """

    shares: Array
    entropy: float
    bound: float


def entropy(shares: Array, multiplicity: Array) -> float:
    """Return ``-sum p log(p / m)`` in nats, with ``0 log 0 = 0``."""
    used = shares > 0
    return float(-np.sum(shares[used] * np.log(shares[used] / multiplicity[used])))


def most_even(limits: Array, most: Array, multiplicity: Array) -> Evenest:
    """Return the distribution of greatest entropy.

    Parameters
    ----------
    limits, most
        ``G``, shape (rows, columns), and ``h``; of like magnitude, near one.
    multiplicity
        ``m``: how many equal choices each column stands for.

    Raises
    ------
    InputError
        Where no distribution keeps the limits.
    """
    # A face known to sixteen digits may be empty to the solver: it is given room far below 1e-9.
    rooms = (0.0, 1e-12, 1e-11, 1e-10)
    tries = (_inside(limits, most + extra) for extra in rooms)
    inside = next((point for point in tries if point is not None), None)
    if inside is None:
        raise InputError("no choice of probabilities keeps these limits")
    start, free, tight = inside
    shares = np.zeros(limits.shape[1])
    weight = multiplicity[free].astype(np.float64)
    fixed = np.vstack([limits[tight][:, free], np.ones((1, int(free.sum())))])
    loose, room = limits[~tight][:, free], most[~tight]
    found, prices = _interior(start[free], weight, _null_space(fixed), loose, room)
    shares[free] = found / found.sum()
    bound = _bound(found, weight, fixed, np.append(most[tight], 1.0), loose, room, prices)
    return Evenest(shares, entropy(shares, multiplicity), bound)


def _inside(
    limits: Array, most: Array
) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Return a point inside the face, which columns can be positive, which rows always bind.

    None where the solver finds the face empty.

    Everything is scaled by one unknown factor ``a >= 1``: a column or a slack that can be
    positive at all can then be at least one, so that the count of those is a linear objective.
    """
    rows_count, columns = limits.shape
    scale = 2 * columns + 2 * rows_count
    rows = Rows()
    for number in range(rows_count):
        used = np.flatnonzero(limits[number])
        factors = limits[number, used]
        slack = 2 * columns + number
        rows.add(
            np.concatenate([used, used + columns, [slack, slack + rows_count, scale]]),
            np.concatenate([factors, factors, [1.0, 1.0, -most[number]]]),
            0.0,
            0.0,
        )
    rows.add(
        np.append(np.arange(2 * columns), scale), np.append(np.ones(2 * columns), -1.0), 0.0, 0.0
    )
    counted = np.concatenate([np.ones(columns), np.zeros(columns)])
    cost = -np.concatenate([counted, np.ones(rows_count), np.zeros(rows_count), [0.0]])
    upper = np.where(cost < 0, 1.0, np.inf)
    lower = np.zeros(scale + 1)
    lower[scale], upper[scale] = 1.0, 1.0 / _LEAST_SHARE
    solution = minimise(cost, lower, upper, rows)
    if solution is None:
        return None
    values = solution.values
    point = (values[:columns] + values[columns : 2 * columns]) / values[scale]
    free = values[:columns] > 0.5
    tight = values[2 * columns : 2 * columns + rows_count] < 0.5
    return np.where(free, point, 0.0), free, tight


def _null_space(matrix: Array) -> Array:
    _, sizes, right = np.linalg.svd(matrix, full_matrices=True)
    rank = int(np.sum(sizes > max(matrix.shape) * np.finfo(float).eps * sizes[0] * 100))
    return np.ascontiguousarray(right[rank:].T)


def _interior(
    start: Array, weight: Array, directions: Array, loose: Array, room: Array
) -> tuple[Array, Array]:
    """Return the optimum and the prices of the loose rows (Boyd and Vandenberghe 2004, 11.7)."""
    shares = start
    slack = room - loose @ shares
    prices = np.ones(len(room)) / np.maximum(slack, 1e-3) * 0.01
    if directions.shape[1] == 0:
        return shares, np.zeros(len(room))

    def residual(p: Array, s: Array, y: Array, target: float) -> tuple[Array, Array]:
        gradient = np.log(p / weight) + 1.0
        return directions.T @ (gradient + loose.T @ y), s * y - target

    for _ in range(_MOST_STEPS):
        gap = float(slack @ prices)
        dual, _ = residual(shares, slack, prices, 0.0)
        if gap < _GAP and float(np.linalg.norm(dual)) < 1e-9:
            break
        # Below the gap that is asked for, the system would only lose its condition.
        target = max(gap / 10.0, _GAP / 10.0) / max(len(room), 1)
        dual, centre = residual(shares, slack, prices, target)
        ratio = prices / slack
        moved = loose @ directions
        hessian = (directions.T / shares) @ directions + (moved.T * ratio) @ moved
        force = directions.T @ (np.log(shares / weight) + 1.0 + loose.T @ (target / slack))
        try:
            step = directions @ np.linalg.solve(hessian, -force)
        except np.linalg.LinAlgError:
            break  # rounding stops further progress; the bound says how near this is
        slack_step = -(loose @ step)
        price_step = -(centre + prices * slack_step) / slack
        length = min(
            1.0,
            0.99 * _room_for(shares, step),
            0.99 * _room_for(slack, slack_step),
            0.99 * _room_for(prices, price_step),
        )
        size = float(np.hypot(np.linalg.norm(dual), np.linalg.norm(centre)))
        for _ in range(60):
            trial = (shares + length * step, slack + length * slack_step,
                     prices + length * price_step)  # fmt: skip
            after = residual(*trial, target)
            if (
                np.hypot(np.linalg.norm(after[0]), np.linalg.norm(after[1]))
                <= (1.0 - 0.01 * length) * size
            ):
                break
            length *= 0.5
        else:
            break
        shares, slack, prices = trial
    return shares, prices


def _room_for(values: Array, step: Array) -> float:
    falling = step < 0
    return float(np.min(-values[falling] / step[falling])) if falling.any() else np.inf


def _bound(
    shares: Array,
    weight: Array,
    fixed: Array,
    fixed_at: Array,
    loose: Array,
    room: Array,
    prices: Array,
) -> float:
    """Return the Lagrangian bound ``log sum m exp(-G'y) + h'y``, valid for any ``y``.

    Prices of what always binds may have either sign; those of the rest are not negative.
    """
    pull = np.log(shares / weight) + 1.0 + loose.T @ prices
    ties = -np.linalg.lstsq(fixed.T, pull, rcond=None)[0]
    exponent = np.log(weight) - loose.T @ prices - fixed.T @ ties
    top = float(exponent.max())
    log_sum = top + float(np.log(np.sum(np.exp(exponent - top))))
    return log_sum + float(fixed_at @ ties) + float(room @ prices)
