"""The kitchen's timetable: sittings, jobs at stations, cooks with their shifts.

``meals_of`` says when meals may be served; ``seat`` places the sittings; ``jobs_of`` makes
jobs of the portions that demand expects; ``cook`` times them with the least cooks; ``roster``
gives them to people.  Each of the last three is proven by CP-SAT, or says that it is not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from retinue.clock import local_text
from retinue.errors import NoPlan, Reason
from retinue.plan.meals import (
    ClosedTime,
    CookShift,
    KitchenJob,
    KitchenRecord,
    MealRecord,
    RoomService,
    StationRecord,
    Stretch,
)
from retinue.provisioning.clocks import body_offsets, local_offsets
from retinue.provisioning.closed_times import closed_times
from retinue.provisioning.cooking import Cooked, Cooking, Job, cook, shortages
from retinue.provisioning.kitchen_data import galley_of, load_kitchen_data
from retinue.provisioning.kitchen_work import (
    JobNote,
    KitchenService,
    Serving,
    jobs_of,
    services_of,
    whole_portions,
)
from retinue.provisioning.meals import Meal, aboard, meals_of, quiet_times
from retinue.provisioning.memory import Remember, fields_of
from retinue.provisioning.shifts import Roster, Service, ShiftRules, roster
from retinue.provisioning.sittings import Seated, seat
from retinue.provisioning.stewards import most_at_once, with_stewards

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.provisioning.kitchen_data import Galley, KitchenData
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy

__all__ = ["expected_portions", "kitchen_of"]


def expected_portions(
    meals: Sequence[Meal], party: PartyPlan, policy: ProvisioningPolicy, menu: Menu
) -> dict[str, dict[str, float]]:
    """Return the portions of each dish that a meal is expected to ask for.

    Those who choose from the whole menu spread by popularity within each course, with their
    tastes; those who eat the dish of the day take turns through the menu, so many choices a
    course.  Dishes that an allergy or diet of somebody forbids go only to the others, which
    the mean does not show.
    """
    found: dict[str, dict[str, float]] = {}
    for number, meal in enumerate(meals):
        dishes = found.setdefault(meal.id, {})
        for group in party.groups:
            people = meal.groups.get(group.role, 0)
            kind = policy.classes[group.meal_class]
            for course, share in kind.courses.get(meal.kind, {}).items():
                offered = menu.of_course(course)
                if not offered or not people:
                    continue
                if kind.menu == "dish of the day":
                    first = number * kind.choices % len(offered)
                    turn = [*offered[first:], *offered[:first]]
                    offered = tuple(turn[: kind.choices])
                weights = [
                    d.popularity * group.tastes.get(d.cuisine, 1.0) * group.tastes.get(d.name, 1.0)
                    for d in offered
                ]
                total = sum(weights)
                for dish, weight in zip(offered, weights, strict=True):
                    if weight > 0:
                        portion = people * share * weight / total
                        dishes[dish.name] = dishes.get(dish.name, 0.0) + portion
    return found


def kitchen_of(
    plan: Plan,
    party: PartyPlan,
    policy: ProvisioningPolicy,
    menu: Menu,
    *,
    portions: Mapping[str, Mapping[str, float]] | None = None,
    meals: Sequence[Meal] | None = None,
    data: KitchenData | None = None,
    memory: MutableMapping[bytes, Any] | None = None,
) -> KitchenRecord:
    """Return the timetable of kitchen and dining coaches.

    Parameters
    ----------
    portions
        Expected portions by meal and dish; by default `expected_portions`.
    meals
        By default `meals_of`.
    memory
        Remembers what is cooked, seated and shared out between calls: services that differ
        only in their hour are one.  The result never depends on it.

    Raises
    ------
    InputError
        Where the train has no kitchen, or the solver is not installed.
    NoPlan
        Where stations, cooks or hours do not suffice, with what is short and the cure.
    """
    known = data or load_kitchen_data()
    remember = Remember(memory)
    galley = galley_of(plan, known)
    shut = closed_times(plan)
    listed = tuple(meals_of(plan, party, policy, galley=galley) if meals is None else meals)
    seated = seat(listed, galley.seats, galley.dining, remember)
    expected = expected_portions(listed, party, policy, menu) if portions is None else portions
    counted = {meal: whole_portions(dishes, menu) for meal, dishes in expected.items()}
    start = min(begin for begin, _, _ in aboard(plan))
    services = services_of(_servings(listed, seated), galley.opens_before_s, start)
    work = jobs_of(services, counted, menu, dict(galley.capacity), known)
    cooked = _cook(
        services,
        [jobs for jobs, _ in work.jobs],
        galley,
        math.floor(known.hours.longest_work / 60),
        remember,
    )
    posts = [
        _posts([j.active_min for j in p.jobs], [j.hands for j in p.jobs], c) for p, c in cooked
    ]
    rules = ShiftRules(
        longest_duty_min=math.floor(known.hours.longest_duty / 60),
        longest_work_min=math.floor(known.hours.longest_work / 60),
        rest_min=math.ceil(known.hours.rest / 60),
    )
    origin = math.floor(start / 60) * 60.0
    shifts = [
        _service(s, p, c, o, origin) for s, (p, c), o in zip(services, cooked, posts, strict=True)
    ]
    team = remember(
        ("roster", tuple(shifts), rules),
        partial(roster, tuple(shifts), rules),
        packed=fields_of,
        unpacked=lambda value: Roster(**value),
    )
    jobs = [
        job
        for number, service in enumerate(services)
        for job in _jobs(service, work.jobs[number][1], cooked[number], posts[number],
                         _by_post(shifts[number], posts[number], team.post[number]))
    ]  # fmt: skip
    people = _cook_shifts(shifts, team, origin, rules, jobs)
    sittings = with_stewards(seated.sittings, party, policy)
    room_service = with_stewards(seated.room_service, party, policy)
    return KitchenRecord(
        closed=tuple(sorted((*shut, *_quiet(plan, party, policy)), key=lambda c: c.from_utc)),
        meals=tuple(_meal_record(plan, m, seated) for m in listed),
        sittings=sittings,
        room_service=room_service,
        stations=tuple(
            StationRecord(
                station=station,
                capacity=places,
                source=galley.kitchens[0].source,
                confidence=galley.kitchens[0].confidence,
            )
            for station, places in galley.capacity
        ),
        jobs=tuple(jobs),
        shifts=people,
        cooks=max((c.cooks for _, c in cooked), default=0),
        cooks_proven=all(c.proven for _, c in cooked),
        cooks_bound=max((c.least_cooks for _, c in cooked), default=0),
        team=team.people,
        team_proven=team.proven,
        longest_duty_s=known.hours.longest_duty,
        longest_work_s=known.hours.longest_work,
        least_rest_s=known.hours.rest,
        seats=galley.seats,
        stewards=most_at_once((*sittings, *room_service)),
        sittings_proven=seated.proven,
        waiting_s=60.0 * sum(c.waiting_min for _, c in cooked),
        waiting_bound_s=60.0 * sum(c.waiting_bound_min for _, c in cooked),
        before_departure=work.before_departure,
    )


def _quiet(plan: Plan, party: PartyPlan, policy: ProvisioningPolicy) -> tuple[ClosedTime, ...]:
    """Return the quiet hours of those of highest rank, which the whole train keeps."""
    if policy.quiet_hours.clock == "local" or not party.groups:
        return quiet_times(plan, policy, local_offsets(plan))
    zone = party.groups[0].body_zone
    return quiet_times(plan, policy, body_offsets(plan, zone, policy.body_clock_follows))


def _servings(meals: Sequence[Meal], seated: Seated) -> list[Serving]:
    by_id = {meal.id: meal for meal in meals}
    found = [
        Serving(by_id[s.meal], s.number, s.from_utc, s.until_utc, sum(s.people.values()))
        for s in seated.sittings
    ]
    rooms: dict[str, list[RoomService]] = {}
    for room in seated.room_service:
        rooms.setdefault(room.meal, []).append(room)
    for meal, listed in rooms.items():
        number = 1 + max((s.number for s in found if s.meal.id == meal), default=0)
        found.append(
            Serving(
                by_id[meal],
                number,
                min(r.from_utc for r in listed),
                max(r.until_utc for r in listed),
                sum(r.people for r in listed),
            )
        )
    return found


def _cook(
    services: Sequence[KitchenService],
    jobs: Sequence[tuple[Job, ...]],
    galley: Galley,
    work_min: int,
    remember: Remember,
) -> list[tuple[Cooking, Cooked]]:
    found: list[tuple[Cooking, Cooked]] = []
    reasons: list[Reason] = []
    earlier: tuple[Job, ...] = ()
    for number, (service, listed) in enumerate(zip(services, jobs, strict=True)):
        problem = Cooking((*listed, *earlier), galley.capacity, galley.cooks, work_min)
        timed = remember(
            ("cook", problem),
            partial(cook, problem),
            packed=lambda found: None if found is None else fields_of(found),
            unpacked=lambda value: None if value is None else Cooked(**value),
        )
        earlier = ()
        if timed is not None and number + 1 < len(services):
            earlier = _still_at_work(listed, timed, service, services[number + 1])
        if timed is None:
            meal = service.servings[0].meal
            where = f"{meal.id}, {local_text(service.begin_s, meal.zone)}"
            reasons += [
                Reason(r.what, where=where, cure=r.cure, kind=r.kind) for r in shortages(problem)
            ]
        else:
            own = replace(timed, start_min=timed.start_min[: len(listed)])
            found.append((replace(problem, jobs=listed), replace(own, cooks=_peak(listed, own))))
    if reasons:
        raise NoPlan(
            "the kitchen cannot cook every meal in time",
            reasons=reasons,
            cure="Offer fewer dishes, add a kitchen coach, or let meals begin later.",
        )
    return found


def _still_at_work(
    jobs: Sequence[Job], timed: Cooked, service: KitchenService, following: KitchenService
) -> tuple[Job, ...]:
    """Return jobs that end after the next service opens, fixed in its own minutes."""
    shift = following.minute(service.begin_s)
    opens = following.minute(following.opens_s)
    return tuple(
        replace(
            job,
            earliest_min=start + shift,
            end_from_min=start + shift + job.length_min,
            end_until_min=start + shift + job.length_min,
            after=(),
        )
        for job, start in zip(jobs, timed.start_min, strict=False)
        if start + shift + job.length_min > opens
    )


def _peak(jobs: Sequence[Job], timed: Cooked) -> int:
    """Return the most hands at once."""
    changes: list[tuple[int, int]] = []
    for job, start in zip(jobs, timed.start_min, strict=True):
        if job.active_min:
            changes += [(start, job.hands), (start + job.active_min, -job.hands)]
    peak = now = 0
    for _, change in sorted(changes):
        now += change
        peak = max(peak, now)
    return peak


def _posts(
    active: Sequence[int], hands: Sequence[int], timed: Cooked
) -> tuple[tuple[int, ...], ...]:
    """Give jobs to posts, who has worked least first.  As many posts as cooks suffice.

    At any moment no more hands are asked for than there are cooks, so at every begin enough
    posts are free (intervals colour with as many colours as overlap).
    """
    free = [-(10**9)] * timed.cooks
    done = [0] * timed.cooks
    found: list[tuple[int, ...]] = [()] * len(active)
    order = sorted(range(len(active)), key=lambda n: (timed.start_min[n], n))
    for number in order:
        if not active[number]:
            continue
        start = timed.start_min[number]
        ready = sorted((p for p in range(timed.cooks) if free[p] <= start), key=lambda p: done[p])
        chosen = tuple(sorted(ready[: hands[number]]))
        for post in chosen:
            free[post] = start + active[number]
            done[post] += active[number]
        found[number] = chosen
    return tuple(found)


def _service(
    service: KitchenService,
    problem: Cooking,
    timed: Cooked,
    posts: Sequence[tuple[int, ...]],
    origin: float,
) -> Service:
    """Return what the roster must know of a service."""
    work = [0] * timed.cooks
    begins, ends = [], []
    for job, start, on in zip(problem.jobs, timed.start_min, posts, strict=True):
        if on:
            begins.append(start)
            ends.append(start + job.active_min)
        for post in on:
            work[post] += job.active_min
    shift = (service.begin_s - origin) / 60
    return Service(
        name=service.servings[0].meal.id,
        begin_min=math.floor(shift + min(begins, default=0)),
        end_min=math.ceil(shift + max(ends, default=0)),
        work_min=tuple(sorted(work, reverse=True)),
    )


def _by_post(
    service: Service, posts: Sequence[tuple[int, ...]], people: Sequence[int]
) -> dict[int, str]:
    """Return the name of whoever is at each post."""
    return {post: f"cook {people[post] + 1}" for post in range(len(people))}


def _jobs(
    service: KitchenService,
    notes: Sequence[JobNote],
    cooked: tuple[Cooking, Cooked],
    posts: Sequence[tuple[int, ...]],
    names: Mapping[int, str],
) -> list[KitchenJob]:
    problem, timed = cooked
    jobs = []
    for job, note, start, on in zip(problem.jobs, notes, timed.start_min, posts, strict=True):
        begin = service.begin_s + 60.0 * start
        jobs.append(
            KitchenJob(
                id=f"{note.meal}/{job.dish}/{job.step}.{job.sitting}.{job.part}",
                meal=note.meal,
                dish=job.dish,
                step=job.step,
                station=job.station,
                portions=note.portions,
                batches=note.batches,
                cooks=tuple(names[p] for p in on),
                start_utc=begin,
                active_until_utc=begin + 60.0 * job.active_min,
                end_utc=begin + 60.0 * job.length_min,
                ready_by_utc=service.begin_s + 60.0 * note.ready_by_min,
                served_until_utc=service.begin_s + 60.0 * note.served_until_min,
                hold_s=60.0 * note.hold_min,
                sitting=job.sitting,
                part=job.part,
                hands=job.hands,
                last_step=note.last_step,
                units=job.units,
                station_until_utc=begin + 60.0 * job.station_min,
            )
        )
    return sorted(jobs, key=lambda j: (j.start_utc, j.id))


def _cook_shifts(
    services: Sequence[Service],
    team: Roster,
    origin: float,
    rules: ShiftRules,
    jobs: Sequence[KitchenJob],
) -> tuple[CookShift, ...]:
    """Return the duties of every cook: services with less than a rest between are one duty."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for service, people in zip(services, team.post, strict=True):
        for person in people:
            spans.setdefault(person, []).append((service.begin_min, service.end_min))
    own: dict[str, list[KitchenJob]] = {}
    for job in jobs:
        for name in dict.fromkeys(job.cooks):
            own.setdefault(name, []).append(job)
    found = []
    for person, listed in sorted(spans.items()):
        merged: list[list[int]] = []
        for begin, end in sorted(listed):
            if merged and begin - merged[-1][1] < rules.rest_min:
                merged[-1][1] = end
            else:
                merged.append([begin, end])
        before: float | None = None
        for begin, end in merged:
            start, stop = origin + 60.0 * begin, origin + 60.0 * end
            name = f"cook {person + 1}"
            found.append(
                CookShift(
                    cook=name,
                    start_utc=start,
                    end_utc=stop,
                    work_s=sum(
                        j.active_until_utc - j.start_utc
                        for j in own.get(name, ())
                        if start <= j.start_utc < stop
                    ),
                    rest_before_s=None if before is None else start - before,
                )
            )
            before = stop
    return tuple(sorted(found, key=lambda s: (s.start_utc, int(s.cook.split()[1]))))


def _meal_record(plan: Plan, meal: Meal, seated: Seated) -> MealRecord:
    first = min((s.from_utc for s in seated.sittings if s.meal == meal.id), default=meal.time_s)
    leg = next(leg for leg in plan.legs if leg.id == meal.leg)
    events = [
        e for e in leg.timeline if e.role == "main" and e.kind in ("pass", "depart", "arrive")
    ]
    before = [e.place for e in events if e.time_utc <= first][-1:]
    after = [e.place for e in events if e.time_utc > first][:1]
    return MealRecord(
        id=meal.id,
        kind=meal.kind,
        leg=meal.leg,
        clock=meal.clock,
        zone=meal.zone,
        ideal_utc=meal.ideal_s,
        time_utc=first,
        local_offset_s=meal.local_offset_s,
        body_offset_s=meal.body_offset_s,
        people=dict(meal.groups),
        windows=tuple(Stretch(from_utc=a, until_utc=b) for a, b in meal.windows),
        moved_because=meal.moved_because,
        distance_m=round(leg.main.distance_at(first), 0),
        between=" - ".join(dict.fromkeys((*before, *after))),
    )
