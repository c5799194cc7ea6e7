"""A rail route as the books describe it: points with chainage, stretches with values.

Physics knows nothing of this module; `retinue.rail` turns a route into a
running path.

::

    Pyongyang      Kowon                      Tumangang   Khasan
    |--------------|------------- - - --------|-----------|
    0            217 km                     845 km      850 km   chainage (published km)
    <- stretch ---> <- stretch ... ->
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "TRACK_ORIGIN",
    "BorderPassage",
    "Facility",
    "OperatingPoint",
    "RailRoute",
    "RoutePoint",
    "RouteStretch",
    "Value",
]

TRACK_ORIGIN = "OpenStreetMap extract"
"""Origin of stretches that run over mapped tracks: their gradients and curves are known."""


@dataclass(frozen=True)
class Value:
    """One value with the ground it stands on (for the plan's list of assumptions)."""

    text: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Facility:
    """What a place can do for a train: change bogies, turn it, change its locomotives.

    Attributes
    ----------
    kind
        ``bogie-exchange``, ``gauge-adjustment``, ``transfer`` (passengers walk
        across), ``locomotive-change``, ``run-round``, ``car-ramp``, ``water`` ...
    low_s, likely_s, high_s
        Published or assumed total duration for a whole train; None where it
        follows from the tasks (lift positions and lift time).
    lift_positions, lift_time_s, shunting_s
        Coaches lifted at once, time of one lift, shunting before and after.
    gauges_mm
        The gauges on either side.
    assumed
        Names of the values that nobody published.
    """

    kind: str
    gauges_mm: tuple[int, ...] = ()
    low_s: float | None = None
    likely_s: float | None = None
    high_s: float | None = None
    lift_positions: int | None = None
    lift_time_s: float | None = None
    shunting_s: float | None = None
    source: str = ""
    confidence: str = "assumed"
    note: str = ""
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class OperatingPoint:
    """A station, junction, border or other named point of a line."""

    id: str
    name: str
    lat: float
    lon: float
    country: str
    zone: str
    kind: str = "station"
    native_name: str = ""
    aliases: tuple[str, ...] = ()
    platform_length_m: float | None = None
    loop_length_m: float | None = None
    facilities: tuple[Facility, ...] = ()
    source: str = ""
    confidence: str = "K"
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoutePoint:
    """An operating point on a route.

    ``reverses`` says that the geometry turns back here: the train must reverse.
    ``turn`` says, where the route changes lines, how that is known.
    """

    point: OperatingPoint
    distance_m: float
    reverses: bool = False
    turn: Value | None = None


@dataclass(frozen=True)
class RouteStretch:
    """A stretch of one line with one set of values; stretches follow without gap.

    ``None`` means nobody knows; ``values`` holds the ground of each value by
    its name (``line_speed``, ``gauge``, ``electrification`` ...).
    """

    line_id: str
    line_name: str
    from_m: float
    to_m: float
    gauges_mm: tuple[int, ...]
    electrification: str | None  # power-system key such as "3kv-dc", "25kv-ac-50hz", or "none"
    line_speed_mps: float
    tracks: int | None = None
    ruling_gradient: float | None = None
    axle_load_kg: float | None = None
    coupler: str | None = None
    brake_system: str | None = None
    heating: str | None = None
    block_length_m: float | None = None
    loading_gauge: str | None = None
    country: str = ""
    origin: str = "line book"
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class BorderPassage:
    """Where a route leaves one country for the next; ``point`` is None off the books."""

    from_country: str
    to_country: str
    distance_m: float
    point: OperatingPoint | None


@dataclass(frozen=True, eq=False)
class RailRoute:
    """A route with published chainage scaled onto the graph's geometry.

    Attributes
    ----------
    points
        Operating points in order, the first at 0.
    stretches
        Values along the route, without gaps.
    lon_deg, lat_deg, distance_m
        Geometry; chainage in metres on the published kilometrage.
    graph_length_m
        Length of the same geometry on the raw graph.
    assumptions
        What the route as a whole assumes (turns, access over the raw graph), beside
        the values of its stretches.
    """

    points: tuple[RoutePoint, ...]
    stretches: tuple[RouteStretch, ...]
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    graph_length_m: float
    assumptions: tuple[Value, ...] = ()

    @property
    def length_m(self) -> float:
        """Length on the published kilometrage."""
        return float(self.distance_m[-1])

    @property
    def borders(self) -> list[BorderPassage]:
        """The borders that the route crosses, in order."""
        found = []
        for one, two in itertools.pairwise(self.stretches):
            if one.country == two.country:
                continue
            here = [
                entry.point
                for entry in self.points
                if entry.point.kind == "border" and abs(entry.distance_m - two.from_m) < 1.0
            ]
            found.append(
                BorderPassage(one.country, two.country, two.from_m, here[0] if here else None)
            )
        return found

    def point(self, name: str) -> RoutePoint | None:
        """Return the point of that name, id or alias (case-folded), or None."""
        wanted = name.casefold()
        for entry in self.points:
            names = (
                entry.point.id,
                entry.point.name,
                entry.point.native_name,
                *entry.point.aliases,
            )
            if wanted in {n.casefold() for n in names if n}:
                return entry
        return None

    def stretch_at(self, distance_m: float) -> RouteStretch:
        """Return the stretch that holds at a chainage."""
        starts = [stretch.from_m for stretch in self.stretches]
        index = int(np.searchsorted(starts, distance_m, side="right")) - 1
        return self.stretches[max(index, 0)]
