"""Clearing the line: the least that other trains must give so that a fixed special path is free.

The exact model (`retinue.traffic.clearing_model`) begins with the trains that stand in the special
convoy's windows, and grows by those that its answers would newly bring into conflict::

    trains in the windows --> model --> answer --> new conflicts? --yes--> add trains, meetings
                                           ^                                     |
                                           '-------------------------------------'
                                        no: the answer holds for all trains

Every model leaves something out, so its bound holds for the whole; the last answer clashes with
nothing, so where it is the model's optimum it is the optimum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.traffic.clearing_growth import Clearing, numbered
from retinue.traffic.clearing_model import Chosen, ModelAnswer
from retinue.traffic.clearing_rules import shipped_clearing_rules
from retinue.traffic.clearing_trains import Measure, delayed_run
from retinue.traffic.clearing_windows import MARGIN_S, ConvoyWindows
from retinue.traffic.record import known_overlaps

if TYPE_CHECKING:
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.clearing_rules import ClassMeasures
    from retinue.traffic.insertion import HeldWindow
    from retinue.traffic.traffic import Traffic
    from retinue.traffic.train_run import TrainClass, TrainRun

__all__ = ["Altered", "Cleared", "clear"]

ROUNDS = 60

POLISHED, WORTH = 2, 0.02
"""A large model is solved again so often at most, as long as so much is gained."""


@dataclass(frozen=True, eq=False)
class Altered:
    """A train that gives way.

    Attributes
    ----------
    new
        None where it is cancelled.
    delay_s
        At its destination.
    cost
        Weighted seconds, over its calls.
    because
        What of the special train's it would have met first.
    """

    train: int
    old: TrainRun
    new: TrainRun | None
    measure: Measure
    delay_s: float
    cost: float
    weight: float
    because: str


@dataclass(frozen=True, eq=False)
class Cleared:
    """What clearing costs.

    Attributes
    ----------
    cost, bound
        Weighted seconds of delay, and what no solution can be below.
    passenger_s
        Passengers times their delay; cancelled and missed calls as `ClassMeasures` counts them.
    held_cost
        Cost of holding every train out of the whole way, and of what rules keep free, for the whole
        time, without what those held trains would cost each other.
    optimal
        Whether nothing cheaper exists within the measures.
    considered
        Trains that were in the model.
    """

    altered: tuple[Altered, ...]
    cost: float
    bound: float
    passenger_s: float
    held_cost: float
    optimal: bool
    considered: int
    rounds: int

    @property
    def gap(self) -> float:
        """Share of the cost that is not proven to be needed."""
        return 0.0 if self.optimal or self.cost <= 0.0 else 1.0 - self.bound / self.cost


def clear(
    traffic: Traffic,
    windows: Sequence[HeldWindow],
    blocking: BlockingRules,
    *,
    avoided: frozenset[int] = frozenset(),
    measures: Mapping[TrainClass, ClassMeasures] | None = None,
    limit: float = 1.0,
    most: int = 24,
    known: Sequence[tuple[str, str, int]] | None = None,
) -> Cleared:
    """Clear the special convoy's windows of other trains at the least cost.

    Parameters
    ----------
    windows
        What the convoy and the rules of protection hold when; they stay as they are.
    avoided
        Sections of the special train's way, which a train led round avoids.
    measures
        By class; by default the shipped ones.
    limit
        Deterministic seconds of the solver for each round.
    most
        Trains in the model, those in the way apart: beyond it others stay as published, and
        the bound is that of the model before.
    known
        `known_overlaps` of the traffic, where they are at hand.

    Raises
    ------
    InputError
        Where OR-Tools is not installed.
    """
    origin = math.floor(min((w.from_s for w in windows), default=0.0))
    work = Clearing(
        traffic,
        blocking,
        measures or shipped_clearing_rules(),
        origin,
        avoided,
        ConvoyWindows(traffic, windows, origin),
        limit,
        most,
        numbered(traffic, known_overlaps(traffic) if known is None else known),
    )
    work.first_trains()
    held_cost = _held(work)
    chosen: dict[int, Chosen] = {}
    bound, rounds, optimal = 0.0, 0, True
    cost = 0.0
    while work.units and rounds < ROUNDS:
        rounds += 1
        answer = work.solve(chosen)
        if not work.cut_off:
            bound = max(bound, answer.bound)
            if not answer.optimal:
                bound = max(bound, work.solve(answer.chosen, bounding=True).bound)
        if not answer.chosen:
            optimal = False
            chosen = _all_cancelled(work)
        else:
            answer = _polished(work, answer)
            chosen, optimal, cost = answer.chosen, answer.optimal, answer.cost
        open_before = not work.cut_off
        work.effort = answer.effort
        if not work.grows(chosen):
            break
        if work.cut_off and open_before:
            work.complete()
    else:
        if work.units:
            chosen, optimal = _all_cancelled(work), False
    altered = tuple(_altered(work, train, chosen) for train in sorted(work.units))
    # Who is led round may lose nothing by it, and is still not where the timetable has it.
    changed = tuple(
        a for a in altered if a.cost > 0.0 or a.delay_s > 0.5 or a.measure != "re-timed"
    )
    cost = sum(a.cost for a in altered)
    return Cleared(
        changed,
        cost,
        min(bound, cost),
        sum(a.cost / a.weight * a.old.passengers for a in changed if a.weight > 0.0),
        held_cost,
        optimal and not work.cut_off and cost <= bound + 1.0,
        len(work.units),
        rounds,
    )


def _polished(work: Clearing, answer: ModelAnswer) -> ModelAnswer:
    """Solve a model that grows no more again from its own answer, as long as that helps."""
    if not work.cut_off:
        return answer
    for seed in range(2, 2 + POLISHED):
        if answer.optimal:
            break
        again = work.solve(answer.chosen, seed=seed)
        if not again.chosen or again.cost >= (1.0 - WORTH) * answer.cost:
            break
        answer = again
    return answer


def _all_cancelled(work: Clearing) -> dict[int, Chosen]:
    return {train: Chosen(len(unit.options[0]) - 1, ()) for train, unit in work.units.items()}


def _altered(work: Clearing, train: int, chosen: Mapping[int, Chosen]) -> Altered:
    option, taken = work.option_of(train, chosen)
    old = work.traffic.runs[train]
    new = None if option.run is None else delayed_run(option, taken.delays)
    delay = 0.0 if new is None else max(0.0, new.calls[-1].arrive_s - old.calls[-1].arrive_s)
    if option.measure == "shortened":
        delay = 0.0
    cost = option.cost + sum(s * d for s, d in zip(option.share, taken.delays, strict=False))
    met = (work.windows.met(train, int(row)) for row in work.rows[train])
    because = next((what for what in met if what is not None), "")
    if not because:
        because = next((what for other, what in work.windows.overtakers() if other == train), "")
    weight = work.measures[old.train_class].weight
    measure: Measure = option.measure
    return Altered(
        train, old, new, measure, delay, cost, weight, because or "a train that gives way"
    )


def _held(work: Clearing) -> float:
    """Return the cost of holding every train out of what the convoy needs for the whole time.

    That is its way and all that the rules of protection keep free.  Each train waits at its last
    station before, until the last window is over; nothing is counted of what held trains do to
    each other, and no train is held longer than it takes to cancel it.
    """
    # Windows of one class of trains, or of works, may open hours before: they are not its time.
    everybody = [window for window in work.windows.listed() if not window.need.selects]
    if not everybody:
        return 0.0
    begin = min(window.from_s for window in everybody) + MARGIN_S
    end = max(window.to_s for window in everybody) - MARGIN_S
    held = work.traffic.occupations
    total = 0.0
    for train, rows in work.rows.items():
        inside = [
            row
            for row in rows
            if work.begin[row] < end
            and work.end[row] > begin
            and work.windows.asks_of(train, int(row))
        ]
        if not inside:
            continue
        run = work.traffic.runs[train]
        measures = work.measures[run.train_class]
        first = min(inside, key=lambda row: work.begin[row])
        wait = max(0.0, end - float(work.begin[first]))
        at = int(held.call[first])
        calls = [i for i in range(1, len(run.calls)) if run.calls[i].stops]
        late = sum(i > at for i in calls) / max(len(calls), 1)
        cost = measures.weight * late * (wait + measures.stop_s)
        total += min(cost, measures.weight * measures.cancelled_s)
    return total
