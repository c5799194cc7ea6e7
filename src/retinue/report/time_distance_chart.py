"""The time-distance graph of the special train's way, with everything else that runs on it.

Time runs to the right, distance downwards, as in the string chart of a leg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from retinue.report.axes import Axis
from retinue.report.clock_axis import draw_clock, ticks_that_fit
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.labels import Label, place_labels
from retinue.report.speed_chart import Chart, Station, roomy
from retinue.report.traffic_route import TrafficRoute, convoy_of, overlaps
from retinue.report.traffic_style import (
    altered_colour,
    band_colour,
    draw_conflict,
    draw_hatch,
    draw_keys,
    key_lines,
    stroke_of,
)
from retinue.report.typeface import inked, shortened, text_width
from retinue.report.wording import km_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan.traffic import TrafficRecord, TrainCall, TrainPath

__all__ = ["draw_time_distance", "time_span"]

#: Round the special convoy, s.
_MARGIN_S = 900.0
_LATEST_S = 2700.0
_MOST_LABELS = 24
#: Marks of one pair of trains that are nearer to each other than this are one, points.
_ONE_MARK = 45.0
#: Steps of a band narrower than this have no outline, points.
_LEAST_STEP = 6.0

Points = list[tuple[float, float]]


def time_span(record: TrafficRecord) -> tuple[float, float]:
    """Return from when to when the special convoy is on its way, with a margin."""
    convoy = convoy_of(record)
    begin = min(train.calls[0].depart_utc for train in convoy if train.calls)
    end = max(train.calls[-1].arrive_utc for train in convoy if train.calls)
    # What gave way shows where it goes on, unless that is long after.
    later = [call.depart_utc for one in record.altered for call in one.new_calls]
    late = max((moment for moment in later if moment <= end + _LATEST_S), default=end)
    return begin - _MARGIN_S, max(end + _MARGIN_S, late + 300.0)


def draw_time_distance(
    record: TrafficRecord,
    route: TrafficRoute,
    width: float,
    height: float,
    palette: Palette = PAPER,
    *,
    span_s: tuple[float, float] | None = None,
    stretch_m: tuple[float, float] | None = None,
) -> Chart:
    """Draw the graph.

    Parameters
    ----------
    record, route
        The traffic, and the way of its special train.
    width, height
        Of the sheet, points.
    palette
        For paper or for a screen.
    span_s
        Unix seconds from and to; by default the convoy's, with a margin.
    stretch_m
        Chainage from and to; by default the whole way.
    """
    begin, end = span_s or time_span(record)
    low, high = stretch_m or (route.stations[0].distance_m, route.stations[-1].distance_m)
    stations = [s for s in route.stations if low <= s.distance_m <= high]
    keys = _keys(record, route, palette, (begin, end), (low, high))
    sheet = Drawing(width, height, palette)
    lines = key_lines(keys, width, palette)
    y = Axis(low, high, 24.0, height - 34.0 - 13.0 * lines)
    names = roomy(stations, y, 10.0)
    left = _left(names, palette, width)
    x = Axis(begin, end, left, width - 10.0)
    _draw_stations(sheet, stations, names, x, y, width)
    draw_clock(sheet, x, y, route.zone, ticks_that_fit(x))
    _draw_bands(sheet, record, route, x, y)
    _draw_windows(sheet, record, route, x, y)
    drawn = _draw_trains(sheet, record, route, x, y)
    _draw_conflicts(sheet, record, route, x, y)
    _draw_names(sheet, record, drawn, x, y)
    draw_keys(sheet, keys, 0.0, height - 4.0 - 13.0 * (lines - 1), width)
    title = f"Time against distance, {stations[0].name} to {stations[-1].name}, with other trains"
    return Chart(sheet.svg(title=title, css="chart time-distance-chart"), x, y)


def _words(name: str, palette: Palette, width: float) -> str:
    return shortened(inked(name) if palette.romanise else name, 9, width * 0.2)


def _left(names: Sequence[Station], palette: Palette, width: float) -> float:
    longest = max((text_width(_words(s.name, palette, width), 9) for s in names), default=0.0)
    return 38.0 + longest * (palette.slack if not palette.romanise else 1.0)


def _draw_stations(
    sheet: Drawing, stations: Sequence[Station], names: Sequence[Station], x: Axis, y: Axis,
    width: float,
) -> None:  # fmt: skip
    palette = sheet.palette
    for station in stations:
        place = y.at(station.distance_m)
        weight = 0.4 + 0.3 * (station.rank < 2)
        sheet.line(x.start, place, x.end, place, stroke=palette.faint, width=weight)
    for station in names:
        place = y.at(station.distance_m) + 3.2
        weight = 600 if station.rank == 0 else 400
        sheet.text(0, place, _words(station.name, palette, width), weight=weight)
        km = km_text(station.distance_m, 0)
        sheet.text(x.start - 4, place, km, anchor="end", fill=palette.soft)


def _clip(points: Points, x: Axis, y: Axis) -> list[NDArray[np.float64]]:
    """Return the pieces of a line that lie within the chart."""
    if len(points) < 2:
        return []
    line = shapely.clip_by_rect(
        shapely.LineString(points), x.start, min(y.start, y.end), x.end, max(y.start, y.end)
    )
    return [
        np.asarray(part.coords)
        for part in shapely.get_parts(line)
        if part.geom_type == "LineString" and len(part.coords) > 1
    ]


def _box(
    x: Axis, y: Axis, from_s: float, to_s: float, span: tuple[float, float]
) -> tuple[float, float, float, float] | None:
    """Return a resource's time as a rectangle within the chart, None where it is outside."""
    left, right = (x.at(min(max(moment, x.low), x.high)) for moment in (from_s, to_s))
    if span[1] < y.low or span[0] > y.high:
        return None
    top, bottom = (y.at(min(max(at, y.low), y.high)) for at in span)
    if bottom - top < 3.0:  # a station: a bar of its own height
        top, bottom = top - 1.5, bottom + 1.5
    if right <= left:
        return None
    return left, max(top, y.start), right, min(bottom, y.end)


def _draw_bands(
    sheet: Drawing, record: TrafficRecord, route: TrafficRoute, x: Axis, y: Axis
) -> None:
    """Draw the blocking times of the convoy: a step for each block."""
    palette = sheet.palette
    for train in convoy_of(record):
        for item in train.passes:
            span = route.spans.get(item.resource)
            box = None if span is None else _box(x, y, item.from_utc, item.to_utc, span)
            if box is not None:
                left, top, right, bottom = box
                # In an overview steps are too small for outlines.
                edge = palette.limit if right - left > _LEAST_STEP else "none"
                sheet.rectangle(left, top, right - left, bottom - top, fill=band_colour(palette),
                                stroke=edge, line=0.25)  # fmt: skip


def _draw_windows(
    sheet: Drawing, record: TrafficRecord, route: TrafficRoute, x: Axis, y: Axis
) -> None:
    boxes = []
    for window in record.windows:
        span = route.spans.get(window.resource)
        box = None if span is None else _box(x, y, window.from_utc, window.to_utc, span)
        if box is not None:
            boxes.append(box)
    draw_hatch(sheet, boxes)


def _strings(calls: Sequence[TrainCall], route: TrafficRoute, x: Axis, y: Axis) -> Iterator[Points]:
    """Yield a train's line over the way, broken where it leaves it.

    Calls name the places that are passed, too: two that do not follow each other on the way
    are joined by another line.
    """
    order = {station.name: k for k, station in enumerate(route.stations)}
    at = route.chainage
    points: Points = []
    last: int | None = None
    for call in calls:
        here = order.get(call.place)
        if here is None or (last is not None and abs(here - last) != 1):
            if len(points) > 1:
                yield points
            points = []
        last = here
        if here is None:
            continue
        place = y.at(at[call.place])
        points.append((x.at(call.arrive_utc), place))
        if call.depart_utc > call.arrive_utc:
            points.append((x.at(call.depart_utc), place))
    if len(points) > 1:
        yield points


def _draw_trains(
    sheet: Drawing, record: TrafficRecord, route: TrafficRoute, x: Axis, y: Axis
) -> list[tuple[TrainPath, list[NDArray[np.float64]]]]:
    """Draw every train, the special convoy last; return what was drawn for their names."""
    palette = sheet.palette
    altered = {one.id: one for one in record.altered}
    green = altered_colour(palette)
    drawn = []
    before: dict[str, list[NDArray[np.float64]]] = {}
    for one in record.altered:
        for points in _strings(one.old_calls, route, x, y):
            for piece in _clip(points, x, y):
                sheet.path(piece, stroke=green, width=0.9, dash="3 2", css="before")
                before.setdefault(one.id, []).append(piece)
    order = sorted(record.trains, key=lambda t: (t.special, t.id in altered, t.role == "main"))
    for train in order:
        look = stroke_of(train, palette)
        pieces = [
            piece for points in _strings(train.calls, route, x, y) for piece in _clip(points, x, y)
        ]
        if not pieces:
            # One that no longer comes here is named where it came.
            if train.id in before:
                drawn.append((train, before[train.id]))
            continue
        if train.id in altered and not train.special:
            # What does not run has been drawn as it was, and is only named.
            if altered[train.id].new_calls:
                sheet.paths(pieces, stroke=green, width=1.3, css="after")
        else:
            css = f"string {train.role}" if train.special else f"other {train.train_class}"
            sheet.paths(pieces, stroke=look.colour, width=look.width, dash=look.dash, css=css)
        drawn.append((train, pieces))
    return drawn


def _draw_conflicts(
    sheet: Drawing, record: TrafficRecord, route: TrafficRoute, x: Axis, y: Axis
) -> None:
    """Mark conflicts; of one pair on neighbouring resources the middle one stands for all."""
    groups: dict[tuple[tuple[str, ...], bool], list[list[tuple[float, float]]]] = {}
    for one in sorted(overlaps(record), key=lambda item: (item.from_s, item.resource)):
        span = route.spans.get(one.resource)
        if span is None:
            continue
        moment, at = (one.from_s + one.to_s) / 2, sum(span) / 2
        if not (x.low <= moment <= x.high and y.low <= at <= y.high):
            continue
        place = (x.at(moment), y.at(at))
        # Overlaps of the timetable itself are marked as places, not as pairs of trains.
        trains = () if one.known else tuple(sorted(one.trains))
        chains = groups.setdefault((trains, one.known), [])
        reach = 9.0 if one.known else _ONE_MARK
        near = next((c for c in chains if np.hypot(*np.subtract(c[-1], place)) < reach), None)
        if near is None:
            chains.append([place])
        else:
            near.append(place)
    for (_, known), chains in groups.items():
        for chain in chains:
            draw_conflict(sheet, *chain[len(chain) // 2], known=known)


def _draw_names(
    sheet: Drawing,
    record: TrafficRecord,
    drawn: Sequence[tuple[TrainPath, list[NDArray[np.float64]]]],
    x: Axis,
    y: Axis,
) -> None:
    """Name trains on their longest piece: those that gave way, then those near the convoy."""
    altered = {one.id for one in record.altered}
    own = shapely.MultiLineString([piece for t, pieces in drawn if t.special for piece in pieces])
    labels = []
    for train, pieces in drawn:
        if train.special:  # the key names them
            continue
        longest = max(pieces, key=lambda piece: float(np.abs(np.diff(piece[:, 1])).sum()))
        line = shapely.LineString(longest)
        middle = line.interpolate(0.35, normalized=True)
        words = inked(train.title) if sheet.palette.romanise else train.title
        rank = 1 if train.id in altered else 2
        labels.append(Label(shortened(words, 8, 90.0), middle.x, middle.y, rank, 8.0,
                            1.04 * sheet.palette.slack))  # fmt: skip
    labels.sort(key=lambda one: (one.rank, own.distance(shapely.Point(one.x, one.y)), one.text))
    lines = [
        shapely.get_coordinates(shapely.segmentize(shapely.linestrings(piece), 2.0))
        for _, pieces in drawn
        for piece in pieces
    ]
    dots = np.vstack(lines) if lines else np.empty((0, 2))
    taken = [(0.0, 0.0, x.start, sheet.height), (0.0, 0.0, sheet.width, y.start),
             (0.0, y.end, sheet.width, sheet.height)]  # fmt: skip
    placed = place_labels(labels[:_MOST_LABELS], sheet.width, sheet.height, lines=dots,
                          taken=taken)  # fmt: skip
    for one in placed:
        if one.leader is not None:
            sheet.line(one.label.x, one.label.y, *one.leader, stroke=sheet.palette.soft, width=0.4)
        fill = altered_colour(sheet.palette) if one.label.rank == 1 else ""
        sheet.text(one.x, one.baseline, one.label.text, size=8, halo=True, fill=fill)


def _keys(
    record: TrafficRecord,
    route: TrafficRoute,
    palette: Palette,
    span_s: tuple[float, float],
    stretch_m: tuple[float, float],
) -> list[tuple[str, str]]:
    """Return samples and words of what this chart shows."""
    entries: list[tuple[str, str]] = []
    for train in convoy_of(record):
        words = f"{train.role} train" if train.role else "special train"
        entries.append((_line_key(train, palette), words))
    altered = {one.id for one in record.altered}
    places = {
        station.name
        for station in route.stations
        if stretch_m[0] <= station.distance_m <= stretch_m[1]
    }
    for name in ("intercity", "regional", "freight"):
        example = next(
            (
                train
                for train in record.trains
                if train.train_class == name and not train.special and train.id not in altered
                and any(
                    call.place in places and span_s[0] <= call.arrive_utc <= span_s[1]
                    for call in train.calls
                )
            ),
            None,
        )  # fmt: skip
        if example is not None:
            entries.append((_line_key(example, palette), name))
    if record.altered:
        green = altered_colour(palette)
        entries.append((f"line {green} 0.9 3 2", "altered, before"))
        entries.append((f"line {green} 1.3", "altered, after"))
    entries.append(("band", "blocked for the convoy"))
    if any(window.resource in route.spans for window in record.windows):
        entries.append(("hatch", "held free by a rule"))
    known = {
        one.known
        for one in overlaps(record)
        if one.resource in route.spans
        and span_s[0] <= (one.from_s + one.to_s) / 2 <= span_s[1]
        and stretch_m[0] <= sum(route.spans[one.resource]) / 2 <= stretch_m[1]
    }
    if False in known:
        entries.append(("conflict", "conflict"))
    if True in known:
        entries.append(("known", "overlap of the timetable itself"))
    return entries


def _line_key(train: TrainPath, palette: Palette) -> str:
    look = stroke_of(train, palette)
    return f"line {look.colour} {look.width} {look.dash}".strip()
