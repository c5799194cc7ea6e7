"""What is done to a train at a stop: gauge, locomotives, direction, border.

One stop, one list of tasks, one train that leaves it::

    arrives --[border]--[bogie exchange | locomotives | reversal]--> leaves
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.errors import NoPlan, Reason
from retinue.movement import StopTask
from retinue.rail.operations import break_of_gauge, locomotive_change, reversal

if TYPE_CHECKING:
    from retinue.rail.formation import Formation
    from retinue.rail.operations import Operation
    from retinue.rail.request import RailStop
    from retinue.world.rail_route import Facility, RailRoute, RoutePoint

__all__ = ["BORDER_CONTROLS_S", "StopWork", "asks_for_border", "work_at"]

BORDER_CONTROLS_S = 1_800.0
"""Assumed time of border controls where the journey asks for them and gives no time."""

_CHANGES = ("bogie-exchange", "gauge-adjustment")
_GAUGE_WORDS = re.compile(r"bogie|gauge|transposition|wheelset", re.IGNORECASE)
_BORDER_WORDS = re.compile(r"border|customs|passport|frontier", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class StopWork:
    """The tasks of one train at one stop.

    Attributes
    ----------
    tasks
        (what, seconds), one after the other.
    low_s, likely_s, high_s
        Time of all of them.
    facility_s
        For how long a facility that serves one train at a time is taken.
    marks
        (kind of event, text, start, duration) for the timeline, seconds from the
        beginning of the tasks.
    leaves
        The train afterwards.
    notes
        What the plan should say of it.
    assumed
        (what, value, because).
    """

    tasks: tuple[tuple[str, float], ...]
    low_s: float
    likely_s: float
    high_s: float
    facility_s: float
    marks: tuple[tuple[str, str, float, float], ...]
    leaves: Formation
    notes: tuple[str, ...] = ()
    assumed: tuple[tuple[str, str, str], ...] = ()

    @property
    def queues(self) -> bool:
        """Whether a facility is needed that serves one train at a time."""
        return self.facility_s > 0.0

    def duration(self, spread: str) -> float:
        """Return the time of all tasks: ``low``, ``likely`` or ``high``."""
        return {"low": self.low_s, "likely": self.likely_s, "high": self.high_s}[spread]

    def facility(self, spread: str) -> float:
        """Return the time for which the facility is taken: ``low``, ``likely`` or ``high``."""
        if self.likely_s <= 0.0:
            return 0.0
        return self.facility_s * self.duration(spread) / self.likely_s

    def timed(self, wait_s: float) -> tuple[StopTask, ...]:
        """Return the tasks from the arrival on, after a wait for the facility."""
        timed = [StopTask("waits for the facility", 0.0, wait_s)] if wait_s > 0.0 else []
        start = wait_s
        for what, duration in self.tasks:
            timed.append(StopTask(what, start, duration))
            start += duration
        return tuple(timed)


def asks_for_border(stop: RailStop) -> bool:
    """Return whether a stop is for border controls."""
    return bool(_BORDER_WORDS.search(stop.why))


def work_at(formation: Formation, route: RailRoute, entry: RoutePoint, stop: RailStop) -> StopWork:
    """Return what is done to a train at a stop, and the train that leaves it.

    Raises
    ------
    NoPlan
        Kind ``gauge``: no facility here, or no coach that can change; kind
        ``locomotive``: nothing to haul the train on the other gauge.
    """
    operations: list[tuple[str, str, Operation]] = []
    notes: list[str] = []
    leaves = formation
    name = entry.point.name
    exchange = bool(_GAUGE_WORDS.search(stop.why))
    if exchange:
        facility = _facility(formation, entry)
        gauge_mm = _other_gauge(formation, route, entry, facility)
        operation = break_of_gauge(formation, facility)
        way = facility.kind.replace("-", " ")
        operations.append(
            ("gauge-change", f"{way} {formation.gauge_mm} to {gauge_mm} mm", operation)
        )
        if stop.locomotives is None:
            what = f"locomotives do not cross the break of gauge at {name}, and none takes over"
            cure = (
                f"Name those of {gauge_mm} mm:  {{at: {name}, why: {stop.why}, locomotives: [...]}}"
            )
            raise NoPlan(
                what, reasons=[Reason(what, name, cure, "locomotive")], where=name, cure=cure
            )
        leaves = leaves.on_gauge(gauge_mm)
        if entry.reverses:
            leaves = leaves.reversed()
        leaves = leaves.with_locomotives(stop.locomotives)
        notes.append(
            f"{way} to {gauge_mm} mm: {_span(operation)}; toilets stay locked meanwhile; the "
            "facility serves one train after the other: advance, main, following train"
        )
    elif stop.locomotives is not None:
        operation = locomotive_change(formation, stop.locomotives)
        text = " + ".join(engine.title for engine in stop.locomotives)
        operations.append(("locomotive-change", f"changes locomotives to {text}", operation))
        if entry.reverses:
            leaves = leaves.without_locomotives().reversed()
            notes.append("the fresh locomotives come on at the other end, so none runs round")
        leaves = leaves.with_locomotives(stop.locomotives)
    elif entry.reverses:
        operations.append(("reversal", "reverses, formation back to front", reversal(formation)))
        leaves = leaves.reversed()
    tasks: list[tuple[str, float]] = []
    marks: list[tuple[str, str, float, float]] = []
    assumed: list[tuple[str, str, str]] = []
    low = likely = high = facility_s = 0.0
    if asks_for_border(stop) and stop.dwell_s is None:
        tasks.append(("border controls", BORDER_CONTROLS_S))
        marks.append(("task", "border controls", 0.0, BORDER_CONTROLS_S))
        low = likely = high = BORDER_CONTROLS_S
        minutes = f"{BORDER_CONTROLS_S / 60.0:.0f} min"
        assumed.append(("border controls", minutes, "the journey gives no time for them"))
    for kind, text, operation in operations:
        marks.append((kind, text, likely, operation.likely_s))
        tasks += [(task.what, task.duration_s) for task in operation.tasks]
        assumed += operation.assumptions
        facility_s += operation.facility_s
        low += operation.low_s
        likely += operation.likely_s
        high += operation.high_s
    return StopWork(
        tasks=tuple(tasks),
        low_s=low,
        likely_s=likely,
        high_s=high,
        facility_s=facility_s,
        marks=tuple(marks),
        leaves=leaves,
        notes=tuple(notes),
        assumed=tuple(assumed),
    )


def _span(operation: Operation) -> str:
    return (
        f"{operation.low_s / 3600.0:.1f} h at best, {operation.likely_s / 3600.0:.1f} h likely, "
        f"{operation.high_s / 3600.0:.1f} h at worst"
    )


def _facility(formation: Formation, entry: RoutePoint) -> Facility:
    for facility in entry.point.facilities:
        if facility.kind in _CHANGES and formation.gauge_mm in facility.gauges_mm:
            return facility
    name = entry.point.name
    what = f"{name} has no facility that changes the gauge of {formation.gauge_mm} mm"
    cure = "Change gauge where the line book names a facility, or take a second train from there."
    raise NoPlan(what, reasons=[Reason(what, name, cure, "gauge")], where=name, cure=cure)


def _other_gauge(
    formation: Formation, route: RailRoute, entry: RoutePoint, facility: Facility
) -> int:
    others = [gauge for gauge in facility.gauges_mm if gauge != formation.gauge_mm]
    for stretch in route.stretches:
        if stretch.to_m > entry.distance_m:
            for gauge in others:
                if gauge in stretch.gauges_mm:
                    return gauge
    name = entry.point.name
    what = f"no line beyond {name} has another gauge than {formation.gauge_mm} mm"
    cure = "Remove the break of gauge from the stop."
    raise NoPlan(what, reasons=[Reason(what, name, cure, "gauge")], where=name, cure=cure)
