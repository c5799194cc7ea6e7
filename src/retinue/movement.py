"""Movement: one moving object on a geometry, distance against time.

    time
     ^            tail
     |     front .-'
     |   __.--'.'          a stop: two points at one distance
     | .'  _.-'
     +------------------> distance of the front

Closures, sweeps, meals, forecasts, charts and exports need only this: where the
front is when, and how long the object is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Band", "Movement", "MovementStop", "Passage", "PassageTimes", "StopTask"]

Role = Literal["main", "advance", "following", "pilot", "spare"]


@dataclass(frozen=True)
class StopTask:
    """One task of a stop, timed from the stop's arrival."""

    what: str
    start_s: float
    duration_s: float


@dataclass(frozen=True)
class MovementStop:
    """A standstill of the front at one place.

    Attributes
    ----------
    place
        Name of the place.
    zone
        IANA name of its time zone.
    why
        What the stop is for; empty for a plain stop.
    distance_m
        Chainage of the front.
    arrive_s, depart_s
        Unix seconds.
    tasks
        What is done meanwhile, in order.
    """

    place: str
    zone: str
    why: str
    distance_m: float
    arrive_s: float
    depart_s: float
    tasks: tuple[StopTask, ...] = ()


@dataclass(frozen=True)
class Passage:
    """When head and tail pass a place, Unix seconds."""

    head_s: float
    tail_s: float


@dataclass(frozen=True)
class Band:
    """Three moments of a passage, Unix seconds: expected, and the ends of the band."""

    low_s: float
    expected_s: float
    high_s: float

    def __post_init__(self) -> None:
        if not self.low_s <= self.expected_s <= self.high_s:
            raise ValueError("a band holds its expected moment")


@dataclass(frozen=True, eq=False)
class PassageTimes:
    """When head and tail pass a place, as samples.

    Attributes
    ----------
    head_s, tail_s
        Unix seconds, shape (n,): one possible passage an entry; a tail is never before its head.
    """

    head_s: NDArray[np.float64]
    tail_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.head_s.shape != self.tail_s.shape or self.head_s.ndim != 1 or not self.head_s.size:
            raise ValueError("passage times are two arrays of one length")
        if np.any(self.tail_s < self.head_s):
            raise ValueError("a tail never passes before its head")

    def band(self, coverage: float) -> tuple[Band, Band]:
        """Return the central bands of head and tail that hold a share of the samples."""
        edge = (1.0 - coverage) / 2.0
        bands = []
        for times in (self.head_s, self.tail_s):
            low, middle, high = np.quantile(times, [edge, 0.5, 1.0 - edge]).tolist()
            bands.append(Band(low, middle, high))
        return bands[0], bands[1]

    def shifted(self, seconds: float) -> PassageTimes:
        """Return the same passage at another time."""
        return PassageTimes(self.head_s + seconds, self.tail_s + seconds)


@dataclass(frozen=True, eq=False)
class Movement:
    """One moving object along its path.

    Attributes
    ----------
    role
        ``main``, ``advance``, ``following``, ``pilot`` or ``spare``.
    name
        How people call it, e.g. "advance train".
    length_m
        Length from head to tail at standstill.
    lon_deg, lat_deg, distance_m, time_s
        Arrays of one length: position of the front, chainage along the leg
        (never falling) and Unix time (never falling).
    tail_time_s
        Where the length changes with speed (a convoy): when the tail passes
        each point; otherwise it follows from ``length_m``.
    altitude_m
        Height above sea level of an aircraft, else None.
    stops
        Where it stands and why.
    """

    role: Role
    name: str
    length_m: float
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    time_s: NDArray[np.float64]
    tail_time_s: NDArray[np.float64] | None = None
    altitude_m: NDArray[np.float64] | None = None
    stops: tuple[MovementStop, ...] = field(default=())

    def __post_init__(self) -> None:
        sizes = {len(self.lon_deg), len(self.lat_deg), len(self.distance_m), len(self.time_s)}
        if len(sizes) != 1 or len(self.distance_m) < 2:
            raise ValueError("a movement needs at least two points and arrays of one length")
        if np.any(np.diff(self.distance_m) < 0) or np.any(np.diff(self.time_s) < 0):
            raise ValueError("a movement never runs back in distance or time")

    @property
    def depart_s(self) -> float:
        """Unix time at which the front leaves its first point."""
        return float(self.time_s[0])

    @property
    def arrive_s(self) -> float:
        """Unix time at which the front reaches its last point."""
        return float(self.time_s[-1])

    @property
    def total_m(self) -> float:
        """Distance from the first point to the last."""
        return float(self.distance_m[-1] - self.distance_m[0])

    def time_at(self, distance_m: float, *, leaving: bool = False) -> float:
        """Return the Unix time of the front at a chainage.

        At a stop the arrival counts, or with ``leaving`` the departure.
        """
        side: Literal["left", "right"] = "right" if leaving else "left"
        index = int(np.searchsorted(self.distance_m, distance_m, side=side))
        if index <= 0:
            return float(self.time_s[0])
        if index >= len(self.distance_m):
            return float(self.time_s[-1])
        before, after = self.distance_m[index - 1], self.distance_m[index]
        if after == before:
            return float(self.time_s[index])
        share = (distance_m - before) / (after - before)
        return float(self.time_s[index - 1] + share * (self.time_s[index] - self.time_s[index - 1]))

    def tail_time_at(self, distance_m: float) -> float:
        """Return the Unix time at which the tail leaves a chainage.

        Beyond the end of the path the front stands still: a tail that never
        clears the place is given the arrival time.
        """
        if self.tail_time_s is not None:
            return float(np.interp(distance_m, self.distance_m, self.tail_time_s))
        return self.time_at(distance_m + self.length_m, leaving=True)

    def passage(self, distance_m: float) -> Passage:
        """Return when head and tail pass a chainage."""
        return Passage(self.time_at(distance_m), self.tail_time_at(distance_m))

    def distance_at(self, time_s: float) -> float:
        """Return the chainage of the front at a Unix time (ends are held)."""
        return float(np.interp(time_s, self.time_s, self.distance_m))

    def position_at(self, time_s: float) -> tuple[float, float]:
        """Return (longitude, latitude) of the front at a Unix time, degrees."""
        return self.position(self.distance_at(time_s))

    def position(self, distance_m: float) -> tuple[float, float]:
        """Return (longitude, latitude) of a chainage, degrees."""
        return (
            float(np.interp(distance_m, self.distance_m, self.lon_deg)),
            float(np.interp(distance_m, self.distance_m, self.lat_deg)),
        )

    def shifted(self, seconds: float) -> Movement:
        """Return the same movement at another time."""
        return Movement(
            role=self.role,
            name=self.name,
            length_m=self.length_m,
            lon_deg=self.lon_deg,
            lat_deg=self.lat_deg,
            distance_m=self.distance_m,
            time_s=self.time_s + seconds,
            tail_time_s=None if self.tail_time_s is None else self.tail_time_s + seconds,
            altitude_m=self.altitude_m,
            stops=tuple(
                MovementStop(
                    s.place,
                    s.zone,
                    s.why,
                    s.distance_m,
                    s.arrive_s + seconds,
                    s.depart_s + seconds,
                    s.tasks,
                )
                for s in self.stops
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a plan file holds (``conventions``: UTC, rounded)."""
        from retinue.clock import iso_utc

        record: dict[str, Any] = {
            "role": self.role,
            "name": self.name,
            "length_m": round(float(self.length_m), 1),
            "lon_deg": _rounded(self.lon_deg, 5),
            "lat_deg": _rounded(self.lat_deg, 5),
            "distance_m": _rounded(self.distance_m, 1),
            "time_utc": _iso(self.time_s),
            "stops": [
                {
                    "place": s.place,
                    "zone": s.zone,
                    "why": s.why,
                    "distance_m": round(float(s.distance_m), 1),
                    "arrive_utc": iso_utc(s.arrive_s),
                    "depart_utc": iso_utc(s.depart_s),
                    "tasks": [
                        {
                            "what": t.what,
                            "start_s": round(t.start_s),
                            "duration_s": round(t.duration_s),
                        }
                        for t in s.tasks
                    ],
                }
                for s in self.stops
            ],
        }
        if self.tail_time_s is not None:
            record["tail_time_utc"] = _iso(self.tail_time_s)
        if self.altitude_m is not None:
            record["altitude_m"] = _rounded(self.altitude_m, 0)
        return record

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Movement:
        """Read the form that `as_dict` writes.

        Raises
        ------
        ValueError, KeyError
            Where the record is not a movement.
        """
        from retinue.clock import from_iso

        tail = record.get("tail_time_utc")
        altitude = record.get("altitude_m")
        return cls(
            role=record["role"],
            name=record["name"],
            length_m=float(record["length_m"]),
            lon_deg=_floats(record["lon_deg"]),
            lat_deg=_floats(record["lat_deg"]),
            distance_m=_floats(record["distance_m"]),
            time_s=_unix(record["time_utc"]),
            tail_time_s=None if tail is None else _unix(tail),
            altitude_m=None if altitude is None else _floats(altitude),
            stops=tuple(
                MovementStop(
                    place=s["place"],
                    zone=s["zone"],
                    why=s["why"],
                    distance_m=float(s["distance_m"]),
                    arrive_s=from_iso(s["arrive_utc"]),
                    depart_s=from_iso(s["depart_utc"]),
                    tasks=tuple(
                        StopTask(t["what"], float(t["start_s"]), float(t["duration_s"]))
                        for t in s["tasks"]
                    ),
                )
                for s in record["stops"]
            ),
        )


def _floats(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)


def _rounded(values: NDArray[np.float64], digits: int) -> list[float]:
    # Adding 0.0 turns -0.0 into 0.0, so that equal values print alike.
    rounded: list[float] = (np.round(np.asarray(values, dtype=np.float64), digits) + 0.0).tolist()
    return rounded


def _iso(time_s: NDArray[np.float64]) -> list[str]:
    whole = np.round(time_s).astype("int64").astype("datetime64[s]")
    return [f"{text}Z" for text in np.datetime_as_string(whole).tolist()]


def _unix(texts: Sequence[str]) -> NDArray[np.float64]:
    bare = [text.removesuffix("Z") for text in texts]
    return np.array(bare, dtype="datetime64[s]").astype("int64").astype(np.float64)
