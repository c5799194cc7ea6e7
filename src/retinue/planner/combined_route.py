"""One route over both networks: mapped tracks inside the extract, the world pack outside.

::

    outside (line book, raw graph)        |  inside (mapped tracks)
    ------------------------------ gap -- o==========o=========== end
                                         gate: ends of track at the extract's edge

Places are inside where a station or track of the extract serves them (`TrackArea.stop`).
Neighbours that are both inside are joined over the tracks, those both outside over the pack;
between an inside and an outside one the pack's route is taken up to the gate, the likeliest
end of track that the train can reach (`TrackArea.gates`).  Every stretch says its origin, and
the gap at a gate is an assumption of the route.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError, NoPlan, Reason
from retinue.planner.records import end_of
from retinue.planner.route_pieces import cut_route, laid_end_to_end, paths_end_to_end
from retinue.rail.formation import Formation
from retinue.rail.route_path import running_path
from retinue.rail.running_path import RunningPath
from retinue.rail.track_path import TrackPath, track_path
from retinue.rail.track_rail_route import track_rail_route
from retinue.rail.track_reasons import why_no_route
from retinue.rail.track_routes import choose, train_limits
from retinue.world.places import Place
from retinue.world.rail_route import TRACK_ORIGIN, OperatingPoint, RailRoute, Value
from retinue.world.rail_routing import plan_route
from retinue.world.track_area import Gate, TrackArea
from retinue.world.track_avoid import avoided_edges
from retinue.world.track_limits import TrainLimits
from retinue.world.track_route import TrackRoute, TrackRun, TrackStop
from retinue.world.track_search import Question, TrackRouter
from retinue.world.world import World
from retinue.world.zones import zone_at

__all__ = ["CombinedRoute", "TrackPart", "combined_route"]

_CANDIDATES = 5
_GATES = 6
_LEAST_M = 1.0


@dataclass(frozen=True, eq=False)
class TrackPart:
    """The part of a route that runs over mapped tracks.

    Attributes
    ----------
    from_m
        Chainage of the whole route where it begins.
    stops
        What it was searched between, for alternatives and reserves.
    gap_s
        By how much at most a way that was not simulated could be faster.
    """

    route: TrackRoute
    path: TrackPath
    from_m: float
    stops: tuple[TrackStop, ...]
    limits: TrainLimits
    question: Question
    gap_s: float


@dataclass(frozen=True, eq=False)
class CombinedRoute:
    """A route and its running path; ``path`` is None where no part runs over mapped tracks."""

    route: RailRoute
    path: RunningPath | None
    tracks: tuple[TrackPart, ...] = ()


@dataclass(frozen=True)
class _Group:
    """Neighbouring places on one side of the extract's edge, and their stops if inside."""

    places: tuple[Place, ...]
    stops: tuple[TrackStop, ...]


def combined_route(
    world: World,
    train: Formation,
    places: Sequence[Place],
    *,
    avoid: Sequence[str] = (),
    systems: Sequence[str] = (),
) -> CombinedRoute:
    """Return the route of a train through places in order.

    Parameters
    ----------
    avoid
        Lines and areas, see `avoided_edges`; over the pack, lines of the book only.
    systems
        Further power systems on which locomotives of later stops pull.

    Raises
    ------
    InputError
        For an unknown line to avoid, or a world without tracks.
    NoPlan
        Where nothing connects the places, with the reasons or the gap.
    """
    area, router = world.area, world.router
    if area is None or router is None:
        raise InputError("no world at track level is open", cure="Name one: --world NAME.world.")
    search = _Search(world, area, router, train, tuple(avoid), tuple(systems))
    return search.found(_groups(area, places))


def _groups(area: TrackArea, places: Sequence[Place]) -> list[_Group]:
    told = [(place, area.stop(place)) for place in places]
    groups = []
    for inside, members in itertools.groupby(told, key=lambda item: item[1] is not None):
        listed = list(members)
        groups.append(
            _Group(
                tuple(place for place, _ in listed),
                tuple(stop for _, stop in listed if stop is not None) if inside else (),
            )
        )
    return groups


class _Search:
    """One question, put to both networks."""

    def __init__(
        self,
        world: World,
        area: TrackArea,
        router: TrackRouter,
        train: Formation,
        avoid: tuple[str, ...],
        systems: tuple[str, ...],
    ) -> None:
        self.world, self.area, self.router, self.train = world, area, router, train
        self.avoid = avoid
        own = train_limits(train, area.network)
        if systems and not own.self_powered:
            every = tuple(sorted({*own.power_systems, *systems}))
            own = _with_systems(own, every)
        self.limits = own
        self.question = Question(closed=self._closed() if avoid else None)

    def _closed(self) -> NDArray[np.bool_]:
        """Return the edges that are avoided; a line may lie outside, in the line book alone."""
        closed = np.zeros(len(self.area.network.edges), np.bool_)
        for text in self.avoid:
            try:
                closed |= avoided_edges(self.area.network, [text])
            except InputError:
                if text not in self.world.line_book.lines:
                    raise
        return closed

    def found(self, groups: Sequence[_Group]) -> CombinedRoute:
        if len(groups) == 1 and not groups[0].stops:
            return CombinedRoute(self._outside(groups[0].places), None)
        # The pack's ways between neighbours on either side of the edge, to be cut at gates.
        crossing = [
            self._outside((one.places[-1], two.places[0]))
            for one, two in itertools.pairwise(groups)
        ]
        options = [
            self._gates(route, groups[number].stops != ()) for number, route in enumerate(crossing)
        ]
        refused: NoPlan | None = None
        chosen: dict[int, tuple[Gate, ...]] = {}
        parts: dict[int, tuple[TrackRoute, tuple[TrackStop, ...], float]] = {}
        for number, group in enumerate(groups):
            if not group.stops:
                continue
            before = options[number - 1] if number else [None]
            after = options[number] if number < len(groups) - 1 else [None]
            for entry, leave in itertools.product(before, after):
                stops = tuple(
                    s for s in (
                        None if entry is None else entry.stop, *group.stops,
                        None if leave is None else leave.stop,
                    ) if s is not None
                )  # fmt: skip
                try:
                    route, gap_s = self._over_tracks(stops)
                except NoPlan as error:
                    refused = refused or error
                    continue
                parts[number] = (route, stops, gap_s)
                if entry is not None:
                    chosen[number - 1] = (entry,)
                if leave is not None:
                    chosen[number] = (leave,)
                break
            else:
                assert refused is not None
                raise refused
        return self._joined(groups, crossing, {k: v[0] for k, v in chosen.items()}, parts)

    def _outside(self, places: Sequence[Place]) -> RailRoute:
        book = self.world.line_book
        lines = [text for text in self.avoid if text in book.lines]
        return plan_route(
            book,
            self.world.pack.rail,
            end_of(places[0]),
            end_of(places[-1]),
            via=[end_of(place) for place in places[1:-1]],
            forbidden_lines=lines,
            countries=self.world.countries,
        )

    def _gates(self, route: RailRoute, leaving: bool) -> list[Gate | None]:
        gates, nearest_m = self.area.gates(route, leaving=leaving)
        if not gates:
            ends = route.points
            side = ends[0] if leaving else ends[-1]
            what = (
                f"the tracks of the extract about {side.point.name} do not meet the route "
                f"{ends[0].point.name}-{ends[-1].point.name} of the world pack: the nearest end "
                f"of track lies {nearest_m / 1000:.1f} km from it"
                if np.isfinite(nearest_m)
                else "the extract has no end of track where a route could leave it"
            )
            cure = "Take an extract that reaches as far as the places, or both places in it."
            raise NoPlan(what, reasons=[Reason(what, cure=cure, kind="not-connected")], cure=cure)
        return list(gates[:_GATES])

    def _over_tracks(self, stops: tuple[TrackStop, ...]) -> tuple[TrackRoute, float]:
        choice = choose(
            self.router, self.limits, self.train.dynamics(), stops, count=_CANDIDATES,
            path_of=self._path_of, question=self.question,
        )  # fmt: skip
        if choice is None:
            raise why_no_route(self.router, self.limits, stops, self.question)
        route = choice.best.route
        if route.length_m < _LEAST_M:
            what = f"{stops[0].name} and {stops[-1].name} are one place on the tracks"
            raise NoPlan(what, reasons=[Reason(what, kind="no-route")])
        return route, choice.gap_s

    def _path_of(self, run: TrackRun) -> RunningPath:
        alone = TrackRoute((run,), np.empty(0, np.int32), 0.0, 0.0)
        return self._path(alone).path

    def _path(self, route: TrackRoute, name: str = "") -> TrackPath:
        limits = self.limits
        return track_path(
            self.area.network,
            route,
            systems=None if limits.self_powered else limits.power_systems,
            dead_section_m=limits.dead_section_m,
            assumed=self.router.assumed,
            name=name,
        )

    def _joined(
        self,
        groups: Sequence[_Group],
        crossing: Sequence[RailRoute],
        gates: dict[int, Gate | None],
        parts: dict[int, tuple[TrackRoute, tuple[TrackStop, ...], float]],
    ) -> CombinedRoute:
        routes: list[RailRoute] = []
        paths: list[RunningPath] = []
        tracks: list[TrackPart] = []
        seams: list[Value] = []

        def add(route: RailRoute, path: RunningPath | None = None) -> None:
            routes.append(route)
            paths.append(running_path(route) if path is None else path)

        for number, group in enumerate(groups):
            if group.stops:
                part, stops, gap_s = parts[number]
                entry = gates.get(number - 1) if number else None
                leave = gates.get(number)
                ends = (
                    end_of(group.places[0]) if entry is None else self._edge(entry),
                    end_of(group.places[-1]) if leave is None else self._edge(leave),
                )
                name = f"{ends[0].name}-{ends[1].name}"
                path = self._path(part, name)
                from_m = sum(route.length_m for route in routes)
                add(
                    track_rail_route(self.area.network, part, path, self.world.countries, ends),
                    path.path,
                )
                tracks.append(
                    TrackPart(part, path, from_m, stops, self.limits, self.question, gap_s)
                )
            elif len(group.places) > 1:
                add(self._outside(group.places))
            if number < len(groups) - 1:
                gate = gates[number]
                assert gate is not None
                seams.append(self._seam(gate))
                whole, edge = crossing[number], self._edge(gate)
                if group.stops:
                    add(cut_route(whole, gate.distance_m, whole.length_m, begin=edge))
                else:
                    add(cut_route(whole, 0.0, gate.distance_m, end=edge))
        route = laid_end_to_end(routes, seams)
        title = f"{route.points[0].point.name}-{route.points[-1].point.name}"
        return CombinedRoute(route, paths_end_to_end(paths, title), tuple(tracks))

    def _edge(self, gate: Gate) -> OperatingPoint:
        country = self.world.countries.country_at(gate.lat_deg, gate.lon_deg) or ""
        return OperatingPoint(
            id="",
            name=gate.stop.name,
            lat=gate.lat_deg,
            lon=gate.lon_deg,
            country=country,
            zone=zone_at(gate.lat_deg, gate.lon_deg, country or None).name,
            kind="point",
            source=TRACK_ORIGIN,
            confidence="H",
        )

    def _seam(self, gate: Gate) -> Value:
        return Value(
            f"at the {gate.stop.name} the mapped tracks and the world pack's coarse line, "
            f"{gate.gap_m:.0f} m apart, are taken for one",
            TRACK_ORIGIN,
            "assumed",
        )


def _with_systems(limits: TrainLimits, systems: tuple[str, ...]) -> TrainLimits:
    from dataclasses import replace

    return replace(limits, power_systems=systems)
