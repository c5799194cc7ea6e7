"""The string chart: distance against time for every movement of a leg."""

from __future__ import annotations

import numpy as np

from retinue.movement import Movement
from retinue.plan import Leg
from retinue.report.axes import Axis
from retinue.report.clock_axis import draw_clock
from retinue.report.darkness import dark_spans
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.speed_chart import Chart, roomy, stations_of
from retinue.report.typeface import inked, shortened, text_width
from retinue.report.wording import km_text

__all__ = ["DASHES", "draw_string_chart", "role_colour"]

#: Told apart without colour, too.
DASHES = {"main": "", "advance": "6 2", "following": "2 2", "pilot": "6 2", "spare": "1 3"}


def role_colour(palette: Palette, role: str) -> str:
    """Return the colour of a movement's line."""
    colours = {"advance": palette.advance, "pilot": palette.advance, "following": palette.following}
    return colours.get(role, palette.main)


def draw_string_chart(
    leg: Leg, width: float, height: float, palette: Palette = PAPER
) -> Chart | None:
    """Draw time (to the right) against distance (downwards) with the stations as lines.

    Returns
    -------
    Chart or None
        None where the leg has no places between its ends.
    """
    stations = stations_of(leg)
    if len(stations) < 3:
        return None
    main = leg.main
    begin = min(m.depart_s for m in leg.movements)
    end = max(m.arrive_s for m in leg.movements)
    y = Axis(float(main.distance_m[0]), float(main.distance_m[-1]), 24.0, height - 34.0)
    names = roomy(stations, y, 10.0)
    words = {
        s.name: shortened(inked(s.name) if palette.romanise else s.name, 9, width * 0.24)
        for s in names
    }
    left = 38.0 + max(text_width(word, 9) for word in words.values())
    x = Axis(begin, end, left, width - 10.0)
    sheet = Drawing(width, height, palette)
    for dusk, dawn in dark_spans(leg):
        # It is as dark for the trains that leave before the main one and arrive after it.
        begin_s = x.low if dusk == leg.depart_utc else dusk
        end_s = x.high if dawn == leg.arrive_utc else dawn
        left_edge, right_edge = (x.at(min(max(t, x.low), x.high)) for t in (begin_s, end_s))
        sheet.rectangle(left_edge, y.start, right_edge - left_edge, y.end - y.start,
                        fill=palette.night)  # fmt: skip
    for station in stations:
        place = y.at(station.distance_m)
        sheet.line(
            x.start, place, x.end, place, stroke=palette.faint, width=0.4 + 0.3 * (station.rank < 2)
        )
    for station in names:
        place = y.at(station.distance_m) + 3.2
        weight = 600 if station.rank == 0 else 400
        sheet.text(0, place, words[station.name], weight=weight)
        sheet.text(left - 4, place, km_text(station.distance_m, 0), anchor="end", fill=palette.soft)
    draw_clock(sheet, x, y, leg.from_.zone)
    for movement in leg.movements:
        points = _string(movement, x, y)
        sheet.path(
            points, stroke=role_colour(palette, movement.role), dash=DASHES.get(movement.role, ""),
            width=1.5 if movement.role == "main" else 1.0, css=f"string {movement.role}",
        )  # fmt: skip
    _draw_key(sheet, leg, height - 4.0)
    title = f"Time against distance, {leg.title}"
    return Chart(sheet.svg(title=title, css="chart string-chart"), x, y)


def _string(movement: Movement, x: Axis, y: Axis) -> np.ndarray:
    import shapely

    points = np.column_stack(
        [
            x.start + (movement.time_s - x.low) / (x.high - x.low) * (x.end - x.start),
            y.start + (movement.distance_m - y.low) / (y.high - y.low or 1.0) * (y.end - y.start),
        ]
    )
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), 0.12)))


def _draw_key(sheet: Drawing, leg: Leg, base: float) -> None:
    if len(leg.movements) < 2:
        return
    at = 0.0
    for movement in leg.movements:
        colour = role_colour(sheet.palette, movement.role)
        sheet.line(
            at,
            base - 3,
            at + 22,
            base - 3,
            stroke=colour,
            width=1.4,
            dash=DASHES.get(movement.role, ""),
        )
        sheet.text(at + 27, base, movement.name)
        at += 45 + text_width(movement.name, 9)
