"""Windows: between which meals a purchase must last, and what is compared with the stock.

A chain is a run of purchases of one ingredient whose first lot still keeps at the end of the
run: there a cumulative stock is compared with a cumulative demand.  Where it does not keep,
a new chain begins and nothing is counted as left over.

    purchases   1        2        3         (the first keeps until |)
    meals       x  x  x  x  x  x  x| x  x
    chain       [--------------------)[----
    compared          D1       D2      D3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Checks", "Window", "chained"]


@dataclass(frozen=True)
class Window:
    """Meals of one ingredient that one purchase is bought for.

    Attributes
    ----------
    point
        Supply point it is bought at.
    first, last
        Meals, both included.
    chain
        First meal of its chain: stock and demand are counted from there.
    ends_chain
        Whether nothing of it is counted on later.
    """

    ingredient: int
    point: int
    first: int
    last: int
    chain: int
    ends_chain: bool


def chained(
    ingredient: int, bought: Sequence[tuple[int, int, int]], keeps_until: Sequence[int]
) -> list[Window]:
    """Return windows from purchases in order.

    Parameters
    ----------
    bought
        ``(point, first meal, last meal)`` of each purchase.
    keeps_until
        Last meal that each purchase could still serve.
    """
    found: list[Window] = []
    begin = 0
    for at, (point, first, last) in enumerate(bought):
        if keeps_until[begin] < last:
            begin = at
        following = bought[at + 1][2] if at + 1 < len(bought) else None
        ends = following is None or keeps_until[begin] < following
        found.append(Window(ingredient, point, first, last, bought[begin][1], ends))
    return found


@dataclass(frozen=True, eq=False)
class Checks:
    """Windows in the order in which they end, as the kernel compares them.

    Attributes
    ----------
    windows
        One column each.
    start
        Rows by meal, shape (meals + 1,).
    """

    windows: tuple[Window, ...]
    start: NDArray[np.int32]
    ingredient: NDArray[np.int32]
    resets: NDArray[np.bool_]

    @classmethod
    def of(cls, windows: Sequence[Window], meals: int) -> Checks:
        """Return the checks of all windows of a journey."""
        ordered = tuple(sorted(windows, key=lambda w: (w.last, w.ingredient)))
        ends = np.array([w.last for w in ordered], np.int64)
        return cls(
            ordered,
            np.searchsorted(ends, np.arange(meals + 1)).astype(np.int32),
            np.array([w.ingredient for w in ordered], np.int32),
            np.array([w.ends_chain for w in ordered], np.bool_),
        )

    @property
    def before(self) -> NDArray[np.int64]:
        """Column of the window before in the same chain, -1 for none."""
        latest: dict[int, int] = {}
        found = np.full(len(self.windows), -1)
        for column, window in enumerate(self.windows):
            found[column] = latest.get(window.ingredient, -1)
            if window.ends_chain:
                latest.pop(window.ingredient, None)
            else:
                latest[window.ingredient] = column
        return found

    def quantities(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is bought in each window from cumulative levels, last axis windows."""
        before = self.before
        earlier = np.where(before >= 0, levels[..., np.maximum(before, 0)], 0.0)
        return levels - earlier

    def rising(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return levels that never fall within a chain, last axis windows."""
        found = levels.copy()
        for column, earlier in enumerate(self.before):
            if earlier >= 0:
                found[..., column] = np.maximum(found[..., column], found[..., earlier])
        return found
