"""What the page's script needs: movements, clocks and axes as one small JSON value."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.clock import local, offset_text
from retinue.movement import Movement
from retinue.plan import Leg, Plan
from retinue.report.projection import Frame
from retinue.report.speed_chart import Chart, stations_of

__all__ = ["clocks", "movement_data", "page_json", "view_data"]

Floats = NDArray[np.float64]


def page_json(value: Any) -> str:
    """Return JSON that can stand inside a script element.

    ``<``, ``>`` and ``&`` are escaped, so no text of the plan can close the element, and
    the line separators that JavaScript once refused are too.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def clocks(plan: Plan) -> list[list[Any]]:
    """Return from when on which clock is read: [seconds from departure, offset_s, text]."""
    found: list[tuple[float, str]] = [(plan.depart_utc, plan.origin.zone)]
    for leg in plan.legs:
        found.append((leg.depart_utc, leg.from_.zone))
        found += [(e.time_utc, e.zone) for e in leg.timeline if e.role == "main"]
        found.append((leg.arrive_utc, leg.to.zone))
    rows: list[list[Any]] = []
    for moment, zone in sorted(found, key=lambda one: one[0]):
        shift = local(moment, zone).utcoffset()
        text = offset_text(moment, zone)
        seconds = shift.total_seconds() if shift else 0.0
        if not rows or rows[-1][2] != text:
            rows.append([round(moment - plan.depart_utc), seconds, text])
    return rows


def _kept(movement: Movement) -> NDArray[np.int64]:
    """Return the points that keep the way within 100 m and the time within half a minute."""
    import shapely

    scale = np.cos(np.radians(np.median(movement.lat_deg)))
    ways = (
        np.column_stack((movement.lon_deg * scale, movement.lat_deg)),
        np.column_stack((movement.time_s - movement.time_s[0], movement.distance_m / 20.0)),
    )
    keep = np.zeros(len(movement.time_s), bool)
    keep[[0, -1]] = True
    for points, tolerance in zip(ways, (1e-3, 30.0), strict=True):
        thin = shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), tolerance))
        at = 0
        for row in thin:
            while at < len(points) - 1 and not np.array_equal(points[at], row):
                at += 1
            keep[at] = True
    return np.flatnonzero(keep)


def movement_data(
    plan: Plan, leg: Leg, number: int, movement: Movement, frames: dict[str, Frame]
) -> dict[str, Any]:
    """Return one movement: seconds from departure, metres, and places on each map."""
    keep = _kept(movement)
    record: dict[str, Any] = {
        "leg": number,
        "role": movement.role,
        "name": movement.name,
        "mode": leg.mode,
        "t": np.round(movement.time_s[keep] - plan.depart_utc).astype(int).tolist(),
        "d": np.round(movement.distance_m[keep]).astype(int).tolist(),
    }
    for size, frame in frames.items():
        x, y = frame.to_sheet(_near(movement.lon_deg[keep], frame), movement.lat_deg[keep])
        record[f"x_{size}"] = np.round(x, 1).tolist()
        record[f"y_{size}"] = np.round(y, 1).tolist()
    return record


def _near(lon: Floats, frame: Frame) -> Floats:
    west, _, east, _ = frame.window()
    middle = (west + east) / 2
    return np.asarray(lon + 360.0 * np.round((middle - lon) / 360.0), np.float64)


def leg_data(plan: Plan, leg: Leg) -> dict[str, Any]:
    """Return a leg's times, places and speeds for the read-out."""
    profile = leg.profile
    record: dict[str, Any] = {
        "title": leg.title,
        "mode": leg.mode,
        "t0": round(leg.depart_utc - plan.depart_utc),
        "t1": round(leg.arrive_utc - plan.depart_utc),
        "places": [[round(s.distance_m), s.name] for s in stations_of(leg)],
    }
    if profile is not None and len(profile.distance_m) > 1:
        import shapely

        points = np.column_stack((profile.distance_m, np.asarray(profile.speed_mps) * 3600.0))
        thin = shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), 400.0))
        record["at"] = np.round(thin[:, 0]).astype(int).tolist()
        record["kmh"] = np.round(thin[:, 1] / 1000.0, 1).tolist()
    return record


def view_data(kind: str, leg: int, chart: Chart) -> dict[str, Any]:
    """Return the axes of a chart as the script reads them."""
    axes = {
        name: [axis.low, axis.high, round(axis.start, 2), round(axis.end, 2)]
        for name, axis in (("x", chart.x), ("y", chart.y))
    }
    return {"kind": kind, "leg": leg, **axes}
