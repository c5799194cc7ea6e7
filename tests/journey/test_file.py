"""The journey file: what it accepts, and how it says no."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.journey import Journey, journey_from_text, load_journey, shipped_journeys

HEAD = "retinue: 1\ntitle: A test\ndepart: 2023-09-10 16:35 Asia/Pyongyang\n"


def _journey(legs: str) -> Journey:
    return journey_from_text(f"{HEAD}legs:\n{legs}", "test").journey


def _fault(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        journey_from_text(text, "test")
    return caught.value


@pytest.mark.parametrize("name", shipped_journeys())
def test_every_shipped_journey_loads_by_name(name: str) -> None:
    file = load_journey(name)
    assert file.name == name
    assert file.journey.legs


def test_the_eight_journeys_of_the_catalogue_are_there() -> None:
    assert {
        "vladivostok-2023", "moscow-2001", "beijing-2019", "hanoi-2019", "dalian-2018",
        "pyeongchang-2018", "panmunjom-2018", "kyiv-2023",
    } <= set(shipped_journeys())  # fmt: skip


def test_a_file_is_told_from_a_name_by_its_ending_or_slash(tmp_path: Path) -> None:
    path = tmp_path / "trip.yaml"
    path.write_text(f"{HEAD}legs:\n  - road: {{from: a, to: b, convoy: c}}\n")
    assert load_journey(path).name == "trip"
    with pytest.raises(InputError, match="no such file"):
        load_journey("./vladivostok-2023")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        load_journey("vladivostock-2023")
    assert '"vladivostok-2023"' in caught.value.cure


def test_separations_and_allowances_may_be_written_as_people_say_them() -> None:
    rail = _journey(
        "  - rail:\n      from: a\n      to: b\n      train: t\n"
        "      advance train: 20 min ahead\n      allowance: 3 min per 100 km\n"
    ).legs[0].rail  # fmt: skip
    assert rail is not None
    assert rail.advance_train is not None
    assert rail.allowance is not None
    assert rail.advance_train.time == 1200
    assert rail.allowance.per_100_km == 180


@pytest.mark.parametrize(
    ("leg", "message"),
    [
        ("  - {}\n", "exactly one"),
        (
            "  - road: {from: a, to: b, convoy: c}\n    air: {to: b, aircraft: c}\n",
            "exactly one",
        ),
        ("  - road: {to: b, convoy: c}\n", 'first leg needs "from"'),
        ("  - road: {from: a, to: b, convoy: c, at most: 0 km/h}\n", "too small"),
        ("  - road: {from: a, to: b}\n", '"convoy" is missing'),
    ],
)
def test_a_leg_that_is_none_is_refused(leg: str, message: str) -> None:
    assert message in str(_fault(f"{HEAD}legs:\n{leg}"))


def test_a_file_without_version_is_no_journey_file() -> None:
    error = _fault("title: x\n")
    assert "not a journey file" in error.message
    assert error.cure == 'Begin it with "retinue: 1".'


def test_an_alternative_may_be_one_leg_or_several() -> None:
    text = (
        f"{HEAD}legs:\n  - road: {{from: a, to: b, convoy: c}}\n"
        "alternatives:\n  - air: {from: a, to: b, aircraft: c}\n"
        "  - title: both\n    legs:\n      - road: {from: a, to: b, convoy: c}\n"
        "      - air: {to: d, aircraft: e}\n"
    )
    alternatives = journey_from_text(text, "test").journey.alternatives
    assert [len(way.legs) for way in alternatives] == [1, 2]


def test_places_lie_on_earth() -> None:
    error = _fault(
        f"{HEAD}legs:\n  - road: {{from: a, to: b, convoy: c}}\n"
        "places:\n  a: {lat: 139.0, lon: 125.0, country: KP}\n"
    )
    assert error.where.endswith("places.a.lat")


def test_the_party_is_counted() -> None:
    journey = journey_from_text(
        f"{HEAD}party: {{principal: 1, guards: 60}}\nlegs:\n"
        "  - road: {from: a, to: b, convoy: c}\n",
        "t",
    )
    assert journey.journey.party.total == 61


@pytest.mark.parametrize("name", shipped_journeys())
def test_a_shipped_journey_is_fictional_or_coarse(name: str) -> None:
    assert load_journey(name).journey.coarse != name.startswith("fictional-")
