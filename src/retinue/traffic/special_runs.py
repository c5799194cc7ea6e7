"""The special convoy as runs of the traffic, and the traffic with it and with altered trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.coupling import held_once
from retinue.traffic.occupation import Occupations
from retinue.traffic.occupying import Profile, occupy_way
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import Call, TrainRun

if TYPE_CHECKING:
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.insertion import FoundPath, Prepared

__all__ = ["SpecialRun", "front_profile", "special_runs", "traffic_with"]

ROLES = ("advance", "main", "following")


@dataclass(frozen=True, eq=False)
class SpecialRun:
    """One train of the convoy.

    Attributes
    ----------
    profile
        Its front as the engine runs the main train, shifted by the lag.
    """

    role: str
    run: TrainRun
    profile: Profile


def special_runs(prepared: Prepared, found: FoundPath, name: str) -> list[SpecialRun]:
    """Return the trains of the convoy, in the order of their running."""
    way = prepared.request.way
    place = prepared.request.place_m
    convoys = found.convoys or (prepared.request.convoy,) * (len(found.stands) - 1)
    stand_at = {stand.node: number for number, stand in enumerate(found.stands)}
    here, of_run = found.fronts_at(place), found.run_at(place)
    made = []
    for member, (first_lag, length) in enumerate(convoys[0].members):
        lags = [convoy.members[member][0] for convoy in convoys]
        role = "main" if first_lag == 0.0 else "advance" if first_lag < 0.0 else "following"
        calls = []
        for position, node in enumerate(way.nodes):
            number = stand_at.get(position)
            come = leave = lags[int(of_run[position])]
            arrive = depart = float(here[position])
            if number is not None:
                stand = found.stands[number]
                arrive, depart = stand.arrive_s, stand.depart_s
                come, leave = lags[max(number - 1, 0)], lags[min(number, len(lags) - 1)]
            calls.append(
                Call(int(node), arrive + come, depart + leave, number is not None, timed="engine")
            )
        x, t = front_profile(found, lags, place)
        # From chainages of the leg to metres of the way, whose scale changes at every node.
        at_way = np.interp(x, place, way.node_m)
        run = TrainRun(
            f"{name}-{role}",
            "special",
            f"{name}, {role} train",
            0.0,
            length,
            float(max(r.speed_mps.max() for d in found.drives for r in d.runs)),
            tuple(calls),
            way.steps,
            "special train",
        )
        made.append(SpecialRun(role, run, Profile(at_way, t)))
    return made


def front_profile(
    found: FoundPath, lags: Sequence[float] = (), place_m: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return a train's front: chainages of the leg, and Unix seconds.

    Parameters
    ----------
    lags
        Seconds behind the main train between each two stands; empty: the main train itself.
    place_m
        Chainages that are among those returned: at a steady speed the motion itself has none
        for many kilometres.
    """
    places, times = [], []
    runs = [run for made in found.drives for run in made.runs]
    for run, stand, lag in zip(runs, found.stands[:-1], lags or [0.0] * len(runs), strict=True):
        distance, seconds = run.polyline(0.05)
        if place_m is not None:
            inside = place_m - stand.at_m
            inside = inside[(inside > 0.0) & (inside < distance[-1])]
            added = np.setdiff1d(inside, distance)
            seconds = np.concatenate((seconds, np.interp(added, distance, seconds)))
            distance = np.concatenate((distance, added))
            order = np.argsort(distance, kind="stable")
            distance, seconds = distance[order], seconds[order]
        places.append(distance + stand.at_m)
        times.append(seconds + stand.depart_s + lag)
    return np.concatenate(places), np.concatenate(times)


def traffic_with(
    traffic: Traffic,
    blocking: BlockingRules,
    specials: Sequence[SpecialRun] = (),
    altered: Mapping[int, TrainRun | None] | None = None,
) -> Traffic:
    """Return the traffic with the special convoy and with trains that were altered.

    Parameters
    ----------
    altered
        By number the new run; None: it is cancelled and holds nothing.  Numbers stay as they are;
        the special trains come after the runs.
    """
    network, held = traffic.network, traffic.occupations
    changed = dict(altered or {})
    count = len(traffic.runs)
    stays = held.rows(~np.isin(held.train, np.array(sorted(changed), np.int32)))
    shift = np.where(stays.train >= count, len(specials), 0).astype(np.int32)
    parts = [replace(stays, train=(stays.train + shift).astype(np.int32))]
    runs = list(traffic.runs)
    for number, run in sorted(changed.items()):
        if run is None:
            continue
        same_way = run.steps == runs[number].steps
        runs[number] = run
        way = network.along(run.steps)
        rows = occupy_way(network, number, run, way, Profile.of_run(run, way), blocking)
        if number in traffic.coupled and same_way:
            rows = rows.rows(held_once(traffic.coupled[number], way.step, way.node))
        parts.append(rows)
    for number, special in enumerate(specials, count):
        way = network.along(special.run.steps)
        parts.append(occupy_way(network, number, special.run, way, special.profile, blocking))
    return replace(
        traffic,
        runs=(*runs, *(special.run for special in specials)),
        occupations=Occupations.joined(parts).by_resource(),
    )
