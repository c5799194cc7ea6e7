"""Requests for permission to fly, as they are sent: overflight, landing, diplomatic, airspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.air.clearances import Zone, load_clearance_rules
from retinue.air.flight_plan_route import coordinates
from retinue.clock import iso_utc
from retinue.plan import Paper
from retinue.plan.permit_cover import crossing_of

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.plan import Permit
    from retinue.planner.ways import WayLeg

__all__ = ["Flight", "airspace_papers", "permit_request"]

_NOT_STATED = "(not stated)"
_NAUTICAL_MILE_M = 1852.0
_FOOT_M = 0.3048


@dataclass(frozen=True)
class Flight:
    """What every request says of a flight.

    Attributes
    ----------
    route
        Field 15 of its flight plan.
    persons
        On board, None where nobody stated it.
    """

    one: WayLeg
    card: AircraftCard
    home: str
    operator: str
    route: str
    aerodromes: tuple[str, str]
    persons: int | None

    def lines(self) -> list[tuple[str, str]]:
        """Return the lines on operator, aircraft and flight."""
        leg, card = self.one.leg, self.card
        aircraft = leg.aircraft
        assert aircraft is not None
        at = {event.kind: event.time_utc for event in leg.timeline}
        return [
            ("Operator", self.operator or _NOT_STATED),
            ("State of the operator", self.home),
            ("Aircraft type", f"{card.name}{f' ({card.designator})' if card.designator else ''}"),
            ("Maximum take-off mass", f"{card.maximum_take_off_mass / 1000:,.1f} t"),
            ("Registration", aircraft.registration or _NOT_STATED),
            ("Call sign", aircraft.call_sign or _NOT_STATED),
            ("Departure", f"{self.aerodromes[0]} {leg.from_.name}, {iso_utc(leg.depart_utc)}"),
            ("Destination", f"{self.aerodromes[1]} {leg.to.name}, {iso_utc(at['landing'])}"),
            ("Route", self.route),
            ("Persons on board", _NOT_STATED if self.persons is None else str(self.persons)),
        ]


def permit_request(flight: Flight, permit: Permit) -> Paper:
    """Return the request for one permit; a void one is asked for anew, by its number."""
    rules, leg = load_clearance_rules(), flight.one.leg
    crossing = crossing_of(leg, permit.country)
    assert crossing is not None
    diplomatic = permit.kind == "diplomatic"
    title = {
        "overflight": "Overflight permit request",
        "landing": "Landing permit request",
        "diplomatic": "Diplomatic clearance request",
    }[permit.kind]
    to = (
        f"ministry of foreign affairs of {permit.country}, by the embassy"
        if diplomatic
        else rules.authority_of(permit.country)
    )
    validity = rules.validity_in(permit.country)
    moment = crossing.moment(permit.kind)
    lines = [*flight.lines()]
    lines.append(("Enters", _passes(crossing.entry, crossing.entry_utc, "take-off")))
    lines.append(("Leaves", _passes(crossing.exit, crossing.exit_utc, "landing")))
    lines.append(
        ("Validity asked for", f"{iso_utc(moment - validity.before)} to"
                               f" {iso_utc(moment + validity.after)}")
    )  # fmt: skip
    if diplomatic:
        lines.append(("Ground", f"state flight: {rules.sources['chicago-3c']}"))
    if permit.void:
        lines.append(("Replaces", f"{permit.number or 'the earlier request'}, as the flight changed"
                                  f": {'; '.join(permit.void)}"))  # fmt: skip
    assumed = [name.lower() for name, value in lines if value == _NOT_STATED]
    if validity.confidence in ("K", "L", "assumed"):
        assumed.append(f"validity: {rules.source_text(validity.source, validity.confidence)}")
    return _paper(
        flight,
        kind=f"{'diplomatic-clearance' if diplomatic else permit.kind}-request",
        title=title,
        country=permit.country,
        to=to,
        lines=lines,
        assumed=assumed,
    )


def _passes(point: tuple[float, float] | None, moment: float, end: str) -> str:
    return f"{end if point is None else coordinates(*point)}, {iso_utc(moment)}"


def airspace_papers(flight: Flight) -> list[Paper]:
    """Return the requests for restricted airspace and its NOTAM at both ends of a flight."""
    leg, rules = flight.one.leg, load_clearance_rules()
    at: dict[str, float] = {event.kind: event.time_utc for event in leg.timeline}
    papers = []
    for place, code, what in (
        (leg.from_, flight.aerodromes[0], "take-off"),
        (leg.to, flight.aerodromes[1], "landing"),
    ):
        zone = rules.zone_in(place.country)
        moment = at[what]
        lines = [*flight.lines()]
        lines.append(("Centre", f"{code} {place.name}, {coordinates(place.lat, place.lon)}"))
        lines.append((what.capitalize(), iso_utc(moment)))
        lines += _airspace(zone, moment)
        assumed = [name.lower() for name, value in lines if value == _NOT_STATED]
        if zone is None:
            assumed.append(f"{place.country}: no published rule is known; ask the authority")
        else:
            lines.append(("Rule", rules.source_text(zone.source, zone.confidence)))
        to = zone.authority if zone else rules.authority_of(place.country)
        papers.append(
            _paper(
                flight, kind="restricted-zone-request", country=place.country, to=to,
                title="Restricted airspace request", lines=lines, assumed=assumed, end=what,
            )
        )  # fmt: skip
        papers.append(
            _paper(
                flight, kind="notam-request", country=place.country, end=what,
                to=f"NOTAM office of {place.country}, by its authority",
                title="Request to issue a NOTAM",
                lines=[
                    ("Wanted", "a NOTAM for the airspace below; number, Q) line and final wording"
                               " are the authority's"),
                    ("A)", code), *lines[len(flight.lines()):],
                ],
                assumed=assumed,
            )
        )  # fmt: skip
    return papers


def _airspace(zone: Zone | None, moment: float) -> list[tuple[str, str]]:
    ask = "to be set by the authority"
    if zone is None:
        return [("Radius", ask), ("Upper limit", ask), ("From", ask), ("Until", ask)]
    radius = f"{zone.outer_radius / _NAUTICAL_MILE_M:.0f} NM"
    if zone.inner_radius is not None:
        least, most = (round(r / _NAUTICAL_MILE_M) for r in zone.inner_radius)
        radius += f", inner {least} to {most} NM as the authority decides"
    return [
        ("Radius", radius),
        ("Upper limit", ask if zone.top is None else f"{zone.top / _FOOT_M:,.0f} ft"),
        ("From", ask if zone.before is None else iso_utc(moment - zone.before)),
        ("Until", ask if zone.after is None else iso_utc(moment + zone.after)),
    ]


def _paper(
    flight: Flight,
    *,
    kind: str,
    title: str,
    country: str,
    to: str,
    lines: list[tuple[str, str]],
    assumed: list[str],
    end: str = "",
) -> Paper:
    one = flight.one
    wide = max(len(name) for name, _ in lines) + 2
    text = [title.upper(), f"{'To':<{wide}}{to}", ""]
    text += [f"{name:<{wide}}{value}" for name, value in lines]
    return Paper(
        id="/".join(part for part in (one.name, kind, country, end) if part),
        kind=kind,
        title=f"{title}, {country}{f', {end}' if end else ''}: {one.leg.title}",
        leg=one.leg.id,
        way=one.way,
        country=country,
        to=to,
        text="\n".join(text) + "\n",
        fields=dict(lines),
        assumed=tuple(assumed),
    )
