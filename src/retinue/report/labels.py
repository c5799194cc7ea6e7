"""Where the names on a map stand, so that none covers another, a stop or the route."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.report.typeface import text_width

__all__ = ["Box", "Label", "PlacedLabel", "overlap", "place_labels", "points_in"]

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """A name at a point; the lower the rank the more it matters.

    ``slack`` is a factor on the text's width, for the semibold weight or for a reader's
    own typeface on a screen.

    Labels of rank 2 and above may be left out where there is no room; the others are
    moved away, with a leader line, until they fit.
    """

    text: str
    x: float
    y: float
    rank: int = 1
    size: float = 9.0
    slack: float = 1.04

    @property
    def width(self) -> float:
        """How wide the text may run, points."""
        return text_width(self.text, self.size) * self.slack


@dataclass(frozen=True)
class PlacedLabel:
    """A label with its left end and base line, and whether it needs a leader line."""

    label: Label
    x: float
    baseline: float
    leader: tuple[float, float] | None

    @property
    def box(self) -> Box:
        """Left, top, right, bottom in points."""
        return _box(self.label, self.x, self.baseline)


# Directions in the cartographer's order of preference: right, left, then above and below.
_DIRECTIONS = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))
#: Points that a label of rank 3 keeps from every labelled point, for a calm map.
_SPACING = 26.0
#: A name that lies nearer to another labelled point than to its own, and this near, is taken for
#: that point's.
_TAKEN_FOR = 12.0
_REACH = (5.0, 8.0, 14.0, 22.0, 34.0, 48.0, 66.0, 90.0, 120.0)


def _box(label: Label, x: float, baseline: float) -> Box:
    return (x, baseline - 0.76 * label.size, x + label.width, baseline + 0.24 * label.size)


def overlap(a: Box, b: Box, gap: float = 1.0) -> bool:
    """Return whether two boxes come closer than ``gap``."""
    return (
        a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap
    )  # fmt: skip


def points_in(points: NDArray[np.float64], box: Box, gap: float) -> int:
    """Return how many of some points, shape (n, 2), lie in a box or within ``gap`` of it."""
    if not len(points):
        return 0
    x, y = points[:, 0], points[:, 1]
    hit = (x > box[0] - gap) & (x < box[2] + gap) & (y > box[1] - gap) & (y < box[3] + gap)
    return int(np.count_nonzero(hit))


def place_labels(
    labels: list[Label],
    width: float,
    height: float,
    *,
    lines: NDArray[np.float64],
    taken: list[Box] | None = None,
) -> list[PlacedLabel]:
    """Place labels greedily, the most important first.

    Parameters
    ----------
    labels
        What to place; equal ranks keep their order.
    width, height
        The sheet, points.
    lines
        Points along the drawn lines, shape (n, 2), about 2 points apart: labels keep off
        them where they can.
    taken
        Boxes that nothing may cover.

    Returns
    -------
    list of PlacedLabel
        No two boxes overlap; all lie on the sheet.
    """
    used: list[Box] = list(taken or ())
    dots = [(label.x - 3.0, label.y - 3.0, label.x + 3.0, label.y + 3.0) for label in labels]
    placed: list[PlacedLabel] = []
    for label in sorted(labels, key=lambda one: one.rank):
        if label.rank >= 3 and any(
            np.hypot(label.x - other.label.x, label.y - other.label.y) < _SPACING
            for other in placed
        ):
            continue
        others = [one for one in labels if one.rank < 3 and one is not label]
        others += [one.label for one in placed if one.label.rank >= 3]
        best: tuple[float, PlacedLabel] | None = None
        reach = _REACH if label.rank < 2 else _REACH[:4]
        for step, away in enumerate(reach):
            for turn, (right, down) in enumerate(_DIRECTIONS):
                candidate = _candidate(label, right, down, away, width)
                box = candidate.box
                if box[0] < 2 or box[1] < 2 or box[2] > width - 2 or box[3] > height - 2:
                    continue
                if any(overlap(box, other) for other in used):
                    continue
                on_dots = sum(overlap(box, dot, 0.0) for dot in dots)
                on_lines = points_in(lines, box, 0.5)
                mistaken = _mistaken(label, box, others)
                cost = on_lines * 2.0 + on_dots * 60.0 + mistaken * 25.0 + step * 9.0 + turn
                if best is None or cost < best[0]:
                    best = (cost, candidate)
        if best is None or (label.rank >= 2 and best[0] >= 60.0):
            continue
        placed.append(best[1])
        used.append(best[1].box)
    return placed


def _away(label: Label, box: Box) -> float:
    """Return how far a label's point lies from a box."""
    across = max(box[0] - label.x, 0.0, label.x - box[2])
    along = max(box[1] - label.y, 0.0, label.y - box[3])
    return float(np.hypot(across, along))


def _mistaken(label: Label, box: Box, others: list[Label]) -> bool:
    """Return whether a name there would be read as another point's; neighbours share theirs."""
    own = _away(label, box)
    return any(
        _away(other, box) < min(own - 0.5, _TAKEN_FOR)
        for other in others
        if np.hypot(label.x - other.x, label.y - other.y) > 4.0
    )


def _candidate(label: Label, right: int, down: int, away: float, width: float) -> PlacedLabel:
    wide = label.width
    shift = away if down == 0 or right == 0 else away * 0.75
    if right > 0:
        x = label.x + shift
    elif right < 0:
        x = label.x - shift - wide
    else:
        # Above and below a point near the edge the name slides inwards, not off the sheet.
        x = min(max(label.x - wide / 2, 2.0), max(width - 2.0 - wide, 2.0))
        x = min(max(x, label.x - wide), label.x)
    middle = label.y + down * (shift + (0.3 * label.size if right == 0 else 0.0))
    leader = None
    if away > 10:
        leader = (min(max(label.x, x), x + wide), middle)
    return PlacedLabel(label, x, middle + 0.36 * label.size, leader)
