"""Sites of a road leg: junctions, level crossings, bridges, tunnels, narrow places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from retinue.plan.records import JsonDict
from retinue.protection.site import HELD

__all__ = ["road_sites"]

#: Kind of site for each kind of choke point; level crossings are told apart by their node.
_CHOKES = {
    "bridge": "road_bridge",
    "tunnel": "road_tunnel",
    "narrow": "road_narrow",
    "ford": "road_narrow",
    "barrier": "road_narrow",
}


def road_sites(leg_id: str, zone: str, details: JsonDict) -> tuple[JsonDict, ...]:
    """Return the records for ``plan.sites`` of a leg over mapped roads, in order of chainage.

    A junction is a site whether or not an outrider holds it.  Identifiers hold position or OSM
    node and nothing of the journey, so a place has the same one on every leg.
    """
    found: dict[tuple[str, float], JsonDict] = {}
    for record in (*_junctions(details), *_crossings(details), *_structures(details)):
        found.setdefault(
            (record["id"], record["chainage_m"]), {"leg": leg_id, "zone": zone, **record}
        )
    return tuple(sorted(found.values(), key=lambda r: (r["chainage_m"], r["kind"], r["id"])))


def _junctions(details: JsonDict) -> Iterator[dict[str, Any]]:
    block = details.get("rolling_block") or {}
    held = [post for rider in block.get("schedule", ()) for post in rider["posts"]]
    for number, post in enumerate((*held, *block.get("left_open", ()))):
        lat, lon = float(post["lat"]), float(post["lon"])
        at = float(post["distance_m"])
        yield {
            "id": f"road_junction:{lat:.5f},{lon:.5f}",
            "kind": "road_junction",
            "chainage_m": at,
            "until_m": float(post.get("end_m", at)),
            "run": 0,
            "lat_deg": lat,
            "lon_deg": lon,
            "found_by": "tagged",
            "name": str(post["junction"]),
            **({"detail": HELD} if number < len(held) else {}),
        }


def _crossings(details: JsonDict) -> Iterator[dict[str, Any]]:
    for item in details.get("level_crossings", ()):
        yield {
            "id": f"road_level_crossing:n{item['osm_node']}",
            "kind": "road_level_crossing",
            "chainage_m": float(item["clear_from_m"]),
            "until_m": float(item["clear_to_m"]),
            "run": 0,
            "lat_deg": float(item["lat"]),
            "lon_deg": float(item["lon"]),
            "found_by": "tagged",
            "name": str(item["name"]),
        }


def _structures(details: JsonDict) -> Iterator[dict[str, Any]]:
    for item in details.get("choke_points", ()):
        kind = _CHOKES.get(str(item["kind"]))
        if kind is None:
            continue
        lat, lon = float(item["lat"]), float(item["lon"])
        yield {
            "id": f"{kind}:{lat:.5f},{lon:.5f}",
            "kind": kind,
            "chainage_m": float(item["from_m"]),
            "until_m": float(item["to_m"]),
            "run": 0,
            "lat_deg": lat,
            "lon_deg": lon,
            "found_by": "tagged",
            "name": str(item["what"]),
        }
