"""A provisioning document against its plan: that its parts speak of one journey, and add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan, Provision

__all__ = ["check_programme", "check_provision_document", "check_seal"]

#: Points of Annex II of (EU) 1169/2011, by which cards number allergens.
_ANNEX_II = (
    "gluten", "crustaceans", "eggs", "fish", "peanuts", "soybeans", "milk", "nuts", "celery",
    "mustard", "sesame", "sulphites", "lupin", "molluscs",
)  # fmt: skip
_CENT = 0.01


def check_provision_document(plan: Plan, document: Provision) -> Finding:
    """Look whether the document belongs to the plan, and its parts to each other."""
    faults = [
        *_belongs(plan, document),
        *_one_table(document),
        *_cards(document),
        *_supplies(document),
        *_costs(document),
    ]
    looked = (
        f"{counted(len(document.kitchen.meals), 'meal')},"
        f" {counted(len(document.stores.lots), 'lot')},"
        f" {counted(len(document.cards), 'card')}, {counted(len(document.supplies), 'supply run')}"
    )
    return Finding("provision", looked, tuple(faults))


def check_seal(document: Provision) -> Finding:
    """Look whether the document's hash is that of what it says."""
    sealed = document.is_sealed_by(document.to_json())
    faults = () if sealed else ("the document's hash is another than its words give",)
    return Finding("seal", "the document's hash", faults)


def _belongs(plan: Plan, document: Provision) -> Iterator[str]:
    if document.plan_hash != plan.hash:
        yield "the document belongs to another plan, or to an earlier version of this one"
    party = sum(group.people for group in document.groups)
    most = max((sum(m.people.values()) for m in document.kitchen.meals), default=0)
    if most > party:
        yield f"{most} people eat at one meal, the party has {party}"


def _one_table(document: Provision) -> Iterator[str]:
    """Kitchen and stores must mean the same meals and dishes."""
    meals = {meal.id: meal for meal in document.kitchen.meals}
    withdrawn = set(document.stores.withdrawn)
    for use in document.stores.uses:
        meal = meals.get(use.meal)
        if meal is None:
            yield f"stores are drawn for {use.meal}, which the kitchen does not serve"
        elif abs(meal.time_utc - use.time_utc) > 60:
            yield f"stores and kitchen have {use.meal} at different times"
    eaten = {dish for eater in document.stores.eaters for dish in eater.dishes}
    for job in document.kitchen.jobs:
        if (job.meal, job.dish) in withdrawn:
            yield f"{job.dish} is cooked for {job.meal}, where it is not on offer"
        elif eaten and job.dish not in eaten:
            yield f"{job.dish} is cooked for {job.meal}, but nobody may eat it"


def _cards(document: Provision) -> Iterator[str]:
    for card in document.cards:
        for number, name in card.legend.items():
            known = number.isdigit() and 1 <= int(number) <= len(_ANNEX_II)
            if not known or _ANNEX_II[int(number) - 1] != name:
                yield f"card {card.id}: {number} is not the number of {name}"
        numbers = {number for number, name in card.legend.items() if name in card.without}
        for course in card.courses:
            for item in course.items:
                shown = {str(number) for number in item.allergens}
                if shown & numbers:
                    yield f"card {card.id}: {item.name} holds what the card leaves out"
                if shown - set(card.legend):
                    yield f"card {card.id}: {item.name} bears a number without legend"


def _supplies(document: Provision) -> Iterator[str]:
    trucks = {run.delivery: run for run in document.supplies if run.kind == "supply truck"}
    by_id = {run.id: run for run in document.supplies}
    for one in document.stores.deliveries:
        if one.mode == "origin":
            continue
        run = trucks.get(one.id)
        if run is None:
            yield f"nothing brings the delivery {one.id} at {one.place.name}"
        elif run.feasible and run.arrive_utc is not None and run.arrive_utc > one.due_utc + 1:
            late = (run.arrive_utc - one.due_utc) / 60
            yield f"the truck to {one.place.name} comes {late:.0f} min after it is due"
    for run in document.supplies:
        nxt = by_id.get(run.then)
        if run.then and nxt is None:
            yield f"{run.id} gives its goods to {run.then}, which is nowhere"
        elif nxt is not None and run.feasible and nxt.feasible:
            ends, begins = run.arrive_utc, nxt.depart_utc
            if ends is not None and begins is not None and begins < ends:
                yield f"{nxt.id} leaves before {run.id} has come"


def _costs(document: Provision) -> Iterator[str]:
    total = sum(item.amount_base for item in document.costs)
    if abs(total - document.cost_total) > _CENT:
        yield f"the costs add up to {total:.2f}, not {document.cost_total:.2f}"
    for item in document.costs:
        # Prices of goods are means, rounded to a millionth.
        slack = _CENT + 1e-6 * item.quantity
        if abs(item.quantity * item.price - item.amount) > slack:
            yield f"{item.what}: {item.quantity:g} times {item.price:g} is not {item.amount:g}"
    goods = sum(item.amount_base for item in document.costs if item.what.startswith("goods, "))
    carried = sum(
        item.amount_base for item in document.costs if item.what.startswith("deliveries by ")
    )
    if abs(goods + carried - document.stores.cost) > _CENT * (len(document.stores.lines) + 1):
        yield f"goods and deliveries cost {goods + carried:.2f}, the stores {document.stores.cost}"


def check_programme(plan: Plan, document: Provision) -> Finding:
    """Look for two things at one time for the same people, or outside of the journey, untold."""
    entries = document.programme.entries
    told = defaultdict(set)
    for clash in document.programme.conflicts:
        told[clash.entry].add(clash.other)
        told[clash.other].add(clash.entry)
    faults = []
    for one, other in combinations(entries, 2):
        if one.start_utc >= other.end_utc or other.start_utc >= one.end_utc:
            continue
        both = sorted(set(one.who) & set(other.who))
        named = {other.id, other.what}
        if both and not named & told[one.id] and one.id not in told[other.id]:
            faults.append(f"{', '.join(both)} are at {one.what} and at {other.what}, untold")
    for one in entries:
        if one.end_utc <= one.start_utc:
            faults.append(f"{one.what} ends before it begins")
        if one.start_utc < plan.depart_utc - 86_400 or one.end_utc > plan.arrive_utc + 86_400:
            faults.append(f"{one.what} lies outside of the journey")
    looked = (
        f"{counted(len(entries), 'item')}, {counted(len(document.programme.conflicts), 'conflict')}"
        f" told"
    )
    return Finding("programme", looked, tuple(faults))
