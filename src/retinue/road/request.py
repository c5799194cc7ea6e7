"""What a road leg is asked to do, and the road that was found for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retinue.plan.records import Assumption, Note, Source
    from retinue.road.column import Column
    from retinue.road.convoy import Convoy
    from retinue.road.rolling_block import BlockPlan
    from retinue.road.traffic import TrafficTable
    from retinue.world.road_route import RoadChoke, RoadHaven, RoadPoint

    Floats = NDArray[np.float64]

__all__ = [
    "BorderPassed",
    "EscortSection",
    "EscortStretch",
    "HaltAsked",
    "OtherRoute",
    "PlaceLike",
    "RoadEnd",
    "RoadHalt",
    "RoadObservation",
    "RoadRequest",
    "RoadRuns",
    "RoadStretch",
    "Waypoint",
]

StretchKind = Literal["access", "local", "highway", "urban"]


class PlaceLike(Protocol):
    """What a leg needs to know of a place."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def lat(self) -> float:
        """Latitude, degrees."""

    @property
    def lon(self) -> float:
        """Longitude, degrees."""

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""

    @property
    def zone(self) -> str:
        """IANA time zone."""


@dataclass(frozen=True)
class RoadEnd:
    """A place with the length of the road from it to the graph, where that is known."""

    name: str
    lat: float
    lon: float
    country: str
    zone: str
    access_road_m: float | None = None

    @classmethod
    def of(cls, place: PlaceLike, access_road_m: float | None = None) -> RoadEnd:
        """Make an end of any place."""
        return cls(place.name, place.lat, place.lon, place.country, place.zone, access_road_m)


@dataclass(frozen=True)
class EscortSection:
    """Where bodyguards run beside the car.

    Attributes
    ----------
    first_m, last_m
        The first or last so many metres of the leg.
    from_place, to_place
        Or between two places, the leg's ends where one is None.
    pace_mps
        None takes the road book's.
    bodyguards
        How many run.
    mount_s
        How long the column halts for them to get out, and again to get in.
    where
        ``file:line`` in the journey, for errors.
    """

    first_m: float | None = None
    last_m: float | None = None
    from_place: PlaceLike | None = None
    to_place: PlaceLike | None = None
    pace_mps: float | None = None
    bodyguards: int = 12
    where: str = ""
    mount_s: float = 0.0


@dataclass(frozen=True)
class HaltAsked:
    """Where the convoy has to stand.

    Attributes
    ----------
    duration_s
        How long its front stands.
    at_place, at_m
        At the point of the road nearest to a place, or at a chainage; neither: at every border.
    where
        ``file:line`` in the journey, for errors.
    """

    duration_s: float
    why: str = ""
    at_place: PlaceLike | None = None
    at_m: float | None = None
    where: str = ""


@dataclass(frozen=True)
class RoadRequest:
    """A road leg as asked for.

    Attributes
    ----------
    leg_id, title
        As the plan calls it.
    origin, destination, via
        Ends and places to pass, in order.
    convoy, column
        Who drives, and how far apart.
    day
        The day for which borders are looked up.
    speed_cap_mps
        Never faster than this.
    published_distance_m
        Road distance from door to door, laid over the geometry.
    escorts
        Where bodyguards run beside the car.
    open_borders
        Borders that this journey opens, e.g. ``KP-KR``.
    halts
        Where it has to stand.
    outriders
        How many hold junctions; None: the convoy's own.
    traffic
        Time-of-day factors; None: it runs free of other traffic, on the ground given by
        ``traffic_free_because``.
    routes
        How many dissimilar routes to list where the backend knows any.
    avoid
        Roads to avoid, by name or number.
    coarse_because
        Why coarse roads are taken though finer ones are there.
    where
        ``file:line`` of the leg in the journey, for errors.
    """

    leg_id: str
    title: str
    origin: RoadEnd
    destination: RoadEnd
    convoy: Convoy
    day: date
    via: tuple[RoadEnd, ...] = ()
    column: Literal["open", "close"] = "open"
    speed_cap_mps: float | None = None
    published_distance_m: float | None = None
    escorts: tuple[EscortSection, ...] = ()
    open_borders: tuple[str, ...] = ()
    halts: tuple[HaltAsked, ...] = ()
    outriders: int | None = None
    traffic: TrafficTable | None = None
    traffic_free_because: str = ""
    routes: int = 3
    avoid: tuple[str, ...] = ()
    coarse_because: str = ""
    where: str = ""

    @property
    def outrider_count(self) -> int:
        """How many outriders hold junctions."""
        return self.convoy.outriders if self.outriders is None else self.outriders


@dataclass(frozen=True)
class RoadStretch:
    """A stretch of road with one march speed; stretches follow without gap."""

    from_m: float
    to_m: float
    kind: StretchKind
    country: str
    speed_mps: float
    assumed: bool
    escorted: bool = False
    road_class: str = ""
    name: str = ""
    urban: bool | None = None
    lanes: int | None = None
    oneway: bool = False
    zone: str = ""
    limited_by: str = ""

    @property
    def sort_of_road(self) -> Literal["urban", "motorway", "rural"]:
        """What the time-of-day factors ask for."""
        if self.kind == "urban" or self.urban:
            return "urban"
        return "motorway" if self.road_class.startswith("motorway") else "rural"


@dataclass(frozen=True)
class RoadHalt:
    """A halt of the column, its front at ``distance_m``.

    Attributes
    ----------
    asked_m
        Where it was asked for; elsewhere where the column would have fouled a crossing.
    moved_because
        Why it stands elsewhere; empty where it does not.
    """

    name: str
    why: str
    distance_m: float
    asked_m: float
    duration_s: float
    moved_because: str = ""


@dataclass(frozen=True)
class Waypoint:
    """A named point of the leg."""

    name: str
    zone: str
    country: str
    distance_m: float
    lat: float
    lon: float


@dataclass(frozen=True)
class BorderPassed:
    """A border that the road crosses."""

    key: str
    name: str
    from_country: str
    to_country: str
    distance_m: float
    lat: float
    lon: float
    zone: str
    opened_by: str


@dataclass(frozen=True)
class OtherRoute:
    """Another way between the same ends.

    Attributes
    ----------
    similarity
        Share of it that it has in common with the first route, 0 to 1.
    line
        (lat, lon) of its corners, thinned to some 10 m, for maps.
    """

    length_m: float
    time_s: float
    similarity: float
    roads: tuple[str, ...]
    chokes: int
    line: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class EscortStretch:
    """An escort section on the leg's chainage."""

    from_m: float
    to_m: float
    pace_mps: float
    bodyguards: int
    mount_s: float = 0.0


@dataclass(frozen=True, eq=False)
class RoadRuns:
    """A road found and measured, before it is given a time of day.

    Attributes
    ----------
    lon_deg, lat_deg, distance_m
        Geometry from door to door; chainage on the published distance, where there is one.
    stretches
        March speeds, without gaps.
    halts
        In order; none of them fouls a level crossing.
    routing, routing_source
        What found the road: ``pack``, ``built``, ``valhalla`` or ``osrm``; its extract or
        address.
    points, chokes, havens
        What lies along it, on the leg's chainage; empty on the pack's coarse roads.
    block
        Junctions that outriders hold, and the speeds at which they can.
    unheld
        The stretches before a rolling block slowed them; empty where none did.
    answers
        Names and words of what a server answered, to be kept with the plan.
    graph_distance_m
        Length before a published distance was laid over it.
    access_m
        Length of the roads between the places and the graph.
    """

    request: RoadRequest
    lon_deg: Floats
    lat_deg: Floats
    distance_m: Floats
    stretches: tuple[RoadStretch, ...]
    waypoints: tuple[Waypoint, ...]
    borders: tuple[BorderPassed, ...]
    escorts: tuple[EscortStretch, ...]
    countries: tuple[str, ...]
    column: Column
    catch_up: float
    graph_distance_m: float
    access_m: float
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = field(default=())
    halts: tuple[RoadHalt, ...] = ()
    routing: str = "pack"
    routing_source: str = ""
    points: tuple[RoadPoint, ...] = ()
    chokes: tuple[RoadChoke, ...] = ()
    havens: tuple[RoadHaven, ...] = ()
    other_routes: tuple[OtherRoute, ...] = ()
    block: BlockPlan | None = None
    answers: tuple[tuple[str, str], ...] = ()
    unheld: tuple[RoadStretch, ...] = ()

    @property
    def free_stretches(self) -> tuple[RoadStretch, ...]:
        """The stretches at the speeds that a rolling block takes nothing off."""
        return self.unheld or self.stretches

    @property
    def length_m(self) -> float:
        """Length from door to door."""
        return float(self.distance_m[-1])

    @property
    def running_time_s(self) -> float:
        """Time in motion of the front from door to door."""
        return sum((s.to_m - s.from_m) / s.speed_mps for s in self.stretches)


@dataclass(frozen=True)
class RoadObservation:
    """When the front was seen to pass a named point of the leg, Unix seconds."""

    place: str
    time_s: float
