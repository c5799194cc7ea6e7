"""Cruising levels by direction, and climbs from one to the next as the fuel burns off."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from retinue.air.flight import fly
from retinue.air.level import flight_level, levels_m
from retinue.air.request import AirRequest
from retinue.world.countries import Countries

Make = Callable[..., AirRequest]


def _levels(track_deg: float, *, rvsm: bool) -> list[int]:
    return [round(h / 0.3048 / 100) for h in levels_m(track_deg, rvsm=rvsm)]


def test_levels_are_those_of_icao_annex_2() -> None:
    # ICAO Annex 2, appendix 3, tables a) and b), IFR.
    east, west = _levels(90.0, rvsm=True), _levels(270.0, rvsm=True)
    assert {10, 30, 270, 290, 310, 330, 350, 370, 390, 410, 450, 490} <= set(east)
    assert {20, 40, 280, 300, 320, 340, 360, 380, 400, 430, 470, 510} <= set(west)
    assert not set(east) & set(west)
    assert [h for h in _levels(0.0, rvsm=False) if h > 270] == [290, 330, 370, 410, 450, 490]
    assert [h for h in _levels(180.0, rvsm=False) if h > 280] == [310, 350, 390, 430, 470, 510]
    assert flight_level(10_668.0) == "FL350"


def test_a_heavy_flight_climbs_in_steps_and_a_light_one_at_once(
    request_for: Make, countries: Countries
) -> None:
    heavy = fly(request_for("EDDF", "WSSS", "boeing-747-400", payload_kg=50_000.0), countries)
    assert heavy.profile.steps
    levels = [float(heavy.profile.climb.altitude_m[-1]), *(h for _, h in heavy.profile.steps)]
    assert all(low < high for low, high in pairwise(levels))
    assert levels[-1] == heavy.profile.cruise_altitude_m
    for at, level in heavy.profile.steps:
        # Each climb begins where the mass allows the level, 200 ft of rounding allowed.
        mass = heavy.trajectory.mass_at(at)
        assert heavy.request.aircraft.highest_m(mass) + 61.0 + 150.0 >= level
    light = fly(request_for("ZKPY", "UHWW", "il-62m", payload_kg=2_000.0), countries)
    assert not light.profile.steps


def test_an_altitude_asked_for_is_flown_without_steps(
    request_for: Make, countries: Countries
) -> None:
    request = request_for("ZKPY", "EGLL", payload_kg=10_000.0, cruise_altitude_m=9_100.0)
    runs = fly(request, countries)
    assert runs.profile.steps == ()
    assert runs.altitude_m.max() == pytest.approx(9_100.0)
    assert np.isclose(runs.altitude_m, 9_100.0).sum() > 10
