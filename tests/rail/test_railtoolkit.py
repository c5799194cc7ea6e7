"""The public railtoolkit files read right, and broken ones say in which line they are broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.rail.railtoolkit import read_running_path, read_train


def test_the_freight_train_is_heavy_and_long_as_its_vehicles(shared: Path) -> None:
    train = read_train(shared / "data/trainruns/trains/freight.yaml")
    # Authority: the file itself: one 80 t locomotive, ten wagons of 25 t with 59 t of load.
    assert train.mass_kg == pytest.approx(80e3 + 10 * 84e3)
    assert train.length_m == pytest.approx(14.32 + 10 * 19.04)
    assert train.max_speed_mps == pytest.approx(80 / 3.6)
    assert train.rotating_mass_factor == pytest.approx((80 * 1.09 + 250 * 1.03) / 330)
    # Strahl and Wende by hand at 72 km/h (20 m/s), forces in N, g = 9.80665.
    v00, wind = 100 / 3.6, 15 / 3.6
    unit = 9.80665 * 80 * (2.2 + 10 * ((20 + wind) / v00) ** 2)
    wagons = 9.80665 * 840 * (1.4 + 3.9 * (20 / v00) ** 2)
    assert float(train.resistance_n(20.0)) == pytest.approx(unit + wagons, rel=1e-12)


def test_the_real_path_has_its_length_limits_and_resistances(shared: Path) -> None:
    path = read_running_path(shared / "data/trainruns/paths/realworld.yaml")
    assert path.limit_mps.at([0.0, 2000.0])[1] == pytest.approx(110 / 3.6)
    assert path.equivalent_resistance.at([900.0])[0] == pytest.approx(0.020)
    assert path.limit_mps.start_m[-1] < path.length_m


@pytest.mark.parametrize(
    ("name", "words", "line"),
    [
        ("broken.yaml", "a list", 6),
        ("missing_schema.yml", '"schema" is missing', 3),
        ("missing_schema_version.yml", '"schema_version" is missing', 3),
        ("missing_path.yml", '"paths" is missing', 3),
    ],
)
def test_a_broken_path_is_one_sentence_with_file_and_line(
    shared: Path, name: str, words: str, line: int
) -> None:
    with pytest.raises(InputError) as caught:
        read_running_path(shared / "data/trainruns/paths" / name)
    assert words in caught.value.message
    assert f"{name}:{line}" in caught.value.where


PATH = """schema: https://railtoolkit.org/schema/running-path.json
schema_version: "{version}"
paths:
  - name: p
    id: p
    characteristic_sections:
      - [0, 100, 0]
      - [{end}, {limit}, 0]
"""


@pytest.mark.parametrize(
    ("version", "end", "limit", "words"),
    [
        ("2023.01", "900", "80", 'schema version "2023.01" is not known'),
        ("2022.05", "0", "80", "does not lie beyond"),
        ("2022.05", "900", "-3", "a speed limit is positive"),
        ("2022.05", "far", "80", "a number is wanted here"),
    ],
)
def test_wrong_values_are_named(
    tmp_path: Path, version: str, end: str, limit: str, words: str
) -> None:
    file = tmp_path / "path.yaml"
    file.write_text(PATH.format(version=version, end=end, limit=limit), encoding="utf-8")
    with pytest.raises(InputError, match=r"path\.yaml:[0-9]+") as caught:
        read_running_path(file)
    assert words in caught.value.message


def test_a_path_is_no_train_and_an_unknown_vehicle_gets_a_suggestion(
    shared: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="rolling-stock"):
        read_train(shared / "data/trainruns/paths/const.yaml")
    text = (shared / "data/trainruns/trains/local.yaml").read_text("utf-8")
    file = tmp_path / "local.yaml"
    file.write_text(text.replace("[DB_BR_642]", "[DB_BR_643]"), encoding="utf-8")
    with pytest.raises(InputError, match="DB_BR_642") as caught:
        read_train(file)
    assert "local.yaml:8" in caught.value.where
