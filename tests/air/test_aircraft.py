"""Type cards: each states published ranges and must reproduce them."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.fuel import fuel_limit_kg, range_m
from retinue.air.performance import CardPerformance
from retinue.errors import InputError

SHIPPED = known_aircraft()


def test_the_catalogue_holds_the_types_of_the_journeys_and_western_ones() -> None:
    wanted = {
        "il-62m", "an-148-100", "an-2", "il-76td", "il-96-300", "tu-204-100", "mi-17", "aw101",
    }  # fmt: skip
    assert wanted <= set(SHIPPED)
    assert len(set(SHIPPED) - wanted) >= 3


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_reproduces_its_published_range(name: str) -> None:
    card = load_aircraft(name)
    assert card.range_points
    for point in card.range_points:
        found = range_m(
            CardPerformance(card), point.payload, fuel_kg=point.fuel, reserve=point.reserve
        )
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
    assert 9_000e3 <= range_m(CardPerformance(card), 10_000.0) <= 10_500e3
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
        (("engine: jet\n", ""), "engine"),
        (("engine: jet", "engine: rocket"), "engine"),
        (("landing length: 2500 m\n", ""), "needs a take off length and a landing length"),
        (("crosswind limit: 15 m/s", "hover ceiling: 900 m"), "belong together"),
        (("designator: IL62", "designator: Ilyushin"), "designator"),
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


def test_a_card_without_a_published_range_is_refused(tmp_path: Path) -> None:
    path = _own(tmp_path, ("range points:", "remark of ours:"))
    text = path.read_text(encoding="utf-8")
    path.write_text(
        "\n".join(
            line
            for line in text.splitlines()
            if not line.startswith(("remark of ours", "  - {payload", "     note"))
        ),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="no range point"):
        load_aircraft(str(path))


@pytest.mark.parametrize(
    # ICAO Annex 14, volume I, table 1-1, and published wingspans.
    ("name", "letter"),
    [
        ("an-2", "B"), ("an-148-100", "C"), ("il-62m", "D"), ("il-76td", "D"), ("il-96-300", "E"),
        ("boeing-747-400", "E"),
    ],
)  # fmt: skip
def test_the_code_letter_follows_from_the_wingspan(name: str, letter: str) -> None:
    assert load_aircraft(name).code_letter == letter


def test_helicopters_need_no_runway_and_the_freighter_states_its_hold() -> None:
    for name in ("mi-17", "aw101"):
        card = load_aircraft(name)
        assert card.engine == "helicopter"
        assert card.take_off_length is None
        assert card.hover_ceiling is not None
        assert card.cruise_speed < 300 / 3.6
    freighter = load_aircraft("il-76td")
    # Type references: hold of about 20 x 3.45 x 3.4 m, loaded over a ramp.
    assert (freighter.hold_length, freighter.hold_width, freighter.hold_height) == (20, 3.45, 3.4)
    assert freighter.ramp


def test_every_shipped_card_names_designator_wake_and_limits() -> None:
    for name in SHIPPED:
        card = load_aircraft(name)
        assert card.designator
        assert card.wake is not None
        assert card.rvsm is not None
        assert card.crosswind_limit is not None


def test_a_card_that_is_assumed_as_a_whole_lists_its_values_only(tmp_path: Path) -> None:
    card = load_aircraft(
        str(_own(tmp_path, ("confidence: K\nsources", "confidence: assumed\nsources")))
    )
    assert {"maximum take off mass", "seats", "engine"} <= set(card.assumed())
    assert not {"sources", "range points", "name"} & set(card.assumed())
