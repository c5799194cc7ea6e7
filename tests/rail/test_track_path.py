"""Running paths of routes over drawn tracks: each value by direction and place, curves by law."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.rail.curvature import CHORD_M, curve_radius
from retinue.rail.running_path import UNELECTRIFIED
from retinue.rail.track_path import TUNNEL_FACTOR, TrackPath, track_path
from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import DEAD_SECTION, NOT_ELECTRIFIED
from retinue.world.track_route import Standing, TrackStop
from retinue.world.track_search import TrackRouter
from retinue.world.track_speed import ASSUMED_KMH
from tests.world.ascii_tracks import Drawn, drawn

WIRE = "15kv-ac-16.7hz"
LINE = "A----------b----------c----------D"


def path_between(picture: Drawn, one: str, two: str, **options: object) -> TrackPath:
    """Return the path from the begin of one edge to the end of another, as run."""
    network = picture.network

    def stop(name: str, share: float) -> TrackStop:
        number = picture.state(name)
        share = 1.0 - share if number & 1 else share
        length = float(network.edges.length_m[number >> 1])
        return TrackStop(name, (Standing(number >> 1, share * length),))

    route = TrackRouter(network).route(TrainLimits(length_m=50.0), (stop(one, 0.0), stop(two, 1.0)))
    assert route is not None
    return track_path(network, route, **options)  # type: ignore[arg-type]


def test_limits_are_those_of_the_direction_run() -> None:
    picture = drawn(
        LINE, {"bc": {"speed_forward": 10.0, "speed_backward": 20.0}},
        speed_forward=30.0, speed_backward=30.0,
    )  # fmt: skip
    there, back = path_between(picture, "Ab", "cD"), path_between(picture, "Dc", "bA")
    assert there.path.limit_mps.value.tolist() == [30.0, 10.0, 30.0]
    assert back.path.limit_mps.value.tolist() == [30.0, 20.0, 30.0]
    assert there.path.limit_mps.start_m[1] == pytest.approx(220.0, rel=1e-3)
    assert there.assumed_limit_m == 0.0


def test_a_limit_that_nobody_tagged_is_assumed_by_use_and_listed() -> None:
    picture = drawn(LINE, {"Ab": {"speed_forward": 20.0}, "bc": {"usage": "branch"}})
    path = path_between(picture, "Ab", "cD")
    assert path.path.limit_mps.at(300.0) * 3.6 == pytest.approx(ASSUMED_KMH["branch"])
    assert path.assumed_limit_m == pytest.approx(440.0, rel=1e-3)
    assert [span.value[1] for span in path.limits] == [True, False]


def test_a_conditional_limit_is_listed_and_not_obeyed() -> None:
    picture = drawn(LINE, {"bc": {"speed_conditional": "60 @ (22:00-06:00)"}}, speed_forward=30.0)
    path = path_between(picture, "Ab", "cD")
    assert [span.value for span in path.conditional] == ["60 @ (22:00-06:00)"]
    assert path.path.limit_mps.value.tolist() == [30.0]


def test_a_tagged_incline_climbs_one_way_and_falls_the_other() -> None:
    picture = drawn(LINE, {"bc": {"incline": 0.02}})
    up, down = path_between(picture, "Ab", "cD"), path_between(picture, "Dc", "bA")
    # Height gained is tagged rise times length, whatever the cells.
    length = up.path.length_m
    assert up.path.gradient.integral(length) == pytest.approx(0.02 * 220.0, rel=1e-3)
    assert down.path.gradient.integral(length) == pytest.approx(-0.02 * 220.0, rel=1e-3)
    assert up.heights == "incline" and up.level_m == pytest.approx(440.0, rel=1e-3)


def test_tunnels_raise_the_air_resistance_and_nothing_else_does() -> None:
    path = path_between(drawn(LINE, {"bc": {"tunnel": "yes"}}), "Ab", "cD")
    assert path.path.tunnel_factor.value.tolist() == [1.0, TUNNEL_FACTOR, 1.0]


def test_a_dead_section_is_a_gap_and_a_long_way_without_wires_is_not() -> None:
    dead = drawn(LINE, {"bc": {"power": (DEAD_SECTION,)}}, power=(WIRE,))
    path = path_between(dead, "Ab", "cD", systems=(WIRE,))
    assert path.path.power.system == (WIRE, None, WIRE)
    bare = drawn(LINE, {"bc": {"power": (NOT_ELECTRIFIED,)}}, power=(WIRE,))
    path = path_between(bare, "Ab", "cD", systems=(WIRE,), dead_section_m=300.0)
    assert path.path.power.system == (WIRE, None, WIRE)
    path = path_between(bare, "Ab", "cD", systems=(WIRE,), dead_section_m=100.0)
    assert path.path.power.system == (WIRE, UNELECTRIFIED, WIRE)


def test_under_two_systems_the_train_takes_its_own() -> None:
    picture = drawn(LINE, power=("3kv-dc", WIRE))
    path = path_between(picture, "Ab", "cD", systems=(WIRE,))
    assert path.path.power.system == (WIRE,)
    assert path_between(drawn(LINE), "Ab", "cD", systems=(WIRE,)).path.power.system == ("unknown",)


def arc(radius_m: float, noise_m: float, seed: int, spacing_m: float = 25.0) -> tuple[
    np.ndarray, np.ndarray, np.ndarray
]:  # fmt: skip
    """Return 600 m straight, 600 m of arc and 600 m straight, with lateral noise."""
    s = np.arange(0.0, 1800.0 + 1.0, spacing_m)
    turn = np.clip(s - 600.0, 0.0, 600.0) / radius_m
    fine = np.linspace(0.0, 1800.0, 18_001)
    heading = np.clip(fine - 600.0, 0.0, 600.0) / radius_m
    x = np.interp(s, fine, np.concatenate(([0.0], np.cumsum(np.cos(heading[:-1]) * 0.1))))
    y = np.interp(s, fine, np.concatenate(([0.0], np.cumsum(np.sin(heading[:-1]) * 0.1))))
    error = np.random.default_rng(seed).normal(0.0, noise_m, len(s))
    x, y = x - np.sin(turn) * error, y + np.cos(turn) * error
    at = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    return x, y, at


@pytest.mark.parametrize("radius_m", [300.0, 500.0, 800.0, 1200.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_radius_of_a_noisy_arc_is_found_within_a_tenth(radius_m: float, seed: int) -> None:
    x, y, at = arc(radius_m, 0.3, seed)
    steps = curve_radius(x, y, at)
    inside = np.arange(600.0 + CHORD_M, 1200.0 - CHORD_M, 5.0)
    mean = 1.0 / float(np.mean(1.0 / steps.at(inside)))
    assert mean == pytest.approx(radius_m, rel=0.10)
    # All the heading that the arc turns is there, wherever the cells lie.
    turned = steps.map(lambda r: 1.0 / r).integral(at[-1])
    assert turned == pytest.approx(600.0 / radius_m, rel=0.12)


@pytest.mark.parametrize("seed", range(5))
def test_a_noisy_straight_has_no_curve_that_a_train_would_feel(seed: int) -> None:
    x = np.arange(0.0, 3001.0, 25.0)
    y = np.random.default_rng(seed).normal(0.0, 0.3, len(x))
    at = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    assert curve_radius(x, y, at).value.min() > 2_500.0
    assert np.isinf(curve_radius(x, 0.0 * y, x).value).all()


def test_a_change_of_ends_is_no_curve() -> None:
    picture = drawn(
        r"""
        A------------------------s------------------------B
                                  \
                                   ------------------------C
        """
    )
    path = path_between(picture, "Bs", "sC")
    assert path.line.pieces[-1].run == 1
    assert path.path.curve_radius_m.value.min() > 100.0
