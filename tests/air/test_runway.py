"""Runways: each correction by its rule, and the direction by the wind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.air.aircraft import load_aircraft
from retinue.air.runway import (
    Conditions,
    density_altitude_m,
    needed_length_m,
    runway_for,
)
from retinue.world.aerodromes import Aerodrome, Runway

IL62, AN2, MI17 = (load_aircraft(name) for name in ("il-62m", "an-2", "mi-17"))


def field(*runways: Runway, elevation_m: float = 0.0) -> Aerodrome:
    return Aerodrome(
        ident="ZZZZ", icao="ZZZZ", iata="", name="Drawn", municipality="", country="XX",
        kind="large_airport", lat=0.0, lon=0.0, elevation_m=elevation_m, scheduled=True,
        runways=runways,
    )  # fmt: skip


def strip(low: str, length_m: float, *, paved: bool = True) -> Runway:
    number = int(low[:2])
    high = f"{(number + 18 - 1) % 36 + 1:02d}"
    heading = number * 10.0
    return Runway(
        (low, high), length_m, 45.0, "ASP" if paved else "GRS", paved,
        (heading, (heading + 180.0) % 360.0), False, True,
    )  # fmt: skip


def needed(what: str, mass: float, elevation: float = 0.0, **more: object) -> float:
    return needed_length_m(IL62, what, mass, elevation, **more)[0]  # type: ignore[arg-type]


def test_at_sea_level_and_greatest_mass_the_cards_lengths_hold() -> None:
    assert needed("take off", IL62.maximum_take_off_mass) == pytest.approx(3_300.0)
    assert needed("land", IL62.maximum_landing_mass) == pytest.approx(2_500.0)


def test_elevation_and_heat_lengthen_by_the_design_manual() -> None:
    # ICAO Doc 9157 part 1, 3.5: 7 % for 300 m; then 1 % for each degree above the standard
    # atmosphere there; its worked example: 1,700 m at 150 m and 24 degC corrects to 1,940 m.
    assert needed("take off", 165_000.0, 300.0) == pytest.approx(3_300.0 * 1.07)
    standard = 288.15 - 0.0065 * 150.0
    length = needed("take off", 165_000.0, 150.0, temperature=273.15 + 24.0)
    factor = 1.035 * (1.0 + 0.01 * (273.15 + 24.0 - standard))
    assert length == pytest.approx(3_300.0 * factor)
    assert 1_700.0 * factor == pytest.approx(1_940.0, rel=0.01)
    # Colder than standard gives nothing back.
    assert needed("take off", 165_000.0, temperature=250.0) == pytest.approx(3_300.0)


def test_a_wet_runway_lengthens_the_landing_by_15_percent() -> None:
    # EASA CAT.POL.A.235: 115 % of the landing distance required.
    assert needed("land", 105_000.0, wet=True) == pytest.approx(2_500.0 * 1.15)
    assert needed("take off", 165_000.0, wet=True) == pytest.approx(3_300.0)


def test_a_slope_of_one_percent_adds_ten() -> None:
    assert needed("take off", 165_000.0, slope=0.01) == pytest.approx(3_300.0 * 1.10)


@given(st.floats(-5.0, 20.0), st.floats(-5.0, 20.0))
@settings(max_examples=30)
def test_more_headwind_never_needs_more_runway(one: float, other: float) -> None:
    weak, strong = sorted((one, other))
    assert needed("land", 1e5, headwind_mps=strong) <= needed("land", 1e5, headwind_mps=weak)


def test_the_direction_into_the_wind_is_taken() -> None:
    aerodrome = field(strip("17", 3_500.0), strip("09", 3_600.0))
    day = Conditions(wind_from_deg=350.0, wind_mps=8.0)
    use = runway_for(IL62, "land", aerodrome, 90_000.0, day)
    assert use.name == "35"
    assert use.chosen.headwind_mps == pytest.approx(8.0)
    assert use.chosen.crosswind_mps == pytest.approx(0.0, abs=1e-9)
    calm = runway_for(IL62, "land", aerodrome, 90_000.0)
    assert calm.name == "09/27"  # no wind, no direction: the longest


def test_crosswind_and_tailwind_beyond_the_limits_are_reasons() -> None:
    aerodrome = field(strip("18", 3_500.0))
    storm = Conditions(wind_from_deg=90.0, wind_mps=20.0)
    reason = runway_for(IL62, "land", aerodrome, 90_000.0, storm).reason(IL62)
    assert reason is not None
    assert reason.kind == "runway-wind"
    assert "crosswind of 20.0 m/s, at most 15.0 m/s" in reason.what
    behind = Conditions(wind_from_deg=360.0, wind_mps=7.0, runway="18")
    reason = runway_for(IL62, "land", aerodrome, 90_000.0, behind).reason(IL62)
    assert reason is not None
    assert "tailwind of 7.0 m/s, at most 5.0 m/s" in reason.what
    other = runway_for(IL62, "land", aerodrome, 90_000.0, Conditions(360.0, 360.0, 7.0))
    assert other.name == "36"


def test_grass_is_refused_to_some_and_lengthens_for_others() -> None:
    grass = field(strip("05", 4_000.0, paved=False))
    refused = runway_for(IL62, "land", grass, 90_000.0).reason(IL62)
    assert refused is not None
    assert "paved" in refused.what
    use = runway_for(AN2, "take off", grass, 5_500.0)
    assert use.runway is not None
    assert use.needed_m == pytest.approx(170.0 * 1.20)  # AMC1 CAT.POL.A.305: dry grass


def test_the_mass_that_a_short_runway_allows_is_told_and_holds() -> None:
    aerodrome = field(strip("05", 2_800.0), elevation_m=200.0)
    use = runway_for(IL62, "take off", aerodrome, 165_000.0)
    assert use.runway is None
    allowed = use.chosen.allowed_kg
    assert runway_for(IL62, "take off", aerodrome, allowed - 1.0).runway is not None
    assert runway_for(IL62, "take off", aerodrome, allowed + 100.0).runway is None


def test_a_helicopter_needs_a_pad_and_thick_enough_air() -> None:
    use = runway_for(MI17, "take off", field(), 12_000.0)
    assert (use.needed_m, use.name, use.reason(MI17)) == (0.0, "pad", None)
    high = runway_for(
        MI17, "land", field(elevation_m=2_500.0), 12_000.0, Conditions(temperature_k=303.15)
    )
    reason = high.reason(MI17)
    assert reason is not None
    assert reason.kind == "hover"


def test_density_altitude_agrees_with_a_known_figure() -> None:
    # FAA Pilot's Handbook (FAA-H-8083-25), ch. 11: 5,000 ft, 40 degC gives about 8,900 ft.
    found = density_altitude_m(5_000 * 0.3048, 313.15)
    assert found == pytest.approx(8_900 * 0.3048, rel=0.03)
    assert density_altitude_m(1_000.0, 288.15 - 6.5) == pytest.approx(1_000.0, abs=0.2)
