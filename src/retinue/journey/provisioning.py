"""How a journey is to be provisioned, as asked for."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from retinue.journey.quantities import Span
from retinue.sourced import Record

__all__ = ["GroupAsked", "PreOrder", "ProvisioningAsked", "Role"]

Role = Literal["principal", "guests", "officials", "guards", "staff", "crew"]


class GroupAsked(Record):
    """What is peculiar to those of one role: what they eat, what harms them, their clock."""

    meal_class: str | None = Field(default=None, description="as the policy names it")
    diets: dict[str, int] = Field(default_factory=dict, description="people by diet")
    allergies: dict[str, int] = Field(default_factory=dict, description="people by allergen")
    tastes: dict[str, float] = Field(
        default_factory=dict, description="weight of a cuisine, a drink or a dish; 1 is usual"
    )
    body_zone: str | None = Field(default=None, description="IANA zone they come from")
    meals_by: Literal["body", "local"] | None = None


class PreOrder(Record):
    """Dishes that somebody has ordered ahead."""

    dish: str = Field(min_length=1)
    portions: int = Field(default=1, ge=1, le=10_000)
    role: Role = "guests"
    day: int = Field(default=1, ge=1, le=400, description="of the journey")
    meal: str = "dinner"


class ProvisioningAsked(Record):
    """A policy by name or path, and what this journey asks beyond it.

    In a journey file the policy's name alone will do: ``provisioning: five-cuisines``.
    """

    policy: str = Field(min_length=1)
    menu: str | None = Field(default=None, description="in place of the policy's menu")
    border_rules: str | None = Field(default=None, description="in place of the shipped rules")
    suppliers: str | None = Field(default=None, description="file of suppliers and their bases")
    coaches: str | None = Field(default=None, description="file of coaches to choose from")
    groups: dict[Role, GroupAsked] = Field(default_factory=dict)
    order: Literal["free", "pre-order", "mixed"] | None = None
    ordered_ahead: Span | None = Field(default=None, description="how long before the meal")
    pre_orders: tuple[PreOrder, ...] = ()
    seed: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"policy": value} if isinstance(value, str) else value
