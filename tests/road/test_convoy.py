"""Convoys: spacing against the field manual, lengths, and faults in a convoy file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.road.convoy import Convoy, columns, load_convoy, shipped_convoys

KMH = 1 / 3.6
MINIMAL = """\
retinue convoy: 1
title: two cars
order:
  - {role: lead, vehicle: saloon}
  - {role: main, vehicle: armoured-limousine}
source: word
confidence: M
sources: {word: somebody's word}
"""

speeds = st.floats(1.0, 40.0)
orders = st.sampled_from(["open", "close"])
names = st.sampled_from(["state-motorcade", "own-cars-from-train", "panmunjom-2018", "kyiv-2023"])


def test_the_catalogue_holds_the_convoys_of_the_example_journeys() -> None:
    assert {"state-motorcade", "own-cars-from-train", "panmunjom-2018", "kyiv-2023"} <= set(
        shipped_convoys()
    )


@settings(deadline=None)
@given(names, st.floats(1.0, 60.0))
def test_an_open_column_has_15_to_20_vehicles_a_kilometre(name: str, speed_kmh: float) -> None:
    # FM 3-21.8: open column 50-100 m apart, 15-20 vehicles a kilometre; the densities hold
    # in the lower half of the distances, which a march of up to 60 km/h uses.
    density = load_convoy(name).vehicles_a_km(columns()["open"], speed_kmh * KMH)
    assert 15.0 - 0.01 <= density <= 20.0 + 0.01


@settings(deadline=None)
@given(names, speeds)
def test_a_close_column_has_40_to_50_vehicles_a_kilometre(name: str, speed_mps: float) -> None:
    # FM 3-21.8: close column 20-25 m apart, 40-50 vehicles a kilometre.
    density = load_convoy(name).vehicles_a_km(columns()["close"], speed_mps)
    assert 40.0 - 0.01 <= density <= 50.0 + 0.01


@settings(deadline=None)
@given(orders, speeds, st.floats(2.0, 12.0))
def test_the_distance_between_vehicles_keeps_the_published_bounds(
    order: str, speed_mps: float, length_m: float
) -> None:
    low, high = {"open": (50.0, 100.0), "close": (20.0, 25.0)}[order]  # FM 3-21.8
    assert low <= columns()[order].spacing_m(speed_mps, length_m) <= high


@settings(deadline=None)
@given(names, orders, speeds, speeds)
def test_a_faster_convoy_is_never_shorter_and_passes_no_later(
    name: str, order: str, one: float, two: float
) -> None:
    convoy, column = load_convoy(name), columns()[order]
    slow, fast = sorted((one, two))
    assert convoy.length_m(column, slow) <= convoy.length_m(column, fast)
    assert convoy.passing_time_s(column, slow) >= convoy.passing_time_s(column, fast) - 1e-9


def test_a_standing_convoy_is_its_vehicles_and_the_gaps_between_them() -> None:
    convoy, column = load_convoy("panmunjom-2018"), columns()["open"]
    vehicles = [entry.vehicle.length for entry in convoy.column]
    gaps = (len(vehicles) - 1) * 5.0
    assert convoy.length_m(column, 0.0) == pytest.approx(sum(vehicles) + gaps)


def test_vehicles_abreast_take_up_one_place_in_the_column() -> None:
    convoy = load_convoy("state-motorcade")
    assert sum(entry.role == "escort" for entry in convoy.column) == 4
    assert sum(entry.role == "escort" for entry in convoy.ranks) == 2


def test_the_reported_figures_of_the_example_convoys_stand_in_them() -> None:
    # Press reports of 27 April 2018: twelve runners, a toilet car at the tail.
    panmunjom = load_convoy("panmunjom-2018")
    assert panmunjom.bodyguards == 12
    assert panmunjom.column[-1].role == "toilet"
    # Reported of Kyiv on 20 February 2023: about 20 vehicles.
    assert len(load_convoy("kyiv-2023").vehicles) == 20
    # NDTV: two armoured cars in the train's car transporter.
    own = load_convoy("own-cars-from-train")
    assert sum(entry.from_the_train for entry in own.vehicles) == 2
    # A rule for motorcades: the pilot car about half a mile ahead.
    assert own.pilot_ahead_m == pytest.approx(804.672)


def test_every_shipped_convoy_has_one_main_car_and_a_spare() -> None:
    for name in shipped_convoys():
        convoy = load_convoy(name)
        roles = [entry.role for entry in convoy.vehicles]
        assert roles.count("main") == 1
        if convoy.carries == "goods":
            continue  # another can be sent
        assert "spare" in roles
        assert len(roles) >= 5  # published practice: at least five vehicles


def test_what_nobody_published_is_named() -> None:
    assert "order" in load_convoy("kyiv-2023").assumed
    assert "bodyguards beside the car" not in load_convoy("panmunjom-2018").assumed


def test_a_convoy_may_bring_its_own_vehicles(tmp_path: Path) -> None:
    own = (
        "vehicles:\n  cart: {label: cart, length: 3 m, mass: 300 kg, source: word, confidence: M}\n"
    )
    text = MINIMAL.replace("vehicle: saloon", "vehicle: cart") + own
    (tmp_path / "mine.yaml").write_text(text)
    convoy: Convoy = load_convoy("mine", tmp_path)
    assert convoy.column[0].vehicle.length == 3.0


def test_a_journey_of_the_same_name_beside_it_is_not_taken_for_the_convoy(
    tmp_path: Path,
) -> None:
    (tmp_path / "kyiv-2023.yaml").write_text("retinue: 1\ntitle: a journey\n")
    assert load_convoy("kyiv-2023", tmp_path).file == "convoys/kyiv-2023.yaml"


@pytest.mark.parametrize(
    ("old", "new", "line", "words", "cure"),
    [
        ("vehicle: saloon", "vehicle: salon", 4, "not a road vehicle", '"saloon"'),
        ("role: lead", "role: leader", 4, "not one of", '"lead"'),
        ("role: main", "role: spare", 1, "exactly one", ""),
        ("retinue convoy: 1", "retinue convoy: 3", 1, "not a convoy", "retinue convoy: 1"),
        ("source: word", "source: nobody", 6, "not described", "sources"),
        ("title: two cars", "title: two cars\npilot ahead: 800", 3, "lacks a unit", ""),
        ("title:", "titel:", 2, "not known", '"title"'),
    ],
)
def test_a_fault_names_file_line_and_cure(
    tmp_path: Path, old: str, new: str, line: int, words: str, cure: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINIMAL.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_convoy(str(path))
    assert words in caught.value.message
    assert f"mine.yaml:{line}" in caught.value.where
    assert cure in caught.value.cure


def test_an_unknown_convoy_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        load_convoy("state-motorcad", where="trip.yaml:7: road.convoy")
    assert str(caught.value).startswith('trip.yaml:7: road.convoy: "state-motorcad" is not')
    assert "state-motorcade" in caught.value.cure
