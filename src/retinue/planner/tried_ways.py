"""Ways of a leg that were searched among other trains, and which of them is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.planner.traffic_path import EASE_S

if TYPE_CHECKING:
    from retinue.planner.leg_ways import LegWay
    from retinue.planner.traffic_path import TrafficPath

__all__ = ["TriedWay", "best_way"]


@dataclass(frozen=True, eq=False)
class TriedWay:
    """A way that was tried, and the path found on it.

    Attributes
    ----------
    path
        None: there is none.
    free_s
        Running time of the leg that way without other trains, stops included; None: the plan's
        railways do not go there.
    why
        Why there is no path.
    """

    way: LegWay
    path: TrafficPath | None = None
    free_s: float | None = None
    why: str = ""

    @property
    def arrive_s(self) -> float:
        """Arrival that way, Unix seconds; inf: there is no path."""
        return float("inf") if self.path is None else self.path.found.arrive_s

    def later_s(self, wish_s: float) -> float:
        """Return how much later it arrives than without other trains from the plan's departure."""
        return self.arrive_s - wish_s - (self.free_s or 0.0)


def best_way(tried: Sequence[TriedWay]) -> TriedWay | None:
    """Return the way that arrives first; None: there is no path on any.

    The leg's own way, the first, is kept where no other arrives more than a minute earlier, as a
    path that waits or runs slowly gives up no more than that against one that does not.
    """
    best = min(tried, key=lambda one: one.arrive_s, default=None)
    if best is None or best.path is None:
        return None
    return tried[0] if tried[0].arrive_s <= best.arrive_s + EASE_S else best
