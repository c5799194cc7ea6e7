"""Sampled journeys compared with stock: the least row of levels that refuses nothing.

What a column compares, the kilograms of an ingredient over some meals, is a sum of portions:

    need_c = sum_terms kg * (P_dish(end) - P_dish(begin)),

with ``P_dish`` the portions of a dish from the journey's begin on, retained samples among them.
So portions are counted meal by meal, and goods only where a column ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retinue.kernels import njit
from retinue.provisioning.sampling import (
    BITS,
    COUNT,
    SLOTS,
    next_bits,
    row_of,
    stream_key,
    urn_place,
    urn_starts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]
    Index = NDArray[np.int32]

__all__ = ["Portions", "Terms", "first_levels", "portions_of", "terms_of"]

_S32, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_SLACK_KG = 1e-9
#: Journeys that are counted side by side, in the lanes of a processor.
_LANES = 32


class Terms(NamedTuple):
    """What the columns of the checks add up.

    Attributes
    ----------
    start
        Terms by the meal after which they end, shape (meals + 1,).
    column, dish, kg
        Of each term.
    since
        The mark from which its portions are counted; -1 for the journey's begin.
    mark
        By meal, the mark that is set before it; -1 for none.
    check_start
        Columns by the meal after which they are compared, shape (meals + 1,).
    """

    start: Index
    column: Index
    dish: Index
    kg: Array
    since: Index
    mark: Index
    check_start: Index


class Portions(NamedTuple):
    """What a choice counts for.

    Attributes
    ----------
    known
        Portions known beforehand, shape (meals, dishes).
    sample
        What a retained sample takes of each dish, in portions.
    offered_start, offered
        The dishes that may be asked for at each meal, rows by meal.
    """

    known: Index
    sample: Array
    offered_start: Index
    offered: Index


def portions_of(demand: Demand) -> Portions:
    """Return what the choices of a demand count for."""
    dishes = len(demand.dishes)
    asked = demand.known > 0
    sizes = np.diff(demand.table_start)[demand.event_table]
    rows = np.repeat(demand.table_start[demand.event_table], sizes) + (
        np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    )
    meal, dish = np.repeat(demand.event_meal, sizes), demand.table_dish[rows]
    asked[meal[dish < dishes], dish[dish < dishes]] = True
    return Portions(
        demand.known,
        demand.sample_portions,
        np.append(0, np.cumsum(asked.sum(axis=1))).astype(np.int32),
        np.nonzero(asked)[1].astype(np.int32),
    )


def terms_of(demand: Demand, checks: Checks) -> Terms:
    """Return the terms of all columns of some checks."""
    start, column, dish, kg, since, mark = _terms(
        np.array([w.chain for w in checks.windows], np.int32),
        np.array([w.last for w in checks.windows], np.int32),
        checks.ingredient,
        demand.used,
        demand.recipe(),
    )
    return Terms(start, column, dish, kg, since, mark, checks.start)


@njit(cache=True, nogil=True)
def _terms(chain, last, ingredient, used, recipe):  # type: ignore[no-untyped-def]
    """Return the terms sorted by the meal where they end, and the marks where they begin."""
    meals, parts = used.shape
    dishes = len(recipe)
    stands = np.ones(parts, np.bool_)  # parts that nothing ever stands in for
    for meal in range(meals):
        for part in range(parts):
            if used[meal, part] != part:
                stands[part] = False
    room = 64
    found = np.zeros((room, 4), np.int32)  # end, column, dish, begin
    kg = np.zeros(room)
    count = 0
    for column in range(len(chain)):
        for part in range(parts):
            if stands[part] and part != ingredient[column]:
                continue
            begin = chain[column]
            while begin <= last[column]:
                if used[begin, part] != ingredient[column]:
                    begin += 1
                    continue
                end = last[column]
                if not stands[part]:
                    end = begin
                    while end < last[column] and used[end + 1, part] == ingredient[column]:
                        end += 1
                for dish in range(dishes):
                    if recipe[dish, part] > 0.0:
                        if count == room:
                            more, more_kg = np.zeros((2 * room, 4), np.int32), np.zeros(2 * room)
                            more[:room], more_kg[:room] = found, kg
                            found, kg, room = more, more_kg, 2 * room
                        found[count, 0], found[count, 1] = end, column
                        found[count, 2], found[count, 3] = dish, begin
                        kg[count] = recipe[dish, part]
                        count += 1
                begin = end + 1
    mark = np.full(meals, -1, np.int32)
    marks = 0
    begins = np.zeros(meals, np.bool_)
    for term in range(count):
        begins[found[term, 3]] = True
    for meal in range(1, meals):
        if begins[meal]:
            mark[meal] = marks
            marks += 1
    start = np.zeros(meals + 1, np.int32)
    for term in range(count):
        start[found[term, 0] + 1] += 1
    start = np.cumsum(start).astype(np.int32)
    place = start[:-1].copy()
    column_of, dish_of, since = (
        np.zeros(count, np.int32), np.zeros(count, np.int32), np.zeros(count, np.int32),
    )  # fmt: skip
    kg_of = np.zeros(count)
    for term in range(count):
        at = place[found[term, 0]]
        place[found[term, 0]] += 1
        column_of[at], dish_of[at], kg_of[at] = found[term, 1], found[term, 2], kg[term]
        since[at] = mark[found[term, 3]]
    return start, column_of, dish_of, kg_of, since, mark


@njit(cache=True, nogil=True)
def _count_urn(  # type: ignore[no-untyped-def]
    n, strength, seen, low, rows, first, table_dish, keep, other, past, base, state, bits, row,
    chosen,
):  # fmt: skip
    """Count what the guests of an event with an urn choose, in every lane.

    Parameters
    ----------
    seen, past, base
        How many chose before, what they chose by lane, and where that begins.
    """
    for _ in range(n):
        for lane in range(_LANES):
            state[lane], bits[lane] = next_bits(state[lane])
            row[lane] = row_of(bits[lane] & _LOW, low, rows, keep, other) - low
        for lane in range(_LANES):
            place = urn_place(bits[lane], strength, seen)
            copied = past[base + min(np.int64(place), seen), lane]
            dish = copied if place < seen else table_dish[first + np.int64(row[lane])]
            past[base + seen, lane] = dish
            chosen[dish, lane] += 1
        seen += 1


@njit(cache=True, nogil=True)
def _count_singles(  # type: ignore[no-untyped-def]
    n, low, rows, first, table_dish, keep, other, state, bits, row, chosen
):
    """Count what the guests of an event choose one by one, in every lane."""
    for guest in range(n):
        if guest % 2:
            for lane in range(_LANES):
                row[lane] = row_of(bits[lane] >> _S32, low, rows, keep, other) - low
        else:
            for lane in range(_LANES):
                state[lane], bits[lane] = next_bits(state[lane])
                row[lane] = row_of(bits[lane] & _LOW, low, rows, keep, other) - low
        for lane in range(_LANES):
            chosen[table_dish[first + np.int64(row[lane])], lane] += 1


@njit(cache=True, nogil=True)
def _count_groups(  # type: ignore[no-untyped-def]
    turn, times, low, rows, begin, wide, keep, other, words, state, bits, row, held,
):  # fmt: skip
    """Add up what groups of an event choose, in every lane; return how many were ever drawn.

    Two groups share 64 random bits: an even turn draws new ones.

    Parameters
    ----------
    begin
        First word of a row that is numbered from zero.
    """
    for _ in range(times):
        if turn % 2:
            for lane in range(_LANES):
                row[lane] = row_of(bits[lane] >> _S32, low, rows, keep, other)
        else:
            for lane in range(_LANES):
                state[lane], bits[lane] = next_bits(state[lane])
                row[lane] = row_of(bits[lane] & _LOW, low, rows, keep, other)
        turn += 1
        for word in range(wide):
            for lane in range(_LANES):
                held[word, lane] += words[begin + row[lane] * wide + np.uint64(word)]
    return turn


@njit(cache=True, nogil=True)
def first_levels(  # type: ignore[no-untyped-def]
    seed, stream, first, count, draws, portions, terms, levels
):
    """Return for each sampled journey the first row of ``levels`` that refuses nothing.

    Parameters
    ----------
    first, count
        Journeys of the stream.
    levels
        Stock, shape (rows, columns), never falling down a column.

    Returns
    -------
    ndarray
        Row numbers, shape (count,); the number of rows where none is enough.
    """
    # Fields are looked up once: each look-up counts a reference.
    (
        event_meal, event_n, event_table, table_start, table_dish, event_group, event_groups,
        event_rest, urn_meal, urn_journey, group_size, group_start, group_word, keep, other, words,
    ) = draws  # fmt: skip
    known, sample, offered_start, offered = portions
    term_start, term_column, term_dish, term_kg, term_since, mark, check_start = terms
    meals, dishes = known.shape
    rows, columns = levels.shape
    longest = guests = 1
    for event in range(len(event_n)):
        table = event_table[event]
        longest = max(longest, table_start[table + 1] - table_start[table])
        guests = max(guests, event_n[event])
    held = np.zeros(((longest + SLOTS - 1) // SLOTS, _LANES), np.uint64)
    history_start = urn_starts(event_n, event_table, urn_journey)
    history_length = history_start[-1]
    # Numbers of dishes: short, because a long history is looked up at random.
    past = np.zeros((history_length + guests, _LANES), np.int16)
    filled = np.zeros(len(table_start), np.int64)
    # How often a dish is chosen at a meal, and its portions up to then: rows of lanes, laid flat.
    chosen = np.zeros((dishes + 1, _LANES), np.int64)
    counted = np.zeros((dishes, _LANES))
    marks = 1
    for meal in range(meals):
        marks = max(marks, mark[meal] + 1)
    marked = np.zeros((marks, dishes, _LANES))
    need = np.zeros((columns, _LANES))
    worst = np.zeros(_LANES, np.int64)
    state, bits, row = (
        np.zeros(_LANES, np.uint64), np.zeros(_LANES, np.uint64), np.zeros(_LANES, np.uint64),
    )  # fmt: skip
    found = np.zeros(count, np.int32)
    for begin in range(0, count, _LANES):
        lanes = min(_LANES, count - begin)
        for lane in range(lanes):
            state[lane] = stream_key(seed, stream, first + begin + lane)
        filled[:] = 0
        counted[:] = 0.0
        need[:] = 0.0
        worst[:] = 0
        event = 0
        for meal in range(meals):
            if mark[meal] >= 0:
                marked[mark[meal]] = counted
            while event < len(event_n) and event_meal[event] == meal:
                table, n = event_table[event], event_n[event]
                own_first, size = table_start[table], table_start[table + 1] - table_start[table]
                group, rest = event_group[event], event_rest[event]
                low = group_start[group]
                own_rows = group_start[group + 1] - low
                if urn_meal[event] > 0.0 or urn_journey[table] > 0.0:
                    base, seen, strength = history_length, 0, urn_meal[event]
                    if not strength > 0.0:
                        base, seen = history_start[table], filled[table]
                        strength = urn_journey[table]
                    _count_urn(
                        n, strength, seen, np.uint64(low), np.uint64(own_rows), own_first,
                        table_dish, keep, other, past, base, state, bits, row, chosen,
                    )  # fmt: skip
                    filled[table] += n
                elif group_size[group] == 1:
                    _count_singles(
                        n, np.uint64(low), np.uint64(own_rows), own_first, table_dish, keep,
                        other, state, bits, row, chosen,
                    )  # fmt: skip
                else:
                    wide = (size + SLOTS - 1) // SLOTS
                    held[:wide] = np.uint64(0)
                    turn = _count_groups(
                        0, event_groups[event], np.uint64(low), np.uint64(own_rows),
                        np.uint64(group_word[group]) - np.uint64(low * wide), np.uint64(wide),
                        keep, other, words, state, bits, row, held,
                    )  # fmt: skip
                    if rest >= 0:
                        low = group_start[rest]
                        _count_groups(
                            turn, 1, np.uint64(low), np.uint64(group_start[rest + 1] - low),
                            np.uint64(group_word[rest]) - np.uint64(low * wide), np.uint64(wide),
                            keep, other, words, state, bits, row, held,
                        )  # fmt: skip
                    for slot in range(size):
                        shift = np.uint64(slot % SLOTS) * BITS
                        dish, word = table_dish[own_first + slot], slot // SLOTS
                        for lane in range(_LANES):
                            chosen[dish, lane] += np.int64((held[word, lane] >> shift) & COUNT)
                event += 1
            for k in range(offered_start[meal], offered_start[meal + 1]):
                dish = offered[k]
                fixed, kept = known[meal, dish], sample[dish]
                for lane in range(_LANES):
                    asked = chosen[dish, lane] + fixed
                    counted[dish, lane] += asked + (kept if asked > 0 else 0.0)
                    chosen[dish, lane] = 0
            for term in range(term_start[meal], term_start[meal + 1]):
                to, of = term_column[term], term_dish[term]
                kg, since = term_kg[term], term_since[term]
                if since < 0:
                    for lane in range(_LANES):
                        need[to, lane] += kg * counted[of, lane]
                else:
                    for lane in range(_LANES):
                        need[to, lane] += kg * (counted[of, lane] - marked[since, of, lane])
            for check in range(check_start[meal], check_start[meal + 1]):
                for lane in range(lanes):
                    asked_kg = need[check, lane] - _SLACK_KG
                    if worst[lane] < rows and levels[worst[lane], check] < asked_kg:
                        least, most = worst[lane], rows
                        while least < most:
                            middle = (least + most) // 2
                            if levels[middle, check] < asked_kg:
                                least = middle + 1
                            else:
                                most = middle
                        worst[lane] = least
        for lane in range(lanes):
            found[begin + lane] = worst[lane]
    return found
