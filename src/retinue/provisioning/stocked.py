"""The record of the stores: lots in rooms with their custody, deliveries, steps, lines, levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.stores import (
    Delivery,
    EaterRecord,
    IngredientRecord,
    Lot,
    MealUse,
    Missed,
    Placement,
    ServiceLevel,
    StockLevel,
    StoreLine,
    Stores,
)
from retinue.provisioning.cold_chain import (
    food_limits,
    food_steps,
    held_dishes,
    sample_load,
    sample_room,
    tasted_meals,
)
from retinue.provisioning.custody import with_custody
from retinue.provisioning.lots import drawn
from retinue.provisioning.on_offer import left_out_records
from retinue.provisioning.store_rooms import place_lots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import StockClass
    from retinue.provisioning.grounds import Stocking

    Array = NDArray[np.float64]

__all__ = ["stores_of"]

_CLASSES: tuple[StockClass, ...] = ("principal", "guest", "house")
_LEAST_KG = 1e-6
#: Of what is expected to be eaten so much is sure, when room is counted.
_SURE_EATEN_SD = 2.0


@dataclass(frozen=True)
class _Bought:
    """A lot before it has a room: who for, which window, how it is drawn."""

    stock: StockClass
    ingredient: int
    option: int
    kg: float
    first: int
    last: int
    expected: Array
    least: Array

    @property
    def id(self) -> str:
        return f"{self.ingredient}/{self.option}/{self.stock}"


def stores_of(
    grounds: Stocking, service: Sequence[ServiceLevel], missed: Sequence[Missed]
) -> Stores:
    """Return the record of the stores.

    Raises
    ------
    NoPlan
        Where lots find no room.
    """
    bought = _bought(grounds)
    placements = _placed(grounds, bought)
    names = list(grounds.menu.ingredients)
    lots = tuple(_lot(grounds, one, placements[one.id]) for one in bought)
    policy = grounds.policy
    needed = sorted({one.ingredient for one in bought})
    deliveries = _deliveries(grounds, bought)
    lines = tuple(_line(grounds, i, bought) for i in needed)
    dishes = {name: tuple(item.ingredients) for name, item in grounds.menu.dishes.items()}
    dishes |= {name: tuple(item.ingredients) for name, item in grounds.menu.drinks.items()}
    stores = Stores(
        currency=grounds.plan.base_currency,
        ingredients=tuple(_ingredient(grounds, names[i]) for i in needed),
        dishes=dishes,
        eaters=_eaters(grounds),
        rooms=grounds.rooms,
        deliveries=deliveries,
        lots=lots,
        lines=lines,
        uses=_uses(grounds),
        steps=food_steps(grounds, lots),
        held=held_dishes(grounds.menu),
        limits=food_limits(policy),
        tasted=tasted_meals(grounds),
        crossings=grounds.crossings,
        levels=_levels(grounds, bought),
        service=tuple(service),
        missed=tuple(missed),
        stand_ins=tuple(
            (meal, name, other) for (meal, name), other in sorted(grounds.offers.stand_ins.items())
        ),
        withdrawn=tuple(sorted(grounds.offers.withdrawn)),
        left_out=left_out_records(grounds.stocks[own].demand for own in _CLASSES),
        sample_kg=policy.samples.mass_kg,
        sample_kept_s=policy.samples.kept_s,
        sealed=policy.sealed_supply,
        cost=round(sum(d.goods_cost + d.fixed_cost for d in deliveries), 2),
        notes=_notes(grounds),
    )
    return with_custody(stores, grounds.rules)


def _bought(grounds: Stocking) -> list[_Bought]:
    """Return the lots, each with how it is drawn: as expected, and where little is eaten."""
    found: list[_Bought] = []
    for own in _CLASSES:
        one = grounds.stocks[own]
        times = one.demand.meal_time_s
        mean = one.demand.expected_kg()
        lump = (one.demand.recipe() ** 2).max(axis=0) ** 0.5
        by_part: dict[int, list[tuple[int, float]]] = {}
        for window, kg in zip(one.checks.windows, one.kg.tolist(), strict=True):
            if kg > _LEAST_KG:
                by_part.setdefault(window.ingredient, []).append((window.point, kg))
        for part, listed in sorted(by_part.items()):
            kg_of = np.array([kg for _, kg in listed])
            first = np.array(
                [int(np.searchsorted(times, grounds.options[o].usable_s)) for o, _ in listed]
            )
            last = np.array(
                [
                    int(np.searchsorted(times, grounds.keeping[part, o].serve_until_s,
                                        side="right")) - 1
                    for o, _ in listed
                ]
            )  # fmt: skip
            use = mean[:, part]
            total = np.cumsum(use)
            sure = np.maximum(total - _SURE_EATEN_SD * np.sqrt(total * lump[part]), 0.0)
            least = np.diff(np.maximum.accumulate(sure), prepend=0.0) if own != "house" else use
            expected = drawn(kg_of, first, last, use)
            little = drawn(kg_of, first, last, least)
            for k, (option, kg) in enumerate(listed):
                found.append(
                    _Bought(own, part, option, kg, int(first[k]), int(last[k]),
                            expected[:, k], little[:, k])
                )  # fmt: skip
    return found


def _placed(grounds: Stocking, bought: Sequence[_Bought]) -> dict[str, tuple[Placement, ...]]:
    """Lay every loading in rooms, beside what earlier lots are likely to have left there."""
    items = list(grounds.menu.ingredients.values())
    times = np.array([m.time_s for m in grounds.meals])
    room_left: dict[str, tuple[Placement, ...]] = {}
    samples = _sample_fill(grounds)
    for option in sorted({one.option for one in bought}):
        moment = grounds.options[option].usable_s
        filled: dict[str, tuple[float, float]] = dict(samples)
        for one in bought:
            if one.id not in room_left:
                continue
            keeping = grounds.keeping[one.ingredient, one.option]
            if moment > keeping.use_by_s or (
                keeping.leaves_s is not None and moment > keeping.leaves_s
            ):
                continue
            gone = float(one.least[times < moment].sum())
            left = max(one.kg - gone, 0.0) / one.kg
            item = items[one.ingredient]
            for place in room_left[one.id]:
                volume, mass = filled.get(place.room, (0.0, 0.0))
                filled[place.room] = (
                    volume + place.kg * left * item.volume_m3_per_kg,
                    mass + place.kg * left * item.mass_kg_per_kg,
                )
        rows = [
            (
                one.id, items[one.ingredient].storage, one.kg,
                items[one.ingredient].volume_m3_per_kg, items[one.ingredient].mass_kg_per_kg,
                # The principal's goods lie nearest, then what is drawn most a kilogram.
                float(np.count_nonzero(one.expected)) / one.kg
                + (1e6 if one.stock == "principal" else 0.0),
            )
            for one in bought if one.option == option
        ]  # fmt: skip
        room_left |= place_lots(rows, grounds.rooms, filled)
    return room_left


def _sample_fill(grounds: Stocking) -> dict[str, tuple[float, float]]:
    """Keep the room that retained samples take, in the cold room nearest to the stove."""
    volume, mass = sample_load(grounds)
    room = sample_room(grounds.rooms, grounds.policy.samples, volume, mass)
    return {} if room is None else {room.id: (volume, mass)}


def _lot(grounds: Stocking, one: _Bought, placements: tuple[Placement, ...]) -> Lot:
    name = list(grounds.menu.ingredients)[one.ingredient]
    item = grounds.menu.ingredients[name]
    option = grounds.options[one.option]
    keeping = grounds.keeping[one.ingredient, one.option]
    return Lot(
        id=f"{option.id}/{name}/{one.stock}",
        ingredient=name,
        stock=one.stock,
        delivery=option.id,
        kg=round(one.kg, 6),
        expected_use_kg=round(float(one.expected.sum()), 6),
        volume_m3=round(one.kg * item.volume_m3_per_kg, 6),
        mass_kg=round(one.kg * item.mass_kg_per_kg, 6),
        packed_utc=option.packed_s,
        loaded_utc=option.from_s,
        use_by_utc=keeping.use_by_s,
        serve_until_utc=min(keeping.serve_until_s, keeping.use_by_s),
        leaves_utc=keeping.leaves_s,
        leaves_because=keeping.leaves_because,
        supplier=item.supplier,
        out_of_storage_s=grounds.rules.out_of_storage,
        placements=placements,
    )


def _deliveries(grounds: Stocking, bought: Sequence[_Bought]) -> tuple[Delivery, ...]:
    items = list(grounds.menu.ingredients.values())
    found = []
    for number in sorted({one.option for one in bought}):
        option = grounds.options[number]
        own = [one for one in bought if one.option == number]
        mass = sum(one.kg * items[one.ingredient].mass_kg_per_kg for one in own)
        cost = sum(one.kg * grounds.price[one.ingredient] for one in own) * option.price_factor
        rate = option.loading_kg_per_s
        found.append(
            Delivery(
                id=option.id,
                mode=option.mode,
                place=option.place,
                from_utc=option.from_s,
                until_utc=option.until_s,
                due_utc=option.due_s,
                waits_until_utc=option.waits_until_s,
                loading_s=round(mass / rate, 1) if np.isfinite(rate) else 0.0,
                mass_kg=round(mass, 3),
                goods_cost=round(float(cost), 2),
                fixed_cost=round(option.fixed_cost, 2),
                base=option.base,
                barred=dict(option.barred),
                lots=tuple(f"{option.id}/{items[one.ingredient].name}/{one.stock}" for one in own),
            )
        )
    return tuple(found)


def _line(grounds: Stocking, part: int, bought: Sequence[_Bought]) -> StoreLine:
    item = list(grounds.menu.ingredients.values())[part]
    own = [one for one in bought if one.ingredient == part]
    kg = sum(one.kg for one in own)
    used = sum(float(one.expected.sum()) for one in own)
    cost = sum(
        one.kg * grounds.price[part] * grounds.options[one.option].price_factor for one in own
    )
    return StoreLine(
        ingredient=item.name, storage=item.storage, bought_kg=round(kg, 6),
        expected_use_kg=round(used, 6), cost=round(float(cost), 2),
        waste_kg=round(max(kg - used, 0.0) + used * (1.0 - item.edible), 6),
    )  # fmt: skip


def _ingredient(grounds: Stocking, name: str) -> IngredientRecord:
    item = grounds.menu.ingredients[name]
    limit = grounds.policy.limit(item.storage)
    return IngredientRecord(
        name=name,
        storage=item.storage,
        shelf_life_s=item.shelf_life_s,
        after_thaw_s=item.after_thaw_s,
        thaw_s=item.thaw_s,
        volume_m3_per_kg=item.volume_m3_per_kg,
        mass_kg_per_kg=item.mass_kg_per_kg,
        allergens=tuple(sorted(item.allergens)),
        diets=tuple(sorted(item.diets)),
        border_class=item.border_class,
        coldest_k=limit.coldest_k,
        warmest_k=limit.warmest_k,
        out_of_it_s=limit.out_of_it_s,
    )


def _eaters(grounds: Stocking) -> tuple[EaterRecord, ...]:
    found = []
    for own in _CLASSES:
        demand = grounds.stocks[own].demand
        for eater, allowed in zip(demand.types, demand.allowed, strict=False):
            dishes = [d for d, suits in zip(demand.dishes, allowed, strict=True) if suits]
            found.append(
                EaterRecord(
                    group=eater.group, stock=own, people=eater.people,
                    diets=tuple(sorted(eater.diets)), allergies=tuple(sorted(eater.allergies)),
                    dishes=tuple(dishes),
                )
            )  # fmt: skip
    return tuple(found)


def _uses(grounds: Stocking) -> tuple[MealUse, ...]:
    names = list(grounds.menu.ingredients)
    mean = {own: grounds.stocks[own].demand.expected_kg() for own in _CLASSES}
    return tuple(
        MealUse(
            meal=meal.id,
            time_utc=meal.time_s,
            kg={
                own: {
                    names[i]: round(float(mean[own][at, i]), 6)
                    for i in np.flatnonzero(mean[own][at] > 0).tolist()
                }
                for own in _CLASSES
                if mean[own][at].any()
            },
        )
        for at, meal in enumerate(grounds.meals)
    )


def _levels(grounds: Stocking, bought: Sequence[_Bought]) -> tuple[StockLevel, ...]:
    """Return stock by storage class after every loading and every meal."""
    items = list(grounds.menu.ingredients.values())
    times = np.array([m.time_s for m in grounds.meals])
    moments = np.array(
        sorted({grounds.options[o.option].usable_s for o in bought} | set(times.tolist()))
    )
    meals = np.searchsorted(times, moments, side="right")  # eaten by then
    filled: dict[str, Array] = {}
    for one in bought:
        item, keeping = items[one.ingredient], grounds.keeping[one.ingredient, one.option]
        until = keeping.use_by_s
        if keeping.leaves_s is not None:
            until = min(until, keeping.leaves_s)
        there = (moments >= grounds.options[one.option].usable_s) & (moments <= until)
        expected, most = (
            np.where(there, one.kg - np.append(0.0, np.cumsum(eaten))[meals], 0.0)
            for eaten in (one.expected, one.least)
        )
        rows = filled.setdefault(item.storage, np.zeros((3, len(moments))))
        rows += (
            expected * item.volume_m3_per_kg, most * item.volume_m3_per_kg,
            most * item.mass_kg_per_kg,
        )  # fmt: skip
    return tuple(
        StockLevel(
            time_utc=moment, storage=storage, expected_m3=round(expected, 6),
            most_m3=round(most, 6), most_kg=round(mass, 3),
        )
        for storage, rows in sorted(filled.items())
        for moment, (expected, most, mass) in zip(moments.tolist(), rows.T.tolist(), strict=True)
    )  # fmt: skip


def _notes(grounds: Stocking) -> tuple[str, ...]:
    notes = []
    offers = grounds.offers
    for meal, dish in sorted(offers.withdrawn):
        notes.append(f"{meal}: {dish} is not offered, its goods cannot be had")
    for (meal, name), other in sorted(offers.stand_ins.items()):
        notes.append(f"{meal}: {other} takes the place of {name}")
    return tuple(notes)
