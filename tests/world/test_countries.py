"""Which country a point lies in, where a line crosses borders, and what maps draw.

Positions are of public landmarks; their countries need no source, border points name one.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely

from retinue.errors import InputError
from retinue.world.countries import Countries
from retinue.world.outlines import LandOutlines
from retinue.world.pack import load_pack


@pytest.fixture(scope="module")
def countries() -> Countries:
    return load_pack().countries


@pytest.fixture(scope="module")
def land() -> LandOutlines:
    return load_pack().land


@pytest.mark.parametrize(
    ("lat", "lon", "iso2"),
    [
        (39.03, 125.75, "KP"),  # Pyongyang
        (37.57, 126.98, "KR"),  # Seoul
        (43.115, 131.886, "RU"),  # Vladivostok station, on the quay
        (40.117, 124.393, "CN"),  # Dandong, on the bank of the Yalu
        (49.783, 22.768, "PL"),  # Przemysl
        (50.45, 30.52, "UA"),  # Kyiv
        (42.66, 21.16, "XK"),  # Pristina
        (35.19, 33.38, "CY"),  # Nicosia
        (-12.19, 96.83, "CC"),  # Cocos (Keeling) Islands
        (-10.49, 105.63, "CX"),  # Christmas Island
        (45.0, -93.0 + 360.0, "US"),  # a longitude past 180
    ],
)
def test_points_lie_in_their_countries(
    countries: Countries, lat: float, lon: float, iso2: str
) -> None:
    assert countries.country_at(lat, lon) == iso2


def test_a_point_off_the_coast_goes_to_the_nearest_country_and_says_how_far(
    countries: Countries,
) -> None:
    near = countries.locate(42.85, 131.9)
    far = countries.locate(42.85, 131.9, within_m=1_000.0)
    assert near.iso2 == "RU"
    assert 1_000.0 < near.distance_m < 20_000.0
    assert far.iso2 is None
    assert far.distance_m == np.inf
    assert countries.country_at(35.0, 160.0) is None


def test_many_points_give_what_each_gives(countries: Countries) -> None:
    lat, lon = np.array([39.03, 35.0, 50.45]), np.array([125.75, 160.0, 30.52])
    assert countries.country_at(lat, lon) == ["KP", None, "UA"]
    assert [countries.country_at(float(y), float(x)) for y, x in zip(lat, lon, strict=True)] == [
        "KP",
        None,
        "UA",
    ]


def test_a_line_names_its_crossings_in_order(countries: Countries) -> None:
    # Warsaw - Kyiv - Moscow in two straight pieces.
    crossings = countries.crossings([52.23, 50.45, 55.75], [21.01, 30.52, 37.62])
    names = [(c.from_country, c.to_country) for c in crossings]
    assert names[0] == ("PL", "UA") or names[0] == ("PL", "BY")
    assert names[-1] == ("UA", "RU")
    for one, two in pairwise(names):
        assert one[1] == two[0]
    for crossing in crossings:
        assert 0.0 <= crossing.fraction <= 1.0
        assert crossing.index == (0 if crossing.lon_deg < 30.52 else 1)


def test_a_short_visit_inside_one_segment_is_found(countries: Countries) -> None:
    # Straight from France over Monaco's three kilometres and out to sea.
    crossings = countries.crossings([43.80, 43.70], [7.35, 7.45], within_m=0.0)
    assert ("FR", "MC") in [(c.from_country, c.to_country) for c in crossings]


def test_a_short_visit_over_a_border_river_can_be_left_out(countries: Countries) -> None:
    # A straight line along the lower Yalu dips six kilometres across it.
    line = ([40.12, 40.45], [124.40, 124.90])
    every = countries.crossings(*line)
    assert [(c.from_country, c.to_country) for c in every] == [("KP", "CN"), ("CN", "KP")]
    assert countries.crossings(*line, shortest_m=3_000.0) == every
    assert countries.crossings(*line, shortest_m=10_000.0) == []


def test_the_open_sea_is_none_when_asked_strictly(countries: Countries) -> None:
    # Busan - Fukuoka over the Korea Strait, clear of Tsushima by the west end.
    strict = countries.crossings([35.1, 33.6], [129.0, 130.4], within_m=0.0)
    assert strict[0].to_country is None
    assert strict[-1].to_country == "JP"


def test_a_line_over_the_180th_meridian_stays_in_one_country(countries: Countries) -> None:
    # Chukotka reaches across it.
    assert countries.crossings([67.0, 67.0], [179.0, -179.0], within_m=0.0) == []


def test_outlines_names_and_neighbours(countries: Countries) -> None:
    outline = countries.polygon("kp")
    assert outline.contains(shapely.Point(125.75, 39.03))
    assert countries.name("KP") == "North Korea"
    assert set(countries.neighbours("KP")) == {"CN", "KR", "RU"}
    assert countries.capital("RU") == "Moscow"
    assert countries.iso2_of_name("russia") == "RU"
    assert countries.iso2_of_name("PRK") == "KP"
    assert countries.iso2_of_name("Ruritania") is None
    with pytest.raises(InputError, match='"ZZ" is not the code'):
        countries.polygon("ZZ")


def test_every_country_of_the_un_that_has_land_has_an_outline(countries: Countries) -> None:
    held = {countries.iso2[row] for row in np.unique(countries.topology.owner)}
    # Small members included: Monaco, Nauru, Tuvalu, San Marino, Liechtenstein.
    assert held >= {"MC", "NR", "TV", "SM", "LI", "KP", "TW", "PS", "EH"}
    # The Vatican is smaller than the outlines' grid, and overseas departments of France
    # and the like are outlines of their state; one code stands for no country.
    without = set(countries.iso2) - held
    assert without == {"AN", "BQ", "BV", "CS", "GF", "GP", "MQ", "RE", "SJ", "TK", "VA", "YT"}
    with pytest.raises(InputError, match="no outline of its own"):
        countries.polygon("VA")


@pytest.mark.parametrize("lat", [65.5, 66.5, 67.5, 69.3])
def test_the_far_north_of_russia_is_russia_at_every_longitude(
    countries: Countries, lat: float
) -> None:
    # The outline crosses the 180th meridian at these latitudes; an uncut ring would turn
    # inside out there.  88 E is Norilsk's longitude.
    lon = np.array([63.0, 66.6, 88.0, 100.0, 120.0, 140.0])
    assert countries.country_at(np.full(6, lat), lon) == ["RU"] * 6


def test_antarctica_holds_the_pole(countries: Countries) -> None:
    assert countries.country_at(-90.0, 0.0) == "AQ"
    assert countries.country_at(-85.0, -120.0) == "AQ"
    assert countries.country_at(85.0, -120.0) is None


def test_a_map_window_holds_land_coast_and_borders(land: LandOutlines) -> None:
    window = (124.0, 37.0, 134.0, 45.0)
    box = shapely.box(*window)
    shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in land.land(window)]
    whole = shapely.union_all([shapely.make_valid(shape) for shape in shapes])
    assert box.buffer(1e-9).contains(whole)
    assert whole.contains(shapely.Point(127.5, 40.0))
    assert not whole.contains(shapely.Point(131.0, 39.0))
    # The Tumen border and the DMZ are drawn; the east coast is coast.
    borders = shapely.MultiLineString([shapely.LineString(line) for line in land.borders(window)])
    coast = shapely.MultiLineString([shapely.LineString(line) for line in land.coast(window)])
    assert borders.distance(shapely.Point(130.6, 42.43)) < 0.05
    assert borders.distance(shapely.Point(126.677, 37.956)) < 0.05
    assert coast.distance(shapely.Point(129.8, 41.77)) < 0.1
    assert borders.distance(shapely.Point(129.8, 41.77)) > 0.4


def test_a_window_over_the_180th_meridian_runs_on_past_180(land: LandOutlines) -> None:
    lines = np.concatenate(land.coast((170.0, 60.0, -165.0, 70.0)))
    assert lines[:, 0].min() >= 170.0
    assert 180.0 < lines[:, 0].max() <= 195.0
    # The meridian itself is no coast, though the source cuts Russia's outline along it.
    on_it = np.abs(lines[:, 0] - 180.0) < 1e-6
    assert not (on_it[1:] & on_it[:-1]).any()
