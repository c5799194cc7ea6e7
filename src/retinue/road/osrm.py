"""Roads from an OSRM server: its route service with steps.

Read as https://project-osrm.org/docs/ documents version 1 of the service.  OSRM's profiles are
fixed when its data are prepared; a request cannot tell it the measures of a convoy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retinue.errors import NoPlan, Reason
from retinue.road.server import Answer, Ask, ServerAddress, answer_of, decode_polyline, told
from retinue.road.server_route import ServerStretch, server_route
from retinue.world.countries import Countries
from retinue.world.road_route import RoadRoute

__all__ = ["osrm_ask", "read_osrm"]

_NO_ROUTE = ("NoRoute", "NoSegment")
_DIGITS = 6


def osrm_ask(places: Sequence[tuple[float, float]], routes: int) -> Ask:
    """Return the request for a road through places (latitude, longitude)."""
    line = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places)
    query = "overview=false&geometries=polyline6&steps=true&continue_straight=true"
    if routes > 1 and len(places) == 2:
        query += f"&alternatives={routes - 1}"
    return Ask(f"/route/v1/driving/{line}?{query}")


def read_osrm(
    answer: Answer, address: ServerAddress, countries: Countries
) -> tuple[tuple[RoadRoute, ...], tuple[RoadRoute, ...]]:
    """Return the route's parts from place to place, and other routes.

    Raises
    ------
    NoPlan
        Where the server knows no road.
    InputError
        Where the answer is not one of OSRM.
    """
    found = answer_of(answer.text, address)
    code = found.get("code")
    if code in _NO_ROUTE:
        words = f"{found.get('message', 'no road')} ({code})"
        raise NoPlan(
            f"{address.url} knows no road for the convoy",
            where=address.where,
            reasons=[Reason(words, kind="no-route", cure="See the ends of the leg.")],
        )
    parts: tuple[RoadRoute, ...]
    others: tuple[RoadRoute, ...]
    parts, others = told(address, lambda: _routes(found, address, countries))
    return parts, others


def _routes(
    found: dict[str, Any], address: ServerAddress, countries: Countries
) -> tuple[tuple[RoadRoute, ...], tuple[RoadRoute, ...]]:
    if found.get("code") != "Ok":
        raise ValueError(f"{found.get('message', '')} (code {found.get('code')})".strip())
    first, *rest = found["routes"]
    parts = tuple(server_route(_stretches(leg), countries, address.url) for leg in first["legs"])
    if not parts:
        raise ValueError("the route has no legs")
    others = tuple(
        server_route([s for leg in other["legs"] for s in _stretches(leg)], countries, address.url)
        for other in rest
    )
    return parts, others


def _stretches(leg: dict[str, Any]) -> list[ServerStretch]:
    found = []
    for step in leg["steps"]:
        line = decode_polyline(step["geometry"], _DIGITS)
        if len(line) < 2:
            continue
        classes = {
            word for place in step.get("intersections", []) for word in place.get("classes", [])
        }
        found.append(
            ServerStretch(
                points=line,
                time_s=float(step["duration"]),
                name=str(step.get("name", "")),
                ref=str(step.get("ref", "")),
                road_class="motorway" if "motorway" in classes else "",
                tunnel="tunnel" in classes,
                ferry="ferry" in classes,
            )
        )
    return found
