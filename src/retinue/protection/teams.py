"""Teams: who can be sent, from where, in which shifts; from a file, or as many as are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.clock import parse_moment
from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record
from retinue.units import Duration
from retinue.world.catalogue import find_file, shown_as

if TYPE_CHECKING:
    from retinue.plan import Task
    from retinue.protection.policy import CrewRule

__all__ = ["Team", "load_teams", "teams_needed"]

KIND = "teams"
_NEEDED_PEOPLE = 4


class _Base(Record):
    name: str
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    zone: str


class _Shift(Record):
    from_: str
    until: str


class _TeamAsked(Record):
    name: str = Field(min_length=1)
    base: str
    people: int = Field(ge=1)
    skills: tuple[str, ...] = ()
    vehicle: str = "car"
    shifts: tuple[_Shift, ...] = Field(min_length=1)


class _TeamFile(Record):
    retinue_teams: Literal[1]
    bases: tuple[_Base, ...] = Field(min_length=1)
    teams: tuple[_TeamAsked, ...] = Field(min_length=1)
    longest_duty: Duration | None = Field(default=None, gt=0)
    remark: str = ""


@dataclass(frozen=True)
class Team:
    """One team in one shift.

    Attributes
    ----------
    from_s, until_s
        When it may be away from its base, Unix seconds.
    longest_s
        Longest duty.
    assumed
        Nobody named it: it shows that one is needed.
    """

    name: str
    base: str
    lat: float
    lon: float
    zone: str
    people: int
    skills: frozenset[str]
    vehicle: str
    from_s: float
    until_s: float
    longest_s: float
    assumed: bool = False

    def can(self, task: Task) -> bool:
        """Whether it has the people and the skills for a task."""
        return self.people >= task.people and (self.assumed or self.skills >= set(task.skills))


def load_teams(
    name: str, folder: Path | None, rule: CrewRule, *, where: str = ""
) -> tuple[Team, ...]:
    """Load the teams of a file, one entry a shift.

    Raises
    ------
    InputError
        For any fault; so for two shifts of one team nearer than the rest between them.
    """
    path = find_file(KIND, name, folder, what="team", where=where)
    node = read_yaml(path, shown_as(path))
    file = validate(node, _TeamFile)
    bases = {base.name: base for base in file.bases}
    found: list[Team] = []
    for number, asked in enumerate(file.teams):
        if asked.base not in bases:
            raise InputError(
                f'the base "{asked.base}" is not listed',
                where=node.where(("teams", number, "base")),
                cure=f"Known: {', '.join(bases)}.",
            )
        base = bases[asked.base]
        spans = []
        for turn, shift in enumerate(asked.shifts):
            at = node.where(("teams", number, "shifts", turn))
            try:
                span = parse_moment(shift.from_, base.zone), parse_moment(shift.until, base.zone)
            except ValueError as error:
                raise InputError(str(error), where=at) from error
            if span[1] <= span[0]:
                raise InputError("the shift ends before it begins", where=at)
            spans.append(span)
        for (_, end), (begin, _) in pairwise(sorted(spans)):
            if begin - end < rule.rest:
                raise InputError(
                    f"{asked.name} rests {max(begin - end, 0) / 3600:.1f} h between two shifts,"
                    f" {rule.rest / 3600:.1f} h are due",
                    where=node.where(("teams", number, "shifts")),
                    cure="Move a shift, or give it to another team.",
                )
        found += [
            Team(
                name=asked.name, base=base.name, lat=base.lat, lon=base.lon, zone=base.zone,
                people=asked.people, skills=frozenset(asked.skills), vehicle=asked.vehicle,
                from_s=begin, until_s=end,
                longest_s=min(file.longest_duty or rule.longest_duty, rule.longest_duty),
            )
            for begin, end in sorted(spans)
        ]  # fmt: skip
    return tuple(found)


def teams_needed(
    tasks: Sequence[Task], bases: Sequence[tuple[str, float, float, str]], rule: CrewRule
) -> tuple[Team, ...]:
    """Return teams that nobody has named yet, enough for every task, to see how many it takes.

    Parameters
    ----------
    bases
        Name, latitude, longitude and zone of places where teams may start.
    """
    if not tasks or not bases:
        return ()
    begin = min(t.earliest_utc for t in tasks) - 6 * 3600.0
    end = max(max(t.until_utc, t.latest_utc + t.duration_s) for t in tasks) + 6 * 3600.0
    people = max(_NEEDED_PEOPLE, *(t.people for t in tasks))
    found = []
    for number in range(len(tasks)):
        name, lat, lon, zone = bases[number % len(bases)]
        found.append(
            Team(
                name=f"team {number + 1}", base=name, lat=lat, lon=lon, zone=zone, people=people,
                skills=frozenset(), vehicle="car", from_s=begin, until_s=end,
                longest_s=rule.longest_duty, assumed=True,
            )
        )  # fmt: skip
    return tuple(found)
