"""The figures of a formation order, in whole numbers: what the search and its proof work on.

Lengths are mm, masses kg, forces N, powers W, volumes l: integers, so that a proof of
optimality is one.  Everything physical comes from the functions that also run the train
(`TrainDynamics`, the Minden formula, `coupling_reasons`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from retinue.errors import InputError
from retinue.rail.braking import permitted_speed_by_brake_percentage
from retinue.rail.consist_order import ConsistOrder
from retinue.rail.consist_rules import CLASSES, ConsistRules
from retinue.rail.coupling import coupling_reasons
from retinue.rail.dynamics import STANDARD_GRAVITY_MPS2
from retinue.rail.formation import Formation, PlacedVehicle
from retinue.rail.interfaces import fits_within
from retinue.rail.rolling_stock import Coach, Locomotive
from retinue.rail.traction import SELF_POWERED

__all__ = ["CoachKind", "ConsistProblem", "Haulage", "Mark", "problem_of"]


@dataclass(frozen=True)
class CoachKind:
    """Coaches alike: one line of the order, with what one of them is and does.

    Attributes
    ----------
    tag
        Role that rules mean: ``principal`` for the principal's coaches.
    starting_n, holding_n
        Force that one needs to start on the ruling gradient and to be held at balancing speed.
    drawn_w
        Electric load beyond its own supply; 0 where it generates.
    turnable
        Whether it matters which way it faces.
    unfit
        (rule, sentence) why it cannot run at all on the lines asked for.
    """

    index: int
    label: str
    vehicle: Coach
    role: str
    tag: str
    least: int
    most: int
    length_mm: int
    mass_kg: int
    braked_kg: int
    starting_n: int
    holding_n: int
    sleeps: tuple[str, ...]
    places: int
    dining_seats: int
    covers: int
    stores_l: int
    drawn_w: int
    generates_w: int
    cars: int
    ramp: str
    doors: str
    turnable: bool
    unfit: tuple[tuple[str, str], ...] = ()

    def placed_ramp(self, turned: bool) -> str:
        """Return the ramp's end as it stands: front, rear, both or none."""
        return _swapped(self.ramp, "front", "rear") if turned else self.ramp

    def placed_doors(self, turned: bool) -> str:
        """Return the doors' side as it stands: left, right, both or none."""
        return _swapped(self.doors, "left", "right") if turned else self.doors


def _swapped(value: str, one: str, other: str) -> str:
    return {one: other, other: one}.get(value, value)


@dataclass(frozen=True)
class Haulage:
    """Locomotives that may haul the train, from the head.

    Attributes
    ----------
    offered
        Which of the order's locomotives they are.
    starts_n, holds_n
        What is left at the couplings for the coaches, on the ruling gradient.
    couples, brakes, feeds, heats
        By coach kind: coupled to it, braked with it, fed with power by it, heated without a
        generator coach.
    warms
        By coach kind: heated where a generator coach is in the train.
    """

    index: int
    offered: tuple[int, ...]
    vehicles: tuple[Locomotive, ...]
    length_mm: int
    mass_kg: int
    braked_kg: int
    starts_n: int
    holds_n: int
    supply_w: int
    couples: tuple[bool, ...]
    brakes: tuple[bool, ...]
    feeds: tuple[bool, ...]
    heats: tuple[bool, ...]
    warms: tuple[bool, ...]
    unfit: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The locomotives in words."""
        return " + ".join(engine.title for engine in self.vehicles)


@dataclass(frozen=True)
class Mark:
    """Where the principal's door is to stand: mm behind the head, and within how much."""

    at: str
    mark_mm: int
    within_mm: int
    side: str
    reversed: bool
    locomotives_mm: int | None


@dataclass(frozen=True)
class ConsistProblem:
    """A formation order in whole numbers.

    Attributes
    ----------
    couples
        By two coach kinds: whether they can be coupled.
    people
        By class of berths.
    brake_permille
        Least braked weight over mass, in permille of it; 0: not asked.
    order
        By place from the head the coach kinds that may stand there, where an order is asked.
    """

    name: str
    title: str
    gauge_mm: int
    kinds: tuple[CoachKind, ...]
    haulages: tuple[Haulage, ...]
    couples: tuple[tuple[bool, ...], ...]
    rules: ConsistRules
    without: frozenset[str]
    people: tuple[tuple[str, int], ...]
    diners: int
    sittings: int
    stores_l: int
    cars: int
    arrives_reversed: bool
    brake_permille: int
    loop_mm: int | None
    platform_mm: int | None
    pulled: bool
    marks: tuple[Mark, ...]
    order: tuple[tuple[int, ...], ...] | None
    door_offset_mm: int
    speed_mps: float | None = None
    gradient: float | None = None

    @property
    def most_coaches(self) -> int:
        """All coaches that are offered."""
        return sum(kind.most for kind in self.kinds)

    def of(self, words: Sequence[str]) -> tuple[int, ...]:
        """Return the coach kinds that a rule's words mean."""
        return tuple(kind.index for kind in self.kinds if kind.tag in words)


def problem_of(order: ConsistOrder) -> ConsistProblem:
    """Return the figures of an order.

    Raises
    ------
    InputError
        Where it waives a rule or asks for a coach that there is not, or the brakes could not
        hold any train on the gradient.
    """
    asked, rules = order.asked, order.rules
    line = asked.line
    kinds = tuple(_kind(order, index) for index in range(len(order.coaches)))
    haulages = _haulages(order, kinds)
    party = order.party
    heads = {
        "principal": party.principal,
        "officials": party.officials + party.guests,
        "guards": party.guards,
        "staff": party.staff,
        "crew": party.crew,
    }
    marks = tuple(
        Mark(
            stop.at,
            round(stop.mark * 1000),
            round((stop.within or rules.mark_within) * 1000),
            stop.side,
            stop.reversals % 2 == 1,
            None if stop.locomotives_length is None else round(stop.locomotives_length * 1000),
        )
        for stop in asked.stops
    )
    problem = ConsistProblem(
        name=order.name,
        title=asked.title,
        gauge_mm=round(asked.gauge * 1000),
        kinds=kinds,
        haulages=haulages,
        couples=_couples(kinds),
        rules=rules,
        without=frozenset(asked.without),
        people=tuple((name, heads[name]) for name in CLASSES),
        diners=sum(int(getattr(party, name)) for name in rules.diners),
        sittings=asked.sittings or rules.sittings,
        stores_l=math.ceil(asked.stores * 1000),
        cars=asked.cars or 0,
        arrives_reversed=asked.reversals % 2 == 1,
        brake_permille=_brake_permille(order),
        loop_mm=None if line.loop is None else round(line.loop * 1000),
        platform_mm=None if line.platform is None else round(line.platform * 1000),
        pulled=line.ruling_gradient is not None,
        marks=marks,
        order=None if asked.order is None else _asked_order(order, kinds),
        door_offset_mm=round(rules.door_offset * 1000),
        speed_mps=line.speed,
        gradient=line.ruling_gradient,
    )
    _check_waived(order, problem)
    return problem


def _check_waived(order: ConsistOrder, problem: ConsistProblem) -> None:
    from retinue.document import suggest
    from retinue.rail.consist_wording import NOT_ALWAYS, rule_words

    known = list(dict.fromkeys([*rule_words(problem), *NOT_ALWAYS]))
    for name in order.asked.without:
        if name not in known:
            raise InputError(
                f'there is no rule "{name}" to be waived',
                where=f"{order.where}: without",
                cure=suggest(name, known) or f"Rules: {', '.join(known)}.",
            )


def _kind(order: ConsistOrder, index: int) -> CoachKind:
    asked, vehicle = order.asked.coaches[index], order.coaches[index]
    rules, line = order.rules, order.asked.line
    role = asked.role or vehicle.role
    figures = rules.of_role(role)
    armour_kg = asked.armour
    if asked.armour_factor is not None:
        armour_kg = (asked.armour_factor - 1.0) * vehicle.tare
    placed = PlacedVehicle(vehicle, asked.label or vehicle.title, role=role, armour_kg=armour_kg)
    mass_kg = math.ceil(placed.mass_kg - 1e-6)
    starting, holding = _drag(placed, line.ruling_gradient or 0.0, rules.balancing_speed)
    own = rules.own_supply if "own" in vehicle.heating else 0.0
    seats = vehicle.seats or figures.seats
    least, most = asked.bounds
    unfit: list[tuple[str, str]] = []
    if round(order.asked.gauge * 1000) not in vehicle.gauges_mm:
        unfit.append(("gauge", f"does not run on {order.asked.gauge * 1000:.0f} mm"))
    unfit += _unfit(placed, order)
    return CoachKind(
        index=index,
        label=asked.label or vehicle.title,
        vehicle=vehicle,
        role=role,
        tag="principal" if asked.principal else role,
        least=least,
        most=most,
        length_mm=round(vehicle.length * 1000),
        mass_kg=mass_kg,
        braked_kg=math.floor(vehicle.brake_mass_kg() + 1e-6),
        starting_n=math.ceil(starting),
        holding_n=math.ceil(holding),
        sleeps=("principal",) if asked.principal else figures.sleeps,
        places=vehicle.berths if order.asked.overnight else max(seats, vehicle.berths),
        dining_seats=figures.dining_seats,
        covers=figures.covers,
        stores_l=math.floor(figures.stores * 1000 + 1e-6),
        drawn_w=0 if figures.generates else max(0, math.ceil(figures.load - own)),
        generates_w=math.floor(figures.generates),
        cars=vehicle.cars if role == "car-transporter" else 0,
        ramp=vehicle.ramp,
        doors=vehicle.doors,
        turnable=vehicle.ramp in ("front", "rear")
        or (asked.principal and vehicle.doors in ("left", "right")),
        unfit=tuple(unfit),
    )


def _drag(placed: PlacedVehicle, gradient: float, speed_mps: float) -> tuple[float, float]:
    """Return the force to start and to hold a coach on a gradient, N."""
    slope = gradient / math.hypot(1.0, gradient)
    weight = placed.mass_kg * STANDARD_GRAVITY_MPS2 * slope
    a, b, c = placed.vehicle.resistance.davis(placed.mass_kg)
    return weight + a, weight + a + speed_mps * (b + speed_mps * c)


def _unfit(placed: PlacedVehicle, order: ConsistOrder) -> list[tuple[str, str]]:
    line = order.asked.line
    found = []
    if line.axle_load is not None and placed.axle_load_kg > line.axle_load + 1.0:
        found.append(
            (
                "axle-load",
                f"weighs {placed.axle_load_kg / 1000:.1f} t an axle, the line carries"
                f" {line.axle_load / 1000:.1f} t",
            )
        )
    if fits_within(placed.vehicle.loading_gauge, line.loading_gauge) is False:
        found.append(
            (
                "loading-gauge",
                f"is built to {placed.vehicle.loading_gauge}, larger than {line.loading_gauge}",
            )
        )
    if line.speed is not None and placed.vehicle.maximum_speed < line.speed - 1e-9:
        found.append(
            (
                "speed",
                f"runs {placed.vehicle.maximum_speed * 3.6:.0f} km/h at most, asked for are"
                f" {line.speed * 3.6:.0f}",
            )
        )
    return found


def _couples(kinds: Sequence[CoachKind]) -> tuple[tuple[bool, ...], ...]:
    def fit(one: CoachKind, two: CoachKind) -> bool:
        pair = Formation(
            "pair",
            (
                PlacedVehicle(one.vehicle, one.label, id="1"),
                PlacedVehicle(two.vehicle, two.label, id="2"),
            ),
        )
        return not any(reason.kind == "coupler" for reason in coupling_reasons(pair))

    return tuple(tuple(fit(one, two) for two in kinds) for one in kinds)


def _haulages(order: ConsistOrder, kinds: Sequence[CoachKind]) -> tuple[Haulage, ...]:
    """Return every set of locomotives, the fewest first, then as the order lists them."""
    most = order.rules.most_locomotives
    found: list[Haulage] = []
    for count in range(1, most + 1):
        for chosen in itertools.combinations_with_replacement(range(len(order.locomotives)), count):
            limits = order.asked.locomotives
            if all(chosen.count(i) <= limits[i].up_to for i in chosen):
                found.append(_haulage(len(found), chosen, order, kinds))
    return tuple(found)


def _haulage(
    index: int, offered: tuple[int, ...], order: ConsistOrder, kinds: Sequence[CoachKind]
) -> Haulage:
    engines = tuple(order.locomotives[i] for i in offered)
    line, rules = order.asked.line, order.rules
    placed = tuple(PlacedVehicle(e, e.title, id=str(i)) for i, e in enumerate(engines))
    alone = Formation("locomotives", placed)
    unfit = [item for one in placed for item in _unfit(one, order)]
    gauge_mm = round(order.asked.gauge * 1000)
    if any(gauge_mm not in engine.gauges_mm for engine in engines):
        unfit.append(("gauge", f"does not run on {gauge_mm} mm"))
    if any(reason.kind in ("coupler", "brake") for reason in coupling_reasons(alone)):
        unfit.append(("couplers", "cannot be coupled or braked together"))
    dynamics = alone.dynamics()
    spare: list[tuple[float, float]] = []
    for system in line.power or tuple(dynamics.effort):
        used = next((s for s in (system, *SELF_POWERED) if s in dynamics.effort), None)
        if used is None:
            unfit.append(("power-system", f"has no power on {system}"))
            continue
        effort = dynamics.usable_effort(used)
        gradient, speed = line.ruling_gradient or 0.0, rules.balancing_speed
        slope = gradient / math.hypot(1.0, gradient)
        weight = alone.mass_kg * STANDARD_GRAVITY_MPS2 * slope
        spare.append(
            (
                float(effort.at(0.0)) - weight - dynamics.davis_a_n,
                float(effort.at(speed)) - weight - float(dynamics.resistance_n(speed)),
            )
        )
    behind = [_behind(placed, kind) for kind in kinds]
    # Without a system named any of the locomotives' own will do: the strongest counts.
    pick = min if line.power else max
    return Haulage(
        index=index,
        offered=offered,
        vehicles=engines,
        length_mm=round(alone.length_m * 1000),
        mass_kg=math.ceil(alone.mass_kg - 1e-6),
        braked_kg=math.floor(sum(e.brake_mass_kg() for e in engines) + 1e-6),
        starts_n=math.floor(pick((s for s, _ in spare), default=0.0)),
        holds_n=math.floor(pick((h for _, h in spare), default=0.0)),
        supply_w=round(rules.head_end_supply) * sum(bool(e.heating_supply) for e in engines),
        couples=tuple(b[0] for b in behind),
        brakes=tuple(b[1] for b in behind),
        feeds=tuple(b[2] for b in behind),
        heats=tuple(b[3] for b in behind),
        warms=tuple(b[4] for b in behind),
        unfit=tuple(dict.fromkeys(unfit)),
    )


def _behind(
    locomotives: tuple[PlacedVehicle, ...], kind: CoachKind
) -> tuple[bool, bool, bool, bool, bool]:
    """Return (couples, brakes, fed, heated, heated with a generator coach) of a coach."""

    def kinds(*coaches: PlacedVehicle) -> set[str]:
        train = Formation("pair", (*locomotives, *coaches))
        return {reason.kind for reason in coupling_reasons(train)}

    coach = PlacedVehicle(kind.vehicle, kind.label, id="coach", role=kind.role)
    plain = PlacedVehicle(kind.vehicle, kind.label, id="coach", role="sleeping")
    source = PlacedVehicle(kind.vehicle, kind.label, id="source", role="generator")
    alone = kinds(plain)
    bare = kind.vehicle.model_copy(
        update={"heating": tuple(w for w in kind.vehicle.heating if w != "own") or ("none",)}
    )
    fed = "heating" not in kinds(PlacedVehicle(bare, kind.label, id="coach", role="sleeping"))
    return (
        "coupler" not in alone,
        "brake" not in alone,
        fed,
        "heating" not in kinds(coach),
        "heating" not in kinds(plain, source),
    )


def _brake_permille(order: ConsistOrder) -> int:
    """Return the least brake percentage for the speed asked, in permille, rounded up."""
    line = order.asked.line
    if line.speed is None:
        return 0
    gradient = line.ruling_gradient or 0.0

    def enough(permille: int) -> bool:
        try:
            found = permitted_speed_by_brake_percentage(permille / 10.0, line.braking, gradient)
        except InputError:
            return False
        return found >= line.speed - 1e-9  # type: ignore[operator]

    low, high = 0, 10_000
    if not enough(high):
        raise InputError(
            f"no brakes stop a train from {line.speed * 3.6:.0f} km/h within the distance of the"
            f' kind of line "{line.braking}"',
            where=f"{order.where}: line: speed",
            cure="Ask for a lower speed.",
        )
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _asked_order(order: ConsistOrder, kinds: Sequence[CoachKind]) -> tuple[tuple[int, ...], ...]:
    found = []
    for place, word in enumerate(order.asked.order or ()):
        wanted = word.casefold()
        for key in ("label", "tag", "role"):
            fits = tuple(k.index for k in kinds if getattr(k, key).casefold() == wanted)
            if fits:
                break
        else:
            fits = tuple(k.index for k in kinds if k.vehicle.id.casefold() == wanted)
        if not fits:
            raise InputError(
                f'"{word}" (place {place + 1}) is no label, role or vehicle of the coaches offered',
                where=f"{order.where}: order",
                cure="Offered: " + ", ".join(dict.fromkeys(k.label for k in kinds)) + ".",
            )
        found.append(fits)
    return tuple(found)
