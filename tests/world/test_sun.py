"""Where the sun stands: held to worked examples of others, and to another library."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from retinue.clock import from_iso
from retinue.world.sun import (
    CIVIL_TWILIGHT_DEG,
    SUNRISE_DEG,
    horizon_dip_deg,
    sun_elevation_deg,
)


def test_the_declination_is_that_of_meeus() -> None:
    # Meeus (1998), example 25.a: 1992 October 13.0 TD, apparent declination -7.78507 degrees.
    # At the north pole the elevation is the declination.
    assert sun_elevation_deg(from_iso("1992-10-13T00:00:00Z"), 90.0, 0.0) == pytest.approx(
        -7.78507, abs=0.002
    )


def test_the_elevation_is_that_of_the_nrel_example() -> None:
    # Reda and Andreas, NREL/TP-560-34302 (2008), appendix A.5: 2003-10-17 12:30:30 -7 h,
    # 39.742476 N 105.1786 W: topocentric elevation 39.872046 degrees without refraction; the
    # sun's parallax of 0.0019 degrees is in it and not in ours.
    found = sun_elevation_deg(from_iso("2003-10-17T19:30:30Z"), 39.742476, -105.1786)
    assert float(found) == pytest.approx(39.8740, abs=0.01)


def test_elevations_agree_with_another_library() -> None:
    from astral import Observer
    from astral.sun import elevation

    rng = random.Random(7)
    for _ in range(200):
        lat, lon = rng.uniform(-89, 89), rng.uniform(-180, 180)
        moment = rng.uniform(from_iso("1960-01-01T00:00:00Z"), from_iso("2050-01-01T00:00:00Z"))
        when = datetime.fromtimestamp(round(moment), UTC)
        expected = elevation(Observer(lat, lon), when, with_refraction=False)
        assert float(sun_elevation_deg(round(moment), lat, lon)) == pytest.approx(
            expected, abs=0.02
        )


def test_the_tropics_have_the_sun_overhead_and_the_poles_half_a_year_of_it() -> None:
    # Solstice of June 2023: 21 June 14:58 UTC (US Naval Observatory).
    june = from_iso("2023-06-21T14:58:00Z")
    lon = np.arange(-180.0, 180.0, 0.5)
    assert float(sun_elevation_deg(june, 23.436, lon).max()) == pytest.approx(90.0, abs=0.3)
    assert float(sun_elevation_deg(june, 90.0, 0.0)) == pytest.approx(23.436, abs=0.005)
    assert float(sun_elevation_deg(june, -90.0, 0.0)) < CIVIL_TWILIGHT_DEG < SUNRISE_DEG


def test_the_horizon_dips_with_the_root_of_the_height() -> None:
    # Bowditch, table 14: 10 m 5.6', 100 m 17.6'.
    assert float(horizon_dip_deg(10.0)) * 60 == pytest.approx(5.6, abs=0.05)
    assert float(horizon_dip_deg(100.0)) * 60 == pytest.approx(17.6, abs=0.05)
    assert float(horizon_dip_deg(-5.0)) == 0.0
