r"""Tails of the demand of each ingredient, exact but for rounding to bins.

Guests choose independently, so the transform of an ingredient's demand over some meals is a
product over courses,

    phi(w) = prod_events (1 + sum_d p_d (exp(-i w k_d) - 1))^n

with ``p_d`` the chance of a dish and ``k_d`` its kilograms; its inverse gives the whole
distribution, far into tails that no sample of journeys reaches.  A retained sample is taken
once a dish and meal, the surer the more ask for the dish; see `spectra`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from retinue.provisioning.spectra import exceeding, meal_parts, spectra

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
        spans = np.array(
            [(checks.windows[c].chain, checks.windows[c].last) for c in listed], np.int64
        )
        width, own_mean, own_deviation, own_above = meals.tails(part, spans[:, 0], spans[:, 1])
        bin_kg[listed], mean[listed], deviation[listed] = width, own_mean, own_deviation
        for column, tail in zip(listed, own_above, strict=True):
            above[column] = tail
    return Tails(bin_kg, above, mean, deviation)


@cache
def _roots() -> Complex:
    """Return the transforms of one bin."""
    angle = -2.0 * np.pi * np.arange(_BINS) / _BINS
    found = np.cos(angle) + 1j * np.sin(angle)
    found.flags.writeable = False
    return found


class _Meals:
    """What the ingredients share: which meals are alike, and the recipes at each.

    Attributes
    ----------
    like
        Number of the kind of each meal; meals of one kind have the same offers and guests.
    first
        The first meal of each kind.
    """

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.recipe = np.vstack([demand.recipe(), np.zeros(len(demand.ingredients))])
        events = np.searchsorted(demand.event_meal, np.arange(len(demand.meals) + 1))
        kinds: dict[tuple[object, ...], int] = {}
        like, first = [], []
        for meal in range(len(demand.meals)):
            own = slice(events[meal], events[meal + 1])
            sign = (
                demand.event_table[own].tobytes(), demand.event_n[own].tobytes(),
                demand.known[meal].tobytes(), demand.used[meal].tobytes(),
            )  # fmt: skip
            if sign not in kinds:
                kinds[sign] = len(kinds)
                first.append(meal)
            like.append(kinds[sign])
        self.like, self.first = np.array(like, np.int64), np.array(first, np.int64)
        self._events = events[self.first], events[self.first + 1]
        self._known = np.ascontiguousarray(demand.known[self.first])
        self._used = demand.used[self.first]

    def _kg(self, part: int) -> Array:
        """Return kilograms a portion, shape (kinds, dishes + 1); nothing taken is last."""
        stands = self._used == part
        found = np.zeros((len(self.first), len(self.recipe)))
        for other in np.flatnonzero(stands.any(axis=0)).tolist():
            found += np.where(stands[:, other, None], self.recipe[None, :, other], 0.0)
        return found

    def tails(
        self, part: int, first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> tuple[float, Array, Array, Array]:
        """Return a bin's width, means and deviations, and chances above, by span of meals."""
        demand, kg = self.demand, self._kg(part)
        (
            course, n, row, chance, lump, sample_of, sample_row, none, sample_lump, by_kind,
        ) = meal_parts(
            *self._events, demand.event_n, demand.event_table, demand.table_start,
            demand.table_dish, demand.table_chance, kg, demand.sample_portions, self._known,
        )  # fmt: skip
        # Added up meal by meal, so that spans with the same meals have the same sums.
        by_meal = by_kind[self.like]
        sums = np.array(
            [by_meal[a : b + 1].sum(axis=0) for a, b in zip(first, last, strict=True)]
        ).reshape(-1, 5)
        mean, deviation = sums[:, 0] + sums[:, 4], np.sqrt(sums[:, 1])
        # The bins reach far into the tail, or all there can be.
        reach = float((mean + _WIDTHS * deviation).max(initial=0.0))
        largest, most = (
            float(kg.max(initial=0.0)),
            float((sums[:, 3] + sums[:, 4]).max(initial=0.0)),
        )
        span = min(reach + _LUMPS * 2.0 * largest, most * 1.02)
        width = max(span, 1e-6) / (_BINS - 40)
        lumps, place = np.unique(np.concatenate([lump, sample_lump]), return_inverse=True)
        transforms = spectra(
            self.like, first, last, sums[:, 2] <= _FEW_PORTIONS, width, lumps, course, n, row,
            chance, place[: len(lump)], sample_of, sample_row, none, place[len(lump) :], _roots(),
        )  # fmt: skip
        mass = np.fft.irfft(transforms, _BINS, axis=1)
        shift = np.ceil(sums[:, 4] / width - 1e-9).astype(np.int64)
        return width, mean, deviation, exceeding(mass, shift)
