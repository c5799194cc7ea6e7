"""A road route as every backend returns it: where it runs, over what roads, past what.

Distances are metres from the route's begin, which lies on the road; what lies between the
asked place and the road is ``start_access_m`` and ``end_access_m``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ChokeKind",
    "HavenKind",
    "PointKind",
    "RoadChoke",
    "RoadHaven",
    "RoadPiece",
    "RoadPoint",
    "RoadRoute",
    "RoadStateRun",
    "RoadVehicleLimits",
]

PointKind = Literal["level_crossing", "signals", "junction", "barrier", "toll", "border"]
ChokeKind = Literal[
    "bridge", "tunnel", "level_crossing", "one_way", "single_lane", "narrow", "ford", "barrier",
    "low", "weak",
]  # fmt: skip
"""``low`` and ``weak`` bear a signed height, or a signed mass or axle load."""
HavenKind = Literal["hospital", "police", "fire_station", "aerodrome", "helipad"]


@dataclass(frozen=True)
class RoadVehicleLimits:
    """The greatest measures of any vehicle of a convoy; None: not asked for.

    A measure that is None is compared with nothing, and the caller has to say so.
    """

    height_m: float | None = None
    width_m: float | None = None
    length_m: float | None = None
    mass_kg: float | None = None
    axle_load_kg: float | None = None


@dataclass(frozen=True)
class RoadPiece:
    """A stretch of one road with nothing changing along it.

    Attributes
    ----------
    road_class
        Value of OSM's ``highway``: ``motorway``, ``trunk_link``, ``residential``, ...
    speed_mps
        What a car drives here: the signed limit, else that of the country's table, and no
        more than the surface allows.
    speed_assumed
        Whether no limit is signed here.
    surface
        As tagged; empty where it is not.
    lanes
        In both directions together, as tagged.
    urban
        Whether the speed table's urban limit holds; None: not known, and taken for rural.
    max_height_m, max_weight_kg
        Signed limits, whatever the convoy measures.
    width_m
        Of the carriageway, as tagged.
    access
        Empty where anybody may drive, else ``destination`` or ``private``.
    """

    from_m: float
    to_m: float
    road_class: str
    name: str
    ref: str
    speed_mps: float
    speed_assumed: bool
    surface: str
    lanes: int | None
    oneway: bool
    bridge: bool
    tunnel: bool
    urban: bool | None
    country: str
    way_id: int
    max_height_m: float | None = None
    max_weight_kg: float | None = None
    width_m: float | None = None
    access: str = ""

    @property
    def length_m(self) -> float:
        """Length of the stretch."""
        return self.to_m - self.from_m


@dataclass(frozen=True)
class RoadPoint:
    """Something at one place of the route.

    Attributes
    ----------
    name
        Of a junction the names of the roads that meet it; of a barrier its kind.
    arms
        Of a junction: the arms from which traffic can come in, those of the route left out;
        this many have to be held for a rolling block.  0 for all else.
    """

    kind: PointKind
    distance_m: float
    lat: float
    lon: float
    node_id: int
    name: str
    arms: int = 0


@dataclass(frozen=True)
class RoadChoke:
    """A place where a convoy cannot turn away, or is slowed down."""

    kind: ChokeKind
    from_m: float
    to_m: float
    lat: float
    lon: float
    what: str
    way_id: int = 0

    @property
    def length_m(self) -> float:
        """How long it is; 0 for a place."""
        return self.to_m - self.from_m


@dataclass(frozen=True)
class RoadHaven:
    """Where a convoy finds shelter or help near its route.

    Attributes
    ----------
    distance_m
        Where on the route it turns off.
    detour_m, detour_s
        From there to the haven, one way, by road.
    access_m
        From the road to the haven's own place.
    """

    kind: HavenKind
    name: str
    lat: float
    lon: float
    osm_id: str
    distance_m: float
    detour_m: float
    detour_s: float
    access_m: float


@dataclass(frozen=True)
class RoadStateRun:
    """A state of a `RoadRouter`, its edge, and the stretch of a route that runs on it."""

    state: int
    edge: int
    begin_m: float
    end_m: float


@dataclass(frozen=True, eq=False)
class RoadRoute:
    """One way from place to place.

    Attributes
    ----------
    lat_deg, lon_deg, distance_m
        The line, one row a vertex; distances rise from 0 to ``length_m``.
    pieces
        In order and without gap from 0 to ``length_m``.
    points
        In order.
    free_time_s
        Time of a car on an empty road, without the ways of access, with what the backend
        adds for turns, signals and barriers.
    start_access_m, end_access_m
        From the places asked for to the road.
    chokes
        In order.
    source
        What told it, e.g. the extract's name or the backend's address.
    penalty_s
        What the search added to the time, so that roads for residents only are used at the
        ends and not passed through.
    similarity
        Share that it has in common with the best of the routes asked for together: 0 to 1;
        of the best itself, 0.
    runs
        States of the built network in order; empty where another backend told the route.
    """

    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    pieces: tuple[RoadPiece, ...]
    points: tuple[RoadPoint, ...]
    length_m: float
    free_time_s: float
    start_access_m: float
    end_access_m: float
    chokes: tuple[RoadChoke, ...]
    source: str
    penalty_s: float = 0.0
    similarity: float = 0.0
    runs: tuple[RoadStateRun, ...] = ()

    def place_at(self, distance_m: float) -> tuple[float, float]:
        """Return latitude and longitude at a distance, in degrees."""
        return (
            float(np.interp(distance_m, self.distance_m, self.lat_deg)),
            float(np.interp(distance_m, self.distance_m, self.lon_deg)),
        )

    def piece_at(self, distance_m: float) -> RoadPiece:
        """Return the stretch that holds a distance; at a change, the one ahead."""
        ends = np.array([piece.to_m for piece in self.pieces])
        row = int(np.searchsorted(ends, distance_m, side="right"))
        return self.pieces[min(row, len(self.pieces) - 1)]
