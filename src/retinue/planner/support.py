"""Movements apart from the party, that must be there for one of its legs.

::

    support      |--leg--|--leg--|        slack
    ------------------------------------|<----->|due
    journey                 ... leg before |hand-over|  leg it serves

A support movement with no departure of its own leaves so that it arrives a margin before it
is due: it is planned once, shifted by what it misses, and looked at again, because borders
and traffic may make another hour take another time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from retinue.clock import duration_text, local, local_text, parse_moment
from retinue.errors import InputError, NoPlan
from retinue.journey import LegAsked, Party
from retinue.plan import Assumption, Note, Support
from retinue.planner.chain import Chain, chain_legs
from retinue.planner.transfer import load_transfer_rules

if TYPE_CHECKING:
    from retinue.journey import JourneyFile, SupportAsked
    from retinue.planner.staged import Context, StagedLeg

__all__ = ["PlannedSupport", "plan_support"]

#: Shifts until a departure counted back meets its arrival.
_ROUNDS = 4
_NEAR_S = 1.0


class _StageAll(Protocol):
    def __call__(
        self,
        legs: Sequence[LegAsked],
        path: tuple[int | str, ...],
        context: Context,
        prefix: str = "",
    ) -> list[StagedLeg]: ...


@dataclass(frozen=True)
class PlannedSupport:
    """A support movement as the plan keeps it, its legs in time, and what to say of it."""

    support: Support
    chain: Chain | None
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


def plan_support(
    context: Context, journey: Chain, depart_s: float, stage_all: _StageAll
) -> list[PlannedSupport]:
    """Plan every support movement of a journey.

    Parameters
    ----------
    journey
        The journey's own legs in time.
    depart_s
        Its departure, which a support movement that serves no leg shares.
    stage_all
        Stages legs; ids are given a prefix, so that no two legs of a plan are called alike.

    Raises
    ------
    InputError
        For a leg that is not there, or moments that cannot be; what cannot be made is no
        error but a result with its reasons.
    """
    planned = []
    for index, asked in enumerate(context.file.journey.support):
        planned.append(_one(context, asked, index, journey, depart_s, stage_all))
    return planned


def _one(
    context: Context,
    asked: SupportAsked,
    index: int,
    journey: Chain,
    depart_s: float,
    stage_all: _StageAll,
) -> PlannedSupport:
    path: tuple[int | str, ...] = ("support", index)
    title = asked.title or " + ".join(leg.mode for leg in asked.legs)
    for_leg, due = _due(context.file, asked, path, journey)
    begin = depart_s if due is None else due
    # The party is not aboard: its number must not weigh on a cargo flight.
    alone = context.file.journey.model_copy(update={"party": Party()})
    day = local(begin, journey.timed[0].leg.from_.zone).date()
    own = replace(context, file=replace(context.file, journey=alone), day=day)
    try:
        staged = stage_all(asked.legs, path, own, f"s{index + 1}-")
        chain, margin = _in_time(own.file, asked, path, staged, begin, due)
    except NoPlan as refused:
        reasons = tuple(reason.what for reason in refused.reasons) or (refused.message,)
        support = Support(
            title=title, feasible=False, reasons=reasons, for_leg=for_leg, due_utc=due
        )
        note = Note(
            level="warning", subject=title, text=f"support cannot be made: {'; '.join(reasons)}"
        )
        return PlannedSupport(support, None, (note,))
    legs = tuple(timed.leg for timed in chain.timed)
    slack = None if due is None else float(round(due) - round(legs[-1].arrive_utc))
    support = Support(
        title=title,
        legs=legs,
        handovers=chain.handovers,
        for_leg=for_leg,
        due_utc=due,
        slack_s=slack,
    )
    notes = list(chain.notes)
    assumptions = list(chain.assumptions)
    if slack is not None and slack < 0.0:
        notes.append(_late(title, support, -slack))
    if margin is not None:
        assumptions.append(margin.model_copy(update={"legs": tuple(leg.id for leg in legs)}))
    return PlannedSupport(support, chain, tuple(notes), tuple(assumptions))


def _due(
    file: JourneyFile, asked: SupportAsked, path: tuple[int | str, ...], journey: Chain
) -> tuple[str, float | None]:
    """Return the id of the leg that is served, and the latest arrival that serves it.

    Where the journey says no "before", the vehicles of that leg stand ready when its hand-over
    says so, and what is brought with them.
    """
    if asked.for_leg is None:
        if asked.before is not None:
            raise InputError(
                '"before" speaks of a leg and none is named',
                where=file.where(*path, "before"),
                cure='Add "for leg: N".',
            )
        return "", None
    if asked.for_leg > len(journey.timed):
        raise InputError(
            f"there is no leg {asked.for_leg}: the journey has {len(journey.timed)}",
            where=file.where(*path, "for leg"),
        )
    leg = journey.timed[asked.for_leg - 1].leg
    if asked.before is not None:
        return leg.id, leg.depart_utc - asked.before
    ready = [h.ready_utc for h in journey.handovers if h.to_leg == leg.id]
    return leg.id, min([*ready, leg.depart_utc])


def _in_time(
    file: JourneyFile,
    asked: SupportAsked,
    path: tuple[int | str, ...],
    staged: list[StagedLeg],
    begin: float,
    due: float | None,
) -> tuple[Chain, Assumption | None]:
    """Return the legs in time, and the margin where the departure was counted back."""

    def placed(start: float) -> Chain:
        return chain_legs(staged, start, file, {}, late_is_fault=True)

    if asked.depart is not None or staged[0].asked.depart is not None:
        text = asked.depart or staged[0].asked.depart or ""
        key = (*path, "depart")
        try:
            return placed(parse_moment(text, staged[0].origin.zone)), None
        except ValueError as error:
            raise InputError(str(error), where=file.where(*key)) from error
    if due is None or any(leg.asked.depart is not None for leg in staged):
        return placed(begin), None
    rule = load_transfer_rules().support_margin
    wanted = due - rule.time
    start = wanted
    chain = placed(start)
    for _ in range(_ROUNDS):
        late = chain.timed[-1].leg.arrive_utc - wanted
        if abs(late) < _NEAR_S:
            break
        start -= late
        chain = placed(start)
    margin = Assumption(
        subject=staged[-1].destination.name,
        what="support arrives before it is due by",
        value=duration_text(rule.time),
        because=rule.source,
    )
    return chain, margin


def _late(title: str, support: Support, late_s: float) -> Note:
    first, last = support.legs[0], support.legs[-1]
    leave = first.depart_utc - late_s
    due = "" if support.due_utc is None else local_text(support.due_utc, last.to.zone).strip()
    return Note(
        level="warning",
        subject=title,
        text=(
            f"arrives at {last.to.name} {duration_text(late_s)} after it is due for leg"
            f" {support.for_leg} ({due}): it must leave {first.from_.name} by"
            f" {local_text(leave, first.from_.zone).strip()}, {duration_text(late_s)} earlier"
        ),
    )
