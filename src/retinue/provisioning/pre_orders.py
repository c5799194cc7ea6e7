"""Dishes ordered ahead, and tastes, held against the menu before anything is planned."""

from __future__ import annotations

from dataclasses import dataclass

from retinue.document import suggest
from retinue.errors import InputError
from retinue.journey import JourneyFile, Role
from retinue.provisioning.dish import CUISINES
from retinue.provisioning.menu import Menu
from retinue.provisioning.party import PartyPlan
from retinue.provisioning.policy import ProvisioningPolicy

__all__ = ["Ordered", "ordered_ahead"]


@dataclass(frozen=True)
class Ordered:
    """Portions of a dish ordered ahead, certain to be eaten.

    Attributes
    ----------
    day
        Of the journey, from 1.
    meal
        As the policy names it.
    """

    role: Role
    dish: str
    portions: int
    day: int
    meal: str


def ordered_ahead(
    file: JourneyFile, menu: Menu, policy: ProvisioningPolicy, party: PartyPlan
) -> tuple[Ordered, ...]:
    """Return what is ordered ahead, by day, meal, role and dish; equal orders are added up.

    Raises
    ------
    InputError
        For a dish, meal or taste that is unknown; for an order by nobody; where so many of a
        group are harmed by a dish that too few are left to eat it; where one meal of one group
        has more orders of a course than it may have.
    """
    asked = file.journey.provisioning
    if asked is None:
        return ()
    for role, own in asked.groups.items():
        known = [*dict.fromkeys((*CUISINES, *menu.cuisines)), *menu.dishes, *menu.drinks]
        for taste in own.tastes:
            if taste not in known:
                raise InputError(
                    f'"{taste}" is neither a cuisine nor a dish or drink of the menu',
                    where=file.where("provisioning", "groups", role, "tastes", taste),
                    cure=suggest(taste, known),
                )
    added: dict[tuple[int, str, Role, str], int] = {}
    for at, order in enumerate(asked.pre_orders):
        where = file.where("provisioning", "pre orders", at)
        if order.dish not in menu.dishes:
            raise InputError(
                f'"{order.dish}" is not on the menu',
                where=where,
                cure=suggest(order.dish, menu.dishes),
            )
        if policy.meal(order.meal) is None:
            meals = [meal.name for meal in policy.meals]
            raise InputError(
                f'"{order.meal}" is no meal of the policy',
                where=where,
                cure=f"Known: {', '.join(meals)}.",
            )
        key = (order.day, order.meal, order.role, order.dish)
        added[key] = added.get(key, 0) + order.portions
        _fits(menu, policy, party, key, added, where)
    return tuple(
        Ordered(role, dish, portions, day, meal)
        for (day, meal, role, dish), portions in sorted(added.items())
    )


def _fits(
    menu: Menu,
    policy: ProvisioningPolicy,
    party: PartyPlan,
    key: tuple[int, str, Role, str],
    added: dict[tuple[int, str, Role, str], int],
    where: str,
) -> None:
    day, meal, role, name = key
    group = party.group(role)
    if group is None:
        raise InputError(f"the party has no {role} who could order", where=where)
    dish = menu.dishes[name]
    harmed = max(
        [group.allergies.get(allergen, 0) for allergen in dish.allergens]
        + [people for diet, people in group.diets.items() if diet not in dish.diets],
        default=0,
    )
    # One person may take a course twice where the class's share says so.
    share = max(policy.classes[group.meal_class].courses.get(meal, {}).get(dish.course, 1.0), 1.0)
    if added[key] > (group.people - harmed) * share:
        raise InputError(
            f'{added[key]} portions of "{name}", but {group.people - harmed} of {role} may eat it',
            where=where,
            cure="Order fewer, or another dish for those whom it harms.",
        )
    course = sum(
        portions
        for (d, m, r, other), portions in added.items()
        if (d, m, r) == (day, meal, role) and menu.dishes[other].course == dish.course
    )
    if course > group.people * share:
        raise InputError(
            f"{course} portions of the course {dish.course} for {group.people} people",
            where=where,
            cure="Order at most one a person.",
        )
