"""A small line with a few trains, made by hand: what tests of insertion and clearing run on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.steps import Steps
from retinue.traffic.line_network import LineNetwork, Section, Station, Step
from retinue.traffic.occupation import MOVING, STANDING, Occupations
from retinue.traffic.resource import Kind, Resource
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import Call, TrainClass, TrainRun

Row = tuple[int, int, float, float, int]
"""Train, resource, from, to, state."""


def line(
    lengths_m: Sequence[float], tracks: Sequence[int], capacity: Sequence[int], blocks: int = 2
) -> LineNetwork:
    """A line of stations A, B, C ... with sections of one or two tracks between them."""
    resources: list[Resource] = []

    def add(kind: Kind, name: str, units: int) -> int:
        number = len(resources)
        resources.append(Resource(number, kind, name, units, float("nan"), 47.0, 8.0, "rule"))
        return number

    stations = []
    for index, units in enumerate(capacity):
        name = chr(ord("A") + index)
        held = add(Kind.STATION, name, units)
        stations.append(
            Station(index, name, name, 47.0 + 0.1 * index, 8.0, "Europe/Zurich", "station", units,
                    held, float("nan"))
        )  # fmt: skip
    sections = []
    for index, (length, count) in enumerate(zip(lengths_m, tracks, strict=True)):
        name = f"{stations[index].name} - {stations[index + 1].name}"
        up = tuple(add(Kind.BLOCK, f"{name}, block {b + 1}", 1) for b in range(blocks))
        down = (
            up[::-1]
            if count == 1
            else tuple(add(Kind.BLOCK, f"{name}, block {b + 1} back", 1) for b in range(blocks))
        )
        ends = tuple(length * (b + 1) / blocks for b in range(blocks))
        sections.append(
            Section(index, index, index + 1, length, count, 120 / 3.6, up, down, ends, "straight")
        )
    return LineNetwork(tuple(stations), tuple(sections), tuple(resources), "pessimistic")


def way_of(network: LineNetwork) -> tuple[Step, ...]:
    """The whole line, from its first station to its last."""
    return tuple(Step(section.index, True) for section in network.sections)


def path_of(network: LineNetwork) -> RunningPath:
    """The line as a train feels it: level, each section at its speed."""
    lengths = np.array([section.length_m for section in network.sections])
    return RunningPath(
        "small line",
        float(lengths.sum()),
        Steps(np.concatenate([[0.0], np.cumsum(lengths)[:-1]]),
              np.array([section.speed_mps for section in network.sections])),
        power=PowerSections(np.zeros(1), (ANY_POWER,)),
    )  # fmt: skip


def runs_of(
    network: LineNetwork, count: int, classes: Sequence[TrainClass] = ()
) -> tuple[TrainRun, ...]:
    """Trains with nothing but a name, for occupations made by hand."""
    calls = tuple(Call(s.index, 0.0, 0.0, True) for s in network.stations)
    return tuple(
        TrainRun(f"t{i}", classes[i] if classes else "regional", f"R {i}", 100.0, 100.0, 30.0,
                 calls, way_of(network))
        for i in range(count)
    )  # fmt: skip


def traffic_of(network: LineNetwork, rows: Sequence[Row], runs: Sequence[TrainRun]) -> Traffic:
    """Traffic from occupations made by hand."""
    table = sorted(rows, key=lambda row: (row[1], row[2], row[0]))
    column = list(zip(*table, strict=True)) if table else [()] * 5
    resource = np.array(column[1], np.int32)
    occupations = Occupations(
        np.array(column[0], np.int32),
        resource,
        np.array(column[2], np.float64),
        np.array(column[3], np.float64),
        np.zeros(len(table), np.int8),
        np.array(column[4], np.int8),
        network.kind[resource] if table else np.zeros(0, np.int8),
        np.zeros(len(table), np.int32),
    )
    return Traffic(network, tuple(runs), occupations)


__all__ = ["MOVING", "STANDING", "Row", "line", "path_of", "runs_of", "traffic_of", "way_of"]
