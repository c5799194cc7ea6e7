"""How trains of each class and role are drawn: by width and dash first, by colour besides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.report.string_chart import DASHES, role_colour
from retinue.report.typeface import text_width

if TYPE_CHECKING:
    from retinue.plan.traffic import TrainPath
    from retinue.report.drawing import Drawing, Palette

__all__ = [
    "Stroke",
    "altered_colour",
    "band_colour",
    "conflict_colour",
    "draw_conflict",
    "draw_hatch",
    "draw_keys",
    "key_lines",
    "stroke_of",
]

_HATCH = 5.0


@dataclass(frozen=True)
class Stroke:
    """A line's look."""

    colour: str
    width: float
    dash: str = ""


def altered_colour(palette: Palette) -> str:
    """Return the colour of trains that gave way (Okabe and Ito's bluish green on paper)."""
    return "#009e73" if palette.romanise else palette.alternative


def band_colour(palette: Palette) -> str:
    """Return the fill of blocking bands: darkness on paper, the grid's grey on screens."""
    return palette.night if palette.romanise else palette.faint


def conflict_colour(palette: Palette) -> str:
    """Return the colour of conflicts (Okabe and Ito's vermilion)."""
    return palette.following


def stroke_of(train: TrainPath, palette: Palette) -> Stroke:
    """Return how a train's line is drawn."""
    if train.special:
        width = 2.2 if train.role in ("main", "") else 1.5
        return Stroke(role_colour(palette, train.role), width, DASHES.get(train.role, ""))
    look = {
        "intercity": Stroke(palette.soft, 0.9),
        "regional": Stroke(palette.limit, 0.55),
        "freight": Stroke(palette.limit, 0.9, "7 1.6 1.2 1.6"),
        "work": Stroke(palette.soft, 0.7, "1 2"),
    }
    return look.get(train.train_class, Stroke(palette.limit, 0.55))


def draw_hatch(sheet: Drawing, boxes: Iterable[tuple[float, float, float, float]]) -> bool:
    """Hatch rectangles (left, top, right, bottom), overlapping ones as one; False for none."""
    import shapely

    shapes = [shapely.box(*box) for box in boxes if box[2] > box[0] and box[3] > box[1]]
    if not shapes:
        return False
    whole = shapely.union_all(shapes)
    west, north, east, south = whole.bounds
    first = np.floor((west + north) / _HATCH)
    last = np.ceil((east + south) / _HATCH)
    lines = [
        shapely.LineString([(c - north, north), (c - south, south)])
        for c in np.arange(first, last + 1) * _HATCH
    ]
    cut = shapely.get_parts(shapely.intersection(np.array(lines, dtype=object), whole))
    strokes = [np.asarray(part.coords) for part in cut if part.geom_type == "LineString"]
    sheet.paths([s for s in strokes if len(s) > 1], stroke=_window(sheet.palette), width=0.5,
                css="window")  # fmt: skip
    outline = [np.asarray(part.exterior.coords) for part in shapely.get_parts(whole)
               if part.geom_type == "Polygon"]  # fmt: skip
    sheet.paths(outline, stroke=_window(sheet.palette), width=0.35, closed=True)
    return True


def _window(palette: Palette) -> str:
    return "#b07700" if palette.romanise else palette.closed


def draw_conflict(sheet: Drawing, x: float, y: float, *, known: bool = False) -> None:
    """Mark a conflict: a ring with a cross; one of the timetable itself a small plain ring."""
    palette = sheet.palette
    if known:
        sheet.circle(x, y, 2.4, fill="none", stroke=palette.limit, line=0.8, css="known")
        return
    colour = conflict_colour(palette)
    sheet.circle(x, y, 4.6, fill=palette.paper, stroke=colour, line=1.4, css="conflict")
    for sign in (-1.0, 1.0):
        sheet.line(x - 2.4, y - 2.4 * sign, x + 2.4, y + 2.4 * sign, stroke=colour, width=1.4)


def draw_keys(
    sheet: Drawing, entries: Iterable[tuple[str, str]], left: float, base: float, right: float
) -> float:
    """Draw a key of words and samples, over as many lines as it needs.

    Parameters
    ----------
    sheet
        The drawing.
    entries
        A sample - ``line colour width dash``, ``band``, ``hatch``, ``conflict``, ``known`` - and
        its words.
    left, base, right
        Where it begins and ends, and the first base line, points.

    Returns
    -------
    float
        The last base line.
    """
    at = left
    for sample, words in entries:
        wide = 27 + text_width(words, 9) * sheet.palette.slack + 14
        if at + wide - 14 > right and at > left:
            at, base = left, base + 13.0
        _sample(sheet, sample, at, base)
        sheet.text(at + 27, base, words)
        at += wide
    return base


def key_lines(entries: Iterable[tuple[str, str]], width: float, palette: Palette) -> int:
    """Return how many lines a key takes, as `draw_keys` sets it from the left edge."""
    at, lines = 0.0, 1
    for _, words in entries:
        wide = 27 + text_width(words, 9) * palette.slack + 14
        if at + wide - 14 > width and at > 0.0:
            at, lines = 0.0, lines + 1
        at += wide
    return lines


def _sample(sheet: Drawing, sample: str, x: float, base: float) -> None:
    kind, _, rest = sample.partition(" ")
    if kind == "line":
        colour, width, *dash = rest.split(" ")
        sheet.line(x, base - 3, x + 22, base - 3, stroke=colour, width=float(width),
                   dash=" ".join(dash))  # fmt: skip
    elif kind == "band":
        palette = sheet.palette
        sheet.rectangle(
            x, base - 8, 22, 9, fill=band_colour(palette), stroke=palette.limit, line=0.3
        )
    elif kind == "hatch":
        draw_hatch(sheet, [(x, base - 8, x + 22, base + 1)])
    elif kind in ("conflict", "known"):
        draw_conflict(sheet, x + 11, base - 3, known=kind == "known")
    elif kind == "round":
        sheet.rectangle(x, base - 8, 22, 9, fill=sheet.palette.paper, stroke=sheet.palette.soft,
                        line=0.5, radius=4.0)  # fmt: skip
    elif kind == "bar":
        sheet.rectangle(x, base - 8, 22, 9, fill=rest, stroke=sheet.palette.limit, line=0.4)
