"""Track sections and switches of RailJSON: edges, nodes, and the ways through them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retinue.json_document import JsonValue
from retinue.world.osm_tags import Faults
from retinue.world.sphere import distance_m
from retinue.world.track_assembly import TrackDrawing
from retinue.world.track_tables import TurnTable

__all__ = ["SwitchNode", "Track", "read_tracks", "stretch_on", "turn_table"]

_ENDS = ("BEGIN", "END")
_LENGTH_SLACK_M = 1e-3
_APART_M = 200.0

#: Ports of the switch types that every file has, and the ways between them.
_SWITCH_TYPES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "link": (("A", "B"), (("A", "B"),)),
    "point_switch": (("A", "B1", "B2"), (("A", "B1"), ("A", "B2"))),
    "crossing": (("A1", "B1", "A2", "B2"), (("A1", "B1"), ("A2", "B2"))),
    "single_slip_switch": (
        ("A1", "B1", "A2", "B2"),
        (("A1", "B1"), ("A2", "B2"), ("A1", "B2")),
    ),
    "double_slip_switch": (
        ("A1", "B1", "A2", "B2"),
        (("A1", "B1"), ("A1", "B2"), ("A2", "B1"), ("A2", "B2")),
    ),
}
_NODE_KIND = {
    "link": "joint",
    "point_switch": "switch",
    "crossing": "diamond",
    "single_slip_switch": "single_slip",
    "double_slip_switch": "double_slip",
}


@dataclass(frozen=True, eq=False)
class Track:
    """A track section: edge ``number`` of the network."""

    number: int
    id: str
    length_m: float
    item: JsonValue

    def position(self, place: JsonValue) -> float:
        """Return a position on the track."""
        return min(place.number(least=0.0, most=self.length_m + _LENGTH_SLACK_M), self.length_m)


@dataclass(frozen=True, eq=False)
class SwitchNode:
    """A node of the network with the ways that its switch states (none: an end).

    Attributes
    ----------
    turns
        Pairs of (edge, end), end 0 for BEGIN and 1 for END.
    """

    number: int
    kind: str
    switch: JsonValue | None = None
    ends: tuple[tuple[int, int], ...] = ()
    turns: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = field(default=())


def stretch_on(track: Track, item: JsonValue) -> tuple[float, float]:
    """Return begin and end of a range on a track, in order."""
    begin, end = track.position(item["begin"]), track.position(item["end"])
    if begin > end:
        raise item.error(f"the range ends at {end:g} m before it begins at {begin:g} m")
    return begin, end


def read_tracks(
    root: JsonValue, faults: Faults
) -> tuple[TrackDrawing, list[Track], list[SwitchNode]]:
    """Return drawing, tracks and nodes; the drawing has no attributes yet."""
    tracks: list[Track] = []
    shapes: list[NDArray[np.float64]] = []
    number_of: dict[str, int] = {}
    for number, item in enumerate(root["track_sections"].items()):
        name = item["id"].text()
        if name in number_of:
            raise item["id"].error(f'there are two track sections "{name}"')
        number_of[name] = number
        tracks.append(Track(number, name, item["length"].number(above=0.0), item))
        shapes.append(_shape(item["geo"]))
    if not tracks:
        raise root["track_sections"].error("the infrastructure has no track section")
    nodes = _nodes(root, tracks, number_of)
    node_at = {end: node.number for node in nodes for end in node.ends}
    lat, lon = np.empty(len(nodes)), np.empty(len(nodes))
    for node in nodes:
        places = [shapes[edge][0 if end == 0 else -1] for edge, end in node.ends]
        lon[node.number], lat[node.number] = places[0]
        apart = max(float(distance_m(places[0][1], places[0][0], y, x)) for x, y in places)
        if node.switch is not None and apart > _APART_M:
            faults.add("switch whose tracks are drawn apart", f"{node.switch.path}: {apart:.0f} m")
    vertices = np.concatenate(shapes)
    drawing = TrackDrawing(
        lat_deg=lat,
        lon_deg=lon,
        kind=[node.kind for node in nodes],
        from_node=[node_at[track.number, 0] for track in tracks],
        to_node=[node_at[track.number, 1] for track in tracks],
        shape_start=np.concatenate(([0], np.cumsum([len(shape) for shape in shapes]))),
        shape_lat_deg=vertices[:, 1],
        shape_lon_deg=vertices[:, 0],
        length_m=[track.length_m for track in tracks],
    )
    return drawing, tracks, nodes


def _shape(geo: JsonValue) -> NDArray[np.float64]:
    geo["type"].choice(("LineString",))
    rows = geo["coordinates"].items()
    if len(rows) < 2:
        raise geo["coordinates"].error("a line has at least two points")
    shape = np.empty((len(rows), 2))
    for number, row in enumerate(rows):
        cells = row.items()
        if len(cells) not in (2, 3):
            raise row.error("a point is [longitude, latitude]")
        shape[number] = (
            cells[0].number(least=-180.0, most=180.0),
            cells[1].number(least=-90.0, most=90.0),
        )
    if bool((shape == shape[0]).all()):
        raise geo["coordinates"].error("the line has no length: all its points are one")
    return shape


def _nodes(root: JsonValue, tracks: list[Track], number_of: dict[str, int]) -> list[SwitchNode]:
    types = dict(_SWITCH_TYPES)
    extended = root.get("extended_switch_types")
    for item in extended.items() if extended else ():
        types[item["id"].text()] = _switch_type(item)
    taken: dict[tuple[int, int], str] = {}
    nodes: list[SwitchNode] = []
    for switch in root["switches"].items():
        kind = switch["switch_type"].choice(types)
        ports, ways = types[kind]
        told = switch["ports"].members()
        if set(told) != set(ports):
            raise switch["ports"].error(
                f"a {kind} has the ports {', '.join(ports)}, not {', '.join(told) or 'none'}"
            )
        ends: dict[str, tuple[int, int]] = {}
        for port in ports:
            at = told[port]
            edge = number_of[at["track"].choice(number_of)]
            end = (edge, _ENDS.index(at["endpoint"].choice(_ENDS)))
            if end in taken:
                raise at.error(f"this end of the track is at {taken[end]} already")
            taken[end] = at.path
            ends[port] = end
        turns = tuple((ends[one], ends[two]) for one, two in ways)
        word = _NODE_KIND.get(kind) or {2: "joint", 3: "switch"}.get(len(ports), "three_way")
        nodes.append(SwitchNode(len(nodes), word, switch, tuple(ends.values()), turns))
    stops = _buffer_stops(root, tracks, number_of)
    for track in tracks:
        for side in (0, 1):
            end = (track.number, side)
            if end not in taken:
                kind = "buffer_stop" if end in stops else "end"
                nodes.append(SwitchNode(len(nodes), kind, None, (end,)))
    return nodes


def _switch_type(item: JsonValue) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    ports = tuple(port.text() for port in item["ports"].items())
    ways = {
        (way["src"].choice(ports), way["dst"].choice(ports)): None
        for group in item["groups"].members().values()
        for way in group.items()
    }
    return ports, tuple(ways)


def _buffer_stops(
    root: JsonValue, tracks: list[Track], number_of: dict[str, int]
) -> set[tuple[int, int]]:
    found = set()
    for item in root["buffer_stops"].items():
        track = tracks[number_of[item["track"].choice(number_of)]]
        at = track.position(item["position"])
        if at in (0.0, track.length_m):
            found.add((track.number, 0 if at == 0.0 else 1))
    return found


def turn_table(nodes: list[SwitchNode]) -> TurnTable:
    """Return the ways through all switches."""
    rows = [(node.number, *one, *two) for node in nodes for one, two in node.turns]
    columns = np.array(rows, np.int32).reshape(-1, 5)
    return TurnTable(
        node=columns[:, 0].copy(),
        one=columns[:, 1].copy(),
        one_end=columns[:, 2].astype(np.uint8),
        two=columns[:, 3].copy(),
        two_end=columns[:, 4].astype(np.uint8),
    )
