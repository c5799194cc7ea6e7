"""Sampled journeys: what is ordered, and the least stock level that refuses nothing.

Each journey has a random stream of its own, keyed by seed, stream and number, so any one of
them can be drawn again alone and the same seed gives the same journeys on every machine.

Over-dispersed demand is drawn from Polya's urn, which is the Dirichlet-multinomial law: the
``g``-th guest copies an earlier guest with chance ``g / (A + g)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.kernels import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "alias_tables",
    "draw_orders",
    "first_levels",
    "history_starts",
    "next_uniform",
    "stream_key",
]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_S32, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_SLACK_KG = 1e-9
#: Journeys that are counted side by side, in the lanes of a processor.
_LANES = 8
_WIDTH, _ONE = np.uint64(_LANES), np.uint32(1)


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
    return state, float(np.int64(_mixed(state) >> _S11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def alias_tables(
    starts: NDArray[np.int32], dish: NDArray[np.int32], chance: NDArray[np.float64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the alias tables of all popularity tables (Vose 1991).

    Returns
    -------
    keep, own, other
        A row stands for dish ``own`` where 32 random bits are below ``keep``, else for ``other``.
    """
    keep = np.full(len(chance), np.uint64(1) << _S32, np.uint64)
    own = dish.astype(np.uint32)
    other = dish.astype(np.uint32)
    left = np.zeros(len(chance))
    small = np.zeros(len(chance), np.int64)
    large = np.zeros(len(chance), np.int64)
    for table in range(len(starts) - 1):
        low, high = starts[table], starts[table + 1]
        total = 0.0
        for row in range(low, high):
            total += chance[row]
        few = many = 0
        for row in range(low, high):
            left[row] = chance[row] * (high - low) / total
            if left[row] < 1.0:
                small[few] = row
                few += 1
            else:
                large[many] = row
                many += 1
        while few and many:
            few -= 1
            under, over = small[few], large[many - 1]
            keep[under] = np.uint64(np.int64(left[under] * 4294967296.0 + 0.5))
            other[under] = own[over]
            left[over] -= 1.0 - left[under]
            if left[over] < 1.0:
                many -= 1
                small[few] = over
                few += 1
    return keep, own, other


@njit(cache=True, nogil=True, inline="always")
def _dish_of(bits, low, size, keep, own, other):  # type: ignore[no-untyped-def]
    """Return the dish that 32 random bits choose from a table; unsigned throughout, for speed."""
    spot = bits * size
    row = low + (spot >> _S32)
    kept, another = own[row], other[row]
    return another if (spot & _LOW) >= keep[row] else kept


@njit(cache=True, nogil=True)
def _draw_from_urn(  # type: ignore[no-untyped-def]
    state, n, low, high, keep, own, other, urn_meal, urn_journey, history, base, filled, orders,
    at,
):  # fmt: skip
    """Fill ``orders`` from ``at`` on with a dish for each guest of an event; return the state."""
    for guest in range(n):
        seen = guest if urn_meal > 0.0 else filled + guest
        strength = urn_meal if urn_meal > 0.0 else urn_journey
        copied = False
        if seen > 0:
            state, u = next_uniform(state)
            copied = u * (strength + seen) < seen
        if copied:
            state, u = next_uniform(state)
            chosen = min(int(u * seen), seen - 1)
            dish = orders[at + chosen] if urn_meal > 0.0 else history[base + chosen]
        else:
            state = state + _GOLDEN
            dish = np.int32(
                _dish_of(
                    _mixed(state) >> _S32, np.uint64(low), np.uint64(high - low), keep, own, other
                )
            )
        orders[at + guest] = dish
        if urn_journey > 0.0:
            history[base + filled + guest] = dish
    return state


@njit(cache=True, nogil=True)
def history_starts(
    event_n: NDArray[np.int32], event_table: NDArray[np.int32], urn_journey: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return where each table's orders of a journey begin, where an urn must know them."""
    found = np.zeros(len(urn_journey) + 1, np.int64)
    for event in range(len(event_n)):
        if urn_journey[event_table[event]] > 0.0:
            found[event_table[event] + 1] += event_n[event]
    return np.cumsum(found)


@njit(cache=True, nogil=True)
def draw_orders(
    state: np.uint64,
    event_n: NDArray[np.int32],
    event_table: NDArray[np.int32],
    table_start: NDArray[np.int32],
    keep: NDArray[np.uint64],
    own: NDArray[np.uint32],
    other: NDArray[np.uint32],
    urn_meal: NDArray[np.float64],
    urn_journey: NDArray[np.float64],
    history_start: NDArray[np.int64],
    history: NDArray[np.int32],
    orders: NDArray[np.int32],
) -> None:
    """Fill ``orders`` with one dish for each guest of each event, in order.

    Parameters
    ----------
    keep, own, other
        Alias tables (Walker 1977), see `alias_tables`.
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
        n = event_n[event]
        if urn_meal[event] > 0.0 or urn_journey[table] > 0.0:
            state = _draw_from_urn(
                state, n, table_start[table], table_start[table + 1], keep, own, other,
                urn_meal[event], urn_journey[table], history, history_start[table],
                filled[table], orders, at,
            )  # fmt: skip
        else:
            low = np.uint64(table_start[table])
            size = np.uint64(table_start[table + 1]) - low
            for guest in range(0, n, 2):
                # Two guests share 64 random bits.
                state = state + _GOLDEN
                bits = _mixed(state)
                orders[at + guest] = np.int32(_dish_of(bits & _LOW, low, size, keep, own, other))
                if guest + 1 < n:
                    orders[at + guest + 1] = np.int32(
                        _dish_of(bits >> _S32, low, size, keep, own, other)
                    )
        filled[table] += n
        at += n


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
    keep: NDArray[np.uint64],
    own: NDArray[np.uint32],
    other: NDArray[np.uint32],
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
    weighed: NDArray[np.float64],
    scores: NDArray[np.float64],
) -> NDArray[np.int32]:
    """Return for each sampled journey the first row of ``levels`` that refuses nothing.

    Parameters
    ----------
    check_start, check_ingredient, check_resets
        What is compared after each meal: the kilograms of an ingredient since its last reset,
        rows by meal; the ``k``-th comparison has the ``k``-th column of ``levels``.
    levels
        Stock, shape (rows, comparisons), never falling down a column.
    weighed
        Portions that a chosen portion counts for in ``scores``, shape (meals, dishes).
    scores
        Filled with the weighed kilograms of each comparison, shape (count, comparisons); empty
        where nobody asks for them.

    Returns
    -------
    ndarray
        Row numbers, shape (count,); the number of rows where none is enough.
    """
    meals, dishes = known.shape
    ingredients = used.shape[1]
    rows = levels.shape[0]
    scored = len(scores) > 0
    orders = np.zeros(max(event_n.max(), 1) if len(event_n) else 1, np.int32)
    history_start = history_starts(event_n, event_table, urn_journey)
    longest = history_start[-1]
    history = np.zeros(max(_LANES * longest, 1), np.int32)
    filled = np.zeros((_LANES, len(table_start)), np.int64)
    offered_start, offered = _offered(
        meals, dishes, event_meal, event_table, table_start, own, known
    )
    # How often a dish is chosen: rows of lanes, laid flat so that one number finds a count.
    chosen = np.zeros((dishes + 1) * _LANES, np.uint32)
    total = np.zeros((ingredients, _LANES))
    score = np.zeros((ingredients, _LANES))
    amount = np.zeros(_LANES)
    points = np.zeros(_LANES)
    worst = np.zeros(_LANES, np.int64)
    state = np.zeros(_LANES, np.uint64)
    found = np.zeros(count, np.int32)
    for begin in range(0, count, _LANES):
        lanes = min(_LANES, count - begin)
        for lane in range(lanes):
            state[lane] = stream_key(seed, stream, first + begin + lane)
        filled[:] = 0
        total[:] = 0.0
        score[:] = 0.0
        worst[:] = 0
        event = 0
        for meal in range(meals):
            for k in range(offered_start[meal], offered_start[meal + 1]):
                for lane in range(_LANES):
                    chosen[offered[k] * _LANES + lane] = 0
            while event < len(event_n) and event_meal[event] == meal:
                table = event_table[event]
                n = event_n[event]
                urns = urn_meal[event] > 0.0 or urn_journey[table] > 0.0
                low, high = np.uint64(table_start[table]), np.uint64(table_start[table + 1])
                for lane in range(lanes):
                    place = np.uint64(lane)
                    own_state = state[lane]
                    if urns:
                        own_state = _draw_from_urn(
                            own_state, n, table_start[table], table_start[table + 1], keep, own,
                            other, urn_meal[event], urn_journey[table], history,
                            lane * longest + history_start[table], filled[lane, table], orders, 0,
                        )  # fmt: skip
                        filled[lane, table] += n
                        for guest in range(n):
                            chosen[np.uint64(orders[guest]) * _WIDTH + place] += _ONE
                    else:
                        for _ in range(n // 2):
                            own_state = own_state + _GOLDEN
                            bits = _mixed(own_state)
                            one = _dish_of(bits & _LOW, low, high - low, keep, own, other)
                            chosen[np.uint64(one) * _WIDTH + place] += _ONE
                            two = _dish_of(bits >> _S32, low, high - low, keep, own, other)
                            chosen[np.uint64(two) * _WIDTH + place] += _ONE
                        if n % 2:
                            own_state = own_state + _GOLDEN
                            bits = _mixed(own_state)
                            one = _dish_of(bits & _LOW, low, high - low, keep, own, other)
                            chosen[np.uint64(one) * _WIDTH + place] += _ONE
                    state[lane] = own_state
                event += 1
            for k in range(offered_start[meal], offered_start[meal + 1]):
                dish = offered[k]
                fixed = float(known[meal, dish])
                for lane in range(_LANES):
                    portions = chosen[dish * _LANES + lane] + fixed
                    amount[lane] = portions + (sample_portions[dish] if portions > 0.0 else 0.0)
                for part in range(dish_start[dish], dish_start[dish + 1]):
                    target = used[meal, dish_ingredient[part]]
                    kg = dish_kg[part]
                    for lane in range(_LANES):
                        total[target, lane] += amount[lane] * kg
                if scored:
                    for lane in range(_LANES):
                        points[lane] = chosen[dish * _LANES + lane] * weighed[meal, dish]
                    for part in range(dish_start[dish], dish_start[dish + 1]):
                        target = used[meal, dish_ingredient[part]]
                        kg = dish_kg[part]
                        for lane in range(_LANES):
                            score[target, lane] += points[lane] * kg
            for check in range(check_start[meal], check_start[meal + 1]):
                part = check_ingredient[check]
                for lane in range(lanes):
                    need = total[part, lane] - _SLACK_KG
                    if worst[lane] < rows and levels[worst[lane], check] < need:
                        least, most = worst[lane], rows
                        while least < most:
                            middle = (least + most) // 2
                            if levels[middle, check] < need:
                                least = middle + 1
                            else:
                                most = middle
                        worst[lane] = least
                    if scored:
                        scores[begin + lane, check] = score[part, lane]
                if check_resets[check]:
                    total[part] = 0.0
                    score[part] = 0.0
        for lane in range(lanes):
            found[begin + lane] = worst[lane]
    return found


@njit(cache=True, nogil=True)
def _offered(  # type: ignore[no-untyped-def]
    meals, dishes, event_meal, event_table, table_start, own, known
):
    """Return the dishes that may be asked for at each meal, rows by meal, in order."""
    asked = np.zeros((meals, dishes), np.bool_)
    for event in range(len(event_meal)):
        table = event_table[event]
        for row in range(table_start[table], table_start[table + 1]):
            if own[row] < dishes:
                asked[event_meal[event], own[row]] = True
    start = np.zeros(meals + 1, np.int64)
    for meal in range(meals):
        for dish in range(dishes):
            if known[meal, dish] > 0:
                asked[meal, dish] = True
        start[meal + 1] = start[meal] + asked[meal].sum()
    listed = np.zeros(start[-1], np.int32)
    at = 0
    for meal in range(meals):
        for dish in range(dishes):
            if asked[meal, dish]:
                listed[at] = dish
                at += 1
    return start, listed
