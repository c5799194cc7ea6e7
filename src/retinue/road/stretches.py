"""Stretches of one march speed along a leg, and the sections where bodyguards run."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.road.column import class_speed
from retinue.road.request import EscortStretch, PlaceLike, RoadRequest, RoadStretch, StretchKind
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.road.track import Track
    from retinue.world.road_book import RoadBook
    from retinue.world.road_route import RoadPiece

__all__ = ["escort_sections", "project", "road_stretches"]

_LEAST_M = 1.0


def escort_sections(
    request: RoadRequest, track: Track, chainage: NDArray[np.float64], book: RoadBook
) -> tuple[EscortStretch, ...]:
    """Return the sections where bodyguards run, on the leg's chainage, in order.

    Raises
    ------
    InputError
        For a section without a place, one that ends before it begins, or two that overlap.
    """
    total = float(chainage[-1])
    found = []
    for asked in request.escorts:
        begin, end = 0.0, total
        if asked.first_m is not None:
            end = min(asked.first_m, total)
        elif asked.last_m is not None:
            begin = max(total - asked.last_m, 0.0)
        elif asked.from_place is None and asked.to_place is None:
            raise InputError(
                "an escort section needs its place",
                where=asked.where or request.where,
                cure='Give "first", "last", or "from" and "to".',
            )
        else:
            if asked.from_place is not None:
                begin = project(asked.from_place, track, chainage, asked.where or request.where)
            if asked.to_place is not None:
                end = project(asked.to_place, track, chainage, asked.where or request.where)
        if end - begin < _LEAST_M:
            raise InputError(
                "an escort section ends before it begins, seen along the leg",
                where=asked.where or request.where,
                cure='Exchange "from" and "to", or give "first" or "last".',
            )
        pace = asked.pace_mps if asked.pace_mps is not None else book.conduct.escort_pace
        found.append(EscortStretch(begin, end, pace, asked.bodyguards, asked.mount_s))
    found.sort(key=lambda e: e.from_m)
    for one, two in pairwise(found):
        if two.from_m < one.to_m:
            raise InputError("two escort sections overlap", where=request.where)
    return tuple(found)


def project(place: PlaceLike, track: Track, chainage: NDArray[np.float64], where: str) -> float:
    """Return the chainage of the point of the road nearest to a place, within 5 km."""
    squeeze = np.cos(np.radians(place.lat))
    x, y = (track.lon_deg - place.lon) * squeeze, track.lat_deg - place.lat
    dx, dy = np.diff(x), np.diff(y)
    square = np.maximum(dx * dx + dy * dy, 1e-18)
    share = np.clip(-(x[:-1] * dx + y[:-1] * dy) / square, 0.0, 1.0)
    away = np.hypot(x[:-1] + share * dx, y[:-1] + share * dy) * 111_195.0
    nearest = int(np.argmin(away))
    if away[nearest] > 5_000.0:
        raise InputError(
            f"{place.name} lies {away[nearest] / 1000:,.0f} km off the road of this leg",
            where=where,
            cure="Name a place on the way, or give metres.",
        )
    step = chainage[nearest + 1] - chainage[nearest]
    return float(chainage[nearest] + share[nearest] * step)


def road_stretches(
    request: RoadRequest,
    track: Track,
    chainage: NDArray[np.float64],
    escorts: tuple[EscortStretch, ...],
    book: RoadBook,
) -> tuple[RoadStretch, ...]:
    """Return the stretches of one march speed, from door to door without gap."""
    total = float(chainage[-1])
    scale = total / float(track.distance_m[-1])
    reach = book.conduct.urban_reach
    marks = {0.0, total}
    if track.pieces:
        marks |= {edge * scale for piece in track.pieces for edge in (piece.from_m, piece.to_m)}
    else:
        marks |= {float(v) for v in chainage}
        marks |= {min(reach, total), max(total - reach, 0.0)}
    marks |= {edge for escort in escorts for edge in (escort.from_m, escort.to_m)}
    ends = np.array([piece.to_m * scale for piece in track.pieces])
    found: list[RoadStretch] = []
    for begin, end in pairwise(sorted(mark for mark in marks if 0.0 <= mark <= total)):
        if end - begin < 1e-6:
            continue
        middle = (begin + end) / 2
        number = min(int(np.searchsorted(chainage, middle, side="right")) - 1, len(track.kind) - 1)
        kind = track.kind[number]
        piece = None
        if track.pieces and kind not in ("access", "local"):
            piece = track.pieces[min(int(np.searchsorted(ends, middle)), len(ends) - 1)]
        elif kind == "highway" and (middle < reach or middle > total - reach):
            kind = "urban"
        stretch = _stretch(begin, end, kind, track.country[number], request, escorts, book, piece)
        last = found[-1] if found else None
        if last and replace(stretch, from_m=last.from_m) == replace(last, to_m=end):
            found[-1] = replace(last, to_m=end)
        else:
            found.append(stretch)
    return tuple(_zoned(found, track, chainage, request))


def _stretch(
    begin: float,
    end: float,
    kind: StretchKind,
    country: str,
    request: RoadRequest,
    escorts: tuple[EscortStretch, ...],
    book: RoadBook,
    piece: RoadPiece | None,
) -> RoadStretch:
    """Return a stretch at the least of the speeds of road, convoy, journey and runners."""
    limited_by = ""
    if piece is None:
        speeds = book.speeds_in(country)
        speed, assumed = {
            "highway": speeds.highway, "urban": speeds.urban,
            "access": speeds.access, "local": speeds.access,
        }[kind], speeds.confidence == "assumed"  # fmt: skip
    else:
        speed, assumed = piece.speed_mps, piece.speed_assumed
        most = class_speed(piece.road_class) if piece.road_class else None
        if most is not None and most < speed:
            speed, assumed, limited_by = most, True, "convoys on its class"
    slowest = request.convoy.top_speed_mps
    if slowest is not None and slowest < speed:
        speed, assumed, limited_by = slowest, False, "slowest vehicle"
    if request.speed_cap_mps is not None and request.speed_cap_mps < speed:
        speed, assumed, limited_by = request.speed_cap_mps, False, ""
    middle = (begin + end) / 2
    escort = next((e for e in escorts if e.from_m <= middle <= e.to_m), None)
    if escort is not None:
        speed = min(speed, escort.pace_mps)
    found = RoadStretch(
        begin, end, kind, country, speed, assumed, escort is not None, limited_by=limited_by
    )
    if piece is None:
        return found
    return replace(
        found,
        road_class=piece.road_class,
        name=piece.ref or piece.name,
        urban=piece.urban,
        lanes=piece.lanes,
        oneway=piece.oneway,
    )


def _zoned(
    stretches: list[RoadStretch],
    track: Track,
    chainage: NDArray[np.float64],
    request: RoadRequest,
) -> list[RoadStretch]:
    """Return the stretches with their time zones, where other traffic asks for the hour."""
    if request.traffic is None:
        return stretches
    found = []
    for stretch in stretches:
        middle = (stretch.from_m + stretch.to_m) / 2
        lat = float(np.interp(middle, chainage, track.lat_deg))
        lon = float(np.interp(middle, chainage, track.lon_deg))
        found.append(replace(stretch, zone=zone_at(lat, lon, stretch.country).name))
    return found
