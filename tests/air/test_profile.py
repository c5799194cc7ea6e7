"""Atmosphere and vertical profile: the standard's figures, and no step out of line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.atmosphere import density_ratio, speed_of_sound_mps, temperature_k
from retinue.air.performance import CardPerformance
from retinue.air.profile import Profile, climb, descent

CARDS = {name: CardPerformance(load_aircraft(name)) for name in known_aircraft()}
cards = st.sampled_from(sorted(CARDS)).map(CARDS.__getitem__)


@pytest.mark.parametrize(
    # ICAO Doc 7488/3, standard atmosphere: altitude, temperature, density ratio, sound.
    ("altitude", "kelvin", "ratio", "sound"),
    [
        (0.0, 288.15, 1.0, 340.294),
        (5_000.0, 255.65, 0.60117, 320.529),
        (11_000.0, 216.65, 0.29708, 295.069),
        (15_000.0, 216.65, 0.15812, 295.069),
    ],
)
def test_the_atmosphere_is_the_standard_one(
    altitude: float, kelvin: float, ratio: float, sound: float
) -> None:
    assert float(temperature_k(altitude)) == pytest.approx(kelvin, abs=0.01)
    assert float(density_ratio(altitude)) == pytest.approx(ratio, rel=1e-3)
    assert float(speed_of_sound_mps(altitude)) == pytest.approx(sound, rel=1e-4)


def test_the_cards_cruise_speed_holds_at_its_altitude() -> None:
    for performance in CARDS.values():
        card = performance.card
        found = performance.cruise_mps(card.cruise_altitude)
        assert found == pytest.approx(card.cruise_speed)


@given(cards, st.floats(0.0, 1_000.0), st.floats(0.0, 1_000.0), st.floats(0.3, 1.0))
@settings(max_examples=40)
def test_climb_and_descent_only_go_forward(
    performance: CardPerformance, low: float, end: float, share: float
) -> None:
    top = 1_200.0 + share * (performance.card.service_ceiling - 1_200.0)
    for stretch in (climb(performance, low, top), descent(performance, top, end)):
        assert (np.diff(stretch.distance_m) > 0).all()
        assert (np.diff(stretch.time_s) > 0).all()
    assert (np.diff(climb(performance, low, top).altitude_m) > 0).all()
    assert (np.diff(descent(performance, top, end).altitude_m) < 0).all()


def test_a_descent_at_three_degrees_covers_nineteen_times_its_height() -> None:
    performance = CARDS["il-62m"]
    found = descent(performance, 10_000.0, 0.0)
    assert found.length_m == pytest.approx(10_000.0 / performance.card.descent_gradient, rel=1e-9)


@given(cards, st.floats(1.0, 5_000_000.0))
@settings(max_examples=40)
def test_a_profile_fills_the_length_it_is_given(performance: CardPerformance, extra: float) -> None:
    shape = Profile.between(performance, 30.0, 10.0, performance.card.cruise_altitude)
    length = shape.climb.length_m + shape.descent.length_m + extra
    profile = shape.stretched(length)
    assert profile.length_m == pytest.approx(length)
    assert profile.duration_s >= length / performance.card.cruise_speed * 0.99
