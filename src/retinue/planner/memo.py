"""A memory of stages: what hangs on nothing that changed is not computed again.

Every stage of planning is a pure function of a key that holds all it depends
on.  A stage is looked up by that key; so a change re-computes exactly what
hangs on it, and the result equals planning from scratch byte for byte because
nothing is ever patched.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

__all__ = ["Memo"]

Result = TypeVar("Result")


class Memo:
    """Results of stages by their keys, the least recently used dropped first.

    Parameters
    ----------
    most
        How many results are kept.
    """

    def __init__(self, most: int = 512) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._most = most
        self.computed = 0
        self.reused = 0

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Return the result of a key, computing it only the first time.

        A stage that fails is not kept: its error is raised each time.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            self.reused += 1
            found: Result = self._kept[key]
            return found
        result = compute()
        self.computed += 1
        self._kept[key] = result
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return result
