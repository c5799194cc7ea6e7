"""The ground of a special train's way, read off the plain record: its blocks and what lies beside.

Nothing of the search is used.  Which blocks lie beside the way follows from the sections: those of
the other direction of a line of two or more tracks, the way's own where they stand for more than
one track, and those of other lines whose course runs beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from retinue.checks.traffic_courses import Beside, Crossing, crossings, lines_beside

if TYPE_CHECKING:
    from retinue.checks.traffic_convoy import Member
    from retinue.plan.traffic import LineSection, ResourceRecord, TrafficRecord

__all__ = ["Ground", "Stretch", "ground_of"]

#: Chainages of nodes and of stations are rounded separately.
NEAR_M = 1.0


class Stretch(NamedTuple):
    """A resource along the way; a station and a junction begin where they end."""

    resource: int
    from_m: float
    to_m: float
    direction: int = 0


@dataclass(frozen=True, eq=False)
class Ground:
    """What lies on the way and beside it, by chainage of the leg.

    Attributes
    ----------
    blocks, beside, stations, junctions
        In the order of the way; `beside`: of its own sections.
    lines, crossings
        Blocks of other lines beside it, and across it on another level.
    sections
        Those that the way runs over, in its order.
    """

    places: dict[int, ResourceRecord]
    sections: tuple[LineSection, ...]
    blocks: tuple[Stretch, ...]
    beside: tuple[Stretch, ...]
    stations: tuple[Stretch, ...]
    junctions: tuple[Stretch, ...]
    lines: tuple[Beside, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    faults: tuple[str, ...] = ()


def ground_of(record: TrafficRecord, main: Member) -> Ground:
    """Return the ground under the main train, and what contradicts its own holds."""
    places = {place.id: place for place in record.resources}
    on = [s for s in record.sections if s.a_m is not None and s.b_m is not None]
    on.sort(key=lambda s: (min(_ends(s)), max(_ends(s))))
    faults = [
        f"the section {section.name} has no length"
        for section in on
        if min(_ends(section)) == max(_ends(section)) or section.length_m <= 0.0
    ]
    faults += [
        f"the way breaks off between {one.name} and {two.name}"
        for one, two in pairwise(on)
        if abs(max(_ends(one)) - min(_ends(two))) > NEAR_M or not {one.a, one.b} & {two.a, two.b}
    ]
    if not on:
        faults.append("the sections of the way are not told")
    if faults:
        return Ground(places, tuple(on), (), (), (), (), faults=tuple(faults))
    blocks, beside = [], []
    for section in on:
        forward = section.b_m > section.a_m  # type: ignore[operator]
        own = _spans(section, forward)
        blocks += own
        numbers = {stretch.resource for stretch in own}
        others = [s for s in _spans(section, not forward) if s.resource not in numbers]
        if section.tracks > 1:
            beside += others
        elif others:
            faults.append(f"{section.name} has one track and blocks of two")
        beside += [s for s in own if s.resource in places and places[s.resource].capacity > 1]
    held = {pass_.resource for pass_ in main.train.passes}
    ends = sorted({m for section in on for m in _ends(section)})
    nodes = [
        (place, _snapped(place.from_m, ends))
        for place in record.resources
        if place.kind != "block" and place.id in held and place.from_m is not None
    ]
    nodes.sort(key=lambda entry: entry[1])
    faults += _against_holds(record, main, blocks, held, places)
    return Ground(
        places,
        tuple(on),
        tuple(blocks),
        tuple(beside),
        tuple(Stretch(p.id, at, at) for p, at in nodes if p.kind == "station"),
        tuple(Stretch(p.id, at, at) for p, at in nodes if p.kind == "junction"),
        tuple(lines_beside(record.sections)),
        tuple(crossings(record.sections)),
        tuple(faults),
    )


def _ends(section: LineSection) -> tuple[float, float]:
    assert section.a_m is not None and section.b_m is not None
    return section.a_m, section.b_m


def _spans(section: LineSection, forward: bool) -> list[Stretch]:
    """Return the blocks of one direction by rising chainage."""
    a_m, b_m = _ends(section)

    def at(metres: float) -> float:
        return a_m + (b_m - a_m) * metres / section.length_m

    found = [
        Stretch(
            span.resource,
            min(at(span.from_m), at(span.to_m)),
            max(at(span.from_m), at(span.to_m)),
            1 if forward else -1,
        )
        for span in (section.up if forward else section.down)
    ]
    return sorted(found, key=lambda stretch: stretch.from_m)


def _snapped(at_m: float | None, nodes_m: list[float]) -> float:
    assert at_m is not None
    nearest = min(nodes_m, key=lambda m: abs(m - at_m), default=at_m)
    return nearest if abs(nearest - at_m) <= NEAR_M else at_m


def _against_holds(
    record: TrafficRecord,
    main: Member,
    blocks: list[Stretch],
    held: set[int],
    places: dict[int, ResourceRecord],
) -> list[str]:
    """Return where the way of the sections is not the one that the main train holds."""
    own = {stretch.resource for stretch in blocks}
    faults = [
        f"the way runs over {places[i].name if i in places else i}, which {main.train.id} does "
        "not hold"
        for i in sorted(own - held)
    ]
    faults += [
        f"{main.train.id} holds {places[i].name}, which is not on its way"
        for i in sorted(held - own)
        if i in places and places[i].kind == "block"
    ]
    faults += [
        f"nobody knows where {places[i].name} lies on the way"
        for i in sorted(held)
        if i in places and places[i].kind != "block" and places[i].from_m is None
    ]
    for place in record.resources:
        if place.id in held and place.from_m is not None:
            inside = main.first_m - NEAR_M <= place.from_m <= main.last_m + NEAR_M
            if place.kind != "block" and not inside:
                faults.append(f"{place.name} lies beyond the run of {main.train.id}")
    return faults
