"""Planted faults of sun, conditions and support are found by checkers that share no code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from retinue.checks.daylight import check_daylight
from retinue.checks.support import check_support
from retinue.clock import from_iso, iso_utc
from retinue.plan import Plan

Json = dict[str, Any]


def _changed(plan: Plan, plant: Callable[[Json], None]) -> Plan:
    record = json.loads(plan.to_json())
    plant(record)
    return Plan.model_validate(record).sealed()


def test_a_sound_plan_has_no_fault(vladivostok: Plan) -> None:
    finding = check_daylight(vladivostok)
    assert finding.faults == () and finding.looked_at.startswith("6 events of the sun")
    assert check_support(vladivostok).faults == ()


def _late_sunset(record: Json) -> None:
    event = next(e for e in record["legs"][1]["timeline"] if e["kind"] == "sunset")
    event["time_utc"] = iso_utc(from_iso(event["time_utc"]) + 600)


def _longer_night(record: Json) -> None:
    record["legs"][1]["details"]["light"]["dark_s"] += 600


def _rosy(record: Json) -> None:
    for condition in record["conditions"]:
        if condition["hazard"] == "darkness":
            condition["exceeded"] = False


def _silent(record: Json) -> None:
    record["notes"] = [n for n in record["notes"] if not n["subject"].startswith("darkness")]


def _other_leg(record: Json) -> None:
    record["conditions"][0]["leg"] = "9-rail"


def _too_late_to_decide(record: Json) -> None:
    record["conditions"][0]["decide_utc"] = "2023-09-20T00:00:00Z"


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (_late_sunset, "degrees high there then"),
        (_longer_night, "are not the leg's time"),
        (_rosy, "the plan says otherwise"),
        (_silent, "no note tells its fallback"),
        (_other_leg, "there is no leg 9-rail"),
        (_too_late_to_decide, "only after leg"),
    ],
)
def test_the_checker_finds_the_planted_fault(
    vladivostok: Plan, plant: Callable[[Json], None], fault: str
) -> None:
    faults = check_daylight(_changed(vladivostok, plant)).faults
    assert any(fault in told for told in faults), faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"slack_s": 999.0}, "its slack is"),
        ({"for_leg": "7-road"}, "not in the plan"),
        ({"feasible": False}, "refused without a reason"),
        ({"due_utc": "2023-10-01T00:00:00Z"}, "is due only after"),
        ({"due_utc": "2023-09-01T00:00:00Z"}, "no warning says so"),
    ],
)
def test_support_that_is_not_what_it_says_is_found(
    vladivostok: Plan, changes: Json, fault: str
) -> None:
    def plant(record: Json) -> None:
        leg = json.loads(json.dumps(record["legs"][0])) | {"id": "s1-1-road"}
        last = from_iso(record["legs"][2]["depart_utc"])
        record["support"] = [
            {
                "title": "cars", "legs": [leg], "for_leg": "3-road",
                "due_utc": iso_utc(last), "slack_s": last - from_iso(leg["arrive_utc"]),
            }
            | changes
        ]  # fmt: skip

    faults = check_support(_changed(vladivostok, plant)).faults
    assert any(fault in told for told in faults), faults
