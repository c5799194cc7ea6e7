"""Names as people write them: folding, countries, coordinates, slips of the pen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.world.place_names import Asked, edits, fold, parse_coordinates, slips, split_country


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ch’ŏngjin", "Chongjin"),
        ("CH'ONGJIN", "chongjin"),
        ("Москва", "Moskva"),
        ("北京", "beijing"),
        ("Przemyśl", "Przemysl"),
        ("Saint-Étienne", "saint etienne"),
        ("St. Petersburg", "St Petersburg"),
    ],
)
def test_ways_of_writing_one_name_fold_to_one_form(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


_CODES = {"cn": "CN", "de": "DE", "vn": "VN", "us": "US", "france": "FR"}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Pingxiang, CN", Asked("Pingxiang", "CN")),
        ("Pingxiang, CN-16", Asked("Pingxiang", "CN", "16")),
        ("Dong Dang VN", Asked("Dong Dang", "VN")),
        ("Frankfurt (DE)", Asked("Frankfurt", "DE")),
        ("Frankfurt (Oder)", Asked("Frankfurt (Oder)")),
        ("Frankfurt (Oder), DE", Asked("Frankfurt (Oder)", "DE")),
        ("Paris, France", Asked("Paris", "FR")),
        ("Springfield, IL, US", Asked("Springfield", "US", "IL")),
        ("Omsk", Asked("Omsk")),
    ],
)
def test_the_country_is_taken_off_the_name(text: str, asked: Asked) -> None:
    readings = split_country(text, lambda t: _CODES.get(t.casefold()))
    assert readings[0] == asked
    assert readings[-1] == Asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "39.03,125.75",
        "39.03, 125.75",
        "39.03 125.75",
        "39.03 N 125.75 E",
        "39.03N, 125.75E",
        "39.03° N, 125.75° E",
        "39°01'48\"N 125°45'E",
    ],
)
def test_coordinates_are_read_in_every_usual_form(text: str) -> None:
    assert parse_coordinates(text) == pytest.approx((39.03, 125.75))


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))
def test_coordinates_come_back(lat: float, lon: float) -> None:
    assert parse_coordinates(f"{lat:.6f},{lon:.6f}") == pytest.approx((lat, lon), abs=1e-6)


def test_southern_and_western_halves_are_negative() -> None:
    assert parse_coordinates("33.9 S 151.2 W") == pytest.approx((-33.9, -151.2))


def test_coordinates_off_the_earth_are_refused() -> None:
    with pytest.raises(ValueError, match="latitude comes first"):
        parse_coordinates("125.75,39.03")


@pytest.mark.parametrize("text", ["Omsk", "Highway 61", "39.03", "R2D2, 5", ""])
def test_a_name_is_not_taken_for_coordinates(text: str) -> None:
    assert parse_coordinates(text) is None


def test_slips_find_one_edit_before_two() -> None:
    known = {"pyongyang", "pyongan"}
    assert list(slips("pyongyan", known.__contains__)) == ["pyongan", "pyongyang"]
    assert list(slips("pyongyng", known.__contains__)) == ["pyongyang"]
    assert list(slips("pjongjang", known.__contains__)) == ["pyongyang"]
    assert "ab" in set(edits("ba"))
