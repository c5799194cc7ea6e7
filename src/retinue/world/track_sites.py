"""Sites along a route: where roads, people and structures are at the track.

::

    route  ----+------]====[------#######------o------>
               |      tunnel      station      signal box beside
               level crossing, bridge over or under, ...

Every site says how it was found: ``tagged`` (the extract has it as a thing of its own on the
route's track), ``intersection`` (the geometry of the route and of a road or another track
meet; ``evidence`` says what decided over and under), ``line numbers`` (a junction: at a switch
begins a track of another line), or how the station was found (`FOUND_BY`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from retinue.world.track_line import TrackLine, track_line
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackRoute

__all__ = ["SITE_KINDS", "Site", "in_the_middle", "route_sites"]

SITE_KINDS = (
    "level_crossing",
    "foot_crossing",
    "road_over",
    "road_under",
    "road_crossing",
    "rail_over",
    "rail_under",
    "rail_crossing",
    "tunnel",
    "viaduct",
    "bridge",
    "cutting",
    "station",
    "halt",
    "yard",
    "junction",
    "signal_box",
)
"""``road_over`` passes over the route, the route passes over ``road_under``; at
``road_crossing`` and ``rail_crossing`` nobody has tagged which is above.  ``bridge`` and
``viaduct`` carry the route; what is under them is a site of its own ``on`` them."""

_SAME_BRIDGE_M = 40.0
_NAMELESS_M = 12.0


@dataclass(frozen=True)
class Site:
    """A place along a route.

    Attributes
    ----------
    id
        The same for every passage of the place, and for every route over its track.
    kind
        One of `SITE_KINDS`.
    chainage_m, until_m
        Where the front reaches it, and where it ends; equal for a place without length.
        Chainage counts over all runs of the route.
    run
        The run of the route, from 0: a train that changes ends may pass a place twice.
    lat_deg, lon_deg
        On the track, in the middle of a site with length.
    road_class, road_name
        Of the road (``highway`` of the extract); for another track what kind of railway it
        is and its line number or name.
    found_by, evidence
        How it was found, and what decided between over and under.
    detail
        What else is tagged: barriers of a crossing, kind of bridge.
    osm_ids
        Objects of the extract, ``n`` node, ``w`` way; nothing where it has none.
    beside_m
        Distance from the track.
    on
        Id of the bridge or viaduct that carries the route here.
    """

    id: str
    kind: str
    chainage_m: float
    until_m: float
    run: int
    lat_deg: float
    lon_deg: float
    name: str = ""
    ref: str = ""
    road_class: str = ""
    road_name: str = ""
    found_by: str = "tagged"
    evidence: str = ""
    detail: str = ""
    osm_ids: tuple[str, ...] = ()
    beside_m: float = 0.0
    on: str = ""

    @property
    def length_m(self) -> float:
        """Its length along the track."""
        return self.until_m - self.chainage_m

    def as_dict(self) -> dict[str, Any]:
        """Return the record for ``plan.sites``: decimetres, and degrees of a centimetre."""
        record: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "chainage_m": round(self.chainage_m, 1),
            "until_m": round(self.until_m, 1),
            "run": self.run,
            "lat_deg": round(self.lat_deg, 7),
            "lon_deg": round(self.lon_deg, 7),
            "found_by": self.found_by,
        }
        optional = {
            "name": self.name,
            "ref": self.ref,
            "road_class": self.road_class,
            "road_name": self.road_name,
            "evidence": self.evidence,
            "detail": self.detail,
            "osm_ids": list(self.osm_ids),
            "beside_m": round(self.beside_m, 1),
            "on": self.on,
        }
        return record | {key: value for key, value in optional.items() if value}


def in_the_middle(site: Site, line: TrackLine) -> Site:
    """Return a site with the position of its middle on the track."""
    lat, lon = line.place(0.5 * (site.chainage_m + site.until_m))
    return replace(site, lat_deg=lat, lon_deg=lon)


def route_sites(network: TrackNetwork, route: TrackRoute) -> tuple[Site, ...]:
    """Return all sites along a route in order of chainage.

    Without roads in the network (an extract of railways only) level crossings are those
    that are tagged, and no road bridge is found.
    """
    from retinue.world.track_site_meetings import Above, rail_meetings, road_meetings
    from retinue.world.track_site_things import (
        beside_sites,
        junction_sites,
        point_sites,
        station_sites,
        structure_sites,
    )

    line = track_line(network, route)
    points = point_sites(network, line)
    structures = structure_sites(network, line)
    above = Above()
    roads, points = road_meetings(network, line, points, above)
    rails = rail_meetings(network, line, above)
    structures = [above.noted(site) for site in structures]
    stations = station_sites(network, line)
    junctions = junction_sites(network, line)
    meetings = _joined([*roads, *rails], line)
    found = [
        *points,
        *structures,
        *(_carried(site, structures) for site in meetings),
        *stations,
        *junctions,
        *beside_sites(network, line),
    ]
    order = {kind: number for number, kind in enumerate(SITE_KINDS)}
    found.sort(key=lambda site: (site.chainage_m, order[site.kind], site.id))
    return tuple(found)


def _joined(sites: list[Site], line: TrackLine) -> list[Site]:
    """Join the carriageways of one road and the tracks of one line to one site each."""
    kept: list[Site] = []
    for site in sorted(sites, key=lambda s: (s.kind, s.road_class, s.road_name, s.chainage_m)):
        last = kept[-1] if kept else None
        if (
            last is not None
            and (last.kind, last.run, last.road_class, last.road_name, last.evidence)
            == (site.kind, site.run, site.road_class, site.road_name, site.evidence)
            and site.chainage_m - last.until_m < (_SAME_BRIDGE_M if site.road_name else _NAMELESS_M)
        ):
            ids = (*last.osm_ids, *(i for i in site.osm_ids if i not in last.osm_ids))
            # The least id, so that the way back finds the same.
            kept[-1] = replace(
                last, id=min(last.id, site.id), until_m=site.until_m, osm_ids=tuple(sorted(ids))
            )
        else:
            kept.append(site)
    return [in_the_middle(site, line) for site in kept]


def _carried(site: Site, structures: list[Site]) -> Site:
    if site.kind not in ("road_under", "rail_under"):
        return site
    for structure in structures:
        if (
            structure.kind in ("bridge", "viaduct")
            and structure.chainage_m <= site.chainage_m <= structure.until_m
        ):
            return replace(site, on=structure.id)
    return site
