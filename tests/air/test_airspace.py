"""Closed airspace is never entered, and the way around it is hardly longer than the shortest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from retinue.air.airspace import around_closed
from retinue.air.great_circle import Track, length_m
from retinue.errors import InputError, NoPlan
from retinue.world.countries import Countries
from retinue.world.sphere import EARTH_RADIUS_M

SPHERE = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)
TWELVE_NM = 12 * 1852.0

VLADIVOSTOK, INCHEON = (43.396, 132.148), (37.469, 126.451)
WARSAW, PETERSBURG = (52.166, 20.967), (59.8, 30.263)
OSAKA, BEIJING = (34.785, 135.438), (40.08, 116.585)

CASES = [
    (VLADIVOSTOK, INCHEON, ("KP",)),
    (OSAKA, BEIJING, ("KR",)),
    (OSAKA, BEIJING, ("KP", "KR")),
    (WARSAW, PETERSBURG, ("BY", "LT", "LV", "EE")),
    ((52.0, 22.5), (52.5, 34.0), ("BY",)),
    ((65.0, 170.0), (50.0, -140.0), ("US",)),
]


def _length(path: list[tuple[float, float]]) -> float:
    return float(length_m([p[0] for p in path], [p[1] for p in path]))


def _outline(countries: Countries, code: str) -> shapely.Geometry:
    return shapely.make_valid(countries.polygon(code))


def _metres_to(coast: NDArray[np.float64], lat: float, lon: float) -> NDArray[np.float64]:
    count = coast.shape[1]
    _, _, metres = SPHERE.inv(np.full(count, lon), np.full(count, lat), coast[0], coast[1])
    return np.asarray(metres, np.float64)


@pytest.mark.parametrize(("start", "end", "closed"), CASES[:5])
def test_the_track_stays_off_the_land_and_twelve_miles_off_the_coast(
    countries: Countries,
    start: tuple[float, float],
    end: tuple[float, float],
    closed: tuple[str, ...],
) -> None:
    track = Track.through(around_closed(start, end, closed, countries))
    at = np.arange(0.0, track.length_m, 2_000.0)
    lat, lon = track.at(at)
    for code in closed:
        outline = _outline(countries, code)
        assert not shapely.intersects_xy(outline, lon, lat).any()
        coast = shapely.get_coordinates(shapely.segmentize(outline, 0.02))
        for y, x in zip(lat, lon, strict=True):
            if countries.country_at(float(y), float(x), 0.0) is not None:
                continue  # over another country's land the border alone counts
            window = np.abs(coast[:, 1] - y) < 0.5
            window &= np.abs(coast[:, 0] - x) < 1.0
            near = coast[window]
            if len(near):
                assert _metres_to(near.T, float(y), float(x)).min() >= TWELVE_NM - 1.0


def test_the_way_around_is_within_half_a_percent_of_the_shortest(countries: Countries) -> None:
    # Reference kept apart: PROJ's azimuthal plane around the country, its full visibility
    # graph, and scipy's Dijkstra.
    crs = f"+proj=aeqd +lat_0=40.3 +lon_0=127.2 +R={EARTH_RADIUS_M} +units=m"
    there = Transformer.from_crs(f"+proj=longlat +R={EARTH_RADIUS_M}", crs, always_xy=True)
    land = shapely.transform(
        _outline(countries, "KP"), lambda p: np.column_stack(there.transform(p[:, 0], p[:, 1]))
    )
    area = shapely.simplify(shapely.buffer(land, TWELVE_NM, quad_segs=16), 200.0)
    others = [_outline(countries, code) for code in ("KR", "CN", "RU")]
    flat = [
        shapely.transform(
            shapely.clip_by_rect(shape, 120.0, 33.0, 136.0, 46.0),
            lambda p: np.column_stack(there.transform(p[:, 0], p[:, 1])),
        )
        for shape in others
    ]
    area = shapely.difference(area, shapely.union_all([shapely.make_valid(f) for f in flat]))
    inner = shapely.buffer(area, -50.0)
    ends = np.column_stack(
        there.transform([VLADIVOSTOK[1], INCHEON[1]], [VLADIVOSTOK[0], INCHEON[0]])
    )
    hull = shapely.get_coordinates(shapely.simplify(area, 400.0))
    nodes = np.concatenate((ends, hull))
    pairs = np.array(list(itertools.combinations(range(len(nodes)), 2)))
    lines = shapely.linestrings(nodes[pairs])
    shapely.prepare(inner)
    free = pairs[~shapely.intersects(inner, lines)]
    weight = np.hypot(*(nodes[free[:, 0]] - nodes[free[:, 1]]).T)
    size = len(nodes)
    graph = coo_matrix((weight, (free[:, 0], free[:, 1])), shape=(size, size)).tocsr()
    shortest = dijkstra(graph, directed=False, indices=0)[1]
    ours = _length(around_closed(VLADIVOSTOK, INCHEON, ("KP",), countries))
    assert shortest * 0.997 <= ours <= shortest * 1.005


@pytest.mark.parametrize(("start", "end", "closed"), CASES)
def test_there_and_back_are_equally_long(
    countries: Countries,
    start: tuple[float, float],
    end: tuple[float, float],
    closed: tuple[str, ...],
) -> None:
    there = _length(around_closed(start, end, closed, countries))
    back = _length(around_closed(end, start, closed, countries))
    assert there == pytest.approx(back, rel=1e-3)


@given(
    st.tuples(st.floats(33.0, 45.0), st.floats(118.0, 136.0)),
    st.tuples(st.floats(33.0, 45.0), st.floats(118.0, 136.0)),
)
@settings(max_examples=25, deadline=None)
def test_no_track_ever_crosses_closed_land(
    countries: Countries, start: tuple[float, float], end: tuple[float, float]
) -> None:
    try:
        track = Track.through(around_closed(start, end, ("KP",), countries))
    except NoPlan as refused:
        assert "lies in closed airspace" in refused.reasons[0].what
        outline = _outline(countries, "KP")
        coast = shapely.get_coordinates(shapely.segmentize(outline, 0.05)).T
        assert any(
            shapely.intersects_xy(outline, lon, lat)
            or _metres_to(coast, lat, lon).min() <= TWELVE_NM * 1.05
            for lat, lon in (start, end)
        )
        return
    lat, lon = track.at(np.arange(0.0, track.length_m, 3_000.0))
    assert "KP" not in countries.country_at(lat, lon, 0.0)
    assert track.length_m >= _length([start, end]) - 1.0


def test_closing_more_never_shortens_the_way(countries: Countries) -> None:
    lengths = [
        _length(around_closed(OSAKA, BEIJING, closed, countries))
        for closed in ((), ("KR",), ("KP", "KR"))
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[1] < lengths[2]


def test_a_country_off_the_way_does_not_bend_it(countries: Countries) -> None:
    assert around_closed(VLADIVOSTOK, BEIJING, ("JP", "BR"), countries) == [VLADIVOSTOK, BEIJING]


def test_a_neighbouring_aerodrome_beside_the_border_stays_usable(countries: Countries) -> None:
    dandong = (40.025, 124.286)  # ZYDD, 10 km from the DPRK
    path = around_closed(dandong, BEIJING, ("KP",), countries)
    assert path[0] == dandong


def test_an_end_in_closed_airspace_or_shut_in_is_refused(countries: Countries) -> None:
    maseru, gaborone = (-29.46, 27.55), (-24.555, 25.918)
    with pytest.raises(NoPlan) as caught:
        around_closed((-26.0, 28.2), gaborone, ("ZA",), countries, names=("A", "B"))
    assert caught.value.reasons[0].kind == "closed-country"
    assert caught.value.reasons[0].where == "A"
    with pytest.raises(NoPlan) as caught:  # Lesotho lies within South Africa
        around_closed(maseru, gaborone, ("ZA",), countries)
    assert "all around" in caught.value.reasons[0].what


def test_a_code_that_is_no_countrys_is_refused(countries: Countries) -> None:
    with pytest.raises(InputError, match="XX"):
        around_closed(OSAKA, BEIJING, ("XX",), countries)
