"""The map of a route over mapped tracks: every site drawn where it is, and told in words."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from retinue.report.route_map import route_map, route_page

LON, LAT = np.linspace(7.0, 7.2, 20), np.linspace(50.0, 50.1, 20)
STOPS = [("Adorf", 7.0, 50.0, 0), ("Bestadt", 7.2, 50.1, 0)]
SITES = [
    {"kind": "level_crossing", "chainage_m": 1000.0, "lat_deg": 50.02, "lon_deg": 7.04,
     "road_name": "Hauptstr. <&>"},
    {"kind": "road_over", "chainage_m": 2000.0, "lat_deg": 50.04, "lon_deg": 7.08},
    {"kind": "tunnel", "chainage_m": 3000.0, "lat_deg": 50.06, "lon_deg": 7.12, "name": "T"},
    {"kind": "station", "chainage_m": 0.0, "lat_deg": 50.0, "lon_deg": 7.0, "name": "Adorf"},
]  # fmt: skip


def test_the_map_is_sound_markup_with_a_mark_and_words_for_each_site() -> None:
    svg = route_map((LON, LAT), STOPS, SITES, [(LON, LAT + 0.01)], title="Adorf to Bestadt")
    root = ElementTree.fromstring(svg)
    titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "km 1.00 level crossing: Hauptstr. <&>" in titles
    assert "km 3.00 tunnel: T" in titles
    text = " ".join("".join(n.itertext()) for n in root.iter("{http://www.w3.org/2000/svg}text"))
    for words in ("1 level and foot crossings", "reserve and alternatives", "Adorf", "Bestadt"):
        assert words in text


def test_a_page_holds_the_drawing_and_nothing_from_elsewhere() -> None:
    page = route_page(route_map((LON, LAT), STOPS, SITES, title="A & B"), "A & B")
    assert "<title>A &amp; B</title>" in page
    assert "src=" not in page and "href=" not in page
