"""The timeline of a rail leg: one line per event, in the zone of its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.plan import Event
from retinue.rail.leg_record import ROLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.rail.leg_runs import ConvoyRole, RailRuns
    from retinue.rail.main_clock import MainClock
    from retinue.world.rail_route import RailRoute, RoutePoint

__all__ = ["border_crossings", "timeline"]

#: Kinds of points that only shape a route.
_SILENT = frozenset({"shape", "via"})


def border_crossings(route: RailRoute) -> list[tuple[float, str, str, RoutePoint]]:
    """Return (chainage, country before, country after, point that names the place).

    The crossing lies where the stretches change country; where they do not say,
    at the border point, else at the first point of the new country.
    """
    found: list[tuple[float, str, str, RoutePoint]] = []
    for before, after in zip(route.points[:-1], route.points[1:], strict=True):
        if before.point.country == after.point.country:
            continue
        cut = [
            second.from_m
            for first, second in zip(route.stretches[:-1], route.stretches[1:], strict=True)
            if before.distance_m <= second.from_m <= after.distance_m
            and first.country
            and second.country
            and first.country != second.country
        ]
        borders = [entry for entry in (before, after) if entry.point.kind == "border"]
        named = borders[0] if borders else after
        distance = cut[0] if cut else named.distance_m
        found.append((distance, before.point.country, after.point.country, named))
    return found


def timeline(
    runs: RailRuns,
    clocks: dict[ConvoyRole, MainClock],
    waits: dict[ConvoyRole, Sequence[float]],
    observed_m: frozenset[float],
) -> tuple[Event, ...]:
    """Return all events in order of time."""
    events: list[Event] = []
    for role, clock in clocks.items():
        events += _ends_and_stops(runs, role, clock, waits[role], observed_m)
    main = clocks["main"]
    route = runs.request.route
    stopped = {standing.entry.distance_m for standing in runs.standings}
    crossings = border_crossings(route)
    crossed = {entry.distance_m for _, _, _, entry in crossings if entry.point.kind == "border"}
    for entry in route.points[1:-1]:
        if entry.distance_m in stopped | crossed or entry.point.kind in _SILENT:
            continue
        events.append(
            _event(
                entry, main.at(entry.distance_m), "pass", "passes",
                observed=entry.distance_m in observed_m,
            )
        )  # fmt: skip
    for distance, before, after, entry in crossings:
        events.append(
            _event(
                entry, main.at(distance), "border", f"border {before}-{after}",
                distance_m=distance, country=after,
            )
        )  # fmt: skip
    return tuple(sorted(events, key=lambda event: (event.time_utc, event.role != "main")))


def _ends_and_stops(
    runs: RailRuns,
    role: ConvoyRole,
    clock: MainClock,
    waits_s: Sequence[float],
    observed_m: frozenset[float],
) -> list[Event]:
    points = runs.request.route.points
    who = "" if role == "main" else f"{ROLE_NAMES[role]} "
    events = [
        _event(
            points[0], clock.depart_s, "depart", f"{who}departs", role=role,
            observed=role == "main" and points[0].distance_m in observed_m,
        )
    ]  # fmt: skip
    for standing, times, wait_s in zip(runs.standings, clock.stops, waits_s, strict=True):
        entry, work = standing.entry, standing.work[role]
        dwell = times.depart_s - times.arrive_s
        why = f": {standing.asked.why}" if standing.asked.why else ""
        seen = role == "main" and entry.distance_m in observed_m
        events.append(
            _event(
                entry, times.arrive_s, "arrive", f"{who}arrives{why}", role=role,
                duration_s=dwell, observed=seen,
            )
        )  # fmt: skip
        for kind, text, start_s, duration_s in work.marks:
            events.append(
                _event(
                    entry, times.arrive_s + wait_s + start_s, kind, f"{who}{text}", role=role,
                    duration_s=duration_s,
                )
            )  # fmt: skip
        events.append(_event(entry, times.depart_s, "depart", f"{who}departs", role=role))
    events.append(
        _event(
            points[-1], clock.arrive_s, "arrive", f"{who}arrives", role=role,
            observed=role == "main" and points[-1].distance_m in observed_m,
        )
    )  # fmt: skip
    return events


def _event(
    entry: RoutePoint,
    time_s: float,
    kind: str,
    text: str,
    *,
    role: str = "main",
    distance_m: float | None = None,
    duration_s: float | None = None,
    country: str | None = None,
    observed: bool = False,
) -> Event:
    point = entry.point
    return Event(
        time_utc=time_s,
        zone=point.zone,
        kind=kind,
        place=point.name,
        text=text,
        role=role,
        distance_m=round(entry.distance_m if distance_m is None else distance_m, 1),
        lat=round(point.lat, 5),
        lon=round(point.lon, 5),
        duration_s=None if duration_s is None else float(round(duration_s)),
        country=point.country if country is None else country,
        observed=observed,
    )
