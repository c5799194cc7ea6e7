"""Reading a feed: days, times past midnight, repetitions; and every planted defect is named.

Meanings are those of the GTFS Schedule reference (gtfs.org).
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.gtfs_values import clock_text, day_of, is_rail, seconds_of_day
from tests.traffic.feed_files import SOUND, spoilt, write_feed, write_folder

TUESDAY_WITHOUT, MONDAY, SATURDAY_ADDED = date(2026, 1, 6), date(2026, 1, 5), date(2026, 1, 10)


def test_a_sound_feed_is_read_without_a_fault_and_only_its_rail_part(tmp_path: Path) -> None:
    feed = read_feed(write_feed(tmp_path / "f.zip", SOUND))
    assert not len(feed.faults), feed.faults.kept
    assert list(feed.trips) == ["t1", "t2", "night"]
    assert (feed.trip_count, feed.other_trip_count) == (3, 1)
    assert feed.trips["t1"].title == "IC 1"
    untimed = feed.trips["t2"].stops[1]
    assert math.isnan(untimed.arrive_s) and math.isnan(untimed.depart_s)


def test_a_folder_reads_as_its_zip_does(tmp_path: Path) -> None:
    one = read_feed(write_feed(tmp_path / "f.zip", SOUND))
    two = read_feed(write_folder(tmp_path / "f", SOUND))
    assert one.trips == two.trips and one.stops == two.stops and one.calendar == two.calendar


def test_a_service_runs_on_its_weekdays_and_single_days_go_before_them(tmp_path: Path) -> None:
    feed = read_feed(write_feed(tmp_path / "f.zip", SOUND))
    runs = {day: feed.calendar.runs("week", day) for day in (MONDAY, TUESDAY_WITHOUT)}
    assert runs == {MONDAY: True, TUESDAY_WITHOUT: False}
    assert feed.calendar.runs("week", SATURDAY_ADDED)
    assert not feed.calendar.runs("week", date(2026, 12, 21))
    assert feed.busiest_day() == MONDAY


def test_times_count_from_noon_less_twelve_hours_so_days_of_changed_clocks_hold(
    tmp_path: Path,
) -> None:
    files = spoilt("calendar.txt", "1,1,1,1,1,0,0", "1,1,1,1,1,1,1")
    feed = read_feed(write_feed(tmp_path / "f.zip", files))
    # 29 March 2026: clocks in Switzerland go from 2:00 to 3:00; 06:00 is 04:00 UTC.
    trip, zero = feed.trips_on(date(2026, 3, 29))[0]
    moment = datetime.fromtimestamp(trip.stops[0].depart_s + zero, UTC)
    assert moment == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("files", "kind", "where", "left"),
    [
        (spoilt("stop_times.txt", "t1,06:35:00", '"t1,06:35:00'),
         "torn-row", "stop_times.txt:4", {"t1", "t2", "night"}),
        (spoilt("stop_times.txt", "06:08:00,06:09:00", "06:8:00,06:09:00"),
         "bad-time", "stop_times.txt:3: arrival_time", {"t2", "night"}),
        (spoilt("stop_times.txt", "06:35:00,06:35:00", "05:35:00,05:35:00"),
         "times-backwards", "stop_times.txt:4: arrival_time", {"t2", "night"}),
        (spoilt("stop_times.txt", "06:08:00,06:09:00", "06:09:00,06:08:00"),
         "negative-dwell", "stop_times.txt:3: departure_time", {"t2", "night"}),
        (spoilt("stop_times.txt", "aar,2", "nowhere,2"),
         "unknown-stop", "stop_times.txt:3: stop_id", {"t2", "night"}),
        (spoilt("stop_times.txt", "night,23:50:00,23:50:00,zue,1\n", ""),
         "one-stop", "trips.txt:4: trip_id", {"t1", "t2"}),
        (spoilt("stop_times.txt", "aar,2\nt1", "aar,1\nt1"),
         "duplicate-key", "stop_times.txt:3: stop_sequence", {"t2", "night"}),
        (spoilt("stop_times.txt", "aar,2", "aar,two"),
         "bad-sequence", "stop_times.txt:3: stop_sequence", {"t2", "night"}),
        (spoilt("stop_times.txt", "t1,06:00:00,06:00:00", "t1,,"),
         "no-time", "stop_times.txt:2: departure_time", {"t2", "night"}),
        (spoilt("stop_times.txt", "06:35:00,06:35:00", "06:10:00,06:10:00"),
         "too-fast", "stop_times.txt:4: arrival_time", {"t2", "night"}),
        (spoilt("stop_times.txt", "b1,06:00", "ghost,06:00"),
         "unknown-trip", "stop_times.txt:10: trip_id", {"t1", "t2", "night"}),
        (spoilt("trips.txt", "ic,week,t1", "xx,week,t1"),
         "unknown-route", "trips.txt:2: route_id", {"t2", "night"}),
        (spoilt("trips.txt", "ic,week,t1", "ic,never,t1"),
         "unknown-service", "trips.txt:2: service_id", {"t2", "night"}),
        (spoilt("trips.txt", "re,week,t2", "re,week,t1"),
         "duplicate-key", "trips.txt:3: trip_id", {"t1", "night"}),
        (spoilt("stops.txt", "47.3914,8.0513", "91.0,8.0513"),
         "bad-position", "stops.txt:3: stop_lat", {"night"}),
        (spoilt("stops.txt", "47.3914,8.0513", "nan,8.0513"),
         "bad-position", "stops.txt:3: stop_lat", {"night"}),
        (spoilt("stops.txt", "aar,Aarau", "olt,Aarau"),
         "duplicate-key", "stops.txt:3: stop_id", {"night"}),
        (spoilt("routes.txt", "IC,2", "IC,rail"),
         "bad-route-type", "routes.txt:2: route_type", {"t2", "night"}),
        (spoilt("calendar.txt", "20260105", "20261305"),
         "bad-date", "calendar.txt:2: start_date", {"t1", "t2", "night"}),
        (spoilt("calendar_dates.txt", "20260106,2", "20260106,3"),
         "bad-exception", "calendar_dates.txt:2: exception_type", {"t1", "t2", "night"}),
        (spoilt("agency.txt", "Europe/Zurich", "Europe/Atlantis"),
         "bad-zone", "agency.txt:2: agency_timezone", {"t1", "t2", "night"}),
        (spoilt("stop_times.txt", "departure_time", "depart"),
         "missing-column", "stop_times.txt:1", set()),
        ({k: v for k, v in SOUND.items() if k != "stops.txt"},
         "missing-file", "stops.txt", set()),
        ({k: v for k, v in SOUND.items() if not k.startswith("calendar")},
         "missing-file", "calendar.txt", set()),
        ({**SOUND, "trips.txt": ""}, "empty-file", "trips.txt", set()),
        ({**SOUND, "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt1,6:0,7:0,x\n"},
         "bad-frequency", "frequencies.txt:2", {"t1", "t2", "night"}),
        ({**SOUND, "stops.txt": SOUND["stops.txt"].encode("cp1252")},
         "not-utf-8", "stops.txt", {"t1", "t2", "night"}),
        (spoilt("stops.txt", "Aarau", 'Aarau, "upper', ),
         "bad-position", "stops.txt", {"night"}),
        ({f"feed/{k}": v for k, v in SOUND.items()},
         "in-a-folder", "agency.txt", {"t1", "t2", "night"}),
    ],
)  # fmt: skip
def test_a_planted_defect_is_named_by_place_and_the_rest_goes_on(
    tmp_path: Path, files: dict[str, str | bytes], kind: str, where: str, left: set[str]
) -> None:
    feed = read_feed(write_feed(tmp_path / "f.zip", files))
    named = feed.faults.of(kind)
    assert named, feed.faults.kept
    assert named[0].where.startswith(where)
    assert named[0].what and named[0].cure
    assert set(feed.trips) == left


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"stop_id,stop_name\n"])
def test_what_is_no_zip_is_refused_with_a_cure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a zip"):
        read_feed(path)
    with pytest.raises(InputError, match="no such feed"):
        read_feed(tmp_path / "none.zip")


def test_a_zip_cut_short_inside_a_file_is_a_fault(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", SOUND)
    content = bytearray(path.read_bytes())
    at = content.find(b"t1,06:00:00")
    content[at : at + 5] = b"XXXXX"
    path.write_bytes(bytes(content))
    feed = read_feed(path)
    assert feed.faults.of("torn-file")[0].where == "stop_times.txt"
    assert "t1" not in feed.trips


def test_a_mark_before_the_header_and_foreign_line_ends_are_no_fault(tmp_path: Path) -> None:
    files = {k: ("\ufeff" + v).replace("\n", "\r\n").encode() for k, v in SOUND.items()}
    feed = read_feed(write_feed(tmp_path / "f.zip", files))
    assert not len(feed.faults) and len(feed.trips) == 3


@given(st.text(max_size=60))
def test_no_text_in_a_cell_breaks_the_reader(text: str) -> None:
    assert seconds_of_day(text) is None or ":" in text
    assert day_of(text) is None or len(text.strip()) == 8


@given(st.integers(0, 60 * 3600))
def test_a_time_of_the_day_is_read_back_as_written(seconds: int) -> None:
    assert seconds_of_day(clock_text(seconds)) == seconds


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(SOUND)),
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
        st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4)),
    ),
)
def test_no_content_of_a_file_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes | tuple[int, bytes]
) -> None:
    if isinstance(content, tuple):
        at, put = content
        whole = SOUND[name].encode()
        content = whole[: at % len(whole)] + put + whole[at % len(whole) + len(put) :]
    folder = tmp_path_factory.mktemp("fuzz")
    feed = read_feed(write_feed(folder / "f.zip", {**SOUND, name: content}))
    assert len(feed.faults) or len(feed.trips) <= 4


def test_rail_is_type_2_and_the_extended_types_100_to_117() -> None:
    assert [t for t in range(0, 1800) if is_rail(t)] == [2, *range(100, 118)]


@pytest.mark.parametrize(
    ("name", "trips", "day_runs"), [("caltrain_otp", 252, 98), ("via_better", 149, 69)]
)
def test_real_feeds_are_read_without_a_fault(
    shared: Path, name: str, trips: int, day_runs: int
) -> None:
    # Counts of trips.txt, less its header.
    feed = read_feed(shared / "data" / "gtfs" / f"{name}.zip")
    assert len(feed.trips) == trips and not len(feed.faults)
    day = feed.busiest_day()
    assert day is not None and len(feed.trips_on(day)) == day_runs
