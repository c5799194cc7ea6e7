"""Winds from a weather model's file, NetCDF or GRIB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.air.wind import Wind

__all__ = ["load_wind_grid"]


def load_wind_grid(name: str, folder: Path | None = None, where: str = "") -> Wind:
    """Read a grid of winds."""
    raise NotImplementedError
