"""On which days the services of a feed run: weekdays within dates, and single days apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from retinue.traffic.gtfs_faults import FeedFaults
from retinue.traffic.gtfs_table import FeedFolder, Table
from retinue.traffic.gtfs_values import day_of

__all__ = ["Calendar", "read_calendar", "service_day_start_s"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: So many days from the first are searched for the busiest one.
_SEARCHED_DAYS = 400


def service_day_start_s(day: date, zone: ZoneInfo) -> float:
    """Return where the times of a service day count from: noon minus 12 h, Unix seconds.

    On days when the clocks change this is not midnight (GTFS reference, ``Time``).
    """
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return noon.timestamp() - 12 * 3600.0


@dataclass
class _Span:
    weekdays: tuple[bool, ...]
    first: date
    last: date


@dataclass
class Calendar:
    """The days of every service.

    Attributes
    ----------
    spans
        Weekdays from one date to another, by service.
    added, removed
        Single days, by service.
    """

    spans: dict[str, _Span] = field(default_factory=dict)
    added: dict[str, set[date]] = field(default_factory=dict)
    removed: dict[str, set[date]] = field(default_factory=dict)

    def __contains__(self, service: str) -> bool:
        return service in self.spans or service in self.added or service in self.removed

    def runs(self, service: str, day: date) -> bool:
        """Return whether a service runs on a day."""
        if day in self.removed.get(service, ()):
            return False
        if day in self.added.get(service, ()):
            return True
        span = self.spans.get(service)
        return span is not None and span.first <= day <= span.last and span.weekdays[day.weekday()]

    def first_last(self) -> tuple[date, date] | None:
        """Return the first and the last day on which anything runs."""
        firsts = [s.first for s in self.spans.values() if any(s.weekdays)]
        lasts = [s.last for s in self.spans.values() if any(s.weekdays)]
        single = [day for days in self.added.values() for day in days]
        days = [*firsts, *lasts, *single]
        return (min(days), max(days)) if days else None

    def busiest(self, trips: dict[str, int]) -> date | None:
        """Return the first of the days with the most trips, within 400 days of the first one.

        Parameters
        ----------
        trips
            Number of trips by service.
        """
        known = self.first_last()
        if known is None:
            return None
        first, last = known
        best, most = None, 0
        for ahead in range(min((last - first).days + 1, _SEARCHED_DAYS)):
            day = first + timedelta(days=ahead)
            count = sum(n for service, n in trips.items() if self.runs(service, day))
            if count > most:
                best, most = day, count
        return best


def read_calendar(folder: FeedFolder) -> Calendar:
    """Read ``calendar.txt`` and ``calendar_dates.txt``; either is enough."""
    found, faults = Calendar(), folder.faults
    if not (folder.has("calendar.txt") or folder.has("calendar_dates.txt")):
        faults.add(
            "missing-file", "calendar.txt", "the feed has neither calendar nor calendar_dates",
            "Ask for a whole feed.",
        )  # fmt: skip
    needed = ("service_id", *_WEEKDAYS, "start_date", "end_date")
    with folder.table("calendar.txt", needed) as table:
        for line, row in table.rows if table else ():
            assert table is not None
            _add_span(found, faults, table, line, row)
    with folder.table("calendar_dates.txt", ("service_id", "date", "exception_type")) as table:
        for line, row in table.rows if table else ():
            assert table is not None
            _add_single(found, faults, table, line, row)
    return found


def _date(faults: FeedFaults, table: Table, line: int, row: list[str], key: str) -> date | None:
    text = row[table.column[key]]
    day = day_of(text)
    if day is None:
        faults.add("bad-date", table.at(line, key), f'"{text}" is no date', "Write it as 20261123.")
    return day


def _add_span(found: Calendar, faults: FeedFaults, table: Table, line: int, row: list[str]) -> None:
    service = row[table.column["service_id"]]
    first = _date(faults, table, line, row, "start_date")
    last = _date(faults, table, line, row, "end_date")
    if first is None or last is None:
        return
    if service in found.spans:
        faults.add(
            "duplicate-key", table.at(line, "service_id"), f'the service "{service}" stands twice',
            "Keep one row a service.",
        )  # fmt: skip
        return
    if last < first:
        faults.add(
            "bad-date", table.at(line, "end_date"), f"the service ends {last}, before {first}",
            "Swap the dates.", "noted",
        )  # fmt: skip
    days = tuple(row[table.column[name]].strip() for name in _WEEKDAYS)
    for name, text in zip(_WEEKDAYS, days, strict=True):
        if text not in ("0", "1"):
            faults.add(
                "bad-weekday", table.at(line, name), f'"{text}" is neither 0 nor 1',
                "Write 1 where the service runs; read as 0.", "mended",
            )  # fmt: skip
    found.spans[service] = _Span(tuple(text == "1" for text in days), first, last)


def _add_single(
    found: Calendar, faults: FeedFaults, table: Table, line: int, row: list[str]
) -> None:
    service = row[table.column["service_id"]]
    day = _date(faults, table, line, row, "date")
    kind = row[table.column["exception_type"]].strip()
    if kind not in ("1", "2"):
        faults.add(
            "bad-exception", table.at(line, "exception_type"), f'"{kind}" is neither 1 nor 2',
            "Write 1 for a day added, 2 for a day removed.",
        )  # fmt: skip
    elif day is not None:
        (found.added if kind == "1" else found.removed).setdefault(service, set()).add(day)
