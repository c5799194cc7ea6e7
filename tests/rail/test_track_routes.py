"""The route chosen by simulation is the best of all, and the search's time is a lower bound."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.rail.running_time import run
from retinue.rail.track_routes import choose, limits_path, train_limits
from retinue.rail.trains import load_train
from retinue.world.track_limits import TrainLimits
from retinue.world.track_moves import move_table
from retinue.world.track_route import TrackPiece, TrackRun
from retinue.world.track_search import TrackRouter
from tests.rail.trains import special
from tests.world.ascii_tracks import Drawn, drawn
from tests.world.test_track_search import stop

DYNAMICS = special(mass_kg=8e5, length_m=150.0)
TRAIN = TrainLimits(length_m=150.0, max_speed_mps=DYNAMICS.max_speed_mps, reversal_s=None)


def ladder(speeds: list[float]) -> Drawn:
    picture = drawn(LADDER_DRAWN, column_m=60.0, row_m=12.0)
    tags = {
        name: {"speed_forward": kmh / 3.6, "speed_backward": kmh / 3.6}
        for name, kmh in zip(picture.edges, speeds, strict=False)
    }
    return drawn(LADDER_DRAWN, tags, column_m=60.0, row_m=12.0)


LADDER_DRAWN = r"""
A---a----------b-----c----------d------B
     \        /       \        /
      \      /         \      /
C------g----h-----------i----k---------D
"""
EDGES = len(drawn(LADDER_DRAWN).edges)


def exhaustive(picture: Drawn, router: TrackRouter) -> float:
    """Return the least score of all ways from A to B that use no edge twice, one by one."""
    table = move_table(picture.network)
    graph = table.graph
    length = picture.network.edges.length_m
    start, goal = picture.edge("Aa"), picture.edge("dB")
    tracks = router.tracks_for(TRAIN)
    best = np.inf
    todo = [[2 * start], [2 * start + 1]]
    while todo:
        way = todo.pop()
        if way[-1] >> 1 == goal and len(way) > 1:
            pieces = []
            for place, number in enumerate(way):
                own = float(length[number >> 1])
                low = 0.5 if place == 0 else 0.0
                high = 0.5 if place == len(way) - 1 else 1.0
                ends = (
                    (low * own, high * own)
                    if number % 2 == 0
                    else (own - low * own, own - high * own)
                )
                pieces.append(TrackPiece(number >> 1, 1 if number % 2 == 0 else -1, *ends))
            part = TrackRun(tuple(pieces), "stop")
            time = float(run(DYNAMICS, limits_path(router, part)).time_s[-1])
            curved = sum(tracks.curved_s(a, b) for a, b in pairwise(way))
            best = min(best, time + curved)
            continue
        for move in range(int(graph.start[way[-1]]), int(graph.start[way[-1] + 1])):
            onward = int(graph.head[move])
            if not table.reversal[move] and onward >> 1 not in {s >> 1 for s in way}:
                todo.append([*way, onward])
    return best


speeds = st.lists(
    st.sampled_from([20.0, 40.0, 60.0, 90.0, 120.0, 160.0]), min_size=EDGES, max_size=EDGES
)


@given(speeds)
@settings(max_examples=40, deadline=None)
def test_the_simulated_best_equals_exhaustive_search(kmh: list[float]) -> None:
    picture = ladder(kmh)
    router = TrackRouter(picture.network)
    choice = choose(router, TRAIN, DYNAMICS, (stop(picture, "Aa"), stop(picture, "dB")), count=64)
    assert choice is not None and choice.proven
    assert choice.best.score_s == pytest.approx(exhaustive(picture, router), abs=1e-6)


@given(speeds)
@settings(max_examples=25, deadline=None)
def test_free_flow_time_is_a_lower_bound_of_the_simulation(kmh: list[float]) -> None:
    picture = ladder(kmh)
    router = TrackRouter(picture.network)
    train = replace(TRAIN, reversal_s=600.0)
    choice = choose(router, train, DYNAMICS, (stop(picture, "Cg"), stop(picture, "dB")), count=6)
    assert choice is not None
    for candidate in choice.candidates:
        assert candidate.route.free_flow_s <= candidate.time_s + 1e-6
        assert candidate.route.cost_s <= candidate.score_s + 1e-6
    assert choice.lower_bound_s <= choice.best.score_s + 1e-9


def test_fewer_candidates_state_how_much_better_another_route_could_be() -> None:
    picture = ladder([60.0] * EDGES)
    router = TrackRouter(picture.network)
    ends = stop(picture, "Aa"), stop(picture, "dB")
    one = choose(router, TRAIN, DYNAMICS, ends, count=1)
    all_of_them = choose(router, TRAIN, DYNAMICS, ends, count=64)
    assert one is not None and all_of_them is not None
    assert all_of_them.best.score_s >= one.best.score_s - one.gap_s - 1e-9


def test_a_formation_of_the_catalogue_has_limits() -> None:
    formation = load_train("special-21")
    limits = train_limits(formation, drawn("A-----B", loading_gauge="GA").network)
    assert limits.gauges_mm == (formation.gauge_mm,)
    assert limits.length_m == formation.length_m
    assert limits.reversal_s is not None and limits.reversal_s > 120.0
