"""The special convoy on a drawn route, for the tests of the rail leg."""

from __future__ import annotations

from functools import cache
from typing import Any

from retinue.rail.catalogue import load_vehicle
from retinue.rail.formation import Formation
from retinue.rail.leg import RailRequest, RailStop, TrainSeparation
from retinue.rail.rolling_stock import Locomotive
from retinue.rail.trains import load_train
from retinue.world.rail_route import RailRoute

#: 10 September 2023, 17:30 in Pyongyang.
DEPART_S = 1_694_334_600.0


@cache
def train(name: str) -> Formation:
    """Return a train of the catalogue, loaded once."""
    return load_train(name)


@cache
def diesels() -> tuple[Locomotive, ...]:
    """Return two M62 for 1520 mm."""
    engine = load_vehicle("m62")
    assert isinstance(engine, Locomotive)
    return (engine, engine)


def separation(name: str = "special-21", **changed: Any) -> TrainSeparation:
    """Return a train 20 min and two blocks away."""
    return TrainSeparation(train(name), **({"time_s": 1200.0, "blocks": 2} | changed))


def request(route: RailRoute, **changed: Any) -> RailRequest:
    """Return the special train at 60 km/h on a route, with what a test changes."""
    given: dict[str, Any] = {
        "leg_id": "leg-1",
        "title": "drawn",
        "route": route,
        "train": train("special-21"),
        "speed_cap_mps": 60.0 / 3.6,
    }
    return RailRequest(**(given | changed))


def exchange(at: str, **changed: Any) -> RailStop:
    """Return a stop for the break of gauge."""
    return RailStop(at, why="bogie exchange", locomotives=diesels(), **changed)
