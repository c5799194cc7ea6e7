"""Orders to form a train: which coaches and locomotives there are, for whom, for which lines.

::

    retinue formation: 1
    title: Special train for two nights
    gauge: 1435 mm
    locomotives: [{vehicle: red-flag-1, up to: 2}]
    coaches:
      - {vehicle: kp-armoured-coach, role: saloon, principal: true, exactly: 1}
      - {vehicle: kp-coach, role: guards, up to: 6}
    party: {principal: 1, guards: 60}
    line: {speed: 60 km/h, ruling gradient: 12 permil, loop: 650 m}
    source: ...
    confidence: assumed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.journey.party import Party
from retinue.rail.catalogue import load_vehicle, vehicle_from_node
from retinue.rail.consist_rules import ConsistRules, load_rules, shipped_rules
from retinue.rail.rolling_stock import Coach, Locomotive, Role
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length, Mass, Ratio, Speed, Volume

__all__ = [
    "FORMATION_VERSION",
    "ConsistOrder",
    "LineAsked",
    "PlatformAsked",
    "TrainOrder",
    "load_order",
    "order_from_node",
]

FORMATION_VERSION = 1

#: More coaches than any special train has (90 in three trains is the largest fleet known).
MOST_COACHES = 40


class CoachesAvailable(Record):
    """Coaches alike that the train may have."""

    vehicle: str
    role: Role | None = Field(default=None, description="the vehicle's own where unset")
    label: str = ""
    principal: bool = False
    at_least: int = Field(default=0, ge=0, le=MOST_COACHES)
    up_to: int | None = Field(default=None, ge=1, le=MOST_COACHES)
    exactly: int | None = Field(default=None, ge=1, le=MOST_COACHES)
    armour: Mass | None = Field(default=None, ge=0)
    armour_factor: float | None = Field(default=None, ge=1, le=3)

    @model_validator(mode="after")
    def _sound(self) -> CoachesAvailable:
        if self.exactly is not None and (self.up_to is not None or self.at_least):
            raise ValueError('"exactly" stands alone, without "at least" and "up to"')
        if self.up_to is not None and self.up_to < self.at_least:
            raise ValueError('"up to" is below "at least"')
        if self.armour is not None and self.armour_factor is not None:
            raise ValueError("armour is given twice: as a mass and as a factor; keep one")
        return self

    @property
    def bounds(self) -> tuple[int, int]:
        """Fewest and most of them; one at most where nothing is said."""
        if self.exactly is not None:
            return self.exactly, self.exactly
        return self.at_least, max(self.at_least, 1) if self.up_to is None else self.up_to


class LocomotivesAvailable(Record):
    """Locomotives alike that may haul it."""

    vehicle: str
    up_to: int = Field(default=1, ge=1, le=4)


def _by_name(value: object) -> object:
    if isinstance(value, list | tuple):
        return [{"vehicle": item} if isinstance(item, str) else item for item in value]
    return value


class LineAsked(Record):
    """What the lines demand; what is not given is not looked at."""

    speed: Speed | None = Field(default=None, gt=0, le=100, description="vehicles and brakes allow")
    braking: Literal["main", "secondary", "branch", "china", "1520"] = "main"
    ruling_gradient: Ratio | None = Field(default=None, ge=0, le=0.1)
    power: tuple[str, ...] = Field(default=(), description="power systems to be hauled on")
    axle_load: Mass | None = Field(default=None, gt=0)
    loading_gauge: str | None = None
    loop: Length | None = Field(default=None, gt=0, description="shortest; the whole train fits")
    platform: Length | None = Field(default=None, gt=0, description="shortest; all coaches fit")


class PlatformAsked(Record):
    """A stop where the principal's door comes to stand at a mark."""

    at: str = Field(min_length=1)
    mark: Length = Field(ge=0, le=2000, description="behind the place where the head stops")
    within: Length | None = Field(default=None, gt=0, le=1000)
    side: Literal["left", "right", "either"] = Field(
        default="either", description="of the platform, in the direction of travel"
    )
    reversals: int = Field(default=0, ge=0, le=50, description="between the departure and there")
    locomotives_length: Length | None = Field(
        default=None, ge=0, le=200, description="there, where others haul the train by then"
    )


class TrainOrder(SourcedRecord):
    """A formation order as its file describes it."""

    retinue_formation: Literal[1]
    title: str = Field(min_length=1)
    gauge: Length
    coaches: tuple[CoachesAvailable, ...] = Field(min_length=1)
    locomotives: Annotated[tuple[LocomotivesAvailable, ...], BeforeValidator(_by_name)] = Field(
        min_length=1
    )
    party: Party | None = None
    overnight: bool = Field(default=True, description="everybody has a berth, else a seat")
    cars: int | None = Field(default=None, ge=0, le=40, description="road vehicles to carry")
    sittings: int | None = Field(default=None, ge=1, le=10)
    stores: Volume = Field(default=0.0, ge=0, le=2000)
    reversals: int = Field(default=0, ge=0, le=50, description="on the way to the arrival")
    line: LineAsked = LineAsked()
    stops: tuple[PlatformAsked, ...] = ()
    order: tuple[str, ...] | None = Field(
        default=None, description="coaches from the head, by label, role or vehicle: all of them"
    )
    rules: str | None = Field(default=None, description="a file of rules; the shipped ones else")
    without: tuple[str, ...] = Field(default=(), description="rules that are waived, by their id")
    own_vehicles: dict[str, dict[str, object]] = Field(default_factory=dict)
    remark: str = ""


@dataclass(frozen=True)
class ConsistOrder:
    """A formation order with its vehicles and rules loaded.

    Attributes
    ----------
    coaches, locomotives
        Vehicles of `asked.coaches` and `asked.locomotives`, one each.
    """

    name: str
    asked: TrainOrder
    rules: ConsistRules
    coaches: tuple[Coach, ...]
    locomotives: tuple[Locomotive, ...]
    where: str = ""

    @property
    def party(self) -> Party:
        """Who travels; the principal alone where nobody said."""
        return self.asked.party or Party()


def load_order(path: Path) -> ConsistOrder:
    """Read a formation order.

    Raises
    ------
    InputError
        For the first fault in it, with file, line, key and cure.
    """
    return order_from_node(read_yaml(path), path.stem, [path.parent])


def order_from_node(node: Node, name: str, folders: Sequence[Path] = ()) -> ConsistOrder:
    """Check a YAML tree and return the order.

    Raises
    ------
    InputError
        For any fault in it.
    """
    if not isinstance(node.value, dict) or "retinue formation" not in node.value:
        raise InputError(
            "this is no formation order: it does not begin with a version",
            where=node.where(),
            cure=f'Begin it with "retinue formation: {FORMATION_VERSION}".',
        )
    asked = validate(node, TrainOrder)
    rules = shipped_rules()
    if asked.rules is not None:
        path = Path(asked.rules).expanduser()
        if not path.is_absolute() and folders:
            path = folders[0] / path
        if not path.is_file():
            raise InputError(f'there is no file "{asked.rules}"', where=node.where(("rules",)))
        rules = load_rules(path)
    own = {
        key: vehicle_from_node(value, key, folders, at=("own vehicles", key))
        for key, value in (node.value["own vehicles"].value if asked.own_vehicles else {}).items()
    }

    def vehicle(key: str, index: int, wanted: str) -> Coach | Locomotive:
        if wanted in own:
            return own[wanted]
        return load_vehicle(wanted, folders, where=node.where((key, index, "vehicle")))

    coaches, locomotives = [], []
    for index, item in enumerate(asked.coaches):
        coach = vehicle("coaches", index, item.vehicle)
        if not isinstance(coach, Coach):
            raise InputError(
                f'"{item.vehicle}" is a locomotive', where=node.where(("coaches", index, "vehicle"))
            )
        armour_kg = item.armour
        if item.armour_factor is not None:
            armour_kg = (item.armour_factor - 1.0) * coach.tare
        try:
            coach.check_axle_load(armour_kg)
        except ValueError as error:
            raise InputError(
                f"{item.label or coach.title}: {error}", where=node.where(("coaches", index))
            ) from error
        coaches.append(coach)
    for index, engine in enumerate(asked.locomotives):
        found = vehicle("locomotives", index, engine.vehicle)
        if not isinstance(found, Locomotive):
            raise InputError(
                f'"{engine.vehicle}" is a coach',
                where=node.where(("locomotives", index, "vehicle")),
            )
        locomotives.append(found)
    if sum(item.bounds[1] for item in asked.coaches) > MOST_COACHES:
        raise InputError(
            f"more than {MOST_COACHES} coaches are offered",
            where=node.where(("coaches",)),
            cure='Lower some "up to": no train is longer than that.',
        )
    return ConsistOrder(name, asked, rules, tuple(coaches), tuple(locomotives), node.where())
