r"""From a route over mapped tracks to the running path that a train feels.

==============  ===============================================================================
limit           ``maxspeed`` of the direction run; where none is tagged the speed assumed by
                what the track is for (`retinue.world.track_speed.ASSUMED_KMH`), and listed.
                Conditional limits are listed and not obeyed: they hang on time or train.
gradient        from the heights of the world (`retinue.world.track_profile`), taken every
                `GRADIENT_M`; without heights from ``incline`` tags; else level, and listed.
curves          ``curve_radius`` where the source tells it; else from the geometry
                (`retinue.rail.curvature`), each run by itself.
power           tagged systems, the train's own first; dead sections, and ways without its
                power no longer than it may coast, are gaps; ``unknown`` where not tagged.
tunnels         `TUNNEL_FACTOR` on the quadratic term of the resistance, a planning value.
==============  ===============================================================================

Where the train changes ends, the chainage goes on with the new front, and gradient, limits
and curves are those of the new direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.rail.curvature import LEAST_RADIUS_M, curve_radius
from retinue.rail.running_path import UNELECTRIFIED, PowerSections, RunningPath
from retinue.rail.steps import Steps
from retinue.world.sphere import EARTH_RADIUS_M
from retinue.world.track_line import LinePiece, TrackLine, track_line
from retinue.world.track_network import (
    DEAD_SECTION,
    NOT_ELECTRIFIED,
    POINT_KINDS,
    UNKNOWN_POWER,
    TrackNetwork,
)
from retinue.world.track_route import TrackRoute
from retinue.world.track_speed import assumed_mps, speed_limits
from retinue.world.track_values import Span, joined, spans_along

__all__ = ["GRADIENT_M", "TUNNEL_FACTOR", "Mark", "TrackMarks", "TrackPath", "track_path"]

GRADIENT_M = 100.0
TUNNEL_FACTOR = 1.5
"""Air resistance in a tunnel over that in open air: by tunnel and train between 1.2 (double
track) and over 2 (single track); a planning value of this project, no authority's."""

_LEAST_M = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """A signal or milestone of a route.

    Attributes
    ----------
    what
        Function of a signal (main, distant, ...; empty where not tagged).
    position_m
        The chainage that a milestone shows; else None.
    """

    chainage_m: float
    osm_id: int
    ref: str = ""
    what: str = ""
    position_m: float | None = None


@dataclass(frozen=True)
class TrackMarks:
    """What stands along a route for its direction: signals and milestones, by chainage."""

    signals: tuple[Mark, ...] = ()
    milestones: tuple[Mark, ...] = ()


@dataclass(frozen=True, eq=False)
class TrackPath:
    """A route as a train feels it, and what of it nobody tagged.

    Attributes
    ----------
    limits, power
        As in the path, with what is assumed: the value of a span of ``limits`` is
        (m/s, tagged); of ``power`` the systems offered, None where not tagged.
    coasted
        Spans that the train passes without power.
    conditional
        Conditional limits as tagged, not obeyed.
    assumed_limit_m, level_m
        Length of the limits assumed, and of the gradients that nobody knows.
    heights
        What gradients are from: ``elevation``, ``incline`` or ``none`` (the best of the route).
    """

    path: RunningPath
    line: TrackLine
    marks: TrackMarks
    limits: tuple[Span, ...]
    power: tuple[Span, ...]
    coasted: tuple[Span, ...]
    conditional: tuple[Span, ...]
    assumed_limit_m: float
    level_m: float
    heights: str


def track_path(
    network: TrackNetwork,
    route: TrackRoute,
    *,
    systems: Sequence[str] | None = None,
    dead_section_m: float = 0.0,
    assumed: Floats | None = None,
    name: str = "",
    line: TrackLine | None = None,
) -> TrackPath:
    """Return the running path of a route, all its runs in one chainage.

    Parameters
    ----------
    systems
        Power systems of the train, the preferred one first; None: it needs none.
    dead_section_m
        The longest way without its power that the train may coast (`TrainLimits`).
    assumed
        What `assumed_mps` returned for the network, if at hand.
    line
        What `track_line` returned for the route, if at hand.
    """
    drawn = track_line(network, route) if line is None else line
    speeds = assumed_mps(network) if assumed is None else assumed
    limits = _limits(network, drawn, speeds)
    power = spans_along(network, drawn, "power")
    sections, coasted = _sections(power, systems, dead_section_m)
    gradient, level_m, heights = _gradient(network, drawn)
    length_m = drawn.length_m
    tunnel = spans_along(network, drawn, "tunnel")
    path = RunningPath(
        name=name or "route over mapped tracks",
        length_m=length_m,
        limit_mps=_steps([Span(s.from_m, s.to_m, s.value[0]) for s in limits]),
        gradient=gradient,
        curve_radius_m=_told(_curves(drawn), spans_along(network, drawn, "curve_radius")),
        tunnel_factor=_steps(
            [
                Span(s.from_m, s.to_m, TUNNEL_FACTOR if s.value not in (None, "no") else 1.0)
                for s in tunnel
            ]
        ),
        power=sections,
    )
    conditional = [s for s in spans_along(network, drawn, "speed_conditional") if s.value]
    return TrackPath(
        path=path,
        line=drawn,
        marks=_marks(network, drawn),
        limits=tuple(limits),
        power=tuple(power),
        coasted=tuple(coasted),
        conditional=tuple(conditional),
        assumed_limit_m=sum(s.length_m for s in limits if not s.value[1]),
        level_m=level_m,
        heights=heights,
    )


def _steps(spans: Sequence[Span]) -> Steps:
    """Return spans as steps; those too short to count give way to the one before."""
    pairs: list[tuple[float, float]] = []
    for span in spans:
        if not pairs:
            pairs.append((0.0, float(span.value)))
        elif span.length_m > _LEAST_M or float(span.value) < pairs[-1][1]:
            pairs.append((max(span.from_m, pairs[-1][0] + 1e-6), float(span.value)))
    return Steps.from_pairs(pairs)


def _limits(network: TrackNetwork, line: TrackLine, assumed: Floats) -> list[Span]:
    found: list[Span] = []
    for piece in line.pieces:
        here = []
        for low, high, value, tagged in speed_limits(network, piece.edge, piece.direction, assumed):
            reach = piece.stretch(low, high)
            if reach is not None:
                here.append(Span(*reach, (round(float(value), 6), tagged)))
        found += sorted(here, key=lambda span: span.from_m)
    return joined(found)


def _sections(
    power: Sequence[Span], systems: Sequence[str] | None, dead_section_m: float
) -> tuple[PowerSections, list[Span]]:
    """Return what the path offers, and the spans that the train coasts."""
    own = tuple(systems or ())
    usable: list[Span] = []
    for span in power:
        offered: tuple[str, ...] = span.value or ()
        if not offered or UNKNOWN_POWER in offered:
            word: str | None = UNKNOWN_POWER
        elif DEAD_SECTION in offered:
            word = None
        elif NOT_ELECTRIFIED in offered:
            word = UNELECTRIFIED
        else:
            word = next((s for s in own if s in offered), offered[0])
        usable.append(Span(span.from_m, span.to_m, word))
    usable = joined(usable)
    if own:
        usable = _coasting(usable, own, dead_section_m)
    starts = np.array([0.0, *(s.from_m for s in usable[1:])])
    sections = PowerSections(starts, tuple(s.value for s in usable))
    return sections, [s for s in usable if s.value is None]


def _coasting(spans: list[Span], own: Sequence[str], dead_section_m: float) -> list[Span]:
    """Return spans with the short ways without the train's power as gaps."""
    found: list[Span] = []
    run: list[Span] = []

    def close(last: bool) -> None:
        length_m = sum(s.length_m for s in run)
        # At an end the train would have to start, or be stopped, without power.
        if run and found and not last and length_m <= dead_section_m:
            found.append(Span(run[0].from_m, run[-1].to_m, None))
        else:
            found.extend(run)
        run.clear()

    for span in spans:
        if span.value in own or span.value == UNKNOWN_POWER:
            close(last=False)
            found.append(span)
        else:
            run.append(span)
    close(last=True)
    return joined(found)


def _gradient(network: TrackNetwork, line: TrackLine) -> tuple[Steps, float, str]:
    """Return gradient, length where nobody knows it, and the best ground of it."""
    starts: list[float] = []
    values: list[float] = []
    level_m = 0.0
    grounds: set[str] = set()
    inclines = spans_along(network, line, "incline", per_direction=lambda value, way: value * way)
    for run in range(line.pieces[-1].run + 1):
        pieces = [piece for piece in line.pieces if piece.run == run]
        begin, end = pieces[0].chainage_m, pieces[-1].chainage_of(pieces[-1].to_m)
        at, height = _heights(network, pieces)
        cuts = np.linspace(begin, end, max(round((end - begin) / GRADIENT_M), 1) + 1)
        for low, high in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            if high - low < 1e-6:
                continue
            rise = np.nan
            if len(at):
                one, two = np.interp((low, high), at, height)
                rise = float(two - one) / (high - low)
            if np.isfinite(rise):
                grounds.add("elevation")
            else:
                rise, known_m = _tagged(inclines, low, high)
                level_m += high - low - known_m
                if known_m > 0.0:
                    grounds.add("incline")
            starts.append(low)
            values.append(rise)
    starts[0] = 0.0
    best = next((word for word in ("elevation", "incline") if word in grounds), "none")
    return Steps(np.array(starts), np.array(values)).simplified(), level_m, best


def _tagged(inclines: Sequence[Span], low: float, high: float) -> tuple[float, float]:
    """Return mean incline between chainages, untagged ways level, and the length tagged."""
    rise = known = 0.0
    for span in inclines:
        part = min(span.to_m, high) - max(span.from_m, low)
        if span.value is not None and part > 0.0:
            rise += span.value * part
            known += part
    return rise / (high - low), known


def _heights(network: TrackNetwork, pieces: Sequence[LinePiece]) -> tuple[Floats, Floats]:
    """Return chainages and heights of a run; NaN where no tile covers an edge."""
    chainage: list[Floats] = []
    height: list[Floats] = []
    for piece in pieces:
        at, up = network.heights(piece.edge)
        low, high = sorted((piece.from_m, piece.to_m))
        places = np.array([low, high])
        if len(at):
            places = np.concatenate(([low], at[(at > low) & (at < high)], [high]))
            values = np.interp(places, at, up)
        else:
            values = np.full(2, np.nan)
        step = 1 if piece.direction > 0 else -1
        chainage.append((piece.chainage_m + piece.direction * (places - piece.from_m))[::step])
        height.append(values[::step])
    joined_height = np.concatenate(height)
    if not np.isfinite(joined_height).any():
        return np.empty(0), np.empty(0)
    return np.concatenate(chainage), joined_height


def _curves(line: TrackLine) -> Steps:
    """Return the radius along a route, each run by itself: a change of ends is no curve."""
    parts: list[tuple[Steps, float]] = []
    run_of = np.array([piece.run for piece in line.pieces])[line.piece]
    metres = EARTH_RADIUS_M * np.pi / 180.0
    for run in range(int(run_of[-1]) + 1):
        rows = np.flatnonzero(run_of == run)
        at = line.chainage_m[rows] - line.chainage_m[rows[0]]
        length = float(at[-1])
        if length <= 0.0:
            continue
        lat, lon = line.lat_deg[rows], line.lon_deg[rows]
        # Steps in metres at each step's own latitude, so that long routes do not shear.
        dy = np.diff(lat) * metres
        dx = np.diff(lon) * metres * np.cos(np.radians(0.5 * (lat[1:] + lat[:-1])))
        x, y = (np.concatenate(([0.0], np.cumsum(d))) for d in (dx, dy))
        fresh = np.concatenate(([True], np.diff(at) > 1e-6))
        parts.append((curve_radius(x[fresh], y[fresh], at[fresh]), length))
    return Steps.concatenate(parts)


def _told(drawn: Steps, told: Sequence[Span]) -> Steps:
    """Return radii with those that the source tells in place of the drawn ones."""
    if all(span.value is None for span in told):
        return drawn
    known = _steps(
        [Span(s.from_m, s.to_m, 0.0 if s.value is None else max(float(s.value), LEAST_RADIUS_M))
         for s in told]
    )  # fmt: skip
    return drawn.combined(known, lambda one, two: np.where(two > 0.0, two, one))


def _marks(network: TrackNetwork, line: TrackLine) -> TrackMarks:
    points = network.points
    wanted = {POINT_KINDS.index("signal"): "signal", POINT_KINDS.index("milestone"): "milestone"}
    found: dict[str, dict[tuple[int, int], Mark]] = {"signal": {}, "milestone": {}}
    for piece in line.pieces:
        rows = list(network.points_inside(piece.edge))
        edge = piece.edge
        for node in (int(network.edges.from_node[edge]), int(network.edges.to_node[edge])):
            rows += [int(r) for r in network.points_at(node) if int(points.edge[r]) == edge]
        low, high = sorted((piece.from_m, piece.to_m))
        for row in rows:
            kind = wanted.get(int(points.kind[row]))
            at = float(points.at_m[row])
            if kind is None or not low <= at <= high:
                continue
            if kind == "signal" and int(points.direction[row]) == -piece.direction:
                continue
            shown = float(points.position_m[row])
            mark = Mark(
                chainage_m=piece.chainage_of(at),
                osm_id=int(points.osm_id[row]),
                ref=network.text[int(points.ref[row])],
                what=network.text[int(points.function[row])] if kind == "signal" else "",
                position_m=None if np.isnan(shown) else shown,
            )
            found[kind].setdefault((mark.osm_id, piece.run), mark)
    signals, milestones = (
        tuple(sorted(marks.values(), key=lambda m: (m.chainage_m, m.osm_id)))
        for marks in (found["signal"], found["milestone"])
    )
    return TrackMarks(signals, milestones)
