"""The resources of one view: blocks of every section, tracks of every station, crossings.

Lengths by rule where no signals are known; tracks as the view infers them.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from retinue.traffic.junctions import crossing_moves
from retinue.traffic.line_network import LineNetwork, Section, Station, View
from retinue.traffic.resource import Ground, Kind, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.mapped_line import MappedSection, MappedStation
    from retinue.traffic.skeleton import Skeleton, SkeletonNode, SkeletonSection
    from retinue.traffic.track_proofs import StationProof, TimetableProofs
    from retinue.traffic.train_run import TrainRun

__all__ = ["NetworkBuilder", "junction_moves"]


#: By this share may a block be longer than the rule, rather than be cut in two short ones.
_LONGER_SHARE = 0.1


class NetworkBuilder:
    """Builds the network of either view over one skeleton.

    Parameters
    ----------
    skeleton, proofs, rules
        Nodes and sections; what the timetable proves of them; block lengths.
    zone
        Time zone of the stations, for people.
    sections, stations
        What a built world tells of sections and nodes, by number; these go before inference.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        proofs: TimetableProofs,
        rules: BlockingRules,
        *,
        zone: str,
        sections: Mapping[int, MappedSection] | None = None,
        stations: Mapping[int, MappedStation] | None = None,
    ) -> None:
        self.skeleton = skeleton
        self.proofs = proofs
        self.rules = rules
        self.zone = zone
        self.mapped_sections = sections or {}
        self.mapped_stations = stations or {}
        self._around: list[list[int]] = [[] for _ in skeleton.nodes]
        for section in skeleton.sections:
            self._around[section.a].append(section.index)
            self._around[section.b].append(section.index)

    def network(
        self, view: View, side: str | None, moves: set[tuple[int, int, int]]
    ) -> LineNetwork:
        """Return the network of a view.

        Parameters
        ----------
        view
            Pessimistic or optimistic.
        side
            On which track of a double line trains run: left, right, or None: not known.
        moves
            Moves over junctions that occur: section come by, node, section left by.
        """
        resources: list[Resource] = []
        sections = [self._section(s, view, resources) for s in self.skeleton.sections]
        stations = [self._station(n, view, sections, resources) for n in self.skeleton.nodes]
        crossings: dict[tuple[int, int, int], int] = {}
        for node in self.skeleton.nodes:
            # On the level is the cautious reading; the other one is a flyover.
            if not node.junction or view == "optimistic":
                continue
            here = {move for move in moves if move[1] == node.index}
            for number, group in enumerate(crossing_moves(node.index, here, sections, side)):
                name = node.name if number == 0 else f"{node.name} ({number + 1})"
                resource = Resource(
                    len(resources), Kind.JUNCTION, name, 1, math.nan, node.lat, node.lon, "inferred"
                )
                resources.append(resource)
                crossings.update(dict.fromkeys(group, resource.id))
        return LineNetwork(tuple(stations), tuple(sections), tuple(resources), view, crossings)

    def _tracks(self, section: SkeletonSection, view: View) -> tuple[int, int, bool, str]:
        """Return tracks up and down, whether they are one and the same, and the ground."""
        proof = self.proofs.sections[section.index]
        mapped = self.mapped_sections.get(section.index)
        if mapped is not None and mapped.tracks:
            # Of an odd number the odd one is taken for the way up: nothing tells.
            up, down = (mapped.tracks + 1) // 2, max(1, mapped.tracks // 2)
            return up, down, mapped.tracks == 1, f"{mapped.tracks} tracks are mapped"
        up, down = max(proof.up, 1), max(proof.down, 1)
        if view == "optimistic":
            return up, down, False, "taken as double: nothing proves it single"
        if proof.tracks == 1:
            return 1, 1, True, "taken as single: no two trains prove a second track"
        by = " and ".join(proof.witness or ())
        return up, down, False, f"double: proven by {by}"

    def _section(self, section: SkeletonSection, view: View, resources: list[Resource]) -> Section:
        up, down, shared, basis = self._tracks(section, view)
        mapped = self.mapped_sections.get(section.index)
        proof = self.proofs.sections[section.index]
        usual = self.rules.single_block_m if shared else self.rules.double_block_m
        longest_up, longest_down = min(usual, proof.block_up_m), min(usual, proof.block_down_m)
        if shared:
            longest_up = longest_down = min(longest_up, longest_down)
        signals = (mapped.signals_up_m, mapped.signals_down_m) if mapped else ((), ())
        ends_up = self._block_ends(section, longest_up, signals[0])
        ends_down = self._block_ends(section, longest_down, signals[1])
        source: Ground = "signals" if mapped and mapped.signals_up_m else "rule"
        if shared:
            blocks_up = self._blocks(section, ends_up, 1, source, resources, "")
            blocks_down, ends_down = blocks_up[::-1], ends_up
        else:
            nodes = self.skeleton.nodes
            towards = f" towards {nodes[section.b].name}"
            blocks_up = self._blocks(section, ends_up, up, source, resources, towards)
            towards = f" towards {nodes[section.a].name}"
            blocks_down = self._blocks(section, ends_down, down, source, resources, towards)[::-1]
        return Section(
            section.index, section.a, section.b, section.length_m, 1 if shared else up + down,
            max(proof.speed_mps, self.rules.least_speed_mps), blocks_up, blocks_down, ends_up,
            section.ground, section.lat, section.lon, basis, _from_b(ends_down),
        )  # fmt: skip

    def _block_ends(
        self, section: SkeletonSection, longest_m: float, signals_m: tuple[float, ...]
    ) -> tuple[float, ...]:
        """Return where blocks end, counted from a, the section's end last."""
        length = section.length_m
        inner = [m for m in signals_m if self.rules.shortest_block_m < m < length]
        if inner:
            kept: list[float] = []
            for m in inner:
                if m - (kept[-1] if kept else 0.0) >= self.rules.shortest_block_m:
                    kept.append(m)
            if length - kept[-1] < self.rules.shortest_block_m:
                kept.pop()
            return (*kept, length)
        # A section a little longer than a block is one block still.
        count = max(1, math.ceil(length / longest_m - _LONGER_SHARE))
        return (*(length * (i + 1) / count for i in range(count - 1)), length)

    def _blocks(
        self,
        section: SkeletonSection,
        ends: tuple[float, ...],
        capacity: int,
        source: Ground,
        resources: list[Resource],
        towards: str,
    ) -> tuple[int, ...]:
        """Add the blocks of one set, from a to b, and return their numbers."""
        nodes = self.skeleton.nodes
        name = f"{nodes[section.a].name} - {nodes[section.b].name}"
        found = []
        for number in range(len(ends)):
            # The point of the section's geometry nearest to the block's middle, by share.
            share = (number + 0.5) / len(ends)
            spot = min(int(share * len(section.lat)), len(section.lat) - 1)
            part = f", block {number + 1}" if len(ends) > 1 else ""
            resources.append(
                Resource(
                    len(resources), Kind.BLOCK, f"{name}{part}{towards}", capacity, math.nan,
                    section.lat[spot], section.lon[spot], source,
                )
            )  # fmt: skip
            found.append(resources[-1].id)
        return tuple(found)

    def _station(
        self, node: SkeletonNode, view: View, sections: list[Section], resources: list[Resource]
    ) -> Station:
        if node.junction:
            return Station(
                node.index, node.id, node.name, node.lat, node.lon, self.zone, "junction", 0, -1,
                math.nan, "lines part here",
            )  # fmt: skip
        around = self._around[node.index]
        proof = self.proofs.stations[node.index]
        mapped = self.mapped_stations.get(node.index)
        lines = max((sections[i].tracks for i in around), default=1)
        tracks, longest, lengths, basis = self._station_tracks(node, view, lines, len(around))
        one_way = max((max(1, sections[i].tracks // 2) for i in around), default=1)
        plain = (
            view == "pessimistic"
            and mapped is None
            and len(around) == 2
            and not proof.ends
            and proof.together <= lines
            and proof.together_one_way <= one_way
        )
        if plain:
            return Station(
                node.index, node.id, node.name, node.lat, node.lon, self.zone, "halt", lines, -1,
                math.nan, "taken as a halt: no train proves a further track",
            )  # fmt: skip
        source: Ground = "world" if mapped is not None else "inferred"
        resource = Resource(
            len(resources), Kind.STATION, node.name, tracks, longest, node.lat, node.lon, source,
            lengths,
        )  # fmt: skip
        resources.append(resource)
        return Station(
            node.index, node.id, node.name, node.lat, node.lon, self.zone, "station", tracks,
            resource.id, longest, basis,
        )  # fmt: skip

    def _station_tracks(
        self, node: SkeletonNode, view: View, lines: int, sections: int
    ) -> tuple[int, float, tuple[float, ...], str]:
        """Return tracks, the longest, all lengths, and the ground."""
        proof: StationProof = self.proofs.stations[node.index]
        mapped = self.mapped_stations.get(node.index)
        if mapped is not None:
            lengths = mapped.track_lengths_m
            longest = max((m for m in lengths if not math.isnan(m)), default=math.nan)
            return mapped.tracks, longest, lengths, f"{mapped.tracks} tracks are mapped"
        least = max(proof.together, lines, 1)
        if view == "pessimistic":
            return least, math.nan, (), f"{proof.together} trains at once prove the least"
        # A loop beside every pair of line tracks.
        most = max(least + 1, 2 * math.ceil(sections / 2) + lines - 1)
        return most, math.nan, (), "taken as having a loop beside its line tracks"


def _from_b(ends_m: tuple[float, ...]) -> tuple[float, ...]:
    """Return the ends of blocks, counted from a, as a train from b meets them, counted from b."""
    starts = (0.0, *ends_m[:-1])
    return tuple(ends_m[-1] - start for start in reversed(starts))


def junction_moves(
    skeleton: Skeleton, runs: list[TrainRun] | tuple[TrainRun, ...]
) -> set[tuple[int, int, int]]:
    """Return the moves over junctions that runs make: section, node, section."""
    found: set[tuple[int, int, int]] = set()
    for steps in {run.steps for run in runs}:
        for one, two in itertools.pairwise(steps):
            section = skeleton.sections[one.section]
            node = section.b if one.forward else section.a
            if skeleton.nodes[node].junction:
                found.add((one.section, node, two.section))
    return found
