"""Solutions spoilt on purpose: each maker breaks one named rule, and knows that it does.

What is broken follows from the raw problem and the sound solution alone, never from the verifier.
A maker returns the spoilt events and what must be found: a kind (or one of several) with the train
it is about; None where the solution offers no place for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from tests.checks.dispatch_reference import release_times

Document = dict[str, Any]
Events = list[Document]


@dataclass(frozen=True)
class Mutant:
    """Spoilt events, the kinds of which one must be named, and the train it must be named of."""

    events: Events
    kinds: frozenset[str]
    train: int | None


@dataclass(frozen=True)
class Sound:
    """A sound solution with its problem, and a source of chance."""

    problem: Document
    events: Events
    rng: np.random.Generator

    def operation(self, event: Document) -> Document:
        """Return the operation that an event starts."""
        found: Document = self.problem["trains"][event["train"]][event["operation"]]
        return found

    def copy(self) -> Events:
        """Return the events to be spoilt."""
        return [dict(event) for event in self.events]

    def any(self, places: list[int]) -> int | None:
        """Return one of the places by chance."""
        return int(self.rng.choice(places)) if places else None

    def before(self, place: int) -> int | None:
        """Return the place of the same train's event before."""
        return self._next(place, -1)

    def after(self, place: int) -> int | None:
        """Return the place of the same train's event after."""
        return self._next(place, 1)

    def _next(self, place: int, step: int) -> int | None:
        train = self.events[place]["train"]
        at = place + step
        while 0 <= at < len(self.events):
            if self.events[at]["train"] == train:
                return at
            at += step
        return None

    def run(self, train: int) -> list[int]:
        """Return the places of a train's events."""
        return [p for p, event in enumerate(self.events) if event["train"] == train]


def _timed(sound: Sound, place: int, time: float, kind: str) -> Mutant:
    events = sound.copy()
    events[place]["time"] = time
    return Mutant(events, frozenset({kind}), sound.events[place]["train"])


def early(sound: Sound) -> Mutant | None:
    """Start an operation before its lower bound."""
    bounds: list[int] = [sound.operation(event).get("start_lb", 0) for event in sound.events]
    place = sound.any([p for p, bound in enumerate(bounds) if bound > 0])
    if place is None:
        return None
    return _timed(sound, place, int(sound.rng.integers(0, bounds[place])), "early-start")


def late(sound: Sound) -> Mutant | None:
    """Start an operation after its upper bound."""
    place = sound.any([p for p, e in enumerate(sound.events) if "start_ub" in sound.operation(e)])
    if place is None:
        return None
    bound = sound.operation(sound.events[place])["start_ub"]
    return _timed(sound, place, bound + int(sound.rng.integers(1, 100)), "late-start")


def short(sound: Sound) -> Mutant | None:
    """End an operation before its minimum duration is over."""
    places = []
    for at in range(len(sound.events)):
        before = sound.before(at)
        if before is not None and sound.operation(sound.events[before])["min_duration"] > 0:
            places.append(at)
    place = sound.any(places)
    if place is None:
        return None
    begun = sound.events[sound.before(place) or 0]
    least = sound.operation(begun)["min_duration"]
    time = begun["time"] + int(sound.rng.integers(0, least))
    return _timed(sound, place, time, "short-duration")


def negative(sound: Sound) -> Mutant | None:
    """Start an operation before time begins."""
    place = int(sound.rng.integers(len(sound.events)))
    return _timed(sound, place, -int(sound.rng.integers(1, 100)), "negative-time")


def fractional(sound: Sound) -> Mutant | None:
    """Start an operation between two units of time."""
    place = int(sound.rng.integers(len(sound.events)))
    return _timed(sound, place, sound.events[place]["time"] + 0.5, "fractional-time")


def unknown_train(sound: Sound) -> Mutant | None:
    """Name a train that is not there."""
    events = sound.copy()
    wrong = int(sound.rng.choice([-1, len(sound.problem["trains"]), 10**9]))
    events[int(sound.rng.integers(len(events)))]["train"] = wrong
    return Mutant(events, frozenset({"unknown-train"}), None)


def unknown_operation(sound: Sound) -> Mutant | None:
    """Name an operation that is not there."""
    events = sound.copy()
    event = events[int(sound.rng.integers(len(events)))]
    event["operation"] = int(sound.rng.choice([-1, len(sound.problem["trains"][event["train"]])]))
    return Mutant(events, frozenset({"unknown-operation"}), event["train"])


def missing(sound: Sound) -> Mutant | None:
    """Leave a train out."""
    train = int(sound.rng.integers(len(sound.problem["trains"])))
    events = [event for event in sound.copy() if event["train"] != train]
    return Mutant(events, frozenset({"missing-train"}), train)


def repeated(sound: Sound) -> Mutant | None:
    """Start an operation twice."""
    events = sound.copy()
    place = int(sound.rng.integers(len(events)))
    events.insert(place + 1, dict(events[place]))
    return Mutant(events, frozenset({"repeated-operation"}), events[place]["train"])


def no_entry(sound: Sound) -> Mutant | None:
    """Leave out the entry of a train."""
    train = int(sound.rng.integers(len(sound.problem["trains"])))
    events = sound.copy()
    run = sound.run(train)
    if len(run) < 2:
        return None
    del events[run[0]]
    return Mutant(events, frozenset({"wrong-entry"}), train)


def no_exit(sound: Sound) -> Mutant | None:
    """Leave out the exit of a train."""
    train = int(sound.rng.integers(len(sound.problem["trains"])))
    events = sound.copy()
    run = sound.run(train)
    if len(run) < 2:
        return None
    del events[run[-1]]
    return Mutant(events, frozenset({"unfinished"}), train)


def jump(sound: Sound) -> Mutant | None:
    """Leave out an operation whose neighbours do not follow each other."""
    places = []
    for at in range(len(sound.events)):
        before, after = sound.before(at), sound.after(at)
        if before is not None and after is not None:
            onward = sound.operation(sound.events[before])["successors"]
            if sound.events[after]["operation"] not in onward:
                places.append(at)
    place = sound.any(places)
    if place is None:
        return None
    events = sound.copy()
    del events[place]
    return Mutant(events, frozenset({"broken-path"}), sound.events[place]["train"])


def elsewhere(sound: Sound) -> Mutant | None:
    """Go to an operation that is no successor."""
    place = int(sound.rng.integers(len(sound.events)))
    before = sound.before(place)
    if before is None:
        return None
    event = sound.events[place]
    onward = sound.operation(sound.events[before])["successors"]
    count = len(sound.problem["trains"][event["train"]])
    other = sound.any([o for o in range(count) if o not in onward])
    if other is None:
        return None
    events = sound.copy()
    events[place]["operation"] = other
    return Mutant(events, frozenset({"broken-path"}), event["train"])


def disorder(sound: Sound) -> Mutant | None:
    """Exchange two events of different times."""
    one, two = sorted(sound.rng.integers(len(sound.events), size=2).tolist())
    if sound.events[one]["time"] == sound.events[two]["time"]:
        return None
    events = sound.copy()
    events[one], events[two] = events[two], events[one]
    return Mutant(events, frozenset({"time-order"}), None)


def intrude(sound: Sound) -> Mutant | None:
    """Start an operation while another train holds what it needs."""
    place = int(sound.rng.integers(len(sound.events)))
    held = sound.events[place]
    names = release_times(sound.operation(held)).keys()
    end = sound.after(place)
    if not names or (end is not None and sound.events[end]["time"] == held["time"]):
        return None
    others = [
        p
        for p, event in enumerate(sound.events)
        if event["train"] != held["train"] and names & release_times(sound.operation(event)).keys()
    ]
    other = sound.any(others)
    if other is None:
        return None
    events = sound.copy()
    moved = events[other] | {"time": held["time"]}
    events.insert(place + 1, moved)
    del events[other + (other > place)]
    kind = "held-at-exit" if end is None else "resource-conflict"
    return Mutant(events, frozenset({kind}), moved["train"])


def too_soon(sound: Sound) -> Mutant | None:
    """Take a resource before another train's release time is over."""
    place = int(sound.rng.integers(len(sound.events)))
    end = sound.after(place)
    if end is None:
        return None
    held = release_times(sound.operation(sound.events[place]))
    choices = [
        (p, name)
        for p in range(end + 1, len(sound.events))
        if sound.events[p]["train"] != sound.events[place]["train"]
        for name in release_times(sound.operation(sound.events[p])).keys() & held.keys()
        if held[name] > 0
    ]
    if not choices:
        return None
    other, name = choices[int(sound.rng.integers(len(choices)))]
    time = sound.events[end]["time"] + int(sound.rng.integers(0, held[name]))
    return _timed(sound, other, time, "release-time")


def too_early_in_the_list(sound: Sound) -> Mutant | None:
    """Take a resource at the instant it is given up, but before that in the list."""
    choices = []
    for place, event in enumerate(sound.events):
        end = sound.after(place)
        if end is None or sound.events[end]["time"] == event["time"]:
            continue
        held = release_times(sound.operation(event)).keys()
        for p in range(end + 1, len(sound.events)):
            other = sound.events[p]
            if other["time"] != sound.events[end]["time"]:
                break
            before = sound.before(p)
            if (
                other["train"] != event["train"]
                and held & release_times(sound.operation(other)).keys()
                and (before is None or before < end)
            ):
                choices.append((end, p))
    if not choices:
        return None
    end, other_place = choices[int(sound.rng.integers(len(choices)))]
    events = sound.copy()
    events.insert(end, events.pop(other_place))
    kinds = frozenset({"instant-order", "swap"})
    return Mutant(events, kinds, sound.events[other_place]["train"])


MAKERS: dict[str, Callable[[Sound], Mutant | None]] = {
    maker.__name__: maker
    for maker in (
        early, late, short, negative, fractional, unknown_train, unknown_operation, missing,
        repeated, no_entry, no_exit, jump, elsewhere, disorder, intrude, too_soon,
        too_early_in_the_list,
    )
}  # fmt: skip
