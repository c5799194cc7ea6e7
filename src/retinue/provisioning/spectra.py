"""Transforms of the demand of one ingredient, and the best levels on its tail, as kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.kernels import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Index = NDArray[np.int64]

__all__ = ["best_bins", "exceeding", "meal_parts", "spectra"]


@njit(cache=True, nogil=True)
def meal_parts(  # type: ignore[no-untyped-def]
    first_event, end_event, event_n, event_table, table_start, table_dish, table_chance, kg,
    sample, known,
):  # fmt: skip
    """Return what the courses of some meals ask of an ingredient.

    A retained sample that one guest alone brings about is part of his portion.

    Parameters
    ----------
    first_event, end_event
        Of each meal.
    kg
        A portion takes, shape (meals, dishes + 1); nothing taken is last.
    sample, known
        Portions of a retained sample, shape (dishes,), and portions known beforehand, shape
        (meals, dishes).

    Returns
    -------
    course, n
        First course of each meal, and the guests of each course that uses it.
    row, chance, lump, sample_of
        First row of each course, and of each of its dishes the chance, the kilograms, and the
        sample that it has in common with others; -1 for none.
    sample_row, none, sample_lump
        First of each meal's common samples; of each the chance that nobody asks for its dish,
        and its kilograms.
    moments
        Of each meal: mean and variance in kilograms, expected portions, the most there can be,
        and what is known; shape (meals, 5).
    """
    meals, dishes = known.shape
    courses = rows = 0
    for meal in range(meals):
        for event in range(first_event[meal], end_event[meal]):
            courses += 1
            rows += table_start[event_table[event] + 1] - table_start[event_table[event]]
    course, n = np.zeros(meals + 1, np.int64), np.zeros(courses, np.int64)
    row, sample_of = np.zeros(courses + 1, np.int64), np.full(rows, -1, np.int64)
    chance, lump = np.zeros(rows), np.zeros(rows)
    sample_row = np.zeros(meals + 1, np.int64)
    sample_none, sample_lump = np.zeros(meals * dishes), np.zeros(meals * dishes)
    moments = np.zeros((meals, 5))
    none, asked = np.ones(dishes), np.zeros(dishes)
    guests = np.zeros(dishes, np.int64)
    number = np.zeros(dishes + 1, np.int64)
    at = courses = samples = 0
    for meal in range(meals):
        none[:] = 1.0
        guests[:] = 0
        number[:] = -1
        for event in range(first_event[meal], end_event[meal]):
            table = event_table[event]
            for k in range(table_start[table], table_start[table + 1]):
                dish = table_dish[k]
                if kg[meal, dish] > 0.0:
                    none[dish] *= (1.0 - table_chance[k]) ** event_n[event]
                    guests[dish] += event_n[event]
        asked[:] = 0.0
        begun = at
        for event in range(first_event[meal], end_event[meal]):
            table = event_table[event]
            begin = at
            one = two = likely = largest = 0.0
            for k in range(table_start[table], table_start[table + 1]):
                dish = table_dish[k]
                if kg[meal, dish] <= 0.0:
                    continue
                alone = guests[dish] == 1 and known[meal, dish] == 0
                asked[dish] += event_n[event] * table_chance[k]
                chance[at] = table_chance[k]
                lump[at] = kg[meal, dish] * (1.0 + (sample[dish] if alone else 0.0))
                one += chance[at] * lump[at]
                two += chance[at] * lump[at] * lump[at]
                likely += chance[at]
                largest = max(largest, lump[at])
                at += 1
            if at > begin:
                guests_here = event_n[event]
                n[courses] = guests_here
                courses += 1
                row[courses] = at
                moments[meal, 0] += guests_here * one
                moments[meal, 1] += guests_here * (two - one * one)
                moments[meal, 2] += guests_here * likely
                moments[meal, 3] += guests_here * largest
        course[meal + 1] = courses
        for dish in range(dishes):
            if kg[meal, dish] <= 0.0:
                continue
            if known[meal, dish] > 0:
                moments[meal, 4] += (known[meal, dish] + sample[dish]) * kg[meal, dish]
            elif guests[dish] > 1 and sample[dish] > 0.0:
                size, missing = kg[meal, dish] * sample[dish], none[dish]
                sample_none[samples], sample_lump[samples] = missing, size
                number[dish] = samples
                samples += 1
                moments[meal, 0] += (1.0 - missing) * size
                # The more portions, the surer a sample: they do not vary apart.
                moments[meal, 1] += (
                    missing * size * ((1.0 - missing) * size + 2.0 * asked[dish] * kg[meal, dish])
                )
                moments[meal, 3] += size
        here = begun
        for event in range(first_event[meal], end_event[meal]):
            table = event_table[event]
            for k in range(table_start[table], table_start[table + 1]):
                if kg[meal, table_dish[k]] > 0.0:
                    sample_of[here] = number[table_dish[k]]
                    here += 1
        sample_row[meal + 1] = samples
    return (
        course, n[:courses], row[: courses + 1], chance[:at], lump[:at], sample_of[:at],
        sample_row, sample_none[:samples], sample_lump[:samples], moments,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _turned(bins, few, roots):  # type: ignore[no-untyped-def]
    """Return the transforms of lumps, rounded up, or split between two bins by their mean.

    Few portions are rounded up, so that a level never lies below what they take; many are
    split, because their roundings would add up.

    Parameters
    ----------
    bins
        Each lump in bins, shape (lumps,).
    roots
        Of unity, as many as bins: the transforms of one bin.
    """
    size = len(roots)
    found = np.zeros((len(bins), size // 2 + 1), np.complex128)
    for k in range(len(bins)):
        whole = np.ceil(bins[k] - 1e-9) if few else np.floor(bins[k])
        share = 0.0 if few else bins[k] - whole
        step = int(whole) % size
        place = 0
        for wave in range(size // 2 + 1):
            turn = roots[place]
            if share > 0.0:
                turn *= 1.0 - share + share * roots[wave]
            found[k, wave] = turn
            place += step
            if place >= size:
                place -= size
    return found


@njit(cache=True, nogil=True)
def _times_power(found, base, power, one):  # type: ignore[no-untyped-def]
    """Multiply by a power, by squaring in the room ``one``."""
    one[:] = base
    while power:
        if power % 2:
            for wave in range(len(one)):
                found[wave] *= one[wave]
        power //= 2
        if power:
            for wave in range(len(one)):
                one[wave] *= one[wave]


@njit(cache=True, nogil=True)
def _meal_factor(  # type: ignore[no-untyped-def]
    first, end, n, row, chance, lump, sample_of, first_sample, end_sample, none, sample_lump,
    turned,
):  # fmt: skip
    r"""Return the transform of a meal's demand.

    Guests of a course choose alike and independently: portions have the transform ``phi``, a
    product of powers over courses.  Of a dish with a common sample, ``q`` the chance that nobody
    asks for it, ``Q`` the transform of the portions where nobody does, and ``y`` that of the
    sample,

        phi y + Q (1 - y) = phi f + (Q - q phi)(1 - y),    f = q + (1 - q) y.

    So one dish is exact.  Of several the second terms are added up, each times the ``f`` of the
    others: exact but for what three of them, portions and two samples, vary together.
    """
    waves = turned.shape[1]
    courses = end - first
    base = np.zeros((courses, waves), np.complex128)
    power = np.ones((courses, waves), np.complex128)
    phi, one = np.ones(waves, np.complex128), np.ones(waves, np.complex128)
    for course in range(courses):
        nothing = 1.0
        for k in range(row[first + course], row[first + course + 1]):
            nothing -= chance[k]
        base[course] = nothing
        for k in range(row[first + course], row[first + course + 1]):
            for wave in range(waves):
                base[course, wave] += chance[k] * turned[lump[k], wave]
        _times_power(power[course], base[course], n[first + course], one)
        for wave in range(waves):
            phi[wave] *= power[course, wave]
    product = np.ones(waves, np.complex128)
    beside = np.zeros(waves, np.complex128)
    absent, rest = np.ones(waves, np.complex128), np.ones(waves, np.complex128)
    for sample in range(first_sample, end_sample):
        absent[:] = 1.0
        for course in range(courses):
            own = -1
            for k in range(row[first + course], row[first + course + 1]):
                if sample_of[k] == sample:
                    own = k
            if own < 0:
                for wave in range(waves):
                    absent[wave] *= power[course, wave]
            else:
                for wave in range(waves):
                    rest[wave] = base[course, wave] - chance[own] * turned[lump[own], wave]
                _times_power(absent, rest, n[first + course], one)
        missing = none[sample]
        for wave in range(waves):
            y = turned[sample_lump[sample], wave]
            factor = missing + (1.0 - missing) * y
            beside[wave] = beside[wave] * factor + product[wave] * (
                absent[wave] - missing * phi[wave]
            ) * (1.0 - y)
            product[wave] *= factor
    for wave in range(waves):
        phi[wave] = phi[wave] * product[wave] + beside[wave]
    return phi


@njit(cache=True, nogil=True)
def spectra(  # type: ignore[no-untyped-def]
    like, first, last, few, width, lumps, course, n, row, chance, lump, sample_of, sample_row,
    none, sample_lump, roots,
):  # fmt: skip
    """Return the transforms of an ingredient's demand over spans of meals.

    Parameters
    ----------
    like
        The kind of each meal of the journey; what follows from ``course`` on is by kind, see
        `meal_parts`, where lumps are numbers of ``lumps``.
    first, last, few
        Of each span: its meals, and whether portions are few.
    width
        Of a bin, in kilograms.
    roots
        Of unity, as many as bins.

    Returns
    -------
    ndarray
        Shape (spans, bins / 2 + 1).
    """
    kinds, waves = len(course) - 1, len(roots) // 2 + 1
    found = np.ones((len(first), waves), np.complex128)
    factors = np.zeros((kinds, waves), np.complex128)
    for rounding in (False, True):
        own = False
        for span in range(len(first)):
            own = own or few[span] == rounding
        if not own:
            continue
        turned = _turned(lumps / width, rounding, roots)
        known = np.zeros(kinds, np.bool_)
        for span in range(len(first)):
            if few[span] != rounding:
                continue
            meal = first[span]
            # Columns of a chain come one after the other: each goes on where one before ended.
            for before in range(span - 1, -1, -1):
                if few[before] == rounding and first[before] == meal and last[before] <= last[span]:
                    found[span] = found[before]
                    meal = last[before] + 1
                    break
            for later in range(meal, last[span] + 1):
                kind = like[later]
                if course[kind] == course[kind + 1] and sample_row[kind] == sample_row[kind + 1]:
                    continue
                if not known[kind]:
                    known[kind] = True
                    factors[kind] = _meal_factor(
                        course[kind], course[kind + 1], n, row, chance, lump, sample_of,
                        sample_row[kind], sample_row[kind + 1], none, sample_lump, turned,
                    )  # fmt: skip
                for wave in range(waves):
                    found[span, wave] *= factors[kind, wave]
    return found


@njit(cache=True, nogil=True)
def exceeding(mass, shift):  # type: ignore[no-untyped-def]
    """Return the chance of more than ``b`` bins from the chances of ``b`` bins, moved upwards.

    Parameters
    ----------
    mass
        Shape (spans, bins).
    shift
        Bins by which each span's demand is more, because it is known.
    """
    spans, bins = mass.shape
    found = np.zeros((spans, bins))
    for span in range(spans):
        total = 0.0
        place = (bins - shift[span] % bins) % bins
        for b in range(bins):
            total += mass[span, place]
            place += 1
            if place == bins:
                place = 0
            found[span, b] = min(max(1.0 - total, 0.0), 1.0)
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
