"""The courses of ways over a line network, as points: how far one runs apart from another.

What is nearer than `NEAR_M` all along is one line to a plan, whose own map of the railways may be
that coarse (`retinue.traffic.anchor`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.anchor import ANCHOR_M
from retinue.world.sphere import EARTH_RADIUS_M, distance_m, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork, Step

    Floats = NDArray[np.float64]

__all__ = ["NEAR_M", "WayCourses"]

NEAR_M = ANCHOR_M

SPACING_M = 500.0
"""Points of a course are no farther apart than this."""

_ROWS = 2_000


class WayCourses:
    """Points along the sections of a network."""

    def __init__(self, network: LineNetwork) -> None:
        self.network = network
        self._points: dict[int, Floats] = {}

    def points(self, number: int) -> Floats:
        """Return (latitude, longitude) along a section from a to b, shape (n, 2), evenly."""
        if number not in self._points:
            section = self.network.sections[number]
            ends = self.network.stations[section.a], self.network.stations[section.b]
            lat = np.array(section.lat_deg or [end.lat for end in ends])
            lon = np.array(section.lon_deg or [end.lon for end in ends])
            apart = np.asarray(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))
            at = np.concatenate(([0.0], np.cumsum(apart)))
            count = max(int(np.ceil(section.length_m / SPACING_M)), 1)
            # The middle of each step stands for it.
            asked = (np.arange(count) + 0.5) / count * at[-1]
            self._points[number] = np.column_stack(
                (np.interp(asked, at, lat), np.interp(asked, at, lon))
            )
        return self._points[number]

    def course(self, steps: Sequence[Step]) -> tuple[Floats, Floats]:
        """Return the points of a way in running order, and the metres that each stands for."""
        parts, metres = [], []
        for step in steps:
            points = self.points(step.section)
            parts.append(points if step.forward else points[::-1])
            length = self.network.sections[step.section].length_m
            metres.append(np.full(len(points), length / len(points)))
        return np.concatenate(parts), np.concatenate(metres)

    def apart_m(self, one: Sequence[Step], two: Sequence[Step]) -> float:
        """Return how much of two ways runs apart: of the one that does so for longer, metres."""
        return max(self._off_m(one, two), self._off_m(two, one))

    def _off_m(self, one: Sequence[Step], two: Sequence[Step]) -> float:
        shared = {step.section for step in two}
        own = [step for step in one if step.section not in shared]
        if not own:
            return 0.0
        points, metres = self.course(own)
        return float(metres[away_m(points, self.course(two)[0]) > NEAR_M].sum())


def away_m(points: Floats, others: Floats) -> Floats:
    """Return how far each point (latitude, longitude) is from the nearest of some others."""
    here = unit_vectors(points[:, 0], points[:, 1])
    there = unit_vectors(others[:, 0], others[:, 1])
    found = [
        (here[low : low + _ROWS] @ there.T).max(axis=1) for low in range(0, len(points), _ROWS)
    ]
    cosine = np.clip(np.concatenate(found), -1.0, 1.0)
    return np.asarray(EARTH_RADIUS_M * np.arccos(cosine))
