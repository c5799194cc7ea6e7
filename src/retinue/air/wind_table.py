"""Winds from a table that a person wrote: levels by places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.air.wind import Wind

__all__ = ["load_wind_table"]


def load_wind_table(name: str, folder: Path | None = None, where: str = "") -> Wind:
    """Read a table of winds."""
    raise NotImplementedError
