"""How a journey is to be protected, as asked for."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

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

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"policy": value} if isinstance(value, str) else value
