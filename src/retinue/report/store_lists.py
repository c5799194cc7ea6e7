"""Store lists: by room of a coach, by supplier, what ends first, the register of seals."""

from __future__ import annotations

from collections import defaultdict

from retinue.plan.local_clock import LocalClock
from retinue.plan.stores import Lot, Stores
from retinue.report.provision_figures import stock_name
from retinue.report.provision_store_tables import (
    coach_of,
    degrees_text,
    delivery_name,
    kg_text,
    litres_text,
)
from retinue.report.table import Table, filled_columns
from retinue.report.wording import date_text, grouped

__all__ = ["expiry_table", "room_tables", "seal_table", "side_by_side", "supplier_tables"]

#: Lots that are told of as the first to end.
_MOST_LOTS = 24
#: An end later than this after the last change of the clock needs no hour, but its year.
_NEAR_S = 14 * 86400.0


def room_tables(stores: Stores, clock: LocalClock) -> list[Table]:
    """Return the store list of every room: what lies there, for whom, and its first end."""
    tables = []
    for room in stores.rooms:
        lying: dict[str, list[tuple[Lot, float]]] = defaultdict(list)
        for lot in stores.lots:
            for placed in lot.placements:
                if placed.room == room.id and placed.kg > 0:
                    lying[lot.ingredient].append((lot, placed.kg))
        if not lying:
            continue
        rows = tuple(_room_row(name, lying[name], clock) for name in sorted(lying))
        table = Table(
            f"{room.coach}, {room.storage} store, {degrees_text(room.kept_at_k)}",
            ("goods", "principal", "guests", "use by"), rows,
            right=frozenset({1, 2}), wide={0: 1.0},
        )  # fmt: skip
        tables.append(side_by_side(filled_columns(table)))
    return tables


def _room_row(name: str, lying: list[tuple[Lot, float]], clock: LocalClock) -> tuple[str, ...]:
    def of(stock: str) -> str:
        kg = sum(part for lot, part in lying if (lot.stock == "principal") == (stock == "one"))
        return kg_text(kg) if kg else ""

    first = min(lot.serve_until_utc for lot, _ in lying)
    return name, of("one"), of("all"), _end(first, clock)


def _end(moment: float, clock: LocalClock) -> str:
    """Return a moment, or only the day where it lies well behind the journey."""
    if moment < clock.begins[-1] + _NEAR_S:
        return clock.moment(moment)
    day, month, year = date_text(moment, clock.zone(moment)).split()[1:]
    return f"{day} {month[:3]} {year}".replace(" ", "\u00a0")


def side_by_side(table: Table, least: int = 8) -> Table:
    """Return a long narrow table as two beside each other: the first half left."""
    if len(table.rows) < least:
        return table
    half = (len(table.rows) + 1) // 2
    width = len(table.heads)
    blank = ("",) * width
    rows = tuple(
        (*table.rows[k], "", *(table.rows[k + half] if k + half < len(table.rows) else blank))
        for k in range(half)
    )
    return Table(
        table.title,
        (*table.heads, "", *table.heads),
        rows,
        right=frozenset(table.right) | frozenset(k + width + 1 for k in table.right),
        wide=dict(table.wide) | {k + width + 1: part for k, part in table.wide.items()},
        note=table.note,
    )


def supplier_tables(stores: Stores, clock: LocalClock) -> list[Table]:
    """Return the store list of every supplier: what he brings where, and how it must be kept."""
    storage = {one.name: one for one in stores.ingredients}
    tables = []
    for supplier in sorted({lot.supplier for lot in stores.lots}):
        for number, delivery in enumerate(stores.deliveries, start=1):
            own: dict[str, list[Lot]] = defaultdict(list)
            for lot in stores.lots:
                if lot.supplier == supplier and lot.delivery == delivery.id:
                    own[lot.ingredient].append(lot)
            if not own:
                continue
            rows = tuple(
                (
                    name,
                    kg_text(sum(lot.kg for lot in lots)),
                    litres_text(sum(lot.volume_m3 for lot in lots)),
                    storage[name].storage if name in storage else "",
                )
                for name, lots in sorted(own.items())
            )
            kg = sum(lot.mass_kg for lots in own.values() for lot in lots)
            table = Table(
                f"{supplier or 'no supplier'}, {delivery_name(delivery, number)}, packed by"
                f" {clock.moment(min(x.packed_utc for lots in own.values() for x in lots))},"
                f" {kg_text(kg)} kg",
                ("goods", "kg", "litres", "store"), rows, right=frozenset({1, 2}), wide={0: 1.0},
            )  # fmt: skip
            tables.append(side_by_side(table))
    return tables


def expiry_table(stores: Stores, clock: LocalClock) -> Table:
    """Return the lots that come nearest to their end before they are used up."""
    ordered = sorted(stores.lots, key=lambda lot: (lot.serve_until_utc, lot.id))[:_MOST_LOTS]
    rows = tuple(
        (
            clock.moment(lot.serve_until_utc),
            lot.ingredient,
            stock_name(lot.stock),
            kg_text(lot.kg),
            kg_text(lot.expected_use_kg),
            ", ".join(dict.fromkeys(coach_of(stores, placed.room) for placed in lot.placements)),
        )
        for lot in ordered
    )
    more = len(stores.lots) - len(rows)
    return Table(
        "What ends first", ("last meal", "goods", "for", "kg", "expected use", "where"), rows,
        right=frozenset({3, 4}), wide={1: 1.0, 5: 1.0},
        note=f"Of {grouped(len(stores.lots))} lots; what ends first is used first. The ends of all"
        " stand in the store lists." if more > 0 else "",
    )  # fmt: skip


def seal_table(stores: Stores, clock: LocalClock) -> Table:
    """Return the register of seals, with room to enter each number and who took it over."""
    numbers = {one.id: str(n) for n, one in enumerate(stores.deliveries, start=1)}
    lots = {lot.id: lot for lot in stores.lots}
    places = [one.id for one in stores.deliveries]
    # By delivery, as they are loaded; within one the record's order.
    ordered = sorted(
        stores.seals,
        key=lambda one: places.index(one.delivery) if one.delivery in places else len(places),
    )
    rows = tuple(
        (
            str(line),
            numbers.get(one.delivery, ""),
            one.supplier,
            one.storage,
            stock_name(one.stock),
            grouped(len(one.lots)),
            kg_text(sum(lots[name].mass_kg for name in one.lots if name in lots)),
            clock.moment(one.applied_utc),
            clock.moment(one.broken_utc),
            _entered(one.number),
            _entered(one.seen_by),
        )
        for line, one in enumerate(ordered, start=1)
    )
    hands = list(dict.fromkeys(
        f"{step.role}: {step.what}" for lot in stores.lots for step in lot.custody
        if not step.role.startswith("supplier")
    ))  # fmt: skip
    return Table(
        "",
        ("", "no.", "supplier", "store", "for", "lots", "kg", "sealed", "broken", "seal",
         "seen by"),
        rows, right=frozenset({0, 1, 5, 6}), wide={9: 1.0, 10: 1.0},
        note="No.: of the delivery."
        + (f" The supplier seals; then {'; '.join(hands)}." if hands else ""),
    )  # fmt: skip


def _entered(words: str) -> str:
    return words if words and words != "to be entered" else "………"
