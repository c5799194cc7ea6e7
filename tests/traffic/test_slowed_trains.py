"""Trains of the timetable under slow stretches: late by what the engine says, never early."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retinue.traffic.engine_timing import EngineTiming
from retinue.traffic.line_network import Step
from retinue.traffic.restrictions import Restriction, place_restrictions
from retinue.traffic.slowed_trains import slowed_trains
from retinue.traffic.train_classes import shipped_train_classes
from retinue.traffic.train_run import Call, TrainRun
from tests.traffic.small_line import line

NETWORK = line([10_000.0, 10_000.0, 10_000.0], [2, 2, 2], [2, 2, 2, 2])
CLASSES = shipped_train_classes()
STEPS = (Step(0, True), Step(1, True), Step(2, True))
#: 30 m/s proven on each section.
SPEEDS = [30.0, 30.0, 30.0]


def engine() -> EngineTiming:
    return EngineTiming([10_000.0] * 3, SPEEDS)


def run_of(train_class: str = "intercity", reserve_s: float = 0.0) -> TrainRun:
    """A run that passes B, stands a minute and a half at C, and ends at D."""
    calls = (
        Call(0, 0.0, 0.0, True), Call(1, 370.0, 370.0, False, 0.0, "engine"),
        Call(2, 760.0 + reserve_s, 850.0 + reserve_s, True, 60.0),
        Call(3, 1_270.0 + reserve_s, 1_270.0 + reserve_s, True),
    )  # fmt: skip
    return TrainRun("t", train_class, "IC 1", 1.0, 200.0, 40.0, calls, STEPS)  # type: ignore[arg-type]


def slow(speed_kmh: float = 36.0, **changed: object) -> Restriction:
    made = Restriction("S", "L-1", 1, "speed", ("A", "B"), 0.0, 1e6, "", speed_kmh / 3.6, False, "",
                       "", (4_000.0, 7_000.0))  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def shown(rule: Restriction, run: TrainRun) -> tuple[TrainRun, tuple[str, ...]]:
    placed = place_restrictions(NETWORK, [rule])
    made, notes = slowed_trains(NETWORK, [run], placed, engine(), CLASSES)
    return made[0], notes


def test_a_slow_stretch_makes_a_train_late_by_about_what_it_takes_longer() -> None:
    run = run_of()
    made, notes = shown(slow(), run)
    # 3 km and the train's 200 m at 10 m/s in place of about 33, and braking and accelerating.
    late = made.calls[2].arrive_s - run.calls[2].arrive_s
    assert 3_000 / 10 - 3_000 / 33 - 60 < late < 3_200 / 10 - 3_200 / 33 + 60
    assert made.calls[1].arrive_s > run.calls[1].arrive_s + 0.8 * late
    # The longer stand at C gives half a minute back, and no more.
    assert made.calls[2].depart_s == pytest.approx(made.calls[2].arrive_s + 60.0)
    assert made.arrive_s - run.arrive_s == pytest.approx(late - 30.0)
    assert "1 train later than published" in notes[0]


def test_a_reserve_is_eaten_up_first() -> None:
    run = run_of(reserve_s=600.0)
    made, notes = shown(slow(), run)
    assert made.calls[2].arrive_s == run.calls[2].arrive_s
    assert made.arrive_s == run.arrive_s
    assert "1 keeps its times out of the reserve" in notes[0]


@pytest.mark.parametrize(
    "rule",
    [
        slow(begins_s=2_000.0),
        slow(towards="A"),
        slow(withdrawn=True),
        slow(speed_kmh=120.0),
        slow(kind="possession", speed_mps=None),
    ],
)
def test_what_does_not_hold_for_a_train_changes_nothing(rule: Restriction) -> None:
    run = run_of()
    made, _ = shown(rule, run)
    assert [c.arrive_s for c in made.calls[2:]] == [c.arrive_s for c in run.calls[2:]]


def test_a_train_of_unknown_rolling_stock_keeps_its_times_and_that_is_said() -> None:
    run = run_of("regional")
    assert not CLASSES.figures["regional"].train
    made, notes = shown(slow(), run)
    assert made == run
    assert "nothing is known of the rolling stock" in notes[0]
