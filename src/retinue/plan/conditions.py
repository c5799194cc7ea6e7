"""Weather and light: limits, triggers and the fallback each one starts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import PlanRecord, Utc

__all__ = ["Condition"]


class Condition(PlanRecord):
    """One limit on one leg, with the value expected and what happens beyond it."""

    leg: str
    hazard: Literal["heat", "cold", "wind", "fog", "ice", "snow", "flood", "darkness"]
    site_class: str = Field(description="where it bites: bridge, runway, open line, road, ...")
    place: str = ""
    limit: float = Field(description="SI")
    unit: str
    expected: float | None = Field(default=None, description="SI; None: nobody said")
    exceeded: bool | None = Field(default=None, description="None where nothing is expected")
    decide_utc: Utc = Field(description="latest time to decide")
    zone: str
    trigger: str = Field(description="in words: what is observed, and where")
    fallback: str = Field(description="what it starts")
    source: str = ""
    confidence: str = "assumed"
