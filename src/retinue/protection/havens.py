"""Safe havens: places to go to from every point of a leg, and how long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.plan.command import SafeHaven

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.protection.policy import Policy
    from retinue.protection.site import SiteOnLeg

__all__ = ["havens_of"]

_STOPPING = ("station", "station passed", "yard")


def havens_of(plan: Plan, sites: Sequence[SiteOnLeg], policy: Policy) -> tuple[SafeHaven, ...]:
    """Return the havens of every leg, at intervals of the policy's time along it.

    On rail the next station ahead, by the planned running; on the road what the network knows of
    hospitals, police and fire stations near the route; in the air the alternates of the flight.
    """
    found: list[SafeHaven] = []
    for leg in plan.legs:
        if leg.mode == "rail":
            found += _rail(leg, [s for s in sites if s.leg == leg.id], policy.haven_interval)
        elif leg.mode == "road":
            found += _road(leg)
        else:
            found += _air(leg)
    return tuple(found)


def _rail(leg: Leg, sites: Sequence[SiteOnLeg], interval_s: float) -> list[SafeHaven]:
    main = leg.main
    stations = [
        (site.from_m, site.name, site.lat, site.lon)
        for site in sites
        if site.site_class in _STOPPING and site.record and site.record.get("name")
    ]
    if not stations:
        # Over the coarse pack the points of the timeline are what is known.
        for event in leg.timeline:
            if event.role != "main" or event.kind not in ("pass", "arrive"):
                continue
            if event.distance_m is not None and event.lat is not None and event.lon is not None:
                stations.append((event.distance_m, event.place, event.lat, event.lon))
    found = []
    moment = main.depart_s
    while moment < main.arrive_s:
        at = main.distance_at(moment)
        ahead = [s for s in stations if s[0] > at + 1.0]
        if ahead:
            distance, name, lat, lon = min(ahead)
            found.append(
                SafeHaven(
                    leg=leg.id, kind="station", name=name, lat=lat, lon=lon, from_m=round(at, 1),
                    travel_s=round(main.time_at(distance) - moment, 1),
                    travel_m=round(distance - at, 1), by="rail",
                )
            )  # fmt: skip
        moment += interval_s
    return found


def _road(leg: Leg) -> list[SafeHaven]:
    return [
        SafeHaven(
            leg=leg.id, kind=str(item["kind"]).replace("_", " "),
            name=str(item["name"]) or "unnamed",
            lat=float(item["lat"]), lon=float(item["lon"]), from_m=float(item["distance_m"]),
            travel_s=float(item["detour_s"]), travel_m=float(item["detour_m"]), by="road",
        )
        for item in leg.details.get("safe_havens", ())
    ]  # fmt: skip


def _air(leg: Leg) -> list[SafeHaven]:
    alternates = (leg.details.get("en_route_alternates") or {}).get("aerodromes", ())
    cruise = leg.aircraft.cruise_mps if leg.aircraft is not None else 0.0
    return [
        SafeHaven(
            leg=leg.id, kind="aerodrome", name=f"{item['aerodrome']} {item['name']}",
            lat=float(item["lat"]), lon=float(item["lon"]), from_m=float(item["from_m"]),
            travel_s=round(float(item["farthest_m"]) / cruise, 1) if cruise else 0.0,
            travel_m=float(item["farthest_m"]), by="air", assumed=True,
        )
        for item in alternates
    ]  # fmt: skip
