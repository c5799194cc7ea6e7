"""Country outlines of the world pack: Natural Earth's topology with ISO codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

# Outlines of Natural Earth without an ISO number, given to the country that holds or
# administers them; "" is nobody's in the pack.  The pack says which they are.
WITHOUT_NUMBER = {
    "Dhekelia": "GB",
    "Akrotiri": "GB",
    "Somaliland": "SO",
    "Kosovo": "XK",
    "USNB Guantanamo Bay": "CU",
    "N. Cyprus": "CY",
    "Cyprus U.N. Buffer Zone": "CY",
    "Siachen Glacier": "IN",
    "Baikonur": "KZ",
    "Indian Ocean Ter.": "CX",
    "Coral Sea Is.": "AU",
    "Spratly Is.": "",
    "Clipperton I.": "FR",
    "Bajo Nuevo Bank": "CO",
    "Serranilla Bank": "CO",
    "Scarborough Reef": "",
}
# Cocos (Keeling) Islands lie west of this longitude, Christmas Island east of it.
_COCOS_EAST_LIMIT_DEG = 100.0


def _corners(arcs: Sequence[Sequence[object]], ring: Sequence[int]) -> int:
    """Return the number of points of a closed ring."""
    return sum(len(arcs[n if n >= 0 else ~n]) - 1 for n in ring) + 1


def country_columns(
    topology: Mapping[str, Any], countries: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of the part ``countries``.

    Parameters
    ----------
    topology
        TopoJSON with quantised arcs and the object ``countries``.
    countries
        GeoNames' country table by alpha-2 code.
    """
    scale_x, scale_y = topology["transform"]["scale"]
    origin_x, origin_y = topology["transform"]["translate"]
    by_number = {int(record["isonumeric"]): code for code, record in countries.items()}
    disputed: list[dict[str, str]] = []
    polygons: list[tuple[str, list[list[int]]]] = []
    outline_name: dict[str, str] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if geometry.get("id") is not None:
            code = by_number[int(geometry["id"])]
            outline_name.setdefault(code, name)
        else:
            code = WITHOUT_NUMBER[name]
            disputed.append({"name": name, "iso2": code})
            if code == "XK":
                outline_name[code] = name
        if geometry["type"] == "Polygon":
            rings_of = [geometry["arcs"]]
        elif geometry["type"] == "MultiPolygon":
            rings_of = geometry["arcs"]
        else:
            continue
        for rings in rings_of:
            owner = code
            if code == "CX":
                arc = topology["arcs"][rings[0][0] if rings[0][0] >= 0 else ~rings[0][0]]
                if arc[0][0] * scale_x + origin_x < _COCOS_EAST_LIMIT_DEG:
                    owner = "CC"
            # Quantising left some reefs with fewer corners than a polygon needs.
            sound = [ring for ring in rings if _corners(topology["arcs"], ring) >= 4]
            if sound and sound[0] == rings[0]:
                polygons.append((owner, sound))
    codes = sorted(set(countries) | {code for code, _ in polygons})
    row = {code: number for number, code in enumerate(codes)}
    records = []
    for code in codes:
        record = countries.get(code, {})
        records.append(
            {
                "iso2": code,
                "iso3": record.get("iso3", ""),
                "name": record.get("name", ""),
                "outline_name": outline_name.get(code, ""),
                "capital": record.get("capital", ""),
                "neighbours": sorted(n for n in record.get("neighbours", "").split(",") if n),
            }
        )
    points = np.array([point for arc in topology["arcs"] for point in arc], np.int64)
    columns = {
        "countries": {"countries": records, "disputed": disputed},
        "grid": {"x": [scale_x, origin_x], "y": [scale_y, origin_y]},
        "arc_points": np.array([len(arc) for arc in topology["arcs"]], np.int64),
        "arc_x": points[:, 0],
        "arc_y": points[:, 1],
        "polygon_country": np.array([row[code] for code, _ in polygons], np.int64),
        "polygon_ring_count": np.array([len(rings) for _, rings in polygons], np.int64),
        "ring_arc_count": np.array([len(r) for _, rings in polygons for r in rings], np.int64),
        "ring_arcs": np.array([a for _, rings in polygons for r in rings for a in r], np.int64),
    }
    return columns, []
