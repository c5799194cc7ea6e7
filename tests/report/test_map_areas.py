"""Airspace that a flight avoids is hatched on maps; a march's map shows what lies along it."""

from __future__ import annotations

import re

import numpy as np

from retinue.plan import Plan
from retinue.report.drawing import PAPER
from retinue.report.map_areas import MapArea, leg_areas
from retinue.report.map_drawing import MapRoute, MapStop, draw_map, leg_map
from retinue.report.map_land import MapLand
from retinue.report.road_map import road_map
from tests.report.sample_details import flown, marched


def test_only_what_is_avoided_is_drawn(sample: Plan) -> None:
    leg = flown(sample)
    assert [area.name for area in leg_areas(leg)] == ["R-99"]
    svg = leg_map(leg, None, 500.0, 400.0).svg
    assert svg.count('class="area"') == 1 and "restricted airspace, avoided" in svg
    assert PAPER.closed in svg


def test_a_map_without_areas_has_no_key(sample: Plan, land: MapLand) -> None:
    svg = leg_map(sample.legs[0], land, 500.0, 400.0).svg
    assert "restricted airspace" not in svg


def test_an_area_off_the_sheet_is_left_out() -> None:
    far = MapArea("far", np.array([10.0, 11.0, 11.0]), np.array([0.0, 0.0, 1.0]))
    route = MapRoute(np.array([130.0, 131.0]), np.array([40.0, 41.0]), "air")
    svg = draw_map([route], [MapStop("a", 130.0, 40.0)], None, 300.0, 300.0, areas=[far]).svg
    assert 'class="area"' not in svg


def test_hatching_stays_in_the_area_over_the_180th_meridian() -> None:
    area = MapArea("R", np.array([179.0, -179.0, -179.0, 179.0]), np.array([40.0, 40, 41, 41]))
    route = MapRoute(np.array([178.0, -178.0]), np.array([39.0, 42.0]), "air")
    stops = [MapStop("a", 178.0, 39.0), MapStop("b", -178.0, 42.0)]
    sheet = draw_map([route], stops, None, 300.0, 300.0, areas=[area])
    west, east = (
        float(sheet.frame.to_sheet(np.array([lon]), np.array([40.0]))[0][0]) for lon in (179, 181)
    )
    hatching = re.search(rf'<path d="([^"]*)" style="fill:none;stroke:{PAPER.closed}', sheet.svg)
    assert hatching is not None
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) ", hatching[1])]
    assert west - 3 <= min(xs) and max(xs) <= east + 3 and east > west


def test_the_map_of_a_march_names_its_marks(sample: Plan, land: MapLand) -> None:
    svg = road_map(marched(sample), land, 500.0, 400.0)
    for words in ("1 choke points", "1 safe havens", "1 junctions nobody can hold", "other routes"):
        assert words in svg


def test_a_march_on_coarse_roads_has_no_map_of_its_own(vladivostok: Plan, land: MapLand) -> None:
    assert road_map(vladivostok.legs[0], land, 500.0, 400.0) == ""
