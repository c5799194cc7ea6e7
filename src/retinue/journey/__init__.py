"""What the user asks for: the journey file.

A journey names legs of three modes, the places no gazetteer knows, and the
alternatives to set beside it.  Quantities carry units, times a zone.
"""

from retinue.journey.air import (
    AerodromeAsked,
    AirLeg,
    CargoAsked,
    FlightPlanAsked,
    PermitAsked,
    WindAsked,
    WindSource,
)
from retinue.journey.asked import Journey, PlaceAsked, Reported
from retinue.journey.conditions import AskedFor, WeatherAsked
from retinue.journey.file import (
    JourneyFile,
    journey_from_node,
    journey_from_text,
    load_journey,
    shipped_journeys,
)
from retinue.journey.legs import AlternativeAsked, LegAsked, SupportAsked
from retinue.journey.party import Member, Party
from retinue.journey.protection import ProtectionAsked
from retinue.journey.provisioning import GroupAsked, PreOrder, ProvisioningAsked, Role
from retinue.journey.rail import Allowance, RailLeg, Separation, StopAsked
from retinue.journey.road import RoadEscort, RoadLeg

__all__ = [
    "AerodromeAsked",
    "AirLeg",
    "Allowance",
    "AlternativeAsked",
    "AskedFor",
    "CargoAsked",
    "FlightPlanAsked",
    "GroupAsked",
    "Journey",
    "JourneyFile",
    "LegAsked",
    "Member",
    "Party",
    "PermitAsked",
    "PlaceAsked",
    "PreOrder",
    "ProtectionAsked",
    "ProvisioningAsked",
    "RailLeg",
    "Reported",
    "RoadEscort",
    "RoadLeg",
    "Role",
    "Separation",
    "StopAsked",
    "SupportAsked",
    "WeatherAsked",
    "WindAsked",
    "WindSource",
    "journey_from_node",
    "journey_from_text",
    "load_journey",
    "shipped_journeys",
]
