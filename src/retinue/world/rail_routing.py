"""Rail routes from place to place: over the line book, and over the raw graph elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.document import suggest
from retinue.errors import InputError
from retinue.world.line_book import LineBook
from retinue.world.rail_access import is_roundabout, route_over_graph
from retinue.world.rail_route import OperatingPoint, RailRoute
from retinue.world.rail_search import search_parts
from retinue.world.route_assembly import route_of_parts

if TYPE_CHECKING:
    from retinue.world.countries import Countries
    from retinue.world.graph import Graph

__all__ = ["plan_route"]


def plan_route(
    book: LineBook,
    rail_graph: Graph,
    start: OperatingPoint,
    end: OperatingPoint,
    *,
    lines: Sequence[str] = (),
    via: Sequence[OperatingPoint | str] = (),
    forbidden_lines: Sequence[str] = (),
    countries: Countries | None = None,
) -> RailRoute:
    """Return the route between two places.

    Parameters
    ----------
    book, rail_graph
        The line book and the rail graph of the pack, without the book's links.
    start, end
        Points of the book, or places of one's own (an `OperatingPoint` with an empty
        id): these are reached over the raw graph with the values usual in the country.
    lines
        Lines to be used, in this order; without them the shortest way.
    via
        Points to be passed, in this order, by name or as points.
    forbidden_lines
        Lines that may not be used.
    countries
        Country outlines, for what runs over the raw graph; by default the pack's.

    Raises
    ------
    InputError
        For an unknown line or via point, a line that does not meet the next, an end
        that is not on the lines asked for, or a line whose kilometres contradict the
        graph.
    NoPlan
        With a reason of kind ``no-route`` where nothing connects the places.
    """
    graph = book.mended(rail_graph)
    stops = [_via_point(book, item) for item in via]
    chosen = [book.line(name) for name in lines]
    forbidden = {book.line(name).id for name in forbidden_lines}
    for line in chosen:
        if line.id in forbidden:
            raise InputError(f'the line "{line.id}" is asked for and forbidden at once')
    ends = [start, *stops, end]
    for one, two in itertools.pairwise(ends):
        if (one.id and one.id == two.id) or (one.lat, one.lon) == (two.lat, two.lon):
            raise InputError(
                f"the route stands at {one.name} twice in succession",
                cure="Begin, end and `via` name places that differ.",
            )
    on_book = all(point.id in book.points and book.lines_at(point.id) for point in ends)
    if on_book:
        parts = search_parts(book, ends, chosen, forbidden)
        if parts is not None and (chosen or forbidden or not is_roundabout(graph, parts, ends)):
            return route_of_parts(book, graph, parts, ends)
    return route_over_graph(
        book, graph, ends, lines=chosen, forbidden=forbidden, countries=countries
    )


def _via_point(book: LineBook, item: OperatingPoint | str) -> OperatingPoint:
    if isinstance(item, OperatingPoint):
        return item
    found = book.find(item)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f'the line book has no point "{item}" to pass',
            cure=suggest(item, book.names()) or "Give it with lat and lon under `places`.",
        )
    raise InputError(
        f'"{item}" names {len(found)} points of the line book',
        cure="Use an id: " + ", ".join(point.id for point in found) + ".",
    )
