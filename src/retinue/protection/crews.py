"""Crews: who drives, flies and runs each leg, within hours, rest and what they know.

A train's crew is relieved at stops.  From each relief point a crew goes as far as its hours let
it; no relief point within them is an error that names the stretch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.clock import duration_text, local_text, parse_moment
from retinue.document import read_yaml, validate
from retinue.errors import InputError, NoPlan, Reason
from retinue.plan.duty import CrewDuty, CrewPiece
from retinue.sourced import Record
from retinue.world.catalogue import find_file, shown_as

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Leg, Plan
    from retinue.protection.policy import CrewRule, Policy

__all__ = ["NamedCrew", "crew_duties", "load_crews"]

KIND = "crews"
CrewKind = Literal["train crew", "pilots", "cabin crew", "drivers", "post"]
_LEAST_RELIEF_S = 240.0  # to hand a train over


class _CrewAsked(Record):
    name: str = Field(min_length=1)
    kind: CrewKind
    people: int = Field(default=2, ge=1)
    knows: tuple[str, ...] = Field(
        default=(), description="countries, lines, types of vehicle; what is asked for must be here"
    )
    free_from: str = Field(description="date and time with its zone: rested by then")


class _CrewFile(Record):
    retinue_crews: Literal[1]
    crews: tuple[_CrewAsked, ...] = Field(min_length=1)
    remark: str = ""


@dataclass(frozen=True)
class NamedCrew:
    """A crew that somebody named."""

    name: str
    kind: CrewKind
    people: int
    knows: frozenset[str]
    free_s: float


def load_crews(
    name: str, folder: Path | None, zone: str, *, where: str = ""
) -> tuple[NamedCrew, ...]:
    """Load the crews of a file.

    Raises
    ------
    InputError
        For any fault in it.
    """
    path = find_file(KIND, name, folder, what="crew", where=where)
    node = read_yaml(path, shown_as(path))
    found = []
    for number, crew in enumerate(validate(node, _CrewFile).crews):
        try:
            free = parse_moment(crew.free_from, zone)
        except ValueError as error:
            raise InputError(
                str(error), where=node.where(("crews", number, "free from"))
            ) from error
        known = frozenset(word.casefold() for word in crew.knows)
        found.append(NamedCrew(crew.name, crew.kind, crew.people, known, free))
    return tuple(found)


@dataclass(frozen=True)
class _Work:
    """Work that one crew does without being relieved."""

    leg: str
    what: str
    kind: CrewKind
    people: int
    zone: str
    pieces: tuple[CrewPiece, ...]
    relief: str
    rule: CrewRule

    @property
    def start_s(self) -> float:
        return self.pieces[0].start_utc - self.rule.sign_on

    @property
    def end_s(self) -> float:
        return self.pieces[-1].end_utc + self.rule.sign_off

    @property
    def knowledge(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(k for piece in self.pieces for k in piece.knowledge))


def crew_duties(
    plan: Plan, policy: Policy, named: Sequence[NamedCrew] | None
) -> tuple[CrewDuty, ...]:
    """Return the duties of every crew of the journey.

    Parameters
    ----------
    named
        Crews to give them to; None: nobody named any, so duties say who is needed.

    Raises
    ------
    NoPlan
        Where hours end between two relief points, or a leg has no qualified crew.
    """
    work = [item for leg in plan.legs for item in _work_of(leg, policy)]
    work.sort(key=lambda w: (w.start_s, w.leg, w.what, w.kind))
    if named is None:
        return tuple(_duty(item, number, None) for number, item in enumerate(work, start=1))
    given = _given(work, named)
    return tuple(
        _duty(item, number, crew)
        for number, (item, crew) in enumerate(zip(work, given, strict=True), start=1)
    )


def _work_of(leg: Leg, policy: Policy) -> list[_Work]:
    if leg.mode == "rail":
        return [
            item
            for movement in leg.movements
            for item in _train_work(leg, movement, _rule(policy, "train crew", leg))
        ]
    span = leg.depart_utc, leg.arrive_utc
    knows = _knowledge(leg)
    if leg.mode == "air":
        return [
            _single(leg, "aircraft", kind, rule.people, rule, span, knows)
            for kind in ("pilots", "cabin crew")
            if (rule := _rule(policy, kind, leg))
        ]
    rule = _rule(policy, "drivers", leg)
    vehicles = max(len(leg.convoy.vehicles) if leg.convoy else 1, 1)
    return [_single(leg, "motorcade", "drivers", vehicles * rule.people, rule, span, knows)]


def _rule(policy: Policy, kind: str, leg: Leg) -> CrewRule:
    rule = policy.crew(kind)
    if rule is None:
        raise InputError(
            f"the policy has no hours for {kind}, and leg {leg.id} needs some",
            where=f"policy {policy.title}: crews",
            cure=f"Add an entry with  kind: {kind}.",
        )
    return rule


def _knowledge(leg: Leg) -> tuple[str, ...]:
    """Return what must be known: countries passed, and the type of vehicle."""
    types: list[str] = []
    if leg.aircraft is not None:
        types.append(leg.aircraft.type_name)
    return tuple(dict.fromkeys((*leg.countries, *types)))


def _single(
    leg: Leg,
    what: str,
    kind: str,
    people: int,
    rule: CrewRule,
    span: tuple[float, float],
    knows: tuple[str, ...],
) -> _Work:
    piece = CrewPiece(
        leg=leg.id, from_place=leg.from_.name, to_place=leg.to.name,
        start_utc=span[0], end_utc=span[1], knowledge=knows,
    )  # fmt: skip
    work = _Work(leg.id, what, rule.kind, people, leg.from_.zone, (piece,), leg.to.name, rule)
    too_long = work.end_s - work.start_s - rule.longest_duty
    if too_long > 0:
        raise _no_relief(leg, kind, leg.from_.name, leg.to.name, too_long, rule)
    return work


def _train_work(leg: Leg, movement: Movement, rule: CrewRule) -> list[_Work]:
    """Cut a train's run at relief points so that every crew stays within its hours."""
    ends = [(leg.from_.name, movement.depart_s, movement.depart_s)]
    ends += [
        (stop.place, stop.arrive_s, stop.depart_s)
        for stop in movement.stops
        if movement.depart_s < stop.arrive_s < movement.arrive_s
    ]
    ends.append((leg.to.name, movement.arrive_s, movement.arrive_s))
    found: list[_Work] = []
    knows = _train_knowledge(leg, movement)
    begin = 0
    while begin < len(ends) - 1:
        reached = None
        for end in range(begin + 1, len(ends)):
            if _within(ends, begin, end, rule) and (
                end == len(ends) - 1 or ends[end][2] - ends[end][1] >= _LEAST_RELIEF_S
            ):
                reached = end
        if reached is None:
            over = ends[begin + 1][1] - ends[begin][2] + rule.sign_on + rule.sign_off
            raise _no_relief(
                leg, f"crew of the {movement.name}", ends[begin][0], ends[begin + 1][0],
                max(over - rule.longest_duty, 0.0), rule,
            )  # fmt: skip
        pieces = tuple(
            CrewPiece(
                leg=leg.id, from_place=ends[i][0], to_place=ends[i + 1][0],
                start_utc=ends[i][2], end_utc=ends[i + 1][1], knowledge=knows,
            )
            for i in range(begin, reached)
        )  # fmt: skip
        found.append(
            _Work(
                leg.id, movement.name, rule.kind, rule.people, leg.from_.zone, pieces,
                ends[reached][0], rule,
            )
        )  # fmt: skip
        begin = reached
    return found


def _train_knowledge(leg: Leg, movement: Movement) -> tuple[str, ...]:
    train = next((t for t in leg.trains if t.role == movement.role), leg.train)
    engines = (
        [v.type_name or v.label for v in train.vehicles if v.role == "locomotive"] if train else []
    )
    return tuple(dict.fromkeys((*leg.countries, *engines)))


def _within(ends: Sequence[tuple[str, float, float]], begin: int, end: int, rule: CrewRule) -> bool:
    duty = ends[end][1] - ends[begin][2] + rule.sign_on + rule.sign_off
    if duty > rule.longest_duty:
        return False
    if rule.longest_driving is None:
        return True
    driven = 0.0
    for i in range(begin, end):
        driven += ends[i + 1][1] - ends[i][2]
        if driven > rule.longest_driving:
            return False
        if i + 1 < end and ends[i + 1][2] - ends[i + 1][1] >= rule.break_:
            driven = 0.0
    return True


def _no_relief(
    leg: Leg, who: str, from_place: str, to_place: str, over_s: float, rule: CrewRule
) -> NoPlan:
    limit = duration_text(rule.longest_duty)
    driving = (
        f" or {duration_text(rule.longest_driving)} of driving without a break"
        if rule.longest_driving
        else ""
    )
    text = f"{who} cannot be relieved between {from_place} and {to_place}"
    return NoPlan(
        f"no crew may work leg {leg.id} as planned",
        reasons=[
            Reason(
                f"{text}: the limit is {limit} on duty{driving}",
                where=leg.title,
                cure="add a stop for a crew change on the way, e.g."
                f" {{at: ..., for: 10 min, why: crew}} ({duration_text(over_s)} too long)",
                kind="crew",
            )
        ],
    )


def _given(work: Sequence[_Work], crews: Sequence[NamedCrew]) -> list[NamedCrew]:
    """Give every piece of work to a crew by depth-first search, the least knowing crew first."""
    order = sorted(crews, key=lambda c: (len(c.knows), c.free_s, c.name))
    free = {crew.name: crew.free_s for crew in crews}
    chosen: list[NamedCrew] = []
    farthest = 0
    steps = 0

    def place(number: int) -> bool:
        nonlocal farthest, steps
        farthest = max(farthest, number)
        if number == len(work):
            return True
        steps += 1
        if steps > 200_000:
            return False
        item = work[number]
        for crew in order:
            if not _fits(item, crew) or free[crew.name] > item.start_s:
                continue
            before = free[crew.name]
            free[crew.name] = item.end_s + item.rule.rest
            chosen.append(crew)
            if place(number + 1):
                return True
            chosen.pop()
            free[crew.name] = before
        return False

    if place(0):
        return chosen
    raise _no_crew(work[farthest], crews)


def _fits(item: _Work, crew: NamedCrew) -> bool:
    return (
        crew.kind == item.kind
        and crew.people >= item.people
        and all(word.casefold() in crew.knows for word in item.knowledge)
    )


def _no_crew(item: _Work, crews: Sequence[NamedCrew]) -> NoPlan:
    kind = [crew for crew in crews if crew.kind == item.kind]
    able = [crew for crew in kind if _fits(item, crew)]
    begin = local_text(item.start_s, item.zone).strip()
    if able:
        what = f"every {item.kind} that is qualified is on duty or resting at {begin}"
        cure = f"name one more {item.kind}, or one that is free earlier"
    elif kind:
        best = min(kind, key=lambda c: len(_lacks(item, c)))
        what = f"no {item.kind} is qualified: {best.name} lacks {', '.join(_lacks(item, best))}"
        cure = "name a crew that knows it, or a pilot crew beside it"
    else:
        what, cure = f"the crew file names no {item.kind}", f"add a crew with  kind: {item.kind}"
    return NoPlan(
        f"leg {item.leg} has no qualified crew for the {item.what} from"
        f" {item.pieces[0].from_place}",
        reasons=[Reason(what, where=item.pieces[0].from_place, cure=cure, kind="crew")],
    )


def _lacks(item: _Work, crew: NamedCrew) -> list[str]:
    lacking = [word for word in item.knowledge if word.casefold() not in crew.knows]
    if crew.people < item.people:
        lacking.append(f"people ({item.people} needed)")
    return lacking


def _duty(item: _Work, number: int, crew: NamedCrew | None) -> CrewDuty:
    rule = item.rule
    limits = [f"at most {duration_text(rule.longest_duty)} on duty"]
    if rule.longest_driving:
        limits.append(f"{duration_text(rule.longest_driving)} driving, then a break")
    limits.append(f"{duration_text(rule.rest)} rest before and after")
    return CrewDuty(
        id=f"crew-{number}",
        crew=crew.name if crew else f"{item.kind} {number}, to be named",
        kind=item.kind,
        people=item.people,
        zone=item.zone,
        start_utc=item.start_s,
        end_utc=item.end_s,
        pieces=item.pieces,
        relief_place=item.relief,
        rest_before_s=rule.rest,
        rule="; ".join(limits) + f" ({item.what})",
        assumed=tuple(rule.assumed()) + (() if crew else ("nobody named the crew",)),
    )
