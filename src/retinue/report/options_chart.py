"""The ways of an option set as dots on seven scales: no score, each measure by itself.

A full dot is a way that no other dominates, a ring one that is dominated.  Every scale
begins at zero; further left is better in each.
"""

from __future__ import annotations

from retinue.clock import local_text
from retinue.plan.options import MEASURES, Option, OptionSet
from retinue.report.axes import Axis, round_step
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.typeface import shortened
from retinue.report.wording import grouped

__all__ = ["options_chart"]

_NAMES = 210.0
_COLUMN = 112.0
_ROW = 22.0
_TOP = 78.0
_GAP = 16.0

#: Head, unit, and how many of the record's unit make one of the shown unit.
_SHOWN = {
    "time_s": ("time", "h", 3600.0),
    "exposure_h": ("exposure", "weighted h", 1.0),
    "cost": ("cost", "", 1.0),
    "held_h": ("others held", "person-h", 1.0),
    "lost_h": ("comfort lost", "h", 1.0),
    "weather_limits": ("weather", "limits", 1.0),
    "lead_days": ("lead time", "days", 1.0),
}


def options_chart(found: OptionSet, palette: Palette = PAPER) -> str:
    """Return the SVG of an option set."""
    ways = [option for option in found.options if option.measures is not None]
    width = _NAMES + len(MEASURES) * _COLUMN + 8.0
    closed = len(found.impossible)
    height = _TOP + _ROW * len(ways) + 46.0 + 14.0 * closed
    sheet = Drawing(width, height, palette)
    sheet.rectangle(0, 0, width, height, fill=palette.paper)
    sheet.text(8, 18, found.title, size=14, weight=600)
    start = local_text(found.depart_utc, found.depart_zone).strip()
    about = f"{found.origin} to {found.destination}, departing {start}; left is better everywhere"
    sheet.text(8, 34, about, fill=palette.soft)
    bottom = _TOP + _ROW * len(ways)
    for row, option in enumerate(ways):
        y = _TOP + _ROW * (row + 0.5)
        sheet.line(8, y + _ROW / 2, width - 8, y + _ROW / 2, stroke=palette.faint, width=0.4)
        name = f"{option.pattern}, as planned" if option.as_planned else option.title
        words = shortened(f"{row + 1}  {name}", 9, _NAMES - 20)
        ink = palette.ink if option.on_front else palette.soft
        sheet.text(8, y + 3.2, words, weight=600 if option.as_planned else 400, fill=ink)
    for column, measure in enumerate(MEASURES):
        _draw_column(sheet, found, ways, measure, _NAMES + column * _COLUMN, bottom)
    sheet.circle(14, bottom + 36, 3.6, fill=palette.main)
    sheet.text(22, bottom + 39.2, "no way dominates it")
    sheet.circle(134, bottom + 36, 3.6, fill=palette.paper, stroke=palette.main, line=1.1)
    sheet.text(142, bottom + 39.2, "dominated: no better in anything, worse in something")
    for number, option in enumerate(found.impossible):
        reason = option.reasons[0].what if option.reasons else ""
        words = shortened(f"cannot be made: {option.title}: {reason}", 9, width - 24)
        sheet.text(8, bottom + 54 + 14 * number, words, fill=palette.soft)
    return sheet.svg(title=f"Ways to make the journey: {found.title}", css="chart options-chart")


def _draw_column(
    sheet: Drawing, found: OptionSet, ways: list[Option], measure: str, left: float, bottom: float
) -> None:
    palette = sheet.palette
    head, unit, scale = _SHOWN[measure]
    values = [option.measures.value(measure) / scale for option in ways if option.measures]
    highest = max([*values, 1e-9])
    step = round_step(highest, 3)
    # Room beyond the farthest dot, so that its figure stays inside the column.
    axis = Axis(0.0, max(highest * 1.05, step), left, left + _COLUMN - _GAP - 24.0)
    sheet.text(left, _TOP - 24, head, weight=600)
    sheet.text(left, _TOP - 12, unit or found.currency, fill=palette.soft)
    for tick in axis.ticks(3, step):
        sheet.line(axis.at(tick), _TOP, axis.at(tick), bottom, stroke=palette.faint, width=0.5)
        sheet.text(axis.at(tick), bottom + 12, grouped(tick), anchor="middle", fill=palette.soft)
    for row, (option, value) in enumerate(zip(ways, values, strict=True)):
        x, y = axis.at(value), _TOP + _ROW * (row + 0.5)
        fill = palette.main if option.on_front else palette.paper
        sheet.circle(x, y, 3.6, fill=fill, stroke=palette.main, line=1.1)
        digits = 1 if highest < 100 and measure != "weather_limits" else 0
        sheet.text(x + 6.5, y + 3.2, grouped(value, digits), fill=palette.soft)
