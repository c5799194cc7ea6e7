"""A search that finds nothing says where the train cannot go on, why, and what would help."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from retinue.rail.track_reasons import cheapest_relaxation, why_no_route
from retinue.world.track_search import Question, TrackRouter
from tests.world.ascii_tracks import drawn
from tests.world.test_track_search import (
    CROSSING,
    DIESEL,
    ELECTRIC,
    LOOP,
    SWITCH,
    WIRE,
    stop,
    wired,
)


def test_a_break_of_gauge_is_named_with_both_gauges() -> None:
    picture = drawn("A------j------B", {"Aj": {"gauge": (1435,)}, "jB": {"gauge": (1520,)}})
    why = why_no_route(
        TrackRouter(picture.network), DIESEL, (stop(picture, "Aj"), stop(picture, "jB"))
    )
    assert [reason.kind for reason in why.reasons] == ["gauge"]
    assert "1435 mm" in why.reasons[0].what and "1520 mm" in why.reasons[0].what
    assert "50.0000 N" in why.reasons[0].where and why.reasons[0].cure


def test_missing_power_is_named_with_both_systems() -> None:
    picture = wired(("3kv-dc",), 40)
    why = why_no_route(
        TrackRouter(picture.network), ELECTRIC, (stop(picture, "Aj"), stop(picture, "kB"))
    )
    assert [reason.kind for reason in why.reasons] == ["power"]
    assert "3kv-dc" in why.reasons[0].what and "25kv-ac-50hz" in why.reasons[0].what
    assert "820 m" in why.reasons[0].what


def test_the_cheapest_relaxation_lifts_the_fewest_kinds_over_the_shortest_way() -> None:
    tags: dict[str, dict[str, Any]] = {
        "st": {"gauge": (1520,), "axle_load": 16_000.0},
        "st2": {"gauge": (1520,)},
        "As": WIRE,
    }
    picture = drawn(LOOP, tags)
    heavy = replace(DIESEL, axle_load_kg=22_500.0)
    found = cheapest_relaxation(
        TrackRouter(picture.network), heavy, (stop(picture, "As"), stop(picture, "tB"))
    )
    assert found is not None and found.kinds == ("gauge",)
    assert [obstacle.edge for obstacle in found.obstacles] == [picture.edge("st2")]


def test_two_obstacles_of_different_kinds_are_both_named_in_order() -> None:
    text = "A------j------k------l------B"
    picture = drawn(text, {"jk": {"gauge": (1000,)}, "kl": {"axle_load": 10_000.0}})
    heavy = replace(DIESEL, axle_load_kg=22_500.0)
    why = why_no_route(
        TrackRouter(picture.network), heavy, (stop(picture, "Aj"), stop(picture, "lB"))
    )
    assert [reason.kind for reason in why.reasons] == ["gauge", "axle-load"]
    assert "gauge and axle-load" in why.cure


def test_a_closed_line_is_named_as_forbidden() -> None:
    picture = drawn("A------j------B")
    closed = np.ones(2, bool)
    closed[picture.edge("Aj")] = False
    why = why_no_route(
        TrackRouter(picture.network),
        DIESEL,
        (stop(picture, "Aj"), stop(picture, "jB")),
        Question(closed=closed),
    )
    assert [reason.kind for reason in why.reasons] == ["forbidden"]


def test_a_train_too_long_to_change_ends_is_told_so() -> None:
    picture = drawn(SWITCH)
    long = replace(DIESEL, length_m=400.0)
    why = why_no_route(
        TrackRouter(picture.network), long, (stop(picture, "sB"), stop(picture, "sC"))
    )
    assert [reason.kind for reason in why.reasons] == ["reversal"]
    assert "400 m" in why.reasons[0].what


def test_tracks_that_do_not_connect_have_their_gap_measured() -> None:
    picture = drawn("A------B     C------D")
    why = why_no_route(
        TrackRouter(picture.network), DIESEL, (stop(picture, "AB"), stop(picture, "CD"))
    )
    assert [reason.kind for reason in why.reasons] == ["no-route"]
    assert "120 m" in why.reasons[0].what  # six columns of 20 m


def test_tracks_that_only_cross_are_told_apart_from_tracks_that_do_not_meet() -> None:
    picture = drawn(CROSSING.replace("@", "x"))
    why = why_no_route(
        TrackRouter(picture.network), DIESEL, (stop(picture, "Ax"), stop(picture, "xB"))
    )
    assert [reason.kind for reason in why.reasons] == ["turn"]


def test_a_platform_too_short_is_named_with_its_length() -> None:
    picture = drawn(LOOP)
    ends = stop(picture, "As"), stop(picture, "st", room_m=80.0)
    why = why_no_route(TrackRouter(picture.network), DIESEL, ends)
    assert [reason.kind for reason in why.reasons] == ["standing"]
    assert "80 m" in why.reasons[0].what
