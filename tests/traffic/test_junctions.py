"""Which moves cross on the level: a flat junction has one diamond, on the side it must be."""

from __future__ import annotations

import math

from retinue.traffic.junctions import crossing_moves
from retinue.traffic.line_network import Section


def leg(number: int, bearing_deg: float, tracks: int = 2) -> Section:
    """A section from the junction (node 0) outwards."""
    lat = (47.0, 47.0 + 0.01 * math.cos(math.radians(bearing_deg)))
    east = 0.01 * math.sin(math.radians(bearing_deg)) / math.cos(math.radians(47.0))
    lon = (8.0, 8.0 + east)
    return Section(
        number, 0, number + 1, 1000.0, tracks, 30.0, (0,), (1,), (1000.0,), "straight", lat, lon
    )


A, X, Y = 0, 1, 2
"""The common line southwards; two lines northwards, X to the left of Y seen from A."""
LEGS = [leg(A, 180.0), leg(X, 340.0), leg(Y, 20.0)]
MOVES = [(A, 0, X), (A, 0, Y)]


def test_trains_on_the_left_cross_where_the_left_line_joins() -> None:
    assert crossing_moves(0, MOVES, LEGS, "left") == [[(A, 0, Y), (X, 0, A)]]


def test_trains_on_the_right_cross_where_the_right_line_joins() -> None:
    assert crossing_moves(0, MOVES, LEGS, "right") == [[(A, 0, X), (Y, 0, A)]]


def test_an_unknown_side_counts_the_crossings_of_both() -> None:
    assert len(crossing_moves(0, MOVES, LEGS, None)) == 2


def test_on_a_single_common_line_all_moves_share_the_points() -> None:
    legs = [leg(A, 180.0, 1), *LEGS[1:]]
    groups = crossing_moves(0, MOVES, legs, "left")
    moves = sorted(move for group in groups for move in group)
    assert moves == sorted([*MOVES, (X, 0, A), (Y, 0, A)])


def test_a_level_crossing_of_two_lines_lets_no_two_moves_of_different_lines() -> None:
    legs = [leg(0, 0.0), leg(1, 90.0), leg(2, 180.0), leg(3, 270.0)]
    groups = crossing_moves(0, [(0, 0, 2), (1, 0, 3)], legs, "left")
    assert groups == [[(0, 0, 2), (1, 0, 3), (2, 0, 0), (3, 0, 1)]]
