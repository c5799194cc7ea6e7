"""Train files: the shipped ones are sound, and faults of a user's own name file, line and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.rail.compatibility import coupling_reasons
from retinue.rail.trains import list_trains, load_train

OWN = """\
retinue train: 1
title: My train
locomotives: [df4b]
coaches:
  - {vehicle: kp-coach, role: guards}
  - {vehicle: kp-coach, label: Saloon, principal: true, armour: 40 t}
source: me
confidence: K
"""


@pytest.mark.parametrize("name", list_trains())
def test_every_shipped_train_is_sound(name: str) -> None:
    train = load_train(name)
    dynamics = train.dynamics()
    assert coupling_reasons(train) == []
    assert max(p.axle_load_kg for p in train.vehicles) <= 25_000
    assert train.max_speed_mps >= 60 / 3.6
    assert train.record("main", "somewhere").length_m == pytest.approx(train.length_m, abs=1e-3)
    # Each must start on 15 per mille, the steepest of the benchmark's paths.
    weight = dynamics.mass_kg * 9.80665
    for effort in dynamics.effort.values():
        assert float(effort.at(0.0)) > 0.015 * weight + dynamics.davis_a_n
    roles = [p.role_name for p in train.coaches]
    if "dining" in roles:
        assert abs(roles.index("dining") - roles.index("kitchen")) == 1


@pytest.mark.parametrize("name", ["special-21", "special-17", "moscow-2001"])
def test_the_principal_rides_inside_with_guards_on_either_side(name: str) -> None:
    coaches = load_train(name).coaches
    own = [i for i, p in enumerate(coaches) if p.principal]
    assert own and own[0] > 0 and own[-1] < len(coaches) - 1
    assert coaches[own[0] - 1].role_name == coaches[own[-1] + 1].role_name == "guards"
    assert coaches[-1].role_name == "car-transporter"
    assert coaches[-1].ramp == "rear"
    assert 1_000_000 <= load_train(name).mass_kg <= 2_000_000


def test_the_special_train_has_the_published_number_of_coaches() -> None:
    # Press: 21 coaches in 2001 and 2018.
    assert len(load_train("special-21").coaches) == 21
    assert len(load_train("moscow-2001").coaches) == 21
    assert load_train("moscow-2001").gauge_mm == 1520


def test_what_nobody_published_is_listed_once() -> None:
    listed = load_train("special-21").assumptions()
    assert len(listed) == len(set(listed))
    texts = [what for what, _, _ in listed]
    assert "Special train of 21 coaches: coaches" in texts
    assert any("armour factor" in what for what in texts)


def test_a_misspelt_train_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        load_train("special-12", where="trip.yaml:12: rail.train")
    text = str(caught.value)
    assert text.startswith('trip.yaml:12: rail.train: "special-12" is not in the catalogue')
    assert 'Did you mean "special-21"' in text
    assert text.endswith("(retinue trains lists them)")


def test_armour_that_four_axles_cannot_carry_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(OWN)
    with pytest.raises(InputError) as caught:
        load_train(path)
    assert caught.value.where == f"{path}:6: coaches.armour"
    assert "24.0 t each" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("retinue train: 1", "retinue train: 2", 1, "this Retinue reads 1"),
        ("retinue train: 1", "train: 1", 1, "does not begin with a version"),
        ("vehicle: kp-coach, role: guards", "vehicle: kp-couch, role: guards", 5, "kp-coach"),
        ("[df4b]", "[kp-coach]", 3, "is a coach"),
        ("role: guards", "rolle: guards", 5, "role"),
        ("role: guards", "role: guard", 5, "guards"),
        ("armour: 40 t", "armour: 40", 6, "lacks a unit"),
        ("armour: 40 t", "vehicle: d19e", 6, "stands twice"),
        ("[df4b]", "[m62]", 1, "does not run on 1435 mm"),
    ],
)
def test_faults_of_a_train_are_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    path = tmp_path / "mine.yaml"
    text = OWN if "armour" in old else OWN.replace(", armour: 40 t", "")
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=says) as caught:
        load_train("mine.yaml", [tmp_path])
    assert caught.value.where.startswith(f"{path}:{line}")


def test_names_are_looked_up_near_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, journey = tmp_path / "user", tmp_path / "journey"
    (mine / "trains").mkdir(parents=True)
    journey.mkdir()
    text = OWN.replace(", armour: 40 t", "")
    (mine / "trains" / "special-21.yaml").write_text(text.replace("My train", "User's"))
    monkeypatch.setenv("RETINUE_CATALOGUE", str(mine))
    assert load_train("special-21").title == "User's"
    (journey / "special-21.yaml").write_text(text.replace("My train", "Journey's"))
    assert load_train("special-21", [journey]).title == "Journey's"
    monkeypatch.setenv("RETINUE_CATALOGUE", str(tmp_path / "nowhere"))
    assert load_train("special-21").title == "Special train of 21 coaches"


def test_a_train_may_bring_its_own_vehicles(tmp_path: Path) -> None:
    own = (
        OWN.replace("kp-coach, label: Saloon, principal: true, armour: 40 t", "saloon")
        + "own vehicles:\n  saloon: {like: kp-armoured-coach, title: Mine, armour: 30 t}\n"
    )
    path = tmp_path / "mine.yaml"
    path.write_text(own)
    train = load_train(path)
    assert train.coaches[1].armour_mass_kg == 30_000
    path.write_text(own.replace("30 t", "90 t"))
    with pytest.raises(InputError) as caught:
        load_train(path)
    assert caught.value.where == f"{path}:10: own vehicles.saloon.armour"
