"""The party as those who feed it see it: groups with diets, allergies, a class and a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from retinue.clock import zone
from retinue.document import suggest
from retinue.errors import InputError
from retinue.journey import JourneyFile, Role
from retinue.provisioning.ingredient import ALLERGENS, DIETS
from retinue.provisioning.policy import ROLES, ProvisioningPolicy

__all__ = ["Group", "PartyPlan", "party_plan"]


@dataclass(frozen=True)
class Group:
    """Those of one role.

    Attributes
    ----------
    meal_class
        As the policy names it.
    diets, allergies
        People by diet and by allergen.  They are counted apart: whether the one who eats no
        pork is the one whom nuts harm is not known, so nothing may rest on it.
    tastes
        Weight of a cuisine, a dish or a drink; 1 is usual.
    body_zone
        IANA zone the bodies come from.
    meals_by
        The clock by which they eat.
    """

    role: Role
    people: int
    meal_class: str
    body_zone: str
    meals_by: Literal["body", "local"]
    diets: Mapping[str, int] = field(default_factory=dict)
    allergies: Mapping[str, int] = field(default_factory=dict)
    tastes: Mapping[str, float] = field(default_factory=dict)

    @property
    def allergens(self) -> frozenset[str]:
        """Allergens that harm anybody of the group."""
        return frozenset(name for name, people in self.allergies.items() if people > 0)


@dataclass(frozen=True)
class PartyPlan:
    """The groups of a party, in the order of the roles; nobody is in two."""

    groups: tuple[Group, ...]

    @property
    def people(self) -> int:
        """Everybody who eats."""
        return sum(group.people for group in self.groups)

    def group(self, role: Role) -> Group | None:
        """Return those of a role; None where there are none."""
        return next((group for group in self.groups if group.role == role), None)

    def served(self, meal_class: str) -> tuple[Group, ...]:
        """Return the groups that eat of a class."""
        return tuple(group for group in self.groups if group.meal_class == meal_class)


def party_plan(file: JourneyFile, policy: ProvisioningPolicy, home_zone: str) -> PartyPlan:
    """Return who eats on a journey, and what.

    Parameters
    ----------
    file
        The journey.
    policy
        Its policy of provisioning.
    home_zone
        IANA zone of the origin: the bodies' clock where the journey names none.

    Raises
    ------
    InputError
        For an unknown diet, allergen, class or zone; for more diets than people; for a group
        of which nobody travels.
    """
    party, asked = file.journey.party, file.journey.provisioning
    groups = []
    for role in ROLES:
        people = int(getattr(party, role))
        own = asked.groups.get(role) if asked is not None else None
        where = file.where("provisioning", "groups", role)
        if own is None:
            if people:
                groups.append(_group(role, people, policy, home_zone))
            continue
        if not people:
            raise InputError(
                f"the party has no {role}", where=where, cure=f'Add "{role}: ..." to "party".'
            )
        _known(own.diets, DIETS, people, "diet", where)
        _known(own.allergies, ALLERGENS, people, "allergen", where)
        for taste, weight in own.tastes.items():
            if not 0 <= weight <= 100:
                raise InputError(f'the weight of "{taste}" is not between 0 and 100', where=where)
        if own.meal_class is not None and own.meal_class not in policy.classes:
            raise InputError(
                f'"{own.meal_class}" is no class of the policy',
                where=where,
                cure=suggest(own.meal_class, policy.classes)
                or f"Known: {', '.join(policy.classes)}.",
            )
        if own.body_zone is not None:
            try:
                zone(own.body_zone)
            except ValueError as error:
                raise InputError(str(error), where=where) from error
        groups.append(
            Group(
                role,
                people,
                own.meal_class or policy.class_of[role],
                own.body_zone or home_zone,
                own.meals_by or policy.meals_by.get(role, "local"),
                dict(own.diets),
                dict(own.allergies),
                dict(own.tastes),
            )
        )
    return PartyPlan(tuple(groups))


def _group(role: Role, people: int, policy: ProvisioningPolicy, home_zone: str) -> Group:
    clock = policy.meals_by.get(role, "local")
    return Group(role, people, policy.class_of[role], home_zone, clock)


def _known(
    asked: Mapping[str, int], known: tuple[str, ...], people: int, what: str, where: str
) -> None:
    for name, number in asked.items():
        if name not in known:
            raise InputError(
                f'"{name}" is no known {what}',
                where=where,
                cure=suggest(name, known) or f"Known: {', '.join(known)}.",
            )
        if not 0 <= number <= people:
            raise InputError(
                f"{number} people with {what} {name}, but the group has {people}",
                where=where,
                cure="Count people, not shares.",
            )
