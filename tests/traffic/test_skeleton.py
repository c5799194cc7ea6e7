"""Courses become a network: lines part at shared points, expresses pass stations, feet in order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.traffic.course_finding import STRAIGHT_DETOUR, CourseFinder
from retinue.traffic.foot import feet_in_order, feet_on_edges
from retinue.traffic.gtfs_feed import Feed, FeedStop
from retinue.traffic.pack_way import PackRail
from retinue.traffic.placing import Spread
from retinue.traffic.skeleton import lay_out, stations_of_stops
from retinue.world.graph import Graph
from retinue.world.sphere import distance_m

KM = 1.0 / 111.195
"""Degrees of latitude in a kilometre."""


def feed(
    stops: dict[str, tuple[float, float]], shapes: dict[str, list[tuple[float, float]]]
) -> Feed:
    """Stops and shapes at (north, east) kilometres of 0 N 0 E."""
    return Feed(
        "test", "",
        stops={
            key: FeedStop(key, key.upper(), y * KM, x * KM, key) for key, (y, x) in stops.items()
        },
        shapes={key: np.array(line) * KM for key, line in shapes.items()},
    )  # fmt: skip


#: A line northwards; at 10 km one line goes on north, one turns east.
STOPS = {"a": (0.0, 0.0), "m": (5.0, 0.0), "x": (20.0, 0.0), "y": (10.0, 12.0)}
NORTH = [(0.0, 0.0), (5.0, 0.0), (10.0, 0.0), (15.0, 0.0), (20.0, 0.0)]
EAST = [(0.0, 0.0), (5.0, 0.0), (10.0, 0.0), (10.0, 6.0), (10.0, 12.0)]


def test_lines_part_at_the_point_they_share_and_the_common_line_is_one() -> None:
    made = feed(STOPS, {"n": NORTH, "e": EAST})
    finder = CourseFinder(made, None)
    courses = finder.courses([("n", ("a", "m", "x")), ("e", ("a", "y"))])
    skeleton = lay_out(made, finder.points, courses)
    junction = next(node for node in skeleton.nodes if node.junction)
    assert (junction.lat / KM, junction.lon / KM) == pytest.approx((10.0, 0.0))
    names = {
        key: [skeleton.nodes[n].name for n in laid.nodes]
        for key, laid in skeleton.laid.items() if laid is not None
    }  # fmt: skip
    # The express passes M, at which the other train stops.
    assert names[("e", ("a", "y"))] == ["A", "M", junction.name, "Y"]
    assert names[("n", ("a", "m", "x"))] == ["A", "M", junction.name, "X"]
    lengths = sorted(round(s.length_m / 1000.0, 1) for s in skeleton.sections)
    assert lengths == [5.0, 5.0, 10.0, 12.0]
    assert all(s.ground == "feed" for s in skeleton.sections)


def test_a_junction_within_a_station_s_throat_is_the_station() -> None:
    stops = STOPS | {"j": (9.6, 0.0)}
    made = feed(stops, {"n": NORTH, "e": EAST})
    finder = CourseFinder(made, None)
    courses = finder.courses([("n", ("a", "j", "x")), ("e", ("a", "j", "y"))])
    skeleton = lay_out(made, finder.points, courses)
    assert not any(node.junction for node in skeleton.nodes)
    assert len(skeleton.sections) == 3


def test_both_directions_and_parallel_drawings_are_one_section() -> None:
    beside = [(y, x + 0.005) for y, x in reversed(NORTH)]
    made = feed(STOPS, {"n": NORTH, "s": beside})
    finder = CourseFinder(made, None)
    skeleton = lay_out(
        made, finder.points, finder.courses([("n", ("a", "m", "x")), ("s", ("x", "m", "a"))])
    )
    assert len(skeleton.sections) == 2
    one, two = (laid for laid in skeleton.laid.values() if laid is not None)
    assert [s.section for s in one.steps] == [s.section for s in two.steps][::-1]
    assert all(s.forward for s in one.steps) and not any(s.forward for s in two.steps)


def test_without_shape_and_pack_a_straight_line_stands_in_and_says_why() -> None:
    made = feed(STOPS, {})
    finder = CourseFinder(made, None)
    (piece,) = finder.course(("", ("a", "m"))).pieces
    assert piece.ground == "straight"
    assert piece.length_m == pytest.approx(5_000.0 * STRAIGHT_DETOUR, rel=1e-3)
    assert "draws no shape" in piece.note and "no world pack" in piece.note


def test_a_stop_off_its_shape_is_taken_over_the_pack() -> None:
    made = feed(STOPS | {"m": (5.0, 3.0)}, {"n": NORTH})
    graph = Graph.from_edges(
        np.array([0.0, 5.0, 20.0]) * KM, np.array([0.0, 3.1, 0.0]) * KM,
        [(0, 1, 6_000.0), (1, 2, 15_400.0)],
    )  # fmt: skip
    lat, lon = (
        np.array(c) for c in zip(*[(s.lat, s.lon) for s in made.stops.values()], strict=True)
    )
    finder = CourseFinder(made, PackRail(graph, lat, lon))
    course = finder.course(("n", ("a", "m", "x")))
    assert [p.ground for p in course.pieces] == ["pack", "pack"]
    assert "M lies more than 500 m off the shape n" in course.pieces[0].note
    assert course.pieces[0].end_error_m == pytest.approx(100.0, abs=40.0)
    assert sum(p.length_m for p in course.pieces) == pytest.approx(21_400.0, rel=0.01)


def test_stops_of_one_name_close_together_are_one_station() -> None:
    stops = {"p1": (0.0, 0.0), "p2": (0.1, 0.0), "far": (40.0, 0.0), "x": (20.0, 0.0)}
    made = feed(stops, {})
    named = {
        key: FeedStop(key, "Same", stop.lat, stop.lon, key) if key != "x" else stop
        for key, stop in made.stops.items()
    }
    made.stops = named
    assert stations_of_stops(made) == {"p1": "p1", "p2": "p1", "far": "far", "x": "x"}


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=7, unique=True),
    st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=4),
)
def test_feet_in_order_have_the_least_sum_of_squares(
    line: list[tuple[float, float]], stops: list[tuple[float, float]]
) -> None:
    lat, lon = (np.array(c) * KM for c in zip(*line, strict=True))
    stop_lat, stop_lon = (np.array(c) * KM for c in zip(*stops, strict=True))
    found = feet_in_order(stop_lat, stop_lon, lat, lon)
    edges = [edge for edge, _, _ in found]
    assert edges == sorted(edges)
    away = np.array([
        feet_on_edges(y, x, lat[:-1], lon[:-1], lat[1:], lon[1:])[0]
        for y, x in zip(stop_lat.tolist(), stop_lon.tolist(), strict=True)
    ])  # fmt: skip
    best = min(
        sum(float(away[i, k]) ** 2 for i, k in enumerate(chosen))
        for chosen in itertools.combinations_with_replacement(range(len(line) - 1), len(stops))
    )
    assert sum(d * d for _, _, d in found) == pytest.approx(best, rel=1e-9, abs=1e-6)


def test_a_foot_is_where_the_sphere_has_it() -> None:
    away, share = feet_on_edges(
        47.0, 8.0, np.array([46.99]), np.array([7.99]), np.array([46.99]), np.array([8.01])
    )
    assert share[0] == pytest.approx(0.5)
    assert away[0] == pytest.approx(float(distance_m(47.0, 8.0, 46.99, 8.0)), rel=1e-3)


def test_a_spread_of_nothing_is_not_a_number() -> None:
    assert Spread.of(np.array([])).count == 0
    assert Spread.of(np.array([1.0, 2.0, 9.0])).median == 2.0
