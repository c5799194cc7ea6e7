"""A long convoy in groups: none above the field manual's twenty, the core never parted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.road.column import column_rules, columns
from retinue.road.convoy import Convoy, ConvoyVehicle, Role, load_convoy
from retinue.road.groups import split_groups
from retinue.road.passage import pass_column
from retinue.road.vehicle import road_vehicles

SALOON = road_vehicles().vehicles["saloon"]


def _vehicle(role: Role) -> ConvoyVehicle:
    return ConvoyVehicle(role, "saloon", SALOON)


def _convoy(before: int, after: int) -> Convoy:
    roles: list[Role] = ["lead", *["officials"] * before]  # type: ignore[list-item]
    roles += ["guards", "main", "spare", "guards"]
    roles += ["press"] * after
    return replace(load_convoy("kyiv-2023"), vehicles=tuple(_vehicle(role) for role in roles))


@given(st.integers(0, 60), st.integers(0, 60))
def test_groups_are_few_small_and_in_order(before: int, after: int) -> None:
    column = _convoy(before, after).column
    groups = split_groups(column, 20)
    assert [v for group in groups for v in group] == list(column)
    # FM 3-21.8: groups of 20 or fewer vehicles are not split.
    assert all(1 <= len(group) <= 20 for group in groups)
    assert len(groups) <= -(-len(column) // 20) + 1
    core = next(g for g in groups if any(v.role == "main" for v in g))
    assert sum(v.role in ("guards", "main", "spare") for v in core) == 4


def test_twenty_vehicles_are_one_group() -> None:
    assert len(_convoy(0, 15).column) == 20
    assert len(_convoy(0, 15).groups) == 1
    assert len(_convoy(0, 16).groups) == 2


def test_between_groups_the_time_gap_counts_from_the_tail() -> None:
    convoy, column = _convoy(0, 16), columns()["open"]
    head = next(iter(convoy.group_heads))
    apart = convoy.spacing_m(head - 1, column, 20.0)
    assert apart == pytest.approx(SALOON.length + 20.0 * column_rules().groups.time_gap)
    assert convoy.spacing_m(head - 1, column, 0.0) == SALOON.length + column.standstill_gap


def test_the_passage_of_a_split_convoy_is_longer_by_the_gap() -> None:
    column = columns()["open"]
    distance = np.linspace(0.0, 20_000.0, 2_001)
    front = distance / 20.0
    late = [
        pass_column(distance, front, convoy, column, np.full(2_000, 1.1)).tail_s[1000] - front[1000]
        for convoy in (_convoy(0, 15), _convoy(0, 16))
    ]
    gap = column_rules().groups.time_gap
    assert late[1] - late[0] == pytest.approx(gap + SALOON.length / 20.0, abs=0.5)
