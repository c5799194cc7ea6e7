"""The motorcade's cars on its train, from the convoy's file to the road leg that they drive."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import NoPlan
from retinue.journey import JourneyFile, load_journey
from retinue.plan import Leg, Plan
from retinue.planner import Planner
from retinue.world.world import World

_JOURNEY = """\
retinue: 1
title: Cars over the border
depart: 2018-05-04 10:00 Asia/Pyongyang
legs:
  - {first}
  - road: {{to: "{to}", convoy: ./cars.yaml}}
"""
_RAIL = """rail: {{from: Rajin, to: Tumangang, train: {train}}}"""
_CONVOY = """\
retinue convoy: 1
title: Cars
order:
  - {{role: lead, vehicle: police-car}}
  - {{role: main, vehicle: {vehicle}, from the train: true}}
  - {{role: tail, vehicle: police-car}}
source: drawn
confidence: assumed
sources: {{drawn: drawn for the test}}
"""


def _journey(
    folder: Path, first: str, vehicle: str = "armoured-limousine", to: str = "42.40,130.58"
) -> JourneyFile:
    (folder / "cars.yaml").write_text(_CONVOY.format(vehicle=vehicle), encoding="utf-8")
    (folder / "trip.yaml").write_text(_JOURNEY.format(first=first, to=to), encoding="utf-8")
    return load_journey(str(folder / "trip.yaml"))


def _rail(plan: Plan) -> Leg:
    return next(leg for leg in plan.legs if leg.mode == "rail")


def test_by_baranovsky_the_ramp_is_free_and_by_ussuriysk_it_is_not(
    world: World, vladivostok: Plan
) -> None:
    # 2023 by way of Baranovsky; 2019 by way of Ussuriysk, where the train reversed (press).
    turned = Planner(world).make(load_journey("vladivostok-2019"))
    free, opened = _rail(vladivostok).details["cars"], _rail(turned).details["cars"]
    assert _rail(turned).details["reversals"] == ["Ussuriysk"]
    assert free["ramp_end_free"] and not opened["ramp_end_free"]
    assert free["wagons"] == opened["wagons"]
    # The locomotives are uncoupled and leave: 4 min each.
    assert opened["unloading_s"] == free["unloading_s"] + 480


def test_the_road_leg_waits_for_the_last_car_and_says_so(vladivostok: Plan) -> None:
    handover, road = vladivostok.handovers[-1], vladivostok.legs[-1]
    cars = _rail(vladivostok).details["cars"]
    assert cars["cars"] == ["armoured limousine (main)", "armoured limousine (spare)"]
    complete = [e for e in road.timeline if e.kind == "ready" and "complete" in e.text]
    assert [e.time_utc for e in complete] == [
        pytest.approx(handover.arrive_utc + cars["unloading_s"], abs=1)
    ]
    assert road.depart_utc >= complete[0].time_utc
    assert sum("driven off" in task for task in handover.tasks) == 2
    begin = next(e for e in _rail(vladivostok).timeline if "begin to load 2 cars" in e.text)
    assert begin.time_utc == pytest.approx(_rail(vladivostok).depart_utc - cars["loading_s"], abs=1)


def test_the_planned_load_stands_for_the_cars(vladivostok: Plan) -> None:
    # The catalogue's 60 t loaded hold 12 t for cars and gear; two of 5.4 t and 600 kg are less.
    train = _rail(vladivostok).train
    assert train is not None and train.vehicles[-1].mass_kg == 60_000


@pytest.mark.parametrize(
    ("vehicle", "train", "kind"),
    [("coach", "special-21", "car-mass"), ("saloon", "charter-8-1520", "transporter")],
)
def test_cars_that_the_train_cannot_carry_are_refused_with_the_cure(
    world: World, tmp_path: Path, vehicle: str, train: str, kind: str
) -> None:
    with pytest.raises(NoPlan) as refused:
        Planner(world).make(_journey(tmp_path, _RAIL.format(train=train), vehicle))
    assert kind in [reason.kind for reason in refused.value.reasons]
    assert refused.value.where.endswith("trip.yaml:5: legs.rail.train")


def test_cars_that_no_train_brings_are_taken_to_stand_ready_with_a_warning(
    world: World, tmp_path: Path
) -> None:
    first = "road: {from: Rajin, to: Tumangang, convoy: state-motorcade}"
    plan = Planner(world).make(_journey(tmp_path, first))
    assert any(n.level == "warning" and "no train brings them" in n.text for n in plan.notes)
