"""Mass along a flight: it falls by the fuel burned and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.fuel import plan_fuel
from retinue.air.performance import CardPerformance
from retinue.air.profile import Profile
from retinue.air.trajectory import trajectory

CARDS = {name: CardPerformance(load_aircraft(name)) for name in known_aircraft()}
cards = st.sampled_from(sorted(CARDS)).map(CARDS.__getitem__)


@given(cards, st.floats(0.0, 1.0), st.floats(0.2, 1.0), st.floats(0.0, 3_000_000.0))
@settings(max_examples=60, deadline=None)
def test_mass_falls_by_exactly_the_fuel_burned(
    performance: CardPerformance, load: float, high: float, extra: float
) -> None:
    card = performance.card
    top = max(high * card.cruise_altitude, 900.0)
    shape = Profile.between(performance, 20.0, 300.0, top)
    profile = shape.stretched(shape.climb.length_m + shape.descent.length_m + extra)
    fuel = plan_fuel(performance, profile, load * card.maximum_payload)
    flown = fuel.trajectory
    burnt = flown.fuel_flow_kgps * np.diff(flown.time_s)
    assert -np.diff(flown.mass_kg) == pytest.approx(burnt, rel=1e-9, abs=1e-9 * flown.mass_kg[0])
    assert flown.mass_kg[0] - flown.mass_kg[-1] == pytest.approx(np.sum(burnt), rel=1e-9)
    assert fuel.trip_kg == pytest.approx(np.sum(burnt), rel=1e-9)
    assert (np.diff(flown.mass_kg) <= 0).all()
    assert (np.diff(flown.time_s) > 0).all()
    # What is on board at the stand is what is burnt and what is left.
    left = flown.mass_kg[-1] - fuel.taxi_in_kg - fuel.zero_fuel_kg
    assert fuel.block_kg == pytest.approx(fuel.burnt_kg + left, rel=1e-9)


def test_arrays_lie_between_take_off_and_touch_down() -> None:
    performance = CARDS["il-62m"]
    profile = Profile.between(performance, 30.0, 10.0, 10_000.0).stretched(2_000_000.0)
    flown = trajectory(performance, profile, lambda _: 90_000.0)
    assert flown.mass_kg[-1] == 90_000.0
    assert flown.distance_m[-1] == pytest.approx(2_000_000.0)
    assert flown.air_m == pytest.approx(2_000_000.0)
    assert flown.altitude_m[[0, -1]].tolist() == [30.0, 10.0]
    assert flown.time_s[-1] == pytest.approx(profile.duration_s)
    first, second, third, last = flown.phases
    assert (first, last) == (0, len(flown.time_s) - 1)
    assert flown.altitude_m[second] == flown.altitude_m[third] == 10_000.0


def test_a_landing_mass_that_hangs_on_the_trip_is_met() -> None:
    performance = CARDS["boeing-747-400"]
    profile = Profile.between(performance, 0.0, 0.0, 10_700.0).stretched(9_000_000.0)
    flown = trajectory(performance, profile, lambda trip: 200_000.0 + 0.05 * trip)
    trip = flown.mass_kg[0] - flown.mass_kg[-1]
    assert flown.mass_kg[-1] == pytest.approx(200_000.0 + 0.05 * trip, rel=1e-9)


def test_an_absurd_flight_stays_finite() -> None:
    performance = CARDS["gulfstream-g650"]
    profile = Profile.between(performance, 0.0, 0.0, 13_000.0).stretched(4e8)
    flown = trajectory(performance, profile, lambda _: 30_000.0)
    assert np.isfinite(flown.mass_kg).all()
    assert flown.mass_kg[0] > performance.card.maximum_take_off_mass
