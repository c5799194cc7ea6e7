"""The odds of a whole plan: what they say, what they admit, and that a checker agrees."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from retinue.checks.odds import check_odds
from retinue.plan import Plan
from retinue.protection.odds import Odds, odds_of, watched_text
from tests.protection.odds_policies import STANDARD, changed
from tests.protection.two_ways import leg, line, plan


@pytest.fixture(scope="module")
def single() -> Odds:
    return odds_of(plan(), STANDARD)


@pytest.fixture(scope="module")
def double() -> Odds:
    wide = changed(end_zones={"radius": 30_000.0})
    return odds_of(plan(leg(line()), alternatives=(leg(line(bulge_km=20)),)), wide)


def test_a_single_line_is_admitted_with_its_places(single: Odds) -> None:
    assert single.where_only == pytest.approx(1.0)
    assert single.sure_places
    assert any("Minimum cut 1" in text and "vary time" in text for text in single.limits)
    # Time still helps: slots 20 min apart, bins of 15 min, so every second slot never meets.
    assert single.strategy.guess <= 0.2 + 1e-9


def test_two_ways_that_part_are_no_single_line(double: Odds) -> None:
    assert double.where_only == pytest.approx(0.5)
    assert not double.sure_places
    assert not any("Minimum cut 1" in text for text in double.limits)


def test_every_thing_varied_lowers_the_guess(double: Odds) -> None:
    apart = double.apart
    assert apart["nothing"] == pytest.approx(1.0)
    assert apart["ways"] == pytest.approx(0.5)
    assert apart["everything"] <= min(apart["slots"], apart["ways"]) + 1e-9
    assert double.strategy.guess >= apart["everything"] - 1e-9


def test_the_watched_cells_are_named_and_add_up(double: Odds) -> None:
    assert sum(cell.probability for cell in double.watch) == pytest.approx(1.0)
    for cell in double.watch:
        assert cell.until_s - cell.from_s == 900.0
        assert watched_text(cell).startswith("near ")


def test_the_record_is_json_and_passes_the_independent_check(single: Odds, double: Odds) -> None:
    for odds in (single, double):
        record = json.loads(json.dumps(odds.as_dict()))
        found = check_odds(odds.plan, record)
        assert found.faults == ()
        assert str(len(record["options"])) in found.looked_at


def test_the_same_plan_has_the_same_odds_to_the_last_byte(single: Odds) -> None:
    assert json.dumps(odds_of(plan(), STANDARD).as_dict()) == json.dumps(single.as_dict())


def _plant(record: dict[str, Any], what: str) -> None:
    options = record["options"]
    if what == "distribution":
        options[0]["probability"] += 0.01
    elif what == "mix":
        drawn = max(options, key=lambda o: o["probability"])
        other = min(options, key=lambda o: o["probability"])
        drawn["probability"] += other["probability"]
        other["probability"] = 0.0
    elif what == "guess":
        record["guess"] *= 0.5
    elif what == "bound":
        record["bound"] *= 1.5
    elif what == "watch":
        for row in record["coverage"]:
            row["watched"] *= 2.0
    elif what == "coverage":
        watched = max(record["coverage"], key=lambda row: row["watched"])
        watched["options"], watched["weights"] = watched["options"][1:], watched["weights"][1:]
    elif what == "entropy":
        record["entropy_bits"] += 0.1
    elif what == "cap":
        record["cap"] = 0.01
    elif what == "budget":
        record["budget"] = -1.0
    elif what == "plan":
        record["plan"] = "0" * 64
    elif what == "movement":
        for option in options:
            option["shift_s"] = "0"
    elif what == "missing":
        del record["grid"]


@pytest.mark.parametrize(
    "what",
    ["distribution", "mix", "guess", "bound", "watch", "coverage", "entropy", "cap", "budget",
     "plan", "movement", "missing"],
)  # fmt: skip
def test_every_planted_fault_is_found(double: Odds, what: str) -> None:
    record = copy.deepcopy(double.as_dict())
    _plant(record, what)
    assert check_odds(double.plan, record).faults


def test_a_budget_below_the_mix_raises_the_guess_and_says_so() -> None:
    dear = plan(leg(line(), cost=1000.0), alternatives=(leg(line(bulge_km=20), cost=9000.0),))
    tight = odds_of(dear, changed(end_zones={"radius": 30_000.0}))
    loose = odds_of(dear, changed(end_zones={"radius": 30_000.0}, cost={"extra_at_most": None}))
    assert tight.strategy.budget == pytest.approx(1250.0)
    assert tight.strategy.cost <= 1250.0 + 1e-6
    assert tight.strategy.guess > loose.strategy.guess + 1e-6
    assert any("cost limit binds" in text for text in tight.limits)
    assert check_odds(dear, json.loads(json.dumps(tight.as_dict()))).faults == ()


def test_a_real_plan_has_odds_that_stand_the_check(vladivostok: Plan) -> None:
    odds = odds_of(vladivostok, STANDARD)
    assert odds.strategy.guess < odds.apart["nothing"]
    assert abs(odds.strategy.gap) < 1e-9
    assert check_odds(vladivostok, json.loads(json.dumps(odds.as_dict()))).faults == ()
