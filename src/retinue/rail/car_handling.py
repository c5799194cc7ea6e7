"""Driving cars on and off a train: which end the ramp is at by then, and how long it takes.

After a reversal the train stands back to front, so a ramp at the tail looks at the
locomotives.  Then the train is opened first::

    tail, ramp outward        [..][..][T>                  free
    head, ramp outward   [loco] <T][..][..]                 locomotives leave
    ramp behind others        [..][T> | [..]                cut behind it, front part draws on
    ramp before others        [..] | <T][..]                cut before it, front part draws on
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.movement import StopTask
from retinue.sourced import SourcedRecord
from retinue.units import Duration, Length, Speed

if TYPE_CHECKING:
    from retinue.rail.car_loading import CarLoad, LoadedWagon
    from retinue.rail.formation import Formation

__all__ = [
    "CarHandling",
    "CarLoadingTimes",
    "RampAccess",
    "car_loading_times",
    "drive_off",
    "drive_on",
    "ramp_access",
]

SHIPPED = Path(__file__).parent.parent / "data" / "car_loading.yaml"


class CarLoadingTimes(SourcedRecord):
    """What the tasks take."""

    retinue_car_loading: Literal[1]
    alighting: Duration = Field(ge=0)
    uncouple: Duration = Field(ge=0)
    locomotives_leave: Duration = Field(ge=0)
    draw_clear: Length = Field(ge=0)
    draw_speed: Speed = Field(gt=0)
    set_ramp: Duration = Field(ge=0)
    release_each: Duration = Field(ge=0)
    lash_each: Duration = Field(ge=0)
    drive_speed: Speed = Field(gt=0)
    apart: Duration = Field(ge=0)
    close_up: Duration = Field(ge=0)


@cache
def car_loading_times() -> CarLoadingTimes:
    """Return the shipped times."""
    return validate(read_yaml(SHIPPED, SHIPPED.name), CarLoadingTimes)


@dataclass(frozen=True)
class RampAccess:
    """How the ramp's end of a transporter becomes free.

    Attributes
    ----------
    free
        Nothing stands before the ramp.
    where
        Where transporter and ramp are, in words.
    opening
        (what, seconds) of what is done to the train first.
    """

    free: bool
    where: str
    opening: tuple[tuple[str, float], ...] = ()

    @property
    def opening_s(self) -> float:
        """Time to open the train."""
        return sum(seconds for _, seconds in self.opening)


@dataclass(frozen=True)
class CarHandling:
    """All tasks of driving cars on or off, in s from its beginning, with their end."""

    tasks: tuple[StopTask, ...]
    total_s: float
    access: tuple[RampAccess, ...]

    @property
    def free(self) -> bool:
        """Whether every ramp is at a free end."""
        return all(access.free for access in self.access)


def ramp_access(
    formation: Formation, wagon_id: str, times: CarLoadingTimes | None = None
) -> RampAccess:
    """Return how the cars of a transporter leave the train as it stands.

    Raises
    ------
    InputError
        Where the transporter has no ramp.
    """
    times = times or car_loading_times()
    index = next(i for i, placed in enumerate(formation.vehicles) if placed.id == wagon_id)
    placed = formation.vehicles[index]
    before, behind = formation.vehicles[:index], formation.vehicles[index + 1 :]
    wait = ("party alights, train not moved", times.alighting)
    draw = ("front part draws forward", times.draw_clear / times.draw_speed)
    found: list[RampAccess] = []
    if placed.ramp in ("rear", "both"):
        if not behind:
            found.append(RampAccess(True, "at the tail, ramp outward"))
        else:
            cut = (f"train uncoupled behind {placed.label}", times.uncouple)
            text = f"ramp to the rear, {len(behind)} vehicles behind it"
            found.append(RampAccess(False, text, (wait, cut, draw)))
    if placed.ramp in ("front", "both"):
        if not before:
            found.append(RampAccess(True, "at the head, ramp outward"))
        elif all(other.is_locomotive for other in before):
            cut = ("locomotives uncoupled", times.uncouple)
            leave = ("locomotives leave", times.locomotives_leave)
            text = "at the head behind the locomotives, ramp to the front"
            found.append(RampAccess(False, text, (cut, leave)))
        else:
            cut = (f"train uncoupled before {placed.label}", times.uncouple)
            text = f"ramp to the front, {len(before)} vehicles before it"
            found.append(RampAccess(False, text, (wait, cut, draw)))
    if not found:
        raise InputError(
            f"{placed.label} carries cars and has no ramp",
            where=formation.name,
            cure='Give its vehicle "ramp: rear" (or front, both).',
        )
    return min(found, key=lambda access: access.opening_s)


def drive_off(
    formation: Formation, load: CarLoad, times: CarLoadingTimes | None = None
) -> CarHandling:
    """Return the tasks of unloading from the train as it arrives, wagon after wagon.

    Each car takes its release and its way to the ramp's foot at walking pace.
    """
    times = times or car_loading_times()
    tasks: list[StopTask] = []
    accesses = []
    at = 0.0

    def do(what: str, seconds: float) -> None:
        nonlocal at
        tasks.append(StopTask(what, at, seconds))
        at += seconds

    for wagon in load.wagons:
        access = ramp_access(formation, wagon.wagon_id, times)
        accesses.append(access)
        for what, seconds in access.opening:
            # Once the party is out it need not be waited for again.
            if what.startswith("party") and any(task.what == what for task in tasks):
                continue
            do(what, seconds)
        do(f"ramp set at {wagon.label}", times.set_ramp)
        for car, way in zip(wagon.cars, wagon.ramp_m, strict=True):
            do(f"{car.name} driven off", _driving_s(wagon, way, car.length_m, times)
               + times.release_each)  # fmt: skip
    return CarHandling(tuple(tasks), at, tuple(accesses))


def drive_on(
    formation: Formation, load: CarLoad, times: CarLoadingTimes | None = None
) -> CarHandling:
    """Return the tasks of loading while the train is made up: the last one off goes on first.

    The ramp's end is free then, because the train is put together after loading.
    """
    times = times or car_loading_times()
    tasks: list[StopTask] = []
    at = 0.0
    for wagon in load.wagons:
        steps = [(f"ramp set at {wagon.label}", times.set_ramp)]
        for car, way in reversed(list(zip(wagon.cars, wagon.ramp_m, strict=True))):
            driving = _driving_s(wagon, way, car.length_m, times)
            steps.append((f"{car.name} driven on and lashed", driving + times.lash_each))
        for what, seconds in steps:
            tasks.append(StopTask(what, at, seconds))
            at += seconds
    tasks.append(StopTask("ramp in, wagon closed and tested", at, times.close_up))
    total = at + times.close_up
    return CarHandling(
        tuple(tasks), total, tuple(ramp_access(formation, w.wagon_id, times) for w in load.wagons)
    )


def _driving_s(wagon: LoadedWagon, way_m: float, length_m: float, times: CarLoadingTimes) -> float:
    ramp = 0.0 if wagon.deck is None else wagon.deck.ramp_length
    return (way_m + ramp + length_m) / times.drive_speed + times.apart
