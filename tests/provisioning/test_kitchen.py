"""The kitchen of the model case: around locked toilets, in the hours there are, proven."""

from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import pytest

from retinue.checks.kitchen import check_kitchen
from retinue.errors import InputError, NoPlan
from retinue.plan import Plan
from retinue.plan.meals import KitchenRecord
from retinue.provisioning.closed_times import closed_times
from retinue.provisioning.cooking import cook
from retinue.provisioning.kitchen import kitchen_of
from retinue.provisioning.kitchen_data import KitchenData, load_kitchen_data
from retinue.provisioning.meals import meals_of
from retinue.provisioning.memory import open_memory
from retinue.provisioning.menu import Station
from retinue.provisioning.sittings import _place
from tests.provisioning import kitchen_case as case


def test_toilets_are_locked_while_bogies_are_exchanged_at_tumangang(vladivostok: Plan) -> None:
    locked = [c for c in closed_times(vladivostok) if c.kind == "toilets locked"]
    assert [c.place for c in locked] == ["Tumangang"]


def test_no_sitting_lies_in_a_closed_time(vladivostok: Plan) -> None:
    kitchen = case.kitchen(vladivostok)
    assert {"toilets locked", "border", "quiet hours"} <= {c.kind for c in kitchen.closed}
    for sitting in kitchen.sittings:
        for closed in kitchen.closed:
            assert sitting.until_utc <= closed.from_utc or closed.until_utc <= sitting.from_utc, (
                closed.kind
            )


def test_the_independent_checker_finds_no_fault(vladivostok: Plan) -> None:
    assert check_kitchen(vladivostok, case.kitchen(vladivostok)).faults == ()


def test_the_timetable_is_proven(vladivostok: Plan) -> None:
    kitchen = case.kitchen(vladivostok)
    assert kitchen.sittings_proven
    assert kitchen.team_proven
    assert kitchen.cooks_proven
    assert kitchen.cooks_bound == kitchen.cooks <= kitchen.team


def test_meals_follow_the_clock_that_the_policy_names(vladivostok: Plan) -> None:
    meals = meals_of(vladivostok, case.party("vladivostok-2023", vladivostok), case.policy())
    by_clock = {clock: [m for m in meals if m.clock == clock] for clock in ("body", "local")}
    assert all("principal" in m.groups for m in by_clock["body"])
    assert all("guards" in m.groups for m in by_clock["local"])
    assert all(a.time_s <= b.time_s for a, b in pairwise(meals))
    assert len({m.id for m in meals}) == len(meals)


def test_the_same_plan_from_scratch_gives_the_same_kitchen(vladivostok: Plan) -> None:
    before = case.kitchen(vladivostok)
    cook.cache_clear()
    _place.cache_clear()
    again = kitchen_of(
        vladivostok, case.party("vladivostok-2023", vladivostok), case.policy(), case.menu()
    )
    assert again == before


def test_another_process_finds_in_a_memory_the_kitchen_that_it_would_work_out(
    vladivostok: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> KitchenRecord:
        return kitchen_of(
            vladivostok, case.party("vladivostok-2023", vladivostok), case.policy(), case.menu(),
            memory=open_memory(tmp_path),
        )  # fmt: skip

    first = made()
    assert first == case.kitchen(vladivostok)

    def never(*_: object) -> NoReturn:
        raise AssertionError("worked out again")

    for name in ("cook", "roster"):
        monkeypatch.setattr(f"retinue.provisioning.kitchen.{name}", never)
    monkeypatch.setattr("retinue.provisioning.sittings._place", never)
    assert made() == first


def _with_capacity(data: KitchenData, station: Station, places: int) -> KitchenData:
    kitchen = data.kitchens[0]
    stations = {**kitchen.stations, station: places}
    smaller = kitchen.model_copy(update={"stations": stations})
    return data.model_copy(update={"kitchens": (smaller,)})


def test_a_kitchen_that_is_too_small_says_which_station_is_short_and_by_how_much(
    vladivostok: Plan,
) -> None:
    small = _with_capacity(load_kitchen_data(), "steam", 2)
    with pytest.raises(NoPlan) as error:
        kitchen_of(
            vladivostok,
            case.party("vladivostok-2023", vladivostok),
            case.policy(),
            case.menu(),
            data=small,
        )
    stations = [r for r in error.value.reasons if r.kind == "kitchen-station"]
    assert stations
    assert all("steam" in r.what and "min" in r.what and r.cure for r in stations)


def test_a_train_without_a_dining_coach_is_refused(vladivostok: Plan) -> None:
    bare = load_kitchen_data().model_copy(update={"dining": ()})
    with pytest.raises(InputError, match="no dining coach"):
        kitchen_of(
            vladivostok,
            case.party("vladivostok-2023", vladivostok),
            case.policy(),
            case.menu(),
            data=bare,
        )
