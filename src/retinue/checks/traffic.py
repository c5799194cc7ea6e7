"""No two trains hold what only one can hold, however the paths were found.

Everything is derived anew from the plain record: a resource, how many trains it takes, and when
each train holds it.  A sweep over begins and ends counts who is there; nothing of the search is
used.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.traffic import (
        AlteredTrain,
        ResourceRecord,
        TrafficRecord,
        TrainCall,
        TrainPass,
        TrainPath,
    )

__all__ = ["check_traffic"]

#: Files keep whole seconds where they can; two roundings may meet.
_SLACK_S = 0.01
_ROUNDING_S = 1.0


def check_traffic(record: TrafficRecord) -> Finding:
    """Check that trains and resources of a record go together.

    Faults named: unknown or doubled resource or train, a hold that ends before it begins, more
    trains on a resource than it takes (with both trains, place, time and seconds), less than the
    minimum gap, a train longer than every track it may stand on, times of one train that run
    backwards, a dwell below its minimum, and altered trains whose record contradicts their path.
    """
    faults: list[str] = []
    places = {place.id: place for place in record.resources}
    faults += _doubled("resource", [str(place.id) for place in record.resources])
    faults += _doubled("train", [train.id for train in record.trains])
    holds: dict[int, list[tuple[TrainPath, TrainPass]]] = {}
    for train in record.trains:
        faults += _times(train)
        for held in train.passes:
            if held.resource not in places:
                faults.append(f"{train.id} holds resource {held.resource}, which is not listed")
            elif held.to_utc < held.from_utc:
                faults.append(
                    f"{train.id} leaves {places[held.resource].name} before it comes "
                    f"({_clock(held.to_utc)} before {_clock(held.from_utc)})"
                )
            else:
                holds.setdefault(held.resource, []).append((train, held))
    known = {(frozenset((one, two)), place) for one, two, place in record.known_overlaps}
    for number in sorted(holds):
        faults += _overlaps(places[number], holds[number], record.minimum_gap_s, known)
        faults += _too_long(places[number], holds[number])
    faults += _altered(record)
    count = sum(len(train.passes) for train in record.trains)
    looked_at = (
        f"{counted(len(record.trains), 'train')}, {counted(len(record.resources), 'resource')},"
        f" {counted(count, 'hold')}, "
        f"{counted(len(record.altered), 'altered train')} ({record.view})"
    )
    return Finding("traffic", looked_at, tuple(faults))


def _doubled(what: str, names: list[str]) -> list[str]:
    return [f"{what} {name} is listed {n} times" for name, n in Counter(names).items() if n > 1]


def _clock(moment: float) -> str:
    whole = round(moment)
    return f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}Z"


def _times(train: TrainPath) -> list[str]:
    faults = []
    for call in train.calls:
        if call.depart_utc < call.arrive_utc - _SLACK_S:
            faults.append(f"{train.id} departs from {call.place} before it arrives")
        elif call.stops and call.depart_utc - call.arrive_utc < call.minimum_dwell_s - _ROUNDING_S:
            faults.append(
                f"{train.id} stands {call.depart_utc - call.arrive_utc:.0f} s at {call.place}, "
                f"its least is {call.minimum_dwell_s:.0f} s"
            )
    faults += [
        f"{train.id} arrives at {two.place} before it departs from {one.place}"
        for one, two in pairwise(train.calls)
        if two.arrive_utc < one.depart_utc - _SLACK_S
    ]
    return faults


def _overlaps(
    place: ResourceRecord,
    holds: list[tuple[TrainPath, TrainPass]],
    gap_s: float,
    known: set[tuple[frozenset[str], int]],
) -> list[str]:
    """Return a fault for every train that comes while the resource is full.

    The gap counts after each hold, between trains that are not the same one.
    """
    faults = []
    listed = sorted(holds, key=lambda h: (h[1].from_utc, h[1].to_utc, h[0].id))
    present: list[tuple[TrainPath, TrainPass]] = []
    for train, held in listed:
        present = [
            (other, pass_)
            for other, pass_ in present
            if pass_.to_utc + gap_s > held.from_utc + _SLACK_S
        ]
        if held.to_utc - held.from_utc > _SLACK_S:
            others = {other.id: (other, pass_) for other, pass_ in present if other.id != train.id}
            if len(others) >= place.capacity and not _excused(place, train, others, known):
                faults.append(_told(place, train, held, list(others.values())))
            present.append((train, held))
    return faults


def _excused(
    place: ResourceRecord,
    train: TrainPath,
    others: dict[str, tuple[TrainPath, TrainPass]],
    known: set[tuple[frozenset[str], int]],
) -> bool:
    """Return whether the published timetable itself has this overlap, no special train in it."""
    if train.special or any(other.special for other, _ in others.values()):
        return False
    unknown = [name for name in others if (frozenset((train.id, name)), place.id) not in known]
    return len(unknown) < place.capacity


def _told(
    place: ResourceRecord,
    train: TrainPath,
    held: TrainPass,
    others: list[tuple[TrainPath, TrainPass]],
) -> str:
    other, first = max(others, key=lambda o: (o[1].to_utc, o[0].id))
    seconds = min(first.to_utc, held.to_utc) - held.from_utc
    if place.kind == "station":
        kind = f"{len(others) + 1} trains on {place.capacity} tracks"
    elif place.kind == "junction":
        kind = "crossing ways"
    else:
        kind = "opposing" if first.direction * held.direction < 0 else "spacing"
    lasting = f"for {seconds:.0f} s" if seconds > 0.0 else f"{-seconds:.0f} s apart, too little"
    return (
        f"{kind}: {other.id} and {train.id} at {place.name} from {_clock(held.from_utc)} {lasting}"
    )


def _too_long(place: ResourceRecord, holds: list[tuple[TrainPath, TrainPass]]) -> list[str]:
    """Return a fault for each train that stands where no track is left that is long enough."""
    tracks = sorted(place.track_lengths_m, reverse=True)
    if place.kind != "station" or len(tracks) < place.capacity or any(m != m for m in tracks):
        return []
    faults = []
    standing = [(train, held) for train, held in holds if held.standing]
    for train, held in standing:
        beside = [
            other.length_m
            for other, pass_ in standing
            if pass_.from_utc <= held.from_utc < pass_.to_utc and other.id != train.id
        ]
        lengths = sorted([train.length_m, *beside], reverse=True)
        if any(length > track + 0.5 for length, track in zip(lengths, tracks, strict=False)):
            faults.append(
                f"{train.id} ({train.length_m:.0f} m) stands at {place.name} from "
                f"{_clock(held.from_utc)}, where no track is long enough"
            )
    return faults


def _altered(record: TrafficRecord) -> list[str]:
    faults = []
    paths = {train.id: train for train in record.trains}
    faults += _doubled("altered train", [change.id for change in record.altered])
    for change in record.altered:
        path = paths.get(change.id)
        if change.measure == "cancelled":
            if path is not None and path.passes:
                faults.append(f"{change.id} is cancelled and still holds the line")
            continue
        if path is None:
            faults.append(f"{change.id} is {change.measure} and has no path")
            continue
        if path.special:
            faults.append(f"{change.id} is the special train and cannot be an altered one")
        if _public(change.new_calls) != _public(path.calls):
            faults.append(f"{change.id}: its new times are not those of its path")
        faults += _delays(change)
    return faults


def _public(calls: tuple[TrainCall, ...]) -> list[tuple[str, int, int]]:
    return [
        (call.place, round(call.arrive_utc), round(call.depart_utc)) for call in calls if call.stops
    ]


def _delays(change: AlteredTrain) -> list[str]:
    faults = []
    old = [call for call in change.old_calls if call.stops]
    new = [call for call in change.new_calls if call.stops]
    if not old or not new:
        return [f"{change.id}: its old or its new times are missing"]
    times = {call.place: call for call in old}
    faults += [
        f"{change.id} departs from {call.place} at {_clock(call.depart_utc)}, before its published "
        f"{_clock(times[call.place].depart_utc)}"
        for call in new[:-1]
        if call.place in times
        and [c.place for c in old].count(call.place) == 1
        and call.depart_utc < times[call.place].depart_utc - _ROUNDING_S
    ]
    if old[-1].place == new[-1].place:
        delay = max(0.0, new[-1].arrive_utc - old[-1].arrive_utc)
        if abs(delay - change.delay_s) > _ROUNDING_S:
            faults.append(
                f"{change.id} is {delay:.0f} s late at {new[-1].place}, not {change.delay_s:.0f} s"
            )
    return faults
