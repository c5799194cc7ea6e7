"""Site classes of a leg: what weather and light can touch, and when the movement is there."""

from __future__ import annotations

from typing import Any

import pytest

from retinue.plan import Leg, Plan
from retinue.planner.exposure import exposures


def _with(leg: Leg, **details: Any) -> Leg:
    return leg.model_copy(update={"details": leg.details | details})


def test_a_rail_leg_is_an_open_line_with_its_bridges_and_the_ramp_of_its_cars(
    vladivostok: Plan,
) -> None:
    rail = vladivostok.legs[1]
    found = exposures(rail, ())
    whole = found["open line"][0]
    assert (whole.place, whole.from_s, whole.until_s) == ("", rail.depart_utc, rail.arrive_utc)
    # The line book has the Korea-Russia Friendship Bridge as a point.
    assert [item.place for item in found["bridge"]] == ["Korea-Russia Friendship Bridge"]
    ramp = found["car ramp"][0]
    assert ramp.until_s - ramp.from_s == rail.details["cars"]["unloading_s"]
    assert "open deck" not in found


def test_cars_on_an_open_deck_are_touched_by_the_wind(vladivostok: Plan) -> None:
    rail = vladivostok.legs[1]
    cars = rail.details["cars"] | {"enclosed": False}
    assert "open deck" in exposures(_with(rail, cars=cars), ())


@pytest.mark.parametrize(
    ("kind", "site_class"),
    [("bridge", "bridge"), ("viaduct", "bridge"), ("level_crossing", "level crossing")],
)
def test_a_site_of_a_built_world_is_exposed_from_head_to_tail(
    vladivostok: Plan, kind: str, site_class: str
) -> None:
    rail = vladivostok.legs[1]
    site = {"leg": rail.id, "kind": kind, "chainage_m": 50_000.0, "until_m": 50_400.0}
    found = exposures(rail, [site, site | {"leg": "another"}, site | {"kind": "station"}])
    at = [item for item in found[site_class] if "km 50.0" in item.place]
    assert len(at) == 1
    assert at[0].from_s == pytest.approx(rail.main.time_at(50_000.0))
    assert at[0].until_s == pytest.approx(rail.main.tail_time_at(50_400.0))


def test_choke_points_of_a_road_are_sites(vladivostok: Plan) -> None:
    road = vladivostok.legs[2]
    chokes = [
        {"kind": kind, "what": f"{kind} of the road", "from_m": 4000.0, "to_m": 4600.0}
        for kind in ("bridge", "tunnel", "level_crossing")
    ]
    found = exposures(_with(road, choke_points=chokes), ())
    assert found["bridge"][0].place == "bridge of the road"
    assert found["level crossing"][0].place == "level_crossing of the road"
    assert set(found) == {"road", "bridge", "level crossing"}


def test_a_flight_has_aprons_and_runways_at_its_ends_and_a_helicopter_its_own(
    vladivostok: Plan,
) -> None:
    air = vladivostok.alternatives[0].legs[0]
    found = exposures(air, ())
    assert [item.from_s for item in found["runway"]] == [air.depart_utc, air.arrive_utc]
    assert "helicopter" not in found
    assert "helicopter" in exposures(_with(air, aircraft={"engine": "helicopter"}), ())
