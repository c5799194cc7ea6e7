"""Sweeps and patrols of a protected plan beside a day's trains: for the holder of the key alone.

They are read from the encrypted annex and printed; no file is written of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan import Plan, Protection
    from retinue.plan.duty import Duty, Task
    from retinue.traffic.timetable import DayOfTraffic
    from retinue.traffic.track_work import TrackWork, TrainOnWork

__all__ = ["Sweeps", "TrackTasks", "open_track_tasks"]


@dataclass(frozen=True)
class TrackTasks:
    """The sweeps and patrols on the railway of one plan, and the duties that time them."""

    where: str
    tasks: tuple[Task, ...]
    duties: tuple[Duty, ...]

    def on(self, day: DayOfTraffic) -> Sweeps:
        """Set them among the trains of a day, in both views.

        Raises
        ------
        InputError
            Where all are on another day, or one that is on it lies off the network.
        """
        from retinue.errors import InputError
        from retinue.traffic.track_work import track_works, trains_on_work, with_track_work

        works = track_works(self.tasks, self.duties)
        held = [w for w in works if w.end_s > day.from_s and w.begin_s < day.until_s]
        if works and not held:
            zone = day.feed.zone
            first, last = (_day(moment, zone) for moment in _span(works))
            days = first if first == last else f"{first} to {last}"
            raise InputError(
                f"the sweeps and patrols are on {days}, "
                f"the traffic read is of {_told(day.from_s, zone)} to {_told(day.until_s, zone)}",
                where=self.where,
                cure=f"Read the traffic of their day: --date {first}, and hours that hold them.",
            )
        met = {}
        for view, traffic in day.views.items():
            tasks = [work.task for work in held]
            beside = with_track_work(traffic, tasks, duties=self.duties)
            met[str(view)] = trains_on_work(beside, held)
        return Sweeps(day, tuple(held), len(works) - len(held), met)


@dataclass(frozen=True, eq=False)
class Sweeps:
    """Sweeps and patrols among a day's trains.

    Attributes
    ----------
    works
        Those within the hours read.
    beyond
        How many lie outside.
    met
        By view: which trains run where people are on the line.
    """

    day: DayOfTraffic
    works: tuple[TrackWork, ...]
    beyond: int
    met: dict[str, list[TrainOnWork]]

    @property
    def cut(self) -> int:
        """How many begin before the hours read, or end after them."""
        begin, end = self.day.from_s, self.day.until_s
        return sum(work.begin_s < begin or work.end_s > end for work in self.works)

    def record(self) -> dict[str, Any]:
        """Return it for programs."""
        from retinue.clock import iso_utc

        return {
            "restricted": True,
            "outside_the_hours_read": self.beyond,
            "partly_outside": self.cut,
            "works": [
                {
                    "task": work.task.id,
                    "what": work.task.what,
                    "place": work.task.place,
                    "from_utc": iso_utc(work.begin_s),
                    "until_utc": iso_utc(work.end_s),
                }
                for work in self.works
            ],
            "trains_on_the_line": {
                view: [
                    {
                        "train": one.train,
                        "task": one.work.task.id,
                        "sweep": one.work.title,
                        "place": one.place,
                        "section": one.line,
                        "lat": round(one.lat, 6),
                        "lon": round(one.lon, 6),
                        "from_utc": iso_utc(one.from_s),
                        "until_utc": iso_utc(one.to_s),
                        "seconds": round(one.seconds, 1),
                    }
                    for one in met
                ]
                for view, met in self.met.items()
            },
        }

    def lines(self) -> list[str]:
        """Return it for people."""
        zone = self.day.feed.zone
        count = len(self.works)
        lines = [f"RESTRICTED: {count} sweeps and patrols are on the track within the hours read"]
        if self.beyond:
            lines.append(f"  {self.beyond} more lie outside these hours and are not looked at")
        if self.cut:
            lines.append(
                f"  {self.cut} reach beyond these hours: trains before and after are not looked at"
            )
        lines += [
            f"  {w.title}: {_told(w.begin_s, zone)} to {_told(w.end_s, zone)}" for w in self.works
        ]
        for view, met in self.met.items():
            trains = len({one.train for one in met})
            lines.append(
                f"  {view}: {counted(trains, 'train') if trains else 'no trains'} where people are "
                f"on the line{':' if met else ''}"
            )
            lines += _met_lines(met, zone)
        lines.append("  each holds whole sections, stations apart; no file is written of this")
        return lines


def open_track_tasks(path: Path, key: Path | None, role: str) -> TrackTasks:
    """Open the annex of a plan, noted in its access log, for its work on the track.

    Raises
    ------
    InputError
        Where there is no plan, annex or key, the key is another, or the annex belongs to another
        plan.
    """
    import time

    from retinue.clock import iso_utc
    from retinue.errors import InputError
    from retinue.plan import Plan
    from retinue.protection.annex import default_key, open_annex, read_key
    from retinue.world.catalogue import user_folder

    plan = Plan.load(path)
    folder = path if path.is_dir() else path.parent
    found = open_annex(
        folder, read_key(key or default_key(user_folder())), role=role,
        purpose="sweeps and patrols beside the traffic", at=iso_utc(time.time()),
    )  # fmt: skip
    if found.plan_hash != plan.hash:
        raise InputError(
            "the annex belongs to another plan, or to another version of this one",
            where=str(folder),
            cure=f"Make it again: retinue protect {folder}.",
        )
    return TrackTasks(str(folder), _on_rails(plan, found), found.duties)


def _met_lines(met: Sequence[TrainOnWork], zone: str) -> list[str]:
    """Return a line for each train, work and section: its blocks follow one another."""
    stretches: dict[tuple[str, str, str], list[TrainOnWork]] = {}
    for one in met:
        stretches.setdefault((one.train, one.work.task.id, one.line), []).append(one)
    lines = []
    for held in stretches.values():
        one, end = held[0], max(other.to_s for other in held)
        blocks = "" if len(held) == 1 else f", {counted(len(held), 'block')}"
        lines.append(
            f"    {one.train} meets {one.work.title} at {one.line}{blocks}, "
            f"{_told(one.from_s, zone)} to {_told(end, zone)}, {_seconds(held):.0f} s"
        )
    return lines


def _seconds(held: Sequence[TrainOnWork]) -> float:
    """How long any of them lasts; they come by their begin."""
    total, until = 0.0, held[0].from_s
    for one in held:
        total += max(one.to_s - max(one.from_s, until), 0.0)
        until = max(until, one.to_s)
    return total


def _on_rails(plan: Plan, protection: Protection) -> tuple[Task, ...]:
    rails = {leg.id for leg in plan.legs if leg.mode == "rail"}
    return tuple(task for task in protection.tasks if task.on_track and task.leg in rails)


def _span(works: Sequence[TrackWork]) -> tuple[float, float]:
    return min(work.begin_s for work in works), max(work.end_s for work in works)


def _day(moment: float, zone: str) -> str:
    from retinue.clock import local

    return local(moment, zone).date().isoformat()


def _told(moment: float, zone: str) -> str:
    from retinue.clock import local_text

    return local_text(moment, zone).strip()
