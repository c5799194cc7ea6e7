"""Any timetable whose times run forwards becomes traffic, sound by the independent checker."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.checks.traffic import check_traffic
from retinue.errors import InputError
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.gtfs_calendar import Calendar
from retinue.traffic.gtfs_feed import Feed, FeedRoute, FeedStop, FeedTrip, StopTime
from retinue.traffic.record import known_overlaps, traffic_record
from retinue.traffic.timetable import day_of_traffic
from retinue.world.world import World

DAY = date(2026, 1, 5)
WORLD = World()

#: Places on, near and off the railways of the pack, one of them twice.
PLACES = [
    (47.3519, 7.9077), (47.3914, 8.0513), (47.4808, 8.2088), (47.3779, 8.5403), (47.0, 8.3),
    (46.2, 9.9), (47.3519, 7.9077), (47.3520, 7.9078),
]  # fmt: skip

trips = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.lists(
            st.tuples(st.integers(0, len(PLACES) - 1), st.integers(0, 40), st.integers(0, 5)),
            min_size=2, max_size=5,
        ),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def feed_of(listed: list[tuple[int, list[tuple[int, int, int]]]]) -> Feed:
    calendar = Calendar(added={"s": {DAY}})
    stops = {
        str(i): FeedStop(str(i), f"Stop {i}", lat, lon, str(i))
        for i, (lat, lon) in enumerate(PLACES)
    }
    made = {}
    for number, (start, calls) in enumerate(listed):
        now, times = 60.0 * (360 + start), []
        for stop, running, dwell in calls:
            arrive = now + 60.0 * running
            now = arrive + 60.0 * dwell
            times.append(StopTime(str(stop), arrive, now, True, 1))
        key = f"t{number}"
        made[key] = FeedTrip(key, "r", "s", key, "", "", tuple(times))
    routes = {"r": FeedRoute("r", "R", 2, "Europe/Zurich")}
    return Feed("random", "", "Europe/Zurich", stops, routes, made, calendar=calendar)


@settings(max_examples=40)
@given(trips)
def test_random_timetables_become_sound_traffic(
    listed: list[tuple[int, list[tuple[int, int, int]]]],
) -> None:
    try:
        day = day_of_traffic(feed_of(listed), DAY, world=WORLD)
    except InputError as error:
        # Trips that never leave one station are no trains.
        assert "no train" in error.message
        return
    for run in day.runs:
        assert len(run.calls) == len(run.steps) + 1
        assert all(call.depart_s >= call.arrive_s for call in run.calls)
        for one, two in itertools.pairwise(run.calls):
            assert two.arrive_s >= one.depart_s - 1e-6
    for traffic in day.views.values():
        held = traffic.occupations
        assert (held.to_s >= held.from_s).all()
        overlaps = known_overlaps(traffic)
        assert bool(overlaps) == bool(len(find_conflicts(traffic.network, held)))
        assert check_traffic(traffic_record(traffic, known=overlaps)).faults == ()
