"""The map of one route over mapped tracks: its sites, its reserve and its alternatives.

Takes plain data, so that the report knows nothing of networks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.map_drawing import MapRoute, MapStop, draw_map
from retinue.report.map_land import MapLand

__all__ = ["route_map", "route_page"]

WIDTH, HEIGHT = 900.0, 900.0

#: Kinds of sites by shape; what is not listed is not drawn.
CROSSINGS = ("level_crossing", "foot_crossing", "road_crossing", "rail_crossing")
OVER = ("road_over", "rail_over")
UNDER = ("road_under", "rail_under", "bridge", "viaduct")
ENCLOSED = ("tunnel", "cutting")
LEGEND = (
    ("crossing", "level and foot crossings"),
    ("over", "bridges over the route"),
    ("under", "bridges and viaducts that carry it"),
    ("enclosed", "tunnels and cuttings"),
    ("box", "signal boxes"),
)

Floats = NDArray[np.float64]
Line = tuple[Floats, Floats]


def route_map(
    line: Line,
    stops: Sequence[tuple[str, float, float, int]],
    sites: Sequence[Mapping[str, Any]],
    others: Sequence[Line] = (),
    *,
    title: str,
    land: MapLand | None = None,
    width: float = WIDTH,
    height: float = HEIGHT,
    palette: Palette = PAPER,
) -> str:
    """Return the SVG of a route.

    Parameters
    ----------
    line
        Longitudes and latitudes of the route.
    stops
        Name, longitude, latitude and rank of the points to be named.
    sites
        Records as in ``plan.sites``.
    others
        Reserve and alternatives, drawn lighter.
    """
    routes = [MapRoute(line[0], line[1], "rail")]
    routes += [MapRoute(lon, lat, "rail", alternative=True) for lon, lat in others]
    named = [MapStop(name, lon, lat, rank) for name, lon, lat, rank in stops]
    sheet = draw_map(routes, named, land, width, height, palette, title=title)
    layer = Drawing(width, height, palette)
    counted: dict[str, int] = {}
    for site in sites:
        group = _group(str(site["kind"]))
        if group is None:
            continue
        counted[group] = counted.get(group, 0) + 1
        x, y = sheet.frame.to_sheet(np.array([site["lon_deg"]]), np.array([site["lat_deg"]]))
        layer.raw(f"<g><title>{escape(_words(site))}</title>")
        _mark(layer, group, float(x[0]), float(y[0]))
        layer.raw("</g>")
    top = 16.0
    for group, words in LEGEND:
        if counted.get(group):
            _mark(layer, group, 16.0, top)
            layer.text(26.0, top + 3.2, f"{counted[group]} {words}", size=9, halo=True)
            top += 14.0
    if others:
        layer.path([(10.0, top), (22.0, top)], stroke=palette.alternative, width=1.3, dash="6 3")
        layer.text(26.0, top + 3.2, "reserve and alternatives", size=9, halo=True)
    cut = sheet.svg.rindex("</svg>")
    marks = "".join(layer.parts)
    return f'{sheet.svg[:cut]}<g class="sites">{marks}</g>{sheet.svg[cut:]}'


def route_page(svg: str, title: str) -> str:
    """Return a page of one drawing; sites say what they are under the pointer."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        "<style>body{margin:0;font-family:system-ui,sans-serif}svg{width:100%;height:100vh}</style>"
        f"{svg}</html>\n"
    )


def _group(kind: str) -> str | None:
    for group, kinds in (
        ("crossing", CROSSINGS), ("over", OVER), ("under", UNDER), ("enclosed", ENCLOSED),
        ("box", ("signal_box",)),
    ):  # fmt: skip
        if kind in kinds:
            return group
    return None


def _mark(layer: Drawing, group: str, x: float, y: float) -> None:
    palette = layer.palette
    size = 3.2
    if group == "crossing":
        for sign in (-1.0, 1.0):
            ends = [(x - size, y - sign * size), (x + size, y + sign * size)]
            layer.path(ends, stroke=palette.ink, width=1.3)
    elif group == "over":
        layer.rectangle(x - size, y - size, 2 * size, 2 * size, fill=palette.ink)
    elif group == "under":
        layer.rectangle(
            x - size, y - size, 2 * size, 2 * size, fill=palette.paper, stroke=palette.ink, line=1.0
        )
    elif group == "enclosed":
        layer.circle(x, y, size, fill=palette.soft, stroke=palette.ink, line=0.8)
    else:
        layer.path(
            [(x, y - size), (x + size, y + size), (x - size, y + size), (x, y - size)],
            stroke=palette.ink, width=1.1,
        )  # fmt: skip


def _words(site: Mapping[str, Any]) -> str:
    what = str(site["kind"]).replace("_", " ")
    name = str(site.get("name") or site.get("road_name") or site.get("ref") or "")
    return f"km {float(site['chainage_m']) / 1000:.2f} {what}" + (f": {name}" if name else "")
