"""How far apart the trains of a convoy run: minutes, or blocks where they are longer.

The main train may enter a block only when the next ``blocks`` sections ahead are
clear of the advance train's tail.  Seen from a place y on the advance train's
way, that is a demand on the time between both heads there::

                    N blocks           length
    ---x-----------------------------|~~~~~~~~~y---->
       main may be here no earlier than          advance train's head is here

    gap(y) >= T_main(y) - T_main(x),   x = N blocks before (y - length)

so the demand depends on the main train's times alone, and the advance train
follows from it without iteration.  The following train is the mirror image:
``gap(x) >= T_main(y) - T_main(x)`` with y one main-train length past the N
blocks ahead of x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from retinue.world.rail_route import RailRoute

    Floats = NDArray[np.float64]

__all__ = [
    "DOUBLE_TRACK_BLOCK_M",
    "ROUTE_RELEASE_S",
    "SINGLE_TRACK_BLOCK_M",
    "SLOWEST_PACE",
    "Blocks",
    "block_rule_text",
    "least_gap",
    "required_after",
    "required_before",
]

SINGLE_TRACK_BLOCK_M = 8_000.0
"""Assumed block of a single line: from crossing station to crossing station."""

DOUBLE_TRACK_BLOCK_M = 2_500.0
"""Assumed block of a double line with intermediate signals."""

ROUTE_RELEASE_S = 60.0
"""Assumed time from a train's halt in a station until the track beside it is free for the next:
route released, points set, signal cleared."""

SLOWEST_PACE = 1.25
"""A train that has to fall back takes at most this many times the running time of the slower
of both trains; it does not stop on the open line for it."""


def block_rule_text() -> str:
    """Return the rule for lines whose block length nobody knows, as the plan prints it."""
    return (
        f"{SINGLE_TRACK_BLOCK_M / 1000:g} km on single track (station to station), "
        f"{DOUBLE_TRACK_BLOCK_M / 1000:g} km on double track; unknown counts as single"
    )


@dataclass(frozen=True, eq=False)
class Blocks:
    """Block sections along a route, counted continuously.

    Attributes
    ----------
    bound_m
        Shape (n,): ends of the stretches, increasing from the first to the last.
    count
        Shape (n,): number of blocks from the route's start, a real number.
    assumed
        Stretches (from, to, m) whose block length follows from the rule.
    """

    bound_m: Floats
    count: Floats
    assumed: tuple[tuple[float, float], ...]

    @classmethod
    def along(cls, route: RailRoute) -> Blocks:
        """Build from a route's stretches, by the rule where no block length is known."""
        bounds, counts, assumed = [0.0], [0.0], []
        for stretch in route.stretches:
            if stretch.to_m <= bounds[-1]:
                continue
            length = stretch.block_length_m
            if length is None:
                double = stretch.tracks is not None and stretch.tracks >= 2
                length = DOUBLE_TRACK_BLOCK_M if double else SINGLE_TRACK_BLOCK_M
                assumed.append((stretch.from_m, stretch.to_m))
            if not length > 0.0:
                raise InputError(
                    f"a block has a positive length, not {length:g} m", where=stretch.line_name
                )
            counts.append(counts[-1] + (stretch.to_m - bounds[-1]) / length)
            bounds.append(stretch.to_m)
        return cls(np.array(bounds), np.array(counts), tuple(assumed))

    def ahead(self, distance_m: ArrayLike, blocks: float) -> Floats:
        """Return the chainage so many blocks ahead (behind where negative), within the route."""
        here = np.interp(np.asarray(distance_m, np.float64), self.bound_m, self.count)
        return np.asarray(np.interp(here + blocks, self.count, self.bound_m))


def required_before(
    place_m: Floats, main_s: Floats, blocks: Blocks, count: int, length_m: float, least_s: float
) -> Floats:
    """Return by how much the advance train's head must precede the main train's at each place.

    Parameters
    ----------
    place_m, main_s
        Shape (n,): the main train's polyline between two stops, places increasing.
    count, length_m
        Blocks to be clear; length of the advance train.
    least_s
        The policy's separation.

    Returns
    -------
    array
        Shape (n,): seconds; joined by straight lines they meet the demand between
        the places too.  At the last place the advance train stands on another
        track and only its route has to be released.
    """
    required = np.full(place_m.size, float(least_s))
    if count > 0:
        behind = blocks.ahead(place_m - length_m, -count)
        left_s = np.interp(np.maximum(behind, place_m[0]), place_m, main_s)
        # Where the tail comes clear of the N blocks ahead of the start, and beyond.
        beyond = (place_m - length_m > place_m[0]) & (behind >= place_m[0])
        here = np.where(beyond, main_s - left_s, least_s)
        # A cell counts from its near end on: the earliest the main train may be behind.
        entered = beyond[1:]
        cell = np.where(entered, main_s[1:] - left_s[:-1], least_s)
        before = np.where(entered & ~beyond[:-1], main_s[:-1] - left_s[:-1], least_s)
        required = np.maximum(required, here)
        required[1:] = np.maximum(required[1:], cell)
        required[:-1] = np.maximum(required[:-1], before)
        entering = max(float(blocks.ahead(place_m[-1], -count)), float(place_m[0]))
        at_end = main_s[-1] - np.interp(entering, place_m, main_s) + ROUTE_RELEASE_S
        required[-1] = max(least_s, float(at_end))
    return required


def required_after(
    place_m: Floats, main_s: Floats, blocks: Blocks, count: int, length_m: float, least_s: float
) -> Floats:
    """Return by how much the following train's head must be behind the main train's.

    Parameters and result as in `required_before`, ``length_m`` being the main
    train's: its tail has to clear the blocks.
    """
    required = np.full(place_m.size, float(least_s))
    if count > 0:
        end = blocks.ahead(place_m, count)
        at_stop = end + length_m >= place_m[-1]
        clear = np.interp(np.minimum(end + length_m, place_m[-1]), place_m, main_s)
        clear = np.where(at_stop, main_s[-1] + ROUTE_RELEASE_S, clear)
        # A cell counts as at its far end: the latest at which the blocks come clear.
        cell = np.append(clear[1:], clear[-1])
        required = np.maximum(required, np.maximum(clear, cell) - main_s)
    return required


def least_gap(required_s: Floats, may_rise_s: Floats, may_fall_s: Floats) -> Floats:
    """Return the smallest gap that meets a demand and changes no faster than allowed.

    Parameters
    ----------
    required_s
        Shape (n,): lower bound at each place.
    may_rise_s, may_fall_s
        Shape (n - 1,): greatest rise and greatest fall from place to place; a
        negative one forces the opposite.  ``may_rise_s >= -may_fall_s``.

    Returns
    -------
    array
        Shape (n,): ``g >= required``, ``-may_fall <= diff(g) <= may_rise``.
    """
    rise = np.concatenate([[0.0], np.cumsum(may_rise_s)])
    fall = np.concatenate([[0.0], np.cumsum(may_fall_s)])
    # Rising early enough: g - rise never increases, seen from the end.
    gap = np.maximum.accumulate((required_s - rise)[::-1])[::-1] + rise
    # Falling back slowly enough: g + fall never decreases, seen from the start.
    return np.asarray(np.maximum.accumulate(gap + fall) - fall)
