"""The world that flights are tested in, opened once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from retinue.air.aircraft_type import load_performance
from retinue.air.request import AirRequest
from retinue.air.reserves import load_rules
from retinue.world.countries import Countries
from retinue.world.pack import load_pack
from retinue.world.places import Gazetteer


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer(load_pack())


@pytest.fixture(scope="session")
def countries() -> Countries:
    return load_pack().countries


@pytest.fixture(scope="session")
def request_for(gazetteer: Gazetteer) -> Callable[..., AirRequest]:
    def make(origin: str, destination: str, aircraft: str = "il-62m", **more: Any) -> AirRequest:
        via = tuple(gazetteer.resolve(point) for point in more.pop("via", ()))
        performance = load_performance(aircraft)
        more.setdefault("rules", load_rules(None, performance.card.engine))
        more.setdefault("aerodromes", gazetteer.aerodromes)
        return AirRequest(
            "1-air",
            f"{origin} - {destination}",
            gazetteer.resolve(origin),
            gazetteer.resolve(destination),
            performance,
            via=via,
            **more,
        )

    return make
