"""Policies of provisioning: the shipped ones hold the limits of the model codes, and a policy
that promises what it does not define is refused."""

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.provisioning.menu import load_menu
from retinue.provisioning.policy import (
    ROLES,
    ProvisioningPolicy,
    known_provisioning_policies,
    load_provisioning_policy,
)
from retinue.world.catalogue import SHIPPED

POLICIES = {name: load_provisioning_policy(name) for name in known_provisioning_policies()}
EACH = pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))
TEXT = (SHIPPED / "provisioning" / "five-cuisines.yaml").read_text(encoding="utf-8")


def test_the_promise_of_the_first_policy_is_that_of_the_task() -> None:
    # Issue 6: 99 % guests, 99.9 % principal.
    policy = POLICIES["five-cuisines"]
    assert policy.service_level_guests == pytest.approx(0.99)
    assert policy.service_level_principal == pytest.approx(0.999)
    assert 24 * 3600 <= policy.ordered_ahead <= 48 * 3600


@EACH
def test_limits_are_those_of_the_model_code(policy: ProvisioningPolicy) -> None:
    # shared/facts/provisioning.md (US model code, H): 5 and 57 degrees, 4 h hot, 6 h cold at
    # 21 degrees, 7 days prepared, 2 h to 21 and 4 h more to 5 degrees, reheating to 74.
    food = policy.food
    assert food.cold_held_at_k - 273.15 == pytest.approx(5)
    assert food.hot_held_at_k - 273.15 == pytest.approx(57)
    assert (food.hot_uncontrolled_s, food.cold_uncontrolled_s) == (4 * 3600, 6 * 3600)
    assert food.cold_uncontrolled_at_most_k - 273.15 == pytest.approx(21)
    assert food.prepared_keeps_s == 7 * 86400
    assert (food.cooling_first_s, food.cooling_then_s) == (2 * 3600, 4 * 3600)
    assert food.reheat_to_k - 273.15 == pytest.approx(74)
    assert food.confidence == "H"
    assert policy.limit("live").warmest_k == pytest.approx(277.15)
    assert 36 * 3600 <= food.live_planned_s <= 48 * 3600
    assert food.holding_limit_s("hot") == 4 * 3600


@EACH
def test_every_role_has_a_class_meals_and_drinks_of_the_menu(policy: ProvisioningPolicy) -> None:
    menu = load_menu(policy.menu)
    kinds = {drink.kind for drink in menu.drinks.values()}
    for role in ROLES:
        eaten = policy.class_of_role(role)
        for shares in eaten.courses.values():
            assert all(menu.of_course(course) for course in shares)
        assert eaten.portions("dinner") >= 1
        drinks = policy.drinks_of(role)
        assert drinks is not None
        assert set(drinks.servings) <= kinds


@EACH
def test_every_source_of_a_policy_is_explained(policy: ProvisioningPolicy) -> None:
    records = [
        policy, policy.food, policy.samples, policy.quiet_hours, *policy.meals,
        *policy.classes.values(), *policy.drinks, *policy.storage,
    ]  # fmt: skip
    named = {record.source for record in records}
    named |= {basis.source for record in records for basis in record.basis.values()}
    assert named <= set(policy.sources)


def test_hours_after_midnight_are_written_beyond_24(tmp_path: Path) -> None:
    text = TEXT.replace('until: "22:30"', 'until: "25:30"')
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    dinner = load_provisioning_policy("own", tmp_path).meal("dinner")
    assert dinner is not None
    assert dinner.until_s == 25.5 * 3600


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("principal: 99.9 percent", "principal: 90 percent", "promised less"),
        ("guests: 99 percent", "guests: 100 percent", "too large"),
        ("guests: 99 percent", "guests: 99", "lacks a unit"),
        ('from: "07:00"', 'from: "7 am"', "no time of day"),
        ('from: "07:00"', 'from: "07:61"', "no time of day"),
        ('from: "07:00"', "from: .inf", "no time of day"),
        ('ideal: "08:00"', 'ideal: "11:00"', "lies outside"),
        ("{principal: state,", "{principal: grand,", "no known class"),
        ("crew: crew}\nmeals", "staff2: crew}\nmeals", ""),
        ("      breakfast: {breakfast", "      brunch: {breakfast", "no meal of the day"),
        ("name: lunch", "name: breakfast", "two rules"),
        ("storage: wine,", "storage: live,", "no limits of wine"),
        ("hot held at: 57", "hot held at: 20", "must rise"),
        ("live planned: 48 h", "live planned: 9 d", "longer than"),
        ("servings: {wine: 5", "servings: {wine: 500", "not between"),
        ("roles: [principal]", "roles: [principal, guests]", "two rules"),
        ("variance to mean: 1.0", "variance to mean: .nan", "number|large|small"),
        ("variance to mean: 1.0", "variance to mean: nan", "number|large|small"),
        ("water per person day: 80 l", "water per person day: 80 kg", "not a volume"),
        ("retinue provisioning: 1", "provisioning: 1", "not a policy"),
        ("menu: five-cuisines", "menus: five-cuisines", "not known here"),
    ],
)
def test_a_policy_that_does_not_hang_together_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TEXT
    (tmp_path / "own.yaml").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message or ".") as caught:
        load_provisioning_policy("own.yaml", tmp_path)
    assert "own.yaml:" in caught.value.where


def test_an_unknown_policy_names_the_nearest() -> None:
    with pytest.raises(InputError, match="five-cuisines"):
        load_provisioning_policy("five-cuisine", where="journey.yaml:3: provisioning")
