"""Forbidden lines, areas and ways close the edges that they name, and no others."""

from __future__ import annotations

import pytest
from shapely.geometry import box
from tests.world.ascii_tracks import drawn
from tests.world.test_track_search import DIESEL, LOOP, stop, way

from retinue.errors import InputError
from retinue.world.track_bans import forbidden_edges
from retinue.world.track_search import Question, TrackRouter

PICTURE = drawn(LOOP, {"st": {"ref": "2630;2631"}, "st2": {"name": "Loop track"}})


@pytest.mark.parametrize(("line", "edge"), [("2631", "st"), ("loop TRACK ", "st2")])
def test_a_line_is_named_by_reference_or_name(line: str, edge: str) -> None:
    closed = forbidden_edges(PICTURE.network, lines=[line])
    assert closed.nonzero()[0].tolist() == [PICTURE.edge(edge)]


def test_a_route_goes_around_a_forbidden_line() -> None:
    closed = forbidden_edges(PICTURE.network, lines=["2630"])
    route = TrackRouter(PICTURE.network).route(
        DIESEL, (stop(PICTURE, "As"), stop(PICTURE, "tB")), Question(closed=closed)
    )
    assert way(PICTURE, route) == ["As st2 tB"]


def test_an_area_closes_what_touches_it() -> None:
    shapes = PICTURE.network.shapes
    rows = PICTURE.network.shape_rows(PICTURE.edge("st2"))
    lat, lon = float(shapes.lat_deg[rows].min()), float(shapes.lon_deg[rows].mean())
    area = box(lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5)
    closed = forbidden_edges(PICTURE.network, areas=[area])
    assert closed.nonzero()[0].tolist() == [PICTURE.edge("st2")]


def test_what_no_track_bears_is_an_error() -> None:
    with pytest.raises(InputError, match="9999"):
        forbidden_edges(PICTURE.network, lines=["9999"])
    with pytest.raises(InputError, match="42"):
        forbidden_edges(PICTURE.network, ways=[42])
