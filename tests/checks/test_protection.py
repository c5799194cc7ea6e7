"""The checkers of protection find every fault that is planted in a sound document."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from tests.protection.line_of_sites import START_S, line, movement, site

from retinue.checks.closures import check_closures, check_passages
from retinue.checks.duties import check_crews, check_duties
from retinue.plan import Plan, Protection
from retinue.planner.team_travel import as_the_crow_flies
from retinue.protection.bands import load_passage_model, passage_bands
from retinue.protection.closures import closures_of
from retinue.protection.crews import crew_duties
from retinue.protection.duties import give_out
from retinue.protection.policy import load_policy
from retinue.protection.public_cost import load_road_flows
from retinue.protection.tasks import patrol_tasks, site_tasks
from retinue.protection.teams import Team

POLICY, TEXT = load_policy("strict")


@cache
def _sound() -> tuple[Plan, Protection]:
    """A plan of two trains over a line, and its protection, as the rooms make it."""
    plan, sites = line(movement("advance", -1_200.0, length_m=120.0), movement("main", 0.0))
    tunnel = site(18.0, "tunnel", id="tunnel", key="1-rail/tunnel/0", until_m=18_400.0)
    sites = tuple(sorted((*sites, tunnel), key=lambda s: s.from_m))
    leg = plan.legs[0]
    leg.main = leg.movements[1]
    leg.countries, leg.trains, leg.train = ("DE",), (), None
    leg.title, leg.to = "A to C", SimpleNamespace(name="C", zone="Europe/Berlin")
    leg.from_ = SimpleNamespace(name="A", zone="Europe/Berlin")
    leg.depart_utc, leg.arrive_utc = leg.main.depart_s, leg.main.arrive_s
    plan.sites = [
        {"leg": s.leg, "id": s.id, "kind": s.kind, "chainage_m": s.from_m, "until_m": s.until_m}
        for s in sites
    ]
    model = load_passage_model()
    bands = passage_bands(plan, sites, model, POLICY.coverage)
    closures = closures_of(sites, bands, POLICY, model, load_road_flows())
    tasks = (*site_tasks(sites, bands, closures, POLICY), *patrol_tasks(plan, POLICY, model))
    skills = frozenset(skill for task in tasks for skill in task.skills)
    teams = [
        Team(
            f"team {n}", "depot", 51.0, 7.2, "Europe/Berlin", 10, skills, "car",
            START_S - 12 * 3600, START_S + 12 * 3600, 10 * 3600.0,
        )
        for n in range(len(tasks))
    ]  # fmt: skip
    given = give_out(tasks, teams, as_the_crow_flies(), START_S, lambda _, compute: compute())
    protection = Protection(
        plan_hash="", title="", policy="strict", policy_text=TEXT,
        passages=tuple(p.record(POLICY.coverage) for s in sites for p in bands[s.key]),
        closures=closures, tasks=tasks, duties=given.duties, uncovered=given.uncovered,
        crews=crew_duties(plan, POLICY, None),
    )  # fmt: skip
    return plan, protection


CHECKS = (check_passages, check_closures, check_duties, check_crews)


def _faults(protection: Protection) -> str:
    plan, _ = _sound()
    return "\n".join(fault for check in CHECKS for fault in check(plan, protection).faults)


def test_what_the_rooms_make_is_sound() -> None:
    assert _faults(_sound()[1]) == ""


def _first(protection: Protection, name: str, index: int = 0, **update: Any) -> Protection:
    """The document with one record of one list changed."""
    listed = list(getattr(protection, name))
    listed[index] = listed[index].model_copy(update=update)
    return protection.model_copy(update={name: tuple(listed)})


def _step(protection: Protection, **update: Any) -> Protection:
    duty = protection.duties[0]
    steps = (duty.steps[0].model_copy(update=update), *duty.steps[1:])
    return _first(protection, "duties", steps=steps)


def _closure(protection: Protection, **update: Any) -> Protection:
    return _first(protection, "closures", 3, **update)


def _trigger(protection: Protection, which: str, **update: Any) -> Protection:
    changed = getattr(protection.closures[3], which).model_copy(update=update)
    return _closure(protection, **{which: changed})


def _two_places(protection: Protection) -> Protection:
    """One team is given the duty of another at the same time."""
    other = protection.duties[1].model_copy(update={"team": protection.duties[0].team})
    return protection.model_copy(
        update={"duties": (protection.duties[0], other, *protection.duties[2:])}
    )


def _sweep(protection: Protection) -> Protection:
    index, number = next(
        (i, n)
        for i, duty in enumerate(protection.duties)
        for n, step in enumerate(duty.steps)
        if step.what == "sweep"
    )
    duty = protection.duties[index]
    steps = list(duty.steps)
    task = next(t for t in protection.tasks if t.id == steps[number].task)
    steps[number] = steps[number].model_copy(
        update={"end_utc": steps[number].start_utc + task.duration_s}
    )
    return _first(protection, "duties", index, steps=tuple(steps))


PLANTED: dict[str, tuple[Callable[[Protection], Protection], str]] = {
    "closed too late": (
        lambda p: _trigger(p, "close", planned_utc=p.closures[3].close.planned_utc + 7_200),
        "closed only after",
    ),
    "opened too early": (
        lambda p: _trigger(p, "open", planned_utc=p.closures[3].open.planned_utc - 3_600),
        "before the last tail",
    ),
    "latest closing too late": (
        lambda p: _closure(p, latest_close_utc=p.closures[3].latest_close_utc + 3_600),
        "latest closing",
    ),
    "trigger behind the site": (
        lambda p: _trigger(p, "close", distance_m=39_900.0),
        "lies behind the site",
    ),
    "trigger of nobody": (lambda p: _trigger(p, "close", role="pilot"), "nobody of that role"),
    "keeper decides": (
        lambda p: _closure(
            p, emergency=p.closures[3].emergency.model_copy(update={"decides": "crossing keeper"})
        ),
        "signaller or the commander",
    ),
    "no margin": (
        lambda p: _closure(
            p, emergency=p.closures[3].emergency.model_copy(update={"last_safe_s": 5.0})
        ),
        "leaves no time",
    ),
    "over budget in silence": (
        lambda p: _closure(p, budget_s=10.0, over_budget_s=0.0),
        "does not say so",
    ),
    "a closure forgotten": (
        lambda p: p.model_copy(
            update={"closures": tuple(c for c in p.closures if c.site != "x21")}
        ),
        "the policy closes it",
    ),
    "a passage at another time": (
        lambda p: _first(p, "passages", 4, head_utc=p.passages[4].head_utc + 600),
        "another time",
    ),
    "a band without the plan": (
        lambda p: _first(p, "passages", 4, head_low_utc=p.passages[4].head_utc + 60),
        "does not hold the plan",
    ),
    "late at a post": (
        lambda p: _step(p, start_utc=p.duties[0].steps[0].start_utc + 90_000),
        "too late",
    ),
    "a post left early": (
        lambda p: _step(p, end_utc=p.duties[0].steps[0].start_utc + 1.0),
        "left before",
    ),
    "in two places": (_two_places, "overlap"),
    "a missing skill": (
        lambda p: _first(
            p,
            "duties",
            next(
                i
                for i, d in enumerate(p.duties)
                if any(t.skills for t in p.tasks if t.id == d.steps[0].task)
            ),
            skills=("cooking",),
        ),
        "lacks",
    ),
    "too few people": (lambda p: _first(p, "duties", people=0), "needs"),
    "an expired sweep": (_sweep, "old at the passage"),
    "impossible travel": (
        lambda p: p.model_copy(
            update={
                "duties": (
                    p.duties[0].model_copy(
                        update={"steps": (*p.duties[0].steps, *p.duties[-1].steps)}
                    ),
                    *p.duties[1:-1],
                )
            }
        ),
        "cannot be at",
    ),
    "a task in silence undone": (
        lambda p: p.model_copy(update={"duties": p.duties[1:]}),
        "not listed as uncovered",
    ),
    "a task done twice": (
        lambda p: p.model_copy(
            update={"duties": (*p.duties, p.duties[0].model_copy(update={"team": "other"}))}
        ),
        "done by",
    ),
    "a leg without a crew": (lambda p: p.model_copy(update={"crews": ()}), "has no train crew"),
    "rest broken": (
        lambda p: p.model_copy(
            update={
                "crews": (
                    p.crews[0],
                    p.crews[0].model_copy(
                        update={
                            "id": "again",
                            "start_utc": p.crews[0].end_utc + 600,
                            "end_utc": p.crews[0].end_utc + 7_200,
                            "pieces": (),
                        }
                    ),
                )
            }
        ),
        "h of rest",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    plant, told = PLANTED[name]
    _, sound = _sound()
    faults = _faults(plant(sound))
    assert faults
    assert told in faults
