"""A switch that the extract's edge has robbed of its stem: no train turns the hairpin left."""

from __future__ import annotations

from pathlib import Path

from tests.world.osm_files import write_osm

from retinue.world.osm_import import import_extract
from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import NODE_KINDS
from retinue.world.track_route import Standing, TrackStop
from retinue.world.track_search import TrackRouter

RAIL = {"railway": "rail", "gauge": "1435"}


def test_two_tracks_that_end_at_one_tip_are_not_one_track(tmp_path: Path) -> None:
    #   1 ------ 2 ------.
    #                     3 (the stem beyond it is not in the extract)
    #   4 ------ 5 ------'
    nodes = {
        1: (0.0, 0.0), 2: (300.0, 0.0), 3: (400.0, 2.0), 4: (0.0, 4.0), 5: (300.0, 4.0),
    }  # fmt: skip
    ways = {10: ([1, 2, 3], RAIL), 11: ([4, 5, 3], RAIL)}
    file = write_osm(tmp_path / "cut.osm", nodes, ways, {3: {"railway": "switch"}})
    network = import_extract(file)
    assert len(network.edges) == 2
    tip = int((network.nodes.osm_id == 3).argmax())
    assert NODE_KINDS[network.nodes.kind[tip]] == "joint"
    stops = [TrackStop(str(edge), (Standing(edge, 50.0),)) for edge in (0, 1)]
    assert TrackRouter(network).route(TrainLimits(length_m=20.0), stops) is None
