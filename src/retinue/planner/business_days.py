"""Business days of a country: weekends and public holidays of the place where an office sits.

Public holidays come from the ``holidays`` library (MIT licence), imported only here and without
the countries that nobody asks for.  What it lacks stands in ``deadlines.yaml``; a journey may add
days off.
"""

from __future__ import annotations

import calendar
import importlib.util
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.libraries import stand_in
from retinue.planner.deadline_rules import load_deadline_rules
from retinue.world.zones import zone_countries

if TYPE_CHECKING:
    from retinue.planner.deadline_rules import LeadTime

__all__ = ["BusinessDays", "business_days", "office_zone"]

_SATURDAY, _SUNDAY = 6, 7


class BusinessDays:
    """The business-day calendar of one country.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    further
        Days off that a journey adds.

    Attributes
    ----------
    assumed
        What nobody stated: empty where the library knows the country.
    """

    def __init__(self, country: str, further: Collection[date] = ()) -> None:
        self.country = country
        self.further = frozenset(further)
        self._years: dict[int, _Year] = {}
        first = _library_year(country, 2020)
        own = next((w for w in load_deadline_rules().weekends if w.country == country), None)
        self._known = first is not None
        self.assumed: tuple[str, ...] = ()
        if own is not None:
            self.weekend = frozenset(own.days)
        elif first is not None:
            self.weekend = first.weekend
        else:
            self.weekend = frozenset({_SATURDAY, _SUNDAY})
        if first is None:
            self.assumed = (f"{country}: no list of public holidays; Saturday and Sunday off",)

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = _library_year(self.country, year) or _Year({}, frozenset())
        return self._years[year]

    def holiday(self, day: date) -> str:
        """Return the name of the day off, empty where it is none; a weekend is no holiday."""
        if day in self.further:
            return "day off by the journey"
        return self._year(day.year).holidays.get(day, "")

    def is_business(self, day: date) -> bool:
        """Return whether offices are open on a day; some weekends are worked in exchange."""
        if self.holiday(day):
            return False
        return day.isoweekday() not in self.weekend or day in self._year(day.year).worked

    def back(self, day: date, count: int) -> tuple[date, tuple[date, ...]]:
        """Return the ``count``-th business day before a day, and the holidays passed over.

        The day itself does not count.  For 0 it is the day itself, or the last business day
        before it.
        """
        at, passed = day, []
        left = count
        while left > 0 or (count == 0 and not self.is_business(at)):
            at -= timedelta(days=1)
            if self.is_business(at):
                left -= 1
            elif at.isoweekday() not in self.weekend:
                passed.append(at)
        return at, tuple(passed)

    def latest(self, due: date, lead: LeadTime) -> tuple[date, tuple[date, ...]]:
        """Return the latest business day on which to ask, and the holidays passed over.

        Calendar time is taken off first; where that ends on a day off, the business day before.
        """
        if lead.business_days is not None:
            return self.back(due, lead.business_days)
        if lead.months is not None:
            number = due.year * 12 + due.month - 1 - lead.months
            year, month = number // 12, number % 12 + 1
            last = calendar.monthrange(year, month)[1]
            return self.back(date(year, month, min(due.day, last)), 0)
        days = (lead.days or 0) + 7 * (lead.weeks or 0)
        return self.back(due - timedelta(days=days), 0)


@cache
def business_days(country: str, further: frozenset[date] = frozenset()) -> BusinessDays:
    """Return the calendar of a country, made once."""
    return BusinessDays(country, further)


@dataclass(frozen=True)
class _Year:
    """What the library knows of one year."""

    holidays: dict[date, str]
    weekend: frozenset[int]
    worked: frozenset[date] = frozenset()


@cache
def _countries_path() -> list[str]:
    package = importlib.util.find_spec("holidays")
    folders = [] if package is None else package.submodule_search_locations or []
    return [str(Path(folder) / "countries") for folder in folders]


def _library_year(country: str, year: int) -> _Year | None:
    # The library's package of countries would load every one of them to give one.
    with stand_in("holidays.countries", __path__=_countries_path()):
        import holidays

        try:
            found = holidays.country_holidays(country, years=year)
        except NotImplementedError:
            return None
    days = dict(found.items())
    return _Year(
        days,
        frozenset(day + 1 for day in found.weekend),
        frozenset(day for day in found.weekend_workdays if day.year == year),
    )


@cache
def office_zone(country: str) -> str | None:
    """Return the time zone in which a country's authorities sit; None where no zone is known."""
    stated = load_deadline_rules().capital_zones.zones.get(country)
    if stated is not None:
        return stated
    kept = sorted(name for name, countries in zone_countries().items() if country in countries)
    own = [name for name in kept if zone_countries()[name] == {country}]
    return next(iter(own or kept), None)
