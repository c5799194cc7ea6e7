"""Times at places passed, by the one running-time engine, for classes whose rolling stock is known.

A timetable has reserves: the engine's run between two stops is stretched evenly to the time that
the timetable gives.  Speeds are what the timetable proves of each section, gradients unknown (0).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retinue.rail.dynamics import TrainDynamics
    from retinue.traffic.line_network import Step

    Floats = NDArray[np.float64]

__all__ = ["EngineTiming", "Slow"]

#: Slow stretches of a way: from, to, speed.
Slow = tuple[tuple[float, float, float], ...]


class EngineTiming:
    """Runs trains of the catalogue over sections with proven speeds.

    Parameters
    ----------
    length_m, speed_mps
        Length and speed of each section, shape (n,).

    Attributes
    ----------
    refused
        Legs that the engine could not run in the timetable's time, or not at all.
    """

    def __init__(self, length_m: Sequence[float], speed_mps: Sequence[float]) -> None:
        self._length_m = list(length_m)
        self._speed_mps = list(speed_mps)
        self._trains: dict[str, TrainDynamics] = {}
        self._runs: dict[tuple[str, tuple[int, ...]], tuple[Floats, Floats] | None] = {}
        self.refused = 0

    def shared_out(
        self, train: str, steps: Sequence[Step], at_m: Floats, length_m: float, time_s: float
    ) -> Floats | None:
        """Return when a train passes places between two stops, in seconds after it departs.

        Parameters
        ----------
        train
            Name in the catalogue.
        steps
            Sections from stop to stop.
        at_m
            Places on the course, 0 to ``length_m``.
        length_m, time_s
            From stop to stop, by the course and by the timetable.

        Returns
        -------
        array or None
            None where the engine needs longer than the timetable gives: its times are then worth
            no more than interpolation.
        """
        key = train, tuple(step.section for step in steps)
        if key not in self._runs:
            self._runs[key] = self._run(train, steps)
        found = self._runs[key]
        if found is None or not found[1][-1] > 0.0 or found[1][-1] > time_s:
            self.refused += 1
            return None
        distance, seconds = found
        placed = at_m * (distance[-1] / length_m)
        return np.asarray(np.interp(placed, distance, seconds) * (time_s / seconds[-1]))

    def under(
        self, train: str, steps: Sequence[Step], slow: Slow
    ) -> tuple[float, Floats, Floats] | None:
        """Run a train from stop to stop with and without slow stretches.

        Parameters
        ----------
        slow
            From, to and speed, metres from the first stop and m/s.

        Returns
        -------
        tuple or None
            The time without them, and distances and seconds of the run under them; None where the
            engine cannot run it.
        """
        key = train, tuple(step.section for step in steps)
        if key not in self._runs:
            self._runs[key] = self._run(train, steps)
        free = self._runs[key]
        slowly = self._run(train, steps, slow)
        return None if free is None or slowly is None else (float(free[1][-1]), *slowly)

    def _run(
        self, train: str, steps: Sequence[Step], slow: Slow = ()
    ) -> tuple[Floats, Floats] | None:
        from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
        from retinue.rail.running_time import run
        from retinue.rail.slow_stretch import SlowStretch, slowed
        from retinue.rail.steps import Steps
        from retinue.rail.trains import load_train

        if train not in self._trains:
            self._trains[train] = load_train(train).dynamics()
        lengths = np.array([self._length_m[step.section] for step in steps])
        starts = np.concatenate(([0.0], np.cumsum(lengths)[:-1]))
        limits = np.array([self._speed_mps[step.section] for step in steps])
        # The stretch is even, so limits only shape the run: a little over what is proven lets it.
        stretches = [SlowStretch(*one, "") for one in slow]
        path = RunningPath(
            "timetable", float(lengths.sum()), slowed(Steps(starts, limits * _HEADROOM), stretches),
            power=PowerSections(np.zeros(1), (ANY_POWER,)),
        )  # fmt: skip
        try:
            made = run(self._trains[train], path)
        except NoPlan:
            return None
        # Interpolation of a run between its nodes: places are wanted to the second only.
        at = np.linspace(0.0, path.length_m, max(3, math.ceil(path.length_m / 100.0)))
        return at, np.asarray(made.time_at(at))


_HEADROOM = 1.1
