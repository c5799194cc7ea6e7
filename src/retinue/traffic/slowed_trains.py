"""Trains of the timetable under temporary speed restrictions, where their rolling stock is known.

A published time has a reserve; a slow stretch eats it up first.  Between two stops::

    time = max(published, fastest under the restrictions)          by the running-time engine

where the engine runs the class's train as fast as the timetable says, else the published time times
the ratio of both of the engine's.  What is late stays late but for stands longer than the least:
that a driver makes up time is not counted on.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.counting import counted
from retinue.traffic.slow_way import WaySpan, way_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.traffic.engine_timing import EngineTiming
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.restrictions import PlacedRestriction
    from retinue.traffic.train_classes import TrainClasses
    from retinue.traffic.train_run import Call, TrainRun

__all__ = ["slowed_trains"]

#: Later by less than this is no delay: published times are whole minutes.
_LATE_S = 1.0


def slowed_trains(
    network: LineNetwork,
    runs: Sequence[TrainRun],
    placed: Sequence[PlacedRestriction],
    engine: EngineTiming,
    classes: TrainClasses,
) -> tuple[list[TrainRun], tuple[str, ...]]:
    """Return the runs under the speed restrictions that they meet in force, and what was done.

    Parameters
    ----------
    network
        Either view: sections and nodes are numbered alike.
    placed
        As `place_restrictions` returns them; possessions are passed over.
    engine, classes
        Run the trains of the classes that have rolling stock.

    Returns
    -------
    tuple
        The runs, by departure, then id, and sentences on them.
    """
    slow = [entry for entry in placed if entry.restriction.kind == "speed"]
    touched = {step.section for entry in slow for step in entry.steps}
    made, late, kept, unknown = [], 0, 0, 0
    worst: tuple[float, str] = (0.0, "")
    for run in runs:
        spans = _met(network, run, slow) if touched & {s.section for s in run.steps} else []
        train = classes.figures[run.train_class].train if spans else ""
        if not spans:
            made.append(run)
            continue
        if not train:
            unknown += 1
            made.append(run)
            continue
        calls = _slower(network, run, spans, engine, train)
        delay = max(
            new.arrive_s - old.arrive_s
            for new, old in zip(calls, run.calls, strict=True)
            if old.stops
        )
        late += delay > _LATE_S
        kept += delay <= _LATE_S
        worst = max(worst, (delay, run.title))
        made.append(replace(run, calls=tuple(calls)))
    notes = []
    if late or kept:
        most = f", most {worst[0] / 60.0:.1f} min ({worst[1]})" if late else ""
        keep = "keeps its" if kept == 1 else "keep their"
        notes.append(
            f"temporary speed restrictions: {counted(late, 'train')} later than published{most},"
            f" {kept} {keep} times out of the reserve; nobody makes up time but in longer stands"
        )
    if unknown:
        keep = "keeps its" if unknown == 1 else "keep their"
        notes.append(
            f"temporary speed restrictions: {counted(unknown, 'train')} {keep} published times, "
            "for nothing is known of the rolling stock"
        )
    made.sort(key=lambda run: (run.depart_s, run.id))
    return made, tuple(notes)


def _met(network: LineNetwork, run: TrainRun, slow: Sequence[PlacedRestriction]) -> list[WaySpan]:
    """Return the restrictions of a run's own direction that hold while it is there."""
    node_m = _node_m(network, run)
    leave = [call.depart_s for call in run.calls]
    found = []
    for span in way_spans(network, run.steps, node_m, slow):
        rule = span.restriction
        first = int(np.searchsorted(node_m, span.from_m, side="right")) - 1
        last = int(np.searchsorted(node_m, span.to_m, side="left"))
        there = leave[max(first, 0)], run.calls[min(last, len(leave) - 1)].arrive_s
        if span.own_track and there[0] < rule.ends_s and there[1] >= rule.begins_s:
            found.append(span)
    return found


def _node_m(network: LineNetwork, run: TrainRun) -> np.ndarray:
    lengths = [network.sections[step.section].length_m for step in run.steps]
    return np.concatenate(([0.0], np.cumsum(lengths)))


def _slower(
    network: LineNetwork,
    run: TrainRun,
    spans: Sequence[WaySpan],
    engine: EngineTiming,
    train: str,
) -> list[Call]:
    node_m = _node_m(network, run)
    stands = [i for i, call in enumerate(run.calls) if call.stops]
    ends = sorted({0, len(run.calls) - 1, *stands})
    calls = [run.calls[0]]
    for one, two in itertools.pairwise(ends):
        begin, end = float(node_m[one]), float(node_m[two])
        here = tuple(
            (max(s.from_m, begin) - begin, min(s.to_m, end) - begin, s.restriction.speed_mps or 0.0)
            for s in spans
            if s.from_m < end and s.to_m > begin
        )
        published = run.calls[two].arrive_s - run.calls[one].depart_s
        leaves = calls[-1].depart_s
        after = np.array([c.arrive_s - run.calls[one].depart_s for c in run.calls[one + 1 : two]])
        time_s = published
        timed = engine.under(train, run.steps[one:two], here) if here else None
        if timed is not None:
            free_s, distance, seconds = timed
            slow_s = float(seconds[-1])
            fits = free_s <= published
            time_s = max(published, slow_s) if fits else published * max(slow_s / free_s, 1.0)
            inner = node_m[one + 1 : two] - begin
            after = np.interp(inner, distance, seconds) * (time_s / slow_s)
        for call, seconds_on in zip(run.calls[one + 1 : two], after.tolist(), strict=True):
            moment = leaves + seconds_on
            timed_by = call.timed if timed is None else "engine"
            calls.append(replace(call, arrive_s=moment, depart_s=moment, timed=timed_by))
        last = run.calls[two]
        arrive = leaves + time_s
        depart = max(last.depart_s, arrive + (last.minimum_dwell_s if last.stops else 0.0))
        calls.append(replace(last, arrive_s=arrive, depart_s=depart))
    return calls
