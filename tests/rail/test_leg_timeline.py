"""Borders of a route, and which events a point gives."""

from __future__ import annotations

from dataclasses import replace

from retinue.rail.leg import RailStop, run_rail, time_rail
from retinue.rail.leg_timeline import border_crossings
from retinue.world.rail_route import RailRoute
from tests.rail.convoys import DEPART_S, exchange, request
from tests.rail.drawn_route import drawn


def _with_border_point(art: str, letter: str, exchange_at: str) -> RailRoute:
    route = drawn(art, exchange_at=exchange_at)
    points = tuple(
        replace(entry, point=replace(entry.point, kind="border"))
        if entry.point.id == letter
        else entry
        for entry in route.points
    )
    return replace(route, points=points)


def test_a_border_lies_where_the_stretches_change_country() -> None:
    ((distance, before, after, entry),) = border_crossings(drawn("A--B~~C"))
    assert (distance, before, after) == (10_000.0, "KP", "RU")
    assert entry.point.name == "Station B"


def test_a_border_point_is_crossed_not_passed() -> None:
    route = _with_border_point("A--B--C~~D", "C", "B")
    # The gauge changes at B, two stations before the border at C.
    route = replace(
        route, stretches=tuple(replace(s, gauges_mm=(1435, 1520)) for s in route.stretches)
    )
    made = time_rail(run_rail(request(route, stops=(exchange("B"),))), DEPART_S)
    at_border = [event for event in made.timeline if event.place == "Station C"]
    assert [event.kind for event in at_border] == ["border"]
    assert at_border[0].text == "border KP-RU"


def test_every_named_point_has_its_event_once() -> None:
    route = drawn("A--B--C--D--E")
    made = time_rail(run_rail(request(route, stops=(RailStop("C", 600.0),))), DEPART_S)
    told = [(event.place[-1], event.kind) for event in made.timeline]
    assert told == [
        ("A", "depart"),
        ("B", "pass"),
        ("C", "arrive"),
        ("C", "depart"),
        ("D", "pass"),
        ("E", "arrive"),
    ]
    arrival = made.timeline[2]
    assert arrival.duration_s == 600.0
    assert arrival.lat is not None and arrival.lon == 128.0
