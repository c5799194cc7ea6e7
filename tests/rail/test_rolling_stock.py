"""Vehicles: what a record says must be what the physics uses, and faults must name their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.document import parse_yaml
from retinue.errors import InputError
from retinue.rail.catalogue import list_names, load_vehicle, vehicle_from_node
from retinue.rail.rolling_stock import Coach, Locomotive
from tests.rail.stock import COACH, coach, locomotive

G = 9.80665  # CGPM 1901
KGF = 9.80665  # one kilogram-force in N


def test_sauthoff_coach_resistance_is_the_published_formula() -> None:
    # Sauthoff 1932 for four-axle coaches: 1.9 + 0.0025 V in N/kN and 0.0048 * 1.45 V^2 in kgf.
    vehicle = coach()
    a, b, c = vehicle.resistance.davis(vehicle.plain_loaded_kg)
    for speed_kmh in (0.0, 50.0, 120.0):
        weight_kn = 54.0 * G
        expected = weight_kn * (1.9 + 0.0025 * speed_kmh) + 0.0048 * 1.45 * speed_kmh**2 * KGF
        v = speed_kmh / 3.6
        assert a + b * v + c * v * v == pytest.approx(expected, rel=2e-3)


def test_soviet_coach_resistance_is_the_published_formula() -> None:
    # Rules for traction calculations 1985: 0.7 + (8 + 0.18 V + 0.003 V^2) / q, N/kN, q in t.
    vehicle = load_vehicle("ua-coach")
    mass_t = vehicle.plain_loaded_kg / 1000.0
    a, b, c = vehicle.resistance.davis(vehicle.plain_loaded_kg)
    for speed_kmh in (0.0, 60.0, 140.0):
        specific = 0.7 + (8 + 0.18 * speed_kmh + 0.003 * speed_kmh**2) / (mass_t / 4)
        v = speed_kmh / 3.6
        assert a + b * v + c * v * v == pytest.approx(specific * mass_t * G, rel=2e-3)


def test_a_coefficient_may_be_weight_force_or_both() -> None:
    vehicle = coach(resistance="{constant: 0.7 permil + 314 N}")
    assert vehicle.resistance.constant == pytest.approx((0.0007, 314.0))


@pytest.mark.parametrize("text", ["1.4", "3 km/h", "-1 permil", "two permil"])
def test_a_coefficient_without_a_fitting_unit_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        coach(resistance=f'{{constant: "{text}"}}')
    assert caught.value.where.startswith("coach.yaml:")
    assert "constant" in caught.value.where


def test_armour_beyond_the_axles_is_refused_with_its_line_and_a_cure() -> None:
    # 54 t + 40 t on four axles: 23.5 t each, limit 18 t.
    with pytest.raises(InputError) as caught:
        coach(armour="40 t")
    assert caught.value.where == "coach.yaml:23: armour"
    assert "23.5 t each" in str(caught.value)
    assert "more axles" in str(caught.value)


def test_the_armour_of_car_number_one_needs_its_six_axles() -> None:
    # Ferdinand Magellan: 285,000 lb on six axles, 125,000 lb of it armour.
    plain_t, armour_t = 160_000 * 0.45359237 / 1000, 125_000 * 0.45359237 / 1000
    six = coach(
        tare=f"{plain_t} t", loaded=None, axles="6", axle_load_limit="22 t", armour=f"{armour_t} t"
    )
    assert six.greatest_axle_load_kg() == pytest.approx(285_000 * 0.45359237 / 6)
    with pytest.raises(InputError, match="axles"):
        coach(tare=f"{plain_t} t", loaded=None, axle_load_limit="22 t", armour=f"{armour_t} t")


def test_an_armour_factor_is_mass_with_over_mass_without() -> None:
    vehicle = coach(armour_factor="1.8", axles="6")
    assert vehicle.armour_kg == pytest.approx(0.8 * 50_000)


def test_armour_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        coach(armour="4 t", armour_factor="1.1")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("tare", "50", "lacks a unit"),
        ("axles", "four", "integer"),
        ("loaded", "40 t", "below the tare"),
        ("brake_mass", "40 t", "exactly one"),
        ("other_gauges", None, "go together"),
        ("lenght", "25 m", "not known here"),
        ("role", "salon", "not one of"),
        ("basis", "{tara: {source: x, confidence: K}}", "no value of this record"),
    ],
)
def test_faults_of_a_vehicle_are_named_with_file_and_line(
    key: str, value: str | None, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        coach(**{key: value})
    assert caught.value.where.startswith("coach.yaml:")


def test_a_locomotive_needs_a_table_or_power_and_effort() -> None:
    with pytest.raises(InputError, match="are due"):
        locomotive(traction="{diesel: {power: 2000 kW}}")


def test_a_vehicle_without_kind_is_refused() -> None:
    with pytest.raises(InputError, match='a "coach" or a "locomotive"'):
        vehicle_from_node(parse_yaml("title: x", "v.yaml"), "v")


def test_like_takes_over_values_with_the_ground_they_had() -> None:
    text = "like: kp-coach\ntitle: My coach\ntare: 48 t\nsource: weighed\nconfidence: H\n"
    vehicle = vehicle_from_node(parse_yaml(text, "mine.yaml"), "mine")
    assert vehicle.tare == 48_000
    assert vehicle.basis_of("tare").confidence == "H"
    assert vehicle.basis_of("brake percentage").confidence == "assumed"
    assert vehicle.basis_of("length").confidence == "K"
    named = {what for what, _, _ in vehicle.assumed_values()}
    assert "Coach of the special train (four axles): brake percentage" in named
    assert not any("tare" in what for what in named)


def test_a_vehicle_that_is_like_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("like: b\n")
    (tmp_path / "b.yaml").write_text("like: a\n")
    with pytest.raises(InputError, match="like itself"):
        load_vehicle("a", [tmp_path])


def test_a_fault_in_an_inherited_value_names_the_file_that_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(COACH.strip().replace("25 m", "25"))
    (tmp_path / "mine.yaml").write_text("like: plain\ntitle: Mine\n")
    with pytest.raises(InputError) as caught:
        load_vehicle("mine", [tmp_path])
    assert "plain.yaml:4: length" in caught.value.where


@pytest.mark.parametrize("name", list_names("rolling_stock"))
def test_every_shipped_vehicle_is_sound(name: str) -> None:
    vehicle = load_vehicle(name)
    assert vehicle.greatest_axle_load_kg() <= 25_000  # heaviest axle load on the 1520 mm network
    assert vehicle.source and vehicle.confidence
    assert 10 <= vehicle.length <= 40
    if isinstance(vehicle, Locomotive):
        for system in vehicle.traction.values():
            effort = system.starting_effort or max(force for _, force in system.table)
            # Published starting efforts stay near the dry-rail adhesion of Curtius-Kniffler, 0.331.
            assert effort <= 0.36 * vehicle.adhesive_mass_kg * G
    else:
        assert isinstance(vehicle, Coach)
        assert 0.5 <= vehicle.brake_mass_kg() / vehicle.plain_loaded_kg <= 2.2
