"""Small records that every plan needs: places, sources, assumptions told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from retinue.plan import Assumption, PlaceRecord, Source
from retinue.world.rail_route import OperatingPoint

if TYPE_CHECKING:
    from retinue.world.pack import Licence
    from retinue.world.places import Place

__all__ = ["end_of", "merge_assumptions", "merge_sources", "place_record"]


def place_record(place: Place) -> PlaceRecord:
    """Return a place as the plan names it."""
    return PlaceRecord(
        name=place.name,
        lat=round(place.lat, 5),
        lon=round(place.lon, 5),
        country=place.country,
        zone=place.zone,
        native_name=place.native_name,
        found_in=place.found_in,
    )


def merge_assumptions(items: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """Tell each assumption once, with all the legs that rest on it, in order of first use."""
    merged: dict[tuple[str, str, str, str], list[str]] = {}
    for item in items:
        legs = merged.setdefault((item.subject, item.what, item.value, item.because), [])
        legs += [leg for leg in item.legs if leg not in legs]
    return tuple(
        Assumption(subject=subject, what=what, value=value, because=because, legs=tuple(legs))
        for (subject, what, value, because), legs in merged.items()
    )


def merge_sources(items: Iterable[Source], licences: Iterable[Licence]) -> tuple[Source, ...]:
    """Tell each source once, with all it was used for; the pack's data come last."""
    merged: dict[str, tuple[Source, list[str]]] = {}
    for item in items:
        _, used = merged.setdefault(item.id, (item, []))
        used += [use for use in item.used_for if use not in used]
    told = [
        source.model_copy(update={"used_for": tuple(sorted(used))})
        for source, used in merged.values()
    ]
    told.sort(key=lambda source: source.id)
    told += [
        Source(
            id=licence.name,
            text=f"{licence.attribution}; {licence.licence}",
            url=licence.url,
            used_for=("world pack",),
        )
        for licence in licences
    ]
    return tuple(told)


def end_of(place: Place) -> OperatingPoint:
    """Return the operating point of a place, or one of its own where no book knows it."""
    if place.operating_point is not None:
        return place.operating_point
    return OperatingPoint(
        id="",
        name=place.name,
        lat=place.lat,
        lon=place.lon,
        country=place.country,
        zone=place.zone,
        native_name=place.native_name,
        source=place.found_in,
    )
