"""Conditions of a plan: every limit that can bite, what is expected, and what it starts.

::

    table of limits --.
    exposures of legs --> one condition for each limit of each leg, at its worst exposure
    weather, sun    --'        exceeded: a note with the fallback
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.clock import local_text
from retinue.plan import Assumption, Condition, Note
from retinue.planner.condition_table import ConditionRule, condition_rules
from retinue.planner.exposure import Exposure, exposures
from retinue.planner.light import elevation_deg
from retinue.planner.weather import Weather, read_weather

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.plan import Leg

__all__ = ["Conditions", "conditions_of"]

#: Steps at which the sun is looked at along an exposure.
_STEP_S = 60.0


@dataclass(frozen=True)
class Conditions:
    """Conditions of the legs, notes on those exceeded, and what is assumed."""

    conditions: tuple[Condition, ...]
    notes: tuple[Note, ...]
    assumptions: tuple[Assumption, ...]


def conditions_of(
    file: JourneyFile, legs: Sequence[Leg], sites: Sequence[Mapping[str, Any]]
) -> Conditions:
    """Return every limit that can bite on the legs.

    Where nobody said what weather to expect a condition is listed without a value, to be
    watched; the sun is always known.

    Raises
    ------
    InputError
        Where the journey's weather cannot be understood.
    """
    weather = read_weather(file, legs)
    table = condition_rules()
    listed: list[Condition] = []
    notes: list[Note] = []
    for number, leg in enumerate(legs, start=1):
        where = exposures(leg, sites)
        for rule in table.conditions:
            if rule.mode != leg.mode or rule.site_class not in where:
                continue
            made = _condition(rule, table.sources, leg, number, where[rule.site_class], weather)
            listed.append(made)
            if made.exceeded:
                notes.append(_note(rule, made, leg))
    unknown = sum(item.expected is None for item in listed)
    if unknown:
        text = f"{unknown} of {len(listed)} limits are listed to be watched: nobody said what to"
        notes.append(Note(level="info", subject="weather", text=f"{text} expect"))
    assumed = [item for item in listed if item.confidence == "assumed"]
    ground = Assumption(
        subject="weather and light",
        what="limits nobody publishes",
        value=f"{len({(c.site_class, c.hazard, c.limit) for c in assumed})} of the table",
        because="planning values, each marked in the conditions",
        legs=tuple(dict.fromkeys(item.leg for item in assumed)),
    )
    return Conditions(tuple(listed), tuple(notes), (ground,) if assumed else ())


def _condition(
    rule: ConditionRule,
    sources: Mapping[str, str],
    leg: Leg,
    number: int,
    places: Sequence[Exposure],
    weather: Weather,
) -> Condition:
    best: tuple[float, Exposure] | None = None
    for place in places:
        for found, spot in _values(rule, leg, number, place, weather):
            if best is None or (found > best[0] if rule.beyond == "above" else found < best[0]):
                best = found, spot
    exposure = places[0] if best is None else best[1]
    value = None if best is None else best[0]
    if (
        value is not None
        and not rule.exceeded(value)
        and _lower_bound_only(rule, number, exposure, weather)
    ):
        value = None
    decide = exposure.from_s - rule.decide_before
    return Condition(
        leg=leg.id,
        hazard=rule.hazard,
        site_class=rule.site_class,
        place=exposure.place,
        limit=rule.value,
        unit=rule.unit,
        expected=None if value is None else round(value, 3),
        exceeded=None if value is None else rule.exceeded(value),
        decide_utc=decide,
        zone=exposure.zone,
        trigger=rule.trigger,
        fallback=rule.fallback,
        source=sources[rule.source],
        confidence=rule.confidence,
    )


def _values(
    rule: ConditionRule, leg: Leg, number: int, exposure: Exposure, weather: Weather
) -> list[tuple[float, Exposure]]:
    """Return what is expected at an exposure, with where and when it is worst."""
    if rule.measure == "sun":
        return [_sun(rule, leg, exposure)]
    found = []
    for spot in _spots(leg, exposure):
        said = list(weather.values(rule.measure, number, spot.place, spot.from_s, spot.until_s))
        if rule.measure == "gust":
            # A gust is never less than the mean wind.
            said += weather.values("wind", number, spot.place, spot.from_s, spot.until_s)
        found += [(value, spot) for value in said]
    return found


def _lower_bound_only(rule: ConditionRule, number: int, spot: Exposure, weather: Weather) -> bool:
    """Return whether of gusts only the mean wind is known, which clears nothing."""
    if rule.measure != "gust":
        return False
    return not any(weather.values("gust", number, spot.place, spot.from_s, spot.until_s))


def _spots(leg: Leg, exposure: Exposure) -> list[Exposure]:
    """Return an exposure and, where it is the whole leg, the places on it."""
    if exposure.place:
        return [exposure]
    places = [
        Exposure(exposure.site_class, event.place, event.zone, event.time_utc, event.time_utc)
        for event in leg.timeline
        if event.role == "main" and exposure.from_s <= event.time_utc <= exposure.until_s
    ]
    return [exposure, *places]


def _sun(rule: ConditionRule, leg: Leg, exposure: Exposure) -> tuple[float, Exposure]:
    steps = max(int((exposure.until_s - exposure.from_s) / _STEP_S), 1)
    times = np.linspace(exposure.from_s, exposure.until_s, steps + 1)
    heights = elevation_deg(leg.main, times)
    lowest = float(heights.min())
    low = np.flatnonzero(heights < rule.value)
    if not low.size:
        return lowest, exposure
    since = float(times[low[0]])
    dark = Exposure(exposure.site_class, exposure.place, exposure.zone, since, exposure.until_s)
    return lowest, dark


def _note(rule: ConditionRule, made: Condition, leg: Leg) -> Note:
    assert made.expected is not None
    at = f" at {made.place}" if made.place else ""
    return Note(
        level=rule.level,
        subject=f"{rule.hazard} on {leg.title}",
        text=(
            f"{rule.text(made.expected)} expected{at}"
            + (f", limit {rule.text(rule.value)}" if rule.limit else "")
            + f" ({rule.site_class}); decide by {local_text(made.decide_utc, made.zone).strip()}:"
            f" {rule.fallback}"
        ),
        source=made.source,
    )
