"""Courses: where a trip runs, as chains of map points with its stops on the edges between.

Points that two courses share exactly are one point: thus lines join and part, and a train is
known to pass a station at which another one stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.traffic.line_network import SectionGround

__all__ = ["Course", "CoursePiece", "CoursePoints", "Pattern"]

#: A pattern: the shape's id ("" without one) and the stations called at.
Pattern = tuple[str, tuple[str, ...]]


class CoursePoints:
    """Map points, numbered as they are first met.

    A point is told apart by what it stands on and its key there: the coordinates of a shape, a
    node of the pack, a stop reached by a straight line only.
    """

    def __init__(self) -> None:
        self._number: dict[tuple[str, object], int] = {}
        self.lat: list[float] = []
        self.lon: list[float] = []

    def number(self, ground: SectionGround, key: object, lat: float, lon: float) -> int:
        """Return the number of a point."""
        found = self._number.get((ground, key))
        if found is None:
            found = self._number[(ground, key)] = len(self.lat)
            self.lat.append(lat)
            self.lon.append(lon)
        return found


@dataclass(frozen=True)
class CoursePiece:
    """The way from one stop of a course to the next.

    Attributes
    ----------
    ground
        What it stands on.
    points
        Numbers of the points; the stop left lies between the first two, the stop reached between
        the last two.  Empty on a straight line.
    edge_m
        Lengths of the edges, one less than points.
    start_share, end_share
        Where on the first and on the last edge the stops lie, in running direction, 0 to 1.
    start_error_m, end_error_m
        From each stop's own position to there.
    straight_m
        Length of a piece without points.
    note
        Why the better ground was not used; empty where it was.
    """

    ground: SectionGround
    points: tuple[int, ...]
    edge_m: tuple[float, ...]
    start_share: float = 0.0
    end_share: float = 1.0
    start_error_m: float = 0.0
    end_error_m: float = 0.0
    straight_m: float = 0.0
    note: str = ""

    @property
    def length_m(self) -> float:
        """Length from stop to stop."""
        if not self.points:
            return self.straight_m
        before = self.start_share * self.edge_m[0]
        after = (1.0 - self.end_share) * self.edge_m[-1]
        return max(0.0, sum(self.edge_m) - before - after)


@dataclass(frozen=True)
class Course:
    """Where one pattern of calls runs: a piece from each stop to the next."""

    stations: tuple[str, ...]
    pieces: tuple[CoursePiece, ...]
