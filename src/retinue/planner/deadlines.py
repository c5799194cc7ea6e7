"""Deadline calendar: what must be asked for, by whom, and the latest day for it.

Every entry of the deadline table is held against every leg; its lead time is counted back from
the departure, or from the entry into the country, in business days of the place where the
authority sits.  No clock is read: what is late already is for the reader's own day to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from retinue.clock import local, zone
from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan import Deadline, Source
from retinue.plan.permit_cover import crossing_of
from retinue.planner.business_days import BusinessDays, business_days, office_zone
from retinue.planner.deadline_rules import DeadlineEntry, LeadTime, load_deadline_rules
from retinue.planner.permits import flight_plan_asked, is_state_flight, own_state
from retinue.planner.ways import WayLeg, way_legs

if TYPE_CHECKING:
    from retinue.journey import AskedFor, JourneyFile
    from retinue.plan import Permit, Plan

__all__ = ["deadlines_of"]

#: An axle heavier than line class D takes (EN 15528) makes a train an exceptional load.
_HEAVY_AXLE_KG = 22_500.0
_PERMIT_KIND = {
    "overflight permit": "overflight",
    "landing permit": "landing",
    "diplomatic clearance": "diplomatic",
    "restricted zone": "restricted zone",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class _Due:
    """One thing to be asked for, for one leg in one country."""

    what: str
    country: str
    one: WayLeg
    due_utc: float
    due_text: str
    lead: LeadTime
    owner: str
    authority: str
    source: str
    confidence: str
    note: str = ""
    asked: AskedFor | None = None


def deadlines_of(plan: Plan, file: JourneyFile) -> tuple[tuple[Deadline, ...], list[Source]]:
    """Return the deadlines of every way, the earliest first, and the sources of their lead times.

    Parameters
    ----------
    plan
        With its permits: a granted one settles its deadline.

    Raises
    ------
    InputError
        For something asked for, or a day off, that cannot be understood.
    """
    rules = load_deadline_rules()
    legs = way_legs(file.journey, plan)
    dues = [due for one in legs for due in _by_table(one, plan, file)]
    dues = _as_asked(dues, legs, plan, file)
    first: dict[tuple[str, str, str], list[_Due]] = {}
    for due in dues:
        first.setdefault((due.one.way, due.what, due.country), []).append(due)
    further = _further(file)
    found = [_deadline(group, plan, further) for group in first.values()]
    used: dict[str, set[str]] = {}
    for due in dues:
        used.setdefault(due.source, set()).add(due.what)
    cited = [
        Source(
            id=f"deadlines: {key}",
            text=rules.sources[key],
            confidence=next(e.confidence for e in rules.entries if e.source == key),
            used_for=tuple(sorted(used[key])),
        )
        for key in sorted(used)
        if key in rules.sources
    ]
    return tuple(sorted(found, key=lambda d: (d.latest_utc, d.way, d.id))), cited


def _by_table(one: WayLeg, plan: Plan, file: JourneyFile) -> Iterator[_Due]:
    rules = load_deadline_rules()
    for what in rules.kinds:
        for country in _countries(one, plan):
            entry = rules.entry(what, country)
            if entry is not None and _applies(entry, country, one, plan, file):
                yield _due(entry, country, one)


def _due(entry: DeadlineEntry, country: str, one: WayLeg) -> _Due:
    if entry.counted_from == "entry" and country != one.leg.from_.country:
        moment, text = _entry_utc(one, country), f"entry into {country}"
    else:
        moment, text = one.leg.depart_utc, f"departure from {one.leg.from_.name}"
    return _Due(
        what=entry.what,
        country=country,
        one=one,
        due_utc=moment,
        due_text=text,
        lead=entry.lead_time,
        owner=entry.owner,
        authority=entry.authority.format(country=country),
        source=entry.source,
        confidence=entry.confidence,
        note=entry.note,
    )


def _countries(one: WayLeg, plan: Plan) -> list[str]:
    ends = (one.leg.from_.country, *one.leg.countries, one.leg.to.country)
    return [country for country in dict.fromkeys(ends) if country]


def _entry_utc(one: WayLeg, country: str) -> float:
    if one.leg.mode == "air":
        crossing = crossing_of(one.leg, country)
        return one.leg.arrive_utc if crossing is None else crossing.entry_utc
    enters = (
        event.time_utc
        for event in one.leg.timeline
        if event.role == "main" and event.country == country
    )
    return min(enters, default=one.leg.arrive_utc)


def _applies(
    entry: DeadlineEntry, country: str, one: WayLeg, plan: Plan, file: JourneyFile
) -> bool:
    leg = one.leg
    if entry.mode is not None and entry.mode != leg.mode:
        return False
    home = own_state(one, plan)[0] if leg.mode == "air" else plan.origin.country
    ends = (leg.from_.country, leg.to.country)
    entered = country == leg.to.country if leg.mode == "air" else True
    place = {
        "crossed": True,
        "overflown": country not in (*ends, home),
        "end": country in ends,
        "foreign end": country in ends and country != home,
        "foreign crossed": country != home,
        "foreign entered": country != home and entered,
    }[entry.place]
    return place and all(_needs(need, one, file) for need in entry.needs)


def _needs(need: str, one: WayLeg, file: JourneyFile) -> bool:
    trains = one.leg.trains
    if need == "guards":
        return one.carries_party and file.journey.party.guards > 0
    if need == "food":
        dining = any(v.role == "dining" for train in trains for v in train.vehicles)
        return dining or (one.carries_party and file.journey.provisioning is not None)
    if need == "state flight":
        return one.leg.mode == "air" and is_state_flight(flight_plan_asked(one))
    return any(
        v.axles and v.mass_kg / v.axles > _HEAVY_AXLE_KG for train in trains for v in train.vehicles
    )


def _as_asked(dues: list[_Due], legs: list[WayLeg], plan: Plan, file: JourneyFile) -> list[_Due]:
    """Lay over the table what the journey states; things of its own come to it."""
    rules = load_deadline_rules()
    kinds = {what.casefold(): what for what in rules.kinds}
    for index, asked in enumerate(file.journey.asked_for):
        what = kinds.get(asked.what.casefold())
        if asked.leg is not None and asked.leg > len(file.journey.legs):
            raise InputError(
                f"there is no leg {asked.leg}, the journey has {len(file.journey.legs)}",
                where=file.where("asked for", index, "leg"),
            )
        fits = [
            k
            for k, due in enumerate(dues)
            if due.what == what
            and asked.country in (None, due.country)
            and (asked.leg is None or (not due.one.way and due.one.number == asked.leg))
        ]
        for k in fits:
            dues[k] = _stated(dues[k], asked)
        if not fits:
            dues.append(_own(asked, what, index, legs, plan, file))
    return dues


def _stated(due: _Due, asked: AskedFor) -> _Due:
    lead = _lead(asked)
    return replace(
        due,
        asked=asked,
        owner=asked.owner or due.owner,
        lead=lead or due.lead,
        source="journey" if lead else due.source,
        confidence="K" if lead else due.confidence,
    )


def _lead(asked: AskedFor) -> LeadTime | None:
    if asked.business_days is not None:
        return LeadTime(business_days=asked.business_days)
    if asked.lead_time is not None:
        return LeadTime(days=math.ceil(asked.lead_time / 86_400.0))
    return None


def _own(
    asked: AskedFor,
    what: str | None,
    index: int,
    legs: list[WayLeg],
    plan: Plan,
    file: JourneyFile,
) -> _Due:
    """Return a deadline that no entry of the table asks of this journey."""
    rules = load_deadline_rules()
    one = next(w for w in legs if not w.way and w.number == (asked.leg or 1))
    country = asked.country or one.leg.from_.country
    entry = rules.entry(what, country) if what else None
    if entry is not None:
        return _stated(_due(entry, country, one), asked)
    lead = _lead(asked)
    if lead is None:
        raise InputError(
            f'"{asked.what}" is not in the deadline table, and no lead time is stated',
            where=file.where("asked for", index, "what"),
            cure=f'{suggest(asked.what, rules.kinds)} Or add "lead time: 14 d" or'
            ' "business days: 5".'.strip(),
        )
    return _Due(
        what=asked.what,
        country=country,
        one=one,
        due_utc=one.leg.depart_utc,
        due_text=f"departure from {one.leg.from_.name}",
        lead=lead,
        owner=asked.owner or "(not stated)",
        authority="",
        source="journey",
        confidence="K",
        asked=asked,
    )


def _further(file: JourneyFile) -> dict[str, frozenset[date]]:
    found = {}
    for country, days in file.journey.holidays.items():
        read = set()
        for text in days:
            try:
                read.add(date.fromisoformat(text))
            except ValueError as error:
                raise InputError(
                    f'"{text}" is not a date; write e.g. 2023-09-09',
                    where=file.where("holidays", country),
                ) from error
        found[country] = frozenset(read)
    return found


def _deadline(group: list[_Due], plan: Plan, further: dict[str, frozenset[date]]) -> Deadline:
    """Return one deadline for a way, thing and country: the earliest of its legs."""
    due = min(group, key=lambda d: d.due_utc)
    offices = business_days(due.country, further.get(due.country, frozenset()))
    zone_name, notes = office_zone(due.country), list(offices.assumed)
    if zone_name is None:
        zone_name = due.one.leg.from_.zone
        notes.append(f"zone of {due.country} not known: {zone_name} taken")
    there = local(due.due_utc, zone_name).date()
    latest, passed = offices.latest(there, due.lead)
    end = datetime.combine(latest + timedelta(days=1), time(), tzinfo=zone(zone_name))
    if due.note:
        notes.append(due.note)
    if passed:
        notes.append(f"days off passed over: {_days(passed, offices)}")
    state, number, said = _state(group, due, plan)
    notes += said
    return Deadline(
        id="/".join(part for part in (due.one.way, due.what, due.country) if part),
        what=due.what,
        country=due.country,
        way=due.one.way,
        legs=tuple(dict.fromkeys(d.one.name for d in group)),
        owner=due.owner,
        authority=due.authority,
        lead_text=due.lead.text(),
        due_text=due.due_text,
        due_utc=due.due_utc,
        latest_utc=end.timestamp() - 1.0,
        latest_date=latest.isoformat(),
        zone=zone_name,
        state=state,
        number=number,
        source=due.source,
        confidence=due.confidence,
        note="; ".join(notes),
    )


def _days(days: tuple[date, ...], offices: BusinessDays) -> str:
    told = [f"{d.day} {_MONTHS[d.month - 1]} ({offices.holiday(d)})" for d in sorted(days)]
    return ", ".join(told)


def _state(group: list[_Due], due: _Due, plan: Plan) -> tuple[str, str, list[str]]:
    """Return state and number: as the journey states, else as its permits stand."""
    asked = next((d.asked for d in group if d.asked is not None), None)
    if asked is not None:
        return asked.state, asked.number, [f"since {asked.on}"] if asked.on else []
    held = [
        permit
        for permit in plan.permits
        if permit.kind == _PERMIT_KIND.get(due.what)
        and permit.country == due.country
        and permit.way == due.one.way
        and permit.leg in {d.one.leg.id for d in group}
    ]
    good = [permit for permit in held if not permit.void and permit.state != "to ask"]
    if good:
        return good[0].state, good[0].number, []
    return "to do", "", [_void(permit) for permit in held if permit.void]


def _void(permit: Permit) -> str:
    return f"permit {permit.number or permit.state} is void: {'; '.join(permit.void)}"
