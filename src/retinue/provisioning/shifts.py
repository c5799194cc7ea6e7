"""Shifts of cooks: the fewest people, so that every service is cooked and all keep their rest.

A service needs a number of cooks from the first job to the last.  A duty takes in one
service or several that follow each other, within the longest duty and the longest work;
between two duties of one cook lies the rest.  That is a flow of people through time: duties
take them out of a pool and give them back rested, so the fewest people is an integer
programme that CP-SAT proves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retinue.errors import NoPlan, Reason
from retinue.provisioning.constraint_solver import cp_model, solver

__all__ = ["Roster", "Service", "ShiftRules", "roster"]


@dataclass(frozen=True)
class Service:
    """One service to be cooked, in whole minutes from any origin.

    Attributes
    ----------
    work_min
        Minutes with hands at work, by post; the first post works most.
    """

    name: str
    begin_min: int
    end_min: int
    work_min: tuple[int, ...]

    @property
    def cooks(self) -> int:
        """Posts to be filled."""
        return len(self.work_min)


@dataclass(frozen=True)
class ShiftRules:
    """Hours, in minutes."""

    longest_duty_min: int
    longest_work_min: int
    rest_min: int


@dataclass(frozen=True)
class Roster:
    """Who cooks what.

    Attributes
    ----------
    post
        By service and post, the number of the cook.
    people
        Cooks in all.
    proven
        No roster needs fewer.
    """

    post: tuple[tuple[int, ...], ...]
    people: int
    proven: bool


@lru_cache(maxsize=64)
def roster(services: tuple[Service, ...], rules: ShiftRules) -> Roster:
    """Return the roster with the fewest people, then the fewest duties.

    Raises
    ------
    NoPlan
        Where one service alone is longer than a duty may be.
    """
    _check(services, rules)
    duties = _duties(services, rules)
    if not services or not duties:
        return Roster(tuple(() for _ in services), 0, True)
    cp = cp_model()
    model = cp.CpModel()
    most = sum(s.cooks for s in services)
    count = [model.new_int_var(0, most, f"n{i}") for i in range(len(duties))]
    for number, service in enumerate(services):
        model.add(
            sum(n for n, d in zip(count, duties, strict=True) if number in d) == service.cooks
        )
    people = model.new_int_var(0, most, "people")
    # At any begin of a duty, those on duty or at rest are no more than there are people.
    for begin in sorted({services[d[0]].begin_min for d in duties}):
        model.add(
            sum(
                n
                for n, d in zip(count, duties, strict=True)
                if services[d[0]].begin_min <= begin < _end(services, d) + rules.rest_min
            )
            <= people
        )
    model.minimize(people * 10_000 + sum(count))
    made = solver()
    status = made.solve(model)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        raise NoPlan("no roster of the cooks was found", cure="Allow longer duties.")
    chosen = [
        duty for n, duty in zip(count, duties, strict=True) for _ in range(int(made.value(n)))
    ]
    return _named(services, chosen, rules, int(made.value(people)), status == cp.OPTIMAL)


def _check(services: Sequence[Service], rules: ShiftRules) -> None:
    reasons = []
    for service in services:
        length = service.end_min - service.begin_min
        if length > rules.longest_duty_min:
            reasons.append(
                Reason(
                    f"{service.name} is cooked for {length} min, a duty is at most"
                    f" {rules.longest_duty_min} min",
                    cure="one more cook, or a shorter service",
                    kind="cooks-duty",
                )
            )
        work = max(service.work_min, default=0)
        if work > rules.longest_work_min:
            reasons.append(
                Reason(
                    f"a cook works {work} min for {service.name}, at most"
                    f" {rules.longest_work_min} min are allowed",
                    cure="one more cook",
                    kind="cooks-work",
                )
            )
    if reasons:
        raise NoPlan("the cooks' hours do not allow the meals", reasons=reasons)


def _end(services: Sequence[Service], duty: tuple[int, ...]) -> int:
    return max(services[number].end_min for number in duty)


def _duties(services: Sequence[Service], rules: ShiftRules) -> list[tuple[int, ...]]:
    """Return every set of services that one cook may do in one duty.

    Work is counted at the heaviest post, so that any post may follow any other.
    """
    order = sorted(range(len(services)), key=lambda n: (services[n].begin_min, n))
    found: list[tuple[int, ...]] = []

    def extend(duty: tuple[int, ...], from_place: int) -> None:
        found.append(duty)
        for place in range(from_place, len(order)):
            number = order[place]
            nxt = services[number]
            if nxt.begin_min - services[duty[0]].begin_min > rules.longest_duty_min:
                break
            longer = (*duty, number)
            work = sum(max(services[n].work_min, default=0) for n in longer)
            fits = nxt.begin_min >= _end(services, duty) and work <= rules.longest_work_min
            span = _end(services, longer) - services[duty[0]].begin_min
            if fits and span <= rules.longest_duty_min and nxt.cooks:
                extend(longer, place + 1)

    for place, number in enumerate(order):
        if services[number].cooks:
            extend((number,), place + 1)
    return found


def _named(
    services: Sequence[Service],
    chosen: Sequence[tuple[int, ...]],
    rules: ShiftRules,
    people: int,
    proven: bool,
) -> Roster:
    """Give duties to people: the one who has rested longest comes first."""
    free: list[float] = [-math.inf] * people
    posts: list[list[int]] = [[] for _ in services]
    for duty in sorted(chosen, key=lambda d: (services[d[0]].begin_min, d)):
        begin = services[duty[0]].begin_min
        cook = min(range(people), key=lambda c: (free[c] > begin, free[c], c))
        if free[cook] > begin:
            raise NoPlan("nobody is rested for a duty that was counted")  # pragma: no cover
        free[cook] = _end(services, duty) + rules.rest_min
        for number in duty:
            posts[number].append(cook)
    return Roster(tuple(tuple(p) for p in posts), people, proven)
