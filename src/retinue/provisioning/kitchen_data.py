"""Kitchens, dining coaches and the hours of cooks: ``kitchens.yaml``, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.plan import Plan, VehicleRecord
from retinue.provisioning.menu import Course, Station
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration
from retinue.world.catalogue import SHIPPED, shown_as, user_folder

__all__ = [
    "CookHours",
    "Galley",
    "KitchenData",
    "coaches_of",
    "galley_of",
    "load_kitchen_data",
]

_Time = Annotated[Duration, Field(ge=0, le=86_400.0)]


class KitchenCoach(SourcedRecord):
    """Stations and cooks of one kitchen coach."""

    of: str
    stations: dict[Station, Annotated[int, Field(ge=0, le=200)]]
    cooks: int = Field(ge=1, le=200, description="who find room at work at once")
    opens_before: _Time
    open_flame: bool = False


class DiningCoach(SourcedRecord):
    """Seats of one dining coach."""

    of: str
    seats: int = Field(ge=1, le=200)


_Coach = TypeVar("_Coach", KitchenCoach, DiningCoach)


class CookHours(SourcedRecord):
    """Longest duty and work, shortest rest."""

    longest_duty: Annotated[Duration, Field(gt=0, le=86_400.0)]
    longest_work: Annotated[Duration, Field(gt=0, le=86_400.0)]
    rest: _Time
    remark: str = ""


class KitchenTime(SourcedRecord):
    """One time of the kitchen's rules."""

    time: _Time


class KitchenData(Record):
    """The whole file."""

    retinue_kitchens: Literal[1]
    sources: dict[str, str]
    kitchens: tuple[KitchenCoach, ...]
    dining: tuple[DiningCoach, ...]
    hours: CookHours
    prepared_ahead_at_most: KitchenTime
    served_after_ready: KitchenTime = Field(description="from the order to the table")
    rests_elsewhere: tuple[Station, ...] = Field(
        default=(), description="what rests after work here sets in a refrigerator"
    )
    course_after: dict[Course, _Time] = Field(description="from the begin of the sitting")
    part_at_most: KitchenTime = Field(description="a longer job is shared out among cooks")


@dataclass(frozen=True)
class Galley:
    """The kitchens and dining coaches of one train.

    Attributes
    ----------
    capacity
        Jobs at once by station, all kitchen coaches together.
    cooks
        Most who can work at once.
    seats
        Of all dining coaches.
    dining
        Their labels.
    """

    capacity: tuple[tuple[str, int], ...]
    cooks: int
    seats: int
    dining: str
    opens_before_s: float
    kitchens: tuple[KitchenCoach, ...]
    seating: tuple[DiningCoach, ...]


def load_kitchen_data(path: Path | None = None) -> KitchenData:
    """Read a file of kitchens; by default the user's own, else the shipped one.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "kitchens.yaml"
        path = own if own.is_file() else SHIPPED / "kitchens.yaml"
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue kitchens" not in node.value:
        raise InputError(
            "this is not a file of kitchens",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue kitchens: 1".',
        )
    data = validate(node, KitchenData)
    records: list[tuple[tuple[str | int, ...], SourcedRecord]] = [
        (("kitchens", at), kitchen) for at, kitchen in enumerate(data.kitchens)
    ]
    records += [(("dining", at), dining) for at, dining in enumerate(data.dining)]
    records += [
        (("hours",), data.hours),
        (("prepared ahead at most",), data.prepared_ahead_at_most),
        (("served after ready",), data.served_after_ready),
        (("part at most",), data.part_at_most),
    ]
    for where, record in records:
        for source in (record.source, *(b.source for b in record.basis.values())):
            if source not in data.sources:
                raise InputError(
                    f'the source "{source}" is not described under "sources"',
                    where=node.where(where),
                    cure=f'Add "{source}: ..." to "sources".',
                )
    return data


def coaches_of(plan: Plan) -> tuple[VehicleRecord, ...]:
    """Return the coaches of the main train as it departs, in order from the head.

    Locomotives are left out; a journey without a train has none.
    """
    leg = next((leg for leg in plan.legs if leg.mode == "rail" and leg.train), None)
    if leg is None or leg.train is None:
        return ()
    return tuple(v for v in leg.train.vehicles if v.role != "locomotive")


def galley_of(plan: Plan, data: KitchenData | None = None) -> Galley:
    """Return the kitchens and seats of the plan's main train.

    Raises
    ------
    InputError
        Where the train has no kitchen or no dining coach.
    """
    known = load_kitchen_data() if data is None else data
    coaches = coaches_of(plan)
    kitchens = _matching(coaches, known.kitchens)
    dining = _matching(coaches, known.dining)
    for found, role in ((kitchens, "kitchen"), (dining, "dining")):
        if not found:
            raise InputError(
                f"the train has no {role} coach",
                where=plan.legs[0].id if plan.legs else "",
                cure=f"Add a coach with the role {role} to the train file.",
            )
    capacity: dict[str, int] = {}
    for _, kitchen in kitchens:
        for station, places in kitchen.stations.items():
            capacity[station] = capacity.get(station, 0) + places
    return Galley(
        capacity=tuple(sorted(capacity.items())),
        cooks=sum(kitchen.cooks for _, kitchen in kitchens),
        seats=sum(coach.seats for _, coach in dining),
        dining=", ".join(dict.fromkeys(label for label, _ in dining)),
        opens_before_s=max(kitchen.opens_before for _, kitchen in kitchens),
        kitchens=tuple(kitchen for _, kitchen in kitchens),
        seating=tuple(coach for _, coach in dining),
    )


def _matching(
    coaches: Sequence[VehicleRecord], known: Sequence[_Coach]
) -> list[tuple[str, _Coach]]:
    found = []
    for coach in coaches:
        fitting = [k for k in known if k.of in (coach.type_name, coach.role)]
        if fitting:
            found.append((coach.label, min(fitting, key=lambda k: k.of != coach.type_name)))
    return found
