"""How provisioning is asked for: a name alone, or a record whose every key is checked."""

import pytest

from retinue.errors import InputError
from retinue.journey import ProvisioningAsked, journey_from_text


def _asked(text: str) -> ProvisioningAsked | None:
    return journey_from_text(
        "retinue: 1\ntitle: A journey\ndepart: 2023-09-10 16:35 Asia/Pyongyang\n"
        "legs:\n  - rail: {from: Pyongyang, to: Khasan, train: special-21}\n"
        f"provisioning: {text}\n",
        "journey",
    ).journey.provisioning


def test_the_name_of_a_policy_will_do() -> None:
    asked = _asked("five-cuisines")
    assert asked == ProvisioningAsked(policy="five-cuisines")


def test_nothing_asked_is_nothing_planned() -> None:
    assert _asked("null") is None


def test_orders_made_ahead_name_dish_day_and_meal() -> None:
    asked = _asked(
        "{policy: five-cuisines, order: pre-order, ordered ahead: 36 h, "
        "pre orders: [{dish: Borscht, portions: 6, day: 2, meal: lunch, role: officials}]}"
    )
    assert asked is not None
    assert asked.ordered_ahead == 36 * 3600
    assert asked.pre_orders[0].portions == 6


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{menu: five-cuisines}", "provisioning"),
        ("{policy: five-cuisines, order: soon}", "order"),
        ("{policy: five-cuisines, groups: {kings: {}}}", "groups"),
        ("{policy: five-cuisines, pre orders: [{dish: Borscht, portions: 0}]}", "portions"),
        ("{policy: five-cuisines, ordered ahead: 9000 d}", "ordered ahead"),
        ("{policy: five-cuisines, polcy: x}", "polcy"),
        ("[five-cuisines]", "provisioning"),
        ("7", "provisioning"),
        ('""', "policy"),
    ],
)
def test_a_fault_names_its_key(text: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        _asked(text)
    assert caught.value.where.startswith("journey.yaml:6")
    assert key in caught.value.where
