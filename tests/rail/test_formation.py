"""Formations: whole-train values are sums of the vehicles, and turning twice changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.rail.dynamics import curtius_kniffler
from retinue.rail.formation import Formation, PlacedVehicle
from retinue.rail.trains import load_train
from tests.rail.stock import coach, formation, locomotive

G = 9.80665

LIGHT, HEAVY = coach(), coach(tare="66 t", loaded="70 t", length="26.5 m", brake_percentage="80 %")
DIESEL = locomotive()
ELECTRIC = locomotive(traction="{25kv-ac-50hz: {power: 5000 kW, starting effort: 350 kN}}")

trains = st.builds(
    lambda engines, coaches: formation([*engines, *coaches]),
    st.lists(st.sampled_from([DIESEL, ELECTRIC]), min_size=1, max_size=2),
    st.lists(st.sampled_from([LIGHT, HEAVY]), min_size=1, max_size=25),
)


@given(trains)
@settings(max_examples=40, deadline=None)
def test_whole_train_values_are_sums_over_the_vehicles(train: Formation) -> None:
    dynamics = train.dynamics()
    vehicles = [placed.vehicle for placed in train.vehicles]
    assert train.length_m == pytest.approx(sum(v.length for v in vehicles))
    assert dynamics.mass_kg == pytest.approx(sum(v.plain_loaded_kg for v in vehicles))
    assert train.axles == sum(v.axles for v in vehicles)
    braked = sum(v.brake_mass_kg() for v in vehicles)
    assert train.brake_percentage * train.mass_kg == pytest.approx(100.0 * braked)
    speed = 60 / 3.6
    alone = [
        np.polyval(v.resistance.davis(v.plain_loaded_kg, leading=i == 0)[::-1], speed)
        for i, v in enumerate(vehicles)
    ]
    assert dynamics.resistance_n(speed) == pytest.approx(sum(alone))
    distribution = dynamics.mass_distribution
    assert distribution is not None
    ends = np.append(distribution.start_m[1:], train.length_m)
    spread = distribution.line_mass_kg_per_m * (ends - distribution.start_m)
    assert spread.sum() == pytest.approx(train.mass_kg)
    inertia = sum(v.plain_loaded_kg * v.rotating_mass_factor for v in vehicles)
    assert dynamics.rotating_mass_factor * train.mass_kg == pytest.approx(inertia)


@given(trains)
@settings(max_examples=30, deadline=None)
def test_reversing_twice_is_the_same_train(train: Formation) -> None:
    assert train.reversed().reversed() == train
    assert train.reversed().mass_kg == pytest.approx(train.mass_kg)


@given(trains, st.floats(1.0, 2.0))
@settings(max_examples=30, deadline=None)
def test_a_heavier_train_has_no_more_effort_speed_or_brake(train: Formation, factor: float) -> None:
    plain, heavy = train.dynamics(), train.dynamics(factor)
    assert heavy.mass_kg == pytest.approx(factor * plain.mass_kg)
    assert heavy.max_speed_mps <= plain.max_speed_mps
    assert heavy.davis_a_n >= plain.davis_a_n
    assert heavy.braking.deceleration_mps2 <= plain.braking.deceleration_mps2  # type: ignore[union-attr]
    for system, effort in plain.effort.items():
        assert np.array_equal(heavy.effort[system].force_n, effort.force_n)


def test_after_a_reversal_the_train_is_back_to_front_with_its_locomotives_ahead() -> None:
    transporter = coach(ramp="rear", role="car-transporter")
    left = coach(doors="left")
    train = formation([DIESEL, ELECTRIC, left, LIGHT, transporter])
    assert train.coaches[-1].ramp == "rear"
    turned = train.reversed()
    assert [p.id for p in turned.vehicles] == ["v1", "v0", "v4", "v3", "v2"]
    assert turned.coaches[0].ramp == "front"
    assert turned.coaches[-1].doors == "right"
    assert turned.record("main", "Baranovsky").vehicles[-1].turned


def test_effort_is_constant_then_a_hyperbola_and_under_the_adhesion_limit() -> None:
    dynamics = formation([DIESEL, LIGHT]).dynamics()
    effort = dynamics.effort["diesel"]
    limit = float(curtius_kniffler(0.0)) * 120_000 * G
    assert float(effort.at(0.0)) == pytest.approx(min(300_000, limit))
    for speed_kmh in (40.0, 60.0, 90.0):
        # P / v; chords of the table lie above the hyperbola by less than 0.5 %.
        assert float(effort.at(speed_kmh / 3.6)) == pytest.approx(2e6 / (speed_kmh / 3.6), rel=5e-3)
    wet = formation([DIESEL, LIGHT]).dynamics(
        adhesion=lambda v: 0.15 + 0.0 * np.asarray(v, dtype=float)
    )
    assert float(wet.effort["diesel"].at(0.0)) == pytest.approx(0.15 * 120_000 * G)


def test_two_locomotives_pull_together_and_a_dead_one_only_weighs() -> None:
    single, double = (
        formation([DIESEL, LIGHT]).dynamics(),
        formation([DIESEL] * 2 + [LIGHT]).dynamics(),
    )
    assert float(double.effort["diesel"].at(10.0)) == pytest.approx(
        2.0 * float(single.effort["diesel"].at(10.0))
    )
    mixed = formation([ELECTRIC, DIESEL, LIGHT]).dynamics()
    # Off the wires the electric is hauled dead; under them the diesel helps.
    assert float(mixed.effort["diesel"].at(10.0)) == pytest.approx(
        float(single.effort["diesel"].at(10.0))
    )
    under_wires = float(formation([ELECTRIC, LIGHT]).dynamics().effort["25kv-ac-50hz"].at(10.0))
    assert float(mixed.effort["25kv-ac-50hz"].at(10.0)) == pytest.approx(
        under_wires + float(single.effort["diesel"].at(10.0))
    )


def test_a_change_of_locomotives_leaves_the_coaches_as_they_were() -> None:
    train = load_train("special-21")
    changed = train.without_locomotives().on_gauge(1520).with_locomotives(["m62", "m62"])
    assert changed.coaches == train.coaches
    assert [p.vehicle.id for p in changed.locomotives] == ["m62", "m62"]
    assert changed.power_systems == ("diesel",)
    assert len({p.id for p in changed.vehicles}) == 23


def test_a_coach_is_no_locomotive() -> None:
    with pytest.raises(InputError, match="no locomotive"):
        load_train("special-21").with_locomotives(["kp-coach"])


def test_a_train_without_locomotive_has_no_dynamics() -> None:
    with pytest.raises(InputError, match="no locomotive"):
        formation([LIGHT]).dynamics()


def test_locomotives_do_not_stand_behind_coaches() -> None:
    with pytest.raises(InputError, match="behind a coach"):
        formation([LIGHT, DIESEL])


def test_a_coach_that_knows_one_gauge_stays_on_it() -> None:
    fixed = coach(other_gauges=None, change_of_gauge=None)
    with pytest.raises(InputError, match="cannot run on 1520 mm"):
        formation([DIESEL, fixed]).on_gauge(1520)


def test_armour_in_a_place_adds_to_mass_and_axle_load() -> None:
    placed: dict[str, Any] = {"armour_kg": 12_000.0}
    entry = PlacedVehicle(LIGHT, "Saloon", id="s", **placed)
    assert entry.mass_kg == 66_000
    assert entry.axle_load_kg == pytest.approx(16_500)
    train = Formation("t", (PlacedVehicle(DIESEL, "L", id="l"), entry))
    assert train.record("main", "x").vehicles[1].armoured


def test_the_principal_stands_as_far_from_the_tail_after_a_reversal() -> None:
    train = load_train("special-21").without_locomotives()
    before, after = train.principal_span_m, train.reversed().principal_span_m
    assert before is not None and after is not None
    assert after == pytest.approx((train.length_m - before[1], train.length_m - before[0]))
    assert formation([DIESEL, LIGHT]).principal_span_m is None
