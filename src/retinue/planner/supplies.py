"""Supplies: the planner's answer to what provisioning asks, flown and driven like any leg.

::

    supplier --truck--> aerodrome --flight--> aerodrome --truck--> |due| stop ... |waits until|

The movements of a delivery are planned from its last: each is there, unloaded, when the next
leaves.  What cannot be flown or driven is no error but a run with its reasons; `supplied` then
stocks the train without it, and anew where a way takes longer than the rules of supply thought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from retinue.air.aircraft import load_aircraft
from retinue.errors import InputError, NoPlan
from retinue.journey import AirLeg, LegAsked, Party, RoadLeg, journey_from_text
from retinue.plan.records import PlaceRecord
from retinue.plan.stores import SupplyRun
from retinue.planner.records import place_record
from retinue.provisioning.requests import AERODROMES
from retinue.provisioning.stocking import Watcher
from retinue.provisioning.suppliers import SupplyBase, load_suppliers
from retinue.provisioning.supply import load_supply_rules
from retinue.world.sphere import distance_m
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.plan import Plan
    from retinue.plan.leg import Leg
    from retinue.planner.planner import Planner
    from retinue.provisioning.demand import Demand, StockClass
    from retinue.provisioning.requests import NearestAerodrome, TransportRequest
    from retinue.provisioning.stocking import Stocked
    from retinue.provisioning.supply import DeliveryRule, SupplyRules
    from retinue.world.world import World

__all__ = [
    "answer_supplies",
    "carrying_times",
    "nearest_aerodrome",
    "supplied",
    "supplier_base",
    "supply_bases",
]

_PATH = ("provisioning",)
#: Shifts until a departure counted back meets its arrival.
_ROUNDS = 5
_NEAR_S = 60.0
#: Runways are longer than the type's lengths at sea level by this; the flight is looked at anew.
_RUNWAY_MARGIN = 1.25
_SAME_M = 500.0
#: Deliveries that fail are left out one round after the other.
_STOCKINGS = 4


def supply_bases(
    plan: Plan, file: JourneyFile, world: World, rules: SupplyRules
) -> tuple[SupplyBase, ...]:
    """Return where goods by air are gathered, as the journey's file of suppliers says.

    Where it names none, everything is gathered at the aerodrome nearest to the origin of the
    train.

    Raises
    ------
    InputError
        For a faulty file, or a place that nobody knows.
    """
    asked = file.journey.provisioning
    if asked is None or asked.suppliers is None:
        train = next((leg.from_ for leg in plan.legs if leg.mode == "rail"), plan.origin)
        within = rules.air.gathered_within if rules.air is not None else 0.0
        field = nearest_aerodrome(world, rules)(train.lat, train.lon, within)
        return (SupplyBase(train.name, field or train, ("*",)),)
    listed = load_suppliers(
        asked.suppliers, file.folder, where=file.where("provisioning", "suppliers")
    )
    gazetteer = world.gazetteer(file.journey.places)
    found = []
    for one, where in zip(listed.listed, listed.where, strict=True):
        place = gazetteer.resolve(one.at, where=where)
        found.append(SupplyBase(one.name, place_record(place), one.supplies))
    return tuple(found)


def supplier_base(plan: Plan, file: JourneyFile, world: World) -> PlaceRecord:
    """Return where goods are gathered that no base of its own supplies."""
    bases = supply_bases(plan, file, world, load_supply_rules())
    return next((base.place for base in bases if "*" in base.supplies), plan.origin)


def nearest_aerodrome(world: World, rules: SupplyRules) -> NearestAerodrome:
    """Return what finds the aerodrome that serves a place, in the country of the place.

    It has an ICAO indicator and a runway on which the least demanding of the supply aircraft
    lands and takes off.
    """
    aerodromes = world.gazetteer({}).aerodromes
    cards = [load_aircraft(name) for name in (rules.air.aircraft if rules.air else ())]
    needs = [
        (_RUNWAY_MARGIN * max(card.take_off_length or 0.0, card.landing_length or 0.0),
         card.paved_runway)
        for card in cards
    ]  # fmt: skip

    def nearest(lat: float, lon: float, within_m: float) -> PlaceRecord | None:
        country = world.countries.country_at(lat, lon, 10_000.0)
        for _, field in aerodromes.nearest(lat, lon, within_m):
            if not field.icao or (country and field.country != country):
                continue
            if any(field.suitable(length, paved=paved) for length, paved in needs):
                return PlaceRecord(
                    name=field.name, lat=round(field.lat, 5), lon=round(field.lon, 5),
                    country=field.country, zone=zone_at(field.lat, field.lon, field.country).name,
                    found_in=AERODROMES,
                )  # fmt: skip
        return None

    return nearest


def answer_supplies(
    planner: Planner, plan: Plan, requests: Sequence[TransportRequest], rules: SupplyRules
) -> tuple[SupplyRun, ...]:
    """Plan every movement of goods with the stages and the memory of the planner.

    Raises
    ------
    InputError
        Where the rules name an aircraft or a convoy that no catalogue has.
    """
    file = journey_from_text(plan.journey.text, plan.journey.name)
    desk = _Desk(planner, file, rules)
    runs: dict[str, SupplyRun] = {}
    # The last movement of a delivery comes last: the others hang on when it leaves.
    for request in reversed(requests):
        runs[request.id] = desk.answer(request, runs.get(request.then))
    return tuple(runs[request.id] for request in requests)


def carrying_times(
    runs: Sequence[SupplyRun], due: Mapping[str, float], rules: SupplyRules
) -> dict[str, float]:
    """Return the seconds between packing and delivery that the way of each delivery takes.

    Parameters
    ----------
    due
        When each delivery must be there, Unix seconds, by its id.

    Returns
    -------
    dict
        By delivery; infinite where a run of it cannot be made.
    """
    ways = [way for way in (rules.road, rules.air) if way is not None]
    handling = max((way.handling for way in ways), default=0.0)
    found: dict[str, float] = {}
    for run in runs:
        before = math.inf
        if run.feasible and run.depart_utc is not None:
            before = due[run.delivery] - run.depart_utc + handling
        found[run.delivery] = max(found.get(run.delivery, 0.0), before)
    return found


def supplied(
    planner: Planner,
    plan: Plan,
    rules: SupplyRules,
    stock_with: Callable[[Mapping[str, float], Watcher], Stocked],
    demanded: Callable[[Mapping[StockClass, Demand]], None] | None = None,
) -> tuple[Stocked, tuple[SupplyRun, ...], tuple[SupplyRun, ...]]:
    """Stock a train so that every delivery can really be flown and driven.

    Parameters
    ----------
    stock_with
        Stocks the train with what deliveries were found to take, see `supply_options`, and tells
        what must be brought: it is answered while the promise is measured.
    demanded
        Told who asks for what, as often as that is worked out.

    Returns
    -------
    tuple
        The stocked train, the runs of its deliveries, and runs that were tried and cannot be
        made.

    Raises
    ------
    NoPlan
        Where the train cannot be stocked without the deliveries that cannot be made.
    """
    carried: dict[str, float] = {}
    refused: dict[str, SupplyRun] = {}
    for _ in range(_STOCKINGS):
        desk = _Answering(planner, plan, rules, demanded)
        stocked = stock_with(carried, desk)
        runs = desk.runs
        refused |= {run.id: run for run in runs if not run.feasible}
        packed = {
            one.id: one.due_utc - min(lot.packed_utc for lot in stocked.stores.lots
                                      if lot.delivery == one.id)
            for one in stocked.stores.deliveries
        }  # fmt: skip
        due = {one.id: one.due_utc for one in stocked.stores.deliveries}
        longer = {
            name: seconds
            for name, seconds in carrying_times(runs, due, rules).items()
            if seconds > packed[name] + _NEAR_S
        }
        # A delivery by air without an aerodrome was not asked for and cannot come either.
        asked = {request.delivery for request in stocked.requests}
        longer |= {
            one.id: math.inf
            for one in stocked.stores.deliveries
            if one.mode != "origin" and one.id not in asked
        }
        if not longer:
            break
        carried |= longer
    return stocked, runs, tuple(refused[name] for name in sorted(refused))


class _Answering(Watcher):
    """Answers what must be brought as soon as it is known."""

    def __init__(
        self,
        planner: Planner,
        plan: Plan,
        rules: SupplyRules,
        demanded: Callable[[Mapping[StockClass, Demand]], None] | None,
    ) -> None:
        self.runs: tuple[SupplyRun, ...] = ()
        self._answer = partial(answer_supplies, planner, plan, rules=rules)
        self._demanded = demanded

    def demanded(self, demands: Mapping[StockClass, Demand]) -> None:
        """Pass it on."""
        if self._demanded is not None:
            self._demanded(demands)

    def ordered(self, requests: Sequence[TransportRequest]) -> None:
        """Fly and drive it."""
        self.runs = self._answer(requests=requests)


@dataclass(frozen=True)
class _Way:
    """What carries the goods of a request, and from where to where."""

    asked: LegAsked
    vehicle: str


@dataclass(frozen=True)
class _Desk:
    """Answers requests one by one."""

    planner: Planner
    file: JourneyFile
    rules: SupplyRules

    def answer(self, request: TransportRequest, following: SupplyRun | None) -> SupplyRun:
        """Return the run of a request, in time for the one that takes the goods on."""
        # A truck that meets an aircraft is part of the delivery by air.
        by_road = request.mode == "road" and request.origin is None
        rule = self.rules.road if by_road else self.rules.air
        due = request.due_s
        if following is not None and following.depart_utc is not None:
            handling = self.rules.air.handling if self.rules.air is not None else 0.0
            due = min(due, following.depart_utc - handling)
        origin, reasons = self._origin(request, rule)
        start = origin.name if origin is not None else ""
        run = SupplyRun(
            id=request.id, delivery=request.delivery, kind=request.kind,
            title=request.title.replace("the market", start) if start else request.title,
            feasible=False, reasons=tuple(reasons), origin=start,
            destination=request.destination.name, load_kg=request.load_kg, due_utc=due,
            then=request.then,
        )  # fmt: skip
        if origin is None or rule is None:
            return run
        found: list[str] = []
        for way in self._ways(request, rule, origin):
            try:
                leg, faults = self._in_time(way.asked, due)
            except (NoPlan, InputError) as error:
                faults = [r.what for r in getattr(error, "reasons", ())] or [error.message]
                leg = None
            if leg is not None and not faults:
                return run.model_copy(
                    update={
                        "feasible": True, "reasons": (), "depart_utc": leg.depart_utc,
                        "arrive_utc": leg.arrive_utc, "distance_m": round(leg.distance_m, 1),
                        "vehicle": way.vehicle,
                    }
                )  # fmt: skip
            found += [fault for fault in faults if fault not in found]
        return run.model_copy(update={"reasons": tuple(found)})

    def _ways(
        self, request: TransportRequest, rule: DeliveryRule, origin: PlaceRecord
    ) -> list[_Way]:
        if request.mode == "air":
            ends = [self._code(place) for place in (origin, request.destination)]
            return [
                _Way(
                    LegAsked(
                        air=AirLeg(
                            from_=ends[0], to=ends[1], aircraft=name,
                            payload=f"{request.load_kg:.1f} kg",
                        )
                    ),
                    load_aircraft(name).name,
                )
                for name in rule.aircraft
            ]  # fmt: skip
        body = RoadLeg(
            from_=_position(origin), to=_position(request.destination), convoy=rule.convoy
        )
        return [_Way(LegAsked(road=body), rule.convoy.replace("-", " "))]

    def _origin(
        self, request: TransportRequest, rule: DeliveryRule | None
    ) -> tuple[PlaceRecord | None, list[str]]:
        if request.origin is not None:
            return request.origin, []
        if rule is None:
            return None, ["the rules of supply know no delivery by road"]
        market = self._market(request.destination, rule)
        if market is None:
            return None, [
                f"no town of {rule.market_from:,} inhabitants lies within"
                f" {rule.distance_at_most / 1000:.0f} km of {request.destination.name}"
            ]
        return market, []

    def _market(self, stop: PlaceRecord, rule: DeliveryRule) -> PlaceRecord | None:
        """Return the nearest town of the stop's country that has a market."""
        table = self.planner.world_of(self.file).pack.places
        near = np.flatnonzero(
            (np.abs(table.lat_deg - stop.lat) < rule.distance_at_most / 110_000.0)
            & (table.population >= rule.market_from)
        )
        rows = [row for row in near.tolist() if table.country[row] == stop.country]
        if not rows:
            return None
        apart = np.asarray(distance_m(stop.lat, stop.lon, table.lat_deg[rows], table.lon_deg[rows]))
        at = int(np.argmin(apart))
        if apart[at] > rule.distance_at_most:
            return None
        row = rows[at]
        return PlaceRecord(
            name=table.name[row], lat=round(float(table.lat_deg[row]), 5),
            lon=round(float(table.lon_deg[row]), 5), country=table.country[row],
            zone=table.timezone[row], found_in="GeoNames",
        )  # fmt: skip

    def _code(self, place: PlaceRecord) -> str:
        """Return the indicator of an aerodrome that a request names by its position."""
        aerodromes = self.planner.world_of(self.file).gazetteer({}).aerodromes
        near = aerodromes.near(place.lat, place.lon, _SAME_M)
        coded = [field.code for _, field in near if field.name == place.name]
        return coded[0] if coded else _position(place)

    def _in_time(self, asked: LegAsked, due: float) -> tuple[Leg, list[str]]:
        """Return a leg that arrives no later than due, and why its hour will not do."""
        # The party is not aboard: its number must not weigh on a cargo flight.
        alone = self.file.journey.model_copy(update={"party": Party()})
        file = replace(self.file, journey=alone)

        def placed(start: float) -> tuple[Leg, list[str]]:
            timed = self.planner.way(file, (asked,), _PATH, start_s=start).timed[0]
            return timed.leg, [fault.what for fault in timed.faults]

        start = due
        leg, faults = placed(start)
        for _ in range(_ROUNDS):
            late = leg.arrive_utc - due
            if -_NEAR_S <= late <= 0.0:
                break
            # Whole minutes before: at another hour the roads may be slower.
            start -= _NEAR_S * math.ceil(late / _NEAR_S)
            leg, faults = placed(start)
        while leg.arrive_utc > due:
            start -= max(leg.arrive_utc - due, _NEAR_S)
            leg, faults = placed(start)
        return leg, faults


def _position(place: PlaceRecord) -> str:
    """Name a place by its position: names were understood once already."""
    return f"{place.lat:.5f},{place.lon:.5f}"
