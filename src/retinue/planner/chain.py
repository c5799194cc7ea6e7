"""Legs in time, one after the other, with a checked hand-over between each two."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text, parse_moment
from retinue.errors import InputError, NoPlan
from retinue.plan import Assumption, Event, Handover, Note
from retinue.planner.light import lit
from retinue.planner.staged import ObservedTime, StagedLeg, TimedLeg
from retinue.planner.transfer import Transfer, load_transfer_rules
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.journey import JourneyFile

__all__ = ["Chain", "chain_legs", "check_joined"]


@dataclass(frozen=True)
class Chain:
    """Timed legs with their hand-overs."""

    timed: tuple[TimedLeg, ...]
    handovers: tuple[Handover, ...]
    notes: tuple[Note, ...]
    assumptions: tuple[Assumption, ...]


def check_joined(legs: Sequence[StagedLeg], file: JourneyFile) -> None:
    """Refuse legs that do not meet.

    Raises
    ------
    InputError
        Where a leg begins elsewhere than the one before it ends.
    """
    within = load_transfer_rules().joined_within.distance
    for first, second in itertools.pairwise(legs):
        apart = float(
            distance_m(
                first.destination.lat, first.destination.lon, second.origin.lat, second.origin.lon
            )
        )
        if apart > within:
            raise InputError(
                f"this leg begins at {second.origin.name}, {apart / 1000:,.1f} km from"
                f" {first.destination.name} where the leg before it ends",
                where=file.where(*second.path),
                cure="Add a leg between the two, or begin it where the other ends.",
            )


def chain_legs(
    legs: Sequence[StagedLeg],
    depart_s: float,
    file: JourneyFile,
    observations: Mapping[str, Sequence[ObservedTime]],
    *,
    late_is_fault: bool,
) -> Chain:
    """Place legs in time from a departure.

    Parameters
    ----------
    observations
        Observed times by leg id.
    late_is_fault
        Whether a leg with a departure of its own that cannot be kept is a fault
        of the journey file (a fresh plan) or a delay to be shown (re-timing).

    Raises
    ------
    InputError
        Where a leg is asked to depart before the one before it has handed over.
    NoPlan
        Where a leg's hour forbids it.
    """
    timed: list[TimedLeg] = []
    handovers: list[Handover] = []
    notes: list[Note] = []
    assumptions: list[Assumption] = []
    start = depart_s
    for index, staged in enumerate(legs):
        transfer = _transfer(legs[index - 1], staged) if index else None
        if staged.cars_on_train and (index == 0 or legs[index - 1].carries is None):
            notes.append(_no_train(staged))
        if transfer is not None:
            start = timed[-1].leg.arrive_utc + transfer.needed_s
        start = _asked_start(staged, start, index, file, notes, late_is_fault=late_is_fault)
        start = _path_start(staged, start, notes)
        seen = observations.get(staged.id, ())
        start, rest = _observed_start(
            staged, start, seen, timed[-1].leg.arrive_utc if timed else None
        )
        leg = staged.at_time(start, rest)
        if leg.faults and (late_is_fault or not observations):
            raise NoPlan(
                f"{leg.leg.title} cannot be made at that hour",
                reasons=leg.faults,
                where=file.where(*staged.path),
            )
        if transfer is not None:
            handover = _handover(legs[index - 1], timed[-1], staged, leg, transfer)
            handovers.append(handover)
            leg = _with_ready_events(leg, handover, transfer)
            if transfer.assumed:
                assumptions.append(_assumed(handover, transfer))
        before = timed[-1].leg if timed else None
        timed.append(replace(leg, leg=lit(leg.leg, before)))
    return Chain(tuple(timed), tuple(handovers), tuple(notes), tuple(assumptions))


def _transfer(first: StagedLeg, second: StagedLeg) -> Transfer:
    carried, onto = first.carries, second.carries
    unloaded = carried is not None and second.cars_on_train > 0
    # Cars that came off one train go onto the next between the legs; others were loaded ahead.
    reloaded = onto is not None and first.cars_on_train > 0
    return load_transfer_rules().transfer(
        first.asked.mode,
        second.asked.mode,
        asked_s=second.asked.transfer,
        unloading=carried.off.tasks if carried is not None and unloaded else (),
        loading_s=onto.on.total_s if onto is not None and reloaded else 0.0,
        cars=second.cars_on_train if unloaded else 0,
    )


def _asked_start(
    staged: StagedLeg,
    earliest: float,
    index: int,
    file: JourneyFile,
    notes: list[Note],
    *,
    late_is_fault: bool,
) -> float:
    if staged.asked.depart is None:
        return earliest
    where = file.where(*staged.path, "depart")
    try:
        asked = parse_moment(staged.asked.depart, staged.origin.zone)
    except ValueError as error:
        raise InputError(str(error), where=where) from error
    if asked >= earliest:
        return asked
    zone = staged.origin.zone
    text = (
        f"the leg is to depart at {local_text(asked, zone).strip()} but"
        f" {'the journey begins' if index == 0 else 'the leg before it hands over'} only at"
        f" {local_text(earliest, zone).strip()}"
    )
    if late_is_fault:
        raise InputError(
            text, where=where, cure=f"Depart at least {duration_text(earliest - asked)} later."
        )
    notes.append(Note(level="warning", subject=staged.origin.name, text=text))
    return earliest


#: A path's departure is kept to the fraction of a second; more than this is another one.
_SAME_S = 0.5


def _path_start(staged: StagedLeg, earliest: float, notes: list[Note]) -> float:
    """Return when a leg departs by the path it was given; one that was missed is told."""
    path = staged.on_path
    if path is None or abs(path.depart_utc - earliest) <= _SAME_S:
        return earliest if path is None else path.depart_utc
    if path.depart_utc > earliest:
        return path.depart_utc
    zone = staged.origin.zone
    text = (
        f"the path among other trains departs at {local_text(path.depart_utc, zone).strip()} and"
        f" is missed by {duration_text(earliest - path.depart_utc)}: find it again (retinue insert)"
    )
    notes.append(Note(level="warning", subject=staged.origin.name, text=text))
    return earliest


def _observed_start(
    staged: StagedLeg,
    start: float,
    seen: Sequence[ObservedTime],
    arrived_s: float | None,
) -> tuple[float, tuple[ObservedTime, ...]]:
    rest = []
    for place, moment in seen:
        if place == staged.origin.name:
            if arrived_s is not None and moment < arrived_s:
                raise InputError(
                    f"{place} was left at {local_text(moment, staged.origin.zone).strip()},"
                    " before the leg before it arrived there",
                    where="TIME",
                    cure="Record the arrival first, or check date and zone.",
                )
            start = moment
        else:
            rest.append((place, moment))
    return start, tuple(rest)


def _handover(
    first: StagedLeg, before: TimedLeg, second: StagedLeg, after: TimedLeg, transfer: Transfer
) -> Handover:
    arrive, depart = before.leg.arrive_utc, after.leg.depart_utc
    ready = arrive - transfer.ready_before_s
    return Handover(
        from_leg=first.id,
        to_leg=second.id,
        place=second.origin.name,
        zone=second.origin.zone,
        ready_utc=ready,
        arrive_utc=arrive,
        depart_utc=depart,
        needed_s=transfer.needed_s,
        available_s=round(depart) - round(arrive),
        tasks=_tasks(transfer, arrive, second.origin.zone),
        ok=depart - arrive >= transfer.needed_s - 1 and ready <= arrive,
    )


_VEHICLES = {"rail": "train", "air": "aircraft", "road": "motorcade"}


def _tasks(transfer: Transfer, arrive: float, zone: str) -> tuple[str, ...]:
    """Return what happens meanwhile; driving cars off with its times."""
    timed = []
    for task in transfer.unloading:
        begin = local_text(arrive + task.start_s, zone, date=False, offset=False)
        timed.append(f"{begin} {task.what} ({duration_text(task.duration_s)})")
    if transfer.loading_s:
        timed.append(f"cars driven onto the train ({duration_text(transfer.loading_s)})")
    return (*timed, *transfer.tasks)


def _with_ready_events(after: TimedLeg, handover: Handover, transfer: Transfer) -> TimedLeg:
    leg = after.leg
    cars = transfer.cars
    still = f", {cars} of its cars still on the train" if cars else ""
    told = [(handover.ready_utc, f"{_VEHICLES[leg.mode]} ready in position{still}")]
    if cars:
        complete = handover.arrive_utc + transfer.unloading_s
        told.append((complete, f"own cars off the train, {_VEHICLES[leg.mode]} complete"))
    events = [
        Event(
            time_utc=time_s,
            zone=handover.zone,
            kind="ready",
            place=handover.place,
            text=text,
            lat=leg.from_.lat,
            lon=leg.from_.lon,
        )
        for time_s, text in told
    ]
    timeline = tuple(sorted((*events, *leg.timeline), key=lambda e: e.time_utc))
    return replace(after, leg=leg.model_copy(update={"timeline": timeline}))


def _no_train(staged: StagedLeg) -> Note:
    return Note(
        level="warning",
        subject=staged.origin.name,
        text=f"{staged.cars_on_train} cars of the motorcade are marked as coming from the train"
        " and no train brings them: they are taken to stand ready",
    )


def _assumed(handover: Handover, transfer: Transfer) -> Assumption:
    return Assumption(
        subject=f"hand-over at {handover.place}",
        what="time needed",
        value=duration_text(transfer.needed_s),
        because="planning value: " + ", ".join(transfer.tasks),
        legs=(handover.from_leg, handover.to_leg),
    )
