"""The network that traffic runs on: stations, junctions, and sections with their resources.

::

    Olten (station, 12 tracks)          Aarau (station, 6 tracks)
      O==[ block 1 > ]==[ block 2 > ]==[ block 3 > ]==O      a -> b: `blocks_up`
      O==[ < block 3 ]==[ < block 2 ]==[ < block 1 ]==O      b -> a: `blocks_down`

A section of one track has one set of blocks, used both ways; a section of two or more has a set
for each direction.  How many tracks there are nobody tells in a timetable: the network is inferred
twice, *pessimistic* (the least that the timetable proves) and *optimistic* (double, and a loop
at every station).  Nodes, sections and their numbers are the same in both; resources differ.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.traffic.resource import Kind, Resource

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "VIEWS",
    "LineNetwork",
    "Section",
    "Station",
    "Step",
    "View",
    "Way",
]

View = Literal["pessimistic", "optimistic"]
VIEWS: tuple[View, View] = ("pessimistic", "optimistic")

#: What the course of a section stands on, the best first.
SectionGround = Literal["world", "feed", "pack", "straight"]


@dataclass(frozen=True)
class Station:
    """A node of the network.

    Attributes
    ----------
    index
        Its place in `LineNetwork.stations`.
    id
        Of the feed (the parent station where there is one), or made up for a junction.
    kind
        ``station``: trains may meet and pass here, it has a station resource; ``halt``: a platform
        on the open line, no resource of its own: a train that stands here holds the block it
        came by; ``junction``: no stop, two ways part.
    tracks
        Tracks trains may stand on (1 a direction at a halt of a double line); 0 at a junction.
    resource
        The station resource, or -1 at a halt and a junction.
    longest_m
        Usable length of the longest track; nan: nobody knows.
    basis
        In words, what `tracks` stands on.
    """

    index: int
    id: str
    name: str
    lat: float
    lon: float
    zone: str
    kind: Literal["station", "halt", "junction"]
    tracks: int
    resource: int
    longest_m: float
    basis: str = ""


@dataclass(frozen=True)
class Section:
    """The line between two neighbouring nodes.

    Attributes
    ----------
    index
        Its place in `LineNetwork.sections`.
    a, b
        Node numbers.
    length_m
        Along the track.
    tracks
        Running tracks.
    speed_mps
        Fastest that a train may run, as far as the data or the timetable tell.
    blocks_up
        Resources from a to b, in running order.
    blocks_down
        Resources from b to a, in running order: of one track, `blocks_up` turned round.
    block_end_m
        Where each block of `blocks_up` ends, counted from a; the last is `length_m`.
    ground
        What the course stands on: tracks of a built world, a shape of the feed, the pack's rail
        graph, or a straight line.
    lat_deg, lon_deg
        Geometry from a to b.
    basis
        In words, what `tracks` stands on.
    down_end_m
        Where each block of `blocks_down` ends, counted from b, in running order; empty: the
        boundaries of `block_end_m`.
    """

    index: int
    a: int
    b: int
    length_m: float
    tracks: int
    speed_mps: float
    blocks_up: tuple[int, ...]
    blocks_down: tuple[int, ...]
    block_end_m: tuple[float, ...]
    ground: SectionGround
    lat_deg: tuple[float, ...] = field(default=(), repr=False)
    lon_deg: tuple[float, ...] = field(default=(), repr=False)
    basis: str = ""
    down_end_m: tuple[float, ...] = ()

    def block_ends(self, forward: bool) -> tuple[float, ...]:
        """Return where the blocks end as a train meets them, counted from where it enters."""
        if forward or self.down_end_m:
            return self.block_end_m if forward else self.down_end_m
        starts = (0.0, *self.block_end_m[:-1])
        return tuple(self.length_m - start for start in reversed(starts))

    def blocks_from_a(self, forward: bool) -> list[tuple[int, float, float]]:
        """Return the blocks of one direction as (resource, from, to), metres counted from a.

        In running order; the two directions of a double line need not be cut at the same places.
        """
        ends = self.block_ends(forward)
        blocks = self.blocks_up if forward else self.blocks_down
        stretches = zip(blocks, (0.0, *ends[:-1]), ends, strict=True)
        if forward:
            return list(stretches)
        return [(b, self.length_m - end, self.length_m - start) for b, start, end in stretches]


class Step(NamedTuple):
    """One section of a way, and whether it is run from a to b."""

    section: int
    forward: bool

    @property
    def turned(self) -> Step:
        """The same section, run the other way."""
        return Step(self.section, not self.forward)


@dataclass(frozen=True, eq=False)
class Way:
    """The resources along a list of steps, in the order a train meets them.

    Attributes
    ----------
    steps
        The same.
    nodes
        Node numbers, shape (len(steps) + 1,).
    node_m
        Their distance from the start, same shape.
    resource, kind
        Shape (n,): resource number and `Kind`.
    from_m, to_m
        Shape (n,): where the resource begins and ends; equal for stations and junctions.
    direction
        Shape (n,), int8: 1 a block run from a to b, -1 from b to a, 0 station or junction.
    step
        Shape (n,): the step a block belongs to; -1 station or junction.
    node
        Shape (n,): the position in `nodes` of a station or junction; -1 a block.
    """

    steps: tuple[Step, ...]
    nodes: NDArray[np.int32]
    node_m: NDArray[np.float64]
    resource: NDArray[np.int32]
    kind: NDArray[np.int8]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    direction: NDArray[np.int8]
    step: NDArray[np.int32]
    node: NDArray[np.int32]

    @property
    def length_m(self) -> float:
        """Length of the whole way."""
        return float(self.node_m[-1])


@dataclass(frozen=True, eq=False)
class LineNetwork:
    """Stations, sections and resources of one view.

    Attributes
    ----------
    stations, sections, resources
        Each in the order of its number.
    view
        Which inference made it.
    crossings
        Junction resource by (section come from, node, section left by): only the moves that
        cross another on the level are listed.
    """

    stations: tuple[Station, ...]
    sections: tuple[Section, ...]
    resources: tuple[Resource, ...]
    view: View
    crossings: dict[tuple[int, int, int], int] = field(default_factory=dict)

    @cached_property
    def sections_at(self) -> tuple[tuple[int, ...], ...]:
        """Section numbers at each node, ascending."""
        found: list[list[int]] = [[] for _ in self.stations]
        for section in self.sections:
            found[section.a].append(section.index)
            if section.b != section.a:
                found[section.b].append(section.index)
        return tuple(tuple(entry) for entry in found)

    @cached_property
    def capacity(self) -> NDArray[np.int32]:
        """Capacity of each resource."""
        return np.array([r.capacity for r in self.resources], np.int32)

    @cached_property
    def kind(self) -> NDArray[np.int8]:
        """`Kind` of each resource."""
        return np.array([r.kind for r in self.resources], np.int8)

    @cached_property
    def _station_of_id(self) -> dict[str, int]:
        return {station.id: station.index for station in self.stations}

    def station(self, name: str) -> Station:
        """Return the station of an id or name.

        Raises
        ------
        NoPlan
            Kind ``no-station``; the cure names the nearest spellings.
        """
        from retinue.document import suggest

        if name in self._station_of_id:
            return self.stations[self._station_of_id[name]]
        wanted = name.casefold()
        named = [s for s in self.stations if s.kind != "junction" and s.name.casefold() == wanted]
        if len(named) == 1:
            return named[0]
        if named:
            what = f'"{name}" names {len(named)} stations of the timetable'
            cure = "Use an id: " + ", ".join(s.id for s in named) + "."
        else:
            what = f'the timetable has no station "{name}"'
            known = [s.name for s in self.stations if s.kind != "junction"]
            cure = suggest(name, known) or "Give a name or an id of the feed's stops."
        raise NoPlan(what, reasons=[Reason(what, cure=cure, kind="no-station")], cure=cure)

    def other_end(self, step: Step) -> int:
        """Return the node a step leads to."""
        section = self.sections[step.section]
        return section.b if step.forward else section.a

    def along(self, steps: tuple[Step, ...]) -> Way:
        """Return the resources along consecutive steps, both end stations included.

        Raises
        ------
        ValueError
            Where a step does not begin at the node where the one before ended, or there is none.
        """
        if not steps:
            raise ValueError("a way has at least one step")
        first = self.sections[steps[0].section]
        node = first.a if steps[0].forward else first.b
        nodes, node_m, at = [node], [0.0], 0.0
        rows: list[tuple[int, int, float, float, int, int, int]] = []
        self._add_node(rows, node, None, None, 0, 0.0)
        for number, step in enumerate(steps):
            section = self.sections[step.section]
            if node != (section.a if step.forward else section.b):
                raise ValueError(f"step {number} does not begin where the one before ended")
            blocks = section.blocks_up if step.forward else section.blocks_down
            begin = at
            for block, end in zip(blocks, section.block_ends(step.forward), strict=True):
                way = 1 if step.forward else -1
                rows.append((block, Kind.BLOCK, begin, at + end, way, number, -1))
                begin = at + end
            at += section.length_m
            node = self.other_end(step)
            nodes.append(node)
            node_m.append(at)
            following = steps[number + 1].section if number + 1 < len(steps) else None
            self._add_node(rows, node, step.section, following, number + 1, at)
        table = list(zip(*rows, strict=True)) if rows else [()] * 7
        return Way(
            tuple(steps),
            np.array(nodes, np.int32),
            np.array(node_m),
            np.array(table[0], np.int32),
            np.array(table[1], np.int8),
            np.array(table[2], np.float64),
            np.array(table[3], np.float64),
            np.array(table[4], np.int8),
            np.array(table[5], np.int32),
            np.array(table[6], np.int32),
        )

    def _add_node(
        self,
        rows: list[tuple[int, int, float, float, int, int, int]],
        node: int,
        come_by: int | None,
        left_by: int | None,
        position: int,
        at_m: float,
    ) -> None:
        if self.stations[node].resource >= 0:
            rows.append((self.stations[node].resource, Kind.STATION, at_m, at_m, 0, -1, position))
        elif come_by is not None and left_by is not None:
            crossing = self.crossings.get((come_by, node, left_by))
            if crossing is not None:
                rows.append((crossing, Kind.JUNCTION, at_m, at_m, 0, -1, position))

    def way(
        self,
        start: int,
        end: int,
        *,
        via: tuple[int, ...] = (),
        closed: frozenset[int] = frozenset(),
    ) -> tuple[Step, ...]:
        """Return the shortest steps between two nodes, by length.

        Parameters
        ----------
        start, end
            Node numbers.
        via
            Nodes to pass, in this order.
        closed
            Section numbers that may not be used.

        Raises
        ------
        NoPlan
            Kind ``no-route``.
        """
        from retinue.traffic.way_search import shortest_steps

        stops = (start, *via, end)
        found: list[Step] = []
        for one, two in itertools.pairwise(stops):
            steps = shortest_steps(self, one, two, closed)
            if steps is None:
                what = (
                    f"no line of the timetable's network leads from {self.stations[one].name} "
                    f"to {self.stations[two].name}"
                )
                raise NoPlan(what, reasons=[Reason(what, kind="no-route")])
            found.extend(steps)
        return tuple(found)
