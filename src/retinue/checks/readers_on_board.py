"""What suppliers, coach attendants, cooks and stations may know, from the records of provisioning.

Nothing of the protection room is used: what belongs to whom is worked out again.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from retinue.checks.readers import Known

if TYPE_CHECKING:
    from retinue.plan import Provision
    from retinue.plan.stores import Lot

__all__ = ["ON_BOARD", "foreign_on_board", "known_on_board"]

ON_BOARD = ("supplier", "coach attendant", "kitchen", "train services")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def known_on_board(provision: Provision, role: str, whom: str, known: Known) -> None:
    """Add what a reader may know of what is eaten, stored and served."""
    known.names.add(whom)
    match role:
        case "supplier":
            _supplier(provision, whom, known)
        case "coach attendant":
            _coach(provision, whom, known)
        case "kitchen":
            _kitchen(provision, whom, known)
        case "train services":
            _services(provision, whom, known)
        case "caterer":
            _caterer(provision, whom, known)
        case _:
            pass


def foreign_on_board(provision: Provision, known: Known) -> list[str]:
    """Return the names of goods, dishes, suppliers, coaches and cooks that are not the reader's."""
    stores, services = provision.stores, provision.services
    found = [
        *(one.name for one in stores.ingredients), *stores.dishes,
        *(lot.supplier for lot in stores.lots), *(room.coach for room in stores.rooms),
        *(tank.coach for tank in services.tanks), *(job.dish for job in provision.kitchen.jobs),
        *(shift.cook for shift in provision.kitchen.shifts),
        *(one.place.name for one in stores.deliveries), *(stop.place for stop in services.stops),
    ]  # fmt: skip
    own = {name.casefold() for name in known.names}
    # A dish and its own goods may have one name, e.g. cola.
    return [name for name in dict.fromkeys(found) if name and name.casefold() not in own]


def _amount(known: Known, value: float) -> None:
    known.numbers.add(f"{value:.2f}")


def _degrees(known: Known, kelvin: float | None) -> None:
    if kelvin is not None:
        known.numbers.add(f"{abs(kelvin - 273.15):.0f}")


def _supplier(provision: Provision, whom: str, known: Known) -> None:
    stores = provision.stores
    goods = {one.name: one for one in stores.ingredients}
    places = {one.id: one for one in stores.deliveries}
    own = [x for x in stores.lots if f"{x.supplier}, {places[x.delivery].place.name}" == whom]
    boxes: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    mass: dict[str, float] = defaultdict(float)
    for lot in own:
        kind = goods[lot.ingredient].storage if lot.ingredient in goods else ""
        known.names |= {lot.ingredient, lot.supplier, places[lot.delivery].place.name, kind}
        known.moments |= {
            lot.packed_utc, places[lot.delivery].due_utc, places[lot.delivery].waits_until_utc,
        }  # fmt: skip
        boxes[lot.delivery, kind, lot.stock][lot.ingredient] += lot.kg
        mass[lot.delivery] += lot.mass_kg
        if lot.ingredient in goods:
            _degrees(known, goods[lot.ingredient].coldest_k)
            _degrees(known, goods[lot.ingredient].warmest_k)
    for held in boxes.values():
        for kg in held.values():
            _amount(known, kg)
    for kg in mass.values():
        _amount(known, kg)
    known.count(max(len(boxes), len(mass)))


def _coach(provision: Provision, whom: str, known: Known) -> None:
    rooms = {room.id: room for room in provision.stores.rooms if room.coach == whom}
    kg: dict[tuple[str, str], float] = defaultdict(float)
    for lot in provision.stores.lots:
        for placed in lot.placements:
            if placed.room in rooms:
                known.names |= {lot.ingredient, rooms[placed.room].storage}
                known.moments.add(lot.serve_until_utc)
                kg[placed.room, lot.ingredient] += placed.kg
                _degrees(known, rooms[placed.room].kept_at_k)
    for amount in kg.values():
        _amount(known, amount)


def _kitchen(provision: Provision, whom: str, known: Known) -> None:
    kitchen = provision.kitchen
    today = set()
    for meal in kitchen.meals:
        there = datetime.fromtimestamp(meal.time_utc, ZoneInfo(meal.zone))
        if f"meals of {there.day} {_MONTHS[there.month - 1]} {there.year}" == whom:
            today.add(meal.id)
            known.moments.add(meal.time_utc)
            known.names.add(meal.kind)
    portions: dict[tuple[str, str], int] = defaultdict(int)
    for job in kitchen.jobs:
        if job.meal in today:
            known.names |= {job.dish, job.station, *job.cooks}
            known.moments |= {job.start_utc, job.ready_by_utc}
            portions[job.meal, job.dish] += job.portions if job.last_step else 0
    known.numbers |= {str(count) for count in portions.values()}
    for shift in kitchen.shifts:
        if shift.cook in known.names:
            known.moments |= {shift.start_utc, shift.end_utc}


def _services(provision: Provision, whom: str, known: Known) -> None:
    for stop in provision.services.stops:
        if stop.place != whom:
            continue
        known.names |= {stop.kind, *stop.amounts_m3}
        known.moments |= {stop.start_utc, stop.end_utc}
        known.moments |= {
            moment for moment in (stop.stop_arrive_utc, stop.stop_depart_utc) if moment is not None
        }
        _amount(known, sum(stop.amounts_m3.values()))
        for amount in stop.amounts_m3.values():
            _amount(known, amount)


def _caterer(provision: Provision, whom: str, known: Known) -> None:
    stores = provision.stores
    rooms = {room.id: room for room in stores.rooms}
    own = {one.id: one for one in stores.deliveries if one.place.name == whom}
    known.count(len(own))
    kg: dict[tuple[str, str], float] = defaultdict(float)
    for one in own.values():
        known.moments |= {one.from_utc, one.until_utc, one.due_utc, one.waits_until_utc}
    lots: list[Lot] = [lot for lot in stores.lots if lot.delivery in own]
    for lot in lots:
        for placed in lot.placements:
            known.names |= {rooms[placed.room].coach, rooms[placed.room].storage}
            kg[lot.delivery, placed.room] += placed.kg
    for amount in kg.values():
        _amount(known, amount)
