"""What a rail leg rests on: line books, rolling stock, operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.plan import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retinue.rail.formation import Formation
    from retinue.rail.request import RailRequest
    from retinue.world.line_book import LineBook

__all__ = ["rail_sources"]


def rail_sources(request: RailRequest, book: LineBook) -> tuple[Source, ...]:
    """Return every source of the route's values and of the convoy's vehicles."""
    found = [
        (value.source, stretch.line_name)
        for stretch in request.route.stretches
        for value in stretch.values.values()
        if value.confidence != "assumed"
    ]
    found += [(entry.point.source, "operating points") for entry in request.route.points]
    sources = [_of_book(book, name, use) for name, use in dict.fromkeys(found) if name]
    sources += list(dict.fromkeys(_of_trains(request)))
    return tuple(sources)


def _of_book(book: LineBook, name: str, use: str) -> Source:
    known = book.sources.get(name)
    if known is None:
        return Source(id=name, text=name, used_for=(use,))
    return Source(id=name, text=known.text, url=known.url, used_for=(use,))


def _of_trains(request: RailRequest) -> Iterator[Source]:
    trains: list[Formation] = [request.train]
    trains += [other.formation for other in (request.advance, request.following) if other]
    for train in trains:
        if train.source:
            yield Source(id=train.source, text=train.source, used_for=(f"train {train.name}",))
        for placed in train.vehicles:
            vehicle = placed.vehicle
            yield Source(
                id=vehicle.source,
                text=vehicle.source,
                confidence=vehicle.confidence,
                used_for=(f"rolling stock {vehicle.title}",),
            )
