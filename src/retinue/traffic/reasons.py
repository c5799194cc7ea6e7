"""Why there is no path: who is in the way, where and when, what each costs, and what would work.

Measured against the path that the special train would have were it alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.errors import Reason
from retinue.traffic.safe_intervals import Closed, SafeIntervals
from retinue.traffic.traffic import POSSESSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.traffic.insertion import FoundPath, Prepared, Searched
    from retinue.traffic.traffic import Traffic

__all__ = ["Blocking", "Explained", "explain", "in_the_way", "reasons_of", "works_in_the_way"]

LOOK_S = 3.0 * 3_600.0
"""Windows that work are looked for so far before and after the wish."""

MOST = 40
"""Trains whose delay is worked out one by one; the first along the way."""


@dataclass(frozen=True)
class Blocking:
    """One train, work or rule in the way of the wished path.

    Attributes
    ----------
    train
        Its id; of work its title.
    place
        Resource where they would meet first.
    from_s, to_s
        Unix seconds: while both want it.
    rule
        Rule of protection; empty: the train's own way.
    delay_s
        By how much the special train would be later were this one the only other; None: it
        leaves no path at all, or was not worked out.
    """

    train: str
    title: str
    place: str
    from_s: float
    to_s: float
    rule: str
    delay_s: float | None


@dataclass(frozen=True, eq=False)
class Explained:
    """Reasons, and what would work.

    Attributes
    ----------
    alone
        The path without other trains; None: there is none even then (work, too short a window).
    earlier, later
        The nearest paths that leave before and after the wish.
    given_up_s
        Intervals of time shorter than this were given up while looking for them; 0: none.
    """

    blocking: tuple[Blocking, ...]
    alone: FoundPath | None
    earlier: FoundPath | None
    later: FoundPath | None
    given_up_s: float = 0.0

    def reasons(self, zone: str) -> list[Reason]:
        """Return them in words, with local times."""
        return reasons_of(self.blocking, zone)

    def cure(self, zone: str) -> str:
        """Return the nearest departures that work, in words."""
        from retinue.clock import local_text

        options = [
            f"depart at {local_text(path.depart_s, zone)} to arrive at "
            f"{local_text(path.arrive_s, zone)}"
            for path in (self.earlier, self.later)
            if path is not None
        ]
        if not options:
            unsure = (
                f" (of times shorter than {self.given_up_s:g} s not all were tried)"
                if self.given_up_s > 0.0
                else ""
            )
            hours = f"{LOOK_S / 3_600.0:.0f} h"
            return f"No departure within {hours} before or after works either{unsure}."
        text = ", or ".join(options)
        return f"{text[0].upper()}{text[1:]}; or let other trains give way: --clear."


def reasons_of(blocking: Sequence[Blocking], zone: str) -> list[Reason]:
    """Return who is in the way in words, with local times."""
    from retinue.clock import local_text

    found = []
    for entry in blocking:
        rule = f" ({entry.rule})" if entry.rule else ""
        cost = "" if entry.delay_s is None else f"; it alone costs {entry.delay_s / 60.0:.1f} min"
        work = entry.title.startswith(POSSESSION)
        since, until = (local_text(t, zone).strip() for t in (entry.from_s, entry.to_s))
        found.append(
            Reason(
                f"{entry.title} is in the way{rule} from {since} to {until}{cost}",
                entry.place,
                "",
                "rule" if entry.rule else "possession" if work else "traffic",
            )
        )
    return found


def explain(
    prepared: Prepared,
    traffic: Traffic,
    wish_s: float,
    closed: Sequence[Closed] = (),
) -> Explained:
    """Return who is in the way of leaving at a moment, and the nearest departures that work.

    Parameters
    ----------
    wish_s
        Departure wished for, Unix seconds.
    """
    everyone = frozenset(range(len(traffic.holder_names)))
    alone = prepared.find(traffic, depart=(wish_s, wish_s), without=everyone)
    after = prepared.search(traffic, depart=(wish_s, wish_s + LOOK_S), closed=closed)
    before = _before(prepared, traffic, wish_s, closed)
    later, earlier = after.path, before.path
    given_up_s = max(after.given_up_s, before.given_up_s)
    if alone is None:
        return Explained((), None, earlier, later, given_up_s)
    safe = SafeIntervals(traffic, float(int(wish_s)), closed=tuple(closed))
    return Explained(_blocking(prepared, traffic, wish_s, alone, safe), alone, earlier, later)


def in_the_way(prepared: Prepared, traffic: Traffic, wish_s: float) -> tuple[Blocking, ...]:
    """Return who is in the way of leaving at a moment, without what each costs."""
    everyone = frozenset(range(len(traffic.holder_names)))
    alone = prepared.find(traffic, depart=(wish_s, wish_s), without=everyone)
    if alone is None:
        return ()
    safe = SafeIntervals(traffic, float(int(wish_s)))
    return _blocking(prepared, traffic, wish_s, alone, safe, most=0)


def works_in_the_way(prepared: Prepared, traffic: Traffic, wish_s: float) -> list[Blocking]:
    """Return the possessions in the way of leaving at a moment, whoever else gives way."""
    everyone = frozenset(range(len(traffic.holder_names)))
    alone = prepared.find(traffic, depart=(wish_s, wish_s), without=everyone)
    if alone is None:
        return []
    trains = frozenset(range(len(traffic.runs)))
    safe = SafeIntervals(traffic, float(int(wish_s)), without=trains)
    return list(_blocking(prepared, traffic, wish_s, alone, safe))


def _blocking(
    prepared: Prepared,
    traffic: Traffic,
    wish_s: float,
    alone: FoundPath,
    safe: SafeIntervals,
    most: int = MOST,
) -> tuple[Blocking, ...]:
    """Return who is in the way of the path that the train would have alone."""
    first: dict[tuple[str, str], Blocking] = {}
    for held in sorted(alone.windows, key=lambda w: (w.from_s, w.hold.need.resource)):
        begin, end = held.from_s - safe.origin_s, held.to_s - safe.origin_s
        if safe.fits(held.hold.need, begin, end):
            continue
        for blocker in safe.in_the_way(held.hold.need, begin, end):
            run = traffic.runs[blocker.train] if 0 <= blocker.train < len(traffic.runs) else None
            name = blocker.why if blocker.train < 0 else traffic.holder_names[blocker.train]
            # A possession of a double line holds each track by itself, and is one thing.
            name = name if run is not None else _TRACK.sub(")", name)
            key = name, blocker.why
            if key in first:
                continue
            first[key] = Blocking(
                name,
                name if run is None else run.title,
                traffic.network.resources[held.hold.need.resource].name,
                safe.origin_s + max(begin, blocker.from_s),
                safe.origin_s + min(end, blocker.to_s),
                held.hold.rule,
                _cost(prepared, traffic, wish_s, alone, blocker.train)
                if len(first) < most
                else None,
            )
    return tuple(first.values())


_TRACK = re.compile(r", track \d+\)$")


def _cost(
    prepared: Prepared,
    traffic: Traffic,
    wish_s: float,
    alone: FoundPath,
    train: int,
) -> float | None:
    """Return by how much one train alone makes the special train later."""
    if train < 0:
        return None
    if train >= len(traffic.runs):
        name = _TRACK.sub(")", traffic.holder_names[train])
        same = {n for n, title in enumerate(traffic.holder_names) if _TRACK.sub(")", title) == name}
        others = frozenset(range(len(traffic.holder_names))) - same
        path = prepared.find(traffic, depart=(wish_s, wish_s + LOOK_S), without=others)
        return None if path is None else max(0.0, path.arrive_s - alone.arrive_s)
    found = prepared.arrival(traffic, depart=(wish_s, wish_s + LOOK_S), only=train)
    return None if found is None else max(0.0, found - alone.arrive_s)


def _before(
    prepared: Prepared, traffic: Traffic, wish_s: float, closed: Sequence[Closed]
) -> Searched:
    """Return the latest departure before a moment from which the train need not wait long."""
    return prepared.search(
        traffic,
        depart=(wish_s - LOOK_S, wish_s),
        arrive=(prepared.request.arrive[0], wish_s + prepared.free_running_s),
        aim="latest departure",
        closed=closed,
    )
