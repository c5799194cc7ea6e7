"""An observed time is the moment that a person's words name, in whatever zone they are told."""

from __future__ import annotations

import pytest

from retinue.clock import parse_moment
from retinue.errors import InputError
from retinue.plan import Plan
from retinue.planner.observation import read_observation


@pytest.mark.parametrize(
    "words",
    [
        "22:47",
        "22:47:00",
        "22:47 Asia/Pyongyang",
        "14:47 Europe/London",  # British Summer Time is UTC+1 in September
        "13:47 Z",
        "13:47 UTC",
        "22:47 +09:00",
        "2023-09-10 22:47",
        "2023-09-10 13:47 UTC",
    ],
)
def test_one_moment_may_be_told_in_any_zone(vladivostok: Plan, words: str) -> None:
    seen = read_observation(vladivostok, "Kowon", words, None)
    assert seen.time_utc == parse_moment("2023-09-10 13:47 UTC")


def test_a_clock_time_is_of_the_day_that_brings_it_nearest(vladivostok: Plan) -> None:
    kowon = next(e for e in vladivostok.legs[1].timeline if e.place == "Kowon")
    assert parse_moment("2023-09-10 09:00 UTC") < kowon.time_utc
    seen = read_observation(vladivostok, "Kowon", "00:20", None)
    assert seen.time_utc == parse_moment("2023-09-11 00:20 Asia/Pyongyang")


def test_a_slip_of_the_year_is_told_with_the_years(vladivostok: Plan) -> None:
    with pytest.raises(InputError, match=r"2022 10 Sep 22:12 \+09 .* departs \(2023 10 Sep"):
        read_observation(vladivostok, "Kowon", "2022-09-10 22:12", None)


def test_an_unknown_zone_is_named(vladivostok: Plan) -> None:
    with pytest.raises(InputError, match='no time zone "Asia/Pyongyan"'):
        read_observation(vladivostok, "Kowon", "22:47 Asia/Pyongyan", None)
