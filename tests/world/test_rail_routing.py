"""Rail routes: published lengths, turns, borders and gauges, and reasons where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.errors import InputError, NoPlan
from retinue.world.countries import Countries
from retinue.world.graph import Graph
from retinue.world.line_book import LineBook, load_line_books
from retinue.world.pack import load_pack
from retinue.world.rail_route import OperatingPoint, RailRoute
from retinue.world.rail_routing import plan_route

MODEL_CASE = (
    "pyongyang-tumangang", "tumangang-khasan", "khasan-baranovsky", "ussuriysk-vladivostok",
)  # fmt: skip


@pytest.fixture(scope="module")
def book() -> LineBook:
    return load_line_books()


@pytest.fixture(scope="module")
def rail() -> Graph:
    return load_pack().rail


@pytest.fixture(scope="module")
def countries() -> Countries:
    return load_pack().countries


def place(name: str, lat: float, lon: float, country: str, zone: str) -> OperatingPoint:
    return OperatingPoint("", name, lat, lon, country, zone)


MADRID = place("Madrid", 40.407, -3.690, "ES", "Europe/Madrid")
PARIS = place("Paris", 48.841, 2.365, "FR", "Europe/Paris")
ULAANBAATAR = place("Ulaanbaatar", 47.908, 106.884, "MN", "Asia/Ulaanbaatar")
TOKYO = place("Tokyo", 35.681, 139.767, "JP", "Asia/Tokyo")


def route(
    book: LineBook,
    rail: Graph,
    start: str,
    end: str,
    *,
    lines: tuple[str, ...] = (),
    via: tuple[str, ...] = (),
    forbidden: tuple[str, ...] = (),
) -> RailRoute:
    return plan_route(
        book, rail, book.find(start)[0], book.find(end)[0],
        lines=lines, via=via, forbidden_lines=forbidden,
    )  # fmt: skip


# Published lengths of ../shared/facts/lines.md and journeys.csv with mark H or M, in km.
JOURNEYS = [
    ("Pyongyang", "Tumangang", (), 845),
    ("Pyongyang", "Khasan", (), 850),
    ("Dandong", "Beijing", ("Shenyang", "Shanhaiguan", "Tianjin"), 1137),
    ("Pyongyang", "Beijing", (), 1364),
    ("Dandong", "Pingxiang", ("Tianjin", "Wuhan", "Changsha", "Hengyang", "Nanning"), 3838),
    ("Dandong", "Dong Dang", ("Tianjin", "Wuhan", "Changsha", "Hengyang", "Nanning"), 3852),
    ("Khasan", "Vladivostok", ("Ussuriysk",), 372),
    ("Khasan", "Ussuriysk", (), 260),
    ("Khasan", "Moscow Yaroslavsky", ("Ussuriysk", "Khabarovsk", "Chita", "Omsk"), 9500),
    ("Vladivostok", "Moscow Yaroslavsky", (), 9288),
]


@pytest.mark.parametrize(("start", "end", "via", "km"), JOURNEYS)
def test_planned_length_agrees_with_the_published_one_within_3_percent(
    book: LineBook, rail: Graph, start: str, end: str, via: tuple[str, ...], km: float
) -> None:
    found = route(book, rail, start, end, via=via)
    assert found.length_m / 1000.0 == pytest.approx(km, rel=0.03)
    assert found.graph_length_m == pytest.approx(found.length_m, rel=0.10)


def test_the_model_case_turns_at_baranovsky_without_reversal(book: LineBook, rail: Graph) -> None:
    found = route(book, rail, "Pyongyang", "Vladivostok", lines=MODEL_CASE)
    assert 1_140_000 <= found.length_m <= 1_190_000
    turning = found.point("Baranovsky")
    assert turning is not None and turning.turn is not None
    assert not turning.reverses
    assert "runs direct" in turning.turn.text
    assert not any(entry.reverses for entry in found.points)


def test_by_way_of_ussuriysk_the_train_reverses_there(book: LineBook, rail: Graph) -> None:
    found = route(book, rail, "Pyongyang", "Vladivostok", lines=MODEL_CASE, via=("Ussuriysk",))
    assert 1_190_000 <= found.length_m <= 1_230_000
    assert [entry.point.id for entry in found.points if entry.reverses] == ["ussuriysk"]


@pytest.mark.parametrize(("start", "end", "via", "km"), JOURNEYS)
def test_a_route_back_mirrors_the_route_out(
    book: LineBook, rail: Graph, start: str, end: str, via: tuple[str, ...], km: float
) -> None:
    out = route(book, rail, start, end, via=via)
    back = route(book, rail, end, start, via=tuple(reversed(via)))
    assert back.length_m == pytest.approx(out.length_m)
    assert back.graph_length_m == pytest.approx(out.graph_length_m, rel=1e-3)
    assert [p.point.id for p in back.points] == [p.point.id for p in reversed(out.points)]
    assert [s.gauges_mm for s in reversed(back.stretches)] == [s.gauges_mm for s in out.stretches]
    for one, two in zip(out.stretches, reversed(back.stretches), strict=True):
        assert (one.country, one.line_speed_mps) == (two.country, two.line_speed_mps)
        assert two.to_m == pytest.approx(out.length_m - one.from_m, abs=0.01)


@pytest.mark.parametrize(("start", "end", "via", "km"), JOURNEYS)
def test_stretches_points_and_geometry_fit_together(
    book: LineBook, rail: Graph, start: str, end: str, via: tuple[str, ...], km: float
) -> None:
    found = route(book, rail, start, end, via=via)
    assert found.stretches[0].from_m == 0.0
    assert found.stretches[-1].to_m == pytest.approx(found.length_m)
    for one, two in zip(found.stretches[:-1], found.stretches[1:], strict=True):
        assert one.to_m == pytest.approx(two.from_m)
    places = [entry.distance_m for entry in found.points]
    assert places == sorted(places)
    assert places[-1] == pytest.approx(found.length_m)
    assert (np.diff(found.distance_m) > 0).all()
    assert len(found.lat_deg) == len(found.lon_deg) == len(found.distance_m)
    for stretch in found.stretches:
        assert {"gauge", "line_speed"} <= stretch.values.keys()


def test_the_border_stands_on_the_bridge_over_the_tumen(book: LineBook, rail: Graph) -> None:
    (border,) = route(book, rail, "Pyongyang", "Vladivostok").borders
    assert (border.from_country, border.to_country) == ("KP", "RU")
    assert border.point is not None and border.point.id == "tumen-bridge"
    assert 845_000 < border.distance_m < 850_000


def test_power_changes_at_mariinsk_balezino_and_danilov(book: LineBook, rail: Graph) -> None:
    found = route(book, rail, "Vladivostok", "Moscow Yaroslavsky")
    systems: list[tuple[str | None, float]] = []
    for stretch in found.stretches:
        if not systems or systems[-1][0] != stretch.electrification:
            systems.append((stretch.electrification, stretch.from_m))
    # ../shared/facts/lines.md: 25 kV AC in the east and centre, 3 kV DC Mariinsk-Balezino.
    assert [name for name, _ in systems] == ["25kv-ac-50hz", "3kv-dc", "25kv-ac-50hz", "3kv-dc"]
    mariinsk, balezino = found.point("Mariinsk"), found.point("Balezino")
    assert mariinsk is not None and balezino is not None
    assert systems[1][1] == pytest.approx(mariinsk.distance_m)
    assert systems[2][1] == pytest.approx(balezino.distance_m)


def test_the_east_line_without_stops_takes_about_as_long_as_its_sources_let_expect(
    book: LineBook, rail: Graph
) -> None:
    found = route(book, rail, "Pyongyang", "Tumangang")
    hours = sum((s.to_m - s.from_m) / s.line_speed_mps for s in found.stretches) / 3600.0
    # 30-50 km/h in general: 845 km in 17 to 28 h, and the best parts faster.
    assert 16.0 < hours < 20.0


def test_kilometres_that_nobody_published_are_listed_once_a_line(
    book: LineBook, rail: Graph
) -> None:
    found = route(book, rail, "Pyongyang", "Vladivostok", lines=MODEL_CASE)
    texts = [value.text for value in found.assumptions]
    assert len([t for t in texts if t.startswith("Pyongyang-Tumangang: kilometres")]) == 1
    assert all(value.confidence == "assumed" for value in found.assumptions)


def test_a_forbidden_line_is_gone_around(book: LineBook, rail: Graph) -> None:
    free = route(book, rail, "Beijing", "Baoding")
    assert free.length_m < 160_000
    around = route(book, rail, "Beijing", "Baoding", forbidden=("beijing-cross-city",))
    assert "tianjin-baoding" in {stretch.line_id for stretch in around.stretches}


def test_lines_that_do_not_meet_are_named_with_their_ends(book: LineBook, rail: Graph) -> None:
    with pytest.raises(InputError) as caught:
        route(book, rail, "Pyongyang", "Vladivostok", lines=(MODEL_CASE[0], *MODEL_CASE[2:]))
    assert "does not meet the next" in caught.value.message
    assert "Tumangang" in caught.value.message and "Khasan" in caught.value.message


def test_an_end_off_the_lines_asked_for_is_refused(book: LineBook, rail: Graph) -> None:
    with pytest.raises(InputError, match='is not on the line "khasan-baranovsky"'):
        route(book, rail, "Khasan", "Vladivostok", lines=("khasan-baranovsky",))


def test_an_unknown_line_and_an_unknown_via_point_are_refused(book: LineBook, rail: Graph) -> None:
    with pytest.raises(InputError, match='no line "no-such-line"'):
        route(book, rail, "Khasan", "Vladivostok", lines=("no-such-line",))
    with pytest.raises(InputError, match="no point"):
        route(book, rail, "Khasan", "Vladivostok", via=("Nowhere",))


def test_places_off_the_book_run_over_the_graph_with_the_countries_usual_values(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    found = plan_route(book, rail, MADRID, PARIS, countries=countries)
    # Madrid-Paris by Irun: 632 km of Madrid-Irun (Adif) and 816 km Paris-Hendaye classic,
    # or less over newer lines; the graph's geometry is some per cent short.
    assert 1_200_000 < found.length_m < 1_500_000
    gauges = [stretch.gauges_mm for stretch in found.stretches]
    assert gauges[0] == (1668,) and gauges[-1] == (1435,)
    border = [entry for entry in found.points if entry.point.kind == "border"]
    assert [entry.point.country for entry in border] == ["FR"]
    assert all(stretch.origin == "graph" for stretch in found.stretches)
    assert any("raw rail graph" in value.text for value in found.assumptions)
    for stretch in found.stretches:
        assert stretch.values["line_speed"].confidence == "assumed"
        assert stretch.electrification is None


def test_a_facility_near_the_border_takes_the_break_of_gauge_to_itself(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    found = plan_route(book, rail, ULAANBAATAR, book.find("Beijing West")[0], countries=countries)
    erenhot = found.point("Erenhot")
    assert erenhot is not None and erenhot.point.facilities[0].kind == "bogie-exchange"
    before = found.stretch_at(erenhot.distance_m - 1_000.0)
    after = found.stretch_at(erenhot.distance_m + 1_000.0)
    assert before.gauges_mm == (1520,) and after.gauges_mm == (1435,)
    assert before.country == after.country == "CN"


def test_the_books_lines_take_over_from_the_graph_where_they_serve(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    wonsan = place("Wonsan", 39.153, 127.440, "KP", "Asia/Pyongyang")
    found = plan_route(book, rail, wonsan, book.find("Vladivostok")[0], countries=countries)
    assert found.stretches[0].origin == "graph"
    assert found.point("Kowon") is not None
    book_m = sum(s.to_m - s.from_m for s in found.stretches if s.origin == "line book")
    assert book_m > 0.9 * found.length_m
    assert found.points[0].point.name == "Wonsan"


def test_places_on_separate_networks_are_refused_with_the_nearest_gap(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    with pytest.raises(NoPlan) as caught:
        plan_route(book, rail, TOKYO, PARIS, countries=countries)
    reason = caught.value.reasons[0]
    assert reason.kind == "no-route"
    assert "come no nearer than" in reason.what


def test_a_place_far_from_any_railway_is_refused(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    honolulu = place("Honolulu", 21.3, -157.85, "US", "Pacific/Honolulu")
    with pytest.raises(NoPlan) as caught:
        plan_route(book, rail, honolulu, PARIS, countries=countries)
    assert "nearest railway" in caught.value.reasons[0].what


def test_a_route_from_a_place_to_itself_is_refused(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    khasan = book.find("Khasan")[0]
    with pytest.raises(InputError):
        plan_route(book, rail, khasan, khasan, countries=countries)
    with pytest.raises(InputError):
        plan_route(book, rail, PARIS, PARIS, countries=countries)


def test_links_mend_the_east_coast(book: LineBook, rail: Graph) -> None:
    one, two = rail.nearest(40.15, 128.31)[0], rail.nearest(40.455, 128.90)[0]
    mended = book.mended(rail)
    assert book.mended(rail) is mended  # made once
    assert mended.shortest_path(one, two).length_m < 100_000


def test_lines_asked_for_are_reached_over_the_graph(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    wonsan = place("Wonsan", 39.153, 127.440, "KP", "Asia/Pyongyang")
    found = plan_route(
        book, rail, wonsan, book.find("Vladivostok")[0], lines=MODEL_CASE, countries=countries
    )
    assert [entry.point.name for entry in found.points[:2]] == ["Wonsan", "Kowon"]
    assert [s.line_id for s in found.stretches][-1] == "ussuriysk-vladivostok"


def test_a_place_off_the_book_may_be_passed(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    wonsan = place("Wonsan", 39.153, 127.440, "KP", "Asia/Pyongyang")
    found = plan_route(
        book, rail, book.find("Pyongyang")[0], book.find("Hamhung")[0], via=[wonsan],
        countries=countries,
    )  # fmt: skip
    assert found.point("Wonsan") is not None
    assert found.points[0].point.id == "pyongyang" and found.points[-1].point.id == "hamhung"
    assert found.stretches[-1].to_m == pytest.approx(found.length_m)


def test_a_gap_in_the_book_does_not_send_a_train_around_a_continent(
    book: LineBook, rail: Graph, countries: Countries
) -> None:
    found = plan_route(
        book, rail, book.find("Irkutsk")[0], book.find("Beijing")[0], countries=countries
    )
    # By Ulan-Ude and Ulaanbaatar some 2,400 km; the book alone knows only the way by Khasan
    # and Pyongyang, some 6,700 km.
    assert found.length_m < 3_500_000
    assert {"graph", "line book"} == {stretch.origin for stretch in found.stretches}
