"""A formation as it was chosen: the figures and rules it stands on, so that it can be checked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import PlanRecord

__all__ = [
    "ConsistCoach",
    "ConsistCost",
    "ConsistLocomotive",
    "ConsistMark",
    "ConsistRecord",
    "ConsistRule",
]


class ConsistCoach(PlanRecord):
    """A coach in its place, with what it does for the train."""

    label: str
    vehicle: str
    role: str
    principal: bool = False
    turned: bool = False
    length_mm: int
    mass_kg: int
    braked_kg: int
    starting_n: int = Field(description="to start it on the ruling gradient")
    holding_n: int = Field(description="to hold it there at balancing speed")
    sleeps: tuple[str, ...] = ()
    places: int = 0
    dining_seats: int = 0
    covers: int = 0
    stores_l: int = 0
    drawn_w: int = 0
    generates_w: int = 0
    cars: int = 0
    ramp: str = Field(default="none", description="as it stands: front, rear, both, none")
    doors: str = Field(default="both", description="as it stands, in the direction of travel")
    couplers: tuple[str, ...] = Field(default=(), description="its own first, then adapters")
    brakes: tuple[str, ...] = ()
    heating: tuple[str, ...] = ()
    unfit: tuple[str, ...] = Field(default=(), description="why it cannot run on the line")


class ConsistLocomotive(PlanRecord):
    """A locomotive of the train."""

    title: str
    vehicle: str
    length_mm: int
    mass_kg: int
    braked_kg: int
    couplers: tuple[str, ...] = ()
    brakes: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()


class ConsistRule(PlanRecord):
    """A rule of order or of number, as the file of rules has it."""

    id: str
    kind: str
    words: str
    who: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    places: int = 1
    coaches: int = 1
    end: str = "either"
    ramp: str = "any"


class ConsistMark(PlanRecord):
    """Where the principal's door is to stand at a stop."""

    at: str
    mark_mm: int
    within_mm: int
    side: Literal["left", "right", "either"]
    reversed: bool
    locomotives_mm: int | None = None


class ConsistCost(PlanRecord):
    """What the train would be without a rule."""

    rule: str
    words: str
    saved: str = Field(description="empty: the rule does not bind")
    without: dict[str, int] | None = Field(default=None, description="None: not worked out")


class ConsistRecord(PlanRecord):
    """A chosen formation: its vehicles from the head, what was asked, and how good it is."""

    title: str
    gauge_mm: int
    coaches: tuple[ConsistCoach, ...]
    locomotives: tuple[ConsistLocomotive, ...]
    starts_n: int = Field(description="left for the coaches at a start on the ruling gradient")
    holds_n: int = Field(description="left for them at balancing speed on it")
    supply_w: int = Field(description="the locomotives feed at most")
    rules: tuple[ConsistRule, ...]
    waived: tuple[str, ...] = ()
    people: dict[str, int]
    diners: int
    sittings: int
    stores_l: int
    cars: int
    arrives_reversed: bool
    brake_permille: int
    loop_mm: int | None = None
    platform_mm: int | None = None
    pulled: bool = False
    marks: tuple[ConsistMark, ...] = ()
    door_offset_mm: int = 0
    order_asked: tuple[tuple[str, ...], ...] | None = None
    least: dict[str, int] = Field(default_factory=dict, description="by label, coaches asked for")
    most: dict[str, int] = Field(default_factory=dict, description="by label, coaches offered")
    worth: dict[str, int]
    proven: bool
    costs: tuple[ConsistCost, ...] = ()
    train_file: str = Field(default="", description="the train as a file that journeys name")

    @property
    def length_m(self) -> float:
        """Length over all vehicles."""
        engines = sum(engine.length_mm for engine in self.locomotives)
        return (engines + sum(coach.length_mm for coach in self.coaches)) / 1000.0
