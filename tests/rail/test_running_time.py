"""The engine against answers found elsewhere: OSRD's cases, a centimetre march, closed forms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.rail.course import course_of
from retinue.rail.dynamics import (
    BrakingForce,
    ConstantBraking,
    MassDistribution,
    TractiveEffort,
    TrainDynamics,
)
from retinue.rail.running_path import UNELECTRIFIED, PowerSections, RunningPath
from retinue.rail.running_time import Driving, Regime, Run, Stop, run
from retinue.rail.steps import Steps
from tests.rail.fine_reference import fine_run
from tests.rail.trains import seeded_path, special

G = 9.80665


def _osrd_train(values: dict[str, float], braking: ConstantBraking | BrakingForce) -> TrainDynamics:
    top = values["max_speed_mps"]
    return TrainDynamics(
        name="OSRD",
        length_m=values["length_m"],
        mass_kg=values["mass_kg"],
        rotating_mass_factor=values["inertia"],
        davis_a_n=values["A_N"],
        davis_b_n_per_mps=values["B_N_per_mps"],
        davis_c_n_per_mps2=values["C_N_per_mps2"],
        effort={"diesel": TractiveEffort(np.array([0.0, top]), np.array([450e3, 180e3]))},
        max_speed_mps=top,
        braking=braking,
    )


@pytest.mark.parametrize("mass", ["distributed", "point"])
@pytest.mark.parametrize("case", range(4))
def test_regimes_change_where_osrd_changes_them(shared: Path, case: int, mass: str) -> None:
    # Authority: OpenRailAssociation/osrd, core/envelope-sim tests (shared data, LGPL-3.0).
    data = json.loads((shared / "data/osrd/running_time_expected.json").read_text("utf-8"))
    values, first, this = data["train"], data["cases"][0], data["cases"][case]
    if "NonConstDec" in this["id"]:
        force = values["MAX_DEC_gamma"] * values["mass_kg"] * values["inertia"]
        train = _osrd_train(values, BrakingForce(np.zeros(1), np.array([force])))
    else:
        train = _osrd_train(values, ConstantBraking(values["gamma_const_mps2"]))
    path = RunningPath(
        this["id"],
        first["length"],
        Steps.constant(first["vlim_mps"]),
        gradient=Steps.constant(this["grade_permil"] / 1000.0),
    )
    made = run(train, path, stops=[Stop(first["stops"][0])], mass=mass)  # type: ignore[arg-type]
    changes = made.distance_m[1:-1][np.diff(made.regime) != 0]
    assert changes == pytest.approx(this["transitions_m"], abs=1.1)


@pytest.mark.parametrize(("seed", "spread"), [(1, True), (2, True), (3, False)])
def test_engine_agrees_with_a_march_in_centimetres(seed: int, spread: bool) -> None:
    train, path = special(), seeded_path(seed, 60_000.0)
    time_s, work_j = fine_run(train, path, spread=spread)
    made = run(train, path, mass="distributed" if spread else "point")
    assert made.running_time_s == pytest.approx(time_s, rel=1e-5)
    assert made.energy_j == pytest.approx(work_j, rel=1e-4)


def test_constant_force_without_resistance_is_the_school_formula() -> None:
    train = TrainDynamics(
        "slide", 1.0, 1e5, 1.0, 0.0, 0.0, 0.0,
        {"diesel": TractiveEffort(np.zeros(1), np.array([5e4]))}, 100.0, ConstantBraking(0.5),
    )  # fmt: skip
    made = run(train, RunningPath("level", 1000.0, Steps.constant(100.0)))
    # Half the way at +0.5 m/s2, half at -0.5 m/s2: t = 2 sqrt(2 * 500 / 0.5).
    assert made.running_time_s == pytest.approx(2.0 * np.sqrt(2000.0), abs=1e-6)
    assert made.energy_j == pytest.approx(5e4 * 500.0, rel=1e-9)
    assert float(made.speed_at(500.0)) == pytest.approx(np.sqrt(500.0), abs=1e-6)


def test_a_limit_holds_until_the_tail_has_passed() -> None:
    limit = Steps(np.array([0.0, 4000.0, 6000.0]), np.array([25.0, 10.0, 25.0]))
    made = run(special(length_m=500.0), RunningPath("slow", 12_000.0, limit))
    assert made.speed_at(np.array([4000.0, 5000.0, 6000.0, 6499.0])) == pytest.approx(10.0)
    assert float(made.speed_at(6600.0)) > 10.0


def test_a_short_relief_between_two_limits_is_no_relief_for_a_long_train() -> None:
    limit = Steps(np.array([0.0, 4000.0, 5000.0, 5300.0, 6000.0]), np.array([20, 10, 20, 12, 20.0]))
    made = run(special(length_m=500.0), RunningPath("relief", 12_000.0, limit))
    inside = np.linspace(5000.0, 5499.0, 50)
    assert made.speed_at(inside).max() <= 10.0 + 1e-9
    assert made.speed_at(np.linspace(5501.0, 6500.0, 50)).max() <= 12.0 + 1e-9


def _checked_balance(train: TrainDynamics, path: RunningPath, made: Run) -> None:
    """Traction = kinetic (0 at both ends) + potential + resistance + braking work."""
    course = course_of(train, path, "distributed")
    traction = resistance = hill = braking = 0.0
    weight = train.mass_kg * G
    inertia = train.mass_kg * train.rotating_mass_factor
    for i, regime in enumerate(made.regime):
        if regime == Regime.DWELL:
            continue
        x = np.linspace(made.distance_m[i], made.distance_m[i + 1], 65)
        v = made.speed_at(x)
        middle = 0.5 * (x[:-1] + x[1:])
        mean = np.sqrt(0.5 * (v[:-1] ** 2 + v[1:] ** 2))
        drag = train.resistance_n(mean) * np.diff(x)
        rise = weight * course.specific_resistance_at(middle) * np.diff(x)
        gain = 0.5 * inertia * np.diff(v**2)
        need = drag + rise + gain
        if regime != Regime.COAST:
            braking += -np.minimum(need, 0.0).sum()
        resistance += drag.sum()
        hill += rise.sum()
        traction += made.interval_energy_j[i]
    assert traction == pytest.approx(resistance + hill + braking, rel=2e-4)


@pytest.mark.parametrize("seed", [4, 5])
def test_work_at_the_wheel_balances(seed: int) -> None:
    train, path = special(), seeded_path(seed, 40_000.0)
    _checked_balance(train, path, run(train, path, stops=[Stop(17_000.0, 60.0)]))


def test_a_comfort_limit_keeps_the_acceleration_and_the_balance() -> None:
    train, path = special(max_acceleration_mps2=0.1), seeded_path(6, 30_000.0)
    made = run(train, path)
    rate = np.diff(made.speed_mps) / np.maximum(np.diff(made.time_s), 1e-9)
    assert rate.max() <= 0.1 + 1e-6
    assert made.running_time_s > run(special(), path).running_time_s
    _checked_balance(train, path, made)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(1.0, 2.0))
def test_more_mass_never_shortens_where_no_downgrade_pushes(seed: int, factor: float) -> None:
    # Domain: level or rising line.  On a falling one gravity may speed a heavy train up.
    path = seeded_path(seed, 30_000.0)
    rising = RunningPath(path.name, path.length_m, path.limit_mps, path.gradient.map(np.abs))
    light = run(special(mass_kg=1.5e6), rising)
    heavy = run(special(mass_kg=1.5e6 * factor), rising)
    assert heavy.running_time_s >= light.running_time_s - 1e-6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 29_000.0), st.floats(5.0, 30.0))
def test_a_tighter_limit_is_never_faster(seed: int, start_m: float, limit_mps: float) -> None:
    path = seeded_path(seed, 30_000.0)
    start = max(start_m, 1.0)
    tighter = Steps(np.array([0.0, start, start + 800.0]), np.array([np.inf, limit_mps, np.inf]))
    slow = RunningPath(path.name, path.length_m, path.limit_mps.minimum(tighter), path.gradient)
    assert run(special(), slow).total_time_s >= run(special(), path).total_time_s - 1e-6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(2000.0, 28_000.0), st.floats(0.0, 600.0))
def test_time_adds_up_over_a_stop(seed: int, at_m: float, dwell_s: float) -> None:
    # A point mass: behind a cut path a long train would stand on another gradient.
    path = seeded_path(seed, 30_000.0, steepest=0.008)
    train = special(length_m=1.0)
    whole = run(train, path, stops=[Stop(at_m, dwell_s)], mass="point")
    first = run(train, path.cut(0.0, at_m), mass="point")
    second = run(train, path.cut(at_m, path.length_m), mass="point")
    limit_carried = path.limit_mps.at([at_m - 0.5])[0] != path.limit_mps.at([at_m + 1.0])[0]
    slack = 0.5 if limit_carried else 1e-5
    total = first.total_time_s + dwell_s + second.total_time_s
    assert whole.total_time_s == pytest.approx(total, abs=slack)
    assert whole.dwell_s == pytest.approx(dwell_s)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_every_node_keeps_limits_and_time_runs_forward(seed: int, by_force: bool) -> None:
    path = seeded_path(seed, 30_000.0)
    braking = BrakingForce(np.array([0.0, 30.0]), np.array([0.7e6, 0.5e6])) if by_force else None
    train = special(braking=braking)
    made = run(train, path, stops=[Stop(11_111.0, 30.0)])
    assert (np.diff(made.time_s) >= 0.0).all()
    assert (np.diff(made.distance_m) >= 0.0).all()
    for place, speed in zip(made.distance_m, made.speed_mps, strict=True):
        under = path.limit_mps.at(np.linspace(max(0.0, place - 499.99), place - 1e-3, 60))
        assert speed <= under.min() + 1e-6
    assert made.speed_mps[-1] == 0.0
    assert float(made.speed_at(11_111.0)) == 0.0


def test_a_spread_mass_feels_the_elevation_between_head_and_tail() -> None:
    path = RunningPath(
        "ramp", 3000.0, Steps.constant(20.0), Steps(np.array([0.0, 1000.0]), np.array([0.0, 0.01]))
    )
    course = course_of(special(length_m=400.0), path, "distributed")
    sine = 0.01 / np.sqrt(1.0001)
    got = course.specific_resistance_at(np.array([900.0, 1000.0, 1100.0, 1400.0, 2000.0]))
    assert got == pytest.approx([0.0, 0.0, sine / 4, sine, sine], abs=1e-12)


def test_an_uneven_mass_feels_the_gradient_where_it_is_heavy() -> None:
    front_heavy = MassDistribution(np.array([0.0, 100.0]), np.array([3.0, 1.0]))
    even = special(length_m=400.0)
    train = TrainDynamics(
        **{
            **{f: getattr(even, f) for f in even.__dataclass_fields__},
            "mass_distribution": front_heavy,
        }
    )
    path = RunningPath(
        "ramp", 3000.0, Steps.constant(20.0), Steps(np.array([0.0, 1000.0]), np.array([0.0, 0.01]))
    )
    got = course_of(train, path, "distributed").specific_resistance_at(np.array([1100.0, 1250.0]))
    sine = 0.01 / np.sqrt(1.0001)
    # Weights: 300 on the first 100 m, 300 on the other 300 m.
    assert got == pytest.approx([sine * 0.5, sine * 0.75], rel=1e-9)


def test_a_stall_is_reported_with_place_gradient_and_forces() -> None:
    path = RunningPath(
        "pass",
        20_000.0,
        Steps.constant(20.0),
        Steps(np.array([0.0, 8000.0]), np.array([0.0, 0.035])),
    )
    with pytest.raises(NoPlan) as caught:
        run(special(), path)
    (reason,) = caught.value.reasons
    assert reason.kind == "effort"
    # 2,000 t on 35 per mille need 686 kN and the rolling resistance; 500 kN are there.
    assert "per mille" in reason.what
    assert "500 kN are there" in reason.what
    place_km = float(reason.where.split(": ")[1].split()[0])
    assert 8.0 < place_km < 12.0


def test_a_train_too_weak_to_start_says_so_at_the_start() -> None:
    steep = RunningPath("wall", 5000.0, Steps.constant(20.0), Steps.constant(0.04))
    with pytest.raises(NoPlan) as caught:
        run(special(), steep)
    assert caught.value.reasons[0].where.endswith("0.000 km")


ELECTRIC = {"25kv-ac-50hz": TractiveEffort.constant_power(2.4e6, 500e3, 120 / 3.6)}


def _with_gap(length_m: float, *, gradient: float = 0.0) -> RunningPath:
    wire = PowerSections(
        np.array([0.0, 10_000.0, 10_000.0 + length_m]), ("25kv-ac-50hz", None, "25kv-ac-50hz")
    )
    return RunningPath("gap", 20_000.0, Steps.constant(20.0), Steps.constant(gradient), power=wire)


def test_an_electric_train_coasts_through_a_power_gap() -> None:
    made = run(special(effort=ELECTRIC), _with_gap(500.0))
    middle = 0.5 * (made.distance_m[1:] + made.distance_m[:-1])
    inside = (middle > 10_000.0) & (middle < 10_500.0)
    assert set(made.regime[inside]) == {Regime.COAST}
    assert made.interval_energy_j[inside].sum() == 0.0
    assert float(made.speed_at(10_500.0)) < float(made.speed_at(10_000.0))
    with_diesel = run(special(), _with_gap(500.0))
    assert float(with_diesel.speed_at(10_500.0)) == pytest.approx(20.0)


def test_a_train_that_stands_in_a_gap_is_told_so() -> None:
    with pytest.raises(NoPlan) as caught:
        run(special(effort=ELECTRIC), _with_gap(3000.0, gradient=0.012))
    assert caught.value.reasons[0].kind == "power"


def test_an_electric_train_does_not_run_without_wires() -> None:
    path = RunningPath("branch", 5000.0, Steps.constant(20.0))
    assert path.power.system == (UNELECTRIFIED,)
    with pytest.raises(NoPlan) as caught:
        run(special(effort=ELECTRIC), path)
    assert caught.value.reasons[0].kind == "power"


def test_brakes_that_cannot_hold_a_downgrade_are_reported() -> None:
    weak = BrakingForce(np.zeros(1), np.array([1.0e5]))
    steep = RunningPath("fall", 9000.0, Steps.constant(20.0), Steps.constant(-0.02))
    with pytest.raises(NoPlan) as caught:
        run(special(braking=weak), steep)
    assert caught.value.reasons[0].kind == "braking"


def test_a_tunnel_costs_time_only_under_the_train() -> None:
    tunnel = Steps(np.array([0.0, 5000.0, 9000.0]), np.array([1.0, 8.0, 1.0]))
    open_air = RunningPath("open", 15_000.0, Steps.constant(33.0))
    covered = RunningPath("tunnel", 15_000.0, Steps.constant(33.0), tunnel_factor=tunnel)
    train = special()
    assert run(train, covered).running_time_s > run(train, open_air).running_time_s
    factor = course_of(train, covered, "distributed").factor_at(np.array([5000.0, 5250.0, 6000.0]))
    assert factor == pytest.approx([1.0, 4.5, 8.0])
    inside = run(train, covered)
    assert float(inside.speed_at(5000.0)) > float(inside.speed_at(9000.0))


def test_head_and_tail_times_are_a_train_length_apart() -> None:
    made = run(special(), seeded_path(7, 30_000.0), stops=[Stop(12_000.0, 300.0)])
    assert made.tail_time_at(5000.0) == pytest.approx(made.time_at(5500.0))
    assert np.isnan(made.tail_time_at(29_900.0))
    waited = made.time_at(12_000.0, side="departure") - made.time_at(12_000.0)
    assert float(waited) == pytest.approx(300.0, abs=1e-9)
    # The tail leaves the place 500 m behind the stop when the front arrives there.
    assert made.tail_time_at(11_500.0) == made.time_at(12_000.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 5.0))
def test_a_polyline_stays_within_its_tolerance(seed: int, tolerance_s: float) -> None:
    made = run(special(), seeded_path(seed, 20_000.0), stops=[Stop(9000.0, 120.0)])
    distance, time = made.polyline(tolerance_s)
    places = np.linspace(1.0, 19_999.0, 400)
    places = places[np.abs(places - 9000.0) > 1.0]
    assert np.abs(np.interp(places, distance, time) - made.time_at(places)).max() <= tolerance_s


def test_caps_and_coasting_slow_the_train_as_asked() -> None:
    path = RunningPath("level", 30_000.0, Steps.constant(25.0))
    free = run(special(), path)
    capped = run(special(), path, speed_cap_mps=15.0)
    assert capped.speed_mps.max() == pytest.approx(15.0)
    coasting = run(special(), path, driving=Driving(coast_to_mps=Steps.constant(15.0)))
    assert coasting.regime_shares[Regime.COAST] > 0.05
    assert coasting.energy_j < free.energy_j
    brakes = coasting.regime == Regime.BRAKE
    assert coasting.speed_mps[:-1][brakes].max() == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stops": [Stop(99_999.0)]}, "lies off the path"),
        ({"stops": [Stop(5.0), Stop(5.0)]}, "two stops"),
        ({"stops": [Stop(5.0, -1.0)]}, "a dwell"),
        ({"speed_cap_mps": 0.0}, "a speed cap"),
        ({"start_speed_mps": 90.0}, "faster than the path permits"),
        ({"end_speed_mps": -1.0}, "speed at the end"),
        ({"mass": "even"}, "mass model"),
    ],
)
def test_impossible_wishes_are_refused_in_words(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(special(), RunningPath("level", 9000.0, Steps.constant(20.0)), **options)  # type: ignore[arg-type]


def test_the_same_run_twice_is_the_same_to_the_bit() -> None:
    first = run(special(), seeded_path(8, 50_000.0))
    again = run(special(), seeded_path(8, 50_000.0))
    assert (first.time_s == again.time_s).all()
    assert (first.interval_energy_j == again.interval_energy_j).all()
