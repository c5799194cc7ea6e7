"""The line book: what people know of the lines and the graph does not.

Layers are YAML files (`retinue.world.line_book_file`); a later layer wins by id.
Published kilometres are the chainage of a line; its geometry comes from the rail
graph (`retinue.world.line_geometry`) and routes from `retinue.world.rail_routing`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.world.line_records import Line, Source, Turn, ValueSet
from retinue.world.rail_route import OperatingPoint

if TYPE_CHECKING:
    from retinue.world.graph import Graph, Link
    from retinue.world.line_geometry import PartGeometry

__all__ = ["LineBook", "load_line_books"]

SHIPPED = Path(__file__).parent.parent / "data" / "line_books"


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
                cure=suggest(name, self.lines) or "`retinue data` lists the lines.",
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
        return self._lines_at.get(point_id, [])

    @cached_property
    def _lines_at(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines.values():
            for point_id in line.position:
                found.setdefault(point_id, []).append(line)
        return found

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

    def check(self, graph: Graph) -> dict[str, PartGeometry]:
        """Lay every line along the rail graph and return the geometries by line id.

        Raises
        ------
        InputError
            Where a line, or a long leg of it, is more than 10 % apart from the graph.
        NoPlan
            Where the graph does not connect the points of a line.
        """
        from retinue.world.line_geometry import check_line

        mended = self.mended(graph)
        return {key: check_line(mended, line) for key, line in self.lines.items()}


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
    from retinue.world.line_book_layers import Assembler

    files = sorted(SHIPPED.glob("*.yaml"))
    names = [file.name for file in files]
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            raise InputError(
                "the folder holds no layer of a line book",
                where=str(path),
                cure="Layers are files that end in .yaml.",
            )
        files += inside
        names += [str(file) for file in inside]
    layers = []
    for file, name in zip(files, names, strict=True):
        node = read_yaml(file, name)
        _check_version(node)
        layers.append((node, validate(node, LayerFile)))
    return Assembler(layers).book(tuple(names))


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


_NOISE = re.compile(r"\b(railway|train|central)?\s*(station|stn)\b", re.IGNORECASE)
_MARKS = re.compile(r"[\s'\u2018\u2019\u02bb\u02bc`´.\-\u2010-\u2015_()]+")


def _fold(name: str) -> str:
    """Return a name without case, accents and marks; scripts stay as they are."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    composed = unicodedata.normalize("NFC", bare).casefold()
    return _MARKS.sub("", _NOISE.sub("", composed)) or _MARKS.sub("", composed)
