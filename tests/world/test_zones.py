"""Zones of points, dated: a plan's local times are only as right as these."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.world.zones import nautical_zone, offset_s, zone_at, zone_countries


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_pyongyang_kept_half_past_eight_until_4_may_2018() -> None:
    # IANA tz database, asia: -08:30 rule of 15 August 2015, back to +09 on 4 May 2018 23:30.
    zone = zone_at(39.02, 125.75).name
    assert zone == "Asia/Pyongyang"
    assert offset_s(zone, _moment("2015-08-01T00:00")) == 9 * 3600
    assert offset_s(zone, _moment("2018-04-27T00:00")) == 8.5 * 3600
    assert offset_s(zone, _moment("2018-05-05T00:00")) == 9 * 3600
    assert offset_s(zone, _moment("2023-09-10T00:00")) == 9 * 3600


@pytest.mark.parametrize(
    ("lat", "lon", "country", "zone"),
    [
        (43.1056, 131.8735, "RU", "Asia/Vladivostok"),
        (42.4283, 130.6450, "RU", "Asia/Vladivostok"),  # Khasan, on the bank of the Tumen
        (42.4150, 130.6180, "KP", "Asia/Pyongyang"),  # Tumangang, across from it
        (40.1260, 124.3920, "CN", "Asia/Shanghai"),  # Dandong, on the bank of the Yalu
        (40.1000, 124.3980, "KP", "Asia/Pyongyang"),  # Sinuiju, across from it
        (37.9560, 126.6770, "KR", "Asia/Seoul"),  # Panmunjom
        (50.4501, 30.5234, "UA", "Europe/Kyiv"),
    ],
)
def test_a_place_has_a_zone_of_its_own_country(
    lat: float, lon: float, country: str, zone: str
) -> None:
    found = zone_at(lat, lon, country)
    assert (found.name, found.nautical) == (zone, False)


def test_a_bank_that_the_outline_gives_to_the_neighbour_still_gets_its_countrys_zone() -> None:
    # A point well inside China, said to be Korean: the nearest zone of KP is taken and named.
    found = zone_at(40.20, 124.30, "KP")
    assert found.name == "Asia/Pyongyang"
    assert "KP" in found.note


def test_the_open_sea_keeps_the_nautical_zone_and_says_so() -> None:
    found = zone_at(40.0, -150.0)
    assert found.name == "Etc/GMT+10"
    assert found.nautical
    assert "open sea" in found.note


@given(st.floats(-180.0, 180.0))
def test_nautical_zones_lie_within_half_an_hour_of_mean_solar_time(lon: float) -> None:
    offset = offset_s(nautical_zone(lon), 0.0)
    solar = lon / 15.0 * 3600.0
    assert min(abs(offset - solar), 86_400 - abs(offset - solar)) <= 1800.0 + 1e-6


def test_the_tables_of_tzdata_tell_where_a_zone_is_kept() -> None:
    assert zone_countries()["Asia/Pyongyang"] == {"KP"}
    assert "RU" in zone_countries()["Asia/Vladivostok"]
