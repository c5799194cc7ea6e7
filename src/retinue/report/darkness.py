"""When it is dark along a leg, from the dusk and dawn of its timeline."""

from __future__ import annotations

import numpy as np

from retinue.plan import Leg, Plan

__all__ = ["dark_spans", "dark_stretches", "plan_dark_spans"]

Spans = list[tuple[float, float]]


def dark_spans(leg: Leg) -> Spans:
    """Return the spans of darkness between a leg's departure and arrival, Unix seconds."""
    light = leg.details.get("light")
    if not light:
        return []
    turns = sorted(
        (event.time_utc, event.kind == "dusk")
        for event in leg.timeline
        if event.kind in ("dusk", "dawn") and event.role == "main"
    )
    if not turns:
        return [(leg.depart_utc, leg.arrive_utc)] if light["dark_s"] > 0 else []
    spans: Spans = []
    begin = leg.depart_utc if not turns[0][1] else None
    for moment, falls in turns:
        if falls:
            begin = moment
        elif begin is not None:
            spans.append((begin, moment))
            begin = None
    if begin is not None:
        spans.append((begin, leg.arrive_utc))
    return [(a, b) for a, b in spans if b > a]


def dark_stretches(leg: Leg) -> Spans:
    """Return the stretches that the main movement runs in the dark, metres."""
    main = leg.main
    return [
        (float(first), float(last))
        for first, last in (
            np.interp(span, main.time_s, main.distance_m) for span in dark_spans(leg)
        )
        if last > first
    ]


def plan_dark_spans(plan: Plan) -> Spans:
    """Return the dark of the whole journey; a night that outlasts a leg is one span."""
    spans: Spans = []
    for leg in plan.legs:
        for begin, end in dark_spans(leg):
            # Between two legs it stays dark where it was dark at the end and the beginning.
            if spans and begin == leg.depart_utc and spans[-1][1] >= _arrival_before(plan, leg):
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((begin, end))
    return spans


def _arrival_before(plan: Plan, leg: Leg) -> float:
    number = plan.legs.index(leg)
    return plan.legs[number - 1].arrive_utc if number else float("inf")
