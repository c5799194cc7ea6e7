"""Exact bounds on a chance that was counted in samples (Clopper and Pearson 1934)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

__all__ = ["Proportion", "binomial_at_most", "chance_that_passes"]


def binomial_at_most(k: int, n: int, chance: float) -> float:
    """Return the probability of at most ``k`` successes in ``n`` trials."""
    if k >= n or chance <= 0.0:
        return 1.0
    if k < 0 or chance >= 1.0:
        return 0.0
    if k > n * chance and k > n // 2:  # sum the shorter side
        return 1.0 - _sum(k + 1, n, n, chance)
    return _sum(0, k, n, chance)


def _sum(first: int, last: int, n: int, chance: float) -> float:
    hit, miss = math.log(chance), math.log1p(-chance)
    odds = math.exp(hit - miss)
    # From the largest term outwards, each from its neighbour, until nothing is added any more.
    peak = min(max(int((n + 1) * chance), first), last)
    top = math.exp(
        math.lgamma(n + 1) - math.lgamma(peak + 1) - math.lgamma(n - peak + 1)
        + peak * hit + (n - peak) * miss
    )  # fmt: skip
    total = term = top
    for j in range(peak, last):
        term *= odds * (n - j) / (j + 1)
        total += term
        if term < total * 1e-17:
            break
    term = top
    for j in range(peak, first, -1):
        term *= j / (odds * (n - j + 1))
        total += term
        if term < total * 1e-17:
            break
    return min(total, 1.0)


@dataclass(frozen=True)
class Proportion:
    """Failures counted in a number of trials."""

    failures: int
    trials: int

    @property
    def level(self) -> float:
        """Share of trials without failure."""
        return 1.0 - self.failures / self.trials

    def lower(self, confidence: float = 0.95) -> float:
        """Return the exact one-sided lower bound of the chance of success."""
        return 1.0 - self._most(1.0 - confidence)

    def failure_upper(self, confidence: float = 0.95) -> float:
        """Return the exact one-sided upper bound of the chance of failure."""
        return self._most(1.0 - confidence)

    def _most(self, tail: float) -> float:
        if self.failures >= self.trials:
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            if binomial_at_most(self.failures, self.trials, middle) > tail:
                low = middle
            else:
                high = middle
        return high


@cache
def chance_that_passes(promise: float, trials: int, confidence: float, sure: float) -> float:
    """Return the largest chance of failure that a fresh sample almost surely lets pass.

    Parameters
    ----------
    promise
        Level that the lower bound must reach.
    confidence
        Of that bound.
    sure
        Chance that a fresh sample of ``trials`` gives such a bound.

    Raises
    ------
    ValueError
        Where even no failure at all in so few trials proves the promise.
    """
    if Proportion(0, trials).lower(confidence) < promise:
        raise ValueError(f"{trials} samples are too few to prove {promise}")
    low, high = 0, trials
    while high - low > 1:  # most failures that still prove the promise
        middle = (low + high) // 2
        if Proportion(middle, trials).lower(confidence) >= promise:
            low = middle
        else:
            high = middle
    least, most = 0.0, 1.0 - promise
    for _ in range(50):
        middle_chance = (least + most) / 2
        if binomial_at_most(low, trials, middle_chance) >= sure:
            least = middle_chance
        else:
            most = middle_chance
    return least
