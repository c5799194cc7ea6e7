"""Why no route over tracks was found, where the train cannot go on, and what would let it.

The search is asked again with kinds of limits lifted: one kind, then pairs, and so on.  The
first set that gives a route is the cheapest relaxation, and on that route the unfit stretches
are as short as they can be, since each of their metres costs more than any time.  Its first
unfit stretch is the place where the train cannot go on::

    start ====fits==== x----gauge 1520----x ====fits==== end       1 kind, 1 place

Where no relaxation helps, the tracks do not connect (the nearest gap is named), or they
connect only by a move that no train makes (its switch is named).
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retinue.errors import NoPlan, Reason
from retinue.world.component_gap import nearest_gap
from retinue.world.sphere import distance_m
from retinue.world.track_limits import Fault, TrainLimits
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackPiece, TrackRoute, TrackStop
from retinue.world.track_search import Question, TrackRouter

__all__ = ["Obstacle", "Relaxation", "cheapest_relaxation", "place_words", "why_no_route"]

_UNFIT_S_PER_M = 1000.0
_NEAR_STATION_M = 5_000.0
_REVERSAL, _STANDING = "reversal", "standing"


@dataclass(frozen=True)
class Obstacle:
    """A stretch that a train is kept off.

    Attributes
    ----------
    kind
        ``gauge``, ``power``, ``loading-gauge``, ``axle-load``, ``metre-load``,
        ``network-class``, ``condition``, ``forbidden`` or ``reversal``.
    at_m
        Distance from the start of the route that the relaxation allows.
    """

    kind: str
    edge: int
    lat_deg: float
    lon_deg: float
    at_m: float
    length_m: float
    reason: Reason


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What would have to be lifted, and the route that it allows.

    Attributes
    ----------
    kinds
        The fewest kinds of limits that must be lifted.
    obstacles
        In order along the route; the first is where the train cannot go on.
    """

    kinds: tuple[str, ...]
    route: TrackRoute
    obstacles: tuple[Obstacle, ...]


def place_words(network: TrackNetwork, edge: int, at_m: float) -> str:
    """Return a place in words: line, nearest station within 5 km, coordinates."""
    lat, lon = network.position(edge, at_m)
    words = f"{abs(lat):.4f} {'N' if lat >= 0 else 'S'}, {abs(lon):.4f} {'E' if lon >= 0 else 'W'}"
    stations = network.stations
    if len(stations):
        away = distance_m(lat, lon, stations.lat_deg, stations.lon_deg)
        nearest = int(np.argmin(away))
        name = network.text[int(stations.name[nearest])]
        if name and away[nearest] <= _NEAR_STATION_M:
            words = f"{name} ({words})"
    for attribute in ("name", "ref"):
        line = network.attributes[attribute].at(edge, at_m)
        if line is not None and network.text[int(line)]:
            return f"{words} on {network.text[int(line)]}"
    return words


def cheapest_relaxation(
    router: TrackRouter,
    train: TrainLimits,
    stops: Sequence[TrackStop],
    question: Question | None = None,
) -> Relaxation | None:
    """Return the relaxation with the fewest kinds of limits; None: none gives a route."""
    question = question or Question()
    tracks = router.tracks_for(train)
    present: list[Fault] = [
        kind for kind in Fault if kind != Fault.FORBIDDEN and bool((tracks.faults & kind).any())
    ]
    if tracks.dead is not None:
        present.append(Fault.POWER)
    if question.closed is not None and bool(np.any(question.closed)):
        present.append(Fault.FORBIDDEN)
    words = [kind.word for kind in present]
    for size in range(1, len(present) + 2):
        for chosen in itertools.combinations([*words, _REVERSAL], size):
            route = _relaxed(router, train, stops, question, present, chosen)
            if route is not None:
                found = _obstacles(router, train, question, route, chosen)
                return Relaxation(chosen, route, tuple(found))
    return None


def _relaxed(
    router: TrackRouter,
    train: TrainLimits,
    stops: Sequence[TrackStop],
    question: Question,
    present: Sequence[Fault],
    chosen: Sequence[str],
) -> TrackRoute | None:
    lifted = 0
    for kind in present:
        if kind.word in chosen and kind != Fault.FORBIDDEN:
            lifted |= int(kind)
    unfit = _unfit_m(router, train, question, chosen)
    extra = _UNFIT_S_PER_M * unfit
    if question.extra_s is not None:
        extra = extra + question.extra_s
    asked = Question(None if Fault.FORBIDDEN.word in chosen else question.closed, extra)
    able = train
    if _REVERSAL in chosen:
        # A train of no length that turns in no time: what is left is where tracks lead.
        able = replace(train, length_m=0.1, reversal_s=train.reversal_s or 0.0)
    return router.route(able, stops, asked, lifted=lifted)


def _unfit_m(
    router: TrackRouter, train: TrainLimits, question: Question, chosen: Sequence[str]
) -> NDArray[np.float64]:
    """Return how many metres of each edge are unfit by the kinds chosen."""
    tracks = router.tracks_for(train)
    length = np.asarray(router.network.edges.length_m)
    bad = np.zeros(len(length), np.bool_)
    for kind in Fault:
        if kind.word not in chosen:
            continue
        if kind == Fault.FORBIDDEN and question.closed is not None:
            bad[question.closed] = True
        elif kind == Fault.POWER and tracks.dead is not None:
            bad |= tracks.dead.whole | (tracks.dead.inside_m > 0.0)
        else:
            bad |= (tracks.faults & int(kind)) != 0
    return np.where(bad, length, 0.0)


def _obstacles(
    router: TrackRouter,
    train: TrainLimits,
    question: Question,
    route: TrackRoute,
    chosen: Sequence[str],
) -> list[Obstacle]:
    """Return the unfit stretches of a route in order, neighbours of one kind joined."""
    found: list[Obstacle] = []
    for word in chosen:
        if word == _REVERSAL:
            continue
        unfit = _unfit_m(router, train, question, [word]) > 0.0
        at_m = 0.0
        open_at: tuple[TrackPiece, float, float] | None = None
        for piece in (*(p for run in route.runs for p in run.pieces), None):
            if piece is not None and unfit[piece.edge]:
                first, start, length = open_at or (piece, at_m, 0.0)
                open_at = (first, start, length + piece.length_m)
            elif open_at is not None:
                first, start, length = open_at
                if word != Fault.POWER.word or length > train.dead_section_m or piece is None:
                    found.append(_obstacle(router.network, train, word, first, start, length))
                open_at = None
            at_m += piece.length_m if piece is not None else 0.0
    if _REVERSAL in chosen:
        at_m = 0.0
        for run in route.runs[:-1]:
            at_m += run.length_m
            found.append(_obstacle(router.network, train, _REVERSAL, run.pieces[-1], at_m, 0.0))
    return sorted(found, key=lambda obstacle: obstacle.at_m)


def _obstacle(
    network: TrackNetwork,
    train: TrainLimits,
    word: str,
    piece: TrackPiece,
    at_m: float,
    run_m: float,
) -> Obstacle:
    lat, lon = network.position(piece.edge, piece.from_m)
    what, cure = _words(network, train, word, piece)
    where = place_words(network, piece.edge, piece.from_m)
    far = f" for {run_m:,.0f} m" if run_m > 0.0 else ""
    return Obstacle(
        word, piece.edge, lat, lon, at_m, run_m, Reason(f"{what}{far}", where, cure, word)
    )


def _tagged(network: TrackNetwork, name: str, edge: int) -> list[object]:
    """Return the different values of an attribute on an edge, in order."""
    return list(dict.fromkeys(value for _, _, value in network.values_on(name, edge)))


def _words(
    network: TrackNetwork, train: TrainLimits, word: str, piece: TrackPiece
) -> tuple[str, str]:
    """Return the obstacle in a clause, and its cure."""
    edge = piece.edge
    if word == Fault.GAUGE.word:
        own = " or ".join(map(str, train.gauges_mm))
        sets = _tagged(network, "gauge", edge)
        line = " then ".join("/".join(map(str, s)) for s in sets if isinstance(s, tuple))
        return (
            f"the train's gauge is {own} mm and the track's {line} mm",
            "Change bogies or train there.",
        )
    if word == Fault.POWER.word:
        own = " or ".join(train.power_systems) or "no power system"
        sets = _tagged(network, "power", edge)
        line = " then ".join("/".join(map(str, s)) for s in sets if isinstance(s, tuple))
        offered = "the track has no wires" if line == "none" else f"the wires carry {line}"
        return (
            f"{offered} and the train needs {own}",
            f"Take a diesel, or one of {line}." if line != "none" else "Take a diesel.",
        )
    if word == Fault.LOADING_GAUGE.word:
        line = " then ".join(map(str, _tagged(network, "loading_gauge", edge)))
        return f"the loading gauge of the track is {line}", "Take stock that fits it."
    if word in (Fault.AXLE_LOAD.word, Fault.METRE_LOAD.word):
        axle = word == Fault.AXLE_LOAD.word
        values = [v for v in _tagged(network, word.replace("-", "_"), edge) if isinstance(v, float)]
        own_kg = train.axle_load_kg if axle else train.metre_load_kg
        unit = "an axle" if axle else "a metre"
        return (
            f"the track carries {min(values, default=0.0) / 1000:.1f} t {unit} and the train "
            f"weighs {(own_kg or 0.0) / 1000:.1f} t {unit}",
            "Take lighter stock, or ask for an exceptional consignment.",
        )
    if word == Fault.CONDITION.word:
        state = " then ".join(map(str, _tagged(network, "condition", edge)))
        return f"the track is {state}", "Ask its operator whether it can be opened."
    if word == Fault.NETWORK_CLASS.word:
        return "the track belongs to a light-rail network", "Allow it for this train."
    if word == _REVERSAL:
        if train.reversal_s is None:
            return "the train would have to change ends, and cannot", "Take a train that can."
        return (
            f"the train is {train.length_m:.0f} m long and would have to change ends where less "
            "track lies behind the switch",
            "Take a shorter train.",
        )
    return "the track is forbidden by the request", "Lift the ban there."


def why_no_route(
    router: TrackRouter,
    train: TrainLimits,
    stops: Sequence[TrackStop],
    question: Question | None = None,
) -> NoPlan:
    """Return the error that says why a route was not found, to be raised by the caller."""
    title = f"No track route from {stops[0].name} to {stops[-1].name} for {train.name}"
    short = [
        Reason(
            f"no track of {stop.name} is known to be long enough for {train.length_m:.0f} m of "
            f"train (the longest has {max(t.room_m or 0.0 for t in stop.tracks):.0f} m)",
            stop.name,
            "Choose another place to stop, or a shorter train.",
            _STANDING,
        )
        for stop in stops
        if stop.tracks and not router.usable(stop, train)
    ]
    if short:
        return NoPlan(title, reasons=short)
    relaxed = cheapest_relaxation(router, train, stops, question)
    if relaxed is not None:
        reasons = [obstacle.reason for obstacle in relaxed.obstacles]
        km = relaxed.route.length_m / 1000.0
        cure = (
            f"Lifting {' and '.join(relaxed.kinds)} at {len(reasons)} place"
            f"{'s' if len(reasons) != 1 else ''} gives a route of {km:.1f} km."
        )
        return NoPlan(title, reasons=reasons, cure=cure)
    for one, two in itertools.pairwise(stops):
        reason = _not_connected(router.network, one, two)
        if reason is not None:
            return NoPlan(title, reasons=[reason])
    for one, two in itertools.pairwise(stops):
        if router.route(train, (one, two), question) is None:
            reason = _impossible_move(router, one, two)
            if reason is not None:
                return NoPlan(title, reasons=[reason])
    return NoPlan(title, reasons=[Reason("no order of moves leads there", kind="no-route")])


def _not_connected(network: TrackNetwork, one: TrackStop, two: TrackStop) -> Reason | None:
    """Return the nearest gap between two stops on different components."""
    edges = network.edges
    sets = [{int(edges.component[track.edge]) for track in stop.tracks} for stop in (one, two)]
    if not sets[0] or not sets[1] or sets[0] & sets[1]:
        return None
    of_node = np.full(len(network.nodes), -1, np.int32)
    of_node[edges.from_node] = edges.component
    of_node[edges.to_node] = edges.component
    gap = nearest_gap(
        network.nodes.lat_deg, network.nodes.lon_deg, of_node, min(sets[0]), min(sets[1])
    )
    edge = int(network.nodes.edge[int(network.nodes.edge_start[gap.node1])])
    at = 0.0 if int(edges.from_node[edge]) == gap.node1 else float(edges.length_m[edge])
    return Reason(
        f"the tracks of {one.name} and {two.name} do not connect: the nearest gap is of "
        f"{gap.distance_m:,.0f} m",
        place_words(network, edge, at),
        "Check the extract: its edge or an unmapped track may cut the line.",
        "no-route",
    )


def _impossible_move(router: TrackRouter, one: TrackStop, two: TrackStop) -> Reason | None:
    """Return the first node of the shortest walk over tracks where no train can go on."""
    network, graph = router.network, router.table.graph
    edges = network.edges
    goals = {track.edge for track in two.tracks}
    best = {track.edge: 0.0 for track in one.tracks}
    came: dict[int, tuple[int, int]] = {}
    queue = [(0.0, edge) for edge in sorted(best)]
    reached = -1
    while queue:
        so_far, edge = heapq.heappop(queue)
        if so_far > best[edge]:
            continue
        if edge in goals:
            reached = edge
            break
        for node in (int(edges.from_node[edge]), int(edges.to_node[edge])):
            for other, _ in network.incident(node):
                reach = so_far + float(edges.length_m[other])
                if reach < best.get(other, np.inf):
                    best[other] = reach
                    came[other] = (edge, node)
                    heapq.heappush(queue, (reach, other))
    steps: list[tuple[int, int, int]] = []
    while reached in came:
        before, node = came[reached]
        steps.append((before, node, reached))
        reached = before
    for before, node, behind in reversed(steps):
        arrives = 2 * before + (0 if int(edges.to_node[before]) == node else 1)
        onward = graph.head[int(graph.start[arrives]) : int(graph.start[arrives + 1])] >> 1
        if behind not in onward:
            at = float(edges.length_m[before]) if arrives % 2 == 0 else 0.0
            return Reason(
                "the tracks meet, but no train can turn from one to the other",
                place_words(network, before, at),
                "Choose a stop where the train can change ends, or another way.",
                "turn",
            )
    return None
