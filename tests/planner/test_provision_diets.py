"""A party with diets, allergies and another menu is provisioned: what nothing suits is replaced or
left out and told, the checkers find nothing, and they still find a dish that harms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.house_case import HOUSE

from retinue.checks import check_provision
from retinue.errors import NoPlan
from retinue.journey import journey_from_text
from retinue.plan import Plan, Provision
from retinue.plan.meals import RoomService, Sitting
from retinue.planner import Planner
from retinue.planner.provision import Provisioner
from retinue.world.world import World

#: The policy serves wine, beer and spirits; the menu has no wine, its beer is of barley.
DRY = HOUSE.replace(
    "  policy: standard\n", "  policy: five-cuisines\n  menu: plain-fare\n"
).replace(
    "guests: {allergies: {nuts: 1}}",
    "guests: {allergies: {gluten: 1}, diets: {halal: 1}}\n    guards: {diets: {gluten free: 2}}",
)


@pytest.fixture(scope="module")
def dry_plan(world: World) -> Plan:
    return Planner(world).make(journey_from_text(DRY, "dry"))


@pytest.fixture(scope="module")
def dry(world: World, dry_plan: Plan) -> Provision:
    return Provisioner(world).provision(dry_plan)


def test_nobody_is_refused_for_a_kind_of_drink_and_it_is_told(
    dry: Provision, dry_plan: Plan, world: World
) -> None:
    told = {note.subject: note.text for note in dry.notes if note.level == "warning"}
    assert told["menu"] == (
        "has no wine, which the policy serves: principal, guests have juice instead"
    )
    assert "no beer at any meal: none suits them, soft drinks instead" in told[
        "1 guests (no gluten)"
    ]  # fmt: skip
    assert "no spirits at any meal" in told["1 guests (halal)"]
    # Bread crisps and madeleines are all of wheat: kissel and pears take their place at tea.
    assert "no snack" in told["2 guards (gluten free)"]
    # Looking at the journey tells it before anything is stocked.
    before = Provisioner(world).validate(dry_plan)
    assert {note.subject for note in before} <= set(told)
    assert all(told[note.subject] == note.text for note in before)


def test_the_checkers_agree_and_find_an_allergen_that_is_put_in(
    dry: Provision, dry_plan: Plan
) -> None:
    assert [f for found in check_provision(dry_plan, dry) for f in found.faults] == []
    eaters = tuple(
        one.model_copy(update={"dishes": (*one.dishes, "Lager")}) if one.diets else one
        for one in dry.stores.eaters
    )
    wrong = dry.model_copy(
        update={"stores": dry.stores.model_copy(update={"eaters": eaters})}
    ).sealed()
    faults = [f for found in check_provision(dry_plan, wrong) for f in found.faults]
    assert "Lager is offered to guests who keep halal: lager beer" in faults


def test_both_promises_are_kept_beside_all_restrictions(dry: Provision) -> None:
    assert len(dry.stores.service) == 2
    for one in dry.stores.service:
        assert one.lower_bound >= one.promise


def test_who_is_served_where_he_is_has_stewards_who_are_paid_and_told(dry: Provision) -> None:
    rooms = dry.kitchen.room_service
    assert {room.group for room in rooms} >= {"principal", "guests"}
    assert all(room.stewards >= 1 for room in rooms)
    served: list[Sitting | RoomService] = [*dry.kitchen.sittings, *rooms]
    hours = sum(one.stewards * (one.until_utc - one.from_utc) / 3600.0 for one in served)
    (paid,) = [item for item in dry.costs if item.what == "stewards"]
    assert paid.quantity == pytest.approx(hours, abs=1e-3)
    assert Decimal(str(paid.amount)) > 0
    (note,) = [one for one in dry.notes if one.subject == "2 guests"]
    assert "room service of their class" in note.text
    assert "by up to 1 steward" in note.text


def test_a_menu_that_leaves_somebody_nothing_to_drink_is_found_by_looking(world: World) -> None:
    only = "takes in: [plain-fare]\nwithout: [Still water, Sparkling water, Black tea, Green tea,"
    only += " Coffee, Apple juice, Lemonade of apples]\n"
    text = DRY.replace("menu: plain-fare", "menu: poor")
    with pytest.raises(NoPlan) as caught:
        _validated(
            world, text, "retinue menu: 1\ntitle: Poor\nsource: t\nconfidence: assumed\n" + only
        )
    assert "find no drink at" in caught.value.reasons[0].what


def _validated(world: World, text: str, menu: str) -> None:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "poor.yaml").write_text(menu, encoding="utf-8")
        plan = Planner(world).make(journey_from_text(text, "dry", folder))
        Provisioner(world, folder).validate(plan)
