"""The records of a finished plan: pure data, one JSON document."""

from retinue.plan.closure import (
    Closure,
    EmergencyRule,
    PassageBand,
    PublicCost,
    SeveredAccess,
    Trigger,
)
from retinue.plan.command import Channel, Decision, Fallback, SafeHaven, Weakness
from retinue.plan.conditions import Condition
from retinue.plan.duty import CrewDuty, CrewPiece, Duty, DutyStep, Task, UncoveredTask
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
from retinue.plan.protection import Protection
from retinue.plan.provision import Provision
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
    "Channel",
    "Closure",
    "Comparison",
    "Condition",
    "ConvoyRecord",
    "CostItem",
    "CrewDuty",
    "CrewPiece",
    "Deadline",
    "Decision",
    "Duty",
    "DutyStep",
    "EmergencyRule",
    "Event",
    "Fallback",
    "Handover",
    "JourneyRecord",
    "Leg",
    "MadeWith",
    "Mode",
    "Note",
    "Observation",
    "Paper",
    "PassageBand",
    "Permit",
    "PlaceRecord",
    "Plan",
    "Protection",
    "Provision",
    "PublicCost",
    "SafeHaven",
    "Section",
    "SeveredAccess",
    "Source",
    "SpeedProfile",
    "Support",
    "Task",
    "TrainRecord",
    "Trigger",
    "UncoveredTask",
    "VehicleRecord",
    "Weakness",
]
