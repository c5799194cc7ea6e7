"""Steps of the cold chain, on grounds of their own: goods, rooms, the kitchen's timetable.

Nothing of the provisioning room is used: how long food waits is read from the kitchen's jobs,
what a room keeps from the room.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.clock import iso_utc
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.meals import KitchenJob, KitchenRecord
    from retinue.plan.stores import FoodLimit, FoodStep, IngredientRecord, StoreRoom, Stores

__all__ = ["check_prepared", "check_steps"]

_SLACK_S = 2.0
_JOB_SLACK_S = 61.0  # times of the kitchen are whole minutes
_WARM_K = 0.01
_HOT = frozenset({"grill", "wok", "steam", "fry", "oven"})


def check_steps(stores: Stores, goods: dict[str, IngredientRecord]) -> Iterator[str]:
    """Yield what is wrong with thawing, live seafood, samples and tasting."""
    rooms = {room.id: room for room in stores.rooms}
    yield from _samples(stores, rooms)
    yield from _tasting(stores)
    for step in stores.steps:
        if step.end_utc < step.start_utc - _SLACK_S:
            yield f"{step.meal or step.what}: {step.kind} of {step.what} ends before it begins"
        if step.end_utc > step.limit_utc + _SLACK_S:
            yield f"{step.meal or step.what}: {step.kind} of {step.what} lasts past its limit"
        if step.kind == "thaw":
            yield from _thaw(stores, step, goods, rooms)
    yield from _live(stores, goods)
    if stores.limits is not None:
        for step in stores.steps:
            yield from _temperature(step, stores.limits)


def _samples(stores: Stores, rooms: dict[str, StoreRoom]) -> Iterator[str]:
    steps = [step for step in stores.steps if step.kind == "retained sample"]
    sampled = {step.meal for step in steps}
    times = {use.meal: use.time_utc for use in stores.uses}
    for use in stores.uses:
        if stores.sample_kg > 0 and set(use.kg) - {"house"} and use.meal not in sampled:
            yield f"{use.meal}: no sample is retained"
    for step in steps:
        served = times.get(step.meal, step.start_utc)
        if step.end_utc - max(step.start_utc, served) < stores.sample_kept_s - _SLACK_S:
            yield f"{step.meal}: the retained sample is not kept long enough"
        if step.kg < stores.sample_kg - 1e-9:
            yield f"{step.meal}: {step.kg * 1000:.0f} g are less than one sample"
        room = rooms.get(step.room)
        if room is None:
            yield f"{step.meal}: the retained sample has no room"
        elif stores.limits is not None and (
            room.kept_at_k > stores.limits.sample_at_most_k + _WARM_K
        ):
            yield f"{step.meal}: the retained sample lies at {room.kept_at_k - 273.15:.0f} degrees"


def _tasting(stores: Stores) -> Iterator[str]:
    if stores.limits is None or stores.limits.tasted_before_s <= 0:
        return
    before = stores.limits.tasted_before_s
    times = {use.meal: use.time_utc for use in stores.uses}
    done = {step.meal: step for step in stores.steps if step.kind == "tasting"}
    principal = {use.meal for use in stores.uses if "principal" in use.kg}
    for meal in sorted(principal | set(stores.tasted)):
        step = done.get(meal)
        if step is None:
            yield f"{meal}: nobody tastes what the principal eats"
        elif meal in times and step.end_utc > times[meal] - before + _SLACK_S:
            yield f"{meal}: is tasted {(times[meal] - step.end_utc) / 60:.0f} min before it only"


def _thaw(
    stores: Stores,
    step: FoodStep,
    goods: dict[str, IngredientRecord],
    rooms: dict[str, StoreRoom],
) -> Iterator[str]:
    one = goods.get(step.what)
    room = rooms.get(step.room)
    times = {use.meal: use.time_utc for use in stores.uses}
    if one is None or one.after_thaw_s is None:
        yield f"{step.meal}: {step.what} is thawed and is not frozen goods"
        return
    if step.limit_utc > step.end_utc + one.after_thaw_s + _SLACK_S:
        yield f"{step.meal}: thawed {step.what} is kept too long"
    if times.get(step.meal, step.end_utc) > step.limit_utc + _SLACK_S:
        yield f"{step.meal}: {step.what} was thawed too long ago"
    if step.end_utc - step.start_utc < one.thaw_s - _SLACK_S:
        yield f"{step.meal}: {step.what} begins to thaw too late"
    if step.end_utc > times.get(step.meal, step.end_utc) + _SLACK_S:
        yield f"{step.meal}: {step.what} is thawed after the meal has begun"
    aboard = [lot.loaded_utc for lot in stores.lots if lot.ingredient == step.what]
    if not aboard or min(aboard) > step.start_utc + _SLACK_S:
        yield f"{step.meal}: {step.what} begins to thaw before it is aboard"
    if room is None or room.storage != "chilled":
        yield f"{step.meal}: {step.what} is thawed outside of a chilled room"
    elif stores.limits is not None and room.kept_at_k > stores.limits.thaw_at_most_k + _WARM_K:
        yield f"{step.meal}: {step.what} is thawed at {room.kept_at_k - 273.15:.0f} degrees"


def _live(stores: Stores, goods: dict[str, IngredientRecord]) -> Iterator[str]:
    """Count the hours of live seafood from its packing, whatever the step says."""
    if stores.limits is None:
        return
    stepped = {(step.what, step.start_utc) for step in stores.steps if step.kind == "live"}
    for lot in stores.lots:
        one = goods.get(lot.ingredient)
        if one is None or one.storage != "live":
            continue
        hours = (lot.serve_until_utc - lot.packed_utc) / 3600
        most = min(stores.limits.live_planned_s, stores.limits.live_at_most_s)
        if hours > most / 3600 + _SLACK_S / 3600:
            yield f"{lot.id}: lives {hours:.0f} h from its packing, {most / 3600:.0f} are planned"
        if not any(
            what == lot.ingredient and abs(start - lot.packed_utc) < _SLACK_S
            for what, start in stepped
        ):
            yield f"{lot.id}: no step counts its hours"


def _temperature(step: FoodStep, limits: FoodLimit) -> Iterator[str]:
    """Compare what a step reaches, and how long it may take, with the limits."""
    name = f"{step.meal}: {step.kind} of {step.what}"
    allowed = step.limit_utc - step.start_utc
    if step.kind == "cooling":
        most = limits.cooling_first_s if step.stage == 1 else limits.cooling_then_s
        wanted = limits.cooling_first_to_k if step.stage == 1 else limits.cold_held_at_k
        if step.stage not in (1, 2):
            yield f"{name} has no stage"
        elif step.to_k is None or step.to_k > wanted + _WARM_K:
            yield f"{name} does not reach {wanted - 273.15:.0f} degrees"
        elif allowed > most + _SLACK_S:
            yield f"{name} may take {allowed / 3600:.1f} h, the limit is {most / 3600:.1f}"
    elif step.kind == "reheating" and (
        step.to_k is None or step.to_k < limits.reheat_to_k - _WARM_K
    ):
        yield f"{name} does not reach {limits.reheat_to_k - 273.15:.0f} degrees"
    elif step.kind == "hot holding" and allowed > limits.hot_uncontrolled_s + _SLACK_S:
        yield f"{name} may last {allowed / 3600:.1f} h"
    elif step.kind == "cold holding" and allowed > limits.prepared_keeps_s + _SLACK_S:
        yield f"{name} may last {allowed / 86_400:.1f} days"


def check_prepared(kitchen: KitchenRecord, stores: Stores) -> Finding:
    """Check how long cooked food waits, and that what waits is held, cooled and heated again."""
    limits = stores.limits
    looked = f"{counted(len(kitchen.jobs), 'job')}, {counted(len(stores.steps), 'step')}"
    if limits is None:
        return Finding("cold chain", looked, ("the stores state no limits of food",))
    chains: dict[tuple[str, str], dict[int, list[KitchenJob]]] = {}
    for job in kitchen.jobs:
        chains.setdefault((job.meal, job.dish), {}).setdefault(job.sitting, []).append(job)
    steps: dict[tuple[str, str], list[FoodStep]] = {}
    for step in stores.steps:
        steps.setdefault((step.meal, step.what), []).append(step)
    faults: list[str] = []
    for (meal, dish), by_sitting in sorted(chains.items()):
        common = by_sitting.pop(0, [])
        for jobs in list(by_sitting.values()) or [[]]:
            faults += _waits(meal, dish, [*common, *jobs], stores, steps.get((meal, dish), []))
    return Finding("cold chain", looked, tuple(dict.fromkeys(faults)))


def _waits(
    meal: str, dish: str, jobs: list[KitchenJob], stores: Stores, steps: list[FoodStep]
) -> Iterator[str]:
    limits, held = stores.limits, stores.held.get(dish)
    assert limits is not None
    if held is None:
        yield f"{dish} for {meal}: nothing says how it is held"
        return
    last = max(job.step for job in jobs)
    finished = [job for job in jobs if job.step == last]
    for job in finished:
        waits = job.served_until_utc - job.end_utc
        most = held.limit_s
        if held.kind == "hot":
            most = min(most, limits.hot_uncontrolled_s)
        if waits > most + _JOB_SLACK_S:
            yield (
                f"{dish} for {meal}: the last guest eats it {waits / 60:.0f} min after it is done"
                f" ({iso_utc(job.end_utc)}), it may be held {most / 60:.0f} min"
            )
    hot = sorted({job.step for job in jobs if job.station in _HOT})
    for number in hot:
        done = max(job.end_utc for job in jobs if job.step == number)
        later = [job.start_utc for job in jobs if job.step > number]
        used = min(later) if later else min(job.ready_by_utc for job in finished)
        waits = used - done
        cooled = [
            s for s in steps
            if s.kind == "cooling" and s.stage == 1 and abs(s.start_utc - done) < _JOB_SLACK_S
        ]  # fmt: skip
        if waits > limits.hot_uncontrolled_s + _JOB_SLACK_S and not cooled:
            yield (
                f"{dish} for {meal} waits {waits / 3600:.1f} h from {iso_utc(done)} and is not"
                " cooled"
            )
        if waits > limits.prepared_keeps_s + _JOB_SLACK_S:
            yield f"{dish} for {meal} is {waits / 86_400:.1f} days old when it is used"
        # A pot that is held hot for one sitting may be cooled for a later one.
        through = waits > limits.hot_uncontrolled_s + _JOB_SLACK_S
        heats = [j.start_utc for j in jobs if j.step > number and j.station in _HOT]
        if through and (heats or held.kind == "hot"):
            again = min(heats, default=used)
            if not any(
                s.kind == "reheating"
                and s.start_utc - _JOB_SLACK_S < again < s.end_utc + _JOB_SLACK_S
                for s in steps
            ):
                yield f"{dish} for {meal} was cooled and is not heated through at {iso_utc(again)}"
