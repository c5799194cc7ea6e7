"""Sampled journeys: what is ordered, and the least stock level that refuses nothing.

Each journey has a random stream of its own, keyed by seed, stream and number, so any one of
them can be drawn again alone and the same seed gives the same journeys on every machine.

Over-dispersed demand is drawn from Polya's urn, which is the Dirichlet-multinomial law: the
``g``-th guest copies an earlier guest with chance ``g / (A + g)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["draw_orders", "first_levels", "next_uniform", "stream_key"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_SLACK_KG = 1e-9


@njit(cache=True, nogil=True, inline="always")
def _mixed(state: np.uint64) -> np.uint64:
    z = (state ^ (state >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@njit(cache=True, nogil=True)
def stream_key(seed: int, stream: int, number: int) -> np.uint64:
    """Return the first state of a journey's own random stream."""
    state = _mixed(np.uint64(seed) + _GOLDEN)
    state = _mixed(state ^ (np.uint64(stream) * _MIX_1 + _GOLDEN))
    return _mixed(state ^ (np.uint64(number) * _MIX_2 + _GOLDEN))


@njit(cache=True, nogil=True, inline="always")
def next_uniform(state: np.uint64) -> tuple[np.uint64, float]:
    """Return the next state and a number in [0, 1) (Steele, Lea and Flood 2014)."""
    state = state + _GOLDEN
    return state, float(_mixed(state) >> _S11) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def draw_orders(
    state: np.uint64,
    event_n: NDArray[np.int32],
    event_table: NDArray[np.int32],
    table_start: NDArray[np.int32],
    table_dish: NDArray[np.int32],
    keep_chance: NDArray[np.float64],
    other_row: NDArray[np.int32],
    urn_meal: NDArray[np.float64],
    urn_journey: NDArray[np.float64],
    history_start: NDArray[np.int64],
    history: NDArray[np.int32],
    orders: NDArray[np.int32],
) -> None:
    """Fill ``orders`` with one dish for each guest of each event, in order.

    Parameters
    ----------
    keep_chance, other_row
        Alias tables (Walker 1977): a row is kept with a chance, else another is taken.
    urn_meal, urn_journey
        Strength ``A`` of the urn for each event and of each table over the whole journey; 0
        for none.
    history_start, history
        Room for what was chosen from each table.
    """
    filled = np.zeros(len(table_start) - 1, np.int64)
    at = 0
    for event in range(len(event_n)):
        table = event_table[event]
        low, high = table_start[table], table_start[table + 1]
        begin = at
        for guest in range(event_n[event]):
            dish = np.int32(-1)
            if urn_meal[event] > 0.0 and guest > 0:
                state, u = next_uniform(state)
                if u * (urn_meal[event] + guest) < guest:
                    state, u = next_uniform(state)
                    dish = orders[begin + min(int(u * guest), guest - 1)]
            elif urn_journey[table] > 0.0 and filled[table] > 0:
                state, u = next_uniform(state)
                seen = filled[table]
                if u * (urn_journey[table] + seen) < seen:
                    state, u = next_uniform(state)
                    dish = history[history_start[table] + min(int(u * seen), seen - 1)]
            if dish < 0:
                state, u = next_uniform(state)
                spot = u * (high - low)
                row = low + min(int(spot), high - low - 1)
                if spot - (row - low) >= keep_chance[row]:
                    row = other_row[row]
                dish = table_dish[row]
            orders[at] = dish
            if urn_journey[table] > 0.0:
                history[history_start[table] + filled[table]] = dish
                filled[table] += 1
            at += 1


@njit(cache=True, nogil=True)
def first_levels(
    seed: int,
    stream: int,
    first: int,
    count: int,
    event_meal: NDArray[np.int32],
    event_n: NDArray[np.int32],
    event_table: NDArray[np.int32],
    table_start: NDArray[np.int32],
    table_dish: NDArray[np.int32],
    keep_chance: NDArray[np.float64],
    other_row: NDArray[np.int32],
    urn_meal: NDArray[np.float64],
    urn_journey: NDArray[np.float64],
    known: NDArray[np.int32],
    dish_start: NDArray[np.int32],
    dish_ingredient: NDArray[np.int32],
    dish_kg: NDArray[np.float64],
    sample_portions: NDArray[np.float64],
    used: NDArray[np.int32],
    check_start: NDArray[np.int32],
    check_ingredient: NDArray[np.int32],
    check_resets: NDArray[np.bool_],
    levels: NDArray[np.float64],
) -> NDArray[np.int32]:
    """Return for each sampled journey the first row of ``levels`` that refuses nothing.

    Parameters
    ----------
    check_start, check_ingredient, check_resets
        What is compared after each meal: the kilograms of an ingredient since its last reset,
        rows by meal; the ``k``-th comparison has the ``k``-th column of ``levels``.
    levels
        Stock, shape (rows, comparisons), never falling down a column.

    Returns
    -------
    ndarray
        Row numbers, shape (count,); the number of rows where none is enough.
    """
    meals, dishes = known.shape
    ingredients = used.shape[1]
    rows = levels.shape[0]
    orders = np.zeros(max(event_n.sum(), 1), np.int32)
    history_start = np.zeros(len(table_start), np.int64)
    for event in range(len(event_n)):
        history_start[event_table[event] + 1] += event_n[event]
    history_start = np.cumsum(history_start)
    history = np.zeros(max(history_start[-1], 1), np.int32)
    portions = np.zeros(dishes + 1, np.int32)
    total = np.zeros(ingredients)
    found = np.zeros(count, np.int32)
    for scenario in range(count):
        state = stream_key(seed, stream, first + scenario)
        draw_orders(
            state, event_n, event_table, table_start, table_dish, keep_chance,
            other_row, urn_meal,
            urn_journey, history_start, history, orders,
        )  # fmt: skip
        total[:] = 0.0
        worst = 0
        event = 0
        at = 0
        for meal in range(meals):
            portions[:dishes] = known[meal]
            while event < len(event_n) and event_meal[event] == meal:
                for _ in range(event_n[event]):
                    portions[orders[at]] += 1
                    at += 1
                event += 1
            for dish in range(dishes):
                if portions[dish] == 0:
                    continue
                amount = portions[dish] + sample_portions[dish]
                for k in range(dish_start[dish], dish_start[dish + 1]):
                    total[used[meal, dish_ingredient[k]]] += amount * dish_kg[k]
            for check in range(check_start[meal], check_start[meal + 1]):
                part = check_ingredient[check]
                need = total[part] - _SLACK_KG
                if worst < rows and levels[worst, check] < need:
                    low, high = worst, rows
                    while low < high:
                        middle = (low + high) // 2
                        if levels[middle, check] < need:
                            low = middle + 1
                        else:
                            high = middle
                    worst = low
                if check_resets[check]:
                    total[part] = 0.0
        found[scenario] = worst
    return found
