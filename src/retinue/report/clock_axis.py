"""The clock along a chart: hours of one zone, with the day where it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.clock import local
from retinue.report.axes import Axis, hour_step_s
from retinue.report.wording import offset_text

if TYPE_CHECKING:
    from retinue.report.drawing import Drawing

__all__ = ["draw_clock", "ticks_that_fit"]

_TICK_WIDTH = 36.0


def draw_clock(sheet: Drawing, x: Axis, y: Axis, zone: str, most: int = 12) -> None:
    """Draw the hours of a zone's clock over the chart's whole height, and name its offset.

    Parameters
    ----------
    sheet, x, y
        The drawing; the axis of time in Unix seconds; the other axis.
    zone
        IANA name; its offset at the chart's begin holds for the whole of it.
    most
        Hours at most.
    """
    palette = sheet.palette
    step = hour_step_s(x.high - x.low, most)
    offset = local(x.low, zone).utcoffset()
    shift = offset.total_seconds() if offset else 0.0
    axis = Axis(x.low + shift, x.high + shift, x.start, x.end)
    last_day = None
    for value in axis.ticks(most, step):
        place = axis.at(value)
        there = local(value - shift, zone)
        midnight = there.hour == 0 and there.minute == 0
        sheet.line(
            place,
            y.start,
            place,
            y.end,
            stroke=palette.soft if midnight else palette.faint,
            width=0.5,
        )
        sheet.text(
            place, y.end + 11, f"{there:%H:%M}" if step < 3600 else f"{there:%H}", anchor="middle"
        )
        if last_day != there.date() and place < x.end - 30:
            sheet.text(place + 2, y.start - 6, f"{there.day} {there:%b}", fill=palette.soft)
            last_day = there.date()
    clock = f"local time {offset_text(x.low, zone)}"
    sheet.text(x.end, y.end + 24, clock, anchor="end", fill=palette.soft)


def ticks_that_fit(x: Axis) -> int:
    """Return how many times of day fit beside each other on an axis, 3 to 12."""
    return int(min(max((x.end - x.start) / _TICK_WIDTH, 3), 12))
