"""Squares and bins: nothing that a movement passes is missed, nothing is added."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.movement import Movement
from retinue.protection.observation import Cell, Grid
from retinue.world.sphere import distance_m
from tests.protection.two_ways import SPEED_MPS, START_S, line

SIDES = st.sampled_from([500.0, 5_000.0, 20_000.0])


@given(st.floats(-89.9, 89.9), st.floats(-180.0, 180.0), SIDES)
def test_a_point_lies_in_the_square_of_its_row_and_column(
    lat: float, lon: float, side: float
) -> None:
    grid = Grid(side, 900.0)
    row = grid.row(lat)
    column = grid.column(row, lon)
    assert 0 <= column < grid.columns(row)
    centre = grid.centre(row, column)
    assert grid.row(centre[0]) == row
    assert grid.column(row, centre[1]) == column
    # Half a diagonal, and rows near a pole hold few columns, each somewhat wider.
    assert float(distance_m(lat, lon, *centre)) < side * (1.2 if abs(lat) < 85 else 3.0)


@given(
    st.lists(st.tuples(st.floats(-60, 60), st.floats(-85, 85)), min_size=2, max_size=6),
    st.floats(-1e5, 1e5),
)
def test_no_place_of_a_movement_is_missed(points: list[tuple[float, float]], shift: float) -> None:
    lat, lon = np.array(points).T
    legs = np.maximum(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]), 1.0)
    chainage = np.concatenate([[0.0], np.cumsum(legs)])
    movement = Movement("main", "m", 0.0, lon, lat, chainage, chainage / 20.0)
    grid = Grid(200_000.0, 3_600.0)
    cells = grid.cells(grid.visits(movement), shift)
    for time in np.linspace(movement.depart_s, movement.arrive_s, 60)[1:-1]:
        x, y = movement.position_at(float(time))
        row = grid.row(y)
        column = grid.column(row, x)
        near = {
            Cell(r, c % grid.columns(r), b)
            for r in (row - 1, row, row + 1) for c in (column - 1, column, column + 1)
            for b in (grid.time_bin(time + shift - 1e-3), grid.time_bin(time + shift + 1e-3))
        } if min(abs(y / grid.step_deg % 1.0), abs(1 - y / grid.step_deg % 1.0)) < 1e-9 or min(
            abs((x + 180) / 360 * grid.columns(row) % 1.0),
            abs(1 - (x + 180) / 360 * grid.columns(row) % 1.0),
        ) < 1e-9 else {
            Cell(row, column, b)
            for b in (grid.time_bin(time + shift - 1e-3), grid.time_bin(time + shift + 1e-3))
        }  # fmt: skip
        assert near & cells


def test_a_straight_run_north_has_the_squares_and_times_of_its_rows() -> None:
    grid = Grid(10_000.0, 600.0)
    visits = grid.visits(line())
    rows = [v.row for v in visits]
    first = grid.row(50.0)
    assert rows == list(range(first, first + len(rows)))
    assert len(rows) in (10, 11)
    inner = visits[1:-1]
    assert all(v.leave_s - v.enter_s == pytest.approx(10_000 / SPEED_MPS, rel=1e-3) for v in inner)
    assert visits[0].enter_s == START_S
    assert all(a.leave_s == pytest.approx(b.enter_s) for a, b in pairwise(visits))


def test_a_long_train_leaves_a_square_with_its_tail() -> None:
    grid = Grid(10_000.0, 600.0)
    short, long = grid.visits(line()), grid.visits(line(length_m=500.0))
    assert long[3].enter_s == short[3].enter_s
    assert long[3].leave_s - short[3].leave_s == pytest.approx(500.0 / SPEED_MPS, rel=1e-6)


def test_a_stop_covers_every_bin_while_it_lasts() -> None:
    grid = Grid(10_000.0, 600.0)
    standing = grid.visits(line(stop_s=3_600.0))
    longest = max(standing, key=lambda v: v.leave_s - v.enter_s)
    cells = grid.cells([longest])
    assert len(cells) >= 6
    assert {c[:2] for c in cells} == {(longest.row, longest.column)}


@given(st.integers(-200, 200))
def test_a_shift_by_whole_bins_moves_every_cell_by_as_many(bins: int) -> None:
    grid = Grid(5_000.0, 900.0)
    visits = grid.visits(line())
    moved = {c._replace(time_bin=c.time_bin + bins) for c in grid.cells(visits)}
    assert grid.cells(visits, bins * 900.0) == moved


def test_what_flies_is_looked_for_in_the_air() -> None:
    grid = Grid(5_000.0, 900.0)
    ground, air = grid.cells(grid.visits(line())), grid.cells(grid.visits(line(altitude=True)))
    assert not ground & air
    assert {c._replace(aloft=0) for c in air} == ground


def test_the_antimeridian_is_no_way_around_the_world() -> None:
    lon = np.array([179.9, -179.9])
    movement = Movement("main", "m", 0.0, lon, np.array([65.0, 65.0]), np.array([0.0, 9_400.0]),
                        np.array([0.0, 600.0]))  # fmt: skip
    visits = Grid(5_000.0, 900.0).visits(movement)
    assert len(visits) <= 3


def test_an_end_zone_holds_its_centre_and_its_own_square() -> None:
    grid = Grid(5_000.0, 900.0)
    squares = {(v.row, v.column) for v in grid.visits(line())}
    own = (grid.row(50.0), grid.column(grid.row(50.0), 10.0))
    assert grid.squares_near(squares, [(50.0, 10.0)], 0.0) == {own}
    ten = grid.squares_near(squares, [(50.0, 10.0)], 10_000.0)
    assert own in ten
    assert all(float(distance_m(50.0, 10.0, *grid.centre(*s))) <= 10_000 for s in ten - {own})
    assert grid.squares_near(squares, [], 10_000.0) == set()
    assert math.isclose(grid.step_deg, 5 / 111.195, rel_tol=1e-4)
