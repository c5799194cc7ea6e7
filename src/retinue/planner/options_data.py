"""The data that options are measured with: weights, shares, flows, defaults, tolerances."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.plan.leg import Mode
from retinue.sourced import Record, SourcedRecord
from retinue.units import Acceleration, Duration, Length, Speed
from retinue.world.catalogue import SHIPPED

__all__ = [
    "ComfortData",
    "DisturbanceData",
    "ExposureData",
    "OptionDefaults",
    "comfort_data",
    "disturbance_data",
    "exposure_data",
    "option_defaults",
]

_Weight = Annotated[float, Field(ge=0, le=100)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Flow = Annotated[float, Field(ge=0)]


class MovingWeight(SourcedRecord):
    """Weight of an hour in motion below a speed."""

    mode: Mode
    below: Speed | None = None
    weight: _Weight


class StandingWeight(SourcedRecord):
    """Weight of an hour at a stand."""

    mode: Mode
    weight: _Weight


class LowFlight(SourcedRecord):
    """Weight of an hour of flight near the ground."""

    below: Length
    weight: _Weight


class UrbanFactor(SourcedRecord):
    """What a weight is multiplied with in town."""

    factor: float = Field(ge=1, le=10)


class HandOverWeight(SourcedRecord):
    """Weight of an hour between two vehicles."""

    weight: _Weight


class ExposureData(Record):
    """Weights of ``data/exposure.yaml``."""

    retinue_exposure: Literal[1]
    moving: tuple[MovingWeight, ...]
    standing: tuple[StandingWeight, ...]
    low_flight: LowFlight
    urban_factor: UrbanFactor
    hand_over: HandOverWeight
    sources: dict[str, str]

    def moving_weight(self, mode: Mode, speed_mps: float) -> float:
        """Return the weight of the first band of the mode that holds the speed."""
        for band in self.moving:
            if band.mode == mode and (band.below is None or speed_mps < band.below):
                return band.weight
        raise AssertionError(f"no band for {mode}")  # the data's test holds that there is one

    def standing_weight(self, mode: Mode) -> float:
        """Return the weight of an hour at a stand."""
        return next(item.weight for item in self.standing if item.mode == mode)


class Usable(SourcedRecord):
    """Share of the hours in which one can work or sleep."""

    mode: Mode
    moving: _Share
    standing: _Share


class Motion(SourcedRecord):
    """Typical vertical motion at the seat, frequency-weighted r.m.s."""

    mode: Mode
    weighted: Acceleration


class CabinAltitude(SourcedRecord):
    """Pressure altitude in a pressurised cabin."""

    pressurised: Length


class NotPressurised(SourcedRecord):
    """Types without a pressurised cabin."""

    types: tuple[str, ...]


class ComfortData(Record):
    """Shares and motions of ``data/comfort.yaml``."""

    retinue_comfort: Literal[1]
    usable: tuple[Usable, ...]
    motion: tuple[Motion, ...]
    cabin_altitude: CabinAltitude
    not_pressurised: tuple[NotPressurised, ...]
    sources: dict[str, str]

    def usable_in(self, mode: Mode) -> Usable:
        """Return the shares of a mode."""
        return next(item for item in self.usable if item.mode == mode)

    def motion_in(self, mode: Mode) -> float:
        """Return the weighted r.m.s. motion of a mode, m/s2."""
        return next(item.weighted for item in self.motion if item.mode == mode)


class RoadFlow(SourcedRecord):
    """Junctions along a road and what crosses it there."""

    place: Literal["town", "open", "access"]
    junctions_per_km: _Flow
    vehicles_per_hour: _Flow


class RoadClosure(SourcedRecord):
    """How long before the head and after the tail a junction is held."""

    before: Duration
    after: Duration
    people_per_vehicle: _Flow


class LevelCrossings(SourcedRecord):
    """Level crossings of a line, and what crosses there."""

    per_km: _Flow
    vehicles_per_hour: _Flow
    before: Duration
    after: Duration


class AerodromeTraffic(SourcedRecord):
    """Other movements at an aerodrome."""

    kind: str
    movements_per_hour: _Flow


class AerodromeSlot(SourcedRecord):
    """How long an aerodrome is kept free."""

    closed: Duration
    people_per_movement: _Flow


class TrafficFactor(SourcedRecord):
    """Traffic against that of a country where most people drive."""

    countries: tuple[str, ...]
    factor: float = Field(ge=0, le=10)


class DisturbanceData(Record):
    """Flows of ``data/disturbance.yaml``."""

    retinue_disturbance: Literal[1]
    roads: tuple[RoadFlow, ...]
    road_closure: RoadClosure
    level_crossings: LevelCrossings
    aerodromes: tuple[AerodromeTraffic, ...]
    aerodrome_slot: AerodromeSlot
    traffic: tuple[TrafficFactor, ...]
    sources: dict[str, str]

    def road(self, place: str) -> RoadFlow:
        """Return the flows of a kind of road."""
        return next(item for item in self.roads if item.place == place)

    def factor(self, country: str) -> float:
        """Return the traffic factor of a country, 1 where none is written."""
        return next((item.factor for item in self.traffic if country in item.countries), 1.0)


class DefaultTrain(SourcedRecord):
    """The train of countries."""

    countries: tuple[str, ...]
    train: str
    locomotives: tuple[str, ...] | None = None


class DefaultAircraft(SourcedRecord):
    """An aircraft."""

    aircraft: str


class DefaultConvoy(SourcedRecord):
    """The motorcade."""

    convoy: str


class LookedFor(SourcedRecord):
    """How far and how many gateways are looked for."""

    station_within: Length
    aerodrome_within: Length
    interchange_within: Length
    longest_detour: float = Field(ge=1, le=5)
    least_share: _Share
    aerodromes_tried: int = Field(ge=1, le=20)
    interchanges: int = Field(ge=1, le=20)
    longest_road_share: _Share
    shortest_flight: Length


class Tolerances(SourcedRecord):
    """Differences below which two measures count as equal."""

    time: Duration
    exposure: float = Field(gt=0)
    cost_share: float = Field(gt=0, le=1)
    held: float = Field(gt=0)
    lost: float = Field(gt=0)
    lead_days: float = Field(gt=0)


class WorthTelling(SourcedRecord):
    """Differences that are worth a clause of a sentence."""

    time: Duration
    exposure: float = Field(ge=0)
    held: float = Field(ge=0)
    lost: float = Field(ge=0)
    weather_limits: int = Field(ge=1)
    lead_days: float = Field(ge=0)
    share: _Share


class OptionDefaults(Record):
    """Defaults of ``data/option_defaults.yaml``."""

    retinue_option_defaults: Literal[1]
    trains: tuple[DefaultTrain, ...]
    aircraft: tuple[DefaultAircraft, ...]
    convoy: DefaultConvoy
    looked_for: LookedFor
    tolerances: Tolerances
    worth_telling: WorthTelling
    sources: dict[str, str]

    def train_in(self, country: str) -> DefaultTrain:
        """Return the train of a country."""
        for item in self.trains:
            if country in item.countries or "*" in item.countries:
                return item
        raise AssertionError("no train for any country")  # the data's test holds "*"


_Data = TypeVar("_Data", bound=Record)


def _load(name: str, model: type[_Data]) -> _Data:
    path = SHIPPED / name
    return validate(read_yaml(path, path.name), model)


@cache
def exposure_data() -> ExposureData:
    """Return the shipped weights."""
    return _load("exposure.yaml", ExposureData)


@cache
def comfort_data() -> ComfortData:
    """Return the shipped shares and motions."""
    return _load("comfort.yaml", ComfortData)


@cache
def disturbance_data() -> DisturbanceData:
    """Return the shipped flows."""
    return _load("disturbance.yaml", DisturbanceData)


@cache
def option_defaults() -> OptionDefaults:
    """Return the shipped defaults."""
    return _load("option_defaults.yaml", OptionDefaults)
