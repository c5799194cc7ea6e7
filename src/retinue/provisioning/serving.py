"""Sampled journeys served from real lots: what is refused, and what takes its place.

Guests are served in the order in which they ask.  An order is met if every ingredient is there,
the lots that expire first being drawn first; a refused guest is offered the dishes of the ladder,
in its order, if that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.kernels import njit
from retinue.provisioning.sampling import draw_orders, history_starts, stream_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.levels import Sampler

__all__ = ["LotRow", "Served", "serve"]

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


def serve(
    sampler: Sampler,
    stream: int,
    journeys: NDArray[np.int64],
    lots: Sequence[LotRow],
    ladder: Mapping[int, Sequence[int]],
    *,
    substitutes: bool,
) -> Served:
    """Serve some sampled journeys from lots.

    Parameters
    ----------
    journeys
        Numbers within the stream.
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
    type_of = d.table_type[d.event_table] if len(d.event_table) else np.zeros(0, np.int32)
    refused, unserved, first, by_dish = _serve(
        sampler.seed, stream, np.asarray(journeys, np.int64),
        d.event_meal, d.event_n, d.event_table, d.table_start, sampler.keep, sampler.own,
        sampler.other,
        sampler.urn_meal, sampler.urn_journey, d.known, d.dish_start, d.dish_ingredient,
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
def _met(  # type: ignore[no-untyped-def]
    dish, meal, served, dish_start, dish_ingredient, dish_kg, sample_portions, used,
    lot_start, lot_first, lot_last, left, there, need,
):  # fmt: skip
    """Serve a portion of a dish if all of it is there, with its sample if it is the first."""
    amount = 1.0 if served[dish] > 0 else 1.0 + sample_portions[dish]
    begin, end = dish_start[dish], dish_start[dish + 1]
    for k in range(begin, end):
        need[used[meal, dish_ingredient[k]]] = 0.0
    for k in range(begin, end):
        need[used[meal, dish_ingredient[k]]] += amount * dish_kg[k]
    for k in range(begin, end):
        part = used[meal, dish_ingredient[k]]
        if there[part] < need[part] - _SLACK_KG:
            return False
    for k in range(begin, end):
        part = used[meal, dish_ingredient[k]]
        for lot in range(lot_start[part], lot_start[part + 1]):
            if need[part] <= 0.0:
                break
            if lot_first[lot] <= meal <= lot_last[lot]:
                drawn = min(left[lot], need[part])
                left[lot] -= drawn
                there[part] -= drawn
                need[part] -= drawn
        need[part] = 0.0
    served[dish] += 1
    return True


@njit(cache=True, nogil=True)
def _all_met(  # type: ignore[no-untyped-def]
    meal, asked, dish_start, dish_ingredient, dish_kg, sample_portions, used,
    lot_start, lot_first, lot_last, left, need,
):  # fmt: skip
    """Serve a whole meal at once if all of it is there: then nobody's turn matters."""
    need[:] = 0.0
    for dish in range(len(sample_portions)):
        if asked[dish]:
            amount = asked[dish] + sample_portions[dish]
            for k in range(dish_start[dish], dish_start[dish + 1]):
                need[used[meal, dish_ingredient[k]]] += amount * dish_kg[k]
    enough = True
    for part in range(len(need)):
        if need[part] > 0.0 and (
            _there(part, meal, lot_start, lot_first, lot_last, left) < need[part] - _SLACK_KG
        ):
            enough = False
            break
    if enough:
        for part in range(len(need)):
            for lot in range(lot_start[part], lot_start[part + 1]):
                if need[part] <= 0.0:
                    break
                if lot_first[lot] <= meal <= lot_last[lot]:
                    drawn = min(left[lot], need[part])
                    left[lot] -= drawn
                    need[part] -= drawn
    need[:] = 0.0
    return enough


@njit(cache=True, nogil=True)
def _serve(  # type: ignore[no-untyped-def]
    seed, stream, journeys, event_meal, event_n, event_table, table_start,
    keep, own, other,
    urn_meal, urn_journey, known, dish_start, dish_ingredient, dish_kg, sample_portions, used,
    type_of, allowed, lot_start, lot_first, lot_last, lot_kg, rung_start, rungs, substitutes,
):  # fmt: skip
    meals, dishes = known.shape
    orders = np.zeros(max(event_n.sum(), 1), np.int32)
    history_start = history_starts(event_n, event_table, urn_journey)
    history = np.zeros(max(history_start[-1], 1), np.int32)
    refused = np.zeros(len(journeys), np.int64)
    unserved = np.zeros(len(journeys), np.int64)
    first_meal = np.full(len(journeys), meals, np.int64)
    by_dish = np.zeros(dishes, np.int64)
    served = np.zeros(dishes, np.int64)
    need = np.zeros(used.shape[1])
    there = np.zeros(used.shape[1])
    asked = np.zeros(dishes + 1, np.int64)
    for number in range(len(journeys)):
        draw_orders(
            stream_key(seed, stream, journeys[number]), event_n, event_table, table_start,
            keep, own, other, urn_meal, urn_journey, history_start, history,
            orders,
        )  # fmt: skip
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
            if _all_met(
                meal, asked, dish_start, dish_ingredient, dish_kg, sample_portions, used,
                lot_start, lot_first, lot_last, left, need,
            ):  # fmt: skip
                event, at = following, here
                continue
            for part in range(len(there)):
                there[part] = _there(part, meal, lot_start, lot_first, lot_last, left)
            served[:] = 0
            for dish in range(dishes):
                for _ in range(known[meal, dish]):
                    if not _met(
                        dish, meal, served, dish_start, dish_ingredient, dish_kg,
                        sample_portions, used, lot_start, lot_first, lot_last, left, there, need,
                    ):  # fmt: skip
                        refused[number] += 1
                        unserved[number] += 1
                        by_dish[dish] += 1
                        first_meal[number] = min(first_meal[number], meal)
            while event < len(event_n) and event_meal[event] == meal:
                for _ in range(event_n[event]):
                    dish = orders[at]
                    at += 1
                    if dish >= dishes or _met(
                        dish, meal, served, dish_start, dish_ingredient, dish_kg,
                        sample_portions, used, lot_start, lot_first, lot_last, left, there, need,
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
                                instead, meal, served, dish_start, dish_ingredient, dish_kg,
                                sample_portions, used, lot_start, lot_first, lot_last, left,
                                there, need,
                            ):  # fmt: skip
                                found = True
                                break
                    if not found:
                        unserved[number] += 1
                event += 1
    return refused, unserved, first_meal, by_dish
