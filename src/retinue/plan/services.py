"""Services of the train as a plan records them: tanks, levels, service stops, energy."""

from __future__ import annotations

from pydantic import Field

from retinue.plan.records import PlanRecord, Utc

__all__ = [
    "EnergyRecord",
    "ServiceStop",
    "ServicesRecord",
    "Shortfall",
    "TankRecord",
    "WasteForecast",
]


class TankRecord(PlanRecord):
    """One tank of one coach along the journey.

    Levels run evenly from knot to knot; two knots of one time are a step.  A waste tank's
    level rises, every other falls.
    """

    kind: str
    coach: str = Field(description="number in the train and label")
    coach_number: int = Field(ge=1, description="from the head of the coaches, locomotives apart")
    role: str
    capacity_m3: float
    least_m3: float = Field(description="kept in the tank, or kept free in a waste tank")
    people: float = Field(default=0.0, description="who live in the coach")
    fills_up: bool = Field(default=False, description="waste: it is emptied, not filled")
    time_utc: tuple[Utc, ...]
    level_m3: tuple[float, ...]
    source: str = ""
    confidence: str = ""


class ServiceStop(PlanRecord):
    """What is served at one stop."""

    kind: str
    place: str
    leg: str
    zone: str
    start_utc: Utc
    end_utc: Utc
    stop_arrive_utc: Utc | None = Field(default=None, description="None: the stop is proposed")
    stop_depart_utc: Utc | None = None
    distance_m: float
    fast: bool = Field(default=False, description="with fast pumps")
    proposed: bool = False
    because: str = ""
    journey_line: str = Field(
        default="", description='of a proposed stop: the line to add under "stops" of the leg'
    )
    assumed: str = Field(default="", description="what nobody confirmed, e.g. that hydrants stand")
    amounts_m3: dict[str, float] = Field(description="by coach")

    @property
    def total_m3(self) -> float:
        """All coaches together."""
        return sum(self.amounts_m3.values())


class Shortfall(PlanRecord):
    """Tanks of one kind that no stop can serve in time between two places."""

    kind: str
    fills_up: bool = Field(default=False, description="they hold too much, not too little")
    amounts_m3: dict[str, float] = Field(description="beyond what is kept, by coach, at the worst")
    from_place: str = Field(description="where the train was served last, or departs")
    until_place: str = Field(description="where it is served next, or arrives")
    from_utc: Utc
    until_utc: Utc
    lacks_from_utc: Utc = Field(description="when the first tank fails")
    leg: str = Field(default="", description="where the train is then")
    distance_m: float | None = None
    text: str
    cure: str

    @property
    def sentence(self) -> str:
        """What is short where, and what would help."""
        return f"{self.text}: {self.cure}"


class EnergyRecord(PlanRecord):
    """Electricity that the coaches take along the journey."""

    time_utc: tuple[Utc, ...]
    outside_k: tuple[float, ...]
    load_w: tuple[float, ...] = Field(description="at the coaches, own load")
    heating_w: tuple[float, ...]
    cooling_w: tuple[float, ...]
    total_kwh: float
    heating_kwh: float
    cooling_kwh: float
    fuel_m3: float = Field(description="of generators; 0 where locomotives feed the train")
    fed_by: str
    assumed: str = ""


class WasteForecast(PlanRecord):
    """What must be taken off the train."""

    kind: str
    total_m3: float
    left_at_end_m3: float
    per_day_m3: float


class ServicesRecord(PlanRecord):
    """All services of the train."""

    tanks: tuple[TankRecord, ...] = ()
    stops: tuple[ServiceStop, ...] = ()
    unserved: tuple[str, ...] = Field(
        default=(), description="what no stop can serve, with a cure: a sentence for each shortfall"
    )
    shortfalls: tuple[Shortfall, ...] = ()
    energy: EnergyRecord | None = None
    drinking_m3_per_person: float = Field(
        default=0.0, description="a day's drinking water, kept back in every coach"
    )
    waste: tuple[WasteForecast, ...] = ()
    quantities: dict[str, float] = Field(
        default_factory=dict, description="by item of the rate file, in its unit"
    )
    proven: bool = Field(default=True, description="no plan serves fewer stops")
