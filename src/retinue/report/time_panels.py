"""Small charts under one time axis each: something against the time of a journey, in panels."""

from __future__ import annotations

from dataclasses import dataclass

from retinue.clock import MONTHS, local
from retinue.plan.local_clock import LocalClock
from retinue.report.axes import Axis, hour_step_s, round_step
from retinue.report.drawing import Drawing
from retinue.report.labels import overlap
from retinue.report.typeface import inked, shortened, text_width

__all__ = ["Panel", "panel_places"]

GAP = 20.0


def panel_places(
    count: int, width: float, height: float
) -> tuple[list[tuple[float, float]], float, float]:
    """Return the corners of panels, two beside each other where there is room, and a panel's size.

    Returns
    -------
    corners, width, whole height
    """
    across = 2 if width > 420 else 1
    wide = (width - GAP * (across - 1)) / across
    corners = [((wide + GAP) * (k % across), height * (k // across)) for k in range(count)]
    return corners, wide, height * -(-count // across)


@dataclass
class Panel:
    """One chart on a sheet.

    Attributes
    ----------
    corner, size
        Upper left, and width and height, with words around it.
    span
        First and last moment, Unix seconds.
    highest
        Of the values; they begin at zero.
    """

    sheet: Drawing
    clock: LocalClock
    corner: tuple[float, float]
    size: tuple[float, float]
    span: tuple[float, float]
    highest: float
    title: str
    told: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        (left, top), (wide, tall) = self.corner, self.size
        self.x = Axis(*self.span, left + 30.0, left + wide - 4.0)
        self.y = Axis(0.0, self.highest or 1.0, top + tall - 32.0, top + 28.0)
        self._taken: list[tuple[float, float, float, float]] = []

    def draw_frame(self) -> None:
        """Draw title, axes, days and hours."""
        sheet, palette = self.sheet, self.sheet.palette
        left, top = self.corner
        sheet.text(left, top + 10, self.title, weight=600)
        used = text_width(self._words(self.title), 9) * 1.1 * palette.slack + 8
        room = self.size[0] - used
        told = shortened(self._words(self.told), 8, room / palette.slack)
        if len(told) > 3:
            sheet.text(left + used, top + 10, told, size=8, fill=palette.soft)
        step = round_step(self.y.high, 3)
        for value in self.y.ticks(4, step):
            y = self.y.at(value)
            sheet.line(self.x.start, y, self.x.end, y, stroke=palette.faint, width=0.4)
            words = f"{value:g}" + (f"\u00a0{self.unit}" if value == 0 and self.unit else "")
            sheet.text(self.x.start - 3, y + 2.9, words, size=8, anchor="end", fill=palette.soft)
        self._draw_times()
        sheet.line(
            self.x.start, self.y.start, self.x.end, self.y.start, stroke=palette.ink, width=0.7
        )

    def _draw_times(self) -> None:
        sheet, palette = self.sheet, self.sheet.palette
        span = self.x.high - self.x.low
        step = hour_step_s(span, max(int((self.x.end - self.x.start) / 30), 3))
        if step >= 43200:
            step = max(step, 86400.0)
        shift = self.clock.local_s(self.x.low) - self.x.low
        axis = Axis(self.x.low + shift, self.x.high + shift, self.x.start, self.x.end)
        last_day = None
        for value in axis.ticks(40, step):
            moment = value - shift
            there = local(moment, self.clock.zone(self.x.low))
            x = axis.at(value)
            sheet.line(x, self.y.start, x, self.y.start + 2.5, stroke=palette.ink, width=0.6)
            day = f"{there.day} {MONTHS[there.month - 1]}"
            if step >= 86400:
                if x < self.x.end - 14:
                    sheet.text(x + 1, self.y.start + 14, day, size=8)
                continue
            sheet.text(x, self.y.start + 13.5, f"{there:%H}", size=8, anchor="middle")
            if day != last_day and x < self.x.end - 12:
                sheet.text(x, self.y.start + 22, day, size=8, fill=palette.soft, anchor="middle"
                           if x > self.x.start + 10 else "start")  # fmt: skip
                last_day = day

    def steps(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return a line that keeps each value until the next moment."""
        line: list[tuple[float, float]] = []
        for (at, value), (then, _) in zip(points, [*points[1:], (self.span[1], 0.0)], strict=True):
            line += [
                (self.x.at(at), self.y.at(value)),
                (self.x.at(max(then, at)), self.y.at(value)),
            ]
        return line

    def mark(self, moment: float, words: str, *, border: bool = False) -> None:
        """Mark a delivery or a stop with a triangle, a border with a line; words give way."""
        sheet, palette = self.sheet, self.sheet.palette
        x = self.x.at(min(max(moment, self.x.low), self.x.high))
        top = self.y.end
        if border:
            sheet.line(x, self.y.start, x, top - 2, stroke=palette.following, width=0.9, dash="2 2")
        else:
            foot = self.y.start
            sheet.path([(x - 3, foot + 5.2), (x + 3, foot + 5.2), (x, foot + 0.4)],
                       fill=palette.ink, closed=True)  # fmt: skip
            sheet.line(x, foot, x, top - 2, stroke=palette.soft, width=0.5, dash="1 2")
        text = self._words(words)
        wide = text_width(text, 7.5) * palette.slack
        places = [x - wide / 2, x + 2, x - wide - 2]
        for at in places:
            at = min(max(at, self.corner[0]), self.corner[0] + self.size[0] - wide)
            box = (at, top - 11.5, at + wide, top - 4)
            if not any(overlap(box, other, 2.0) for other in self._taken):
                self._taken.append(box)
                sheet.text(at, top - 5.5, text, size=7.5,
                           fill=palette.following if border else palette.ink)  # fmt: skip
                return

    def _words(self, words: str) -> str:
        return inked(words) if self.sheet.palette.romanise else words
