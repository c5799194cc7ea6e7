"""What stores are derived from: plan, menu, demand, and what is bought where for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from retinue.provisioning.serving import LotRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan import Plan
    from retinue.plan.stores import BorderCrossing, StoreRoom
    from retinue.provisioning.demand import Demand, EaterType, StockClass
    from retinue.provisioning.levels import Levels
    from retinue.provisioning.lots import Keeping
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.offers import Offers
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.resupply import Purchases
    from retinue.provisioning.supply import SupplyOption, SupplyRules
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = ["ClassStock", "Stocking"]


class TrainMeal(Protocol):
    """A meal and the leg on which it is eaten."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def time_s(self) -> float: ...
    @property
    def groups(self) -> Mapping[str, int]: ...
    @property
    def leg(self) -> str: ...


@dataclass(frozen=True, eq=False)
class ClassStock:
    """What is stocked for one purse.

    Attributes
    ----------
    bought
        Cumulative stock of each column as it is bought, no less than the levels.
    levels
        None for the house, whose demand is known.
    """

    demand: Demand
    checks: Checks
    bought: Array
    levels: Levels | None = None

    @property
    def kg(self) -> Array:
        """Return what is bought in each window."""
        return self.checks.quantities(self.bought)


@dataclass(frozen=True, eq=False)
class Stocking:
    """Everything the stores were derived from."""

    plan: Plan
    menu: Menu
    policy: ProvisioningPolicy
    rules: SupplyRules
    meals: tuple[TrainMeal, ...]
    types: tuple[EaterType, ...]
    options: tuple[SupplyOption, ...]
    crossings: tuple[BorderCrossing, ...]
    rooms: tuple[StoreRoom, ...]
    keeping: Mapping[tuple[int, int], Keeping]
    offers: Offers
    price: Array
    purchases: Purchases
    stocks: Mapping[StockClass, ClassStock]
    seed: int

    def lot_rows(
        self,
        stock: StockClass,
        without: frozenset[int] = frozenset(),
        late: Mapping[int, float] | None = None,
    ) -> list[LotRow]:
        """Return the lots of a purse as the kernel sees them, some options left out or late.

        Parameters
        ----------
        late
            From when the goods of an option serve, Unix seconds, where that is later.
        """
        late = {} if late is None else late
        own = self.stocks[stock]
        times, windows = own.demand.meal_time_s, own.checks.windows
        until = [self.keeping[w.ingredient, w.point].serve_until_s for w in windows]
        # It may be drawn as soon as it is aboard.
        usable = [late.get(w.point, self.options[w.point].usable_s) for w in windows]
        last = (np.searchsorted(times, until, side="right") - 1).tolist()
        first = np.searchsorted(times, usable).tolist()
        return [
            LotRow(window.ingredient, begin, end, kg)
            for window, kg, begin, end in zip(windows, own.kg.tolist(), first, last, strict=True)
            if window.point not in without and kg > 0 and begin <= end
        ]
