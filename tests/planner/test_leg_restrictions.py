"""Possessions and slow stretches listed by a journey slow, or forbid, the leg that meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError, NoPlan
from retinue.journey import load_journey
from retinue.journey.file import JourneyFile, journey_from_text
from retinue.plan import Plan
from retinue.plan.restrictions import leg_restrictions
from retinue.planner import Planner
from retinue.report.order_tables import section_table
from retinue.world.world import World

HEAD = "retinue restrictions: 1\nsender: Region north\nrestrictions:\n"


def entry(name: str, begins: str, ends: str, extra: str, between: str = "Olten, Lenzburg") -> str:
    return (
        f"  - id: {name}\n    version: 1\n    between: [{between}]\n"
        f"    begins: 2026-01-{begins} Europe/Zurich\n    ends: 2026-01-{ends} Europe/Zurich\n"
        + "".join(f"    {line}\n" for line in extra.split("; "))
    )


SLOW = "kind: speed; speed: 40 km/h; within: [3 km, 6 km]"


@pytest.fixture
def planner(world: World) -> Planner:
    return Planner(world)


def journey(folder: Path, *entries: str, names: str = "tsr.yaml") -> JourneyFile:
    (folder / "tsr.yaml").write_text(HEAD + "".join(entries), encoding="utf-8")
    text = load_journey("fictional-aare").text.rstrip("\n")
    old = "      advance train: {time: 5 min, train: charter-8}\n"
    assert old in text
    text = text.replace(old, f"{old}      restrictions: [{names}]\n") + "\n"
    return journey_from_text(text, "aare", folder)


@pytest.fixture(scope="module")
def free(world: World) -> Plan:
    return Planner(world).make(load_journey("fictional-aare"))


def test_a_slow_stretch_slows_every_train_of_the_convoy(
    planner: Planner, free: Plan, tmp_path: Path
) -> None:
    plan = planner.make(journey(tmp_path, entry("L-1", "05 00:00", "06 00:00", SLOW)))
    leg, before = plan.legs[0], free.legs[0]
    (met,) = leg_restrictions(leg)
    assert met.effect == "slows" and met.to_m - met.from_m == pytest.approx(3_000.0, abs=1.0)
    # 3 km at 40 km/h instead of 120 take 3 min longer, and the train's length, and braking.
    assert 180.0 <= leg.running_time_s - before.running_time_s <= 300.0
    for movement in leg.movements:
        slowest = movement.time_at(met.to_m) - movement.time_at(met.from_m)
        assert slowest >= 3_000.0 / (40.0 / 3.6) - 1.0
    assert leg.profile is not None
    assert min(leg.profile.limit_mps) == pytest.approx(40.0 / 3.6, abs=1e-3)
    assert any("temporary speed restrictions cost" in note.text for note in leg.notes)
    rows = [[cell["text"] for cell in row] for row in section_table(leg)["rows"]]
    assert any("L-1, version 1, by Region north" in row[1] and "40" in row for row in rows)
    assert any(source.id == "Region north: L-1" for source in plan.sources)


@pytest.mark.parametrize(
    ("begins", "ends", "extra"),
    [
        ("05 08:00", "06 00:00", SLOW),  # after the train
        ("01 00:00", "05 07:00", SLOW),  # before it
        ("05 00:00", "06 00:00", f"{SLOW}; towards: Olten"),  # the other direction
        ("05 00:00", "06 00:00", f"{SLOW}; withdrawn: true"),
        ("05 00:00", "06 00:00", "kind: speed; speed: 200 km/h"),
    ],
)
def test_what_does_not_hold_for_the_convoy_costs_nothing(
    planner: Planner, free: Plan, tmp_path: Path, begins: str, ends: str, extra: str
) -> None:
    plan = planner.make(journey(tmp_path, entry("L-1", begins, ends, extra)))
    assert plan.legs[0].arrive_utc == free.legs[0].arrive_utc


def test_one_slow_stretch_may_bring_the_train_to_the_next(planner: Planner, tmp_path: Path) -> None:
    late = entry("L-2", "05 07:37", "05 09:00", "kind: speed; speed: 60 km/h; within: [1 km, 3 km]",
                 "Killwangen, Dietikon")  # fmt: skip
    first = entry(
        "L-1", "05 00:00", "06 00:00", "kind: speed; speed: 20 km/h; within: [2 km, 7 km]"
    )
    alone = planner.make(journey(tmp_path, late))
    assert leg_restrictions(alone.legs[0]) == ()
    both = planner.make(journey(tmp_path, first, late))
    assert [one.id for one in leg_restrictions(both.legs[0])] == ["L-1", "L-2"]


def test_a_closed_line_forbids_the_hour_with_the_sender_as_the_reason(
    planner: Planner, tmp_path: Path
) -> None:
    shut = entry("P-1", "05 07:00", "05 07:40", "kind: possession; why: bridge")
    with pytest.raises(NoPlan) as caught:
        planner.make(journey(tmp_path, shut))
    (reason,) = caught.value.reasons
    assert reason.kind == "possession" and "P-1, version 1, by Region north" in reason.what
    with pytest.raises(NoPlan):
        planner.make(journey(tmp_path, shut), depart="2026-01-05 07:20")
    later = planner.make(journey(tmp_path, shut), depart="2026-01-05 07:50")
    assert leg_restrictions(later.legs[0]) == ()


def test_work_on_one_track_is_told_and_kept(planner: Planner, tmp_path: Path) -> None:
    own = entry("P-1", "05 07:00", "05 08:00", "kind: possession; towards: Lenzburg")
    other = entry("P-2", "05 07:00", "05 08:00", "kind: possession; towards: Olten")
    leg = planner.make(journey(tmp_path, own, other)).legs[0]
    assert {one.id: one.effect for one in leg_restrictions(leg)} == {
        "P-1": "own track", "P-2": "beside",
    }  # fmt: skip
    assert [n.level for n in leg.notes if "P-1" in n.text] == ["warning"]


def test_a_place_nobody_knows_is_told_and_not_taken_as_free(
    planner: Planner, tmp_path: Path
) -> None:
    odd = entry("L-1", "05 00:00", "06 00:00", SLOW, "Nowhereville, Olten")
    plan = planner.make(journey(tmp_path, odd))
    warned = [n.text for n in plan.legs[0].notes if n.level == "warning"]
    assert any('nobody knows the place "Nowhereville"' in text for text in warned)


def test_a_missing_or_faulty_list_is_named_by_the_journeys_line(
    planner: Planner, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"there is no restriction file") as caught:
        planner.make(journey(tmp_path, names="nowhere.yaml"))
    assert "aare.yaml:" in caught.value.where and "restrictions" in caught.value.where
    with pytest.raises(InputError, match="has a speed") as caught:
        planner.make(journey(tmp_path, entry("L-1", "05 00:00", "06 00:00", "kind: speed")))
    assert "tsr.yaml:" in caught.value.where


def test_a_plan_keeps_its_list_and_is_made_again_with_it(planner: Planner, tmp_path: Path) -> None:
    plan = planner.make(journey(tmp_path, entry("L-1", "05 00:00", "06 00:00", SLOW)))
    (tmp_path / "tsr.yaml").unlink()
    assert "tsr.yaml" in plan.journey.extra_files
    assert planner.remake(plan).hash == plan.hash
    again = Planner(planner.world).remake(plan)
    assert again.hash == plan.hash
