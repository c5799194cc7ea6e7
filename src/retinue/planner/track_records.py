"""What a plan and the command line keep of routes over mapped tracks."""

from __future__ import annotations

from collections.abc import Sequence

from retinue.plan.records import JsonDict
from retinue.planner.combined_route import TrackPart
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackRoute
from retinue.world.track_sites import route_sites

__all__ = ["node_ids", "site_records"]


def site_records(
    network: TrackNetwork, parts: Sequence[TrackPart], leg_id: str = ""
) -> tuple[JsonDict, ...]:
    """Return the sites along parts of a route, chainage that of the whole route.

    Parameters
    ----------
    leg_id
        Kept with each site; empty: no leg.
    """
    found: list[JsonDict] = []
    for part in parts:
        for site in route_sites(network, part.route):
            record = site.as_dict()
            record["chainage_m"] = round(site.chainage_m + part.from_m, 1)
            record["until_m"] = round(site.until_m + part.from_m, 1)
            found.append({"leg": leg_id, **record} if leg_id else record)
    return tuple(found)


def node_ids(network: TrackNetwork, route: TrackRoute) -> list[int]:
    """Return the OSM nodes of a route in order, neighbours once."""
    from retinue.world.track_line import track_line

    found: list[int] = []
    for number in track_line(network, route).osm_id.tolist():
        if number and (not found or found[-1] != number):
            found.append(number)
    return found
