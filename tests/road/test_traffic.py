"""Time-of-day factors: what a table may say, and that the clock of the road counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.road.leg import RoadObservation, time_road
from retinue.road.request import RoadStretch
from retinue.road.traffic import load_traffic
from retinue.world.pack import Pack
from retinue.world.road_book import RoadBook
from tests.road.drawn import drawn_route
from tests.road.test_block_speed import held_road

TABLE = """\
retinue traffic: 1
title: mine
sources: {word: somebody's word}
entries:
  - {country: LI, road: urban, days: weekday, hours: {"7-9": 0.5}, source: word, confidence: M}
  - {country: "*", road: any, days: every day, hours: {}, source: word, confidence: M}
"""


def _at(hour: int, minute: int = 0, day: int = 6) -> float:
    """Return a moment of May 2026 in Vaduz (UTC+2); the 6th is a Wednesday."""
    return datetime(2026, 5, day, hour - 2, minute, tzinfo=UTC).timestamp()


def _urban(country: str) -> RoadStretch:
    return RoadStretch(0.0, 1.0, "urban", country, 10.0, False, zone="Europe/Vaduz")


@given(st.integers(0, 23), st.sampled_from(["KP", "LI", "US"]))
def test_a_factor_never_speeds_a_column_up(hour: int, country: str) -> None:
    table = load_traffic("usual")
    moment = datetime(2026, 5, 6, hour, tzinfo=UTC).timestamp()
    factor = table.factor(_urban(country), moment)
    assert 0.0 < factor <= 1.0
    if country == "KP":
        assert factor == 1.0


def test_the_hour_is_that_of_the_road_and_the_day_that_of_the_week(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(TABLE)
    table = load_traffic("mine", tmp_path)
    assert table.factor(_urban("LI"), _at(7)) == 0.5
    assert table.factor(_urban("LI"), _at(9)) == 1.0
    assert table.factor(_urban("LI"), _at(7, day=9)) == 1.0  # a Saturday
    assert table.factor(_urban("CH"), _at(7)) == 1.0


@given(
    st.integers(1_500_000_000 // 900, 2_000_000_000 // 900),
    st.floats(0.0, 899.9),
    st.sampled_from(["Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Pyongyang", "Europe/Vaduz"]),
)
def test_a_factor_holds_for_a_quarter_of_an_hour_in_every_zone(
    quarter: int, within_s: float, zone: str
) -> None:
    table = load_traffic("usual")
    stretch = RoadStretch(0.0, 1.0, "urban", "US", 10.0, False, zone=zone)
    begin_s = quarter * 900.0
    assert table.factor(stretch, begin_s + within_s) == table.factor(stretch, begin_s)


def test_a_column_that_starts_in_the_peak_leaves_it_behind(
    pack: Pack, book: RoadBook, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text(TABLE)
    table = load_traffic("mine", tmp_path)
    runs = held_road(pack, book, drawn_route(18_000.0, 10.0), traffic=table, outriders=0)
    free = time_road(runs, _at(10)).running_time_s
    assert free == pytest.approx(1_800.0, rel=0.01)
    # Half an hour before nine it covers half of the 18 km, then the rest in 15 min.
    mixed = time_road(runs, _at(8, 30)).running_time_s
    assert mixed == pytest.approx(1_800.0 + 900.0, rel=0.02)


def test_after_an_observation_the_traffic_of_the_new_hour_counts(
    pack: Pack, book: RoadBook, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text(TABLE)
    table = load_traffic("mine", tmp_path)
    runs = held_road(pack, book, drawn_route(18_000.0, 10.0), traffic=table, outriders=0)
    late = time_road(runs, _at(8), [RoadObservation("here", _at(9))])
    assert late.running_time_s == pytest.approx(time_road(runs, _at(9)).running_time_s)
    assert late.profile.speed_mps == time_road(runs, _at(9)).profile.speed_mps


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"7-9": 0.5', '"7-9": 1.5', "between"),
        ('"7-9": 0.5', '"7-9": .nan', "number"),
        ('"7-9": 0.5', '"9-7": 0.5', "no span"),
        ('"7-9": 0.5', '"7-9": 0.5, "8-10": 0.6', "overlaps"),
        ('"7-9": 0.5', '"7-25": 0.5', "no span"),
        ("country: LI", "country: Liechtenstein", ""),
        ("source: word", "source: nobody", "not described"),
    ],
)
def test_a_fault_in_a_table_names_file_and_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TABLE.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_traffic(str(path))
    assert "mine.yaml:" in caught.value.where
    assert words in caught.value.message


def test_every_factor_shipped_has_its_source() -> None:
    table = load_traffic("usual")
    assert {entry.source for entry in table.entries} <= set(table.sources)
