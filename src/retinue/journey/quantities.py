"""Bounds of what somebody may ask for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from retinue.units import Duration, Speed

__all__ = ["Pace", "Span"]

#: A duration somebody may ask for: not negative, and no longer than a long voyage.
Span = Annotated[Duration, Field(ge=0, le=400 * 86_400.0)]
#: A speed somebody may ask for: 1 km/h at least, or the journey never ends.
Pace = Annotated[Speed, Field(ge=1 / 3.6)]
