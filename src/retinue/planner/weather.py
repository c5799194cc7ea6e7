"""What weather is expected where and when, as the journey states it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.clock import parse_moment
from retinue.document import suggest
from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.journey.conditions import WeatherAsked
    from retinue.plan import Leg
    from retinue.planner.condition_table import Measure

__all__ = ["Expected", "Weather", "read_weather"]


@dataclass(frozen=True)
class Expected:
    """One statement on the weather, its times read."""

    asked: WeatherAsked
    from_s: float
    until_s: float

    def value(self, measure: Measure) -> float | None:
        """Return what it says of a measure; None: nothing."""
        if measure == "sun":
            return None
        found: float | bool | None = getattr(self.asked, measure)
        return None if found is None else float(found)

    def holds(self, number: int, place: str, from_s: float, until_s: float) -> bool:
        """Return whether it speaks of a leg, a place of it and a time."""
        asked = self.asked
        if asked.leg is not None and asked.leg != number:
            return False
        if asked.at is not None and asked.at.casefold() != place.casefold():
            return False
        return self.from_s <= until_s and from_s <= self.until_s


@dataclass(frozen=True)
class Weather:
    """All that the journey says of the weather."""

    said: tuple[Expected, ...]

    def values(
        self, measure: Measure, number: int, place: str, from_s: float, until_s: float
    ) -> Iterable[float]:
        """Yield what is expected of a measure on a leg, at a place of it, in a span of time."""
        for item in self.said:
            value = item.value(measure)
            if value is not None and item.holds(number, place, from_s, until_s):
                yield value


def read_weather(file: JourneyFile, legs: Sequence[Leg]) -> Weather:
    """Read the times of what the journey says, and check places and legs.

    Raises
    ------
    InputError
        For a moment that is none, a span that ends before it begins, a leg that is not there,
        or a place that is not on the journey.
    """
    places = {name.casefold(): name for leg in legs for name in _places(leg)}
    said = []
    for index, asked in enumerate(file.journey.weather):
        if asked.leg is not None and asked.leg > len(legs):
            raise InputError(
                f"there is no leg {asked.leg}: the journey has {len(legs)}",
                where=file.where("weather", index, "leg"),
            )
        if asked.at is not None and asked.at.casefold() not in places:
            names = list(dict.fromkeys(places.values()))
            raise InputError(
                f'"{asked.at}" is not on the journey',
                where=file.where("weather", index, "at"),
                cure=suggest(asked.at, names) or "Name a place of the timeline, or leave it out.",
            )
        zone = legs[0].from_.zone if asked.leg is None else legs[asked.leg - 1].from_.zone
        from_s = _moment(file, index, "from", asked.from_, zone, float("-inf"))
        until_s = _moment(file, index, "until", asked.until, zone, float("inf"))
        if until_s < from_s:
            raise InputError(
                "this weather ends before it begins",
                where=file.where("weather", index, "until"),
                cure='Check "from" and "until" and their zones.',
            )
        said.append(Expected(asked, from_s, until_s))
    return Weather(tuple(said))


def _moment(
    file: JourneyFile, index: int, key: str, text: str | None, zone: str, otherwise: float
) -> float:
    if text is None:
        return otherwise
    try:
        return parse_moment(text, zone)
    except ValueError as error:
        raise InputError(str(error), where=file.where("weather", index, key)) from error


def _places(leg: Leg) -> Iterable[str]:
    yield leg.from_.name
    yield from (event.place for event in leg.timeline if event.role == "main")
    yield leg.to.name
