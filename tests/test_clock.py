"""Moments: zones are dated, and a local time that is no time is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.clock import duration_text, from_iso, iso_utc, local_text, offset_text, parse_moment


def test_pyongyang_kept_its_own_half_hour_until_may_2018() -> None:
    # tz database: +08:30 from 15 August 2015 to 4 May 2018 (23:30).
    before = parse_moment("2018-04-27 09:30 Asia/Pyongyang")
    after = parse_moment("2018-05-07 09:30 Asia/Pyongyang")
    assert iso_utc(before) == "2018-04-27T01:00:00Z"
    assert iso_utc(after) == "2018-05-07T00:30:00Z"
    assert offset_text(before, "Asia/Pyongyang") == "+08:30"
    assert offset_text(after, "Asia/Pyongyang") == "+09"


def test_a_time_without_zone_takes_the_origins() -> None:
    assert parse_moment("2023-09-10 17:30", "Asia/Pyongyang") == parse_moment(
        "2023-09-10T08:30:00Z"
    )


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2023-09-10 17:30 +09", "2023-09-10T08:30:00Z"),
        ("2023-09-10 17:30 +08:30", "2023-09-10T09:00:00Z"),
        ("2023-09-10 17:30 -0330", "2023-09-10T21:00:00Z"),
        ("2023-09-10 17:30 UTC", "2023-09-10T17:30:00Z"),
    ],
)
def test_an_offset_may_stand_in_place_of_a_zone(text: str, utc: str) -> None:
    assert iso_utc(parse_moment(text)) == utc


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        parse_moment("2023-03-26 02:30 Europe/Berlin")


def test_a_time_that_happens_twice_asks_for_an_offset() -> None:
    with pytest.raises(ValueError, match="happens twice"):
        parse_moment("2023-10-29 02:30 Europe/Berlin")


@pytest.mark.parametrize(
    "wrong", ["tomorrow", "2023-09-10", "2023-13-01 10:00 UTC", "2023-09-10 25:00 UTC", "17:30"]
)
def test_what_is_no_moment_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a date and time"):
        parse_moment(wrong)


def test_a_moment_without_any_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no zone"):
        parse_moment("2023-09-10 17:30")


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_moment("2023-09-10 17:30 Asia/Pyongang")


def test_local_text_rounds_to_the_minute_across_midnight() -> None:
    moment = parse_moment("2023-09-10 23:59:40 Asia/Pyongyang")
    assert local_text(moment, "Asia/Pyongyang") == "11 Sep 00:00 +09"


def test_durations_read_as_people_say_them() -> None:
    assert [duration_text(s) for s in (0, 1380, 104_700, -840)] == [
        "0 min",
        "23 min",
        "29 h 05",
        "-14 min",
    ]


@given(st.integers(min_value=0, max_value=4_000_000_000))
def test_iso_text_and_unix_seconds_round_trip(moment: int) -> None:
    assert from_iso(iso_utc(moment)) == moment
