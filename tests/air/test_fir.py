"""Flight information regions: where a track enters and leaves each, gaps and overlaps named."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from retinue.air.fir import Firs, fir_crossings, load_firs
from retinue.air.great_circle import Track
from retinue.errors import InputError
from retinue.world.sphere import EARTH_RADIUS_M

SPHERE = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)


def _box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def _feature(coordinates: Any, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _firs(folder: Path, *features: dict[str, Any]) -> Firs:
    path = folder / "firs.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return load_firs("firs.geojson", folder)


def test_a_track_along_the_equator_meets_each_region_at_its_meridian(tmp_path: Path) -> None:
    firs = _firs(
        tmp_path,
        _feature(_box(0, -10, 10, 10), icao="AAAA", name="West"),
        _feature(_box(10, -10, 20, 10), name="East"),
    )
    found = fir_crossings(Track.through([(0.0, 5.0), (0.0, 18.0)]), firs)
    assert [s.text for s in found] == ["AAAA West", "East"]
    metres = SPHERE.inv(5.0, 0.0, 10.0, 0.0)[2]
    assert found[0].exit_m == found[1].enter_m == pytest.approx(metres, abs=1.0)
    assert (found[1].lat, found[1].lon) == pytest.approx((0.0, 10.0), abs=1e-6)


def test_gaps_and_overlaps_are_reported(tmp_path: Path) -> None:
    firs = _firs(
        tmp_path,
        _feature(_box(0, -10, 10, 10), icao="AAAA"),
        _feature(_box(8, -10, 12, 10), icao="BBBB"),
        _feature(_box(15, -10, 20, 10), icao="CCCC"),
    )
    found = fir_crossings(Track.through([(0.0, 5.0), (0.0, 18.0)]), firs)
    assert [(s.ident, s.also) for s in found] == [
        ("AAAA", ()), ("AAAA", ("BBBB",)), ("BBBB", ()), ("", ()), ("CCCC", ()),
    ]  # fmt: skip
    assert found[3].text == "no region of the file"


@pytest.mark.parametrize(
    "coordinates",
    [
        [[[170, 40], [-170, 40], [-170, 60], [170, 60], [170, 40]]],  # uncut
        [[[170, 40], [190, 40], [190, 60], [170, 60], [170, 40]]],  # runs on past 180
        [[[-190, 40], [-170, 40], [-170, 60], [-190, 60], [-190, 40]]],
    ],
)
def test_a_region_across_the_180th_meridian_is_one_region(
    tmp_path: Path, coordinates: list[list[list[float]]]
) -> None:
    firs = _firs(tmp_path, _feature(coordinates, icao="NFFF"))
    for start, end in (((50.0, 160.0), (50.0, -160.0)), ((50.0, -160.0), (50.0, 160.0))):
        found = fir_crossings(Track.through([start, end]), firs)
        assert [s.ident for s in found] == ["", "NFFF", ""]
        assert abs(abs(found[1].lon) - 170.0) < 1e-6


def test_a_region_cut_at_the_180th_meridian_is_one_stretch(tmp_path: Path) -> None:
    both = [_box(170, 40, 180, 60), _box(-180, 40, -170, 60)]
    firs = _firs(tmp_path, _feature(both, "MultiPolygon", icao="NFFF"))
    found = fir_crossings(Track.through([(50.0, 160.0), (50.0, -160.0)]), firs)
    assert [s.ident for s in found] == ["", "NFFF", ""]


def test_a_region_around_the_pole_holds_it(tmp_path: Path) -> None:
    ring = [[[lon, 70.0] for lon in (0, 60, 120, 180, -120, -60, 0)]]
    firs = _firs(tmp_path, _feature(ring, icao="NPOL"))
    found = fir_crossings(Track.through([(60.0, 10.0), (60.0, -170.0)]), firs)
    assert [s.ident for s in found] == ["", "NPOL", ""]
    assert found[1].exit_m - found[1].enter_m == pytest.approx(
        SPHERE.inv(10.0, 70.0, -170.0, 70.0)[2], rel=1e-4
    )


@given(
    st.tuples(st.floats(-60, 60), st.floats(-180, 180)),
    st.tuples(st.floats(-60, 60), st.floats(-180, 180)),
)
def test_stretches_cover_the_track_and_lie_in_their_region(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    import shapely

    from retinue.air.fir import Fir

    columns = [(w, _box(w, -80, w + 45, 80)) for w in range(-180, 180, 45)]
    shapes = np.array([shapely.Polygon(box[0]) for _, box in columns], dtype=object)
    firs = Firs(tuple(Fir(f"C{w}", "") for w, _ in columns), shapes, "columns", "")
    track = Track.through([start, end])
    if track.length_m < 10.0:
        return
    found = fir_crossings(track, firs)
    assert found[0].enter_m == 0.0
    assert found[-1].exit_m == pytest.approx(track.length_m)
    for one, following in itertools.pairwise(found):
        assert one.exit_m == following.enter_m
    for stretch in found:
        if stretch.exit_m - stretch.enter_m > 100.0:
            middle = np.array([(stretch.enter_m + stretch.exit_m) / 2])
            lon = track.at(middle)[1][0]
            if stretch.ident:
                west = int(stretch.ident[1:])
                assert -0.1 <= (lon - west + 180.0) % 360.0 - 180.0 <= 45.1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[1, 2]", "FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "FeatureCollection"),
        ('{"features": [7]}', "neither designator nor name"),
        ('{"features": [{"properties": {"name": "A"}}]}', "Polygon or MultiPolygon"),
        (
            '{"features": [{"properties": {"name": "A"}, "geometry":'
            ' {"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [0, 1]]]}}]}',
            "cannot be read",
        ),
        (
            '{"features": [{"properties": {"name": "A"}, "geometry":'
            ' {"type": "Polygon", "coordinates": "here"}}]}',
            "cannot be read",
        ),
        (
            '{"features": [{"properties": {"name": "A"}, "geometry":'
            ' {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}}]}',
            "empty",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "firs.geojson").write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        load_firs("firs.geojson", tmp_path)
    assert "firs.geojson" in caught.value.where


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.geojson"):
        load_firs("nowhere.geojson", tmp_path, "journey.yaml:7: legs")
