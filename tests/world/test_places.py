"""Places found and told apart: a wrong namesake sends the whole journey elsewhere."""

from __future__ import annotations

import pytest

from retinue.errors import InputError
from retinue.journey import PlaceAsked
from retinue.world.pack import Pack, load_pack
from retinue.world.places import Gazetteer
from retinue.world.rail_route import OperatingPoint


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="module")
def gazetteer(pack: Pack) -> Gazetteer:
    return Gazetteer(pack)


class Book:
    """Three operating points, two of them namesakes."""

    points = (
        OperatingPoint("kp-kowon", "Kowon", 39.43, 127.24, "KP", "Asia/Pyongyang", "junction"),
        OperatingPoint("xx-a", "Junction", 40.0, 120.0, "CN", "Asia/Shanghai"),
        OperatingPoint("xx-b", "Junction", 50.0, 100.0, "RU", "Asia/Irkutsk"),
    )

    def find(self, name: str) -> list[OperatingPoint]:
        return [p for p in self.points if name.casefold() in (p.name.casefold(), p.id)]

    def names(self) -> list[str]:
        return [p.name for p in self.points]


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Pyongyang", "Pyongyang", "KP"),
        ("평양", "Pyongyang", "KP"),
        ("P'yongyang", "Pyongyang", "KP"),
        ("Moscow", "Moscow", "RU"),
        ("Moskva", "Moscow", "RU"),
        ("Москва", "Moscow", "RU"),
        ("москва", "Moscow", "RU"),
        ("北京", "Beijing", "CN"),
        ("Peking", "Beijing", "CN"),
        ("Frankfurt (Oder)", "Frankfurt (Oder)", "DE"),
        ("Frankfurt am Main, DE", "Frankfurt am Main", "DE"),
        ("Przemysl", "Przemyśl", "PL"),
        ("Vladivostok", "Vladivostok", "RU"),
        ("Kaesong", "Kaesŏng", "KP"),
        ("Saint Petersburg, Russia", "Saint Petersburg", "RU"),
    ],
)
def test_towns_are_found_in_any_script_and_spelling(
    gazetteer: Gazetteer, text: str, name: str, country: str
) -> None:
    place = gazetteer.resolve(text)
    assert (place.name, place.country, place.found_in) == (name, country, "GeoNames")


def test_dong_dang_lies_in_vietnam(gazetteer: Gazetteer) -> None:
    place = gazetteer.resolve("Dong Dang VN")
    # Wikipedia: 21.942 N, 106.698 E.
    assert (place.lat, place.lon) == pytest.approx((21.942, 106.698), abs=0.05)
    assert "Dong Dang" in place.note  # that a lesser name was matched is said


def test_pingxiang_names_four_places_and_the_question_goes_back(gazetteer: Gazetteer) -> None:
    # facts: "Pingxiang" names four places, two of them cities.
    with pytest.raises(InputError) as caught:
        gazetteer.resolve("Pingxiang, CN", where="trip.yaml:7: rail.to")
    error = caught.value
    assert error.where == "trip.yaml:7: rail.to"
    assert "4 places" in error.message
    assert "CN-16" in error.cure
    assert "22.097,106.757" in error.cure


def test_a_region_or_a_point_nearby_decides_between_namesakes(gazetteer: Gazetteer) -> None:
    by_region = gazetteer.resolve("Pingxiang, CN-16")
    nearby = gazetteer.resolve("Pingxiang", near=(21.95, 106.70))
    assert by_region.lat == nearby.lat == pytest.approx(22.1, abs=0.1)
    assert "nearest" in nearby.note


def test_a_far_larger_namesake_is_taken_and_the_choice_noted(gazetteer: Gazetteer) -> None:
    assert "Moscow, US" in gazetteer.resolve("Moscow").note
    with pytest.raises(InputError, match="2 places"):
        gazetteer.resolve("Frankfurt, DE")  # 650,000 against 57,000: asked back


def test_indicators_and_airport_names_are_aerodromes(gazetteer: Gazetteer) -> None:
    for text in ("ZKPY", "FNJ", "Pyongyang Sunan International Airport", "Pyongyang airport"):
        place = gazetteer.resolve(text)
        assert place.found_in == "aerodromes"
        assert place.aerodrome is not None
        assert place.aerodrome.icao == "ZKPY"
        assert place.zone == "Asia/Pyongyang"


def test_a_town_is_not_its_aerodrome_unless_an_aerodrome_is_wanted(gazetteer: Gazetteer) -> None:
    assert gazetteer.resolve("Wonsan").aerodrome is None
    wanted = gazetteer.resolve("Wonsan", want="aerodrome")
    assert wanted.aerodrome is not None
    assert wanted.aerodrome.icao == "ZKWS"
    with pytest.raises(InputError) as caught:
        gazetteer.resolve("39.03,125.75", want="aerodrome")
    assert "not an aerodrome" in caught.value.message
    with pytest.raises(InputError, match="aerodromes"):
        gazetteer.resolve("Moscow", want="aerodrome")


def test_the_journeys_own_places_come_first_then_the_line_book(pack: Pack) -> None:
    own = {"Moscow": PlaceAsked(lat=39.0, lon=125.7, country="KP", aliases=("residence",))}
    gazetteer = Gazetteer(pack, Book(), own)
    assert gazetteer.resolve("moscow").found_in == "journey"
    assert gazetteer.resolve("Residence").zone == "Asia/Pyongyang"
    kowon = gazetteer.resolve("Kowon, KP")
    assert kowon.found_in == "line book"
    assert kowon.operating_point is Book.points[0]
    assert gazetteer.resolve("Junction, RU").operating_point is Book.points[2]
    with pytest.raises(InputError, match="2 operating points"):
        gazetteer.resolve("Junction")


def test_coordinates_have_country_and_zone(gazetteer: Gazetteer) -> None:
    place = gazetteer.resolve("39.03 N 125.75 E")
    assert (place.lat, place.lon, place.country) == (39.03, 125.75, "KP")
    assert place.zone == "Asia/Pyongyang"
    sea = gazetteer.resolve("40.0,-150.0")
    assert sea.country == ""
    assert "open sea" in sea.note
    with pytest.raises(InputError, match="no point of the Earth"):
        gazetteer.resolve("125.75,39.03")


@pytest.mark.parametrize(
    ("text", "hint"),
    [("Pyongyan", "Pyongyang, KP"), ("Vladivostock", "Vladivostok, RU"), ("Kowonn", "Kowon")],
)
def test_a_slip_of_the_pen_gets_a_suggestion(pack: Pack, text: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        Gazetteer(pack, Book()).resolve(text)
    assert hint in caught.value.cure


def test_a_name_unknown_in_the_country_is_shown_elsewhere(gazetteer: Gazetteer) -> None:
    with pytest.raises(InputError) as caught:
        gazetteer.resolve("Frankfurt, RU")
    assert 'no "Frankfurt" in RU' in caught.value.message
    assert "Frankfurt am Main, DE" in caught.value.cure


def test_nonsense_is_unknown_with_a_way_out(gazetteer: Gazetteer) -> None:
    with pytest.raises(InputError) as caught:
        gazetteer.resolve("Xyzzyqwv")
    assert "under `places:`" in caught.value.cure
