"""Fronts of a convoy against its own calls and holds: who runs by another clock proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.checks.traffic_convoy import clock_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retinue.checks.traffic_convoy import Member
    from retinue.checks.traffic_ground import Ground
    from retinue.plan.traffic import TrafficRecord

__all__ = ["hold_faults"]

SLACK_S = 1.0
"""Holds are laid on the line's metres, fronts on the leg's: tails differ by their ratio."""

STATION_M = 1_000.0
"""A train that stands at a station has its front within so much of the station's middle."""


def hold_faults(record: TrafficRecord, members: tuple[Member, ...], ground: Ground) -> list[str]:
    """Return where a front is not what its train's calls and holds say."""
    return [
        fault for member in members for fault in (*_calls(record, member), *_holds(member, ground))
    ]


def _calls(record: TrafficRecord, member: Member) -> Iterator[str]:
    train = member.train
    if len(record.route) != len(train.calls):
        yield f"{train.id} calls at {len(train.calls)} places, its way has {len(record.route)}"
        return
    for place, call in zip(record.route, train.calls, strict=True):
        if place.place != call.place:
            yield f"{train.id} calls at {call.place} where its way has {place.place}"
        elif not member.first_m <= place.at_m <= member.last_m:
            continue  # the leg begins and ends between stations
        elif call.stops:
            for moment in (call.arrive_utc, call.depart_utc):
                at = float(np.interp(moment, member.time_s, member.at_m))
                if abs(at - place.at_m) > STATION_M:
                    yield (
                        f"{train.id} stops at {call.place} at {clock_text(moment)}, its front is "
                        f"{abs(at - place.at_m):.0f} m away"
                    )
        else:
            late = member.comes(place.at_m) - call.arrive_utc
            if abs(late) > SLACK_S:
                yield (
                    f"{train.id} passes {call.place} at {clock_text(call.arrive_utc)}, its front "
                    f"{abs(late):.0f} s {'later' if late > 0 else 'earlier'}"
                )


def _holds(member: Member, ground: Ground) -> Iterator[str]:
    train = member.train
    spans: dict[int, list[tuple[float, float]]] = {}
    for held in train.passes:
        spans.setdefault(held.resource, []).append((held.from_utc, held.to_utc))
    for stretch in ground.blocks:
        begin, end = member.enters(stretch.from_m), member.tail_out(stretch.to_m)
        here = spans.get(stretch.resource, [])
        if not any(a <= begin + SLACK_S and end - SLACK_S <= b for a, b in here):
            yield (
                f"{train.id} is on {ground.places[stretch.resource].name} from "
                f"{clock_text(begin)} to {clock_text(end)} and does not hold it so long"
            )
