"""Runways: the length that a take-off or landing needs, and the direction that will do.

The card's length holds at sea level, in the standard atmosphere, at maximum mass, level and dry.
Factors, each printed by name:

- mass: take-off with its square (lift-off speed goes with its root, acceleration with its
  inverse), landing with the mass; never below half the card's length (planning rule);
- elevation 7 % for 300 m, temperature 1 % for each degree above the standard at that
  elevation, slope 10 % for each per cent (ICAO Doc 9157, Aerodrome Design Manual, part 1, 3.5);
- a wet runway 1.15 for landing (ICAO Annex 6 part I, attachment on performance; CAT.POL.A.235);
- an unpaved one 1.20 for take-off and 1.15 for landing (AMC1 to CAT.POL.A.305 and .330);
- wind: half the headwind helps and one and a half times the tailwind harms (ICAO Annex 6), with
  the square of the ground speed at lift-off or touch-down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from retinue.air.atmosphere import density_ratio, temperature_k
from retinue.errors import Reason

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.world.aerodromes import Aerodrome, Runway

__all__ = ["Conditions", "Direction", "RunwayUse", "needed_length_m", "runway_for"]

What = Literal["take off", "land"]

_PER_ELEVATION = 0.07 / 300.0
_PER_KELVIN = 0.01
_LEAST_SHARE = 0.5
_WET_LANDING = 1.15
_UNPAVED = {"take off": 1.20, "land": 1.15}
_HEADWIND_COUNTED, _TAILWIND_COUNTED = 0.5, 1.5
_TAILWIND_MPS = 10 * 1852 / 3600
_SHORT = "too short"


@dataclass(frozen=True)
class Conditions:
    """An aerodrome on the day.

    Attributes
    ----------
    temperature_k
        None: that of the standard atmosphere, assumed.
    wind_from_deg, wind_mps
        Where the surface wind comes from, true; None: calm, assumed.
    runway
        Designator of the direction in use; None: chosen.
    """

    temperature_k: float | None = None
    wind_from_deg: float | None = None
    wind_mps: float = 0.0
    wet: bool = False
    runway: str | None = None


@dataclass(frozen=True)
class Direction:
    """One direction of a runway, judged.

    Attributes
    ----------
    factors
        By name, in the order they are applied.
    allowed_kg
        Greatest mass that the runway's length allows; a helicopter's to hover.
    headwind_mps, crosswind_mps
        None where wind or heading is not known; a tailwind is a negative headwind.
    faults
        Why it will not do, a clause each.
    """

    runway: Runway | None
    designator: str
    needed_m: float
    factors: dict[str, float] = field(hash=False)
    allowed_kg: float
    headwind_mps: float | None = None
    crosswind_mps: float | None = None
    faults: tuple[str, ...] = ()

    @property
    def available_m(self) -> float | None:
        """Published length."""
        return None if self.runway is None else self.runway.length_m

    @property
    def margin_m(self) -> float | None:
        """Length to spare."""
        return None if self.available_m is None else self.available_m - self.needed_m


@dataclass(frozen=True)
class RunwayUse:
    """The direction in use, or why none will do.

    Attributes
    ----------
    chosen
        The best direction; its faults are empty where it will do.
    directions
        All that were judged, the best first.
    """

    what: What
    aerodrome: Aerodrome
    mass_kg: float
    chosen: Direction
    directions: tuple[Direction, ...]

    @property
    def needed_m(self) -> float:
        """Length needed of the direction in use."""
        return self.chosen.needed_m

    @property
    def runway(self) -> Runway | None:
        """The runway in use, None where none will do."""
        return None if self.chosen.faults else self.chosen.runway

    @property
    def name(self) -> str:
        """The direction as a timeline prints it."""
        return self.chosen.designator

    def reason(self, card: AircraftCard) -> Reason | None:
        """Return why the aerodrome will not do, or None where it will."""
        if not self.chosen.faults:
            return None
        if card.engine == "helicopter":
            return Reason(
                f"{card.name} at {self.mass_kg / 1000:,.1f} t cannot hover at"
                f" {self.aerodrome.name}: {', '.join(self.chosen.faults)}",
                where=self.aerodrome.code,
                cure=f"Take off and land at no more than {self.chosen.allowed_kg / 1000:,.1f} t,"
                " or at a cooler hour.",
                kind="hover",
            )
        kind = "paved runway" if card.paved_runway else "runway"
        listed = ", ".join(runway.text for runway in self.aerodrome.runways[:4])
        short = any(_SHORT in fault for fault in self.chosen.faults)
        cure = (
            f"Name an aerodrome with a {kind} of at least {self.needed_m:,.0f} m,"
            " another aircraft, or less payload."
        )
        others = [fault for fault in self.chosen.faults if _SHORT not in fault]
        if not short:
            cure = "Wait for another wind, name another aerodrome, or another aircraft."
        return Reason(
            f"{card.name} at {self.mass_kg / 1000:,.1f} t needs {self.needed_m:,.0f} m of {kind} to"
            f" {self.what} at {self.aerodrome.name}, which has {listed or 'none published'}"
            + (f"; runway {self.chosen.designator}: {', '.join(others)}" if others else ""),
            where=self.aerodrome.code,
            cure=cure,
            kind="runway" if short else "runway-wind",
        )


def needed_length_m(
    card: AircraftCard,
    what: What,
    mass_kg: float,
    elevation_m: float,
    *,
    temperature: float | None = None,
    wet: bool = False,
    unpaved: bool = False,
    headwind_mps: float = 0.0,
    slope: float = 0.0,
) -> tuple[float, dict[str, float]]:
    """Return the runway length needed, and its factors by name.

    Parameters
    ----------
    temperature
        Kelvin; the standard atmosphere's where None.
    headwind_mps
        Negative for a tailwind.
    slope
        Effective slope of the runway, positive.
    """
    length = card.take_off_length if what == "take off" else card.landing_length
    if length is None:
        return 0.0, {}
    if what == "take off":
        mass = max((mass_kg / card.maximum_take_off_mass) ** 2, _LEAST_SHARE)
    else:
        mass = max(mass_kg / card.maximum_landing_mass, _LEAST_SHARE)
    standard = float(temperature_k(max(elevation_m, 0.0)))
    warmer = max((standard if temperature is None else temperature) - standard, 0.0)
    factors = {
        "mass": mass,
        "elevation": 1.0 + _PER_ELEVATION * max(elevation_m, 0.0),
        "temperature": 1.0 + _PER_KELVIN * warmer,
        "slope": 1.0 + 10.0 * abs(slope),
        "wet": _WET_LANDING if wet and what == "land" else 1.0,
        "surface": _UNPAVED[what] if unpaved else 1.0,
        "wind": _wind_factor(card, headwind_mps),
    }
    return length * math.prod(factors.values()), factors


def _wind_factor(card: AircraftCard, headwind_mps: float) -> float:
    counted = headwind_mps * (_HEADWIND_COUNTED if headwind_mps > 0.0 else _TAILWIND_COUNTED)
    speed = card.approach_speed  # lift-off and touch-down are flown at about that speed
    return float(((speed - min(counted, speed / 2)) / speed) ** 2)


def _components(conditions: Conditions, heading_deg: float | None) -> tuple[float, float] | None:
    if conditions.wind_from_deg is None or heading_deg is None:
        return None
    angle = math.radians(conditions.wind_from_deg - heading_deg)
    return conditions.wind_mps * math.cos(angle), conditions.wind_mps * math.sin(angle)


def runway_for(
    card: AircraftCard,
    what: What,
    aerodrome: Aerodrome,
    mass_kg: float,
    conditions: Conditions | None = None,
) -> RunwayUse:
    """Return the best runway direction, with the length needed and every factor.

    Best is the one that will do with the strongest headwind, then the longest runway; where
    none will do, the one with the greatest margin.
    """
    day = conditions or Conditions()
    if card.engine == "helicopter":
        pad = _pad(card, aerodrome, mass_kg, day)
        return RunwayUse(what, aerodrome, mass_kg, pad, (pad,))
    found = [
        _judged(card, what, aerodrome, mass_kg, day, runway, end)
        for runway in aerodrome.runways
        for end in _ends(runway, day)
    ]
    if not found:
        needed, factors = needed_length_m(
            card, what, mass_kg, aerodrome.elevation_m or 0.0, temperature=day.temperature_k
        )
        why = "no runway is published" if not day.runway else f"there is no runway {day.runway}"
        fault = f"{_SHORT}: {why}"
        found = [Direction(None, day.runway or "", needed, factors, 0.0, faults=(fault,))]
    found.sort(key=_rank)
    return RunwayUse(what, aerodrome, mass_kg, found[0], tuple(found))


def _pad(card: AircraftCard, aerodrome: Aerodrome, mass_kg: float, day: Conditions) -> Direction:
    """Judge a helicopter's pad: lift in the hover goes with the density (momentum theory)."""
    elevation = aerodrome.elevation_m or 0.0
    if card.hover_ceiling is None or card.hover_mass is None:
        return Direction(None, "pad", 0.0, {}, card.maximum_take_off_mass)
    standard = float(temperature_k(elevation))
    high = density_altitude_m(
        elevation, standard if day.temperature_k is None else day.temperature_k
    )
    share = float(density_ratio(max(high, 0.0)) / density_ratio(card.hover_ceiling))
    allowed = min(card.hover_mass * share, card.maximum_take_off_mass)
    faults: tuple[str, ...] = ()
    if mass_kg > allowed + 0.5:
        faults = (f"at a density altitude of {high:,.0f} m it hovers at {allowed / 1000:,.2f} t",)
    return Direction(None, "pad", 0.0, {"density": share}, allowed, faults=faults)


def _ends(runway: Runway, day: Conditions) -> Sequence[int]:
    if day.runway is not None:
        wanted = day.runway.upper().lstrip("0")
        return [k for k in (0, 1) if runway.designators[k].upper().lstrip("0") == wanted]
    # Without a wind both directions are alike: the runway is named by both.
    return (0, 1) if day.wind_from_deg is not None and day.wind_mps > 0.0 else (-1,)


def _judged(
    card: AircraftCard,
    what: What,
    aerodrome: Aerodrome,
    mass_kg: float,
    day: Conditions,
    runway: Runway,
    end: int,
) -> Direction:
    parts = _components(day, runway.headings_deg[end]) if end >= 0 else None
    head, cross = parts or (0.0, 0.0)
    needed, factors = needed_length_m(
        card,
        what,
        mass_kg,
        aerodrome.elevation_m or 0.0,
        temperature=day.temperature_k,
        wet=day.wet,
        unpaved=runway.paved is False,
        headwind_mps=head,
    )
    faults = []
    if (runway.length_m or 0.0) < needed:
        faults.append(_SHORT)
    if card.paved_runway and runway.paved is False:
        faults.append(f"{_SHORT}: not paved")
    tail = _TAILWIND_MPS if card.tailwind_limit is None else card.tailwind_limit
    if -head > tail + 1e-9:
        faults.append(f"tailwind of {-head:.1f} m/s, at most {tail:.1f} m/s")
    if card.crosswind_limit is not None and abs(cross) > card.crosswind_limit + 1e-9:
        faults.append(f"crosswind of {abs(cross):.1f} m/s, at most {card.crosswind_limit:.1f} m/s")
    return Direction(
        runway,
        runway.designators[end] or runway.name if end >= 0 else runway.name,
        needed,
        factors,
        _allowed_kg(card, what, runway.length_m or 0.0, needed / factors["mass"]),
        None if parts is None else head,
        None if parts is None else cross,
        tuple(faults),
    )


def _allowed_kg(card: AircraftCard, what: What, length_m: float, full_m: float) -> float:
    """Return the mass that a length allows where the greatest mass needs `full_m`."""
    share = length_m / full_m
    if share < _LEAST_SHARE:
        return 0.0
    if what == "take off":
        return float(card.maximum_take_off_mass * min(share, 1.0) ** 0.5)
    return card.maximum_landing_mass * min(share, 1.0)


def _rank(direction: Direction) -> tuple[int, float, float, str]:
    margin = direction.margin_m
    if direction.faults:
        unpaved = any("paved" in fault for fault in direction.faults)
        return (
            1 + unpaved,
            -(margin if margin is not None else -math.inf),
            0.0,
            direction.designator,
        )
    return (
        0,
        -(direction.headwind_mps or 0.0),
        -(direction.available_m or 0.0),
        direction.designator,
    )


def density_altitude_m(elevation_m: float, temperature: float) -> float:
    """Return the altitude in the standard atmosphere with the density met.

    Found from the density ratio ``delta(h) T0 / T`` by halving, to 0.1 m.
    """
    target = float(density_ratio(elevation_m) * temperature_k(elevation_m)) / temperature
    low, high = -2_000.0, 12_000.0
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (middle, high) if float(density_ratio(middle)) > target else (low, middle)
    return low
