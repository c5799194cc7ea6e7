"""Route search over tracks against networkit and scipy on a generated railway.

    python benchmarks/track_routes.py [--edges 1000000] [--pairs 1000] [--peer-pairs 60]
    python benchmarks/track_routes.py --extract cologne-railway.osm.pbf

The generated network is a country of double-track lines: stations with crossovers at both
throats, platform loops and junctions of up to four lines, and passing places between them;
every switch has a toe and two legs, so that its geometry alone says what trains can do.

Bars: median under 5 ms on 1,000,000 edges and at least 4 times faster than the best of
networkit and scipy on the same states and moves in the same run, costs equal; on the Cologne
extract a median under 2 ms for 1,000 random connected pairs of main-line tracks.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retinue.world.track_assembly import TrackDrawing, assemble
from retinue.world.track_index import Goal, MoveIndex, Seed
from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import Standing, TrackStop
from retinue.world.track_search import TrackRouter
from retinue.world.track_train import TrainClass

SEED = 20_230_912
STUB_M = 25.0
LEG_RAD = np.radians(4.0)
M_PER_DEG = 6_371_008.8 * np.pi / 180.0


@dataclass
class Railway:
    """A network under construction: nodes with a heading, edges from port to port.

    A port is 0 for the toe (against the heading), 1 and 2 for the legs (along it).
    """

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    heading: list[float] = field(default_factory=list)
    joins: list[tuple[int, int, int, int, float]] = field(default_factory=list)

    def node(self, x: float, y: float, heading: float) -> int:
        self.x.append(x)
        self.y.append(y)
        self.heading.append(heading)
        return len(self.x) - 1

    def join(self, one: tuple[int, int], two: tuple[int, int], kmh: float) -> None:
        self.joins.append((*one, *two, kmh))

    def place(self, x: float, y: float, along: float, size_m: float) -> list[tuple[int, int]]:
        """Lay a double-track place with two crossovers and two loops; return its open ports.

        The ports are: back of track 1 and 2, front of track 1 and 2 (as seen along it).
        """
        ux, uy = np.cos(along), np.sin(along)

        def at(run_m: float, side_m: float, facing: bool) -> int:
            turn = along if facing else along + np.pi
            return self.node(x + run_m * ux - side_m * uy, y + run_m * uy + side_m * ux, turn)

        ports: list[tuple[int, int]] = []
        fronts: list[tuple[int, int]] = []
        half = size_m / 2.0
        rows = []
        for side in (-2.0, 2.0):
            # Along the track: crossover facing, crossover trailing, loop out, loop in.
            a, b = at(-half - 300, side, True), at(-half - 150, side, False)
            c, d = at(-half, side, True), at(half, side, False)
            rows.append((a, b, c, d))
            self.join((a, 1), (b, 1), 120.0)
            self.join((b, 0), (c, 0), 120.0)
            self.join((c, 1), (d, 1), 120.0)
            self.join((c, 2), (d, 2), 50.0)
            ports.append((a, 0))
            fronts.append((d, 0))
        (a1, b1, _, _), (a2, b2, _, _) = rows
        self.join((a1, 2), (b2, 2), 60.0)
        self.join((a2, 2), (b1, 2), 60.0)
        return ports + fronts

    def network(self) -> TrackNetwork:
        """Return what was laid: every edge leaves its ports straight for `STUB_M`."""
        x, y, heading = np.array(self.x), np.array(self.y), np.array(self.heading)
        table = np.array([row[:4] for row in self.joins])
        start = np.arange(0, 4 * len(table) + 1, 4)
        px, py = np.empty((len(table), 4)), np.empty((len(table), 4))
        for end, (node, port) in enumerate(
            ((table[:, 0], table[:, 1]), (table[:, 2], table[:, 3]))
        ):
            turn = heading[node] + np.choose(port, [np.pi, LEG_RAD / 2, -LEG_RAD / 2])
            column = 3 * end
            px[:, column], py[:, column] = x[node], y[node]
            inner = 1 + end
            px[:, inner] = x[node] + STUB_M * np.cos(turn)
            py[:, inner] = y[node] + STUB_M * np.sin(turn)
        degree = np.bincount(table[:, [0, 2]].ravel(), minlength=len(x))
        kinds = {1: "end", 2: "joint"}
        speeds = [(i, 0.0, np.inf, row[4] / 3.6) for i, row in enumerate(self.joins)]
        return assemble(
            TrackDrawing(
                lat_deg=y / M_PER_DEG,
                lon_deg=x / M_PER_DEG,
                kind=[kinds.get(int(d), "switch") for d in degree],
                from_node=table[:, 0],
                to_node=table[:, 2],
                shape_start=start,
                shape_lat_deg=(py / M_PER_DEG).ravel(),
                shape_lon_deg=(px / M_PER_DEG).ravel(),
                attributes={"speed_forward": speeds, "speed_backward": speeds},
            )
        )


EDGES_A_CELL = 89


def country(edges: int, seed: int = SEED) -> TrackNetwork:
    """Return a railway of about so many edges: a jittered grid of stations, some lines left out."""
    rng = np.random.default_rng(seed)
    side = max(int(np.sqrt(edges / EDGES_A_CELL)), 2)
    railway = Railway()
    spacing = 30_000.0
    fronts: dict[tuple[int, int], list[list[tuple[int, int]]]] = {}
    where: dict[tuple[int, int], tuple[float, float]] = {}
    for row in range(side):
        for column in range(side):
            x = spacing * (column + rng.uniform(-0.3, 0.3))
            y = spacing * (row + rng.uniform(-0.3, 0.3))
            along = rng.uniform(-0.5, 0.5) + np.pi / 4
            ports = railway.place(x, y, along, float(rng.uniform(400.0, 900.0)))
            # Two lines on either side: to the west and south behind, east and north ahead.
            sides: list[list[tuple[int, int]]] = []
            for pair, turn, run in ((ports[:2], np.pi, -1500.0), (ports[2:], 0.0, 1500.0)):
                legs: list[list[tuple[int, int]]] = [[], []]
                for port in pair:
                    node = railway.node(
                        x + run * np.cos(along), y + run * np.sin(along), along + turn
                    )
                    railway.join(port, (node, 0), 100.0)
                    legs[0].append((node, 1))
                    legs[1].append((node, 2))
                sides += legs
            fronts[row, column] = sides  # west, south, east, north
            where[row, column] = (x, y)

    def line(one: list[tuple[int, int]], two: list[tuple[int, int]], a: tuple[float, float],
             b: tuple[float, float]) -> None:  # fmt: skip
        along = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
        kmh = float(rng.choice([80.0, 100.0, 120.0, 160.0, 200.0]))
        here = one
        stages = int(rng.integers(2, 7))
        for stage in range(stages):
            share = (stage + 1) / (stages + 1)
            x, y = a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
            ports = railway.place(x, y, along, float(rng.uniform(300.0, 800.0)))
            for k in range(2):
                railway.join(here[k], ports[k], kmh)
            here = ports[2:]
        for k in range(2):
            railway.join(here[k], two[k], kmh)

    for row in range(side):
        for column in range(side):
            here = (row, column)
            # A comb of lines keeps the country connected; of the rest a third is missing.
            if column + 1 < side:
                line(fronts[here][2], fronts[row, column + 1][0], where[here],
                     where[row, column + 1])  # fmt: skip
            if row + 1 < side and (column == 0 or rng.random() < 0.66):
                line(fronts[here][3], fronts[row + 1, column][1], where[here],
                     where[row + 1, column])  # fmt: skip
    return railway.network()


def row(name: str, seconds: NDArray[np.float64]) -> str:
    """Return one line of the table."""
    return f"{name:44s} {np.median(seconds) * 1e3:10.3f} {np.quantile(seconds, 0.95) * 1e3:10.3f}"


def peers(
    index: MoveIndex, pairs: NDArray[np.int64], cost: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Search the same states and moves with networkit and scipy; costs must agree."""
    import networkit as nk
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    graph, floor = index.graph, index.floor
    weight = floor.move + floor.state[graph.head]
    order = np.lexsort((weight, graph.head, graph.tail))
    tail, head, weight = graph.tail[order], graph.head[order], weight[order]
    kept = np.append(True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1]))
    tail, head, weight = tail[kept], head[kept], np.maximum(weight[kept], 1e-9)
    matrix = csr_matrix((weight, (tail, head)), shape=(graph.state_count,) * 2)
    nk.setNumberOfThreads(1)
    other = nk.GraphFromCoo(matrix.tocoo(), n=graph.state_count, weighted=True, directed=True)
    found: dict[str, NDArray[np.float64]] = {}
    begin = time.perf_counter()
    for name, search in (
        ("networkit bidirectional Dijkstra", nk.distance.BidirectionalDijkstra),
        ("networkit Dijkstra to the target", None),
        ("scipy Dijkstra", None),
    ):
        count = len(pairs) if "bidirectional" in name else max(len(pairs) // 6, 3)
        seconds = np.empty(count)
        for i, (source, target) in enumerate(pairs[:count].tolist()):
            begin = time.perf_counter()
            if search is not None:
                run = search(other, source, target, storePred=True)
                run.run()
                length = run.getDistance()
            elif "networkit" in name:
                run = nk.distance.Dijkstra(other, source, False, False, target)
                run.run()
                length = run.distance(target)
            else:
                length = dijkstra(matrix, indices=source)[target]
            seconds[i] = time.perf_counter() - begin
            if not np.isclose(length, cost[i], rtol=1e-9, atol=1e-6):
                raise SystemExit(f"{name}: {length} and not {cost[i]} from {source} to {target}")
        found[name] = seconds
    return found


def generated(edges: int, count: int, peer_count: int) -> None:
    """Print the table of the generated network."""
    begin = time.perf_counter()
    network = country(edges)
    print(f"{network}, generated in {time.perf_counter() - begin:.1f} s")
    begin = time.perf_counter()
    router = TrackRouter(network)
    print(f"movement table {time.perf_counter() - begin:.1f} s, "
          f"{len(router.table.graph.head):,} moves")  # fmt: skip
    begin = time.perf_counter()
    train = TrainLimits(length_m=250.0, max_speed_mps=140.0 / 3.6)
    index = router.index(TrainClass.of(train))
    print(f"index {time.perf_counter() - begin:.1f} s, {len(index.hierarchy.tail):,} arcs")
    rng = np.random.default_rng(SEED + 1)
    states = index.graph.state_count
    listed: list[tuple[int, int]] = []
    while len(listed) < count + 20:
        source, target = rng.integers(0, states, size=2).tolist()
        # A track that leads out of the country leads nowhere.
        if index.relaxed([Seed(source, 1.0)], [Goal(target, 1.0)]) is not None:
            listed.append((source, target))
    pairs = np.array(listed)
    tracks = router.tracks_for(train)
    costs, _ = tracks.searched()
    ours, bounded, whole = np.empty(count), np.empty(count), np.empty(count)
    cost, opened = np.empty(count), np.empty(count)
    for i, (source, target) in enumerate(pairs.tolist()):
        at = max(i - 20, 0)
        seeds, goals = [Seed(source, 1.0)], [Goal(target, 1.0)]
        begin = time.perf_counter()
        way = index.search(seeds, goals, index.floor)
        ours[at] = time.perf_counter() - begin
        assert way is not None
        cost[at] = way.cost
        begin = time.perf_counter()
        fitting = index.search(seeds, goals, costs)
        bounded[at] = time.perf_counter() - begin
        opened[at] = 0 if fitting is None else fitting.opened
        length = network.edges.length_m
        stops = [
            TrackStop("", (Standing(state >> 1, float(length[state >> 1]) / 2.0),))
            for state in (source, target)
        ]
        begin = time.perf_counter()
        router.route(train, stops)
        whole[at] = time.perf_counter() - begin
    print(f"{'':44s} {'median ms':>10s} {'p95 ms':>10s}")
    print(row("retinue, state to state", ours))
    print(row("retinue, for a train of 140 km/h", bounded), f" opened {np.median(opened):,.0f}")
    print(row("retinue, route of that train, track to track", whole))
    best = np.inf
    if peer_count:
        for name, seconds in peers(index, pairs[20 : 20 + peer_count], cost).items():
            print(row(name, seconds))
            best = min(best, float(np.median(seconds)))
        print(f"costs equal; {best / np.median(ours):,.0f} times faster than the best peer, "
              f"{best / np.median(bounded):,.0f} times for the train, "
              f"{best / np.median(whole):,.0f} times with the whole route")  # fmt: skip
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def extract(path: Path, count: int) -> None:
    """Print the figures of random connected main-line pairs of an extract."""
    from retinue.world.osm_import import import_extract

    network = import_extract(path)
    begin = time.perf_counter()
    router = TrackRouter(network)
    table_s = time.perf_counter() - begin
    train = TrainLimits(
        power_systems=("15kv-ac-16.7hz",), self_powered=False, length_m=300.0, reversal_s=900.0
    )
    router.index(TrainClass.of(train))
    index_s = time.perf_counter() - begin - table_s
    print(f"{network}: movement table {table_s:.2f} s, index {index_s:.2f} s")
    usage = network.attributes["usage"]
    mains = np.unique(usage.edge[[network.text[int(v)] == "main" for v in usage.value]])
    mains = mains[network.edges.network_class[mains] == 0]
    rng = np.random.default_rng(SEED)
    seconds: list[float] = []
    asked = turned = 0
    while len(seconds) < count:
        stops = [
            TrackStop("", (Standing(int(e), float(network.edges.length_m[e]) / 2.0),))
            for e in rng.choice(mains, 2, replace=False)
        ]
        begin = time.perf_counter()
        route = router.route(train, stops)
        spent = time.perf_counter() - begin
        asked += 1
        if route is not None:
            seconds.append(spent)
            turned += route.reversals > 0
    print(f"{'':44s} {'median ms':>10s} {'p95 ms':>10s}")
    print(row(f"{count} connected of {asked} pairs, {turned} with reversal", np.array(seconds)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--peer-pairs", type=int, default=60)
    parser.add_argument("--extract", type=Path)
    arguments = parser.parse_args()
    if arguments.extract is not None:
        extract(arguments.extract, arguments.pairs)
    else:
        generated(arguments.edges, arguments.pairs, arguments.peer_pairs)


if __name__ == "__main__":
    main()
