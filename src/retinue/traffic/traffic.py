"""Traffic: the runs of one day on one view of the network, with what they occupy.

`retinue.traffic.timetable.day_of_traffic` makes two of a feed, one for each view.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.occupation import Occupations
    from retinue.traffic.restrictions import PlacedRestriction
    from retinue.traffic.train_run import TrainRun

__all__ = ["POSSESSION", "Traffic"]

POSSESSION = "possession "
"""How titles of work that is a possession begin; others are sweeps and patrols."""


@dataclass(frozen=True, eq=False)
class Traffic:
    """One view of a day's traffic.

    Attributes
    ----------
    network
        The network of this view.
    runs
        In the order of departure, then id; `Occupations.train` counts in it.
    occupations
        What they hold, sorted by resource, then time.
    coupled
        Of each run that is coupled with an earlier one, or listed twice, the leading run of each
        step, -1: none.  It holds nothing there.
    work
        What else holds the line: possessions, sweeps and patrols.  `Occupations.train` counts on
        through them after the runs.
    restrictions
        Possessions and speed restrictions as placed on this network.
    """

    network: LineNetwork
    runs: tuple[TrainRun, ...]
    occupations: Occupations
    coupled: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    work: tuple[str, ...] = ()
    restrictions: tuple[PlacedRestriction, ...] = ()

    @cached_property
    def holder_names(self) -> tuple[str, ...]:
        """Name of every number in `Occupations.train`."""
        return (*(run.id for run in self.runs), *self.work)

    @cached_property
    def possessions(self) -> frozenset[int]:
        """Numbers of the holders that are possessions."""
        first = len(self.runs)
        return frozenset(
            number for number, title in enumerate(self.work, first) if title.startswith(POSSESSION)
        )

    @cached_property
    def run_of_id(self) -> dict[str, int]:
        """Index of each run by its id."""
        return {run.id: number for number, run in enumerate(self.runs)}
