"""Light along a moving leg: the sun crosses the horizon where the movement is then."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.clock import from_iso, iso_utc, local_text
from retinue.movement import Movement, MovementStop
from retinue.plan import Leg, PlaceRecord, Plan
from retinue.planner.light import light_changes, lit, sky_at
from retinue.world.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, sun_elevation_deg


def _movement(
    lat: tuple[float, float],
    lon: tuple[float, float],
    begin: str,
    hours: float,
    height_m: float | None = None,
) -> Movement:
    start = from_iso(begin)
    share = np.linspace(0.0, 1.0, 101)
    altitude = None if height_m is None else np.where((share > 0) & (share < 1), height_m, 50.0)
    return Movement(
        role="main",
        name="main",
        length_m=100.0,
        lon_deg=lon[0] + share * (lon[1] - lon[0]),
        lat_deg=lat[0] + share * (lat[1] - lat[0]),
        distance_m=share * 1_000_000.0,
        time_s=start + share * hours * 3600.0,
        altitude_m=altitude,
    )


def _kinds(movement: Movement) -> list[str]:
    return [c.kind for c in light_changes(movement, movement.depart_s, movement.arrive_s)]


def test_a_standing_object_meets_the_published_sunset() -> None:
    # London, 51.51 N 0.13 W, 21 June 2023: sunrise 04:43, sunset 21:21 BST (UTC + 1; timeanddate
    # and HM Nautical Almanac Office, to the minute).
    here = _movement((51.51, 51.51), (-0.13, -0.13), "2023-06-21T00:00:00Z", 24.0)
    found = {c.kind: c.time_s for c in light_changes(here, here.depart_s, here.arrive_s)}
    assert found["sunrise"] == pytest.approx(from_iso("2023-06-21T03:43:00Z"), abs=60.0)
    assert found["sunset"] == pytest.approx(from_iso("2023-06-21T20:21:00Z"), abs=60.0)
    assert list(found) == ["dawn", "sunrise", "sunset", "dusk"]


def test_a_way_east_meets_the_sunset_between_both_ends_tables() -> None:
    east = _movement((45.0, 45.0), (20.0, 35.0), "2023-09-23T12:00:00Z", 6.0)
    ends = [
        _movement((45.0, 45.0), (lon, lon), "2023-09-23T12:00:00Z", 6.0) for lon in (20.0, 35.0)
    ]
    first, last = (
        next(c.time_s for c in light_changes(m, m.depart_s, m.arrive_s) if c.kind == "sunset")
        for m in ends
    )
    own = next(c for c in light_changes(east, east.depart_s, east.arrive_s) if c.kind == "sunset")
    # 15 degrees of longitude are an hour of sun.
    assert first - last == pytest.approx(3600.0, abs=60.0)
    assert last < own.time_s < first
    lon, lat = east.position_at(own.time_s)
    assert float(sun_elevation_deg(own.time_s, lat, lon)) == pytest.approx(SUNRISE_DEG, abs=0.01)


def test_polar_day_and_polar_night_have_no_changes() -> None:
    # Tromso: midnight sun until 22 July, polar night from 27 November (its almanac).
    assert _kinds(_movement((69.65, 69.65), (18.96, 18.96), "2023-06-20T00:00:00Z", 48.0)) == []
    winter = _movement((78.2, 78.2), (15.6, 15.6), "2023-12-10T00:00:00Z", 48.0)
    assert _kinds(winter) == []
    assert sky_at(winter, winter.depart_s + 43_200) == "dark"


def test_aboard_an_aircraft_the_sun_sets_later_by_the_dip() -> None:
    ground = _movement((0.0, 0.0), (10.0, 10.1), "2023-03-21T12:00:00Z", 8.0)
    aloft = _movement((0.0, 0.0), (10.0, 10.1), "2023-03-21T12:00:00Z", 8.0, height_m=11_050.0)
    times = [
        next(c.time_s for c in light_changes(m, m.depart_s, m.arrive_s) if c.kind == "sunset")
        for m in (ground, aloft)
    ]
    # 1.76' sqrt(11,000) is 3.08 degrees; at the equator the sun sinks 15 degrees an hour.
    assert times[1] - times[0] == pytest.approx(3.08 / 15 * 3600, abs=15.0)


def test_a_way_over_the_date_line_does_not_swing_round_the_earth() -> None:
    wrapped = _movement((50.0, 50.0), (170.0, 190.0), "2023-09-10T00:00:00Z", 20.0)
    folded = Movement(
        "main", "main", 100.0, (wrapped.lon_deg + 180.0) % 360.0 - 180.0, wrapped.lat_deg,
        wrapped.distance_m, wrapped.time_s,
    )  # fmt: skip
    a, b = (light_changes(m, m.depart_s, m.arrive_s) for m in (wrapped, folded))
    assert [c.time_s for c in a] == pytest.approx([c.time_s for c in b], abs=0.2)


@given(
    lat=st.tuples(st.floats(-80, 80), st.floats(-80, 80)),
    lon=st.tuples(st.floats(-180, 180), st.floats(-180, 180)),
    day=st.integers(0, 364),
    hours=st.floats(4.0, 80.0),
)
def test_light_adds_up_to_the_leg_and_changes_lie_on_the_horizon(
    lat: tuple[float, float], lon: tuple[float, float], day: int, hours: float
) -> None:
    begin = iso_utc(from_iso("2024-01-01T00:00:00Z") + day * 86_400)
    movement = _movement(lat, lon, begin, hours)
    leg = _leg(movement)
    light = lit(leg).details["light"]
    total = light["day_s"] + light["civil_twilight_s"] + light["dark_s"]
    assert total == round(leg.arrive_utc) - round(leg.depart_utc)
    for change in light_changes(movement, movement.depart_s, movement.arrive_s):
        lon_now, lat_now = movement.position_at(change.time_s)
        limit = SUNRISE_DEG if change.kind in ("sunrise", "sunset") else CIVIL_TWILIGHT_DEG
        found = float(sun_elevation_deg(change.time_s, lat_now, lon_now))
        assert found == pytest.approx(limit, abs=0.05)


def _leg(movement: Movement) -> Leg:
    ends = [
        PlaceRecord(name=name, lat=float(movement.lat_deg[i]), lon=float(movement.lon_deg[i]),
                    country="", zone="UTC")
        for name, i in (("A", 0), ("B", -1))
    ]  # fmt: skip
    return Leg.model_validate(
        {
            "id": "1-rail", "mode": "rail", "title": "A to B", "from": ends[0], "to": ends[1],
            "depart_utc": movement.depart_s, "arrive_utc": movement.arrive_s,
            "distance_m": movement.total_m,
            "running_time_s": movement.arrive_s - movement.depart_s, "movements": (movement,),
        }
    )  # fmt: skip


def test_a_stop_in_the_evening_has_its_sunset() -> None:
    base = _movement((40.0, 40.0), (127.0, 128.0), "2023-09-10T08:00:00Z", 1.0)
    start = base.depart_s
    stop = MovementStop("Kowon", "Asia/Pyongyang", "crew", 500_000.0, start + 1800, start + 9000)
    times = np.concatenate((base.time_s[:51], base.time_s[50:] + 7200.0))
    lon, lat, way = (
        np.concatenate((a[:51], a[50:])) for a in (base.lon_deg, base.lat_deg, base.distance_m)
    )
    leg = lit(_leg(Movement("main", "main", 100.0, lon, lat, way, times, stops=(stop,))))
    sunset = next(e for e in leg.timeline if e.kind == "sunset")
    assert (sunset.place, sunset.zone) == ("Kowon", "Asia/Pyongyang")
    assert {p["place"]: p["light"] for p in leg.details["light"]["places"]} == {
        "A": "day", "Kowon": "day", "B": "dark",
    }  # fmt: skip


def test_the_model_case_has_the_sun_on_its_timeline(vladivostok: Plan) -> None:
    rail = vladivostok.legs[1]
    seen = [(e.kind, local_text(e.time_utc, e.zone)[7:9]) for e in rail.timeline
            if e.kind in ("sunrise", "sunset")]  # fmt: skip
    # Pyongyang, 10 September: sunset about 18:50 (almanac); Vladivostok the day after, 19:30.
    assert seen == [("sunset", "18"), ("sunrise", "05"), ("sunset", "19")]
    assert rail.details["light"]["dark_s"] > 12 * 3600
    assert rail.timeline == tuple(sorted(rail.timeline, key=lambda e: e.time_utc))
