"""A rail leg of a plan among other trains: its path, what it costs, and the leg timed by it.

::

    StagedLeg.runs --> InsertionRequest --> FoundPath --> RailRequest with ceilings and stands
       (rail)              (traffic)         (traffic)         --> RailRuns --> RailLegResult
                                                                 (rail: the same engine)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError, NoPlan, Reason
from retinue.plan.train_path import AdoptedPath, PathCeiling, PathStand, PathVia
from retinue.planner.adopted_path import retimed
from retinue.rail.even_share import even_share
from retinue.rail.leg import RailLegResult, time_rail
from retinue.rail.leg_clock import leg_clock
from retinue.rail.leg_runs import run_rail
from retinue.traffic.anchor import anchor
from retinue.traffic.insertion import (
    FoundPath,
    InsertionRequest,
    Prepared,
    SpecialSection,
    SpecialStand,
    SpecialStop,
    prepare,
)
from retinue.traffic.way_holds import Convoy, lag_choices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retinue.plan import Leg, Plan
    from retinue.plan.restrictions import LegRestriction
    from retinue.planner.leg_restrictions import LegRestrictions
    from retinue.planner.planner import Planner
    from retinue.rail.leg_runs import RailRuns
    from retinue.rail.request import TrainSeparation
    from retinue.rail.slow_stretch import SlowStretch
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.rules import RuleSet
    from retinue.traffic.traffic import Traffic

__all__ = [
    "TrafficPath",
    "adopted_path",
    "check_kept",
    "leg_runs_of",
    "prepared_leg",
    "timed_on",
    "traffic_path",
    "under_restrictions",
]

EASE_S = 60.0
"""A path without waiting is taken where it arrives no later than this after the best."""

LAG_ROUNDS = 4

GREATEST_LAG = 1.5
"""The convoy may be drawn out to so many times its own lags (an estimate of this project)."""

LEAD_S = 0.5
"""Lags are whole seconds."""

KEPT_S = 1.0
"""A plan shows whole seconds of a motion that is a polyline: so much is the same."""


@dataclass(frozen=True, eq=False)
class TrafficPath:
    """A leg's path among other trains.

    Attributes
    ----------
    runs, timed
        The leg run again with the path's ceilings and stands, and put on the clock.
    """

    prepared: Prepared
    found: FoundPath
    runs: RailRuns
    timed: RailLegResult


def leg_runs_of(planner: Planner, plan: Plan, number: int | None = None) -> tuple[str, RailRuns]:
    """Return id and runs of a rail leg of a plan.

    Parameters
    ----------
    number
        Of the leg, from 1; None: the only rail leg.

    Raises
    ------
    InputError
        Where the plan has no such leg, or several.
    """
    rails = [i for i, leg in enumerate(plan.legs, 1) if leg.mode == "rail"]
    if number is None:
        if len(rails) != 1:
            what = "no rail leg" if not rails else f"{len(rails)} rail legs"
            raise InputError(
                f"the plan has {what}",
                where="--leg",
                cure="Name one: " + ", ".join(map(str, rails)) + "." if rails else "",
            )
        number = rails[0]
    if number not in rails:
        raise InputError(f"leg {number} is no rail leg of the plan", where="--leg")
    staged = planner.stages(plan)[number - 1]
    assert staged.runs is not None
    return staged.id, staged.runs


def prepared_leg(
    runs: RailRuns,
    network: LineNetwork,
    rules: RuleSet,
    blocking: BlockingRules,
    depart: tuple[float, float],
    *,
    lags: tuple[float, float] | None = None,
    may_wait: bool = True,
) -> Prepared:
    """Prepare the search of a rail leg's path.

    Parameters
    ----------
    depart
        Window of the main train's departure, Unix seconds.
    lags
        Seconds that the advance and the following train keep; None: those of the leg's own plan.
        They may grow to `GREATEST_LAG` times that, and to what journey and policy allow at most.

    Raises
    ------
    NoPlan
        Where the timetable does not cover the leg, or the advance train is farther ahead than the
        policy allows.
    """
    request = runs.request
    route = request.route
    on = anchor(network, route.lat_deg, route.lon_deg, route.distance_m)
    way, place_m = on.way, on.place_m
    clock = leg_clock(runs, depart[0], ())
    ahead, behind = _lags(runs, depart[0]) if lags is None else lags
    if ahead > rules.advance_at_most_s + LEAD_S:
        raise _too_far_ahead(request.title, ahead, rules)
    most = (
        min(_at_most(request.advance), rules.advance_at_most_s),
        _at_most(request.following),
    )
    sections = []
    for section in runs.sections:
        train = section.main
        assert train.whole is not None
        share = even_share(train.dynamics, train.path, train.planned, request.speed_cap_mps)
        sections.append(
            SpecialSection(train.dynamics, train.whole, section.from_m, section.to_m, share)
        )
    stops = tuple(
        SpecialStop(
            standing.entry.distance_m,
            least_s=_least_s(standing.asked.until_s, times.arrive_s, times.depart_s),
            depart=(standing.asked.until_s or -np.inf, np.inf),
        )
        for standing, times in zip(runs.standings, clock.main.stops, strict=True)
    )
    convoy = Convoy(
        max(s.main.formation.length_m for s in runs.sections),
        ahead,
        behind,
        request.advance.formation.length_m if request.advance else 0.0,
        request.following.formation.length_m if request.following else 0.0,
        nothing_between="nothing between" in rules.on,
    )
    wish = InsertionRequest(
        way,
        place_m,
        tuple(sections),
        convoy,
        depart,
        arrive=(-np.inf, np.inf if request.arrive_at_s is None else request.arrive_at_s),
        stops=stops,
        may_wait=may_wait,
        speed_cap_mps=request.speed_cap_mps,
        other_lags=lag_choices(
            (ahead, min(GREATEST_LAG * ahead, np.floor(most[0]))),
            (behind, min(GREATEST_LAG * behind, np.floor(most[1]))),
        ),
        lags_change=False,
    )
    return prepare(wish, network, rules, blocking)


def _at_most(asked: TrainSeparation | None) -> float:
    """Return the greatest separation that the journey accepts; inf: any."""
    return np.inf if asked is None or asked.at_most_s is None else asked.at_most_s


def _too_far_ahead(title: str, ahead_s: float, rules: RuleSet) -> NoPlan:
    policy = f"policy {rules.policy}" if rules.policy else "policy"
    what = (
        f"the advance train would run up to {ahead_s / 60.0:.1f} min ahead of the main train, the "
        f"{policy} allows {rules.advance_at_most_s / 60.0:.1f} min"
    )
    return NoPlan(
        f"no path for {title}: {what}",
        reasons=[Reason(what, "", "", "policy")],
        cure="Have the advance train run closer (`advance train: {time: ...}`), wait less"
        " (--no-waiting), or name a policy that lets it lead by more.",
    )


def _least_s(until_s: float | None, arrive_s: float, depart_s: float) -> float:
    """Return how long a stop lasts, apart from waiting for a moment."""
    return depart_s - arrive_s if until_s is None else 0.0


def _lags(runs: RailRuns, depart_s: float) -> tuple[float, float]:
    """Return the greatest gaps of advance and following train to the main train."""
    convoy = leg_clock(runs, depart_s, ()).convoy

    def greatest(role: str) -> float:
        gaps = [c.gap_s for r, c in convoy.items() if r == role]
        return float(np.ceil(max((g.max() for gap in gaps for g in gap), default=0.0)))

    return greatest("advance"), greatest("following")


def traffic_path(
    runs: RailRuns,
    traffic: Traffic,
    rules: RuleSet,
    blocking: BlockingRules,
    depart: tuple[float, float],
    *,
    may_wait: bool = True,
    restricted: LegRestrictions | None = None,
) -> tuple[Prepared, TrafficPath | None]:
    """Find a leg's path among other trains and time the leg by it.

    Where slower running or waiting stretches the convoy beyond the lags that were searched with,
    the search is made again with the longer ones; so it is where the path meets temporary speed
    restrictions that it was not searched under.

    Raises
    ------
    NoPlan
        Where the timetable does not cover the leg.
    """
    slow: tuple[SlowStretch, ...] = ()
    if restricted is not None:
        runs = restricted.running(_run_with(runs), depart[0], ())
        slow = runs.request.slow
    lags = _lags(runs, depart[0])
    prepared = None
    rounds = LAG_ROUNDS
    while rounds > 0:
        rounds -= 1
        prepared = prepared_leg(
            runs, traffic.network, rules, blocking, depart, lags=lags, may_wait=may_wait
        )
        found = prepared.find(traffic, ease_s=EASE_S)
        if found is None:
            return prepared, None
        again = retimed(runs, adopted_path(prepared, found))
        if restricted is not None:
            further = restricted.met(time_rail(again, found.depart_s).movements, slow)
            if further != slow:
                # There are no more such laps than restrictions.
                slow, rounds = further, LAG_ROUNDS
                runs = _run_with(runs)(slow)
                lags = _lags(runs, depart[0])
                continue
        kept = _lags(again, found.depart_s)
        searched = found.convoys[0]
        if kept[0] <= searched.advance_s + 0.5 and kept[1] <= searched.following_s + 0.5:
            return prepared, TrafficPath(prepared, found, again, time_rail(again, found.depart_s))
        lags = max(lags[0], kept[0]), max(lags[1], kept[1])
    assert prepared is not None
    return prepared, None


def under_restrictions(runs: RailRuns, restricted: LegRestrictions, depart_s: float) -> RailRuns:
    """Return a leg's runs under the speed restrictions that it meets when it departs then."""
    return restricted.running(_run_with(runs), depart_s, ())


def timed_on(runs: RailRuns, path: AdoptedPath) -> RailLegResult:
    """Return a leg on the clock by its path."""
    return time_rail(retimed(runs, path), path.depart_utc)


def _run_with(runs: RailRuns) -> Callable[[tuple[SlowStretch, ...]], RailRuns]:
    return lambda slow: run_rail(replace(runs.request, slow=slow)) if slow else runs


def adopted_path(
    prepared: Prepared,
    found: FoundPath,
    *,
    leg: str = "",
    feed: str = "",
    date: str = "",
    restrictions: Sequence[LegRestriction] = (),
    via: Sequence[PathVia] = (),
    distance_m: float = 0.0,
) -> AdoptedPath:
    """Return what a plan keeps of a path found.

    Parameters
    ----------
    via, distance_m
        Where it was found on another way than the leg's own: what the leg passes, and its length.
    """
    network, way = prepared.network, prepared.request.way
    convoy = found.convoys[0]
    drawn_out = convoy != prepared.request.convoy
    least = {round(stop.at_m, 3): stop.least_s for stop in prepared.request.stops}

    def stand(one: SpecialStand) -> PathStand:
        station = network.stations[int(way.nodes[one.node])]
        return PathStand(
            id=str(station.id),
            place=station.name,
            at_m=one.at_m,
            lat=station.lat,
            lon=station.lon,
            zone=station.zone,
            arrive_utc=one.arrive_s,
            depart_utc=one.depart_s,
            asked=one.asked,
            least_s=least.get(round(one.at_m, 3), 0.0),
        )

    return AdoptedPath(
        leg=leg,
        feed=feed,
        date=date,
        view=network.view,
        stands=tuple(map(stand, found.stands)),
        ceilings=tuple(
            PathCeiling(from_m=begin, to_m=end, at_most_mps=speed)
            for begin, end, speed in found.ceilings
        ),
        restrictions=tuple(restrictions),
        shares=tuple((part.from_m, part.share) for part in prepared.request.sections),
        advance_s=convoy.advance_s if drawn_out else 0.0,
        following_s=convoy.following_s if drawn_out else 0.0,
        via=tuple(via),
        distance_m=distance_m if via else 0.0,
    )


def check_kept(leg: Leg, prepared: Prepared, found: FoundPath) -> None:
    """Refuse a leg of a plan that does not run as the path that was found for it.

    Raises
    ------
    NoPlan
        With every place where it is earlier or later.
    """
    main = leg.main
    way = prepared.request.way
    stands = {round(stand.at_m, 1): stand for stand in found.stands}
    stops = {round(stop.distance_m, 1): stop for stop in main.stops}
    off: list[tuple[str, float]] = []
    for node, at in zip(way.nodes, prepared.request.place_m, strict=True):
        name = prepared.network.stations[int(node)].name
        if round(float(at), 1) not in stands:
            here = float(np.interp(at, main.distance_m, main.time_s))
            off.append((name, here - found.front_at(float(at))))
    for place, stand in stands.items():
        name = prepared.network.stations[int(way.nodes[stand.node])].name
        if stand is found.stands[0]:
            off.append((name, leg.depart_utc - stand.depart_s))
        elif stand is found.stands[-1]:
            off.append((name, leg.arrive_utc - stand.arrive_s))
        elif place not in stops:
            off.append((name, float("inf")))
        else:
            off.append((name, stops[place].arrive_s - stand.arrive_s))
            off.append((name, stops[place].depart_s - stand.depart_s))
    wrong = [(name, later) for name, later in off if abs(later) > KEPT_S]
    if wrong:
        raise NoPlan(
            f"the plan does not keep the path found for {leg.title}",
            reasons=[
                Reason(
                    f"at {name} it is {abs(later):.1f} s {'later' if later > 0 else 'earlier'}"
                    if np.isfinite(later)
                    else f"it does not stand at {name}",
                    name,
                    kind="path",
                )
                for name, later in wrong
            ],
            cure="Remove what holds the leg to other times: a departure that was observed, or"
            " one of its own.",
        )
