"""A path request: what a plan's rail leg asks of the infrastructure managers along it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan.compare import AT_PLACE
from retinue.traffic.path_message import (
    DESTINATION,
    INTERMEDIATE,
    ORIGIN,
    PASSING,
    STOP,
    PathMessage,
    PathPoint,
    PathTrain,
    TractionUnit,
    plain_words,
    whole_step,
)
from retinue.traffic.path_rules import PathRules, path_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retinue.movement import Movement
    from retinue.plan import Event, Leg, Plan, TrainRecord

__all__ = ["Leeway", "ask", "asked_of_plan", "rail_leg", "roles_of"]

#: A train is heavy for a line above this share of its axle load; rounding is no excess.
_ROUNDING = 1.0005


@dataclass(frozen=True)
class Leeway:
    """Tolerances other than the shipped ones, in s; None: as shipped."""

    before_s: float | None = None
    after_s: float | None = None


@dataclass(frozen=True)
class _Place:
    """A place of the leg with what happens to the main train there."""

    name: str
    country: str
    zone: str
    distance_m: float
    kinds: frozenset[str]


def rail_leg(plan: Plan, number: int | None = None) -> Leg:
    """Return the rail leg of a plan; its number counts all legs from 1.

    Raises
    ------
    InputError
        Where there is none, several and none is named, or the named one is no rail leg.
    """
    rails = [(k, leg) for k, leg in enumerate(plan.legs, start=1) if leg.mode == "rail"]
    if number is not None:
        if not 1 <= number <= len(plan.legs):
            raise InputError(f"there is no leg {number}; the plan has {len(plan.legs)}",
                             where="--leg")  # fmt: skip
        leg = plan.legs[number - 1]
        if leg.mode != "rail":
            raise InputError(f"leg {number} goes by {leg.mode}", where="--leg", cure=_named(rails))
        return leg
    if len(rails) != 1:
        what = "has no rail leg" if not rails else f"has {len(rails)} rail legs"
        raise InputError(f"the plan {what}", where="--leg", cure=_named(rails))
    return rails[0][1]


def _named(rails: list[tuple[int, Leg]]) -> str:
    if not rails:
        return "Only a train needs a path."
    return "Say " + " or ".join(f"--leg {k} ({leg.title})" for k, leg in rails) + "."


def roles_of(leg: Leg) -> tuple[str, ...]:
    """Return the trains of a leg by their role, in the order they run."""
    ordered = sorted(leg.movements, key=lambda one: (one.depart_s, one.role))
    return tuple(movement.role for movement in ordered)


def asked_of_plan(plan: Plan, leeway: Leeway | None = None) -> tuple[PathMessage, ...]:
    """Return what every train of every rail leg asks for."""
    return tuple(
        ask(plan, leg, role, leeway)
        for leg in plan.legs
        if leg.mode == "rail"
        for role in roles_of(leg)
    )


def ask(
    plan: Plan,
    leg: Leg,
    role: str = "main",
    leeway: Leeway | None = None,
    codes: Mapping[tuple[str, str], str] | None = None,
) -> PathMessage:
    """Return what one train of a leg asks for, over the whole leg.

    Every place of the main train's timeline is a point, for the other trains too.  Moments are
    rounded to tenths of a minute, which is all that the message can say.

    Parameters
    ----------
    plan, leg
        The plan and its leg.
    role
        Of the train in the convoy.
    leeway
        Other tolerances than the shipped ones.
    codes
        Primary location codes by country and place.

    Raises
    ------
    InputError
        For a role that no train of the leg has, and a leg without two places.
    """
    rules = path_rules()
    movement = next((one for one in leg.movements if one.role == role), None)
    if movement is None:
        known = roles_of(leg)
        raise InputError(
            f'no train of the leg has the role "{role}"',
            where="--train",
            cure=suggest(role, known) or f"Known: {', '.join(known)}.",
        )
    places = _places(leg)
    if len(places) < 2:
        raise InputError(
            f"leg {leg.id} names no places on the way",
            cure="Make the plan again with this version: retinue plan JOURNEY.",
        )
    points = tuple(_points(leg, movement, places, rules, leeway or Leeway(), codes or {}))
    # The train keeps its name through every change of the plan, the request as long as it says
    # the same.
    name = _name(plan.journey.name, plan.title, leg.id, role)
    return PathMessage(
        kind="request",
        id=_name(name, repr(points)),
        train=name,
        leg=leg.id,
        role=role,
        title=plain_words(f"{leg.title}, {movement.name}"),
        plan_hash=plan.hash,
        points=points,
    )


def _name(*words: str) -> str:
    """Return twelve characters of 0-9 and A-F that follow from words alone."""
    return hashlib.sha256("\0".join(words).encode("utf-8")).hexdigest()[:12].upper()


def _places(leg: Leg) -> list[_Place]:
    found: dict[tuple[str, int], _Place] = {}
    country = leg.countries[0] if leg.countries else leg.from_.country
    for event in leg.timeline:
        if event.role != "main" or event.distance_m is None or event.kind not in AT_PLACE:
            continue
        country = event.country or country
        # A border is a line, not a place where a train is timed, unless it is at a station.
        if event.kind == "border" and not _timed(leg, event):
            continue
        key = (event.place, round(event.distance_m))
        old = found.get(key)
        kinds = frozenset({event.kind}) | (old.kinds if old else frozenset())
        found[key] = _Place(
            event.place, old.country if old else country, event.zone, event.distance_m, kinds
        )
    for event in leg.timeline:
        for key, place in found.items():
            if event.role == "main" and event.place == place.name:
                found[key] = replace(place, kinds=place.kinds | {event.kind})
    return sorted(found.values(), key=lambda one: one.distance_m)


def _timed(leg: Leg, border: Event) -> bool:
    return any(
        event.place == border.place and event.kind in ("arrive", "depart", "pass")
        for event in leg.timeline
        if event.role == "main"
    )


def _points(
    leg: Leg,
    movement: Movement,
    places: list[_Place],
    rules: PathRules,
    leeway: Leeway,
    codes: Mapping[tuple[str, str], str],
) -> Iterator[PathPoint]:
    last = len(places) - 1
    train: PathTrain | None = None
    for k, place in enumerate(places):
        before_it, train = train, None if k == last else _train(leg, movement, places, k)
        name = plain_words(place.name)
        arrive = whole_step(movement.time_at(place.distance_m))
        depart = whole_step(movement.time_at(place.distance_m, leaving=True))
        stop = next((s for s in movement.stops if s.place == place.name), None)
        stands = depart > arrive or stop is not None
        if k in (0, last):
            tolerance = rules.tolerances.departure if k == 0 else rules.tolerances.arrival
            activities: tuple[str, ...] = (STOP,)
        elif stands:
            tolerance = rules.tolerances.stop
            kinds = place.kinds
            if before_it is not None and train is not None and before_it.traction != train.traction:
                kinds |= {"locomotive-change"}
            activities = (STOP, *rules.codes(stop.why if stop else "", kinds))
        else:
            tolerance, activities = rules.tolerances.passing, (PASSING,)
        before = tolerance.before if leeway.before_s is None else leeway.before_s
        after = tolerance.after if leeway.after_s is None else leeway.after_s
        yield PathPoint(
            place=name,
            country=place.country,
            code=codes.get((place.country, name), ""),
            zone=place.zone,
            arrive_s=None if k == 0 else arrive,
            depart_s=None if k == last else depart,
            before_s=int(whole_step(before)),
            after_s=int(whole_step(after)),
            dwell_s=int(depart - arrive) if 0 < k < last else 0,
            activities=activities,
            kinds=(ORIGIN,) if k == 0 else (DESTINATION,) if k == last else (INTERMEDIATE,),
            train=train,
        )


def _train(leg: Leg, movement: Movement, places: list[_Place], at: int) -> PathTrain:
    """Return the train as it leaves a place: as it was last made up before or there."""
    order = {place.name: k for k, place in reversed(list(enumerate(places)))}
    formed = [one for one in leg.trains if one.role == movement.role]
    known = [one for one in formed if order.get(one.from_place, 0) <= at]
    record = known[-1] if known else (formed[0] if formed else leg.train)
    begin = places[at].distance_m
    gauges = next((s.gauge_mm for s in leg.sections if s.from_m <= begin < s.to_m), ())
    if record is None:
        return PathTrain(max(math.ceil(movement.length_m), 1), 1, 1, gauge_mm=tuple(gauges))
    axles = [v.mass_kg / v.axles / 1000.0 for v in record.vehicles if v.axles]
    until = next(
        (places[order[t.from_place]].distance_m for t in formed
         if order.get(t.from_place, 0) > at), math.inf,
    )  # fmt: skip
    percentage = record.brake_percentage
    return PathTrain(
        length_m=max(math.ceil(record.length_m), 1),
        mass_t=max(math.ceil(record.mass_kg / 1000.0 - 1e-9), 1),
        max_speed_kmh=max(math.floor(record.max_speed_mps * 3.6 + 1e-3), 1),
        axle_load_t=math.ceil(max(axles) * 10 - 1e-9) / 10 if axles else None,
        braking_percent=math.floor(percentage) if percentage else None,
        traction=_traction(record),
        power=tuple(plain_words(system) for system in record.power_systems),
        gauge_mm=tuple(gauges),
        exceptional=tuple(_exceptional(leg, record, begin, until)),
    )


def _traction(record: TrainRecord) -> tuple[TractionUnit, ...]:
    """Return the locomotives: those at the head pull, those behind the coaches push."""
    found = []
    pulling = pushing = 0
    seen_coach = False
    for vehicle in record.vehicles:
        if vehicle.role != "locomotive":
            seen_coach = True
            continue
        if seen_coach:
            pushing += 1
        else:
            pulling += 1
        found.append(
            TractionUnit(
                mode=f"3{min(pushing, 9)}" if seen_coach else f"1{min(pulling, 9)}",
                name=plain_words((vehicle.type_name or vehicle.label).replace(";", ","), 40),
                mass_t=max(math.ceil(vehicle.mass_kg / 1000.0 - 1e-9), 1),
                length_mm=max(round(vehicle.length_m * 1000), 1),
            )
        )
    return tuple(found)


def _exceptional(leg: Leg, record: TrainRecord, begin: float, until: float) -> Iterator[str]:
    """Yield what goes beyond the lines ahead, each excess once, at its worst section."""
    axles = [v.mass_kg / v.axles for v in record.vehicles if v.axles]
    ahead = [s for s in leg.sections if s.to_m > begin and s.from_m < until]
    weak = [
        s
        for s in ahead
        if axles and s.axle_load_kg is not None and max(axles) > s.axle_load_kg * _ROUNDING
    ]
    if weak:
        worst = min(weak, key=lambda s: s.axle_load_kg or 0.0)
        assert worst.axle_load_kg is not None
        known = ", assumed" if "axle load" in worst.assumed else ""
        yield plain_words(
            f"axle load {max(axles) / 1000:.1f} t, line {worst.axle_load_kg / 1000:.1f} t{known}: "
            f"{worst.from_place} to {worst.to_place}".replace("|", "/")
        )
