"""Drawings of traffic are to scale, say what overlaps, and put nobody on a track that is taken."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.plan import Plan
from retinue.plan.traffic import ResourceRecord, TrafficRecord, TrainPass, TrainPath
from retinue.report.drawing import PAPER, SCREEN
from retinue.report.station_occupation_chart import (
    draw_station_occupation,
    given_out,
    station_of,
)
from retinue.report.time_distance_chart import draw_time_distance, time_span
from retinue.report.traffic_route import TrafficRoute, convoy_of, overlaps, route_of
from tests.report.sample_traffic import PLACES, ZONE, sample_traffic

RECORD = sample_traffic()


def _sample_route() -> TrafficRoute:
    route = route_of(RECORD, zone=ZONE)
    assert route is not None
    return route


ROUTE = _sample_route()


def paths(svg: str, css: str) -> list[list[tuple[float, float]]]:
    found = re.findall(rf'<path class="{css}" d="([^"]+)"', svg)
    return [
        [(float(p.split()[0]), float(p.split()[1])) for p in data.lstrip("M").split("L")]
        for whole in found
        for data in whole.split("M")
        if data
    ]


def words(svg: str) -> list[str]:
    return [
        "".join(e.itertext()) for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")
    ]


def test_places_follow_each_other_by_their_distance() -> None:
    assert [station.name for station in ROUTE.stations] == [name for name, _, _ in PLACES]
    # Coordinates were made from kilometres along a meridian: 111.2 km a degree, to 0.1 %.
    for station, (_, km, _) in zip(ROUTE.stations, PLACES, strict=True):
        assert station.distance_m == pytest.approx(km * 1000, rel=1e-3, abs=1.0)
    ranks = {station.name: station.rank for station in ROUTE.stations}
    assert (ranks["Adorf"], ranks["Ehau"], ranks["Cham"]) == (0, 1, 2)


def test_blocks_share_the_way_between_two_places_and_the_other_track_lies_beside() -> None:
    names = {resource.name: resource.id for resource in RECORD.resources}
    first = ROUTE.spans[names["Adorf - Bergheim Ost, block 1"]]
    assert first == pytest.approx((0.0, 3000.0), rel=1e-3)
    assert ROUTE.spans[names["Adorf - Bergheim Ost, block 1 back"]] == first
    assert ROUTE.evenly


def test_chainages_of_the_record_and_of_the_plan_win(sample: Plan) -> None:
    said = RECORD.model_copy(
        update={
            "resources": tuple(
                r.model_copy(update={"from_m": 1000.0 * r.id, "to_m": 1000.0 * r.id})
                for r in RECORD.resources
            )
        }
    )
    route = route_of(said, zone=ZONE)
    assert route is not None
    assert not route.evenly
    assert route.chainage["Bergheim Ost"] == 1000.0
    rail = sample.legs[1]
    renamed = {"Adorf": "Pyongyang", "Bergheim Ost": "Kowon"}
    convoy = convoy_of(RECORD)[0]
    calls = tuple(
        call.model_copy(update={"place": renamed[call.place]}) for call in convoy.calls[:2]
    )
    short = RECORD.model_copy(
        update={"trains": (convoy.model_copy(update={"calls": calls, "passes": ()}),)}
    )
    by_leg = route_of(short, rail)
    assert by_leg is not None
    assert by_leg.chainage == {"Pyongyang": 0.0, "Kowon": 213_000.0}
    assert by_leg.zone == rail.from_.zone


def test_the_special_train_is_drawn_where_it_is() -> None:
    chart = draw_time_distance(RECORD, ROUTE, 507, 420)
    (line,) = paths(chart.svg, "string main")
    main = convoy_of(RECORD)[0]
    expected = []
    for call in main.calls:
        place = chart.y.at(ROUTE.chainage[call.place])
        expected.append((chart.x.at(call.arrive_utc), place))
        if call.stops:
            expected.append((chart.x.at(call.depart_utc), place))
    assert np.array(line) == pytest.approx(np.array(expected), abs=0.01)


def test_altered_trains_are_drawn_before_and_after_and_conflicts_marked_once() -> None:
    svg = draw_time_distance(RECORD, ROUTE, 507, 420).svg
    assert len(paths(svg, "before")) == 3  # the cancelled one, too
    assert len(paths(svg, "after")) == 2
    # Two blocks of one pair are one mark; the timetable's own is another, smaller; both are
    # in the key again.
    assert svg.count('class="conflict"') == 2
    assert svg.count('class="known"') == 2
    assert 'class="window"' in svg


def test_a_cancelled_train_that_is_still_listed_is_not_drawn_as_if_it_ran() -> None:
    gone = next(one for one in RECORD.altered if not one.new_calls)
    listed = RECORD.trains[-1].model_copy(
        update={"id": gone.id, "calls": gone.old_calls, "passes": (), "special": False}
    )
    record = RECORD.model_copy(update={"trains": (*RECORD.trains, listed)})
    svg = draw_time_distance(record, ROUTE, 507, 420).svg
    assert len(paths(svg, "before")) == 3
    assert len(paths(svg, "after")) == 2


def test_the_key_names_only_what_is_drawn() -> None:
    plain = RECORD.model_copy(update={"altered": (), "windows": (), "trains": RECORD.trains[:3]})
    told = words(draw_time_distance(plain, ROUTE, 507, 420).svg)
    assert "blocked for the convoy" in told
    for word in ("altered, before", "held free by a rule", "conflict", "freight", "intercity"):
        assert word not in told
    assert "local time +02" in told


@pytest.mark.parametrize("palette", [PAPER, SCREEN])
@pytest.mark.parametrize("width", [380.0, 507.0, 932.0])
def test_no_word_leaves_the_sheet(palette: object, width: float) -> None:
    from retinue.report.drawing import Palette
    from retinue.report.typeface import text_width

    assert isinstance(palette, Palette)
    graph = draw_time_distance(RECORD, ROUTE, width, 420, palette)
    tracks = draw_station_occupation(RECORD, "Ehau", width, ZONE, palette)
    assert tracks is not None
    for svg in (graph.svg, tracks.svg):
        for element in ElementTree.fromstring(svg).iter():
            if not element.tag.endswith("text"):
                continue
            text = "".join(element.itertext())
            size = float(re.findall(r"font-size:([\d.]+)px", element.get("style", ""))[0])
            wide = text_width(text, size)
            at = float(element.get("x", "0"))
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
            assert at - wide * share >= -12.0, text
            assert at + wide * (1.0 - share) <= width + 12.0, text


def test_names_that_try_to_be_markup_are_words() -> None:
    evil = '</text><script>alert("1")</script>'
    trains = tuple(t if t.special else t.model_copy(update={"title": evil}) for t in RECORD.trains)
    record = RECORD.model_copy(update={"trains": trains})
    for palette in (PAPER, SCREEN):
        svg = draw_time_distance(record, ROUTE, 507, 420, palette).svg
        assert "<script" not in svg
        ElementTree.fromstring(svg)


def test_a_detail_shows_its_stretch_only() -> None:
    begin, end = time_span(RECORD)
    chart = draw_time_distance(
        RECORD, ROUTE, 507, 420, span_s=(begin, (begin + end) / 2), stretch_m=(0.0, 24_100.0)
    )
    told = words(chart.svg)
    assert "Cham" in told
    assert "Hofen" not in told
    for line in paths(chart.svg, "string main"):
        for x, y in line:
            assert chart.x.start - 0.01 <= x <= chart.x.end + 0.01
            assert chart.y.start - 0.01 <= y <= chart.y.end + 0.01


def _held(rows: list[tuple[int, int]], capacity: int, lengths: tuple[float, ...]) -> TrafficRecord:
    station = ResourceRecord(
        id=0, kind="station", name="S", capacity=capacity, lat=0.0, lon=0.0, source="rule",
        track_lengths_m=lengths,
    )  # fmt: skip
    trains = tuple(
        TrainPath(
            id=f"t{k}", title=f"t{k}", train_class="regional", length_m=100.0, calls=(),
            passes=(TrainPass(resource=0, from_utc=float(a), to_utc=float(a + d), direction=0),),
        )
        for k, (a, d) in enumerate(rows)
    )  # fmt: skip
    return TrafficRecord(view="optimistic", resources=(station,), trains=trains)


_ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=12)


@given(_ROWS, st.integers(1, 4), st.booleans())
@settings(max_examples=120)
def test_no_track_holds_two_and_none_is_left_out_without_need(
    rows: list[tuple[int, int]], capacity: int, known: bool
) -> None:
    lengths = (300.0, 200.0, 90.0, 60.0)[:capacity] if known else ()
    record = _held(rows, capacity, lengths)
    station = station_of(record, "S")
    assert station is not None
    stands = given_out(record, station)
    assert len(stands) == len(rows)
    for row in {one.row for one in stands}:
        there = sorted((one.from_s, one.to_s) for one in stands if one.row == row)
        assert all(a[1] <= b[0] for a, b in pairwise(there))
    most = max((sum(a <= t < a + d for a, d in rows) for t in range(61)), default=0)
    beyond = any(one.row >= capacity for one in stands)
    assert beyond == (most > capacity)
    assert bool(overlaps(record)) == (most > capacity)


@given(_ROWS, st.integers(0, 5))
@settings(max_examples=80)
def test_overlaps_are_those_that_counting_every_second_finds(
    rows: list[tuple[int, int]], gap: int
) -> None:
    record = _held(rows, 1, ()).model_copy(update={"minimum_gap_s": float(gap)})
    # On one track, with a gap: some pair is nearer than it.
    naive = any(
        a[0] < b[0] + b[1] + gap and b[0] < a[0] + a[1] + gap
        for k, a in enumerate(rows)
        for b in rows[k + 1 :]
    )
    assert bool(overlaps(record)) == naive


def test_an_overlap_of_the_timetable_itself_is_told_apart() -> None:
    record = _held([(0, 10), (5, 10)], 1, ())
    assert not overlaps(record)[0].known
    named = record.model_copy(update={"known_overlaps": (("t1", "t0", 0),)})
    assert overlaps(named)[0].known


def test_a_train_without_a_track_is_told_unless_the_timetable_has_it_so() -> None:
    record = _held([(0, 100), (50, 100)], 1, ())
    chart = draw_station_occupation(record, "S", 507, ZONE, span_s=(0.0, 200.0))
    assert chart is not None
    assert "no track left" in words(chart.svg)
    named = record.model_copy(update={"known_overlaps": (("t0", "t1", 0),)})
    known = draw_station_occupation(named, "S", 507, ZONE, span_s=(0.0, 200.0))
    assert known is not None
    assert "by timetable" in words(known.svg)


def test_the_way_of_the_record_wins_over_coordinates() -> None:
    from retinue.plan.traffic import RoutePlace

    way = tuple(RoutePlace(place=n, at_m=km * 900.0, zone="Asia/Tokyo") for n, km, _ in PLACES)
    route = route_of(RECORD.model_copy(update={"route": way}))
    assert route is not None
    assert route.zone == "Asia/Tokyo"
    assert route.chainage["Ilanz"] == 82 * 900.0


def test_a_halt_without_tracks_of_its_own_lies_between_its_neighbours() -> None:
    named = tuple(
        r.model_copy(update={"name": "nowhere"}) if r.name == "Cham" else r
        for r in RECORD.resources
    )
    route = route_of(RECORD.model_copy(update={"resources": named}), zone=ZONE)
    assert route is not None
    # The main train runs at one speed: by time is by distance.
    assert route.chainage["Cham"] == pytest.approx(17_000.0, rel=0.01)


def test_a_record_without_a_special_train_has_no_route() -> None:
    others = RECORD.model_copy(update={"trains": RECORD.trains[3:]})
    assert route_of(others) is None
    assert draw_station_occupation(others, "Nowhere", 507, ZONE) is None
    assert draw_station_occupation(others, "Ehau", 507, ZONE, span_s=time_span(RECORD)) is not None
