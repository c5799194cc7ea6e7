"""Closed borders close exactly the edges that cross them, but for the open crossings."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.errors import InputError, NoPlan
from retinue.world.closed_borders import BorderEdges, OpenCrossing
from retinue.world.graph import Graph
from retinue.world.pack import load_pack


def two_crossings() -> Graph:
    """Return two countries A (row 40 N) and B (41 N) joined at 130 E and at 132 E."""
    graph = Graph.from_edges(
        [40.0, 40.0, 40.0, 41.0, 41.0, 41.0],
        [130.0, 131.0, 132.0, 130.0, 131.0, 132.0],
        [
            (0, 1, 85_000.0),
            (1, 2, 85_000.0),
            (3, 4, 85_000.0),
            (4, 5, 85_000.0),
            (0, 3, 111_000.0),
            (2, 5, 111_000.0),
        ],
    )
    graph.node_country = np.array([1, 1, 1, 2, 2, 2], np.uint8)
    graph.country_codes = ["", "KP", "KR"]
    return graph


def test_a_closed_border_cuts_the_graph_and_an_open_crossing_mends_it() -> None:
    graph = two_crossings()
    borders = BorderEdges(graph)
    assert borders.countries() == [("KP", "KR"), ("KP", "KR")]
    assert graph.shortest_path(0, 3).length_m == 111_000.0
    closed = borders.closed([("KR", "KP")])
    assert np.flatnonzero(closed).tolist() == [4, 5]
    with pytest.raises(NoPlan, match="closed"):
        graph.shortest_path(0, 3, forbidden_edges=closed)
    gate = OpenCrossing(40.5, 132.0)
    around = borders.closed(None, open_crossings=[gate])
    assert graph.shortest_path(0, 3, forbidden_edges=around).length_m == 451_000.0


def test_other_borders_stay_open_and_unknown_countries_have_none() -> None:
    borders = BorderEdges(two_crossings())
    assert not borders.closed([("KP", "RU"), ("CN", "RU")]).any()
    assert not borders.closed(None, open_pairs=[("KP", "KR")]).any()
    with pytest.raises(InputError, match='"KOR" is not the code'):
        borders.closed([("KOR", "KP")])


def test_the_road_from_pyongyang_to_seoul_is_closed_with_the_border() -> None:
    # The shortest road crosses the military demarcation line (233 km in the graph).
    road = load_pack().road
    source, target = road.nearest(39.03, 125.75)[0], road.nearest(37.566, 126.98)[0]
    assert road.shortest_path(source, target).length_m == pytest.approx(233_000, rel=0.03)
    closed = BorderEdges(road).closed([("KP", "KR")])
    assert 1 <= closed.sum() <= 20
    with pytest.raises(NoPlan, match="closed"):
        road.shortest_path(source, target, forbidden_edges=closed)
