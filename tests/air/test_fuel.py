"""Fuel and range: conservation, monotony, and known laws against the trajectory's sums."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.fuel import fuel_limit_kg, plan_fuel, range_m
from retinue.air.performance import CardPerformance
from retinue.air.profile import Profile

CARDS = {name: CardPerformance(load_aircraft(name)) for name in known_aircraft()}
cards = st.sampled_from(sorted(CARDS)).map(CARDS.__getitem__)


def _cruise(performance: CardPerformance, length_m: float) -> Profile:
    shape = Profile.between(performance, 0.0, 0.0, performance.card.cruise_altitude)
    return shape.stretched(shape.climb.length_m + shape.descent.length_m + length_m)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1.4])
def test_the_cruise_equals_small_steps_by_the_law_of_the_card(exponent: float) -> None:
    card = CARDS["il-62m"].card.model_copy(update={"fuel_flow_exponent": exponent})
    profile = _cruise(CardPerformance(card), 4_000_000.0)
    fuel = plan_fuel(CardPerformance(card), profile, 10_000.0)
    mass = fuel.landing_mass_kg + fuel.descent_kg
    step = profile.cruise_s / 20_000
    for _ in range(20_000):  # backwards, midpoint rule
        half = mass + card.cruise_fuel_flow * (mass / card.fuel_flow_mass) ** exponent * step / 2
        mass += card.cruise_fuel_flow * (half / card.fuel_flow_mass) ** exponent * step
    assert fuel.landing_mass_kg + fuel.descent_kg + fuel.cruise_kg == pytest.approx(mass, rel=1e-6)


def test_a_cruise_at_constant_lift_to_drag_follows_breguet() -> None:
    performance = CARDS["boeing-747-400"]
    card, profile = performance.card, _cruise(performance, 6_000_000.0)
    fuel = plan_fuel(performance, profile, 20_000.0)
    end = fuel.landing_mass_kg + fuel.descent_kg
    # Breguet: R = V/k ln(m1/m2) with k = flow / mass.
    k = card.cruise_fuel_flow / card.fuel_flow_mass
    metres = profile.cruise_mps / k * math.log((end + fuel.cruise_kg) / end)
    assert metres == pytest.approx(6_000_000.0, rel=1e-6)  # sums of 20 km steps


@given(cards, st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(1.0, 3_000_000.0))
@settings(max_examples=60)
def test_mass_is_conserved_and_more_of_anything_burns_more(
    performance: CardPerformance, one: float, other: float, length: float
) -> None:
    light, heavy = sorted(
        (one * performance.card.maximum_payload, other * performance.card.maximum_payload)
    )
    near, far = _cruise(performance, length), _cruise(performance, length * 1.5)
    a, b = plan_fuel(performance, near, light), plan_fuel(performance, near, heavy)
    assert a.take_off_mass_kg - a.landing_mass_kg == pytest.approx(a.trip_kg)
    assert a.landing_mass_kg - a.taxi_in_kg - a.reserve_kg == pytest.approx(a.zero_fuel_kg)
    assert a.block_kg <= b.block_kg + 1e-9
    assert plan_fuel(performance, far, light).block_kg > a.block_kg


@given(cards, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=40)
def test_more_payload_never_reaches_farther(
    performance: CardPerformance, one: float, other: float
) -> None:
    light, heavy = sorted(
        (one * performance.card.maximum_payload, other * performance.card.maximum_payload)
    )
    assert range_m(performance, heavy) <= range_m(performance, light) + 1.0


@given(cards, st.floats(0.0, 1.0))
@settings(max_examples=40)
def test_at_its_range_a_flight_burns_exactly_what_it_can_take(
    performance: CardPerformance, share: float
) -> None:
    payload = share * performance.card.maximum_payload * 0.5
    reach = range_m(performance, payload)
    shape = Profile.between(performance, 0.0, 0.0, performance.card.cruise_altitude)
    needed = plan_fuel(performance, shape.stretched(reach), payload).block_kg
    assert needed == pytest.approx(fuel_limit_kg(performance.card, payload), rel=1e-6)


def test_no_fuel_reaches_nowhere() -> None:
    assert range_m(CARDS["il-62m"], 10_000.0, fuel_kg=6_500.0) == 0.0
