"""The clock on the wall: which zone when, days cut at local midnight, changes of the offset."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retinue.clock import parse_moment
from retinue.plan.local_clock import DAY_S, LocalClock
from retinue.report.printed_clock import PrintedClock

NOON = parse_moment("2023-09-10 12:00 Asia/Pyongyang")
#: North Korea keeps UTC+9, Vladivostok UTC+10 (IANA time zone database).
CLOCK = LocalClock.told_by([(NOON, "Asia/Pyongyang"), (NOON + 86400, "Asia/Vladivostok")])


def test_a_zone_holds_from_its_first_record_until_the_next() -> None:
    assert CLOCK.zone(NOON - 1e6) == "Asia/Pyongyang"
    assert CLOCK.moment(NOON + 86399) == "11 Sep 12:00 +09"
    assert CLOCK.moment(NOON + 86400) == "11 Sep 13:00 +10"


def test_a_span_names_day_and_offset_again_only_where_they_change() -> None:
    assert CLOCK.span(NOON, NOON + 3600) == "10 Sep 12:00-13:00 +09"
    assert CLOCK.span(NOON, NOON + 15 * 3600) == "10 Sep 12:00 +09 to 11 Sep 03:00 +09"
    assert CLOCK.span(NOON + 82800, NOON + 90000) == "11 Sep 11:00 +09 to 11 Sep 14:00 +10"


def test_changes_of_the_clock_are_found_once() -> None:
    assert CLOCK.changes(NOON, NOON + 2e5) == [(NOON + 86400, "+10")]
    assert CLOCK.changes(NOON, NOON + 100) == []


@given(st.floats(0, 2e5), st.floats(60, 2e5))
def test_pieces_of_a_stretch_lie_in_days_one_after_the_other(begin: float, length: float) -> None:
    pieces = CLOCK.pieces(NOON + begin, NOON + begin + length)
    assert all(0 <= p.from_s < p.until_s <= DAY_S for p in pieces)
    for one, other in pairwise(pieces):
        assert (one.until_s, other.from_s, other.day) == (DAY_S, 0.0, one.day + 1)
    shown = sum(p.until_s - p.from_s for p in pieces)
    assert abs(shown - (CLOCK.local_s(NOON + begin + length) - CLOCK.local_s(NOON + begin))) < 1e-3


def test_a_clock_without_records_reads_utc() -> None:
    assert LocalClock.told_by([]).moment(0.0) == "1 Jan 00:00 +00"


def test_somebody_who_stays_in_one_zone_keeps_its_clock() -> None:
    assert CLOCK.kept_at("Europe/Moscow").moment(NOON + 86400) == "11 Sep 06:00 +03"
    assert CLOCK.kept_at("") is CLOCK
    assert type(PrintedClock.told_by([]).kept_at("Europe/Moscow")) is PrintedClock
