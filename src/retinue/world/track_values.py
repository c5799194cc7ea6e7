"""Attributes along a route over tracks: from intervals on edges to spans of chainage."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from retinue.world.track_line import TrackLine
from retinue.world.track_network import TrackNetwork

__all__ = ["Span", "joined", "spans_along", "value_at"]

_GAP_M = 0.01

Known = TypeVar("Known", bound=Hashable)


@dataclass(frozen=True)
class Span:
    """A value between two chainages; None: nobody tagged it."""

    from_m: float
    to_m: float
    value: Any

    @property
    def length_m(self) -> float:
        """How long it is."""
        return self.to_m - self.from_m


def joined(spans: list[Span]) -> list[Span]:
    """Return spans with equal neighbours joined and empty ones dropped."""
    found: list[Span] = []
    for span in spans:
        if span.to_m - span.from_m <= _GAP_M and found:
            found[-1] = Span(found[-1].from_m, max(found[-1].to_m, span.to_m), found[-1].value)
        elif found and found[-1].value == span.value:
            found[-1] = Span(found[-1].from_m, span.to_m, span.value)
        else:
            found.append(span)
    return found


def spans_along(
    network: TrackNetwork,
    line: TrackLine,
    name: str,
    *,
    per_direction: Callable[[Any, int], Any] | None = None,
) -> list[Span]:
    """Return an attribute along a route, without gaps: None where it is not tagged.

    Parameters
    ----------
    per_direction
        Turns a value as the edge has it into that of a train running with it (1) or
        against it (-1).
    """
    found: list[Span] = []
    for piece in line.pieces:
        end_m = piece.chainage_of(piece.to_m)
        parts: list[Span] = []
        for low, high, value in network.values_on(name, piece.edge):
            reach = piece.stretch(low, high)
            if reach is not None:
                told = value if per_direction is None else per_direction(value, piece.direction)
                parts.append(Span(*reach, told))
        at = piece.chainage_m
        for span in sorted(parts, key=lambda s: s.from_m):
            if span.from_m > at + _GAP_M:
                found.append(Span(at, span.from_m, None))
            found.append(Span(max(at, span.from_m), span.to_m, span.value))
            at = max(at, span.to_m)
        if end_m > at + _GAP_M:
            found.append(Span(at, end_m, None))
    return joined(found)


def value_at(spans: list[Span], chainage_m: float) -> Any:
    """Return the value at a chainage."""
    for span in spans:
        if chainage_m < span.to_m:
            return span.value
    return spans[-1].value if spans else None
