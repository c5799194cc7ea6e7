"""Exposure, disturbance and comfort of legs: their formulas, on planned legs and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.plan import Leg, Plan
from retinue.planner.options_comfort import cabin_altitude_m, comfort_hours, pressurised
from retinue.planner.options_data import (
    comfort_data,
    disturbance_data,
    exposure_data,
    option_defaults,
)
from retinue.planner.options_disturbance import held_h, queue_h
from retinue.planner.options_exposure import (
    handover_exposure_h,
    leg_exposure_h,
    place_of_section,
)


@pytest.fixture(scope="module")
def legs(vladivostok: Plan) -> dict[str, Leg]:
    """Return a leg of each mode."""
    flight = vladivostok.alternatives[0].legs[0]
    return {leg.mode: leg for leg in (*vladivostok.legs[1:], flight)}


def test_every_shipped_value_has_a_known_source_and_every_mode_its_bands() -> None:
    for data in (exposure_data(), comfort_data(), disturbance_data(), option_defaults()):
        for _, value in data:
            for item in value if isinstance(value, tuple) else (value,):
                if hasattr(item, "source"):
                    assert item.source in data.sources
    for mode in ("rail", "air", "road"):
        weights = exposure_data()
        assert weights.moving_weight(mode, 0.1) >= weights.moving_weight(mode, 100.0)
        assert weights.standing_weight(mode) > 0.0
        assert comfort_data().usable_in(mode).moving <= 1.0
        assert comfort_data().motion_in(mode) > 0.0
    assert option_defaults().train_in("ZZ").train


@pytest.mark.parametrize("mode", ["rail", "air", "road"])
def test_exposure_lies_between_its_least_and_greatest_weight(
    legs: dict[str, Leg], mode: str
) -> None:
    leg, data = legs[mode], exposure_data()
    hours = (leg.arrive_utc - leg.depart_utc) / 3600.0
    weights = [w.weight for w in data.moving if w.mode == leg.mode]
    weights.append(data.standing_weight(leg.mode))
    weights += [data.low_flight.weight] if mode == "air" else []
    factor = data.urban_factor.factor if mode == "road" else 1.0
    assert min(weights) * hours <= leg_exposure_h(leg) <= max(weights) * factor * hours + 1e-9


def test_the_exposure_of_a_train_is_that_of_its_speed_bands(legs: dict[str, Leg]) -> None:
    # By hand, stretch by stretch, with the weights of the file.
    leg, data = legs["rail"], exposure_data()
    total = 0.0
    main = leg.main
    for i in range(len(main.time_s) - 1):
        hours = (main.time_s[i + 1] - main.time_s[i]) / 3600.0
        metres = main.distance_m[i + 1] - main.distance_m[i]
        if hours <= 0.0:
            continue
        speed = metres / hours / 1000.0
        weight = 0.6 if metres <= 0.0 else 0.7 if speed < 20 else 0.4 if speed < 60 else 0.25
        total += hours * weight
    assert leg_exposure_h(leg, data) == pytest.approx(total, rel=1e-6)


def test_hand_overs_weigh_for_as_long_as_they_last(vladivostok: Plan) -> None:
    seconds = sum(h.depart_utc - h.arrive_utc for h in vladivostok.handovers)
    expected = seconds / 3600.0 * exposure_data().hand_over.weight
    assert handover_exposure_h(vladivostok.handovers) == pytest.approx(expected)


@given(st.floats(0, 7200), st.floats(0, 3000))
def test_a_closed_place_holds_whoever_arrives_until_it_opens(closed_s: float, flow: float) -> None:
    # Deterministic queueing with even arrivals: the waits of all who arrive, summed one by one.
    parts = 5_000
    arrivals_s = (np.arange(parts) + 0.5) / parts * closed_s
    each = flow * closed_s / 3600.0 / parts
    waits_h = float(np.sum(closed_s - arrivals_s)) * each / 3600.0
    assert queue_h(closed_s, flow) == pytest.approx(waits_h, rel=1e-6, abs=1e-9)


@given(st.floats(0, 7200), st.floats(1, 10))
def test_twice_as_long_closed_holds_four_times_as_much(closed_s: float, factor: float) -> None:
    assert queue_h(closed_s * factor, 100) == pytest.approx(queue_h(closed_s, 100) * factor**2)


def test_level_crossings_of_the_plan_are_counted_rather_than_assumed(
    legs: dict[str, Leg],
) -> None:
    leg = legs["rail"]
    crossing = {"kind": "level_crossing", "chainage_m": 500_000.0}
    one, two = held_h(leg, [crossing]), held_h(leg, [crossing, crossing])
    assert 0.0 < one < held_h(leg)
    assert two == pytest.approx(2 * one)
    assert held_h(leg, [{"kind": "bridge", "chainage_m": 500_000.0}]) == 0.0


def test_roads_in_town_hold_more_than_a_small_aerodrome(legs: dict[str, Leg]) -> None:
    small = held_h(legs["air"], aerodrome_kind=lambda _: "small_airport")
    large = held_h(legs["air"], aerodrome_kind=lambda _: "large_airport")
    assert 0.0 < small < large
    assert held_h(legs["road"]) > small


@pytest.mark.parametrize("mode", ["rail", "air", "road"])
def test_nobody_works_or_sleeps_longer_than_the_leg_lasts(legs: dict[str, Leg], mode: str) -> None:
    leg = legs[mode]
    assert 0.0 <= comfort_hours(leg) <= (leg.arrive_utc - leg.depart_utc) / 3600.0


def test_cabins_are_known_in_the_air_only(legs: dict[str, Leg]) -> None:
    assert cabin_altitude_m(legs["rail"]) is None
    assert cabin_altitude_m(legs["road"]) is None
    # CS 25.841: at most 8,000 ft (2,438 m) in a pressurised cabin.
    assert cabin_altitude_m(legs["air"]) <= 2438.4  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Antonov An-2", False), ("Antonov An-24", True), ("Mi-17V-5", False), ("AW101", False),
     ("Ilyushin Il-62M", True)],
)  # fmt: skip
def test_types_without_a_pressurised_cabin_are_told_by_name(name: str, expected: bool) -> None:
    assert pressurised(name) is expected


@pytest.mark.parametrize(
    ("line", "place"),
    [("main highway in town, KP", "town"), ("access road, RU", "access"),
     ("main highway, RU", "open")],
)  # fmt: skip
def test_sections_of_a_road_say_where_they_lie(line: str, place: str) -> None:
    assert place_of_section(line) == place
