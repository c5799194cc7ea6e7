"""Possessions that lie on a special train's way though the timetable does not know their stations.

A feed serves some stations, a possession may begin at another.  It is placed on the leg then, and
takes the blocks of the way there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.occupation import Occupations
from retinue.traffic.resource import Kind
from retinue.traffic.restrictions import PlacedRestriction, possession_occupations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from retinue.traffic.leg_line import OnLeg
    from retinue.traffic.line_network import LineNetwork, Way
    from retinue.traffic.traffic import Traffic

__all__ = ["with_possessions"]


def with_possessions(
    traffic: Traffic, way: Way, place_m: NDArray[np.float64], on_leg: Iterable[OnLeg]
) -> Traffic:
    """Return a traffic in which possessions of the leg hold the blocks of the way.

    Parameters
    ----------
    way, place_m
        Where the leg lies on the network (`anchor`).
    on_leg
        Those that the network itself could not place.
    """
    placed = [
        PlacedRestriction(one.restriction, (), _blocks(traffic.network, way, place_m, one))
        for one in on_leg
    ]
    first = len(traffic.runs) + len(traffic.work)
    taken, titles = possession_occupations(traffic.network, placed, first)
    if not titles:
        return replace(traffic, restrictions=(*traffic.restrictions, *placed))
    return replace(
        traffic,
        occupations=Occupations.joined([traffic.occupations, taken]).by_resource(),
        work=(*traffic.work, *titles),
        restrictions=(*traffic.restrictions, *placed),
    )


def _blocks(
    network: LineNetwork, way: Way, place_m: NDArray[np.float64], one: OnLeg
) -> frozenset[int]:
    """Return the blocks it lies on: of the way's own direction, of the other, or of both."""
    found: set[int] = set()
    if one.own_track:
        ends = [np.interp(end, way.node_m, place_m) for end in (way.from_m, way.to_m)]
        on = (way.kind == Kind.BLOCK) & (ends[0] < one.to_m) & (ends[1] > one.from_m)
        found.update(way.resource[on].tolist())
    if one.all_tracks or not one.own_track:
        for i, step in enumerate(way.steps):
            section = network.sections[step.section]
            start, scale = place_m[i], (place_m[i + 1] - place_m[i]) / section.length_m
            for block, begin, end in section.blocks_from_a(not step.forward):
                low, high = (
                    (begin, end) if step.forward
                    else (section.length_m - end, section.length_m - begin)
                )  # fmt: skip
                if start + scale * low < one.to_m and start + scale * high > one.from_m:
                    found.add(block)
    return frozenset(found)
