"""A leg on the timetable's network: nodes at rising places near it, or where it leaves the leg."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retinue.errors import NoPlan
from retinue.traffic.anchor import ANCHOR_M, anchor
from retinue.traffic.feed_lookup import find_feed
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.line_network import LineNetwork
from retinue.traffic.timetable import day_of_traffic
from retinue.world.rail_route import OperatingPoint, RailRoute
from retinue.world.rail_routing import plan_route
from retinue.world.world import World
from tests.traffic.small_line import line


@pytest.fixture(scope="module")
def network(world: World) -> LineNetwork:
    feed = read_feed(find_feed("aare-line"))
    return day_of_traffic(feed, date(2026, 1, 5), world=world).pessimistic.network


def route(world: World, network: LineNetwork, one: str, two: str) -> RailRoute:
    ends = (network.station(name) for name in (one, two))
    start, end = (OperatingPoint("", s.name, s.lat, s.lon, "CH", "Europe/Zurich") for s in ends)
    return plan_route(world.line_book, world.pack.rail, start, end, countries=world.countries)


def test_a_leg_over_the_pack_is_found_again_on_the_network(
    world: World, network: LineNetwork
) -> None:
    leg = route(world, network, "Olten", "Zürich HB")
    found = anchor(network, leg.lat_deg, leg.lon_deg, leg.distance_m)
    names = [network.stations[int(n)].name for n in found.way.nodes]
    assert (names[0], names[-1]) == ("Olten", "Zürich HB") and "Aarau" in names
    assert np.all(np.diff(found.place_m) > 0.0)
    assert found.place_m[0] >= 0.0 and found.place_m[-1] <= leg.distance_m[-1]
    assert found.error_m.max() < 300.0
    assert found.length_ratio == pytest.approx(1.0, abs=0.05)
    back = route(world, network, "Zürich HB", "Olten")
    turned = anchor(network, back.lat_deg, back.lon_deg, back.distance_m)
    assert turned.way.nodes.tolist() == found.way.nodes.tolist()[::-1]


def test_a_leg_far_from_the_feed_is_refused_with_a_cure(network: LineNetwork) -> None:
    there = np.linspace(40.0, 41.0, 10)
    with pytest.raises(NoPlan, match="fewer than two stations") as caught:
        anchor(network, there, there, np.linspace(0.0, 1e5, 10))
    assert caught.value.reasons[0].kind == "off-network" and caught.value.cure


def test_a_network_that_goes_another_way_is_refused_by_place() -> None:
    plain = line([10_000.0, 10_000.0], [1, 1], [2, 2, 2])
    places = [(47.0, 8.0), (47.1, 8.3), (47.2, 8.0)]  # the middle one 20 km aside
    stations = tuple(
        dataclasses.replace(s, lat=lat, lon=lon)
        for s, (lat, lon) in zip(plain.stations, places, strict=True)
    )
    bent = dataclasses.replace(plain, stations=stations)
    lat, lon = np.linspace(47.0, 47.2, 21), np.full(21, 8.0)
    with pytest.raises(NoPlan, match=r"B lies .* km off it"):
        anchor(bent, lat, lon, np.linspace(0.0, 22_200.0, 21))


def test_a_leg_over_the_pack_finds_a_network_of_shapes(shared: Path, world: World) -> None:
    feed = read_feed(shared / "data" / "gtfs" / "caltrain_otp.zip")
    net = day_of_traffic(feed, world=world).optimistic.network
    leg = plan_route(
        world.line_book, world.pack.rail,
        *(
            OperatingPoint("", s.name, s.lat, s.lon, "US", "America/Los_Angeles")
            for s in (net.station("San Jose Caltrain"), net.station("Millbrae Caltrain"))
        ),
        countries=world.countries,
    )  # fmt: skip
    found = anchor(net, leg.lat_deg, leg.lon_deg, leg.distance_m)
    assert found.error_m.max() < ANCHOR_M and found.length_ratio == pytest.approx(1.0, abs=0.05)
    # San Jose - Millbrae is 33.3 miles by the timetable of 2009.
    assert found.way.length_m == pytest.approx(53_600.0, rel=0.03)
