"""What drawings need beyond a record of traffic: the special train's way, and what rules hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.traffic import HeldWindow, RoutePlace, TrafficRecord
from retinue.traffic.rules import parallel_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retinue.traffic import insertion
    from retinue.traffic.line_network import LineNetwork, Way

    Floats = NDArray[np.float64]

__all__ = ["rule_windows", "with_route"]


def with_route(
    record: TrafficRecord, network: LineNetwork, way: Way, place_m: Floats | None = None
) -> TrafficRecord:
    """Return a record that knows where everything lies along the special train's way.

    Parameters
    ----------
    record
        Of traffic on ``network``.
    network
        The line.
    way
        The special train's.
    place_m
        Chainage of its leg at each of ``way.node_m``, rising; None: metres from its first place.
    """
    chainage = way.node_m if place_m is None else place_m

    def at(metres: float) -> float:
        return round(float(np.interp(metres, way.node_m, chainage)), 1)

    spans: dict[int, tuple[float, float]] = {}
    for row, resource in enumerate(way.resource.tolist()):
        spans.setdefault(resource, (at(way.from_m[row]), at(way.to_m[row])))
    for position, step in enumerate(way.steps):
        section = network.sections[step.section]
        begin = float(way.node_m[position])
        for block, from_a, to_a in parallel_blocks(section, step.forward):
            low, high = (
                (from_a, to_a)
                if step.forward
                else (section.length_m - to_a, section.length_m - from_a)
            )
            spans.setdefault(block, (at(begin + low), at(begin + high)))
    resources = tuple(
        item.model_copy(update={"from_m": spans[item.id][0], "to_m": spans[item.id][1]})
        if item.id in spans
        else item
        for item in record.resources
    )
    route = tuple(
        RoutePlace(place=station.name, at_m=at(metres), zone=station.zone)
        for node, metres in zip(way.nodes.tolist(), way.node_m.tolist(), strict=True)
        if (station := network.stations[node]).kind != "junction"
    )
    return record.model_copy(update={"resources": resources, "route": route})


def rule_windows(windows: Sequence[insertion.HeldWindow]) -> tuple[HeldWindow, ...]:
    """Return what rules of protection hold of a path found; the train's own holds are passes."""
    return tuple(
        HeldWindow(
            rule=window.hold.rule,
            resource=window.hold.need.resource,
            from_utc=window.from_s,
            to_utc=window.to_s,
        )
        for window in windows
        if window.hold.rule
    )
