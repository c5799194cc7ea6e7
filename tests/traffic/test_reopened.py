"""A change of possessions and slow stretches re-opens the legs it touches, and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retinue.plan import Leg, Plan
from retinue.plan.restrictions import RESTRICTIONS, LegRestriction
from retinue.plan.traffic import RestrictionUse
from retinue.traffic.leg_line import LegLine, place_on_leg
from retinue.traffic.reopened import reopened_by
from retinue.traffic.restrictions import Restriction
from tests.report.sample_plan import sample_plan


def _leg(plan: Plan) -> Leg:
    return next(leg for leg in plan.legs if leg.id == "rail-1")


def _nowhere(leg: Leg):  # type: ignore[no-untyped-def]
    return (lambda name: None), (lambda one, two: None)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def _stations(leg: Leg) -> list[tuple[str, float]]:
    return [
        (e.place, e.distance_m)
        for e in leg.timeline
        if e.role == "main" and e.kind in ("depart", "arrive", "pass") and e.distance_m is not None
    ]


def _rule(plan: Plan, **changed: object) -> Restriction:
    """A possession between the leg's first two stations, while the main train is there."""
    leg = _leg(plan)
    (one, _), (two, at_m) = _stations(leg)[:2]
    middle = leg.main.time_at(at_m / 2.0)
    made = Restriction(
        "Region north", "P-1", 1, "possession", (one, two), middle - 60.0, middle + 60.0, "", None,
        False, "", "a.yaml:4",
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def _stands_on(plan: Plan, rule: Restriction) -> Plan:
    """The plan as if it had been made with that restriction."""
    one = LegRestriction(
        sender=rule.sender, id=rule.id, version=rule.version, sha256=rule.sha256, kind=rule.kind,
        effect="slows", from_place=rule.between[0], to_place=rule.between[1], from_m=0.0,
        to_m=5.0, begins_utc=rule.begins_s, ends_utc=rule.ends_s,
    )  # fmt: skip
    kept = {RESTRICTIONS: [one.model_dump(mode="json")]}
    legs = tuple(
        leg.model_copy(update={"details": leg.details | kept})
        if leg.id == "rail-1" else leg
        for leg in plan.legs
    )  # fmt: skip
    return plan.model_copy(update={"legs": legs}).sealed()


def test_a_new_possession_reopens_the_leg_that_runs_there_then(plan: Plan) -> None:
    state = reopened_by(plan, [_rule(plan)], _nowhere)
    (one,) = state.reopened
    assert (one.what, one.leg.id, one.number) == ("new", "rail-1", 2)
    assert "main" in {role for role, _, _ in one.trains}
    assert "P-1, version 1, by Region north" in str(one) and "main train" in str(one)
    assert one.change().touches
    span = one.span_m
    assert span is not None and span[0] == 0.0


def test_one_before_or_after_the_trains_or_withdrawn_reopens_nothing(plan: Plan) -> None:
    rule = _rule(plan)
    early = replace(rule, begins_s=rule.begins_s - 90_000.0, ends_s=rule.ends_s - 90_000.0)
    assert reopened_by(plan, [early], _nowhere).reopened == ()
    assert reopened_by(plan, [replace(rule, withdrawn=True)], _nowhere).reopened == ()


def test_a_speed_restriction_of_the_other_direction_touches_nobody(plan: Plan) -> None:
    slow = _rule(plan, kind="speed", speed_mps=10.0)
    towards = [replace(slow, towards=place) for place in slow.between]
    assert reopened_by(plan, [towards[0]], _nowhere).reopened == ()
    assert len(reopened_by(plan, [towards[1]], _nowhere).reopened) == 1
    # Work on the other track does: somebody stands beside the train.
    assert (
        len(reopened_by(plan, [replace(_rule(plan), towards=slow.between[0])], _nowhere).reopened)
        == 1
    )


def test_a_change_and_a_withdrawal_reopen_what_stood_on_it_wherever_it_lies_now(plan: Plan) -> None:
    rule = _rule(plan)
    stands = _stands_on(plan, rule)
    assert reopened_by(stands, [rule], _nowhere).reopened == ()
    later = replace(rule, version=2, begins_s=rule.begins_s + 9e5, ends_s=rule.ends_s + 9e5)
    (one,) = reopened_by(stands, [later], _nowhere).reopened
    assert one.what == "changed" and not one.change().touches
    assert "was version 1; frees the line" in str(one)
    (one,) = reopened_by(stands, [replace(rule, version=2, withdrawn=True)], _nowhere).reopened
    assert one.what == "withdrawn"
    (one,) = reopened_by(stands, [replace(rule, version=2, why="x", ends_s=rule.ends_s + 1)],
                         _nowhere).reopened  # fmt: skip
    assert one.what == "changed" and one.change().touches


def test_an_older_file_and_a_second_content_of_one_version_are_told(plan: Plan) -> None:
    rule = _rule(plan, version=3)
    stands = _stands_on(plan, rule)
    state = reopened_by(stands, [replace(rule, version=2, why="x")], _nowhere)
    assert state.reopened == ()
    assert "stands on version 3" in state.remarks[0]
    state = reopened_by(stands, [replace(rule, ends_s=rule.ends_s + 1.0)], _nowhere)
    assert len(state.reopened) == 1
    assert "under the same version" in state.remarks[0]


def test_what_a_sender_lists_no_more_is_gone_only_where_the_files_are_complete(plan: Plan) -> None:
    rule = _rule(plan)
    stands = _stands_on(plan, rule)
    other = replace(rule, id="P-2", begins_s=0.0, ends_s=1.0)
    assert reopened_by(stands, [other], _nowhere).reopened == ()
    (one,) = reopened_by(stands, [other], _nowhere, complete=True).reopened
    assert one.what == "gone"
    elsewhere = replace(other, sender="Region south")
    assert reopened_by(stands, [elsewhere], _nowhere, complete=True).reopened == ()


def test_what_the_traffic_round_a_leg_stood_on_counts_too(plan: Plan) -> None:
    rule = _rule(plan, between=("Far", "Away"))
    use = RestrictionUse(sender=rule.sender, id=rule.id, version=0, sha256="00" * 32)
    state = reopened_by(plan, [rule], _nowhere, stood_on={"rail-1": [use]})
    (one,) = state.reopened
    assert one.what == "changed" and not one.trains
    assert any("NOT PLACED" in remark for remark in state.remarks)


def _line() -> LegLine:
    """10 km due north along 8 degrees east."""
    lat = np.linspace(47.0, 47.09, 101)
    return LegLine({"start": 0.0, "end": 10_000.0}, lat, np.full(101, 8.0),
                   np.linspace(0.0, 10_000.0, 101))  # fmt: skip


def _on(between: tuple[str, str], within: tuple[float, float] | None = None) -> Restriction:
    return Restriction("S", "R", 1, "speed", between, 0.0, 1.0, "", 10.0, False, "", "", within)


def test_a_place_beside_the_leg_is_found_by_its_position() -> None:
    places = {"One": (47.018, 8.005), "Two": (47.045, 8.0)}
    found = place_on_leg(_line(), _on(("Two", "One")), places.get, lambda a, b: None)
    assert found is not None and not found.along
    assert [found.from_m, found.to_m] == pytest.approx([2_000.0, 5_000.0], abs=2.0)
    part = place_on_leg(_line(), _on(("Two", "One"), (500.0, 1_000.0)), places.get,
                        lambda a, b: None)  # fmt: skip
    assert part is not None
    # Half a kilometre after Two, towards One.
    assert [part.from_m, part.to_m] == pytest.approx([4_000.0, 4_500.0], abs=2.0)


def test_of_a_line_whose_ends_are_off_the_leg_the_shared_part_counts() -> None:
    places = {"West": (47.03, 7.9), "Beyond": (47.12, 8.0), "Afar": (10.0, 10.0)}

    def stretch(one: str, two: str) -> tuple[np.ndarray, np.ndarray]:
        """From the west to the leg at 47.03 north, and on with it beyond its end."""
        lat = np.concatenate([np.full(50, 47.03), np.linspace(47.03, 47.12, 50)])
        lon = np.concatenate([np.linspace(7.9, 8.0, 50), np.full(50, 8.0)])
        return lat, lon

    found = place_on_leg(_line(), _on(("West", "Beyond")), places.get, stretch)
    assert found is not None and found.along
    assert found.from_m == pytest.approx(3_333, abs=450)
    assert found.to_m == pytest.approx(10_000, abs=260)
    assert place_on_leg(_line(), _on(("Afar", "Afar")), places.get, stretch) is None

    # A line that only crosses.
    def across(one: str, two: str) -> tuple[np.ndarray, np.ndarray]:
        return np.full(50, 47.03), np.linspace(7.9, 8.1, 50)

    assert place_on_leg(_line(), _on(("West", "Beyond")), places.get, across) is None
