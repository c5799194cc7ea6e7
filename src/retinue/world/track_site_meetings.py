"""Sites where roads and other tracks meet a route: at grade, over it or under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from retinue.world.track_crossings import (
    Crossing,
    Level,
    road_crossings,
    track_crossings,
    track_level,
)
from retinue.world.track_line import TrackLine
from retinue.world.track_network import TrackNetwork
from retinue.world.track_sites import Site

__all__ = ["Above", "rail_meetings", "road_meetings"]

_ON_FOOT = ("footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor")
_SAME_CROSSING_M = 1.0
_AT_GRADE = ("level_crossing", "foot_crossing")


@dataclass
class Above:
    """What passes above tunnels of the route: no sites, for the ground is between, but counted.

    Attributes
    ----------
    places
        (run, chainage) of each.
    """

    places: list[tuple[int, float]] = field(default_factory=list)

    def noted(self, tunnel: Site) -> Site:
        """Return a tunnel with the number of roads and tracks above it."""
        count = sum(
            run == tunnel.run and tunnel.chainage_m <= at <= tunnel.until_m
            for run, at in self.places
        )
        if tunnel.kind != "tunnel" or not count:
            return tunnel
        words = f"{count} {'road or track' if count == 1 else 'roads and tracks'} above"
        return replace(tunnel, detail="; ".join(filter(None, (tunnel.detail, words))))


def road_meetings(
    network: TrackNetwork, line: TrackLine, points: Sequence[Site], above: Above
) -> tuple[list[Site], list[Site]]:
    """Return the sites of roads, and the tagged points with the road that was found at them."""
    found: list[Site] = []
    at_grade: dict[tuple[int, float], list[Crossing]] = defaultdict(list)
    along = _in_the_street(line, road_crossings(network, line))
    for crossing in along:
        if crossing.shared:
            at_grade[line.pieces[crossing.piece].run, crossing.chainage_m].append(crossing)
            continue
        own = _own_level(network, line, crossing)
        other = _road_level(network, crossing.other)
        over, evidence = own.below(other)
        if over and own.tunnel:
            above.places.append((line.pieces[crossing.piece].run, crossing.chainage_m))
            continue
        kind = "road_crossing" if over is None else "road_over" if over else "road_under"
        found.append(_site(network, line, crossing, kind, evidence))
    tagged = [(number, site) for number, site in enumerate(points) if site.kind in _AT_GRADE]
    known = list(points)
    for (run, chainage), crossings in at_grade.items():
        best = min(crossings, key=lambda c: _rank(network, c.other))
        here = [
            (number, site)
            for number, site in tagged
            if site.run == run and abs(site.chainage_m - chainage) <= _SAME_CROSSING_M
        ]
        word = network.text[int(network.roads.highway[best.other])]
        kind = "foot_crossing" if word in _ON_FOOT else "level_crossing"
        site = _site(network, line, best, kind, "common node")
        for number, known_site in here:
            if not known_site.road_class:
                known[number] = replace(
                    known_site, road_class=site.road_class, road_name=site.road_name
                )
        if not here:
            found.append(site)
    return found, known


def rail_meetings(network: TrackNetwork, line: TrackLine, above: Above) -> list[Site]:
    """Return the sites where other tracks cross the route at another level."""
    found = []
    for crossing in track_crossings(network, line):
        own = _own_level(network, line, crossing)
        other = track_level(network, crossing.other, crossing.other_at)
        over, evidence = own.below(other)
        if over and own.tunnel:
            above.places.append((line.pieces[crossing.piece].run, crossing.chainage_m))
            continue
        kind = "rail_crossing" if over is None else "rail_over" if over else "rail_under"
        words = {
            name: network.attributes[name].at(crossing.other, crossing.other_at)
            for name in ("railway", "ref", "name")
        }
        said = {
            name: "" if value is None else network.text[int(value)] for name, value in words.items()
        }
        ways = network.ways
        rows = range(int(ways.start[crossing.other]), int(ways.start[crossing.other + 1]))
        way = next(
            (
                int(ways.way_id[row])
                for row in rows
                if ways.from_m[row] <= crossing.other_at <= ways.to_m[row]
            ),
            0,
        )
        named = f"w{way}" if way else f"e{crossing.other}"
        found.append(
            Site(
                id=_placed(kind, named, crossing),
                kind=kind,
                chainage_m=crossing.chainage_m,
                until_m=crossing.chainage_m,
                run=line.pieces[crossing.piece].run,
                lat_deg=crossing.lat_deg,
                lon_deg=crossing.lon_deg,
                road_class=said["railway"],
                road_name=said["ref"] or said["name"],
                found_by="intersection",
                evidence=evidence,
                osm_ids=(named,) if way else (),
            )
        )
    return found


def _placed(kind: str, named: str, crossing: Crossing) -> str:
    """Return an id: one way may cross a track at several places."""
    return f"{kind}:{named}@{crossing.lat_deg:.5f},{crossing.lon_deg:.5f}"


def _own_level(network: TrackNetwork, line: TrackLine, crossing: Crossing) -> Level:
    piece = line.pieces[crossing.piece]
    at = piece.from_m + piece.direction * (crossing.chainage_m - piece.chainage_m)
    return track_level(network, piece.edge, at)


def _road_level(network: TrackNetwork, road: int) -> Level:
    roads = network.roads
    return Level(int(roads.layer[road]), bool(roads.bridge[road]), bool(roads.tunnel[road]))


def _rank(network: TrackNetwork, road: int) -> tuple[int, int]:
    from retinue.world.track_points import ROAD_RANK

    word = network.text[int(network.roads.highway[road])]
    rank = ROAD_RANK.index(word) if word in ROAD_RANK else len(ROAD_RANK)
    return rank, int(network.roads.way_id[road])


def _in_the_street(line: TrackLine, crossings: Sequence[Crossing]) -> list[Crossing]:
    """Leave out roads in which the track lies: those with common nodes one after another."""
    vertex_of: dict[int, list[int]] = defaultdict(list)
    numbers = {}
    for crossing in crossings:
        if crossing.shared:
            number = int(abs(line.chainage_m - crossing.chainage_m).argmin())
            numbers[id(crossing)] = number
            vertex_of[crossing.other].append(number)
    lying = {
        (road, number)
        for road, vertices in vertex_of.items()
        for number in vertices
        if number - 1 in vertices or number + 1 in vertices
    }
    return [
        crossing
        for crossing in crossings
        if not crossing.shared or (crossing.other, numbers[id(crossing)]) not in lying
    ]


def _site(
    network: TrackNetwork, line: TrackLine, crossing: Crossing, kind: str, evidence: str
) -> Site:
    roads = network.roads
    name = network.text[int(roads.name[crossing.other])]
    ref = network.text[int(roads.ref[crossing.other])]
    way = f"w{int(roads.way_id[crossing.other])}"
    return Site(
        id=_placed(kind, way, crossing),
        kind=kind,
        chainage_m=crossing.chainage_m,
        until_m=crossing.chainage_m,
        run=line.pieces[crossing.piece].run,
        lat_deg=crossing.lat_deg,
        lon_deg=crossing.lon_deg,
        ref=ref,
        road_class=network.text[int(roads.highway[crossing.other])],
        road_name=name or ref,
        found_by="intersection",
        evidence=evidence,
        osm_ids=(way,),
    )
