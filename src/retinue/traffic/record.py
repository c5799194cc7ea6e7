"""The plain record of a traffic, for the plan and for the independent checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.traffic import (
    AlteredTrain,
    ResourceRecord,
    TrafficRecord,
    TrainCall,
    TrainPass,
    TrainPath,
)
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.occupation import STANDING
from retinue.traffic.resource import KIND_NAMES, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.occupation import Occupations
    from retinue.traffic.traffic import Traffic
    from retinue.traffic.train_run import TrainRun

__all__ = ["known_overlaps", "traffic_record", "train_calls"]


def train_calls(network: LineNetwork, run: TrainRun) -> tuple[TrainCall, ...]:
    """Return the calls of a run at stations and halts; junctions are no places for people."""
    return tuple(
        TrainCall(
            place=network.stations[call.node].name,
            arrive_utc=call.arrive_s,
            depart_utc=call.depart_s,
            stops=call.stops,
            minimum_dwell_s=call.minimum_dwell_s if call.stops else 0.0,
        )
        for call in run.calls
        if network.stations[call.node].kind != "junction"
    )


def known_overlaps(traffic: Traffic) -> tuple[tuple[str, str, int], ...]:
    """Return the overlaps that the timetable itself has on this view of the network.

    At a station with more trains than tracks all pairs that are there at once are named.
    """
    held = traffic.occupations
    found = find_conflicts(traffic.network, held)
    pairs: set[tuple[int, int, int]] = set()
    begin_of = np.searchsorted(held.resource, np.arange(len(traffic.network.resources) + 1))
    for i in range(len(found)):
        place, comer = int(found.resource[i]), int(found.comer[i])
        rows = slice(int(begin_of[place]), int(begin_of[place + 1]))
        at = float(found.from_s[i])
        there = (held.from_s[rows] <= at) & (held.to_s[rows] > at)
        for other in held.train[rows][there].tolist():
            if other != comer:
                pairs.add((min(other, comer), max(other, comer), place))
    ids = traffic.holder_names
    return tuple((ids[one], ids[two], place) for one, two, place in sorted(pairs))


def traffic_record(
    traffic: Traffic,
    *,
    feed: str = "",
    date: str = "",
    specials: Mapping[str, str] | None = None,
    known: Sequence[tuple[str, str, int]] = (),
    altered: Sequence[AlteredTrain] = (),
    assumptions: Sequence[str] = (),
    minimum_gap_s: float = 0.0,
) -> TrafficRecord:
    """Return the record of a traffic.

    Parameters
    ----------
    traffic
        Runs and occupations, the special convoy's among them.
    specials
        Role (advance, main, following) of each run of the special convoy, by id.
    known
        Overlaps of the published timetable (`known_overlaps` of the traffic before).
    """
    network, held = traffic.network, traffic.occupations
    rows_of = np.argsort(held.train, kind="stable")
    ends = np.searchsorted(held.train[rows_of], np.arange(len(traffic.holder_names) + 1))
    trains = []
    roles = specials or {}

    def passes(number: int) -> tuple[TrainPass, ...]:
        rows = rows_of[ends[number] : ends[number + 1]]
        return _passes(held, rows[np.argsort(held.from_s[rows], kind="stable")])

    for number, run in enumerate(traffic.runs):
        trains.append(
            TrainPath(
                id=run.id,
                title=run.title,
                train_class=run.train_class,
                special=run.id in roles,
                role=roles.get(run.id, ""),
                passengers=run.passengers,
                length_m=run.length_m,
                dangerous_goods=run.dangerous_goods,
                calls=train_calls(network, run),
                passes=passes(number),
            )
        )
    placed = (entry.restriction for entry in traffic.restrictions)
    possessions = tuple(f"possession {rule.id} ({rule.sender}" for rule in placed)
    for number, title in enumerate(traffic.work, len(traffic.runs)):
        work = TrainPath(
            id=title, title=title, train_class="work", length_m=0.0, calls=(),
            passes=passes(number),
            work="possession" if title.startswith(possessions) else "protection",
        )  # fmt: skip
        trains.append(work)
    return TrafficRecord(
        view=network.view,
        feed=feed,
        date=date,
        minimum_gap_s=minimum_gap_s,
        resources=tuple(
            ResourceRecord(
                id=place.id,
                kind=_KINDS[place.kind],
                name=place.name,
                capacity=place.capacity,
                track_lengths_m=place.track_lengths_m,
                lat=place.lat,
                lon=place.lon,
                source=place.source,
            )
            for place in network.resources
        ),
        trains=tuple(trains),
        altered=tuple(altered),
        known_overlaps=tuple(known),
        restrictions=tuple(entry.restriction.use for entry in traffic.restrictions),
        assumptions=tuple(assumptions),
    )


_KINDS = {Kind.BLOCK: "block", Kind.STATION: "station", Kind.JUNCTION: "junction"}
assert tuple(_KINDS.values()) == KIND_NAMES


def _passes(held: Occupations, rows: np.ndarray) -> tuple[TrainPass, ...]:
    return tuple(
        TrainPass(
            resource=int(held.resource[row]),
            from_utc=float(held.from_s[row]),
            to_utc=float(held.to_s[row]),
            direction=int(held.direction[row]),
            standing=bool(held.state[row] == STANDING),
        )
        for row in rows.tolist()
    )
