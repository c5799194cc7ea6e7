"""Steps of the cold chain: thawing ahead, retained samples, live seafood, cooling what is left.

Only what is nearly sure to be ordered is thawed ahead, and it is used at the next meals within
its time after thawing; the rest is thawed to order under cold running water.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.stores import FoodStep, Lot

if TYPE_CHECKING:
    from retinue.provisioning.policy import FoodLimits
    from retinue.provisioning.stocking import Stocking

__all__ = ["cooling_limits", "food_steps", "sample_load"]

_SAMPLE_M3_PER_KG = 0.003  # sterile bags of 100 g, laid flat, with their boxes
_SAMPLE_KG_PER_KG = 1.2
_SURE_SD = 2.0


def cooling_limits(limits: FoodLimits, taken_off_s: float) -> tuple[float, float]:
    """Return until when hot food must have cooled to the first and to the last temperature.

    Parameters
    ----------
    taken_off_s
        Moment at which it leaves hot holding, Unix seconds.
    """
    first = taken_off_s + limits.cooling_first_s
    return first, first + limits.cooling_then_s


def sample_load(grounds: Stocking) -> tuple[float, float]:
    """Return volume and mass of the retained samples where most are kept at once."""
    times = np.array([m.time_s for m in grounds.meals])
    served = np.zeros(len(times))
    for one in grounds.stocks.values():
        served += (one.demand.expected_samples() > 0) @ (one.demand.sample_portions > 0)
    kept = grounds.policy.samples.kept_s
    most = max((float(served[(times <= t) & (times > t - kept)].sum()) for t in times), default=0)
    # Not all that is on offer is ordered at each meal: twice the expected, at most all.
    expected = np.zeros(len(times))
    for one in grounds.stocks.values():
        expected += one.demand.expected_samples() @ (one.demand.sample_portions > 0)
    likely = max(
        (float(expected[(times <= t) & (times > t - kept)].sum()) for t in times), default=0
    )
    mass = min(most, 1.25 * likely) * grounds.policy.samples.mass_kg
    return mass * _SAMPLE_M3_PER_KG, mass * _SAMPLE_KG_PER_KG


def food_steps(grounds: Stocking, lots: Sequence[Lot]) -> tuple[FoodStep, ...]:
    """Return the steps in order of time."""
    steps = [*_thawing(grounds, lots), *_samples(grounds), *_live(grounds, lots)]
    return tuple(sorted(steps, key=lambda s: (s.start_utc, s.kind, s.what, s.meal)))


def _thawing(grounds: Stocking, lots: Sequence[Lot]) -> list[FoodStep]:
    names = list(grounds.menu.ingredients)
    aboard: dict[str, float] = {}
    for lot in lots:
        aboard[lot.ingredient] = min(aboard.get(lot.ingredient, np.inf), lot.loaded_utc)
    chilled = next((r.id for r in grounds.rooms if r.storage == "chilled"), "")
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
                    rule="thawed in the chiller; used within its time after thawing",
                )
            )  # fmt: skip
    return found


def _samples(grounds: Stocking) -> list[FoodStep]:
    rule = grounds.policy.samples
    chilled = next((r.id for r in grounds.rooms if r.storage == "chilled"), "")
    total = np.zeros(len(grounds.meals))
    for one in grounds.stocks.values():
        total += one.demand.expected_samples() @ (one.demand.sample_portions > 0)
    return [
        FoodStep(
            kind="retained sample", what=f"about {np.ceil(count):.0f} dishes", meal=meal.id,
            kg=round(float(np.ceil(count)) * rule.mass_kg, 6), start_utc=meal.time_s,
            end_utc=meal.time_s + rule.kept_s, limit_utc=meal.time_s + rule.kept_s,
            room=chilled, rule=f"{rule.mass_kg * 1000:.0f} g of each dish",
        )
        for meal, count in zip(grounds.meals, total.tolist(), strict=True)
        if count > 0
    ]  # fmt: skip


def _live(grounds: Stocking, lots: Sequence[Lot]) -> list[FoodStep]:
    return [
        FoodStep(
            kind="live", what=lot.ingredient, meal="", kg=lot.kg, start_utc=lot.packed_utc,
            end_utc=lot.serve_until_utc, limit_utc=lot.use_by_utc,
            room=lot.placements[0].room if lot.placements else "",
            rule="moist, never in fresh water, unfed",
        )
        for lot in lots
        if grounds.menu.ingredients[lot.ingredient].storage == "live"
    ]  # fmt: skip
