"""Where one line crosses another above or below: their courses meet and no node joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from retinue.traffic.line_network import LineNetwork, Section, Way

__all__ = ["crossings_of"]

END_M = 300.0
"""Courses that meet so near to an end of one of them may be the throat of a station."""

_TREES: WeakKeyDictionary[LineNetwork, tuple[Any, list[int], list[Any]]] = WeakKeyDictionary()


def crossings_of(network: LineNetwork, way: Way) -> list[tuple[float, int]]:
    """Return (metres along the way, block of the other line) for each crossing on two levels.

    Sections whose course is only a straight line between stations tell nothing and are left out.
    """
    tree, numbers, lines = _tree(network)
    line_of = dict(zip(numbers, lines, strict=True))
    found: list[tuple[float, int]] = []
    on_way = {step.section for step in way.steps}
    for position, step in enumerate(way.steps):
        own = line_of.get(step.section)
        if own is None:
            continue
        section = network.sections[step.section]
        for hit in sorted(tree.query(own, predicate="intersects").tolist()):
            other = network.sections[numbers[hit]]
            if other.index in on_way or {other.a, other.b} & {section.a, section.b}:
                continue
            for share, other_share in _meetings(own, lines[hit]):
                here, there = share * section.length_m, other_share * other.length_m
                if min(here, section.length_m - here, there, other.length_m - there) < END_M:
                    continue
                at = here if step.forward else section.length_m - here
                along = float(way.node_m[position]) + at
                found += [(along, block) for block in _blocks_at(other, there)]
    return sorted(set(found))


def _tree(network: LineNetwork) -> tuple[Any, list[int], list[Any]]:
    if network not in _TREES:
        from shapely import STRtree
        from shapely.geometry import LineString

        numbers, lines = [], []
        for section in network.sections:
            if section.ground != "straight" and len(section.lat_deg) > 1:
                numbers.append(section.index)
                lines.append(
                    LineString(np.column_stack([np.asarray(section.lon_deg), section.lat_deg]))
                )
        _TREES[network] = STRtree(lines), numbers, lines
    return _TREES[network]


def _meetings(one: Any, two: Any) -> list[tuple[float, float]]:
    """Return where two courses cross, as shares of both lengths; shared stretches are none."""
    from shapely.geometry import Point

    met = one.intersection(two)
    parts = getattr(met, "geoms", [met])
    return [
        (one.project(part, normalized=True), two.project(part, normalized=True))
        for part in parts
        if isinstance(part, Point)
    ]


def _blocks_at(section: Section, at_m: float) -> set[int]:
    """Return the blocks of both directions that lie at a place of a section."""
    return {
        block
        for forward in (True, False)
        for block, low, high in section.blocks_from_a(forward)
        if low <= at_m <= high
    }
