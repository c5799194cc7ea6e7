"""Sittings: who sits down when, in the dining coaches' seats.

Meals whose windows touch share the dining coaches and are solved together, with CP-SAT:
no two sittings at once, none across a closed time, tables laid between them.  First nobody
is sent to room service who could sit down, then the minutes away from the best hour are
least, counted by person; whoever ranks higher counts more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from retinue.plan.meals import RoomService, Sitting
from retinue.provisioning.constraint_solver import cp_model, solver
from retinue.provisioning.meals import Meal
from retinue.provisioning.memory import Remember

__all__ = ["BY_CLASS", "RANKS", "Seated", "seat"]

#: Why those have room service who never were to sit down.
BY_CLASS = "served where they are"

#: How much a minute away from the best hour counts for one person.
RANKS: Mapping[str, int] = {
    "principal": 40, "guests": 4, "officials": 4, "guards": 1, "staff": 1, "crew": 1,
}  # fmt: skip
_STEP_S = 300.0
_UNSEATED = 100_000


@dataclass(frozen=True)
class Seated:
    """Sittings and room service of all meals.

    Attributes
    ----------
    proven
        No other times are nearer to the best hours, with nobody more in room service.
    """

    sittings: tuple[Sitting, ...]
    room_service: tuple[RoomService, ...]
    proven: bool


@dataclass(frozen=True)
class _Slot:
    """One sitting to place: people, lengths and spans in steps from an origin."""

    length: int
    turn: int
    ideal: int
    weight: int
    people: int
    spans: tuple[tuple[int, int], ...]
    after: int | None


def seat(meals: Sequence[Meal], seats: int, coach: str, remember: Remember | None = None) -> Seated:
    """Place everybody who eats at a table.

    Parameters
    ----------
    seats
        Of the dining coaches together.
    coach
        Their label.
    remember
        What was placed before.
    """
    sittings: list[Sitting] = []
    rooms: list[RoomService] = []
    proven = True
    looked_up = remember or Remember()
    for cluster in _clusters(meals):
        origin = math.floor(min(m.time_s for m in cluster) / _STEP_S) * _STEP_S
        shares = [(meal, share) for meal in cluster for share in _shares(meal, seats)]
        slots = _slots(shares, origin)
        placed, sure = looked_up(("seat", slots), partial(_place, slots))
        proven = proven and sure
        counts: dict[str, int] = {}
        for (meal, people), start in zip(shares, placed, strict=True):
            if start is None:
                rooms += [_room(meal, g, n, "no seat within the hours") for g, n in people.items()]
                continue
            begin = origin + start * _STEP_S
            counts[meal.id] = counts.get(meal.id, 0) + 1
            sittings.append(
                Sitting(
                    meal=meal.id,
                    number=counts[meal.id],
                    coach=coach,
                    from_utc=begin,
                    until_utc=begin + meal.sitting_s,
                    seats=seats,
                    people=dict(people),
                )
            )
        rooms += [
            _room(meal, group, people, BY_CLASS)
            for meal in cluster
            for group, people in meal.groups.items()
            if group not in meal.at_table
        ]
    return Seated(
        tuple(sorted(sittings, key=lambda s: (s.from_utc, s.meal))),
        tuple(sorted(rooms, key=lambda r: (r.from_utc, r.meal, r.group))),
        proven,
    )


def _room(meal: Meal, group: str, people: int, because: str) -> RoomService:
    return RoomService(
        meal=meal.id,
        group=group,
        people=people,
        from_utc=meal.time_s,
        until_utc=meal.time_s + meal.sitting_s,
        because=because,
    )


def _clusters(meals: Sequence[Meal]) -> list[list[Meal]]:
    """Return meals whose windows overlap, chained, in order of time."""
    found: list[list[Meal]] = []
    end = -math.inf
    for meal in sorted(meals, key=lambda m: (_begin(m), m.id)):
        if found and _begin(meal) < end:
            found[-1].append(meal)
        else:
            found.append([meal])
        end = max(end, meal.windows[-1][1] if meal.windows else meal.time_s)
    return found


def _begin(meal: Meal) -> float:
    return meal.windows[0][0] if meal.windows else meal.time_s


def _shares(meal: Meal, seats: int) -> list[dict[str, int]]:
    """Share people out over as few sittings as there must be, those of higher rank first."""
    left: list[tuple[str, int]] = [
        (group, people)
        for group, people in sorted(meal.at_table.items(), key=lambda item: -RANKS.get(item[0], 1))
        if people
    ]
    total = sum(people for _, people in left)
    sittings = max(1, math.ceil(total / seats)) if total else 0
    shares: list[dict[str, int]] = []
    for number in range(sittings):
        # Even sittings: the kitchen and the stewards see the same work each time.
        room = math.ceil(total / (sittings - number))
        total -= room
        share: dict[str, int] = {}
        rest: list[tuple[str, int]] = []
        for group, people in left:
            taken = min(people, room)
            room -= taken
            if taken:
                share[group] = taken
            if people > taken:
                rest.append((group, people - taken))
        left = rest
        shares.append(share)
    return shares


def _slots(shares: Sequence[tuple[Meal, Mapping[str, int]]], origin: float) -> tuple[_Slot, ...]:
    slots: list[_Slot] = []
    last: dict[str, int] = {}
    for meal, people in shares:
        length = math.ceil(meal.sitting_s / _STEP_S)
        spans = tuple(
            (low, high)
            for begin, end in meal.windows
            if (low := math.ceil((begin - origin) / _STEP_S))
            <= (high := math.floor((end - origin) / _STEP_S) - length)
        )
        slots.append(
            _Slot(
                length=length,
                turn=math.ceil(meal.turn_s / _STEP_S),
                ideal=round((meal.ideal_s - origin) / _STEP_S),
                weight=sum(RANKS.get(g, 1) * n for g, n in people.items()),
                people=sum(people.values()),
                spans=spans,
                after=last.get(meal.id),
            )
        )
        last[meal.id] = len(slots) - 1
    return tuple(slots)


@lru_cache(maxsize=1024)
def _place(slots: tuple[_Slot, ...]) -> tuple[tuple[int | None, ...], bool]:
    """Return the begin of each sitting, None for room service, and whether that is proven."""
    if not slots:
        return (), True
    cp = cp_model()
    model = cp.CpModel()
    starts, seated, intervals, cost = [], [], [], []
    for number, slot in enumerate(slots):
        there = model.new_bool_var(f"p{number}")
        seated.append(there)
        if not slot.spans:
            model.add(there == 0)
        domain = cp.Domain.from_intervals([list(s) for s in slot.spans] or [[0, 0]])
        start = model.new_int_var_from_domain(domain, f"s{number}")
        starts.append(start)
        intervals.append(
            model.new_optional_fixed_size_interval_var(
                start, slot.length + slot.turn, there, f"i{number}"
            )
        )
        far = model.new_int_var(0, 10_000, f"d{number}")
        model.add(far >= start - slot.ideal).only_enforce_if(there)
        model.add(far >= slot.ideal - start).only_enforce_if(there)
        cost.append(slot.weight * far)
        cost.append(_UNSEATED * slot.people * (1 - there))
        if slot.after is not None:
            model.add(starts[slot.after] <= start)
            # Those who come first are seated first: what is left over is the last share.
            model.add(seated[slot.after] >= there)
    model.add_no_overlap(intervals)
    model.minimize(sum(cost))
    made = solver()
    status = made.solve(model)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        return (None,) * len(slots), False
    return (
        tuple(
            int(made.value(s)) if made.value(p) else None
            for s, p in zip(starts, seated, strict=True)
        ),
        status == cp.OPTIMAL,
    )
