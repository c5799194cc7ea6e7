"""Tables of the stores: rooms, deliveries, loading plans, cold chain, borders, what is missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from retinue.plan.loading import loading_rank
from retinue.plan.local_clock import DAY_S, LocalClock
from retinue.plan.stores import Delivery, FoodStep, Lot, Stores
from retinue.report.provision_figures import share_text, stock_name
from retinue.report.table import Table, filled_columns
from retinue.report.wording import grouped

__all__ = [
    "border_table",
    "coach_of",
    "degrees_text",
    "delivery_name",
    "delivery_table",
    "kg_text",
    "leaving_table",
    "litres_text",
    "loading_table",
    "missed_table",
    "room_table",
    "stand_in_tables",
    "step_table",
]

_MODES = {"origin": "before departure", "road": "by road", "air": "by air"}

#: Steps of the cold chain that are listed one by one; more are told by kind and meal.
_MOST_STEPS = 40


def kg_text(kg: float) -> str:
    """Return kilogrammes with as many figures as a store needs; what is there is never 0."""
    if kg < 0.0005:
        return "0"
    return grouped(kg, 0 if kg >= 100 else 1 if kg >= 10 else 2 if kg >= 0.095 else 3)


def litres_text(volume_m3: float) -> str:
    """Return litres; what is there is never 0."""
    litres = volume_m3 * 1000
    return "<1" if 0.0005 < litres < 0.5 else grouped(litres)


def degrees_text(kelvin: float) -> str:
    """Return ``3 °C``."""
    return f"{kelvin - 273.15:.0f}\u00a0°C".replace("-", "\u2212")


def delivery_name(delivery: Delivery, number: int) -> str:
    """Return ``1 Pyongyang``."""
    return f"{number} {delivery.place.name}"


def delivery_table(stores: Stores, clock: LocalClock) -> Table:
    """Return where and when goods come to the train."""
    rows = tuple(
        (
            str(number),
            one.place.name,
            _MODES[one.mode],
            clock.span(one.from_utc, one.until_utc),
            "" if one.mode == "origin" else
            f"{clock.kept_at(one.place.zone).moment(one.due_utc)}"
            f" to\u00a0{clock.kept_at(one.place.zone).moment(one.waits_until_utc)}",
            f"{max(round(one.loading_s / 60), 1)}\u00a0min" if one.loading_s else "",
            kg_text(one.mass_kg),
            litres_text(sum(lot.volume_m3 for lot in stores.lots if lot.delivery == one.id)),
            grouped(len(one.lots)),
            grouped(one.goods_cost + one.fixed_cost),
        )
        for number, one in enumerate(stores.deliveries, start=1)
    )  # fmt: skip
    table = Table(
        "Deliveries",
        ("", "place", "", "train stands", "goods wait there", "loading", "kg", "litres", "lots",
         stores.currency),
        rows, right=frozenset({0, 5, 6, 7, 8, 9}), wide={2: 0.62, 3: 1.0, 4: 1.0},
    )  # fmt: skip
    return filled_columns(table)


def loading_table(stores: Stores, delivery: Delivery, clock: LocalClock) -> Table:
    """Return the loading plan of one delivery: in which order, into which room of which coach."""
    rooms = {room.id: room for room in stores.rooms}
    kg: dict[str, float] = defaultdict(float)
    volume: dict[str, float] = defaultdict(float)
    lots: dict[str, set[str]] = defaultdict(set)
    for lot in stores.lots:
        if lot.delivery != delivery.id:
            continue
        for placed in lot.placements:
            kg[placed.room] += placed.kg
            volume[placed.room] += lot.volume_m3 * placed.kg / lot.kg if lot.kg else 0.0
            lots[placed.room].add(lot.id)
    order = sorted(
        kg,
        key=lambda name: (loading_rank(rooms[name].storage), -rooms[name].distance_m, name),
    )
    whole = sum(kg.values())
    rows = tuple(
        (
            str(place),
            rooms[name].storage,
            rooms[name].coach,
            degrees_text(rooms[name].kept_at_k),
            kg_text(kg[name]),
            litres_text(volume[name]),
            grouped(len(lots[name])),
            f"{_minutes(delivery.loading_s) * kg[name] / whole:.0f}\u00a0min"
            if delivery.loading_s and whole
            else "",
        )
        for place, name in enumerate(order, start=1)
    )
    table = Table(
        f"Loading at {delivery.place.name}, {clock.span(delivery.from_utc, delivery.until_utc)}",
        ("order", "store", "coach", "kept at", "kg", "litres", "lots", "of it"),
        (*rows, ("", "all", "", "", kg_text(whole), litres_text(sum(volume.values())),
                 grouped(len(delivery.lots)), "")),
        right=frozenset({0, 3, 4, 5, 6, 7}), wide={2: 1.0}, strong=frozenset({len(rows)}),
    )  # fmt: skip
    return filled_columns(table)


def _minutes(seconds: float) -> float:
    return max(seconds / 60, 1.0)


def room_table(stores: Stores) -> Table:
    """Return the store rooms and how full they are at most, all goods counted that come."""
    volume: dict[str, float] = defaultdict(float)
    mass: dict[str, float] = defaultdict(float)
    for lot in stores.lots:
        for placed in lot.placements:
            part = placed.kg / lot.kg if lot.kg else 0.0
            volume[placed.room] += lot.volume_m3 * part
            mass[placed.room] += lot.mass_kg * part
    rows = tuple(
        (
            room.coach,
            room.storage,
            degrees_text(room.kept_at_k),
            litres_text(room.volume_m3),
            litres_text(volume[room.id]),
            kg_text(room.mass_kg),
            kg_text(mass[room.id]),
            f"{room.distance_m:.0f}\u00a0m",
        )
        for room in stores.rooms
    )
    return Table(
        "Store rooms",
        ("coach", "store", "kept at", "holds, litres", "all goods", "bears, kg", "all goods",
         "to the stove"),
        rows, right=frozenset(range(2, 8)), wide={0: 1.0},
        light=frozenset(k for k, room in enumerate(stores.rooms) if room.assumed),
        note="All goods: of every delivery together; the picture shows what is there at once."
        + (" Light: nobody published the room." if any(r.assumed for r in stores.rooms) else ""),
    )  # fmt: skip


def coach_of(stores: Stores, room: str) -> str:
    """Return the coach and the kind of a store room."""
    return next((f"{one.coach}, {one.storage}" for one in stores.rooms if one.id == room), room)


def step_table(stores: Stores, clock: LocalClock) -> Table:
    """Return thawing, cooling, holding, live goods and retained samples, with their limits.

    Steps that are done together share a line; many are told by day and kind.
    """
    steps = sorted(stores.steps, key=lambda one: (one.start_utc, one.kind, one.what))
    together: dict[tuple[Any, ...], list[FoodStep]] = defaultdict(list)
    for one in steps:
        together[one.kind, one.start_utc, one.end_utc, one.limit_utc, one.room, one.by].append(one)
    if len(together) > _MOST_STEPS:
        together = defaultdict(list)
        for one in steps:
            day = int(clock.local_s(one.start_utc) // DAY_S)
            together[day, one.kind, one.by].append(one)
    rows = tuple(
        (
            group[0].kind + (f" ({group[0].by})" if group[0].by else ""),
            _some(tuple(dict.fromkeys(map(_step_name, group))), 4),
            clock.span(min(one.start_utc for one in group), max(one.end_utc for one in group)),
            clock.moment(min(one.limit_utc for one in group)),
            kg_text(sum(one.kg for one in group)) if any(one.kg for one in group) else "",
            ", ".join(dict.fromkeys(coach_of(stores, one.room) for one in group if one.room)),
        )
        for group in together.values()
    )
    rules: dict[str, list[str]] = defaultdict(list)
    for one in steps:
        if one.rule and one.rule not in rules[one.kind]:
            rules[one.kind].append(one.rule)
    note = ". ".join(f"{kind}: {'; '.join(words)}" for kind, words in rules.items() if words)
    table = Table(
        "Steps of the cold chain",
        ("step", "what", "from, until", "first limit", "kg", "where"), rows,
        right=frozenset({4}), wide={1: 1.2, 2: 1.0, 5: 0.8}, note=note[:1].upper() + note[1:],
    )  # fmt: skip
    return filled_columns(table)


def _step_name(step: FoodStep) -> str:
    return step.what + (f" to {degrees_text(step.to_k)}" if step.to_k is not None else "")


def border_table(stores: Stores, clock: LocalClock) -> Table:
    """Return every border and what may not cross it."""
    rows = tuple(
        (
            clock.moment(one.time_utc),
            f"{one.from_country} to {one.to_country}",
            "; ".join(f"{kind}: {why}" for kind, why in sorted(one.forbidden.items()))
            or "everything on board may cross",
        )
        for one in stores.crossings
    )
    return Table("Borders", ("local", "", "may not cross"), rows, wide={2: 1.0})


def leaving_table(stores: Stores, clock: LocalClock) -> Table:
    """Return what is landed or destroyed before a border."""
    found: dict[tuple[float, str], list[Lot]] = defaultdict(list)
    for lot in stores.lots:
        if lot.leaves_utc is not None:
            found[lot.leaves_utc, lot.leaves_because].append(lot)
    rows = tuple(
        (
            clock.moment(moment),
            ", ".join(sorted({lot.ingredient for lot in lots})),
            kg_text(sum(max(lot.kg - lot.expected_use_kg, 0.0) for lot in lots)),
            because,
        )
        for (moment, because), lots in sorted(found.items())
    )
    return Table("Landed or destroyed before a border",
                 ("by", "what is left of", "kg expected", "because"), rows,
                 right=frozenset({2}), wide={1: 1.4, 3: 1.0})  # fmt: skip


def missed_table(stores: Stores, meals: Mapping[str, str]) -> Table:
    """Return what a late or missing delivery does; ``meals`` are names by the meal's id."""
    names = {
        one.id: delivery_name(one, number) for number, one in enumerate(stores.deliveries, start=1)
    }
    rows = tuple(
        (
            names.get(one.delivery, one.delivery),
            stock_name(one.stock),
            share_text(one.fill_rate),
            share_text(one.fill_rate_with_substitutes),
            meals.get(one.first_refused_meal, one.first_refused_meal) or "–",
            _some(one.dishes_lost),
        )
        for one in stores.missed
    )
    return Table(
        "If a delivery is missed",
        ("delivery", "for", "fill rate", "with what stands in", "first refusal", "no longer had"),
        rows, right=frozenset({2, 3}), wide={0: 1.0, 4: 1.0, 5: 1.6},
    )  # fmt: skip


def _some(words: tuple[str, ...], most: int = 5) -> str:
    if not words:
        return "nothing"
    more = len(words) - most
    return ", ".join(words) if more <= 1 else f"{', '.join(words[:most])} and {more} more"


def stand_in_tables(stores: Stores, meals: Mapping[str, str]) -> list[Table]:
    """Return what takes the place of what, and dishes that cannot be had at a meal."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for meal, ingredient, other in stores.stand_ins:
        places[ingredient, other].append(meals.get(meal, meal))
    gone: dict[str, list[str]] = defaultdict(list)
    for meal, dish in stores.withdrawn:
        gone[dish].append(meals.get(meal, meal))
    tables = [
        Table("What stands in", ("for", "comes", "at meals"),
              tuple((a, b, _some(tuple(meals))) for (a, b), meals in places.items()),
              wide={2: 1.0}),
        Table("Not on offer", ("dish", "at meals"),
              tuple((dish, _some(tuple(meals))) for dish, meals in gone.items()), wide={1: 1.0}),
    ]  # fmt: skip
    return [table for table in tables if table.rows]
