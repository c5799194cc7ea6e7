"""What a rail leg has to say: where separations stretch, who stands where, what was added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.clock import duration_text, local_text
from retinue.plan import Note
from retinue.rail.leg_record import ROLE_NAMES
from retinue.rail.route_path import stretch_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.rail.convoy_clock import ConvoyClock
    from retinue.rail.leg_clock import LegClock
    from retinue.rail.leg_runs import ConvoyRole, RailRuns
    from retinue.rail.main_clock import MainClock
    from retinue.rail.request import TrainSeparation
    from retinue.world.rail_route import RailRoute

    Floats = NDArray[np.float64]

__all__ = ["leg_notes"]

#: A stretched separation is told from this much above the policy's on.
_TOLD_S = 60.0

#: A gap is called wider than needed from this much on.
_WIDE_S = 600.0

#: Spans nearer than this are told as one.
_BRIDGED_M = 20_000.0


def leg_notes(
    runs: RailRuns,
    clock: LegClock,
) -> tuple[Note, ...]:
    """Return the notes of a leg, in the order of the journey where they have a place."""
    request, main, convoy, pace = runs.request, clock.main, clock.convoy, clock.pace
    notes: list[Note] = []
    notes += _reversals(runs, clock)
    notes += _held(runs)
    notes += [Note(level="info", subject=request.route_title, text=what) for what in runs.unknown]
    for role in ("advance", "following"):
        companion = convoy.get(role)
        asked = {"advance": request.advance, "following": request.following}[role]
        if companion is not None and asked is not None:
            notes += _separation(runs, role, asked, companion)
            notes += _standing(runs, role, main, companion)
    for standing in runs.standings:
        notes += [
            Note(level="info", subject=standing.name, text=text)
            for text in standing.work["main"].notes
        ]
    if pace > 1.0:
        notes.append(
            Note(
                level="info",
                subject=request.title,
                text="slow running meets the arrival asked for: "
                f"{100 * (pace - 1):.0f} % above the planned running time",
            )
        )
    late = main.arrive_s - clock.planned.arrive_s
    if abs(late) >= 30.0:
        word = "late" if late > 0 else "early"
        notes.append(
            Note(
                level="info",
                subject=request.route.points[-1].point.name,
                text=f"after what was observed {duration_text(abs(late))} {word} against the plan",
            )
        )
    return tuple(notes)


def _reversals(runs: RailRuns, clock: LegClock) -> list[Note]:
    asked = {stop.at.casefold() for stop in runs.request.stops}
    notes = []
    for standing, gathered in zip(runs.standings, clock.gathering_s, strict=True):
        if not standing.entry.reverses:
            continue
        leaves = standing.work["main"].leaves
        ramps = [f"{c.label} at its {c.ramp}" for c in leaves.coaches if c.ramp != "none"]
        text = "the line turns back here: the train reverses and leaves back to front"
        if ramps:
            text += f"; ramps in the direction of travel: {', '.join(ramps)}"
        if standing.asked.at.casefold() not in asked:
            text += " (stop added by the plan)"
        notes.append(Note(level="info", subject=standing.name, text=text))
        if gathered > 0.0:
            text = (
                "the whole convoy gathers here before the first train goes back over the line on "
                f"which the last one comes in: the main train stands {gathered / 60.0:.0f} min at "
                "least"
            )
            notes.append(Note(level="info", subject=standing.name, text=text))
    return notes


def _held(runs: RailRuns) -> list[Note]:
    """Say where a train holds less than it may on a ruling gradient, alike places together."""
    route = runs.request.route
    alike: dict[tuple[int, int], tuple[dict[str, None], dict[str, None], list[float]]] = {}
    for role, held in runs.held:
        if held.held_mps >= held.line_speed_mps - 0.5 / 3.6:
            continue
        key = (round(10_000 * held.gradient), round(3.6 * held.held_mps))
        roles, spans, permitted = alike.setdefault(key, ({}, {}, []))
        roles[ROLE_NAMES[role]] = None
        spans[stretch_name(route, held.from_m, held.to_m)] = None
        permitted.append(3.6 * held.line_speed_mps)
    return [
        Note(
            level="info",
            subject=runs.request.route_title,
            text=(
                f"on ruling gradients of {gradient / 10:g} per mille ({', '.join(spans)}) the "
                f"{_named(roles, len(runs.roles))} would come down to {speed} km/h where up to "
                f"{max(permitted):.0f} are permitted; running times are for a level line"
            ),
        )
        for (gradient, speed), (roles, spans, permitted) in alike.items()
    ]


def _named(roles: dict[str, None], all_roles: int) -> str:
    if len(roles) == all_roles and all_roles > 1:
        return "trains of the convoy"
    return " and ".join(roles)


def _spans(place: Floats, over: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last index of each run of true values, short gaps bridged."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], over.astype(np.int8), [0]])))
    spans: list[tuple[int, int]] = []
    for start, past in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if spans and place[start] - place[spans[-1][1]] < _BRIDGED_M:
            spans[-1] = (spans[-1][0], past - 1)
        else:
            spans.append((start, past - 1))
    return spans


def _around(route: RailRoute, from_m: float, to_m: float) -> str:
    """Return ``Puyun-Rajin`` or ``at Rajin``: the operating points around a span."""
    before = [entry for entry in route.points if entry.distance_m <= from_m + 1.0]
    after = [entry for entry in route.points if entry.distance_m >= to_m - 1.0]
    first, last = before[-1].point.name, after[0].point.name
    return f"at {last}" if first == last else f"{first}-{last}"


def _minutes(gap: Floats) -> str:
    least, most = round(float(gap.min()) / 60.0), round(float(gap.max()) / 60.0)
    return f"{least} min everywhere" if least == most else f"{least} to {most} min"


def _separation(
    runs: RailRuns, role: ConvoyRole, asked: TrainSeparation, companion: ConvoyClock
) -> list[Note]:
    route = runs.request.route
    word = "ahead of" if role == "advance" else "behind"
    name = ROLE_NAMES[role]
    place = np.concatenate([s.place_m for s in companion.clock.sections])
    gap = np.concatenate(companion.gap_s)
    demand = np.concatenate(companion.required_s)
    notes = [
        Note(
            level="info",
            subject=name,
            text=(
                f"{asked.time_s / 60:.0f} min {word} the main train, or {asked.blocks} clear block "
                f"sections where they take longer: {_minutes(gap)}; nothing runs between or "
                "overtakes"
            ),
        )
    ]
    for first, last in _spans(place, demand > asked.time_s + _TOLD_S):
        notes.append(
            Note(
                level="info",
                subject=name,
                text=(
                    f"the separation grows {_around(route, place[first], place[last])}: "
                    f"{asked.blocks} block sections take up to "
                    f"{demand[first : last + 1].max() / 60:.0f} min to clear"
                ),
            )
        )
    wide = gap - np.maximum(demand, asked.time_s)
    for first, last in _spans(place, wide > _WIDE_S):
        most = first + int(np.argmax(gap[first : last + 1]))
        notes.append(
            Note(
                level="info",
                subject=name,
                text=(
                    f"wider than needed {_around(route, place[first], place[last])}, up to "
                    f"{gap[most] / 60:.0f} min: "
                    + (
                        "it draws ahead early, for what it needs further on"
                        if role == "advance"
                        else "it catches up only as fast as it runs and its own tasks allow"
                    )
                ),
            )
        )
    if asked.at_most_s is not None:
        for first, last in _spans(place, gap > asked.at_most_s + 0.5):
            most = first + int(np.argmax(gap[first : last + 1]))
            notes.append(
                Note(
                    level="warning",
                    subject=name,
                    text=(
                        f"separation of up to {gap[most] / 60:.0f} min "
                        f"{_around(route, place[first], place[last])} exceeds the most that is "
                        f"accepted, {asked.at_most_s / 60:.0f} min; cure: accept more, fewer "
                        "blocks, or another formation"
                    ),
                )
            )
    return notes


def _standing(
    runs: RailRuns, role: ConvoyRole, main: MainClock, companion: ConvoyClock
) -> list[Note]:
    notes = []
    for standing, times, lead in zip(
        runs.standings, companion.clock.stops, main.stops, strict=True
    ):
        zone = standing.entry.point.zone
        order = "before" if role == "advance" else "after"
        leaves = duration_text(abs(lead.depart_s - times.depart_s))
        notes.append(
            Note(
                level="info",
                subject=standing.name,
                text=(
                    f"the {ROLE_NAMES[role]} stands here on another track from "
                    f"{local_text(times.arrive_s, zone).strip()} to "
                    f"{local_text(times.depart_s, zone).strip()} "
                    f"and leaves {leaves} {order} the main train"
                ),
            )
        )
        loop = standing.entry.point.loop_length_m
        length = max(s.trains[role].formation.length_m for s in runs.sections)
        if loop is not None and loop < length:
            notes.append(
                Note(
                    level="warning",
                    subject=standing.name,
                    text=(
                        f"the loop of {loop:.0f} m is shorter than the {ROLE_NAMES[role]} "
                        f"({length:.0f} m): agree another track, or a wait at the next station"
                    ),
                )
            )
    return notes
