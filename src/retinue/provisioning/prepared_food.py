"""Food once it is cooked: held hot, cooled in two stages, held cold, heated again.

Along the jobs of one dish for one meal::

    hot step |-- waits --| cold step |-- waits --| served
             |cooling 1|cooling 2|cold holding ...

What is served cold is cooled after its last hot step.  What waits hot for longer than food may
stand without control is cooled as well, and heated through by its next hot step.  Waits shorter
than `LEAST_S` are the service itself and no step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retinue.plan.stores import FoodStep

if TYPE_CHECKING:
    from retinue.plan.meals import KitchenJob, KitchenRecord
    from retinue.plan.stores import Stores
    from retinue.provisioning.dish import Dish
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.policy import FoodLimits, ProvisioningPolicy

__all__ = ["HOT_STATIONS", "LEAST_S", "prepared_steps", "with_prepared"]

#: Stations that make food hot.
HOT_STATIONS = frozenset({"grill", "wok", "steam", "fry", "oven"})
#: Shorter waits are no step of their own.
LEAST_S = 1_800.0
_REHEATING_S = 900.0


@dataclass(frozen=True)
class _Stage:
    """All jobs of one step of a dish."""

    hot: bool
    start_s: float
    end_s: float


@dataclass
class _Steps:
    """Steps of one dish for one sitting, as they are found."""

    dish: Dish
    meal: str
    kg: float
    limits: FoodLimits
    listed: list[FoodStep] = field(default_factory=list)

    def add(
        self, kind: str, start_s: float, end_s: float, limit_s: float, **values: object
    ) -> None:
        """Add a step."""
        self.listed.append(
            FoodStep.model_validate(
                {
                    "kind": kind, "what": self.dish.name, "meal": self.meal,
                    "kg": round(self.kg, 6), "start_utc": start_s, "end_utc": end_s,
                    "limit_utc": limit_s, **values,
                }
            )
        )  # fmt: skip

    def cool(self, hot_until_s: float, used_s: float) -> None:
        """Cool in two stages, then hold cold until it is used."""
        food = self.limits
        first = hot_until_s + food.cooling_first_s
        cold = first + food.cooling_then_s
        self.add(
            "cooling", hot_until_s, min(first, used_s), first, stage=1,
            to_k=food.cooling_first_to_k,
            rule=(
                f"to {_degrees(food.cooling_first_to_k)} within"
                f" {food.cooling_first_s / 3600:g} h, or used before"
            ),
        )  # fmt: skip
        if used_s > first:
            self.add(
                "cooling", first, min(cold, used_s), cold, stage=2, to_k=food.cold_held_at_k,
                rule=(
                    f"on to {_degrees(food.cold_held_at_k)} within"
                    f" {food.cooling_then_s / 3600:g} h, else thrown away"
                ),
            )  # fmt: skip
        if used_s > cold:
            self.add(
                "cold holding", cold, used_s, hot_until_s + food.prepared_keeps_s,
                rule=(
                    f"at {_degrees(food.cold_held_at_k)} or less, for"
                    f" {food.prepared_keeps_s / 86_400:g} days from its making"
                ),
            )  # fmt: skip


def _degrees(kelvin: float) -> str:
    return f"{kelvin - 273.15:.0f} degrees"


def prepared_steps(
    kitchen: KitchenRecord, menu: Menu, policy: ProvisioningPolicy
) -> tuple[FoodStep, ...]:
    """Return the steps of all that the kitchen cooks, in order of time."""
    chains: dict[tuple[str, str], dict[int, list[KitchenJob]]] = {}
    for job in kitchen.jobs:
        chains.setdefault((job.meal, job.dish), {}).setdefault(job.sitting, []).append(job)
    found: list[FoodStep] = []
    for (meal, name), by_sitting in sorted(chains.items()):
        dish = menu.dishes.get(name)
        if dish is None:
            continue
        common = by_sitting.pop(0, [])
        for jobs in [by_sitting[s] for s in sorted(by_sitting)] or [[]]:
            # Steps that serve all sittings come before those of each.
            found += _chain(dish, meal, [*common, *jobs], policy.food)
    unique = {
        (s.kind, s.what, s.meal, s.start_utc, s.end_utc, s.limit_utc, s.stage): s for s in found
    }
    return tuple(
        sorted(unique.values(), key=lambda s: (s.start_utc, s.kind, s.what, s.meal, s.end_utc))
    )


def _chain(dish: Dish, meal: str, jobs: Sequence[KitchenJob], limits: FoodLimits) -> list[FoodStep]:
    stages = _stages(jobs)
    last = max(job.step for job in jobs)
    finished = [job for job in jobs if job.step == last]
    served = max(job.served_until_utc for job in finished)
    ready = min(job.ready_by_utc for job in finished)
    kg = dish.mass_kg * sum(job.portions for job in finished)
    steps = _Steps(dish, meal, kg, limits)
    hot_steps = [at for at, stage in enumerate(stages) if stage.hot]
    is_hot = cold = False
    for at, stage in enumerate(stages):
        if stage.hot and cold:
            steps.add(
                "reheating", stage.start_s, stage.end_s, stage.end_s, to_k=limits.reheat_to_k,
                rule=f"through to {_degrees(limits.reheat_to_k)}",
            )  # fmt: skip
            cold = False
        is_hot = is_hot or stage.hot
        final = at == len(stages) - 1
        used = max(ready, stage.end_s) if final else stages[at + 1].start_s
        waits = used - stage.end_s
        if not is_hot or cold:
            continue
        done_hot = at == hot_steps[-1]
        if (dish.holding == "cold" and done_hot and waits > LEAST_S) or (
            not final and waits > limits.hot_uncontrolled_s
        ):
            again = dish.holding == "hot" and done_hot
            steps.cool(stage.end_s, used - _REHEATING_S if again else used)
            cold = True
            if again:
                # No later step makes it hot, and it is served hot.
                steps.add(
                    "reheating", used - _REHEATING_S, used, used, to_k=limits.reheat_to_k,
                    rule=f"through to {_degrees(limits.reheat_to_k)}, at whatever is free",
                )  # fmt: skip
                cold = False
        elif not final and waits > LEAST_S:
            steps.add(
                "hot holding", stage.end_s, used, stage.end_s + limits.hot_uncontrolled_s,
                rule=f"at {_degrees(limits.hot_held_at_k)} or more",
            )  # fmt: skip
    _holding(steps, min(job.end_utc for job in finished), served)
    return steps.listed


def _holding(steps: _Steps, end_s: float, served_s: float) -> None:
    """Add how the finished dish waits for its last guest."""
    dish, food = steps.dish, steps.limits
    if served_s - end_s <= LEAST_S or dish.holding not in ("hot", "cold"):
        return
    hot = dish.holding == "hot"
    limit = min(dish.holding_limit_s, food.hot_uncontrolled_s if hot else food.prepared_keeps_s)
    word, kelvin = ("more", food.hot_held_at_k) if hot else ("less", food.cold_held_at_k)
    rule = f"at {_degrees(kelvin)} or {word}"
    if not hot:
        rule += (
            f"; without control {food.cold_uncontrolled_s / 3600:g} h where it stays at"
            f" {_degrees(food.cold_uncontrolled_at_most_k)} or less"
        )
    steps.add(
        "hot holding" if hot else "cold holding", end_s, served_s, end_s + limit, rule=rule
    )  # fmt: skip


def _stages(jobs: Sequence[KitchenJob]) -> list[_Stage]:
    by_step: dict[int, list[KitchenJob]] = {}
    for job in jobs:
        by_step.setdefault(job.step, []).append(job)
    return [
        _Stage(
            any(job.station in HOT_STATIONS for job in listed),
            min(job.start_utc for job in listed),
            max(job.end_utc for job in listed),
        )
        for _, listed in sorted(by_step.items())
    ]


def with_prepared(
    stores: Stores, kitchen: KitchenRecord, menu: Menu, policy: ProvisioningPolicy
) -> Stores:
    """Return the stores with the steps of what the kitchen cooks beside those of the goods."""
    steps = [*stores.steps, *prepared_steps(kitchen, menu, policy)]
    steps.sort(key=lambda s: (s.start_utc, s.kind, s.what, s.meal, s.end_utc))
    return stores.model_copy(update={"steps": tuple(steps)})
