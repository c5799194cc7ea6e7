"""Sweeps and patrols on the track, as occupations: nobody runs where people are on the line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.traffic.conflicts import conflicts_of
from retinue.traffic.foot import feet_on_edges
from retinue.traffic.occupation import Occupations
from retinue.traffic.restrictions import standing_occupations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retinue.plan.duty import Duty, Task
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.traffic import Traffic

__all__ = [
    "TrackWork",
    "TrainOnWork",
    "section_at",
    "track_work_occupations",
    "track_works",
    "trains_on_work",
    "with_track_work",
]

#: A place farther than this from every section is not on the network.
_NEAR_M = 1_000.0


@dataclass(frozen=True)
class TrackWork:
    """A sweep or patrol, and from when until when people are on the line for it (Unix seconds)."""

    task: Task
    begin_s: float
    end_s: float

    @property
    def title(self) -> str:
        """What is done, and where."""
        return f"{self.task.what} ({self.task.place})"


@dataclass(frozen=True)
class TrainOnWork:
    """A train that holds a block while people are on it.

    Attributes
    ----------
    train
        Id of the run.
    place
        Name of the block.
    line
        The section it is of, by the names of its ends.
    from_s, to_s
        Unix seconds: while both hold it.
    """

    train: str
    work: TrackWork
    place: str
    line: str
    lat: float
    lon: float
    from_s: float
    to_s: float

    @property
    def seconds(self) -> float:
        """How long they overlap."""
        return self.to_s - self.from_s


def section_at(network: LineNetwork, lat: float, lon: float) -> tuple[int, float] | None:
    """Return the section nearest to a place and its distance in metres; None: none is near."""
    return _Edges(network).nearest(lat, lon)


class _Edges:
    """Every edge of a network's geometry, in one array, and the section each is of."""

    def __init__(self, network: LineNetwork) -> None:
        drawn = [s for s in network.sections if len(s.lat_deg) >= 2]
        lats, lons = ([np.array(c) for c in column] for column in (
            [s.lat_deg for s in drawn], [s.lon_deg for s in drawn]))  # fmt: skip
        none = [np.empty(0)]
        self.ends = tuple(
            np.concatenate([points[part] for points in column] or none)
            for part in (slice(None, -1), slice(1, None))
            for column in (lats, lons)
        )
        self.section = np.repeat([s.index for s in drawn], [len(lat) - 1 for lat in lats])

    def nearest(self, lat: float, lon: float) -> tuple[int, float] | None:
        if not len(self.section):
            return None
        lat1, lon1, lat2, lon2 = self.ends
        away = feet_on_edges(lat, lon, lat1, lon1, lat2, lon2)[0]
        edge = int(np.argmin(away))
        return (int(self.section[edge]), float(away[edge])) if away[edge] <= _NEAR_M else None


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
    works, edges = track_works(tasks, duties), _Edges(network)
    rows: list[tuple[int, int, float, float]] = []
    for number, work in enumerate(works, first_number):
        for section in sorted(_sections(network, edges, work.task)):
            line = network.sections[section]
            blocks = sorted({*line.blocks_up, *line.blocks_down})
            rows += [(number, block, work.begin_s, work.end_s) for block in blocks]
    return standing_occupations(rows), [work.title for work in works]


def track_works(tasks: Iterable[Task], duties: Iterable[Duty] = ()) -> list[TrackWork]:
    """Return the sweeps and patrols on the track, with their times, in the order of the tasks.

    As the duty's step has it where a duty names the task, else from the earliest begin to the
    latest end.
    """
    times: Mapping[str, tuple[float, float]] = {
        step.task: (step.start_utc, step.end_utc) for duty in duties for step in duty.steps
    }
    found = []
    for task in tasks:
        if task.on_track:
            widest = task.earliest_utc, max(task.until_utc, task.latest_utc + task.duration_s)
            found.append(TrackWork(task, *times.get(task.id, widest)))
    return found


def with_track_work(
    traffic: Traffic, tasks: Iterable[Task], *, duties: Iterable[Duty] = ()
) -> Traffic:
    """Return a traffic in which sweeps and patrols hold the line beside all that held it.

    Raises
    ------
    InputError
        Where a task lies off the network.
    """
    first = len(traffic.runs) + len(traffic.work)
    taken, titles = track_work_occupations(traffic.network, tasks, first, duties=duties)
    return replace(
        traffic,
        occupations=Occupations.joined([traffic.occupations, taken]).by_resource(),
        work=(*traffic.work, *titles),
    )


def trains_on_work(traffic: Traffic, works: Sequence[TrackWork]) -> list[TrainOnWork]:
    """Return the trains that run where people are on the line, by time.

    Parameters
    ----------
    traffic
        As `with_track_work` returns it.
    works
        The works it was given, as `track_works` returns them: its last holders.
    """
    held, runs = traffic.occupations, len(traffic.runs)
    first = runs + len(traffic.work) - len(works)
    # Possessions are no trains, and of other conflicts `find_conflicts` tells.
    near = np.isin(held.resource, held.resource[held.train >= first])
    rows = held.rows(near & ((held.train < runs) | (held.train >= first)))
    # Nobody runs past people on the next track either: however many tracks, one hold at a time.
    found = conflicts_of(rows, np.ones(len(traffic.network.resources), np.int32))
    line_of = {
        block: f"{traffic.network.stations[s.a].name} - {traffic.network.stations[s.b].name}"
        for s in traffic.network.sections
        for block in (*s.blocks_up, *s.blocks_down)
    }
    told = []
    for row in np.nonzero((found.holder < runs) != (found.comer < runs))[0]:
        train, work = sorted((int(found.holder[row]), int(found.comer[row])))
        place = traffic.network.resources[int(found.resource[row])]
        told.append(
            TrainOnWork(
                traffic.runs[train].id, works[work - first], place.name, line_of[place.id],
                place.lat, place.lon,
                float(found.from_s[row]), float(found.to_s[row]),
            )
        )  # fmt: skip
    return told


def _sections(network: LineNetwork, edges: _Edges, task: Task) -> set[int]:
    ends = [(task.lat, task.lon)]
    if task.end_lat is not None and task.end_lon is not None:
        ends.append((task.end_lat, task.end_lon))
    found = []
    for lat, lon in ends:
        near = edges.nearest(lat, lon)
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
