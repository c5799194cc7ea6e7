"""Roads drawn with characters: letters are nodes, a column is 10 m and a row 20 m.

A----B----C      ways are spelled by their nodes, "ABC", and "BD" beside it;
     |           a route is told the same way: ABD
     D
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.world.osm_files import LAT_M, LON_M, write_osm

from retinue.world.osm_import import import_world
from retinue.world.road_network import RoadNetwork
from retinue.world.road_route import RoadRoute, RoadVehicleLimits
from retinue.world.road_search import RoadRouter

Tags = Mapping[str, str]
Rule = tuple[str, str, str, str]
"""kind, from way, via (a node's letter, or a way), to way; further tags after ``|`` of the kind."""

COLUMN_M, ROW_M = 10.0, 20.0


@dataclass(frozen=True, eq=False)
class DrawnRoads:
    """A network with the letters of its nodes."""

    network: RoadNetwork
    router: RoadRouter
    letters: dict[int, str]
    places: dict[str, tuple[float, float]]

    def route(
        self, ends: str, limits: RoadVehicleLimits | None = None, vias: str = ""
    ) -> RoadRoute:
        """Return the route from the first letter to the second."""
        via = [self.places[letter] for letter in vias]
        return self.router.route(self.places[ends[0]], self.places[ends[1]], via, limits)

    def way(self, ends: str, limits: RoadVehicleLimits | None = None, vias: str = "") -> str:
        """Return the route as the letters of the nodes that it passes."""
        route = self.route(ends, limits, vias)
        edges = self.network.edges
        parent = self.router.moves.parent
        word = ends[0]
        for run in route.runs:
            state = int(parent[run.state])
            node = (edges.from_node if state & 1 else edges.to_node)[state >> 1]
            if run.end_m - run.begin_m < 1e-6:
                continue
            lat, lon = route.place_at(run.end_m)
            letter = self.letters[int(self.network.nodes.osm_id[node])]
            # A run that stops before its edge's end comes to no node.
            if max(abs(lat - self.places[letter][0]), abs(lon - self.places[letter][1])) < 1e-6:
                word += letter
        return word

    def faults(self) -> dict[str, int]:
        """Return the importer's faults by kind."""
        return {item["kind"]: item["count"] for item in self.network.record["faults"]}


def drawn_roads(
    folder: Path,
    picture: str,
    ways: Mapping[str, Tags],
    nodes: Mapping[str, Tags] | None = None,
    rules: Sequence[Rule] = (),
    **everywhere: str,
) -> DrawnRoads:
    """Return the network of a picture; ways are residential where their tags do not say else."""
    rows = picture.strip("\n").splitlines()
    at = {
        char: (column * COLUMN_M, -row * ROW_M)
        for row, line in enumerate(rows)
        for column, char in enumerate(line)
        if char.isalpha()
    }
    number = {name: 1000 + i for i, name in enumerate(ways)}
    relations = "".join(_relation(5000 + i, rule, number) for i, rule in enumerate(rules))
    path = write_osm(
        folder / "drawn.osm",
        {ord(letter): place for letter, place in at.items()},
        {
            number[name]: (
                [ord(letter) for letter in name if letter.isalpha()],
                {"highway": "residential", **everywhere, **tags},
            )
            for name, tags in ways.items()
        },
        {ord(letter): tags for letter, tags in (nodes or {}).items()},
        relations,
    )
    network = import_world(path).roads
    assert network is not None
    return DrawnRoads(
        network,
        RoadRouter(network),
        {ord(letter): letter for letter in at},
        {
            letter: (50.0 + north * LAT_M, 7.0 + east * LON_M)
            for letter, (east, north) in at.items()
        },
    )


def _relation(number: int, rule: Rule, ways: Mapping[str, int]) -> str:
    kind, came, via, goes = rule
    words = dict(part.split("=", 1) for part in kind.split("|")[1:])
    kind = kind.split("|")[0]
    tags = {"type": "restriction", **({"restriction": kind} if kind else {}), **words}
    middle = (
        f'<member type="node" ref="{ord(via)}" role="via"/>'
        if len(via) == 1
        else f'<member type="way" ref="{ways.get(via, 9999)}" role="via"/>'
    )
    return (
        f'<relation id="{number}" version="1">'
        f'<member type="way" ref="{ways.get(came, 9998)}" role="from"/>{middle}'
        f'<member type="way" ref="{ways.get(goes, 9997)}" role="to"/>'
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        + "</relation>"
    )
