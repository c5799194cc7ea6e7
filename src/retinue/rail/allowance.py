"""Allowances: a run made slower than the fastest one, evenly or so as to save energy.

Two distributions of the added time:

``linear``
    the permitted speed is lowered by one factor over a whole stretch, and the
    train otherwise runs as always (a profile merely stretched in time would ask
    for more effort than there is wherever a train loses speed uphill);
``mareco``
    energy-saving driving.  Minimising traction work plus a price of time along
    a path (Pontryagin's principle, as Milroy and Howlett applied it to trains)
    leaves four ways to drive: full effort, holding one speed V, coasting, full
    braking.  One V serves a whole stretch, because its price of time is one; it
    also fixes the speed U at which coasting gives way to braking.  With the
    level resistance r(v), holding V is optimal where one more joule per second
    won is paid by ``V**2 r'(V)``, and coasting must end where the value of the
    speed left, per metre, no longer covers that price, which gives
    ``U = V**2 r'(V) / (r(V) + V r'(V))``.  V is searched so that the time is met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.course import MassModel
from retinue.rail.dynamics import TrainDynamics
from retinue.rail.run_record import Regime, Run, Stop
from retinue.rail.running_path import RunningPath
from retinue.rail.running_time import Driving, run
from retinue.rail.steps import Steps

__all__ = ["Allowance", "Distribution", "RunOptions", "allow", "arrive_at", "braking_speed_mps"]

Distribution = Literal["linear", "mareco"]
Floats = NDArray[np.float64]

_MET_S = 0.02
"""A time counts as met within this (the bar is 1 s)."""
_SLOWEST_MPS = 0.5
_SWEEPS = 10


class RunOptions(TypedDict, total=False):
    """Options of `run` that an allowance hands on."""

    stops: Sequence[Stop]
    mass: MassModel
    speed_cap_mps: float | None
    start_speed_mps: float
    end_speed_mps: float


@dataclass(frozen=True)
class Allowance:
    """Time added to the fastest run on a stretch.

    Attributes
    ----------
    kind
        ``percent`` of the running time (dwell apart), ``minutes per 100 km``, or
        ``fixed`` minutes.
    value
        In the unit of the kind.
    from_m, to_m
        The stretch; None: to the end of the path.
    """

    kind: Literal["percent", "minutes per 100 km", "fixed"]
    value: float
    from_m: float = 0.0
    to_m: float | None = None

    def added_s(self, running_time_s: float, length_m: float) -> float:
        """Return the time to add on a stretch with this running time and length."""
        if self.kind == "percent":
            return running_time_s * self.value / 100.0
        if self.kind == "minutes per 100 km":
            return 60.0 * self.value * length_m / 100_000.0
        return 60.0 * self.value


def braking_speed_mps(train: TrainDynamics, cruise_mps: float) -> float:
    """Return the speed at which coasting gives way to braking, for a cruising speed.

    ``U = V**2 r'(V) / (r(V) + V r'(V))`` with the level resistance
    ``r(v) = A + B v + C v**2``; 0 where resistance does not grow with speed.
    """
    v = cruise_mps
    slope = train.davis_b_n_per_mps + 2.0 * train.davis_c_n_per_mps2 * v
    level = float(train.resistance_n(v))
    return v * v * slope / (level + v * slope) if level > 0.0 else 0.0


def allow(
    train: TrainDynamics,
    path: RunningPath,
    allowances: Sequence[Allowance],
    *,
    distribution: Distribution = "mareco",
    **options: Unpack[RunOptions],
) -> Run:
    """Return the run with allowances, its time met within 1 s on every stretch.

    A stretch next to a much slower one takes longer where even full effort does not
    make up for the speed at which it is entered or left.

    Parameters
    ----------
    allowances
        Stretches must not overlap; between them the train runs as fast as it can.
    distribution
        ``mareco`` never takes more energy than ``linear`` at the same time: where
        hills make a cap without coasting or the linear run the cheaper one, that
        is taken.

    Raises
    ------
    InputError
        For stretches that overlap, lie off the path or take time away.
    NoPlan
        As `run`; kind ``time`` where a time cannot be met.
    """
    base = run(train, path, **options)
    edges, targets = _stretches(base, path, allowances)
    return _slower(train, path, base, edges, targets, distribution, options)


def arrive_at(
    train: TrainDynamics,
    path: RunningPath,
    total_time_s: float,
    *,
    distribution: Distribution = "mareco",
    **options: Unpack[RunOptions],
) -> Run:
    """Return the run that takes exactly this time from start to end, dwell included.

    Raises
    ------
    NoPlan
        As `run`; kind ``time`` where even the fastest run is longer.
    """
    base = run(train, path, **options)
    added = total_time_s - base.total_time_s
    if added < -_MET_S:
        what = (
            f"{train.name} needs at least {base.total_time_s:.0f} s over {path.name}, "
            f"{total_time_s:.0f} s are given"
        )
        cure = f"Arrive {-added / 60.0:.1f} min later or shorten a stop."
        raise NoPlan(what, reasons=[Reason(what, path.name, cure, "time")], cure=cure)
    edges = np.array([0.0, path.length_m])
    target = np.array([base.running_time_s + max(added, 0.0)])
    return _slower(train, path, base, edges, target, distribution, options)


def _stretches(
    base: Run, path: RunningPath, allowances: Sequence[Allowance]
) -> tuple[Floats, Floats]:
    """Return edges (n + 1) and wanted running times (n) that cover the whole path."""
    bounds: list[tuple[float, float, Allowance]] = []
    for allowance in allowances:
        end = path.length_m if allowance.to_m is None else allowance.to_m
        where = f"{path.name}: {allowance.from_m / 1000.0:.3f} to {end / 1000.0:.3f} km"
        if not 0.0 <= allowance.from_m < end <= path.length_m + 1e-6:
            raise InputError("an allowance lies off the path or runs backwards", where=where)
        if not (np.isfinite(allowance.value) and allowance.value >= 0.0):
            raise InputError("an allowance adds time, it takes none away", where=where)
        bounds.append((allowance.from_m, min(end, path.length_m), allowance))
    bounds.sort(key=lambda bound: bound[0])
    for before, after in pairwise(bounds):
        if after[0] < before[1] - 1e-6:
            raise InputError(
                "two allowances overlap",
                where=f"{path.name}: {after[0] / 1000.0:.3f} km",
                cure="Let one end where the next begins.",
            )
    edges = np.unique(
        np.concatenate([[0.0, path.length_m], *([start, end] for start, end, _ in bounds)])
    )
    targets = _running_times(base, edges)
    for start, end, allowance in bounds:
        index = int(np.searchsorted(edges, start))
        targets[index] += allowance.added_s(float(targets[index]), end - start)
    return edges, targets


def _running_times(of: Run, edges: Floats) -> Floats:
    """Return the time in motion on each stretch between edges."""
    moving = np.where(of.regime == Regime.DWELL, 0.0, np.diff(of.time_s))
    total = np.concatenate([[0.0], np.cumsum(moving)])
    left = np.clip(np.searchsorted(of.distance_m, edges, "left") - 1, 0, total.size - 2)
    at = total[left] + (of.time_at(edges) - of.time_s[left])
    at[0], at[-1] = 0.0, total[-1]
    return np.diff(at)


def _slower(
    train: TrainDynamics,
    path: RunningPath,
    base: Run,
    edges: Floats,
    targets: Floats,
    distribution: Distribution,
    options: RunOptions,
) -> Run:
    if distribution not in ("linear", "mareco"):
        raise InputError(f'a distribution is "linear" or "mareco", not "{distribution}"')
    if float(np.abs(targets - _running_times(base, edges)).max()) <= _MET_S:
        return base
    starts = edges[:-1]
    no_cap, no_coasting = Steps(starts, np.full(starts.size, np.inf)), Steps.constant(0.0)
    at_edges = base.speed_at(edges)
    top = np.array(
        [
            base.speed_mps[(base.distance_m >= start) & (base.distance_m <= end)].max(
                initial=max(before, after)
            )
            for (start, end), (before, after) in zip(
                pairwise(edges), pairwise(at_edges), strict=True
            )
        ]
    )
    top = np.maximum(top, 2.0 * _SLOWEST_MPS)

    def scaled(shares: Floats) -> Driving:
        return Driving(no_cap, no_coasting, Steps(starts, np.minimum(shares, 1.0)))

    def capped(speeds: Floats) -> Driving:
        return Driving(Steps(starts, speeds), no_coasting)

    def coasting(speeds: Floats) -> Driving:
        down_to = [
            max(braking_speed_mps(train, v), 1e-3) if np.isfinite(v) else 0.0 for v in speeds
        ]
        return Driving(Steps(starts, speeds), Steps(starts, np.array(down_to)))

    search = _Search(train, path, base, edges, targets, options)
    found: list[Run | None] = []
    if distribution == "mareco":
        # At the upper end coasting ends at the top speed: the fastest run itself.
        fastest = np.array([_cruise_for_braking_speed(train, speed) for speed in top])
        found.append(search.find(coasting, fastest, np.full(top.size, _SLOWEST_MPS)))
        found.append(search.find(capped, 1.001 * top, np.full(top.size, _SLOWEST_MPS)))
    found.append(search.find(scaled, np.ones(top.size), _SLOWEST_MPS / (2.0 * top)))
    candidates = [candidate for candidate in found if candidate is not None]
    if not candidates:
        what = f"{train.name} cannot run as slowly as asked over {path.name} without standing"
        cure = "Add a stop that takes up the time."
        raise NoPlan(what, reasons=[Reason(what, path.name, cure, "time")], cure=cure)
    return min(candidates, key=lambda candidate: candidate.energy_j)


def _cruise_for_braking_speed(train: TrainDynamics, speed_mps: float) -> float:
    """Return a cruising speed whose braking speed is at least this one (bounded search)."""
    cruise = speed_mps
    for _ in range(24):
        if braking_speed_mps(train, cruise) >= speed_mps:
            break
        cruise *= 1.5
    return cruise


@dataclass(frozen=True, eq=False)
class _Search:
    """One number for each stretch, searched so that the stretch takes its time."""

    train: TrainDynamics
    path: RunningPath
    base: Run
    edges: Floats
    targets: Floats
    options: RunOptions

    def find(
        self, driving: Callable[[Floats], Driving], fastest: Floats, slowest: Floats
    ) -> Run | None:
        """Return the run that meets all times, or None where this way of driving cannot."""
        wanted = np.flatnonzero(self.targets > _running_times(self.base, self.edges) + _MET_S)
        chosen = np.where(np.isin(np.arange(fastest.size), wanted), fastest, np.inf)
        made: Run | None = self.base
        for _ in range(_SWEEPS):
            for index in wanted:
                fast, slow = float(fastest[index]), float(slowest[index])
                for _ in range(60):
                    # The mean of the times, not of the speeds.
                    chosen[index] = 2.0 / (1.0 / fast + 1.0 / slow)
                    made = self._attempt(driving(chosen))
                    excess = self._excess(made)[index]
                    if excess <= 0.0:
                        fast = chosen[index]
                    else:
                        slow = chosen[index]
                    if abs(excess) < 0.5 * _MET_S or fast - slow < 1e-10 * fast:
                        break
            if self._met(made, chosen, fastest, wanted, _MET_S):
                return made
            if wanted.size == 1:
                return None
        # Neighbouring stretches still push each other by a little: well under a second is met.
        return made if self._met(made, chosen, fastest, wanted, 0.25) else None

    def _met(
        self,
        made: Run | None,
        chosen: Floats,
        fastest: Floats,
        wanted: NDArray[np.int64],
        within_s: float,
    ) -> bool:
        """Whether all times are met, or exceeded only because a neighbour is so slow."""
        excess = self._excess(made)
        at_fastest = (chosen >= fastest * (1.0 - 1e-6)) & np.isfinite(excess) & (excess > 0.0)
        return bool(((np.abs(excess) <= within_s) | at_fastest)[wanted].all())

    def _attempt(self, driving: Driving) -> Run | None:
        try:
            return run(self.train, self.path, driving=driving, **self.options)
        except NoPlan:
            return None  # so slow that a hill or a power gap stops it: too slow

    def _excess(self, made: Run | None) -> Floats:
        if made is None:
            return np.full(self.targets.size, np.inf)
        return _running_times(made, self.edges) - self.targets
