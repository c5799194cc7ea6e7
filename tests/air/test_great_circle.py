"""Great circles against PROJ: every distance, fuel and time of a flight stands on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from retinue.air.great_circle import Gnomonic, Track, arc_points, length_m
from retinue.world.sphere import EARTH_RADIUS_M

SPHERE = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)
ELLIPSOID = Geod(ellps="WGS84")

points = st.tuples(st.floats(-85.0, 85.0), st.floats(-180.0, 180.0))


@given(points, points)
def test_lengths_are_those_of_proj_on_the_sphere(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    _, _, metres = SPHERE.inv(start[1], start[0], end[1], end[0])
    assert length_m([start[0], end[0]], [start[1], end[1]]) == pytest.approx(metres, abs=1.0)


@given(points, points)
def test_the_sphere_is_within_0_57_percent_of_the_ellipsoid(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    # The radius of curvature of WGS 84 runs from 6,335 km (meridian at the equator, 0.56 %
    # below the mean radius) to 6,400 km (poles).
    _, _, metres = ELLIPSOID.inv(start[1], start[0], end[1], end[0])
    assume(1.0 < metres < 19_900_000.0)
    ours = length_m([start[0], end[0]], [start[1], end[1]])
    assert ours == pytest.approx(metres, rel=0.0057)


@given(points, points, st.floats(0.0, 1.0))
def test_points_of_an_arc_divide_it_as_asked(
    start: tuple[float, float], end: tuple[float, float], share: float
) -> None:
    whole = length_m([start[0], end[0]], [start[1], end[1]])
    assume(10.0 < whole < 19_000_000.0)
    lat, lon = arc_points(start, end, np.array([share]))
    first = length_m([start[0], float(lat[0])], [start[1], float(lon[0])])
    second = length_m([float(lat[0]), end[0]], [float(lon[0]), end[1]])
    assert first == pytest.approx(share * whole, abs=1.0)
    assert first + second == pytest.approx(whole, abs=1.0)


@given(points, points)
def test_the_gnomonic_plane_comes_back(
    centre: tuple[float, float], point: tuple[float, float]
) -> None:
    plane = Gnomonic(*centre)
    lat, lon = np.array([point[0]]), np.array([point[1]])
    assume(plane.cosine(lat, lon)[0] > 0.2)
    again = plane.back(plane.forward(lat, lon))
    assert length_m([point[0], again[0][0]], [point[1], again[1][0]]) < 1.0


def test_great_circles_are_straight_in_the_gnomonic_plane() -> None:
    plane = Gnomonic(45.0, 100.0)
    lat, lon = arc_points((30.0, 60.0), (60.0, 150.0), np.linspace(0.0, 1.0, 20))
    drawn = plane.forward(lat, lon)
    along = drawn - drawn[0]
    assert np.abs(along[:, 0] * along[-1, 1] - along[:, 1] * along[-1, 0]).max() < 1e-12


def test_a_track_runs_through_its_points_and_across_the_180th_meridian() -> None:
    track = Track.through([(50.0, 170.0), (52.0, -175.0), (45.0, -160.0)])
    lat, lon = track.at(track.distance_m)
    assert lat == pytest.approx([50.0, 52.0, 45.0])
    assert lon == pytest.approx([170.0, -175.0, -160.0])
    half = track.at(np.array([track.distance_m[1] / 2]))
    assert abs(abs(half[1][0]) - 177.0) < 3.0
