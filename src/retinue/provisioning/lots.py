"""Lots: what was bought together, how long it may be served, and in what order it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan.stores import BorderCrossing
    from retinue.provisioning.ingredient import Ingredient
    from retinue.provisioning.supply import SupplyOption, SupplyRules

    Array = NDArray[np.float64]

__all__ = ["Keeping", "drawn", "keeping_of"]


@dataclass(frozen=True)
class Keeping:
    """How long goods of one option keep.

    Attributes
    ----------
    use_by_s
        End of the shelf life.
    serve_until_s
        Latest begin of a meal: the shelf life less the time a meal is served within, and no
        forbidding border in between.
    leaves_s
        Border before which the rest must leave the train; None where there is none.
    """

    use_by_s: float
    serve_until_s: float
    leaves_s: float | None = None
    leaves_because: str = ""


def keeping_of(
    goods: Ingredient,
    option: SupplyOption,
    crossings: Sequence[BorderCrossing],
    rules: SupplyRules,
    live_s: float = math.inf,
) -> Keeping:
    """Return how long goods taken aboard by an option keep.

    Parameters
    ----------
    live_s
        Longest that live seafood is planned to wait, from its packing: flight and truck count.
    """
    shelf = goods.shelf_life_s
    if goods.storage == "live":
        shelf = min(shelf, live_s)
    use_by = option.packed_s + shelf
    if goods.border_class in option.barred:
        return Keeping(use_by, -math.inf)
    until = use_by - rules.served_within
    for crossing in crossings:
        if crossing.time_utc > option.until_s and goods.border_class in crossing.forbidden:
            if crossing.time_utc < use_by:
                reason = (
                    f"{crossing.from_country}-{crossing.to_country}: "
                    f"{crossing.forbidden[goods.border_class]}"
                )
                last = crossing.time_utc - rules.served_within
                return Keeping(use_by, min(until, last), crossing.time_utc, reason)
            break
    return Keeping(use_by, until)


def drawn(kg: Array, first: Array, last: Array, use: Array) -> Array:
    """Draw the use of one ingredient from its lots, those that expire first first.

    Parameters
    ----------
    kg, first, last
        Of each lot: amount, first and last meal it may serve; shape (lots,).
    use
        Kilograms a meal, shape (meals,).

    Returns
    -------
    ndarray
        Kilograms drawn, shape (meals, lots); less than the use where lots run out.
    """
    left = kg.astype(np.float64).copy()
    found = np.zeros((len(use), len(kg)))
    order = sorted(range(len(kg)), key=lambda lot: (last[lot], first[lot], lot))
    for meal, need in enumerate(use.tolist()):
        for lot in order:
            if need <= 0:
                break
            if first[lot] <= meal <= last[lot]:
                taken = min(left[lot], need)
                found[meal, lot] = taken
                left[lot] -= taken
                need -= taken
    return found
