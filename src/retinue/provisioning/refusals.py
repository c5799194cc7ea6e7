r"""Chance of a refusal, from journeys drawn so that refusals are common.

A promise of 99.9 % leaves refusals so rare that plain sampling wants a hundred thousand journeys
to count fifty.  Instead most journeys are drawn from a mixture: one column ``c`` is chosen with
weight :math:`a_c`, and within its meals the dishes that use its ingredient are made likelier,

    p_d  ->  p_d exp(theta_c k_d) / M,     theta_c such that the mean demand is the level,

which is the tilt of Cramer and Siegmund.  A journey whose weighed demands are ``S_c`` then counts
for

    w = 1 / (a_0 + sum_c a_c exp(theta_c S_c - psi_c)),    psi_c = sum_guests log M,

the balance heuristic (Veach and Guibas 1995) with a part ``a_0`` of plain journeys: unbiased for
every level and every dependence between the columns, bounded by ``1 / a_0``, and a few thousand
journeys give the chance to some per cent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.kernels import njit
from retinue.provisioning.sampling import alias_tables, first_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.tails import Tails
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = ["likely_row", "refusal_chances", "tails_at"]

#: Stream of random numbers, apart from those of plain journeys.
_STREAM = 3
_PLAIN = 0.05
_NEWTON = 40
_FARTHEST = 700.0  # exponents beyond overflow


def tails_at(tails: Tails, levels: Array) -> Array:
    """Return the chance that each column's demand exceeds a level, shape of one row of levels."""
    found = np.zeros(len(levels))
    for column, (above, width) in enumerate(zip(tails.above, tails.bin_kg.tolist(), strict=True)):
        bins = int(levels[column] / width + 1e-9)
        found[column] = above[bins] if bins < len(above) else 0.0
    return found


def likely_row(tails: Tails, path: Array, chance: float) -> int:
    """Return the first row of levels at which the tails together are at most a chance."""
    low, high = 0, len(path) - 1
    while low < high:
        middle = (low + high) // 2
        if tails_at(tails, path[middle]).sum() <= chance:
            high = middle
        else:
            low = middle + 1
    return low


def refusal_chances(
    demand: Demand,
    checks: Checks,
    tails: Tails,
    path: Array,
    near: int,
    journeys: int,
    seed: int,
) -> tuple[Array, Array]:
    """Return the chance that each row of levels refuses something, and its standard error.

    Parameters
    ----------
    path
        Levels, shape (rows, columns), never falling down a column.
    near
        Row about which the chances are wanted: journeys are drawn towards its levels.
    """
    none = np.zeros(len(path))
    risk = tails_at(tails, path[near])
    if not risk.sum() > 0.0 or not len(demand.event_n):
        return none, none.copy()
    share = risk / risk.sum() * journeys * (1.0 - _PLAIN)
    drawn = np.floor(share).astype(np.int64)
    left = round(journeys * (1.0 - _PLAIN)) - int(drawn.sum())
    drawn[np.argsort(-(share - drawn), kind="stable")[:left]] += 1
    columns = np.flatnonzero(drawn)
    # First the plain journeys, then those drawn towards each column.
    parts = np.append(-1, columns)
    counts = np.append(journeys - int(drawn.sum()), drawn[columns])
    windows = [checks.windows[column] for column in columns.tolist()]
    row, scores, theta, psi = _journeys(
        seed, parts, counts,
        np.array([0, *(w.chain for w in windows)], np.int64),
        np.array([-1, *(w.last for w in windows)], np.int64),
        np.array([-1, *(w.ingredient for w in windows)], np.int64),
        np.append(0.0, path[near, columns]), np.append(0.0, tails.mean_kg[columns]),
        demand.recipe(), _weighed(demand), demand.event_meal, demand.event_n, demand.event_table,
        demand.table_start, demand.table_dish, demand.table_chance, demand.known,
        demand.dish_start, demand.dish_ingredient, demand.dish_kg, demand.sample_portions,
        demand.used, checks.start, checks.ingredient, checks.resets, path,
    )  # fmt: skip
    exponent = np.minimum(scores * theta - psi, _FARTHEST)
    plain = counts[0] / journeys
    weight = 1.0 / (plain + np.exp(exponent) @ (drawn[columns] / journeys))
    size = len(path) + 1
    beyond = [
        np.cumsum(np.bincount(row, weights=one, minlength=size)[::-1])[::-1][1:]
        for one in (weight, weight**2)
    ]
    found = beyond[0] / journeys
    spread = np.maximum(beyond[1] / journeys - found**2, 0.0)
    return found, np.sqrt(spread / journeys)


def _weighed(demand: Demand) -> Array:
    """Return what a chosen portion weighs: with its retained sample where one guest chooses."""
    guests = np.zeros((len(demand.meals), len(demand.dishes) + 1))
    for meal, n, table in zip(demand.event_meal, demand.event_n, demand.event_table, strict=True):
        rows = slice(demand.table_start[table], demand.table_start[table + 1])
        np.add.at(guests[meal], demand.table_dish[rows], n)
    alone = (guests[:, :-1] == 1) & (demand.known == 0)
    return np.where(alone, 1.0 + demand.sample_portions, 1.0)


@njit(cache=True, nogil=True)
def _moments(  # type: ignore[no-untyped-def]
    theta, first_meal, last_meal, event_meal, event_n, event_table, table_start, table_dish,
    table_chance, kg,
):  # fmt: skip
    """Return the sum of guests' log M, and mean and variance of the tilted demand."""
    norm = mean = variance = 0.0
    for event in range(len(event_n)):
        meal = event_meal[event]
        if meal < first_meal or meal > last_meal:
            continue
        table = event_table[event]
        zero = one = two = 0.0
        for row in range(table_start[table], table_start[table + 1]):
            lump = kg[meal, table_dish[row]]
            mass = table_chance[row]
            if lump > 0.0:
                mass *= np.exp(theta * lump)
                one += mass * lump
                two += mass * lump * lump
            zero += mass
        n = event_n[event]
        norm += n * np.log(zero)
        mean += n * one / zero
        variance += n * (two / zero - (one / zero) ** 2)
    return norm, mean, variance


@njit(cache=True, nogil=True)
def _tilted(  # type: ignore[no-untyped-def]
    first_meal, last_meal, event_meal, event_n, event_table, table_start, table_dish,
    table_chance, kg, wanted,
):  # fmt: skip
    """Return tilt, its log norm, and for every event a table of its own, tilted in the span."""
    largest = kg.max()
    theta = 0.0
    if largest > 0.0:
        # Newton within a bracket; beyond its end hardly anything but the largest lump is chosen.
        low, high = 0.0, 40.0 / largest
        for _ in range(_NEWTON):
            _, mean, variance = _moments(
                theta, first_meal, last_meal, event_meal, event_n, event_table, table_start,
                table_dish, table_chance, kg,
            )  # fmt: skip
            if abs(mean - wanted) <= 1e-6 * largest:
                break
            if mean < wanted:
                low = theta
            else:
                high = theta
            step = theta + (wanted - mean) / max(variance, 1e-12)
            theta = step if low < step < high else 0.5 * (low + high)
    norm, _, _ = _moments(
        theta, first_meal, last_meal, event_meal, event_n, event_table, table_start, table_dish,
        table_chance, kg,
    )  # fmt: skip
    starts = np.zeros(len(event_n) + 1, np.int32)
    for event in range(len(event_n)):
        table = event_table[event]
        starts[event + 1] = starts[event] + table_start[table + 1] - table_start[table]
    dishes = np.zeros(starts[-1], np.int32)
    chance = np.zeros(starts[-1])
    for event in range(len(event_n)):
        meal, table = event_meal[event], event_table[event]
        inside = first_meal <= meal <= last_meal
        at = starts[event]
        for row in range(table_start[table], table_start[table + 1]):
            dishes[at] = table_dish[row]
            lump = kg[meal, table_dish[row]] if inside else 0.0
            chance[at] = table_chance[row] * np.exp(theta * lump)
            at += 1
    return theta, norm, starts, dishes, chance


@njit(cache=True, nogil=True)
def _journeys(  # type: ignore[no-untyped-def]
    seed, parts, counts, chain, last, ingredient, level, mean_kg, recipe, weighed, event_meal,
    event_n, event_table, table_start, table_dish, table_chance, known, dish_start,
    dish_ingredient, dish_kg, sample_portions, used, check_start, check_ingredient, check_resets,
    path,
):  # fmt: skip
    """Return the first row of each journey, its weighed demands, and tilt and norm by column.

    The parts are drawn one after the other; a part below zero is of plain journeys.
    """
    meals, dishes = known.shape
    events = len(event_n)
    columns = parts[1:]
    rows = np.zeros(counts.sum(), np.int32)
    scores = np.zeros((len(rows), len(columns)))
    theta, psi = np.zeros(len(columns)), np.zeros(len(columns))
    own_table = np.arange(events).astype(np.int32)
    no_urn = np.zeros(events)
    first = 0
    for at in range(len(parts)):
        kg = np.zeros((meals, dishes + 1))
        wanted = 0.0
        if parts[at] >= 0:
            for meal in range(chain[at], last[at] + 1):
                for part in range(used.shape[1]):
                    if used[meal, part] == ingredient[at]:
                        for dish in range(dishes):
                            kg[meal, dish] += recipe[dish, part]
                for dish in range(dishes):
                    kg[meal, dish] *= weighed[meal, dish]
            # What is known or retained beside the choices stays as it is expected.
            _, mean, _ = _moments(
                0.0, chain[at], last[at], event_meal, event_n, event_table, table_start,
                table_dish, table_chance, kg,
            )  # fmt: skip
            wanted = level[at] - (mean_kg[at] - mean)
        tilt, norm, starts, listed, chance = _tilted(
            chain[at], last[at], event_meal, event_n, event_table, table_start, table_dish,
            table_chance, kg, wanted,
        )  # fmt: skip
        if parts[at] >= 0:
            theta[at - 1], psi[at - 1] = tilt, norm
        keep, own, other = alias_tables(starts, listed, chance)
        own_scores = np.zeros((counts[at], path.shape[1]))
        rows[first : first + counts[at]] = first_levels(
            seed, _STREAM, first, counts[at], event_meal, event_n, own_table, starts, keep, own,
            other, no_urn, no_urn, known, dish_start, dish_ingredient, dish_kg, sample_portions,
            used, check_start, check_ingredient, check_resets, path, weighed, own_scores,
        )  # fmt: skip
        for journey in range(counts[at]):
            for place in range(len(columns)):
                scores[first + journey, place] = own_scores[journey, columns[place]]
        first += counts[at]
    return rows, scores, theta, psi
