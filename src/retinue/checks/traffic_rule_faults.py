"""Who breaks a rule of protection: other trains' holds against the windows of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.checks.traffic_convoy import clock_text
from retinue.checks.traffic_rule_windows import Convoy, Window, windows_of

if TYPE_CHECKING:
    from retinue.plan.traffic import RulesInForce, TrafficRecord, TrainPass, TrainPath

__all__ = ["Holders", "broken"]

SLACK_S = 0.1
"""Fronts are kept as lines between points that stay within 0.05 s of the running."""

_WHAT = {
    "none beside": "is beside",
    "opposite held": "is on the opposite line of",
    "freight stands within": "moves within the window of",
    "no works before": "holds the line before",
    "nothing between": "comes between the trains of",
    "stations sealed": "is in a station sealed for",
    "dangerous goods away": "stands with dangerous goods at the way of",
    "none crossing above": "crosses above or below",
}


class Holders:
    """Holds of all that is not of the convoy, by resource and by train."""

    def __init__(self, record: TrafficRecord) -> None:
        self.at: dict[int, list[tuple[TrainPath, TrainPass]]] = {}
        self.others = [train for train in record.trains if not train.special]
        for train in self.others:
            for held in train.passes:
                self.at.setdefault(held.resource, []).append((train, held))


def broken(rule: str, convoy: Convoy, rules: RulesInForce, holders: Holders) -> list[str]:
    """Return a sentence for each train that breaks a rule: who, where, from when, how long."""
    if rule == "none overtaking":
        return list(_overtaken(convoy, rules, holders))
    found: dict[tuple[str, str, int], str] = {}
    for window in windows_of(rule, convoy, rules):
        there = holders.at.get(window.resource, [])
        if rule == "nothing between":
            there = _on_its_track(there, convoy, window)
        for train, held in there:
            if not _bound(rule, train, rules):
                continue
            if window.direction and held.direction == -window.direction:
                continue
            for begin, end in _counted(rule, train, held):
                seconds = min(end, window.to_s) - max(begin, window.from_s)
                if seconds > SLACK_S:
                    key = (rule, train.id, window.resource)
                    found.setdefault(key, _told(rule, train, convoy, window, begin, seconds))
    return list(found.values())


def _on_its_track(
    there: list[tuple[TrainPath, TrainPass]], convoy: Convoy, window: Window
) -> list[tuple[TrainPath, TrainPass]]:
    """Return who cannot be on another track of a block than the convoy: all where there is one.

    Of several tracks that stand for one block it is who comes while the others are taken.
    """
    place = convoy.ground.places.get(window.resource)
    if place is None or place.capacity < 2:
        return there
    found: list[tuple[TrainPath, TrainPass]] = []
    present: list[float] = []
    for train, held in sorted(there, key=lambda h: (h[1].from_utc, h[1].to_utc, h[0].id)):
        begin, end = max(held.from_utc, window.from_s), min(held.to_utc, window.to_s)
        if end - begin <= SLACK_S:
            continue
        present = [until for until in present if until > begin + SLACK_S]
        if len(present) >= place.capacity - 1:
            found.append((train, held))
        present.append(end)
    return found


def _bound(rule: str, train: TrainPath, rules: RulesInForce) -> bool:
    """Whether a rule is about a holder at all."""
    if rule == "no works before":
        return train.work == "possession"
    if train.work == "protection":
        return False
    if rule == "dangerous goods away" and not train.dangerous_goods:
        return False
    classes = rules.binds.get(rule, ())
    if rule == "freight stands within":
        classes = classes or ("freight",)
    return not classes or train.train_class in classes


def _counted(rule: str, train: TrainPath, held: TrainPass) -> Iterator[tuple[float, float]]:
    """Yield the parts of a hold that a rule counts: of goods trains those in motion."""
    if rule == "dangerous goods away":
        if held.standing:
            yield held.from_utc, held.to_utc
    elif rule == "freight stands within":
        begin = held.from_utc
        for arrive, depart in _stood(train, held):
            yield begin, arrive
            begin = depart
        yield begin, held.to_utc
    else:
        yield held.from_utc, held.to_utc


def _stood(train: TrainPath, held: TrainPass) -> list[tuple[float, float]]:
    """Return when a train stands while it holds a resource.

    Where its run begins it stands there before, where it ends, after.
    """
    if not held.standing:
        return []
    last = len(train.calls) - 1
    return sorted(
        (
            call.arrive_utc if number else held.from_utc,
            call.depart_utc if number < last else held.to_utc,
        )
        for number, call in enumerate(train.calls)
        if call.stops and held.from_utc <= call.arrive_utc and call.depart_utc <= held.to_utc
    )


def _told(
    rule: str, train: TrainPath, convoy: Convoy, window: Window, begin: float, seconds: float
) -> str:
    place = convoy.ground.places.get(window.resource)
    name = place.name if place is not None else str(window.resource)
    since = clock_text(max(begin, window.from_s))
    return (
        f"{_named(train)} {_WHAT[rule]} {convoy.main.train.id} at {name} from {since} for "
        f"{seconds:.0f} s"
    )


def _named(train: TrainPath) -> str:
    return train.id if train.title in ("", train.id) else f"{train.id} ({train.title})"


def _overtaken(convoy: Convoy, rules: RulesInForce, holders: Holders) -> Iterator[str]:
    """Yield each train that is behind the main train on one block of the way and before it later.

    Blocks count that it runs over in the same direction, one after the other: who leaves the way
    and comes back on it farther on has gone by another line.
    """
    rule = "none overtaking"
    number: dict[tuple[int, int], int] = {}
    for position, stretch in enumerate(convoy.ground.blocks):
        number.setdefault((stretch.resource, stretch.direction), position)
    own: dict[int, float] = {}
    for held in convoy.main.train.passes:
        at = number.get((held.resource, held.direction))
        if at is not None:
            own.setdefault(at, held.from_utc)
    for train in holders.others:
        if not _bound(rule, train, rules):
            continue
        here = sorted(
            (held.from_utc, number[held.resource, held.direction])
            for held in train.passes
            if (held.resource, held.direction) in number
        )
        for (one_s, one), (two_s, two) in pairwise(here):
            if two != one + 1 or one not in own or two not in own:
                continue
            if one_s > own[one] + SLACK_S and two_s < own[two] - SLACK_S:
                place = convoy.ground.places[convoy.ground.blocks[two].resource].name
                yield (
                    f"{_named(train)} overtakes {convoy.main.train.id} before {place}, where it "
                    f"comes at {clock_text(two_s)}, {own[two] - two_s:.0f} s ahead"
                )
