"""Stewards are counted wherever people are served, by the class of their meals."""

from __future__ import annotations

from retinue.plan.meals import RoomService, Sitting
from retinue.provisioning.party import Group, PartyPlan
from retinue.provisioning.policy import load_provisioning_policy
from retinue.provisioning.stewards import most_at_once, with_stewards

POLICY = load_provisioning_policy("five-cuisines")
PARTY = PartyPlan(
    (
        Group("principal", 1, "state", "UTC", "local"),
        Group("guests", 150, "first", "UTC", "local"),
        Group("crew", 40, "crew", "UTC", "local"),
    )
)


def room(group: str, people: int, begin: float = 0.0) -> RoomService:
    return RoomService(
        meal="1-dinner", group=group, people=people, from_utc=begin, until_utc=begin + 3600.0,
        because="served where they are",
    )  # fmt: skip


def test_room_service_takes_the_stewards_of_its_class() -> None:
    principal, guests = with_stewards([room("principal", 1), room("guests", 150)], PARTY, POLICY)
    assert principal.stewards == 1
    # Policy five-cuisines: 0.15 stewards a guest of the first class.
    assert guests.stewards == 23


def test_a_sitting_adds_its_groups_before_it_rounds() -> None:
    sitting = Sitting(
        meal="1-lunch", number=1, coach="Dining", from_utc=0.0, until_utc=60.0, seats=48,
        people={"guests": 10, "crew": 17},
    )  # fmt: skip
    # 10 x 0.15 + 17 x 0.03 = 2.01
    assert with_stewards([sitting], PARTY, POLICY)[0].stewards == 3


def test_the_busiest_moment_counts_and_one_steward_serves_one_after_the_other() -> None:
    served = with_stewards(
        [room("guests", 20), room("guests", 40, 3600.0), room("crew", 40, 3600.0)], PARTY, POLICY
    )
    assert [one.stewards for one in served] == [3, 6, 2]
    assert most_at_once(served) == 8
    assert most_at_once([]) == 0
