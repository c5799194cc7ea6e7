"""Ways that a rail leg could take over the timetable's network: its own, and others.

Another way is one of the timetable's network (`retinue.traffic.alternative_ways`).  The plan's own
map of the railways (line book, pack, tracks of a built world) is asked to go there: past the
places of that way which lie farthest from the leg's own.  What it then finds is a way of the leg
only where the network's way to it is the one that was asked for; so distances, limits and
gradients are the plan's own, never the timetable's, and plan and search cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError, NoPlan
from retinue.plan.train_path import PathVia
from retinue.planner.path_via import POINT, STATION
from retinue.traffic.alternative_ways import APART_M, other_ways
from retinue.traffic.anchor import anchor
from retinue.traffic.way_courses import NEAR_M, WayCourses, away_m
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan import Plan
    from retinue.planner.planner import Planner
    from retinue.rail.leg_runs import RailRuns
    from retinue.traffic.line_network import LineNetwork, Step
    from retinue.traffic.way_courses import Floats
    from retinue.world.places import Gazetteer, Place
    from retinue.world.rail_route import RailRoute

__all__ = ["OWN_WAY", "LegWay", "leg_ways"]

OWN_WAY = "as planned"

_NAMES = 3
"""Places that name a way."""

_PASSED_OVER = 8
"""Ways that are looked at beyond those asked for, where the plan's railways do not go."""

_STATIONS_M = 4_000.0
"""Places passed one after the other are so far apart: a plan's own map may be coarse."""

_NAMED_M = 2_000.0
"""A name means a place where it is found no farther away."""


@dataclass(frozen=True, eq=False)
class LegWay:
    """A way that a leg could take.

    Attributes
    ----------
    name
        ``as planned``, else by places it passes: ``over Brugg, Baden``.
    length_m
        Of the leg that way; of the network's way where the plan has none.
    via
        What the leg passes to go this way; empty: the leg's own.
    written
        The same as a journey has it under ``via``.
    runs
        The leg's trains run that way; None: the plan's railways do not go there.
    reason, cure
        Why they do not, and what would help.
    against
        What the journey asks for and this way leaves out; empty: the plan may take it.
    """

    name: str
    length_m: float
    via: tuple[PathVia, ...] = ()
    written: tuple[str, ...] = ()
    runs: RailRuns | None = None
    reason: str = ""
    cure: str = ""
    against: str = ""


def leg_ways(
    planner: Planner, plan: Plan, leg_id: str, runs: RailRuns, network: LineNetwork, count: int
) -> tuple[LegWay, ...]:
    """Return the ways of a leg: its own, then others, by their length in the network.

    Parameters
    ----------
    runs
        The leg on its own way.
    count
        How many others at most that the plan's railways follow.  Those met on the way to them
        that they do not follow are returned too, with the reason.

    Raises
    ------
    NoPlan
        Where the network does not cover the leg.
    """
    route = runs.request.route
    own = LegWay(OWN_WAY, route.length_m, runs=runs)
    if count < 1:
        return (own,)
    steps = anchor(network, route.lat_deg, route.lon_deg, route.distance_m).way.steps
    courses = WayCourses(network)
    finder = _Finder(planner, plan, leg_id, runs, courses, steps)
    found = [own]
    for other in other_ways(network, steps, count + _PASSED_OVER, courses=courses):
        found.append(finder.way(other))
        if sum(way.runs is not None for way in found) > count:
            break
    return tuple(found)


class _Finder:
    """Asks the plan's railways for the ways of a network."""

    def __init__(
        self,
        planner: Planner,
        plan: Plan,
        leg_id: str,
        runs: RailRuns,
        courses: WayCourses,
        own: Sequence[Step],
    ) -> None:
        self.planner, self.plan, self.leg_id = planner, plan, leg_id
        self.courses, self.network = courses, courses.network
        self.own, self.route = tuple(own), runs.request.route
        self.own_nodes = set(self.network.along(self.own).nodes.tolist())
        # Where the plan's map and the network draw the leg's own way apart, it is no other way.
        self.own_course = np.concatenate((courses.course(self.own)[0], _course_of(self.route)))
        self.country = self.route.stretches[0].country
        asked = next(one for one in planner.stages(plan) if one.id == leg_id).asked.rail
        assert asked is not None
        self.lines = asked.lines
        self.stops = {stop.at for stop in asked.stops}
        self.gazetteer = _gazetteer(planner, plan)
        self.vias = [(text, self.gazetteer.resolve(text)) for text in asked.via]

    def way(self, steps: tuple[Step, ...]) -> LegWay:
        """Return one way of the network as the leg would take it."""
        length = sum(self.network.sections[step.section].length_m for step in steps)
        name = self._name(steps)
        against = [f"the line {line}" for line in self.lines]
        course, _ = self.courses.course(steps)
        kept: list[tuple[int, PathVia]] = []
        for text, place in self.vias:
            away = _away(place.lat, place.lon, course)
            if away.min() > NEAR_M:
                if {text, place.name} & self.stops:
                    why = f"the journey stops at {place.name}, which does not lie on it"
                    return LegWay(name, length, reason=why, cure="Take the stop out.")
                against.append(place.name)
            else:
                kept.append((int(away.argmin()), _own_via(place)))
        refused: list[str] = []
        via: tuple[PathVia, ...] = ()
        for several in (False, True):
            via = self._vias(steps, kept, several=several)
            try:
                staged = self.planner.stages(self.plan, ways={self.leg_id: via})
            except (InputError, NoPlan) as error:
                refused.append(
                    next((one.what for one in getattr(error, "reasons", ())), error.message)
                )
                continue
            runs = next(one for one in staged if one.id == self.leg_id).runs
            assert runs is not None
            elsewhere = self._elsewhere(runs.request.route, steps)
            refused += [elsewhere] if elsewhere else []
            if not elsewhere:
                return LegWay(
                    name,
                    runs.request.route.length_m,
                    via,
                    tuple(self._written(one) for one in via),
                    runs,
                    against=", ".join(against),
                )
        return LegWay(
            name,
            length,
            reason=f"the plan's own railways do not go there: {refused[0]}",
            cure="Plan with a built world or a line book that has it (--world, `line books`); with"
            f" it the journey's leg goes there by via: [{self._texts(via)}].",
        )

    def _elsewhere(self, route: RailRoute, steps: tuple[Step, ...]) -> str:
        """Return where a route of the plan leaves a way of the network; empty: nowhere."""
        try:
            on = anchor(self.network, route.lat_deg, route.lon_deg, route.distance_m)
        except NoPlan as refused:
            return f"they run elsewhere, where {refused.message}"
        apart = self.courses.apart_m(on.way.steps, steps)
        if apart < APART_M:
            return ""
        name = self._name(on.way.steps)
        if self.courses.apart_m(on.way.steps, self.own) < APART_M:
            name = OWN_WAY
        return f"they run {name}, of which {apart / 1000.0:.1f} km lie elsewhere"

    def _name(self, steps: tuple[Step, ...]) -> str:
        """Return a way by stations of it that the leg's own has not, else by where it leaves it."""
        nodes = [self.network.stations[int(node)] for node in self.network.along(steps).nodes]
        off = [n.name for n in nodes if n.index not in self.own_nodes and n.kind != "junction"]
        if len(off) > _NAMES:
            off = [off[round(i * (len(off) - 1) / (_NAMES - 1))] for i in range(_NAMES)]
        if off:
            return "over " + ", ".join(off)
        own = {step.section for step in self.own}
        other = [number for number, step in enumerate(steps) if step.section not in own]
        first, last = (other[0], other[-1] + 1) if other else (0, len(steps))
        before = [n.name for n in nodes[: first + 1] if n.kind != "junction"]
        after = [n.name for n in nodes[last:] if n.kind != "junction"]
        return f"by another line from {before[-1]} to {after[0]}"

    def _vias(
        self, steps: tuple[Step, ...], kept: Sequence[tuple[int, PathVia]], *, several: bool
    ) -> tuple[PathVia, ...]:
        """Return what to pass: on each part away from the leg's own way a place, or several.

        What the journey asks to pass and lies on the way is passed too.
        """
        course, metres = self.courses.course(steps)
        chainage = np.cumsum(metres)
        away = away_m(course, self.own_course)
        nodes = [self.network.stations[int(n)] for n in self.network.along(steps).nodes]
        at = [int(_away(node.lat, node.lon, course).argmin()) for node in nodes]
        found = list(kept)
        for first, last in _runs(away > NEAR_M):
            inside = [
                (place, node)
                for place, node in zip(at, nodes, strict=True)
                if first <= place <= last and node.kind != "junction"
            ]
            if not inside:
                place = first + int(away[first : last + 1].argmax())
                stations = [
                    pair for pair in zip(at, nodes, strict=True) if pair[1].kind != "junction"
                ]
                _, near = min(stations, key=lambda pair: abs(pair[0] - place))
                lat, lon = course[place].tolist()
                found.append((place, self._point_via(lat, lon, near.name)))
            elif not several:
                place, node = max(inside, key=lambda pair: float(away[pair[0]]))
                found.append((place, self._station_via(node.index)))
            else:
                before_m = -np.inf
                for place, node in inside:
                    if chainage[place] >= before_m + _STATIONS_M:
                        found.append((place, self._station_via(node.index)))
                        before_m = float(chainage[place])
        found.sort(key=lambda pair: pair[0])
        return tuple(via for _, via in found)

    def _station_via(self, node: int) -> PathVia:
        one = self.network.stations[node]
        country = self.planner.world.countries.country_at(one.lat, one.lon) or self.country
        return PathVia(
            id=f"{STATION}{one.id}", place=one.name, lat=round(one.lat, 5), lon=round(one.lon, 5),
            country=country, zone=one.zone,
        )  # fmt: skip

    def _point_via(self, lat: float, lon: float, near: str) -> PathVia:
        from retinue.world.zones import zone_at

        lat, lon = round(lat, 5), round(lon, 5)
        country = self.planner.world.countries.country_at(lat, lon) or self.country
        return PathVia(
            id=f"{POINT}{lat},{lon}", place=f"the line near {near}", lat=lat, lon=lon,
            country=country, zone=zone_at(lat, lon, country or None).name,
        )  # fmt: skip

    def _written(self, via: PathVia) -> str:
        """Return what a journey writes to pass a place: its name where that means it."""
        if via.asked:
            # In the journey's own words.
            return next(text for text, place in self.vias if _own_via(place) == via)
        if via.id.startswith(POINT):
            return f"{via.lat},{via.lon}"
        try:
            place = self.gazetteer.resolve(via.place)
        except InputError:
            return f"{via.lat},{via.lon}"
        off = float(distance_m(place.lat, place.lon, via.lat, via.lon))
        return via.place if off <= _NAMED_M else f"{via.lat},{via.lon}"

    def _texts(self, via: Sequence[PathVia]) -> str:
        return ", ".join(f'"{self._written(one)}"' for one in via)


def _gazetteer(planner: Planner, plan: Plan) -> Gazetteer:
    from retinue.journey.file import journey_from_text

    file = journey_from_text(plan.journey.text, plan.journey.name, None)
    return planner.world.gazetteer(file.journey.places)


def _own_via(place: Place) -> PathVia:
    return PathVia(
        id="" if place.operating_point is None else place.operating_point.id, place=place.name,
        lat=place.lat, lon=place.lon, country=place.country, zone=place.zone, asked=True,
    )  # fmt: skip


def _course_of(route: RailRoute) -> Floats:
    """Return points along a route no farther apart than the courses of a network have them."""
    count = max(int(np.ceil(route.length_m / 250.0)), 1)
    at = np.linspace(0.0, route.length_m, count + 1)
    return np.column_stack(
        (
            np.interp(at, route.distance_m, route.lat_deg),
            np.interp(at, route.distance_m, route.lon_deg),
        )
    )


def _away(lat: float, lon: float, course: Floats) -> Floats:
    return np.asarray(distance_m(lat, lon, course[:, 0], course[:, 1]))


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield first and last index of every run of set flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield first, after - 1
