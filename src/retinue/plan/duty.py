"""Tasks, posts and duties of teams; duties of crews."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import JsonDict, PlanRecord, Utc

__all__ = ["CrewDuty", "CrewPiece", "Duty", "DutyStep", "Task", "UncoveredTask"]


class Task(PlanRecord):
    """Something a team does at a site."""

    id: str
    site: str
    leg: str
    what: Literal[
        "inspect", "guard", "lock crossing", "patrol track", "seal station", "sweep",
        "isolate power", "operate closure", "hold junction",
    ]  # fmt: skip
    place: str
    lat: float
    lon: float
    zone: str
    skills: tuple[str, ...] = ()
    people: int = Field(default=1, ge=1)
    earliest_utc: Utc = Field(description="work may begin")
    latest_utc: Utc = Field(description="work must have begun")
    duration_s: float
    until_utc: Utc = Field(description="the post is held until then (passage), or the work's end")
    valid_s: float | None = Field(default=None, description="how long a sweep stays valid unheld")
    decide_utc: Utc | None = Field(default=None, description="latest go / no-go")
    on_track: bool = Field(default=False, description="occupies the line")
    end_lat: float | None = Field(default=None, description="where a patrol ends")
    end_lon: float | None = None
    from_m: float | None = None
    to_m: float | None = None
    request_to: str = Field(default="", description="asked of another body, not done by a team")


class DutyStep(PlanRecord):
    """One line of a duty sheet."""

    task: str
    what: str
    place: str
    arrive_utc: Utc
    start_utc: Utc
    end_utc: Utc
    leave_utc: Utc
    travel_s: float = Field(description="to get here")
    travel_m: float
    contact: str = Field(default="", description="role to call")


class Duty(PlanRecord):
    """What one team does."""

    id: str
    team: str
    base: str
    zone: str
    vehicle: str
    people: int
    skills: tuple[str, ...]
    start_utc: Utc
    end_utc: Utc
    steps: tuple[DutyStep, ...]
    slack_s: float = Field(description="smallest time to spare before a task")
    breaks: tuple[JsonDict, ...] = ()
    assumed: bool = Field(default=False, description="nobody has named this team yet")


class UncoveredTask(PlanRecord):
    """A task nobody can do, and the cheapest way to cover it."""

    task: str
    place: str
    because: str
    cure: str


class CrewPiece(PlanRecord):
    """One piece of work of a crew."""

    leg: str
    from_place: str
    to_place: str
    start_utc: Utc
    end_utc: Utc
    knowledge: tuple[str, ...] = Field(default=(), description="route and traction asked for")


class CrewDuty(PlanRecord):
    """Duty of a train crew, pilots, drivers or a post."""

    id: str
    crew: str
    kind: Literal["train crew", "pilots", "cabin crew", "drivers", "post"]
    people: int
    zone: str
    start_utc: Utc
    end_utc: Utc
    pieces: tuple[CrewPiece, ...]
    relief_place: str = ""
    rest_before_s: float
    rule: str = Field(description="limit of hours and rest that holds")
    assumed: tuple[str, ...] = ()
