"""Restricted areas: read with care, heeded where they touch the flight, and flown around."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from retinue.air.airspace import around_closed
from retinue.air.area_shape import circle_ring, holds, polygon_ring, strip_ring
from retinue.air.areas import RestrictedArea, areas_in_force, known_areas, load_areas
from retinue.air.great_circle import Track, length_m
from retinue.clock import parse_moment
from retinue.errors import InputError, NoPlan
from retinue.journey import load_journey
from retinue.world.countries import Countries
from retinue.world.places import Gazetteer
from retinue.world.sphere import EARTH_RADIUS_M

SPHERE = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)
OSAKA, BEIJING = (34.785, 135.438), (40.08, 116.585)
HEAD = "retinue areas: 1\nareas:\n"
GOOD = """  - name: R-1
    circle: {centre: "37.2,124.9", radius: 30 km}
    lower: 0 m
    upper: 9000 m
    active: [{from: 2018-02-09 00:00 UTC, until: 2018-02-09 12:00 UTC}]
    source: test
    confidence: assumed
"""


def _length(path: list[tuple[float, float]]) -> float:
    return length_m([p[0] for p in path], [p[1] for p in path])


def _loaded(folder: Path, text: str) -> RestrictedArea:
    (folder / "mine.yaml").write_text(HEAD + text)
    return load_areas(["mine.yaml"], folder)[0]


def test_a_file_of_areas_is_read(tmp_path: Path) -> None:
    area = _loaded(tmp_path, GOOD)
    assert (area.name, area.lower_m, area.upper_m) == ("R-1", 0.0, 9000.0)
    begin = parse_moment("2018-02-09 00:00 UTC")
    assert area.active == ((begin, begin + 12 * 3600.0),)
    assert area.source == "test"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("radius: 30 km", "radius: 30", "lacks a unit"),
        ("radius: 30 km", "radius: -3 km", "too small"),
        ("radius: 30 km", "radius: 90000 km", "too large"),
        ('"37.2,124.9"', '"north"', "latitude"),
        ('"37.2,124.9"', '"97.2,124.9"', "outside the Earth"),
        ('"37.2,124.9"', '"nan,124.9"', "outside the Earth"),
        ("upper: 9000 m", "upper: 0 m", "too small"),
        ("lower: 0 m", "lower: 9500 m", "not above"),
        ("12:00 UTC}]", "12:00}]", "zone"),
        ("until: 2018-02-09", "until: 2018-02-08", "before it begins"),
        ("circle:", "round:", "not known"),
        ("    circle:", '    polygon: ["1,2", "3,4", "3,1"]\n    circle:', "one of"),
        ('circle: {centre: "37.2,124.9", radius: 30 km}', "kind: danger", "no outline"),
        (
            'circle: {centre: "37.2,124.9", radius: 30 km}',
            'polygon: ["0,0", "1,1", "0,1", "1,0"]',
            "unsound",
        ),
        ('circle: {centre: "37.2,124.9", radius: 30 km}', 'polygon: ["0,0", "1,1"]', "three"),
        ('circle: {centre: "37.2,124.9", radius: 30 km}', 'line: ["0,0", "1,1"]', "within"),
        (
            'circle: {centre: "37.2,124.9", radius: 30 km}',
            'polygon: ["0,0", "0,120", "0,-120"]',
            "40 degrees",
        ),
    ],
)
def test_a_faulty_area_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    with pytest.raises(InputError, match=said) as caught:
        _loaded(tmp_path, GOOD.replace(old, new, 1))
    assert "mine.yaml:" in caught.value.where


def test_a_missing_file_is_named_where_the_journey_names_it() -> None:
    with pytest.raises(InputError, match="nowhere") as caught:
        load_areas(["nowhere"], None, "journey.yaml:9: restricted areas")
    assert caught.value.where == "journey.yaml:9: restricted areas"


@pytest.mark.parametrize("name", ["korea-demarcation", "korea-seoul"])
def test_shipped_areas_are_sound_and_sourced(name: str) -> None:
    assert name in known_areas()
    for area in load_areas([name]):
        assert area.source
        assert len(area.ring) >= 3


@given(st.floats(-85, 85), st.floats(-180, 180), st.floats(1e3, 2e6), st.floats(0, 360))
def test_a_circle_holds_all_within_its_radius_and_little_more(
    lat: float, lon: float, radius: float, turn: float
) -> None:
    ring = circle_ring((lat, lon), radius)
    for share, inside in ((0.0, True), (0.9999, True), (1.003, False)):
        x, y, _ = SPHERE.fwd(lon, lat, turn, radius * share)
        assert holds(ring, (y, x)) is inside


@pytest.mark.parametrize(
    ("ring", "inside", "outside"),
    [
        (((50, 170), (50, -170), (60, -170), (60, 170)), (55, 180), (55, 160)),
        (((80, 0), (80, 90), (80, 180), (80, -90)), (89, 45), (75, 45)),
        (((-80, 0), (-80, 120), (-80, -120)), (-90, 0), (-70, 0)),
    ],
)
def test_areas_may_lie_across_the_180th_meridian_or_a_pole(
    countries: Countries,
    ring: tuple[tuple[float, float], ...],
    inside: tuple[float, float],
    outside: tuple[float, float],
) -> None:
    assert holds(polygon_ring(ring), inside)
    assert not holds(polygon_ring(ring), outside)
    area = RestrictedArea("A", polygon_ring(ring))
    lat = outside[0]
    start, end = (lat, outside[1]), (lat, outside[1] + 180.0 if abs(lat) > 60 else -160.0)
    direct = _length([start, end])
    around = around_closed(start, end, (), countries, areas=[area])
    assert direct < _length(around) < 1.5 * direct
    back = around_closed(end, start, (), countries, areas=[area])
    assert _length(back) == pytest.approx(_length(around), rel=1e-3)


def test_a_strip_holds_what_lies_within_its_width() -> None:
    ring = strip_ring([(38.0, 126.0), (38.0, 128.0)], 10_000.0)
    assert holds(ring, (38.08, 127.0))
    assert not holds(ring, (38.11, 127.0))
    assert not holds(ring, (38.0, 125.85))


@pytest.mark.parametrize(
    ("area", "cruise", "ignored"),
    [
        ({"lower_m": 12_000.0}, 10_000.0, "above the cruise"),
        ({"upper_m": 3_000.0}, 10_000.0, "below the cruise"),
        ({"upper_m": 12_000.0}, 10_000.0, ""),
        ({"active": ((0.0, 100.0),)}, 10_000.0, "not during the flight"),
        ({"active": ((0.0, 100.0), (1500.0, 1600.0))}, 10_000.0, ""),
    ],
)
def test_an_area_that_does_not_touch_the_flight_is_ignored_and_said(
    area: dict[str, float], cruise: float, ignored: str
) -> None:
    made = RestrictedArea("A", circle_ring((50.0, 60.0), 50_000.0), **area)  # type: ignore[arg-type]
    found = areas_in_force(
        [made], cruise_m=cruise, ends=[(50.0, 40.0), (50.0, 80.0)], time_s=(1000.0, 2000.0)
    )
    assert bool(found.avoided) is not bool(ignored)
    assert all(ignored in why for _, why in found.ignored)


def test_a_low_area_counts_where_the_flight_climbs() -> None:
    low = RestrictedArea("A", circle_ring((50.0, 41.0), 20_000.0), upper_m=3000.0)
    found = areas_in_force([low], cruise_m=10_000.0, ends=[(50.0, 40.0), (50.0, 80.0)])
    assert found.avoided == (low,)


def test_an_end_within_an_area_is_refused_by_its_name(countries: Countries) -> None:
    area = RestrictedArea("P-9", circle_ring(OSAKA, 20_000.0))
    with pytest.raises(NoPlan) as caught:
        around_closed(OSAKA, BEIJING, (), countries, areas=[area], names=("Osaka", "Beijing"))
    assert caught.value.reasons[0].kind == "restricted-area"
    assert "P-9" in caught.value.reasons[0].what
    assert caught.value.reasons[0].where == "Osaka"


def test_the_way_around_a_circle_is_two_tangents_and_an_arc(countries: Countries) -> None:
    # Spherical trigonometry: the tangent from a distance d to a circle of radius r has the
    # length acos(cos d / cos r); the arc between spans pi - 2 acos(tan r / tan d) at the centre.
    radius, away = 0.05, 0.2
    start = SPHERE.fwd(127.0, 36.0, 90.0, away * EARTH_RADIUS_M)[1::-1]
    end = SPHERE.fwd(127.0, 36.0, 270.0, away * EARTH_RADIUS_M)[1::-1]
    area = RestrictedArea("A", circle_ring((36.0, 127.0), radius * EARTH_RADIUS_M))
    found = _length(around_closed(start, end, (), countries, areas=[area]))
    turn = np.pi - 2 * np.arccos(np.tan(radius) / np.tan(away))
    exact = 2 * np.arccos(np.cos(away) / np.cos(radius)) + np.sin(radius) * turn
    assert exact <= found / EARTH_RADIUS_M <= exact * 1.003


points = st.tuples(st.floats(-70.0, 80.0), st.floats(-180.0, 180.0))


@given(points, points, st.lists(st.tuples(points, st.floats(1e4, 8e5)), min_size=1, max_size=4))
@settings(max_examples=60)
def test_ways_are_symmetric_and_grow_with_what_is_closed(
    countries: Countries,
    start: tuple[float, float],
    end: tuple[float, float],
    circles: list[tuple[tuple[float, float], float]],
) -> None:
    direct = _length([start, end])
    assume(1e5 < direct < 9e6)
    areas = [RestrictedArea(f"A{i}", circle_ring(*c)) for i, c in enumerate(circles)]
    try:
        fewer = _length(around_closed(start, end, (), countries, areas=areas[:-1]))
        there = _length(around_closed(start, end, (), countries, areas=areas))
    except NoPlan as refused:
        with pytest.raises(NoPlan):
            around_closed(end, start, (), countries, areas=areas)
        assert refused.reasons
        return
    back = _length(around_closed(end, start, (), countries, areas=areas))
    assert there == pytest.approx(back, rel=5e-3)
    assert there >= direct - 1.0
    # Both may be up to 0.5 % above their optimum, and the optimum never falls.
    assert there >= fewer * (1.0 - 5e-3)


def test_pyeongchang_2018_stays_out_of_the_closed_airspace_it_names(
    countries: Countries, gazetteer: Gazetteer
) -> None:
    journey = load_journey("pyeongchang-2018").journey
    leg = next(leg.air for leg in journey.legs if leg.air is not None)
    assert leg.restricted_areas == ("korea-demarcation", "korea-seoul")
    areas = load_areas(leg.restricted_areas)
    names = [leg.from_ or "", *leg.via, leg.to]
    stops = [(p.lat, p.lon) for p in (gazetteer.resolve(name) for name in names)]
    # The independent check: PROJ's Korean belt, the armistice line as the pack's two countries
    # share it and the line at sea as the file has it, and a distance of 10 km.
    there = Transformer.from_crs("EPSG:4326", "EPSG:5186", always_xy=True).transform
    land = shapely.intersection(countries.polygon("KP"), countries.polygon("KR"))
    sea = shapely.LineString(
        [(126.67, 37.83), (126.5, 37.8), (126.11, 37.7), (125.75, 37.7), (125.36, 37.68),
         (124.95, 37.9), (124.85, 38.0)]
    )  # fmt: skip
    border = shapely.union(land, sea)
    flat = shapely.transform(border, lambda p: np.column_stack(there(p[:, 0], p[:, 1])))

    def distance_m(path: list[tuple[float, float]]) -> float:
        track = Track.through(path)
        lat, lon = track.at(np.arange(0.0, track.length_m, 500.0))
        line = shapely.linestrings(np.column_stack(there(lon, lat)))
        return float(shapely.distance(line, flat))

    path = [stops[0]]
    for one, two in itertools.pairwise(stops):
        path += around_closed(one, two, leg.closed_countries, countries, areas=areas)[1:]
    assert distance_m(path) > 10_000.0
    # Without the via points too; the direct way would cross the line.
    bare = around_closed(stops[0], stops[-1], (), countries, areas=areas)
    assert distance_m(bare) > 9_000.0
    assert distance_m([stops[0], stops[-1]]) == 0.0
