"""What is done with a standing train: timed task lists.

::

    locomotive change   uncouple | leave | come on | couple | brake test
    reversal            uncouple | run round | couple | brake test
    break of gauge      shunt in | lift 1 | lift 2 ... | shunt out | brake test
                        `-- the facility is taken --------------'

Locomotives do not cross a break of gauge; the fresh ones come on before the
brake test, whose time covers that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retinue.counting import counted
from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.formation import Formation
from retinue.rail.operation_times import (
    BogieExchangeTimes,
    OperationTimes,
    TaskTime,
    operation_times,
)
from retinue.rail.rolling_stock import Locomotive
from retinue.world.rail_route import Facility

__all__ = [
    "Operation",
    "Task",
    "break_of_gauge",
    "facility_starts",
    "locomotive_change",
    "reversal",
]

Kind = Literal["locomotive-change", "reversal", "bogie-exchange", "gauge-adjustment"]


@dataclass(frozen=True)
class Task:
    """One task of an operation.

    Attributes
    ----------
    duration_s
        Likely time.
    takes_facility
        Another train that waits for the facility waits for this task too.
    """

    what: str
    duration_s: float
    source: str
    confidence: str
    takes_facility: bool = False


@dataclass(frozen=True)
class Operation:
    """Tasks one after the other, with a range for the whole.

    Attributes
    ----------
    tasks
        They add up to ``likely_s``.
    assumptions
        (what, value, because) of what nobody published.
    start_offset_s
        How long the trains ahead hold the facility from the moment they begin.
    """

    kind: Kind
    tasks: tuple[Task, ...]
    low_s: float
    likely_s: float
    high_s: float
    assumptions: tuple[tuple[str, str, str], ...] = ()
    start_offset_s: float = 0.0

    @property
    def facility_s(self) -> float:
        """Likely time for which the facility is taken."""
        return sum(task.duration_s for task in self.tasks if task.takes_facility)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60.0:.0f} min"


def _tasks(entries: Sequence[TaskTime], formation: Formation, locomotives: int) -> tuple[Task, ...]:
    return tuple(
        Task(
            entry.task,
            entry.likely_s(
                coaches=len(formation.coaches), locomotives=locomotives, length_m=formation.length_m
            ),
            entry.source,
            entry.confidence,
        )
        for entry in entries
    )


def _operation(kind: Kind, tasks: tuple[Task, ...], times: OperationTimes) -> Operation:
    likely = sum(task.duration_s for task in tasks)
    assumed = tuple(
        (f"{kind.replace('-', ' ')}: {task.what}", _minutes(task.duration_s), task.source)
        for task in tasks
        if task.confidence == "assumed"
    )
    return Operation(kind, tasks, times.low * likely, likely, times.high * likely, assumed)


def locomotive_change(
    formation: Formation,
    locomotives: Sequence[Locomotive],
    *,
    times: OperationTimes | None = None,
) -> Operation:
    """Return the task list of a change of locomotives; it ends in a brake test.

    Parameters
    ----------
    formation
        The train as it arrives.
    locomotives
        Those that take over.

    Raises
    ------
    InputError
        Where none takes over.
    """
    if not locomotives:
        raise InputError(
            "no locomotive takes over",
            where=formation.name,
            cure='Name some: "locomotives: [...]".',
        )
    times = times or operation_times()
    tasks = _tasks(times.locomotive_change, formation, len(locomotives))
    return _operation("locomotive-change", tasks, times)


def reversal(formation: Formation, *, times: OperationTimes | None = None) -> Operation:
    """Return the task list of a run-round; `Formation.reversed` is the train after it."""
    times = times or operation_times()
    tasks = _tasks(times.reversal, formation, len(formation.locomotives))
    return _operation("reversal", tasks, times)


def break_of_gauge(
    formation: Formation,
    facility: Facility,
    queue: Sequence[Formation] = (),
    *,
    times: OperationTimes | None = None,
) -> Operation:
    """Return the task list of a change of gauge.

    Where the facility's lift positions and lift time are known the time is shunting +
    ceil(coaches / lift positions) x lift time + brake test; else the range published for a
    whole train, of which a fixed share holds for any train and the rest grows with
    its coaches.  ``assumptions`` say which was used.

    Parameters
    ----------
    formation
        The train; its locomotives stay behind.
    facility
        What the place has.
    queue
        Trains that the facility takes first, in order: ``start_offset_s`` is the time for which
        they hold it.  With known arrivals use `facility_starts`.

    Raises
    ------
    NoPlan
        Where a coach cannot change in this way (kind ``gauge``).
    """
    times = times or operation_times()
    ahead = sum(break_of_gauge(other, facility, times=times).facility_s for other in queue)
    if facility.kind not in ("bogie-exchange", "gauge-adjustment"):
        raise NoPlan(
            f'a facility of the kind "{facility.kind}" does not change the gauge',
            reasons=[Reason(f"no change of gauge by {facility.kind}", kind="gauge")],
        )
    _check_coaches(formation, facility)
    if facility.kind == "gauge-adjustment":
        tasks = _tasks(times.gauge_adjustment, formation, 0)
        held = tuple(
            Task(t.what, t.duration_s, t.source, t.confidence, takes_facility=t is tasks[0])
            for t in tasks
        )
        operation = _operation("gauge-adjustment", held, times)
    elif facility.lift_positions and facility.lift_time_s:
        operation = _by_lifts(formation, facility, times)
    else:
        operation = _by_whole_duration(formation, facility, times)
    return Operation(
        operation.kind,
        operation.tasks,
        operation.low_s,
        operation.likely_s,
        operation.high_s,
        operation.assumptions,
        ahead,
    )


def _check_coaches(formation: Formation, facility: Facility) -> None:
    for coach in formation.coaches:
        able = coach.vehicle.change_of_gauge == facility.kind and all(
            gauge in coach.vehicle.gauges_mm for gauge in facility.gauges_mm
        )
        if not able:
            gauges = " and ".join(str(g) for g in facility.gauges_mm) or "another gauge"
            way = facility.kind.replace("-", " ")
            what = f"{coach.label} ({coach.vehicle.title}) cannot change to {gauges} mm by {way}"
            cure = "Take a second train from there, or coaches made for it."
            raise NoPlan(
                f"the train cannot change gauge: {what}",
                reasons=[Reason(what, cure=cure, kind="gauge")],
                where=formation.name,
                cure=cure,
            )


def _by_lifts(formation: Formation, facility: Facility, times: OperationTimes) -> Operation:
    assert facility.lift_positions is not None and facility.lift_time_s is not None
    rule = times.bogie_exchange
    coaches = len(formation.coaches)
    lifts = math.ceil(coaches / facility.lift_positions)
    shunting, ground = facility.shunting_s, (facility.source, facility.confidence)
    if shunting is None:
        basis = rule.basis_of("shunting")
        shunting, ground = rule.shunting, (basis.source, basis.confidence)
    own = (facility.source, facility.confidence)
    split = [coaches // lifts + (1 if i < coaches % lifts else 0) for i in range(lifts)]
    tasks = (
        Task("shunting to the lifts", shunting / 2.0, *ground, takes_facility=True),
        *(
            Task(
                f"lift {i} of {lifts}: {counted(n, 'coach')}",
                facility.lift_time_s,
                *own,
                takes_facility=True,
            )
            for i, n in enumerate(split, start=1)
        ),
        Task("shunting from the lifts", shunting / 2.0, *ground, takes_facility=True),
        *_tasks([rule.brake_test], formation, 0),
    )
    operation = _operation("bogie-exchange", tasks, times)
    likely = operation.likely_s
    factor = _share_of_whole_train(coaches, rule)
    # A range that the facility publishes for a whole train stands above one worked out here.
    low = operation.low_s if facility.low_s is None else min(factor * facility.low_s, likely)
    high = operation.high_s if facility.high_s is None else max(factor * facility.high_s, likely)
    beside = (
        f"; its {facility.likely_s / 3600.0:g} h for a whole train stands beside"
        if facility.likely_s is not None
        else ""
    )
    timed = (
        "bogie exchange: how it was timed",
        f"{counted(lifts, 'lift')} of {facility.lift_positions} positions for "
        + counted(coaches, "coach"),
        (facility.source or "lift positions and lift time of the line book")
        + (f": {facility.note}" if facility.note else "")
        + beside,
    )
    return Operation("bogie-exchange", tasks, low, likely, high, (*operation.assumptions, timed))


def _share_of_whole_train(coaches: int, rule: BogieExchangeTimes) -> float:
    """Return the time of a train of so many coaches over that of the train a range stands for."""
    return rule.fixed_share + (1.0 - rule.fixed_share) * coaches / rule.whole_train_coaches


def _by_whole_duration(
    formation: Formation, facility: Facility, times: OperationTimes
) -> Operation:
    rule = times.bogie_exchange
    published = None not in (facility.low_s, facility.likely_s, facility.high_s)
    low, likely, high = (
        (facility.low_s or 0.0, facility.likely_s or 0.0, facility.high_s or 0.0)
        if published
        else (rule.whole_train.low, rule.whole_train.likely, rule.whole_train.high)
    )
    source = facility.source if published else rule.source
    confidence = facility.confidence if published else "assumed"
    coaches = len(formation.coaches)
    factor = _share_of_whole_train(coaches, rule)
    test = _tasks([rule.brake_test], formation, 0)[0]
    total = factor * likely
    test_s = min(test.duration_s, 0.5 * total)
    shunting_s = min(rule.shunting, 0.5 * (total - test_s))
    lifting_s = total - test_s - shunting_s
    tasks = (
        Task("shunting to the lifts", shunting_s / 2.0, source, confidence, takes_facility=True),
        Task(
            f"bogies of {counted(coaches, 'coach')}",
            lifting_s,
            source,
            confidence,
            takes_facility=True,
        ),
        Task("shunting from the lifts", shunting_s / 2.0, source, confidence, takes_facility=True),
        Task("brake test", test_s, source, confidence),
    )
    assumptions = [
        (
            "bogie exchange: how it was timed",
            f"whole duration {low / 3600.0:g} / {likely / 3600.0:g} / {high / 3600.0:g} h, "
            f"times {factor:.2f} for {counted(coaches, 'coach')}",
            "lift positions and lift time are not published; " + source,
        ),
        (
            "bogie exchange: train the duration stands for",
            f"{rule.whole_train_coaches} coaches",
            rule.basis_of("whole_train_coaches").source,
        ),
        (
            "bogie exchange: share that holds for any train",
            f"{100.0 * rule.fixed_share:.0f} %",
            rule.basis_of("fixed_share").source,
        ),
    ]
    return Operation(
        "bogie-exchange", tasks, factor * low, total, factor * high, tuple(assumptions)
    )


def facility_starts(arrive_s: Sequence[float], operations: Sequence[Operation]) -> list[float]:
    """Return when each train begins at a facility that takes one at a time.

    Parameters
    ----------
    arrive_s
        Arrivals in any one time base.  First come, first served; at equal times
        in the order given.
    operations
        What each train needs there.

    Returns
    -------
    list of float
        Starts in the order given, each at or after its arrival.
    """
    order = sorted(range(len(arrive_s)), key=lambda index: (arrive_s[index], index))
    starts = [0.0] * len(arrive_s)
    free_s = -math.inf
    for index in order:
        starts[index] = max(arrive_s[index], free_s)
        free_s = starts[index] + operations[index].facility_s
    return starts
