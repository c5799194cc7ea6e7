"""Speed and limit against distance, with the stations above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retinue.plan import Leg
from retinue.report.axes import Axis
from retinue.report.darkness import dark_stretches
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.timeline import SKY
from retinue.report.typeface import inked, shortened, text_width

__all__ = ["Chart", "draw_speed_chart", "stations_of"]


#: Points that a name over the chart may be long.
_ROOM = 150.0


@dataclass(frozen=True)
class Chart:
    """A drawn chart and its axes, for those who point at it."""

    svg: str
    x: Axis
    y: Axis


@dataclass(frozen=True)
class Station:
    """A place along a leg; rank 0 ends, 1 stops, 2 passed."""

    name: str
    distance_m: float
    rank: int


def stations_of(leg: Leg) -> list[Station]:
    """Return the places of a leg by distance, each once."""
    found: dict[str, Station] = {}

    def note(name: str, distance_m: float, rank: int) -> None:
        if name and (name not in found or rank < found[name].rank):
            found[name] = Station(name, distance_m, rank)

    main = leg.main
    note(leg.from_.name, float(main.distance_m[0]), 0)
    note(leg.to.name, float(main.distance_m[-1]), 0)
    for stop in main.stops:
        note(stop.place, stop.distance_m, 1)
    for event in leg.timeline:
        if event.distance_m is not None and event.role == "main" and event.kind not in SKY:
            note(event.place, event.distance_m, 2)
    for section in leg.sections if leg.mode == "rail" else ():
        note(section.from_place, section.from_m, 2)
        note(section.to_place, section.to_m, 2)
    return sorted(found.values(), key=lambda one: (one.distance_m, one.rank))


def roomy(stations: list[Station], axis: Axis, gap: float) -> list[Station]:
    """Return the stations whose names fit beside each other, the important ones first."""
    kept: list[Station] = []
    for one in sorted(stations, key=lambda s: (s.rank, s.distance_m)):
        place = axis.at(one.distance_m)
        if all(abs(place - axis.at(other.distance_m)) >= gap for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda s: s.distance_m)


def _name(station: Station, palette: Palette) -> str:
    """Return a place's name as it stands over the chart: aerodromes without their rank."""
    name = inked(station.name) if palette.romanise else station.name
    if text_width(name, 9) > _ROOM / 2:
        name = name.removesuffix(" Airport").removesuffix(" International")
    return shortened(name, 9, _ROOM)


def draw_speed_chart(
    leg: Leg, width: float, height: float, palette: Palette = PAPER
) -> Chart | None:
    """Draw the speed profile of a leg's main movement.

    Returns
    -------
    Chart or None
        None where the leg has no profile.
    """
    profile = leg.profile
    if profile is None or len(profile.distance_m) < 2:
        return None
    stations = stations_of(leg)
    end_m = max(profile.distance_m[-1], profile.distance_m[0] + 1.0)
    x = Axis(profile.distance_m[0], end_m, 34.0, width - 8.0)
    names = roomy(stations, x, 10.5)
    words = {s.name: _name(s, palette) for s in names}
    slack = palette.slack * 1.04  # the ends stand in semibold
    top = 8.0 + slack * max((text_width(word, 9) for word in words.values()), default=0.0)
    # Long names make the sheet taller, not the curve flatter.
    height += max(top - height * 0.38, 0.0)
    fastest = max((*profile.speed_mps, *profile.limit_mps)) * 3.6
    y = Axis(0.0, fastest * 1.06, height - 28.0, top)
    sheet = Drawing(width, height, palette)
    for first, last in dark_stretches(leg):
        sheet.rectangle(x.at(first), top, x.at(last) - x.at(first), y.start - top,
                        fill=palette.night)  # fmt: skip
    for value in y.ticks(6):
        sheet.line(x.start, y.at(value), x.end, y.at(value), stroke=palette.faint, width=0.4)
        sheet.text(x.start - 4, y.at(value) + 3.2, f"{value:g}", anchor="end")
    for value in x.ticks(12):
        sheet.line(x.at(value), y.start, x.at(value), y.start + 3, stroke=palette.ink, width=0.6)
        sheet.text(x.at(value), y.start + 13, f"{value / 1000:g}", anchor="middle")
    sheet.text(x.end, y.start + 24, "km", anchor="end", fill=palette.soft)
    sheet.text(x.start - 4, y.start + 24, "km/h", anchor="end", fill=palette.soft)
    for station in names:
        place = x.at(station.distance_m)
        sheet.line(place, y.start, place, top - 2, stroke=palette.faint, width=0.5)
        weight = 600 if station.rank == 0 else 400
        fill = palette.ink if station.rank < 2 else palette.soft
        sheet.text(place + 3.2, top - 5, words[station.name], turn=-90, weight=weight, fill=fill)
    sheet.path(_steps(leg, x, y), stroke=palette.limit, width=1.0, dash="3 1.6", css="limit")
    sheet.path(
        _curve(profile.distance_m, profile.speed_mps, x, y),
        stroke=palette.main,
        width=1.3,
        css="speed",
    )
    sheet.line(x.start, y.start, x.end, y.start, stroke=palette.ink, width=0.8)
    what = "Speed and limit" if profile.limit_mps else "Speed"
    title = f"{what} against distance, {leg.title}"
    return Chart(sheet.svg(title=title, css="chart speed-chart"), x, y)


def _curve(distance: tuple[float, ...], speed: tuple[float, ...], x: Axis, y: Axis) -> np.ndarray:
    import shapely

    points = np.column_stack(
        [[x.at(value) for value in distance], [y.at(value * 3.6) for value in speed]]
    )
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), 0.15)))


def _steps(leg: Leg, x: Axis, y: Axis) -> list[tuple[float, float]]:
    profile = leg.profile
    assert profile is not None
    points: list[tuple[float, float]] = []
    starts = [*profile.limit_distance_m, profile.distance_m[-1]]
    for limit, begin, end in zip(profile.limit_mps, starts[:-1], starts[1:], strict=True):
        points += [(x.at(begin), y.at(limit * 3.6)), (x.at(end), y.at(limit * 3.6))]
    return points
