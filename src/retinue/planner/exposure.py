"""Where weather and light can touch a leg: site classes, and when the movement is there.

A leg as a whole is an ``open line`` or a ``road``; bridges and level crossings come from the
sites of a built world, from the choke points of a road route and from line and road books
whose points are called so; aprons and runways are a flight's ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.plan.compare import AT_PLACE

if TYPE_CHECKING:
    from retinue.plan import Leg

__all__ = ["Exposure", "exposures"]

_BRIDGE = re.compile(r"\bbridge\b", re.IGNORECASE)
#: A road that climbs higher is a mountain road: above it ice and snow lie longer.
_MOUNTAIN = re.compile(r"\b(mountain|pass)\b", re.IGNORECASE)
_SITE_CLASSES = {
    "bridge": "bridge",
    "viaduct": "bridge",
    "level_crossing": "level crossing",
    "level-crossing": "level crossing",
    "level crossing": "level crossing",
}


@dataclass(frozen=True)
class Exposure:
    """A movement at a site, or along the whole leg.

    Attributes
    ----------
    place
        Empty for the whole leg.
    from_s, until_s
        When it is there.
    """

    site_class: str
    place: str
    zone: str
    from_s: float
    until_s: float


def exposures(leg: Leg, sites: Iterable[Mapping[str, Any]]) -> dict[str, list[Exposure]]:
    """Return a leg's exposures by site class, in order of time."""
    found: dict[str, list[Exposure]] = {}
    for item in _all(leg, sites):
        found.setdefault(item.site_class, []).append(item)
    for items in found.values():
        items.sort(key=lambda item: item.from_s)
    return found


def _all(leg: Leg, sites: Iterable[Mapping[str, Any]]) -> Iterator[Exposure]:
    whole = {"rail": "open line", "road": "road", "air": "flight"}[leg.mode]
    yield Exposure(whole, "", leg.from_.zone, leg.depart_utc, leg.arrive_utc)
    if leg.mode == "air":
        for end, at in ((leg.from_, leg.depart_utc), (leg.to, leg.arrive_utc)):
            for site_class in ("apron", "runway"):
                yield Exposure(site_class, end.name, end.zone, at, at)
        if leg.details.get("aircraft", {}).get("engine") == "helicopter":
            yield Exposure("helicopter", "", leg.from_.zone, leg.depart_utc, leg.arrive_utc)
        return
    main = leg.main
    known = ((str(s["kind"]), s) for s in sites if s.get("leg") == leg.id and "chainage_m" in s)
    for kind, site in known:
        if kind in _SITE_CLASSES:
            begin = float(site["chainage_m"])
            until = float(site.get("until_m", begin))
            name = str(site.get("name") or site.get("road_name") or "")
            place = name or f"{_SITE_CLASSES[kind]} at km {begin / 1000:.1f}"
            yield _passed(leg, _SITE_CLASSES[kind], place, begin, until)
    for choke in leg.details.get("choke_points", ()):
        if choke["kind"] in _SITE_CLASSES:
            site_class = _SITE_CLASSES[choke["kind"]]
            yield _passed(leg, site_class, str(choke["what"]), choke["from_m"], choke["to_m"])
    for event in leg.timeline:
        if event.role != "main":
            continue
        if event.kind in AT_PLACE and _BRIDGE.search(event.place):
            yield Exposure("bridge", event.place, event.zone, event.time_utc, event.time_utc)
        if event.kind == "escort" and event.distance_m is not None:
            until = event.time_utc + (event.duration_s or 0.0)
            place = "pedestrian escort"
            yield Exposure(place, event.place, event.zone, event.time_utc, until)
    for section in leg.sections if leg.mode == "road" else ():
        for pattern, site_class in ((_BRIDGE, "bridge"), (_MOUNTAIN, "mountain road")):
            if pattern.search(section.line):
                yield _passed(leg, site_class, section.line, section.from_m, section.to_m)
    if cars := leg.details.get("cars"):
        if not cars["enclosed"]:
            yield Exposure("open deck", "", leg.from_.zone, leg.depart_utc, leg.arrive_utc)
        yield Exposure(
            "car ramp", leg.to.name, leg.to.zone, main.arrive_s, main.arrive_s + cars["unloading_s"]
        )


def _passed(leg: Leg, site_class: str, place: str, from_m: float, to_m: float) -> Exposure:
    main = leg.main
    begin, end = main.time_at(from_m), main.tail_time_at(to_m)
    zones = [e.zone for e in leg.timeline if e.role == "main" and e.time_utc <= begin]
    return Exposure(site_class, place, zones[-1] if zones else leg.from_.zone, begin, end)
