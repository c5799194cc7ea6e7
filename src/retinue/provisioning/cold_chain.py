"""Steps of the cold chain: thawing ahead, live seafood, retained samples, tasting.

Only what is nearly sure to be ordered is thawed ahead, and it is used at the next meals within
its time after thawing; the rest is thawed to order under cold running water.  What happens to
food once it is cooked stands in `retinue.provisioning.prepared_food`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.plan.stores import FoodLimit, FoodStep, Held, Lot

if TYPE_CHECKING:
    from retinue.plan.stores import StoreRoom
    from retinue.provisioning.grounds import Stocking
    from retinue.provisioning.ingredient import Storage
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.policy import ProvisioningPolicy, RetainedSamples

__all__ = [
    "food_limits",
    "food_steps",
    "held_dishes",
    "sample_load",
    "sample_room",
    "sample_storage",
    "tasted_meals",
]

_SAMPLE_M3_PER_KG = 0.003  # sterile bags of 100 g, laid flat, with their boxes
_SAMPLE_KG_PER_KG = 1.2
_SURE_SD = 2.0
_FROZEN_K = 263.15
_TASTING_S = 300.0


def food_limits(policy: ProvisioningPolicy) -> FoodLimit:
    """Return the limits of a policy as stores keep them, for whoever looks at them."""
    food, samples = policy.food, policy.samples
    return FoodLimit(
        hot_held_at_k=food.hot_held_at_k,
        cold_held_at_k=food.cold_held_at_k,
        hot_uncontrolled_s=food.hot_uncontrolled_s,
        cold_uncontrolled_s=food.cold_uncontrolled_s,
        cold_uncontrolled_at_most_k=food.cold_uncontrolled_at_most_k,
        prepared_keeps_s=food.prepared_keeps_s,
        cooling_first_to_k=food.cooling_first_to_k,
        cooling_first_s=food.cooling_first_s,
        cooling_then_s=food.cooling_then_s,
        reheat_to_k=food.reheat_to_k,
        thaw_at_most_k=food.thaw_at_most_k,
        live_planned_s=food.live_planned_s,
        live_at_most_s=food.live_at_most_s,
        sample_at_most_k=samples.at_most_k,
        tasted_before_s=samples.tasted_before_s,
    )


def held_dishes(menu: Menu) -> dict[str, Held]:
    """Return how every dish is held once it is finished."""
    return {
        dish.name: Held(kind=dish.holding, limit_s=dish.holding_limit_s)
        for dish in menu.dishes.values()
    }


def sample_storage(samples: RetainedSamples) -> Storage:
    """Return the class of room that is cold enough for retained samples."""
    return "frozen" if samples.at_most_k < _FROZEN_K else "chilled"


def sample_load(grounds: Stocking) -> tuple[float, float]:
    """Return volume and mass of the retained samples where most are kept at once."""
    times = np.array([m.time_s for m in grounds.meals])
    served = np.zeros(len(times))
    for one in grounds.stocks.values():
        served += (one.demand.expected_samples() > 0) @ (one.demand.sample_portions > 0)
    kept = grounds.policy.samples.kept_s
    most = max((float(served[(times <= t) & (times > t - kept)].sum()) for t in times), default=0)
    # Not all that is on offer is ordered at each meal: a quarter beyond the expected, at most all.
    expected = np.zeros(len(times))
    for one in grounds.stocks.values():
        expected += one.demand.expected_samples() @ (one.demand.sample_portions > 0)
    likely = max(
        (float(expected[(times <= t) & (times > t - kept)].sum()) for t in times), default=0
    )
    mass = min(most, 1.25 * likely) * grounds.policy.samples.mass_kg
    return mass * _SAMPLE_M3_PER_KG, mass * _SAMPLE_KG_PER_KG


def sample_room(
    rooms: Sequence[StoreRoom], samples: RetainedSamples, volume_m3: float, mass_kg: float
) -> StoreRoom | None:
    """Return the nearest room that is cold and large enough for retained samples."""
    return next(
        (
            room
            for room in rooms
            if room.storage == sample_storage(samples)
            and room.kept_at_k <= samples.at_most_k + 0.01
            and room.volume_m3 >= volume_m3
            and room.mass_kg >= mass_kg
        ),
        None,
    )


def tasted_meals(grounds: Stocking) -> tuple[str, ...]:
    """Return the meals of the principal, of which a taster eats first where the policy says so."""
    if grounds.policy.samples.tasted_before_s <= 0:
        return ()
    return tuple(meal.id for meal in grounds.meals if meal.groups.get("principal", 0) > 0)


def food_steps(grounds: Stocking, lots: Sequence[Lot]) -> tuple[FoodStep, ...]:
    """Return the steps in order of time.

    Raises
    ------
    NoPlan
        Where no room of the train is cold and large enough for the retained samples.
    """
    steps = [
        *_thawing(grounds, lots), *_samples(grounds), *_live(grounds, lots), *_tasting(grounds),
    ]  # fmt: skip
    return tuple(sorted(steps, key=lambda s: (s.start_utc, s.kind, s.what, s.meal)))


def _thawing(grounds: Stocking, lots: Sequence[Lot]) -> list[FoodStep]:
    names = list(grounds.menu.ingredients)
    limit = grounds.policy.food.thaw_at_most_k
    aboard: dict[str, float] = {}
    for lot in lots:
        aboard[lot.ingredient] = min(aboard.get(lot.ingredient, np.inf), lot.loaded_utc)
    chilled = next(
        (r.id for r in grounds.rooms if r.storage == "chilled" and r.kept_at_k <= limit + 0.01), ""
    )
    if not chilled:
        return []  # all is thawed to order
    found = []
    mean = np.zeros((len(grounds.meals), len(names)))
    spread = np.zeros_like(mean)
    for own, one in grounds.stocks.items():
        kg = one.demand.expected_kg()
        lump = (one.demand.recipe() ** 2).max(axis=0) ** 0.5
        mean += kg
        if own != "house":
            spread += kg * lump
    for i, name in enumerate(names):
        item = grounds.menu.ingredients[name]
        if item.storage != "frozen" or item.after_thaw_s is None or name not in aboard:
            continue
        for at, meal in enumerate(grounds.meals):
            sure = mean[at, i] - _SURE_SD * spread[at, i] ** 0.5
            start = meal.time_s - item.thaw_s
            if sure <= 0.0 or start < aboard[name]:
                continue
            found.append(
                FoodStep(
                    kind="thaw", what=name, meal=meal.id, kg=round(float(sure), 6),
                    start_utc=start, end_utc=meal.time_s,
                    limit_utc=meal.time_s + item.after_thaw_s, room=chilled,
                    rule=(
                        f"thawed at {_degrees(limit)} or less; used within"
                        f" {item.after_thaw_s / 3600:.0f} h after thawing, never frozen again"
                    ),
                )
            )  # fmt: skip
    return found


def _degrees(kelvin: float) -> str:
    return f"{kelvin - 273.15:.0f} degrees"


def _samples(grounds: Stocking) -> list[FoodStep]:
    rule = grounds.policy.samples
    total = np.zeros(len(grounds.meals))
    for one in grounds.stocks.values():
        total += one.demand.expected_samples() @ (one.demand.sample_portions > 0)
    if not total.any():
        return []
    volume, mass = sample_load(grounds)
    room = sample_room(grounds.rooms, rule, volume, mass)
    if room is None:
        raise NoPlan(
            "the retained samples find no room",
            reasons=[
                Reason(
                    f"no room of the train holds {volume:.2f} m3 at {_degrees(rule.at_most_k)}",
                    cure=f"a coach with a {sample_storage(rule)} room, or samples of less mass",
                    kind="volume",
                )
            ],
        )
    return [
        FoodStep(
            kind="retained sample", what=f"about {np.ceil(count):.0f} dishes", meal=meal.id,
            kg=round(float(np.ceil(count)) * rule.mass_kg, 6), start_utc=meal.time_s,
            end_utc=meal.time_s + rule.kept_s, limit_utc=meal.time_s + rule.kept_s,
            room=room.id,
            rule=(
                f"{rule.mass_kg * 1000:.0f} g of each dish, kept for {rule.kept_s / 3600:.0f} h"
                f" at {_degrees(rule.at_most_k)} or less"
            ),
        )
        for meal, count in zip(grounds.meals, total.tolist(), strict=True)
        if count > 0
    ]  # fmt: skip


def _tasting(grounds: Stocking) -> list[FoodStep]:
    before = grounds.policy.samples.tasted_before_s
    tasted = set(tasted_meals(grounds))
    return [
        FoodStep(
            kind="tasting", what="each dish of the principal", meal=meal.id, kg=0.0,
            start_utc=meal.time_s - before - _TASTING_S, end_utc=meal.time_s - before,
            limit_utc=meal.time_s - before, by="taster",
            rule=f"a spoonful of the first portion, {before / 60:.0f} min before it is served",
        )
        for meal in grounds.meals
        if meal.id in tasted
    ]  # fmt: skip


def _live(grounds: Stocking, lots: Sequence[Lot]) -> list[FoodStep]:
    hours = grounds.policy.food.live_planned_s / 3600
    return [
        FoodStep(
            kind="live", what=lot.ingredient, meal="", kg=lot.kg, start_utc=lot.packed_utc,
            end_utc=lot.serve_until_utc, limit_utc=lot.use_by_utc,
            room=lot.placements[0].room if lot.placements else "",
            rule=(
                f"moist, never in fresh water, unfed; at most {hours:.0f} h from packing, flight"
                " and truck among them"
            ),
        )
        for lot in lots
        if grounds.menu.ingredients[lot.ingredient].storage == "live"
    ]  # fmt: skip
