"""What a stop can load, held against what is really brought there.

Lot sizing knows the need of every meal; what is bought for it is more: levels that keep the
promise, and whole cases.  Where a delivery so outgrows the time of its stop, less is planned for
it the next time,

    planned' = margin * planned * loadable / brought

so that what it really brings fits; the rest comes at other stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.clock import duration_text
from retinue.errors import NoPlan, Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.grounds import ClassStock
    from retinue.provisioning.resupply import Goods, Purchases
    from retinue.provisioning.supply import SupplyOption

    Array = NDArray[np.float64]

__all__ = ["brought_kg", "planned_kg", "tightened", "too_heavy"]

_MARGIN = 0.995
_HARDER = 0.9  # once more for every round that was not enough


def brought_kg(stocks: Iterable[ClassStock], mass_kg_per_kg: Array) -> dict[int, float]:
    """Return the mass that each option brings aboard.

    Parameters
    ----------
    mass_kg_per_kg
        With packing, by ingredient.
    """
    found: dict[int, float] = {}
    for one in stocks:
        for window, kg in zip(one.checks.windows, one.kg.tolist(), strict=True):
            mass = kg * float(mass_kg_per_kg[window.ingredient])
            found[window.point] = found.get(window.point, 0.0) + mass
    return found


def planned_kg(purchases: Purchases, goods: Sequence[Goods]) -> dict[int, float]:
    """Return the mass that lot sizing counted on at each option."""
    found: dict[int, float] = {}
    for one, bought in zip(goods, purchases.bought, strict=True):
        for option, first, last in bought:
            mass = float(one.need_kg[first : last + 1].sum()) * one.mass_kg_per_kg
            found[option] = found.get(option, 0.0) + mass
    return found


def tightened(
    options: Sequence[SupplyOption],
    planned: Mapping[int, float],
    brought: Mapping[int, float],
    limits: Mapping[int, float],
    round_: int,
) -> dict[int, float]:
    """Return how much may be planned for the options that bring more than their stop loads.

    Parameters
    ----------
    limits
        What was planned for at most; what is returned is less.
    round_
        How often it was tightened before.
    """
    found = {}
    for number, mass in sorted(brought.items()):
        loadable = options[number].loading_kg
        if mass > loadable * (1.0 + 1e-9):
            most = min(planned.get(number, mass), limits.get(number, loadable))
            found[number] = most * loadable / mass * _MARGIN * _HARDER**round_
    return found


def too_heavy(options: Sequence[SupplyOption], excess: Mapping[int, float]) -> NoPlan:
    """Return that goods cannot be loaded while the train stands, with the stops that are too short.

    Parameters
    ----------
    excess
        Mass that must be brought to an option beyond what may be loaded there.
    """
    reasons = []
    for number, mass in sorted(excess.items()):
        option = options[number]
        longer = mass / option.loading_kg_per_s
        reasons.append(
            Reason(
                f"{mass:,.0f} kg more must come aboard at {option.place.name} than are loaded in"
                f" the {duration_text(option.until_s - option.from_s)} that the train stands",
                cure=f"stand there {duration_text(60.0 * np.ceil(longer / 60.0))} longer, or let"
                " the train be supplied at one more stop before it",
                kind="loading",
            )
        )
    return NoPlan("goods cannot be loaded while the train stands", reasons=reasons)
