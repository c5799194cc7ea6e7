"""The road book: dated borders, crossings, layers, and errors that name file and line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.world.catalogue import CATALOGUE_VARIABLE
from retinue.world.road_book import RoadBook, border_key, load_road_book

MINIMAL = """\
retinue road book: 1
title: a test layer
sources: {word: somebody's word}
"""


@pytest.fixture(scope="module", autouse=True)
def _no_catalogue_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CATALOGUE_VARIABLE, str(tmp_path_factory.mktemp("catalogue")))
        yield


@pytest.fixture(scope="module")
def book() -> RoadBook:
    return load_road_book()


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


@pytest.mark.parametrize(
    # Armistice of 27 July 1953; the Finnish closure of 30 November 2023; the Schengen
    # accessions of 21 December 2007; the wars and closures as widely reported.
    ("one", "two", "day", "road"),
    [
        ("KP", "KR", date(2018, 4, 27), "closed"),
        ("KP", "KR", date(2010, 1, 1), "agreement"),
        ("KP", "KR", date(2025, 1, 1), "none"),
        ("KP", "RU", date(2023, 9, 10), "none"),
        ("CN", "KP", date(2021, 1, 1), "closed"),
        ("CN", "KP", date(2019, 1, 7), "agreement"),
        ("RU", "UA", date(2023, 2, 20), "closed"),
        ("PL", "UA", date(2023, 2, 20), "open"),
        ("DE", "PL", date(2023, 2, 20), "open"),
        ("FI", "RU", date(2023, 11, 29), "open"),
        ("FI", "RU", date(2023, 11, 30), "closed"),
        ("CO", "PA", date(2024, 1, 1), "none"),
        ("ER", "ET", date(2024, 1, 1), "unlisted"),
    ],
)
def test_a_border_has_the_state_of_its_day(
    book: RoadBook, one: str, two: str, day: date, road: str
) -> None:
    assert book.border(one, two, day).road == road
    assert book.border(two, one, day) == book.border(one, two, day)


def test_a_listed_border_names_its_entry_and_an_unlisted_one_none(book: RoadBook) -> None:
    listed = book.border("KP", "RU", date(2023, 9, 10))
    assert listed.where.startswith("road_books/world.yaml:")
    assert listed.confidence in ("H", "M", "L", "K", "assumed")
    assert book.border("ER", "ET", date(2024, 1, 1)).where == ""


def test_a_crossing_counts_for_roads_near_it_and_on_its_days_only(book: RoadBook) -> None:
    state = book.border("CN", "RU", date(2023, 9, 10))
    # Hunchun-Kraskino stands at about 42.79 N, 130.67 E.
    near = state.crossing_on((42.80, 130.60, 42.80, 130.75))
    assert near is not None
    assert near.name == "Hunchun-Kraskino"
    assert state.crossing_on((48.37, 134.70, 48.38, 134.75)) is None
    bridge = (50.16, 127.47, 50.20, 127.47)  # opened on 10 June 2022
    assert book.border("CN", "RU", date(2022, 6, 9)).crossing_on(bridge) is None
    assert book.border("CN", "RU", date(2022, 6, 10)).crossing_on(bridge) is not None


def test_a_long_edge_counts_by_its_nearest_point_not_its_middle(book: RoadBook) -> None:
    state = book.border("CN", "RU", date(2023, 9, 10))
    assert state.crossing_on((42.80, 130.50, 43.60, 131.90)) is not None


def test_an_area_opens_a_border_from_the_later_members_day(book: RoadBook) -> None:
    schengen = next(area for area in book.areas if area.name == "Schengen area")
    assert schengen.members["PL"] == date(2007, 12, 21)
    assert book.border("KE", "RW", date(2022, 3, 6)).road == "unlisted"
    assert book.border("TZ", "RW", date(2022, 3, 7)).road == "open"


def test_every_country_has_speeds_and_town_is_never_faster(book: RoadBook) -> None:
    for code in ("KP", "RU", "ZZ"):
        speeds = book.speeds_in(code)
        assert speeds.access <= speeds.urban <= speeds.highway


def test_a_road_that_the_graph_lacks_counts_from_the_day_it_was_opened(book: RoadBook) -> None:
    # The bridges of Vladivostok were opened in August 2012.
    assert not book.links_on(date(2012, 6, 30))
    assert len(book.links_on(date(2023, 9, 11))) == 2


def test_a_users_layer_has_the_last_word(layer: Path, tmp_path: Path) -> None:
    layer.write_text(
        MINIMAL
        + """\
borders:
  - {between: [KR, KP], road: open, from: 2018-04-27, until: 2018-04-27,
     source: word, confidence: M}
access:
  - {place: Gate, lat: 10.0, lon: 20.0, distance: 1.5 km, source: word, confidence: M}
"""
    )
    book = load_road_book(("mine.yaml",), tmp_path)
    state = book.border("KP", "KR", date(2018, 4, 27))
    assert (state.road, state.source) == ("open", "word")
    assert state.where.endswith("mine.yaml:5")
    assert book.border("KP", "KR", date(2018, 4, 28)).road == "closed"
    gate = book.access_road("gate", 10.01, 20.0)
    assert gate is not None
    assert gate.distance == 1500.0
    assert book.access_road("gate", 11.0, 20.0) is None  # 111 km away: another place
    assert list(book.files) == [str(layer), "road_books/world.yaml"]


def test_every_road_book_of_the_users_catalogue_is_laid_over_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "road_books").mkdir()
    entry = "borders:\n  - {between: [ER, ET], road: %s, source: word, confidence: M}\n"
    (tmp_path / "road_books" / "a.yaml").write_text(MINIMAL + entry % "closed")
    (tmp_path / "road_books" / "b.yaml").write_text(MINIMAL + entry % "open")
    monkeypatch.setenv(CATALOGUE_VARIABLE, str(tmp_path))
    day = date(2024, 1, 1)
    assert load_road_book().border("ER", "ET", day).road == "open"
    assert load_road_book(("a",)).border("ER", "ET", day).road == "closed"  # named last
    assert len(load_road_book(("a",)).files) == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("retinue road book: 2\n", 1, "not a road book"),
        (MINIMAL + "speeds:\n  - {country: KP, highway: 70, urban: 40 km/h, access: 40 km/h, "
         "source: word, confidence: K}\n", 5, "lacks a unit"),
        (MINIMAL + "borders:\n  - {between: [KP, KR], road: shut, source: word, confidence: K}\n",
         5, "not one of"),
        (MINIMAL + "borders:\n  - {between: [KP, KR], road: closed, source: who, confidence: K}\n",
         5, '"who" is not described'),
        (MINIMAL + "borders:\n  - {between: [KP, KR], road: closed, from: 2020-13-01, "
         "source: word, confidence: K}\n", 5, "not a date"),
        (MINIMAL + "borders:\n  - {between: [KP, KR], road: closed, from: 2020-02-01, "
         "until: 2020-01-01, source: word, confidence: K}\n", 5, "lies before"),
        (MINIMAL + "borders:\n  - {between: [KP, KR], road: crossings, source: word, "
         "confidence: K}\n", 5, "needs the list"),
        (MINIMAL + "borders:\n  - {between: [KP, KR], road: closed, confidence: K}\n",
         5, '"source" is missing'),
    ],
)  # fmt: skip
def test_a_fault_names_file_and_line(layer: Path, text: str, line: int, words: str) -> None:
    layer.write_text(text)
    with pytest.raises(InputError) as caught:
        load_road_book((str(layer),))
    assert words in caught.value.message
    assert f"mine.yaml:{line}" in caught.value.where


def test_an_unknown_road_book_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        load_road_book(("wrold",))
    assert '"world"' in caught.value.cure


@settings(deadline=None)
@given(st.sampled_from(["KP", "KR", "CN", "RU"]), st.sampled_from(["PL", "UA", "DE"]))
def test_a_border_has_one_name_from_either_side(one: str, two: str) -> None:
    assert border_key(one, two) == border_key(two, one.lower())
