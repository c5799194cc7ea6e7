"""Trips of a feed with their stop times; those that cannot have run so are left out, and named."""

from __future__ import annotations

import itertools
import math
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retinue.traffic.gtfs_feed import FeedTrip, Frequency, StopTime
from retinue.traffic.gtfs_values import clock_text, seconds_of_day

if TYPE_CHECKING:
    from retinue.traffic.gtfs_faults import FeedFaults
    from retinue.traffic.gtfs_feed import Feed
    from retinue.traffic.gtfs_table import FeedFolder, Table

__all__ = ["read_trips"]

#: Between two stops farther apart than `_FAR_M` no train is faster than this: the record of
#: 574.8 km/h (TGV, 2007) and minutes rounded down.
_FASTEST_MPS = 170.0
_FAR_M = 20_000.0
#: No railway runs trains more often; a headway of a second is one written in minutes.
_LEAST_HEADWAY_S = 30


@dataclass
class _Draft:
    """A trip while its stop times are read."""

    line: int
    route: str
    service: str
    title: str
    shape: str
    block: str
    sequence: array[float] = field(default_factory=lambda: array("d"))
    stops: list[StopTime] = field(default_factory=list)
    bad: bool = False


def read_trips(folder: FeedFolder, feed: Feed, other_routes: set[str]) -> None:
    """Read trips, stop times and frequencies into a feed whose stops, routes and days are read."""
    drafts, others = _drafts(folder, feed, other_routes)
    feed.trip_count, feed.other_trip_count = len(drafts), len(others)
    _read_stop_times(folder, feed, drafts, others)
    frequencies = _read_frequencies(folder, drafts, others)
    for key, draft in drafts.items():
        stops = _sound_stops(folder.faults, feed, key, draft)
        if stops is not None:
            feed.trips[key] = FeedTrip(
                key, draft.route, draft.service, draft.title, draft.shape, draft.block,
                tuple(stops), tuple(frequencies.get(key, ())),
            )  # fmt: skip
    if not feed.trips:
        folder.faults.add(
            "no-trip", "trips.txt", "the feed has no rail trip that can be used",
            "Mend the faults above, or give another feed.", "noted",
        )  # fmt: skip


def _drafts(
    folder: FeedFolder, feed: Feed, other_routes: set[str]
) -> tuple[dict[str, _Draft], set[str]]:
    drafts: dict[str, _Draft] = {}
    others: set[str] = set()
    faults = folder.faults
    with folder.table("trips.txt", ("route_id", "service_id", "trip_id"), required=True) as table:
        for line, row in table.rows if table else ():
            assert table is not None

            def value(key: str, row: list[str] = row, table: Table = table) -> str:
                return row[table.column[key]].strip() if key in table.column else ""

            key, route = value("trip_id"), value("route_id")
            if route in other_routes:
                others.add(key)
                continue
            if key in drafts or not key:
                faults.add(
                    "duplicate-key" if key else "no-key", table.at(line, "trip_id"),
                    f'the trip "{key}" stands twice' if key else "the trip has no id",
                    "Give every trip its own id; the first row holds.",
                )  # fmt: skip
                continue
            name = value("trip_short_name") or value("trip_headsign")
            route_name = feed.routes[route].name if route in feed.routes else ""
            title = name if name.startswith(route_name) else f"{route_name} {name}".strip()
            draft = _Draft(
                line, route, value("service_id"), title or key, value("shape_id"),
                value("block_id"),
            )  # fmt: skip
            drafts[key] = draft
            if route not in feed.routes:
                draft.bad = True
                faults.add(
                    "unknown-route", table.at(line, "route_id"),
                    f'the route "{route}" of trip "{key}" is not listed',
                    "List it in routes.txt.", "trip left out",
                )  # fmt: skip
            if draft.service not in feed.calendar:
                draft.bad = True
                faults.add(
                    "unknown-service", table.at(line, "service_id"),
                    f'no calendar knows the service "{draft.service}" of trip "{key}"',
                    "List it in calendar.txt or calendar_dates.txt.", "trip left out",
                )  # fmt: skip
    return drafts, others


def _read_stop_times(
    folder: FeedFolder, feed: Feed, drafts: dict[str, _Draft], others: set[str]
) -> None:
    faults = folder.faults
    needed = ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence")
    unknown: set[str] = set()
    with folder.table("stop_times.txt", needed, required=True) as table:
        if table is None:
            return
        trip_at, arrive_at, depart_at, stop_at, sequence_at = (table.column[c] for c in needed)
        pickup_at, drop_at = table.column.get("pickup_type"), table.column.get("drop_off_type")
        for line, row in table.rows:
            key = row[trip_at].strip()
            draft = drafts.get(key)
            if draft is None:
                if key not in others and key not in unknown:
                    unknown.add(key)
                    faults.add(
                        "unknown-trip", table.at(line, "trip_id"), f'no trip "{key}" is listed',
                        "List it in trips.txt.",
                    )  # fmt: skip
                continue
            stop = row[stop_at].strip()
            if stop not in feed.stops:
                draft.bad = True
                faults.add(
                    "unknown-stop", table.at(line, "stop_id"),
                    f'no usable stop "{stop}", which trip "{key}" calls at',
                    "List it in stops.txt with its position.", "trip left out",
                )  # fmt: skip
                continue
            arrive = _time(faults, draft, table, line, "arrival_time", row[arrive_at])
            depart = _time(faults, draft, table, line, "departure_time", row[depart_at])
            order = row[sequence_at].strip()
            if not (order.isascii() and order.isdigit() and len(order) < 10):
                draft.bad = True
                faults.add(
                    "bad-sequence", table.at(line, "stop_sequence"), f'"{order}" is no number',
                    "Number the stops 1, 2, 3 ...", "trip left out",
                )  # fmt: skip
                continue
            closed = (
                pickup_at is not None
                and drop_at is not None
                and row[pickup_at].strip() == "1"
                and row[drop_at].strip() == "1"
            )
            draft.sequence.append(float(order))
            arrive, depart = (depart, depart) if math.isnan(arrive) else (arrive, depart)
            depart = arrive if math.isnan(depart) else depart
            draft.stops.append(StopTime(stop, arrive, depart, not closed, line))


def _time(faults: FeedFaults, draft: _Draft, table: Table, line: int, key: str, text: str) -> float:
    if not text.strip():
        return math.nan
    seconds = seconds_of_day(text)
    if seconds is None:
        draft.bad = True
        faults.add(
            "bad-time", table.at(line, key), f'"{text}" is no time', "Write it as 25:10:00.",
            "trip left out",
        )  # fmt: skip
        return math.nan
    return float(seconds)


def _sound_stops(faults: FeedFaults, feed: Feed, key: str, draft: _Draft) -> list[StopTime] | None:
    """Return a trip's stops in order; None, with a fault noted, where they cannot be right."""
    from retinue.world.sphere import distance_m

    def fault(kind: str, line: int, column: str, what: str, cure: str) -> None:
        where = f"stop_times.txt:{line}: {column}"
        faults.add(kind, where, f'trip "{key}" {what}', cure, "trip left out")

    if draft.bad:
        return None
    order = sorted(range(len(draft.stops)), key=lambda i: (draft.sequence[i], i))
    stops = [draft.stops[i] for i in order]
    if len(stops) < 2:
        faults.add(
            "one-stop", f"trips.txt:{draft.line}: trip_id",
            f'trip "{key}" has {len(stops)} stop{"" if len(stops) == 1 else "s"}',
            "Give it all its stops.", "trip left out",
        )  # fmt: skip
        return None
    for one, two in itertools.pairwise(order):
        if draft.sequence[one] == draft.sequence[two]:
            fault("duplicate-key", draft.stops[two].line, "stop_sequence",
                  "has two stops of one number", "Number the stops 1, 2, 3 ...")  # fmt: skip
            return None
    for end, word in ((stops[0], "first"), (stops[-1], "last")):
        if math.isnan(end.depart_s):
            fault("no-time", end.line, "departure_time", f"has no time at its {word} stop",
                  "Give at least the first and the last time.")  # fmt: skip
            return None
    before = stops[0]
    for number, stop in enumerate(stops):
        if math.isnan(stop.arrive_s):
            continue
        if stop.depart_s < stop.arrive_s:
            fault("negative-dwell", stop.line, "departure_time",
                  f"departs {clock_text(stop.depart_s)} before it arrives "
                  f"{clock_text(stop.arrive_s)}", "Swap or mend the times.")  # fmt: skip
            return None
        if number:
            if stop.arrive_s < before.depart_s:
                times = clock_text(stop.arrive_s), clock_text(before.depart_s)
                fault("times-backwards", stop.line, "arrival_time",
                      f"arrives {times[0]}, before {times[1]} at the stop before",
                      "Mend the times; past midnight write 25:10:00.")  # fmt: skip
                return None
            left, here = feed.stops[before.stop], feed.stops[stop.stop]
            away = float(distance_m(left.lat, left.lon, here.lat, here.lon))
            if away > _FAR_M and away > _FASTEST_MPS * (stop.arrive_s - before.depart_s + 60.0):
                fault("too-fast", stop.line, "arrival_time",
                      f"covers {away / 1000:.0f} km in "
                      f"{(stop.arrive_s - before.depart_s) / 60:.0f} min",
                      "Mend the times or the stop's position.")  # fmt: skip
                return None
        before = stop
    return stops


def _read_frequencies(
    folder: FeedFolder, drafts: dict[str, _Draft], others: set[str]
) -> dict[str, list[Frequency]]:
    found: dict[str, list[Frequency]] = {}
    faults = folder.faults
    needed = ("trip_id", "start_time", "end_time", "headway_secs")
    with folder.table("frequencies.txt", needed) as table:
        for line, row in table.rows if table else ():
            assert table is not None
            key = row[table.column["trip_id"]].strip()
            if key in others:
                continue
            if key not in drafts:
                faults.add(
                    "unknown-trip", table.at(line, "trip_id"), f'no trip "{key}" is listed',
                    "List it in trips.txt.",
                )  # fmt: skip
                continue
            start = seconds_of_day(row[table.column["start_time"]])
            end = seconds_of_day(row[table.column["end_time"]])
            text = row[table.column["headway_secs"]].strip()
            headway = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
            if start is None or end is None or end <= start or headway < _LEAST_HEADWAY_S:
                faults.add(
                    "bad-frequency", table.at(line), f'trip "{key}" is not repeated so',
                    f"Give a start, a later end and a headway of {_LEAST_HEADWAY_S} s or more.",
                )  # fmt: skip
                continue
            found.setdefault(key, []).append(Frequency(start, end, headway))
    return found
