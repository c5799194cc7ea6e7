"""Stores: nothing harms, spoils, overflows, runs out, or crosses a border that it may not.

Nothing of the provisioning room is used: allergens of dishes are gathered here from their
goods, lots are drawn here meal by meal, and rooms are filled here hour by hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retinue.checks.custody import check_custody
from retinue.checks.finding import Finding
from retinue.checks.food_steps import check_steps
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.plan import Plan
    from retinue.plan.stores import IngredientRecord, Lot, StoreRoom, Stores

__all__ = ["check_stores"]

_KG = 1e-4
_SLACK_S = 2.0
_ROOM_SHARE = 1e-4
_STORAGES = frozenset({"ambient", "dry", "chilled", "frozen", "live", "wine"})


def check_stores(plan: Plan, stores: Stores) -> Finding:
    """Check a finished store list on its own grounds."""
    goods = {one.name: one for one in stores.ingredients}
    faults = [
        *_eaters(stores, goods),
        *_lots(stores, goods),
        *_deliveries(plan, stores),
        *_borders(stores, goods),
        *_rooms(stores, goods),
        *_availability(stores),
        *check_steps(stores, goods),
        *check_custody(stores),
        *_promises(stores),
    ]
    looked = (
        f"{counted(len(stores.lots), 'lot')}, {counted(len(stores.rooms), 'room')},"
        f" {counted(len(stores.deliveries), 'delivery')},"
        f" {counted(len(stores.uses), 'meal')}"
    )
    return Finding("stores", looked, tuple(faults))


def _eaters(stores: Stores, goods: dict[str, IngredientRecord]) -> Iterator[str]:
    """Name every dish that its guest may not eat, whatever stands in for its goods."""
    stand_ins: dict[str, set[str]] = {}
    for _, name, other in stores.stand_ins:
        stand_ins.setdefault(name, set()).add(other)
    for eater in stores.eaters:
        if not eater.dishes:
            yield f"{eater.group} have no dish to choose"
        for dish in eater.dishes:
            parts = stores.dishes.get(dish)
            if parts is None:
                yield f"{eater.group} may choose {dish}, which has no recipe"
                continue
            for name in {*parts, *(other for part in parts for other in stand_ins.get(part, ()))}:
                one = goods.get(name)
                if one is None:
                    continue  # never bought: the dish is not made of it at any meal
                harm = set(one.allergens) & set(eater.allergies)
                if harm:
                    yield f"{dish} is offered to {eater.group} with {min(harm)} in {name}"
                # Meat is halal by its certificate, which the goods' own diets say.
                against = set(eater.diets) - set(one.diets)
                if against:
                    yield f"{dish} is offered to {eater.group} who keep {min(against)}: {name}"


def _lots(stores: Stores, goods: dict[str, IngredientRecord]) -> Iterator[str]:
    deliveries = {one.id: one for one in stores.deliveries}
    rooms = {room.id: room for room in stores.rooms}
    seen: set[str] = set()
    for lot in stores.lots:
        if lot.id in seen:
            yield f"{lot.id}: stands twice"
        seen.add(lot.id)
        one = goods.get(lot.ingredient)
        delivery = deliveries.get(lot.delivery)
        if one is None or delivery is None:
            yield f"{lot.id}: is of unknown goods or comes with no delivery"
            continue
        if lot.id not in delivery.lots:
            yield f"{lot.id}: is not on the list of {delivery.id}"
        if not delivery.from_utc - _SLACK_S <= lot.loaded_utc <= delivery.until_utc + _SLACK_S:
            yield f"{lot.id}: is loaded while the train is not there"
        if lot.packed_utc > lot.loaded_utc + _SLACK_S:
            yield f"{lot.id}: is loaded before it is packed"
        if lot.use_by_utc > lot.packed_utc + one.shelf_life_s + _SLACK_S:
            yield f"{lot.id}: is used for longer than {lot.ingredient} keeps"
        if lot.serve_until_utc > lot.use_by_utc + _SLACK_S:
            yield f"{lot.id}: is served past its date"
        if lot.use_by_utc < lot.loaded_utc:
            yield f"{lot.id}: has expired before it is loaded"
        if abs(lot.volume_m3 - lot.kg * one.volume_m3_per_kg) > 1e-3 * max(lot.volume_m3, 0.01):
            yield f"{lot.id}: its volume is not that of {lot.kg:.2f} kg"
        yield from _kept(lot, one, {p.room: p.kg for p in lot.placements}, rooms)


def _kept(
    lot: Lot, one: IngredientRecord, placed: dict[str, float], rooms: dict[str, StoreRoom]
) -> Iterator[str]:
    if abs(sum(placed.values()) - lot.kg) > max(_KG, 1e-5 * lot.kg):
        yield f"{lot.id}: {sum(placed.values()):.2f} of {lot.kg:.2f} kg have a room"
    if one.out_of_it_s is not None and lot.out_of_storage_s > one.out_of_it_s + _SLACK_S:
        yield (
            f"{lot.id}: the cold chain breaks for {lot.out_of_storage_s / 60:.0f} min,"
            f" {one.out_of_it_s / 60:.0f} are allowed"
        )
    for name in placed:
        room = rooms.get(name)
        if room is None:
            yield f"{lot.id}: lies in {name}, which the train has not"
            continue
        storage, kept = room.storage, room.kept_at_k
        if storage != one.storage or storage not in _STORAGES:
            yield f"{lot.id}: {one.storage} goods lie in a {storage} room"
        if one.warmest_k is not None and kept > one.warmest_k + 0.01:
            yield f"{lot.id}: its room is too warm ({kept - 273.15:.0f} degrees)"
        if one.coldest_k is not None and kept < one.coldest_k - 0.01:
            yield f"{lot.id}: its room is too cold ({kept - 273.15:.0f} degrees)"


def _deliveries(plan: Plan, stores: Stores) -> Iterator[str]:
    """Compare every delivery with where the train of the plan really stands."""
    stands: list[tuple[str, float, float]] = []
    for leg in plan.legs:
        if leg.mode == "rail":
            stands += [(s.place, s.arrive_s, s.depart_s) for s in leg.main.stops]
            stands.append((leg.from_.name, leg.depart_utc - 86_400.0, leg.main.depart_s))
    listed = {lot.id for lot in stores.lots}
    for one in stores.deliveries:
        own = [
            (begin, end)
            for place, begin, end in stands
            if place == one.place.name
            and begin - _SLACK_S <= one.from_utc
            and one.until_utc <= end + _SLACK_S
        ]
        if not own:
            yield f"{one.id}: the train does not stand at {one.place.name} then"
        if one.due_utc > one.from_utc + _SLACK_S:
            yield f"{one.id}: comes after the train"
        if one.waits_until_utc < one.from_utc - _SLACK_S:
            yield f"{one.id}: leaves before the train comes"
        if one.loading_s > one.until_utc - one.from_utc + _SLACK_S:
            yield f"{one.id}: takes longer to load than the train stands"
        missing = [name for name in one.lots if name not in listed]
        if missing:
            yield f"{one.id}: {missing[0]} is on its list and nowhere else"


def _borders(stores: Stores, goods: dict[str, IngredientRecord]) -> Iterator[str]:
    barred = {one.id: one for one in stores.deliveries}
    for lot in stores.lots:
        one = goods.get(lot.ingredient)
        brought = barred.get(lot.delivery)
        if one is not None and brought is not None and one.border_class in brought.barred:
            origin = brought.base.country if brought.base is not None else "abroad"
            yield (
                f"{lot.id}: {one.border_class} may not be brought from {origin} into"
                f" {brought.place.country}: {brought.barred[one.border_class]}"
            )
        for crossing in stores.crossings:
            if one is None or one.border_class not in crossing.forbidden:
                continue
            after = lot.loaded_utc < crossing.time_utc
            if not after:
                continue
            leaves = lot.leaves_utc if lot.leaves_utc is not None else lot.use_by_utc
            if lot.serve_until_utc > crossing.time_utc or leaves > crossing.time_utc + _SLACK_S:
                yield (
                    f"{lot.id}: {one.border_class} may not cross from {crossing.from_country}"
                    f" to {crossing.to_country}"
                )


def _drawn(stores: Stores) -> tuple[dict[str, list[tuple[float, float]]], list[str]]:
    """Draw what meals use, first expired first; return (time, kg) by lot, and what lacks."""
    left = {lot.id: lot.kg for lot in stores.lots}
    by_goods: dict[tuple[str, str], list[Lot]] = {}
    for lot in stores.lots:
        by_goods.setdefault((lot.stock, lot.ingredient), []).append(lot)
    for listed in by_goods.values():
        listed.sort(key=lambda lot: (lot.serve_until_utc, lot.loaded_utc, lot.id))
    taken: dict[str, list[tuple[float, float]]] = {lot.id: [] for lot in stores.lots}
    faults: list[str] = []
    for use in sorted(stores.uses, key=lambda u: u.time_utc):
        for stock, amounts in use.kg.items():
            for name, kg in amounts.items():
                need = kg
                for lot in by_goods.get((stock, name), []):
                    if lot.loaded_utc <= use.time_utc <= lot.serve_until_utc and need > 0:
                        part = min(left[lot.id], need)
                        left[lot.id] -= part
                        need -= part
                        if part > 0:
                            taken[lot.id].append((use.time_utc, part))
                if need > max(_KG, 1e-4 * kg):
                    faults.append(
                        f"{use.meal}: {need:.3f} kg of {name} are missing for the {stock}"
                    )
    return taken, faults


def _availability(stores: Stores) -> list[str]:
    return _drawn(stores)[1]


def _rooms(stores: Stores, goods: dict[str, IngredientRecord]) -> Iterator[str]:
    """Fill each room as expected and look at its volume and mass after every loading."""
    taken, _ = _drawn(stores)
    moments = sorted({lot.loaded_utc for lot in stores.lots})
    for room in stores.rooms:
        inside = [
            (lot, place.kg / lot.kg)
            for lot in stores.lots
            for place in lot.placements
            if place.room == room.id and lot.kg > 0
        ]
        for moment in moments:
            volume = mass = 0.0
            for lot, share in inside:
                ends = min(lot.use_by_utc, lot.leaves_utc or lot.use_by_utc)
                one = goods.get(lot.ingredient)
                if one is None or not lot.loaded_utc <= moment <= ends:
                    continue
                # What is loaded before a meal is there until it is eaten.
                eaten = sum(kg for time, kg in taken[lot.id] if time < moment)
                kg = (lot.kg - eaten) * share
                volume += kg * one.volume_m3_per_kg
                mass += kg * one.mass_kg_per_kg
            if volume > room.volume_m3 * (1 + _ROOM_SHARE):
                yield f"{room.coach}: {room.storage} room holds {volume:.2f} of {room.volume_m3} m3"
                break
            if mass > room.mass_kg * (1 + _ROOM_SHARE):
                yield f"{room.coach}: {room.storage} room carries {mass:.0f} of {room.mass_kg} kg"
                break


def _promises(stores: Stores) -> Iterator[str]:
    for one in stores.service:
        if one.lower_bound < one.promise - 1e-9:
            yield (
                f"{one.stock}: fresh samples prove {one.lower_bound:.4f},"
                f" {one.promise:.4f} is promised"
            )
        if one.fill_rate < one.promised_fill_rate - 1e-9:
            yield (
                f"{one.stock}: {one.fill_rate:.4f} of the orders are met,"
                f" {one.promised_fill_rate:.4f} are promised"
            )
