"""The signature: what shows, how early, who can cure it; every shipped item has its ground."""

from __future__ import annotations

import pytest

from retinue.plan import Deadline, Handover
from retinue.protection.policy import known_policies, load_policy
from retinue.protection.signature import (
    SignatureTask,
    earliest_give_away_s,
    load_signature,
    signature_of,
)
from tests.protection.two_ways import START_S, ZONE, leg, line, plan


def _by_item(tasks: list[SignatureTask]) -> dict[str, SignatureTask]:
    return {task.item: task for task in reversed(tasks)}


def test_every_shipped_item_has_source_owner_and_a_cure_that_helps() -> None:
    items = load_signature()
    assert len(items) >= 15
    for item in items:
        assert item.source
        assert item.owner
        assert item.basis_of("gives_away").source
        assert all(cure.leaves < item.gives_away for cure in item.cures), item.id


def test_what_the_issue_names_is_all_there() -> None:
    # Stations sealed, sales stopped, posts out early, notices filed, unusual formation, call
    # sign; and hotel rooms, NOTAM, restricted airspace, power isolation.
    ids = {item.id for item in load_signature()}
    assert ids >= {
        "stations-sealed", "sales-stopped", "posts-out", "path-notice", "formation-stands",
        "flight-plan", "hotel-rooms", "notam", "zone-active", "power-isolated",
    }  # fmt: skip


def test_tasks_stand_in_order_of_the_time_they_give_away() -> None:
    tasks = signature_of(plan(leg(line(stop_s=900.0))))
    times = [task.gives_away_s for task in tasks]
    assert times == sorted(times, reverse=True)
    assert earliest_give_away_s(tasks) == times[0] == 28 * 86_400
    assert len({task.id for task in tasks}) == len(tasks)
    for task in tasks:
        assert task.shows_utc == pytest.approx(task.passage_utc - task.gives_away_s)
        assert task.cures
        assert 0 <= task.best_leaves_s < task.gives_away_s
    assert earliest_give_away_s(tasks, cured=True) < earliest_give_away_s(tasks)
    assert earliest_give_away_s([]) == 0.0


def test_every_stop_is_sealed_at_its_own_time() -> None:
    tasks = [t for t in signature_of(plan(leg(line(stop_s=900.0)))) if t.item == "stations-sealed"]
    assert {t.place for t in tasks} == {"Aster", "Clover", "Borage"}
    clover = next(t for t in tasks if t.place == "Clover")
    assert clover.passage_utc == START_S + 50 * 60
    assert clover.shows_utc == clover.passage_utc - 45 * 60


def test_a_mode_shows_only_what_it_does() -> None:
    road = _by_item(signature_of(plan(leg(line(), mode="road", cars=2))))
    air = _by_item(signature_of(plan(leg(line(altitude=True), mode="air"))))
    assert "posts-out" in road
    assert "stations-sealed" not in road
    assert {"notam", "flight-plan", "zone-active", "overflight-asked"} <= set(air)
    assert "posts-out" not in air


def test_the_policy_s_own_times_replace_the_data_file_s() -> None:
    sealed = _by_item(signature_of(plan(), load_policy("standard")[0]))["stations-sealed"]
    rule = load_policy("standard")[0].rule("station")
    assert rule is not None
    assert sealed.gives_away_s == rule.seal_before


@pytest.mark.parametrize("name", known_policies())
def test_what_a_policy_does_not_do_does_not_show(name: str) -> None:
    policy = load_policy(name)[0]
    items = _by_item(signature_of(plan(), policy))
    assert ("patrol-walks" in items) == policy.patrol.walk
    station = policy.rule("station")
    assert ("stations-sealed" in items) == (station is not None and station.seal)


def test_the_advance_train_gives_away_its_own_separation() -> None:
    with_one = plan(leg(line(), line("advance", later_s=-1500.0)))
    assert _by_item(signature_of(with_one))["advance-passes"].gives_away_s == 1500.0
    assert "advance-passes" not in _by_item(signature_of(plan()))


def test_crossings_are_one_task_that_counts_them() -> None:
    sites = tuple(
        {"leg": "1-rail", "kind": "level_crossing", "id": f"x{i}", "chainage_m": m}
        for i, m in enumerate((20_000.0, 5_000.0, 70_000.0))
    )
    task = _by_item(signature_of(plan(sites=sites)))["crossings-locked"]
    assert task.places == 3
    assert task.passage_utc == START_S + 5 * 60


def test_a_deadline_of_the_plan_dates_what_is_filed() -> None:
    due = Deadline(
        id="d", what="Train path in DE", country="DE", legs=("1-rail",), owner="desk",
        lead_text="14 weeks", due_utc=START_S, latest_utc=START_S - 98 * 86_400,
        latest_date="2026-01-26", zone=ZONE,
    )  # fmt: skip
    task = _by_item(signature_of(plan(deadlines=(due,))))["path-notice"]
    assert task.gives_away_s == 98 * 86_400
    assert "deadline" in task.source


def test_a_night_s_stay_needs_rooms_and_a_short_one_none() -> None:
    first = leg(line())
    back = leg(line(later_s=20 * 3600.0)).model_copy(update={"id": "2-rail"})

    def stay(hours: float) -> set[str]:
        handover = Handover(
            from_leg="1-rail", to_leg="2-rail", place="Borage", zone=ZONE,
            ready_utc=first.arrive_utc, arrive_utc=first.arrive_utc,
            depart_utc=first.arrive_utc + hours * 3600, needed_s=600, available_s=hours * 3600,
        )  # fmt: skip
        return set(_by_item(signature_of(plan(first, back, handovers=(handover,)))))

    assert "hotel-rooms" in stay(10)
    assert "hotel-rooms" not in stay(2)


def test_a_task_is_json_and_the_same_each_time() -> None:
    import json

    once = [t.as_dict() for t in signature_of(plan())]
    assert json.loads(json.dumps(once)) == [t.as_dict() for t in signature_of(plan())]
