"""Aerodromes in range along a track: the nearest that would really do, and the widest gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from retinue.air.alternates import alternates_along, destination_alternates, farthest_gap
from retinue.air.great_circle import Track
from retinue.world.aerodromes import Aerodrome, Aerodromes
from retinue.world.places import Gazetteer
from retinue.world.sphere import EARTH_RADIUS_M

SPHERE = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)
VLADIVOSTOK, INCHEON = (43.396, 132.148), (37.469, 126.451)


@pytest.fixture(scope="module")
def all_aerodromes(gazetteer: Gazetteer) -> list[Aerodrome]:
    table = gazetteer.aerodromes
    return [table.at(row) for row in range(len(table))]


@given(
    st.tuples(st.floats(-60, 75), st.floats(-180, 180)),
    st.tuples(st.floats(-60, 75), st.floats(-180, 180)),
    st.sampled_from([1500.0, 2500.0, 3300.0]),
)
@settings(max_examples=8)
def test_the_nearest_is_that_of_a_full_count(
    gazetteer: Gazetteer,
    all_aerodromes: list[Aerodrome],
    start: tuple[float, float],
    end: tuple[float, float],
    needed: float,
) -> None:
    closed = {"RU", "US"}
    track = Track.through([start, end])
    found = alternates_along(
        track, gazetteer.aerodromes, lambda a: needed, closed_countries=closed, every_m=2e6
    )
    fits = [
        a
        for a in all_aerodromes
        if a.country not in closed
        and a.kind in ("large_airport", "medium_airport")
        and any((r.length_m or 0.0) >= needed and r.paved is not False for r in a.runways)
    ]
    lat, lon = np.array([a.lat for a in fits]), np.array([a.lon for a in fits])
    for point in found:
        count = np.ones(len(fits))
        metres = SPHERE.inv(point.lon * count, point.lat * count, lon, lat)[2]
        if metres.min() > 3e6:
            assert point.nearest is None
        else:
            assert point.nearest is not None
            assert point.nearest.distance_m == pytest.approx(metres.min(), abs=1.0)


def test_points_stand_at_both_ends_and_no_farther_apart_than_asked(gazetteer: Gazetteer) -> None:
    track = Track.through([VLADIVOSTOK, INCHEON])
    found = alternates_along(track, gazetteer.aerodromes, lambda a: 2000.0, every_m=100_000.0)
    at = [p.at_m for p in found]
    assert at[0] == 0.0
    assert at[-1] == pytest.approx(track.length_m)
    assert max(np.diff(at)) <= 100_000.0


def test_a_closed_country_gives_no_alternate(gazetteer: Gazetteer) -> None:
    track = Track.through([VLADIVOSTOK, INCHEON])
    aerodromes: Aerodromes = gazetteer.aerodromes
    free = alternates_along(track, aerodromes, lambda a: 2000.0)
    shut = alternates_along(track, aerodromes, lambda a: 2000.0, closed_countries={"KP", "KR"})
    assert {p.nearest.aerodrome.country for p in free if p.nearest} & {"KP", "KR"}
    assert not {p.nearest.aerodrome.country for p in shut if p.nearest} & {"KP", "KR"}
    one, two = farthest_gap(free), farthest_gap(shut)
    assert one is not None
    assert two is not None
    assert one.nearest is not None
    assert two.nearest is not None
    assert two.nearest.distance_m >= one.nearest.distance_m


def test_a_point_without_any_is_the_widest_gap(gazetteer: Gazetteer) -> None:
    # Auckland to Santiago: the South Pacific has no runway within 1,000 km for hours.
    track = Track.through([(-37.0, 174.8), (-33.4, -70.8)])
    found = alternates_along(
        track, gazetteer.aerodromes, lambda a: 2500.0, every_m=500_000.0, within_m=1e6
    )
    gap = farthest_gap(found)
    assert gap is not None
    assert gap.nearest is None
    assert farthest_gap([]) is None


def test_the_destination_is_no_alternate_of_its_own(gazetteer: Gazetteer) -> None:
    aerodromes = gazetteer.aerodromes
    incheon = aerodromes.by_code("RKSI")
    assert incheon is not None
    found = destination_alternates(
        incheon, aerodromes, lambda a: 2500.0, closed_countries=("KP",), least_m=100_000.0
    )
    assert found
    assert all(a.aerodrome.icao != "RKSI" for a in found)
    assert all(a.distance_m >= 100_000.0 for a in found)
    assert [a.distance_m for a in found] == sorted(a.distance_m for a in found)
    assert all(a.aerodrome.country != "KP" for a in found)
