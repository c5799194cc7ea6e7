"""The way of one train between two places, without a journey around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retinue.planner.records import end_of
from retinue.rail.leg import time_rail
from retinue.rail.leg_runs import run_rail
from retinue.rail.request import RailRequest
from retinue.rail.trains import load_train
from retinue.world.rail_route import RailRoute
from retinue.world.rail_routing import plan_route
from retinue.world.world import World

__all__ = ["FoundRoute", "find_route"]


@dataclass(frozen=True, eq=False)
class FoundRoute:
    """A route and the shortest running time of a train over it.

    Attributes
    ----------
    running_time_s
        In motion, without allowance and without stops.
    assumed
        What nobody published, a line each.
    """

    route: RailRoute
    train_name: str
    running_time_s: float
    energy_kwh: float
    assumed: tuple[str, ...]


def find_route(
    start: str, end: str, train: str, *, via: Sequence[str] = (), world: World | None = None
) -> FoundRoute:
    """Find the way of a train and run it.

    Raises
    ------
    InputError
        For an unknown place or train.
    NoPlan
        Where nothing connects the places, or the train does not fit; with reasons.
    """
    there = world or World()
    gazetteer = there.gazetteer({})
    origin = gazetteer.resolve(start, where="FROM")
    destination = gazetteer.resolve(end, where="TO")
    formation = load_train(train, where="--train")
    route = plan_route(
        there.line_book,
        there.pack.rail,
        end_of(origin),
        end_of(destination),
        via=[end_of(gazetteer.resolve(place, where="--via")) for place in via],
        countries=there.countries,
    )
    runs = run_rail(RailRequest("route", f"{origin.name} to {destination.name}", route, formation))
    result = time_rail(runs, 0.0)
    return FoundRoute(
        route=route,
        train_name=formation.name,
        running_time_s=result.running_time_s,
        energy_kwh=result.energy_kwh,
        assumed=tuple(
            f"{item.subject}: {item.what} {item.value} ({item.because})"
            for item in result.assumptions
        ),
    )
