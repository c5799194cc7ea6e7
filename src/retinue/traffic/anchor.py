"""A leg of a plan on the timetable's network: the sections it follows, and where their nodes lie.

The leg comes from the line book, the pack or mapped tracks, with its own chainage; the network from
a feed.  Both draw the same railway, the pack some hundred metres off.  The way is the one that
stays nearest to the leg; each node gets the leg's chainage at its foot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.traffic.foot import feet_in_order, feet_on_edges
from retinue.traffic.way_search import shortest_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork, Way

    Floats = NDArray[np.float64]

__all__ = ["ANCHOR_M", "Anchor", "anchor"]

#: A node or a section farther from the leg than this is not on it.
ANCHOR_M = 1_500.0
#: A section off the leg costs so many times its length.
_OFF_COST = 8.0
_SAMPLES = 5
#: Stations within this distance of the first and the last one on the leg may be its ends.
_END_M = 2_500.0
#: A way whose length differs by more is that of another line.
_RATIO = (0.75, 1.33)
#: Nodes whose feet coincide are set apart by this much, for places rise along the leg.
_APART_M = 1.0


@dataclass(frozen=True, eq=False)
class Anchor:
    """A leg on the network.

    Attributes
    ----------
    way
        The resources along it.
    place_m
        Chainage of the leg at each of ``way.node_m``, rising.
    error_m
        Distance of each node from the leg, same shape.
    from_m, to_m
        The stretch of the leg that the network covers.
    length_ratio
        Length of the way against that stretch.
    """

    way: Way
    place_m: Floats
    error_m: Floats
    from_m: float
    to_m: float
    length_ratio: float


def anchor(network: LineNetwork, lat_deg: Floats, lon_deg: Floats, distance_m: Floats) -> Anchor:
    """Return the way over a network that follows a leg.

    Parameters
    ----------
    network
        Either view.
    lat_deg, lon_deg, distance_m
        The leg's geometry and chainage, shape (n,), as a `Movement` has it.

    Returns
    -------
    Anchor
        From the network's station nearest to the leg's start, within `ANCHOR_M` of the leg, to the
        one nearest to its end: a leg may begin and end beyond the feed.

    Raises
    ------
    NoPlan
        Kind ``off-network``: no two stations of the network lie on the leg, nothing joins them,
        or the network leaves the leg, with the place where it does.
    """
    moved = np.concatenate(([True], np.diff(distance_m) > 0.0))
    lat, lon, chainage = lat_deg[moved], lon_deg[moved], distance_m[moved]
    stations = [s for s in network.stations if s.kind != "junction"]
    feet = [_foot(s.lat, s.lon, lat, lon, chainage) for s in stations]
    placed = zip(stations, feet, strict=True)
    on = [(away, at, s.index) for s, (away, at) in placed if away <= ANCHOR_M]
    if len(on) < 2:
        raise _off("fewer than two stations of the timetable's network lie on the leg", "")
    low, high = min(at for _, at, _ in on), max(at for _, at, _ in on)
    # Near the leg, and near its end: a metre aside counts as two along it.
    starts = [(away + (at - low) / 2, n) for away, at, n in on if at <= low + _END_M]
    ends = [(away + (high - at) / 2, n) for away, at, n in on if at >= high - _END_M]
    pairs = sorted((a + b, start, end) for a, start in starts for b, end in ends if start != end)
    cost = [_cost(network, number, lat, lon) for number in range(len(network.sections))]
    refused: NoPlan | None = None
    for _, start, end in pairs:
        # Beside the right station may lie one of another railway, a street or two away.
        try:
            return _along(network, start, end, cost, (lat, lon, chainage))
        except NoPlan as reason:
            refused = refused or reason
    raise refused or _off("the leg is too short for two stations of the timetable's network", "")


def _along(
    network: LineNetwork,
    start: int,
    end: int,
    cost: list[float],
    leg: tuple[Floats, Floats, Floats],
) -> Anchor:
    lat, lon, chainage = leg
    names = network.stations[start].name, network.stations[end].name
    steps = shortest_steps(network, start, end, cost=cost)
    if not steps:
        raise _off(f"no line of the timetable's network joins {names[0]} and {names[1]}", names[0])
    way = network.along(steps)
    nodes = [network.stations[int(n)] for n in way.nodes]
    found = feet_in_order(
        np.array([n.lat for n in nodes]), np.array([n.lon for n in nodes]), lat, lon
    )
    error = np.array([away for _, _, away in found])
    worst = int(error.argmax())
    if error[worst] > ANCHOR_M:
        raise _off(
            f"the timetable's network leaves the leg between {names[0]} and {names[1]}: "
            f"{nodes[worst].name} lies {error[worst] / 1000.0:.1f} km off it",
            nodes[worst].name,
        )
    place = np.array([chainage[k] + t * (chainage[k + 1] - chainage[k]) for k, t, _ in found])
    # Feet may coincide or, at a throat drawn twice, fall together at the leg's end.
    rank = np.arange(len(place)) * _APART_M
    place = np.maximum.accumulate(place - rank) + rank
    if place[-1] > chainage[-1]:
        place = np.minimum(place, chainage[-1] - rank[::-1])
    covered = float(place[-1] - place[0])
    ratio = way.length_m / max(covered, 1.0)
    if not _RATIO[0] <= ratio <= _RATIO[1]:
        raise _off(
            f"between {names[0]} and {names[1]} the timetable's network runs "
            f"{way.length_m / 1000.0:.1f} km, the leg {covered / 1000.0:.1f} km",
            names[0],
        )
    return Anchor(way, place, error, float(place[0]), float(place[-1]), ratio)


def _off(what: str, where: str) -> NoPlan:
    cure = "Give a feed that runs along the leg, or via points on its line."
    return NoPlan(what, reasons=[Reason(what, where, cure, "off-network")], cure=cure)


def _foot(y: float, x: float, lat: Floats, lon: Floats, chainage: Floats) -> tuple[float, float]:
    """Return the distance of a place from the leg, and the leg's chainage there."""
    away, share = feet_on_edges(y, x, lat[:-1], lon[:-1], lat[1:], lon[1:])
    k = int(np.argmin(away))
    return float(away[k]), float(chainage[k] + share[k] * (chainage[k + 1] - chainage[k]))


def _cost(network: LineNetwork, number: int, lat: Floats, lon: Floats) -> float:
    """Return a section's length, times `_OFF_COST` by the share of it that is off the leg."""
    section = network.sections[number]
    lats, lons = np.array(section.lat_deg), np.array(section.lon_deg)
    if not len(lats):
        return section.length_m
    low, high = lat.min() - 0.05, lat.max() + 0.05
    if lats.max() < low or lats.min() > high:
        return section.length_m * _OFF_COST
    if len(lats) == 2:
        # A straight line between stations tells nothing of the line between them.
        picked = np.array([0.0, 1.0])
    else:
        picked = np.linspace(0.0, len(lats) - 1.0, _SAMPLES)
    rows = np.arange(len(lats))
    off = sum(
        float(feet_on_edges(y, x, lat[:-1], lon[:-1], lat[1:], lon[1:])[0].min()) > ANCHOR_M
        for y, x in zip(
            np.interp(picked, rows, lats).tolist(),
            np.interp(picked, rows, lons).tolist(),
            strict=True,
        )
    )
    return section.length_m * (1.0 + (_OFF_COST - 1.0) * off / len(picked))
