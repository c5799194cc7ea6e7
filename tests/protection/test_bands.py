"""Bands of passage: they grow with the horizon, keep to physics, and are honest about the past."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.planner.backtest import backtest
from retinue.protection.bands import (
    Past,
    earliest_s,
    joint_coverage,
    leave_one_out,
    load_passage_model,
    mean_delay,
    passage_bands,
)
from tests.protection.line_of_sites import START_S, line, movement, run_once

MODEL = load_passage_model()


def test_a_band_holds_the_plan_and_grows_along_the_line() -> None:
    plan, sites = line(movement("main", 0.0))
    bands = passage_bands(plan, sites, MODEL, 0.9)
    widths = []
    for site in sites:
        (passage,) = bands[site.key]
        assert passage.head.low_s <= passage.head.expected_s <= passage.head.high_s
        assert passage.tail.expected_s >= passage.head.expected_s
        widths.append(passage.head.high_s - passage.head.low_s)
    assert widths == sorted(widths)


def test_an_observation_makes_bands_narrow_again() -> None:
    far, sites = line(movement("main", 0.0))
    seen, _ = line(movement("main", 0.0), observed_s=START_S + 1_500.0)
    before = passage_bands(far, sites, MODEL, 0.9)
    after = passage_bands(seen, sites, MODEL, 0.9)
    last = sites[-1].key
    assert after[last][0].head.high_s < before[last][0].head.high_s


@given(share=st.floats(0.01, 0.98), more=st.floats(0.001, 0.019), horizon=st.floats(0.0, 8e5))
def test_quantiles_rise_with_their_share(share: float, more: float, horizon: float) -> None:
    assert MODEL.quantile_s(share + more, horizon) >= MODEL.quantile_s(share, horizon)


def test_no_run_is_earlier_than_the_hard_bound() -> None:
    train = movement("main", 0.0)
    rng = np.random.default_rng(5)
    for _ in range(300):
        distance, time = run_once(train, rng, MODEL.fastest)
        for at in (500.0, 14_900.0, 15_100.0, 33_000.0, 40_000.0):
            head = float(np.interp(at, distance, time))
            assert head >= earliest_s(train, at, MODEL.fastest) - 1e-6


def test_joint_coverage_is_below_that_of_one_site_and_the_same_for_a_seed() -> None:
    plan, sites = line(movement("advance", -900.0), movement("main", 0.0))
    bands = passage_bands(plan, sites, MODEL, 0.9)
    joint = joint_coverage(bands, MODEL, 1)
    assert joint is not None
    assert 0.3 < joint < 0.95
    assert joint == joint_coverage(bands, MODEL, 1)
    assert joint_coverage({}, MODEL, 1) is None


def test_the_mean_is_the_posterior_of_an_exponential() -> None:
    # Bernardo and Smith 1994, Bayesian Theory: exponential data with an inverse-gamma prior.
    past = [Past("a", "a", 100.0, 110.0, 110.0, True), Past("b", "b", 100.0, 100.0, 105.0, True)]
    w, m, early = MODEL.prior_weight, MODEL.prior_mean_delay, MODEL.early
    assert mean_delay(past, MODEL) == pytest.approx((w * m + 0.10 + 2 * early) / (w + 2))


def _past(shared: Path) -> list[Past]:
    file = shared / "facts" / "journeys.csv"
    with file.open(encoding="utf-8") as opened:
        known = {
            (row["journey"], row["from"]): "not published" not in row["known_stops"]
            for row in csv.DictReader(opened)
        }
    return [
        Past(
            record["journey"],
            f"{record['from']}-{record['to']}",
            record["predicted_s"],
            record["actual_low_s"],
            record["actual_high_s"],
            known[record["journey"], record["from"]],
        )
        for record in backtest(file).as_dict()["segments"]
    ]


def test_leaving_one_journey_out_the_bands_are_sharp_and_their_misses_are_named(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    past = _past(shared)
    # The file's figure is the one that these journeys give.
    assert mean_delay(past, MODEL) == pytest.approx(MODEL.mean_delay, abs=0.001)
    held = leave_one_out(past, MODEL, 0.9)
    inside = sum(item.inside for item in held) / len(held)
    width = sum(item.width_share for item in held) / len(held)
    with capsys.disabled():
        print(f"\nbands: coverage {inside:.0%}, mean width {width:.1%} of the planned time")
        for item in held:
            if not item.inside:
                print(f"  missed: {item.run.journey} {item.run.name}")
    assert width <= 0.25
    # Those missed stood where nobody published it; Hanoi's long leg is known to be 22 % short.
    missed = {item.run.journey for item in held if not item.inside}
    assert missed <= {"hanoi-2019", "vladivostok-2023", "moscow-2001", "kyiv-2023"}
    assert inside >= 3 / 7
