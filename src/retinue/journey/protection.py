"""How a journey is to be protected, as asked for."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from retinue.journey.quantities import Span
from retinue.sourced import Record

__all__ = ["ProtectionAsked"]


class ProtectionAsked(Record):
    """A policy by name or path, and the files of those who carry it out.

    In a journey file the policy's name alone will do: ``protection: strict``.
    """

    policy: str
    teams: str | None = Field(default=None, description="file of teams, bases and shifts")
    crews: str | None = Field(default=None, description="file of crews, hours and knowledge")
    contacts: str | None = Field(default=None, description="protected file of roles and persons")
    departure_window: Span = Field(default=0.0, description="how far the departure may be moved")
    slot: Span = Field(default=600.0, gt=0, description="step of the departure slots")
    look_alikes: int = Field(default=1, ge=1, description="trains or cars that look alike")
    end_zone_m: float = Field(default=2_000.0, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"policy": value} if isinstance(value, str) else value
