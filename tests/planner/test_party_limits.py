"""Limits of the party: refused with both lines in the journey, kept out of alternatives."""

from __future__ import annotations

import pytest

from retinue.errors import InputError
from retinue.journey import JourneyFile, journey_from_text
from retinue.planner import Planner
from retinue.world.world import World

TEXT = """\
retinue: 1
title: Pyongyang to Vladivostok
depart: 2023-09-10 16:35 Asia/Pyongyang
party:
  principal: 1
  members:
    - who: the minister
      {limit}
legs:
  - air: {{from: ZKPY, to: UHWW, aircraft: {aircraft}}}
alternatives:
  - title: again by air
    air: {{from: ZKPY, to: UHWW, aircraft: {aircraft}}}
  - title: by road
    road: {{from: ZKPY, to: Pyongyang, convoy: state-motorcade}}
"""


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    """Return a planner for the module."""
    return Planner(world)


def _file(limit: str, aircraft: str = "il-62m") -> JourneyFile:
    return journey_from_text(TEXT.format(limit=limit, aircraft=aircraft), "trip")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("will not: fly", "the minister will not fly, and leg 1 is by air"),
        ("will not: [fly, train]", "the minister will not fly"),
        ("highest: 1500 m", "not to be taken above 1,500 m"),
        ("motion: 0.1 m/s^2", "a vertical motion of 0.10 m/s2 at most"),
        ("longest: {air: 30 min}", "at most 30 min at a stretch by air"),
    ],
)
def test_a_journey_that_breaks_a_limit_is_refused_with_both_lines(
    planner: Planner, limit: str, words: str
) -> None:
    with pytest.raises(InputError) as refused:
        planner.make(_file(limit))
    assert words in refused.value.message
    assert refused.value.where.startswith("trip.yaml:8: party.members.")
    assert "trip.yaml:10: legs.air" in refused.value.message
    assert refused.value.cure


@pytest.mark.parametrize(
    "limit", ["highest: 3000 m", "motion: 0.6 m/s^2", "longest: {air: 5 h}", "will not: train"]
)
def test_a_journey_within_its_limits_is_planned(planner: Planner, limit: str) -> None:
    assert planner.make(_file(limit)).legs


def test_alternatives_that_break_a_limit_cannot_be_made(planner: Planner) -> None:
    text = _file("will not: fly").text.replace(
        "  - air: {from: ZKPY, to: UHWW, aircraft: il-62m}\n",
        "  - road: {from: ZKPY, to: Pyongyang, convoy: state-motorcade}\n",
        1,
    )
    plan = planner.make(journey_from_text(text, "trip"))
    first, second = plan.alternatives
    assert not first.feasible
    assert first.reasons == ("the minister will not fly, and leg 1 is by air",)
    assert second.feasible


def test_heights_by_land_are_said_not_to_be_assessed(planner: Planner) -> None:
    text = _file("highest: 3000 m").text.replace(
        "  - air: {from: ZKPY, to: UHWW, aircraft: il-62m}\n",
        "  - road: {from: ZKPY, to: Pyongyang, convoy: state-motorcade}\n",
        1,
    )
    plan = planner.make(journey_from_text(text, "trip"))
    assert any("is not assessed" in note.text for note in plan.notes if note.subject == "party")


@pytest.mark.parametrize(
    "limit",
    ["will not: swim", "highest: 1500", "motion: -1 m/s^2", "longest: {boat: 1 h}",
     "longest: 3 h", "will not: {fly: true}", "motion: .nan", "highest: .inf"],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused_where_they_stand(limit: str) -> None:
    with pytest.raises(InputError) as refused:
        _file(limit)
    assert "trip.yaml:8" in refused.value.where
