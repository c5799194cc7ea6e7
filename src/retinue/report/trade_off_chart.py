"""What departing later saves others: their weighted delay over the special train's delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.report.axes import Axis
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.wording import grouped

if TYPE_CHECKING:
    from retinue.plan.traffic_document import ClearingCost

__all__ = ["draw_trade_off"]

_HEIGHT = 190.0
_LEFT = 46.0


def draw_trade_off(cost: ClearingCost, width: float, palette: Palette = PAPER) -> str:
    """Return the SVG: a dot for what was found, a foot at what no way of clearing goes below.

    Returns
    -------
    str
        Empty where fewer than two departures were asked about.
    """
    points = sorted(cost.curve, key=lambda point: point.later_min)
    if len(points) < 2:
        return ""
    sheet = Drawing(width, _HEIGHT, palette)
    last = points[-1].later_min
    x = Axis(points[0].later_min, last, _LEFT + 26.0, width - 34.0)
    highest = max(*(point.cost_s / 60.0 for point in points), 1.0)
    y = Axis(0.0, highest * 1.08, _HEIGHT - 46.0, 30.0)
    for tick in y.ticks(4):
        sheet.line(_LEFT, y.at(tick), width - 10.0, y.at(tick), stroke=palette.faint, width=0.4)
        sheet.text(_LEFT - 6.0, y.at(tick) + 3.2, grouped(tick), anchor="end", fill=palette.soft)
    sheet.text(0.0, 12.0, "weighted minutes of delay of other trains", fill=palette.soft)
    found = [(x.at(p.later_min), y.at(p.cost_s / 60.0)) for p in points]
    # What lies between two departures nobody asked about: a thin line leads the eye, no more.
    sheet.path(found, stroke=palette.soft, width=0.6, dash="1 2")
    proven = all(point.cost_s - point.bound_s < 30.0 for point in points)
    taken = -1e9
    for point, (across, up) in zip(points, found, strict=True):
        sheet.line(across, _HEIGHT - 46.0, across, _HEIGHT - 42.0, stroke=palette.soft)
        if not proven:
            least = y.at(point.bound_s / 60.0)
            sheet.line(across, up, across, least, stroke=palette.main, width=0.9)
            sheet.line(across - 4.0, least, across + 4.0, least, stroke=palette.main, width=0.9)
        sheet.circle(across, up, 3.2, fill=palette.main)
        if across - taken >= 34.0:
            later = f"+{point.later_min:g}" if point.later_min else "as planned"
            sheet.text(across, _HEIGHT - 31.0, later, anchor="middle", fill=palette.soft)
            sheet.text(across, up - 7.0, grouped(point.cost_s / 60.0), anchor="middle", halo=True)
            taken = across
    sheet.text(width - 10.0, _HEIGHT - 19.0, "minutes that the special train departs later",
               anchor="end", fill=palette.soft)  # fmt: skip
    base = _HEIGHT - 3.0
    sheet.circle(11.0, base - 3.0, 3.2, fill=palette.main)
    sheet.text(27.0, base, "found, and proven the least" if proven else "found")
    if not proven:
        sheet.line(70.0, base - 8.0, 70.0, base + 1.0, stroke=palette.main, width=0.9)
        sheet.line(66.0, base + 1.0, 74.0, base + 1.0, stroke=palette.main, width=0.9)
        sheet.text(80.0, base, "down to what no way of clearing goes below")
    title = "Delay of other trains over later departures of the special train"
    return sheet.svg(title=title, css="chart trade-off-chart")
