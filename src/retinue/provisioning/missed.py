"""What a late or missing delivery does: journeys served without its lots, down the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.stores import Missed
from retinue.provisioning.guarantee import ladder_of
from retinue.provisioning.levels import VALIDATION, Sampler
from retinue.provisioning.serving import serve

if TYPE_CHECKING:
    from retinue.provisioning.demand import StockClass
    from retinue.provisioning.stocking import Stocking

__all__ = ["missed_deliveries"]

_JOURNEYS = 100
_SAMPLED: tuple[StockClass, ...] = ("principal", "guest")


def missed_deliveries(grounds: Stocking) -> tuple[Missed, ...]:
    """Return for each delivery on the way what its loss does to each purse."""
    found = []
    numbers = np.arange(_JOURNEYS)
    for option in grounds.purchases.used:
        if grounds.options[option].mode == "origin":
            continue
        for own in _SAMPLED:
            demand = grounds.stocks[own].demand
            asked = float(demand.expected_portions().sum()) * _JOURNEYS
            if asked <= 0:
                continue
            sampler = Sampler(demand, grounds.seed)
            lots = grounds.lot_rows(own, frozenset({option}))
            ladder = ladder_of(grounds.menu, demand)
            plain = serve(sampler, VALIDATION, numbers, lots, ladder, substitutes=False)
            helped = serve(sampler, VALIDATION, numbers, lots, ladder, substitutes=True)
            first = int(plain.first_meal.min(initial=len(demand.meals)))
            worst = np.argsort(-plain.by_dish, kind="stable")
            found.append(
                Missed(
                    delivery=grounds.options[option].id,
                    stock=own,
                    fill_rate=round(1.0 - float(plain.refused.sum()) / asked, 6),
                    fill_rate_with_substitutes=round(1.0 - float(helped.unserved.sum()) / asked, 6),
                    first_refused_meal=demand.meals[first] if first < len(demand.meals) else "",
                    dishes_lost=tuple(
                        demand.dishes[d] for d in worst.tolist() if plain.by_dish[d] > 0
                    ),
                )
            )
    return tuple(found)
