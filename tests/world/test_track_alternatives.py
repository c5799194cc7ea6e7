"""Alternatives keep the bound on their similarity; the reserve shares as little as can be."""

from __future__ import annotations

import itertools

import pytest
from tests.world.ascii_tracks import drawn
from tests.world.test_track_search import DIESEL, LOOP, stop, way

from retinue.world.track_alternatives import RouteChoices
from retinue.world.track_search import TrackRouter

THREE = r"""
     ------------------------
    /                        \
A--s------t---------u---------v----B
           \       /
            -------
"""


def test_the_reserve_of_a_loop_is_the_other_track_and_disjoint() -> None:
    picture = drawn(LOOP)
    router = TrackRouter(picture.network)
    choices = RouteChoices(router)
    ends = stop(picture, "As"), stop(picture, "tB")
    main = router.route(DIESEL, ends)
    assert main is not None
    reserve = choices.reserve(DIESEL, ends, main)
    assert reserve is not None and way(picture, reserve) == ["As st2 tB"]
    assert choices.is_disjoint(main, reserve)
    assert {edge for edge, _ in reserve.shared} == {picture.edge("As"), picture.edge("tB")}


def test_where_no_route_is_disjoint_the_shared_track_is_named() -> None:
    picture = drawn("A----j----s---------t----k----B\n           \\       /\n            -------")
    router = TrackRouter(picture.network)
    choices = RouteChoices(router)
    ends = stop(picture, "Aj"), stop(picture, "kB")
    main = router.route(DIESEL, ends)
    assert main is not None
    reserve = choices.reserve(DIESEL, ends, main)
    assert reserve is not None and not choices.is_disjoint(main, reserve)
    shared = {picture.edge(name) for name in ("Aj", "js", "tk", "kB")}
    assert {edge for edge, _ in reserve.shared} == shared
    length = picture.network.edges.length_m
    whole = float(length[picture.edge("js")] + length[picture.edge("tk")])
    ends_m = float(length[picture.edge("Aj")] + length[picture.edge("kB")]) / 2.0
    assert reserve.shared_m == pytest.approx(whole + ends_m)


def test_the_cost_of_a_reserve_is_its_own_and_not_that_of_sharing() -> None:
    picture = drawn(LOOP)
    router = TrackRouter(picture.network)
    ends = stop(picture, "As"), stop(picture, "tB")
    main = router.route(DIESEL, ends)
    assert main is not None
    reserve = RouteChoices(router).reserve(DIESEL, ends, main)
    assert reserve is not None
    other = router.route(DIESEL, (ends[0], stop(picture, "st2"), ends[1]))
    assert other is not None
    assert reserve.cost_s == pytest.approx(other.cost_s)


@pytest.mark.parametrize("bound", [0.3, 0.6, 0.9])
def test_any_two_alternatives_keep_the_bound(bound: float) -> None:
    picture = drawn(THREE, row_m=4.0)
    choices = RouteChoices(TrackRouter(picture.network))
    ends = stop(picture, "As"), stop(picture, "vB")
    found = choices.alternatives(DIESEL, ends, count=3, most_similar=bound, apart="track")
    assert found
    for one, two in itertools.combinations(found, 2):
        assert choices.similarity(one, two, "track") <= bound
    assert [route.cost_s for route in found] == sorted(route.cost_s for route in found)
    if bound == 0.9:
        assert len(found) == 3


def test_the_parallel_track_is_no_alternative_corridor() -> None:
    picture = drawn(LOOP)
    choices = RouteChoices(TrackRouter(picture.network))
    ends = stop(picture, "As"), stop(picture, "tB")
    assert len(choices.alternatives(DIESEL, ends, most_similar=0.8, apart="track")) == 2
    assert len(choices.alternatives(DIESEL, ends, most_similar=0.8, apart="corridor")) == 1


def test_a_route_is_wholly_similar_to_itself() -> None:
    picture = drawn(LOOP)
    router = TrackRouter(picture.network)
    main = router.route(DIESEL, (stop(picture, "As"), stop(picture, "tB")))
    assert main is not None
    choices = RouteChoices(router)
    assert choices.similarity(main, main, "track") == pytest.approx(1.0)
    assert choices.similarity(main, main, "corridor") == pytest.approx(1.0)
