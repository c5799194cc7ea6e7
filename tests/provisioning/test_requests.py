"""What is asked of the planner: a truck by road; collecting, flying and a truck by air."""

from __future__ import annotations

import pytest

from retinue.plan.records import PlaceRecord
from retinue.provisioning.requests import AERODROMES, transport_requests
from retinue.provisioning.supply import load_supply_rules
from tests.provisioning.food_case import PLACE, delivery

RULES = load_supply_rules()


def field(name: str) -> PlaceRecord:
    return PlaceRecord(
        name=name, lat=43.4, lon=132.1, country="RU", zone="Asia/Vladivostok", found_in=AERODROMES
    )


TOWN = PlaceRecord(name="Town", lat=55.0, lon=37.0, country="RU", zone="Europe/Moscow")


def nearest(lat: float, lon: float, within_m: float) -> PlaceRecord | None:
    assert within_m > 0
    return field("Town Airport") if lat == TOWN.lat else field("Halt Airport")


def test_a_delivery_by_road_is_one_truck_from_a_market() -> None:
    (one,), notes = transport_requests([delivery("road")], RULES, TOWN, nearest)
    assert (one.kind, one.origin, one.destination, notes) == ("supply truck", None, PLACE, ())
    assert one.due_s == delivery().due_utc
    assert one.waits_until_s == delivery().waits_until_utc


def test_the_first_load_at_the_origin_asks_for_nothing() -> None:
    assert transport_requests([delivery("origin")], RULES, TOWN, nearest) == ((), ())


def test_a_delivery_by_air_is_collected_flown_and_driven_each_handing_on_to_the_next() -> None:
    asked, notes = transport_requests([delivery("air")], RULES, TOWN, nearest)
    collect, flight, truck = asked
    assert notes == ()
    assert [r.mode for r in asked] == ["road", "air", "road"]
    assert (collect.origin, collect.then) == (TOWN, flight.id)
    assert (flight.origin, flight.destination) == (collect.destination, truck.origin)
    assert (flight.then, truck.then, truck.destination) == (truck.id, "", PLACE)
    assert collect.due_s < flight.due_s < truck.due_s
    assert {r.load_kg for r in asked} == {300.0}


def test_a_supplier_at_an_aerodrome_collects_nothing() -> None:
    asked, _ = transport_requests([delivery("air")], RULES, field("Base"), nearest)
    assert [r.id for r in asked] == ["d1/flight", "d1/truck"]


def test_a_delivery_with_a_base_of_its_own_starts_there() -> None:
    own = delivery("air", base=field("Paris"))
    asked, _ = transport_requests([own], RULES, TOWN, nearest)
    assert asked[0].origin == own.base


def test_where_one_aerodrome_serves_both_a_truck_comes_all_the_way() -> None:
    (one,), _ = transport_requests([delivery("air")], RULES, field("Halt Airport"), nearest)
    assert (one.kind, one.origin) == ("supply truck", field("Halt Airport"))


@pytest.mark.parametrize("known", [None, lambda lat, lon, within: None])
def test_a_place_without_an_aerodrome_is_told(known: object) -> None:
    asked, notes = transport_requests([delivery("air")], RULES, TOWN, known)  # type: ignore[arg-type]
    assert asked == ()
    assert "no aerodrome is known within 300 km of Town" in notes[0]
    asked, notes = transport_requests(
        [delivery("air")], RULES, field("Base"), known  # type: ignore[arg-type]
    )  # fmt: skip
    assert "within 150 km of Halt" in notes[0]
