"""Airspace that a flight stays out of, on a map: hatched, so that no colour has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.plan import Leg
from retinue.report.drawing import Drawing
from retinue.report.projection import Frame, unwrapped

__all__ = ["KEY_BOX", "MapArea", "draw_area_key", "draw_areas", "leg_areas"]

Floats = NDArray[np.float64]

#: Where the key stands, points; labels keep off it.
KEY_BOX = (6.0, 6.0, 168.0, 22.0)

_HATCH = 5.0
_EDGE_POINTS = 9


@dataclass(frozen=True)
class MapArea:
    """An area to stay out of, by its corners; not closed."""

    name: str
    lon_deg: Floats
    lat_deg: Floats


def leg_areas(leg: Leg) -> list[MapArea]:
    """Return the restricted areas that a flight goes around."""
    return [
        MapArea(one["name"], *(np.array(one["ring"], np.float64).T[::-1]))
        for one in leg.details.get("restricted_areas", ())
        if one["avoided"] and len(one.get("ring", ())) >= 3
    ]


def draw_areas(sheet: Drawing, frame: Frame, areas: Sequence[MapArea], reference: float) -> bool:
    """Draw areas and return whether any of them is on the sheet."""
    import shapely

    seen = False
    for area in areas:
        shape = shapely.make_valid(shapely.Polygon(_ring(frame, area, reference)))
        visible = shapely.clip_by_rect(shape, -2.0, -2.0, frame.width + 2.0, frame.height + 2.0)
        if visible.is_empty:
            continue
        seen = True
        west, south, east, north = visible.bounds
        # Lines x + y = const: the same raster for every area.
        first, last = np.floor((west + south) / _HATCH), np.ceil((east + north) / _HATCH)
        lines = [
            shapely.LineString([(c - north, north), (c - south, south)])
            for c in np.arange(first, last + 1) * _HATCH
        ]
        cut = shapely.get_parts(shapely.intersection(np.array(lines, dtype=object), visible))
        strokes = [np.asarray(p.coords) for p in cut if p.geom_type == "LineString"]
        sheet.paths([s for s in strokes if len(s) > 1], stroke=sheet.palette.closed, width=0.5)
        outline = [
            np.asarray(part.exterior.coords)
            for part in shapely.get_parts(visible)
            if part.geom_type == "Polygon"
        ]
        sheet.paths(outline, stroke=sheet.palette.closed, width=0.9, closed=True, css="area")
    return seen


def _ring(frame: Frame, area: MapArea, reference: float) -> Floats:
    lon = unwrapped(np.append(area.lon_deg, area.lon_deg[0]))
    lon = lon + 360.0 * np.round((reference - lon[0]) / 360.0)
    lat = np.append(area.lat_deg, area.lat_deg[0])
    at = np.arange(len(lon), dtype=np.float64)
    fine = np.linspace(0.0, len(lon) - 1.0, (len(lon) - 1) * _EDGE_POINTS + 1)
    return np.column_stack(frame.to_sheet(np.interp(fine, at, lon), np.interp(fine, at, lat)))


def draw_area_key(sheet: Drawing) -> None:
    """Say what the hatching is."""
    left, top, right, bottom = KEY_BOX
    colour = sheet.palette.closed
    sheet.rectangle(left, top, right - left, bottom - top, fill=sheet.palette.paper)
    for k in range(4):
        x = left + 4.0 + 4.0 * k
        sheet.line(x, bottom - 4.0, x + 6.0, top + 4.0, stroke=colour, width=0.6)
    sheet.rectangle(left + 4.0, top + 4.0, 18.0, bottom - top - 8.0, stroke=colour, line=0.9)
    sheet.text(left + 27.0, bottom - 4.5, "restricted airspace, avoided", size=9)
