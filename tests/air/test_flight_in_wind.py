"""Flights in the wind: ground speed by the wind triangle, fuel and times that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from retinue.air.air_mass import course_deg, wind_along
from retinue.air.flight import fly
from retinue.air.great_circle import Track
from retinue.air.leg import time_flight
from retinue.air.request import AirRequest
from retinue.air.wind import SameWind
from retinue.errors import NoPlan
from retinue.world.countries import Countries

Make = Callable[..., AirRequest]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rising:
    """A west wind that grows by 1 m/s an hour from a moment on."""

    since_s: float
    timed: bool = True
    source: str = "drawn"
    assumptions: tuple[str, ...] = ()

    def at(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike, altitude_m: ArrayLike, time_s: ArrayLike = 0.0
    ) -> tuple[Floats, Floats]:
        hours = (np.asarray(time_s, np.float64) - self.since_s) / 3600.0
        east = 10.0 + hours + 0.0 * np.asarray(lat_deg)
        return np.asarray(east), np.zeros_like(east)


def test_the_course_along_a_meridian_and_the_equator_is_known() -> None:
    north = Track.through([(0.0, 10.0), (20.0, 10.0)])
    east = Track.through([(0.0, 10.0), (0.0, 40.0)])
    at = np.array([0.0, 500_000.0, 2_000_000.0])
    assert course_deg(north, at) == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)
    assert course_deg(east, at) == pytest.approx([90.0, 90.0, 90.0])


def test_a_wind_is_split_along_and_across_the_track() -> None:
    east = Track.through([(0.0, 10.0), (0.0, 40.0)])
    found = wind_along(east, SameWind(20.0, 5.0), 0.0)
    assert found is not None
    along, across = found(np.array([1e6]), np.array([10_000.0]), np.array([0.0]))
    assert (float(along[0]), float(across[0])) == pytest.approx((20.0, -5.0))


def test_headwind_costs_time_and_fuel_and_tailwind_gives_both_back(
    request_for: Make, countries: Countries
) -> None:
    def flown(wind: Any) -> Any:
        return fly(request_for("ZKPY", "UUEE", payload_kg=5_000.0, wind=wind), countries)

    still, west, east = flown(None), flown(SameWind(25.0, 0.0)), flown(SameWind(-25.0, 0.0))
    assert east.block_s < still.block_s < west.block_s
    assert east.fuel.trip_kg < still.fuel.trip_kg < west.fuel.trip_kg
    assert east.range_m > still.range_m > west.range_m
    for runs in (still, west, east):
        assert runs.distance_m[-1] == runs.track.length_m
        assert runs.trajectory.distance_m[-1] == pytest.approx(runs.track.length_m, rel=1e-6)
        burnt = runs.trajectory.fuel_flow_kgps * np.diff(runs.trajectory.time_s)
        assert runs.fuel.trip_kg == pytest.approx(float(np.sum(burnt)), rel=1e-9)
    assert still.trajectory.air_m == pytest.approx(still.track.length_m)
    assert west.trajectory.air_m > still.track.length_m > east.trajectory.air_m


def test_ground_speed_in_cruise_obeys_the_wind_triangle(
    request_for: Make, countries: Countries
) -> None:
    # Along the equator with 30 m/s across: ground speed is sqrt(V^2 - 30^2) + along.
    runs = fly(
        request_for("SBMQ", "SEQM", "il-62m", payload_kg=5_000.0, wind=SameWind(-10.0, 30.0)),
        countries,
    )
    cruise = runs.profile.cruise
    ground = np.diff(cruise.distance_m) / np.diff(cruise.time_s)
    expected = np.sqrt(cruise.true_mps**2 - 30.0**2) + 10.0
    assert ground == pytest.approx(expected, rel=2e-3)


def test_a_pure_crosswind_slows_the_flight_down(request_for: Make, countries: Countries) -> None:
    still = fly(request_for("SBMQ", "SEQM", payload_kg=5_000.0), countries)
    north = fly(
        request_for("SBMQ", "SEQM", payload_kg=5_000.0, wind=SameWind(0.0, 40.0)), countries
    )
    assert north.block_s > still.block_s


def test_a_wind_that_changes_with_the_hour_needs_the_departure(
    request_for: Make, countries: Countries
) -> None:
    request = request_for("ZKPY", "UUEE", payload_kg=5_000.0, wind=Rising(1_000_000.0))
    assert request.timed
    early, late = (fly(request, countries, 1_000_000.0 + h * 3600.0) for h in (0.0, 24.0))
    assert late.block_s > early.block_s
    with pytest.raises(ValueError, match="departure"):
        fly(request, countries)


def test_a_wind_stronger_than_the_aircraft_is_a_reason(
    request_for: Make, countries: Countries
) -> None:
    request = request_for("ZKPY", "ZYTL", "an-2", payload_kg=300.0, wind=SameWind(60.0, 0.0))
    with pytest.raises(NoPlan) as caught:
        fly(request, countries)
    assert [reason.kind for reason in caught.value.reasons] == ["wind"]


def test_the_plan_says_which_wind_it_stands_on(request_for: Make, countries: Countries) -> None:
    request = request_for("ZKPY", "UHWW", payload_kg=5_000.0, wind=SameWind(30.0, 10.0))
    leg = time_flight(fly(request, countries), 1_694_300_000.0)
    assert leg.details["wind"]["source"] == "journey"
    assert leg.details["wind"]["mean_along_mps"] > 0.0
    assert leg.aircraft.top_ground_mps is not None
    assert leg.aircraft.top_ground_mps > leg.aircraft.cruise_mps
    assert ("flight", "wind and air") not in {(a.subject, a.what) for a in leg.assumptions}
