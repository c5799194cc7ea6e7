"""What is cooked for one service of the kitchen: portions of dishes made into jobs.

Steps that may be done ahead are cooked once for all sittings of a meal; the others for each
sitting, to be ready when the course is wanted.  What rests longer than the kitchen is open
before a service (a dough, a stock) is begun in an earlier service, or before the departure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from retinue.provisioning.cooking import Job

if TYPE_CHECKING:
    from retinue.provisioning.kitchen_data import KitchenData
    from retinue.provisioning.meals import Meal
    from retinue.provisioning.menu import Dish, Menu, Step

__all__ = [
    "JobNote",
    "KitchenService",
    "KitchenWork",
    "Serving",
    "jobs_of",
    "services_of",
    "whole_portions",
]

_MIN_S = 60.0
_LEAD_S = 180 * 60.0  # what the slowest dishes of a menu want before the first guest
_LONGEST_S = 11 * 3600.0  # from the first serving to the last
_SHIFT_S = 12.9 * 3600.0  # from the first job to the last serving


@dataclass(frozen=True)
class Serving:
    """People of one meal who are served from one moment on: a sitting, or room service."""

    meal: Meal
    number: int
    begin_s: float
    end_s: float
    people: int


@dataclass(frozen=True)
class KitchenService:
    """Servings that follow each other closely: one service of the kitchen.

    Attributes
    ----------
    opens_s
        When cooking may begin: once the service before has ended, or a little before.
    begin_s, end_s
        First and last moment at which somebody is served.
    """

    servings: tuple[Serving, ...]
    opens_s: float
    begin_s: float
    end_s: float

    def minute(self, moment: float) -> int:
        """Return a moment in whole minutes from the begin of service."""
        return round((moment - self.begin_s) / _MIN_S)


@dataclass(frozen=True)
class JobNote:
    """What a job is for, in minutes from the begin of service."""

    meal: str
    portions: int
    batches: int
    ready_by_min: int
    served_until_min: int
    hold_min: int
    last_step: bool


@dataclass
class _Work:
    """Jobs of one service while they are gathered."""

    jobs: list[Job] = field(default_factory=list)
    notes: list[JobNote] = field(default_factory=list)


@dataclass(frozen=True)
class KitchenWork:
    """Jobs of all services.

    Attributes
    ----------
    jobs
        By service, with what each job is for.
    before_departure
        Steps that must begin before the first service opens: done ashore.
    """

    jobs: tuple[tuple[tuple[Job, ...], tuple[JobNote, ...]], ...]
    before_departure: tuple[str, ...]


def services_of(
    servings: Sequence[Serving], opens_before_s: float, from_s: float
) -> tuple[KitchenService, ...]:
    """Return the services of the kitchen.

    Meals that overlap are one service.  Services are joined as far as one shift of
    cooks can do them, so that before each the kitchen has time for what must simmer and rest.
    """
    meals: dict[str, list[Serving]] = {}
    for serving in servings:
        meals.setdefault(serving.meal.id, []).append(serving)
    groups: list[list[Serving]] = []
    for listed in sorted(meals.values(), key=lambda m: (_first(m), m[0].meal.id)):
        if groups and _first(listed) < _last(groups[-1]):
            groups[-1] += listed
        else:
            groups.append(list(listed))
    groups = _joined(groups)
    services: list[KitchenService] = []
    closed = from_s
    for group in groups:
        begin = min(s.begin_s for s in group)
        # In the dock before the departure the kitchen is at work as early as it likes.
        span = max(s.end_s for s in group) - begin
        opens = begin - max(min(opens_before_s, _SHIFT_S - span), 0.0)
        if services:
            # What must simmer is begun while the service before still eats, beside its jobs.
            opens = max(opens, min(closed, begin - _LEAD_S))
        closed = max(s.end_s for s in group)
        ordered = sorted(group, key=lambda s: (s.begin_s, s.meal.id, s.number))
        services.append(KitchenService(tuple(ordered), opens, begin, closed))
    return tuple(services)


def _joined(groups: Sequence[list[Serving]]) -> list[list[Serving]]:
    """Join neighbours so that the leads which are too short are shortest in sum.

    Each part lasts no longer than a shift.  Of equal ones the one with most parts is taken:
    many short services are cooked by fewer people than few long ones.
    """
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for end in range(1, len(groups) + 1):
        found = []
        for begin in range(end - 1, -1, -1):
            span = _last(groups[end - 1]) - _first(groups[begin])
            if span > _LONGEST_S and begin < end - 1:
                break
            lead = _first(groups[begin]) - _last(groups[begin - 1]) if begin else math.inf
            short, parts, _ = best[begin]
            found.append((short + max(_LEAD_S - lead, 0.0), parts - 1, begin))
        best.append(min(found))
    joined: list[list[Serving]] = []
    end = len(groups)
    while end:
        begin = best[end][2]
        joined.append([serving for group in groups[begin:end] for serving in group])
        end = begin
    return joined[::-1]


def _first(servings: Sequence[Serving]) -> float:
    return min(serving.begin_s for serving in servings)


def _last(servings: Sequence[Serving]) -> float:
    return max(serving.end_s for serving in servings)


def whole_portions(expected: Mapping[str, float], menu: Menu) -> dict[str, int]:
    """Round expected portions so that those of each course keep their sum (largest remainders)."""
    found: dict[str, int] = {}
    courses: dict[str, list[str]] = {}
    for name in expected:
        courses.setdefault(menu.dishes[name].course, []).append(name)
    for names in courses.values():
        total = round(sum(expected[n] for n in names) + 1e-9)
        low = {n: math.floor(expected[n] + 1e-9) for n in names}
        rest = sorted(names, key=lambda n: (-(expected[n] - low[n]), n))
        for name in rest[: max(0, total - sum(low.values()))]:
            low[name] += 1
        found |= {n: k for n, k in low.items() if k > 0}
    return found


@lru_cache(maxsize=4096)
def _shared(portions: int, people: tuple[int, ...]) -> tuple[int, ...]:
    """Share portions out over servings by their people (largest remainders)."""
    total = sum(people)
    if not total:
        return (portions, *[0] * (len(people) - 1))
    exact = [portions * n / total for n in people]
    low = [math.floor(x) for x in exact]
    order = sorted(range(len(people)), key=lambda i: (-(exact[i] - low[i]), i))
    for i in order[: portions - sum(low)]:
        low[i] += 1
    return tuple(low)


def jobs_of(
    services: Sequence[KitchenService],
    portions: Mapping[str, Mapping[str, int]],
    menu: Menu,
    capacity: Mapping[str, int],
    data: KitchenData,
) -> KitchenWork:
    """Return the jobs of each service, with what they are for.

    Parameters
    ----------
    portions
        By meal and dish.
    capacity
        Places by station.
    """
    works = [_Work() for _ in services]
    ashore: dict[str, None] = {}
    for number, service in enumerate(services):
        for meal in dict.fromkeys(s.meal.id for s in service.servings):
            servings = [s for s in service.servings if s.meal.id == meal]
            for name, count in portions.get(meal, {}).items():
                dish = menu.dishes[name]
                ashore |= dict.fromkeys(
                    _dish(works, services, number, servings, dish, count, capacity, data)
                )
    return KitchenWork(tuple((tuple(w.jobs), tuple(w.notes)) for w in works), tuple(sorted(ashore)))


def _dish(
    works: Sequence[_Work],
    services: Sequence[KitchenService],
    number: int,
    servings: Sequence[Serving],
    dish: Dish,
    count: int,
    capacity: Mapping[str, int],
    data: KitchenData,
) -> list[str]:
    """Add the jobs of one dish; return the steps that are done before the departure."""
    service, work = services[number], works[number]
    ashore: list[str] = []
    after_s = data.course_after.get(dish.course, 0.0)
    spread = data.served_after_ready.time
    due = [s.begin_s + min(after_s, max(s.end_s - s.begin_s - spread, 0.0)) for s in servings]
    last = [moment + spread for moment in due]
    shares = _shared(count, tuple(s.people for s in servings))
    before: tuple[int, ...] = ()
    ahead_until = 0
    while ahead_until < len(dish.steps) and dish.steps[ahead_until].ahead:
        ahead_until += 1
    # A finished dish that keeps from the first to the last guest is cooked once for all.
    holds = dish.holding_limit_s >= last[-1] - due[0]
    if ahead_until == len(dish.steps) and not holds:
        ahead_until -= 1
    keeps = data.prepared_ahead_at_most.time
    opens = service.opens_s
    # A sitting's share may go to fewer cooks than the whole, and so take longer.
    lengths = [
        max(_length_s(step, n, capacity, data) for n in ([count] if at < ahead_until else shares))
        for at, step in enumerate(dish.steps)
    ]
    early = 0
    while early < ahead_until and sum(lengths[early:]) > due[0] - opens:
        early += 1
    # Backwards: each step that is begun early has rested before the one after it begins.
    until = due[0] - sum(lengths[early:])
    for at in range(early - 1, -1, -1):
        hands = _hands_s(dish.steps[at], count, capacity, data)
        host = _host(services[:number], until - lengths[at] + hands, hands)
        if host is None:
            ashore += [
                f"{dish.name}, step {step + 1}: {dish.steps[step].station}"
                for step in range(at, -1, -1)
            ]
            break
        _begin_early(works[host], services[host], servings[0].meal.id, dish, at, count,
                     capacity, data, service.begin_s)  # fmt: skip
        until = services[host].opens_s
    for at in range(early, ahead_until):
        final = at == len(dish.steps) - 1
        hold = dish.holding_limit_s if final else max(keeps, dish.holding_limit_s)
        window = (service.minute(due[0]), service.minute(last[-1]), math.floor(hold / _MIN_S))
        before = _add(
            work, service, servings[0].meal.id, dish, at, 0, count, window, before, capacity, data,
            ends=service.minute(due[0]),
        )  # fmt: skip
    for place, serving in enumerate(servings):
        chain = before
        if not shares[place]:
            continue
        for at in range(ahead_until, len(dish.steps)):
            final = at == len(dish.steps) - 1
            hold = dish.holding_limit_s if final else max(keeps, dish.holding_limit_s)
            window = (
                service.minute(due[place]),
                service.minute(last[place]),
                math.floor(hold / _MIN_S),
            )
            chain = _add(
                work, service, serving.meal.id, dish, at, serving.number, shares[place], window,
                chain, capacity, data, ends=service.minute(last[place]),
            )  # fmt: skip
    return ashore


def _hands_s(step: Step, count: int, capacity: Mapping[str, int], data: KitchenData) -> float:
    """Return how long the longest part of a step keeps hands busy."""
    return _MIN_S * max(active for _, _, _, active, _ in _parts(step, count, capacity, data))


def _length_s(step: Step, count: int, capacity: Mapping[str, int], data: KitchenData) -> float:
    """Return how long the longest part of a step takes."""
    parts = _parts(step, max(count, 1), capacity, data)
    return _MIN_S * max(active + passive for _, _, _, active, passive in parts)


def _host(services: Sequence[KitchenService], until_s: float, hands_s: float) -> int | None:
    """Return the last earlier service within which hands can begin something that rests."""
    for number in range(len(services) - 1, -1, -1):
        service = services[number]
        if service.opens_s + hands_s <= service.end_s <= until_s:
            return number
    return None


def _begin_early(
    work: _Work,
    service: KitchenService,
    meal: str,
    dish: Dish,
    at: int,
    count: int,
    capacity: Mapping[str, int],
    data: KitchenData,
    needed_s: float,
) -> None:
    """Add the hands-on part of a step that rests until a later service, off the station."""
    step = dish.steps[at]
    end = service.minute(service.end_s)
    for part, (share, batches, units, active, _) in enumerate(
        _parts(step, count, capacity, data), start=1
    ):
        work.jobs.append(
            Job(
                dish=dish.name, step=at + 1, sitting=0, part=part, station=step.station,
                units=units, hands=step.staff, active_min=active, passive_min=0,
                earliest_min=service.minute(service.opens_s),
                end_from_min=service.minute(service.opens_s), end_until_min=end,
            )
        )  # fmt: skip
        needed = service.minute(needed_s)
        work.notes.append(
            JobNote(meal, share, batches, needed, needed, needed - service.minute(service.opens_s),
                    False)
        )  # fmt: skip


def _add(
    work: _Work,
    service: KitchenService,
    meal: str,
    dish: Dish,
    at: int,
    sitting: int,
    count: int,
    window: tuple[int, int, int],
    after: tuple[int, ...],
    capacity: Mapping[str, int],
    data: KitchenData,
    *,
    ends: int,
) -> tuple[int, ...]:
    """Add the jobs of one step and return their numbers."""
    step = dish.steps[at]
    ready, served, hold = window
    final = at == len(dish.steps) - 1
    numbers = []
    for part, (share, batches, units, active, passive) in enumerate(
        _parts(step, count, capacity, data), start=1
    ):
        job = Job(
            dish=dish.name,
            step=at + 1,
            sitting=sitting,
            part=part,
            station=step.station,
            units=units,
            hands=step.staff,
            active_min=active,
            passive_min=passive,
            earliest_min=service.minute(service.opens_s),
            end_from_min=served - hold if final or sitting else ready - hold,
            end_until_min=ends,
            after=after,
            rests_elsewhere=step.station in data.rests_elsewhere,
        )
        numbers.append(len(work.jobs))
        work.jobs.append(job)
        work.notes.append(JobNote(meal, share, batches, ready, served, hold, final))
    return tuple(numbers)


def _parts(
    step: Step, count: int, capacity: Mapping[str, int], data: KitchenData
) -> tuple[tuple[int, int, int, int, int], ...]:
    """Return portions, batches, places and minutes with and without hands of a step's parts."""
    places = max(1, capacity.get(step.station, 1))
    most_s = data.part_at_most.time
    return _parts_of(step.active_s, step.passive_s, step.batch, count, places, most_s)


@lru_cache(maxsize=4096)
def _parts_of(
    active_s: float, passive_s: float, batch: int, count: int, places: int, most_s: float
) -> tuple[tuple[int, int, int, int, int], ...]:
    """Share a step out among cooks where one alone would be at it for too long."""
    batches = math.ceil(count / batch)
    per_part = max(1, math.floor(most_s / active_s)) if active_s > 0 else batches
    left, found = count, []
    for share in _shared(batches, (1,) * math.ceil(batches / per_part)):
        own = min(left, share * batch)
        left -= own
        if own > 0:
            of_part = math.ceil(own / batch)
            found.append((own, of_part, *_pipeline(active_s, passive_s, of_part, places)))
    return tuple(found)


def _pipeline(active: float, passive: float, batches: int, places: int) -> tuple[int, int, int]:
    """Return places, hands-on minutes and minutes without hands of batches made by one cook.

    While one batch rests or bakes, the next is begun, in as many places as that needs: with
    ``u`` places the ``b`` batches take ``(ceil(b/u) - 1) max(a + p, u a) + r a + p``, where
    ``r`` is the number in the last round.
    """
    wanted = batches if active <= 0 else min(batches, 1 + math.floor(passive / active))
    units = max(1, min(wanted, places))
    rounds = math.ceil(batches / units)
    in_last = batches - (rounds - 1) * units
    hands = (rounds - 1) * max(active + passive, units * active) + in_last * active
    active_min = math.ceil(hands / _MIN_S)
    return units, active_min, max(math.ceil((hands + passive) / _MIN_S) - active_min, 0)
