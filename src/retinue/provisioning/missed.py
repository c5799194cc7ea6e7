"""What a late or missing delivery does: journeys served without its lots, down the ladder.

A delivery that is late meets the train at its next stop where goods are taken aboard; one that
is missing never does.  A guest whose dish cannot be made is offered those that stand on its
ladder, in their order, so far as they suit him and can still be made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.stores import Missed
from retinue.provisioning.guarantee import ladder_of
from retinue.provisioning.levels import VALIDATION, Sampler
from retinue.provisioning.serving import orders_of, serve

if TYPE_CHECKING:
    from retinue.provisioning.demand import StockClass
    from retinue.provisioning.grounds import Stocking
    from retinue.provisioning.serving import LotRow, Served
    from retinue.provisioning.supply import SupplyOption

__all__ = ["met_later", "missed_deliveries"]

_JOURNEYS = 20
_SAMPLED: tuple[StockClass, ...] = ("principal", "guest")
_LADDERS = 12


def missed_deliveries(grounds: Stocking) -> tuple[Missed, ...]:
    """Return for each delivery on the way what its loss or lateness does to each purse."""
    asked = {own: _Asked(grounds, own) for own in _SAMPLED}
    return tuple(
        _missed(grounds, option, asked[own])
        for option in grounds.purchases.used
        if grounds.options[option].mode != "origin"
        for own in _SAMPLED
        if asked[own].portions > 0
    )


class _Asked:
    """What is asked for on some journeys, drawn once for all deliveries."""

    def __init__(self, grounds: Stocking, own: StockClass) -> None:
        self.own = own
        self.demand = grounds.stocks[own].demand
        self.portions = float(self.demand.expected_portions().sum()) * _JOURNEYS
        self.ladder = ladder_of(grounds.menu, self.demand)
        self._sampler = Sampler(self.demand, grounds.seed)
        self._orders = orders_of(self._sampler, VALIDATION, np.arange(_JOURNEYS))
        self._known: dict[tuple[LotRow, ...], tuple[Served, float, float]] = {}

    def served(self, lots: list[LotRow]) -> tuple[Served, float, float]:
        """Return what is refused, and fill rates without and with substitutes."""
        # Many a delivery brings one of them nothing.
        if tuple(lots) not in self._known:
            plain = serve(self._sampler, self._orders, lots, self.ladder, substitutes=False)
            helped = plain
            if plain.refused.any():
                helped = serve(self._sampler, self._orders, lots, self.ladder, substitutes=True)
            self._known[tuple(lots)] = (
                plain,
                round(1.0 - float(plain.refused.sum()) / self.portions, 6),
                round(1.0 - float(helped.unserved.sum()) / self.portions, 6),
            )
        return self._known[tuple(lots)]


def met_later(grounds: Stocking, option: int) -> SupplyOption | None:
    """Return where a late delivery meets the train; None where it does not any more."""
    late = grounds.options[option]
    return min(
        (o for o in grounds.options if o.mode == late.mode and o.from_s > late.until_s),
        key=lambda o: (o.usable_s, o.id),
        default=None,
    )


def _missed(grounds: Stocking, option: int, asked: _Asked) -> Missed:
    own, demand, ladder = asked.own, asked.demand, asked.ladder
    plain, fill, substituted = asked.served(grounds.lot_rows(own, frozenset({option})))
    first = int(plain.first_meal.min(initial=len(demand.meals)))
    worst = [d for d in np.argsort(-plain.by_dish, kind="stable").tolist() if plain.by_dish[d] > 0]
    later = met_later(grounds, option)
    late_fill, late_substituted = fill, substituted
    if later is not None:
        rows = grounds.lot_rows(own, late={option: later.usable_s})
        _, late_fill, late_substituted = asked.served(rows)
    return Missed(
        delivery=grounds.options[option].id,
        stock=own,
        fill_rate=fill,
        fill_rate_with_substitutes=substituted,
        first_refused_meal=demand.meals[first] if first < len(demand.meals) else "",
        dishes_lost=tuple(demand.dishes[d] for d in worst),
        offered_instead={
            demand.dishes[d]: tuple(demand.dishes[o] for o in ladder.get(d, ()))
            for d in worst[:_LADDERS]
        },
        late_at=later.place.name if later is not None else "",
        late_fill_rate=late_fill,
        late_fill_rate_with_substitutes=late_substituted,
        samples=_JOURNEYS,
    )
