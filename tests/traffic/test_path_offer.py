"""An offer against what was asked: what differs is found, what is within tolerance passes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.traffic.path_effect import convoy_effects, handover_effects, observations
from retinue.traffic.path_message import PASSING, PathMessage
from retinue.traffic.path_offer import compare, match_request
from retinue.traffic.path_request import asked_of_plan
from tests.report.sample_plan import sample_plan
from tests.traffic.drawn_paths import requests, small_request


def shifted(message: PathMessage, seconds: float) -> PathMessage:
    points = tuple(
        replace(
            p,
            arrive_s=None if p.arrive_s is None else p.arrive_s + seconds,
            depart_s=None if p.depart_s is None else p.depart_s + seconds,
        )
        for p in message.points
    )
    return replace(message, kind="offer", points=points)


@given(requests())
@settings(max_examples=20)
def test_an_offer_of_what_was_asked_fits(message: PathMessage) -> None:
    found = compare(message, replace(message, kind="offer"))
    assert found.fits
    assert found.faults() == ()
    assert all(row.later_s == 0.0 for row in found.rows)


@given(requests(), st.integers(-5000, 5000))
@settings(max_examples=20)
def test_a_shift_is_the_same_at_every_point_and_counts_against_each_tolerance(
    message: PathMessage, seconds: int
) -> None:
    found = compare(message, shifted(message, seconds))
    for row in found.rows:
        assert row.later_s == pytest.approx(seconds)
        assert row.within == (-row.before_s <= seconds <= row.after_s)
    assert found.fits == all(row.within for row in found.rows)


@given(requests(), st.data())
@settings(max_examples=20)
def test_points_left_out_and_put_in_are_named(message: PathMessage, data: st.DataObject) -> None:
    out = data.draw(st.integers(0, len(message.points) - 1))
    points = list(message.points)
    left = points.pop(out)
    new = replace(left, place="Nowhere-at-all 9", code="")
    points.insert(out, new)
    found = compare(message, replace(message, points=tuple(points)))
    assert left.place in found.missing
    assert any(words.startswith("Nowhere-at-all 9") for words in found.extra)
    assert not found.fits


def test_a_short_stop_a_lost_stop_and_too_weak_a_path_are_faults() -> None:
    asked = small_request()
    a, b, c, d = asked.points
    assert b.arrive_s is not None
    short = compare(asked, replace(asked, points=(a, replace(b, depart_s=b.arrive_s + 600), c, d)))
    assert short.short_stops == (("B", 1800, 600),)
    gone = replace(b, depart_s=b.arrive_s, activities=(PASSING,))
    assert compare(asked, replace(asked, points=(a, gone, c, d))).lost_stops == ("B",)
    assert a.train is not None
    weak = replace(a, train=replace(a.train, length_m=400))
    found = compare(asked, replace(asked, points=(weak, b, c, d)))
    assert found.train_faults == ("from A the path is for a length of 400 m, the train has 571 m",)
    assert not found.fits


def test_an_offer_finds_its_request_and_its_part() -> None:
    asked = small_request()
    one, two = asked.split()
    assert match_request(replace(two, kind="offer"), [asked]) == two
    assert match_request(replace(asked, kind="offer"), [asked]) == asked
    unnamed = replace(one, kind="offer", id="", plan_hash="", leg="", role="")
    assert match_request(unnamed, [asked]) == one
    with pytest.raises(InputError, match="answers no request"):
        match_request(replace(unnamed, id="000000000000"), [asked])
    with pytest.raises(InputError, match="could answer"):
        match_request(unnamed, [asked, replace(asked, id="B" * 12, role="advance")])


def test_names_are_compared_without_case_accents_and_script() -> None:
    asked = small_request()
    a, b, c, d = asked.points
    cyrillic = replace(asked, points=(a, b, c, replace(d, place="Владивосток")))
    latin = replace(asked, points=(a, b, c, replace(d, place="VLADIVOSTOK")))
    assert compare(cyrillic, latin).fits


def test_a_convoy_that_would_come_too_close_is_told() -> None:
    plan = sample_plan()
    asked = asked_of_plan(plan)
    main = next(message for message in asked if message.role == "main")
    assert convoy_effects(plan, asked, []) == ()
    # Twenty minutes keep the following train back: half an hour later the main train meets it.
    late = compare(main, shifted(main, 1800.0))
    (words,) = convoy_effects(plan, asked, [late])
    assert words.startswith("the following train would be -10")
    rail = plan.legs[1]
    stated = {"following_separation_s": {"at": [{"place": "Kilju", "needed_s": 1190.0}]}}
    told = plan.model_copy(
        update={"legs": (plan.legs[0], rail.model_copy(update={"details": stated}))}
    )
    assert convoy_effects(told, asked, []) == ()
    near = compare(main, shifted(main, 120.0))
    (words,) = convoy_effects(told, asked, [near])
    assert "at Kilju" in words


def test_hand_overs_feel_the_ends_of_the_offer() -> None:
    plan = sample_plan()
    main = next(message for message in asked_of_plan(plan) if message.role == "main")
    assert handover_effects(plan, compare(main, shifted(main, 0.0))) == ()
    found = compare(main, shifted(main, 1200.0))
    first, last = handover_effects(plan, found)
    assert first.startswith("hand-over at Pyongyang:")
    assert last.startswith("hand-over at Vladivostok: 15 min too short")  # 5 min spare of 25
    places = [place for place, _ in observations(found)]
    assert places == ["Pyongyang"]  # what follows is later by as much
