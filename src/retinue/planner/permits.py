"""Permits that a flight needs or has, each judged against the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from retinue.air.clearances import ClearanceRules, load_clearance_rules
from retinue.clock import parse_moment
from retinue.errors import InputError
from retinue.journey import FlightPlanAsked
from retinue.plan import Note, Permit
from retinue.plan.permit_cover import Crossing, crossing_of, plain, uncovered

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.journey import JourneyFile, PermitAsked
    from retinue.plan import Plan
    from retinue.planner.ways import WayLeg

__all__ = [
    "FindPoint",
    "flight_plan_asked",
    "is_state_flight",
    "own_state",
    "permit_notes",
    "permits_of",
]

#: Finds a place of the journey: (text, where for errors) to (latitude, longitude).
FindPoint = Callable[[str, str], tuple[float, float]]


def flight_plan_asked(one: WayLeg) -> FlightPlanAsked:
    """Return the flight plan asked for; without one, a flight without the party has no status."""
    assert one.asked.air is not None
    stated = one.asked.air.flight_plan
    return stated or FlightPlanAsked(status=("HEAD",) if one.carries_party else ())


def is_state_flight(asked: FlightPlanAsked) -> bool:
    """Return whether a flight needs diplomatic clearance (Chicago Convention, Article 3 c)."""
    return asked.type_of_flight == "M" or not {"HEAD", "STATE"}.isdisjoint(asked.status)


def own_state(one: WayLeg, plan: Plan) -> tuple[str, bool]:
    """Return the operator's own state, and whether it was read from the registration.

    Without a registration whose mark is known it is the country of the journey's departure.
    """
    assert one.asked.air is not None
    by_mark = load_clearance_rules().state_of(one.asked.air.registration)
    return by_mark or plan.origin.country, bool(by_mark)


def permits_of(
    one: WayLeg, card: AircraftCard, home: str, file: JourneyFile, find: FindPoint
) -> tuple[Permit, ...]:
    """Return the permits of one air leg: what the journey states, and what is still to be asked.

    Parameters
    ----------
    home
        The operator's own state, which grants none of them.

    Raises
    ------
    InputError
        For a moment or a point of a permit that cannot be understood.
    """
    rules = load_clearance_rules()
    body = one.asked.air
    assert body is not None
    found: list[Permit] = []
    for index, stated in enumerate(body.permits):
        found.append(_stated(one, index, stated, card, rules, file, find))
    held = {(permit.kind, permit.country) for permit in found if permit.state != "refused"}
    for kind, country in _needed(one, home, rules):
        crossing = crossing_of(one.leg, country)
        if crossing is not None and (kind, country) not in held:
            found.append(_to_ask(one, kind, country, crossing, card, rules))
    return tuple(_numbered(found, one))


def _needed(one: WayLeg, home: str, rules: ClearanceRules) -> Iterator[tuple[str, str]]:
    asked = flight_plan_asked(one)
    ends = (one.leg.from_.country, one.leg.to.country)
    crossed = dict.fromkeys(
        stretch["country"] for stretch in one.leg.details.get("overflights", ())
    )
    for country in crossed:
        if not country:
            continue  # over the high seas nobody's leave is needed
        if country != home:
            yield "landing" if country in ends else "overflight", country
            if is_state_flight(asked):
                yield "diplomatic", country
        if country in ends and "HEAD" in asked.status and rules.zone_in(country):
            yield "restricted zone", country


def _to_ask(
    one: WayLeg,
    kind: str,
    country: str,
    crossing: Crossing,
    card: AircraftCard,
    rules: ClearanceRules,
) -> Permit:
    """Return a permit tied to what the plan has now: so a later plan shows what it would void."""
    aircraft = one.leg.aircraft
    assert aircraft is not None
    validity, moment = rules.validity_in(country), crossing.moment(kind)
    before, after, basis = validity.before, validity.after, (validity.source, validity.confidence)
    zone = rules.zone_in(country)
    if kind == "restricted zone" and zone is not None:
        basis = (zone.source, zone.confidence)
        before = before if zone.before is None else zone.before
        after = after if zone.after is None else zone.after
    return Permit(
        id="",
        kind=kind,
        leg=one.leg.id,
        way=one.way,
        country=country,
        registration=aircraft.registration,
        call_sign=aircraft.call_sign,
        aircraft=_names(card, body_name=one.asked.air.aircraft if one.asked.air else ""),
        entry=None if kind == "restricted zone" else crossing.entry,
        exit=None if kind == "restricted zone" else crossing.exit,
        tolerance_m=rules.tolerance.distance,
        valid_from_utc=moment - before,
        valid_until_utc=moment + after,
        source=rules.sources[basis[0]],
        confidence=basis[1],
    )


def _stated(
    one: WayLeg,
    index: int,
    stated: PermitAsked,
    card: AircraftCard,
    rules: ClearanceRules,
    file: JourneyFile,
    find: FindPoint,
) -> Permit:
    body = one.asked.air
    assert body is not None

    def where(key: str) -> str:
        return file.where(*one.path, "air", "permits", index, key)

    def moment(key: str, text: str | None) -> float | None:
        if text is None:
            return None
        try:
            return parse_moment(text, one.leg.from_.zone)
        except ValueError as error:
            raise InputError(str(error), where=where(key)) from error

    def point(key: str, text: str | None) -> tuple[float, float] | None:
        return None if text is None else find(text, where(key))

    validity = rules.validity_in(stated.country)
    planned = moment("planned", stated.planned)
    first = moment("valid from", stated.valid_from)
    last = moment("valid until", stated.valid_until)
    if first is not None and last is not None and last < first:
        raise InputError(
            "the permit ends before it begins",
            where=where("valid until"),
            cure="Check both dates and their zones.",
        )
    counted = planned is not None and first is None and last is None
    if planned is not None and counted:
        first, last = planned - validity.before, planned + validity.after
    names: tuple[str, ...] = ()
    if stated.aircraft:
        known = _names(card, body.aircraft)
        same = plain(stated.aircraft) in map(plain, known)
        names = (stated.aircraft, *(n for n in known if n != stated.aircraft and same))
    permit = Permit(
        id="",
        kind=stated.kind,
        leg=one.leg.id,
        way=one.way,
        country=stated.country,
        number=stated.number,
        state=stated.state,
        registration=stated.registration,
        call_sign=stated.call_sign,
        aircraft=names,
        entry=point("entry", stated.entry),
        exit=point("exit", stated.exit),
        tolerance_m=rules.tolerance.distance,
        valid_from_utc=first,
        valid_until_utc=last,
        source=rules.sources[validity.source] if counted else "journey",
        confidence=validity.confidence if counted else "K",
    )
    return permit.model_copy(update={"void": uncovered(permit, one.leg)})


def _names(card: AircraftCard, body_name: str) -> tuple[str, ...]:
    """Return every name of the type: the maker's, the designator, the catalogue's."""
    names = (card.name, card.designator, body_name)
    return tuple(dict.fromkeys(name for name in names if name))


def _numbered(permits: list[Permit], one: WayLeg) -> Iterator[Permit]:
    seen: dict[str, int] = {}
    for permit in permits:
        name = f"{one.name}/{permit.kind}/{permit.country}"
        seen[name] = seen.get(name, 0) + 1
        number = f"/{seen[name]}" if seen[name] > 1 else ""
        yield permit.model_copy(update={"id": name + number})


def permit_notes(permits: tuple[Permit, ...]) -> list[Note]:
    """Return a warning for every permit that was asked for and does not cover the plan."""
    return [
        Note(
            level="warning",
            subject=" ".join(
                word
                for word in (permit.kind, "permit", permit.number, permit.country, permit.way)
                if word
            ),
            text=f"{'refused' if permit.state == 'refused' else 'void'}: {'; '.join(permit.void)}",
        )
        for permit in permits
        if permit.void and permit.state != "to ask"
    ]
