"""How the lines of a map are drawn, and the key that says so."""

from __future__ import annotations

from collections.abc import Sequence

from retinue.report.drawing import Drawing, Palette
from retinue.report.typeface import text_width

__all__ = ["draw_line_key", "line_style"]

#: A sheet narrower than this has no room for a key beside its scale.
_LEAST_WIDTH = 420.0
_SAMPLE = 24.0
_MODES = ("rail", "road", "air")


def line_style(palette: Palette, mode: str, *, alternative: bool) -> tuple[str, float, str]:
    """Return colour, width and dashes of a route."""
    if alternative:
        return palette.alternative, 1.3, "6 3"
    return palette.main, 2.2, {"air": "8 3", "road": "3.5 2"}.get(mode, "")


def draw_line_key(sheet: Drawing, drawn: Sequence[tuple[str, bool]]) -> None:
    """Say at the lower right what each kind of line is, where there are several.

    Parameters
    ----------
    drawn
        The mode of each route, and whether it is another way than the plan's.
    """
    modes = {mode for mode, alternative in drawn if not alternative}
    entries = [(mode, mode, False) for mode in _MODES if mode in modes]
    if any(alternative for _, alternative in drawn):
        entries.append(("another way", "", True))
    if len(entries) < 2 or sheet.width < _LEAST_WIDTH:
        return
    right, line = sheet.width - 10.0, sheet.height - 17.0
    for words, mode, alternative in reversed(entries):
        left = right - text_width(words, 9) * sheet.palette.slack
        sheet.text(left, line + 3.2, words, size=9, halo=True)
        colour, width, dash = line_style(sheet.palette, mode, alternative=alternative)
        ends = [(left - 6.0 - _SAMPLE, line), (left - 6.0, line)]
        sheet.path(ends, stroke=sheet.palette.paper, width=4.0)
        sheet.path(ends, stroke=colour, width=width, dash=dash)
        right = ends[0][0] - 12.0
