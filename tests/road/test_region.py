"""The disc of the graph that a short leg searches finds the world's shortest way."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from retinue.errors import NoPlan
from retinue.road.region import region_of
from retinue.world.pack import Pack
from tests.road.conftest import PLACES

NEAR = [
    pair
    for pair in combinations(["Pyongyang", "Panmunjom", "Sunan", "Wonsan", "Seoul"], 2)
    if pair != ("Pyongyang", "Seoul")
]


@pytest.mark.parametrize(("one", "two"), NEAR)
def test_the_way_in_the_disc_is_the_way_in_the_world(pack: Pack, one: str, two: str) -> None:
    region = region_of(pack.road, (PLACES[one], PLACES[two]))
    assert region is not None
    lengths = []
    for graph in (pack.road, region.graph):
        nodes = [graph.nearest(PLACES[name].lat, PLACES[name].lon)[0] for name in (one, two)]
        try:
            lengths.append(graph.shortest_path(nodes[0], nodes[1]).length_m)
        except NoPlan:
            lengths.append(np.inf)
    assert lengths[1] >= lengths[0]
    if region.settles(lengths[1], 0.0):
        assert lengths[1] == lengths[0]


def test_a_way_that_might_be_bettered_outside_is_not_settled(pack: Pack) -> None:
    region = region_of(pack.road, (PLACES["Pyongyang"], PLACES["Wonsan"]))
    assert region is not None
    assert region.settles(150_000.0, 5_000.0)
    assert not region.settles(region.beyond_m + 1.0, 0.0)


def test_places_far_apart_have_no_disc(pack: Pack) -> None:
    assert region_of(pack.road, (PLACES["Pyongyang"], PLACES["Kyiv"])) is None


def test_a_disc_across_the_date_line_reaches_back_over_it(pack: Pack) -> None:
    suva = replace(PLACES["Tokyo"], lat=-18.1, lon=178.4)  # Viti Levu has roads
    taveuni = replace(PLACES["Tokyo"], lat=-16.8, lon=-179.9)
    region = region_of(pack.road, (taveuni, suva))
    assert region is not None
    assert region.graph.node_count > 0
    assert np.all(np.abs(region.graph.lon_deg) > 170.0)
