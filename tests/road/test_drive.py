"""Finding the road: borders that are closed, access legs, published distances, escorts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.road.leg import EscortSection, RoadEnd
from retinue.world.pack import Pack
from retinue.world.road_book import RoadBook, load_road_book
from retinue.world.sphere import distance_m
from tests.road.conftest import PLACES, Driver


def test_pyongyang_to_vladivostok_by_road_is_refused_at_its_closed_border(driving: Driver) -> None:
    # The graph offers 997 km over borders that are closed to road traffic.
    with pytest.raises(NoPlan) as caught:
        driving("Pyongyang", "Vladivostok", day=date(2023, 9, 10))
    assert {reason.kind for reason in caught.value.reasons} == {"closed-border"}
    assert "997 km" in caught.value.message
    first = caught.value.reasons[0]
    assert "CN-KP" in first.what
    assert "road_books/world.yaml:" in first.what
    assert "open borders: [CN-KP]" in first.cure
    assert first.where


def test_the_demarcation_line_is_closed_and_the_journey_may_open_it(driving: Driver) -> None:
    with pytest.raises(NoPlan) as caught:
        driving("Pyongyang", "Seoul")
    assert "KP-KR" in caught.value.reasons[0].what
    runs = driving("Pyongyang", "Seoul", open_borders=("KR-KP",))
    assert runs.countries == ("KP", "KR")
    assert [border.opened_by for border in runs.borders] == ["this journey"]
    assert any(note.level == "warning" and "KP-KR" in note.text for note in runs.notes)
    # The graph's own figure for Pyongyang-Seoul is 233 km.
    assert runs.graph_distance_m == pytest.approx(233_000, rel=0.02)


def test_the_road_book_may_open_a_border_for_one_day(driving: Driver, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "retinue road book: 1\ntitle: t\nsources: {word: w}\nborders:\n"
        "  - {between: [KP, KR], road: open, from: 2018-04-27, until: 2018-04-27, "
        "source: word, confidence: M}\n"
    )
    mine = load_road_book(("mine.yaml",), tmp_path)
    runs = driving("Pyongyang", "Seoul", road_book=mine)
    assert [border.opened_by for border in runs.borders] == ["road book"]
    with pytest.raises(NoPlan):
        driving("Pyongyang", "Seoul", day=date(2018, 4, 28), road_book=mine)


def test_a_border_without_any_road_is_not_opened_by_a_word(driving: Driver) -> None:
    with pytest.raises(NoPlan) as caught:
        driving("Pyongyang", "Seoul", day=date(2025, 3, 1), open_borders=("KP-KR",))
    assert "has no road across it" in caught.value.reasons[0].what
    assert "road book of your own" in caught.value.reasons[0].cure


def test_an_opened_border_leads_on_through_listed_crossings_only(driving: Driver) -> None:
    runs = driving("Pyongyang", "Vladivostok", day=date(2023, 9, 10), open_borders=("CN-KP",))
    assert [border.key for border in runs.borders] == ["CN-KP", "CN-RU"]
    assert runs.borders[1].name == "Hunchun-Kraskino"
    assert runs.borders[1].zone == "Asia/Vladivostok"


def test_a_border_open_on_its_day_needs_no_word(driving: Driver) -> None:
    runs = driving("Przemysl", "Kyiv", "kyiv-2023", date(2023, 2, 20))
    assert runs.countries == ("PL", "UA")
    # The frontier at Medyka lies about 12 km east of Przemysl.
    assert runs.borders[0].distance_m == pytest.approx(12_000, abs=3_000)


def test_pyongyang_to_panmunjom_stays_north_with_an_assumed_access_road(driving: Driver) -> None:
    runs = driving("Pyongyang", "Panmunjom", "panmunjom-2018")
    # The nearest node, 2.3 km away, lies south of the closed line and must not be used.
    assert runs.countries == ("KP",)
    assert runs.stretches[-1].kind == "access"
    assert any("access road, Panmunjom" in a.subject for a in runs.assumptions)
    # Pyongyang-Kaesong motorway and the road on: about 170 km (general knowledge).
    assert runs.length_m == pytest.approx(170_000, rel=0.06)


def test_a_known_access_road_takes_the_place_of_the_assumed_one(driving: Driver) -> None:
    known = replace(PLACES["Panmunjom"], access_road_m=9_000.0)
    assumed = driving("Pyongyang", "Panmunjom")
    runs = driving("Pyongyang", "Panmunjom", destination_end=known)
    last = runs.stretches[-1]
    assert last.to_m - last.from_m == pytest.approx(9_000.0)
    assert runs.length_m < assumed.length_m
    assert not any("access road, Panmunjom" in a.subject for a in runs.assumptions)


def test_bridges_that_the_graph_lacks_are_used_from_the_day_they_were_opened(
    driving: Driver,
) -> None:
    before = driving("Vladivostok", "university", day=date(2012, 1, 1))
    runs = driving("Vladivostok", "university", day=date(2023, 9, 11))
    # Vladivostok station to the campus on Russky Island: about 15-20 km (general knowledge).
    assert 14_000.0 < runs.length_m < 20_000.0 < before.length_m
    assert any("Russky Bridge" in a.subject for a in runs.assumptions)


def test_an_access_road_is_the_straight_line_times_the_detour_factor(driving: Driver) -> None:
    runs = driving("Vladivostok", "university", day=date(2012, 1, 1))
    access = runs.stretches[-1]
    # The graph's nearest node is 6.6 km from the Far Eastern Federal University.
    assert access.kind == "access"
    assert access.to_m - access.from_m == pytest.approx(6_600 * 1.3, rel=0.01)


def test_places_nearer_to_each_other_than_to_the_graph_are_joined_directly(driving: Driver) -> None:
    near = RoadEnd("gate", 37.960, 126.670, "KP", "Asia/Pyongyang")
    runs = driving("Panmunjom", "gate", destination_end=near)
    straight = float(distance_m(37.956, 126.677, 37.960, 126.670))
    assert runs.length_m == pytest.approx(1.3 * straight)
    assert [stretch.kind for stretch in runs.stretches] == ["local"]


def test_a_published_distance_is_laid_over_the_graph(driving: Driver) -> None:
    raw = driving("Pyongyang", "Panmunjom")
    runs = driving("Pyongyang", "Panmunjom", published_distance_m=168_000.0)
    assert runs.length_m == 168_000.0
    assert runs.graph_distance_m == raw.length_m
    assert not any(note.level == "warning" for note in runs.notes)
    far = driving("Pyongyang", "Panmunjom", published_distance_m=240_000.0)
    assert any("more than 10 %" in note.text for note in far.notes)


def test_a_distance_shorter_than_the_straight_line_is_refused(driving: Driver) -> None:
    with pytest.raises(InputError) as caught:
        driving("Pyongyang", "Panmunjom", published_distance_m=100_000.0, where="trip.yaml:9: road")
    assert "straight line" in caught.value.message
    assert caught.value.where == "trip.yaml:9: road"


def test_stretches_follow_without_gap_and_a_cap_is_kept(driving: Driver) -> None:
    runs = driving("Pyongyang", "Wonsan", speed_cap_mps=15.0)
    assert runs.stretches[0].from_m == 0.0
    assert runs.stretches[-1].to_m == pytest.approx(runs.length_m)
    for one, two in pairwise(runs.stretches):
        assert one.to_m == two.from_m
    assert max(stretch.speed_mps for stretch in runs.stretches) <= 15.0
    assert runs.running_time_s > driving("Pyongyang", "Wonsan").running_time_s


def test_a_via_point_is_passed_on_the_highway(driving: Driver) -> None:
    direct = driving("Pyongyang", "Panmunjom")
    runs = driving("Pyongyang", "Panmunjom", via=(PLACES["Wonsan"],))
    assert runs.length_m > direct.length_m
    assert [point.name for point in runs.waypoints] == ["Pyongyang", "Wonsan", "Panmunjom"]


def test_an_escort_section_slows_the_convoy_to_running_pace(driving: Driver) -> None:
    plain = driving("Pyongyang", "Panmunjom", "panmunjom-2018")
    runs = driving(
        "Pyongyang", "Panmunjom", "panmunjom-2018", escorts=(EscortSection(last_m=200.0),)
    )
    pace = runs.escorts[0].pace_mps
    assert pace == pytest.approx(12 / 3.6)  # the road book, assumed
    access = plain.stretches[-1].speed_mps
    extra = 200.0 / pace - 200.0 / access
    assert runs.running_time_s - plain.running_time_s == pytest.approx(extra)


def test_an_escort_between_places_lies_between_their_nearest_points(driving: Driver) -> None:
    kaesong = RoadEnd("Kaesong", 37.97, 126.56, "KP", "Asia/Pyongyang")
    runs = driving(
        "Pyongyang", "Panmunjom", escorts=(EscortSection(from_place=kaesong, pace_mps=3.0),)
    )
    assert runs.escorts[0].to_m == runs.length_m
    assert 5_000.0 < runs.length_m - runs.escorts[0].from_m < 30_000.0


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (EscortSection(where="trip.yaml:11: escort"), "needs its place"),
        (EscortSection(from_place=PLACES["Tokyo"], where="trip.yaml:11: escort"), "off the road"),
        (
            EscortSection(
                from_place=PLACES["Panmunjom"], to_place=PLACES["Pyongyang"],
                where="trip.yaml:11: escort",
            ),
            "ends before it begins",
        ),
    ],
)  # fmt: skip
def test_an_escort_section_that_cannot_be_placed_is_refused(
    driving: Driver, section: EscortSection, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        driving("Pyongyang", "Panmunjom", escorts=(section,))
    assert words in caught.value.message
    assert caught.value.where == "trip.yaml:11: escort"


def test_overlapping_escort_sections_are_refused(driving: Driver) -> None:
    both = (EscortSection(last_m=300.0), EscortSection(last_m=100.0))
    with pytest.raises(InputError, match="overlap"):
        driving("Pyongyang", "Panmunjom", escorts=both)


def test_a_misspelt_border_is_refused(driving: Driver) -> None:
    for key in ("KP", "KP-XX", "kp-kr"):
        with pytest.raises(InputError, match="is not a border"):
            driving("Pyongyang", "Seoul", open_borders=(key,))


def test_a_place_over_the_sea_has_no_road(driving: Driver) -> None:
    with pytest.raises(NoPlan) as caught:
        driving("Vladivostok", "Tokyo")
    assert [reason.kind for reason in caught.value.reasons] == ["no-route"]


def test_a_place_far_from_every_road_has_no_road(driving: Driver) -> None:
    pole = RoadEnd("ice", 80.0, 100.0, "RU", "Etc/UTC")
    with pytest.raises(NoPlan) as caught:
        driving("Vladivostok", "ice", destination_end=pole)
    assert "farther than 60 km" in caught.value.reasons[0].what


@settings(deadline=None, max_examples=30, derandomize=True)
@given(start=st.integers(0, 560_281), north=st.floats(-3, 3), east=st.floats(-3, 3))
def test_no_way_anywhere_crosses_a_border_that_is_not_open(
    driving: Driver, pack: Pack, book: RoadBook, start: int, north: float, east: float
) -> None:
    graph, day = pack.road, date(2023, 9, 11)

    def end(name: str, lat: float, lon: float) -> RoadEnd:
        code = pack.countries.country_at(lat, lon) or ""
        return RoadEnd(name, lat, lon, code, "Etc/UTC")

    lat, lon = float(graph.lat_deg[start]), float(graph.lon_deg[start])
    try:
        runs = driving(
            "one",
            "two",
            day=day,
            origin_end=end("one", lat, lon),
            destination_end=end("two", lat + north, (lon + east + 180.0) % 360.0 - 180.0),
        )
    except NoPlan as refusal:
        assert {reason.kind for reason in refusal.reasons} <= {"closed-border", "no-route"}
        assert all(reason.cure for reason in refusal.reasons)
        return
    for border in runs.borders:
        assert book.border(border.from_country, border.to_country, day).road in (
            "open",
            "crossings",
        )
