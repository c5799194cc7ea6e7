"""Times at places passed follow the one running-time engine, stretched to the timetable."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.running_time import run
from retinue.rail.steps import Steps
from retinue.rail.trains import load_train
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.engine_timing import EngineTiming
from retinue.traffic.line_network import Step
from retinue.traffic.train_classes import shipped_train_classes

TRAIN = shipped_train_classes().figures["intercity"].train
STEPS = (Step(0, True), Step(1, True))


def test_a_slow_section_takes_its_share_of_the_time() -> None:
    engine = EngineTiming([10_000.0, 10_000.0], [40.0, 15.0])
    times = engine.shared_out(TRAIN, STEPS, np.array([10_000.0]), 20_000.0, 1200.0)
    assert times is not None
    middle = float(times[0])
    # The same run by the engine alone; limits are let up by a tenth.
    path = RunningPath(
        "p", 20_000.0, Steps(np.array([0.0, 10_000.0]), np.array([44.0, 16.5])),
        power=PowerSections(np.zeros(1), (ANY_POWER,)),
    )  # fmt: skip
    made = run(load_train(TRAIN).dynamics(), path)
    share = float(made.time_at(10_000.0)) / made.total_time_s
    assert middle == pytest.approx(1200.0 * share, abs=2.0)
    assert middle < 600.0


def test_times_rise_from_departure_to_arrival_whatever_the_course_is_long() -> None:
    engine = EngineTiming([9_000.0, 12_000.0], [30.0, 30.0])
    at = np.linspace(0.0, 20_500.0, 60)
    times = engine.shared_out(TRAIN, STEPS, at, 20_500.0, 1500.0)
    assert times is not None
    assert times[0] == pytest.approx(0.0) and times[-1] == pytest.approx(1500.0)
    assert np.all(np.diff(times) > 0.0)


def test_a_timetable_faster_than_the_rolling_stock_is_counted_and_left_to_interpolation() -> None:
    engine = EngineTiming([10_000.0, 10_000.0], [40.0, 40.0])
    assert engine.shared_out(TRAIN, STEPS, np.array([10_000.0]), 20_000.0, 300.0) is None
    assert engine.refused == 1


def test_every_shipped_value_has_its_ground_and_assumptions_are_told() -> None:
    rules, classes = shipped_blocking_rules(), shipped_train_classes()
    assert dict(rules.assumed)["terminal stand"] == "120 s"
    assert set(classes.figures) == {"intercity", "regional", "freight", "special"}
    for figures in classes.figures.values():
        assert figures.length_m > 0.0 and figures.top_speed_mps > 0.0
        assert figures.ground.startswith("assumed by class")


@pytest.mark.parametrize(
    ("name", "kind", "mean_m", "expected"),
    [
        ("IC 5", 2, 1_000.0, "intercity"), ("S3", 2, 90_000.0, "regional"),
        ("", 2, 40_000.0, "intercity"), ("", 2, 3_000.0, "regional"),
        ("The Canadian", 102, 3_000.0, "intercity"), ("Local", 106, 90_000.0, "regional"),
    ],
)  # fmt: skip
def test_the_class_follows_from_type_name_or_distance(
    name: str, kind: int, mean_m: float, expected: str
) -> None:
    assert shipped_train_classes().class_of(name, kind, mean_m) == expected
