"""RailJSON infrastructures are read whole, or refused with the place that is wrong.

The small infrastructure is OSRD's own example; its counts are taken from the file by the
test, its routes are added up by hand from the lengths of its sections.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.world.railjson import import_railjson, is_railjson
from retinue.world.track_limits import TrainLimits
from retinue.world.track_moves import move_table, state
from retinue.world.track_network import POINT_KINDS, TrackNetwork, load_track_network
from retinue.world.track_route import TrackRoute, stop_at
from retinue.world.track_search import TrackRouter
from retinue.world.track_sites import route_sites
from retinue.world.world_folder import save_track_network

Infra = dict[str, Any]


@pytest.fixture(scope="module")
def infra_file(shared: Path) -> Path:
    return shared / "data" / "osrd" / "small_infra" / "infra.json"


@pytest.fixture(scope="module")
def raw(infra_file: Path) -> Infra:
    document: Infra = json.loads(infra_file.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def small(infra_file: Path, tmp_path_factory: pytest.TempPathFactory) -> TrackNetwork:
    """Return the infrastructure as a user has it: imported, written, loaded."""
    folder = tmp_path_factory.mktemp("world") / "small.world"
    save_track_network(import_railjson(infra_file), folder)
    return load_track_network(folder)


def edges_of(raw: Infra) -> dict[str, int]:
    return {section["id"]: number for number, section in enumerate(raw["track_sections"])}


def route(network: TrackNetwork, *names: str, train: TrainLimits | None = None) -> TrackRoute:
    stations = network.stations
    row = {network.text[int(stations.name[i])]: i for i in range(len(stations))}
    stops = [stop_at(network, row[name]) for name in names]
    found = TrackRouter(network).route(train or TrainLimits(), stops)
    assert found is not None
    return found


def test_every_object_of_the_file_is_there(small: TrackNetwork, raw: Infra) -> None:
    kinds = Counter(POINT_KINDS[kind] for kind in small.points.kind)
    assert len(small.edges) == len(raw["track_sections"]) == 31
    assert kinds["signal"] == len(raw["signals"]) == 106
    assert kinds["other"] == len(raw["detectors"]) == 92
    assert kinds["buffer_stop"] == len(raw["buffer_stops"]) == 8
    assert kinds["switch"] + kinds["railway_crossing"] == len(raw["switches"]) == 17
    assert len(small.stations) == len(raw["operational_points"]) == 8
    assert len(small.station_tracks) == sum(len(o["parts"]) for o in raw["operational_points"])
    assert small.manifest["found"] == {
        **{key: len(value) for key, value in raw.items() if isinstance(value, list)},
        **{
            key: sum(len(section.get(key, ())) for section in raw["track_sections"])
            for key in ("slopes", "curves", "loading_gauge_limits")
        },
    }
    assert small.manifest["faults"] == []


def test_lengths_are_those_of_the_file_and_not_of_its_drawing(
    small: TrackNetwork, raw: Infra
) -> None:
    assert small.edges.length_m.tolist() == pytest.approx(
        [section["length"] for section in raw["track_sections"]]
    )


def test_a_route_has_the_length_that_a_hand_adds_up(small: TrackNetwork) -> None:
    # South West station lies on TB0 at 500 m of 3000; TB0 -> TA5 (50) -> TA7 (10,000) -> TC2
    # (1000, shorter than TC3's 1050) -> TD1, where Mid East station lies at 14,000 m:
    # (3000 - 500) + 50 + 10,000 + 1000 + 14,000 = 27,550.
    assert route(small, "South_West_station", "Mid_East_station").length_m == pytest.approx(27_550)
    # West station, TA0 at 700 m of 2000 -> TA6 (10,000) -> TC1 (1000) -> TD0 (25,000) -> TD2
    # (2000) -> TE3 (2000) -> TE1, North station at 1000 m of 2000:
    # 1300 + 10,000 + 1000 + 25,000 + 2000 + 2000 + 1000 = 42,300.
    assert route(small, "West_station", "North_station").length_m == pytest.approx(42_300)


def test_a_train_passes_the_loop_and_the_crossing_straight(small: TrackNetwork) -> None:
    # North station, TE1 at 1000 m of 2000 -> TE0 (1500) -> crossing PD0 -> TF0 (3) -> crossing
    # PD1 -> TF1, South station at 4300 m: 1000 + 1500 + 3 + 4300 = 6803.
    assert route(small, "North_station", "South_station").length_m == pytest.approx(6_803)


def test_an_electric_train_keeps_to_its_wire(small: TrackNetwork) -> None:
    # Without a wire of 25 kV on TA0 (1500 V) and TD1 (none) it starts from TA1 at 500 m of 1950
    # -> TA3 (50) -> TA6 (10,000, two neutral sections of 10 and 100 m) -> TC1 (1000) -> TD0 at
    # 14,000 m: 1450 + 50 + 10,000 + 1000 + 14,000 = 26,500.
    train = TrainLimits(power_systems=("25kv-ac-50hz",), self_powered=False)
    electric = route(small, "West_station", "Mid_East_station", train=train)
    assert electric.length_m == pytest.approx(26_500)
    # A diesel starts from TA0 at 700 m of 2000: 1300 + 10,000 + 1000 + 14,000 = 26,300.
    assert route(small, "West_station", "Mid_East_station").length_m == pytest.approx(26_300)


def test_trains_turn_where_the_ports_say_whatever_the_drawing(
    small: TrackNetwork, raw: Infra
) -> None:
    ways = {
        "point_switch": [("A", "B1"), ("A", "B2")],
        "crossing": [("A1", "B1"), ("A2", "B2")],
        "double_slip_switch": [(a, b) for a in ("A1", "A2") for b in ("B1", "B2")],
    }
    number = edges_of(raw)
    expected = set()
    for switch in raw["switches"]:
        for pair in ways[switch["switch_type"]]:
            for one, two in (pair, pair[::-1]):
                a, b = switch["ports"][one], switch["ports"][two]
                arrives = state(number[a["track"]], 1 if a["endpoint"] == "END" else -1)
                departs = state(number[b["track"]], 1 if b["endpoint"] == "BEGIN" else -1)
                expected.add((arrives, departs))
    table = move_table(small)
    straight = ~table.reversal
    moves = zip(
        table.graph.tail[straight].tolist(), table.graph.head[straight].tolist(), strict=True
    )
    assert set(moves) == expected


def test_speed_sections_hold_by_direction_and_the_lowest_counts(
    small: TrackNetwork, raw: Infra
) -> None:
    # On TH1 speed_section.1 (39.44 m/s, to 4000 m) and speed_section.2 (31.11 m/s, 3500 to
    # 4400 m) lie over speed_section.0 (83.33 m/s).
    told = small.values_on("speed_forward", edges_of(raw)["TH1"])
    assert [(low, high) for low, high, _ in told] == [(0, 3500), (3500, 4400), (4400, 5000)]
    assert [value for *_, value in told] == pytest.approx([142 / 3.6, 112 / 3.6, 300 / 3.6])


def test_power_slopes_curves_and_gauges_lie_where_the_file_puts_them(
    small: TrackNetwork, raw: Infra
) -> None:
    number = edges_of(raw)
    # TA0: 1500 V, neutral sections from 1850 to 1990 and from 1960 to 2000 m.
    assert small.values_on("power", number["TA0"]) == [
        (0.0, 1850.0, ("1.5kv-dc",)),
        (1850.0, 2000.0, ("dead",)),
    ]
    # TD1 has no electrified range.
    assert small.values_on("power", number["TD1"]) == [(0.0, 25_000.0, ("none",))]
    assert small.values_on("incline", number["TA6"])[:3] == [
        (0.0, 4000.0, 0.0),
        (4000.0, 4300.0, -0.003),
        (4300.0, 4700.0, -0.006),
    ]
    assert small.values_on("curve_radius", number["TE0"]) == [
        (0.0, 300.0, 6000.0),
        (300.0, 500.0, np.inf),
        (500.0, 1000.0, 8000.0),
        (1000.0, 1500.0, np.inf),
    ]
    assert small.values_on("loading_gauge", number["TA0"])[0] == (0.0, 100.0, "GB1")
    assert small.values_on("ref", number["TA0"]) == [(0.0, 2000.0, "424242")]


def test_signals_stand_where_and_as_the_file_says(small: TrackNetwork, raw: Infra) -> None:
    points = small.points
    by_ref = {
        small.text[int(points.ref[row])]: row
        for row in range(len(points))
        if POINT_KINDS[int(points.kind[row])] == "signal"
    }
    number = edges_of(raw)
    for signal in raw["signals"]:
        row = by_ref[signal["id"]]
        assert points.edge[row] == number[signal["track"]]
        assert points.at_m[row] == pytest.approx(signal["position"])
        assert points.direction[row] == (1 if signal["direction"] == "START_TO_STOP" else -1)


def test_sites_of_a_route_are_its_stations(small: TrackNetwork) -> None:
    sites = route_sites(small, route(small, "South_West_station", "Mid_East_station"))
    stations = [(site.name, round(site.chainage_m)) for site in sites if site.kind == "station"]
    # Mid West lies on TC2 at 450 m: 2500 + 50 + 10,000 + 450.
    assert stations == [
        ("South_West_station", 0),
        ("Mid_West_station", 13_000),
        ("Mid_East_station", 27_550),
    ]


def tiny() -> Infra:
    """Return two sections that a link joins::

    B|---- T1 ----+---- T2 ----|
    """
    parts = (
        "operational_points", "routes", "speed_sections", "electrifications", "signals",
        "buffer_stops", "detectors", "neutral_sections",
    )  # fmt: skip
    sections = [
        {
            "id": f"T{i}",
            "length": 1000.0,
            "slopes": [],
            "curves": [],
            "geo": {
                "type": "LineString",
                "coordinates": [[7.0 + i / 100, 50], [7.01 + i / 100, 50]],
            },
        }
        for i in (1, 2)
    ]
    link = {
        "id": "L", "switch_type": "link", "group_change_delay": 0,
        "ports": {
            "A": {"track": "T1", "endpoint": "END"}, "B": {"track": "T2", "endpoint": "BEGIN"},
        },
    }  # fmt: skip
    rest: Infra = {part: [] for part in parts}
    return {"version": "3.4.12", "track_sections": sections, "switches": [link], **rest}


def written(folder: Path, infra: Infra) -> Path:
    path = folder / "infra.json"
    path.write_text(json.dumps(infra), encoding="utf-8")
    return path


def test_power_is_unknown_where_the_file_says_nothing_of_it(tmp_path: Path) -> None:
    network = import_railjson(written(tmp_path, tiny()))
    assert network.values_on("power", 0) == []
    assert "power is unknown" in " ".join(network.manifest["assumed"])


def test_an_own_switch_type_is_passed_as_it_says(tmp_path: Path) -> None:
    infra = tiny()
    infra["extended_switch_types"] = [
        {"id": "one_way_joint", "ports": ["X", "Y"], "groups": {"G": [{"src": "X", "dst": "Y"}]}}
    ]
    switch = infra["switches"][0]
    switch["switch_type"] = "one_way_joint"
    switch["ports"] = dict(zip("XY", switch["ports"].values(), strict=True))
    table = move_table(import_railjson(written(tmp_path, infra)))
    assert set(zip(table.graph.tail.tolist(), table.graph.head.tolist(), strict=True)) == {
        (0, 2),
        (3, 1),
    }


def _drop_length(infra: Infra) -> None:
    del infra["track_sections"][1]["length"]


def _negative(infra: Infra) -> None:
    infra["track_sections"][0]["length"] = -5


def _unknown_track(infra: Infra) -> None:
    infra["detectors"] = [{"id": "D", "track": "T9", "position": 1}]


def _beyond(infra: Infra) -> None:
    infra["detectors"] = [{"id": "D", "track": "T1", "position": 1000.5}]


def _version(infra: Infra) -> None:
    infra["version"] = "2.1.0"


def _no_version(infra: Infra) -> None:
    del infra["version"]


def _port(infra: Infra) -> None:
    infra["switches"][0]["ports"]["C"] = infra["switches"][0]["ports"].pop("B")


def _switch_type(infra: Infra) -> None:
    infra["switches"][0]["switch_type"] = "lnik"


def _taken(infra: Infra) -> None:
    infra["switches"].append(infra["switches"][0] | {"id": "M"})


def _twice(infra: Infra) -> None:
    infra["track_sections"][1]["id"] = "T1"


def _point(infra: Infra) -> None:
    infra["track_sections"][0]["geo"]["coordinates"] = [[7, 50], [7, 50]]


def _latitude(infra: Infra) -> None:
    infra["track_sections"][0]["geo"]["coordinates"][0] = [7, 500]


def _backwards(infra: Infra) -> None:
    infra["track_sections"][0]["slopes"] = [{"begin": 9, "end": 3, "gradient": 1}]


def _words(infra: Infra) -> None:
    infra["track_sections"][0]["slopes"] = [{"begin": 0, "end": 3, "gradient": "steep"}]


def _nothing(infra: Infra) -> None:
    infra["track_sections"] = []


@pytest.mark.parametrize(
    ("harm", "place", "message"),
    [
        (_drop_length, "track_sections[1]", '"length" is missing'),
        (_negative, "track_sections[0].length", "above 0"),
        (_unknown_track, "detectors[0].track", '"T9" is not known'),
        (_beyond, "detectors[0].position", "at most 1000"),
        (_version, "version", 'the version is "2.1.0"'),
        (_no_version, "", 'no "version"'),
        (_port, "switches[0].ports", "a link has the ports A, B, not A, C"),
        (_switch_type, "switches[0].switch_type", '"lnik" is not known'),
        (_taken, "switches[1].ports.A", "at switches[0].ports.A already"),
        (_twice, "track_sections[1].id", 'two track sections "T1"'),
        (_point, "track_sections[0].geo.coordinates", "all its points are one"),
        (_latitude, "track_sections[0].geo.coordinates[0][1]", "at most 90"),
        (_backwards, "track_sections[0].slopes[0]", "before it begins"),
        (_words, "track_sections[0].slopes[0].gradient", 'a number is wanted here, not "steep"'),
        (_nothing, "track_sections", "no track section"),
    ],
)
def test_a_broken_file_is_refused_with_the_place_in_it(
    tmp_path: Path, harm: Callable[[Infra], None], place: str, message: str
) -> None:
    infra = tiny()
    harm(infra)
    path = written(tmp_path, infra)
    with pytest.raises(InputError) as raised:
        import_railjson(path)
    assert message in raised.value.message
    assert raised.value.where == (f"{path}: {place}" if place else str(path))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list)
        else ()
    )  # fmt: skip
    return [path, *(place for key, item in children for place in _places(item, (*path, key)))]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_file_it_is_read_or_refused(
    tmp_path: Path, data: st.DataObject
) -> None:
    infra = tiny()
    infra["signals"] = [
        {
            "id": "S", "track": "T1", "position": 5, "direction": "START_TO_STOP",
            "sight_distance": 1,
            "logical_signals": [{"signaling_system": "BAL", "settings": {"Nf": "true"}}],
            "extensions": {"sncf": {"label": "S", "kp": "", "side": "LEFT"}},
        }
    ]  # fmt: skip
    every = {"track": "T1", "begin": 0, "end": 9, "applicable_directions": "BOTH"}
    infra["speed_sections"] = [
        {"id": "V", "speed_limit": 9, "speed_limit_by_tag": {"X": 3}, "track_ranges": [every]}
    ]
    infra["electrifications"] = [{"id": "E", "voltage": "1500V", "track_ranges": [every]}]
    infra["operational_points"] = [{"id": "O", "parts": [{"track": "T2", "position": 7}]}]
    infra["buffer_stops"] = [{"id": "B", "track": "T1", "position": 0}]
    place = data.draw(st.sampled_from(_places(infra)[1:]))
    strange = [None, True, -1, 0, 1e308, float("nan"), "", "x", [], [1], {}, {"x": 1}]
    owner: Any = infra
    for key in place[:-1]:
        owner = owner[key]
    owner[place[-1]] = data.draw(st.sampled_from(strange))
    path = written(tmp_path, infra)
    try:
        network = import_railjson(path)
    except InputError as error:
        assert error.where.startswith(str(path))
    else:
        assert len(network.edges) in (1, 2)


def test_a_truncated_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text('{"version": "3.4.12",\n "track_sections": [', encoding="utf-8")
    with pytest.raises(InputError, match="this is no JSON") as raised:
        import_railjson(path)
    assert raised.value.where == f"{path}:2"


def test_infrastructure_is_known_by_its_content(infra_file: Path, tmp_path: Path) -> None:
    assert is_railjson(infra_file)
    stock = infra_file.parents[1] / "fast_rolling_stock.json"
    assert not is_railjson(stock)
    pbf = tmp_path / "x.json"
    pbf.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    assert not is_railjson(pbf)
    assert not is_railjson(tmp_path / "missing.json")
