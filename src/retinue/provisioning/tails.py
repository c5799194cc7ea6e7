r"""Tails of the demand of each ingredient, exact but for rounding to bins.

Guests choose independently, so the transform of an ingredient's demand over some meals is a
product over courses,

    phi(w) = prod_events (1 + sum_d p_d (exp(-i w k_d) - 1))^n

with ``p_d`` the chance of a dish and ``k_d`` its kilograms; its inverse gives the whole
distribution, far into tails that no sample of journeys reaches.  A retained sample is taken
once a dish and meal: with one guest it is part of his portion, with more its occurrence is taken
as independent of the number of portions.  Levels are calibrated on journeys that know better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.provisioning.spectra import meal_factor, meal_moments, meal_parts, turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]
    Complex = NDArray[np.complex128]

__all__ = ["Tails", "tails"]

_BINS = 4096
_WIDTHS = 12.0  # standard deviations beyond the mean that the bins reach
_LUMPS = 8.0
_FEW_PORTIONS = 30.0


class Tails:
    """Chance that demand exceeds a level, by column of the checks.

    Attributes
    ----------
    bin_kg
        Width of the bins of each column, shape (columns,).
    above
        Chance of more than ``b`` bins, a list of arrays, shape (bins,) each.
    """

    def __init__(self, bin_kg: Array, above: list[Array], mean_kg: Array, sd_kg: Array) -> None:
        self.bin_kg = bin_kg
        self.above = above
        self.mean_kg = mean_kg
        self.sd_kg = sd_kg


def tails(demand: Demand, checks: Checks) -> Tails:
    """Return the tail of every column's demand."""
    meals = _Meals(demand)
    columns = len(checks.windows)
    bin_kg, mean, deviation = np.ones(columns), np.zeros(columns), np.zeros(columns)
    above: list[Array] = [np.zeros(1)] * columns
    by_part: dict[int, list[int]] = {}
    for column, window in enumerate(checks.windows):
        by_part.setdefault(window.ingredient, []).append(column)
    for part, listed in by_part.items():
        work = _Ingredient(meals, part)
        spans = [(checks.windows[c].chain, checks.windows[c].last) for c in listed]
        moments = [work.moments(*span) for span in spans]
        width = work.width(max(m + _WIDTHS * np.sqrt(v) for m, v, _ in moments), spans)
        for column, span, (mu, variance, portions) in zip(listed, spans, moments, strict=True):
            bin_kg[column] = width
            mean[column], deviation[column] = mu, np.sqrt(variance)
            above[column] = work.above(*span, width, portions <= _FEW_PORTIONS)
    return Tails(bin_kg, above, mean, deviation)


class _Meals:
    """What the ingredients share: which meals are alike, and the recipes at each.

    Attributes
    ----------
    like
        Number of the kind of each meal; meals of one kind have the same offers and guests.
    """

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.recipe = demand.recipe()
        self.events = np.searchsorted(demand.event_meal, np.arange(len(demand.meals) + 1))
        kinds: dict[tuple[object, ...], int] = {}
        self.first: list[int] = []
        self.like: list[int] = []
        for meal in range(len(demand.meals)):
            own = slice(self.events[meal], self.events[meal + 1])
            sign = (
                demand.event_table[own].tobytes(), demand.event_n[own].tobytes(),
                demand.known[meal].tobytes(), demand.used[meal].tobytes(),
            )  # fmt: skip
            if sign not in kinds:
                kinds[sign] = len(kinds)
                self.first.append(meal)
            self.like.append(kinds[sign])

    def kg(self, kind: int, part: int) -> Array:
        """Return kilograms a portion at meals of a kind, nothing last; shape (dishes + 1,)."""
        stands = self.demand.used[self.first[kind]] == part
        return np.append(self.recipe[:, stands].sum(axis=1), 0.0)


@dataclass(frozen=True, eq=False)
class _Parts:
    """The demand of an ingredient at meals of one kind, see `meal_parts`."""

    n: NDArray[np.int64]
    start: NDArray[np.int64]
    chance: Array
    lump: Array
    sample_chance: Array
    sample_lump: Array
    known_kg: float
    mean: float
    variance: float
    portions: float
    most_kg: float


_UNUSED = _Parts(
    np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0), np.zeros(0), np.zeros(0),
    np.zeros(0), 0.0, 0.0, 0.0, 0.0, 0.0,
)  # fmt: skip


class _Ingredient:
    """The demand of one ingredient, by kind of meal."""

    def __init__(self, meals: _Meals, part: int) -> None:
        demand = meals.demand
        self.like = meals.like
        self._parts: list[_Parts] = []
        self._largest = 0.0
        for kind, meal in enumerate(meals.first):
            kg = meals.kg(kind, part)
            if not kg.any():
                self._parts.append(_UNUSED)
                continue
            known = demand.known[meal]
            made = meal_parts(
                int(meals.events[meal]), int(meals.events[meal + 1]), demand.event_n,
                demand.event_table, demand.table_start, demand.table_dish, demand.table_chance,
                kg, demand.sample_portions, known,
            )  # fmt: skip
            portions = known + (known > 0) * demand.sample_portions
            known_kg = float(portions @ kg[:-1])
            self._parts.append(_Parts(*made, known_kg, *meal_moments(*made)))
            self._largest = max(self._largest, float(kg.max()))
        self._turns: dict[tuple[float, bool], tuple[Array, Complex]] = {}
        self._factors: dict[tuple[int, float, bool], Complex] = {}
        self._products: dict[tuple[int, float, bool], tuple[int, Complex | None, float]] = {}

    def _of(self, first: int, last: int) -> list[_Parts]:
        return [self._parts[kind] for kind in self.like[first : last + 1]]

    def moments(self, first: int, last: int) -> tuple[float, float, float]:
        """Return mean, variance and expected portions over some meals."""
        own = self._of(first, last)
        return (
            sum(p.mean + p.known_kg for p in own), sum(p.variance for p in own),
            sum(p.portions for p in own),
        )  # fmt: skip

    def width(self, reach: float, spans: list[tuple[int, int]]) -> float:
        """Return a bin's width: the bins reach far into the tail, or all there can be."""
        most = max((sum(p.most_kg + p.known_kg for p in self._of(*s)) for s in spans), default=0.0)
        span = min(reach + _LUMPS * 2.0 * self._largest, most * 1.02)
        return max(span, 1e-6) / (_BINS - 40)

    def above(self, first: int, last: int, width: float, few: bool) -> Array:
        """Return the chance of more than ``b`` bins over some meals."""
        # Columns of a chain come one after the other: each goes on where the last one ended.
        key = (first, width, few)
        meal, transform, shift = self._products.get(key, (first, None, 0.0))
        if transform is None or meal > last + 1:
            meal, transform, shift = first, np.ones(_BINS // 2 + 1, np.complex128), 0.0
        for kind in self.like[meal : last + 1]:
            if self._parts[kind] is _UNUSED:
                continue
            shift += self._parts[kind].known_kg
            transform *= self._factor(kind, width, few)
        self._products[key] = (last + 1, transform, shift)
        mass = np.fft.irfft(transform, _BINS)
        mass = np.roll(mass, int(np.ceil(shift / width - 1e-9)))
        return np.clip(1.0 - np.cumsum(mass), 0.0, 1.0)

    def _factor(self, kind: int, width: float, few: bool) -> Complex:
        key = (kind, width, few)
        if key not in self._factors:
            own = self._parts[kind]
            if (width, few) not in self._turns:
                lumps = np.unique(
                    np.concatenate([a for p in self._parts for a in (p.lump, p.sample_lump)])
                )
                self._turns[width, few] = lumps, turns(lumps / width, few, _BINS)
            lumps, turned = self._turns[width, few]
            self._factors[key] = meal_factor(
                own.n, own.start, own.chance, np.searchsorted(lumps, own.lump),
                own.sample_chance, np.searchsorted(lumps, own.sample_lump), turned,
            )  # fmt: skip
        return self._factors[key]
