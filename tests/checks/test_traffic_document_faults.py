"""Every way in which a document of traffic can belie its plan is found, and a sound one passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.report.sample_adopted import adopted
from tests.report.sample_plan import sample_plan

from retinue.checks import check_traffic_of
from retinue.checks.traffic_document import check_traffic_document
from retinue.plan import Plan
from retinue.plan.traffic_document import LegTraffic, TrafficDocument

PLAN, DOCUMENT = adopted(sample_plan())
PART = DOCUMENT.legs[0]
Case = tuple[Plan, TrafficDocument]


def test_a_sound_document_has_no_fault() -> None:
    found = check_traffic_document(PLAN, DOCUMENT)
    assert found.faults == ()
    assert found.looked_at == "1 leg among other trains, 3 stands"
    names = [finding.checker for finding in check_traffic_of(PLAN, DOCUMENT)]
    assert names[:2] == ["traffic document", "traffic"]
    assert "traffic rules" in names


def _plan(**values: Any) -> Plan:
    return PLAN.model_copy(update=values)


def _part(part: LegTraffic = PART, **values: Any) -> TrafficDocument:
    return DOCUMENT.model_copy(update={"legs": (part.model_copy(update=values),)})


def _another_version() -> Case:
    return PLAN, DOCUMENT.model_copy(update={"plan_hash": "0" * 64})


def _no_such_leg() -> Case:
    return PLAN, _part(leg="4-rail")


def _another_path() -> Case:
    other = PART.path.model_copy(update={"view": "optimistic"})
    return _plan(paths=(other,)), DOCUMENT


def _no_path_and_late() -> Case:
    late = adopted(sample_plan(), later_s=60.0)[0]
    return late.model_copy(update={"paths": (), "hash": PLAN.hash}), DOCUMENT


def _a_place_passed_late() -> Case:
    leg = PLAN.legs[0]
    main = leg.movements[0]
    times = np.array(main.time_s)
    times[main.distance_m == 55_000.0] += 90.0
    moved = replace(main, time_s=times)
    changed = leg.model_copy(update={"movements": (moved, *leg.movements[1:])})
    return _plan(legs=(changed,)), DOCUMENT


def _no_stand() -> Case:
    leg = PLAN.legs[0]
    moved = replace(leg.movements[0], stops=())
    changed = leg.model_copy(update={"movements": (moved, *leg.movements[1:])})
    return _plan(legs=(changed,)), DOCUMENT


def _too_fast() -> Case:
    slow = PART.path.ceilings[0].model_copy(update={"at_most_mps": 10.0})
    path = PART.path.model_copy(update={"ceilings": (slow,)})
    return _plan(paths=(path,)), _part(path=path)


def _convoy_without_its_advance_train() -> Case:
    trains = tuple(t for t in PART.record.trains if t.role != "advance")
    return PLAN, _part(record=PART.record.model_copy(update={"trains": trains}))


def _cheaper_than_its_bound() -> Case:
    assert PART.cost is not None
    return PLAN, _part(cost=PART.cost.model_copy(update={"bound_s": 9_999.0}))


def _called_optimal() -> Case:
    assert PART.cost is not None
    return PLAN, _part(cost=PART.cost.model_copy(update={"optimal": True}))


def _nobody_says_the_cost() -> Case:
    return PLAN, _part(cost=None)


def _no_main_train() -> Case:
    trains = tuple(t for t in PART.record.trains if t.role != "main")
    return PLAN, _part(record=PART.record.model_copy(update={"trains": trains}))


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (_another_version, "another plan, or to an earlier version"),
        (_no_such_leg, "has no such rail leg"),
        (_another_path, "runs on another path"),
        (_no_path_and_late, "runs on no path"),
        (_no_path_and_late, "departs from Adorf 60 s later"),
        (_a_place_passed_late, "passes Grund 90 s later"),
        (_no_stand, "does not stand at Ehau"),
        (_too_fast, "where its path has at most 36"),
        (_convoy_without_its_advance_train, "lacks the advance train"),
        (_cheaper_than_its_bound, "less than its bound"),
        (_called_optimal, "called the least possible"),
        (_nobody_says_the_cost, "nothing says at what cost"),
        (_no_main_train, "no main train"),
    ],
)
def test_each_planted_fault_is_named(case: Callable[[], Case], told: str) -> None:
    faults = check_traffic_document(*case()).faults
    assert any(told in fault for fault in faults), faults
