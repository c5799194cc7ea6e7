"""Is a dispatching solution sound?  Every rule that it breaks, from the two files alone.

The rules are those of the DISPLIB specification of 17 September 2025, section 1.1.  Time alone does
not order events: the list does.  A train's event ends its operation before, so what two trains may
do at one instant hangs on which event stands first.

The walk goes through the list once and keeps, for each resource, the operations that hold it and
the two latest moments until which past ones keep it resting (of two trains, because a train does
not wait for its own release time).  So an instance of 50,000 operations takes a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from retinue.checks.dispatch_document import (
    Component,
    Event,
    Operation,
    ProblemDocument,
    read_events,
    read_problem,
)
from retinue.checks.dispatch_faults import KINDS, DispatchFault
from retinue.checks.dispatch_instants import ring_members
from retinue.json_document import read_json

__all__ = ["KINDS", "DispatchFault", "Verification", "verify", "verify_documents"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier found.

    Attributes
    ----------
    faults
        Every broken rule; empty where the solution is feasible and its value right.
    objective
        The objective value computed from the events; None where these are not to be understood.
    claimed
        The objective value that the solution states.
    trains, events
        How many were looked at.
    """

    faults: tuple[DispatchFault, ...]
    objective: int | None
    claimed: int | None
    trains: int
    events: int

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as ``--json`` prints it."""
        return {
            "feasible": self.feasible,
            "objective": self.objective,
            "claimed": self.claimed,
            "trains": self.trains,
            "events": self.events,
            "kinds": dict(sorted(Counter(fault.kind for fault in self.faults).items())),
            "faults": [fault.as_dict() for fault in self.faults],
        }


def verify(problem: Path, solution: Path) -> Verification:
    """Verify a solution file against its problem file.

    Raises
    ------
    InputError
        Where a file cannot be read or is no JSON.  Anything else is a fault.
    """
    return verify_documents(read_json(problem).value, read_json(solution).value)


def verify_documents(problem: Any, solution: Any) -> Verification:
    """Verify bare JSON values, as a JSON reader returns them."""
    sound, broken = read_problem(problem)
    if sound is None:
        return Verification(broken, None, None, 0, 0)
    events, claimed, unread = read_events(solution, sound.trains)
    faults = list(unread)
    faults += _time_order(events)
    runs: list[list[Event]] = [[] for _ in sound.trains]
    for event in events:
        runs[event.train].append(event)
    for train, run in enumerate(runs):
        faults += _run(train, run, sound.trains[train])
    faults += _resources(events, runs, sound)
    objective = sum(_cost(part, runs[part.train]) for part in sound.components)
    if claimed is not None and claimed != objective:
        words = f"the objective value is {objective}, not {claimed}"
        faults.append(DispatchFault("wrong-objective", words))
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    faults.sort(key=lambda fault: (order[fault.kind], fault.event or 0))
    return Verification(tuple(faults), objective, claimed, len(runs), len(events))


def _time_order(events: Sequence[Event]) -> list[DispatchFault]:
    faults = []
    latest: Event | None = None
    for event in events:
        if latest is not None and event.time < latest.time:
            words = f"at {event.time} behind an event (number {latest.place}) at {latest.time}"
            faults.append(_fault("time-order", event, words))
        else:
            latest = event
    return faults


def _run(train: int, run: Sequence[Event], operations: Sequence[Operation]) -> list[DispatchFault]:
    """Check one train's own events: path, windows, durations."""
    if not run:
        return [DispatchFault("missing-train", f"train {train} has no event", train=train)]
    faults = []
    seen: dict[int, Event] = {}
    for event in run:
        if event.operation in seen:
            words = f"a second time (first: event {seen[event.operation].place})"
            faults.append(_fault("repeated-operation", event, words))
        seen.setdefault(event.operation, event)
    if run[0].operation != 0:
        faults.append(_fault("wrong-entry", run[0], "as its first operation; its entry is 0"))
    for before, event in pairwise(run):
        done = operations[before.operation]
        if event.operation not in done.successors:
            known = ", ".join(map(str, done.successors)) or "none"
            words = f"after operation {before.operation}, whose successors are: {known}"
            faults.append(_fault("broken-path", event, words))
        lasted = event.time - before.time
        if lasted < done.duration:
            words = (
                f"train {train} ends operation {before.operation} (started at {before.time}) at"
                f" {event.time}, after {lasted} instead of at least {done.duration}"
            )
            faults.append(
                DispatchFault(
                    "short-duration", words, event.place, train, before.operation, event.time
                )
            )
    if run[-1].operation != len(operations) - 1:
        words = f"as its last operation; its exit is {len(operations) - 1}"
        faults.append(_fault("unfinished", run[-1], words))
    for event in run:
        operation = operations[event.operation]
        if event.time < operation.earliest:
            words = f"at {event.time}, {operation.earliest - event.time} before its lower bound"
            faults.append(_fault("early-start", event, f"{words} {operation.earliest}"))
        if operation.latest is not None and event.time > operation.latest:
            words = f"at {event.time}, {event.time - operation.latest} after its upper bound"
            faults.append(_fault("late-start", event, f"{words} {operation.latest}"))
    return faults


@dataclass(slots=True)
class _Held:
    """One resource: the event of each train that holds it, and until when past ones bind."""

    holders: dict[int, Event]
    #: (free from, the event that held it): the latest, and the latest of any other train.
    resting: list[tuple[int, Event]]
    #: (event that held it, event that gave it up) of the latest instant.
    given: list[tuple[Event, Event]]


def _resources(
    events: Sequence[Event], runs: Sequence[Sequence[Event]], problem: ProblemDocument
) -> list[DispatchFault]:
    """Check that no two trains have a resource at once, release times included."""
    ends = {event.place: after for run in runs for event, after in pairwise(run)}
    before: dict[int, Event] = {}
    resources: dict[str, _Held] = {}
    faults: list[DispatchFault] = []
    at_one_instant: list[tuple[Event, Event, str]] = []
    takings: list[tuple[Event, Event, Event]] = []
    for event in events:
        train = event.train
        ended = before.get(train)
        if ended is not None:
            for name, release in problem.trains[train][ended.operation].release.items():
                held = resources[name]
                del held.holders[train]
                _rest(held, event.time + release, ended)
                held.given = [pair for pair in held.given if pair[1].time == event.time]
                held.given.append((ended, event))
        before[train] = event
        for name in problem.trains[train][event.operation].release:
            held = resources.setdefault(name, _Held({}, [], []))
            for other in held.holders.values():
                end = ends.get(other.place)
                if end is not None and end.time == event.time:
                    at_one_instant.append((event, other, name))
                    takings.append((event, other, end))
                else:
                    faults.append(_conflict(event, other, end, name))
            takings += [
                (event, other, end)
                for other, end in held.given
                if end.time == event.time and other.train != train
            ]
            for free_from, other in held.resting:
                if other.train != train and free_from > event.time:
                    words = (
                        f"and takes {name} at {event.time}; train {other.train}'s operation"
                        f" {other.operation} keeps it resting until {free_from}"
                    )
                    faults.append(_fault("release-time", event, words, name))
            held.holders[train] = event
    rings = ring_members(takings, runs) if at_one_instant else set()
    for event, other, name in at_one_instant:
        faults.append(_instant(event, other, name, (event.place, other.place) in rings))
    return faults


def _rest(held: _Held, free_from: int, event: Event) -> None:
    kept = [item for item in held.resting if item[1].train != event.train]
    own = [item for item in held.resting if item[1].train == event.train]
    own.append((free_from, event))
    kept.append(max(own, key=lambda item: item[0]))
    kept.sort(key=lambda item: -item[0])
    held.resting = kept[:2]


def _conflict(event: Event, other: Event, end: Event | None, name: str) -> DispatchFault:
    holder = f"train {other.train}'s operation {other.operation} holds from {other.time}"
    if end is None:
        return _fault("held-at-exit", event, f"and takes {name}, which {holder} for ever", name)
    words = f"at {event.time} and takes {name}, which {holder} to {end.time}"
    return _fault("resource-conflict", event, words, name)


def _instant(event: Event, other: Event, name: str, ring: bool) -> DispatchFault:
    words = (
        f"at {event.time} and takes {name}, which train {other.train}'s operation"
        f" {other.operation} gives up at the same instant but later in the list"
    )
    if ring:
        words += "; the trains exchange resources in a ring, so that no order would do"
    return _fault("swap" if ring else "instant-order", event, words, name)


def _cost(part: Component, run: Sequence[Event]) -> int:
    """Return coeff * max(0, t - threshold) + increment * H(t - threshold), with H(0) = 1."""
    time = next((event.time for event in run if event.operation == part.operation), None)
    if time is None or time < part.threshold:
        return 0
    return part.coefficient * (time - part.threshold) + part.increment


def _fault(kind: str, event: Event, words: str, resource: str | None = None) -> DispatchFault:
    text = f"train {event.train} starts operation {event.operation} {words}"
    return DispatchFault(
        kind, text, event.place, event.train, event.operation, event.time, resource
    )
