"""The records of a finished plan: pure data, one JSON document."""

from retinue.plan.conditions import Condition
from retinue.plan.leg import Leg, Mode, Section, SpeedProfile
from retinue.plan.papers import Deadline, Paper, Permit
from retinue.plan.plan import (
    SCHEMA,
    Alternative,
    Comparison,
    JourneyRecord,
    MadeWith,
    Observation,
    Plan,
    Support,
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
    "Condition",
    "ConvoyRecord",
    "CostItem",
    "Deadline",
    "Event",
    "Handover",
    "JourneyRecord",
    "Leg",
    "MadeWith",
    "Mode",
    "Note",
    "Observation",
    "Paper",
    "Permit",
    "PlaceRecord",
    "Plan",
    "Section",
    "Source",
    "SpeedProfile",
    "Support",
    "TrainRecord",
    "VehicleRecord",
]
