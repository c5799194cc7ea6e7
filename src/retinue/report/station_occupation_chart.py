"""Who stands on the tracks of a station when: a bar for each train, a row for each track.

A record says which trains hold a station, not on which track.  The rows are given out here, in
the order of coming, to a row that is free and, where lengths are known, long enough: so a train
is left without one only where more trains are there at once than the station has tracks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.report.axes import Axis
from retinue.report.clock_axis import draw_clock, ticks_that_fit
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.speed_chart import Chart
from retinue.report.time_distance_chart import time_span
from retinue.report.traffic_route import convoy_of, overlaps
from retinue.report.traffic_style import (
    altered_colour,
    conflict_colour,
    draw_hatch,
    draw_keys,
    key_lines,
    stroke_of,
)
from retinue.report.typeface import inked, shortened, text_width

if TYPE_CHECKING:
    from retinue.plan.traffic import ResourceRecord, TrafficRecord, TrainPath

__all__ = ["Stand", "draw_station_occupation", "given_out", "station_of"]

_ROW = 20.0
_BAR = 14.0


@dataclass(frozen=True)
class Stand:
    """A train at the station.

    Attributes
    ----------
    train
        The train.
    from_s, to_s
        Unix seconds.
    standing
        Whether it stops.
    row
        Track from 0; from the number of tracks on where there was none left.
    """

    train: TrainPath
    from_s: float
    to_s: float
    standing: bool
    row: int


def station_of(record: TrafficRecord, name: str) -> ResourceRecord | None:
    """Return the station of a name, None where the record has none."""
    return next((r for r in record.resources if r.kind == "station" and r.name == name), None)


def given_out(record: TrafficRecord, station: ResourceRecord) -> tuple[Stand, ...]:
    """Return who stands where, rows given out in the order of coming."""
    lengths = station.track_lengths_m
    tracks = list(lengths) if len(lengths) == station.capacity else [None] * station.capacity
    held = [
        (item.from_utc, item.to_utc, train.id, item.standing, train)
        for train in record.trains
        for item in train.passes
        if item.resource == station.id
    ]
    rows: list[list[tuple[float, float]]] = [[] for _ in tracks]
    stands = []
    for begin, end, _, standing, train in sorted(held, key=lambda item: item[:4]):
        free = [k for k, taken in enumerate(rows) if _last(taken) <= begin]
        # The shortest that holds it; of equal ones the one that has been free for longest.
        free.sort(key=lambda k: (_short(tracks, k, train), _length(tracks, k), _last(rows[k]), k))
        row = free[0] if free else len(rows)
        if not free:
            rows.append([])
            tracks = [*tracks, None]
        rows[row].append((begin, end))
        stands.append(Stand(train, begin, end, standing, row))
    return tuple(sorted(stands, key=lambda one: (one.row, one.from_s)))


def _last(taken: Sequence[tuple[float, float]]) -> float:
    """Return when a row was last held; rows that never were come first."""
    return max((end for _, end in taken), default=float("-inf"))


def _short(tracks: Sequence[float | None], row: int, train: TrainPath) -> bool:
    length = tracks[row]
    return length is not None and length < train.length_m


def _length(tracks: Sequence[float | None], row: int) -> float:
    return tracks[row] or 0.0


def draw_station_occupation(
    record: TrafficRecord,
    name: str,
    width: float,
    zone: str,
    palette: Palette = PAPER,
    *,
    span_s: tuple[float, float] | None = None,
) -> Chart | None:
    """Draw a station's tracks over time.

    Parameters
    ----------
    record
        The traffic.
    name
        The station's.
    width
        Of the sheet, points; its height follows from the tracks.
    zone
        IANA name of the clock.
    palette
        For paper or for a screen.
    span_s
        Unix seconds from and to; by default the convoy's time at the station, with half an hour
        round it.

    Returns
    -------
    Chart or None
        None where the record knows no such station.
    """
    station = station_of(record, name)
    if station is None:
        return None
    stands = given_out(record, station)
    begin, end = span_s or _span(record, stands)
    shown = [one for one in stands if one.to_s > begin and one.from_s < end]
    count = max([station.capacity, *(one.row + 1 for one in shown)])
    keys = _keys(record, station, shown, palette)
    lines = key_lines(keys, width, palette)
    height = 24.0 + count * _ROW + 34.0 + 13.0 * lines
    left_over = _left_over(record, station)
    clashing = {one.row for one in shown if one.train.id in left_over}
    names = [_track(station, k, k in clashing) for k in range(count)]
    left = 8.0 + max(text_width(words, 9) for words in names) * max(palette.slack, 1.0)
    x = Axis(begin, end, left, width - 10.0)
    y = Axis(0.0, float(count), 24.0, 24.0 + count * _ROW)
    sheet = Drawing(width, height, palette)
    for row in range(count + 1):
        sheet.line(x.start, y.at(row), x.end, y.at(row), stroke=palette.faint, width=0.5)
    for row, words in enumerate(names):
        over = row >= station.capacity and row in clashing
        sheet.text(0, y.at(row) + _ROW / 2 + 3.2, words, weight=600 if over else 400,
                   fill=conflict_colour(palette) if over else "")  # fmt: skip
    draw_clock(sheet, x, y, zone, ticks_that_fit(x))
    boxes = [
        (x.at(max(w.from_utc, begin)), y.start, x.at(min(w.to_utc, end)), y.at(station.capacity))
        for w in record.windows
        if w.resource == station.id and w.to_utc > begin and w.from_utc < end
    ]
    draw_hatch(sheet, boxes)
    written = dict.fromkeys(range(count), x.start)
    for k, one in enumerate(shown):
        after = shown[k + 1] if k + 1 < len(shown) and shown[k + 1].row == one.row else None
        until = x.end if after is None else x.at(after.from_s)
        edge = _edge(palette, one, station, left_over)
        room = written[one.row], until
        fill = _fill(record, one.train, palette)
        written[one.row] = _draw_bar(sheet, one, fill, edge, x, y, room)
    draw_keys(sheet, keys, 0.0, height - 4.0 - 13.0 * (lines - 1), width)
    title = f"Tracks of {name} over time"
    return Chart(sheet.svg(title=title, css="chart station-chart"), x, y)


def _span(record: TrafficRecord, stands: Sequence[Stand]) -> tuple[float, float]:
    own = [one for one in stands if one.train.special]
    if not own:
        return time_span(record)
    return min(one.from_s for one in own) - 1800.0, max(one.to_s for one in own) + 1800.0


def _track(station: ResourceRecord, row: int, clashing: bool) -> str:
    if row >= station.capacity:
        # The published timetable itself shows more trains than tracks can be proven.
        return "no track left" if clashing else "by timetable"
    lengths = station.track_lengths_m
    known = f", {lengths[row]:.0f} m" if len(lengths) == station.capacity else ""
    return f"track {row + 1}{known}"


def _fill(record: TrafficRecord, train: TrainPath, palette: Palette) -> str:
    if train.special:
        return stroke_of(train, palette).colour
    if any(one.id == train.id for one in record.altered):
        return altered_colour(palette)
    return palette.faint


def _left_over(record: TrafficRecord, station: ResourceRecord) -> frozenset[str]:
    """Return the trains in conflicts here that are not the timetable's own."""
    return frozenset(
        train
        for one in overlaps(record)
        if one.resource == station.id and not one.known
        for train in one.trains
    )


def _edge(
    palette: Palette, one: Stand, station: ResourceRecord, left_over: frozenset[str]
) -> tuple[str, float]:
    """Return colour and width of a bar's outline."""
    if one.row < station.capacity:
        return palette.soft, 0.5
    return (conflict_colour(palette), 1.6) if one.train.id in left_over else (palette.soft, 1.2)


def _draw_bar(
    sheet: Drawing,
    one: Stand,
    fill: str,
    edge: tuple[str, float],
    x: Axis,
    y: Axis,
    room: tuple[float, float],
) -> float:
    """Draw a bar with its name: inside, else behind it or before it, where there is room.

    Returns
    -------
    float
        How far the bar and its name reach.
    """
    palette = sheet.palette
    left, right = x.at(max(one.from_s, x.low)), x.at(min(one.to_s, x.high))
    top = y.at(one.row) + (_ROW - _BAR) / 2
    sheet.rectangle(left, top, right - left, _BAR, fill=fill, stroke=edge[0], line=edge[1],
                    radius=0.0 if one.standing else 5.0)  # fmt: skip
    words = one.train.role if one.train.special and one.train.role else one.train.title
    words = inked(words) if palette.romanise else words
    base = top + _BAR - 4.0
    wide = text_width(words, 8) * palette.slack
    if wide <= right - left - 4.0:
        # Letters of the paper's colour are too faint on the green of altered trains.
        light = fill in (palette.faint, altered_colour(PAPER))
        sheet.text(left + 2.5, base, words, size=8, fill=palette.ink if light else palette.paper)
    elif wide <= room[1] - right - 6.0:
        sheet.text(right + 3, base, words, size=8, halo=True)
        return right + 3 + wide
    elif wide <= left - room[0] - 6.0:
        sheet.text(left - 3, base, words, size=8, anchor="end", halo=True)
    elif not one.train.special:  # the key names the convoy
        fitted = shortened(words, 8, (room[1] - right - 6.0) / palette.slack)
        if len(fitted) > 5:
            sheet.text(right + 3, base, fitted, size=8, halo=True)
            return room[1]
    return right


def _keys(
    record: TrafficRecord, station: ResourceRecord, shown: Sequence[Stand], palette: Palette
) -> list[tuple[str, str]]:
    entries = []
    here = {one.train.id for one in shown}
    for train in (train for train in convoy_of(record) if train.id in here):
        colour = stroke_of(train, palette).colour
        entries.append((f"bar {colour}", f"{train.role or 'special'} train"))
    altered = {one.id for one in record.altered}
    if any(one.train.id in altered for one in shown):
        entries.append((f"bar {altered_colour(palette)}", "altered"))
    if any(not one.train.special and one.train.id not in altered for one in shown):
        entries.append((f"bar {palette.faint}", "other"))
    if any(not one.standing for one in shown):
        entries.append(("round", "runs through"))
    if any(window.resource == station.id for window in record.windows):
        entries.append(("hatch", "sealed"))
    return entries
