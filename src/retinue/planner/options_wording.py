"""Options in words: how each differs from the reference, in what is worth telling.

The sentences are made from the measures alone; a difference below the thresholds of
``data/option_defaults.yaml`` stays out.  Nothing is weighed against anything else.
"""

from __future__ import annotations

from collections.abc import Sequence

from retinue.clock import duration_text
from retinue.plan.options import Measures
from retinue.planner.options_data import WorthTelling

__all__ = ["MEASURE_NAMES", "Told", "reference_sentence", "sentence"]

#: How people call the measures.
MEASURE_NAMES = {
    "time_s": "time",
    "exposure_h": "exposure",
    "cost": "cost",
    "held_h": "disturbance",
    "lost_h": "comfort",
    "weather_limits": "weather",
    "lead_days": "lead time",
}

_SUBJECTS = {"rail": "the train", "air": "the flight", "road": "the drive"}


class Told:
    """What a sentence needs to know of one option.

    Parameters
    ----------
    title
        As it is listed.
    pattern
        The trunk: ``rail``, ``air``, ``road`` or two of them.
    overflown
        Names of foreign countries whose airspace is entered, in order.
    """

    def __init__(
        self, title: str, pattern: str, measures: Measures, overflown: Sequence[str] = ()
    ) -> None:
        self.title = title
        self.pattern = pattern
        self.measures = measures
        self.overflown = tuple(overflown)

    @property
    def subject(self) -> str:
        """The option as the subject of a sentence."""
        return _SUBJECTS.get(self.pattern, self.title)


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 3:
        return " and ".join(parts)
    return ", ".join(parts[:-1]) + ", and " + parts[-1]


def _number(value: float) -> str:
    """Return a number with as many digits as matter: 2.4, 35, 12,300."""
    if value < 10.0:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}"


def _hours(value: float) -> str:
    return "hour" if _number(abs(value)) == "1" else "hours"


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(one: Told, reference: Told, worth: WorthTelling, currency: str) -> str:
    """Return how an option differs from the reference, in one sentence."""
    parts = _differences(one, reference, worth, currency)
    subject = one.subject if one.subject != reference.subject else one.title
    other = reference.subject if one.subject != reference.subject else reference.title
    if not parts:
        return _upper_first(f"{subject} differs from {other} in nothing that matters.")
    return _upper_first(f"{subject} {_listed(parts)}, compared with {other}.")


def reference_sentence(one: Told, currency: str, *, as_planned: bool) -> str:
    """Return the sentence of the reference itself."""
    m = one.measures
    what = "as planned" if as_planned else "the fastest"
    return _upper_first(
        f"{one.subject} ({what}) takes {duration_text(m.time_s)} from door to door and costs"
        f" {currency} {m.cost:,.0f}; the others are compared with it."
    )


def _differences(one: Told, reference: Told, worth: WorthTelling, currency: str) -> list[str]:
    mine, theirs = one.measures, reference.measures

    def matters(name: str, least: float) -> float:
        """Return the difference where it is worth telling, else 0."""
        a, b = mine.value(name), theirs.value(name)
        far = abs(a - b) >= max(least, worth.share * max(abs(a), abs(b)))
        return a - b if far else 0.0

    parts: list[str] = []
    if time := matters("time_s", worth.time):
        parts.append(f"takes {duration_text(abs(time))} {'longer' if time > 0 else 'less'}")
    parts += _permits(one, reference)
    if exposure := matters("exposure_h", worth.exposure):
        more = "more" if exposure > 0 else "fewer"
        parts.append(f"has {_number(abs(exposure))} {more} weighted {_hours(exposure)} of exposure")
    if cost := matters("cost", 0.0):
        parts.append(f"costs {currency} {abs(cost):,.0f} {'more' if cost > 0 else 'less'}")
    if held := matters("held_h", worth.held):
        more = "more" if held > 0 else "fewer"
        parts.append(f"holds others up for {_number(abs(held))} {more} person-{_hours(held)}")
    if lost := matters("lost_h", worth.lost):
        more = "more" if lost > 0 else "fewer"
        parts.append(f"leaves {_number(abs(lost))} {more} {_hours(lost)} without work or sleep")
    if weather := matters("weather_limits", worth.weather_limits):
        more = "more" if weather > 0 else "fewer"
        parts.append(f"hangs on {abs(weather):.0f} {more} limits of weather")
    if lead := matters("lead_days", worth.lead_days):
        when = "earlier" if lead > 0 else "later"
        days = round(abs(lead))
        parts.append(f"must be asked for {days} day{'s' if days != 1 else ''} {when}")
    return parts


def _permits(one: Told, reference: Told) -> list[str]:
    if reference.overflown and not one.overflown:
        return ["needs no overflight or landing permit"]
    more = [name for name in one.overflown if name not in reference.overflown]
    fewer = [name for name in reference.overflown if name not in one.overflown]
    if more:
        return [f"needs leave of {_listed(more)} to fly over or land"]
    return [f"needs no leave of {_listed(fewer)} to fly over or land"] if fewer else []
