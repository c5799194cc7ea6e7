"""From a route of the books to what a train feels: limits, power, ruling gradients."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.errors import NoPlan
from retinue.rail.route_path import (
    check_ruling_gradients,
    place_name,
    running_path,
    section_path,
    stretch_name,
)
from retinue.rail.running_time import run
from tests.rail.convoys import train
from tests.rail.drawn_route import drawn


def test_limits_and_power_follow_the_stretches() -> None:
    path = running_path(drawn("A--__B~=C"))
    assert path.limit_mps.start_m.tolist() == [0.0, 10_000.0, 20_000.0, 25_000.0]
    assert np.allclose(path.limit_mps.value * 3.6, [60.0, 30.0, 40.0, 80.0])
    assert path.power.system == ("3kv-dc", "none")
    assert path.power.start_m.tolist() == [0.0, 20_000.0]


def test_a_what_if_lifts_every_limit() -> None:
    path = running_path(drawn("A--__B~=C"), line_speed_override_mps=60.0 / 3.6)
    assert np.allclose(path.limit_mps.value * 3.6, [60.0])


def test_the_limit_behind_a_stop_holds_until_the_tail_has_left_it() -> None:
    path = running_path(drawn("A__B--C"))
    special = train("special-21").dynamics()
    cut = section_path(path, 10_000.0, 20_000.0, special, "B-C")
    made = run(special, cut)
    inside = made.distance_m < special.length_m
    assert made.speed_mps[inside].max() * 3.6 <= 30.0 + 1e-6
    assert made.speed_mps.max() * 3.6 == pytest.approx(60.0)
    # Where nothing lower lies behind, the cut is the plain one.
    plain = section_path(path, 0.0, 10_000.0, special, "A-B")
    assert plain.limit_mps.value.tolist() == [30.0 / 3.6]


def test_a_ruling_gradient_is_checked_and_does_not_slow_the_run() -> None:
    steep, level = drawn("A----B", ruling_gradient=0.020), drawn("A----B")
    special = train("special-21").dynamics()
    path = running_path(steep)
    held = check_ruling_gradients(special, steep, path, 0.0, steep.length_m)
    assert [h.gradient for h in held] == [0.020]
    assert 5.0 < held[0].held_mps * 3.6 < 60.0
    assert run(special, path).total_time_s == run(special, running_path(level)).total_time_s


def test_a_train_too_weak_for_the_gradient_is_refused_with_place_and_forces() -> None:
    route = drawn("A--B--C", ruling_gradient=0.045)
    special = train("special-21").dynamics()
    with pytest.raises(NoPlan) as caught:
        check_ruling_gradients(special, route, running_path(route), 0.0, route.length_m)
    (reason,) = caught.value.reasons
    assert reason.kind == "effort"
    assert "45.0 per mille" in reason.what
    # m g sin(i) + A of a train of 1,518 t: about 670 kN on the slope alone (own arithmetic).
    assert "kN are needed" in reason.what
    assert reason.where == "Station A-Station B"
    assert "second locomotive" in reason.cure


def test_places_are_named_by_points_or_by_chainage() -> None:
    route = drawn("A--B--C")
    assert place_name(route, 10_100.0) == "Station B"
    assert place_name(route, 5_000.0) == "km 5.0"
    assert stretch_name(route, 0.0, 10_000.0) == "Station A-Station B"


def test_unknown_power_is_taken_as_the_trains_own() -> None:
    from dataclasses import replace

    route = drawn("A----B")
    route = replace(
        route, stretches=tuple(replace(s, electrification=None) for s in route.stretches)
    )
    special = train("special-21").dynamics()
    path = running_path(route)
    assert path.power.system == ("unknown",)
    assert section_path(path, 0.0, 20_000.0, special, "A-B").power.system == ("3kv-dc",)
