"""What must be there: who asks for what at which meal, as the lot sizing must know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.provisioning.demand import Demand, StockClass, build_demand
from retinue.provisioning.offers import Offers, house_demand
from retinue.provisioning.resupply import Capacity, Goods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import EaterType, MealAsked
    from retinue.provisioning.lots import Keeping
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.supply import SupplyOption, SupplyRules

    Array = NDArray[np.float64]

__all__ = ["SAMPLED", "demands_of", "everything_may", "goods_of", "sample_capacity", "served_at"]

#: Whose stock must keep a promise, because they choose freely.
SAMPLED: tuple[StockClass, ...] = ("principal", "guest")
_RESERVE_SD = 3.0


def everything_may(_goods: str, _from: str, _to: str) -> str:
    """Forbid nothing at any border."""
    return ""


def served_at(
    menu: Menu,
    options: Sequence[SupplyOption],
    keeping: Mapping[tuple[int, int], Keeping],
    times: Array,
) -> NDArray[np.bool_]:
    """Return whether goods can be had at a meal, shape (meals, ingredients)."""
    found = np.zeros((len(times), len(menu.ingredients)), np.bool_)
    for i, item in enumerate(menu.ingredients.values()):
        for o, option in enumerate(options):
            if option.brings(item.supplier):
                found[:, i] |= (times >= option.usable_s) & (times <= keeping[i, o].serve_until_s)
    return found


def demands_of(
    menu: Menu,
    policy: ProvisioningPolicy,
    rules: SupplyRules,
    types: Sequence[EaterType],
    meals: Sequence[MealAsked],
    offers: Offers,
    known: Mapping[tuple[str, str], Mapping[str, int]] | None,
) -> dict[StockClass, Demand]:
    """Return the demand of each purse."""
    found: dict[StockClass, Demand] = {
        own: build_demand(
            menu, own, types, meals, sample_kg=policy.samples.mass_kg, known=known,
            withdrawn=offers.withdrawn, stand_ins=offers.stand_ins,
        )
        for own in SAMPLED
    }  # fmt: skip
    choices: dict[str, int] = {
        role: policy.classes[name].choices for role, name in policy.class_of.items()
    }
    found["house"] = house_demand(menu, types, meals, choices, rules.house_margin, offers)
    return found


def goods_of(
    menu: Menu,
    options: Sequence[SupplyOption],
    keeping: Mapping[tuple[int, int], Keeping],
    demands: Mapping[StockClass, Demand],
    weight: Array,
) -> list[Goods]:
    """Return what the lot sizing must know; the need of a meal has its share of the reserve."""
    need: Array | None = None
    for demand in demands.values():
        mean = demand.expected_kg()
        total = mean.sum(axis=0)
        # A portion's typical kilograms give the spread of a sum of portions.
        lump = np.where(total > 0, (demand.recipe() ** 2).max(axis=0) ** 0.5, 0.0)
        random = demand.stock != "house"
        reserve = _RESERVE_SD * np.sqrt(total * lump) if random else np.zeros_like(total)
        own = mean * (1.0 + reserve / np.maximum(total, 1e-12))
        need = own if need is None else need + own
    assert need is not None
    found = []
    for i, item in enumerate(menu.ingredients.values()):
        if not need[:, i].any():
            continue
        until = np.array(
            [
                keeping[i, o].serve_until_s if option.brings(item.supplier) else -np.inf
                for o, option in enumerate(options)
            ]
        )
        found.append(
            Goods(
                item.name, item.storage, float(weight[i]), item.volume_m3_per_kg,
                item.mass_kg_per_kg, need[:, i], until,
            )
        )  # fmt: skip
    return found


def sample_capacity(
    policy: ProvisioningPolicy,
    meals: Sequence[MealAsked],
    demands: Mapping[StockClass, Demand],
) -> Capacity:
    """Return the room that retained samples take where most of them are kept at once."""
    served = sum(d.expected_samples().sum(axis=1) for d in demands.values())
    times = np.array([m.time_s for m in meals])
    kept = [
        float(np.asarray(served)[(times <= t) & (times > t - policy.samples.kept_s)].sum())
        for t in times
    ]
    mass = max(kept, default=0.0) * policy.samples.mass_kg
    return Capacity(mass * 0.003, mass * 1.2)
