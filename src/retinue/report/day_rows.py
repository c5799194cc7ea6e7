"""Days under each other, each from midnight to midnight on the clock on the wall.

What happens at noon stands in one column on every day, as on a wall planner.  Where the clock
is put on or back a mark stands, and the offset that holds from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from retinue.clock import MONTHS
from retinue.plan.local_clock import DAY_S, LocalClock
from retinue.report.axes import Axis
from retinue.report.drawing import Drawing
from retinue.report.labels import Box, overlap
from retinue.report.typeface import inked, shortened, text_width
from retinue.report.wording import offset_text

__all__ = ["HEAD", "DayRows", "hatch"]

#: Points above the lanes of a day for the date and what is told of the day.
HEAD = 15.0
_HOURS = 16.0
_GAP = 9.0
_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass
class DayRows:
    """A sheet with one band of lanes for each local day.

    Attributes
    ----------
    sheet
        To be drawn on.
    clock
        What the clock on the wall shows.
    days
        Proleptic ordinals, in order.
    lanes
        Height of every lane and its name at the left.
    left
        Points kept free for the names.
    """

    sheet: Drawing
    clock: LocalClock
    days: tuple[int, ...]
    lanes: tuple[tuple[str, float], ...]
    left: float

    def __post_init__(self) -> None:
        self.taken: dict[int, list[Box]] = {}
        self.axis = Axis(0.0, DAY_S, self.left, self.sheet.width - 10.0)

    @staticmethod
    def height(days: int, lanes: tuple[tuple[str, float], ...]) -> float:
        """Return the height of a sheet for so many days."""
        band = HEAD + sum(height for _, height in lanes) + _GAP
        return _HOURS + band * days + 6.0

    def top(self, day: int) -> float:
        """Return the upper edge of a day's lanes."""
        band = HEAD + sum(height for _, height in self.lanes) + _GAP
        return _HOURS + band * self.days.index(day) + HEAD

    def lane(self, day: int, number: int) -> tuple[float, float]:
        """Return the upper edge and the height of a lane."""
        before = sum(height for _, height in self.lanes[:number])
        return self.top(day) + before, self.lanes[number][1]

    def bottom(self, day: int) -> float:
        """Return the lower edge of a day's lanes."""
        return self.top(day) + sum(height for _, height in self.lanes)

    def draw_grid(self, begin: float, end: float) -> None:
        """Draw hours, dates, lanes and changes of the clock for a journey between two moments."""
        sheet, palette = self.sheet, self.sheet.palette
        step = 2 if sheet.width > 420 else 4
        for hour in range(0, 25, step):
            words = f"{hour:02d}"
            sheet.text(self.axis.at(hour * 3600.0), _HOURS - 5, words, anchor="middle")
        for day in self.days:
            top, bottom = self.top(day), self.bottom(day)
            for hour in range(0, 25, step):
                x = self.axis.at(hour * 3600.0)
                sheet.line(x, top, x, bottom, stroke=palette.faint, width=0.4)
            for number, (name, height) in enumerate(self.lanes):
                y, _ = self.lane(day, number)
                sheet.line(self.left, y, self.axis.end, y, stroke=palette.faint, width=0.4)
                if name:
                    size = min(8.0, height)
                    words = shortened(self._words(name), size, self.left - 6)
                    sheet.text(0, y + height / 2 + size * 0.36, words, size=size,
                               fill=palette.soft)  # fmt: skip
            sheet.line(self.left, bottom, self.axis.end, bottom, stroke=palette.ink, width=0.6)
            there = date.fromordinal(day)
            words = f"{_WEEK[there.weekday()]} {there.day} {MONTHS[there.month - 1]}"
            sheet.text(0, top - 4, words, weight=600)
        self._draw_clocks(begin, end)

    def _draw_clocks(self, begin: float, end: float) -> None:
        """Write the offset at the begin of each day, and again where it changes."""
        for day in self.days:
            for low, high in self.clock_spans(day, begin, end):
                offset = offset_text(low, self.clock.zone(low))
                piece = self.clock.pieces(low, high)[0]
                # Put back at midnight the clock shows an hour of the next day before it.
                passing = piece.until_s - piece.from_s < 5400.0 and high < end
                if piece.day == day and not passing:
                    self.tell(day, piece.from_s, offset, soft=True)
        for moment, _ in self.clock.changes(begin, end):
            piece = self.clock.pieces(moment, moment)[0]
            if piece.day in self.days:
                x = self.axis.at(piece.from_s)
                self.sheet.line(
                    x, self.top(piece.day) - 3, x, self.bottom(piece.day),
                    stroke=self.sheet.palette.soft, width=0.7, dash="1.5 2",
                )  # fmt: skip

    def clock_spans(self, day: int, begin: float, end: float) -> list[tuple[float, float]]:
        """Return the stretches of one offset within a local day of the journey."""
        turns = [begin, *(t for t, _ in self.clock.changes(begin, end)), end]
        found = []
        for low, high in pairwise(turns):
            if high - low < 1:
                continue
            for piece in self.clock.pieces(low, high - 1):
                if piece.day == day:
                    start = low + max(0.0, (day * DAY_S + piece.from_s) - self.clock.local_s(low))
                    found.append((start, high))
        return found

    def tell(self, day: int, at_s: float, words: str, *, soft: bool = False) -> None:
        """Write words above a day's lanes near a time; they give way to what stands there."""
        palette = self.sheet.palette
        words = self._words(words)
        size = 8.0
        width = text_width(words, size) * palette.slack
        line = self.top(day) - 4
        taken = self.taken.setdefault(day, [(0.0, line - 9, self.left - 4, line + 2)])
        wanted = min(self.axis.at(at_s), self.sheet.width - width - 1.0)
        places = [wanted, *(b[2] + 5.0 for b in taken), *(b[0] - 5.0 - width for b in taken)]
        free = [
            x
            for x in sorted(places, key=lambda x: abs(x - wanted))
            if x >= 0.0
            and x + width <= self.sheet.width
            and not any(overlap((x, line - 6.5, x + width, line + 2), b, 3.0) for b in taken)
        ]
        if not free:
            return
        x = free[0]
        taken.append((x, line - 6.5, x + width, line + 2))
        self.sheet.text(x, line, words, size=size, fill=palette.soft if soft else palette.ink)

    def bars(
        self,
        begin: float,
        end: float,
        lane: int,
        *,
        fill: str,
        stroke: str = "none",
        words: tuple[str, ...] = (),
        opacity: float = 1.0,
        inset: float = 1.0,
        track: tuple[int, int] = (0, 1),
    ) -> None:
        """Draw a stretch of time in a lane, with the longest of some words that fits inside.

        ``track`` is which of how many beside each other in the lane.
        """
        for piece in self.clock.pieces(begin, end):
            if piece.day not in self.days:
                continue
            y, whole = self.lane(piece.day, lane)
            height = whole / track[1]
            y += height * track[0]
            x, until = self.axis.at(piece.from_s), self.axis.at(piece.until_s)
            wide = max(until - x, 1.2)
            self.sheet.rectangle(
                x, y + inset, wide, height - 2 * inset, fill=fill, stroke=stroke, line=0.7,
                opacity=opacity,
            )  # fmt: skip
            size = min(8.0, height - 2 * inset - 0.6)
            for text in map(self._words, words):
                if size >= 5.5 and text_width(text, size) * self.sheet.palette.slack + 2.5 <= wide:
                    self.sheet.text(x + wide / 2, y + height / 2 + size * 0.36, text, size=size,
                                    anchor="middle")  # fmt: skip
                    break

    def named(self, spans: Sequence[tuple[float, float, str]], lane: int) -> None:
        """Draw framed stretches in a lane, each with its words inside or where there is room."""
        palette = self.sheet.palette
        pieces = [
            (piece, words) for begin, end, words in spans for piece in self.clock.pieces(begin, end)
        ]
        written: dict[object, float] = {}
        for piece, words in sorted(pieces, key=lambda one: one[0].from_s):
            if piece.day not in self.days:
                continue
            y, height = self.lane(piece.day, lane)
            x, until = self.axis.at(piece.from_s), self.axis.at(piece.until_s)
            self.sheet.rectangle(x, y + 1, max(until - x, 1.2), height - 2, fill=palette.fill,
                                 stroke=palette.soft, line=0.7)  # fmt: skip
            same = [other for other, _ in pieces if other.day == piece.day]
            after = min(
                (self.axis.at(o.from_s) for o in same if o.from_s >= piece.until_s),
                default=self.sheet.width,
            )
            size = min(8.0, height - 2.6)
            text = self._words(words)
            wide = text_width(text, size) * palette.slack
            base = y + height / 2 + size * 0.36
            before = max((self.axis.at(o.until_s) for o in same if o.until_s <= piece.from_s),
                         default=self.left)  # fmt: skip
            before = max(before, written.get(piece.day, self.left))
            if wide + 3 <= until - x:
                self.sheet.text((x + until) / 2, base, text, size=size, anchor="middle")
            elif wide + 6 > after - until and wide + 6 <= x - before:
                # On the left only where nothing is written to the right of what stands there.
                self.sheet.text(x - 3, base, text, size=size, anchor="end", halo=True)
            else:
                text = shortened(text, size, (after - until - 6) / palette.slack)
                if len(text) > 2:
                    self.sheet.text(until + 3, base, text, size=size, halo=True)
                    ends = until + 3 + text_width(text, size) * palette.slack
                    written[piece.day] = ends

    def level(self, begin: float, end: float, lane: int, share: float, *, fill: str) -> None:
        """Fill a lane from its foot up to a share of its height."""
        for piece in self.clock.pieces(begin, end):
            if piece.day not in self.days:
                continue
            y, height = self.lane(piece.day, lane)
            x, until = self.axis.at(piece.from_s), self.axis.at(piece.until_s)
            tall = (height - 1.0) * min(share, 1.0)
            self.sheet.rectangle(x, y + height - tall, max(until - x, 0.4), tall, fill=fill,
                                 opacity=0.75)  # fmt: skip

    def shade(self, begin: float, end: float, *, fill: str, hatched: bool = False) -> None:
        """Shade a stretch of time over all lanes."""
        for piece in self.clock.pieces(begin, end):
            if piece.day not in self.days:
                continue
            x, until = self.axis.at(piece.from_s), self.axis.at(piece.until_s)
            top, bottom = self.top(piece.day), self.bottom(piece.day)
            if hatched:
                hatch(self.sheet, (x, top, max(until, x + 2.0), bottom), fill)
            else:
                self.sheet.rectangle(x, top, until - x, bottom - top, fill=fill)

    def _words(self, words: str) -> str:
        return inked(words) if self.sheet.palette.romanise else words


def hatch(sheet: Drawing, box: Box, stroke: str, step: float = 4.0) -> None:
    """Fill a box with slanting lines inside a frame."""
    left, top, right, bottom = box
    tall = bottom - top
    lines = []
    at = left - tall
    while at < right:
        low, high = max(at, left), min(at + tall, right)
        if high - low > 0.2:
            lines.append([(low, bottom - (low - at)), (high, bottom - (high - at))])
        at += step
    sheet.paths(lines, stroke=stroke, width=0.5)
    sheet.rectangle(left, top, right - left, bottom - top, stroke=stroke, line=0.7)
