"""Small made-up journeys whose demand is random, for the tests of stocking."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from retinue.plan.records import PlaceRecord
from retinue.provisioning.demand import Demand, EaterType, build_demand
from retinue.provisioning.supply import SupplyOption

__all__ = ["AMeal", "demand", "menu", "option"]


@dataclass(frozen=True)
class AMeal:
    """A meal of a made-up journey."""

    id: str
    kind: str
    time_s: float
    groups: dict[str, int] = field(default_factory=dict)
    leg: str = "1"


def menu(dishes: int, parts: int, seed: int, courses: int = 2, each: int = 3) -> Any:
    rng = np.random.default_rng(seed)
    made = {}
    for number in range(dishes):
        chosen = rng.choice(parts, size=each, replace=False).tolist()
        kg = {f"i{p}": round(float(rng.uniform(0.02, 0.2)), 3) for p in chosen}
        made[f"d{number}"] = SimpleNamespace(
            name=f"d{number}", course=f"c{number % courses}", cuisine="x", ingredients=kg,
            popularity=float(rng.uniform(0.5, 2.0)), diets=frozenset(), allergens=frozenset(),
            substitutes=(), mass_kg=sum(kg.values()),
        )  # fmt: skip
    return SimpleNamespace(
        dishes=made, drinks={}, ingredients={f"i{k}": None for k in range(parts)}
    )


def demand(
    dishes: int = 8, parts: int = 6, meals: int = 5, guests: int = 6, seed: int = 1,
    sample_kg: float = 0.0, share: float = 1.0,
) -> Demand:  # fmt: skip
    dishes_of = menu(dishes, parts, seed)
    listed = [AMeal(f"m{k}", "dinner", 3600.0 * k, {"guests": guests}) for k in range(meals)]
    eater = EaterType("guests", "guest", guests, {"dinner": {"c0": 1.0, "c1": share}})
    return build_demand(cast(Any, dishes_of), "guest", [eater], listed, sample_kg=sample_kg)


def option(number: int, usable_s: float) -> SupplyOption:
    """Return a way of supply; the first is the origin's."""
    halt = PlaceRecord(name="Halt", lat=43.8, lon=131.9, country="RU", zone="Asia/Vladivostok")
    return SupplyOption(
        id=f"o{number}", mode="road" if number else "origin", place=halt, usable_s=usable_s,
        packed_s=usable_s - 300.0, from_s=usable_s - 60.0, until_s=usable_s,
        due_s=usable_s - 60.0, waits_until_s=usable_s, fixed_cost=4.0 * number,
        price_factor=1.0, loading_kg=np.inf, loading_kg_per_s=np.inf, carries=("*",),
    )  # fmt: skip
