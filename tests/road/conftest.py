"""The world's roads, opened once, and the ends of the example journeys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from retinue.road.convoy import load_convoy
from retinue.road.leg import RoadEnd, RoadRequest, RoadRuns, drive
from retinue.world.catalogue import CATALOGUE_VARIABLE
from retinue.world.pack import Pack, load_pack
from retinue.world.road_book import RoadBook, load_road_book

PLACES = {
    "Pyongyang": RoadEnd("Pyongyang", 39.0053, 125.7364, "KP", "Asia/Pyongyang"),
    "Panmunjom": RoadEnd("Panmunjom", 37.956, 126.677, "KP", "Asia/Pyongyang"),
    "Sunan": RoadEnd("Sunan", 39.224, 125.670, "KP", "Asia/Pyongyang"),
    "Wonsan": RoadEnd("Wonsan", 39.153, 127.443, "KP", "Asia/Pyongyang"),
    "Seoul": RoadEnd("Seoul", 37.5665, 126.978, "KR", "Asia/Seoul"),
    "Vladivostok": RoadEnd("Vladivostok", 43.1115, 131.8815, "RU", "Asia/Vladivostok"),
    "university": RoadEnd("university", 43.025, 131.894, "RU", "Asia/Vladivostok"),
    "Przemysl": RoadEnd("Przemysl", 49.784, 22.777, "PL", "Europe/Warsaw"),
    "Kyiv": RoadEnd("Kyiv", 50.44, 30.489, "UA", "Europe/Kyiv"),
    "Tokyo": RoadEnd("Tokyo", 35.681, 139.767, "JP", "Asia/Tokyo"),
}

Driver = Callable[..., RoadRuns]


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> RoadBook:
    with pytest.MonkeyPatch.context() as patch:
        # What somebody keeps in a catalogue of their own is no part of these tests.
        patch.setenv(CATALOGUE_VARIABLE, str(tmp_path_factory.mktemp("catalogue")))
        return load_road_book()


@pytest.fixture(scope="session")
def driving(pack: Pack, book: RoadBook) -> Driver:
    """Return a function that drives between two of the places."""

    def go(
        origin: str,
        destination: str,
        convoy: str = "state-motorcade",
        day: date = date(2018, 4, 27),
        road_book: RoadBook | None = None,
        **more: Any,
    ) -> RoadRuns:
        ends = {key: more.pop(key, None) for key in ("origin_end", "destination_end")}
        request = RoadRequest(
            leg_id="1",
            title=f"{origin} to {destination}",
            origin=ends["origin_end"] or PLACES[origin],
            destination=ends["destination_end"] or PLACES[destination],
            convoy=load_convoy(convoy),
            day=day,
            **more,
        )
        return drive(request, pack.road, pack.countries, road_book or book)

    return go
