"""The seven measures of an option, and all options against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from retinue.plan.options import Domination, Measures, Option, OptionLeg
from retinue.planner.options_comfort import comfort_hours
from retinue.planner.options_data import (
    OptionDefaults,
    comfort_data,
    disturbance_data,
    exposure_data,
)
from retinue.planner.options_disturbance import held_h
from retinue.planner.options_exposure import handover_exposure_h, leg_exposure_h
from retinue.planner.options_lead import longest_lead
from retinue.planner.options_pareto import dominance
from retinue.planner.options_weather import weather_limits
from retinue.planner.options_wording import MEASURE_NAMES, Told, reference_sentence, sentence

if TYPE_CHECKING:
    from retinue.journey import JourneyFile, LegAsked
    from retinue.plan import Leg, PlaceRecord
    from retinue.planner.chain import Chain
    from retinue.sourced import Record
    from retinue.world.places import Gazetteer
    from retinue.world.world import World

__all__ = ["Compared", "Measured", "Measurer", "compared", "trunk_of"]

_HOUR = 3600.0


def trunk_of(legs: Sequence[LegAsked]) -> str:
    """Return the trunk of legs: their modes but road, which is access where there is another."""
    modes = dict.fromkeys(leg.mode for leg in legs if leg.mode != "road")
    return " + ".join(modes) or "road"


@dataclass(frozen=True)
class Measured:
    """A way that can be made, with its measures."""

    option: Option
    measures: Measures
    chain: Chain
    home: str

    @property
    def overflown(self) -> list[str]:
        """Countries but the origin's whose airspace is entered, in order."""
        legs = [t.leg for t in self.chain.timed if t.leg.mode == "air"]
        return list(dict.fromkeys(c for leg in legs for c in leg.countries if c != self.home))


class Measurer:
    """Measures ways alike.

    Parameters
    ----------
    gazetteer
        Tells the size of aerodromes.
    """

    formulas: ClassVar[dict[str, str]] = {
        "time_s": "arrival at the last door less departure from the first",
        "exposure_h": "sum of hours x weight of mode, speed and place; hand-overs too",
        "cost": "sum of the priced items of the legs",
        "held_h": "sum over places closed for T of flow x T^2 / 2 x people a vehicle",
        "lost_h": "door-to-door hours less hours able to work or sleep (hours x share by mode)",
        "weather_limits": "limits of weather on the legs, each hazard at each class of site once",
        "lead_days": "longest lead time of what must be asked for, in calendar days",
    }

    def __init__(self, world: World, file: JourneyFile, gazetteer: Gazetteer) -> None:
        self._world = world
        self._file = file
        self._gazetteer = gazetteer

    def measured(
        self,
        name: str,
        title: str,
        pattern: str,
        chain: Chain,
        asked: Sequence[LegAsked],
        *,
        as_planned: bool = False,
        not_assessed: tuple[str, ...] = (),
    ) -> Measured:
        """Return a way with its measures."""
        legs = [timed.leg for timed in chain.timed]
        sites = [timed.sites for timed in chain.timed]
        lead_days, lead_for = longest_lead(self._file, legs, asked)
        parts = [
            OptionLeg(
                id=leg.id,
                mode=leg.mode,
                from_=leg.from_.name,
                to=leg.to.name,
                vehicle=_vehicle(leg),
                depart_utc=leg.depart_utc,
                arrive_utc=leg.arrive_utc,
                depart_zone=leg.from_.zone,
                arrive_zone=leg.to.zone,
                distance_m=leg.distance_m,
                countries=leg.countries,
                exposure_h=round(leg_exposure_h(leg), 3),
                cost=round(sum(item.amount_base for item in leg.costs), 2),
                held_h=round(held_h(leg, group, aerodrome_kind=self._aerodrome_kind), 3),
                comfort_h=round(comfort_hours(leg), 3),
                weather=weather_limits(leg, group),
            )
            for leg, group in zip(legs, sites, strict=True)
        ]
        time_s = round(legs[-1].arrive_utc - legs[0].depart_utc)
        comfort_h = round(sum(part.comfort_h for part in parts), 3)
        measures = Measures(
            time_s=time_s,
            exposure_h=round(
                sum(part.exposure_h for part in parts) + handover_exposure_h(chain.handovers), 3
            ),
            cost=round(sum(part.cost for part in parts), 2),
            held_h=round(sum(part.held_h for part in parts), 3),
            lost_h=round(time_s / _HOUR - comfort_h, 3),
            weather_limits=sum(len(part.weather) for part in parts),
            lead_days=lead_days,
        )
        option = Option(
            id=name,
            title=title,
            modes=tuple(leg.mode for leg in legs),
            pattern=pattern,
            as_planned=as_planned,
            legs=tuple(parts),
            measures=measures,
            comfort_h=comfort_h,
            lead_for=lead_for,
            not_assessed=not_assessed,
        )
        return Measured(option, measures, chain, legs[0].from_.country)

    def _aerodrome_kind(self, place: PlaceRecord) -> str:
        near = self._gazetteer.aerodromes.near(place.lat, place.lon, 1_000.0)
        return near[0][1].kind if near else "small_airport"

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """Every value of the data that nobody published, in words."""
        return (
            *_assumed("exposure", exposure_data()),
            *_assumed("comfort", comfort_data()),
            *_assumed("disturbance", disturbance_data()),
        )


def _vehicle(leg: Leg) -> str:
    record = leg.train or leg.convoy
    if leg.aircraft is not None:
        return leg.aircraft.type_name
    return record.name if record is not None else ""


def _assumed(what: str, data: Record) -> list[str]:
    """Return the assumed values of a data file, one line a record."""
    found = []
    for key, value in data:
        for item in value if isinstance(value, tuple) else (value,):
            if getattr(item, "confidence", "") != "assumed":
                continue
            values = item.model_dump(exclude={"source", "confidence", "basis"}, exclude_none=True)
            told = ", ".join(f"{k.replace('_', ' ')} {_plain(v)}" for k, v in values.items())
            found.append(f"{what}: {key.replace('_', ' ')}: {told}")
    return found


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


@dataclass(frozen=True)
class Compared:
    """Options with front, dominators and sentences."""

    options: tuple[Option, ...]
    tolerances: dict[str, float]


def compared(
    made: Sequence[Measured], defaults: OptionDefaults, currency: str, world: World
) -> Compared:
    """Return all options against each other: the front, who dominates the rest, in words."""
    rule = defaults.tolerances
    cheapest = min(item.measures.cost for item in made)
    tolerances = {
        "time_s": rule.time,
        "exposure_h": rule.exposure,
        "cost": max(round(rule.cost_share * cheapest, 2), 1.0),
        "held_h": rule.held,
        "lost_h": rule.lost,
        "weather_limits": 1.0,
        "lead_days": rule.lead_days,
    }
    judged = dominance([item.measures for item in made], tolerances)
    chosen = next(
        (i for i, item in enumerate(made) if item.option.as_planned),
        min(range(len(made)), key=lambda i: (made[i].measures.time_s, made[i].option.id)),
    )
    told = [
        Told(
            item.option.title,
            item.option.pattern,
            item.measures,
            [world.countries.name(code) for code in item.overflown],
        )
        for item in made
    ]
    options = []
    for index, (item, verdict) in enumerate(zip(made, judged, strict=True)):
        if index == chosen:
            words = reference_sentence(told[index], currency, as_planned=item.option.as_planned)
        elif verdict.on_front:
            words = sentence(told[index], told[chosen], defaults.worth_telling, currency)
        else:
            words = ""
        options.append(
            item.option.model_copy(
                update={
                    "reference": index == chosen,
                    "on_front": verdict.on_front,
                    "sentence": words,
                    "dominated_by": tuple(
                        Domination(
                            by=made[other].option.id,
                            title=made[other].option.title,
                            better_on=tuple(MEASURE_NAMES[name] for name in names),
                        )
                        for other, names in verdict.by
                    ),
                }
            )
        )
    return Compared(tuple(options), tolerances)
