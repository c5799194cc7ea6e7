"""Every checker passes a sound plan and finds the fault that is planted in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from retinue.checks import check_plan, plan_checkers
from retinue.clock import from_iso, iso_utc
from retinue.plan import Plan

Json = dict[str, Any]


def _planted(plan: Plan, plant: Callable[[Json], None], *, seal: bool = True) -> dict[str, str]:
    """Return the faults by checker after planting one into the plan's JSON."""
    record = json.loads(plan.to_json())
    plant(record)
    changed = Plan.model_validate(record)
    if seal:
        changed = changed.sealed()
    return {f.checker: " | ".join(f.faults) for f in check_plan(changed) if f.faults}


def test_a_sound_plan_has_no_fault(vladivostok: Plan) -> None:
    findings = check_plan(vladivostok)
    assert len(findings) == len(plan_checkers())
    assert [fault for finding in findings for fault in finding.faults] == []


def _set(path: str, value: Any) -> Callable[[Json], None]:
    """Return a planting that sets ``legs.1.depart_utc`` and the like to a value."""

    def plant(record: Json) -> None:
        *way, last = path.split(".")
        node: Any = record
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        key = int(last) if isinstance(node, list) else last
        node[key] = value(node[key]) if callable(value) else value

    return plant


def _swap_events(record: Json) -> None:
    events = record["legs"][1]["timeline"]
    main = [i for i, e in enumerate(events) if e["role"] == "main" and e["kind"] == "pass"]
    first, last = events[main[0]], events[main[-1]]
    first["time_utc"], last["time_utc"] = last["time_utc"], first["time_utc"]


def _drop_handover(record: Json) -> None:
    record["handovers"].pop()


def _forget_gauge_change(record: Json) -> None:
    for event in record["legs"][1]["timeline"]:
        if event["kind"] == "gauge-change":
            event["kind"] = "note"


def _swap_roles(record: Json) -> None:
    for movement in record["legs"][1]["movements"]:
        movement["role"] = {"advance": "following", "following": "advance"}.get(
            movement["role"], movement["role"]
        )


def _advance_late(record: Json) -> None:
    # Ten minutes late: still ahead of the main train, but nearer than the policy allows.
    advance = next(m for m in record["legs"][1]["movements"] if m["role"] == "advance")
    advance["time_utc"] = [iso_utc(from_iso(time) + 600) for time in advance["time_utc"]]
    for stop in advance["stops"]:
        for key in ("arrive_utc", "depart_utc"):
            stop[key] = iso_utc(from_iso(stop[key]) + 600)


def _forget_separation(record: Json) -> None:
    del record["legs"][1]["details"]["advance_separation_s"]


def _main(record: Json) -> Json:
    movement: Json = next(m for m in record["legs"][1]["movements"] if m["role"] == "main")
    return movement


def _jump(record: Json) -> None:
    movement = _main(record)
    movement["lat_deg"][40] += 2.0


def _too_fast(record: Json) -> None:
    # The train is at its tenth point when it should be at its twentieth.
    movement = _main(record)
    movement["time_utc"][10:20] = [movement["time_utc"][10]] * 10


def _shift_stop(record: Json) -> None:
    stop = _main(record)["stops"][1]
    stop["arrive_utc"] = "2023-09-10T14:00:00Z"


def _long_task(record: Json) -> None:
    stop = next(s for s in _main(record)["stops"] if s["tasks"])
    stop["tasks"][-1]["duration_s"] += 7200


def _heavy_coach(record: Json) -> None:
    record["legs"][1]["train"]["vehicles"][3]["mass_kg"] *= 3


def _air_leg(record: Json) -> Json:
    leg: Json = record["alternatives"][0]["legs"][0]
    return leg


def _thirsty(record: Json) -> None:
    aircraft = _air_leg(record)["aircraft"]
    aircraft["fuel_needed_kg"] = aircraft["fuel_capacity_kg"] * 2


def _never_lands(record: Json) -> None:
    leg = _air_leg(record)
    leg["timeline"] = [e for e in leg["timeline"] if e["kind"] != "landing"]


def _forget_assumptions(record: Json) -> None:
    record["assumptions"] = []


@pytest.mark.parametrize(
    ("checker", "plant", "words"),
    [
        ("record", _forget_assumptions, "assumed but not listed"),
        ("record", _set("made_with.pack_sha256", ""), "world pack checksum"),
        ("clocks", _swap_events, "stands before the event above"),
        ("clocks", _set("legs.1.timeline.3.zone", "Asia/Pyongang"), "not a time zone"),
        ("clocks", _set("legs.2.arrive_utc", "2023-09-10T00:00:00Z"), "arrives before it departs"),
        ("clocks", _set("depart_utc", "2023-09-10T00:00:00Z"), "another time than its first leg"),
        ("clocks", _set("legs.1.running_time_s", lambda s: s - 3600), "are not the"),
        ("clocks", _shift_stop, "disagree"),
        ("clocks", _long_task, "the tasks take"),
        ("joins", _set("legs.2.from.lat", 41.0), "km from where"),
        ("joins", _drop_handover, "no hand-over"),
        ("joins", _set("handovers.0.needed_s", 99_999.0), "for what needs|needed 99999"),
        ("joins", _set("handovers.1.available_s", 5.0), "not the gap"),
        ("joins", _set("handovers.1.ok", False), "not in order"),
        ("joins", _set("handovers.1.ready_utc", "2023-09-12T00:00:00Z"), "not ready in time"),
        ("motion", _jump, "jumps"),
        ("motion", _too_fast, "it may at most"),
        ("motion", _set("legs.1.distance_m", 500_000.0), "of a leg of"),
        ("motion", _set("legs.1.profile.speed_mps", lambda v: [x * 2 for x in v]), "limit"),
        ("convoys", _swap_roles, "overtakes"),
        ("convoys", _advance_late, "are asked for"),
        ("convoys", _forget_separation, "does not say how far"),
        ("track", _forget_gauge_change, "the gauge changes"),
        ("track", _heavy_coach, "t an axle"),
        ("track", _set("legs.1.train.length_m", 10.0), "sum of its vehicles"),
        ("track", _set("legs.1.sections.2.from_m", lambda m: m + 5_000), "gap"),
        ("flights", _thirsty, "kg of fuel"),
        ("flights", _never_lands, "lands once"),
        ("money", _set("legs.1.costs.0.amount", lambda a: a * 2 + 10), "is not"),
        ("money", _set("comparison.0.cost_base", 1.0), "add up"),
        ("money", _set("comparison.0.distance_m", 1.0), "distance"),
    ],
)
def test_the_checker_finds_the_planted_fault(
    vladivostok: Plan, checker: str, plant: Callable[[Json], None], words: str
) -> None:
    found = _planted(vladivostok, plant)
    assert checker in found
    assert any(word in found[checker] for word in words.split("|"))


def test_a_plan_changed_after_it_was_made_is_found_by_its_hash(vladivostok: Plan) -> None:
    found = _planted(vladivostok, _set("title", "another title"), seal=False)
    assert "hash" in found["record"]
