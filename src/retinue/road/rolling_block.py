r"""Junctions held by outriders who leapfrog: who can be where in time, and how many that takes.

An outrider stands at a junction from a lead time before the front comes until the tail has gone,
then rides past the column to a later one.  Let :math:`F_i` be the time of the front at junction
i, :math:`T_i` that of the tail, and :math:`W(x)` the time a rider needs from the begin of the road
to x when he rides past the column.  In the riders' own time, which runs :math:`W` slow,

.. math::  D_i = F_i - lead - W_i,  \qquad  R_i = T_i + hold - W_i,

a rider who held i reaches k in time exactly where :math:`R_i \le D_k`.  As :math:`D_i < R_i`, that
is an order of intervals :math:`[D_i, R_i)`: junctions held by one rider are intervals that do not
overlap.  So the least number of riders is the greatest number of intervals over one point, and to
give each junction, in the order of :math:`D`, to any rider who is free reaches it (colouring of
interval graphs).  A rider is never slower than the column, hence :math:`D` and :math:`R` rise
along the road, and an order in the riders' time is one on the road.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.road.column import BlockConduct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.road.request import RoadStretch
    from retinue.world.road_route import RoadPoint

    Floats = NDArray[np.float64]

__all__ = [
    "BlockPlan",
    "Junction",
    "SlowedStretch",
    "assign",
    "junctions_of",
    "least_outriders",
    "ride_speed",
]

_SAME_S = 1e-6  # moments nearer than this are one: rounding of sums


@dataclass(frozen=True)
class Junction:
    """A place where traffic can come in, and how many outriders close it.

    Attributes
    ----------
    distance_m, end_m
        The first and the last of the road's nodes that are held as one.
    """

    distance_m: float
    end_m: float
    lat: float
    lon: float
    name: str
    arms: int
    posts: int


@dataclass(frozen=True)
class SlowedStretch:
    """Where the outriders' number keeps the convoy below the road's speed."""

    from_m: float
    to_m: float
    free_mps: float
    speed_mps: float


@dataclass(frozen=True)
class BlockPlan:
    """Junctions of a road and what its outriders can do about them.

    Attributes
    ----------
    outriders
        How many there are.
    junctions
        In order along the road.
    open
        Numbers of the junctions that stay open even at the slowest acceptable speed.
    needed_free
        Outriders who hold all junctions without slowing the convoy.
    needed_slowest
        Outriders who hold all junctions at the slowest acceptable speed.
    slowed
        Where the convoy is kept below the road's speed.
    """

    conduct: BlockConduct
    outriders: int
    junctions: tuple[Junction, ...]
    open: frozenset[int]
    needed_free: int
    needed_slowest: int
    slowed: tuple[SlowedStretch, ...]


def junctions_of(points: Sequence[RoadPoint], conduct: BlockConduct) -> tuple[Junction, ...]:
    """Return the junctions with an arm to close; those near each other are held as one."""
    found: list[list[RoadPoint]] = []
    for point in sorted(points, key=lambda p: p.distance_m):
        if point.kind != "junction" or point.arms <= 0:
            continue
        if found and point.distance_m - found[-1][0].distance_m <= conduct.one_post_within:
            found[-1].append(point)
        else:
            found.append([point])
    return tuple(
        Junction(
            distance_m=cluster[0].distance_m,
            end_m=cluster[-1].distance_m,
            lat=cluster[0].lat,
            lon=cluster[0].lon,
            name=" / ".join(dict.fromkeys(p.name for p in cluster if p.name)),
            arms=(arms := sum(p.arms for p in cluster)),
            posts=math.ceil(arms / conduct.arms_a_post),
        )
        for cluster in found
    )


def ride_speed(
    stretch: RoadStretch, free_mps: float, now_mps: float, catch_up: float, conduct: BlockConduct
) -> float:
    """Return how fast an outrider rides past the column on a stretch.

    ``free + faster by``, up to the speed for its lanes; and the column's own pace in closing up
    where that is more, or where one lane one way lets nobody pass.

    Parameters
    ----------
    free_mps
        March speed of the convoy if junctions did not slow it.
    now_mps
        Its march speed.
    """
    own = catch_up * now_mps
    if stretch.oneway and stretch.lanes == 1:
        return own
    lanes = stretch.lanes or (2 if stretch.oneway and stretch.road_class == "motorway" else 1)
    several = lanes >= 2 if stretch.oneway else lanes >= 4
    most = conduct.overtaking_at_most_two_lanes if several else conduct.overtaking_at_most_one_lane
    return max(own, min(free_mps + conduct.overtaking_faster_by, most))


def least_outriders(due: Floats, freed: Floats, posts: Sequence[int]) -> int:
    """Return how many outriders hold every junction: the greatest overlap of ``[due, freed)``.

    Parameters
    ----------
    due, freed
        When a rider must stand and may leave, in the riders' time, shape (n,).
    posts
        Riders that each junction takes.
    """
    events = [(float(moment) + _SAME_S, 1, count) for moment, count in zip(due, posts, strict=True)]
    events += [(float(moment), 0, -count) for moment, count in zip(freed, posts, strict=True)]
    most = now = 0
    for _, _, change in sorted(events):
        now += change
        most = max(most, now)
    return most


def assign(
    due: Floats, freed: Floats, posts: Sequence[int], outriders: int
) -> list[tuple[int, ...]]:
    """Return which outriders hold each junction; nobody holds one that must stay open.

    In the order of ``due`` each junction takes the riders who were freed last among those in
    time.  Where too few are, of the junctions then held and this one the one that binds its
    riders longest is left open: with one rider a junction, as many are held as can be.

    Parameters
    ----------
    due, freed
        When a rider must stand and may leave, in the riders' time, shape (n,).
    posts
        Riders that each junction takes.
    outriders
        How many riders there are, numbered from 0.
    """
    held: list[tuple[int, ...]] = [()] * len(due)
    free_from = [-math.inf] * outriders
    before: list[dict[int, float]] = [{} for _ in due]
    for index in sorted(range(len(due)), key=lambda i: (float(due[i]), float(freed[i]))):
        if posts[index] > outriders:
            continue
        while True:
            moment = float(due[index]) + _SAME_S
            ready = [rider for rider in range(outriders) if free_from[rider] <= moment]
            if len(ready) >= posts[index]:
                break
            busy = [
                other
                for other, riders in enumerate(held)
                if riders and float(freed[other]) > moment and free_from[riders[0]] > moment
            ]
            longest = max(busy, key=lambda i: (float(freed[i]), i))
            if float(freed[longest]) <= float(freed[index]):
                ready = []
                break
            for rider in held[longest]:
                free_from[rider] = before[longest][rider]
            held[longest] = ()
        if not ready:
            continue
        ready.sort(key=lambda rider: (-free_from[rider], rider))
        chosen = tuple(sorted(ready[: posts[index]]))
        before[index] = {rider: free_from[rider] for rider in chosen}
        for rider in chosen:
            free_from[rider] = float(freed[index])
        held[index] = chosen
    return held
