"""Services of the train: water, waste, refuse, fuel, ice, linen, along the journey.

Every coach's tanks are followed over time; where and when each is served within the dwell of
the planned stops is chosen with the fewest stops; a stop is proposed where none suffices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.services import ServicesRecord, ServiceStop, TankRecord, WasteForecast
from retinue.provisioning.clocks import DAY_S
from retinue.provisioning.closed_times import closed_times, free_of
from retinue.provisioning.kitchen_data import coaches_of
from retinue.provisioning.meals import aboard
from retinue.provisioning.service_data import load_service_data
from retinue.provisioning.service_sessions import coaches_at_once, least_m3, sessions_of
from retinue.provisioning.service_stops import (
    Chance,
    Filling,
    Problem,
    fill,
    litres,
    seconds_for,
)
from retinue.provisioning.shortfalls import Stand, shortfalls_of
from retinue.provisioning.tank_levels import Tank, tanks_of
from retinue.provisioning.train_power import energy_of

if TYPE_CHECKING:
    from retinue.plan import Plan, VehicleRecord
    from retinue.plan.meals import KitchenRecord
    from retinue.plan.services import EnergyRecord, Shortfall
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.service_data import ServiceData, ServiceKind, Serving

__all__ = ["services_of_train"]

#: Kinds whose level rises: the tank is emptied at a stop.
_FILLS_UP: frozenset[ServiceKind] = frozenset({"waste", "refuse"})
_PROPOSED_S = 3600
_SURE_WORDS = ("water", "service", "supplies")


@dataclass(frozen=True)
class _Place:
    """Where and when a kind may be served."""

    leg: str
    place: str
    zone: str
    distance_m: float
    start_s: float
    arrive_s: float | None
    depart_s: float | None
    assumed: str
    chance: Chance


def services_of_train(
    plan: Plan,
    party: PartyPlan,
    policy: ProvisioningPolicy,
    kitchen: KitchenRecord,
    *,
    data: ServiceData | None = None,
) -> ServicesRecord:
    """Return tanks, levels, service stops, energy and what they come to.

    Parameters
    ----------
    kitchen
        Its sittings use water and make waste; its quiet hours are the nights.

    Raises
    ------
    InputError
        For a faulty file of services, or where the solver is not installed.
    """
    known = data or load_service_data()
    coaches = coaches_of(plan)
    spans = aboard(plan)
    if not coaches or not spans:
        return ServicesRecord()
    span = (spans[0][0], spans[-1][1])
    energy = energy_of(plan, coaches, known)
    tanks = tanks_of(coaches, party, kitchen, known, span, policy.water_per_person_day)
    for tank in tanks:
        if tank.kind == "water":
            # A day's drinking water stays in each coach, whatever happens to the next stop.
            tank.kept_m3 = min(tank.people * policy.drinking_water_per_person_day, tank.capacity_m3)
    tanks += _fuel_tanks(coaches, known, energy)
    records: list[TankRecord] = []
    stops: list[ServiceStop] = []
    short: list[Shortfall] = []
    waste: list[WasteForecast] = []
    quantities: dict[str, float] = {}
    proven = True
    for serving in known.serving:
        listed = [tank for tank in tanks if tank.kind == serving.kind]
        if not listed:
            continue
        places, rate, filling = _choose(plan, listed, serving, span[1])
        proven = proven and filling.proven
        made = _stops(listed, places, filling, serving, rate)
        stops += made
        own = [_record(tank, made, serving, span) for tank in listed]
        records += own
        if any(filling.short):
            short += shortfalls_of(plan, own, _stands(plan, spans, places, made))
        _count(quantities, waste, listed, made, serving.kind, known, span)
    return ServicesRecord(
        tanks=tuple(records),
        stops=tuple(sorted(stops, key=lambda s: (s.start_utc, s.kind))),
        unserved=tuple(one.sentence for one in short),
        shortfalls=tuple(short),
        energy=energy,
        drinking_m3_per_person=policy.drinking_water_per_person_day,
        waste=tuple(waste),
        quantities={key: round(value, 3) for key, value in sorted(quantities.items())},
        proven=proven,
    )


def _fuel_tanks(
    coaches: Sequence[VehicleRecord], data: ServiceData, energy: EnergyRecord
) -> list[Tank]:
    found = []
    sharing = sum(1 for c in coaches if c.role == "generator")
    watts = np.array(energy.load_w) + np.array(energy.heating_w) + np.array(energy.cooling_w)
    for number, coach in enumerate(coaches):
        size = data.tank("fuel", coach.role)
        if coach.role != "generator" or size is None:
            continue
        flows = [
            (begin, end, power * (end - begin) / 3.6e6 * data.climate.fuel_per_kwh / sharing)
            for begin, end, power in zip(
                energy.time_utc[:-1], energy.time_utc[1:], watts.tolist(), strict=False
            )
            if end > begin
        ]
        found.append(
            Tank(
                "fuel", number + 1, coach.label, coach.role, size.capacity, 0.0,
                size.source, size.confidence, flows,
            )
        )  # fmt: skip
    return found


def _choose(
    plan: Plan, tanks: Sequence[Tank], serving: Serving, end_s: float
) -> tuple[list[_Place], float, Filling]:
    """Try planned stops, then fast pumps, then proposed stops; return the first that suffices."""
    planned = _planned(plan, tanks, serving)
    tries = [(planned, serving.rate)]
    if serving.fast is not None:
        tries.append((planned, serving.fast))
    tries.append((sorted([*planned, *_proposed(plan)], key=lambda p: p.start_s), serving.rate))
    for places, rate in tries:
        problem = _problem(tanks, places, serving, rate, coaches_at_once(tanks, serving), end_s)
        filling = fill(problem)
        if not any(filling.short):
            return places, rate, filling
    # What cannot be helped is short where it must be, and nowhere else.
    return places, rate, fill(replace(problem, sparing=True))


def _planned(plan: Plan, tanks: Sequence[Tank], serving: Serving) -> list[_Place]:
    shut = [(c.from_utc, c.until_utc) for c in closed_times(plan)]
    found = []
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        for stop in leg.main.stops:
            words = {w.strip(",.;") for w in stop.why.casefold().split()}
            named = any(all(part in words for part in key.split()) for key in serving.where)
            long = serving.long_stop is not None and (
                stop.depart_s - stop.arrive_s >= serving.long_stop
            )
            free = free_of([(stop.arrive_s, stop.depart_s)], shut)
            if not (named or long) or not free:
                continue
            sure = bool(words & set(_SURE_WORDS))
            for begin, end in sessions_of(free, tanks, serving):
                seconds = int(end - begin - serving.begins_after)
                if seconds > 0:
                    found.append(
                        _Place(
                            leg.id, stop.place, stop.zone, stop.distance_m,
                            begin + serving.begins_after, stop.arrive_s, stop.depart_s,
                            "" if sure else f"that {serving.kind} can be served at {stop.place}",
                            Chance(seconds, 1000 if sure else 1500, proposed=False),
                        )
                    )  # fmt: skip
    return found


def _proposed(plan: Plan) -> list[_Place]:
    """Return the places that the main train passes by day or night, where it might stop."""
    found = []
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        for event in leg.timeline:
            if event.role == "main" and event.kind == "pass" and event.distance_m is not None:
                found.append(  # noqa: PERF401
                    _Place(
                        leg.id, event.place, event.zone, event.distance_m, event.time_utc,
                        None, None, f"that {event.place} can serve it",
                        Chance(_PROPOSED_S, 1000, proposed=True),
                    )
                )  # fmt: skip
    return found


def _problem(
    tanks: Sequence[Tank],
    places: Sequence[_Place],
    serving: Serving,
    rate: float,
    at_once: int,
    end_s: float,
) -> Problem:
    """State the choice in litres."""
    begins = [p.start_s for p in places]
    ends = [p.start_s if p.chance.proposed else p.start_s + p.chance.seconds for p in places]
    capacity = tuple(litres(t.capacity_m3) for t in tanks)
    return Problem(
        capacity=capacity,
        least=tuple(litres(least_m3(t, serving), up=True) for t in tanks),
        before=tuple(tuple(litres(float(v)) for v in tank.used_by(begins)) for tank in tanks),
        until=tuple(
            tuple(litres(float(v), up=True) for v in tank.used_by([*ends, end_s])) for tank in tanks
        ),
        chances=tuple(p.chance for p in places),
        rate=max(1, litres(rate)),
        at_once=at_once,
    )


def _stops(
    tanks: Sequence[Tank],
    places: Sequence[_Place],
    filling: Filling,
    serving: Serving,
    rate: float,
) -> list[ServiceStop]:
    at_once = coaches_at_once(tanks, serving)
    stops = []
    for number, place in enumerate(places):
        gifts = [row[number] for row in filling.given]
        if not any(gifts):
            continue
        seconds = seconds_for(gifts, max(1, litres(rate)), at_once)
        proposed = place.chance.proposed
        minutes = -(-(seconds + int(serving.begins_after)) // 60)
        stops.append(
            ServiceStop(
                kind=serving.kind,
                place=place.place,
                leg=place.leg,
                zone=place.zone,
                start_utc=place.start_s,
                end_utc=place.start_s + seconds,
                stop_arrive_utc=place.arrive_s,
                stop_depart_utc=place.depart_s,
                distance_m=place.distance_m,
                fast=serving.fast is not None and rate == serving.fast,
                proposed=proposed,
                because=(
                    f"no planned stop serves {serving.kind} in time; it needs"
                    f" {minutes} min here, which the plan's times do not hold yet"
                    if proposed
                    else ""
                ),
                journey_line=(
                    f"- {{at: {_quoted(place.place)}, for: {minutes} min, why: {serving.kind}}}"
                    if proposed
                    else ""
                ),
                assumed=place.assumed,
                amounts_m3={
                    f"{tank.number} {tank.label}": gift / 1000.0
                    for tank, gift in zip(tanks, gifts, strict=True)
                    if gift
                },
            )
        )
    return stops


def _stands(
    plan: Plan,
    spans: Sequence[tuple[float, float, str]],
    places: Sequence[_Place],
    stops: Sequence[ServiceStop],
) -> list[Stand]:
    """Return where a kind is or could be served, with where the train sets out and ends."""
    legs = [leg for leg in plan.legs if leg.mode == "rail"]
    begin, end = spans[0][0], spans[-1][1]
    found = [Stand(begin, begin, legs[0].from_.name), Stand(end, end, legs[-1].to.name)]
    found += [
        Stand(p.start_s, p.start_s + p.chance.seconds, p.place)
        for p in places
        if not p.chance.proposed
    ]
    found += [Stand(s.start_utc, s.end_utc, s.place) for s in stops if s.proposed]
    return found


def _quoted(name: str) -> str:
    """Return a name as YAML takes it inside of braces."""
    plain = all(letter.isalnum() or letter in " -()" for letter in name)
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _record(
    tank: Tank, stops: Sequence[ServiceStop], serving: Serving, span: tuple[float, float]
) -> TankRecord:
    key = f"{tank.number} {tank.label}"
    gifts = [(s.start_utc, s.end_utc, s.amounts_m3[key]) for s in stops if key in s.amounts_m3]
    inside = [t for t in tank.knots() if span[0] < t < span[1]]
    knots = np.unique([*span, *inside, *(t for a, b, _ in gifts for t in (a, b))])
    used = tank.used_by(knots)
    given = np.zeros_like(knots)
    for begin, end, amount in gifts:
        given += amount * np.clip((knots - begin) / max(end - begin, 1.0), 0.0, 1.0)
    up = tank.kind in _FILLS_UP
    level = used - given if up else tank.capacity_m3 - used + given
    return TankRecord(
        kind=tank.kind,
        coach=key,
        coach_number=tank.number,
        role=tank.role,
        capacity_m3=tank.capacity_m3,
        least_m3=round(least_m3(tank, serving), 4),
        people=tank.people,
        fills_up=up,
        time_utc=tuple(knots.tolist()),
        level_m3=tuple((np.round(level, 4) + 0.0).tolist()),
        source=tank.source,
        confidence=tank.confidence,
    )


def _count(
    quantities: dict[str, float],
    waste: list[WasteForecast],
    tanks: Sequence[Tank],
    stops: Sequence[ServiceStop],
    kind: ServiceKind,
    data: ServiceData,
    span: tuple[float, float],
) -> None:
    """Add what the journey comes to, in the units of the rate file."""
    total = sum(float(t.used_by([span[1]])[0]) for t in tanks)
    served = sum(stop.total_m3 for stop in stops)
    if kind in _FILLS_UP:
        days = (span[1] - span[0]) / DAY_S
        waste.append(
            WasteForecast(
                kind=kind,
                total_m3=round(total, 3),
                left_at_end_m3=round(total - served, 3),
                per_day_m3=round(total / days, 3),
            )
        )
    amount = total
    if kind == "linen":
        amount = total / max(max((u.amount for u in data.use if u.kind == kind), default=1.0), 1e-9)
    elif kind in ("fuel", "ice"):
        amount = total * 1000.0
    quantities[f"train-{kind}"] = quantities.get(f"train-{kind}", 0.0) + amount
    quantities["train-service-call"] = quantities.get("train-service-call", 0.0) + len(stops)
