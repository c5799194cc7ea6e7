"""A GTFS feed's railway: stops, routes, trips with their times, shapes and calendar.

What is faulty is named by file and line and left out; the rest goes on.  Only what is not a feed
at all raises.  Reference: General Transit Feed Specification, Schedule (gtfs.org).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from retinue.clock import zone
from retinue.traffic.gtfs_calendar import Calendar, read_calendar, service_day_start_s
from retinue.traffic.gtfs_faults import FeedFaults
from retinue.traffic.gtfs_table import FeedFolder, Table
from retinue.traffic.gtfs_values import coordinate, is_rail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Feed", "FeedRoute", "FeedStop", "FeedTrip", "Frequency", "StopTime", "read_feed"]


@dataclass(frozen=True)
class FeedStop:
    """A stop, platform or station.

    Attributes
    ----------
    station
        Id of the station it belongs to; its own where it has no parent.
    """

    id: str
    name: str
    lat: float
    lon: float
    station: str
    platform: str = ""


@dataclass(frozen=True)
class FeedRoute:
    """A route: ``IC``, ``The Canadian``."""

    id: str
    name: str
    route_type: int
    zone: str


@dataclass(frozen=True, slots=True)
class StopTime:
    """One stop of a trip; times in seconds of the service day, nan: not given."""

    stop: str
    arrive_s: float
    depart_s: float
    passenger_stop: bool
    line: int


@dataclass(frozen=True)
class Frequency:
    """A trip repeated: the first departures from start, before the end, at this headway."""

    start_s: int
    end_s: int
    headway_s: int


@dataclass(frozen=True)
class FeedTrip:
    """A trip with at least two stops whose times run forwards."""

    id: str
    route: str
    service: str
    title: str
    shape: str
    block: str
    stops: tuple[StopTime, ...]
    frequencies: tuple[Frequency, ...] = ()


@dataclass
class Feed:
    """The railway of one feed.

    Attributes
    ----------
    name
        File name, for people.
    sha256
        Of the feed's bytes (of a folder: of its files, by name).
    stops, routes, trips
        By id; stops and trips in the file's order.  Only rail routes and their trips.
    shapes
        Latitude and longitude, shape (n, 2), of each shape that a kept trip names.
    calendar
        When services run.
    faults
        What was wrong.
    trip_count
        Rail trips the feed lists, kept or not.
    other_trip_count
        Trips of other modes.
    """

    name: str
    sha256: str
    zone: str = "UTC"
    stops: dict[str, FeedStop] = field(default_factory=dict)
    routes: dict[str, FeedRoute] = field(default_factory=dict)
    trips: dict[str, FeedTrip] = field(default_factory=dict)
    shapes: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    faults: FeedFaults = field(default_factory=FeedFaults)
    trip_count: int = 0
    other_trip_count: int = 0

    def zone_of(self, trip: FeedTrip) -> ZoneInfo:
        """Return the zone in which a trip's times are written: its agency's."""
        return zone(self.routes[trip.route].zone)

    def busiest_day(self) -> date | None:
        """Return the first of the days with the most trips; None: nothing ever runs."""
        count: dict[str, int] = {}
        for trip in self.trips.values():
            count[trip.service] = count.get(trip.service, 0) + 1
        return self.calendar.busiest(count)

    def trips_on(self, day: date) -> list[tuple[FeedTrip, float]]:
        """Return the trips of a service day, each with the Unix seconds its times count from."""
        start: dict[str, float] = {}
        found = []
        for trip in self.trips.values():
            if self.calendar.runs(trip.service, day):
                area = self.zone_of(trip)
                if area.key not in start:
                    start[area.key] = service_day_start_s(day, area)
                found.append((trip, start[area.key]))
        return found


def read_feed(path: Path) -> Feed:
    """Read the rail part of a feed, a zip or a folder.

    Raises
    ------
    InputError
        Where there is no such file, or it is neither a zip nor a folder.  Everything else is a
        fault in `Feed.faults`.
    """
    from retinue.traffic.gtfs_shapes import read_shapes
    from retinue.traffic.gtfs_trips import read_trips

    faults = FeedFaults()
    folder = FeedFolder(path, faults)
    try:
        feed = Feed(path.name, folder.sha256(), faults=faults)
        zones = _read_agencies(folder)
        feed.zone = next(iter(zones.values()))
        feed.stops = _read_stops(folder)
        feed.calendar = read_calendar(folder)
        feed.routes, others = _read_routes(folder, zones)
        read_trips(folder, feed, others)
        read_shapes(folder, feed)
    finally:
        folder.close()
    return feed


def _read_agencies(folder: FeedFolder) -> dict[str, str]:
    found: dict[str, str] = {}
    with folder.table("agency.txt", ("agency_timezone",), required=True) as table:
        for line, row in table.rows if table else ():
            assert table is not None
            name = row[table.column["agency_timezone"]].strip()
            key = row[table.column["agency_id"]].strip() if "agency_id" in table.column else ""
            try:
                zone(name)
            except ValueError as error:
                folder.faults.add(
                    "bad-zone", table.at(line, "agency_timezone"), str(error),
                    "Write an IANA name; the times are read as UTC.", "mended",
                )  # fmt: skip
                name = "UTC"
            found.setdefault(key, name)
    if not found:
        folder.faults.add(
            "no-zone", "agency.txt", "no agency tells the time zone",
            "Name agency_timezone; the times are read as UTC.", "mended",
        )  # fmt: skip
        found[""] = "UTC"
    return found


def _read_stops(folder: FeedFolder) -> dict[str, FeedStop]:
    found: dict[str, FeedStop] = {}
    needed = ("stop_id", "stop_lat", "stop_lon")
    with folder.table("stops.txt", needed, required=True) as table:
        for line, row in table.rows if table else ():
            assert table is not None
            stop = _stop(folder.faults, table, line, row)
            if stop is None:
                continue
            if stop.id in found:
                folder.faults.add(
                    "duplicate-key", table.at(line, "stop_id"),
                    f'the stop "{stop.id}" stands twice',
                    "Keep one row a stop; the first one holds.",
                )  # fmt: skip
                continue
            found[stop.id] = stop
    for stop in list(found.values()):
        if stop.station not in found:
            folder.faults.add(
                "unknown-parent", "stops.txt: parent_station",
                f'the station "{stop.station}" of stop "{stop.id}" is not listed',
                "List it; the stop counts as a station of its own.", "mended",
            )  # fmt: skip
            found[stop.id] = FeedStop(
                stop.id, stop.name, stop.lat, stop.lon, stop.id, stop.platform
            )
    return found


def _stop(faults: FeedFaults, table: Table, line: int, row: list[str]) -> FeedStop | None:
    def value(key: str) -> str:
        return row[table.column[key]].strip() if key in table.column else ""

    key = value("stop_id")
    if not key:
        faults.add("no-key", table.at(line, "stop_id"), "the stop has no id", "Give it one.")
        return None
    place = value("location_type")
    lat, lon = coordinate(value("stop_lat"), 90.0), coordinate(value("stop_lon"), 180.0)
    if lat is None or lon is None or (abs(lat) < 1e-3 and abs(lon) < 1e-3):
        if place in ("3", "4"):  # generic nodes and boarding areas need no position
            return None
        which = "stop_lat" if lat is None else "stop_lon"
        faults.add(
            "bad-position", table.at(line, which),
            f'the stop "{key}" lies at "{value("stop_lat")}", "{value("stop_lon")}"',
            "Write degrees, latitude between -90 and 90, longitude between -180 and 180.",
        )  # fmt: skip
        return None
    return FeedStop(
        key, value("stop_name") or key, lat, lon, value("parent_station") or key,
        value("platform_code"),
    )  # fmt: skip


def _read_routes(
    folder: FeedFolder, zones: dict[str, str]
) -> tuple[dict[str, FeedRoute], set[str]]:
    """Return the rail routes, and the ids of the others."""
    found: dict[str, FeedRoute] = {}
    others: set[str] = set()
    standard = next(iter(zones.values()))
    with folder.table("routes.txt", ("route_id", "route_type"), required=True) as table:
        for line, row in table.rows if table else ():
            assert table is not None

            def value(key: str, row: list[str] = row, table: Table = table) -> str:
                return row[table.column[key]].strip() if key in table.column else ""

            key, kind = value("route_id"), value("route_type")
            if not (kind.isascii() and kind.isdigit() and len(kind) < 6):
                folder.faults.add(
                    "bad-route-type", table.at(line, "route_type"), f'"{kind}" is no route type',
                    "Write 2 for rail.",
                )  # fmt: skip
                continue
            if key in found or key in others:
                folder.faults.add(
                    "duplicate-key", table.at(line, "route_id"), f'the route "{key}" stands twice',
                    "Keep one row a route; the first one holds.",
                )  # fmt: skip
                continue
            if not is_rail(int(kind)):
                others.add(key)
                continue
            name = value("route_short_name") or value("route_long_name") or key
            agency = zones.get(value("agency_id"), standard)
            found[key] = FeedRoute(key, name, int(kind), agency)
    return found, others
