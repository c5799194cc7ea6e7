"""Papers of a journey: written from the finished legs, the journey and the data, by no clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.air.clearances import load_clearance_rules
from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan import Paper, Permit, Source
from retinue.planner.deadlines import deadlines_of
from retinue.planner.permits import (
    FindPoint,
    flight_plan_asked,
    own_state,
    permit_notes,
    permits_of,
)
from retinue.planner.requests import Flight, airspace_papers, permit_request
from retinue.planner.ways import WayLeg, way_legs

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.air.loading_list import CargoVehicle
    from retinue.journey import CargoAsked, JourneyFile, LegAsked
    from retinue.plan import Plan
    from retinue.planner.staged import Context

__all__ = ["check_loading", "with_papers"]


def with_papers(plan: Plan, file: JourneyFile, find: FindPoint) -> Plan:
    """Return a plan with its papers, permits and deadlines; every void permit is a warning.

    Raises
    ------
    InputError
        For a permit of the journey, or a flight plan, that cannot be understood.
    NoPlan
        Where cars do not fit into the aircraft that is to carry them.
    """
    papers: list[Paper] = []
    permits: list[Permit] = []
    for one in way_legs(file.journey, plan):
        if one.leg.mode == "air":
            of_leg, held = _of_flight(one, plan, file, find)
            papers += of_leg
            permits += held
    plan = plan.model_copy(update={"permits": tuple(permits)})
    deadlines, cited = deadlines_of(plan, file)
    sources: list[Source] = list(cited)
    if papers:
        sources.append(_cited())
    return plan.model_copy(
        update={
            "papers": tuple(papers),
            "deadlines": deadlines,
            "notes": (*plan.notes, *permit_notes(tuple(permits))),
            "sources": tuple(sorted((*sources, *plan.sources), key=_source_order)),
        }
    )


def _cited() -> Source:
    rules = load_clearance_rules()
    return Source(
        id="clearances",
        text="; ".join(rules.sources[key] for key in ("doc-4444", "chicago-3c", "operators")),
        confidence="K",
        used_for=("flight plan messages", "permits"),
    )


def _source_order(source: Source) -> tuple[bool, str]:
    # The pack's data stay last and in their order.
    of_pack = source.used_for == ("world pack",)
    return of_pack, "" if of_pack else source.id


def _of_flight(
    one: WayLeg, plan: Plan, file: JourneyFile, find: FindPoint
) -> tuple[list[Paper], tuple[Permit, ...]]:
    # Flight is a large room, and most journeys have none.
    from retinue.air.aircraft_type import load_performance
    from retinue.air.flight_plan_message import FlightPlanWanted, flight_plan_message

    body, leg, rules = one.asked.air, one.leg, load_clearance_rules()
    assert body is not None
    where = file.where(*one.path, "air")
    card = load_performance(body.aircraft, file.folder, where=where).card
    asked = flight_plan_asked(one)
    home, stated = own_state(one, plan)
    persons = file.journey.party.total if one.carries_party else None
    message = flight_plan_message(
        leg,
        card,
        FlightPlanWanted(
            asked,
            persons=persons,
            alternates=_alternates(one),
            metric=leg.from_.country in rules.metric_levels.countries,
            rvsm=leg.details["aircraft"]["rvsm"],
            where=where,
        ),
    )
    papers = [
        Paper(
            id=f"{one.name}/flight-plan",
            kind="flight-plan",
            title=f"Flight plan message: {leg.title}",
            leg=leg.id,
            way=one.way,
            country=leg.from_.country,
            to="air traffic services reporting office of the departure aerodrome",
            text=message.text + "\n",
            fields=message.fields,
            assumed=(
                *message.assumed,
                *([] if persons is None else ["persons on board: the whole party"]),
            ),
        )
    ]
    permits = permits_of(one, card, home, file, find)
    flight = Flight(
        one=one,
        card=card,
        home=home if stated else f"{home} (the journey's country of departure, assumed)",
        operator=asked.operator,
        route=message.fields["15"],
        aerodromes=(message.fields["13"][:4], message.fields["16"][:4]),
        persons=persons,
    )
    crossed = {stretch["country"] for stretch in leg.details.get("overflights", ())}
    papers += [
        permit_request(flight, permit)
        for permit in permits
        if permit.kind != "restricted zone"
        and permit.country in crossed
        and (permit.state == "to ask" or (permit.void and permit.state != "refused"))
    ]
    if "HEAD" in asked.status:
        papers += airspace_papers(flight)
    if body.carries:
        papers.append(_loading_paper(one, card, file))
    return papers, permits


def _alternates(one: WayLeg) -> tuple[str, ...]:
    body = one.asked.air
    assert body is not None
    taken = one.leg.details.get("alternate")
    first = () if taken is None else (taken["aerodrome"],)
    return tuple(dict.fromkeys((*first, *body.alternates)))


def check_loading(asked: LegAsked, path: tuple[int | str, ...], context: Context) -> None:
    """Refuse cars that do not fit, before anything else is planned on them.

    Raises
    ------
    InputError
        For a vehicle that the catalogue does not know.
    NoPlan
        Where they do not fit.
    """
    body = asked.air
    if body is None or not body.carries:
        return
    from retinue.air.aircraft_type import load_performance
    from retinue.air.loading_list import load_hold

    name = context.file.where(*path, "air", "aircraft")
    where = context.file.where(*path, "air", "carries")
    card = load_performance(body.aircraft, context.folder, where=name).card
    load_hold(card, _cargo(body.carries, where), where=where)


def _cargo(asked: Sequence[CargoAsked], where: str) -> list[CargoVehicle]:
    from retinue.air.loading_list import CargoVehicle
    from retinue.road.vehicle import road_vehicles

    known = road_vehicles().vehicles
    found = []
    for item in asked:
        card = known.get(item.vehicle)
        if card is None:
            raise InputError(
                f'"{item.vehicle}" is not a road vehicle of the catalogue',
                where=where,
                cure=suggest(item.vehicle, known) or f"Known: {', '.join(sorted(known))}.",
            )
        found += [
            CargoVehicle(
                item.vehicle, card.label, card.length, card.width, card.height, card.mass,
                card.axles, card.axle_load,
            )
        ] * item.count  # fmt: skip
    return found


def _loading_paper(one: WayLeg, card: AircraftCard, file: JourneyFile) -> Paper:
    from retinue.air.loading_list import load_hold

    body = one.asked.air
    assert body is not None
    where = file.where(*one.path, "air", "carries")
    vehicles = _cargo(body.carries, where)
    places, unknown = load_hold(card, vehicles, where=where)
    total = sum(v.mass_kg for v in vehicles)
    lines = [
        "LOADING LIST",
        f"Aircraft  {card.name} {body.registration}".rstrip(),
        f"Flight    {body.flight or '(not stated)'}, {one.leg.title}",
        "",
        "no  row  from m    to m  vehicle                   length m  width m  height m   mass kg"
        "  axle kg",
    ]
    rows = []
    for number, place in enumerate(places, start=1):
        car = place.vehicle
        wide, high = (
            "?" if size is None else f"{size:.2f}" for size in (car.width_m, car.height_m)
        )
        lines.append(
            f"{number:>2}  {place.row:>3}  {place.from_m:>6.2f}  {place.to_m:>6.2f}"
            f"  {car.label:<24}  {car.length_m:>8.2f}  {wide:>7}  {high:>8}"
            f"  {car.mass_kg:>8,.0f}  {car.heaviest_axle_kg:>7,.0f}"
        )
        rows.append(
            {"no": number, "row": place.row, "vehicle": car.name, "from_m": round(place.from_m, 2),
             "to_m": round(place.to_m, 2), "mass_kg": car.mass_kg}
        )  # fmt: skip
    lines += [
        "",
        f"{len(places)} vehicles, {total:,.0f} kg; front of the hold first; driven or winched on"
        + (" over the ramp" if card.ramp else ""),
    ]
    return Paper(
        id=f"{one.name}/loading-list",
        kind="loading-list",
        title=f"Loading list: {one.leg.title}",
        leg=one.leg.id,
        way=one.way,
        to="loadmaster",
        text="\n".join(lines) + "\n",
        fields={"vehicles": rows, "count": len(places), "mass_kg": total},
        assumed=(
            *(f"not checked, not known: {what}" for what in unknown),
            "fuel in the tanks and lashing points: the loadmaster's",
        ),
    )
