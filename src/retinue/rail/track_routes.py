"""Routes over tracks chosen by simulation: the best of the candidates that the search ranks.

The search ranks routes by an additive cost, the simulation by what the train really takes.
Both count the same penalties (unusual direction, curved legs of switches), so a route's

    cost  = free-flow time + reversals + penalties
    score = simulated time + reversals + penalties

and **cost <= score**: the engine never lets the front be faster than the limit of the place
where it is, nor than the train's own speed, so on every piece of way dx

    simulated time = integral of dx / v(x)  >=  integral of dx / min(limit(x), own) = free flow

and dwells, acceleration, the tail under a lower limit, gradients and gaps without power only
add.  Candidates therefore come in order of a lower bound of their score.  As soon as the next
one's cost is no less than the best score found, no route left can be better: the choice is
proven.  Where the candidates run out before, `Choice.gap_s` says by how much at most a route
that was not simulated could be better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from retinue.errors import InputError, NoPlan
from retinue.rail.dynamics import TrainDynamics
from retinue.rail.formation import Formation
from retinue.rail.interfaces import fits_within
from retinue.rail.operations import reversal
from retinue.rail.running_path import ANY_POWER, UNELECTRIFIED, PowerSections, RunningPath
from retinue.rail.running_time import run
from retinue.rail.steps import Steps
from retinue.rail.traction import SELF_POWERED
from retinue.world.track_alternatives import RouteChoices
from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import DEAD_SECTION, UNKNOWN_POWER, TrackNetwork
from retinue.world.track_route import TrackPiece, TrackRoute, TrackRun, TrackStop
from retinue.world.track_search import Question, TrackRouter
from retinue.world.track_speed import speed_limits

__all__ = ["Candidate", "Choice", "choose", "limits_path", "train_limits"]

Value = TypeVar("Value")
PathOf = Callable[[TrackRun], RunningPath]
"""Makes the running path of a run; its limits may be lower than those of the search."""


def train_limits(
    formation: Formation, network: TrackNetwork, *, dynamics: TrainDynamics | None = None
) -> TrainLimits:
    """Return what a route search has to know of a formation.

    Parameters
    ----------
    dynamics
        What the simulation will use; its highest speed counts.
    """
    table = network.attributes["loading_gauge"]
    words = {network.text[int(index)] for index in np.unique(table.value)}
    fits = {
        word: [fits_within(p.vehicle.loading_gauge, word) for p in formation.vehicles]
        for word in sorted(words)
    }
    systems = formation.power_systems
    speed = (dynamics or formation).max_speed_mps
    return TrainLimits(
        gauges_mm=(formation.gauge_mm,),
        power_systems=tuple(s for s in systems if s not in SELF_POWERED),
        self_powered=any(s in SELF_POWERED for s in systems),
        length_m=formation.length_m,
        axle_load_kg=max(p.axle_load_kg for p in formation.vehicles),
        metre_load_kg=max(p.mass_kg / p.vehicle.length for p in formation.vehicles),
        barred_loading_gauges=tuple(w for w, found in fits.items() if False in found),
        fitting_loading_gauges=tuple(w for w, found in fits.items() if set(found) == {True}),
        max_speed_mps=speed,
        reversal_s=reversal(formation).likely_s,
        name=formation.title or formation.name,
    )


def limits_path(router: TrackRouter, track_run: TrackRun, own: Sequence[str] = ()) -> RunningPath:
    """Return the running path of a run with its limits and power, level and straight.

    The limits are those of the search, so that its free-flow time bounds the simulation.

    Parameters
    ----------
    own
        Power systems of the train: where several lie on one track, it uses its own.
    """
    network = router.network
    speeds: list[tuple[float, float]] = []
    systems: list[tuple[float, str | None]] = []
    at = 0.0
    for piece in track_run.pieces:
        if piece.length_m <= 0.0:
            continue
        limits = speed_limits(network, piece.edge, piece.direction, router.assumed)
        for start, value in _along(piece, at, [(a, b, v) for a, b, v, _ in limits]):
            speeds.append((start, value))
        for start, system in _along(piece, at, _power(network, piece.edge, own)):
            if not systems or systems[-1][1] != system:
                systems.append((start, system))
        at += piece.length_m
    return RunningPath(
        name=track_run.place or "track route",
        length_m=at,
        limit_mps=Steps.from_pairs(_increasing(speeds)),
        power=PowerSections(
            np.array([start for start, _ in _increasing(systems)]),
            tuple(system for _, system in _increasing(systems)),
        ),
    )


def _power(
    network: TrackNetwork, edge: int, own: Sequence[str]
) -> list[tuple[float, float, str | None]]:
    """Return the power along an edge as running paths name it, gaps filled."""
    length = float(network.edges.length_m[edge])
    found: list[tuple[float, float, str | None]] = []
    at = 0.0
    for low, high, words in network.values_on("power", edge):
        if low > at:
            found.append((at, low, ANY_POWER))
        system: str | None = next((w for w in words if w in own), words[0] if words else None)
        if UNKNOWN_POWER in words:
            system = ANY_POWER
        elif DEAD_SECTION in words:
            system = None
        found.append((low, high, system or (None if words else UNELECTRIFIED)))
        at = max(at, high)
    if at < length:
        found.append((at, length, ANY_POWER))
    return found


def _along(
    piece: TrackPiece, at_m: float, stretches: Sequence[tuple[float, float, Value]]
) -> list[tuple[float, Value]]:
    """Return (chainage, value) of the stretches of an edge that a piece runs over, in order."""
    low, high = sorted((piece.from_m, piece.to_m))
    inside = [(max(a, low), min(b, high), v) for a, b, v in stretches if b > low and a < high]
    if piece.direction > 0:
        return [(at_m + a - piece.from_m, value) for a, _, value in inside]
    return [(at_m + piece.from_m - b, value) for _, b, value in reversed(inside)]


def _increasing(pairs: Sequence[tuple[float, Value]]) -> list[tuple[float, Value]]:
    """Return pairs whose chainages increase strictly from 0; of equal ones the last counts."""
    found: list[tuple[float, Value]] = []
    for start, value in pairs:
        if found and start <= found[-1][0] + 1e-6:
            found[-1] = (found[-1][0], value)
        else:
            found.append((start if found else 0.0, value))
    return found


@dataclass(frozen=True, eq=False)
class Candidate:
    """A route with its simulated time.

    Attributes
    ----------
    running_s
        Simulated time of all runs, without the changes of ends between them.
    score_s
        Running time, changes of ends and the penalties of the search.
    """

    route: TrackRoute
    running_s: float
    reversal_s: float

    @property
    def time_s(self) -> float:
        """Time from start to end."""
        return self.running_s + self.reversal_s

    @property
    def score_s(self) -> float:
        """What candidates are compared by."""
        return self.time_s + self.route.penalties_s


@dataclass(frozen=True, eq=False)
class Choice:
    """The best route by simulation, and what it was chosen from.

    Attributes
    ----------
    best
        The candidate with the least score.
    candidates
        All that were simulated, by score.
    failed
        Routes on which the train stalls or cannot brake, with the engine's words.
    lower_bound_s
        No route has a lower score.
    """

    best: Candidate
    candidates: tuple[Candidate, ...]
    failed: tuple[tuple[TrackRoute, NoPlan], ...]
    lower_bound_s: float

    @property
    def gap_s(self) -> float:
        """By how much at most a route that was not simulated has a lower score."""
        return max(self.best.score_s - self.lower_bound_s, 0.0)

    @property
    def proven(self) -> bool:
        """Whether no route can be better."""
        return self.gap_s <= 1e-6


def choose(
    router: TrackRouter,
    train: TrainLimits,
    dynamics: TrainDynamics,
    stops: Sequence[TrackStop],
    *,
    count: int = 5,
    path_of: PathOf | None = None,
    question: Question | None = None,
) -> Choice | None:
    """Return the best route by simulation; None: there is no route.

    Between two stops the candidates are the ``count`` cheapest ways and the dissimilar
    alternatives; with stops between, the best route and its alternatives.

    Parameters
    ----------
    dynamics
        The train as the engine takes it, no faster than ``train.max_speed_mps``.
    path_of
        Makes a run's path; without it, limits and power on level track (`limits_path`).

    Raises
    ------
    InputError
        For a train that is faster in the simulation than in the search.
    NoPlan
        Where the train stalls, or cannot brake, on every candidate.
    """
    if dynamics.max_speed_mps > train.max_speed_mps + 1e-9:
        raise InputError("the simulated train is faster than the one that was searched for")
    path_of = path_of or (lambda item: limits_path(router, item, train.power_systems))
    routes: list[TrackRoute]
    complete = True
    if len(stops) == 2:
        routes, complete = router.in_order(train, stops[0], stops[1], question, wanted=count)
        exhausted = complete and len(routes) < count
    else:
        only = router.route(train, stops, question)
        routes, exhausted = ([] if only is None else [only]), False
    if not routes:
        only = router.route(train, stops, question)
        if only is None:
            return None
        routes = [only]
        exhausted = False
    # What is not listed costs at least as much as the last that is (all: nothing is left).
    beyond_s = np.inf if exhausted else routes[-1 if complete else 0].cost_s
    found: list[Candidate] = []
    failed: list[tuple[TrackRoute, NoPlan]] = []

    def simulate(route: TrackRoute) -> None:
        try:
            running = sum(
                float(run(dynamics, path_of(part)).time_s[-1])
                for part in route.runs
                if part.length_m > 0.0
            )
        except NoPlan as refused:
            failed.append((route, refused))
            return
        turns = route.reversals * train.turn_s if route.reversals else 0.0
        found.append(Candidate(route, running, turns))

    best_s = np.inf
    lower_bound = beyond_s
    for route in routes:
        if route.cost_s >= best_s:
            lower_bound = max(route.cost_s, best_s)
            break
        simulate(route)
        best_s = min((candidate.score_s for candidate in found), default=np.inf)
    if lower_bound < best_s:
        for route in RouteChoices(router).alternatives(train, stops, question=question)[1:]:
            simulate(route)
    if not found:
        raise failed[0][1]
    ranked = tuple(sorted(found, key=lambda candidate: (candidate.score_s, candidate.time_s)))
    bound = min(lower_bound, ranked[0].score_s)
    return Choice(ranked[0], ranked, tuple(failed), bound)
