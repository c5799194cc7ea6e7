"""What a provisioning document stands on: notes, assumptions and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from retinue.plan import Assumption, Note, Source
from retinue.planner.cost import cost_assumptions, cost_sources
from retinue.planner.provision_notes import left_out_notes, served_apart_notes
from retinue.planner.service_notes import service_notes

if TYPE_CHECKING:
    from retinue.plan import CostItem, Plan
    from retinue.plan.meals import KitchenRecord
    from retinue.plan.programme import ProgrammeRecord
    from retinue.plan.services import ServicesRecord
    from retinue.plan.stores import Stores, SupplyRun
    from retinue.planner.cost import Rates
    from retinue.provisioning.border_rules import BorderRules
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.supply import SupplyRules

__all__ = ["assumptions_of", "notes_of", "sources_of"]


def notes_of(
    stores: Stores,
    kitchen: KitchenRecord,
    services: ServicesRecord,
    refused: Sequence[SupplyRun],
    programme: ProgrammeRecord,
) -> tuple[Note, ...]:
    """Return what a planner must know at once, warnings first.

    Parameters
    ----------
    refused
        Deliveries that were tried and cannot be made.
    """
    listed = [
        *_warnings(stores, kitchen, services, refused, programme),
        *left_out_notes(stores.left_out, (meal.people for meal in kitchen.meals)),
        *_remarks(stores),
        *served_apart_notes(kitchen),
    ]
    return tuple(sorted(listed, key=lambda note: note.level != "warning"))


def _warnings(
    stores: Stores,
    kitchen: KitchenRecord,
    services: ServicesRecord,
    refused: Sequence[SupplyRun],
    programme: ProgrammeRecord,
) -> Iterator[Note]:
    for run in refused:
        why = "; ".join(run.reasons) or "no way was found"
        text = f"was tried and cannot be made: {why}; the train is stocked without it"
        yield Note(level="info", subject=run.title, text=text)
    for level in stores.service:
        if level.lower_bound < level.promise:
            yield Note(
                level="warning",
                subject=f"promise to {level.stock}",
                text=f"{100 * level.promise:g} % promised, at least {100 * level.lower_bound:.2f} %"
                " kept on fresh samples",
            )
    for clash in programme.conflicts:
        yield Note(level="warning", subject="programme", text=clash.text)
    yield from service_notes(services)
    if not kitchen.cooks_proven:
        yield Note(
            level="info",
            subject="kitchen",
            text=f"{kitchen.cooks} cooks at once are enough; that fewer than {kitchen.cooks_bound}"
            " cannot do is proven, between the two it is open",
        )


def _remarks(stores: Stores) -> Iterator[Note]:
    by_dish: dict[str, list[str]] = {}
    for meal, dish in stores.withdrawn:
        by_dish.setdefault(dish, []).append(meal)
    whole = [dish for dish, meals in by_dish.items() if len(meals) == len(stores.uses)]
    if whole:
        yield Note(
            level="warning",
            subject="menu",
            text=f"not on offer on this journey, their goods cannot be had: {', '.join(whole)}",
        )
    part = {dish: meals for dish, meals in by_dish.items() if dish not in whole}
    for dish, meals in sorted(part.items()):
        yield Note(level="info", subject=dish, text=f"not on offer at {', '.join(meals)}")
    swapped: dict[tuple[str, str], list[str]] = {}
    for meal, name, other in stores.stand_ins:
        swapped.setdefault((name, other), []).append(meal)
    for (name, other), meals in sorted(swapped.items()):
        yield Note(
            level="info",
            subject=name,
            text=f"{other} takes its place at {len(meals)} of {len(stores.uses)} meals",
        )


def assumptions_of(
    plan: Plan,
    policy: ProvisioningPolicy,
    menu: Menu,
    stores: Stores,
    kitchen: KitchenRecord,
    costs: Sequence[CostItem],
    rates: Rates,
) -> tuple[Assumption, ...]:
    """Return what nobody published, each with the ground it was taken on."""
    train = tuple(leg.id for leg in plan.legs if leg.mode == "rail")
    found = [
        Assumption(
            subject=f"policy {policy.title}",
            what=", ".join(policy.assumed()) or "nothing",
            value="as in the policy",
            because=policy.sources.get(policy.source, policy.source),
            legs=train,
        ),
        Assumption(
            subject=f"menu {menu.title}",
            what="recipes, yields, times, popularity",
            value=f"{len(menu.dishes)} dishes over {len(menu.ingredients)} ingredients",
            because="written for this project; a user's own menu takes their place",
            legs=train,
        ),
    ]
    rooms = [room for room in stores.rooms if room.assumed]
    if rooms:
        volume = sum(room.volume_m3 for room in rooms)
        found.append(
            Assumption(
                subject="store rooms",
                what=f"{len(rooms)} rooms of {len({room.coach for room in rooms})} coaches",
                value=f"{volume:.1f} m3",
                because="by the role of a coach; nobody publishes the rooms of such a train",
                legs=train,
            )
        )
    stations = [one for one in kitchen.stations if one.confidence == "assumed"]
    if stations:
        found.append(
            Assumption(
                subject="kitchen",
                what="places of its stations",
                value=", ".join(f"{one.station} {one.capacity}" for one in stations),
                because=stations[0].source,
                legs=train,
            )
        )
    return (*found, *cost_assumptions(costs[_priced_from(costs) :], train[0], rates))


def _priced_from(costs: Sequence[CostItem]) -> int:
    """Goods and deliveries come first and are no prices of the rate file."""
    own = ("goods, ", "deliveries by ")
    return sum(item.what.startswith(own) for item in costs)


def sources_of(
    policy: ProvisioningPolicy,
    menu: Menu,
    rules: BorderRules,
    supply: SupplyRules,
    costs: Sequence[CostItem],
    rates: Rates,
) -> tuple[Source, ...]:
    """Return where the values come from."""
    listed: list[tuple[str, Mapping[str, str], str]] = [
        ("policy", policy.sources, "policy of provisioning"),
        ("menu", menu.sources, "menu and ingredients"),
        ("borders", rules.sources, "what may cross a border"),
        ("supply", supply.sources, "deliveries"),
    ]
    found = [
        Source(id=f"{name}/{key}", text=text, used_for=(purpose,))
        for name, texts, purpose in listed
        for key, text in sorted(texts.items())
    ]
    return (*found, *cost_sources(costs[_priced_from(costs) :], rates))
