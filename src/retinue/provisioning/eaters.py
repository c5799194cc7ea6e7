"""Eater types from the party: who shares a choice, and which stock feeds them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from retinue.provisioning.demand import EaterType, StockClass

if TYPE_CHECKING:
    from retinue.provisioning.party import Group, PartyPlan
    from retinue.provisioning.policy import MealClass, ProvisioningPolicy

__all__ = ["eater_types"]


def eater_types(party: PartyPlan, policy: ProvisioningPolicy) -> tuple[EaterType, ...]:
    """Return the eater types of a party.

    Diets and allergies of a group are counted apart.  As long as there are people enough, each
    restriction is given to another person, which makes the most people restricted; beyond, one
    person has several.
    """
    found: list[EaterType] = []
    for group in party.groups:
        rule = policy.classes[group.meal_class]
        stock: StockClass = "guest"
        if rule.menu == "dish of the day":
            stock = "house"
        elif group.role == "principal":
            stock = "principal"
        courses = _courses(group, rule, policy)
        restrictions = [("diet", d) for d, n in sorted(group.diets.items()) for _ in range(n)]
        restrictions += [("no", a) for a, n in sorted(group.allergies.items()) for _ in range(n)]
        people: Counter[tuple[tuple[str, str], ...]] = Counter(
            tuple(sorted(set(restrictions[person :: group.people])))
            for person in range(group.people)
        )
        for own, count in sorted(people.items()):
            found.append(
                EaterType(
                    group=group.role,
                    stock=stock,
                    people=count,
                    courses=courses,
                    diets=frozenset(name for kind, name in own if kind == "diet"),
                    allergies=frozenset(name for kind, name in own if kind == "no"),
                    tastes=dict(group.tastes),
                )
            )
    return tuple(found)


def _courses(
    group: Group, rule: MealClass, policy: ProvisioningPolicy
) -> dict[str, dict[str, float]]:
    """Return portions by meal and course; a day's drinks are spread over its meals."""
    found: dict[str, dict[str, float]] = {
        meal: {str(course): share for course, share in shares.items() if share > 0}
        for meal, shares in rule.courses.items()
    }
    drinks = policy.drinks_of(group.role)
    if drinks is not None and found:
        for kind, servings in drinks.servings.items():
            if servings > 0:
                for shares in found.values():
                    shares[kind] = shares.get(kind, 0.0) + servings / len(found)
    return found
