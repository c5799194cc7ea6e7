"""Random closed sets: the way around never enters one and is within 0.5 % of the shortest.

Both are judged by `tests.checks.airspace_reference`, which shares nothing with the planner.  The
suite tries a few; ``python -m benchmarks.airspace`` tries two hundred.
"""

from __future__ import annotations

import pytest
from tests.checks.airspace_cases import draw, large_aerodromes
from tests.checks.airspace_reference import Airspace, Zones

from retinue.air.airspace import around_closed
from retinue.air.great_circle import length_m
from retinue.world.aerodromes import Aerodrome
from retinue.world.countries import Countries
from retinue.world.places import Gazetteer


@pytest.fixture(scope="module")
def zones(countries: Countries) -> Zones:
    return Zones(countries)


@pytest.fixture(scope="module")
def aerodromes(gazetteer: Gazetteer) -> list[Aerodrome]:
    return large_aerodromes(gazetteer.aerodromes)


# Those that are judged quickly.
@pytest.mark.parametrize("number", [1, 5, 8, 9, 10])
def test_the_way_around_a_random_closed_set(
    number: int, countries: Countries, zones: Zones, aerodromes: list[Aerodrome]
) -> None:
    case = draw(number, aerodromes, countries)
    path = around_closed(case.start, case.end, case.closed, countries, areas=case.areas)
    found = length_m([p[0] for p in path], [p[1] for p in path])
    airspace = Airspace(zones, case.closed, case.polygons, case.circles)
    assert airspace.enters(path) == ""
    assert found <= 1.005 * airspace.lower_bound_m(case.start, case.end, found)


def test_no_island_of_a_closed_country_is_lost(countries: Countries, zones: Zones) -> None:
    # Leipzig to Vladivostok once crossed the sea around Hiiumaa: a part of its tile was dropped.
    leipzig, vladivostok = (51.42066, 12.2327), (43.39626, 132.14816)
    path = around_closed(leipzig, vladivostok, ("EE", "LV", "PL"), countries)
    assert Airspace(zones, ("EE", "LV")).enters(path) == ""


def test_the_reference_itself_sees_a_track_that_enters(
    countries: Countries, zones: Zones, aerodromes: list[Aerodrome]
) -> None:
    case = draw(1, aerodromes, countries)
    airspace = Airspace(zones, case.closed, case.polygons, case.circles)
    assert airspace.enters([case.start, case.end])
