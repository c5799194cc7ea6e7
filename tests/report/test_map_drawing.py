"""The map shows land and sea, the whole route and the stops' names, and is sound SVG."""

import re
from xml.etree import ElementTree

import numpy as np

from retinue.plan import Plan
from retinue.report.drawing import SCREEN
from retinue.report.map_drawing import (
    ATTRIBUTION,
    MapRoute,
    MapStop,
    draw_map,
    journey_map,
    leg_stops,
)
from retinue.report.map_land import MapLand, Window


def texts(svg: str) -> list[str]:
    return [
        "".join(e.itertext()) for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")
    ]


def test_the_map_names_ends_stops_borders_countries_and_sources(
    sample: Plan, land: MapLand
) -> None:
    written = texts(journey_map(sample, land, 500, 380).svg)
    for name in ("city residence", "Pyongyang", "Vladivostok", "Kowon", "Tumangang", "Khasan"):
        assert written.count(name) == 1
    assert "NORTH KOREA" in written
    assert ATTRIBUTION in written
    assert any(re.fullmatch(r"\d+ km", word) for word in written)


def test_land_and_sea_are_where_they_are(sample: Plan, land: MapLand) -> None:
    import shapely

    sheet = journey_map(sample, land, 500, 380)
    paths = re.findall(r'<path class="land" d="([^"]+)"', sheet.svg)
    rings = [
        np.array([[float(v) for v in point.split()] for point in ring.strip("MZ").split("L")])
        for path in paths
        for ring in re.findall(r"M[^Z]+Z", path)
    ]
    shape = shapely.union_all([shapely.make_valid(shapely.polygons(r)) for r in rings])

    def on_land(lon: float, lat: float) -> bool:
        x, y = sheet.frame.to_sheet(lon, lat)
        return bool(shapely.contains_xy(shape, float(x), float(y)))

    assert on_land(127.5, 41.0)  # the mountains of Chagang
    assert not on_land(131.5, 40.5)  # the open sea off Kim Chaek


def test_without_outlines_the_map_says_so(sample: Plan) -> None:
    assert "no land outlines at hand" in texts(journey_map(sample, None, 500, 380).svg)


def test_a_route_over_the_180th_meridian_is_one_short_line(land: MapLand) -> None:
    route = MapRoute(np.array([177.5, 179.5, -178.5]), np.array([64.7, 65.0, 64.4]), "air")
    stops = [MapStop("Anadyr", 177.5, 64.7, 0), MapStop("east end", -178.5, 64.4, 0)]
    sheet = draw_map([route], stops, land, 500, 380)
    x, _ = sheet.frame.to_sheet(np.array([177.5, 181.5]), np.array([64.7, 64.4]))
    assert 0 < x[0] < x[1] < 500
    assert {"Anadyr", "east end"} <= set(texts(sheet.svg))
    assert 'class="land"' in sheet.svg


def test_names_cannot_break_the_drawing(hostile: Plan, land: MapLand) -> None:
    for palette in (None, SCREEN):
        sheet = journey_map(hostile, land, 500, 380, *([palette] if palette else []))
        root = ElementTree.fromstring(re.sub(r"[\x00-\x08]", "", sheet.svg))
        assert not [e for e in root.iter() if e.tag.endswith(("script", "img"))]


def test_the_same_plan_gives_the_same_map(sample: Plan, land: MapLand) -> None:
    assert journey_map(sample, land, 500, 380).svg == journey_map(sample, land, 500, 380).svg


class Lakes:
    """A square of land with two lakes of different shapes."""

    def land(self, window: Window) -> list[list[np.ndarray]]:
        shell = np.array([[120, 35], [140, 35], [140, 50], [120, 50], [120, 35.0]])
        pond = np.array([[127, 40], [128, 40], [128, 41], [127, 40.0]])
        lake = np.array([[129, 40], [130, 40], [130, 41], [129, 41], [129, 40.0]])
        return [[shell, pond, lake]]

    def coast(self, window: Window) -> list[np.ndarray]:
        return [np.array([[128.0, 40.0], [128.0, 40.0]])]  # an islet too small for its grid

    def borders(self, window: Window) -> list[np.ndarray]:
        return []

    def country_names(self, lon_deg: np.ndarray, lat_deg: np.ndarray) -> list[str]:
        return [""] * len(lon_deg)


def test_lakes_are_holes_in_the_land(sample: Plan) -> None:
    svg = journey_map(sample, Lakes(), 500, 380).svg
    (path,) = re.findall(r'<path class="land" d="([^"]+)"', svg)
    assert path.count("M") == 3


def test_a_key_says_what_each_kind_of_line_is(land: MapLand) -> None:
    lon, lat = np.array([125.0, 130.0]), np.array([39.0, 43.0])
    rail, road = MapRoute(lon, lat, "rail"), MapRoute(lon, lat + 0.2, "road")
    other = MapRoute(lon, lat + 0.4, "air", alternative=True)
    one = draw_map([rail], [], land, 500, 400).svg
    assert not {"rail", "road", "another way"} & set(texts(one))
    several = set(texts(draw_map([rail, road, other], [], land, 500, 400).svg))
    assert {"rail", "road", "another way"} <= several and "air" not in several


def test_no_path_is_empty_and_a_name_left_of_its_point_ends_there(land: MapLand) -> None:
    # Over the ocean there is neither coast nor border.
    lon, lat = np.array([-160.0, -150.0]), np.array([-30.0, -30.0])
    stops = [MapStop("West", -160.0, -30.0, 0), MapStop("East", -150.0, -30.0, 0)]
    svg = draw_map([MapRoute(lon, lat, "air")], stops, land, 500, 400, SCREEN).svg
    assert 'd=""' not in svg
    west = next(e for e in ElementTree.fromstring(svg).iter() if e.text == "West")
    about = float(west.attrib["data-about"].split()[0])
    assert west.attrib["text-anchor"] == "end" and float(west.attrib["x"]) <= about


def test_a_flights_borders_are_not_named_by_codes(sample: Plan) -> None:
    leg = sample.legs[1]
    border = next(e for e in leg.timeline if e.kind == "border")
    coded = border.model_copy(update={"place": "RU", "lat": 42.4, "lon": 130.6})
    told = {"timeline": (*leg.timeline, coded)}
    by_rail, by_air = (leg.model_copy(update=told | {"mode": mode}) for mode in ("rail", "air"))
    assert "RU" in {stop.name for stop in leg_stops(by_rail)}
    assert "RU" not in {stop.name for stop in leg_stops(by_air)}
