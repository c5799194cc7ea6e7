"""Transforms of the demand of one ingredient, and the best levels on its tail, as kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.kernels import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Index = NDArray[np.int64]
    Complex = NDArray[np.complex128]

__all__ = ["best_bins", "meal_factor", "meal_moments", "meal_parts", "turns"]


@njit(cache=True, nogil=True)
def meal_parts(
    first_event: int,
    end_event: int,
    event_n: NDArray[np.int32],
    event_table: NDArray[np.int32],
    table_start: NDArray[np.int32],
    table_dish: NDArray[np.int32],
    table_chance: Array,
    kg: Array,
    sample: Array,
    known: NDArray[np.int32],
) -> tuple[Index, Index, Array, Array, Array, Array]:
    """Return what the courses of a meal ask of an ingredient.

    Parameters
    ----------
    kg
        A portion takes, shape (dishes + 1,); nothing taken is last.
    sample, known
        Portions of a retained sample, and portions known beforehand; shape (dishes,).

    Returns
    -------
    n, start, chance, lump
        Guests of each course that uses it, and by course, rows by ``start``, the chance and
        kilograms of each of its dishes.  A sample that one guest alone brings about is in his
        portion.
    sample_chance, sample_lump
        Chance and kilograms of the other samples.
    """
    dishes = len(sample)
    guests = np.zeros(dishes, np.int64)
    none = np.ones(dishes)
    courses = rows = 0
    for event in range(first_event, end_event):
        table = event_table[event]
        uses = 0
        for row in range(table_start[table], table_start[table + 1]):
            dish = table_dish[row]
            if kg[dish] > 0.0:
                uses += 1
                guests[dish] += event_n[event]
                none[dish] *= (1.0 - table_chance[row]) ** event_n[event]
        rows += uses
        courses += 1 if uses else 0
    n = np.zeros(courses, np.int64)
    start = np.zeros(courses + 1, np.int64)
    chance, lump = np.zeros(rows), np.zeros(rows)
    course = at = 0
    for event in range(first_event, end_event):
        table = event_table[event]
        begin = at
        for row in range(table_start[table], table_start[table + 1]):
            dish = table_dish[row]
            if kg[dish] > 0.0:
                alone = guests[dish] == 1 and known[dish] == 0
                chance[at] = table_chance[row]
                lump[at] = kg[dish] * (1.0 + sample[dish] if alone else 1.0)
                at += 1
        if at > begin:
            n[course] = event_n[event]
            course += 1
            start[course] = at
    kept = np.zeros(dishes, np.int64)
    samples = 0
    for dish in range(dishes):
        if guests[dish] > 1 and known[dish] == 0 and sample[dish] > 0.0:
            kept[samples] = dish
            samples += 1
    sample_chance, sample_lump = np.zeros(samples), np.zeros(samples)
    for k in range(samples):
        sample_chance[k] = 1.0 - none[kept[k]]
        sample_lump[k] = kg[kept[k]] * sample[kept[k]]
    return n, start, chance, lump, sample_chance, sample_lump


@njit(cache=True, nogil=True)
def meal_moments(
    n: Index, start: Index, chance: Array, lump: Array, sample_chance: Array, sample_lump: Array
) -> tuple[float, float, float, float]:
    """Return mean and variance in kilograms, expected portions, and the most there can be."""
    mean = variance = portions = most = 0.0
    for course in range(len(n)):
        one = two = likely = largest = 0.0
        for row in range(start[course], start[course + 1]):
            one += chance[row] * lump[row]
            two += chance[row] * lump[row] ** 2
            likely += chance[row]
            largest = max(largest, lump[row])
        mean += n[course] * one
        variance += n[course] * (two - one * one)
        portions += n[course] * likely
        most += n[course] * largest
    for k in range(len(sample_chance)):
        mean += sample_chance[k] * sample_lump[k]
        variance += sample_chance[k] * (1.0 - sample_chance[k]) * sample_lump[k] ** 2
        most += sample_lump[k]
    return mean, variance, portions, most


@njit(cache=True, nogil=True)
def turns(bins: Array, few: bool, size: int) -> Complex:
    """Return the transforms of lumps, rounded up, or split between two bins by their mean.

    Few portions are rounded up, so that a level never lies below what they take; many are
    split, because their roundings would add up.

    Parameters
    ----------
    bins
        Each lump in bins, shape (lumps,).
    size
        Bins of the transform.

    Returns
    -------
    ndarray
        Shape (lumps, size / 2 + 1).
    """
    found = np.zeros((len(bins), size // 2 + 1), np.complex128)
    for k in range(len(bins)):
        whole = np.ceil(bins[k] - 1e-9) if few else np.floor(bins[k])
        share = 0.0 if few else bins[k] - whole
        for wave in range(size // 2 + 1):
            angle = -2.0 * np.pi * wave / size
            turn = np.cos(angle * whole) + 1j * np.sin(angle * whole)
            if share > 0.0:
                turn *= 1.0 - share + share * (np.cos(angle) + 1j * np.sin(angle))
            found[k, wave] = turn
    return found


@njit(cache=True, nogil=True)
def meal_factor(
    n: Index,
    start: Index,
    chance: Array,
    lump: Index,
    sample_chance: Array,
    sample_lump: Index,
    turned: Complex,
) -> Complex:
    """Return the transform of a meal's demand: a product over courses and samples.

    Parameters
    ----------
    lump, sample_lump
        Rows of ``turned``.
    """
    waves = turned.shape[1]
    found = np.ones(waves, np.complex128)
    one = np.ones(waves, np.complex128)
    for course in range(len(n)):
        nothing = 1.0
        for row in range(start[course], start[course + 1]):
            nothing -= chance[row]
        one[:] = nothing
        for row in range(start[course], start[course + 1]):
            for wave in range(waves):
                one[wave] += chance[row] * turned[lump[row], wave]
        # The power by squaring: guests choose alike and independently.
        power = n[course]
        while power:
            if power % 2:
                for wave in range(waves):
                    found[wave] *= one[wave]
            power //= 2
            if power:
                for wave in range(waves):
                    one[wave] *= one[wave]
    for k in range(len(sample_chance)):
        for wave in range(waves):
            found[wave] *= 1.0 - sample_chance[k] + sample_chance[k] * turned[sample_lump[k], wave]
    return found


@njit(cache=True, nogil=True)
def best_bins(tail: Array, step: float, prices: Array) -> Index:
    """Return for rising prices the bins that minimise ``step * bins + price * tail[bins]``.

    They lie on the lower convex hull of the tail, along which they rise with the price.
    """
    low = 0
    while low < len(tail) - 1 and tail[low] > 0.7:
        low += 1
    high = low
    while high < len(tail) and tail[high] > 1e-12:
        high += 1
    high = max(min(high + 2, len(tail)), low + 1)
    hull = np.zeros(high - low, np.int64)
    size = 0
    for b in range(low, high):
        while size > 1:
            p, q = hull[size - 2], hull[size - 1]
            if (tail[q] - tail[p]) * (b - p) < (tail[b] - tail[p]) * (q - p):
                break
            size -= 1
        hull[size] = b
        size += 1
    found = np.zeros(len(prices), np.int64)
    at = 0
    for k in range(len(prices)):
        while at + 1 < size and prices[k] * (tail[hull[at]] - tail[hull[at + 1]]) > step * (
            hull[at + 1] - hull[at]
        ):
            at += 1
        found[k] = hull[at]
    return found
