"""Flights that can be flown, and the reasons why others cannot."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from retinue.air.flight import fly
from retinue.air.request import AirRequest
from retinue.errors import InputError, NoPlan
from retinue.world.countries import Countries

Make = Callable[..., AirRequest]


def _refused(request: AirRequest, countries: Countries) -> dict[str, str]:
    with pytest.raises(NoPlan) as caught:
        fly(request, countries)
    assert all(reason.cure for reason in caught.value.reasons)
    return {reason.kind: f"{reason.what} {reason.cure}" for reason in caught.value.reasons}


def test_pyongyang_to_dalian_is_360_km_by_air(request_for: Make, countries: Countries) -> None:
    # Reported: Pyongyang-Dalian 360 km by air.
    runs = fly(request_for("ZKPY", "ZYTL"), countries)
    assert 355e3 <= runs.track.length_m <= 375e3
    assert [o.country for o in runs.overflights] == ["KP", "", "CN"]
    assert 30 * 60 <= runs.profile.duration_s <= 50 * 60


def test_time_altitude_and_place_hang_together(request_for: Make, countries: Countries) -> None:
    runs = fly(request_for("ZKPY", "UHWW", passengers=125), countries)
    assert (np.diff(runs.distance_m) >= 0).all()
    assert (np.diff(runs.time_s) >= 0).all()
    assert runs.distance_m[-1] == runs.track.length_m
    assert runs.time_s[-1] == pytest.approx(runs.block_s)
    assert runs.altitude_m.max() == runs.profile.cruise_altitude_m
    assert runs.block_s == pytest.approx(
        runs.take_off_s + runs.profile.duration_s + runs.request.card.taxi_in
    )
    assert (runs.lat_deg[0], runs.lon_deg[0]) == pytest.approx((39.2241, 125.67), abs=1e-3)
    assert (runs.lat_deg[-1], runs.lon_deg[-1]) == pytest.approx((43.3963, 132.148), abs=1e-3)


def test_overflights_follow_each_other_without_gap(request_for: Make, countries: Countries) -> None:
    runs = fly(request_for("UUEE", "KJFK", "boeing-747-400"), countries)
    stretches = runs.overflights
    assert stretches[0].enter_m == 0.0
    assert stretches[-1].exit_m == pytest.approx(runs.track.length_m)
    for before, after in pairwise(stretches):
        assert before.exit_m == after.enter_m
        assert before.country != after.country
    assert stretches[0].country == "RU"
    assert stretches[-1].country == "US"


def test_a_flight_by_way_of_the_sea_passes_its_via_points(
    request_for: Make, countries: Countries
) -> None:
    direct = fly(request_for("ZKPY", "RKSI"), countries)
    round_ = fly(request_for("ZKPY", "RKSI", via=("38.5,124.3", "37.3,124.6")), countries)
    assert round_.track.length_m > direct.track.length_m + 100e3
    for at, place in zip(round_.via_m, round_.request.via, strict=True):
        lat, lon = round_.track.at(np.array([at]))
        assert (float(lat[0]), float(lon[0])) == pytest.approx((place.lat, place.lon), abs=1e-6)
    # Direct, the flight crosses the Military Demarcation Line; this way it meets high seas.
    assert "" not in [o.country for o in direct.overflights]
    assert "" in [o.country for o in round_.overflights]


def test_closed_countries_are_flown_around_but_never_the_flights_own(
    request_for: Make, countries: Countries
) -> None:
    plain = fly(request_for("UHWW", "RKSI"), countries)
    around = fly(request_for("UHWW", "RKSI", closed_countries=("KP", "RU", "kr")), countries)
    assert "KP" in {o.country for o in plain.overflights}
    assert around.closed == ("KP",)
    assert "KP" not in {o.country for o in around.overflights}
    assert plain.direct_m == around.direct_m < around.track.length_m


def test_range_exceeded_is_told_with_figures_and_cure(
    request_for: Make, countries: Countries
) -> None:
    reasons = _refused(request_for("ZKPY", "EDDF", "an-148-100", payload_kg=7_000.0), countries)
    assert set(reasons) == {"range"}
    # By ICAO's rule set the reserves are less than the card's lump of 3 t: farther than 3,500 km.
    assert "reaches 4," in reasons["range"]
    assert "1 stop " in reasons["range"]


def test_a_lighter_load_is_named_where_it_would_reach(
    request_for: Make, countries: Countries
) -> None:
    heavy = request_for("ZKPY", "LFPG", payload_kg=23_000.0)
    reasons = _refused(heavy, countries)
    tonnes = float(reasons["range"].split("carry at most ")[1].split(" t")[0])
    assert 0.0 < tonnes < 23.0
    assert fly(request_for("ZKPY", "LFPG", payload_kg=tonnes * 1000), countries)


def test_a_runway_too_short_is_told_with_its_length_and_the_need(
    request_for: Make, countries: Countries
) -> None:
    reasons = _refused(request_for("ZKPY", "KP-0003"), countries)  # Yonpo, 906 m
    assert set(reasons) == {"runway"}
    assert "906 m" in reasons["runway"]
    assert "to land" in reasons["runway"]
    assert fly(request_for("ZKPY", "KP-0003", "an-2"), countries)  # 215 m suffice


def test_too_much_payload_and_too_many_people_are_told_together(
    request_for: Make, countries: Countries
) -> None:
    assert "payload" in _refused(request_for("ZKPY", "UHWW", payload_kg=40_000.0), countries)
    assert "seats" in _refused(request_for("ZKPY", "UHWW", "an-2", passengers=30), countries)


def test_no_way_around_is_a_reason_too(request_for: Make, countries: Countries) -> None:
    request = request_for("FXMM", "FBSK", "gulfstream-g650", closed_countries=("ZA",))
    assert set(_refused(request, countries)) == {"closed-country"}


def test_what_is_no_flight_is_an_error_of_input(request_for: Make, countries: Countries) -> None:
    with pytest.raises(InputError, match="too near"):
        fly(request_for("ZKPY", "ZKPY"), countries)
    with pytest.raises(InputError, match="not an aerodrome"):
        fly(request_for("Pyongyang", "UHWW"), countries)
    with pytest.raises(InputError, match="cannot cruise at 15,000 m"):
        fly(request_for("ZKPY", "UHWW", cruise_altitude_m=15_000.0), countries)


def test_a_short_way_is_flown_lower(request_for: Make, countries: Countries) -> None:
    near = fly(request_for("ZKPY", "ZYTL"), countries)
    far = fly(request_for("ZKPY", "UUEE"), countries)
    # Westbound the level nearest to the card's 10,700 m is FL340 (ICAO Annex 2, appendix 3).
    assert near.profile.cruise_altitude_m < far.profile.cruise_altitude_m
    assert far.profile.cruise_altitude_m == pytest.approx(34_000 * 0.3048)


def test_a_heavier_aircraft_needs_more_fuel_and_runway(
    request_for: Make, countries: Countries
) -> None:
    light = fly(request_for("ZKPY", "UHWW", payload_kg=1_000.0), countries)
    heavy = fly(request_for("ZKPY", "UHWW", payload_kg=20_000.0), countries)
    assert heavy.fuel.block_kg > light.fuel.block_kg
    assert heavy.landing.needed_m > light.landing.needed_m
    assert heavy.range_m < light.range_m
    assert heavy.block_s == light.block_s
