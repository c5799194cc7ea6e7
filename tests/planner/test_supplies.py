"""Deliveries are really flown and driven, in time; what cannot be is told, and stocked without."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
from tests.provisioning.food_case import HOUR

from retinue.checks.carriage import check_carriage
from retinue.checks.stores import check_stores
from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.plan import Plan
from retinue.plan.stores import Delivery, Lot, Stores
from retinue.planner import Planner
from retinue.planner.supplies import (
    answer_supplies,
    carrying_times,
    nearest_aerodrome,
    supplied,
    supplier_base,
    supply_bases,
)
from retinue.provisioning.border_rules import load_border_rules
from retinue.provisioning.custody import with_custody
from retinue.provisioning.meals import meals_of
from retinue.provisioning.menu import load_menu
from retinue.provisioning.party import party_plan
from retinue.provisioning.policy import load_provisioning_policy
from retinue.provisioning.requests import AERODROMES, TransportRequest, transport_requests
from retinue.provisioning.stocking import Stocked, Watcher, stock
from retinue.provisioning.supply import (
    SupplyOption,
    forbids_by,
    imports_by,
    load_supply_rules,
    supply_options,
)
from retinue.world.world import World

RULES = load_supply_rules()


def delivery(option: SupplyOption, mass_kg: float = 300.0) -> Delivery:
    return Delivery(
        id=option.id, mode=option.mode, place=option.place, from_utc=option.from_s,
        until_utc=option.until_s, due_utc=option.due_s, waits_until_utc=option.waits_until_s,
        loading_s=60.0, mass_kg=mass_kg, goods_cost=1.0, fixed_cost=1.0, base=option.base,
    )  # fmt: skip


def requests(
    world: World, plan: Plan, mode: str, mass_kg: float = 300.0
) -> tuple[TransportRequest, ...]:
    file = journey_from_text(plan.journey.text, "house")
    bases = supply_bases(plan, file, world, RULES)
    options = supply_options(plan, RULES, {"EUR": 1.0}, bases=bases)
    listed = [delivery(o, mass_kg) for o in options if o.mode == mode]
    asked, _ = transport_requests(
        listed, RULES, bases[0].place, nearest_aerodrome(world, RULES)
    )  # fmt: skip
    return asked


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world)


def test_the_aerodrome_of_a_place_lies_in_its_country_and_is_long_enough(world: World) -> None:
    nearest = nearest_aerodrome(world, RULES)
    field = nearest(43.80, 131.95, 150_000.0)  # Ussuriysk
    assert field is not None
    assert field.found_in == AERODROMES
    assert field.country == "RU"
    assert nearest(43.80, 131.95, 1_000.0) is None
    # Dandong lies on the Yalu: the nearest field of China serves it, none of Korea.
    dandong = nearest(40.12, 124.39, 150_000.0)
    assert dandong is None or dandong.country == "CN"


def test_a_truck_comes_from_the_nearest_market_before_the_train_can(
    planner: Planner, world: World, house_plan: Plan
) -> None:
    asked = requests(world, house_plan, "road")
    assert asked
    for run, request in zip(
        answer_supplies(planner, house_plan, asked, RULES), asked, strict=True
    ):  # fmt: skip
        assert run.feasible, run.reasons
        assert run.depart_utc is not None and run.arrive_utc is not None
        assert run.depart_utc < run.arrive_utc <= request.due_s
        assert request.due_s - run.arrive_utc < 600.0
        assert run.distance_m > 0
        assert run.origin == "Ussuriysk"


def test_a_flight_is_followed_by_its_truck(
    planner: Planner, world: World, vladivostok: Plan
) -> None:
    asked = [r for r in requests(world, vladivostok, "air") if "2-rail/2" in r.id]
    runs = {run.id: run for run in answer_supplies(planner, vladivostok, asked, RULES)}
    flight, truck = runs["2-rail/2-air/flight"], runs["2-rail/2-air/truck"]
    assert flight.feasible and truck.feasible
    assert flight.vehicle == "Antonov An-148-100B"
    assert flight.arrive_utc is not None and truck.depart_utc is not None
    # Goods are unloaded and loaded again between the two.
    assert RULES.air is not None
    assert truck.depart_utc - flight.arrive_utc >= RULES.air.handling - 1.0
    assert truck.due_utc is not None and truck.arrive_utc is not None
    assert truck.arrive_utc <= truck.due_utc


def test_trucks_of_a_flight_need_no_delivery_by_road(
    planner: Planner, world: World, vladivostok: Plan
) -> None:
    asked = [r for r in requests(world, vladivostok, "air") if "2-rail/2" in r.id]
    alone = RULES.model_copy(update={"road": None})
    runs = answer_supplies(planner, vladivostok, asked, alone)
    assert [run.feasible for run in runs] == [True] * len(asked)


def test_a_load_that_nothing_carries_is_a_run_with_its_reasons(
    planner: Planner, world: World, vladivostok: Plan
) -> None:
    asked = [r for r in requests(world, vladivostok, "air", 900_000.0) if r.mode == "air"][:1]
    (run,) = answer_supplies(planner, vladivostok, asked, RULES)
    assert not run.feasible
    assert run.depart_utc is None
    assert any("payload" in reason or "carr" in reason for reason in run.reasons)


def test_the_same_question_has_the_same_answer(
    planner: Planner, world: World, house_plan: Plan
) -> None:
    asked = requests(world, house_plan, "road")
    again = answer_supplies(Planner(world), house_plan, asked, RULES)
    assert answer_supplies(planner, house_plan, asked, RULES) == again


def test_suppliers_are_those_of_the_journeys_file(world: World, house_plan: Plan) -> None:
    text = house_plan.journey.text.replace("policy: standard", "policy: standard\n  suppliers: X")
    named = journey_from_text(text.replace("suppliers: X", "suppliers: flown-in"), "house")
    bases = supply_bases(house_plan, named, world, RULES)
    assert {base.name for base in bases} == {"Moscow", "Paris", "Vladivostok", "Pyongyang"}
    assert {base.place.country for base in bases} == {"RU", "FR", "KP"}
    # None of them has everything: what has no base is gathered at the origin.
    assert supplier_base(house_plan, named, world) == house_plan.origin
    with pytest.raises(InputError, match="X"):
        supply_bases(house_plan, journey_from_text(text, "house"), world, RULES)


@dataclass(frozen=True)
class _Stocked:
    stores: Stores
    requests: tuple[TransportRequest, ...]


def test_a_train_is_stocked_without_what_cannot_come_and_packed_for_what_takes_longer(
    planner: Planner, world: World, house_plan: Plan
) -> None:
    """The truck carries too much at first sight: its way counts, and the air way fails."""
    asked_for: list[Mapping[str, float]] = []
    bases = supply_bases(
        house_plan, journey_from_text(house_plan.journey.text, "house"), world, RULES
    )

    def stock_with(carried: Mapping[str, float], watcher: Watcher) -> Stocked:
        asked_for.append(dict(carried))
        options = [
            o
            for o in supply_options(
                house_plan, RULES, {"EUR": 1.0}, bases=bases, carried=carried
            )
            if o.mode != "origin"
        ]  # fmt: skip
        listed = [delivery(o, 900_000.0 if o.mode == "air" else 300.0) for o in options]
        lots = tuple(
            Lot(
                id=f"{o.id}/salt/guest", ingredient="salt", stock="guest", delivery=o.id, kg=1.0,
                expected_use_kg=1.0, volume_m3=0.001, mass_kg=1.0,
                # Packed just before the due time at first: too late for any way.
                packed_utc=o.due_s - carried.get(o.id, 120.0), loaded_utc=o.from_s,
                use_by_utc=o.until_s + HOUR, serve_until_utc=o.until_s + HOUR,
            )
            for o in options
        )  # fmt: skip
        far = nearest_aerodrome(world, RULES)
        khabarovsk = house_plan.legs[-1].to
        asked, _ = transport_requests(
            [d.model_copy(update={"base": far(khabarovsk.lat, khabarovsk.lon, 1e5)})
             if d.mode == "air" else d for d in listed],
            RULES, bases[0].place, far,
        )  # fmt: skip
        watcher.ordered(asked)
        return cast(
            Stocked, _Stocked(Stores(currency="EUR", lots=lots, deliveries=tuple(listed)), asked)
        )

    stocked, runs, refused = supplied(planner, house_plan, RULES, stock_with)
    assert {run.kind for run in refused} == {"supply flight"}
    assert all(run.feasible for run in runs)
    assert {d.mode for d in stocked.stores.deliveries} == {"road"}
    assert len(asked_for) >= 2
    assert math.inf in asked_for[-1].values()
    for lot in stocked.stores.lots:
        leaves = min(cast(Any, r.depart_utc) for r in runs if r.delivery == lot.delivery)
        assert lot.packed_utc <= leaves


def test_the_longest_way_of_a_delivery_counts(
    planner: Planner, world: World, house_plan: Plan
) -> None:
    asked = requests(world, house_plan, "road")
    runs = answer_supplies(planner, house_plan, asked, RULES)
    due = {r.delivery: r.due_s for r in asked}
    times = carrying_times(runs, due, RULES)
    assert RULES.road is not None and RULES.air is not None
    handling = max(RULES.road.handling, RULES.air.handling)
    for run in runs:
        assert run.depart_utc is not None
        expected = due[run.delivery] - run.depart_utc + handling
        assert times[run.delivery] == pytest.approx(expected)
    broken = (runs[0].model_copy(update={"feasible": False}), *runs[1:])
    assert carrying_times(broken, due, RULES)[runs[0].delivery] == math.inf


def test_goods_are_stocked_sealed_flown_and_driven_from_suppliers_far_away(
    planner: Planner, world: World, house_plan: Plan
) -> None:
    """No road brings anything, and what was loaded at the origin is old: Moscow must fly."""
    text = house_plan.journey.text.replace(
        "policy: standard", "policy: standard\n  suppliers: flown-in"
    )
    file = journey_from_text(text, "house")
    policy = load_provisioning_policy("standard").model_copy(update={"sealed_supply": True})
    old = RULES.origin.model_copy(update={"packed_before": 70 * HOUR})
    rules = RULES.model_copy(update={"road": None, "origin": old})
    party = party_plan(file, policy, house_plan.origin.zone)
    borders = load_border_rules()
    memory: dict[bytes, Any] = {}

    def stock_with(carried: Mapping[str, float], watcher: Watcher) -> Stocked:
        return stock(
            house_plan, load_menu("five-cuisines"), policy, party,
            meals_of(house_plan, party, policy), forbids=forbids_by(borders),
            imports=imports_by(borders), rules=rules, carried=carried, memory=memory,
            bases=supply_bases(house_plan, file, world, rules),
            nearest=nearest_aerodrome(world, rules), watcher=watcher,
        )  # fmt: skip

    stocked, runs, refused = supplied(planner, house_plan, rules, stock_with)
    assert refused == ()
    # Moscow to Vladivostok is beyond the range of the first type of the list.
    flight = next(run for run in runs if run.kind == "supply flight")
    assert flight.vehicle == "Gulfstream G650"
    assert flight.distance_m == pytest.approx(6_400_000, rel=0.02)
    sealed = with_custody(stocked.stores, rules, runs)
    assert check_stores(house_plan, sealed).faults == ()
    assert check_carriage(sealed, runs).faults == ()
    lot = next(one for one in sealed.lots if one.delivery == flight.delivery)
    assert [hand.role.split(" to ")[0] for hand in lot.custody] == [
        f"supplier ({lot.supplier})", "Gulfstream G650", "supply guard", "supply truck",
        "supply guard", lot.custody[-1].role,
    ]  # fmt: skip
