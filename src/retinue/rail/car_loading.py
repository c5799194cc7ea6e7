"""Cars on the train: which fit the transporters, and where each one stands.

Cars stand in the order in which they are needed: the first one off stands next to the ramp.
The group stands in the middle of the deck, so that both bogies carry nearly alike::

    load of the heavier bogie = W / 2 + |sum m_i x_i| / bogie centres

with ``x`` from the middle.  What nobody knows refuses nothing and is listed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retinue.errors import NoPlan, Reason
from retinue.rail.car_deck import CarDeck
from retinue.rail.interfaces import interfaces, known_as
from retinue.rail.rolling_stock import Coach

if TYPE_CHECKING:
    from retinue.rail.formation import Formation
    from retinue.rail.placed_vehicle import PlacedVehicle
    from retinue.world.rail_route import RailRoute

__all__ = ["CarLoad", "CarOnTrain", "LoadedWagon", "line_reasons", "load_cars"]

_ROLE = "car-transporter"


@dataclass(frozen=True)
class CarOnTrain:
    """A road vehicle to be carried; None: nobody knows."""

    label: str
    role: str
    length_m: float
    mass_kg: float
    height_m: float | None = None
    width_m: float | None = None
    axle_load_kg: float | None = None
    wheelbase_m: float | None = None
    clearance_m: float | None = None

    @property
    def steepest_ramp(self) -> float | None:
        """Steepest ramp whose crest does not touch the floor, as a gradient.

        The break-over angle of a car with its clearance c in the middle of its wheelbase w,
        ``2 atan(2 c / w)`` (SAE J1100), is what the ramp may rise.
        """
        if self.wheelbase_m is None or self.clearance_m is None:
            return None
        return math.tan(2.0 * math.atan(2.0 * self.clearance_m / self.wheelbase_m))

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self.label} ({self.role})"


@dataclass(frozen=True)
class LoadedWagon:
    """A transporter with its cars.

    Attributes
    ----------
    wagon_id
        Its id in the formation, whichever way the train stands.
    cars
        In the order in which they leave, the one next to the ramp first.
    ramp_m
        For each car the way from its front to the end of the deck at the ramp.
    load_kg
        Cars and what holds them.
    axle_load_kg
        Of the heavier bogie.
    """

    wagon_id: str
    label: str
    deck: CarDeck | None
    cars: tuple[CarOnTrain, ...]
    ramp_m: tuple[float, ...]
    load_kg: float
    axle_load_kg: float


@dataclass(frozen=True)
class CarLoad:
    """The train with its cars.

    Attributes
    ----------
    formation
        Transporters at least as heavy as their cars make them: the planned load stands
        for cars of which nothing is known, and is not counted twice.
    unknown
        What could not be checked, in sentences.
    """

    formation: Formation
    wagons: tuple[LoadedWagon, ...]
    unknown: tuple[str, ...] = ()

    @property
    def cars(self) -> tuple[CarOnTrain, ...]:
        """All cars."""
        return tuple(car for wagon in self.wagons for car in wagon.cars)

    @property
    def enclosed(self) -> bool:
        """Whether every car stands under a roof; unknown decks count as such."""
        return all(wagon.deck is None or wagon.deck.enclosed for wagon in self.wagons)


def load_cars(formation: Formation, cars: Sequence[CarOnTrain], *, where: str = "") -> CarLoad:
    """Place cars on the transporters of a train, from its tail.

    Parameters
    ----------
    cars
        In the order in which they are needed.
    where
        ``file:line: key`` of the train, for the error.

    Raises
    ------
    NoPlan
        Where they do not fit, with every reason found and what would cure it.
    """
    transporters = [placed for placed in formation.coaches if placed.role_name == _ROLE]
    reasons: list[Reason] = []
    unknown: list[str] = []
    wagons: list[LoadedWagon] = []
    waiting = list(cars)
    for placed in reversed(transporters):
        if waiting:
            taken = _as_many_as_fit(placed, waiting)
            if not taken:
                reasons += _reasons(placed, waiting[:1])
                continue
            wagon = _loaded(placed, taken)
            reasons += _reasons(placed, taken)
            unknown += _unknown(placed, taken)
            wagons.append(wagon)
            waiting = waiting[len(taken) :]
    if waiting and not reasons:
        reasons.append(_no_room(formation, transporters, cars, waiting))
    if reasons:
        message = f"the motorcade's cars do not fit on {formation.title or 'the train'}"
        raise NoPlan(message, reasons=list(dict.fromkeys(reasons)), where=where)
    loads = {wagon.wagon_id: wagon.load_kg for wagon in wagons}
    vehicles = tuple(_with_load(placed, loads.get(placed.id)) for placed in formation.vehicles)
    return CarLoad(
        replace(formation, vehicles=vehicles), tuple(wagons), tuple(dict.fromkeys(unknown))
    )


def _with_load(placed: PlacedVehicle, load_kg: float | None) -> PlacedVehicle:
    if load_kg is None:
        return placed
    planned = placed.vehicle.load_kg if placed.load_kg is None else placed.load_kg
    return placed if load_kg <= planned else replace(placed, load_kg=load_kg)


def _deck(placed: PlacedVehicle) -> CarDeck | None:
    return placed.vehicle.deck if isinstance(placed.vehicle, Coach) else None


def _as_many_as_fit(placed: PlacedVehicle, cars: Sequence[CarOnTrain]) -> list[CarOnTrain]:
    deck = _deck(placed)
    most = placed.vehicle.cars if isinstance(placed.vehicle, Coach) else 0
    if deck is None:
        return list(cars[:most])
    taken: list[CarOnTrain] = []
    for car in cars:
        group = [*taken, car]
        # The number stated is the planner's word; without one the deck decides.
        if (most and len(group) > most) or _used_m(deck, group) > deck.length + 1e-6:
            break
        if sum(c.mass_kg for c in group) + deck.gear > deck.load_limit + 1e-6 and taken:
            break
        taken = group
    return taken


def _used_m(deck: CarDeck, cars: Sequence[CarOnTrain]) -> float:
    spaces = deck.spacing * (len(cars) - 1) + 2 * deck.end_clearance
    return sum(car.length_m for car in cars) + spaces


def _loaded(placed: PlacedVehicle, cars: Sequence[CarOnTrain]) -> LoadedWagon:
    deck, vehicle = _deck(placed), placed.vehicle
    gear = 0.0 if deck is None else deck.gear
    load = sum(car.mass_kg for car in cars) + gear
    fixed = vehicle.tare + placed.armour_mass_kg
    if deck is None:
        share = (fixed + load) / vehicle.axles
        return LoadedWagon(placed.id, placed.label, None, tuple(cars), (0.0,) * len(cars),
                           load, share)  # fmt: skip
    margin = (deck.length - (_used_m(deck, cars) - 2 * deck.end_clearance)) / 2
    at, ways, moment = margin, [], 0.0
    for car in cars:
        ways.append(at)
        moment += car.mass_kg * (at + car.length_m / 2 - deck.length / 2)
        at += car.length_m + deck.spacing
    tilt = abs(moment) / deck.bogie_centres if deck.bogie_centres else 0.0
    heavier = ((fixed + load) / 2 + tilt) / (vehicle.axles / 2)
    return LoadedWagon(placed.id, placed.label, deck, tuple(cars), tuple(ways), load, heavier)


def _reasons(placed: PlacedVehicle, cars: Sequence[CarOnTrain]) -> Iterator[Reason]:
    deck = _deck(placed)
    if deck is None:
        return
    for car in cars:
        yield from _car_reasons(placed.label, deck, car)
    wagon = _loaded(placed, cars)
    if wagon.load_kg > deck.load_limit + 1e-6:
        yield Reason(
            f"cars and their gear weigh {wagon.load_kg / 1000:.1f} t,"
            f" {placed.label} carries {deck.load_limit / 1000:.1f} t",
            cure="Carry fewer or lighter cars, or add a transporter.",
            kind="car-mass",
        )
    if wagon.axle_load_kg > placed.vehicle.axle_load_limit + 1.0:
        yield Reason(
            f"loaded, {placed.label} has {wagon.axle_load_kg / 1000:.1f} t an axle, its axles"
            f" carry {placed.vehicle.axle_load_limit / 1000:.1f} t",
            cure="Carry fewer or lighter cars, or a transporter with more axles.",
            kind="axle-load",
        )


def _car_reasons(label: str, deck: CarDeck, car: CarOnTrain) -> Iterator[Reason]:
    if _used_m(deck, [car]) > deck.length + 1e-6:
        yield Reason(
            f"{car.name} is {car.length_m:.2f} m long, {label} has"
            f" {deck.length - 2 * deck.end_clearance:.2f} m for cars",
            cure="Take a shorter car, or a transporter with a longer deck.",
            kind="car-length",
        )
    heights = [h for h in (deck.height, deck.door_height) if h is not None]
    if car.height_m is not None and heights and car.height_m > min(heights):
        yield Reason(
            f"{car.name} is {car.height_m:.2f} m high, {label} takes {min(heights):.2f} m",
            cure="Send it by road or on an open wagon.",
            kind="car-height",
        )
    widths = [deck.width - deck.side_clearance] if deck.width is not None else []
    widths += [deck.door_width] if deck.door_width is not None else []
    if car.width_m is not None and widths and car.width_m > min(widths):
        yield Reason(
            f"{car.name} is {car.width_m:.2f} m wide, {label} takes {min(widths):.2f} m",
            cure="Take a narrower car, or an open wagon.",
            kind="car-width",
        )
    steepest = car.steepest_ramp
    if steepest is not None and deck.ramp_gradient is not None and deck.ramp_gradient > steepest:
        yield Reason(
            f"the ramp of {label} rises {100 * deck.ramp_gradient:.0f} %, {car.name} grounds on"
            f" its crest beyond {100 * steepest:.0f} %",
            cure="Take a longer ramp or a raised platform, or a car with more clearance.",
            kind="ramp",
        )
    if (
        car.axle_load_kg is not None
        and deck.wheel_axle_limit is not None
        and car.axle_load_kg > deck.wheel_axle_limit
    ):
        yield Reason(
            f"an axle of {car.name} weighs {car.axle_load_kg / 1000:.1f} t, floor and ramp of"
            f" {label} carry {deck.wheel_axle_limit / 1000:.1f} t",
            cure="Take a lighter car, or a stronger transporter.",
            kind="car-axle-load",
        )


def _no_room(
    formation: Formation,
    transporters: Sequence[PlacedVehicle],
    cars: Sequence[CarOnTrain],
    waiting: Sequence[CarOnTrain],
) -> Reason:
    train = formation.title or formation.name
    if not transporters:
        return Reason(
            f"{train} has no car transporter",
            cure='Add a coach with "role: car-transporter", or mark no car of the convoy'
            ' "from the train".',
            kind="transporter",
        )
    return Reason(
        f"the transporters of {train} take {len(cars) - len(waiting)} of {len(cars)} cars",
        cure=f"Add a transporter, or let {waiting[0].name} stand ready at the destination.",
        kind="car-count",
    )


def _unknown(placed: PlacedVehicle, cars: Sequence[CarOnTrain]) -> Iterator[str]:
    deck = _deck(placed)
    if deck is None:
        yield f"{placed.label}: deck, door and ramp are not known, only the number of cars"
        return
    for car in cars:
        missing = [
            word
            for word, value in (
                ("height", car.height_m),
                ("width", car.width_m),
                ("axle load", car.axle_load_kg),
                ("clearance", car.steepest_ramp),
            )
            if value is None
        ]
        if missing:
            yield f"{car.label}: {', '.join(missing)} not known"


def line_reasons(load: CarLoad, route: RailRoute) -> list[Reason]:
    """Return what keeps loaded transporters off the lines of a route.

    The axle load of the heavier bogie, and for open decks the loaded height and width as a
    box in the line's loading gauge (its cut corners are not known here); closed wagons are
    judged by their own loading gauge with the rest of the train.
    """
    found: dict[Reason, None] = {}
    for stretch in route.stretches:
        limit = stretch.axle_load_kg
        for wagon in load.wagons:
            if limit is not None and wagon.axle_load_kg > limit + 1.0:
                found[
                    Reason(
                        f"loaded, {wagon.label} has {wagon.axle_load_kg / 1000:.1f} t an axle,"
                        f" {stretch.line_name} carries {limit / 1000:.1f} t",
                        cure="Carry fewer or lighter cars.",
                        kind="axle-load",
                    )
                ] = None
            found.update(dict.fromkeys(_box_reasons(wagon, stretch.loading_gauge)))
    return list(found)


def _box_reasons(wagon: LoadedWagon, word: str | None) -> Iterator[Reason]:
    deck, known = wagon.deck, known_as("loading_gauges", word)
    if deck is None or deck.enclosed or deck.floor_height is None or known is None:
        return
    gauge = interfaces().loading_gauges[known]
    for car in wagon.cars:
        for what, size, limit in (
            ("high", None if car.height_m is None else deck.floor_height + car.height_m,
             gauge.height),
            ("wide", car.width_m, gauge.width),
        ):  # fmt: skip
            if size is not None and size > limit:
                yield Reason(
                    f"{car.name} on {wagon.label} stands {size:.2f} m {what}, loading gauge"
                    f" {known} allows {limit:.2f} m",
                    cure="Take a lower deck or a smaller car, or another line.",
                    kind="loading-gauge",
                )
