"""The party in groups: everybody eats once, allergies are never lost, faults name their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.journey import JourneyFile, journey_from_text
from retinue.provisioning.ingredient import ALLERGENS
from retinue.provisioning.party import PartyPlan, party_plan
from retinue.provisioning.policy import ROLES, load_provisioning_policy

POLICY = load_provisioning_policy("five-cuisines")


def _journey(party: str, provisioning: str) -> JourneyFile:
    return journey_from_text(
        "retinue: 1\ntitle: A journey\ndepart: 2023-09-10 16:35 Asia/Pyongyang\n"
        f"party: {party}\nlegs:\n  - rail: {{from: Pyongyang, to: Khasan, train: special-21}}\n"
        f"provisioning: {provisioning}\n",
        "journey",
    )


def _plan(party: str, provisioning: str) -> PartyPlan:
    return party_plan(_journey(party, provisioning), POLICY, "Asia/Pyongyang")


def test_a_bare_name_gives_every_role_its_class() -> None:
    plan = _plan("{principal: 1, officials: 24, guards: 60}", "five-cuisines")
    assert [(g.role, g.people, g.meal_class) for g in plan.groups] == [
        ("principal", 1, "state"),
        ("officials", 24, "first"),
        ("guards", 60, "crew"),
    ]
    assert plan.people == 85
    principal, guards = plan.group("principal"), plan.group("guards")
    assert principal is not None
    assert guards is not None
    assert (principal.meals_by, guards.meals_by) == ("body", "local")
    assert principal.body_zone == "Asia/Pyongyang"


def test_what_the_journey_says_of_a_group_goes_before_the_policy() -> None:
    plan = _plan(
        "{principal: 1, guests: 12}",
        "{policy: five-cuisines, groups: {guests: {meal class: state, diets: {vegetarian: 2}, "
        "allergies: {peanuts: 1, milk: 0}, tastes: {french: 2}, body zone: Europe/Paris, "
        "meals by: local}}}",
    )
    guests = plan.group("guests")
    assert guests is not None
    assert (guests.meal_class, guests.body_zone, guests.meals_by) == (
        "state", "Europe/Paris", "local",
    )  # fmt: skip
    assert guests.allergens == {"peanuts"}
    assert guests.diets == {"vegetarian": 2}
    assert plan.served("state") == plan.groups


@given(
    st.dictionaries(st.sampled_from(ROLES), st.integers(1, 80)),
    st.dictionaries(st.sampled_from(ALLERGENS), st.integers(0, 1)),
)
def test_nobody_is_lost_and_no_allergy_either(
    people: dict[str, int], allergies: dict[str, int]
) -> None:
    party = {"principal": 1, **people}
    written = ", ".join(f"{name}: {number}" for name, number in allergies.items())
    plan = _plan(
        "{" + ", ".join(f"{role}: {number}" for role, number in party.items()) + "}",
        f"{{policy: five-cuisines, groups: {{principal: {{allergies: {{{written}}}}}}}}}",
    )
    assert {group.role: group.people for group in plan.groups} == party
    principal = plan.group("principal")
    assert principal is not None
    assert principal.allergens == {name for name, number in allergies.items() if number}


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("guests: {diets: {vegeterian: 1}}", "vegetarian"),
        ("guests: {allergies: {peanut: 1}}", "peanuts"),
        ("guests: {allergies: {peanuts: 99}}", "but the group has 3"),
        ("guests: {allergies: {peanuts: -1}}", "but the group has 3"),
        ("guests: {meal class: royal}", "no class"),
        ("guests: {body zone: Europe/Lutetia}", "no time zone"),
        ("guests: {tastes: {french: -1}}", "weight"),
        ("guests: {tastes: {french: nan}}", "weight"),
        ("guards: {diets: {vegan: 1}}", "has no guards"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(group: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _plan("{principal: 1, guests: 3}", f"{{policy: five-cuisines, groups: {{{group}}}}}")
    assert caught.value.where.startswith("journey.yaml:7")
