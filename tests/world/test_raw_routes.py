"""Routes on the Cologne extract, checked step by step against the raw file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.world.check_raw_route import RawRailway

from retinue.world.osm_import import import_extract
from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import Standing, TrackRun, TrackStop
from retinue.world.track_search import TrackRouter

pytest.importorskip("osmium")

TRAIN = TrainLimits(power_systems=("15kv-ac-16.7hz",), self_powered=False, length_m=200.0)
EXTRACT = "data/osm/cologne-railway.osm.pbf"


def node_row(network: TrackNetwork, run: TrackRun) -> list[int]:
    """Return the nodes of a run: the vertices of its pieces, ends inside an edge left out."""
    found: list[int] = []
    for piece in run.pieces:
        rows = network.shape_rows(piece.edge)
        low, high = sorted((piece.from_m, piece.to_m))
        along = network.shapes.distance_m[rows]
        inside = (along >= low - 1e-6) & (along <= high + 1e-6)
        ids = network.shapes.osm_id[rows][inside].tolist()
        for ref in ids if piece.direction > 0 else reversed(ids):
            if not found or found[-1] != ref:
                found.append(ref)
    return found


@pytest.fixture(scope="module")
def cologne(shared: Path) -> TrackNetwork:
    return import_extract(shared / EXTRACT)


def test_no_route_between_main_line_tracks_has_a_step_that_the_file_forbids(
    shared: Path, cologne: TrackNetwork
) -> None:
    raw = RawRailway.read(shared / EXTRACT)
    router = TrackRouter(cologne)
    usage = cologne.attributes["usage"]
    mains = np.unique(usage.edge[[cologne.text[int(v)] == "main" for v in usage.value]])
    mains = mains[cologne.edges.network_class[mains] == 0]
    rng = np.random.default_rng(20_230_912)
    routes, faults, turned = 0, [], 0
    while routes < 200:
        stops = [
            TrackStop("", (Standing(int(e), float(cologne.edges.length_m[e]) / 2.0),))
            for e in rng.choice(mains, 2, replace=False)
        ]
        route = router.route(TRAIN, stops)
        if route is None:
            continue
        routes += 1
        turned += route.reversals
        for run in route.runs:
            faults += raw.faults(node_row(cologne, run), "1435")
    assert not faults
    assert turned > 0  # the sample holds changes of ends too


def test_the_checker_finds_a_turn_between_the_legs_of_a_switch(shared: Path) -> None:
    raw = RawRailway.read(shared / EXTRACT)
    found = 0
    for here in sorted(node for node, kind in raw.kind.items() if kind == "switch")[:50]:
        near = sorted(raw.neighbours[here])
        if len(near) != 3:
            continue
        rows = [[a, here, b] for a in near for b in near if a < b]
        found += sum(bool(raw.faults(row, "1435")) for row in rows)
    assert found >= 40
    assert raw.faults([here, -1], "1435")
    assert raw.faults([near[0], here, near[0]], "1435")
