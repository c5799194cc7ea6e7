"""Sweeps and patrols on the track, as occupations: nobody runs where people are on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.traffic.foot import feet_on_edges
from retinue.traffic.occupation import Occupations
from retinue.traffic.restrictions import standing_occupations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from retinue.plan.duty import Duty, Task
    from retinue.traffic.line_network import LineNetwork

__all__ = ["section_at", "track_work_occupations"]

#: A place farther than this from every section is not on the network.
_NEAR_M = 1_000.0


def section_at(network: LineNetwork, lat: float, lon: float) -> tuple[int, float] | None:
    """Return the section nearest to a place and its distance in metres; None: none is near."""
    best: tuple[float, int] | None = None
    for section in network.sections:
        lats, lons = np.array(section.lat_deg), np.array(section.lon_deg)
        if len(lats) < 2:
            continue
        away = feet_on_edges(lat, lon, lats[:-1], lons[:-1], lats[1:], lons[1:])[0].min()
        if best is None or away < best[0]:
            best = float(away), section.index
    return None if best is None or best[0] > _NEAR_M else (best[1], best[0])


def track_work_occupations(
    network: LineNetwork,
    tasks: Iterable[Task],
    first_number: int,
    *,
    duties: Iterable[Duty] = (),
) -> tuple[Occupations, list[str]]:
    """Return what sweeps and patrols occupy, and a title for each holder.

    Parameters
    ----------
    tasks
        Of a protection document; those on the track count.  All blocks of the sections from the
        task's place to its end are held, both directions, from the step's start to its end where
        a duty names the task, else from the earliest begin to the latest end.
    first_number
        Number of the first holder: after the runs.

    Raises
    ------
    InputError
        Where a task lies off the network.
    """
    times: Mapping[str, tuple[float, float]] = {
        step.task: (step.start_utc, step.end_utc) for duty in duties for step in duty.steps
    }
    rows: list[tuple[int, int, float, float]] = []
    titles: list[str] = []
    for task in tasks:
        if not task.on_track:
            continue
        begin, end = times.get(
            task.id, (task.earliest_utc, max(task.until_utc, task.latest_utc + task.duration_s))
        )
        number = first_number + len(titles)
        titles.append(f"{task.what} ({task.place})")
        for section in sorted(_sections(network, task)):
            line = network.sections[section]
            blocks = sorted({*line.blocks_up, *line.blocks_down})
            rows += [(number, block, begin, end) for block in blocks]
    return standing_occupations(rows), titles


def _sections(network: LineNetwork, task: Task) -> set[int]:
    ends = [(task.lat, task.lon)]
    if task.end_lat is not None and task.end_lon is not None:
        ends.append((task.end_lat, task.end_lon))
    found = []
    for lat, lon in ends:
        near = section_at(network, lat, lon)
        if near is None:
            raise InputError(
                f"the work at {task.place} ({lat:.4f}, {lon:.4f}) is off the timetable's network",
                where=task.id,
                cure="Read a feed that runs there, or take the task off this day.",
            )
        found.append(near[0])
    if found[0] == found[-1]:
        return {found[0]}
    one, two = network.sections[found[0]], network.sections[found[1]]
    ways = [network.way(a, b) for a in (one.a, one.b) for b in (two.a, two.b)]
    shortest = min(ways, key=lambda way: sum(network.sections[s.section].length_m for s in way))
    return {found[0], found[1], *(step.section for step in shortest)}
