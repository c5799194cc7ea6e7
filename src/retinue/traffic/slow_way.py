"""Where possessions and speed restrictions lie on the way that a train goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

    from retinue.traffic.line_network import LineNetwork, Step
    from retinue.traffic.restrictions import PlacedRestriction, Restriction

__all__ = ["WaySpan", "way_spans"]

#: Ends nearer than this are one.
_JOINED_M = 1.0


@dataclass(frozen=True)
class WaySpan:
    """A restriction on a way.

    Attributes
    ----------
    from_m, to_m
        In the measure of the way's nodes.
    own_track
        Whether it is for trains that go this way; False: for the others only.
    """

    restriction: Restriction
    from_m: float
    to_m: float
    own_track: bool


def way_spans(
    network: LineNetwork,
    steps: Sequence[Step],
    node_m: ArrayLike,
    placed: Iterable[PlacedRestriction],
) -> list[WaySpan]:
    """Return where restrictions lie on a way, in the order of running.

    Parameters
    ----------
    steps
        Of the way.
    node_m
        Rising places of its nodes, shape (len(steps) + 1,): distances or a leg's chainages.
    """
    nodes = np.asarray(node_m, np.float64)
    found: list[WaySpan] = []
    for entry in placed:
        rule = entry.restriction
        on = {step.section: (step.forward, span)
              for step, span in zip(entry.steps, entry.spans, strict=True)}  # fmt: skip
        for i, step in enumerate(steps):
            if step.section not in on:
                continue
            forward, (begin, end) = on[step.section]
            length = network.sections[step.section].length_m
            along = forward == step.forward
            if not along:
                begin, end = length - end, length - begin
            start, scale = nodes[i], (nodes[i + 1] - nodes[i]) / length
            one, two = float(start + scale * begin), float(start + scale * end)
            # Its first place is where trains of the other way come to last.
            own = rule.towards != rule.between[0 if along else 1]
            last = found[-1] if found else None
            if (
                last is not None and last.restriction is rule and last.own_track == own
                and one - last.to_m <= _JOINED_M
            ):  # fmt: skip
                found[-1] = WaySpan(rule, last.from_m, two, own)
            else:
                found.append(WaySpan(rule, one, two, own))
    return sorted(found, key=lambda span: (span.from_m, span.restriction.sender,
                                           span.restriction.id))  # fmt: skip
