"""A plan on a path among other trains: every clock moves, and itself is all it is made from."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.errors import InputError, NoPlan
from retinue.journey.file import JourneyFile, journey_from_text
from retinue.plan import Plan
from retinue.plan.train_path import AdoptedPath, PathCeiling, PathStand
from retinue.planner import Planner
from retinue.planner.adopted_path import WAITS
from retinue.world.world import World

JOURNEY = """
retinue: 1
title: Bern to Olten by special train and on by road
depart: 2014-01-01 07:10 Europe/Zurich
party: {principal: 1, crew: 4}
places:
  bern: {lat: 46.9488, lon: 7.4391, country: CH, source: fictional, confidence: assumed}
  olten: {lat: 47.3519, lon: 7.9078, country: CH, source: fictional, confidence: assumed}
legs:
  - rail: {from: bern, to: olten, train: charter-8, advance train: {time: 6 min, train: charter-8}}
  - road: {to: "47.3925,8.0444", convoy: state-motorcade}
alternatives:
  - title: the other way
    rail: {from: bern, to: olten, train: charter-8}
"""
WAIT_M = 30_000.0


@pytest.fixture(scope="module")
def file() -> JourneyFile:
    return journey_from_text(JOURNEY, "bern-olten.yaml", None)


@pytest.fixture(scope="module")
def asked(world: World, file: JourneyFile) -> Plan:
    return Planner(world).make(file)


def _stand(at_m: float, arrive: float, depart: float, *, asked: bool = True) -> PathStand:
    return PathStand(
        id=f"S{at_m:.0f}", place=f"Place at {at_m / 1000:.0f}", at_m=at_m, lat=47.1, lon=7.7,
        zone="Europe/Zurich", arrive_utc=arrive, depart_utc=depart, asked=asked,
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(asked: Plan) -> AdoptedPath:
    """Departs 4 min 20.25 s later, slowly at first, and waits until 07:50."""
    leg = asked.legs[0]
    begin = leg.depart_utc + 260.25
    end = leg.distance_m
    return AdoptedPath(
        leg=leg.id, feed="by hand", date="2014-01-01", view="pessimistic",
        stands=(
            _stand(0.0, begin, begin),
            _stand(WAIT_M, begin + 1_800.0, leg.depart_utc + 2_400.5, asked=False),
            _stand(end, leg.depart_utc + 4_000.0, leg.depart_utc + 4_000.0),
        ),
        ceilings=(PathCeiling(from_m=5_000.0, to_m=20_000.0, at_most_mps=20.0),),
        shares=((0.0, 1.0),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def moved(world: World, file: JourneyFile, path: AdoptedPath) -> Plan:
    return Planner(world).make(file, paths=[path])


def test_departure_ceiling_wait_and_what_follows_move(
    asked: Plan, moved: Plan, path: AdoptedPath
) -> None:
    rail, road = moved.legs
    assert rail.depart_utc == round(path.depart_utc) == moved.depart_utc
    stop = next(s for s in rail.main.stops if s.why == WAITS)
    assert stop.distance_m == WAIT_M
    assert stop.depart_s == pytest.approx(path.stands[1].depart_utc, abs=0.51)
    # 15 km at 20 m/s take 750 s.
    low, high = np.interp([5_000.0, 20_000.0], rail.main.distance_m, rail.main.time_s)
    assert high - low == pytest.approx(750.0, abs=5.0)
    told = [note.text for note in rail.notes if note.subject == "path among other trains"]
    assert told == ["found in by hand of 2014-01-01; at most 72 km/h from km 5.0 to km 20.0"]
    assert "pessimistic view of the line" in " ".join(one.value for one in moved.assumptions)
    later = rail.arrive_utc - asked.legs[0].arrive_utc
    assert later > 260.0
    assert road.depart_utc - asked.legs[1].depart_utc == later
    assert road.arrive_utc > asked.legs[1].arrive_utc
    # Other ways to make the journey were given no path.
    others = [plan.as_dict()["alternatives"] for plan in (asked, moved)]
    assert others[0] == others[1]


def test_it_is_made_again_from_itself_byte_for_byte(world: World, moved: Plan) -> None:
    read = Plan.from_json(moved.to_json())
    assert read.paths == moved.paths
    assert Planner(World()).remake(read).to_json() == moved.to_json()
    remembering = Planner(world)
    free = remembering.remake(read, paths=())
    assert free.paths == ()
    assert remembering.remake(read).to_json() == moved.to_json()


def test_a_plan_without_a_path_says_nothing_of_paths(
    world: World, file: JourneyFile, asked: Plan
) -> None:
    assert '"paths"' not in asked.to_json()
    assert Planner(world).make(file, paths=()).hash == asked.hash


def test_a_train_that_comes_late_to_a_wait_waits_for_less(world: World, moved: Plan) -> None:
    rail = moved.legs[0]
    stop = next(s for s in rail.main.stops if s.why == WAITS)
    planner = Planner(world)
    late = planner.observe(moved, "bern", "07:20")
    then = next(s for s in late.legs[0].main.stops if s.why == WAITS)
    assert then.arrive_s > stop.arrive_s
    assert then.depart_s == stop.depart_s
    assert late.legs[0].arrive_utc == rail.arrive_utc
    later = planner.observe(moved, "bern", "08:00")
    then = next(s for s in later.legs[0].main.stops if s.why == WAITS)
    assert then.depart_s == pytest.approx(then.arrive_s, abs=1.0)


def test_a_path_that_was_missed_is_told(world: World, file: JourneyFile, path: AdoptedPath) -> None:
    plan = Planner(world).make(file, depart="2014-01-01 07:30", paths=[path])
    assert plan.legs[0].depart_utc == path.depart_utc - 260.25 + 1_200.0
    told = [note.text for note in plan.notes if note.level == "warning"]
    assert any("is missed by 16 min: find it again" in text for text in told)


def test_a_path_of_another_leg_is_refused(
    world: World, file: JourneyFile, path: AdoptedPath
) -> None:
    planner = Planner(world)
    for wrong in (
        [path.model_copy(update={"leg": "2-road"})],
        [path.model_copy(update={"leg": "7-rail"})],
        [path, path],
    ):
        with pytest.raises(InputError, match=r"no rail leg of this plan|another"):
            planner.make(file, paths=wrong)
    stands = (path.stands[0], _stand(WAIT_M, *[path.depart_utc] * 2), path.stands[-1])
    with pytest.raises(InputError, match="other stops"):
        planner.make(file, paths=[path.model_copy(update={"stands": stands})])


def test_what_the_plan_does_not_keep_is_refused_with_the_difference(
    moved: Plan, path: AdoptedPath
) -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    from retinue.planner.traffic_path import check_kept

    leg = moved.legs[0]
    station = SimpleNamespace(name="Burgdorf")
    way = SimpleNamespace(nodes=np.array([0, 0]))
    request = SimpleNamespace(way=way, place_m=np.array([0.0, leg.distance_m]))
    prepared: Any = SimpleNamespace(request=request, network=SimpleNamespace(stations=[station]))

    def found(later: float) -> Any:
        ends = (leg.depart_utc, leg.arrive_utc + later)
        stands = [
            SimpleNamespace(at_m=at, arrive_s=t, depart_s=t, node=0)
            for at, t in zip((0.0, leg.distance_m), ends, strict=True)
        ]
        return cast("Any", SimpleNamespace(stands=stands))

    check_kept(leg, prepared, found(0.4))
    with pytest.raises(NoPlan, match="does not keep the path") as refused:
        check_kept(leg, prepared, found(3.0))
    assert [reason.what for reason in refused.value.reasons] == ["at Burgdorf it is 3.0 s earlier"]
