"""Planted faults in a sound kitchen and in sound services are each found."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.provisioning import kitchen_case as case

from retinue.checks.kitchen import check_kitchen
from retinue.checks.services import check_services
from retinue.plan import Plan
from retinue.plan.meals import KitchenRecord


def changed(items: tuple[Any, ...], at: int, **values: object) -> tuple[Any, ...]:
    return (*items[:at], items[at].model_copy(update=values), *items[at + 1 :])


def double_booked(k: KitchenRecord) -> dict[str, object]:
    at, other = next(
        (i, j)
        for i, a in enumerate(k.jobs)
        for j, b in enumerate(k.jobs)
        if a.cooks and b.cooks and a.cooks != b.cooks
        and a.start_utc < b.active_until_utc and b.start_utc < a.active_until_utc
    )  # fmt: skip
    return {"jobs": changed(k.jobs, at, cooks=k.jobs[other].cooks)}


def over_capacity(k: KitchenRecord) -> dict[str, object]:
    stations = tuple(s.model_copy(update={"capacity": 1}) for s in k.stations)
    return {"stations": stations}


def at_locked_toilets(k: KitchenRecord) -> dict[str, object]:
    locked = next(c for c in k.closed if c.kind == "toilets locked")
    span = {"from_utc": locked.from_utc + 600, "until_utc": locked.from_utc + 3600}
    # The rule itself is taken out as well: the checker reads the timeline.
    rules = tuple(c for c in k.closed if c.kind != "toilets locked")
    return {"sittings": changed(k.sittings, 0, **span), "closed": rules}


def at_night(k: KitchenRecord) -> dict[str, object]:
    quiet = max((c for c in k.closed if c.kind == "quiet hours"),
                key=lambda c: c.until_utc - c.from_utc)  # fmt: skip
    span = {"from_utc": quiet.from_utc + 3600, "until_utc": quiet.from_utc + 7200}
    return {"sittings": changed(k.sittings, 0, **span)}


def held_too_long(k: KitchenRecord) -> dict[str, object]:
    at = next(i for i, j in enumerate(k.jobs) if j.last_step)
    job = k.jobs[at]
    return {"jobs": changed(k.jobs, at, hold_s=job.served_until_utc - job.end_utc - 600)}


def rest_broken(k: KitchenRecord) -> dict[str, object]:
    at = next(i for i, s in enumerate(k.shifts) if s.rest_before_s is not None)
    shift = k.shifts[at]
    early = shift.start_utc - (shift.rest_before_s or 0.0) + 3600
    return {"shifts": changed(k.shifts, at, start_utc=early)}


def seat_over_booked(k: KitchenRecord) -> dict[str, object]:
    return {"sittings": changed(k.sittings, 0, people={"guards": k.seats + 1})}


def nobody_fed(k: KitchenRecord) -> dict[str, object]:
    return {"sittings": k.sittings[1:]}


def step_before_step(k: KitchenRecord) -> dict[str, object]:
    at = next(i for i, j in enumerate(k.jobs) if j.step > 1)
    job = k.jobs[at]
    span = {"start_utc": job.start_utc - 36_000, "active_until_utc": job.active_until_utc - 36_000}
    return {"jobs": changed(k.jobs, at, **span)}


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (double_booked, "at once"),
        (over_capacity, "places and"),
        (at_locked_toilets, "toilets are locked"),
        (at_night, "quiet hours"),
        (held_too_long, "old when the last is served"),
        (rest_broken, "of rest"),
        (seat_over_booked, "seats"),
        (nobody_fed, "are fed"),
        (step_before_step, "begins before step"),
    ],
)
def test_a_planted_fault_in_the_kitchen_is_found(
    vladivostok: Plan, plant: Callable[[KitchenRecord], dict[str, object]], words: str
) -> None:
    sound = case.kitchen(vladivostok)
    faulty = sound.model_copy(update=plant(sound))
    assert any(words in fault for fault in check_kitchen(vladivostok, faulty).faults)


@pytest.mark.parametrize(
    ("level", "words"), [(-0.5, "is down to"), (99.0, "more than"), (None, "do not match")]
)
def test_an_empty_and_an_over_full_tank_are_found(
    vladivostok: Plan, level: float | None, words: str
) -> None:
    sound = case.services(vladivostok)
    at = next(i for i, t in enumerate(sound.tanks) if t.kind == "water")
    levels = sound.tanks[at].level_m3
    worse = levels[:-1] if level is None else (*levels[:-1], level)
    faulty = sound.model_copy(update={"tanks": changed(sound.tanks, at, level_m3=worse)})
    assert any(words in fault for fault in check_services(vladivostok, faulty).faults)


def test_a_tank_that_fills_itself_is_found(vladivostok: Plan) -> None:
    sound = case.services(vladivostok)
    at = next(i for i, t in enumerate(sound.tanks) if t.kind == "ice")
    levels = list(sound.tanks[at].level_m3)
    levels[-1] = levels[0]
    faulty = sound.model_copy(update={"tanks": changed(sound.tanks, at, level_m3=tuple(levels))})
    assert any("no stop serves it" in f for f in check_services(vladivostok, faulty).faults)
