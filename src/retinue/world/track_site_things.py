"""Sites that an extract holds as things of their own: points, structures, stations, boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from retinue.world.track_line import LinePiece, TrackLine
from retinue.world.track_network import FOUND_BY, POINT_KINDS, STATION_KINDS, TrackNetwork
from retinue.world.track_sites import Site, in_the_middle

__all__ = ["beside_sites", "junction_sites", "point_sites", "station_sites", "structure_sites"]

_KIND_OF_POINT = {
    "level_crossing": "level_crossing",
    "tram_level_crossing": "level_crossing",
    "foot_crossing": "foot_crossing",
    "tram_crossing": "foot_crossing",
    "junction": "junction",
}
_SIGNAL_BOXES = ("signal_box", "control_centre", "blockpost")
_BESIDE_M = 150.0
_GAP_M = 1.0
_SAME_STATION_M = 1500.0
_SAME_JUNCTION_M = 1000.0


def point_sites(network: TrackNetwork, line: TrackLine) -> list[Site]:
    """Return the crossings and junctions tagged on the route's own track, once a passage."""
    found: dict[tuple[int, int, float], Site] = {}
    points = network.points
    for piece in line.pieces:
        for row in _points_on(network, piece):
            kind = _KIND_OF_POINT.get(POINT_KINDS[int(points.kind[row])])
            if kind is None:
                continue
            chainage = piece.chainage_of(_at(network, piece, row))
            node = int(points.osm_id[row])
            said = [network.text[int(column[row])] for column in (points.function, points.detail)]
            found.setdefault(
                (piece.run, row, round(chainage)),
                Site(
                    id=f"{kind}:n{node}" if node else f"{kind}:p{row}",
                    kind=kind,
                    chainage_m=chainage,
                    until_m=chainage,
                    run=piece.run,
                    lat_deg=float(points.lat_deg[row]),
                    lon_deg=float(points.lon_deg[row]),
                    name=network.text[int(points.name[row])],
                    ref=network.text[int(points.ref[row])],
                    road_class=network.text[int(points.road_class[row])],
                    road_name=network.text[int(points.road_name[row])],
                    detail="; ".join(word for word in said if word),
                    osm_ids=_ids(("n", node), ("w", int(points.road_way_id[row]))),
                ),
            )
    return list(found.values())


def _ids(*objects: tuple[str, int]) -> tuple[str, ...]:
    return tuple(f"{kind}{number}" for kind, number in objects if number)


def _points_on(network: TrackNetwork, piece: LinePiece) -> Iterator[int]:
    low, high = sorted((piece.from_m, piece.to_m))
    for row in network.points_inside(piece.edge):
        if low <= network.points.at_m[row] <= high:
            yield row
    if low <= 0.0:
        yield from network.points_at(int(network.edges.from_node[piece.edge])).tolist()
    if high >= network.edges.length_m[piece.edge]:
        yield from network.points_at(int(network.edges.to_node[piece.edge])).tolist()


def _at(network: TrackNetwork, piece: LinePiece, row: int) -> float:
    """Return where a point lies on a piece's edge; a point at a node may name another edge."""
    node = int(network.points.node[row])
    if node < 0:
        return float(network.points.at_m[row])
    ends = [(piece.from_m, piece.direction > 0), (piece.to_m, piece.direction < 0)]
    for at, first in ends:
        name = network.edges.from_node if first else network.edges.to_node
        edge_end = 0.0 if first else float(network.edges.length_m[piece.edge])
        if int(name[piece.edge]) == node and at == edge_end:
            return at
    return float(network.points.at_m[row])


def structure_sites(network: TrackNetwork, line: TrackLine) -> list[Site]:
    """Return tunnels, bridges and cuttings that the route runs in or over."""
    found: list[Site] = []
    for name in ("tunnel", "bridge", "earthwork"):
        table = network.attributes[name]
        for piece in line.pieces:
            rows = table.rows(piece.edge)
            for row in rows if piece.direction > 0 else reversed(rows):
                on_edge = (float(table.from_m[row]), float(table.to_m[row]))
                stretch = piece.stretch(*on_edge)
                word = network.text[int(table.value[row])]
                kind = _structure(name, word)
                if stretch is None or not kind:
                    continue
                _append(found, _structure_site(network, piece, kind, word, stretch, on_edge))
    return [in_the_middle(site, line) for site in found]


def _structure(name: str, word: str) -> str:
    if name == "tunnel":
        return "tunnel"
    if name == "bridge":
        return "viaduct" if word == "viaduct" else "bridge"
    return "cutting" if word == "cutting" else ""


def _structure_site(
    network: TrackNetwork,
    piece: LinePiece,
    kind: str,
    word: str,
    stretch: tuple[float, float],
    on_edge: tuple[float, float],
) -> Site:
    ways = network.ways
    rows = range(int(ways.start[piece.edge]), int(ways.start[piece.edge + 1]))
    ids = [
        int(ways.way_id[row])
        for row in rows
        if ways.to_m[row] > on_edge[0] and ways.from_m[row] < on_edge[1]
    ]
    detail = "" if word in ("yes", kind) else word
    name = network.attributes["structure_name"].at(piece.edge, sum(on_edge) / 2.0)
    if kind == "tunnel":
        whole = network.attributes["tunnel_length"].at(piece.edge, sum(on_edge) / 2.0)
        if whole is not None and whole > stretch[1] - stretch[0] + 1.0:
            detail = "; ".join(filter(None, (detail, f"{whole:.0f} m from portal to portal")))
    return Site(
        id=f"{kind}:w{min(ids)}" if ids else f"{kind}:e{piece.edge}-{on_edge[0]:.0f}",
        kind=kind,
        chainage_m=stretch[0],
        until_m=stretch[1],
        run=piece.run,
        lat_deg=0.0,
        lon_deg=0.0,
        name="" if name is None else network.text[int(name)],
        detail=detail,
        osm_ids=tuple(f"w{number}" for number in dict.fromkeys(ids)),
    )


def _append(found: list[Site], site: Site) -> None:
    """Add a stretch, or lengthen the last one that it goes on with."""
    last = found[-1] if found else None
    if (
        last is not None
        and (last.kind, last.run) == (site.kind, site.run)
        and 0.0 <= site.chainage_m - last.until_m <= _GAP_M
    ):
        ids = tuple(dict.fromkeys((*last.osm_ids, *site.osm_ids)))
        numbers = [int(word[1:]) for word in ids]
        found[-1] = replace(
            last,
            id=f"{site.kind}:w{min(numbers)}" if numbers else last.id,
            until_m=site.until_m,
            osm_ids=ids,
            name=last.name or site.name,
            detail=last.detail or site.detail,
        )
    else:
        found.append(site)


def station_sites(network: TrackNetwork, line: TrackLine) -> list[Site]:
    """Return stations, halts, yards and junctions: their tracks on the route, or near it.

    One that the route passes on a track without platform is found by its place beside the
    route.
    """
    table, stations = network.station_tracks, network.stations
    of_edge: dict[int, list[int]] = {}
    used = np.unique([piece.edge for piece in line.pieces])
    for row in np.flatnonzero(np.isin(table.edge, used)).tolist():
        of_edge.setdefault(int(table.edge[row]), []).append(row)
    spans: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for piece in line.pieces:
        for row in of_edge.get(piece.edge, ()):
            span = piece.stretch(float(table.from_m[row]), float(table.to_m[row]))
            if span is not None:
                spans.setdefault((int(table.station[row]), piece.run), []).append(span)
    found = []
    for (station, run), parts in spans.items():
        parts.sort()
        low, high = parts[0]
        for span in [*parts[1:], (np.inf, np.inf)]:
            if span[0] - high > _SAME_STATION_M:
                found.append(_station(network, line, station, run, low, high, 0.0))
                low, high = span
            high = max(high, span[1])
    on_route = {station for station, _ in spans}
    near = line.around(stations.lat_deg, stations.lon_deg, _BESIDE_M)
    for station in np.flatnonzero(near).tolist():
        if station in on_route:
            continue
        lat, lon = float(stations.lat_deg[station]), float(stations.lon_deg[station])
        apart, chainage = line.nearest(lat, lon)
        piece = line.piece_at(chainage)
        same = stations.network_class[station] == network.edges.network_class[piece.edge]
        if apart <= _BESIDE_M and same:
            found.append(_station(network, line, station, piece.run, chainage, chainage, apart))
    return [site for site in found if site.kind]


def _station(
    network: TrackNetwork,
    line: TrackLine,
    station: int,
    run: int,
    low: float,
    high: float,
    beside: float,
) -> Site:
    stations = network.stations
    kind = STATION_KINDS[int(stations.kind[station])]
    kind = "halt" if kind == "tram_stop" else kind
    name, number = network.text[int(stations.name[station])], int(stations.osm_id[station])
    where = f"{float(stations.lat_deg[station]):.5f},{float(stations.lon_deg[station]):.5f}"
    lat, lon = line.place(0.5 * (low + high))
    return Site(
        id=f"{kind}:{number or where}",
        kind=kind,
        chainage_m=low,
        until_m=high,
        run=run,
        lat_deg=lat,
        lon_deg=lon,
        name=name,
        ref=network.text[int(stations.ref[station])],
        found_by=FOUND_BY[int(stations.found_by[station])],
        beside_m=beside,
    )


def junction_sites(network: TrackNetwork, line: TrackLine) -> list[Site]:
    """Return the places where lines of different numbers meet at a switch of the route.

    At least three tracks with a line number meet there; sidings and crossovers do not count.
    """
    found: list[Site] = []
    used = {piece.edge for piece in line.pieces}
    for piece in line.pieces:
        end = float(network.edges.length_m[piece.edge]) if piece.direction > 0 else 0.0
        if piece.to_m != end:
            continue
        ends = network.edges.to_node if piece.direction > 0 else network.edges.from_node
        node = int(ends[piece.edge])
        numbers = _line_numbers(network, node, used)
        words = sorted({word for leg in numbers for word in leg})
        if len(numbers) < 3 or len(words) < 2:
            continue
        name = " - ".join(words)
        chainage = piece.chainage_of(end)
        number = int(network.nodes.osm_id[node])
        own_id = f"junction:n{number}" if number else f"junction:k{node}"
        last = next((s for s in reversed(found) if s.name == name and s.run == piece.run), None)
        if last is not None and chainage - last.until_m <= _SAME_JUNCTION_M:
            found[found.index(last)] = replace(
                last,
                id=min(last.id, own_id),
                until_m=chainage,
                osm_ids=tuple(sorted({*last.osm_ids, *_ids(("n", number))})),
            )
            continue
        found.append(
            Site(
                id=own_id,
                kind="junction",
                chainage_m=chainage,
                until_m=chainage,
                run=piece.run,
                lat_deg=float(network.nodes.lat_deg[node]),
                lon_deg=float(network.nodes.lon_deg[node]),
                name=name,
                found_by="line numbers",
                osm_ids=_ids(("n", number)),
            )
        )
    return [in_the_middle(site, line) for site in found]


def _line_numbers(network: TrackNetwork, node: int, used: set[int]) -> list[set[str]]:
    """Return the line numbers of each track of a node that has any."""
    refs, services = network.attributes["ref"], network.attributes["service"]
    found = []
    for edge, side in network.incident(node):
        at = 0.0 if side == 0 else float(network.edges.length_m[edge])
        ref = refs.at(edge, at)
        if ref is not None and (edge in used or services.at(edge, at) is None):
            found.append({word.strip() for word in network.text[int(ref)].split(";")})
    return found


def beside_sites(network: TrackNetwork, line: TrackLine) -> list[Site]:
    """Return the signal boxes within 150 m of the route."""
    table = network.lineside
    found = []
    near = line.around(table.lat_deg, table.lon_deg, _BESIDE_M)
    for row in np.flatnonzero(near).tolist():
        kind = network.text[int(table.kind[row])]
        lat, lon = float(table.lat_deg[row]), float(table.lon_deg[row])
        if kind not in _SIGNAL_BOXES:
            continue
        apart, chainage = line.nearest(lat, lon)
        if apart > _BESIDE_M:
            continue
        on_line = line.place(chainage)
        found.append(
            Site(
                id=f"signal_box:{int(table.osm_id[row])}",
                kind="signal_box",
                chainage_m=chainage,
                until_m=chainage,
                run=line.piece_at(chainage).run,
                lat_deg=on_line[0],
                lon_deg=on_line[1],
                name=network.text[int(table.name[row])],
                ref=network.text[int(table.ref[row])],
                detail="" if kind == "signal_box" else kind,
                beside_m=apart,
            )
        )
    return found
