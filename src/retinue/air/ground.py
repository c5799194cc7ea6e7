"""The ground a flight stands on: what was assumed, what to note, and the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.air.request import PERSON_KG
from retinue.air.reserves import rule_source
from retinue.plan.records import Assumption, Note, Source

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.air.flight import FlightRuns
    from retinue.air.runway import RunwayUse

__all__ = ["flight_assumptions", "flight_notes", "flight_sources", "runway_text"]

_ALWAYS = (
    (
        "route",
        "great circles, no airways and no departure or arrival procedures",
        "published routes are no part of the world pack",
    ),
    ("terrain", "not checked below the track", "the world pack holds no elevations"),
    (
        "levels",
        "odd and even flight levels by the true direction of the whole flight, in feet",
        "ICAO Annex 2, appendix 3; variation and levels in metres (CN, KP, MN) are not regarded",
    ),
    (
        "runway length",
        "take-off with the square of the mass, landing with the mass; 7 % more for 300 m of"
        " elevation, 1 % for each degree above standard; runways level",
        "rules of the Aerodrome Design Manual (ICAO Doc 9157, part 1) for elevation and"
        " temperature; planning rule for mass; slopes are not published",
    ),
)
_STILL = ("wind and air", "still air, standard atmosphere", "no forecast is part of the journey")
_STANDARD = (
    "temperature aloft", "standard atmosphere", "a wind is given, temperatures aloft are not"
)  # fmt: skip

_DOING = {"take off": "take-off", "land": "landing"}

#: Unit in which an assumed value of a card is printed: name ending or name, factor, unit.
_UNITS: tuple[tuple[str, float, str], ...] = (
    ("fuel flow exponent", 1.0, ""),
    ("fuel factor", 1.0, "times"),
    ("fuel flow mass", 1e-3, "t"),
    ("fuel flow", 3.6, "t/h"),
    ("rate", 1.0, "m/s"),
    ("speed", 3.6, "km/h"),
    ("limit", 1.0, "m/s"),
    ("floor load", 1e-3, "t/m"),
    ("width", 1.0, "m"),
    ("height", 1.0, "m"),
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
    if value is None:
        return "not known"
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
    air = _STILL if request.wind is None else _STANDARD
    found += [
        Assumption(subject="flight", what=what, value=value, because=because, legs=legs)
        for what, value, because in (air, *_ALWAYS, *_of_this_flight(runs))
    ]
    return tuple(found)


def _of_this_flight(runs: FlightRuns) -> list[tuple[str, str, str]]:
    """Return (what, value, because) of the wind, the alternate, the day and the model."""
    request = runs.request
    found = []
    if request.wind is not None:
        because = f"source of the wind: {request.wind.source}"
        found += [("wind", text, because) for text in request.wind.assumptions]
    if runs.diversion is not None and runs.diversion.chosen:
        name = runs.diversion.aerodrome
        found.append(
            (
                "alternate",
                f"{name.code} {name.name}, {runs.diversion.distance_m / 1000:,.0f} km",
                "the journey names none: the nearest that will do, 40 km or more away",
            )
        )
    calm = [
        use.aerodrome.code
        for use in (runs.take_off, runs.landing)
        if request.day(use.aerodrome).conditions.temperature_k is None
    ]
    if calm:
        found.append(
            (
                "aerodromes",
                f"{', '.join(calm)}: temperature of the standard atmosphere",
                "the journey states no temperature there",
            )
        )
    found += [
        (
            f"model of {request.card.designator or request.card.name}",
            f"{part} of {taken}",
            "openap has no model of its own for it (a synonym)",
        )
        for part, taken in getattr(request.aircraft, "borrowed", ())
    ]
    return found


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
    if runs.profile.cruise_altitude_m < runs.wanted_m - 1.0:
        note(
            request.title,
            f"cruise at {runs.profile.cruise_altitude_m:,.0f} m instead of {runs.wanted_m:,.0f} m:"
            " the way is too short or the aircraft too heavy for more",
        )
    for use in (runs.take_off, runs.landing):
        note(use.aerodrome.name, runway_text(use))
        if use.runway is not None and card.paved_runway and use.runway.paved is None:
            note(
                use.aerodrome.name,
                f"the surface of runway {use.runway.name} is not published; taken for paved",
            )
    if request.rules is not None and request.rules.alternate and runs.diversion is None:
        note(
            request.destination.name,
            "no alternate within reach: fuel is carried by the rule of isolated aerodromes",
        )
    for area, why in runs.areas.ignored:
        note(area.name, f"the restricted area does not touch the flight: {why}")
    unknown: dict[str, list[str]] = {}
    for check in runs.checks:
        if check.ok is None:
            unknown.setdefault(check.subject, []).append(f"{check.what}: {check.text}")
    for subject, texts in unknown.items():
        note(subject, "; ".join(texts))
    return tuple(notes)


def runway_text(use: RunwayUse) -> str:
    """Return one sentence on a runway: need, factors, length and what is to spare."""
    chosen = use.chosen
    if chosen.runway is None:
        share = chosen.factors.get("density")
        hover = (
            "" if share is None else f"; it hovers there at up to {chosen.allowed_kg / 1000:,.1f} t"
        )
        return f"{_DOING[use.what]} from a pad at {use.mass_kg / 1000:,.1f} t{hover}"
    factors = ", ".join(
        f"{name} {value:.2f}" for name, value in chosen.factors.items() if abs(value - 1.0) >= 0.005
    )
    wind = ""
    if chosen.headwind_mps is not None and chosen.crosswind_mps is not None:
        side = "head" if chosen.headwind_mps >= 0.0 else "tail"
        wind = (
            f"; {side}wind {abs(chosen.headwind_mps):.0f} m/s,"
            f" crosswind {abs(chosen.crosswind_mps):.0f} m/s"
        )
    spare = "" if chosen.margin_m is None else f", {chosen.margin_m:,.0f} m to spare"
    return (
        f"{_DOING[use.what]} on runway {chosen.designator} at {use.mass_kg / 1000:,.1f} t:"
        f" {use.needed_m:,.0f} m needed"
        + (f" ({factors})" if factors else "")
        + f" of {chosen.available_m or 0.0:,.0f} m{spare}; up to {chosen.allowed_kg / 1000:,.1f} t"
        f" would do{wind}"
    )


def flight_sources(runs: FlightRuns) -> tuple[Source, ...]:
    """Return the sources of the type card."""
    card = runs.request.card
    used = {card.source: card.confidence}
    used |= {b.source: b.confidence for b in card.basis.values()}
    used |= {p.source: p.confidence for p in card.range_points}
    found = [
        Source(
            id=f"{card.name}: {key}",
            text=card.sources.get(key, key),
            confidence=confidence,
            used_for=(f"type card of {card.name}",),
        )
        for key, confidence in sorted(used.items())
    ]
    rules = runs.request.rules
    if rules is not None and not rules.lump:
        found.append(
            Source(
                id=f"reserves: {rules.source}",
                text=rule_source(rules),
                confidence=rules.confidence,
                used_for=(f"reserves of fuel: {rules.title}",),
            )
        )
    if runs.request.wind is not None:
        found.append(Source(id="wind", text=runs.request.wind.source, used_for=("winds aloft",)))
    return tuple(found)
