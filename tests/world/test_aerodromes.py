"""Aerodromes and their runways: the runway check of a flight stands on them."""

from __future__ import annotations

import pytest

from retinue.world.aerodromes import Aerodromes
from retinue.world.pack import load_pack


@pytest.fixture(scope="module")
def aerodromes() -> Aerodromes:
    return Aerodromes(load_pack().aerodromes)


@pytest.mark.parametrize(
    # OurAirports: ZKPY 11,490 ft, UHWW 11,483 ft, ZKWS 10,252 ft.
    ("code", "feet"),
    [("ZKPY", 11_490), ("UHWW", 11_483), ("ZKWS", 10_252)],
)
def test_the_longest_runway_is_the_published_one(
    aerodromes: Aerodromes, code: str, feet: float
) -> None:
    found = aerodromes.by_code(code)
    assert found is not None
    assert found.longest is not None
    assert found.longest.length_m == pytest.approx(feet * 0.3048, abs=0.1)
    assert found.longest.paved


def test_icao_and_iata_lead_to_one_aerodrome(aerodromes: Aerodromes) -> None:
    assert aerodromes.by_code("FNJ") == aerodromes.by_code("ZKPY")
    assert aerodromes.by_code("fnj") is None
    assert aerodromes.by_code("QQQQ") is None


def test_suitable_runways_are_long_enough_and_paved(aerodromes: Aerodromes) -> None:
    incheon = aerodromes.by_code("RKSI")
    assert incheon is not None
    lengths = [runway.length_m for runway in incheon.suitable(3_700.0)]
    assert lengths == sorted((x for x in lengths if x is not None), reverse=True)
    assert len(lengths) >= 3
    assert incheon.suitable(5_000.0) == ()


def test_names_are_found_by_part_only_where_an_aerodrome_is_meant(aerodromes: Aerodromes) -> None:
    assert aerodromes.by_name("Vladivostok") == []
    assert [a.icao for a in aerodromes.by_name("Vladivostok airport")] == ["UHWW"]
    assert [a.icao for a in aerodromes.by_name("Knevichi", loose=True)] == ["UHWW"]


def test_aerodromes_nearby_come_nearest_first(aerodromes: Aerodromes) -> None:
    found = aerodromes.near(39.02, 125.75)
    assert "ZKPY" in [a.icao for _, a in found]
    assert [d for d, _ in found] == sorted(d for d, _ in found)
