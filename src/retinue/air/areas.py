"""Restricted areas: parts of the airspace that a flight stays out of.

A file (``retinue areas: 1``) lists them as polygons or circles, each with the altitudes and
times in which it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retinue.sourced import Confidence

__all__ = ["AreasInForce", "RestrictedArea", "areas_in_force", "load_areas"]


@dataclass(frozen=True)
class RestrictedArea:
    """A part of the airspace that a flight stays out of.

    Attributes
    ----------
    ring
        Corners (lat, lon) in order, joined by great circles; not closed.
    lower_m, upper_m
        Altitudes in which it holds; infinite where it reaches all the way up.
    active
        (from, until) in Unix seconds; empty: always.
    """

    name: str
    ring: tuple[tuple[float, float], ...]
    lower_m: float = 0.0
    upper_m: float = float("inf")
    active: tuple[tuple[float, float], ...] = ()
    kind: str = "restricted"
    source: str = ""
    confidence: Confidence = "K"


@dataclass(frozen=True)
class AreasInForce:
    """Which areas a flight must avoid.

    Attributes
    ----------
    ignored
        (area, why) of the others.
    """

    avoided: tuple[RestrictedArea, ...]
    ignored: tuple[tuple[RestrictedArea, str], ...]


def load_areas(
    names: Sequence[str], folder: Path | None = None, where: str = ""
) -> tuple[RestrictedArea, ...]:
    """Read files of restricted areas, found in the catalogue (kind ``areas``)."""
    raise NotImplementedError


def areas_in_force(
    areas: Sequence[RestrictedArea],
    *,
    cruise_m: float,
    ends: Sequence[tuple[float, float]],
    climb_m: float = 300_000.0,
    time_s: tuple[float, float] | None = None,
) -> AreasInForce:
    """Return which areas a flight has to stay out of.

    Parameters
    ----------
    cruise_m
        Altitude in cruise.
    ends
        (lat, lon) of origin and destination.
    climb_m
        Within this distance of an end every altitude up to `cruise_m` counts.
    time_s
        First and last moment of the flight; None: any time counts.
    """
    raise NotImplementedError
