"""Orders made ahead are certain demand: they must be possible, and harm nobody."""

import pytest

from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.provisioning.menu import load_menu
from retinue.provisioning.party import party_plan
from retinue.provisioning.policy import load_provisioning_policy
from retinue.provisioning.pre_orders import Ordered, ordered_ahead

MENU = load_menu("five-cuisines")
POLICY = load_provisioning_policy("five-cuisines")


def _ordered(orders: str, groups: str = "{}") -> tuple[Ordered, ...]:
    file = journey_from_text(
        "retinue: 1\ntitle: A journey\ndepart: 2023-09-10 16:35 Asia/Pyongyang\n"
        "party: {principal: 1, guests: 6}\n"
        "legs:\n  - rail: {from: Pyongyang, to: Khasan, train: special-21}\n"
        f"provisioning: {{policy: five-cuisines, groups: {groups}, pre orders: [{orders}]}}\n",
        "journey",
    )
    return ordered_ahead(file, MENU, POLICY, party_plan(file, POLICY, "Asia/Pyongyang"))


def test_equal_orders_are_added_and_days_come_in_order() -> None:
    ordered = _ordered(
        "{dish: Borscht, portions: 2, day: 2}, {dish: Bulgogi, portions: 1}, "
        "{dish: Borscht, portions: 3, day: 2}"
    )
    assert ordered == (
        Ordered("guests", "Bulgogi", 1, 1, "dinner"),
        Ordered("guests", "Borscht", 5, 2, "dinner"),
    )


@pytest.mark.parametrize(
    ("orders", "groups", "message"),
    [
        ("{dish: Borsht}", "{}", "Borscht"),
        ("{dish: Borscht, meal: brunch}", "{}", "no meal"),
        ("{dish: Borscht, role: guards}", "{}", "no guards"),
        ("{dish: Borscht, portions: 7}", "{}", "6 of guests may eat"),
        ("{dish: Borscht, portions: 5}, {dish: Borscht, portions: 2}", "{}", "7 portions"),
        ("{dish: Bulgogi, portions: 4}, {dish: Bibimbap, portions: 3}", "{}", "course main"),
        (
            "{dish: Kung pao chicken, portions: 5}",
            "{guests: {allergies: {peanuts: 2}}}",
            "4 of guests may eat",
        ),
        ("{dish: Bulgogi, portions: 6}", "{guests: {diets: {vegan: 1}}}", "5 of guests may eat"),
        ("", "{guests: {tastes: {frensh: 2}}}", "french"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_its_line(
    orders: str, groups: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _ordered(orders, groups)
    assert caught.value.where.startswith("journey.yaml:7")


def test_what_harms_nobody_may_be_ordered_by_all() -> None:
    assert _ordered("{dish: Bulgogi, portions: 6}", "{guests: {allergies: {peanuts: 2}}}")
