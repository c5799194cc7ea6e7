"""Digests of all that decides a result of stocking, so that it can be remembered."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from retinue.provisioning.guarantee import ladder_of
from retinue.provisioning.missed import met_later

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand, StockClass
    from retinue.provisioning.grounds import Stocking
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = ["demand_key", "lost_key"]

_SAMPLED: tuple[StockClass, ...] = ("principal", "guest")


def demand_key(demand: Demand, checks: Checks, cost: Array) -> bytes:
    """Return a digest of what decides levels: everything of the demand but the clock."""
    digest = hashlib.sha256()
    for values in (
        demand.event_meal, demand.event_n, demand.event_table, demand.table_start,
        demand.table_dish, demand.table_chance, demand.table_type, demand.known,
        demand.dish_start, demand.dish_ingredient, demand.dish_kg, demand.sample_portions,
        demand.used, demand.allowed, cost,
    ):  # fmt: skip
        digest.update(str(values.shape).encode() + values.tobytes())
    # The point of a window is where it is bought, which is in its cost.
    shape = [(w.ingredient, w.first, w.last, w.chain, w.ends_chain) for w in checks.windows]
    digest.update(repr((demand.stock, shape)).encode())
    return digest.digest()


def lost_key(grounds: Stocking) -> tuple[object, ...]:
    """Return all that decides what the loss of a delivery does."""
    parts: list[object] = [grounds.seed]
    for option in grounds.purchases.used:
        later = met_later(grounds, option)
        parts.append(
            (grounds.options[option].id, grounds.options[option].mode)
            + (() if later is None else (later.id, later.place.name))
        )
    for own in _SAMPLED:
        one = grounds.stocks[own]
        parts += [
            demand_key(one.demand, one.checks, one.bought), tuple(grounds.lot_rows(own)),
            tuple(ladder_of(grounds.menu, one.demand).items()), one.demand.meals,
            one.demand.dishes, tuple(w.point for w in one.checks.windows),
            tuple(np.searchsorted(one.demand.meal_time_s, [o.usable_s for o in grounds.options])),
        ]  # fmt: skip
    return tuple(parts)
