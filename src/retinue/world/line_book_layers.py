"""Layers of the line book put together, with the checks that cross records and layers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from retinue.document import Node, suggest
from retinue.errors import InputError
from retinue.world.graph import Link
from retinue.world.line_book import LineBook
from retinue.world.line_records import (
    VALUE_NAMES,
    Line,
    LinePoint,
    Published,
    Source,
    Turn,
    ValueSet,
    leg_country,
)
from retinue.world.rail_route import Facility, OperatingPoint, Value

if TYPE_CHECKING:
    from retinue.world.line_book_file import LayerFile, LineRecord, ValuesRecord

__all__ = ["Assembler"]

KeyPath = tuple[int | str, ...]
_LENGTH_TOLERANCE = 0.03  # planned length against an H or M published figure


class Assembler:
    """Turns validated layers into records, and checks what crosses records and layers."""

    def __init__(self, layers: Sequence[tuple[Node, LayerFile]]) -> None:
        self.layers = layers
        self.sources: dict[str, Source] = {}
        for _, layer in layers:
            for key, source in layer.sources.items():
                self.sources[key] = Source(source.text, source.url)

    def book(self, names: tuple[str, ...]) -> LineBook:
        """Return the book of these layers; ``names`` are what they are called."""
        points: dict[str, OperatingPoint] = {}
        for node, layer in self.layers:
            for key, record in layer.points.items():
                self._known(node, ("points", key), record)
                points[key] = self._point(node, key, record)
        lines: dict[str, Line] = {}
        links: list[Link] = []
        turns: dict[str, list[Turn]] = {}
        countries: dict[str, ValueSet] = {}
        for node, layer in self.layers:
            for key, line in layer.lines.items():
                lines[key] = self._line(node, key, line, points)
            for number, link in enumerate(layer.links):
                self._known(node, ("links", number), link)
                links.append(Link(*link.between[0], *link.between[1], link.length))
            for number, turn in enumerate(layer.turns):
                self._known(node, ("turns", number), turn)
                for name in (turn.at, *turn.between):
                    self._point_known(node, ("turns", number), name, points)
                text = f"{turn.running} from {turn.between[0]} to {turn.between[1]}"
                turns.setdefault(turn.at, []).insert(
                    0,
                    Turn(
                        turn.at,
                        frozenset(turn.between),
                        turn.running == "reversal",
                        Value(text, turn.source, turn.confidence),
                    ),
                )
            for number, country in enumerate(layer.countries):
                place: KeyPath = ("countries", number)
                self._known(node, place, country)
                countries |= dict.fromkeys(country.codes, _values(node, place, country))
        return LineBook(
            points,
            lines,
            self.sources,
            tuple(links),
            {key: tuple(entries) for key, entries in turns.items()},
            countries,
            names,
        )

    def _known(self, node: Node, path: KeyPath, record: Any) -> None:
        """Check that every source of a record is listed."""
        cited = [(record.source, (*path, "source"))]
        for key, basis in getattr(record, "basis", {}).items():
            cited.append((basis.source, (*path, "basis", key)))
        for source, place in cited:
            if source is not None and source not in self.sources:
                raise InputError(
                    f'the source "{source}" is not listed',
                    where=node.where(place),
                    cure=suggest(source, self.sources)
                    or "Add it under `sources:` with its text and url.",
                )
        for key in getattr(record, "basis", {}):
            if key.replace(" ", "_") not in type(record).model_fields:
                raise InputError(
                    f'"basis" names "{key}", which is no value of this record',
                    where=node.where((*path, "basis", key)),
                )

    def _point_known(self, node: Node, path: KeyPath, name: str, points: dict[str, Any]) -> None:
        if name not in points:
            raise InputError(
                f'there is no point "{name}"',
                where=node.where(path),
                cure=suggest(name, points) or "Add it under `points:`.",
            )

    def _point(self, node: Node, key: str, record: Any) -> OperatingPoint:
        facilities = []
        for number, item in enumerate(record.facilities):
            self._known(node, ("points", key, "facilities", number), item)
            facilities.append(
                Facility(
                    kind=item.kind,
                    gauges_mm=tuple(round(g * 1000) for g in item.gauges),
                    low_s=item.low,
                    likely_s=item.likely,
                    high_s=item.high,
                    lift_positions=item.lift_positions,
                    lift_time_s=item.lift_time,
                    shunting_s=item.shunting,
                    source=item.source,
                    confidence=item.confidence,
                    note=item.note,
                    assumed=tuple(item.assumed()),
                )
            )
        return OperatingPoint(
            id=key,
            name=record.name,
            lat=record.lat,
            lon=record.lon,
            country=record.country,
            zone=record.zone,
            kind=record.kind,
            native_name=record.native_name,
            aliases=record.aliases,
            platform_length_m=record.platform_length,
            loop_length_m=record.loop_length,
            facilities=tuple(facilities),
            source=record.source,
            confidence=record.confidence,
            assumed=tuple(record.assumed()),
        )

    def _line(
        self, node: Node, key: str, record: LineRecord, points: dict[str, OperatingPoint]
    ) -> Line:
        path: KeyPath = ("lines", key)
        self._known(node, path, record)
        entries: list[LinePoint] = []
        for number, item in enumerate(record.points):
            place: KeyPath = (*path, "points", number)
            self._point_known(node, place, item.at, points)
            self._known(node, place, item)
            if any(entry.point.id == item.at for entry in entries):
                raise InputError(f'"{item.at}" stands twice on the line', where=node.where(place))
            ground = Value(
                f"km {item.km:g}",
                item.source or record.source,
                item.confidence or record.confidence,
            )
            entries.append(LinePoint(points[item.at], item.km, item.through, item.snap, ground))
        self._check_order(node, path, entries)
        legs = self._legs(node, path, record, entries)
        published = self._published(node, path, record, entries)
        return Line(
            key,
            record.name,
            record.native_name,
            record.aliases,
            tuple(entries),
            tuple(legs),
            tuple(published),
            node.where(path),
        )

    def _check_order(self, node: Node, path: KeyPath, entries: Sequence[LinePoint]) -> None:
        rising = entries[-1].km > entries[0].km
        for number, (one, two) in enumerate(_pairs(entries), start=1):
            place = node.where((*path, "points", number))
            if (two.km > one.km) != rising or two.km == one.km:
                raise InputError(
                    f"km {two.km:g} of {two.point.name} does not follow on km {one.km:g} of "
                    f"{one.point.name}",
                    where=place,
                    cure="Kilometres rise, or fall, from the first point to the last.",
                )
            if leg_country(one.point, two.point) is None:
                raise InputError(
                    f"the line passes from {one.point.country} to {two.point.country} between "
                    f"{one.point.name} and {two.point.name} without a point of kind border",
                    where=place,
                    cure="Add the border as a point of the line.",
                )

    def _legs(
        self,
        node: Node,
        path: KeyPath,
        record: LineRecord,
        entries: Sequence[LinePoint],
    ) -> list[ValueSet]:
        position = {entry.point.id: index for index, entry in enumerate(entries)}
        throughout: KeyPath = (*path, "throughout")
        self._known(node, throughout, record.throughout)
        base = _values(node, throughout, record.throughout)
        legs = [base] * (len(entries) - 1)
        for number, section in enumerate(record.sections):
            place: KeyPath = (*path, "sections", number)
            self._known(node, place, section)
            for name in section.between:
                if name not in position:
                    raise InputError(
                        f'"{name}" is not a point of the line',
                        where=node.where((*place, "between")),
                        cure=suggest(name, position) or "Known: " + ", ".join(position) + ".",
                    )
            first, last = sorted(position[name] for name in section.between)
            values = _values(node, place, section)
            for index in range(first, last):
                legs[index] = values.over(legs[index])
        for index, leg in enumerate(legs):
            for name in ("gauge", "line_speed"):
                if name not in leg.raw:
                    raise InputError(
                        f"no {name.replace('_', ' ')} is given between "
                        f"{entries[index].point.name} and {entries[index + 1].point.name}",
                        where=node.where(throughout),
                        cure=f'Add "{name.replace("_", " ")}" to "throughout" or to a section.',
                    )
        return legs

    def _published(
        self,
        node: Node,
        path: KeyPath,
        record: LineRecord,
        entries: Sequence[LinePoint],
    ) -> Iterator[Published]:
        km = {entry.point.id: entry.km for entry in entries}
        for number, item in enumerate(record.published):
            place: KeyPath = (*path, "published", number)
            self._known(node, place, item)
            first, last = item.between or (entries[0].point.id, entries[-1].point.id)
            for name in (first, last):
                if name not in km:
                    raise InputError(
                        f'"{name}" is not a point of the line', where=node.where(place)
                    )
            planned = abs(km[last] - km[first]) * 1000.0
            if (
                item.confidence in ("H", "M")
                and abs(planned / item.length - 1.0) > _LENGTH_TOLERANCE
            ):
                raise InputError(
                    f"the kilometres give {planned / 1000:,.0f} km from {first} to {last}, more "
                    f"than 3 % off the published {item.length / 1000:,.0f} km",
                    where=node.where(place),
                    cure="Correct the kilometres of the points, or the published length.",
                )
            yield Published(first, last, item.length, item.source, item.confidence)


def _pairs(entries: Sequence[LinePoint]) -> Iterator[tuple[LinePoint, LinePoint]]:
    return itertools.pairwise(entries)


def _values(node: Node, path: KeyPath, record: ValuesRecord) -> ValueSet:
    raw: dict[str, Any] = {}
    ground: dict[str, Value] = {}
    written = node.find(path)
    for name in VALUE_NAMES:
        value = getattr(record, name)
        if value is None:
            continue
        raw[name] = tuple(round(g * 1000) for g in value) if name == "gauge" else value
        text = written.find((name.replace("_", " "),)).plain()
        if isinstance(text, list):
            text = ", ".join(str(item) for item in text)
        basis = record.basis_of(name)
        ground[name] = Value(str(text), basis.source, basis.confidence)
    return ValueSet(raw, ground)
