"""A delivery that is late or missing: the menu degrades down its stated ladder, and no further."""

from __future__ import annotations

import math

import numpy as np
import pytest

from retinue.checks.stores import check_stores
from retinue.errors import NoPlan
from retinue.journey import journey_from_text
from retinue.plan import Plan
from retinue.provisioning.cold_chain import food_steps, sample_load, sample_room, sample_storage
from retinue.provisioning.dish import Dish, Drink
from retinue.provisioning.guarantee import ladder_of, with_fill_rate
from retinue.provisioning.meals import meals_of
from retinue.provisioning.menu import Menu, load_menu
from retinue.provisioning.missed import met_later
from retinue.provisioning.offers import offers_of
from retinue.provisioning.party import party_plan
from retinue.provisioning.policy import load_provisioning_policy
from retinue.provisioning.stocking import Stocked, stock
from retinue.provisioning.supply import load_supply_rules

RULES = load_supply_rules()
POLICY = load_provisioning_policy("standard").model_copy(update={"sealed_supply": True})


@pytest.fixture(scope="module")
def stocked(house_plan: Plan) -> Stocked:
    """Return stores whose fresh goods were packed too long before the train leaves."""
    old = RULES.origin.model_copy(update={"packed_before": 70 * 3600.0})
    rules = RULES.model_copy(update={"origin": old})
    file = journey_from_text(house_plan.journey.text, "house")
    party = party_plan(file, POLICY, house_plan.origin.zone)
    menu = load_menu("five-cuisines")
    meals = meals_of(house_plan, party, POLICY)
    return stock(house_plan, menu, POLICY, party, meals, rules=rules)


def test_fresh_goods_are_brought_on_the_way_and_nothing_is_wrong_with_them(
    house_plan: Plan, stocked: Stocked
) -> None:
    assert {d.mode for d in stocked.stores.deliveries} == {"origin", "road"}
    assert check_stores(house_plan, stocked.stores).faults == ()
    assert {r.delivery for r in stocked.requests} == {
        d.id for d in stocked.stores.deliveries if d.mode == "road"
    }


def test_goods_that_a_border_bars_from_a_delivery_are_found(
    house_plan: Plan, stocked: Stocked
) -> None:
    classes = {one.name: one.border_class for one in stocked.stores.ingredients}
    road = next(d for d in stocked.stores.deliveries if d.mode == "road")
    lot = next(one for one in stocked.stores.lots if one.delivery == road.id)
    barred = road.model_copy(update={"barred": {classes[lot.ingredient]: "embargo"}})
    deliveries = tuple(barred if d.id == road.id else d for d in stocked.stores.deliveries)
    broken = stocked.stores.model_copy(update={"deliveries": deliveries})
    faults = check_stores(house_plan, broken).faults
    assert any("may not be brought from abroad into RU: embargo" in fault for fault in faults)


def test_the_less_comes_the_less_is_served_and_the_ladder_helps(stocked: Stocked) -> None:
    assert stocked.stores.missed
    for one in stocked.stores.missed:
        assert 0.0 <= one.fill_rate <= one.fill_rate_with_substitutes <= 1.0
        assert one.late_fill_rate >= one.fill_rate
        assert one.late_fill_rate_with_substitutes >= one.late_fill_rate
        measured = next(s for s in stocked.stores.service if s.stock == one.stock)
        assert one.fill_rate <= measured.fill_rate + 1e-6
    assert any(one.fill_rate < 1.0 and one.dishes_lost for one in stocked.stores.missed)
    assert any(one.fill_rate < one.fill_rate_with_substitutes for one in stocked.stores.missed)


def test_what_is_offered_instead_is_the_menus_own_ladder_in_its_order(stocked: Stocked) -> None:
    menu: Menu = stocked.stocking.menu
    for one in stocked.stores.missed:
        assert set(one.offered_instead) <= set(one.dishes_lost)
        for name, ladder in one.offered_instead.items():
            if name in menu.dishes:
                assert ladder == tuple(menu.ladder(name))
                # Every rung comes before those that stand in for it.
                at = {rung: number for number, rung in enumerate(ladder)}
                assert set(menu.dishes[name].substitutes) <= set(at)
                for rung in ladder:
                    assert all(at[rung] < at[below] for below in menu.dishes[rung].substitutes)
            else:
                assert ladder == menu.drinks[name].substitutes


def test_what_is_lost_most_lacks_goods_of_the_delivery(stocked: Stocked) -> None:
    grounds = stocked.stocking
    items: dict[str, Dish | Drink] = {**grounds.menu.dishes, **grounds.menu.drinks}
    for one in stocked.stores.missed:
        brought = {lot.ingredient for lot in stocked.stores.lots if lot.delivery == one.delivery}
        brought |= {other for _, name, other in stocked.stores.stand_ins if name in brought}
        for dish in one.dishes_lost[:1]:
            own = set(items[dish].ingredients)
            stands = {o for _, name, o in stocked.stores.stand_ins if name in own}
            assert (own | stands) & brought, dish


def test_a_late_delivery_meets_the_train_at_a_later_stop_or_not_at_all(stocked: Stocked) -> None:
    grounds = stocked.stocking
    for number, option in enumerate(grounds.options):
        later = met_later(grounds, number)
        if later is not None:
            assert later.mode == option.mode
            assert later.from_s > option.until_s
    # There is one stop only: what is late there never comes.
    assert {one.late_at for one in stocked.stores.missed} == {""}


def test_lots_of_a_late_delivery_serve_from_then_on(stocked: Stocked) -> None:
    grounds = stocked.stocking
    used = next(o for o in grounds.purchases.used if grounds.options[o].mode == "road")
    plain = grounds.lot_rows("guest")
    assert grounds.lot_rows("guest", late={used: 0.0}) != []
    never = grounds.lot_rows("guest", late={used: math.inf})
    assert sorted((r.ingredient, r.last, r.kg) for r in never) == sorted(
        (r.ingredient, r.last, r.kg) for r in grounds.lot_rows("guest", frozenset({used}))
    )
    assert len(never) < len(plain)


def test_a_ladder_never_comes_back_to_its_dish(stocked: Stocked) -> None:
    demand = stocked.stocking.stocks["guest"].demand
    for dish, ladder in ladder_of(stocked.stocking.menu, demand).items():
        assert dish not in ladder
        assert len(set(ladder)) == len(ladder)


def test_goods_that_cannot_be_had_are_stood_in_for_or_their_dishes_taken_off(
    stocked: Stocked,
) -> None:
    grounds = stocked.stocking
    menu, names = grounds.menu, list(grounds.menu.ingredients)
    able = np.ones((len(grounds.meals), len(names)), np.bool_)
    assert offers_of(menu, grounds.meals, able).withdrawn == frozenset()
    stood = next(n for n in names if menu.ingredients[n].substitutes
                 and any(n in d.ingredients for d in menu.dishes.values()))  # fmt: skip
    bare = next(n for n in names if not menu.ingredients[n].substitutes
                and any(n in d.ingredients for d in menu.dishes.values()))  # fmt: skip
    able[0, [names.index(stood), names.index(bare)]] = False
    found = offers_of(menu, grounds.meals, able)
    meal = grounds.meals[0].id
    assert found.stand_ins == {(meal, stood): menu.ingredients[stood].substitutes[0]}
    items: dict[str, Dish | Drink] = {**menu.dishes, **menu.drinks}
    users = {name for name, item in items.items() if bare in item.ingredients}
    assert found.withdrawn == {(meal, name) for name in users}
    # The first substitute that can be had stands in, not the first of the list.
    listed = menu.ingredients[stood].substitutes
    able[0, names.index(listed[0])] = False
    second = offers_of(menu, grounds.meals, able)
    if len(listed) > 1:
        assert second.stand_ins[meal, stood] == listed[1]
    else:
        assert (meal, stood) not in second.stand_ins


def test_the_steps_of_the_goods_keep_every_limit_of_the_policy(stocked: Stocked) -> None:
    stores, grounds = stocked.stores, stocked.stocking
    times = {use.meal: use.time_utc for use in stores.uses}
    rooms = {room.id: room for room in stores.rooms}
    for step in food_steps(grounds, stores.lots):
        if step.kind == "retained sample":
            assert rooms[step.room].kept_at_k <= POLICY.samples.at_most_k + 0.01
            assert step.end_utc - times[step.meal] == POLICY.samples.kept_s
        elif step.kind == "tasting":
            assert step.end_utc == times[step.meal] - POLICY.samples.tasted_before_s
            assert step.by == "taster"
        elif step.kind == "thaw":
            item = grounds.menu.ingredients[step.what]
            assert step.end_utc - step.start_utc == pytest.approx(item.thaw_s, abs=1.0)
            assert rooms[step.room].kept_at_k <= POLICY.food.thaw_at_most_k + 0.01
        else:
            assert step.kind == "live"
            assert step.end_utc - step.start_utc <= POLICY.food.live_planned_s
    tasted = {step.meal for step in stores.steps if step.kind == "tasting"}
    assert tasted == {m.id for m in grounds.meals if m.groups.get("principal")}


def test_samples_lie_in_the_nearest_room_that_is_cold_and_large_enough(stocked: Stocked) -> None:
    rooms, rule = stocked.stocking.rooms, POLICY.samples
    volume, mass = sample_load(stocked.stocking)
    assert volume > 0.0 and mass > 0.0
    assert sample_storage(rule) == "frozen"
    room = sample_room(rooms, rule, volume, mass)
    assert room is not None
    nearer = [r for r in rooms if r.distance_m < room.distance_m and r.storage == "frozen"]
    assert all(r.volume_m3 < volume or r.mass_kg < mass for r in nearer)
    assert sample_room(rooms, rule, 1e6, mass) is None
    warm = rule.model_copy(update={"at_most_k": 278.15})
    assert sample_storage(warm) == "chilled"


def test_a_fill_rate_that_is_not_met_is_refused(stocked: Stocked) -> None:
    service = stocked.stores.service
    assert {one.promised_fill_rate for one in service} == {POLICY.fill_rate}
    assert {one.stock for one in service} == {"principal", "guest"}
    assert all(one.fill_rate >= one.promised_fill_rate for one in service)
    short = [one.model_copy(update={"fill_rate": 0.9}) for one in service]
    with pytest.raises(NoPlan, match="fill rate") as refused:
        with_fill_rate(short, 0.98)
    assert "90.00%" in refused.value.reasons[0].what
