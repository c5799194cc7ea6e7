"""The ground a flight stands on: what was assumed, what to note, and the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.air.request import PERSON_KG
from retinue.plan.records import Assumption, Note, Source

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.air.flight import FlightRuns

__all__ = ["flight_assumptions", "flight_notes", "flight_sources"]

_ALWAYS = (
    ("wind and air", "still air, standard atmosphere", "no forecast is part of the journey"),
    (
        "route",
        "great circles, no airways and no departure or arrival procedures",
        "published routes are no part of the world pack",
    ),
    ("terrain", "not checked below the track", "the world pack holds no elevations"),
    (
        "runway length",
        "take-off with the square of the mass, landing with the mass, 7 % more for 300 m of"
        " elevation",
        "rule of the Aerodrome Design Manual (ICAO Doc 9157, part 1) for elevation; planning"
        " rule for mass",
    ),
)

#: Unit in which an assumed value of a card is printed: name ending or name, factor, unit.
_UNITS: tuple[tuple[str, float, str], ...] = (
    ("fuel flow exponent", 1.0, ""),
    ("fuel factor", 1.0, "times"),
    ("fuel flow mass", 1e-3, "t"),
    ("fuel flow", 3.6, "t/h"),
    ("rate", 1.0, "m/s"),
    ("speed", 3.6, "km/h"),
    ("gradient", 1e3, "permil"),
    ("altitude", 1.0, "m"),
    ("ceiling", 1.0, "m"),
    ("length", 1.0, "m"),
    ("span", 1.0, "m"),
    ("taxi out", 1 / 60, "min"),
    ("taxi in", 1 / 60, "min"),
    ("", 1e-3, "t"),
)


def _printed(card: AircraftCard, name: str) -> str:
    value = getattr(card, name.replace(" ", "_"))
    if isinstance(value, bool | str | tuple | int):
        return str(value)
    factor, unit = next((f, u) for ending, f, u in _UNITS if name.endswith(ending))
    return f"{value * factor:g} {unit}".strip()


def flight_assumptions(runs: FlightRuns) -> tuple[Assumption, ...]:
    """Return what nobody published: of the card, of the load, and of every flight."""
    request, card = runs.request, runs.request.card
    legs = (request.leg_id,)
    grounds: dict[str, list[str]] = {}
    for name in card.assumed():
        source = card.basis_of(name).source
        grounds.setdefault(card.sources.get(source, source), []).append(name)
    found = [
        Assumption(
            subject=card.name,
            what=names[0] if len(names) == 1 else "planning values",
            value=", ".join(
                _printed(card, name) if len(names) == 1 else f"{name} {_printed(card, name)}"
                for name in names
            ),
            because=because,
            legs=legs,
        )
        for because, names in grounds.items()
    ]
    if request.payload_kg is None:
        found.append(
            Assumption(
                subject=request.title,
                what="payload",
                value=f"{request.load_kg / 1000:g} t",
                because=f"{request.passengers} people at {PERSON_KG:g} kg with baggage",
                legs=legs,
            )
        )
    found += [
        Assumption(subject="flight", what=what, value=value, because=because, legs=legs)
        for what, value, because in _ALWAYS
    ]
    return tuple(found)


def flight_notes(runs: FlightRuns) -> tuple[Note, ...]:
    """Return remarks on the route, the altitude and the runways."""
    request, card = runs.request, runs.request.card
    notes: list[Note] = []

    def note(subject: str, text: str) -> None:
        notes.append(Note(level="info", subject=subject, text=text))

    asked = {code.upper() for code in request.closed_countries}
    own = sorted(asked & {request.origin.country, request.destination.country})
    if own:
        note(
            request.title,
            f"{', '.join(own)} is listed as closed, but the flight begins or ends there:"
            " open to this flight",
        )
    longer = runs.track.length_m - runs.direct_m
    if longer >= 500.0:
        note(
            request.title,
            f"{longer / 1000:,.0f} km longer than with all airspace open, to stay out of"
            f" {', '.join(runs.closed)} and 12 NM of sea around",
        )
    wanted = request.cruise_altitude_m or card.cruise_altitude
    if runs.profile.cruise_altitude_m < wanted:
        note(
            request.title,
            f"cruise at {runs.profile.cruise_altitude_m:,.0f} m instead of {wanted:,.0f} m:"
            " the way is too short for more",
        )
    for use in (runs.take_off, runs.landing):
        if use.runway is not None and card.paved_runway and use.runway.paved is None:
            note(
                use.aerodrome.name,
                f"the surface of runway {use.runway.name} is not published; taken for paved",
            )
    return tuple(notes)


def flight_sources(runs: FlightRuns) -> tuple[Source, ...]:
    """Return the sources of the type card."""
    card = runs.request.card
    used = {card.source: card.confidence}
    used |= {b.source: b.confidence for b in card.basis.values()}
    used |= {p.source: p.confidence for p in card.range_points}
    return tuple(
        Source(
            id=f"{card.name}: {key}",
            text=card.sources.get(key, key),
            confidence=confidence,
            used_for=(f"type card of {card.name}",),
        )
        for key, confidence in sorted(used.items())
    )
