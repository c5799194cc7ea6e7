"""What the special train holds along its way, in places of its front rather than in times.

::

              from_m          begins_m        ends_m            to_m
    ------------|---------------|===============|----------------|--------->
       front here: held      the resource itself           front here: tail out
       (less `before_s`)                                   (plus `after_s`)

A train that stands before a resource has not asked for it yet: then the hold begins ``before_s``
before it leaves.  A train that stands behind one is out of it: the hold ends ``after_s`` after
its arrival (`retinue.traffic.occupation`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from retinue.traffic.resource import Kind
from retinue.traffic.safe_intervals import Need

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.line_network import LineNetwork, Way

    Floats = NDArray[np.float64]

__all__ = ["Convoy", "WayHold", "close_convoys", "lag_choices", "longer_holds", "own_holds"]

SHORT_LAG_S = 240.0
"""Trains of a convoy closer than this are taken to be in a station together."""


@dataclass(frozen=True)
class WayHold:
    """One resource that must be free round the train; see the module's picture.

    Attributes
    ----------
    place
        Whether the train may stand on it (a station); no stand parts its hold then.
    when
        Whether it counts where the train passes that place, where it stands there, or both.
    rule
        The rule of protection that asks for it; empty: the train's own way.
    shift_s
        Of a companion's own hold: its lag, by which all of it lies behind the main train's.
    """

    need: Need
    begins_m: float
    ends_m: float
    from_m: float
    to_m: float
    before_s: float
    after_s: float
    place: bool = False
    when: Literal["both", "passing", "standing"] = "both"
    rule: str = ""
    shift_s: float = 0.0

    def ahead_of(self, stand_m: float) -> bool:
        """Whether it begins at or beyond a stand."""
        return not (self.place and self.holds(stand_m)) and self.begins_m >= stand_m - 1.0

    def behind(self, stand_m: float) -> bool:
        """Whether it ends at or before a stand."""
        return not (self.place and self.holds(stand_m)) and self.ends_m <= stand_m + 1.0

    def holds(self, stand_m: float) -> bool:
        """Whether a stand lies on it."""
        return self.begins_m - 1.0 <= stand_m <= self.ends_m + 1.0


@dataclass(frozen=True)
class Convoy:
    """The trains of the convoy as one moving occupation: lags to the main train are constant.

    Attributes
    ----------
    length_m
        Of the main train.
    advance_s, following_s
        How far ahead and behind; 0: there is no such train.
    advance_m, following_m
        Their lengths.
    nothing_between
        Whether other trains may not use the way between the trains of the convoy.
    """

    length_m: float
    advance_s: float = 0.0
    following_s: float = 0.0
    advance_m: float = 0.0
    following_m: float = 0.0
    nothing_between: bool = True

    @property
    def trains(self) -> int:
        """How many trains."""
        return 1 + (self.advance_s > 0.0) + (self.following_s > 0.0)

    @property
    def members(self) -> tuple[tuple[float, float], ...]:
        """(seconds behind the main train, length) of each."""
        found = [(0.0, self.length_m)]
        if self.advance_s > 0.0:
            found.insert(0, (-self.advance_s, self.advance_m))
        if self.following_s > 0.0:
            found.append((self.following_s, self.following_m))
        return tuple(found)

    @property
    def longest_m(self) -> float:
        """Length of the longest train."""
        return max(length for _, length in self.members)


def lag_choices(
    advance: tuple[float, float], following: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """Return the grid of lags: the least, the middle, the greatest of each train of the convoy.

    Parameters
    ----------
    advance, following
        Least and greatest lag, s; 0: there is no such train.

    Returns
    -------
    tuple
        Pairs (advance, following), whole seconds, the least of both first.
    """

    def grid(least: float, greatest: float) -> list[float]:
        if greatest <= least:
            return [least]
        return [least, float(np.ceil(0.5 * (least + greatest))), float(np.ceil(greatest))]

    pairs = itertools.product(grid(*advance), grid(*following))
    return tuple(sorted(dict.fromkeys(pairs), key=lambda pair: (sum(pair), pair)))


def close_convoys(convoys: Iterable[Convoy]) -> bool:
    """Return whether trains of some choice of lags may be in a station together."""
    lags = [b - a for convoy in convoys for (a, _), (b, _) in itertools.pairwise(convoy.members)]
    return min(lags, default=SHORT_LAG_S) < SHORT_LAG_S


def own_holds(
    network: LineNetwork,
    way: Way,
    place_m: Floats,
    blocking: BlockingRules,
    convoy: Convoy,
    *,
    close: bool | None = None,
) -> tuple[WayHold, ...]:
    """Return what the convoy itself holds along its way.

    Parameters
    ----------
    place_m
        Chainage of the running path at each of ``way.node_m``.
    close
        Whether its trains count as being in a station together; None: by its own lags.
    """
    near = close_convoys([convoy]) if close is None else close

    def chainage(at: float) -> float:
        inside = min(max(at, way.node_m[0]), way.node_m[-1])
        return float(np.interp(inside, way.node_m, place_m)) + at - float(inside)

    holds: list[WayHold] = []
    before_s = blocking.switching_s + blocking.sight_s
    length = convoy.longest_m
    for row, resource in enumerate(way.resource):
        begins, ends = chainage(way.from_m[row]), chainage(way.to_m[row])
        kind = int(way.kind[row])
        base = WayHold(
            Need(int(resource)),
            begins,
            ends,
            # Metres of the way, as the record's holds are: the leg may be longer or shorter there.
            chainage(way.from_m[row] - blocking.approach_m),
            chainage(way.to_m[row] + length),
            before_s,
            blocking.release_s if kind == Kind.BLOCK else blocking.station_release_s,
            place=kind == Kind.STATION,
        )
        if kind == Kind.JUNCTION:
            base = replace(base, to_m=chainage(way.to_m[row] + blocking.junction_m + length))
        together = kind != Kind.STATION and convoy.nothing_between
        holds += _of_convoy(base, convoy, together, near, network)
    return tuple(holds)


def _of_convoy(
    base: WayHold, convoy: Convoy, together: bool, close: bool, network: LineNetwork
) -> list[WayHold]:
    """Return one hold for the whole convoy, or one for each of its trains."""
    first, last = convoy.members[0][0], convoy.members[-1][0]
    if together or convoy.trains == 1:
        return [replace(base, before_s=base.before_s - first, after_s=base.after_s + last)]
    tail_m = base.to_m - convoy.longest_m
    apart = [
        replace(
            base,
            to_m=tail_m + length,
            before_s=base.before_s - lag,
            after_s=base.after_s + lag,
            shift_s=lag,
        )
        for lag, length in convoy.members
    ]
    if not base.place:
        return apart
    # Where they stand, and where they follow closely, every train has a track of its own.
    capacity = max(int(network.capacity[base.need.resource]), 1)
    all_there = replace(
        base,
        need=replace(base.need, units=min(convoy.trains, capacity)),
        before_s=base.before_s - first,
        after_s=base.after_s + last,
    )
    if close:
        return [all_there]
    return [*(replace(hold, when="passing") for hold in apart), replace(all_there, when="standing")]


def longer_holds(
    convoys: Sequence[Convoy],
    holds: Sequence[WayHold],
    with_lags: Callable[[Convoy], Sequence[WayHold]],
) -> tuple[Floats, Floats, Floats]:
    """Return how much longer every choice of lags holds before and after, and lies later.

    What a hold begins earlier and ends later by rises evenly with each lag.
    """
    own = convoys[0]
    before = np.zeros((len(convoys), len(holds)))
    after = np.zeros((len(convoys), len(holds)))
    later = np.zeros((len(convoys), len(holds)))
    for longer, lags in (
        (replace(own, advance_s=own.advance_s + 1.0), [c.advance_s for c in convoys]),
        (replace(own, following_s=own.following_s + 1.0), [c.following_s for c in convoys]),
    ):
        more = np.array(lags) - lags[0]
        if not more.any():
            continue
        tried = with_lags(longer)
        before += np.outer(
            more, [a.before_s - b.before_s for a, b in zip(tried, holds, strict=True)]
        )
        after += np.outer(more, [a.after_s - b.after_s for a, b in zip(tried, holds, strict=True)])
        later += np.outer(more, [a.shift_s - b.shift_s for a, b in zip(tried, holds, strict=True)])
    return before, after, later
