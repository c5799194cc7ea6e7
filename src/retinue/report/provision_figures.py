"""The figures of a provisioning: what stands on its cover, and how good its promise is."""

from __future__ import annotations

from retinue.plan.provision import Provision
from retinue.report.table import Table
from retinue.report.wording import grouped

__all__ = ["provision_figures", "service_table", "share_text", "stock_name"]

_NAMES = {"principal": "principal", "guest": "guests", "house": "house"}


def stock_name(stock: str) -> str:
    """Return for whom goods are kept."""
    return _NAMES.get(stock, stock)


def share_text(value: float) -> str:
    """Return ``99.945 %``: cut, not rounded, so that no promise seems kept which was not."""
    return f"{int(value * 1e5 + 1e-6) / 1e3:g}\u00a0%"


def provision_figures(provision: Provision) -> list[list[str]]:
    """Return the figures of the cover, each a value and what it is."""
    stores = provision.stores
    volume = sum(lot.volume_m3 for lot in stores.lots)
    mass = sum(lot.mass_kg for lot in stores.lots)
    served = sum(sum(meal.people.values()) for meal in provision.kitchen.meals)
    return [
        [grouped(sum(group.people for group in provision.groups)), "people"],
        [grouped(len(provision.kitchen.meals)), "meals"],
        [grouped(served), "covers"],
        [grouped(len(stores.dishes)), "dishes and drinks"],
        [f"{grouped(mass / 1000, 2)} t, {grouped(volume, 1)} m³", "goods"],
        [grouped(len(stores.deliveries)), "deliveries"],
        [f"{grouped(provision.cost_total)} {provision.currency}", "cost"],
    ]


def service_table(provision: Provision) -> Table:
    """Return promises and what fresh samples of the demand say of them."""
    listed = provision.stores.service
    rows: list[tuple[str, ...]] = []

    def row(words: str, *values: str) -> None:
        rows.append((words, *values))

    row("promised: no refusal on the whole journey", *(share_text(s.promise) for s in listed))
    row("measured", *(share_text(s.level) for s in listed))
    row("at least, with 95 % confidence", *(share_text(s.lower_bound) for s in listed))
    row(
        "journeys with a refusal, of those tried",
        *(f"{grouped(s.refused_journeys)} of {grouped(s.samples)}" for s in listed),
    )
    row("fill rate: orders served as ordered", *(share_text(s.fill_rate) for s in listed))
    row("  with what stands in", *(share_text(s.fill_rate_with_substitutes) for s in listed))
    row("level, variance twice the mean", *(share_text(s.over_dispersed_level) for s in listed))
    row("  fill rate then", *(share_text(s.over_dispersed_fill_rate) for s in listed))
    row("level, other dishes liked", *(share_text(s.wrong_popularity_level) for s in listed))
    row("  fill rate then", *(share_text(s.wrong_popularity_fill_rate) for s in listed))
    row(f"cost of these goods, {provision.currency}", *(grouped(s.cost) for s in listed))
    row(
        f"each dish by itself would cost, {provision.currency}",
        *(grouped(s.cost_each_dish_alone) for s in listed),
    )
    row("saved by sharing", *(f"{s.saving:.1%}".replace("%", "\u00a0%") for s in listed))
    kept = [k for k, s in enumerate(listed) if s.lower_bound < s.promise]
    return Table(
        "The promise",
        ("", *(f"for {stock_name(s.stock)}" for s in listed)),
        tuple(rows),
        right=frozenset(range(1, len(listed) + 1)),
        wide={0: 1.0},
        strong=frozenset({2}) if kept else frozenset(),
        note="NOT KEPT for " + ", ".join(stock_name(listed[k].stock) for k in kept) + "."
        if kept
        else "",
    )
