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

from typing import TYPE_CHECKING

import numpy as np

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
    events_of = [
        np.flatnonzero(demand.event_meal == meal).tolist() for meal in range(len(demand.meals))
    ]
    plain = demand.recipe()
    identity = np.arange(len(demand.ingredients))
    plain_use = [bool(np.array_equal(row, identity)) for row in demand.used]
    columns = len(checks.windows)
    bin_kg, mean, deviation = np.ones(columns), np.zeros(columns), np.zeros(columns)
    above: list[Array] = [np.zeros(1)] * columns
    by_part: dict[int, list[int]] = {}
    for column, window in enumerate(checks.windows):
        by_part.setdefault(window.ingredient, []).append(column)
    for part, listed in by_part.items():
        kg_of = [
            plain[:, part] if plain_use[m] else plain[:, demand.used[m] == part].sum(axis=1)
            for m in range(len(demand.meals))
        ]
        work = _Ingredient(demand, kg_of, events_of)
        spans = [(checks.windows[c].chain, checks.windows[c].last) for c in listed]
        moments = [work.moments(*span) for span in spans]
        width = work.width(max(m + _WIDTHS * np.sqrt(v) for m, v, _ in moments), spans)
        for column, span, (mu, variance, portions) in zip(listed, spans, moments, strict=True):
            bin_kg[column] = width
            mean[column], deviation[column] = mu, np.sqrt(variance)
            above[column] = work.above(*span, width, portions <= _FEW_PORTIONS)
    return Tails(bin_kg, above, mean, deviation)


class _Ingredient:
    """The demand of one ingredient, its factors remembered by what is offered at a meal."""

    def __init__(self, demand: Demand, kg_of: list[Array], events_of: list[list[int]]) -> None:
        self.demand = demand
        self.kg_of = kg_of
        self.events_of = events_of
        self._factors: dict[tuple[object, ...], Complex] = {}
        self._means: dict[tuple[object, ...], tuple[float, float, float]] = {}
        self._seen: dict[
            tuple[object, ...],
            tuple[list[tuple[Array, Array, int]], list[tuple[float, float]]],
        ] = {}
        signs: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._signs: list[tuple[object, ...]] = []
        self._known: list[float] = []
        for meal, events in enumerate(events_of):
            known = demand.known[meal]
            choices = tuple((int(demand.event_table[e]), int(demand.event_n[e])) for e in events)
            sign = (choices, kg_of[meal].tobytes(), known.tobytes() if known.any() else b"")
            self._signs.append(signs.setdefault(sign, (len(signs),)))
            portions = known + (known > 0) * demand.sample_portions
            self._known.append(float(portions @ kg_of[meal]) if known.any() else 0.0)

    def _signature(self, meal: int) -> tuple[object, ...]:
        """Return what is equal for meals with the same offers and guests."""
        return self._signs[meal]

    def _choices(self, event: int, kg: Array) -> tuple[NDArray[np.int32], Array, int]:
        demand = self.demand
        table = demand.event_table[event]
        rows = slice(demand.table_start[table], demand.table_start[table + 1])
        dish, chance = demand.table_dish[rows], demand.table_chance[rows]
        real = dish < len(kg)
        dish, chance = dish[real], chance[real]
        uses = kg[dish] > 0
        return dish[uses], chance[uses], int(demand.event_n[event])

    def _known_kg(self, meal: int) -> float:
        return self._known[meal]

    def _lumps(self, meal: int) -> tuple[list[tuple[Array, Array, int]], list[tuple[float, float]]]:
        key = self._signs[meal]
        if key not in self._seen:
            self._seen[key] = self._lumps_of(meal)
        return self._seen[key]

    def _lumps_of(
        self, meal: int
    ) -> tuple[list[tuple[Array, Array, int]], list[tuple[float, float]]]:
        """Return per event (chances, kg, guests), and (chance, kg) of each retained sample."""
        kg, sample = self.kg_of[meal], self.demand.sample_portions
        known = self.demand.known[meal]
        listed = [self._choices(event, kg) for event in self.events_of[meal]]
        none: dict[int, float] = {}
        guests: dict[int, int] = {}
        for dish, chance, n in listed:
            for d, p in zip(dish.tolist(), chance.tolist(), strict=True):
                none[d] = none.get(d, 1.0) * (1.0 - p) ** n
                guests[d] = guests.get(d, 0) + n
        events, samples = [], []
        for dish, chance, n in listed:
            alone = np.array([guests[d] == 1 and known[d] == 0 for d in dish.tolist()], np.bool_)
            events.append((chance, kg[dish] * np.where(alone, 1.0 + sample[dish], 1.0), n))
        for d, chance_none in none.items():
            if guests[d] > 1 and known[d] == 0 and sample[d] > 0:
                samples.append((1.0 - chance_none, float(kg[d] * sample[d])))
        return events, samples

    def moments(self, first: int, last: int) -> tuple[float, float, float]:
        """Return mean, variance and expected portions over some meals."""
        mean = variance = portions = 0.0
        for meal in range(first, last + 1):
            key = self._signature(meal)
            if key not in self._means:
                self._means[key] = self._moments(meal)
            own = self._means[key]
            mean, variance = mean + own[0] + self._known_kg(meal), variance + own[1]
            portions += own[2]
        return mean, variance, portions

    def _moments(self, meal: int) -> tuple[float, float, float]:
        events, samples = self._lumps(meal)
        mean = variance = portions = 0.0
        for chance, lump, n in events:
            first = float(chance @ lump)
            mean += n * first
            variance += n * (float(chance @ lump**2) - first**2)
            portions += n * float(chance.sum())
        for chance_one, lump_one in samples:
            mean += chance_one * lump_one
            variance += chance_one * (1 - chance_one) * lump_one**2
        return mean, variance, portions

    def width(self, reach: float, spans: list[tuple[int, int]]) -> float:
        """Return a bin's width: the bins reach far into the tail, or all there can be."""
        largest = max((float(kg.max()) for kg in self.kg_of), default=0.0) * 2.0
        most = 0.0
        for first, last in spans:
            total = 0.0
            for meal in range(first, last + 1):
                events, samples = self._lumps(meal)
                total += sum(n * float(lump.max()) for _, lump, n in events if len(lump))
                total += sum(lump for _, lump in samples) + self._known_kg(meal)
            most = max(most, total)
        span = min(reach + _LUMPS * largest, most * 1.02)
        return max(span, 1e-6) / (_BINS - 40)

    def above(self, first: int, last: int, width: float, few: bool) -> Array:
        """Return the chance of more than ``b`` bins over some meals."""
        transform = np.ones(_BINS // 2 + 1, np.complex128)
        shift = 0.0
        for meal in range(first, last + 1):
            shift += self._known_kg(meal)
            transform *= self._factor(meal, width, few)
        mass = np.fft.irfft(transform, _BINS)
        mass = np.roll(mass, int(np.ceil(shift / width - 1e-9)))
        return np.clip(1.0 - np.cumsum(mass), 0.0, 1.0)

    def _factor(self, meal: int, width: float, few: bool) -> Complex:
        key = (*self._signature(meal), width, few)
        found = self._factors.get(key)
        if found is not None:
            return found
        events, samples = self._lumps(meal)
        found = np.ones(_BINS // 2 + 1, np.complex128)
        for chance, lump, n in events:
            one = np.ones(_BINS // 2 + 1, np.complex128)
            for p, k in zip(chance.tolist(), lump.tolist(), strict=True):
                one += p * (_turn(k / width, few) - 1.0)
            found *= one**n
        for p, k in samples:
            found *= 1.0 + p * (_turn(k / width, few) - 1.0)
        self._factors[key] = found
        return found


def _turn(bins: float, few: bool) -> Complex:
    """Return the transform of a lump: rounded up, or split between two bins by its mean.

    Few portions are rounded up, so that a level never lies below what they take; many are
    split, because their roundings would add up.
    """
    angle = -2j * np.pi * np.arange(_BINS // 2 + 1) / _BINS
    if few:
        return np.asarray(np.exp(angle * np.ceil(bins - 1e-9)))
    whole = np.floor(bins)
    share = bins - whole
    return np.asarray(np.exp(angle * whole) * (1.0 - share + share * np.exp(angle)))
