"""Loading list: road vehicles in the hold of a cargo aircraft, measured before they are loaded.

The vehicles stand in rows, one behind the other on their wheels, nose first towards the front of
the hold.  The heaviest stand in the middle, where the centre of gravity of an empty hold lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.errors import NoPlan, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.air.aircraft import AircraftCard

__all__ = ["BETWEEN_M", "CLEARANCE_M", "CargoVehicle", "LoadingPlace", "load_hold"]

#: Free space around a vehicle to walls, door frame and roof (planning value, assumed).
CLEARANCE_M = 0.15
#: Bumper to bumper, for the lashings (planning value, assumed).
BETWEEN_M = 0.6


@dataclass(frozen=True)
class CargoVehicle:
    """A road vehicle to be carried; a measure that nobody stated is None."""

    name: str
    label: str
    length_m: float
    width_m: float | None
    height_m: float | None
    mass_kg: float
    axles: int
    axle_load_kg: float | None = None

    @property
    def heaviest_axle_kg(self) -> float:
        """Load of the heaviest axle; shared evenly where it is not stated."""
        return self.axle_load_kg or self.mass_kg / self.axles


@dataclass(frozen=True)
class LoadingPlace:
    """A vehicle in its place: from the front of the hold, and in which row from the left."""

    vehicle: CargoVehicle
    row: int
    from_m: float
    to_m: float


def load_hold(
    card: AircraftCard, vehicles: Sequence[CargoVehicle], *, where: str = ""
) -> tuple[tuple[LoadingPlace, ...], tuple[str, ...]]:
    """Place road vehicles in a hold.

    Returns
    -------
    tuple
        The vehicles in the order in which they stand, front first; and what is not known and
        therefore was not checked.

    Raises
    ------
    NoPlan
        Where they do not fit: through the door, in the hold, on the floor, or within the load.
    """
    unknown: list[str] = []
    reasons = [*_measures(card, vehicles, unknown), *_loads(card, vehicles, unknown)]
    rows = _rows(card, vehicles)
    if card.hold_length is None:
        unknown.append("length of the hold")
    places = _places(rows)
    longest = max(place.to_m for place in places) + BETWEEN_M / 2
    if card.hold_length is not None and longest > card.hold_length and not reasons:
        reasons.append(
            Reason(
                f"{len(vehicles)} vehicles with {BETWEEN_M:g} m between them need"
                f" {longest:.1f} m of floor, the hold is {card.hold_length:.1f} m long",
                where=where,
                cure="carry fewer of them, or send a second aircraft",
                kind="hold",
            )
        )
    if reasons:
        raise NoPlan(f"the vehicles do not fit into the {card.name}", where=where, reasons=reasons)
    return places, tuple(dict.fromkeys(unknown))


def _measures(
    card: AircraftCard, vehicles: Sequence[CargoVehicle], unknown: list[str]
) -> list[Reason]:
    reasons = []
    for what, wide, high, gap in (
        ("hold", card.hold_width, card.hold_height, CLEARANCE_M),
        ("door", card.door_width, card.door_height, CLEARANCE_M),
    ):
        unknown += [
            f"{measure} of the {what}"
            for measure, room in (("width", wide), ("height", high))
            if room is None
        ]
        for one in dict.fromkeys(vehicles):
            for measure, size, room, sides in (
                ("wide", one.width_m, wide, 2), ("high", one.height_m, high, 1),
            ):  # fmt: skip
                if size is None:
                    unknown.append(f"how {measure} the {one.label} is")
                elif room is not None and size + sides * gap > room:
                    reasons.append(
                        Reason(
                            f"the {one.label} is {size:.2f} m {measure}; the {what} of"
                            f" {room:.2f} m takes {room - sides * gap:.2f} m",
                            where=what,
                            cure="another vehicle or another aircraft",
                            kind=what,
                        )
                    )
    return reasons


def _loads(
    card: AircraftCard, vehicles: Sequence[CargoVehicle], unknown: list[str]
) -> list[Reason]:
    reasons = []
    total = sum(one.mass_kg for one in vehicles)
    most = card.maximum_cargo or card.maximum_payload
    if total > most:
        reasons.append(
            Reason(
                f"the vehicles weigh {total / 1000:.1f} t, the aircraft carries"
                f" {most / 1000:.1f} t",
                cure="carry fewer of them, or send a second aircraft",
                kind="payload",
            )
        )
    unknown += [
        f"{what} that the hold takes"
        for what, limit in (("floor load", card.floor_load), ("axle load", card.axle_load))
        if limit is None
    ]
    for one in dict.fromkeys(vehicles):
        running = one.mass_kg / one.length_m
        if card.floor_load is not None and running > card.floor_load:
            reasons.append(
                Reason(
                    f"the {one.label} puts {running:.0f} kg/m on the floor, it takes"
                    f" {card.floor_load:.0f} kg/m",
                    cure="shoring under the wheels agreed with the operator, or another vehicle",
                    kind="floor-load",
                )
            )
        if card.axle_load is not None and one.heaviest_axle_kg > card.axle_load:
            reasons.append(
                Reason(
                    f"an axle of the {one.label} weighs {one.heaviest_axle_kg / 1000:.2f} t, the"
                    f" floor takes {card.axle_load / 1000:.2f} t",
                    cure="shoring under the wheels agreed with the operator, or another vehicle",
                    kind="axle-load",
                )
            )
    return reasons


def _rows(card: AircraftCard, vehicles: Sequence[CargoVehicle]) -> list[list[CargoVehicle]]:
    """Share the vehicles among the rows that fit beside each other, the shortest row first."""
    widest = max((one.width_m or 0.0 for one in vehicles), default=0.0)
    count = 1
    if card.hold_width is not None and all(one.width_m for one in vehicles):
        count = max(int((card.hold_width - CLEARANCE_M) // (widest + CLEARANCE_M)), 1)
    rows: list[list[CargoVehicle]] = [[] for _ in range(count)]
    for one in sorted(vehicles, key=lambda v: (-v.length_m, -v.mass_kg, v.name)):
        min(rows, key=_length).append(one)
    return [row for row in rows if row]


def _length(row: Sequence[CargoVehicle]) -> float:
    return sum(one.length_m + BETWEEN_M for one in row)


def _places(rows: Sequence[Sequence[CargoVehicle]]) -> tuple[LoadingPlace, ...]:
    places = []
    for number, row in enumerate(rows, start=1):
        order: list[CargoVehicle] = []
        # Lightest outside, heaviest in the middle: put in from the heaviest, to both sides.
        for k, one in enumerate(sorted(row, key=lambda v: (-v.mass_kg, v.name))):
            order.insert(0 if k % 2 else len(order), one)
        at = BETWEEN_M / 2
        for one in order:
            places.append(LoadingPlace(one, number, at, at + one.length_m))
            at += one.length_m + BETWEEN_M
    return tuple(sorted(places, key=lambda p: (p.from_m, p.row)))
