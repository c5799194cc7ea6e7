"""Sampled journeys served from real lots: what is refused, and what takes its place.

Guests are served in the order in which they ask.  An order is met if every ingredient is there,
the lots that expire first being drawn first; a refused guest is offered the dishes of the ladder,
in its order, if that is asked for.  Whose turn it is matters only for goods that may run out in
the meal, so only those who ask for such goods are served one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.kernels import njit
from retinue.provisioning.sampling import draw_orders, stream_key, urn_starts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.levels import Sampler

__all__ = ["LotRow", "Served", "orders_of", "serve"]

_SLACK_KG = 1e-9


@dataclass(frozen=True)
class LotRow:
    """A lot as the kernel sees it: of an ingredient, for meals from ``first`` to ``last``."""

    ingredient: int
    first: int
    last: int
    kg: float


@dataclass(frozen=True, eq=False)
class Served:
    """What was refused on some journeys.

    Attributes
    ----------
    refused
        Orders of each journey not met as asked, shape (journeys,).
    unserved
        Orders of each journey that no substitute met either.
    first_meal
        Meal of the first refusal; the number of meals where there is none.
    by_dish
        Refused orders by dish, all journeys together.
    """

    refused: NDArray[np.int64]
    unserved: NDArray[np.int64]
    first_meal: NDArray[np.int64]
    by_dish: NDArray[np.int64]


def orders_of(sampler: Sampler, stream: int, journeys: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return what every guest of some sampled journeys asks for, in the order of the asking.

    Parameters
    ----------
    journeys
        Numbers within the stream.

    Returns
    -------
    ndarray
        Dishes, shape (journeys, guests of all events).
    """
    found: NDArray[np.int32] = _orders(
        sampler.seed, stream, np.asarray(journeys, np.int64), sampler.draws
    )
    return found


def serve(
    sampler: Sampler,
    orders: NDArray[np.int32],
    lots: Sequence[LotRow],
    ladder: Mapping[int, Sequence[int]],
    *,
    substitutes: bool,
) -> Served:
    """Serve some sampled journeys from lots.

    Parameters
    ----------
    orders
        See `orders_of`.
    ladder
        Dishes that may stand in for a dish, the first to be offered first.
    substitutes
        Whether they are offered.
    """
    d: Demand = sampler.demand
    ordered = sorted(lots, key=lambda lot: (lot.ingredient, lot.last, lot.first))
    parts = np.array([lot.ingredient for lot in ordered], np.int64)
    rungs = [list(ladder.get(dish, ())) for dish in range(len(d.dishes))]
    rung_start = np.concatenate([[0], np.cumsum([len(r) for r in rungs])]).astype(np.int64)
    draws = sampler.draws
    type_of = d.table_type[draws.event_table] if len(draws.event_table) else draws.event_table
    refused, unserved, first, by_dish = _serve(
        orders, draws.event_meal, draws.event_n, d.known, d.dish_start, d.dish_ingredient,
        d.dish_kg, d.sample_portions, d.used, type_of.astype(np.int64), d.allowed,
        np.searchsorted(parts, np.arange(len(d.ingredients) + 1)).astype(np.int64),
        np.array([lot.first for lot in ordered], np.int64),
        np.array([lot.last for lot in ordered], np.int64),
        np.array([lot.kg for lot in ordered], np.float64),
        rung_start, np.array([r for row in rungs for r in row], np.int64), substitutes,
    )  # fmt: skip
    return Served(refused, unserved, first, by_dish)


@njit(cache=True, nogil=True)
def _there(part, meal, lot_start, lot_first, lot_last, left):  # type: ignore[no-untyped-def]
    """Return the kilograms of an ingredient that a meal may use."""
    total = 0.0
    for lot in range(lot_start[part], lot_start[part + 1]):
        if lot_first[lot] <= meal <= lot_last[lot]:
            total += left[lot]
    return total


@njit(cache=True, nogil=True)
def _draw(meal, need, lot_start, lot_first, lot_last, left):  # type: ignore[no-untyped-def]
    """Draw what a meal needs from the lots, those that expire first first; forget the need."""
    for part in range(len(need)):
        if need[part] > 0.0:
            for lot in range(lot_start[part], lot_start[part + 1]):
                if need[part] <= 0.0:
                    break
                if lot_first[lot] <= meal <= lot_last[lot]:
                    drawn = min(left[lot], need[part])
                    left[lot] -= drawn
                    need[part] -= drawn
            need[part] = 0.0


@njit(cache=True, nogil=True, inline="always")
def _met(  # type: ignore[no-untyped-def]
    dish, meal, shared, gone, served, dish_start, dish_ingredient, dish_kg, sample_portions, used,
    there, need, taken,
):  # fmt: skip
    """Serve a portion of a dish if all of it is there, with its sample if it is the first.

    What is there only shrinks during a meal, so a dish that is gone stays gone.  Lots are drawn
    when the meal is over: which lot a portion came from makes no difference within it.
    """
    amount = 1.0 if served[dish] > 0 else 1.0 + sample_portions[dish]
    begin, end = dish_start[dish], dish_start[dish + 1]
    if shared and not gone[dish]:
        # One ingredient may stand in for two of the dish's: what they need is one sum.
        for k in range(begin, end):
            need[used[meal, dish_ingredient[k]]] = 0.0
        for k in range(begin, end):
            part = used[meal, dish_ingredient[k]]
            need[part] += amount * dish_kg[k]
            gone[dish] |= there[part] < need[part] - _SLACK_KG
    elif not gone[dish]:
        for k in range(begin, end):
            gone[dish] |= there[dish_ingredient[k]] < amount * dish_kg[k] - _SLACK_KG
    if not gone[dish]:
        for k in range(begin, end):
            part = used[meal, dish_ingredient[k]]
            there[part] -= amount * dish_kg[k]
            taken[part] += amount * dish_kg[k]
        served[dish] += 1
    return not gone[dish]


@njit(cache=True, nogil=True)
def _served_at_once(  # type: ignore[no-untyped-def]
    meal, asked, substitutes, shared, one_by_one, dish_start, dish_ingredient, dish_kg,
    sample_portions, used, largest_kg, lot_start, lot_first, lot_last, left, need, there, taken,
    tight,
):  # fmt: skip
    """Serve what cannot run out; mark dishes whose guests must be served one by one.

    Goods are tight where there is less than is asked for, and less than those who may be refused
    something can ask for beside it.

    Parameters
    ----------
    shared
        Whether anything stands in for something else.

    Returns
    -------
    bool
        Whether everything is served.
    """
    taken[:] = 0.0
    for dish in range(len(sample_portions)):
        if asked[dish]:
            amount = asked[dish] + sample_portions[dish]
            for k in range(dish_start[dish], dish_start[dish + 1]):
                taken[used[meal, dish_ingredient[k]]] += amount * dish_kg[k]
    enough = True
    for part in range(len(need)):
        if taken[part] > 0.0:
            there[part] = _there(part, meal, lot_start, lot_first, lot_last, left)
            enough = enough and there[part] >= taken[part] - _SLACK_KG
    if enough:
        return True
    for part in range(len(need)):
        if taken[part] <= 0.0:
            there[part] = _there(part, meal, lot_start, lot_first, lot_last, left)
        need[part], taken[part] = taken[part], 0.0
        tight[part] = there[part] < need[part] - _SLACK_KG
    one_by_one[:] = False
    refused = -1
    while True:
        count = 0
        for dish in range(len(sample_portions)):
            if asked[dish]:
                if not one_by_one[dish]:
                    for k in range(dish_start[dish], dish_start[dish + 1]):
                        if shared or tight[dish_ingredient[k]]:
                            one_by_one[dish] = True
                            break
                if one_by_one[dish]:
                    count += asked[dish]
        if not substitutes or count == refused:
            break
        refused = count
        for part in range(len(need)):
            tight[part] = there[part] < need[part] + refused * largest_kg[part]
    for dish in range(len(sample_portions)):
        if asked[dish] and not one_by_one[dish]:
            amount = asked[dish] + sample_portions[dish]
            for k in range(dish_start[dish], dish_start[dish + 1]):
                taken[dish_ingredient[k]] += amount * dish_kg[k]
    return False


@njit(cache=True, nogil=True)
def _orders(seed, stream, journeys, draws):  # type: ignore[no-untyped-def]
    guests, most = 0, 1
    for event in range(len(draws.event_n)):
        guests += draws.event_n[event]
        most = max(most, draws.event_n[event])
    history_start = urn_starts(draws.event_n, draws.event_table, draws.urn_journey)
    history = np.zeros(history_start[-1] + most, np.int32)
    own = np.zeros(most, np.int32)
    orders = np.zeros((len(journeys), guests), np.int32)
    for number in range(len(journeys)):
        draw_orders(
            stream_key(seed, stream, journeys[number]), draws, history_start, history, own,
            orders[number],
        )  # fmt: skip
    return orders


@njit(cache=True, nogil=True)
def _serve(  # type: ignore[no-untyped-def]
    all_orders, event_meal, event_n, known, dish_start, dish_ingredient, dish_kg, sample_portions,
    used, type_of, allowed, lot_start, lot_first, lot_last, lot_kg, rung_start, rungs, substitutes,
):  # fmt: skip
    meals, dishes = known.shape
    journeys = len(all_orders)
    refused = np.zeros(journeys, np.int64)
    unserved = np.zeros(journeys, np.int64)
    first_meal = np.full(journeys, meals, np.int64)
    by_dish = np.zeros(dishes, np.int64)
    served = np.zeros(dishes, np.int64)
    gone, one_by_one = np.zeros(dishes, np.bool_), np.zeros(dishes, np.bool_)
    parts = used.shape[1]
    need, there, taken = np.zeros(parts), np.zeros(parts), np.zeros(parts)
    tight = np.zeros(parts, np.bool_)
    asked = np.zeros(dishes + 1, np.int64)
    stands = np.zeros(meals, np.bool_)
    for meal in range(meals):
        for part in range(parts):
            stands[meal] |= used[meal, part] != part
    largest_kg = np.zeros(parts)
    for dish in range(dishes):
        for k in range(dish_start[dish], dish_start[dish + 1]):
            most = (1.0 + sample_portions[dish]) * dish_kg[k]
            largest_kg[dish_ingredient[k]] = max(largest_kg[dish_ingredient[k]], most)
    for number in range(journeys):
        orders = all_orders[number]
        left = lot_kg.copy()
        event = 0
        at = 0
        for meal in range(meals):
            here = at
            asked[:dishes] = known[meal]
            following = event
            while following < len(event_n) and event_meal[following] == meal:
                for _ in range(event_n[following]):
                    asked[orders[here]] += 1
                    here += 1
                following += 1
            shared = stands[meal]
            enough = _served_at_once(
                meal, asked, substitutes, shared, one_by_one, dish_start, dish_ingredient, dish_kg,
                sample_portions, used, largest_kg, lot_start, lot_first, lot_last, left, need,
                there, taken, tight,
            )  # fmt: skip
            if enough:
                event, at = following, here
            else:
                for dish in range(dishes):
                    served[dish] = 0 if one_by_one[dish] else asked[dish]
                    gone[dish] = False
                for dish in range(dishes):
                    for _ in range(known[meal, dish] if one_by_one[dish] else 0):
                        if not _met(
                            dish, meal, shared, gone, served, dish_start, dish_ingredient,
                            dish_kg, sample_portions, used, there, need, taken,
                        ):  # fmt: skip
                            refused[number] += 1
                            unserved[number] += 1
                            by_dish[dish] += 1
                            first_meal[number] = min(first_meal[number], meal)
            while event < following:
                for _ in range(event_n[event]):
                    dish = orders[at]
                    at += 1
                    if dish >= dishes or not one_by_one[dish]:
                        continue
                    if _met(
                        dish, meal, shared, gone, served, dish_start, dish_ingredient, dish_kg,
                        sample_portions, used, there, need, taken,
                    ):  # fmt: skip
                        continue
                    refused[number] += 1
                    by_dish[dish] += 1
                    first_meal[number] = min(first_meal[number], meal)
                    found = False
                    if substitutes:
                        for rung in range(rung_start[dish], rung_start[dish + 1]):
                            instead = rungs[rung]
                            if allowed[type_of[event], instead] and _met(
                                instead, meal, shared, gone, served, dish_start, dish_ingredient,
                                dish_kg, sample_portions, used, there, need, taken,
                            ):  # fmt: skip
                                found = True
                                break
                    if not found:
                        unserved[number] += 1
                event += 1
            _draw(meal, taken, lot_start, lot_first, lot_last, left)
    return refused, unserved, first_meal, by_dish
