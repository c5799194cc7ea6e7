"""Quantities of each leg, priced by the one rate file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from retinue.plan import Assumption, CostItem, Mode, Source
from retinue.planner.cost import Rates, cost_assumptions, cost_sources, load_rates, price_leg

if TYPE_CHECKING:
    from retinue.air.leg import AirLegResult
    from retinue.air.request import AirRequest
    from retinue.rail.leg import RailLegResult
    from retinue.rail.request import RailRequest
    from retinue.road.leg import RoadLegResult

__all__ = ["Costs", "priced_air", "priced_rail", "priced_road"]

#: A train's crew on the locomotive and in charge of the train, at any time.
_TRAIN_CREW = 3
_FLIGHT_CREW = 4


@dataclass(frozen=True)
class Costs:
    """Priced lines of one leg."""

    items: tuple[CostItem, ...]
    rates: Rates

    def assumptions(self, leg_id: str) -> tuple[Assumption, ...]:
        """Return the prices that nobody published."""
        return cost_assumptions(self.items, leg_id, self.rates)

    def sources(self) -> tuple[Source, ...]:
        """Return where prices come from."""
        return cost_sources(self.items, self.rates)


@cache
def _rates() -> Rates:
    return load_rates()


def _costs(mode: Mode, quantities: dict[str, float], currency: str, day: date) -> Costs:
    rates = _rates()
    return Costs(price_leg(mode, quantities, rates, currency, day), rates)


def priced_rail(result: RailLegResult, request: RailRequest, currency: str, day: date) -> Costs:
    """Price a rail leg: every train of the convoy pays its path, hire and crew."""
    trains = len(result.movements)
    way_km = result.distance_m / 1000
    quantities: dict[str, float] = defaultdict(float)
    by_country = _km_by_country(request, result.distance_m)
    for country, km in by_country.items():
        quantities[f"track-access:{country}"] += km * trains
        # Energy is computed for the main train; its share by country goes with the distance.
        quantities[f"traction-energy:{country}"] += result.energy_kwh * km / way_km
    formations = [request.train]
    formations += [other.formation for other in (request.advance, request.following) if other]
    for movement, formation in zip(result.movements, formations, strict=False):
        hours = (movement.arrive_s - movement.depart_s) / 3600
        quantities["locomotive-hour"] += hours * len(formation.locomotives)
        quantities["train-crew-hour"] += hours * _TRAIN_CREW
        quantities["coach-km"] += way_km * len(formation.coaches)
    for stop in result.movements[0].stops:
        words = " ".join(task.what for task in stop.tasks)
        if "lift" in words or "bogie" in stop.why or "gauge" in stop.why:
            quantities["bogie-exchange"] += sum(len(f.coaches) for f in formations)
        if "locomotive" in words:
            quantities["locomotive-change"] += trains
    return _costs("rail", dict(quantities), currency, day)


def _km_by_country(request: RailRequest, distance_m: float) -> dict[str, float]:
    by_country: dict[str, float] = defaultdict(float)
    for stretch in request.route.stretches:
        by_country[stretch.country] += (stretch.to_m - stretch.from_m) / 1000
    return dict(by_country) or {"": distance_m / 1000}


def priced_road(result: RoadLegResult, currency: str, day: date) -> Costs:
    """Price a road leg: every vehicle of the convoy by the hour and the kilometre."""
    vehicles = len(result.convoy.vehicles)
    hours = (result.arrive_s - result.depart_s) / 3600
    quantities = {
        "vehicle-hour": vehicles * hours,
        "driver-hour": vehicles * hours,
        "vehicle-km": vehicles * result.distance_m / 1000,
    }
    return _costs("road", quantities, currency, day)


def type_key(request: AirRequest) -> str:
    """Return the type's name in the rate file: ``Ilyushin Il-62M`` is ``il-62m``."""
    return request.card.name.split()[-1].lower()


def priced_air(result: AirLegResult, request: AirRequest, currency: str, day: date) -> Costs:
    """Price an air leg: hours from stand to stand, fuel, route charges, landing."""
    hours = (result.arrive_s - result.depart_s) / 3600
    quantities: dict[str, float] = defaultdict(float)
    quantities[f"aircraft-hour:{type_key(request)}"] = hours
    quantities["flight-crew-hour"] = hours * _FLIGHT_CREW
    quantities["jet-fuel"] = float(result.details["burnt_fuel_kg"])
    quantities[f"landing:{request.destination.country}"] = 1
    for flown in result.overflights:
        if flown.country:
            quantities[f"overflight:{flown.country}"] += (flown.exit_m - flown.enter_m) / 1000
    return _costs("air", dict(quantities), currency, day)
