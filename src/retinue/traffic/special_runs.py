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
    way, convoy = prepared.request.way, prepared.request.convoy
    place = prepared.request.place_m
    stand_at = {stand.node: stand for stand in found.stands}
    x, t = front_profile(found)
    # From chainages of the leg to metres of the way.
    at_way = np.interp(x, place, way.node_m)
    made = []
    for lag, length in convoy.members:
        role = "main" if lag == 0.0 else "advance" if lag < 0.0 else "following"
        calls = []
        for position, node in enumerate(way.nodes):
            stand = stand_at.get(position)
            here = found.front_at(float(place[position]))
            arrive, leave = (here, here) if stand is None else (stand.arrive_s, stand.depart_s)
            calls.append(
                Call(int(node), arrive + lag, leave + lag, stand is not None, timed="engine")
            )
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
        made.append(SpecialRun(role, run, Profile(at_way, t + lag)))
    return made


def front_profile(found: FoundPath) -> tuple[np.ndarray, np.ndarray]:
    """Return the main train's front: chainages of the leg, and Unix seconds."""
    places, times = [], []
    runs = [run for made in found.drives for run in made.runs]
    for run, stand in zip(runs, found.stands[:-1], strict=True):
        distance, seconds = run.polyline(0.05)
        places.append(distance + stand.at_m)
        times.append(seconds + stand.depart_s)
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
