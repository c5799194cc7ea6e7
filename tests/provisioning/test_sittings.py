"""Sittings: everybody at table once, in the seats there are, near the best hour."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.provisioning.meals import Meal
from retinue.provisioning.sittings import seat

HOUR = 3600.0


def meal(
    people: dict[str, int],
    windows: tuple[tuple[float, float], ...],
    ideal: float,
    name: str = "lunch",
) -> Meal:
    return Meal(
        id=name, kind="lunch", time_s=ideal, zone="UTC", groups=people, windows=windows,
        ideal_s=ideal, sitting_s=HOUR, turn_s=900.0, leg="1", at_table=people,
    )  # fmt: skip


def test_two_sittings_seat_180_guests_in_three_dining_coaches() -> None:
    # The Orient Express serves 180 guests in two sittings.
    found = seat([meal({"guests": 180}, ((0.0, 4 * HOUR),), HOUR)], 90, "Dining")
    assert [sum(s.people.values()) for s in found.sittings] == [90, 90]
    assert found.proven


def test_no_sitting_runs_into_a_closed_time() -> None:
    found = seat([meal({"guests": 20}, ((0.0, 1.5 * HOUR), (3 * HOUR, 5 * HOUR)), HOUR)], 48, "D")
    (sitting,) = found.sittings
    assert sitting.until_utc <= 1.5 * HOUR


def test_who_finds_no_seat_is_served_where_he_is() -> None:
    found = seat([meal({"guests": 40, "staff": 40}, ((0.0, 1.2 * HOUR),), 0.0)], 40, "Dining")
    assert [(r.group, r.people) for r in found.room_service] == [("staff", 40)]


@settings(max_examples=40)
@given(
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(10, 60),
    st.integers(1, 8),
    st.integers(0, 6),
)
def test_everybody_is_fed_once_and_seats_are_never_short(
    guests: int, staff: int, seats: int, hours: int, ideal: int
) -> None:
    one = meal({"guests": guests, "staff": staff}, ((0.0, hours * HOUR),), ideal * HOUR, "a")
    two = meal({"guards": staff + 1}, ((HOUR, (hours + 1) * HOUR),), ideal * HOUR, "b")
    found = seat([one, two], seats, "Dining")
    fed: dict[str, int] = {}
    for sitting in found.sittings:
        assert sum(sitting.people.values()) <= seats
        for group, people in sitting.people.items():
            fed[group] = fed.get(group, 0) + people
    for room in found.room_service:
        fed[room.group] = fed.get(room.group, 0) + room.people
    wanted = {"guests": guests, "staff": staff, "guards": staff + 1}
    assert {g: n for g, n in fed.items() if n} == {g: n for g, n in wanted.items() if n}
    spans = sorted((s.from_utc, s.until_utc) for s in found.sittings)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
