"""Other trains as clearing sees them: what each may do instead, and what that holds when.

A train may wait at stations, not on the open line.  Between two stations where it may wait all of
its times shift by one delay; what it holds shifts with them, a station's track from the delay of
its coming to that of its leaving::

    delay       D0                 D1                    D2
    A |----------------- B |=====|------------- C |=====|------------ D
      blocks shifted by D0   until D1 later        ...

Alternatives of a train are whole runs: as it is (re-timed), ended early, led another way, none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from retinue.traffic.occupation import MOVING, STANDING
from retinue.traffic.occupying import Profile, occupy_way
from retinue.traffic.overtaking import passages_of
from retinue.traffic.resource import Kind

if TYPE_CHECKING:
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.clearing_rules import ClassMeasures
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.occupation import Occupations
    from retinue.traffic.overtaking import Passing
    from retinue.traffic.traffic import Traffic
    from retinue.traffic.train_run import TrainRun

__all__ = [
    "Alternative",
    "DelayedRow",
    "Measure",
    "alternatives",
    "delayed_run",
    "passing_rows",
    "published_row",
    "waiting_calls",
]

Measure = Literal["re-timed", "re-routed", "shortened", "cancelled"]

DETOUR = 1.5
"""A detour is at most so many times as long."""

DETOUR_SHARE = 0.9
"""Share of the sections' speeds that a detour is run with."""


@dataclass(frozen=True)
class DelayedRow:
    """One hold: from ``from_s`` plus delay number ``first`` to ``to_s`` plus number ``last``.

    -1: not delayed.

    Attributes
    ----------
    published
        The timetable has it so.
    stood
        Of a station or of the block before a halt: when the train comes and when it leaves, later
        by the first and the last delay; -inf where its run begins, inf where it ends.
    if_waits
        It counts where its last delay is more than its first alone.
    """

    resource: int
    from_s: float
    to_s: float
    first: int
    last: int
    state: int
    published: bool = True
    stood: tuple[float, float] | None = None
    if_waits: bool = False

    def in_state(self, state: int | None) -> tuple[DelayedRow, ...]:
        """Return what of it counts for a rule about trains in one state; None: about all.

        Who stands comes and goes in motion.  Who passes may have to wait: then he stands there,
        and is in motion until he comes and after he leaves.
        """
        if state is None:
            return (self,)
        if state == STANDING:
            if self.state == STANDING:
                return (self,)
            return () if self.stood is None else (replace(self, if_waits=True),)
        if self.stood is None:
            return (self,) if self.state == MOVING else ()
        comes, leaves = self.stood
        parts = (
            replace(self, to_s=comes, last=self.first, stood=None),
            replace(self, from_s=leaves, first=self.last, stood=None),
        )
        return tuple(part for part in parts if part.to_s > part.from_s)


@dataclass(frozen=True, eq=False)
class Alternative:
    """What one train may do.

    Attributes
    ----------
    run
        As it would run without any delay; None: it does not run.
    cost
        Fixed, in weighted seconds.
    waits
        Positions of calls at which a delay begins: one delay each.
    recovery_s
        For each delay, how much of the one before is made up by a shorter stop.
    stop_s
        For each delay, what is lost where the train has to stop for it; 0: it stops anyway.
    may_grow
        For each delay, whether the train may wait there.
    share
        For each delay its part in the cost, weighted seconds a second.
    """

    measure: Measure
    run: TrainRun | None
    cost: float = 0.0
    waits: tuple[int, ...] = ()
    recovery_s: tuple[float, ...] = ()
    stop_s: tuple[float, ...] = ()
    may_grow: tuple[bool, ...] = ()
    share: tuple[float, ...] = ()
    rows: tuple[DelayedRow, ...] = ()


def waiting_calls(network: LineNetwork, run: TrainRun) -> tuple[int, ...]:
    """Return the positions of the calls at which a run may wait; the first always."""
    last = len(run.calls) - 1
    inner = (
        i
        for i, call in enumerate(run.calls)
        if 0 < i < last and network.stations[call.node].resource >= 0
    )
    return (0, *inner)


def _timed(
    network: LineNetwork,
    run: TrainRun,
    held: Occupations,
    origin_s: float,
    measures: ClassMeasures,
    measure: Measure,
    cost: float,
    calls: int,
) -> Alternative:
    """Return an alternative of a run with what it holds; ``calls``: of the published train."""
    waits = waiting_calls(network, run)
    last = len(run.calls) - 1
    recovery, lost, grows = [0.0], [0.0], [True]
    for position in waits[1:]:
        call = run.calls[position]
        place = network.resources[network.stations[call.node].resource]
        dwell = call.depart_s - call.arrive_s
        recovery.append(max(0.0, dwell - call.minimum_dwell_s) if call.stops else 0.0)
        lost.append(0.0 if call.stops else measures.stop_s)
        grows.append(call.stops or place.holds(run.length_m) is not False)

    def delay(position: int) -> int:
        """Return the number of the delay with which a train leaves a call."""
        return bisect_right(waits, position) - 1

    share = [0.0] * len(waits)
    for position in range(1, last + 1):
        if run.calls[position].stops:
            share[delay(position - 1)] += measures.weight / max(calls, 1)
    rows = []
    for i in range(len(held)):
        at = int(held.call[i])
        first = last_delay = delay(at)
        if held.kind[i] != Kind.BLOCK:
            first = delay(at - 1) if at > 0 else -1
            last_delay = delay(min(at, last - 1))
        rows.append(_row(run, held, i, origin_s, first, last_delay, measure != "re-routed"))
    return Alternative(
        measure, run, cost, waits, tuple(recovery), tuple(lost), tuple(grows), tuple(share),
        tuple(rows),
    )  # fmt: skip


def _row(
    run: TrainRun,
    held: Occupations,
    i: int,
    origin_s: float,
    first: int = -1,
    last: int = -1,
    published: bool = True,
) -> DelayedRow:
    """Return one row of what a run holds, with its delays."""
    state = int(held.state[i])
    stood = None
    at = int(held.call[i]) + (held.kind[i] == Kind.BLOCK)
    if held.kind[i] == Kind.STATION or state == STANDING:
        call = run.calls[at]
        ends = at in (0, len(run.calls) - 1)
        if call.stops or not ends:
            stood = (
                -np.inf if at == 0 else call.arrive_s - origin_s,
                np.inf if at == len(run.calls) - 1 else call.depart_s - origin_s,
            )
    return DelayedRow(
        int(held.resource[i]),
        float(held.from_s[i]) - origin_s,
        float(held.to_s[i]) - origin_s,
        first,
        last,
        state,
        published,
        stood,
    )


def published_row(traffic: Traffic, row: int, origin_s: float) -> DelayedRow:
    """Return one row of the timetable, that of a run, without any delay."""
    held = traffic.occupations
    return _row(traffic.runs[int(held.train[row])], held, row, origin_s)


def passing_rows(option: Alternative, origin_s: float) -> Iterator[tuple[Passing, DelayedRow]]:
    """Yield how an alternative passes stations, as rows that must keep out of stands there.

    Nobody overtakes who comes before the special train or leaves after it: a hold that "begins"
    with the leaving and "ends" with the coming is so before a stand or after it.
    """
    if option.run is None:
        return
    for passing, come, leave in passages_of(option.run):
        first = bisect_right(option.waits, leave) - 1
        last = bisect_right(option.waits, come - 1) - 1
        leaves, comes = option.run.calls[leave].depart_s, option.run.calls[come].arrive_s
        yield (
            passing,
            DelayedRow(-1, leaves - origin_s, comes - origin_s, first, last, MOVING),
        )


def alternatives(
    network: LineNetwork,
    run: TrainRun,
    held: Occupations,
    rules: BlockingRules,
    measures: ClassMeasures,
    origin_s: float,
    avoided: frozenset[int],
    kept_whole: bool,
) -> list[Alternative]:
    """Return what a train may do.

    Parameters
    ----------
    held
        What it holds as published, rows of one run.
    avoided
        Sections of the special train's way.
    kept_whole
        Whether it may only be re-timed or cancelled (it is coupled with another train).
    """
    calls = sum(call.stops for call in run.calls[1:])
    base = network, measures, origin_s
    found = [_timed(network, run, held, origin_s, measures, "re-timed", 0.0, calls)]
    if not kept_whole:
        for short in (_shortened(network, run, avoided), _led_round(network, run, avoided)):
            if short is None:
                continue
            other, measure = short
            found.append(_other(base, run, other, measure, rules, calls))
    found.append(Alternative("cancelled", None, measures.weight * measures.cancelled_s))
    return found


def _other(
    base: tuple[LineNetwork, ClassMeasures, float],
    run: TrainRun,
    other: TrainRun,
    measure: Measure,
    rules: BlockingRules,
    calls: int,
) -> Alternative:
    network, measures, origin_s = base
    way = network.along(other.steps)
    held = occupy_way(network, 0, other, way, Profile.of_run(other, way), rules)
    made = {call.node for call in other.calls if call.stops}
    missed = sum(call.stops and call.node not in made for call in run.calls[1:])
    cost = measures.weight * measures.missed_s * missed / max(calls, 1)
    if measure == "re-routed":
        late = max(0.0, other.calls[-1].arrive_s - run.calls[-1].arrive_s)
        cost += measures.weight * late
    return _timed(network, other, held, origin_s, measures, measure, cost, calls)


def _shortened(
    network: LineNetwork, run: TrainRun, avoided: frozenset[int]
) -> tuple[TrainRun, Measure] | None:
    """End a run at its last stop at a station before the special train's way."""
    first = next((i for i, step in enumerate(run.steps) if step.section in avoided), None)
    if first is None:
        return None
    ends = [
        i
        for i in range(1, first + 1)
        if run.calls[i].stops and network.stations[run.calls[i].node].resource >= 0
    ]
    if not ends or ends[-1] == len(run.calls) - 1:
        return None
    end = ends[-1]
    last = replace(run.calls[end], depart_s=run.calls[end].arrive_s, minimum_dwell_s=0.0)
    return replace(run, calls=(*run.calls[:end], last), steps=run.steps[:end]), "shortened"


def _led_round(
    network: LineNetwork, run: TrainRun, avoided: frozenset[int]
) -> tuple[TrainRun, Measure] | None:
    """Lead a run round the special train's way, calling where it still comes by."""
    from retinue.errors import NoPlan

    if not any(step.section in avoided for step in run.steps):
        return None
    try:
        steps = network.way(run.calls[0].node, run.calls[-1].node, closed=avoided)
    except NoPlan:
        return None
    length = sum(network.sections[s.section].length_m for s in steps)
    if not steps or length > DETOUR * sum(network.sections[s.section].length_m for s in run.steps):
        return None
    wanted = {call.node: call for call in run.calls if call.stops}
    now = run.calls[0].depart_s
    calls = [run.calls[0]]
    for step in steps:
        section = network.sections[step.section]
        top = min(section.speed_mps, run.top_speed_mps) * DETOUR_SHARE
        now += section.length_m / max(top, 1.0)
        node = network.other_end(step)
        asked = wanted.get(node)
        leave = now
        if asked is not None:
            leave = max(now + asked.minimum_dwell_s, asked.depart_s)
        calls.append(
            replace(
                run.calls[0],
                node=node,
                arrive_s=now,
                depart_s=leave,
                stops=asked is not None,
                minimum_dwell_s=asked.minimum_dwell_s if asked else 0.0,
                timed="interpolated",
            )
        )
        now = leave
    last = calls[-1]
    calls[-1] = replace(last, depart_s=last.arrive_s, stops=True, minimum_dwell_s=0.0)
    return replace(run, calls=tuple(calls), steps=steps), "re-routed"


def delayed_run(of: Alternative, delays: Sequence[float]) -> TrainRun:
    """Return the run of an alternative with its delays."""
    assert of.run is not None
    calls = []
    for position, call in enumerate(of.run.calls):
        leaves = delays[bisect_right(of.waits, position) - 1]
        comes = delays[bisect_right(of.waits, position - 1) - 1] if position else leaves
        if position == len(of.run.calls) - 1:
            leaves = comes
        waits = position in of.waits and leaves - comes > 0.5 and not call.stops
        calls.append(
            replace(
                call,
                arrive_s=call.arrive_s + comes,
                depart_s=call.depart_s + leaves,
                stops=call.stops or waits,
            )
        )
    return replace(of.run, calls=tuple(calls))


def rows_of_runs(held: Occupations, runs: int) -> Mapping[int, np.ndarray]:
    """Return the row numbers of each run, in the order of its way."""
    order = np.lexsort((held.from_s, held.train))
    bounds = np.searchsorted(held.train[order], np.arange(runs + 1))
    return {i: order[bounds[i] : bounds[i + 1]] for i in range(runs)}
