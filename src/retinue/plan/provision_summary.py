"""A provisioning in a few lines: what a planner wants to see at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.counting import counted
from retinue.plan.local_clock import LocalClock
from retinue.plan.provision_lists import percent, provision_list_text, stock_words
from retinue.plan.summary import short_text, table_text

if TYPE_CHECKING:
    from retinue.plan.plan import Plan
    from retinue.plan.provision import Provision

__all__ = ["provision_list_text", "provision_text"]

#: Meals, deliveries and stops of the summary; the rest is counted.
_MOST_MEALS = 12
_MOST_ROWS = 8
_MOST_NOTES = 4
_MOST_WARNINGS = 12
_NOTE_WIDTH = 150


def provision_text(plan: Plan, provision: Provision, folder: str = "DIR") -> str:
    """Return the summary: figures, promises, meals, deliveries, service stops, remarks.

    Parameters
    ----------
    plan
        What is provisioned.
    folder
        Where it lies, for the commands that show more.
    """
    clock = LocalClock.of(plan)
    parts = [
        _head(provision),
        _promises(provision),
        _meals(provision, clock, folder),
        _deliveries(provision, clock, folder),
        _stops(provision, clock, folder),
        "\n".join(_notes(provision, folder)),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(provision: Provision) -> str:
    stores, kitchen = provision.stores, provision.kitchen
    mass = sum(lot.mass_kg for lot in stores.lots)
    volume = sum(lot.volume_m3 for lot in stores.lots)
    people = sum(group.people for group in provision.groups)
    figures = [
        f"{people} {'person' if people == 1 else 'people'}",
        counted(len(kitchen.meals), "meal"),
        f"{len(stores.dishes)} dishes and drinks",
        f"{mass / 1000:,.2f} t in {volume:,.1f} m3",
        counted(len(stores.deliveries), "delivery"),
        f"{counted(kitchen.cooks, 'cook')} at once, {kitchen.team} in all",
        f"{provision.cost_total:,.0f} {provision.currency}",
    ]
    made = provision.menu_title or provision.menu
    policy = provision.policy_title or provision.policy
    return (
        f"{provision.title}: {made}; policy: {policy}\n"
        f"provisioning {provision.hash[:12]} of plan {provision.plan_hash[:12]}\n"
        f"{', '.join(figures)}"
    )


def _promises(provision: Provision) -> str:
    rows = [
        [
            stock_words(one.stock),
            percent(one.promise),
            percent(one.level),
            percent(one.lower_bound) + (" !" if one.lower_bound < one.promise else ""),
            percent(one.fill_rate),
            f"{one.refused_journeys} of {one.samples:,}",
            f"{one.cost:,.0f}",
            f"{one.saving * 100:.1f} %",
        ]
        for one in provision.stores.service
    ]
    head = ["for", "promised", "measured", "at least", "fill rate", "journeys with a refusal",
            provision.currency, "saved"]  # fmt: skip
    return table_text(head, rows, right=frozenset(range(1, 8))) if rows else ""


def _meals(provision: Provision, clock: LocalClock, folder: str) -> str:
    kitchen = provision.kitchen
    ordered = sorted(kitchen.meals, key=lambda one: (one.time_utc, one.id))
    if not ordered:
        return ""
    rows = [
        [
            one.kind + (" (body)" if one.clock == "body" else ""),
            clock.moment(one.time_utc),
            ", ".join(f"{group} {count}" for group, count in one.people.items()),
            str(sum(sitting.meal == one.id for sitting in kitchen.sittings) or "-"),
            short_text("; ".join(one.moved_because), 60),
        ]
        for one in ordered[:_MOST_MEALS]
    ]
    lines = [table_text(["meal", "at", "who", "sittings", "moved"], rows, right=frozenset({3}))]
    if len(ordered) > _MOST_MEALS:
        more = len(ordered) - _MOST_MEALS
        lines.append(f"  {more} more: retinue provision {folder} --show meals")
    lines += [
        f"  no meal {clock.span(one.from_utc, one.until_utc)}: {one.kind}, {one.place}"
        for one in kitchen.closed
        if one.kind != "quiet hours"
    ][:_MOST_ROWS]
    return "\n".join(lines)


def _deliveries(provision: Provision, clock: LocalClock, folder: str) -> str:
    stores = provision.stores
    rows = [
        [
            str(number),
            one.place.name,
            clock.span(one.from_utc, one.until_utc),
            f"{one.mass_kg:,.0f}",
            str(len(one.lots)),
            duration_text(one.loading_s) if one.loading_s else "",
            f"{one.goods_cost + one.fixed_cost:,.0f}",
        ]
        for number, one in enumerate(stores.deliveries, start=1)
    ]
    if not rows:
        return ""
    head = ["", "delivery", "train stands", "kg", "lots", "loading", stores.currency]
    text = table_text(head, rows[:_MOST_ROWS], right=frozenset({0, 3, 4, 5, 6}))
    if len(rows) > _MOST_ROWS:
        text += f"\n  {len(rows) - _MOST_ROWS} more: retinue provision {folder} --show loading"
    return text


def _stops(provision: Provision, clock: LocalClock, folder: str) -> str:
    rows = [
        [
            one.place,
            one.kind,
            clock.span(one.start_utc, one.end_utc),
            f"{one.total_m3:,.2f} m3",
            "PROPOSED" if one.proposed else "",
        ]
        for one in sorted(provision.services.stops, key=lambda s: (not s.proposed, s.start_utc))
    ]
    if not rows:
        return ""
    text = table_text(["served at", "", "", "", ""], rows[:_MOST_ROWS], right=frozenset({3}))
    if len(rows) > _MOST_ROWS:
        text += f"\n  {len(rows) - _MOST_ROWS} more: retinue provision {folder} --show services"
    return text


def _notes(provision: Provision, folder: str) -> list[str]:
    lines = [
        f"! {run.title}: not possible: {'; '.join(run.reasons)}"
        for run in provision.supplies
        if not run.feasible
    ]
    # A warning is told in full, with its cure; of what is merely worth knowing a few are begun.
    warnings = [note for note in provision.notes if note.level == "warning"]
    others = [note for note in provision.notes if note.level != "warning"]
    lines += [f"! {note.subject}: {note.text}" for note in warnings[:_MOST_WARNINGS]]
    begun = others[: max(_MOST_NOTES - len(warnings), 0)]
    lines += [short_text(f"- {note.subject}: {note.text}", _NOTE_WIDTH) for note in begun]
    more = len(provision.notes) - min(len(warnings), _MOST_WARNINGS) - len(begun)
    if more:
        verb = "stands" if more == 1 else "stand"
        lines.append(f"- {counted(more, 'more note')} {verb} in provisioning.pdf")
    lost = [one for one in provision.stores.missed if one.fill_rate < 1.0]
    if lost:
        worst = min(lost, key=lambda one: one.fill_rate_with_substitutes)
        places = {one.id: one.place.name for one in provision.stores.deliveries}
        lines.append(
            f"- the worst delivery to miss is that at {places.get(worst.delivery, worst.delivery)}:"
            f" {stock_words(worst.stock)} are"
            f" then served {percent(worst.fill_rate)} as ordered,"
            f" {percent(worst.fill_rate_with_substitutes)} with what stands in"
        )
    if provision.assumptions:
        lines.append(
            f"- {counted(len(provision.assumptions), 'assumption')}:"
            f" retinue provision {folder} --show assumptions"
        )
    return lines
