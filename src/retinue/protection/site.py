"""Sites of a plan as protection sees them: every place along a leg that a policy speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retinue.plan import Plan

__all__ = ["HELD", "SITE_CLASSES", "SiteClass", "SiteOnLeg", "sites_of"]

SiteClass = Literal[
    "level crossing",
    "foot crossing",
    "bridge over",
    "bridge under",
    "tunnel",
    "viaduct",
    "station",
    "station passed",
    "yard",
    "junction",
    "signal box",
    "cutting",
    "road junction",
    "road level crossing",
    "road bridge",
    "road tunnel",
    "road narrow",
    "aerodrome",
]
#: Detail of a junction that the convoy's own outriders hold.
HELD = "held by an outrider"
SITE_CLASSES: tuple[str, ...] = SiteClass.__args__  # type: ignore[attr-defined]

#: Class of each kind of site that the rail and road rooms record; what is not here is no site
#: of protection.
_CLASS_OF: dict[str, SiteClass] = {
    "level_crossing": "level crossing",
    "foot_crossing": "foot crossing",
    "road_over": "bridge over",
    "rail_over": "bridge over",
    "road_crossing": "bridge over",
    "rail_crossing": "bridge over",
    "road_under": "bridge under",
    "rail_under": "bridge under",
    "bridge": "bridge under",
    "tunnel": "tunnel",
    "viaduct": "viaduct",
    "station": "station passed",
    "halt": "station passed",
    "yard": "yard",
    "junction": "junction",
    "signal_box": "signal box",
    "cutting": "cutting",
    "road_junction": "road junction",
    "road_level_crossing": "road level crossing",
    "road_bridge": "road bridge",
    "road_tunnel": "road tunnel",
    "road_narrow": "road narrow",
    "aerodrome": "aerodrome",
}


@dataclass(frozen=True)
class SiteOnLeg:
    """A site on one leg.

    Attributes
    ----------
    id
        The same for every passage of the place.
    key
        Leg, id and run: names one passage.
    from_m, until_m
        Chainage of the leg at which the front reaches it and leaves it.
    """

    id: str
    key: str
    leg: str
    mode: str
    kind: str
    site_class: SiteClass
    name: str
    lat: float
    lon: float
    zone: str
    from_m: float
    until_m: float
    road_class: str = ""
    record: dict[str, Any] | None = None


def sites_of(plan: Plan) -> tuple[SiteOnLeg, ...]:
    """Return the sites of a plan in order of leg and chainage.

    Stations at which the main train stops are `station`, others `station passed`.
    """
    legs = {leg.id: leg for leg in plan.legs}
    order = {leg.id: number for number, leg in enumerate(plan.legs)}
    found = []
    for record in plan.sites:
        leg = legs.get(str(record.get("leg", "")))
        site_class = _CLASS_OF.get(str(record["kind"]))
        if leg is None or site_class is None:
            continue
        begin, end = float(record["chainage_m"]), float(record["until_m"])
        if site_class == "station passed" and _stops_at(leg.main.stops, begin, end):
            site_class = "station"
        found.append(
            SiteOnLeg(
                id=str(record["id"]),
                key=f"{leg.id}/{record['id']}/{record.get('run', 0)}",
                leg=leg.id,
                mode=leg.mode,
                kind=str(record["kind"]),
                site_class=site_class,
                name=_name(record),
                lat=float(record["lat_deg"]),
                lon=float(record["lon_deg"]),
                zone=str(record.get("zone") or leg.from_.zone),
                from_m=begin,
                until_m=max(end, begin),
                road_class=str(record.get("road_class", "")),
                record=dict(record),
            )
        )
    return tuple(sorted(found, key=lambda s: (order[s.leg], s.from_m, s.kind, s.id)))


def _stops_at(stops: Iterable[Any], begin_m: float, end_m: float) -> bool:
    return any(begin_m - 1.0 <= stop.distance_m <= end_m + 1.0 for stop in stops)


def _name(record: dict[str, Any]) -> str:
    for key in ("name", "road_name", "ref"):
        if record.get(key):
            return str(record[key])
    km = float(record["chainage_m"]) / 1000
    return f"{str(record['kind']).replace('_', ' ')} at km {km:.1f}"
