"""Type cards: each states published ranges and must reproduce them."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.fuel import fuel_limit_kg, range_m
from retinue.errors import InputError

SHIPPED = known_aircraft()


def test_the_catalogue_holds_the_types_of_the_journeys_and_western_ones() -> None:
    wanted = {"il-62m", "an-148-100", "an-2", "il-76td"}
    assert wanted <= set(SHIPPED)
    assert len(set(SHIPPED) - wanted) >= 3


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_reproduces_its_published_range(name: str) -> None:
    card = load_aircraft(name)
    for point in card.range_points:
        found = range_m(card, point.payload, fuel_kg=point.fuel, reserve_kg=point.reserve)
        assert found == pytest.approx(point.range_, rel=0.05)
        # The point itself must be one that tanks and masses allow.
        assert point.fuel <= fuel_limit_kg(card, point.payload) + 1.0
        assert point.payload <= card.maximum_payload


@pytest.mark.parametrize("name", SHIPPED)
def test_every_value_of_a_card_has_a_source_and_the_assumed_are_marked(name: str) -> None:
    card = load_aircraft(name)
    for field in type(card).model_fields:
        assert card.basis_of(field).source in card.sources
    assert {"reserve", "cruise fuel flow", "taxi out"} <= set(card.assumed())


def test_the_il_62m_agrees_with_its_reported_figures() -> None:
    # Press and type references: 9,000-10,000 km with full tanks, 850-900 km/h at FL330-390.
    card = load_aircraft("il-62m")
    assert 9_000e3 <= range_m(card, 10_000.0) <= 10_500e3
    assert 850 / 3.6 <= card.cruise_speed + 1e-9 <= 900 / 3.6


def _own(tmp_path: Path, change: tuple[str, str]) -> Path:
    shipped = Path(load_aircraft.__code__.co_filename).parents[1] / "data" / "aircraft"
    text = (shipped / "il-62m.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(*change), encoding="utf-8")
    return path


def test_a_users_own_card_is_read_by_path(tmp_path: Path) -> None:
    path = _own(tmp_path, ("name: Ilyushin Il-62M", "name: Ours"))
    assert load_aircraft(str(path)).name == "Ours"
    assert load_aircraft("./own.yaml", tmp_path).name == "Ours"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("cruise speed: 850 km/h", "cruise speed: 850"), "lacks a unit"),
        (("cruise speed: 850 km/h", "cruise sped: 850 km/h"), "not known here"),
        (("retinue aircraft: 1", "retinue aircraft: 2"), "version"),
        (("cruise altitude: 10700 m", "cruise altitude: 13 km"), "above the service ceiling"),
        (("maximum take off mass: 165 t", "maximum take off mass: 65 t"), "too small"),
        (("source: range-reports", "source: hearsay"), "not listed under sources"),
        (("fuel capacity: 83.3 t", "fuel capacity: 0 t"), "more than nothing"),
    ],
)
def test_a_faulty_card_is_refused_with_file_and_line(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    path = _own(tmp_path, change)
    with pytest.raises(InputError, match=message) as caught:
        load_aircraft(str(path))
    assert caught.value.where.startswith(f"{path}:")


def test_an_unknown_type_gets_a_suggestion() -> None:
    with pytest.raises(InputError) as caught:
        load_aircraft("il-62", where="trip.yaml:4: air.aircraft")
    assert "il-62m" in caught.value.cure
    assert caught.value.where == "trip.yaml:4: air.aircraft"
