"""A path that was found for the special convoy, and what it holds when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.way_holds import WayHold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.drive import Drive
    from retinue.traffic.insertion import Prepared
    from retinue.traffic.way_holds import Convoy

    Floats = NDArray[np.float64]

__all__ = ["FoundPath", "HeldWindow", "SpecialStand", "held_windows"]


@dataclass(frozen=True)
class SpecialStand:
    """A stand of the main train; Unix seconds.  At the ends arrival and departure are equal."""

    at_m: float
    arrive_s: float
    depart_s: float
    asked: bool
    node: int


@dataclass(frozen=True)
class HeldWindow:
    """What the convoy holds when, or where it stands and must not be overtaken; Unix seconds."""

    hold: WayHold
    from_s: float
    to_s: float


@dataclass(frozen=True, eq=False)
class FoundPath:
    """A path of the main train, as the engine runs it; the convoy keeps its lags.

    Attributes
    ----------
    stands
        Both ends, the stops asked for, and where it waits for others.
    ceilings
        (from, to, speed): what the driver is told beyond the line's speeds.
    drives
        One for each section.
    windows
        What is held when, the rules' holds among them.
    simple
        No waiting and no ceiling.
    convoys
        The convoy, with its lags, between each two stands; empty: the request's throughout.
    given_up_s
        0: nothing better exists in the grid; else intervals of time shorter than this were given
        up while searching, and something better may hide in them.
    """

    stands: tuple[SpecialStand, ...]
    ceilings: tuple[tuple[float, float, float], ...]
    drives: tuple[Drive, ...]
    windows: tuple[HeldWindow, ...] = field(repr=False)
    simple: bool = True
    convoys: tuple[Convoy, ...] = ()
    given_up_s: float = 0.0

    @property
    def depart_s(self) -> float:
        """Departure of the main train, Unix seconds."""
        return self.stands[0].depart_s

    @property
    def arrive_s(self) -> float:
        """Arrival of the main train, Unix seconds."""
        return self.stands[-1].arrive_s

    @property
    def waits_s(self) -> float:
        """Time stood where nobody asked for it."""
        return sum(s.depart_s - s.arrive_s for s in self.stands[1:-1] if not s.asked)

    def run_at(self, place_m: Floats) -> NDArray[np.int64]:
        """Return for each chainage between which stands it lies; at a stand the run into it."""
        ends = np.array([stand.at_m for stand in self.stands[1:-1]])
        return np.searchsorted(ends, np.asarray(place_m) - 1e-6, side="left")

    def fronts_at(self, place_m: Floats) -> Floats:
        """Return when the front is at each chainage; at a stand when it arrives."""
        place = np.asarray(place_m, np.float64)
        of_run = self.run_at(place)
        runs = [run for made in self.drives for run in made.runs]
        found = np.empty(place.size)
        for number, (run, one, two) in enumerate(
            zip(runs, self.stands[:-1], self.stands[1:], strict=True)
        ):
            here = of_run == number
            inside = np.clip(place[here] - one.at_m, 0.0, two.at_m - one.at_m)
            found[here] = one.depart_s + run.time_at(inside)
        return found

    def lags_at(self, place_m: float) -> tuple[float, float]:
        """Return the lags of advance and following train at a chainage."""
        if not self.convoys:
            return 0.0, 0.0
        convoy = self.convoys[int(self.run_at(np.array([place_m]))[0])]
        return convoy.advance_s, convoy.following_s

    def front_at(self, place_m: float) -> float:
        """Return when the front is at a chainage; at a stand when it arrives."""
        return float(self.fronts_at(np.array([place_m]))[0])


def held_windows(prepared: Prepared, found: FoundPath) -> list[HeldWindow]:
    """Return what is held when, worked out from the engine's runs and the stands alone."""
    request = prepared.request
    stands = found.stands
    convoys = found.convoys or (request.convoy,) * (len(stands) - 1)
    choice = [request.convoys.index(convoy) for convoy in convoys]
    terminal_s = prepared.blocking.terminal_stand_s
    begins = np.array([hold.from_m for hold in prepared.holds])
    ends = np.array([hold.to_m for hold in prepared.holds])
    run_from, run_to = found.run_at(begins).tolist(), found.run_at(ends).tolist()
    at_from, at_to = found.fronts_at(begins).tolist(), found.fronts_at(ends).tolist()
    windows = []
    for number, hold in enumerate(prepared.holds):
        on_it = [s for s in stands if hold.place and hold.holds(s.at_m)]
        if hold.when != "both" and (hold.when == "standing") != bool(on_it):
            continue

        def of_run(run: int, side: int, number: int = number) -> float:
            return float(prepared.more_s[side][choice[run], number])

        before = [i for i, s in enumerate(stands[:-1])
                  if hold.from_m <= s.at_m and hold.ahead_of(s.at_m)]  # fmt: skip
        if before:
            begin = stands[before[-1]].depart_s - hold.before_s - of_run(before[-1], 0)
        else:
            begin = at_from[number] - hold.before_s - of_run(run_from[number], 0)
            if on_it and on_it[0] is stands[0]:
                begin -= terminal_s
        behind = [i for i, s in enumerate(stands[1:])
                  if s.at_m < hold.to_m and hold.behind(s.at_m)]  # fmt: skip
        if behind:
            end = stands[behind[0] + 1].arrive_s + hold.after_s + of_run(behind[0], 1)
        else:
            end = at_to[number] + hold.after_s + of_run(run_to[number], 1)
            if on_it and on_it[-1] is stands[-1]:
                end += terminal_s
        windows.append(HeldWindow(hold, begin, max(begin, end)))
    return [*windows, *_not_overtaken(prepared, stands[1:-1])]


def _not_overtaken(prepared: Prepared, stands: Sequence[SpecialStand]) -> Iterator[HeldWindow]:
    """Yield each stand that nobody may overtake."""
    asked = {
        at: need
        for (at, _), need in zip(prepared.points, prepared.not_overtaken, strict=True)
        if need is not None
    }
    for stand in stands:
        if stand.at_m in asked:
            hold = WayHold(
                asked[stand.at_m], *(stand.at_m,) * 4, 0.0, 0.0, place=True, rule="none overtaking"
            )
            yield HeldWindow(hold, stand.arrive_s, stand.depart_s)
