"""Every replan says which permits it voids: exactly those that a rule evaluated apart says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retinue.checks.permits import broken_ties, check_permits, permits_voided
from retinue.clock import iso_utc
from retinue.errors import NoPlan
from retinue.journey import journey_from_text
from retinue.plan import Plan
from retinue.plan.compare import compare_plans
from retinue.planner import Planner
from retinue.world.world import World

_JOURNEY = """\
retinue: 1
title: Pyongyang to Hanoi by air
depart: 2019-02-26 08:00 Asia/Pyongyang
party: {{principal: 1, officials: 10, guards: 5}}
legs:
  - air:
      from: ZKPY
      to: VVNB
      aircraft: {aircraft}
      flight: {flight}
      registration: {registration}
      payload: 3 t
      closed countries: [{closed}]
      via: [{via}]
      permits:
{permits}
"""
_TOLD: dict[str, str] = {
    "aircraft": "il-62m", "flight": "PRK-801", "registration": "P-885", "closed": "", "via": "",
}  # fmt: skip
_SHIFTS_H = [-50, -30, -20, 0, 1, 30, 60, 70, 80, 200]


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world)


@pytest.fixture(scope="module")
def permits(planner: Planner) -> str:
    """Return permits granted just as the first plan asks for them, and some that bind less."""
    first = planner.make(journey_from_text(_text({}, " " * 8 + "[]"), "first"))
    lines = []
    for number, permit in enumerate(first.permits):
        own = [f"kind: {permit.kind}", f"country: {permit.country}", f"number: N{number}",
               "state: granted"]  # fmt: skip
        if number % 2 == 0:
            own += [f"registration: {permit.registration}", f"aircraft: {permit.aircraft[0]}"]
        if number % 3 != 1:
            own += [f"call sign: {permit.call_sign}"]
        own += [
            f'{name}: "{point[0]},{point[1]}"'
            for name, point in (("entry", permit.entry), ("exit", permit.exit))
            if point is not None
        ]
        assert permit.valid_from_utc is not None
        assert permit.valid_until_utc is not None
        own += [f"valid from: {iso_utc(permit.valid_from_utc).replace('T', ' ')}",
                f"valid until: {iso_utc(permit.valid_until_utc).replace('T', ' ')}"]  # fmt: skip
        lines.append("        - {" + ", ".join(own) + "}")
    assert {permit.country for permit in first.permits} >= {"CN", "VN"}
    return "\n".join(lines)


def _text(changed: dict[str, str], permits: str) -> str:
    return _JOURNEY.format(**(_TOLD | changed), permits=permits)


def _plan(planner: Planner, changed: dict[str, str], permits: str, shift_h: int = 0) -> Plan:
    day, hour = divmod(8 + shift_h, 24)
    depart = f"2019-02-{26 + day:02d} {hour:02d}:00" if 26 + day <= 28 else (
        f"2019-03-{26 + day - 28:02d} {hour:02d}:00"
    )  # fmt: skip
    file = journey_from_text(_text(changed, permits), "hanoi")
    return planner.make(file, depart=depart)


def test_permits_granted_as_asked_for_cover_the_plan(planner: Planner, permits: str) -> None:
    plan = _plan(planner, {}, permits)
    assert plan.permits
    assert all(permit.state == "granted" and not permit.void for permit in plan.permits)
    assert not check_permits(plan).faults
    assert not [note for note in plan.notes if "permit" in note.subject]


_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "flight": st.sampled_from(["PRK-801", "PRK801", "PRK-901"]),
        "registration": st.sampled_from(["P-885", "P885", "P-618"]),
        "aircraft": st.sampled_from(["il-62m", "airbus-a340-300"]),
        "closed": st.sampled_from(["", "CN", "KR, JP"]),
        "via": st.sampled_from(["", '"35.5,121.0"', '"28.0,123.5"', '"24.0,108.0"']),
    },
)


@settings(max_examples=40)
@given(changed=_CHANGES, shift_h=st.sampled_from(_SHIFTS_H))
def test_a_replan_lists_exactly_the_permits_that_are_void(
    planner: Planner, permits: str, changed: dict[str, str], shift_h: int
) -> None:
    before = _plan(planner, {}, permits)
    try:
        after = _plan(planner, changed, permits, shift_h)
    except NoPlan:
        assume(False)  # a point to pass lies in the closed country
        raise
    comparison = compare_plans(before, after)
    listed = {one.permit.id for one in comparison.voided}
    assert listed == permits_voided(before, after)
    # The new plan itself says so too, as a warning for each.
    assert {p.id for p in after.permits if p.void and p.state == "granted"} >= listed
    warned = [n for n in after.notes if n.level == "warning" and " permit N" in n.subject]
    assert len(warned) >= len(listed)
    assert not check_permits(after).faults
    told = comparison.text()
    assert all(one.permit.number in told for one in comparison.voided)
    asked = {item["id"] for item in comparison.as_dict()["voided_permits"]}
    assert asked == listed


@pytest.mark.parametrize(
    ("changed", "shift_h", "tie"),
    [
        ({"registration": "P-618"}, 0, "registration"),
        ({"flight": "PRK-901"}, 0, "call sign"),
        ({"aircraft": "airbus-a340-300"}, 0, "aircraft"),
        ({}, 80, "window"),
        ({}, -30, "window"),
        ({"closed": "CN"}, 0, "country"),
        ({"via": '"28.0,123.5"'}, 0, "entry"),
        ({"via": '"22.5,102.5"'}, 0, "exit"),
    ],
)
def test_each_tie_voids_a_permit(
    planner: Planner, permits: str, changed: dict[str, str], shift_h: int, tie: str
) -> None:
    before, after = _plan(planner, {}, permits), _plan(planner, changed, permits, shift_h)
    leg = after.legs[0]
    broken = [broken_ties(permit, leg) for permit in before.permits]
    assert any(tie in ties for ties in broken)
    assert compare_plans(before, after).voided


def test_the_checker_finds_a_permit_wrongly_taken_as_valid(planner: Planner, permits: str) -> None:
    plan = _plan(planner, {"registration": "P-618"}, permits)
    assert any(permit.void for permit in plan.permits)
    silent = plan.model_copy(
        update={"permits": tuple(p.model_copy(update={"void": ()}) for p in plan.permits)}
    )
    assert any("registration" in fault for fault in check_permits(silent).faults)
    sound = _plan(planner, {}, permits)
    loud = sound.model_copy(
        update={"permits": tuple(p.model_copy(update={"void": ("x",)}) for p in sound.permits)}
    )
    assert len(check_permits(loud).faults) == len(sound.permits)
