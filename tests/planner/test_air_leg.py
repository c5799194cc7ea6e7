"""An air leg from the journey file to the plan: what the file states reaches the flight."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError, NoPlan
from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.planner.planner import Planner
from retinue.world.world import World

TEXT = """\
retinue: 1
title: by air
depart: 2023-09-10 12:00 Asia/Pyongyang
party: {principal: 1, staff: 20}
legs:
  - air:
      from: ZKPY
      to: UHWW
      aircraft: il-62m
"""


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def _plan(world: World, folder: Path, more: str = "", text: str = TEXT) -> Plan:
    path = folder / "trip.yaml"
    path.write_text(text + more, encoding="utf-8")
    return Planner(world).make(load_journey(str(path)))


def test_conditions_on_the_day_reach_the_runways(world: World, tmp_path: Path) -> None:
    more = """\
      alternates: [UHHH]
      aerodromes:
        ZKPY: {temperature: 35 degC, wind: {from: 350 deg, at: 8 m/s}}
        UHWW: {wet: true, code letter: E, parking: 2, opens: "06:00", closes: "23:00"}
"""
    (leg,) = _plan(world, tmp_path, more).legs
    out, back, other = leg.details["runways"]
    assert out["temperature_k"] == pytest.approx(308.15)
    assert out["factors"]["temperature"] > 1.15
    assert out["headwind_mps"] > 0
    assert back["factors"]["wet"] == 1.15
    assert other["aerodrome"] == "UHHH"
    assert leg.details["alternate"]["chosen"] is False
    assert {c["what"]: c["ok"] for c in leg.details["checks"]}["wingspan"] is True


def test_a_flight_into_closed_hours_is_no_plan_with_a_cure(world: World, tmp_path: Path) -> None:
    more = '      aerodromes: {UHWW: {opens: "18:00", closes: "20:00"}}\n'
    with pytest.raises(NoPlan) as caught:
        _plan(world, tmp_path, more)
    (reason,) = caught.value.reasons
    assert reason.kind == "opening-hours"
    assert "later" in reason.cure


@pytest.mark.parametrize(
    ("more", "message", "key"),
    [
        ("      aerodromes: {UHXX: {wet: true}}\n", "no indicator", "aerodromes"),
        ('      aerodromes: {UHWW: {runway: "05"}}\n', "has no runway 05", "aerodromes"),
        ('      aerodromes: {UHWW: {opens: "27:00"}}\n', "no time of day", "aerodromes"),
        ("      aerodromes: {UHWW: {temperature: 900 degC}}\n", "no temperature", "aerodromes"),
        ("      reserves: mine\n", "no rule set", "reserves"),
        ("      alternates: [Nowhere]\n", "Nowhere", "alternates"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(
    world: World, tmp_path: Path, more: str, message: str, key: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _plan(world, tmp_path, more)
    assert "trip.yaml:1" in caught.value.where
    assert key in caught.value.where


def test_a_type_of_openap_flies_and_its_synonyms_are_assumed(world: World, tmp_path: Path) -> None:
    pytest.importorskip("openap")
    plan = _plan(world, tmp_path, text=TEXT.replace("il-62m", "openap:SU95"))
    assert plan.legs[0].aircraft is not None
    assert plan.legs[0].aircraft.designator == "SU95"
    borrowed = [a for a in plan.assumptions if "synonym" in a.because]
    assert borrowed


def test_a_helicopter_lands_beside_no_runway(world: World, tmp_path: Path) -> None:
    text = TEXT.replace("to: UHWW", 'to: "39.19,127.35"').replace("il-62m", "mi-17")
    (leg,) = _plan(world, tmp_path, text=text).legs
    assert [r["runway"] for r in leg.details["runways"][:2]] == ["pad", "pad"]
    assert max(leg.profile.speed_mps) < 80.0 if leg.profile else False


def test_a_load_that_outweighs_the_aircraft_is_told_at_once(world: World, tmp_path: Path) -> None:
    with pytest.raises(NoPlan) as caught:
        _plan(world, tmp_path, "      payload: 900000 t\n")
    assert [reason.kind for reason in caught.value.reasons] == ["payload"]


def test_taxiing_longer_burns_more(world: World, tmp_path: Path) -> None:
    usual, long = (
        _plan(world, tmp_path, more).legs[0].details["fuel_kg"]["taxi out"]
        for more in ("", "      taxi out: 24 min\n")
    )
    assert long == pytest.approx(2 * usual)
