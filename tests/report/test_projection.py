"""Maps keep true shapes: the projections agree with PROJ, and the frame shows what it must."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Proj

from retinue.report.projection import (
    EARTH_RADIUS_M,
    Frame,
    LambertConformal,
    Mercator,
    choose_projection,
    unwrapped,
)


@pytest.mark.parametrize(
    ("lat0", "lat1", "lat2"), [(41.0, 39.0, 43.0), (-30.0, -35.0, -25.0), (60.0, 60.0, 60.0)]
)
def test_lambert_agrees_with_proj(lat0: float, lat1: float, lat2: float) -> None:
    ours = LambertConformal(130.0, lat0, lat1, lat2)
    theirs = Proj(proj="lcc", lon_0=130, lat_0=lat0, lat_1=lat1, lat_2=lat2, R=EARTH_RADIUS_M)
    lon = np.linspace(115, 145, 7)
    lat = np.linspace(lat0 - 12, lat0 + 12, 7)
    x, y = ours.forward(lon, lat)
    assert np.allclose((x, y), theirs(lon, lat), atol=0.01)
    # The scale at a standard parallel is one by definition.
    assert ours.scale(lat1) == pytest.approx(1.0)


def test_mercator_agrees_with_proj() -> None:
    ours = Mercator(100.0, 20.0)
    theirs = Proj(proj="merc", lon_0=100, lat_ts=20, R=EARTH_RADIUS_M)
    lon, lat = np.linspace(80, 120, 5), np.linspace(-30, 40, 5)
    assert np.allclose(ours.forward(lon, lat), theirs(lon, lat), atol=0.01)


@given(st.floats(-80, 70), st.floats(0.5, 30), st.floats(-180, 180), st.floats(1, 100))
def test_going_there_and_back_changes_nothing(
    south: float, tall: float, west: float, wide: float
) -> None:
    north = min(south + tall, 80.0)
    projection = choose_projection(west, south, west + wide, north)
    lon, lat = np.linspace(west, west + wide, 5), np.linspace(south, north, 5)
    back = projection.inverse(*projection.forward(lon, lat))
    assert np.allclose(back, (lon, lat), atol=1e-6)


def test_a_frame_shows_all_points_and_its_window_covers_the_sheet() -> None:
    lon, lat = np.array([125.7, 131.9, 129.0]), np.array([39.0, 43.1, 46.0])
    frame = Frame.around(lon, lat, 500, 300, margin=30)
    x, y = frame.to_sheet(lon, lat)
    assert x.min() >= 29.9 and x.max() <= 470.1 and y.min() >= 29.9 and y.max() <= 270.1
    west, south, east, north = frame.window()
    corners = frame.to_degrees(np.array([0, 500, 0, 500]), np.array([0, 0, 300, 300]))
    assert west < corners[0].min() and corners[0].max() < east
    assert south < corners[1].min() and corners[1].max() < north


def test_longitudes_do_not_jump_at_the_180th_meridian() -> None:
    assert unwrapped([178, 179, -179, -178]).tolist() == [178, 179, 181, 182]
