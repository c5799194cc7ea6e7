"""Protection of the fictional journeys: whole, sound by independent checkers, and quick to move."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.checks import check_plan, check_protection
from retinue.errors import InputError
from retinue.journey import journey_from_text, load_journey
from retinue.plan import Plan, Protection
from retinue.planner import Planner
from retinue.planner.protect import Protector
from retinue.protection.policy import known_policies
from retinue.world.osm_import import import_world
from retinue.world.world import World
from retinue.world.world_folder import save_track_network

LATER_S = 2_400.0


@pytest.fixture(scope="module")
def rhine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Tracks and roads of Liechtenstein."""
    extract = shared / "data" / "osm" / "liechtenstein-valhalla.osm.pbf"
    built = import_world(extract, made_by="test")
    folder = tmp_path_factory.mktemp("worlds") / "li.world"
    assert built.tracks is not None
    save_track_network(built.tracks, folder, roads=built.roads)
    return World(tracks=folder)


@pytest.fixture(scope="module")
def planner(rhine: World) -> Planner:
    return Planner(rhine)


@pytest.fixture(scope="module")
def plan(planner: Planner) -> Plan:
    return planner.make(load_journey("fictional-rhine"))


@pytest.fixture(scope="module")
def protector(rhine: World) -> Protector:
    return Protector(rhine)


@pytest.fixture(scope="module")
def protection(protector: Protector, plan: Plan) -> Protection:
    return protector.protect(plan)


def test_motorcade_train_and_motorcade_are_protected_and_every_checker_is_content(
    plan: Plan, protection: Protection
) -> None:
    assert [leg.mode for leg in plan.legs] == ["road", "rail", "road"]
    faults = [
        fault
        for finding in (*check_plan(plan), *check_protection(plan, protection))
        for fault in finding.faults
    ]
    assert faults == []
    closed = {closure.kind for closure in protection.closures}
    assert {"level_crossing", "road_junction", "road_level_crossing"} <= closed
    assert {closure.leg for closure in protection.closures} == {leg.id for leg in plan.legs}
    assert {duty.kind for duty in protection.crews} == {"train crew", "drivers"}
    assert {fallback.leg for fallback in protection.fallbacks} == {leg.id for leg in plan.legs}


@pytest.mark.parametrize("policy", known_policies())
def test_every_policy_gives_a_sound_protection(
    policy: str, protector: Protector, plan: Plan
) -> None:
    protection = protector.protect(plan, policy)
    faults = [f for finding in check_protection(plan, protection) for f in finding.faults]
    assert faults == []
    assert protection.policy == policy


def test_a_departure_moved_by_forty_minutes_moves_everything_and_equals_scratch(
    rhine: World, planner: Planner, protector: Protector, protection: Protection
) -> None:
    moved = planner.make(load_journey("fictional-rhine"), depart="2026-05-04 10:40")
    again = protector.protect(moved)
    fresh = Protector(rhine).protect(moved)
    assert again.to_json() == fresh.to_json()
    before = {closure.id: closure for closure in protection.closures}
    assert {closure.id for closure in again.closures} == set(before)
    for closure in again.closures:
        assert closure.close.planned_utc - before[closure.id].close.planned_utc == pytest.approx(
            LATER_S, abs=2
        )
    assert [d.team for d in again.duties] == [d.team for d in protection.duties]
    for one, other in zip(protection.duties, again.duties, strict=True):
        assert other.start_utc - one.start_utc == pytest.approx(LATER_S, abs=2)


def test_an_observed_time_moves_what_comes_after_it(
    planner: Planner, protector: Protector, plan: Plan, protection: Protection
) -> None:
    place = plan.legs[1].from_.name
    late = planner.observe(plan, place, "10:40", leg=2)
    again = {closure.id: closure for closure in protector.protect(late).closures}
    moved = [
        closure
        for closure in protection.closures
        if closure.leg == "2-rail"
        and again[closure.id].close.planned_utc > closure.close.planned_utc + 300
    ]
    assert moved


def test_event_closures_cost_a_fraction_of_fixed_windows(
    protection: Protection, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = protection.figures
    with capsys.disabled():
        print(
            f"\nclosures: {figures['vehicle_hours']:.1f} vehicle-hours, fixed windows"
            f" {figures['fixed_vehicle_hours']:.1f}, ratio {figures['vehicle_hours_ratio']:.2f}"
        )
    assert figures["vehicle_hours_ratio"] < 0.7


def test_a_junction_that_outriders_hold_needs_no_post_to_close_it(
    plan: Plan, protection: Protection
) -> None:
    held = {(s["leg"], s["id"]) for s in plan.sites if s.get("detail") == "held by an outrider"}
    assert held
    posts = {(t.leg, t.site) for t in protection.tasks if t.what == "operate closure"}
    assert not held & posts
    left_open = {(s["leg"], s["id"]) for s in plan.sites if s["kind"] == "road_junction"} - held
    assert left_open <= posts


def test_a_settlement_without_a_way_out_is_named(protector: Protector, plan: Plan) -> None:
    severed = protector.protect(plan, "strict").severed
    assert severed
    for place in severed:
        assert place.cure
        assert place.until_utc > place.from_utc


def test_a_real_journey_of_the_past_is_not_protected() -> None:
    plan = Planner().make(load_journey("panmunjom-2018"))
    with pytest.raises(InputError, match="shown coarse"):
        Protector(World()).protect(plan, "standard")


def test_without_a_built_world_it_says_that_no_site_is_known() -> None:
    text = (
        "retinue: 1\ntitle: T\ndepart: 2026-05-04 10:00 Europe/Berlin\nlegs:\n"
        "  - road: {from: Vaduz, to: Feldkirch, convoy: state-motorcade}\nprotection: standard\n"
    )
    plan = Planner().make(journey_from_text(text, "t"))
    protection = Protector(World()).protect(plan)
    assert protection.closures == ()
    assert any("coarse world pack" in note.text for note in protection.notes)


@pytest.mark.parametrize(
    ("policy", "told"), [("strickt", "strict"), ("nobody", "is not"), ("", "is not")]
)
def test_an_unknown_policy_is_told(
    policy: str, told: str, protector: Protector, plan: Plan
) -> None:
    with pytest.raises(InputError) as caught:
        protector.protect(plan, policy)
    assert told in str(caught.value)
