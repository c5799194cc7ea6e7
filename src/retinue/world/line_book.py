"""The line book: what people know of the lines and the graph does not.

Layers are YAML files (`retinue.world.line_book_file`); a later layer wins by id.
Published kilometres are the chainage of a line; its geometry comes from the rail
graph (`retinue.world.line_geometry`) and routes from `retinue.world.rail_routing`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.world.rail_route import Facility, OperatingPoint, Value

if TYPE_CHECKING:
    from retinue.world.graph import Graph, Link
    from retinue.world.line_book_file import LayerFile, LineRecord, ValuesRecord

__all__ = [
    "VALUE_NAMES",
    "Line",
    "LineBook",
    "LinePoint",
    "Published",
    "Source",
    "Turn",
    "ValueSet",
    "load_line_books",
]

SHIPPED = Path(__file__).parent.parent / "data" / "line_books"

#: Names of the values that a stretch carries, as in `RouteStretch.values`.
VALUE_NAMES = (
    "gauge",
    "electrification",
    "line_speed",
    "tracks",
    "ruling_gradient",
    "axle_load",
    "coupler",
    "brake_system",
    "heating",
    "block_length",
    "loading_gauge",
)
KeyPath = tuple[int | str, ...]
_LENGTH_TOLERANCE = 0.03  # planned length against an H or M published figure


@dataclass(frozen=True)
class Source:
    """Where values come from."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class ValueSet:
    """Values of some stretch in SI, each with the ground it stands on.

    Attributes
    ----------
    raw
        By name of `VALUE_NAMES`: gauges as a tuple of mm, the rest as in the file in SI.
    ground
        The same values as text with source and confidence.
    """

    raw: dict[str, Any]
    ground: dict[str, Value]

    def over(self, below: ValueSet) -> ValueSet:
        """Return these values laid over others."""
        return ValueSet(below.raw | self.raw, below.ground | self.ground)


@dataclass(frozen=True)
class LinePoint:
    """A point of a line at its published kilometre.

    ``through`` are the shape points (lat, lon) between the point before and this
    one; ``snap`` says whether the point guides the path through the graph.
    """

    point: OperatingPoint
    km: float
    through: tuple[tuple[float, float], ...] = ()
    snap: bool = True
    ground: Value = field(default_factory=lambda: Value("", "", "assumed"))


@dataclass(frozen=True)
class Published:
    """A published length between two points of a line."""

    first: str
    last: str
    length_m: float
    source: str
    confidence: str


@dataclass(frozen=True)
class Turn:
    """Whether a train runs direct from one neighbouring point to another."""

    at: str
    between: frozenset[str]
    reverses: bool
    ground: Value


@dataclass(frozen=True, eq=False)
class Line:
    """A line: points along its kilometrage and values of the legs between them.

    ``legs[i]`` holds the values between ``points[i]`` and ``points[i + 1]``.
    ``where`` is the file and line of its record.
    """

    id: str
    name: str
    native_name: str
    aliases: tuple[str, ...]
    points: tuple[LinePoint, ...]
    legs: tuple[ValueSet, ...]
    published: tuple[Published, ...]
    where: str

    @cached_property
    def position(self) -> dict[str, int]:
        """Index of each point by its id."""
        return {entry.point.id: index for index, entry in enumerate(self.points)}

    @property
    def length_m(self) -> float:
        """Length on the published kilometrage."""
        return abs(self.points[-1].km - self.points[0].km) * 1000.0


@dataclass(frozen=True, eq=False)
class LineBook:
    """All layers together.

    Attributes
    ----------
    points, lines, sources
        By id.
    links
        Pieces of line that the graph lacks.
    turns
        How points are left, by point id.
    countries
        What railways of a country usually are, by alpha-2 code.
    layers
        Names of the layers, the last on top.
    """

    points: dict[str, OperatingPoint]
    lines: dict[str, Line]
    sources: dict[str, Source]
    links: tuple[Link, ...]
    turns: dict[str, tuple[Turn, ...]]
    countries: dict[str, ValueSet]
    layers: tuple[str, ...]
    _mended: dict[int, tuple[Graph, Graph]] = field(default_factory=dict, repr=False)

    def line(self, name: str) -> Line:
        """Return a line by id, name or alias.

        Raises
        ------
        InputError
            With the nearest names, where there is none.
        """
        if name in self.lines:
            return self.lines[name]
        found = self._line_names.get(_fold(name))
        if found is None:
            raise InputError(
                f'the line book has no line "{name}"',
                cure=suggest(name, [*self.lines, *(line.name for line in self.lines.values())])
                or "`retinue data` lists the lines.",
            )
        return self.lines[found]

    @cached_property
    def _line_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for line in self.lines.values():
            for name in (line.id, line.name, line.native_name, *line.aliases):
                if name:
                    names.setdefault(_fold(name), line.id)
        return names

    @cached_property
    def _point_names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for point in self.points.values():
            for name in (point.id, point.name, point.native_name, *point.aliases):
                key = _fold(name)
                if key and point.id not in names.setdefault(key, []):
                    names[key].append(point.id)
        return names

    def find(self, name: str) -> list[OperatingPoint]:
        """Return the points of that id, name, native name or alias.

        Case, accents, apostrophes, hyphens and the words "station" and "railway station"
        do not matter.
        """
        return [self.points[i] for i in self._point_names.get(_fold(name), [])]

    def names(self) -> list[str]:
        """Return every name of every point, for suggestions."""
        return sorted(
            {
                name
                for p in self.points.values()
                for name in (p.name, p.native_name, *p.aliases)
                if name
            }
        )

    def lines_at(self, point_id: str) -> list[Line]:
        """Return the lines through a point."""
        return [line for line in self.lines.values() if point_id in line.position]

    def turn(self, at: str, come_from: str, go_to: str) -> Turn | None:
        """Return what is written of running from one neighbouring point to another."""
        pair = frozenset((come_from, go_to))
        for turn in self.turns.get(at, ()):
            if turn.between == pair:
                return turn
        return None

    def mended(self, graph: Graph) -> Graph:
        """Return the graph with the book's links; made once per graph and process."""
        known = self._mended.get(id(graph))
        if known is None or known[0] is not graph:
            known = (graph, graph.with_links(self.links) if self.links else graph)
            self._mended[id(graph)] = known
        return known[1]


def load_line_books(paths: Sequence[Path] = ()) -> LineBook:
    """Read the shipped line book and lay others over it.

    Parameters
    ----------
    paths
        Layers (YAML files, or folders of them) from bottom to top; a point, line,
        source or country of a later layer replaces that of the same id below.

    Raises
    ------
    InputError
        For the first fault, with file, line, key and cure.
    """
    from retinue.world.line_book_file import LayerFile

    files = sorted(SHIPPED.glob("*.yaml"))
    names = [file.name for file in files]
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        files += inside
        names += [str(file) for file in inside]
    layers = []
    for file, name in zip(files, names, strict=True):
        node = read_yaml(file, name)
        _check_version(node)
        layers.append((node, validate(node, LayerFile)))
    return _Assembler(layers).book(tuple(names))


def _check_version(node: Node) -> None:
    from retinue.world.line_book_file import LINE_BOOK_VERSION

    found = node.value.get("line book") if isinstance(node.value, dict) else None
    if found is None:
        raise InputError(
            "this is not a layer of a line book",
            where=node.where(),
            cure=f'Begin it with "line book: {LINE_BOOK_VERSION}".',
        )
    if found.value != LINE_BOOK_VERSION:
        raise InputError(
            f"line book version {found.value} is not known here",
            where=f"{node.file}:{found.line}: line book",
            cure=f"This Retinue reads version {LINE_BOOK_VERSION}.",
        )


class _Assembler:
    """Turns validated layers into records, and checks what crosses records and layers."""

    def __init__(self, layers: Sequence[tuple[Node, LayerFile]]) -> None:
        self.layers = layers
        self.sources: dict[str, Source] = {}
        for _, layer in layers:
            for key, source in layer.sources.items():
                self.sources[key] = Source(source.text, source.url)

    def book(self, names: tuple[str, ...]) -> LineBook:
        from retinue.world.graph import Link

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
            for key, country in layer.countries.items():
                self._known(node, ("countries", key), country)
                countries[key] = _values(node, ("countries", key), country)
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


def leg_country(one: OperatingPoint, two: OperatingPoint) -> str | None:
    """Return the country of a leg between neighbouring points, None where that is open."""
    if one.kind == "border" and two.kind != "border":
        return two.country
    if two.kind == "border" or one.country == two.country:
        return one.country
    return None


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


_NOISE = re.compile(r"\b(railway|train|central)?\s*(station|stn)\b", re.IGNORECASE)
_MARKS = re.compile(r"[\s'\u2018\u2019\u02bb\u02bc`´.\-\u2010-\u2015_()]+")


def _fold(name: str) -> str:
    """Return a name without case, accents and marks; scripts stay as they are."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    composed = unicodedata.normalize("NFC", bare).casefold()
    return _MARKS.sub("", _NOISE.sub("", composed)) or _MARKS.sub("", composed)
