"""Business days of countries, against published calendars and against numpy's own counting."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.planner.business_days import BusinessDays, business_days, office_zone
from retinue.planner.deadline_rules import LeadTime, load_deadline_rules

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


# State Council of China, notice of holidays 2023: off 29 September to 6 October, at work on the
# weekend of 7 and 8 October.  gov.uk bank holidays: Good Friday 29 March 2024, Easter Monday
# 1 April 2024.  Israel rests on Friday and Saturday; Iran's offices on Thursday and Friday.
@pytest.mark.parametrize(
    ("country", "day", "open_"),
    [
        ("CN", date(2023, 10, 2), False), ("CN", date(2023, 10, 7), True),
        ("GB", date(2024, 3, 29), False), ("GB", date(2024, 3, 28), True),
        ("IL", date(2023, 9, 8), False), ("IL", date(2023, 9, 10), True),
        ("IR", date(2023, 9, 14), False), ("KP", date(2023, 9, 9), False),
        ("KP", date(2023, 9, 2), True), ("RU", date(2023, 11, 6), False),
    ],
)  # fmt: skip
def test_offices_are_open_as_published(country: str, day: date, open_: bool) -> None:
    assert business_days(country).is_business(day) is open_


def test_four_business_days_before_the_golden_week_ends_leave_it_out() -> None:
    # Counted by hand: 8 and 7 October are worked, then 28 and 27 September.
    latest, passed = business_days("CN").back(date(2023, 10, 9), 4)
    assert latest == date(2023, 9, 27)
    assert date(2023, 10, 2) in passed


@given(DAYS, st.integers(1, 60), st.sampled_from(["KP", "RU", "IL", "GB"]))
def test_counting_back_equals_numpys(day: date, count: int, country: str) -> None:
    offices = business_days(country)
    around = [day - timedelta(days=k) for k in range(0, 200)]
    off = [one for one in around if offices.holiday(one)]
    week = "".join("0" if k + 1 in offices.weekend else "1" for k in range(7))
    worked = any(d.isoweekday() in offices.weekend and offices.is_business(d) for d in around)
    if worked:
        return  # numpy knows no worked weekends
    # From the day after backwards: roll to a business day, then count.
    expected = np.busday_offset(
        np.datetime64(day), -count, roll="forward", weekmask=week,
        holidays=np.array(off, dtype="datetime64[D]"),
    )  # fmt: skip
    assert offices.back(day, count)[0] == expected.astype(date)


@given(DAYS, st.integers(0, 40), st.sampled_from(["KP", "IL", "QQ"]))
def test_the_latest_day_is_a_business_day_and_no_later_than_asked(
    day: date, days: int, country: str
) -> None:
    offices = business_days(country)
    latest, _ = offices.latest(day, LeadTime(days=days))
    assert latest <= day - timedelta(days=days)
    assert offices.is_business(latest)
    more, _ = offices.latest(day, LeadTime(days=days + 1))
    assert more <= latest


def test_months_end_with_their_month() -> None:
    assert business_days("QQ").latest(date(2023, 3, 31), LeadTime(months=1))[0] == date(2023, 2, 28)


def test_a_country_without_a_list_says_so() -> None:
    assert BusinessDays("QQ").assumed
    assert not BusinessDays("KP").assumed


def test_days_off_of_the_journey_count() -> None:
    extra = business_days("GB", frozenset({date(2024, 6, 5)}))
    assert extra.back(date(2024, 6, 6), 1)[0] == date(2024, 6, 4)


# Where the ministries are.
@pytest.mark.parametrize(
    ("country", "zone"),
    [("RU", "Europe/Moscow"), ("CN", "Asia/Shanghai"), ("US", "America/New_York"),
     ("KP", "Asia/Pyongyang"), ("PL", "Europe/Warsaw"), ("IN", "Asia/Kolkata")],
)  # fmt: skip
def test_offices_sit_in_the_capitals_zone(country: str, zone: str) -> None:
    assert office_zone(country) == zone


def test_no_zone_is_invented() -> None:
    assert office_zone("QQ") is None


@pytest.mark.parametrize("entry", load_deadline_rules().entries, ids=lambda e: e.what)
def test_every_entry_of_the_table_names_its_source(entry: object) -> None:
    rules = load_deadline_rules()
    assert getattr(entry, "source") in rules.sources  # noqa: B009 - ids want an object
