"""What path is wished for: the train between its stops, its convoy, windows and tolerances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from retinue.traffic.speed_grid import CEILING_SHARES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.rail.dynamics import TrainDynamics
    from retinue.rail.running_path import RunningPath
    from retinue.traffic.line_network import Way
    from retinue.traffic.way_holds import Convoy

    Floats = NDArray[np.float64]

__all__ = ["InsertionRequest", "SpecialSection", "SpecialStop"]


@dataclass(frozen=True, eq=False)
class SpecialSection:
    """The main train between two stops that are asked for; chainages of the whole leg."""

    train: TrainDynamics
    path: RunningPath
    from_m: float
    to_m: float
    share: float = 1.0


@dataclass(frozen=True)
class SpecialStop:
    """A stop that the journey asks for, with tolerances; Unix seconds."""

    at_m: float
    least_s: float = 0.0
    most_s: float = np.inf
    arrive: tuple[float, float] = (-np.inf, np.inf)
    depart: tuple[float, float] = (-np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class InsertionRequest:
    """What path is wished for.

    Attributes
    ----------
    way
        The resources along the route.
    place_m
        Chainage of the leg at each of ``way.node_m``.
    sections, stops
        The train between its stops, and the stops (one fewer).
    depart, arrive
        Windows of the main train, Unix seconds.
    aim
        What is best inside the windows.
    shares
        Ceilings of the grid (`speed_grid`).
    may_wait
        Whether the convoy may stand where nobody asked for it.
    speed_cap_mps
        A speed not to be exceeded anywhere.
    other_lags
        Lags (advance, following train; s) that the convoy may keep besides its own
        (`retinue.traffic.way_holds.lag_choices`).
    lags_change
        Whether it may go over from one choice of lags to another where it stands.
    """

    way: Way
    place_m: Floats
    sections: tuple[SpecialSection, ...]
    convoy: Convoy
    depart: tuple[float, float]
    arrive: tuple[float, float] = (-np.inf, np.inf)
    stops: tuple[SpecialStop, ...] = ()
    aim: Literal["earliest arrival", "latest departure"] = "earliest arrival"
    shares: tuple[float, ...] = CEILING_SHARES
    may_wait: bool = True
    speed_cap_mps: float | None = None
    other_lags: tuple[tuple[float, float], ...] = ()
    lags_change: bool = True

    @cached_property
    def convoys(self) -> tuple[Convoy, ...]:
        """The convoy with each choice of lags, its own first."""
        others = (
            replace(self.convoy, advance_s=advance, following_s=following)
            for advance, following in self.other_lags
        )
        return tuple(dict.fromkeys((self.convoy, *others)))
