"""What weakens a strategy once it is chosen: a human override, and what already shows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.clock import local
from retinue.errors import InputError
from retinue.protection.evenness import entropy

if TYPE_CHECKING:
    from retinue.protection.guessing import Strategy
    from retinue.protection.signature import SignatureTask

__all__ = [
    "Exposure",
    "OverrideEffect",
    "exposure_steps",
    "guess_when_seen",
    "override_effect",
]


@dataclass(frozen=True)
class OverrideEffect:
    """What it costs to name an option instead of drawing it.

    Attributes
    ----------
    before
        The strategy's guess.
    unaware
        Chance of a right guess under this option by an observer who guesses best against the
        strategy and does not know of the override.
    aware
        The same by one who knows the human's choice: 1, or 1/k among look-alikes.
    mixed
        Greatest guess where the human is known to name this option with the stated chance, and
        the draw decides otherwise.
    entropy_before_bits, entropy_after_bits
        Of the strategy, and of that mixture.
    """

    option: str
    chance: float
    before: float
    unaware: float
    aware: float
    mixed: float
    entropy_before_bits: float
    entropy_after_bits: float

    @property
    def loss(self) -> float:
        """By how much the greatest guess rises."""
        return self.mixed - self.before

    def warning(self) -> str:
        """Return the warning in one sentence."""
        habit = "always" if self.chance >= 1 else f"in {self.chance:.0%} of cases"
        return (
            f'naming "{self.option}" {habit} raises the greatest guess from {self.before:.1%} to'
            f" {self.mixed:.1%} (+{100 * self.loss:.1f} points) and leaves"
            f" {self.entropy_after_bits:.2f} of {self.entropy_before_bits:.2f} bits; an observer"
            f" who does not know of it is right with {self.unaware:.1%}, one who does with"
            f" {self.aware:.1%}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "option": self.option,
            "chance": self.chance,
            "guess_before": self.before,
            "guess_unaware": self.unaware,
            "guess_aware": self.aware,
            "guess_after": self.mixed,
            "loss": self.loss,
            "entropy_before_bits": self.entropy_before_bits,
            "entropy_after_bits": self.entropy_after_bits,
            "warning": self.warning(),
        }


def override_effect(strategy: Strategy, option_id: str, chance: float = 1.0) -> OverrideEffect:
    """Return what an override does.

    Parameters
    ----------
    chance
        How often the human names this option instead of letting the draw decide.

    Raises
    ------
    InputError
        Where there is no such option, or the chance is none.
    """
    if not 0.0 < chance <= 1.0:
        raise InputError(f"a chance of {chance:g} is not within (0, 1]", where="--override-chance")
    number = strategy.number(option_id)
    matrix = strategy.coverage.matrix
    column = matrix[:, number]
    rows = {cells: row for row, cells in enumerate(strategy.coverage.cells)}
    mixed = (1.0 - chance) * strategy.shares
    mixed[number] += chance
    weight = np.array([float(option.look_alikes) for option in strategy.options])
    return OverrideEffect(
        option=option_id,
        chance=chance,
        before=strategy.guess,
        unaware=sum(p * float(column[rows[cells]]) for cells, p in strategy.watch),
        aware=float(column.max(initial=0.0)),
        mixed=float(np.max(matrix @ mixed, initial=0.0)),
        entropy_before_bits=entropy(strategy.shares, weight) / math.log(2),
        entropy_after_bits=entropy(mixed, weight) / math.log(2),
    )


def guess_when_seen(strategy: Strategy, seen: Sequence[Hashable]) -> tuple[float, float]:
    """Return the expected and the worst guess of an observer who first sees a sign.

    Parameters
    ----------
    seen
        For each option, what shows if it is the one.  Options that show the same cannot be
        told apart.

    Notes
    -----
    Expected: ``sum over signs of max over cells of sum of p * weight``.  One sign for all
    options gives the strategy's own guess; a sign for each gives the chance of a right guess
    when everything is known.
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for number, sign in enumerate(seen):
        groups[sign].append(number)
    expected, worst = 0.0, 0.0
    for members in groups.values():
        share = float(strategy.shares[members].sum())
        if share <= 0.0:
            continue
        joint = float(
            np.max(strategy.coverage.matrix[:, members] @ strategy.shares[members], initial=0.0)
        )
        expected += joint
        worst = max(worst, joint / share)
    return min(1.0, expected), min(1.0, worst)


@dataclass(frozen=True)
class Exposure:
    """The guess once everything shows that shows so early.

    Attributes
    ----------
    before_s
        Time before its passage at which the latest of it begins to show.
    items
        What shows anew at this step.
    alone
        Expected guess if only this step's items showed.
    guess, worst
        Expected guess with all that shows by then, and for the most telling sight.
    """

    before_s: float
    items: tuple[str, ...]
    alone: float
    guess: float
    worst: float

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "before_s": round(self.before_s),
            "items": list(self.items),
            "guess_alone": self.alone,
            "guess": self.guess,
            "worst": self.worst,
        }


def exposure_steps(
    strategy: Strategy,
    tasks_of_way: Mapping[str, Sequence[SignatureTask]],
    bin_s: float,
    *,
    cured: bool = False,
) -> tuple[Exposure, ...]:
    """Return how the guess rises as preparations show, the earliest first.

    Preparations are taken as made for the option that was drawn alone.  One that tells the time
    shows its beginning to the observer's bin; any other shows its place and local day.

    Parameters
    ----------
    cured
        With every task's best cure done: what that hides altogether is left out.
    """
    leads: dict[str, dict[SignatureTask, float]] = {
        way: {t: t.best_leaves_s if cured else t.gives_away_s for t in tasks}
        for way, tasks in tasks_of_way.items()
    }
    steps: list[Exposure] = []
    times = sorted({s for tasks in leads.values() for s in tasks.values() if s > 0}, reverse=True)
    for time in times:
        together: list[Hashable] = []
        alone: list[Hashable] = []
        for option in strategy.options:
            shift = float(option.choices["shift_s"])
            tasks = leads[option.choices["way"]].items()
            together.append(frozenset(_sign(t, s, shift, bin_s) for t, s in tasks if s >= time))
            alone.append(frozenset(_sign(t, s, shift, bin_s) for t, s in tasks if s == time))
        expected, worst = guess_when_seen(strategy, together)
        items = {t.item for tasks in leads.values() for t, s in tasks.items() if s == time}
        steps.append(
            Exposure(
                time, tuple(sorted(items)), guess_when_seen(strategy, alone)[0], expected, worst
            )
        )
    return tuple(steps)


def _sign(task: SignatureTask, lead: float, shift: float, bin_s: float) -> tuple[str, str, str]:
    if task.tells_time:
        when = str(math.floor((task.passage_utc - lead + shift) / bin_s))
    else:
        when = local(task.passage_utc + shift, task.zone).date().isoformat()
    return task.item, task.place, when
