"""The map of a journey: land and sea, borders, routes, stops and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.plan import Leg, Plan
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.labels import Box, Label, PlacedLabel, overlap, place_labels, points_in
from retinue.report.map_areas import KEY_BOX, MapArea, draw_area_key, draw_areas, leg_areas
from retinue.report.map_key import draw_line_key, line_style
from retinue.report.map_land import MapLand, Window
from retinue.report.projection import Frame, unwrapped
from retinue.report.timeline import SKY
from retinue.report.typeface import inked, text_width

__all__ = ["ATTRIBUTION", "MapRoute", "MapSheet", "MapStop", "draw_map", "journey_map", "leg_map"]

#: Has to stand on every map (ODbL 4.3; GeoNames CC BY; Natural Earth is public domain).
ATTRIBUTION = "© OpenStreetMap contributors (ODbL), Natural Earth, GeoNames (CC BY)"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MapRoute:
    """A line to draw; an alternative is drawn lighter."""

    lon_deg: Floats
    lat_deg: Floats
    mode: str
    alternative: bool = False


@dataclass(frozen=True)
class MapStop:
    """A named point; rank as in `retinue.report.labels.Label`."""

    name: str
    lon_deg: float
    lat_deg: float
    rank: int = 1


@dataclass(frozen=True)
class MapSheet:
    """A drawn map and the frame that puts positions on it."""

    svg: str
    frame: Frame


def leg_stops(leg: Leg) -> list[MapStop]:
    """Return ends (rank 0), stops and borders (1) and passing points (3) of a leg."""
    found = [MapStop(p.name, p.lon, p.lat, 0) for p in (leg.from_, leg.to)]
    for stop in leg.main.stops:
        lon, lat = leg.main.position(stop.distance_m)
        found.append(MapStop(stop.place, lon, lat, 1))
    for event in leg.timeline:
        if event.lat is None or event.lon is None or not event.place or event.kind in SKY:
            continue
        if leg.mode == "air" and event.kind == "border":
            continue  # its place is a country's code, and the country's name stands there
        passing = event.kind == "pass" or leg.mode == "air"
        lon, lat = event.lon, event.lat
        if event.distance_m is not None and event.role == "main":
            lon, lat = leg.main.position(event.distance_m)  # on the line, as it is drawn
        found.append(MapStop(event.place, lon, lat, 3 if passing else 1))
    return found


def journey_map(
    plan: Plan, land: MapLand | None, width: float, height: float, palette: Palette = PAPER
) -> MapSheet:
    """Draw the whole journey with its feasible alternatives."""
    routes = [MapRoute(leg.main.lon_deg, leg.main.lat_deg, leg.mode) for leg in plan.legs]
    stops = [
        stop
        for leg in sorted(plan.legs, key=lambda one: -one.distance_m)
        for stop in leg_stops(leg)
    ]
    for other in plan.alternatives:
        for leg in other.legs if other.feasible else ():
            routes.append(MapRoute(leg.main.lon_deg, leg.main.lat_deg, leg.mode, alternative=True))
            ends = [MapStop(p.name, p.lon, p.lat, 2) for p in (leg.from_, leg.to)]
            stops.extend(ends)
    areas = [area for leg in plan.legs for area in leg_areas(leg)]
    for other in plan.alternatives:
        areas += [area for leg in other.legs if other.feasible for area in leg_areas(leg)]
    title = f"Map: {plan.title}"
    return draw_map(routes, stops, land, width, height, palette, title=title, areas=areas)


def leg_map(
    leg: Leg, land: MapLand | None, width: float, height: float, palette: Palette = PAPER
) -> MapSheet:
    """Draw one leg on a map of its own."""
    routes = [MapRoute(leg.main.lon_deg, leg.main.lat_deg, leg.mode)]
    title = f"Map: {leg.title}"
    areas = leg_areas(leg)
    return draw_map(routes, leg_stops(leg), land, width, height, palette, title=title, areas=areas)


def draw_map(
    routes: Sequence[MapRoute],
    stops: Sequence[MapStop],
    land: MapLand | None,
    width: float,
    height: float,
    palette: Palette = PAPER,
    *,
    title: str = "Map",
    areas: Sequence[MapArea] = (),
) -> MapSheet:
    """Draw routes and stops over land and sea.

    Parameters
    ----------
    routes, stops
        What to show; of stops with one name the first and most important stays.
    land
        Outlines; without them the map says that they are missing.
    width, height
        The sheet, points.
    palette
        For paper or screen.
    title
        Read out by screen readers.
    areas
        Airspace that the routes go around, hatched.
    """
    reference = float(routes[0].lon_deg[0])
    lines = [(_near(route.lon_deg, reference), route.lat_deg) for route in routes]
    lon = np.concatenate([line[0] for line in lines])
    lat = np.concatenate([line[1] for line in lines])
    frame = Frame.around(lon, lat, width, height, margin=min(width, height) * 0.11)
    sheet = Drawing(width, height, palette)
    clip = f"sheet-{width:.0f}-{height:.0f}"
    sheet.raw(
        f'<clipPath id="{clip}"><rect width="{width:g}" height="{height:g}"/></clipPath>'
        f'<g clip-path="url(#{clip})"><g class="ground">'
    )
    sheet.rectangle(0, 0, width, height, fill=palette.sea)
    ground = _ground(frame)
    if land is not None:
        _draw_land(sheet, frame, land, ground)
    sheet.raw("</g>")
    on_sheet = [np.column_stack(frame.to_sheet(x, y)) for x, y in lines]
    drawn = np.concatenate([_along(points, 2.0) for points in on_sheet])
    labels = _labels(frame, stops, reference, palette)
    hatched = draw_areas(sheet, frame, areas, reference)
    kept: list[Box] = [(0.0, height - 30.0, width, height), *([KEY_BOX] if hatched else [])]
    placed = place_labels(labels, width, height, lines=drawn, taken=kept)
    if land is not None:
        boxes = [*kept, *(one.box for one in placed)]
        _draw_countries(sheet, frame, land, drawn, boxes)
    for route, points in sorted(
        zip(routes, on_sheet, strict=True), key=lambda one: not one[0].alternative
    ):
        _draw_route(sheet, route, _thinned(points, palette.detail))
    _draw_stops(sheet, labels, placed)
    sheet.raw("</g>")
    if hatched:
        draw_area_key(sheet)
    _draw_scale(sheet, frame, ATTRIBUTION if land is not None else "no land outlines at hand")
    draw_line_key(sheet, [(one.mode, one.alternative) for one in routes])
    sheet.rectangle(0.4, 0.4, width - 0.8, height - 0.8, stroke=palette.soft, line=0.8)
    return MapSheet(sheet.svg(title=title, css="map"), frame)


def _near(lon_deg: Floats, reference: float) -> Floats:
    """Return unwrapped longitudes that begin within half a turn of a reference."""
    lon = unwrapped(lon_deg)
    return np.asarray(lon + 360.0 * np.round((reference - lon[0]) / 360.0), np.float64)


@dataclass(frozen=True)
class _Ground:
    """The window below a sheet, the turn to the frame's longitudes, the sheet with its edge."""

    window: Window
    shift: float
    page: Box


def _ground(frame: Frame) -> _Ground:
    west, south, east, north = frame.window()
    window: Window = (_turned(west), south, _turned(east), north)
    if east - west >= 359.9:
        window = (-180.0, south, 180.0, north)
    return _Ground(window, west - window[0], (-3.0, -3.0, frame.width + 3, frame.height + 3))


def _draw_land(sheet: Drawing, frame: Frame, land: MapLand, ground: _Ground) -> None:
    import shapely

    palette = sheet.palette
    islands = [rings for rings in land.land(ground.window) if _is_seen(frame, rings[0])]
    sizes = [len(rings) for rings in islands]
    drawn = iter(_on_sheet(frame, [ring for rings in islands for ring in rings], ground.shift))
    shapes = []
    for size in sizes:
        shell, *holes = [next(drawn) for _ in range(size)]
        shapes.append(shapely.Polygon(shell, holes))
    thin = shapely.simplify(np.array(shapes, dtype=object), 0.15, preserve_topology=False)
    for shape in shapely.get_parts(shapely.clip_by_rect(thin, *ground.page)):
        if shape.geom_type == "Polygon" and not shape.is_empty:
            rings = [np.asarray(r.coords) for r in (shape.exterior, *shape.interiors)]
            # Its own hairline closes the seam that thinning leaves between neighbours.
            sheet.paths(
                rings, fill=palette.land, stroke=palette.land, width=0.4, closed=True, css="land"
            )
    _draw_graticule(sheet, frame)
    coast = _cut(frame, land.coast(ground.window), ground)
    sheet.paths(coast, stroke=palette.coast, width=0.5)
    borders = _cut(frame, land.borders(ground.window), ground)
    sheet.paths(borders, stroke=palette.border, width=0.8, dash="6 2 1 2")


def _cut(frame: Frame, lines: list[Floats], ground: _Ground) -> list[Floats]:
    """Return lines on the sheet, cut to it and thinned."""
    import shapely

    seen = _on_sheet(frame, [line for line in lines if _is_seen(frame, line)], ground.shift)
    shapes = np.array([shapely.LineString(line) for line in seen], dtype=object)
    cut = shapely.clip_by_rect(
        shapely.simplify(shapes, 0.15, preserve_topology=False), *ground.page
    )
    return [
        np.asarray(part.coords)
        for part in shapely.get_parts(cut)
        if part.geom_type == "LineString" and not part.is_empty
    ]


def _is_seen(frame: Frame, line: Floats) -> bool:
    """Return whether a line is long enough to be more than a dot on the sheet."""
    wide, tall = np.ptp(line, axis=0)
    degree = 111_195.0 / frame.metres_per_point
    return bool(max(wide, tall) * degree > 0.7)


def _turned(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0


def _on_sheet(frame: Frame, lines: list[Floats], shift: float) -> list[Floats]:
    """Return lines on the sheet, projected all at once."""
    if not lines:
        return []
    fine = [_bent(line) for line in lines]
    together = np.concatenate(fine)
    drawn = np.column_stack(frame.to_sheet(together[:, 0] + shift, together[:, 1]))
    return np.split(drawn, np.cumsum([len(line) for line in fine])[:-1])


def _bent(line: Floats) -> Floats:
    """Return a line whose pieces above a degree are cut, so that they bend on the sheet."""
    steps = np.diff(line, axis=0)
    if np.abs(steps).max() <= 1.0:
        return line
    counts = np.maximum(np.ceil(np.hypot(*steps.T)), 1.0).astype(np.int64)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    pieces = np.repeat(steps / counts[:, None], counts, axis=0)
    return np.concatenate(
        (np.repeat(line[:-1], counts, axis=0) + pieces * within[:, None], line[-1:])
    )


def _draw_countries(
    sheet: Drawing, frame: Frame, land: MapLand, lines: Floats, taken: list[Box]
) -> None:
    """Write each country's name deep inside its visible part, off routes and other names."""
    cell = 12.0
    across, down = int(frame.width / cell), int((frame.height - 24.0) / cell)
    x = (np.arange(across) + 0.5) * cell
    y = (np.arange(down) + 0.5) * cell
    lon, lat = frame.to_degrees(*(axis.ravel() for axis in np.meshgrid(x, y)))
    owner = np.array(land.country_names(lon, lat)).reshape(down, across)
    used = list(taken)
    for name in sorted(set(owner.ravel().tolist()) - {""}):
        words = name.upper()
        half = (text_width(words, 9) + 1.2 * len(words)) / 2
        reach = int(np.ceil(half / cell))
        depth = _depth(owner == name)
        for k in np.argsort(-depth, axis=None, kind="stable").tolist():
            row, column = divmod(k, across)
            if depth[row, column] < 1:
                break
            left, right = column - reach, column + reach + 1
            if left < 0 or right > across or not (depth[row, left:right] > 0).all():
                continue
            box = (x[column] - half, y[row] - 5.0, x[column] + half, y[row] + 6.0)
            if any(overlap(box, other, 3.0) for other in used) or points_in(lines, box, 3.0):
                continue
            used.append(box)
            sheet.text(
                float(x[column]), float(y[row]) + 3.2, words, anchor="middle",
                fill=sheet.palette.soft, weight=300, spacing=1.2,
            )  # fmt: skip
            break


def _depth(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each cell how many cells it lies from the edge of its area (0 outside)."""
    depth = np.zeros(inside.shape, np.int64)
    left = np.pad(inside, 1, constant_values=False)
    while left[1:-1, 1:-1].any() and depth.max() < 12:
        depth += left[1:-1, 1:-1]
        core = (
            left[1:-1, 1:-1] & left[:-2, 1:-1] & left[2:, 1:-1] & left[1:-1, :-2] & left[1:-1, 2:]
        )
        left[1:-1, 1:-1] = core
    return depth


def _draw_graticule(sheet: Drawing, frame: Frame) -> None:
    west, south, east, north = frame.window()
    step = next((s for s in (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30) if (north - south) / s <= 6), 30)
    u = np.linspace(0.0, 1.0, 60)
    parallels = np.arange(np.ceil(south / step), np.floor(north / step) + 1) * step
    meridians = np.arange(np.ceil(west / step), np.floor(east / step) + 1) * step
    lon, lat = west + u * (east - west), south + u * (north - south)
    lines = [np.column_stack(frame.to_sheet(lon, np.full(60, one))) for one in parallels]
    lines += [np.column_stack(frame.to_sheet(np.full(60, one), lat)) for one in meridians]
    sheet.paths(lines, stroke=sheet.palette.faint, width=0.35)


def _draw_route(sheet: Drawing, route: MapRoute, points: Floats) -> None:
    colour, width, dash = line_style(sheet.palette, route.mode, alternative=route.alternative)
    if not route.alternative:
        sheet.path(points, stroke=sheet.palette.paper, width=4.0)
    sheet.path(points, stroke=colour, width=width, dash=dash, css="route")


def _labels(
    frame: Frame, stops: Sequence[MapStop], reference: float, palette: Palette
) -> list[Label]:
    chosen: dict[str, MapStop] = {}
    for stop in sorted(stops, key=lambda one: one.rank):
        chosen.setdefault(stop.name, stop)
    labels = []
    for stop in chosen.values():
        lon = _near(np.array([stop.lon_deg, stop.lon_deg]), reference)[:1]
        x, y = (float(v[0]) for v in frame.to_sheet(lon, np.array([stop.lat_deg])))
        if 0 <= x <= frame.width and 0 <= y <= frame.height:
            name = inked(stop.name) if palette.romanise else stop.name
            labels.append(Label(name, x, y, stop.rank, slack=palette.slack))
    return labels


def _draw_stops(sheet: Drawing, labels: list[Label], placed: list[PlacedLabel]) -> None:
    palette = sheet.palette
    for one in placed:
        if one.leader:
            ends = [(one.label.x, one.label.y), one.leader]
            sheet.path(ends, stroke=palette.soft, width=0.5, css="leader")
    named = {id(one.label) for one in placed}
    for label in sorted(labels, key=lambda one: -one.rank):
        if label.rank >= 3 and id(label) not in named:
            continue
        radius = {0: 3.6, 1: 2.8}.get(label.rank, 1.9)
        sheet.circle(
            label.x, label.y, radius, fill=palette.paper, stroke=palette.ink, line=1.2, css="stop"
        )
    for one in placed:
        weight = 600 if one.label.rank == 0 else 400
        # At its point's side it ends, whatever typeface a screen sets it in.
        before = one.x + one.label.width <= one.label.x
        sheet.text(
            one.x + one.label.width if before else one.x, one.baseline, one.label.text,
            size=one.label.size, weight=weight, halo=True, about=(one.label.x, one.label.y),
            anchor="end" if before else "start",
        )  # fmt: skip


def _along(points: Floats, every: float) -> Floats:
    """Return points about ``every`` apart along a line."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    at = np.concatenate(([0.0], np.cumsum(steps)))
    where = np.arange(0.0, at[-1] + every, every)
    return np.column_stack([np.interp(where, at, points[:, k]) for k in (0, 1)])


def _thinned(points: Floats, tolerance: float) -> Floats:
    import shapely

    thin = shapely.simplify(shapely.linestrings(points), tolerance)
    return np.asarray(shapely.get_coordinates(thin), np.float64)


def _draw_scale(sheet: Drawing, frame: Frame, attribution: str) -> None:
    palette = sheet.palette
    _, south, _, north = frame.window()
    _, lat = frame.to_degrees(frame.width / 2, frame.height / 2)
    middle = float(lat)
    per_point = frame.metres_per_point / frame.projection.scale(middle)
    ends = [frame.projection.scale(v) / frame.projection.scale(middle) for v in (south, north)]
    varies = max(abs(v - 1.0) for v in ends) > 0.05
    goal = per_point * min(frame.width * 0.22, 130.0)
    power = 10.0 ** np.floor(np.log10(goal))
    length = power * next(f for f in (5.0, 2.0, 1.0) if f * power <= goal)
    bar = float(length / per_point)
    foot = frame.height - 5.0
    x, y = 8.0, foot - 12.5
    text = f"{length / 1000:g} km" + (
        f" at {abs(middle):.0f}° {'N' if middle >= 0 else 'S'}" if varies else ""
    )
    sheet.rectangle(x, y - 3, bar, 3, fill=palette.paper, stroke=palette.ink, line=0.6)
    sheet.rectangle(x, y - 3, bar / 2, 3, fill=palette.ink)
    sheet.text(x + bar + 5, y + 1, text, size=9, halo=True)
    sheet.text(8.0, foot - 1.0, attribution, size=7.5, fill=palette.soft, halo=True)
