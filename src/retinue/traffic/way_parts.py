"""The part of a hold that falls on one stretch of the way, for each way of driving it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.speed_grid import Stretch
    from retinue.traffic.way_holds import WayHold

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Part", "kept_places", "part_of", "relevant"]

NEAR_M = 2.0
"""More than any tolerance by which a hold counts as lying at a point."""


class Part(NamedTuple):
    """Seconds from the begin of the stretch, for each way of driving.

    Attributes
    ----------
    begins, ends
        Whether the hold itself begins, ends here (else it goes on before, behind).
    cut_before, cut_behind
        Whether it is cut at the point there in the midst of motion: a companion's hold then where
        that train is at the point.
    """

    begin_s: Floats
    end_s: Floats
    begins: bool
    ends: bool
    cut_before: bool = False
    cut_behind: bool = False


def kept_places(holds: Sequence[WayHold], from_m: float, to_m: float) -> Floats:
    """Return the places of a section whose times the grid has to keep."""
    places = [p for hold in holds for p in (hold.from_m, hold.to_m) if from_m < p < to_m]
    return np.unique(np.array(places, np.float64))


def relevant(holds: Sequence[WayHold], stretch: Stretch) -> list[int]:
    """Return the numbers of the holds that may have part in a stretch."""
    a, b = stretch.from_m - NEAR_M, stretch.to_m + NEAR_M
    return [i for i, hold in enumerate(holds) if hold.from_m < b and hold.to_m > a]


def part_of(
    hold: WayHold,
    stretch: Stretch,
    chosen: Ints,
    leaves: bool,
    stops: bool,
    ends_m: tuple[float, float],
    terminal_s: tuple[float, float],
) -> Part | None:
    """Return the part of a hold in some ways of driving a stretch; None: it has none.

    Parameters
    ----------
    chosen
        Ways that all leave from a stand or not, and all end in one or not.
    ends_m, terminal_s
        Both ends of the way, and how long a track is taken there besides.
    """
    a, b = stretch.from_m, stretch.to_m
    at_a, at_b = leaves and hold.holds(a), stops and hold.holds(b)
    if hold.place and (
        (hold.when == "passing" and (at_a or at_b))
        or (hold.when == "standing" and not (at_a or at_b))
    ):
        return None
    if hold.from_m >= b and not (at_b and hold.place):
        return None
    if (leaves and hold.behind(a)) or (stops and hold.ahead_of(b)):
        return None
    if not leaves and hold.to_m <= a:
        return None
    zero = np.zeros(chosen.size)
    begins = True
    if hold.place and at_a and a == ends_m[0]:
        begin = zero - terminal_s[0] - hold.before_s
    elif hold.from_m >= a - 1e-9:
        begin = stretch.time_at(hold.from_m)[chosen] - hold.before_s
    elif leaves and (not at_a or (not hold.place and hold.begins_m >= a - 1.0)):
        begin = zero - hold.before_s
    else:
        begin, begins = zero + (0.0 if leaves else hold.shift_s), False
    over = stretch.time_s[chosen, -1]
    ends = True
    if hold.place and at_b and b == ends_m[1]:
        end = over + terminal_s[1] + hold.after_s
    elif stops and hold.behind(b):
        # Out of it once the whole train stands inside, or earlier where the tail is out before.
        end = (stretch.time_at(hold.to_m)[chosen] if hold.to_m < b else over) + hold.after_s
    elif hold.to_m <= b:
        end = stretch.time_at(hold.to_m)[chosen] + hold.after_s
    else:
        end, ends = over + (0.0 if stops else hold.shift_s), False
    cut_before, cut_behind = not begins and not leaves, not ends and not stops
    return Part(np.asarray(begin), np.maximum(end, begin), begins, ends, cut_before, cut_behind)
