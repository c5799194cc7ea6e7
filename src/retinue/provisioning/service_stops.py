"""Which stops serve which tanks: the fewest stops, proven with CP-SAT, one kind at a time.

A tank never falls below what is kept and never overflows; what a stop gives is bounded by
the time it has.  Where the planned stops do not suffice, a stop is proposed at a place the
train passes, as short as it can be; where even that fails, the coach is named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from retinue.provisioning.constraint_solver import cp_model, solver

__all__ = ["Chance", "Filling", "Problem", "fill", "litres", "seconds_for"]

_PROPOSED_FACTOR = 100  # a proposed stop counts as so many planned ones
_SHORT_FACTOR = 10  # a litre that is lacking counts as so many proposed stops
_LITRES = 1000


@dataclass(frozen=True)
class Chance:
    """A stop that may serve.

    Attributes
    ----------
    seconds
        Time for serving, setting up apart.
    weight
        Cost of using it, in thousandths of a stop.
    proposed
        Whether the train would pass otherwise; it then stands as long as it must.
    """

    seconds: int
    weight: int
    proposed: bool


@dataclass(frozen=True)
class Problem:
    """Tanks of one kind, in litres.

    Attributes
    ----------
    before
        ``before[t][k]`` is drawn from tank t from the departure until chance k begins.
    until
        The same until chance k ends; the last entry until the end of the journey.  A tank may
        not fall short by then, nor overflow by what was drawn before.
    rate
        Litres a minute and coach.
    at_once
        Coaches served at once.
    sparing
        A tank that falls short somewhere is no reason to let it fall short elsewhere: what is
        lacking is counted at every chance.  It costs time, and where nothing is short it
        changes nothing.
    """

    capacity: tuple[int, ...]
    least: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]
    until: tuple[tuple[int, ...], ...]
    chances: tuple[Chance, ...]
    rate: int
    at_once: int
    sparing: bool = False


@dataclass(frozen=True)
class Filling:
    """What each chance gives to each tank, in litres.

    Attributes
    ----------
    short
        By tank, the litres that it runs below what is kept; 0 where all is well.
    proven
        No other choice costs less.
    """

    given: tuple[tuple[int, ...], ...]
    short: tuple[int, ...]
    proven: bool


@lru_cache(maxsize=256)
def fill(problem: Problem) -> Filling:
    """Return what is given where."""
    tanks, chances = len(problem.capacity), len(problem.chances)
    if not tanks:
        return Filling((), (), True)
    cp = cp_model()
    model = cp.CpModel()
    used = [model.new_bool_var(f"u{k}") for k in range(chances)]
    given: list[list[Any]] = []
    short = []
    # No amount that one stop more could give outweighs that stop.
    stop = 2 * sum(problem.capacity) + 1
    cost: list[Any] = [
        u * stop * c.weight * (_PROPOSED_FACTOR if c.proposed else 1)
        for u, c in zip(used, problem.chances, strict=True)
    ]
    for tank, (capacity, least) in enumerate(zip(problem.capacity, problem.least, strict=True)):
        most = problem.until[tank][-1] + capacity
        lacks = model.new_int_var(0, most, f"x{tank}")
        short.append(lacks)
        cost.append(stop * 1000 * _PROPOSED_FACTOR * _SHORT_FACTOR * lacks)
        gifts: list[Any] = []
        for place in range(chances + 1):
            here = lacks
            if problem.sparing:
                here = model.new_int_var(0, most, f"x{tank}.{place}")
                model.add(here <= lacks)
                cost.append(stop * 1000 * _PROPOSED_FACTOR * here)
            model.add(capacity - problem.until[tank][place] + sum(gifts) + here >= least)
            if place == chances:
                break
            gift = model.new_int_var(0, capacity, f"g{tank}.{place}")
            model.add(sum(gifts) + gift <= problem.before[tank][place])
            model.add(gift <= capacity * used[place])
            gifts.append(gift)
        given.append(gifts)
    for place, chance in enumerate(problem.chances):
        gifts = [given[t][place] for t in range(tanks)]
        room = problem.rate * chance.seconds // 60
        for gift in gifts:
            model.add(gift <= room)
        if problem.at_once < tanks:
            model.add(sum(gifts) <= problem.at_once * room)
    # Of equal choices the one that leaves the tanks fullest at the end.
    model.minimize(sum(cost) - sum(gift for gifts in given for gift in gifts))
    made = solver()
    status = made.solve(model)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        lacking = tuple(
            max(0, least + drawn[-1] - capacity)
            for capacity, least, drawn in zip(
                problem.capacity, problem.least, problem.until, strict=True
            )
        )
        return Filling(tuple((0,) * chances for _ in range(tanks)), lacking, False)
    return Filling(
        tuple(tuple(int(made.value(g)) for g in row) for row in given),
        tuple(int(made.value(x)) for x in short),
        status == cp.OPTIMAL,
    )


def litres(volume_m3: float, *, up: bool = False) -> int:
    """Return a volume in whole litres."""
    exact = volume_m3 * _LITRES
    return math.ceil(exact - 1e-6) if up else math.floor(exact + 1e-6)


def seconds_for(given: Sequence[int], rate: int, at_once: int) -> int:
    """Return the time that gifts take: all at once, or so many coaches after each other."""
    if not given or not any(given):
        return 0
    longest = max(given) / rate
    together = sum(given) / (rate * max(at_once, 1))
    return math.ceil(60 * max(longest, together))
