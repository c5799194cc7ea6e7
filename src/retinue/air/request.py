"""What an air leg is asked to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.world.aerodromes import Aerodrome
    from retinue.world.places import Place

__all__ = ["PERSON_KG", "AirRequest"]

PERSON_KG = 100.0
"""A passenger with baggage, where the journey states no payload (assumed)."""


@dataclass(frozen=True, eq=False)
class AirRequest:
    """An air leg as asked for.

    Attributes
    ----------
    origin, destination
        Aerodromes.
    via
        Points the track must pass, in order.
    payload_kg
        None: `passengers` times `PERSON_KG`.
    closed_countries
        Codes (alpha-2) whose airspace is avoided; those of origin and destination never are.
    cruise_altitude_m
        None: the card's.
    flight
        Flight number or call sign.
    where
        ``file:line: key`` of the leg, for errors.
    """

    leg_id: str
    title: str
    origin: Place
    destination: Place
    card: AircraftCard
    via: tuple[Place, ...] = ()
    payload_kg: float | None = None
    passengers: int = 0
    closed_countries: tuple[str, ...] = ()
    cruise_altitude_m: float | None = None
    flight: str = ""
    registration: str = ""
    where: str = ""

    @property
    def load_kg(self) -> float:
        """Payload, as stated or from the number of passengers."""
        return self.passengers * PERSON_KG if self.payload_kg is None else self.payload_kg

    def aerodrome(self, place: Place) -> Aerodrome:
        """Return the aerodrome behind origin or destination.

        Raises
        ------
        InputError
            Where the place is none.
        """
        if place.aerodrome is None:
            raise InputError(
                f"{place.name} is not an aerodrome",
                where=self.where,
                cure='Name an aerodrome by its ICAO indicator, e.g. "ZKPY".',
            )
        return place.aerodrome
