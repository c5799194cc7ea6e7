"""Sheets of those who feed and serve the train: suppliers, coach attendants, kitchen, stations.

A supplier is told of his own goods, packed in boxes that are numbered and not named: for whom a
box is, who else delivers and where the train goes from there is on no sheet of his.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from retinue.clock import MONTHS, local
from retinue.counting import counted
from retinue.plan.loading import loading_rank
from retinue.plan.provision_lists import clock_of
from retinue.protection.sheet import Row, Section, Sheet, early, late, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan.meals import KitchenRecord, MealRecord
    from retinue.plan.provision import Provision
    from retinue.plan.stores import Delivery, IngredientRecord, Lot

__all__ = [
    "BOARD_ROLES",
    "board_holders",
    "coach_sheet",
    "goods_sections",
    "kitchen_sheet",
    "services_sheet",
    "supplier_sheet",
]

#: Roles that only a provisioned journey has, in the order of issue.
BOARD_ROLES = ("supplier", "coach attendant", "kitchen", "train services")

_SIGN = (Row("name", blank=True), Row("signed", blank=True))


def board_holders(provision: Provision, role: str) -> tuple[str, ...]:
    """Return the holders of a role on board or beside the train."""
    match role:
        case "supplier":
            named = set(_own_lots(provision))
        case "coach attendant":
            named = {
                room.coach
                for room in provision.stores.rooms
                if any(p.room == room.id for lot in provision.stores.lots for p in lot.placements)
            }
        case "kitchen":
            cooked = {job.meal for job in provision.kitchen.jobs}
            return tuple(
                dict.fromkeys(
                    _day(meal)
                    for meal in sorted(provision.kitchen.meals, key=lambda m: m.time_utc)
                    if meal.id in cooked
                )
            )
        case "train services":
            named = {stop.place for stop in provision.services.stops}
        case "caterer":
            named = {one.place.name for one in provision.stores.deliveries if one.lots}
        case _:
            named = set()
    return tuple(sorted(named))


def _own_lots(provision: Provision) -> dict[str, list[Lot]]:
    """Return the lots by supplier and place of delivery."""
    places = {one.id: one.place.name for one in provision.stores.deliveries}
    found: dict[str, list[Lot]] = defaultdict(list)
    for lot in provision.stores.lots:
        if lot.supplier:
            found[f"{lot.supplier}, {places[lot.delivery]}"].append(lot)
    return found


def supplier_sheet(provision: Provision, whom: str) -> Sheet:
    """Return the order to a supplier at one place: what, how packed, until when, where."""
    own = _own_lots(provision)[whom]
    goods = {one.name: one for one in provision.stores.ingredients}
    sections: list[Section] = []
    several = len({lot.delivery for lot in own}) > 1
    for delivery in provision.stores.deliveries:
        lots = [lot for lot in own if lot.delivery == delivery.id]
        if not lots:
            continue
        zone = delivery.place.zone
        rows = [
            Row("packed and sealed by", early(min(lot.packed_utc for lot in lots)), zone=zone),
            span("handed over", delivery.due_utc, delivery.waits_until_utc, zone),
            Row("goods in all", text=_kg(sum(lot.mass_kg for lot in lots))),
        ]
        number = len([s for s in sections if s.heading.startswith("Delivery")]) + 1
        sections.append(Section(f"Delivery {number}" if several else "Delivery", tuple(rows)))
        sections += _boxes(lots, goods)
    return Sheet("ORDER TO A SUPPLIER", whom, tuple(sections))


def _boxes(lots: Sequence[Lot], goods: dict[str, IngredientRecord]) -> list[Section]:
    """Return a section for each sealed box: goods kept alike, for one purse, which is not told."""
    boxes: dict[tuple[str, str], list[Lot]] = defaultdict(list)
    for lot in lots:
        storage = goods[lot.ingredient].storage if lot.ingredient in goods else ""
        boxes[storage, lot.stock].append(lot)
    sections = []
    # The heaviest box first: its number then says nothing of who it is for.
    order = sorted(boxes, key=lambda key: (key[0], -sum(lot.kg for lot in boxes[key]), key[1]))
    for number, key in enumerate(order, start=1):
        kg: dict[str, float] = defaultdict(float)
        for lot in boxes[key]:
            kg[lot.ingredient] += lot.kg
        rows = [
            Row(name, text=", ".join(part for part in (_kg(kg[name]), _kept(goods.get(name)))
                                     if part))
            for name in sorted(kg)
        ]  # fmt: skip
        rows += [Row("seal number", blank=True), *_SIGN]
        sections.append(Section(f"Box {number}, {key[0]}", tuple(rows)))
    return sections


def _kg(kg: float) -> str:
    return f"{kg:.2f} kg"


def _kept(goods: IngredientRecord | None) -> str:
    """Return between which temperatures goods are kept."""
    if goods is None or goods.coldest_k is None or goods.warmest_k is None:
        return ""
    low, high = (f"{kelvin - 273.15:.0f}" for kelvin in (goods.coldest_k, goods.warmest_k))
    return f"{low} to {high} °C"


def coach_sheet(provision: Provision, whom: str) -> Sheet:
    """Return the store list of a coach: what lies in its rooms, what ends first on top."""
    clock = clock_of(provision)
    sections = []
    for room in provision.stores.rooms:
        if room.coach != whom:
            continue
        kg: dict[str, float] = defaultdict(float)
        ends: dict[str, float] = {}
        for lot in provision.stores.lots:
            for placed in lot.placements:
                if placed.room == room.id and placed.kg > 0:
                    kg[lot.ingredient] += placed.kg
                    end = ends.get(lot.ingredient, lot.serve_until_utc)
                    ends[lot.ingredient] = min(end, lot.serve_until_utc)
        rows = tuple(
            Row(name, early(ends[name]), zone=clock.zone(ends[name]), text=_kg(kg[name]))
            for name in sorted(kg, key=lambda name: (ends[name], name))
        )
        if rows:
            kept = f"{room.kept_at_k - 273.15:.0f} °C"
            sections.append(Section(f"{room.storage.capitalize()} store, {kept}, use by", rows))
    return Sheet("STORE LIST OF A COACH", whom, tuple(sections))


def kitchen_sheet(provision: Provision, whom: str) -> Sheet:
    """Return the kitchen's timetable of the meals of one day: dishes, portions, who, from when."""
    kitchen = provision.kitchen
    sections = []
    meals = [meal for meal in kitchen.meals if _day(meal) == whom]
    for meal in sorted(meals, key=lambda m: (m.time_utc, m.id)):
        rows = _dishes(kitchen, meal)
        if rows:
            by = ", by the body's clock" if meal.clock == "body" else ""
            sections.append(Section(f"{meal.kind.capitalize()}{by}", rows))
    ours = {meal.id for meal in meals}
    own = {cook for job in kitchen.jobs if job.meal in ours for cook in job.cooks}
    begin = min((j.start_utc for j in kitchen.jobs if j.meal in ours), default=0.0)
    end = max((j.active_until_utc for j in kitchen.jobs if j.meal in ours), default=0.0)
    clock = clock_of(provision)
    shifts = [
        span(s.cook, s.start_utc, s.end_utc, clock.zone(s.start_utc))
        for s in sorted(kitchen.shifts, key=lambda s: (s.start_utc, len(s.cook), s.cook))
        if s.cook in own and s.start_utc < end and s.end_utc > begin
    ]
    sections.append(Section("On duty", tuple(shifts)))
    return Sheet("KITCHEN TIMETABLE", whom, tuple(sections))


def _dishes(kitchen: KitchenRecord, meal: MealRecord) -> tuple[Row, ...]:
    """Return a row for each dish of a meal: from the first step to the first portion."""
    by_dish: dict[str, list[int]] = defaultdict(list)
    for number, job in enumerate(kitchen.jobs):
        if job.meal == meal.id:
            by_dish[job.dish].append(number)
    rows = [Row("served from", early(meal.time_utc), zone=meal.zone)]
    dishes = []
    for dish, numbers in by_dish.items():
        jobs = [kitchen.jobs[n] for n in numbers]
        begin = min(job.start_utc for job in jobs)
        stations = list(dict.fromkeys(job.station for job in sorted(jobs, key=lambda j: j.step)))
        cooks = sorted({cook for job in jobs for cook in job.cooks}, key=lambda c: (len(c), c))
        portions = sum(job.portions for job in jobs if job.last_step)
        words = [counted(portions, "portion"), *stations, *cooks]
        final = [job for job in jobs if job.last_step] or jobs
        ready = min(job.first_portion_utc for job in final)
        dishes.append((begin, Row(dish, early(begin), late(ready), meal.zone, ", ".join(words))))
    return (*rows, *(row for _, row in sorted(dishes, key=lambda one: (one[0], one[1].label))))


def _day(meal: MealRecord) -> str:
    """Name the day of a meal; not as a sheet writes the day of a time."""
    there = local(meal.time_utc, meal.zone)
    return f"meals of {there.day} {MONTHS[there.month - 1]} {there.year}"


def services_sheet(provision: Provision, whom: str) -> Sheet:
    """Return what a station fills, empties and takes off, and when the train stands there."""
    own = [stop for stop in provision.services.stops if stop.place == whom]
    sections = []
    stays = {
        (stop.stop_arrive_utc, stop.stop_depart_utc): (
            stop.stop_arrive_utc, stop.stop_depart_utc, stop.zone
        )
        for stop in own
        if stop.stop_arrive_utc is not None and stop.stop_depart_utc is not None
    }.values()  # fmt: skip
    if stays:
        rows = [
            span("stands", a, b, zone) for a, b, zone in stays if a is not None if b is not None
        ]
        sections.append(Section("Train", tuple(rows)))
    for stop in own:
        rows = [span("from, until", stop.start_utc, stop.end_utc, stop.zone)]
        rows.append(Row("in all", text=f"{stop.total_m3:.2f} m3"))
        rows += [Row(name, text=f"{amount:.2f} m3") for name, amount in stop.amounts_m3.items()]
        if stop.proposed:
            rows.append(Row("The stop is proposed: it is to be agreed upon."))
        rows += [Row("done at", blank=True), *_SIGN]
        sections.append(Section(stop.kind.capitalize(), tuple(rows)))
    return Sheet("SERVICES OF A TRAIN", whom, tuple(sections))


def goods_sections(provision: Provision, place: str) -> list[Section]:
    """Return what a caterer loads at a place: into which store of which coach, in what order."""
    rooms = {room.id: room for room in provision.stores.rooms}
    sections = []
    own: list[Delivery] = [
        one for one in provision.stores.deliveries if one.place.name == place and one.lots
    ]
    for number, delivery in enumerate(own, start=1):
        kg: dict[str, float] = defaultdict(float)
        for lot in provision.stores.lots:
            if lot.delivery == delivery.id:
                for placed in lot.placements:
                    kg[placed.room] += placed.kg
        zone = delivery.place.zone
        rows = [span("at the train", delivery.from_utc, delivery.until_utc, zone)]
        if delivery.mode != "origin":
            rows.append(span("goods wait", delivery.due_utc, delivery.waits_until_utc, zone))
        order = sorted(kg, key=lambda name: (loading_rank(rooms[name].storage), name))
        rows += [
            Row(f"{rooms[name].storage} store of {rooms[name].coach}", text=_kg(kg[name]))
            for name in order
        ]
        heading = f"Goods {number}" if len(own) > 1 else "Goods"
        sections.append(Section(f"{heading}, in the order of loading", tuple(rows)))
    return sections
