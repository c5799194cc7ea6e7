"""The motorcade's cars on the train that brings them: road's vehicles handed to rail's decks.

Cars marked ``from the train`` travel on the rail leg that ends where their road leg begins.
They are loaded before it departs; where the road leg before it is driven with cars of the
train too, they are loaded between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text
from retinue.errors import NoPlan
from retinue.plan import Assumption, Event, Note
from retinue.plan.records import JsonDict
from retinue.rail.car_handling import CarHandling, car_loading_times, drive_off, drive_on
from retinue.rail.car_loading import CarLoad, CarOnTrain, line_reasons, load_cars
from retinue.road.convoy import load_convoy

if TYPE_CHECKING:
    from retinue.journey import LegAsked
    from retinue.planner.staged import Context, TimedLeg
    from retinue.rail.formation import Formation
    from retinue.rail.leg_runs import RailRuns
    from retinue.world.rail_route import RailRoute

__all__ = ["CarsOnTrain", "cars_of", "put_on_train"]


def cars_of(
    legs: Sequence[LegAsked], index: int, path: tuple[int | str, ...], context: Context
) -> tuple[CarOnTrain, ...]:
    """Return the cars that a rail leg carries for the road leg behind it, first needed first.

    Parameters
    ----------
    path
        Of the list of legs in the journey file.

    Raises
    ------
    InputError
        As the road room raises it for an unknown convoy.
    """
    behind = legs[index + 1] if index + 1 < len(legs) else None
    if legs[index].rail is None or behind is None or behind.road is None:
        return ()
    where = context.file.where(*path, index + 1, "road", "convoy")
    convoy = load_convoy(behind.road.convoy, context.folder, where=where)
    return tuple(
        CarOnTrain(
            label=item.vehicle.label,
            role=item.role,
            length_m=item.vehicle.length,
            mass_kg=item.vehicle.mass,
            height_m=item.vehicle.height,
            width_m=item.vehicle.width,
            axle_load_kg=item.vehicle.axle_load,
            wheelbase_m=item.vehicle.wheelbase,
            clearance_m=item.vehicle.ground_clearance,
        )
        for item in convoy.vehicles
        if item.from_the_train
    )


@dataclass(frozen=True)
class CarsOnTrain:
    """Cars on a train, with what loading and unloading them takes.

    Attributes
    ----------
    on, off
        Driving on before departure, and off where the leg ends: there the train stands as
        its reversals left it.
    """

    load: CarLoad
    on: CarHandling
    off: CarHandling

    @property
    def counted(self) -> str:
        """The number of cars in words."""
        count = len(self.load.cars)
        return f"{count} cars" if count > 1 else "1 car"

    @classmethod
    def of(cls, load: CarLoad, runs: RailRuns) -> CarsOnTrain:
        """Return the handling of a load on the train as it departs and arrives."""
        departs = runs.sections[0].main.formation
        arrives = runs.sections[-1].main.formation
        return cls(load, drive_on(departs, load), drive_off(arrives, load))

    def told(self, timed: TimedLeg) -> TimedLeg:
        """Return the rail leg with its cars in timeline, notes, details and assumptions."""
        leg = timed.leg
        begin = leg.depart_utc - self.on.total_s
        wagons = " and ".join(wagon.label for wagon in self.load.wagons)
        event = Event(
            time_utc=begin,
            zone=leg.from_.zone,
            kind="task",
            place=leg.from_.name,
            text=f"begin to load {self.counted} into {wagons}, before the train is made up",
            lat=leg.from_.lat,
            lon=leg.from_.lon,
            duration_s=round(self.on.total_s),
        )
        opening = "" if self.off.free else "; the train is opened first"
        text = (
            f"{self.counted} in {wagons}; loaded by"
            f" {local_text(leg.depart_utc, leg.from_.zone).strip()}, from"
            f" {local_text(begin, leg.from_.zone).strip()} on. At {leg.to.name} the ramp is"
            f" {'; '.join(access.where for access in self.off.access)}{opening}:"
            f" the last car is off after {duration_text(self.off.total_s)}"
        )
        notes = [Note(level="info", subject=leg.title, text=text)]
        notes += [Note(level="info", subject=leg.title, text=t) for t in self.load.unknown]
        timeline = tuple(sorted((event, *leg.timeline), key=lambda e: e.time_utc))
        leg = leg.model_copy(
            update={
                "timeline": timeline,
                "notes": (*leg.notes, *notes),
                "details": leg.details | {"cars": self._details()},
            }
        )
        return replace(timed, leg=leg, assumptions=(*timed.assumptions, *self._assumptions(leg.id)))

    def _details(self) -> JsonDict:
        return {
            "cars": [car.name for car in self.load.cars],
            "enclosed": self.load.enclosed,
            "wagons": [
                {
                    "id": wagon.wagon_id,
                    "label": wagon.label,
                    "cars": [car.name for car in wagon.cars],
                    "load_kg": round(wagon.load_kg, 1),
                    "axle_load_kg": round(wagon.axle_load_kg, 1),
                    "deck_m": None if wagon.deck is None else wagon.deck.length,
                    "used_m": None
                    if wagon.deck is None
                    else round(
                        sum(car.length_m for car in wagon.cars)
                        + wagon.deck.spacing * (len(wagon.cars) - 1)
                        + 2 * wagon.deck.end_clearance,
                        2,
                    ),
                }
                for wagon in self.load.wagons
            ],
            "loading_s": round(self.on.total_s),
            "unloading_s": round(self.off.total_s),
            "ramp_end_free": self.off.free,
            "ramp": [access.where for access in self.off.access],
            "tasks": [
                {"what": t.what, "start_s": round(t.start_s), "duration_s": round(t.duration_s)}
                for t in self.off.tasks
            ],
        }

    def _assumptions(self, leg_id: str) -> list[Assumption]:
        times = car_loading_times()
        found = [
            Assumption(
                subject="cars on the train",
                what="times of loading and unloading",
                value=f"{duration_text(self.on.total_s)} on, {duration_text(self.off.total_s)} off",
                because=times.source,
                legs=(leg_id,),
            )
        ]
        found += [
            Assumption(
                subject=wagon.label,
                what="deck, door and ramp",
                value=f"{wagon.deck.length:g} m for cars, {wagon.deck.load_limit / 1000:g} t",
                because=wagon.deck.source,
                legs=(leg_id,),
            )
            for wagon in self.load.wagons
            if wagon.deck is not None and wagon.deck.confidence == "assumed"
        ]
        return found


def put_on_train(
    train: Formation, cars: Sequence[CarOnTrain], route: RailRoute | None, where: str
) -> CarLoad | None:
    """Return the train with its cars, or None where there are none.

    Raises
    ------
    NoPlan
        Where they fit neither the wagons nor the lines.
    """
    if not cars:
        return None
    load = load_cars(train, cars, where=where)
    if route is not None and (reasons := line_reasons(load, route)):
        raise NoPlan(
            f"{train.title or 'the train'} cannot run the line with its cars",
            reasons=reasons,
            where=where,
        )
    return load
