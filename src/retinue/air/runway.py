"""Runway lengths: what a take-off or landing needs, and which runways offer it.

The card's length holds at sea level and maximum mass.  Take-off length goes with the
square of the mass (lift-off speed goes with its root, acceleration with its inverse),
landing length with the mass; never below half the card's length.  Elevation adds 7 % for
every 300 m (ICAO Doc 9157, Aerodrome Design Manual, part 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.errors import Reason

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.world.aerodromes import Aerodrome, Runway

__all__ = ["RunwayUse", "landing_length_m", "runway_for", "take_off_length_m"]

_PER_ELEVATION = 0.07 / 300.0
_LEAST_SHARE = 0.5


def take_off_length_m(card: AircraftCard, mass_kg: float, elevation_m: float) -> float:
    """Return the runway length that a take-off needs."""
    share = max((mass_kg / card.maximum_take_off_mass) ** 2, _LEAST_SHARE)
    return card.take_off_length * share * (1.0 + _PER_ELEVATION * max(elevation_m, 0.0))


def landing_length_m(card: AircraftCard, mass_kg: float, elevation_m: float) -> float:
    """Return the runway length that a landing needs."""
    share = max(mass_kg / card.maximum_landing_mass, _LEAST_SHARE)
    return card.landing_length * share * (1.0 + _PER_ELEVATION * max(elevation_m, 0.0))


@dataclass(frozen=True)
class RunwayUse:
    """A runway in use and the length needed of it; None where no runway offers it."""

    what: Literal["take off", "land"]
    aerodrome: Aerodrome
    needed_m: float
    runway: Runway | None

    def reason(self, card: AircraftCard, mass_kg: float) -> Reason | None:
        """Return why the aerodrome will not do, or None where it will."""
        if self.runway is not None:
            return None
        kind = "paved runway" if card.paved_runway else "runway"
        listed = ", ".join(runway.text for runway in self.aerodrome.runways[:4])
        return Reason(
            f"{card.name} at {mass_kg / 1000:,.1f} t needs {self.needed_m:,.0f} m of {kind} to"
            f" {self.what} at {self.aerodrome.name}, which has {listed or 'none published'}",
            where=self.aerodrome.code,
            cure=f"Name an aerodrome with a {kind} of at least {self.needed_m:,.0f} m,"
            " another aircraft, or less payload.",
            kind="runway",
        )


def runway_for(
    card: AircraftCard, what: Literal["take off", "land"], aerodrome: Aerodrome, mass_kg: float
) -> RunwayUse:
    """Return the longest runway that is long enough, with the length needed."""
    length = take_off_length_m if what == "take off" else landing_length_m
    needed = length(card, mass_kg, aerodrome.elevation_m or 0.0)
    found = aerodrome.suitable(needed, paved=card.paved_runway)
    return RunwayUse(what, aerodrome, needed, found[0] if found else None)
