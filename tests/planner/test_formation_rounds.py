"""A leg whose train is chosen: formed, tightened by what its line demands, formed again, run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.rail.consists import SPECIAL
from typer.testing import CliRunner

from retinue.checks import check_plan
from retinue.cli.main import program
from retinue.document import read_yaml
from retinue.errors import InputError, NoPlan
from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.planner import Planner
from retinue.rail.trains import load_train
from retinue.report.formation_drawing import draw_formation
from retinue.world.world import World

pytest.importorskip("ortools")

JOURNEY = """
retinue: 1
title: Formed
depart: 2023-09-10 16:35 Asia/Pyongyang
party: {principal: 1, officials: 10, guards: 20, staff: 10}
legs:
  - rail: {from: Pyongyang, to: Kowon, train: choose, formation: order.yaml,
           lines: [pyongyang-tumangang], at most: 60 km/h}
"""


def written(folder: Path, order: str = SPECIAL, journey: str = JOURNEY) -> Path:
    waived = order.replace("cars: 2", "without: [platform-length]\ncars: 2")
    # The line tells gradient, power and axle load; the order leaves them out.
    lines = [
        "line: {speed: 60 km/h}" if line.startswith("line:") else line
        for line in waived.splitlines()
        if not line.startswith("party:")
    ]
    (folder / "order.yaml").write_text("\n".join(lines), "utf-8")
    path = folder / "formed.yaml"
    path.write_text(journey, "utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a journey that chooses its train."""
    made = tmp_path_factory.mktemp("formed")
    written(made)
    return made


@pytest.fixture(scope="module")
def plan(folder: Path, world: World) -> Plan:
    """Return its plan."""
    return Planner(world).make(load_journey(str(folder / "formed.yaml")))


def test_the_leg_runs_with_the_formation_that_was_chosen(plan: Plan) -> None:
    leg = plan.legs[0]
    assert leg.train is not None
    labels = [v.label for v in leg.train.vehicles if v.role != "locomotive"]
    assert labels == [coach["label"] for coach in leg.details["formation"]["coaches"]]
    assert leg.running_time_s > 0
    assert "<svg" in draw_formation(leg.train.vehicles, 500.0)


def test_two_rounds_at_most_are_told_and_the_line_demands_its_gradient(plan: Plan) -> None:
    told = [n.text for n in plan.legs[0].notes if n.subject == "Special train"]
    rounds = [text for text in told if text.startswith("round ")]
    assert 1 <= len(rounds) <= 2
    assert all("proven the best" in text and "not proven" not in text for text in rounds)
    assert any("ruling gradient" in text for text in told)


def test_the_plan_passes_every_checker(plan: Plan) -> None:
    faults = {f.checker: f.faults for f in check_plan(plan) if f.faults}
    assert faults == {}


def test_a_coach_moved_in_the_plan_is_found(plan: Plan) -> None:
    leg = plan.legs[0]
    assert leg.train is not None
    vehicles = list(leg.train.vehicles)
    vehicles[-1], vehicles[-2] = vehicles[-2], vehicles[-1]
    train = leg.train.model_copy(update={"vehicles": tuple(vehicles)})
    tampered = plan.model_copy(update={"legs": (leg.model_copy(update={"train": train}),)})
    found = next(f for f in check_plan(tampered) if f.checker == "formation")
    assert found.faults


def test_the_plan_made_again_is_the_same(plan: Plan, world: World) -> None:
    # The order's file is kept in the plan, the folder is not needed.
    assert Planner(world).remake(plan).to_json() == plan.to_json()


def test_the_command_writes_a_train_that_journeys_can_name(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "train.yaml"
    result = CliRunner().invoke(
        program(), ["formation", str(folder / "formed.yaml"), "-o", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert "proven the best" in result.output
    assert len(load_train(out).coaches) == sum("(" in line for line in result.output.splitlines())
    assert read_yaml(out).value["retinue train"].value == 1


def test_the_command_takes_an_order_and_another_party(folder: Path) -> None:
    order = str(folder / "order.yaml")
    few = CliRunner().invoke(program(), ["formation", order, "--json"])
    many = CliRunner().invoke(program(), ["formation", order, "--json", "--party", "guards=90"])
    assert few.exit_code == many.exit_code == 0
    assert json.loads(many.output)["worth"]["coaches"] > json.loads(few.output)["worth"]["coaches"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("train: choose", "go together"),
        ("train: special-17, formation: order.yaml", "go together"),
        ("train: choose, formation: nothing.yaml", "no formation order"),
        ("train: choose, formation: order.yaml, locomotives: [m62]", "locomotives are chosen"),
    ],
)
def test_a_leg_that_chooses_and_names_a_train_is_refused(
    line: str, told: str, folder: Path, tmp_path: Path, world: World
) -> None:
    shutil.copy(folder / "order.yaml", tmp_path / "order.yaml")
    path = tmp_path / "formed.yaml"
    path.write_text(JOURNEY.replace("train: choose, formation: order.yaml", line), "utf-8")
    with pytest.raises(InputError, match=told):
        Planner(world).make(load_journey(str(path)))


def test_a_party_too_large_is_refused_at_the_key_with_its_rules(
    tmp_path: Path, world: World
) -> None:
    path = written(tmp_path, journey=JOURNEY.replace("guards: 20", "guards: 700"))
    with pytest.raises(NoPlan, match="formation") as refused:
        Planner(world).make(load_journey(str(path)))
    assert any("places-guards" in reason.where for reason in refused.value.reasons)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("gauge: 1435 mm", "gauge: nan mm", "gauge"),
        ("up to: 6", "up to: 4000", "up to"),
        ("stores: 20 m^3", "stores: -1 m^3", "stores"),
        ("vehicle: red-flag-1", "vehicle: kp-coach", "is a coach"),
        ("cars: 2", "cars: 2\nwithout: [gravity]", "no rule"),
        ("cars: 2", "cars: 2\norder: [Elephant]", "Elephant"),
        ("cars: 2", "cars: 2\nrules: none.yaml", "no file"),
        ("retinue formation: 1", "retinue train: 1", "formation order"),
        ("speed: 60 km/h", "speed: 3400 km/h", "speed"),
    ],
)
def test_a_hostile_order_gets_a_sentence(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "order.yaml"
    path.write_text(SPECIAL.replace(old, new), "utf-8")
    from retinue.rail.consist_order import load_order
    from retinue.rail.consist_problem import problem_of

    with pytest.raises(InputError, match=told):
        problem_of(load_order(path))
