"""The records of a finished plan: pure data, one JSON document."""

from retinue.plan.leg import Leg, Mode, Section, SpeedProfile
from retinue.plan.plan import (
    SCHEMA,
    Alternative,
    Comparison,
    JourneyRecord,
    MadeWith,
    Observation,
    Plan,
)
from retinue.plan.records import (
    Assumption,
    CostItem,
    Event,
    Handover,
    Note,
    PlaceRecord,
    Source,
)
from retinue.plan.vehicles import AircraftRecord, ConvoyRecord, TrainRecord, VehicleRecord

__all__ = [
    "SCHEMA",
    "AircraftRecord",
    "Alternative",
    "Assumption",
    "Comparison",
    "ConvoyRecord",
    "CostItem",
    "Event",
    "Handover",
    "JourneyRecord",
    "Leg",
    "MadeWith",
    "Mode",
    "Note",
    "Observation",
    "PlaceRecord",
    "Plan",
    "Section",
    "Source",
    "SpeedProfile",
    "TrainRecord",
    "VehicleRecord",
]
