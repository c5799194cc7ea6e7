"""Rolling stock of RailJSON keeps every effort curve, and becomes a train of the engine.

The files are OSRD's own; what they hold is read by the test with the standard library alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.rail.dynamics import BrakingForce, ConstantBraking
from retinue.rail.railjson_rolling_stock import (
    EffortCondition,
    is_railjson_stock,
    read_rolling_stock,
)
from retinue.rail.running_path import RunningPath
from retinue.rail.running_time import Stop, run
from retinue.rail.steps import Steps

NAMES = ("slow", "fast", "electric")


@pytest.fixture(params=NAMES)
def stock_file(shared: Path, request: pytest.FixtureRequest) -> Path:
    return shared / "data" / "osrd" / f"{request.param}_rolling_stock.json"


@pytest.fixture
def electric(shared: Path) -> Path:
    return shared / "data" / "osrd" / "electric_rolling_stock.json"


def raw_of(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_whole_train_values_are_those_of_the_file(stock_file: Path) -> None:
    raw, stock = raw_of(stock_file), read_rolling_stock(stock_file)
    train = stock.dynamics()
    assert (train.name, train.length_m, train.mass_kg) == (raw["name"], 400.0, 900_000.0)
    assert train.max_speed_mps == raw["max_speed"]
    assert train.rotating_mass_factor == 1.05
    # N, N/(m/s), N/(m/s)2 of the whole train: 5400 + 200 * 10 + 12 * 100 at 10 m/s.
    assert train.resistance_n(10.0) == pytest.approx(8600.0)
    assert train.braking == ConstantBraking(0.5)
    assert train.max_acceleration_mps2 == 0.25
    assert stock.loading_gauge == "G1"


def test_every_curve_of_every_mode_is_kept(stock_file: Path) -> None:
    raw, stock = raw_of(stock_file), read_rolling_stock(stock_file)
    modes = raw["effort_curves"]["modes"]
    assert list(stock.modes) == list(modes)
    assert stock.default_mode == raw["effort_curves"]["default_mode"]
    for name, mode in modes.items():
        kept = stock.modes[name]
        assert kept.is_electric == mode["is_electric"]
        assert kept.default.speed_mps.tolist() == mode["default_curve"]["speeds"]
        assert kept.default.force_n.tolist() == mode["default_curve"]["max_efforts"]
        assert len(kept.curves) == len(mode["curves"])
        for (_, curve), row in zip(kept.curves, mode["curves"], strict=True):
            assert curve.force_n.tolist() == row["curve"]["max_efforts"]


def test_an_electric_train_pulls_by_the_line_and_a_thermal_one_anywhere(shared: Path) -> None:
    folder = shared / "data" / "osrd"
    electric = read_rolling_stock(folder / "electric_rolling_stock.json")
    assert electric.power_systems == ("1.5kv-dc", "25kv-ac-50hz")
    assert not electric.self_powered
    assert electric.limits().power_systems == ("1.5kv-dc", "25kv-ac-50hz")
    assert (electric.limits().length_m, electric.limits().max_speed_mps) == (400.0, 80.0)
    slow = read_rolling_stock(folder / "slow_rolling_stock.json")
    assert slow.power_systems == ("diesel",)
    assert slow.self_powered
    assert slow.limits().power_systems == ()


def test_the_curve_follows_comfort_supply_and_restriction(electric: Path) -> None:
    stock, raw = read_rolling_stock(electric), raw_of(electric)
    mode = stock.modes["25000V"]
    for row in raw["effort_curves"]["modes"]["25000V"]["curves"]:
        found = mode.effort(EffortCondition(**row["cond"]))
        assert found.force_n.tolist() == row["curve"]["max_efforts"]
    # A code that the file does not know: the curve without any code.
    unknown = mode.effort(EffortCondition("STANDARD", "25000V", "C9"))
    plain = mode.effort(EffortCondition("STANDARD", "25000V"))
    assert unknown is plain
    assert mode.effort() is mode.default
    restricted = stock.dynamics(EffortCondition("STANDARD", "25000V", "C2"))
    assert restricted.effort["25kv-ac-50hz"].at(50.0) < stock.dynamics().effort["25kv-ac-50hz"].at(
        50.0
    )


@pytest.mark.parametrize("case", range(4))
def test_a_train_of_a_file_changes_regime_where_osrd_changes_it(
    shared: Path, electric: Path, tmp_path: Path, case: int
) -> None:
    # Authority: OpenRailAssociation/osrd, core/envelope-sim tests (shared data, LGPL-3.0); here
    # its train goes the whole way through a file, with an effort that is linear in speed.
    data = json.loads((shared / "data/osrd/running_time_expected.json").read_text("utf-8"))
    values, first, this = data["train"], data["cases"][0], data["cases"][case]
    by_force = "NonConstDec" in this["id"]
    thermal = {
        "is_electric": False,
        "curves": [],
        "default_curve": {"speeds": [0, values["max_speed_mps"]], "max_efforts": [450e3, 180e3]},
    }

    def as_told(document: dict[str, Any]) -> None:
        document.update(
            mass=values["mass_kg"],
            inertia_coefficient=values["inertia"],
            length=values["length_m"],
            max_speed=values["max_speed_mps"],
            # OSRD's test train has none that binds.
            comfort_acceleration=10.0,
            rolling_resistance={
                "type": "davis",
                "A": values["A_N"],
                "B": values["B_N_per_mps"],
                "C": values["C_N_per_mps2"],
            },
            gamma=(
                {"type": "MAX", "value": values["MAX_DEC_gamma"]}
                if by_force
                else {"type": "CONST", "value": values["gamma_const_mps2"]}
            ),
            effort_curves={"default_mode": "thermal", "modes": {"thermal": thermal}},
        )

    train = read_rolling_stock(harmed(electric, tmp_path, as_told)).dynamics()
    path = RunningPath(
        this["id"],
        first["length"],
        Steps.constant(first["vlim_mps"]),
        gradient=Steps.constant(this["grade_permil"] / 1000.0),
    )
    made = run(train, path, stops=[Stop(first["stops"][0])])
    changes = made.distance_m[1:-1][np.diff(made.regime) != 0]
    assert changes == pytest.approx(this["transitions_m"], abs=1.1)


def test_what_the_engine_leaves_out_is_told(electric: Path) -> None:
    told = dict(read_rolling_stock(electric).not_used)
    assert told["startup_time"] == "10"
    assert told["raise_pantograph_time"] == "15.0"


def harmed(path: Path, folder: Path, harm: Callable[[dict[str, Any]], object]) -> Path:
    document = raw_of(path)
    harm(document)
    copy = folder / "stock.json"
    copy.write_text(json.dumps(document), encoding="utf-8")
    return copy


def test_a_braking_of_the_kind_max_is_a_force(electric: Path, tmp_path: Path) -> None:
    path = harmed(electric, tmp_path, lambda d: d["gamma"].update(type="MAX"))
    braking = read_rolling_stock(path).braking
    assert isinstance(braking, BrakingForce)
    # 0.5 m/s2 on the inertial mass, 900 t * 1.05.
    assert braking.force_n.tolist() == pytest.approx([472_500.0])
    assert np.all(braking.speed_mps == 0.0)


@pytest.mark.parametrize(
    ("harm", "place", "message"),
    [
        (lambda d: d.update(railjson_version="2.0"), "railjson_version", "this reader knows 3.2"),
        (lambda d: d.pop("railjson_version"), "", 'no "railjson_version"'),
        (lambda d: d.pop("mass"), "", '"mass" is missing'),
        (lambda d: d.update(mass=0), "mass", "above 0"),
        (lambda d: d.update(mass="900 t"), "mass", "a number is wanted"),
        (lambda d: d.update(mass=True), "mass", "a number is wanted"),
        (lambda d: d.update(inertia_coefficient=0.9), "inertia_coefficient", "at least 1"),
        (lambda d: d["gamma"].update(type="SOME"), "gamma.type", '"SOME" is not known'),
        (lambda d: d.update(loading_gauge="W6"), "loading_gauge", '"W6" is not known'),
        (
            lambda d: d["effort_curves"].update(default_mode="50V"),
            "effort_curves.default_mode",
            '"50V" is not known',
        ),
        (
            lambda d: d["effort_curves"]["modes"].update(
                {"1234V": d["effort_curves"]["modes"].pop("1500V")}
            ),
            "effort_curves.modes.1234V",
            "no voltage of a railway known here",
        ),
        (
            lambda d: d["effort_curves"]["modes"]["1500V"]["default_curve"]["speeds"].reverse(),
            "effort_curves.modes.1500V.default_curve",
            "increase strictly",
        ),
        (
            lambda d: d["effort_curves"]["modes"]["1500V"]["default_curve"]["speeds"].pop(),
            "effort_curves.modes.1500V.default_curve",
            "equally many speeds and forces",
        ),
        (lambda d: d["effort_curves"].update(modes={}), "effort_curves.modes", "at least one mode"),
    ],
)
def test_a_broken_file_is_refused_with_the_place_in_it(
    electric: Path,
    tmp_path: Path,
    harm: Callable[[dict[str, Any]], object],
    place: str,
    message: str,
) -> None:
    path = harmed(electric, tmp_path, harm)
    with pytest.raises(InputError) as raised:
        read_rolling_stock(path)
    assert message in raised.value.message
    assert raised.value.where == (f"{path}: {place}" if place else str(path))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list)
        else ()
    )  # fmt: skip
    return [path, *(place for key, item in children for place in _places(item, (*path, key)))]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_file_it_is_read_or_refused(
    electric: Path, tmp_path: Path, data: st.DataObject
) -> None:
    def strange(document: dict[str, Any]) -> None:
        del document["effort_curves"]["modes"]["25000V"]["curves"][1:]
        place = data.draw(st.sampled_from(_places(document)[1:]))
        owner: Any = document
        for key in place[:-1]:
            owner = owner[key]
        odd = [None, True, -1, 0, 1e308, float("nan"), "", "x", [], [1], {}, {"x": 1}]
        owner[place[-1]] = data.draw(st.sampled_from(odd))

    path = harmed(electric, tmp_path, strange)
    try:
        train = read_rolling_stock(path).dynamics()
    except InputError as error:
        assert error.where.startswith(str(path))
    else:
        assert train.effort


def test_rolling_stock_is_known_by_its_content(stock_file: Path, tmp_path: Path) -> None:
    assert is_railjson_stock(stock_file)
    assert not is_railjson_stock(stock_file.parent / "small_infra" / "infra.json")
    assert not is_railjson_stock(tmp_path / "missing.json")
