"""Roads from a Valhalla server: its turn-by-turn service, with the measures of the convoy.

Read as https://valhalla.github.io/valhalla/api/turn-by-turn/api-reference/ documents it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from retinue.errors import NoPlan, Reason
from retinue.road.server import Answer, Ask, ServerAddress, answer_of, decode_polyline, told
from retinue.road.server_route import ServerStretch, server_route
from retinue.world.countries import Countries
from retinue.world.road_route import RoadRoute, RoadVehicleLimits

__all__ = ["read_valhalla", "valhalla_ask"]

_NO_ROUTE = (154, 170, 171, 441, 442, 443)
_DIGITS = 6


def valhalla_ask(
    places: Sequence[tuple[float, float]],
    limits: RoadVehicleLimits,
    top_speed_mps: float | None,
    routes: int,
) -> Ask:
    """Return the request for a road through places, by its costing for trucks.

    Parameters
    ----------
    places
        Latitude and longitude; those between the ends are passed without turning round.
    routes
        How many routes to ask for; more than one only between two places.
    """
    last = len(places) - 1
    truck: dict[str, Any] = {}
    for key, value, unit in (
        ("height", limits.height_m, 1.0),
        ("width", limits.width_m, 1.0),
        ("length", limits.length_m, 1.0),
        ("weight", limits.mass_kg, 1000.0),
        ("axle_load", limits.axle_load_kg, 1000.0),
    ):
        if value is not None:
            truck[key] = round(value / unit, 3)
    if top_speed_mps is not None:
        truck["top_speed"] = min(max(round(top_speed_mps * 3.6), 10), 252)
    body: dict[str, Any] = {
        "locations": [
            {
                "lat": round(lat, 6),
                "lon": round(lon, 6),
                "type": "break" if number in (0, last) else "break_through",
            }
            for number, (lat, lon) in enumerate(places)
        ],
        "costing": "truck",
        "costing_options": {"truck": truck},
        "units": "kilometers",
        "directions_type": "maneuvers",
    }
    if routes > 1 and len(places) == 2:
        body["alternates"] = routes - 1
    return Ask("/route", json.dumps(body, sort_keys=True, separators=(",", ":")))


def read_valhalla(
    answer: Answer, address: ServerAddress, countries: Countries
) -> tuple[tuple[RoadRoute, ...], tuple[RoadRoute, ...]]:
    """Return the route's parts from place to place, and other routes.

    Raises
    ------
    NoPlan
        Where the server knows no road.
    InputError
        Where the answer is not one of Valhalla.
    """
    found = answer_of(answer.text, address)
    if "trip" not in found and ("error" in found or "error_code" in found):
        code = found.get("error_code")
        words = f"{found.get('error', 'refused')} (code {code})"
        if code in _NO_ROUTE:
            raise NoPlan(
                f"{address.url} knows no road for the convoy",
                where=address.where,
                reasons=[Reason(words, kind="no-route", cure="See its ends and its measures.")],
            )
    parts: tuple[RoadRoute, ...]
    others: tuple[RoadRoute, ...]
    parts, others = told(address, lambda: _routes(found, address, countries))
    return parts, others


def _routes(
    found: dict[str, Any], address: ServerAddress, countries: Countries
) -> tuple[tuple[RoadRoute, ...], tuple[RoadRoute, ...]]:
    if "trip" not in found:
        raise ValueError(str(found.get("error", 'no "trip"')))
    parts = tuple(
        server_route(_stretches(leg), countries, address.url) for leg in found["trip"]["legs"]
    )
    if not parts:
        raise ValueError("the trip has no legs")
    others = tuple(
        server_route(
            [s for leg in other["trip"]["legs"] for s in _stretches(leg)], countries, address.url
        )
        for other in found.get("alternates", [])
    )
    return parts, others


def _stretches(leg: dict[str, Any]) -> list[ServerStretch]:
    line = decode_polyline(leg["shape"], _DIGITS)
    found = []
    for maneuver in leg["maneuvers"]:
        first, last = int(maneuver["begin_shape_index"]), int(maneuver["end_shape_index"])
        if not 0 <= first <= last < len(line):
            raise ValueError(f"a maneuver runs from point {first} to {last} of {len(line)}")
        if first == last:
            continue
        names = maneuver.get("street_names", [])
        found.append(
            ServerStretch(
                points=line[first : last + 1],
                time_s=float(maneuver["time"]),
                name=" / ".join(str(name) for name in names),
                road_class="motorway" if maneuver.get("highway") else "",
                ferry=bool(maneuver.get("ferry")),
            )
        )
    return found
