"""The way of one train between two places, without a journey around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.plan.records import JsonDict
from retinue.planner.records import end_of
from retinue.rail.leg import time_rail
from retinue.rail.leg_runs import run_rail
from retinue.rail.request import RailRequest
from retinue.rail.trains import load_train
from retinue.world.rail_route import RailRoute
from retinue.world.rail_routing import plan_route
from retinue.world.world import World

if TYPE_CHECKING:
    from retinue.planner.combined_route import CombinedRoute
    from retinue.planner.other_routes import OtherRoute

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
    unknown
        What could not be checked, a line each.
    way_ids, node_ids
        Of the extract, in order; empty without a world at track level.
    sites
        Along the parts over mapped tracks, as in ``plan.sites``.
    reserve
        To the longest part over mapped tracks: what shares least with it.
    alternatives
        To the same part, dissimilar to it and to each other.
    choice_gap_s
        By how much at most a way over the tracks that was not simulated could be faster.
    """

    route: RailRoute
    train_name: str
    running_time_s: float
    energy_kwh: float
    assumed: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    way_ids: tuple[int, ...] = ()
    node_ids: tuple[int, ...] = ()
    sites: tuple[JsonDict, ...] = ()
    reserve: OtherRoute | None = None
    alternatives: tuple[OtherRoute, ...] = ()
    choice_gap_s: float = 0.0


def find_route(
    start: str,
    end: str,
    train: str,
    *,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    alternatives: int = 0,
    world: World | None = None,
) -> FoundRoute:
    """Find the way of a train and run it.

    Parameters
    ----------
    avoid
        Lines; over mapped tracks also ``lat,lon,radius``.
    alternatives
        How many dissimilar ways beside the best; only over mapped tracks.
    world
        With one at track level the way runs over its tracks where it has them, and a
        reserve is looked for.

    Raises
    ------
    InputError
        For an unknown place, train or line.
    NoPlan
        Where nothing connects the places, or the train does not fit; with reasons.
    """
    there = world or World()
    gazetteer = there.gazetteer({})
    origin = gazetteer.resolve(start, where="FROM")
    destination = gazetteer.resolve(end, where="TO")
    vias = [gazetteer.resolve(place, where="--via") for place in via]
    formation = load_train(train, where="--train")
    combined: CombinedRoute | None = None
    if there.tracks is not None:
        from retinue.planner.combined_route import combined_route

        combined = combined_route(there, formation, [origin, *vias, destination], avoid=avoid)
        route, path = combined.route, combined.path
    else:
        if alternatives:
            raise InputError(
                "alternatives are looked for on mapped tracks only",
                where="--alternatives",
                cure="Name a world: --world NAME.world.",
            )
        route, path = (
            plan_route(
                there.line_book,
                there.pack.rail,
                end_of(origin),
                end_of(destination),
                via=[end_of(place) for place in vias],
                forbidden_lines=avoid,
                countries=there.countries,
            ),
            None,
        )
    title = f"{origin.name} to {destination.name}"
    runs = run_rail(RailRequest("route", title, route, formation, path=path))
    result = time_rail(runs, 0.0)
    found = FoundRoute(
        route=route,
        train_name=formation.name,
        running_time_s=result.running_time_s,
        energy_kwh=result.energy_kwh,
        assumed=tuple(
            f"{item.subject}: {item.what} {item.value} ({item.because})"
            for item in result.assumptions
        ),
        unknown=runs.unknown,
    )
    if combined is None or not combined.tracks:
        return found
    from retinue.planner.other_routes import with_tracks

    return with_tracks(found, there, formation, combined, alternatives)
