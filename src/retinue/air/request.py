"""What an air leg is asked to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from retinue.air.runway import Conditions
from retinue.errors import InputError
from retinue.world.aerodromes import Aerodrome

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.air.areas import RestrictedArea
    from retinue.air.fir import Firs
    from retinue.air.performance import Performance
    from retinue.air.reserves import ReserveRules
    from retinue.air.wind import Wind
    from retinue.world.aerodromes import Aerodromes
    from retinue.world.places import Place

__all__ = ["PERSON_KG", "AerodromeDay", "AirRequest"]

PERSON_KG = 100.0
"""A passenger with baggage, where the journey states no payload (assumed)."""


@dataclass(frozen=True)
class AerodromeDay:
    """What is known of an aerodrome on the day.

    Attributes
    ----------
    opens, closes
        Local times ``HH:MM``; one that closes before it opens is open over midnight.
    code_letter
        Widest wingspan taken (ICAO Annex 14).
    parking
        Stands for this type.
    """

    conditions: Conditions = field(default_factory=Conditions)
    opens: str | None = None
    closes: str | None = None
    code_letter: str | None = None
    parking: int | None = None
    source: str = ""


@dataclass(frozen=True, eq=False)
class AirRequest:
    """An air leg as asked for.

    Attributes
    ----------
    origin, destination
        Aerodromes; for a helicopter any places.
    via
        Points the track must pass, in order.
    payload_kg
        None: `passengers` times `PERSON_KG`.
    closed_countries
        Codes (alpha-2) whose airspace is avoided; those of origin and destination never are.
    cruise_altitude_m
        None: the highest level of the direction up to the card's.
    flight
        Flight number or call sign.
    rules
        None: the type card's own reserve.
    alternates
        Of the destination, the best first; empty: the nearest that will do is chosen among
        `aerodromes`.
    rvsm
        None: as the type card has it.
    wind
        None: still air.
    days
        Conditions by aerodrome code.
    taxi_out_s
        None: the card's.
    where
        ``file:line: key`` of the leg, for errors.
    """

    leg_id: str
    title: str
    origin: Place
    destination: Place
    aircraft: Performance
    via: tuple[Place, ...] = ()
    payload_kg: float | None = None
    passengers: int = 0
    closed_countries: tuple[str, ...] = ()
    cruise_altitude_m: float | None = None
    flight: str = ""
    registration: str = ""
    rules: ReserveRules | None = None
    alternates: tuple[Aerodrome, ...] = ()
    aerodromes: Aerodromes | None = field(default=None, repr=False)
    rvsm: bool | None = None
    wind: Wind | None = None
    areas: tuple[RestrictedArea, ...] = ()
    firs: Firs | None = None
    days: Mapping[str, AerodromeDay] = field(default_factory=lambda: MappingProxyType({}))
    taxi_out_s: float | None = None
    where: str = ""

    @property
    def card(self) -> AircraftCard:
        """Masses and limits of the aircraft."""
        return self.aircraft.card

    @property
    def load_kg(self) -> float:
        """Payload, as stated or from the number of passengers."""
        return self.passengers * PERSON_KG if self.payload_kg is None else self.payload_kg

    @property
    def taxi_out(self) -> float:
        """Seconds of taxiing out."""
        return self.card.taxi_out if self.taxi_out_s is None else self.taxi_out_s

    @property
    def timed(self) -> bool:
        """Whether the flight hangs on the moment of departure: by its wind or an area's hours."""
        windy = self.wind is not None and self.wind.timed
        return windy or any(area.active for area in self.areas)

    @property
    def approved_rvsm(self) -> bool | None:
        """Whether reduced vertical separation is approved, None where nobody says."""
        return self.card.rvsm if self.rvsm is None else self.rvsm

    def day(self, aerodrome: Aerodrome) -> AerodromeDay:
        """Return what is known of an aerodrome on the day."""
        return self.days.get(aerodrome.code, AerodromeDay())

    def aerodrome(self, place: Place) -> Aerodrome:
        """Return the aerodrome behind origin or destination, a helicopter's landing site too.

        Raises
        ------
        InputError
            Where the place is none.
        """
        if place.aerodrome is not None:
            return place.aerodrome
        if self.card.engine == "helicopter":
            return Aerodrome(
                ident=place.name, icao="", iata="", name=place.name, municipality="",
                country=place.country, kind="landing_site", lat=place.lat, lon=place.lon,
                elevation_m=None, scheduled=False, runways=(),
            )  # fmt: skip
        raise InputError(
            f"{place.name} is not an aerodrome",
            where=self.where,
            cure='Name an aerodrome by its ICAO indicator, e.g. "ZKPY".',
        )
