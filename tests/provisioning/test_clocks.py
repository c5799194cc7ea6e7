"""Local and body clocks: people who cross zones follow slowly, the local clock at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.plan import Plan
from retinue.provisioning.clocks import DAY_S, Offsets, body_offsets, local_offsets


def test_the_local_clock_jumps_at_the_border_of_russia(vladivostok: Plan) -> None:
    # KP keeps UTC+9, Primorye UTC+10 (IANA tz database, 2023).
    clock = local_offsets(vladivostok)
    assert clock.at(vladivostok.depart_utc) == 9 * 3600
    assert clock.at(vladivostok.arrive_utc) == 10 * 3600


def test_the_body_follows_an_hour_in_a_day_and_no_faster(vladivostok: Plan) -> None:
    clock = body_offsets(vladivostok, "Asia/Pyongyang", 3600.0)
    moments = np.linspace(vladivostok.depart_utc, vladivostok.arrive_utc, 200)
    rate = np.diff(clock.at(moments)) / np.diff(moments)
    assert rate.max() <= 3600 / DAY_S + 1e-9
    assert 0 < clock.at(vladivostok.arrive_utc) - 9 * 3600 < 3600


def test_a_body_that_does_not_follow_keeps_its_clock(vladivostok: Plan) -> None:
    clock = body_offsets(vladivostok, "Europe/Moscow", 0.0)
    assert set(clock.at(np.array([vladivostok.depart_utc, vladivostok.arrive_utc]))) == {3 * 3600}


@given(st.floats(0, 2e9), st.floats(-12, 14))
def test_a_clock_of_one_offset_shows_that_offset(moment: float, hours: float) -> None:
    clock = Offsets(np.array([0.0]), np.array([hours * 3600]), steps=True)
    assert clock.shown(moment) - moment == np.float64(moment + hours * 3600) - moment
