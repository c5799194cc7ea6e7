"""Searching roads: against brute force on random streets, monotony in the vehicle's measures."""

from __future__ import annotations

import heapq
import itertools
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world.ascii_roads import drawn_roads

from retinue.errors import InputError, NoPlan
from retinue.world.countries import Countries
from retinue.world.osm_extract import OsmExtract, OsmWay
from retinue.world.osm_import import import_world
from retinue.world.pack import load_pack
from retinue.world.road_avoid import avoided_roads
from retinue.world.road_extract import TurnRule
from retinue.world.road_grid import RoadPlace
from retinue.world.road_import import import_roads
from retinue.world.road_network import RoadNetwork
from retinue.world.road_route import RoadVehicleLimits
from retinue.world.road_search import RoadQuestion, RoadRouter

SIDE = 4


@st.composite
def extracts(draw: st.DrawFn) -> OsmExtract:
    """Return streets on a grid of 4 by 4: each side a way, some one-way, low or closed; bans."""
    extract = OsmExtract()
    pairs = [((x, y), (x + 1, y)) for x in range(SIDE - 1) for y in range(SIDE)]
    pairs += [((x, y), (x, y + 1)) for x in range(SIDE) for y in range(SIDE - 1)]
    kept = draw(st.lists(st.sampled_from(pairs), min_size=12, max_size=len(pairs), unique=True))
    for number, (one, two) in enumerate(sorted(kept)):
        tags = {"highway": draw(st.sampled_from(["residential", "primary", "living_street"]))}
        tags["oneway"] = draw(st.sampled_from(["no", "no", "no", "yes", "-1"]))
        height = draw(st.sampled_from(["", "", "2.5", "3.5", "4.2"]))
        if height:
            tags["maxheight"] = height
        refs = np.array([10 * x + y + 1 for x, y in (one, two)], np.int64)
        lat = np.array([50.0 + 0.001 * y + 0.00007 * x * x for x, y in (one, two)])
        lon = np.array([7.0 + 0.0015 * x + 0.00011 * y for x, y in (one, two)])
        extract.roads.append(OsmWay(100 + number, refs, lat, lon, tags))
    for number in range(draw(st.integers(0, 6))):
        chain = _walk(draw, extract.roads, draw(st.sampled_from([2, 3, 3, 4])))
        if chain is None:
            continue
        ways, nodes = chain
        kind = draw(st.sampled_from(["no_left_turn", "no_straight_on", "only_right_turn"]))
        extract.road_things.rules.append(
            TurnRule(
                900 + number, kind, (ways[0],), nodes[0] if len(ways) == 2 else 0,
                tuple(ways[1:-1]), (ways[-1],),
            )
        )  # fmt: skip
    return extract


def _walk(draw: st.DrawFn, roads: list[OsmWay], size: int) -> tuple[list[int], list[int]] | None:
    """Return ways one after another, and the nodes between them."""
    way = draw(st.sampled_from(roads))
    node = int(draw(st.sampled_from(way.refs.tolist())))
    ways, nodes = [way.osm_id], [node]
    for _ in range(size - 1):
        onward = [road for road in roads if node in road.refs and road.osm_id not in ways]
        if not onward:
            return None
        way = draw(st.sampled_from(onward))
        ways.append(way.osm_id)
        node = int(way.refs[0] if way.refs[1] == node else way.refs[1])
        nodes.append(node)
    return ways, nodes[: size - 1]


def rules_of(extract: OsmExtract, network: RoadNetwork) -> list[tuple[str, tuple[int, ...]]]:
    """Return each restriction as its kind and the states from, via and to, if cars can drive it."""
    edge_of = {int(way): edge for edge, way in enumerate(network.edges.way_id)}
    osm = network.nodes.osm_id
    found = []
    for rule in extract.road_things.rules:
        edges = [edge_of[way] for way in (*rule.from_ways, *rule.via_ways, *rule.to_ways)]
        for signs in itertools.product((0, 1), repeat=len(edges)):
            states = [2 * edge + sign for edge, sign in zip(edges, signs, strict=True)]
            joined = all(
                ends(network, a)[1] == ends(network, b)[0] for a, b in itertools.pairwise(states)
            )
            at = osm[ends(network, states[0])[1]]
            if joined and (rule.via_node in (0, at)) and all(map(open_in(network), states)):
                found.append((rule.kind, tuple(states)))
    return found


def ends(network: RoadNetwork, state: int) -> tuple[int, int]:
    """Return the nodes where a state begins and ends."""
    edges = network.edges
    both = int(edges.from_node[state >> 1]), int(edges.to_node[state >> 1])
    return both[::-1] if state & 1 else both


def open_in(network: RoadNetwork) -> Any:
    """Return the test whether a state may be driven."""
    return lambda state: int(network.edges.oneway[state >> 1]) != (1 if state & 1 else -1)


def brute_force(
    network: RoadNetwork,
    rules: list[tuple[str, tuple[int, ...]]],
    begin: int,
    end: int,
    height_m: float,
) -> float:
    """Return the least time from the middle of an edge to that of another.

    A label is the row of the last four states, so that every restriction is looked up in the
    row itself.  Bends cost nothing here.
    """
    edges = network.edges
    is_open = open_in(network)

    def seconds(state: int) -> float:
        speed = (edges.speed_backward if state & 1 else edges.speed_forward)[state >> 1]
        return float(edges.length_m[state >> 1] / speed)

    def allowed(row: tuple[int, ...]) -> bool:
        for kind, states in rules:
            size = len(states)
            if kind.startswith("no_"):
                if row[-size:] == states:
                    return False
            else:
                for place in range(1, size):
                    if row[-place - 1 : -1] == states[:place] and row[-1] != states[place]:
                        return False
        return True

    def fits(state: int) -> bool:
        return is_open(state) and float(edges.max_height_m[state >> 1]) >= height_m

    leaving: dict[int, list[int]] = {}
    for state in range(2 * len(edges)):
        if is_open(state):
            leaving.setdefault(ends(network, state)[0], []).append(state)
    queue: list[tuple[float, tuple[int, ...]]] = []
    best = math.inf
    for state in (2 * begin, 2 * begin + 1):
        if fits(state):
            heapq.heappush(queue, (0.5 * seconds(state), (state,)))
            if begin == end:
                best = 0.0
    done = set()
    while queue:
        cost, row = heapq.heappop(queue)
        if row in done or cost >= best + 1e3:
            continue
        done.add(row)
        state = row[-1]
        if state >> 1 == end and len(row) > 1:
            best = min(best, cost - 0.5 * seconds(state))
        onward = leaving.get(ends(network, state)[1], [])
        # Turning round: where nothing else is open, whatever the vehicle; long restrictions apart.
        short = [s for s in onward if s != state ^ 1 and allowed_short(rules, state, s)]
        for other in onward:
            if other == state ^ 1:
                if short or not allowed_short(rules, state, other):
                    continue
                step = 60.0
            else:
                step = 0.0
            grown = (*row, other)[-4:]
            if fits(other) and allowed((*row, other)):
                heapq.heappush(queue, (cost + step + seconds(other), grown))
    return best


def allowed_short(rules: list[tuple[str, tuple[int, ...]]], one: int, two: int) -> bool:
    """Return whether no restriction at the node alone forbids a turn."""
    for kind, states in rules:
        if kind.startswith("no_") and states == (one, two):
            return False
        if kind.startswith("only_") and states[0] == one and states[1] != two:
            return False
    return True


@cache
def _countries() -> Countries:
    return load_pack().countries


def _network(extract: OsmExtract) -> RoadNetwork:
    network = import_roads(extract, _countries(), index=False)
    assert network is not None
    network.record["costs"]["bend"] = 0.0
    return network


def _middle(network: RoadNetwork, edge: int) -> RoadPlace:
    half = float(network.edges.length_m[edge]) / 2.0
    return RoadPlace(edge, half, *network.position(edge, half), 0.0)


@settings(max_examples=60)
@given(extracts(), st.data())
def test_random_streets_cost_what_brute_force_finds(extract: OsmExtract, data: Any) -> None:
    network = _network(extract)
    router, rules = RoadRouter(network), rules_of(extract, network)
    edge = st.integers(0, len(network.edges) - 1)
    height = data.draw(st.sampled_from([0.0, 3.0, 4.0]))
    limits = RoadVehicleLimits(height_m=height or None)
    for _ in range(4):
        one, two = data.draw(edge), data.draw(edge)
        found = router.find([_middle(network, one), _middle(network, two)], limits)
        ours = math.inf if found is None else found.cost_s
        assert ours == pytest.approx(brute_force(network, rules, one, two, height), abs=1e-6)


@settings(max_examples=40)
@given(extracts(), st.data())
def test_a_higher_vehicle_never_has_a_shorter_way(extract: OsmExtract, data: Any) -> None:
    network = _network(extract)
    router = RoadRouter(network)
    edge = st.integers(0, len(network.edges) - 1)
    places = [_middle(network, data.draw(edge)) for _ in range(3)]
    costs = []
    for height in (None, 2.5, 2.6, 3.5, 4.0, 4.3):
        found = router.find(places, RoadVehicleLimits(height_m=height))
        costs.append(math.inf if found is None else found.cost_s)
    assert costs == sorted(costs)


@settings(max_examples=30)
@given(extracts(), st.data())
def test_closing_more_never_makes_a_way_cheaper(extract: OsmExtract, data: Any) -> None:
    network = _network(extract)
    router = RoadRouter(network)
    count = len(network.edges)
    edge = st.integers(0, count - 1)
    places = [_middle(network, data.draw(edge)) for _ in range(2)]
    closed = np.zeros(count, np.bool_)
    before = 0.0
    for number in data.draw(st.lists(edge, max_size=8)):
        found = router.find(places, question=RoadQuestion(closed=closed.copy()))
        cost = math.inf if found is None else found.cost_s
        assert cost >= before
        before = cost
        closed[number] = True


PICTURE = """
A----B---------C----D
     |         |
     E----F----G
"""
WAYS: dict[str, dict[str, str]] = {
    "AB": {}, "BC": {"name": "High Street", "ref": "7"}, "CD": {}, "BE": {}, "EF": {}, "FG": {},
    "CG": {},
}  # fmt: skip


def test_vias_are_passed_in_order_and_without_turning_round(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, PICTURE, WAYS)
    assert roads.way("AD") == "ABCD"
    assert roads.way("AD", vias="F") == "ABEFGCD"
    assert roads.way("AD", vias="CF") == "ABCGFEBCD"


def test_what_was_asked_to_avoid_is_avoided(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, PICTURE, WAYS)
    a, d = roads.places["A"], roads.places["D"]
    for text in ("high street", "7", "way 1001", "50.0,7.00139,10 m"):
        question = avoided_roads(roads.network, [text])
        route = roads.router.route(a, d, avoid=question)
        assert "High Street" not in {piece.name for piece in route.pieces}
    with pytest.raises(NoPlan) as refused:
        question = avoided_roads(roads.network, ["way 1000"])
        roads.router.route(a, d, avoid=question)
    assert refused.value.reasons[0].kind == "closed"
    with pytest.raises(InputError, match="High Stret"):
        avoided_roads(roads.network, ["High Stret"])


def test_places_off_the_roads_are_refused(tmp_path: Path) -> None:
    router = drawn_roads(tmp_path, PICTURE, WAYS).router
    with pytest.raises(NoPlan) as refused:
        router.place(50.2, 7.0)
    assert refused.value.reasons[0].kind == "no-road"
    for lat, lon in ((math.nan, 7.0), (50.0, math.inf), (91.0, 0.0), (1e300, 0.0)):
        with pytest.raises(InputError, match="no place on the Earth"):
            router.place(lat, lon)


def test_the_same_place_is_no_journey(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, PICTURE, WAYS)
    route = roads.route("AA")
    assert route.length_m == 0.0
    assert route.free_time_s == 0.0


def test_roads_that_do_not_meet_tell_the_gap(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, "A---B   C---D", {"AB": {}, "CD": {}})
    with pytest.raises(NoPlan) as refused:
        roads.route("AD")
    (reason,) = refused.value.reasons
    assert reason.kind == "no-route"
    assert "40 m are missing" in reason.what


def test_a_junction_tells_how_many_arms_are_to_be_held(tmp_path: Path) -> None:
    ways = WAYS | {"CG": {"oneway": "yes"}, "BE": {"highway": "service", "service": "driveway"}}
    route = drawn_roads(tmp_path, PICTURE, ways).route("AD")
    # Nobody comes in by the driveway, nor against the one-way street.
    assert [p for p in route.points if p.kind == "junction"] == []
    route = drawn_roads(tmp_path, PICTURE, WAYS).route("AD")
    assert [(p.node_id, p.arms) for p in route.points] == [(ord("B"), 1), (ord("C"), 1)]


def test_choke_points_are_where_the_road_cannot_be_left(tmp_path: Path) -> None:
    picture = "A---B-----C--X--D----E"
    ways = {
        "AB": {"lanes": "1"},
        "BC": {"bridge": "yes", "maxweight": "12"},
        "CXD": {"width": "3.2", "oneway": "yes"},
        "DE": {"tunnel": "yes", "maxheight": "4.1"},
    }
    nodes = {"X": {"railway": "level_crossing"}}
    route = drawn_roads(tmp_path, picture, ways, nodes).route("AE")
    told = [(choke.kind, choke.from_m, choke.to_m) for choke in route.chokes]
    expected = [
        ("single_lane", 0, 40), ("bridge", 40, 100), ("weak", 40, 100), ("narrow", 100, 160),
        ("one_way", 100, 160), ("level_crossing", 130, 130), ("low", 160, 210),
        ("tunnel", 160, 210),
    ]  # fmt: skip
    assert [kind for kind, _, _ in told] == [kind for kind, _, _ in expected]
    for (_, begin, end), (_, low, high) in zip(told, expected, strict=True):
        assert (begin, end) == pytest.approx((low, high), abs=1.0)
    weak = next(choke for choke in route.chokes if choke.kind == "weak")
    assert weak.what == "mass limit 12 t, residential"


def test_an_extract_of_roads_alone_is_a_world(tmp_path: Path) -> None:
    drawn_roads(tmp_path, PICTURE, WAYS)
    built = import_world(tmp_path / "drawn.osm")
    assert len(built.tracks.edges) == 0
    assert built.roads is not None
