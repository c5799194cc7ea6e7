"""The map of a march: the road, other roads dashed, choke points, havens, junctions left open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retinue.plan import Leg
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.map_drawing import MapRoute, MapStop, draw_map
from retinue.report.map_land import MapLand

__all__ = ["road_map"]

_LEGEND = (
    ("choke", "choke points"),
    ("haven", "safe havens"),
    ("open", "junctions nobody can hold"),
)


def road_map(
    leg: Leg, land: MapLand | None, width: float, height: float, palette: Palette = PAPER
) -> str:
    """Return the SVG of a march on mapped roads; empty for other legs.

    A leg on the coarse roads of the world pack shows no more than the journey's map does.
    """
    marks = list(_marks(leg))
    others = [one["line"] for one in leg.details.get("other_routes", ()) if one.get("line")]
    if not marks and not others:
        return ""
    routes = [MapRoute(leg.main.lon_deg, leg.main.lat_deg, "rail")]
    for line in others:
        lat, lon = np.array(line, np.float64).T
        routes.append(MapRoute(lon, lat, "road", alternative=True))
    stops = [MapStop(place.name, place.lon, place.lat, 0) for place in (leg.from_, leg.to)]
    sheet = draw_map(routes, stops, land, width, height, palette, title=f"Map: {leg.title}")
    layer = Drawing(width, height, palette)
    counted: dict[str, int] = {}
    for group, lat_deg, lon_deg in marks:
        counted[group] = counted.get(group, 0) + 1
        x, y = sheet.frame.to_sheet(np.array([lon_deg]), np.array([lat_deg]))
        _mark(layer, group, float(x[0]), float(y[0]))
    top = 16.0
    for group, words in _LEGEND:
        if group in counted:
            _mark(layer, group, 16.0, top)
            layer.text(26.0, top + 3.2, f"{counted[group]} {words}", size=9, halo=True)
            top += 14.0
    if others:
        layer.path([(10.0, top), (22.0, top)], stroke=palette.alternative, width=1.3, dash="6 3")
        layer.text(26.0, top + 3.2, "other routes", size=9, halo=True)
    cut = sheet.svg.rindex("</svg>")
    return sheet.svg[:cut] + "".join(layer.parts) + sheet.svg[cut:]


def _marks(leg: Leg) -> Iterator[tuple[str, float, float]]:
    block = leg.details.get("rolling_block") or {}
    for group, listed in (
        ("open", block.get("left_open", ())),
        ("haven", leg.details.get("safe_havens", ())),
        ("choke", leg.details.get("choke_points", ())),
    ):
        for one in listed:
            yield group, one["lat"], one["lon"]


def _mark(layer: Drawing, group: str, x: float, y: float) -> None:
    """Draw a mark; groups differ in shape, not in colour."""
    palette = layer.palette
    if group == "choke":
        layer.rectangle(
            x - 3.2, y - 3.2, 6.4, 6.4, fill=palette.paper, stroke=palette.ink, line=1.2
        )
    elif group == "haven":
        layer.circle(x, y, 3.6, fill=palette.paper, stroke=palette.ink, line=1.0)
        layer.line(x - 2.2, y, x + 2.2, y, stroke=palette.ink, width=1.1)
        layer.line(x, y - 2.2, x, y + 2.2, stroke=palette.ink, width=1.1)
    else:
        for sign in (-1.0, 1.0):
            layer.line(x - 2.4, y - sign * 2.4, x + 2.4, y + sign * 2.4, stroke=palette.ink,
                       width=1.0)  # fmt: skip
