"""The line book: shipped lines agree with what is published; faults name file, line and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.world.graph import Graph
from retinue.world.line_book import LineBook, load_line_books
from retinue.world.line_geometry import GRAPH_TOLERANCE, LONG_M
from retinue.world.pack import load_pack

# Kilometres of ../shared/facts/lines.md, mark H or M.
PUBLISHED_KM = {
    ("pyongyang-tumangang", "pyongyang", "tumangang"): 845,
    ("tumangang-khasan", "tumangang", "khasan"): 5,
    ("khasan-baranovsky", "khasan", "baranovsky"): 238,
    ("trans-siberian", "vladivostok", "moscow-yaroslavsky"): 9288,
}
# Kilometre posts of the Trans-Siberian Railway.
POSTS_KM = {
    "ussuriysk": 9177, "khabarovsk": 8521, "birobidzhan": 8351, "belogorsk": 7873,
    "skovorodino": 7306, "chita": 6199, "ulan-ude": 5640, "irkutsk": 5185, "krasnoyarsk": 4098,
    "mariinsk": 3713, "novosibirsk": 3335, "omsk": 2712, "tyumen": 2138, "yekaterinburg": 1814,
    "perm": 1436, "balezino": 1194, "kirov": 956, "yaroslavl": 284,
}  # fmt: skip

LAYER = """\
line book: 1
sources:
  mine: {text: a survey of my own}
points:
  here: {name: A, lat: 50, lon: 10, country: DE, zone: Europe/Berlin, source: mine, confidence: K}
  there: {name: B, lat: 50, lon: 12, country: DE, zone: Europe/Berlin, source: mine, confidence: K}
lines:
  here-there:
    name: Here-There
    source: mine
    confidence: K
    points:
      - {at: here, km: 0}
      - {at: there, km: 100}
    throughout: {gauge: 1435 mm, line speed: 60 km/h, source: mine, confidence: K}
"""


@pytest.fixture(scope="module")
def book() -> LineBook:
    return load_line_books()


@pytest.fixture(scope="module")
def rail() -> Graph:
    return load_pack().rail


def layered(tmp_path: Path, text: str) -> LineBook:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return load_line_books([file])


@pytest.mark.parametrize(("where", "km"), PUBLISHED_KM.items())
def test_lines_agree_with_published_lengths_within_3_percent(
    book: LineBook, where: tuple[str, str, str], km: float
) -> None:
    line = book.line(where[0])
    ends = [line.points[line.position[name]].km for name in where[1:]]
    assert abs(ends[1] - ends[0]) == pytest.approx(km, rel=0.03)


def test_kilometre_posts_of_the_trans_siberian_are_kept(book: LineBook) -> None:
    line = book.line("trans-siberian")
    for name, km in POSTS_KM.items():
        assert line.points[line.position[name]].km == km


def test_every_line_agrees_with_the_graph_within_10_percent(book: LineBook, rail: Graph) -> None:
    for key, part in book.check(rail).items():
        line = book.lines[key]
        if line.length_m >= LONG_M:
            assert part.graph_length_m == pytest.approx(line.length_m, rel=GRAPH_TOLERANCE), key
        assert part.distance_m[-1] == pytest.approx(line.length_m), key
        assert (part.distance_m[1:] > part.distance_m[:-1]).all(), key


def test_points_lie_near_the_line(book: LineBook, rail: Graph) -> None:
    for key, part in book.check(rail).items():
        # Coarse geometry: straight hops of up to 26 km between nodes.
        assert part.offset_m.max() < 10_000.0, key


def test_kilometres_of_every_line_are_strictly_monotone(book: LineBook) -> None:
    for line in book.lines.values():
        km = [entry.km for entry in line.points]
        assert km == sorted(set(km)), line.id


def test_points_lie_in_their_country_and_zone(book: LineBook) -> None:
    from retinue.world.zones import zone_countries

    countries = load_pack().countries
    points = [p for p in book.points.values() if p.kind != "border"]
    found = countries.country_at([p.lat for p in points], [p.lon for p in points])
    assert [(p.id, p.country) for p in points] == [
        (p.id, code) for p, code in zip(points, found, strict=True)
    ]
    for point in points:
        assert point.country in zone_countries()[point.zone], point.id


def test_neighbours_stand_no_farther_apart_than_the_published_kilometres_allow(
    book: LineBook,
) -> None:
    from retinue.world.sphere import distance_m

    for line in book.lines.values():
        for one, two in zip(line.points[:-1], line.points[1:], strict=True):
            straight = float(distance_m(one.point.lat, one.point.lon, two.point.lat, two.point.lon))
            # Positions are good to about 3 km.
            assert straight <= abs(two.km - one.km) * 1000.0 + 3_000.0, (line.id, two.point.id)


def test_every_value_has_a_listed_source(book: LineBook) -> None:
    grounds = [g for line in book.lines.values() for leg in line.legs for g in leg.ground.values()]
    assert grounds
    assert {ground.source for ground in grounds} <= book.sources.keys()
    assert {ground.confidence for ground in grounds} <= {"H", "M", "K", "L", "assumed"}


@pytest.mark.parametrize(
    "name", ["Tumangang", "두만강", "tuman-gang", "Khasan", "Хасан", "Tumangang station", "KHASAN"]
)
def test_points_that_geonames_lacks_are_found_by_any_name(book: LineBook, name: str) -> None:
    assert [point.id for point in book.find(name)] in (["tumangang"], ["khasan"])


def test_accents_do_not_matter(book: LineBook) -> None:
    assert book.find("Đồng Đăng") == book.find("Dong Dang")
    assert book.find("P’yŏngyang") == book.find("Pyongyang")
    assert book.find("nowhere at all") == []


def test_bogie_exchange_at_tumangang_is_planned_with_1_5_to_5_hours(book: LineBook) -> None:
    facility = next(f for f in book.points["tumangang"].facilities if f.kind == "bogie-exchange")
    # ../shared/facts/lines.md: "Plan with 1.5 / 3 / 5 h (low, likely, high)".
    assert (facility.low_s, facility.likely_s, facility.high_s) == (5400.0, 10800.0, 18000.0)
    assert facility.gauges_mm == (1435, 1520)
    assert {"low", "likely", "high", "lift positions", "lift time"} <= set(facility.assumed)


def test_dprk_line_speeds_are_marked_assumed_and_within_the_published_range(
    book: LineBook,
) -> None:
    for leg in book.line("pyongyang-tumangang").legs:
        # Daily NK: 30-50 km/h in general, 50-60 on the best line, limit 70.
        assert 30 / 3.6 <= leg.raw["line_speed"] + 1e-9 <= 60 / 3.6 + 1e-6
        assert leg.ground["line_speed"].confidence == "assumed"


def test_a_users_layer_wins_over_the_shipped_one(tmp_path: Path) -> None:
    text = LAYER + (
        "  ussuriysk-vladivostok:\n"
        "    name: rebuilt\n    source: mine\n    confidence: K\n"
        "    points:\n      - {at: ussuriysk, km: 0}\n      - {at: vladivostok, km: 111.5}\n"
        "    throughout: {gauge: 1520 mm, line speed: 120 km/h, source: mine, confidence: K}\n"
    )
    book = layered(tmp_path, text)
    line = book.line("ussuriysk-vladivostok")
    assert (line.name, line.length_m, len(line.points)) == ("rebuilt", 111_500.0, 2)
    assert line.legs[0].raw["line_speed"] == pytest.approx(120 / 3.6)
    assert "khasan-baranovsky" in book.lines
    assert book.find("B")[0].id == "there"


def test_later_sections_stand_above_earlier_ones(book: LineBook) -> None:
    line = book.line("pyongyang-tumangang")
    leg = line.legs[line.position["rajin"]]
    assert leg.raw["gauge"] == (1435, 1520)
    assert leg.raw["line_speed"] == pytest.approx(60 / 3.6)
    assert leg.raw["electrification"] == "3kv-dc"


SPEED, LAST = "line speed: 60 km/h", "{at: there, km: 100}"
FIRST_POINT = "source: mine, confidence: K}\n  there"
FAULTS = {
    "a unit is missing": (SPEED, "line speed: 60", 15, "lacks a unit"),
    "an unknown key": (SPEED, "line sped: 60 km/h", 15, '"line sped"'),
    "an unknown source": (FIRST_POINT, FIRST_POINT.replace("mine", "mein"), 5, "is not listed"),
    "a strange confidence": (FIRST_POINT, FIRST_POINT.replace("K", "X"), 5, '"X" is not one of'),
    "an unknown point": (LAST, "{at: ther, km: 100}", 14, 'no point "ther"'),
    "kilometres that do not rise": (LAST, "{at: there, km: 0}", 14, "does not follow"),
    "a point twice": (LAST, "{at: here, km: 100}", 14, "twice"),
    "no gauge": ("gauge: 1435 mm, ", "", 15, "no gauge is given"),
    "an unknown version": ("line book: 1", "line book: 9", 1, "version 9"),
    "a border crossed unseen": ("lon: 12, country: DE", "lon: 12, country: CZ", 14, "border"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_layer_names_file_and_line(tmp_path: Path, fault: str) -> None:
    old, new, line, words = FAULTS[fault]
    assert old in LAYER
    with pytest.raises(InputError) as caught:
        layered(tmp_path, LAYER.replace(old, new))
    assert f"mine.yaml:{line}" in caught.value.where
    assert words in caught.value.message


def test_kilometres_more_than_3_percent_off_a_published_figure_are_refused(
    tmp_path: Path,
) -> None:
    text = LAYER + "    published:\n      - {length: 104 km, source: mine, confidence: M}\n"
    with pytest.raises(InputError, match="more than 3 %") as caught:
        layered(tmp_path, text)
    assert "mine.yaml:17" in caught.value.where
    # A weak figure is no measure.
    layered(tmp_path, text.replace("confidence: M}", "confidence: L}"))


def test_kilometres_more_than_10_percent_off_the_graph_are_refused(
    tmp_path: Path, rail: Graph
) -> None:
    # Munich-Nuremberg by Ingolstadt is some 170-200 km of railway.
    text = (
        LAYER.replace("lat: 50, lon: 10", "lat: 48.140, lon: 11.558")
        .replace("lat: 50, lon: 12", "lat: 49.446, lon: 11.082")
        .replace("km: 100}", "km: 300}")
    )
    with pytest.raises(InputError, match="more than 10% apart") as caught:
        layered(tmp_path, text).check(rail)
    assert "mine.yaml" in caught.value.where
    assert "through" in caught.value.cure


def test_an_unknown_line_is_answered_with_the_nearest_name(book: LineBook) -> None:
    with pytest.raises(InputError) as caught:
        book.line("pyongyang-tumengang")
    assert '"pyongyang-tumangang"' in caught.value.cure


def test_every_country_with_usual_values_has_a_gauge_and_says_what_is_assumed(
    book: LineBook,
) -> None:
    assert len(book.countries) > 130
    for code, values in book.countries.items():
        assert values.raw["gauge"][0] in {914, 950, 1000, 1067, 1435, 1520, 1524, 1600, 1668, 1676}
        assert values.ground["line_speed"].confidence == "assumed", code
    assert book.countries["NO"].raw["gauge"] == (1435,)  # not read as "false"


def test_a_folder_without_layers_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no layer"):
        load_line_books([tmp_path])
    with pytest.raises(InputError, match="no such file"):
        load_line_books([tmp_path / "missing.yaml"])


def test_links_join_only_one_country_and_never_the_closed_border_of_korea(book: LineBook) -> None:
    countries = load_pack().countries
    for link in book.links:
        one = countries.country_at(link.lat1_deg, link.lon1_deg)
        assert one == countries.country_at(link.lat2_deg, link.lon2_deg)
        assert one != "KR"
