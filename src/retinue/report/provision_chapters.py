"""The chapters of a provisioning: life on board, kitchen, stores, services, formation, costs."""

from __future__ import annotations

from collections.abc import Iterable

from retinue.plan import Plan
from retinue.plan.provision import Provision
from retinue.plan.stores import Stores
from retinue.report.chapter import Chapter, Part, Picture
from retinue.report.coach_numbers import coach_words
from retinue.report.drawing import PAPER, Palette
from retinue.report.house_drawing import house_drawing, main_train
from retinue.report.kitchen_chart import kitchen_charts
from retinue.report.kitchen_tables import (
    ashore_words,
    cooking_table,
    shift_table,
    station_table,
)
from retinue.report.meal_chart import meal_charts
from retinue.report.meal_tables import (
    closed_table,
    conflict_table,
    group_table,
    meal_names,
    meal_table,
    programme_table,
)
from retinue.report.printed_clock import PrintedClock
from retinue.report.provision_figures import service_table
from retinue.report.provision_store_tables import (
    border_table,
    delivery_table,
    leaving_table,
    loading_table,
    missed_table,
    room_table,
    stand_in_tables,
    step_table,
)
from retinue.report.service_tables import (
    consist_tables,
    cost_rows,
    energy_table,
    service_stop_table,
    supply_run_table,
    tank_table,
    waste_table,
)
from retinue.report.stock_chart import stock_chart
from retinue.report.store_lists import expiry_table, room_tables, seal_table, supplier_tables
from retinue.report.table import Table
from retinue.report.tank_chart import tank_chart

__all__ = ["board_chapter", "board_pictures", "book_chapters", "life_on_board"]

#: Points that a picture with its heading and its note may be high on A4: two of them stand on a
#: page, and one fills what another part has left.
TALLEST = 290.0


def book_chapters(plan: Plan, provision: Provision, width: float) -> list[Chapter]:
    """Return the chapters of the provisioning as a document of its own, on paper."""
    clock = PrintedClock.of(plan)
    kitchen, services = provision.kitchen, provision.services
    stores = _numbered(plan, provision)
    meals = meal_names(provision, clock)
    chapters = [
        _chapter("Programme", conflict_table(provision, clock), programme_table(provision)),
        _chapter(
            "Meals",
            group_table(provision),
            *meal_charts(plan, provision, width, tallest=TALLEST),
            closed_table(provision, clock),
            meal_table(provision, clock),
        ),
        _chapter(
            "Kitchen",
            *kitchen_charts(plan, provision, width),
            cooking_table(kitchen, clock),
            shift_table(kitchen, clock),
            station_table(kitchen),
            ashore_words(kitchen),
        ),
        _chapter(
            "Stores",
            stock_chart(plan, provision, width),
            house_drawing(plan, provision, width),
            room_table(stores),
            delivery_table(stores, clock),
            supply_run_table(provision, clock),
            missed_table(stores, meals),
            border_table(stores, clock),
            leaving_table(stores, clock),
            *stand_in_tables(stores, meals),
            step_table(stores, clock),
            expiry_table(stores, clock),
            *(Table(f"Note {n}", ("",), ((note,),)) for n, note in enumerate(stores.notes, 1)),
        ),
        _chapter(
            "Services",
            service_stop_table(services, clock),
            *services.unserved,
            tank_chart(plan, provision, width),
            tank_table(services),
            waste_table(services),
            energy_table(services),
        ),
        _chapter("Formation", *(consist_tables(provision.consist) if provision.consist else ())),
        _chapter("Costs", cost_rows(provision) if provision.costs else None),
        _chapter(
            "Loading plans",
            "In the order of loading: what must stay cold stands outside for the shortest time."
            " Within a store what is used last goes in first.",
            *(
                loading_table(stores, delivery, clock)
                for delivery in stores.deliveries
                if delivery.lots
            ),
        ),
        _chapter("Store lists by coach", *room_tables(stores, clock)),
        _chapter("Store lists by supplier", *supplier_tables(stores, clock)),
        _chapter("Register of seals", seal_table(stores, clock)),
    ]
    return [one for one in chapters if any(not isinstance(part, str) for part in one.parts)]


def _numbered(plan: Plan, provision: Provision) -> Stores:
    """Return the stores with their rooms' coaches named as the drawings number them."""
    train = main_train(plan)
    if train is None:
        return provision.stores
    rooms = tuple(
        room.model_copy(update={"coach": coach_words(room.coach, train.vehicles)})
        for room in provision.stores.rooms
    )
    return provision.stores.model_copy(update={"rooms": rooms})


def _chapter(title: str, *parts: Part | None) -> Chapter:
    return Chapter(title, tuple(_filled(parts)))


def _filled(parts: Iterable[Part | None]) -> Iterable[Part]:
    """Leave out tables without rows, pictures that could not be drawn and empty words."""
    for part in parts:
        if part is None or part == "" or (isinstance(part, Table) and not part.rows):
            continue
        yield part


def board_pictures(
    plan: Plan,
    provision: Provision,
    width: float,
    palette: Palette = PAPER,
    tallest: float = 0.0,
) -> list[Picture]:
    """Return the pictures that tell of life on board at a glance.

    Parameters
    ----------
    tallest
        Points that a picture may be high; 0: no limit.
    """
    meals = meal_charts(plan, provision, width, palette, tallest=tallest)
    return [*meals, *_level_pictures(plan, provision, width, palette)]


def _level_pictures(
    plan: Plan, provision: Provision, width: float, palette: Palette
) -> list[Picture]:
    drawn = (
        stock_chart(plan, provision, width, palette),
        tank_chart(plan, provision, width, palette),
    )
    return [picture for picture in drawn if picture is not None]


def board_chapter(plan: Plan, provision: Provision, width: float) -> Chapter:
    """Return the short chapter of the movement order: small parts fill what charts leave."""
    clock = PrintedClock.of(plan)
    return Chapter(
        "Life on board",
        (
            *meal_charts(plan, provision, width, tallest=TALLEST),
            *_meal_limits(provision, clock),
            *_level_pictures(plan, provision, width, PAPER),
            *_supplies(provision, clock),
        ),
    )


def _meal_limits(provision: Provision, clock: PrintedClock) -> list[Table]:
    tables = conflict_table(provision, clock), closed_table(provision, clock)
    return [table for table in tables if table.rows]


def life_on_board(plan: Plan, provision: Provision) -> list[Table]:
    """Return the tables of the short chapter, on the page behind all pictures."""
    clock = PrintedClock.of(plan)
    return [*_meal_limits(provision, clock), *_supplies(provision, clock)]


def _supplies(provision: Provision, clock: PrintedClock) -> list[Table]:
    tables = [
        delivery_table(provision.stores, clock),
        supply_run_table(provision, clock),
        service_stop_table(provision.services, clock),
        waste_table(provision.services),
        service_table(provision),
        _costs(provision),
    ]
    return [table for table in tables if table.rows]


def _costs(provision: Provision) -> Table:
    whole = cost_rows(provision)
    return Table(
        "Costs of life on board", whole.heads, whole.rows if provision.costs else (),
        whole.right, whole.wide, whole.light, whole.strong, whole.note,
    )  # fmt: skip
