"""A built world tells tracks, signals and platforms of a timetable's line; patrols hold blocks."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.plan.duty import Duty, DutyStep, Task
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.line_network import LineNetwork
from retinue.traffic.timetable import DayOfTraffic, day_of_traffic
from retinue.traffic.track_work import section_at, track_work_occupations
from retinue.world.osm_import import import_extract
from retinue.world.world import World
from tests.traffic.feed_files import SOUND, write_feed
from tests.traffic.small_line import line
from tests.world.osm_files import LAT_M, LON_M, write_osm

MONDAY = date(2026, 1, 5)
RAIL = {"railway": "rail", "usage": "main", "gauge": "1435"}
MAIN = {
    "railway": "signal",
    "railway:signal:direction": "forward",
    "railway:signal:main": "DE-ESO:hp",
    "railway:signal:main:function": "block",
}


def stop(name: str, east_m: float) -> str:
    return f"{name},{name.title()},{50.0:.6f},{7.0 + east_m * LON_M:.6f}\n"


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> DayOfTraffic:
    """8 km of two tracks eastwards, block signals at 3 and 5.5 km on the southern one."""
    folder = tmp_path_factory.mktemp("mapped")
    nodes = {i: (1000.0 * i, 0.0) for i in range(-1, 10)}
    nodes |= {100 + i: (1000.0 * i, 5.0) for i in range(-1, 10)}
    nodes |= {200: (3000.0, 0.0), 201: (5500.0, 0.0), 202: (4000.0, 5.0)}
    south = [-1, 0, 1, 2, 200, 4, 5, 201, 6, 7, 8, 9]
    north = [109, 108, 107, 106, 105, 202, 103, 102, 101, 100, 99]
    osm = _write(folder, nodes, south, north)
    built = World()
    built.__dict__["tracks"] = import_extract(osm)
    lat = 50.0 + 2.5 * LAT_M
    shapes = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + "".join(
        f"s,{lat:.6f},{7.0 + 1000.0 * i * LON_M:.6f},{i}\n" for i in range(9)
    )
    files = {
        **SOUND,
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
        + stop("west", 0.0)
        + stop("east", 8000.0),
        "trips.txt": "route_id,service_id,trip_id,trip_short_name,shape_id\nre,week,t1,RE 1,s\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,06:00:00,06:00:00,west,1\nt1,06:08:00,06:08:00,east,2\n",
        "shapes.txt": shapes,
    }
    feed = read_feed(write_feed(folder / "f.zip", files))
    return day_of_traffic(feed, MONDAY, world=built)


def _write(
    folder: Path, nodes: dict[int, tuple[float, float]], south: list[int], north: list[int]
) -> Path:
    halt = {"railway": "stop", "public_transport": "stop_position", "name": "West", "train": "yes"}
    return write_osm(
        folder / "line.osm",
        {k + 1000: v for k, v in nodes.items()},
        {1: ([k + 1000 for k in south], RAIL), 2: ([k + 1000 for k in north], RAIL)},
        {1200: MAIN, 1201: MAIN, 1202: MAIN, 1000: halt, 1100: halt},
    )


def test_mapped_tracks_go_before_inference_in_both_views(double: DayOfTraffic) -> None:
    for traffic in double.views.values():
        (section,) = traffic.network.sections
        assert section.tracks == 2 and "2 tracks are mapped" in section.basis
    assert any("of the built world: tracks of 1 of 1 sections" in note for note in double.notes)


def test_blocks_end_at_main_signals_of_their_own_direction(double: DayOfTraffic) -> None:
    (section,) = double.optimistic.network.sections
    assert section.block_ends(True) == pytest.approx((3000.0, 5500.0, 8000.0), abs=30.0)
    # Westwards one signal at 4 km, met after 4 km from the east.
    assert section.block_ends(False) == pytest.approx((4000.0, 8000.0), abs=30.0)
    assert double.optimistic.network.resources[section.blocks_up[0]].source == "signals"


def test_a_mapped_station_has_its_tracks(double: DayOfTraffic) -> None:
    west = double.pessimistic.network.station("West")
    assert (west.tracks, west.basis) == (2, "2 tracks are mapped")
    assert double.pessimistic.network.resources[west.resource].source == "world"


def task(lat: float, end: float | None = None, on_track: bool = True) -> Task:
    return Task(
        id="t", site="s", leg="1", what="patrol track", place="km 3", lat=lat, lon=8.0,
        zone="Europe/Zurich", earliest_utc=1000.0, latest_utc=1600.0, duration_s=900.0,
        until_utc=1900.0, on_track=on_track, end_lat=end, end_lon=None if end is None else 8.0,
    )  # fmt: skip


def drawn_line() -> LineNetwork:
    plain = line([10_000.0] * 3, [2, 1, 1], [2] * 4)
    sections = tuple(
        dataclasses.replace(s, lat_deg=(47.0 + 0.1 * s.a, 47.0 + 0.1 * s.b), lon_deg=(8.0, 8.0))
        for s in plain.sections
    )
    return dataclasses.replace(plain, sections=sections)


def test_a_patrol_holds_every_block_it_walks_over_for_its_time() -> None:
    network = drawn_line()
    held, titles = track_work_occupations(
        network, [task(47.05, 47.25), task(47.0, on_track=False)], 7
    )
    assert titles == ["patrol track (km 3)"]
    blocks = {b for s in network.sections for b in (*s.blocks_up, *s.blocks_down)}
    assert set(held.resource.tolist()) == blocks and set(held.train.tolist()) == {7}
    assert (held.from_s.min(), held.to_s.max()) == (1000.0, 2500.0)
    one, _ = track_work_occupations(network, [task(47.15)], 0)
    assert set(one.resource.tolist()) == set(network.sections[1].blocks_up)


def test_a_duty_tells_when_the_patrol_is_out() -> None:
    step = DutyStep(
        task="t", what="patrol", place="km 3", arrive_utc=1000.0, start_utc=1100.0, end_utc=1800.0,
        leave_utc=1800.0, travel_s=0.0, travel_m=0.0,
    )  # fmt: skip
    duty = Duty(
        id="d", team="1", base="b", zone="Europe/Zurich", vehicle="", people=1, skills=(),
        start_utc=0.0, end_utc=2000.0, steps=(step,), slack_s=0.0,
    )  # fmt: skip
    held, _ = track_work_occupations(drawn_line(), [task(47.15)], 0, duties=[duty])
    assert (held.from_s.min(), held.to_s.max()) == (1100.0, 1800.0)


def test_work_off_the_network_is_refused() -> None:
    network = drawn_line()
    assert section_at(network, 46.0, 8.0) is None
    with pytest.raises(InputError, match="off the timetable's network"):
        track_work_occupations(network, [task(46.0)], 0)
