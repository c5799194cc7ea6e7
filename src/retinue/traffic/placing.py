"""Placing a feed's trips on the world pack: errors of the stops, lengths against the shapes.

The pack holds the world's main lines coarsely.  A trip is *placed* where every stop lies on the
pack's railways and the way between each two is a plausible one, *in part* where some stretch is,
and *not placed*, with the reason of its first stretch, where none is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.course import Course, CoursePiece, Pattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.course_finding import CourseFinder
    from retinue.traffic.gtfs_feed import FeedTrip

__all__ = ["Placement", "Spread", "TripPlacement", "pattern_of", "place_trips"]


@dataclass(frozen=True)
class Spread:
    """Median, 95 % and greatest of some values; nan where there are none."""

    count: int
    median: float
    p95: float
    maximum: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Spread:
        """Return the spread of values."""
        if not values.size:
            return cls(0, np.nan, np.nan, np.nan)
        middle, high = np.percentile(values, [50, 95])
        return cls(int(values.size), float(middle), float(high), float(values.max()))


@dataclass(frozen=True)
class TripPlacement:
    """How one trip stands on the pack.

    Attributes
    ----------
    trip
        Its id.
    verdict
        ``placed``, ``in part``, ``not placed``.
    share
        Of its length, as its course has it, that the pack holds.
    reason
        Of the first stretch that the pack does not hold; empty where it is placed.
    worst_error_m
        Greatest distance of a placed stop from the pack's line; nan where none is.
    """

    trip: str
    verdict: str
    share: float
    reason: str
    worst_error_m: float


@dataclass(frozen=True)
class Placement:
    """All trips on the pack, and what the network's sections stand on instead.

    Attributes
    ----------
    trips
        In the feed's order.
    stop_error_m
        Distance of each stop from the pack's nearest railway, over the stops that are on it.
    stops, stops_on_pack
        Stations called at, and those of them on the pack's railways.
    length_ratio
        Way over the pack against the shape's way, over the stretches that have both.
    course_error_m
        Distance of the stops from the course that the network uses (shape, else pack).
    """

    trips: tuple[TripPlacement, ...]
    stop_error_m: Spread
    stops: int
    stops_on_pack: int
    length_ratio: Spread
    course_error_m: Spread

    def count(self, verdict: str) -> int:
        """Return how many trips have a verdict."""
        return sum(trip.verdict == verdict for trip in self.trips)


def pattern_of(trip: FeedTrip) -> Pattern:
    """Return the shape and the stops that a trip calls at."""
    return trip.shape, tuple(stop.stop for stop in trip.stops)


def place_trips(
    finder: CourseFinder, trips: list[FeedTrip], courses: dict[Pattern, Course]
) -> Placement:
    """Place every trip on the pack, whatever its course stands on."""
    feed = finder.feed
    verdicts: dict[Pattern, tuple[str, float, str, float]] = {}
    ratios: dict[tuple[str, str], float] = {}
    course_errors: dict[str, float] = {}
    for pattern, course in courses.items():
        verdicts[pattern] = _verdict(finder, course, ratios)
        for (one, two), piece in zip(
            itertools.pairwise(course.stations), course.pieces, strict=True
        ):
            if piece.points:
                for stop, error in ((one, piece.start_error_m), (two, piece.end_error_m)):
                    course_errors[stop] = max(course_errors.get(stop, 0.0), error)
    used = sorted({stop for course in courses.values() for stop in course.stations})
    errors = [
        foot.error_m
        for stop in used
        if (foot := finder.pack_foot(feed.stops[stop])) is not None and _near(foot.error_m)
    ]
    return Placement(
        tuple(TripPlacement(trip.id, *verdicts[pattern_of(trip)]) for trip in trips),
        Spread.of(np.array(errors)),
        len(used),
        len(errors),
        Spread.of(np.array(list(ratios.values()))),
        Spread.of(np.array(list(course_errors.values()))),
    )


def _near(error_m: float) -> bool:
    from retinue.traffic.course_finding import PACK_NEAR_M

    return error_m <= PACK_NEAR_M


def _verdict(
    finder: CourseFinder, course: Course, ratios: dict[tuple[str, str], float]
) -> tuple[str, float, str, float]:
    stops = [finder.feed.stops[name] for name in course.stations]
    held, total, reason, worst = 0.0, 0.0, "", np.nan
    for (one, two), piece in zip(itertools.pairwise(stops), course.pieces, strict=True):
        total += piece.length_m
        found = finder.pack_piece(one, two)
        if isinstance(found, CoursePiece) and piece.ground == "feed" and piece.length_m > 0.0:
            ratio = found.length_m / piece.length_m
            ratios[(one.id, two.id)] = ratio
            if piece.length_m > _RATIO_FROM_M and not _RATIO[0] <= ratio <= _RATIO[1]:
                found = (
                    f"the pack takes another line between {one.name} and {two.name}: "
                    f"{found.length_m / 1000:.1f} km, the shape {piece.length_m / 1000:.1f} km"
                )
        if isinstance(found, CoursePiece):
            held += piece.length_m
            worst = np.nanmax([worst, found.start_error_m, found.end_error_m])
        else:
            reason = reason or found
    verdict = "placed" if not reason else "in part" if held > 0.0 else "not placed"
    return verdict, held / total if total else 0.0, reason, float(worst)


#: Beyond this length a way over the pack whose length differs by more is another line's.
_RATIO_FROM_M = 3_000.0
_RATIO = (0.8, 1.25)
