"""The Pareto front over seven measures, and for each other option what dominates it.

Measures are rounded to multiples of a stated tolerance first and compared exactly then.  So
a difference of minutes decides nothing, dominance stays transitive, every dominated option
has a dominator on the front, and the order of the options plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retinue.plan.options import MEASURES, Measures

__all__ = ["Dominance", "dominance", "rounded"]


@dataclass(frozen=True)
class Dominance:
    """Who dominates an option: indices, each with the measures it is better in."""

    by: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def on_front(self) -> bool:
        """Nobody does."""
        return not self.by


def rounded(measures: Measures, tolerances: Mapping[str, float]) -> tuple[int, ...]:
    """Return the measures as multiples of their tolerances, in the order of ``MEASURES``."""
    return tuple(round(measures.value(name) / tolerances[name]) for name in MEASURES)


def dominance(
    options: Sequence[Measures], tolerances: Mapping[str, float]
) -> tuple[Dominance, ...]:
    """Return for each option which options of the front dominate it.

    Parameters
    ----------
    tolerances
        Differences that count as none, by measure; more than zero.
    """
    cells = [rounded(option, tolerances) for option in options]
    front = {i for i, one in enumerate(cells) if not any(_better(other, one) for other in cells)}
    return tuple(
        Dominance(
            tuple(
                (j, tuple(n for n, a, b in zip(MEASURES, other, one, strict=True) if a < b))
                for j, other in enumerate(cells)
                if j in front and _better(other, one)
            )
        )
        for one in cells
    )


def _better(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Return whether one is at least as good in all and better in something."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
