"""What a road leg stands on: its assumptions, its sources, and remarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retinue.plan.records import Assumption, Note, Source
from retinue.road.border_watch import BorderWatch
from retinue.road.convoy import Convoy, column_sources
from retinue.road.request import BorderPassed, EscortStretch, RoadRequest, RoadStretch
from retinue.road.track import Track

if TYPE_CHECKING:
    from retinue.world.road_book import RoadBook, RoadLink, RoadSpeeds

__all__ = ["road_assumptions", "road_notes", "road_sources"]

_APART = 0.10  # a published distance farther than this from the graph's is remarked upon
_LEAST_M = 1.0


def road_notes(
    request: RoadRequest, raw_m: float, borders: tuple[BorderPassed, ...], convoy: Convoy
) -> tuple[Note, ...]:
    """Return remarks: a distance far from the graph's, borders opened by word, the convoy's."""
    notes = []
    published = request.published_distance_m
    if published is not None and abs(published - raw_m) > _APART * published:
        notes.append(
            Note(
                level="warning",
                subject=request.title,
                text=(
                    f"the distance given, {published / 1000:,.1f} km, is more than 10 % from the "
                    f"{raw_m / 1000:,.1f} km of road graph and assumed access roads"
                ),
            )
        )
    notes += [
        Note(
            level="warning",
            subject=border.name,
            text=f"the border {border.key} is open to this journey by its own word only",
        )
        for border in borders
        if border.opened_by == "this journey"
    ]
    if convoy.remark:
        notes.append(Note(level="info", subject=convoy.title, text=convoy.remark))
    return tuple(notes)


def road_assumptions(
    request: RoadRequest,
    track: Track,
    stretches: tuple[RoadStretch, ...],
    escorts: tuple[EscortStretch, ...],
    speeds: dict[str, RoadSpeeds],
    book: RoadBook,
    links: list[RoadLink],
) -> tuple[Assumption, ...]:
    """Return what nobody published and the leg took all the same."""
    legs = (request.leg_id,)
    found: list[Assumption] = []

    def add(subject: str, what: str, value: str, because: str) -> None:
        found.append(
            Assumption(subject=subject, what=what, value=value, because=because, legs=legs)
        )

    def ground(source: str) -> str:
        return book.sources.get(source, source)

    used = {(s.country, s.kind): s.speed_mps for s in stretches if s.assumed and not s.escorted}
    for (country, kind), speed in used.items():
        text = ground(speeds[country].source)
        add(f"roads in {country}", f"march speed, {kind}", f"{speed * 3.6:.0f} km/h", text)
    conduct = book.conduct
    for access in track.access:
        if not access.source and access.length_m > _LEAST_M:
            add(
                f"access road, {access.place}",
                "length",
                f"{access.length_m / 1000:.1f} km",
                f"straight line {access.straight_m / 1000:.1f} km x {conduct.detour_factor:g}; "
                + ground(conduct.basis_of("detour factor").source),
            )
    for link in links:
        basis = link.basis_of("length")
        if basis.confidence == "assumed":
            value = f"{link.length / 1000:.1f} km"
            add(link.name, "length", value, ground(basis.source))
    if any(s.kind == "urban" for s in stretches):
        add(
            request.title, "length of town at either end",
            f"{conduct.urban_reach / 1000:.0f} km", ground(conduct.basis_of("urban reach").source),
        )  # fmt: skip
    for escort in escorts:
        if escort.pace_mps == conduct.escort_pace:
            add(
                request.title, "pace of running bodyguards",
                f"{escort.pace_mps * 3.6:.0f} km/h",
                ground(conduct.basis_of("escort pace").source),
            )  # fmt: skip
    add(
        request.title,
        "starting and braking",
        "not counted",
        "the march speed is an average that the column holds; changes of speed take no time",
    )
    add(
        f"convoy {request.convoy.name}", "column order", request.column,
        "spacing rises with speed within the published bounds; the rise is an estimate",
    )  # fmt: skip
    for value in request.convoy.assumed:
        source = request.convoy.sources.get(request.convoy.source, request.convoy.source)
        add(f"convoy {request.convoy.name}", value, request.convoy.title, source)
    return tuple(found)


def road_sources(
    convoy: Convoy,
    speeds: dict[str, RoadSpeeds],
    book: RoadBook,
    borders: tuple[BorderPassed, ...],
    watch: BorderWatch,
    links: list[RoadLink],
) -> tuple[Source, ...]:
    """Return where the values of the leg come from."""
    used: dict[str, tuple[str, list[str]]] = {}

    def add(key: str, text_of: Callable[[str], str | None], purpose: str) -> None:
        text = text_of(key)
        if text is not None:
            used.setdefault(key, (text, []))[1].append(purpose)

    for code, entry in speeds.items():
        add(entry.source, book.sources.get, f"road speeds in {code}")
    for border in borders:
        state = watch.state(border.from_country, border.to_country)
        add(state.source, book.sources.get, f"border {border.key}")
    for link in links:
        add(link.source, book.sources.get, link.name)
    add(convoy.source, convoy.sources.get, f"convoy {convoy.name}")
    for vehicle in convoy.vehicles:
        add(vehicle.vehicle.source, convoy.sources.get, vehicle.vehicle.label)
    add("fm-3-21.8", column_sources().get, "spacing of the column")
    return tuple(
        Source(id=key, text=text, used_for=tuple(dict.fromkeys(purposes)))
        for key, (text, purposes) in used.items()
    )
