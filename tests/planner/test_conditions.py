"""Weather and light: each limit is judged where and when the movement is there, and says what
it starts."""

from __future__ import annotations

import re

import pytest

from retinue.clock import from_iso
from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.plan import Condition, Plan
from retinue.planner import Planner
from retinue.planner.condition_table import condition_rules
from retinue.planner.conditions import conditions_of
from retinue.world.world import World

_JOURNEY = """\
retinue: 1
title: By road in Vladivostok, and by air
depart: 2023-09-11 {hour:02d}:00 Asia/Vladivostok
legs:
  - road: {{from: Vladivostok, to: "43.025,131.894", convoy: state-motorcade}}
{weather}
"""


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world)


def _plan(planner: Planner, weather: str = "", hour: int = 12) -> Plan:
    text = f"weather: [{weather}]" if weather else ""
    return planner.make(journey_from_text(_JOURNEY.format(hour=hour, weather=text), "drawn"))


def _by_limit(plan: Plan, hazard: str, site_class: str) -> list[Condition]:
    return [c for c in plan.conditions if (c.hazard, c.site_class) == (hazard, site_class)]


def test_every_limit_of_the_table_has_a_source_a_fallback_and_a_time_to_decide() -> None:
    table = condition_rules()
    for rule in table.conditions:
        assert rule.fallback and rule.trigger and rule.decide_before > 0
        assert table.sources[rule.source]
        assert rule.confidence == "assumed" or rule.source != "planning"
    hazards = {rule.hazard for rule in table.conditions}
    assert hazards == {"heat", "cold", "wind", "fog", "ice", "snow", "flood", "darkness"}


def test_where_nobody_said_what_to_expect_limits_are_listed_to_be_watched(planner: Planner) -> None:
    plan = _plan(planner)
    fog = _by_limit(plan, "fog", "road")
    assert [c.limit for c in fog] == [130.0, 50.0]
    assert all(c.expected is None and c.exceeded is None for c in fog)
    assert any("nobody said what to expect" in note.text for note in plan.notes)


def test_a_limit_that_is_exceeded_warns_with_its_fallback(planner: Planner) -> None:
    plan = _plan(planner, "{leg: 1, visibility: 100 m}")
    mist, dense = _by_limit(plan, "fog", "road")
    assert (mist.expected, mist.exceeded) == (100.0, True)
    assert dense.exceeded is False
    warning = next(n for n in plan.notes if n.level == "warning" and n.subject.startswith("fog"))
    assert mist.fallback in warning.text and "100 m expected" in warning.text
    # The table says an hour before the leg.
    assert mist.decide_utc == plan.legs[0].depart_utc - 3600.0


def test_the_weather_of_another_time_or_leg_is_not_this_ones(planner: Planner) -> None:
    for said in (
        "{until: 2023-09-11 11:00 Asia/Vladivostok, visibility: 10 m}",
        '{from: "2023-09-11 15:00", visibility: 10 m}',
    ):
        assert all(c.expected is None for c in _by_limit(_plan(planner, said), "fog", "road"))


def test_the_worst_of_several_statements_counts(planner: Planner) -> None:
    plan = _plan(planner, "{visibility: 5 km}, {at: Vladivostok, visibility: 40 m}")
    for condition in _by_limit(plan, "fog", "road"):
        assert (condition.expected, condition.exceeded) == (40.0, True)
        assert condition.place == "Vladivostok"


def test_the_mean_wind_can_condemn_a_gust_limit_and_never_clear_it(planner: Planner) -> None:
    leg = _plan(planner).legs[0]
    bridge = {"leg": leg.id, "kind": "bridge", "chainage_m": 3000.0, "until_m": 4900.0,
              "name": "Golden Bridge"}  # fmt: skip

    def judged(weather: str) -> list[bool | None]:
        text = _JOURNEY.format(hour=12, weather=f"weather: [{weather}]")
        found = conditions_of(journey_from_text(text, "drawn"), [leg], [bridge])
        return [
            c.exceeded for c in found.conditions if (c.hazard, c.place) == ("wind", bridge["name"])
        ]

    # Limits of 50 and 80 mile/hour: 22.4 and 35.8 m/s.
    assert judged("{wind: 10 m/s}") == [None, None]
    assert judged("{wind: 25 m/s}") == [True, None]
    assert judged("{wind: 10 m/s, gust: 20 m/s}") == [False, False]
    assert judged("{gust: 40 m/s}") == [True, True]


def test_a_site_is_decided_before_it_is_passed_not_before_the_leg(planner: Planner) -> None:
    leg = _plan(planner).legs[0]
    crossing = {"leg": leg.id, "kind": "bridge", "chainage_m": 3000.0, "until_m": 3000.0}
    file = journey_from_text(_JOURNEY.format(hour=12, weather=""), "drawn")
    found = conditions_of(file, [leg], [crossing]).conditions
    condition = next(c for c in found if c.site_class == "bridge")
    assert condition.place == "bridge at km 3.0"
    # The table says an hour and a half before it.
    assert condition.decide_utc == pytest.approx(leg.main.time_at(3000.0) - 5400.0, abs=1.0)


@pytest.mark.parametrize(("ice", "exceeded"), [("true", True), ("false", False)])
def test_ice_said_to_be_absent_is_not_ice_unknown(
    planner: Planner, ice: str, exceeded: bool
) -> None:
    assert _by_limit(_plan(planner, f"{{ice: {ice}}}"), "ice", "road")[0].exceeded is exceeded


def test_darkness_is_known_from_the_sun(planner: Planner) -> None:
    day, night = (_by_limit(_plan(planner, hour=h), "darkness", "road")[0] for h in (12, 22))
    assert day.exceeded is False and day.expected is not None and day.expected > 40
    assert night.exceeded is True and night.expected is not None and night.expected < -6
    # Six hours before it is passed in the dark.
    assert night.decide_utc == from_iso("2023-09-11T12:00:00Z") - 6 * 3600


@pytest.mark.parametrize(
    ("said", "where", "message"),
    [
        ("{leg: 2, ice: true}", "weather.leg", "there is no leg 2"),
        ("{at: Vladivostock, ice: true}", "weather.at", 'Did you mean "Vladivostok"'),
        ("{from: yesterday, ice: true}", "weather.from", "not a date and time"),
        ('{from: "2023-09-12 10:00", until: "2023-09-11 10:00", ice: true}', "weather.until",
         "ends before it begins"),
        ("{at: Vladivostok}", "weather", "says nothing of the weather"),
        ("{temperature: 900 degC}", "weather.temperature", "too large"),
        ("{temperature: .nan}", "weather.temperature", "temperature"),
        ("{wind: 20}", "weather.wind", "lacks a unit"),
        ("{wind: 20 m/s, gust: 10 m/s}", "weather", "below the mean wind"),
        ("{snow: -1 m}", "weather.snow", "too small"),
    ],
)  # fmt: skip
def test_weather_that_cannot_be_is_refused_with_its_line(
    planner: Planner, said: str, where: str, message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as refused:
        _plan(planner, said)
    assert refused.value.where.startswith("drawn.yaml:6: " + where)
