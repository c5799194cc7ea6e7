"""Wingspan, parking, opening hours and separation: what is known is checked, the rest is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retinue.air.fitness import hours_reason
from retinue.air.flight import fly
from retinue.air.leg import time_flight
from retinue.air.request import AerodromeDay, AirRequest
from retinue.clock import parse_moment
from retinue.errors import NoPlan
from retinue.world.countries import Countries

Make = Callable[..., AirRequest]


def _kinds(request: AirRequest, countries: Countries) -> set[str]:
    with pytest.raises(NoPlan) as caught:
        fly(request, countries)
    assert all(reason.cure for reason in caught.value.reasons)
    return {reason.kind for reason in caught.value.reasons}


def test_a_wing_too_wide_and_no_stand_are_told_together(
    request_for: Make, countries: Countries
) -> None:
    # The Il-62M spans 43.2 m, code letter D (ICAO Annex 14).
    days = {"UHWW": AerodromeDay(code_letter="C", parking=0)}
    assert _kinds(request_for("ZKPY", "UHWW", days=days), countries) == {"wingspan", "parking"}
    wide = {"UHWW": AerodromeDay(code_letter="D", parking=1)}
    runs = fly(request_for("ZKPY", "UHWW", days=wide), countries)
    known = {(c.subject, c.what): c.ok for c in runs.checks}
    name = runs.request.destination.name
    assert known[name, "wingspan"] is True
    assert known[runs.request.origin.name, "wingspan"] is None


def test_without_approval_a_flight_stays_below_rvsm_airspace(
    request_for: Make, countries: Countries
) -> None:
    runs = fly(request_for("ZKPY", "UUEE", rvsm=False), countries)
    assert runs.profile.cruise_altitude_m <= 28_000 * 0.3048 + 1.0
    asked = request_for("ZKPY", "UUEE", rvsm=False, cruise_altitude_m=10_000.0)
    assert _kinds(asked, countries) == {"rvsm"}
    fly(request_for("ZKPY", "UUEE", rvsm=True, cruise_altitude_m=10_000.0), countries)


@pytest.mark.parametrize(
    ("opens", "closes", "hour", "closed"),
    [
        ("06:00", "22:00", "05:30", True),
        ("06:00", "22:00", "06:00", False),
        ("06:00", "22:00", "22:01", True),
        ("18:00", "04:00", "23:00", False),
        ("18:00", "04:00", "12:00", True),
        (None, "20:00", "21:00", True),
        (None, None, "03:00", False),
    ],
)
def test_opening_hours_are_local_and_may_run_over_midnight(
    request_for: Make, opens: str | None, closes: str | None, hour: str, closed: bool
) -> None:
    request = request_for("ZKPY", "UHWW", days={"UHWW": AerodromeDay(opens=opens, closes=closes)})
    moment = parse_moment(f"2023-09-10 {hour} Asia/Vladivostok")
    aerodrome = request.aerodrome(request.destination)
    reason = hours_reason(request, aerodrome, moment, "Asia/Vladivostok", "arrival")
    assert (reason is not None) == closed


def test_a_closed_aerodrome_is_a_fault_of_the_hour_with_a_warning(
    request_for: Make, countries: Countries
) -> None:
    request = request_for(
        "ZKPY", "UHWW", days={"UHWW": AerodromeDay(opens="06:00", closes="18:00")}
    )
    runs = fly(request, countries)
    late = time_flight(runs, parse_moment("2023-09-10 16:00 Asia/Vladivostok") + 3_600.0)
    assert [fault.kind for fault in late.faults] == ["opening-hours"]
    assert any(note.level == "warning" for note in late.notes)
    assert not time_flight(runs, parse_moment("2023-09-10 12:00 Asia/Vladivostok")).faults
