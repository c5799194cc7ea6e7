r"""Height of the rails from elevation tiles: no mountains over tunnels, no ravines at bridges.

The tiles show the ground (and forests and roofs), posts 30 or 90 m apart, a few metres in
error; rails lie smoother.  All tracks are sampled at most `STEP_M` apart, and the heights
h of all samples are found at once as the least of

.. math:: \sum_i w_i (h_i - z_i)^2 + \ell^2 \sum_{ij} (h_i - h_j)^2 / d_{ij}

over the samples i and the stretches of track ij between them: z is the tile's height, w the
length of open track that the sample stands for, d the distance, and l = `SMOOTHING_M`.
This is done twice, the result of the first as the z of the second, which gives on plain
line a bell-shaped mean with a standard deviation of 2 l along the track, keeps a
constant gradient as it is, and lets tracks that meet at a switch meet in height.

Inside tunnels and on bridges w = 0: there the sum is least where h runs straight from
portal to portal, whatever the tile shows, at every branch underground too.  A tunnel that
ends where the extract ends is held to the tile's height there, for nothing better is known;
so is a system of tunnels without any portal, in all of it (as if it lay at ground level).

The equations are solved by conjugate gradients to a few millimetres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.world.elevation import TileFolder
from retinue.world.track_split import SplitTracks
from retinue.world.track_tables import IntervalTable, ProfileTable

__all__ = ["SMOOTHING_M", "STEP_M", "profile_table"]

STEP_M = 50.0
SMOOTHING_M = 150.0
_ANCHOR_M = 1_000_000.0
_NEAREST_M = 0.1
_TOLERANCE = 1e-6
_MOST_STEPS = 50_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Samples:
    """Samples of all edges; a node is one sample for all its edges.

    ``unknown`` numbers the heights to be found; ``low`` and ``high`` are the rows of
    consecutive samples of one edge.
    """

    edge: NDArray[np.int64]
    distance_m: Floats
    unknown: NDArray[np.int64]
    count: int
    low: NDArray[np.int64]
    start: NDArray[np.int64]


def profile_table(
    split: SplitTracks, attributes: dict[str, IntervalTable], tiles: TileFolder
) -> ProfileTable:
    """Return the height of the rails along all edges that the tiles cover."""
    samples = _samples(split, attributes)
    ground = _ground(split, samples, tiles)
    length = samples.distance_m[samples.low + 1] - samples.distance_m[samples.low]
    length = np.maximum(length, _NEAREST_M)
    middle = (samples.distance_m[samples.low + 1] + samples.distance_m[samples.low]) / 2.0
    owner = samples.edge[samples.low]
    hidden = _inside(attributes["tunnel"], owner, middle)
    hidden |= _inside(attributes["bridge"], owner, middle)
    one, two = samples.unknown[samples.low], samples.unknown[samples.low + 1]
    z = np.zeros(samples.count)
    z[samples.unknown] = ground
    weight = np.zeros(samples.count)
    for end in (one, two):
        np.add.at(weight, end, np.where(hidden, 0.0, length / 2.0))
    covered = np.isfinite(z)
    weight[~covered] = 0.0
    weight = _anchored(weight, one, two, covered, len(split.nodes))
    z = np.where(covered, z, 0.0)
    height = _smooth(z, weight, one, two, length)
    height = _smooth(height, weight, one, two, length)
    return _table(split, samples, height, covered)


def _samples(split: SplitTracks, attributes: dict[str, IntervalTable]) -> _Samples:
    edges = split.edges
    length = edges.length_m
    parts = np.maximum(np.ceil(length / STEP_M), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), parts + 1)
    first = np.cumsum(parts + 1) - (parts + 1)
    step = np.arange(len(edge)) - np.repeat(first, parts + 1)
    distance = length[edge] * step / parts[edge]
    for name in ("tunnel", "bridge"):
        # Portals are samples, so that no stretch is half open and half covered.
        table = attributes[name]
        for at in (table.from_m, table.to_m):
            within = (at > 0.0) & (at < length[table.edge])
            edge = np.concatenate((edge, table.edge[within]))
            distance = np.concatenate((distance, at[within]))
    order = np.lexsort((distance, edge))
    edge, distance = edge[order], distance[order]
    fresh = np.ones(len(edge), bool)
    fresh[1:] = (edge[1:] != edge[:-1]) | (distance[1:] != distance[:-1])
    edge, distance = edge[fresh], distance[fresh]
    start = np.zeros(len(edges) + 1, np.int64)
    np.cumsum(np.bincount(edge, minlength=len(edges)), out=start[1:])
    unknown = np.zeros(len(edge), np.int64)
    inner = np.ones(len(edge), bool)
    inner[start[:-1]] = inner[start[1:] - 1] = False
    unknown[inner] = len(split.nodes) + np.arange(int(inner.sum()))
    unknown[start[:-1]] = edges.from_node
    unknown[start[1:] - 1] = edges.to_node
    low = np.flatnonzero(edge[1:] == edge[:-1])
    return _Samples(edge, distance, unknown, len(split.nodes) + int(inner.sum()), low, start)


def _ground(split: SplitTracks, samples: _Samples, tiles: TileFolder) -> Floats:
    """Return the tiles' height at each sample, NaN without tile."""
    # Edges laid end to end, one metre apart, so that one interpolation serves all.
    reach = split.edges.length_m + 1.0
    offset = np.cumsum(reach) - reach
    owner = np.repeat(np.arange(len(split.edges)), np.diff(split.edges.shape_start))
    along = split.shapes.distance_m + offset[owner]
    at = samples.distance_m + offset[samples.edge]
    return tiles.heights(
        np.interp(at, along, split.shapes.lat_deg), np.interp(at, along, split.shapes.lon_deg)
    )


def _inside(table: IntervalTable, edge: NDArray[np.int64], at_m: Floats) -> NDArray[np.bool_]:
    """Return whether places lie in an interval of a table."""
    found = np.zeros(len(edge), bool)
    if not len(table):
        return found
    # The last interval that begins at or before the place, on the same edge.
    scale = float(table.to_m.max(initial=0.0) + at_m.max(initial=0.0)) + 1.0
    row = np.searchsorted(table.edge * scale + table.from_m, edge * scale + at_m, side="right") - 1
    sound = row >= 0
    found[sound] = (table.edge[row[sound]] == edge[sound]) & (at_m[sound] <= table.to_m[row[sound]])
    return found


def _anchored(
    weight: Floats,
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    covered: NDArray[np.bool_],
    nodes: int,
) -> Floats:
    """Hold covered track ends to the ground, and whole systems that nothing else holds."""
    degree = np.bincount(np.concatenate((one, two)), minlength=len(weight))
    ends = np.flatnonzero((degree[:nodes] == 1) & (weight[:nodes] == 0.0) & covered[:nodes])
    weight = weight.copy()
    weight[ends] = _ANCHOR_M
    label = _labels(one, two, len(weight))
    held = np.bincount(label, weights=weight, minlength=int(label.max(initial=0)) + 1) > 0.0
    weight[~held[label] & covered] = STEP_M
    # Without any tile nothing holds: such heights are never shown, only kept solvable.
    held = np.bincount(label, weights=weight, minlength=int(label.max(initial=0)) + 1) > 0.0
    weight[~held[label]] = 1.0
    return weight


def _labels(one: NDArray[np.int64], two: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the connected component of each sample, by the smallest number in it."""
    label = np.arange(count)
    while True:
        least = np.minimum(label[one], label[two])
        fresh = label.copy()
        np.minimum.at(fresh, label[one], least)
        np.minimum.at(fresh, label[two], least)
        while True:
            jumped = fresh[fresh]
            if np.array_equal(jumped, fresh):
                break
            fresh = jumped
        if np.array_equal(fresh, label):
            return label
        label = fresh[label]


def _smooth(
    z: Floats, weight: Floats, one: NDArray[np.int64], two: NDArray[np.int64], length: Floats
) -> Floats:
    """Return the heights that make the sum of the module's head least."""
    from retinue.world.profile_kernel import solve

    # About the mean, so that the goal is one of metres and not of the height above the sea.
    mean = float(weight @ z) / float(weight.sum())
    right = weight * (z - mean)
    height = z - mean
    goal = _TOLERANCE * math.sqrt(float(weight.sum()))
    solve(weight, SMOOTHING_M**2 / length, one, two, right, height, goal, _MOST_STEPS)
    return height + mean


def _table(
    split: SplitTracks, samples: _Samples, height: Floats, covered: NDArray[np.bool_]
) -> ProfileTable:
    """Return the profile of the edges all of whose samples have a tile."""
    bad = np.bincount(samples.edge, weights=~covered[samples.unknown], minlength=len(split.edges))
    shown = bad[samples.edge] == 0
    start = np.zeros(len(split.edges) + 1, np.int64)
    np.cumsum(np.bincount(samples.edge[shown], minlength=len(split.edges)), out=start[1:])
    return ProfileTable(samples.distance_m[shown], height[samples.unknown[shown]], start)
