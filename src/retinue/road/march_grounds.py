"""What the march of a convoy stands on: remarks, assumptions and sources of how it is driven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.plan.records import Assumption, Note, Source
from retinue.road.column import column_rules, column_sources
from retinue.road.halts import crossings_of

if TYPE_CHECKING:
    from retinue.road.request import RoadRuns

__all__ = ["march_assumptions", "march_notes", "march_sources"]

_NAMED = 3


def march_notes(runs: RoadRuns, found: tuple[str, ...]) -> tuple[Note, ...]:
    """Return remarks on how the road was found, on halts, groups, junctions and the order."""
    request, convoy = runs.request, runs.request.convoy
    notes = [Note(level="info", subject=request.title, text=text) for text in found]
    if request.coarse_because:
        notes.append(Note(level="warning", subject=request.title, text=request.coarse_because))
    for fault in convoy.warnings:
        text = f"{fault.rule.says} ({fault.ground}); {fault.rule.cure}"
        notes.append(
            Note(level="warning", subject=convoy.title, text=text, source=fault.rule.source)
        )
    groups = convoy.groups
    if len(groups) > 1:
        gap = column_rules().groups.time_gap
        sizes = ", ".join(str(len(group)) for group in groups)
        text = f"{len(convoy.column)} vehicles run in {len(groups)} groups ({sizes}), {gap:.0f} s"
        text += " from the tail of each to the front of the next"
        notes.append(Note(level="info", subject=convoy.title, text=text, source="fm-3-21.8"))
    notes += [
        Note(level="warning", subject=halt.name, text=f"halts {halt.moved_because}")
        for halt in runs.halts
        if halt.moved_because
    ]
    if runs.halts and runs.routing in ("pack", "valhalla", "osrm"):
        notes.append(
            Note(
                level="warning",
                subject=request.title,
                text=(
                    "level crossings not assessed: these roads tell of none; see that no vehicle "
                    "stands on one where the column halts"
                ),
            )
        )
    if request.avoid and runs.routing == "pack":
        text = f"coarse roads bear no names: {', '.join(request.avoid)} could not be avoided"
        notes.append(Note(level="warning", subject=request.title, text=text))
    notes += _arrival_notes(runs)
    notes += _block_notes(runs)
    return tuple(notes)


def _arrival_notes(runs: RoadRuns) -> list[Note]:
    """Return which vehicles cannot close up at the end without standing on a crossing."""
    convoy, total = runs.request.convoy, runs.length_m
    behind = convoy.standing_m(runs.column)
    for crossing in reversed(crossings_of(runs.points)):
        rears = [total - b - v.vehicle.length for b, v in zip(behind, convoy.ranks, strict=True)]
        late = [rear for rear in rears if rear < crossing.to_m]
        if late and crossing.middle_m < total:
            text = (
                f"the last {len(late)} ranks find no room between {crossing.name} and the "
                "journey's end: they wait before the crossing until those ahead have driven off"
            )
            return [Note(level="warning", subject=runs.waypoints[-1].name, text=text)]
    return []


def _block_notes(runs: RoadRuns) -> list[Note]:
    block, title = runs.block, runs.request.title
    if block is None or not block.junctions:
        return []
    notes = []
    count = len(block.junctions)
    if block.outriders == 0:
        text = (
            f"nobody holds its {count} junctions: {block.needed_free} outriders would, "
            f"or {block.needed_slowest} at {block.conduct.slowest * 3.6:.0f} km/h"
        )
        notes.append(Note(level="warning", subject=title, text=text))
    elif block.open:
        names = [block.junctions[i].name for i in sorted(block.open) if block.junctions[i].name]
        shown = "; ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
        text = (
            f"{len(block.open)} of {count} junctions stay open with {block.outriders} outriders"
            + (f" ({shown})" if shown else "")
            + f": {block.needed_free} would hold all of them, {block.needed_slowest} at "
            f"{block.conduct.slowest * 3.6:.0f} km/h"
        )
        notes.append(Note(level="warning", subject=title, text=text))
    if block.slowed:
        length = sum(s.to_m - s.from_m for s in block.slowed)
        slowest = min(s.speed_mps for s in block.slowed)
        text = (
            f"{block.outriders} outriders keep the convoy below the road's speed on "
            f"{length / 1000:.1f} km, down to {slowest * 3.6:.0f} km/h; "
            f"{block.needed_free} would not slow it"
        )
        notes.append(Note(level="info", subject=title, text=text))
    return notes


def march_assumptions(runs: RoadRuns) -> tuple[Assumption, ...]:
    """Return what nobody published of how the convoy is driven, and was taken all the same."""
    request, rules = runs.request, column_rules()
    title = request.title
    found: list[Assumption] = []

    def add(subject: str, what: str, value: str, because: str) -> None:
        found.append(
            Assumption(
                subject=subject, what=what, value=value, because=because, legs=(request.leg_id,)
            )
        )

    estimate = column_sources()["estimate"]
    table = request.traffic
    if table is None:
        because = request.traffic_free_because or "nothing was asked of other traffic"
        add(title, "other traffic", "none on the road", because)
    else:
        add(title, "other traffic", table.title, "shares of the march speed by hour of the day")
    found += _unsigned(runs)
    limited = {s.road_class: s.speed_mps for s in runs.stretches if "class" in s.limited_by}
    for road_class, speed in limited.items():
        value = f"{speed * 3.6:.0f} km/h"
        add(title, f"greatest speed of a convoy, {road_class}", value, estimate)
    if any(p.kind == "level_crossing" for p in runs.points):
        clear = rules.level_crossings
        value = f"{clear.clear_before:.0f} m before, {clear.clear_behind:.0f} m behind"
        add(title, "room kept at level crossings", value, estimate)
    if len(request.convoy.groups) > 1:
        gap = rules.groups
        because = column_sources().get(gap.source, gap.source)
        add(f"convoy {request.convoy.name}", "gap between groups", f"{gap.time_gap:.0f} s", because)
    block = runs.block
    if block is not None and block.junctions and block.outriders:
        c = block.conduct
        value = (
            f"stands {c.lead_time:.0f} s ahead, closes {c.arms_a_post} arms, rides past up to "
            f"{c.overtaking_at_most_one_lane * 3.6:.0f} km/h, on several lanes "
            f"{c.overtaking_at_most_two_lanes * 3.6:.0f} km/h"
        )
        add(title, "outrider at a junction", value, estimate)
    return tuple(found)


def _unsigned(runs: RoadRuns) -> list[Assumption]:
    """Return how much of known roads bears no speed limit, by country."""
    if runs.routing != "built":
        return []
    found = []
    known = [s for s in runs.free_stretches if s.kind not in ("access", "local")]
    for country in dict.fromkeys(s.country for s in known if s.assumed):
        here = [s for s in known if s.country == country]
        total = sum(s.to_m - s.from_m for s in here)
        bare = sum(s.to_m - s.from_m for s in here if s.assumed)
        found.append(
            Assumption(
                subject=f"roads in {country}",
                what="speed where no limit is signed",
                value=f"by class and country, on {bare / 1000:.1f} of {total / 1000:.1f} km",
                because="usual limits of the country by class of road; see the world's speed table",
                legs=(runs.request.leg_id,),
            )
        )
    return found


def march_sources(runs: RoadRuns) -> tuple[Source, ...]:
    """Return where the values of the march come from."""
    found = []
    if runs.routing != "pack":
        found.append(
            Source(
                id=f"roads-{runs.routing}", text=runs.routing_source, used_for=("roads of the leg",)
            )
        )
    table = runs.request.traffic
    if table is not None:
        used = {entry.source for entry in table.entries}
        found += [
            Source(id=key, text=text, used_for=("other traffic by hour",))
            for key, text in table.sources.items()
            if key in used
        ]
    return tuple(found)
