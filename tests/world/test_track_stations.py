"""Stations put together from objects, stops, platforms and yards on small drawn networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.world.osm_files import Tags, write_osm

from retinue.world.osm_import import import_extract
from retinue.world.track_network import FOUND_BY, STATION_KINDS, TrackNetwork
from retinue.world.track_stations import _name_and_track, station_key

RAIL = {"railway": "rail"}
LINE = {i: (100.0 * i, 0.0) for i in range(20)}


def line(folder: Path, tags: dict[int, Tags], extra: dict[int, tuple[float, float]] | None = None,
         ways: dict[int, tuple[list[int], Tags]] | None = None) -> TrackNetwork:  # fmt: skip
    """Import a straight track of 1.9 km with tagged nodes and further ways."""
    drawn = {10: (list(range(20)), RAIL)} | (ways or {})
    return import_extract(write_osm(folder / "a.osm", LINE | (extra or {}), drawn, tags))


def names(network: TrackNetwork) -> list[str]:
    return [network.text[i] for i in network.stations.name]


def test_a_station_object_gives_its_place_and_reference_to_its_stops(tmp_path: Path) -> None:
    network = line(
        tmp_path,
        {5: {"railway": "stop", "name": "Aldorf"},
         100: {"railway": "halt", "name": "Aldorf", "railway:ref": "AAL"}},
        {100: (560.0, 30.0)},
    )  # fmt: skip
    assert names(network) == ["Aldorf"]
    assert network.stations.osm_id.tolist() == [100]
    assert STATION_KINDS[network.stations.kind[0]] == "halt"
    assert FOUND_BY[network.stations.found_by[0]] == "station node"
    assert network.text[network.stations.ref[0]] == "AAL"
    assert len(network.station_tracks) == 1


def test_a_nameless_platform_belongs_to_the_station_beside_it(tmp_path: Path) -> None:
    network = line(
        tmp_path,
        {5: {"railway": "stop", "name": "Aldorf", "local_ref": "2"}},
        {100: (450.0, 3.0), 101: (600.0, 3.0)},
        {20: ([100, 101], {"railway": "platform"})},
    )
    assert names(network) == ["Aldorf"]
    tracks = network.station_tracks
    # One row: the stop lies along the platform, and names the track.
    assert network.text[tracks.track[0]] == "2"
    assert tracks.stop_m.tolist() == pytest.approx([500.0], abs=2.0)
    assert tracks.platform.tolist() == [0]


def test_a_stop_without_platform_has_no_known_length(tmp_path: Path) -> None:
    network = line(tmp_path, {5: {"railway": "stop", "name": "Aldorf"}})
    tracks = network.station_tracks
    assert tracks.platform.tolist() == [-1]
    assert np.isnan(tracks.platform_length_m).all()
    assert tracks.from_m.tolist() == tracks.stop_m.tolist() == tracks.to_m.tolist()


def test_a_platform_over_a_switch_has_a_row_on_each_edge(tmp_path: Path) -> None:
    network = line(
        tmp_path,
        {5: {"railway": "switch"}},
        {50: (600.0, -30.0), 100: (400.0, 3.0), 101: (600.0, 3.0)},
        {11: ([5, 50], RAIL), 20: ([100, 101], {"railway": "platform", "name": "Aldorf"})},
    )
    reach = network.station_tracks.to_m - network.station_tracks.from_m
    assert len(reach) == 2
    assert reach.sum() == pytest.approx(200.0, abs=20.0)
    assert network.station_tracks.platform_length_m.tolist() == pytest.approx([200.0] * 2, abs=1.0)


def test_yard_tracks_that_meet_are_a_yard(tmp_path: Path) -> None:
    # A ladder: five tracks of 300 m from the line's switches at 2, 3, ... 6.
    yard = {"railway": "rail", "service": "yard"}
    extra = {100 + i: (100.0 * i + 290.0, -30.0 - 10.0 * i) for i in range(2, 7)}
    ladder = {30 + i: ([50 + i, 100 + i], yard | {"railway:track_ref": str(i)})
              for i in range(2, 7)}  # fmt: skip
    extra |= {50 + i: (100.0 * i, -10.0 * i) for i in range(2, 7)}
    ways: dict[int, tuple[list[int], Tags]] = {
        11: ([1, *(50 + i for i in range(2, 7))], yard),
        **ladder,
    }
    network = line(tmp_path, {}, extra, ways)
    assert [STATION_KINDS[k] for k in network.stations.kind] == ["yard"]
    labels = {network.text[i] for i in network.station_tracks.track}
    assert labels >= {"2", "3", "4", "5"}


@pytest.mark.parametrize(
    ("written", "name", "track"),
    [
        ("Köln-Ehrenfeld Gleis 2", "Köln-Ehrenfeld", "2"),
        ("Bahnsteig Gleis 11+12", "", "11;12"),
        ("3", "", "3"),
        ("Aldorf (Platform 4a)", "Aldorf", "4a"),
        ("Haus Vorst", "Haus Vorst", ""),
        ("Gleisdorf", "Gleisdorf", ""),
        ("Steig", "", ""),
    ],
)
def test_a_track_is_no_part_of_a_stations_name(written: str, name: str, track: str) -> None:
    assert _name_and_track(written) == (name, track)


@pytest.mark.parametrize("asked", ["Köln Hbf", "Köln Hauptbahnhof", "köln hbf"])
def test_a_station_has_one_key_however_its_name_is_abbreviated(asked: str) -> None:
    assert station_key(asked) == station_key("Köln Hauptbahnhof")
    assert station_key(asked) != station_key("Bonn Hbf")
