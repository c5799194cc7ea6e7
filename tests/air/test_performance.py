"""The law of the card: exact at its own altitude, thirstier below, and limits that hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.performance import CardPerformance

CARDS = {name: CardPerformance(load_aircraft(name)) for name in known_aircraft()}
JETS = sorted(name for name, p in CARDS.items() if p.card.engine == "jet")


@pytest.mark.parametrize("name", sorted(CARDS))
def test_in_cruise_at_its_own_altitude_the_flow_is_the_cards(name: str) -> None:
    performance, card = CARDS[name], CARDS[name].card
    for mass in (card.operating_empty_mass, card.fuel_flow_mass, card.maximum_take_off_mass):
        flow = performance.fuel_flow_kgps(mass, card.cruise_speed, card.cruise_altitude, 0.0)
        law = card.cruise_fuel_flow * (mass / card.fuel_flow_mass) ** card.fuel_flow_exponent
        assert float(flow) == pytest.approx(law, rel=1e-9)


@pytest.mark.parametrize("name", JETS)
def test_a_jet_flies_fewer_metres_a_kilogram_low_down(name: str) -> None:
    performance, card = CARDS[name], CARDS[name].card

    def specific_range(altitude: float) -> float:
        speed = performance.cruise_mps(altitude)
        mass = card.fuel_flow_mass
        return speed / float(performance.fuel_flow_kgps(mass, speed, altitude, 0.0))

    found = [specific_range(h) for h in (3_000.0, 6_000.0, 9_000.0, card.cruise_altitude)]
    assert found == sorted(found)
    # Jets lose a quarter to a half of their range at 3,000 m (Torenbeek, ch. 11).
    assert 0.35 < found[0] / found[-1] < 0.8


@given(st.sampled_from(JETS), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_a_heavier_jet_never_cruises_higher(name: str, one: float, other: float) -> None:
    performance, card = CARDS[name], CARDS[name].card
    room = card.maximum_take_off_mass - card.operating_empty_mass
    light, heavy = sorted(card.operating_empty_mass + share * room for share in (one, other))
    assert performance.highest_m(heavy) <= performance.highest_m(light)
    assert performance.highest_m(light) <= card.cruise_altitude


@pytest.mark.parametrize("name", sorted(CARDS))
def test_holding_is_flown_slower_than_250_knots_and_faster_than_the_approach(name: str) -> None:
    performance, card = CARDS[name], CARDS[name].card
    speed = performance.holding_mps(card.maximum_landing_mass, 457.2)
    assert card.approach_speed * 0.99 <= speed <= 250 * 1852 / 3600 * 1.03
