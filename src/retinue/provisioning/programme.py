"""The programme on board: a calendar in local and body time, and what does not fit in it.

What has a time stays there and its conflicts are named.  What must come after or before
something is put at the first quarter of an hour without a conflict, or, where there is none,
at the first of all, with its conflicts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.clock import local_text, parse_moment
from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan.programme import ProgrammeConflict, ProgrammeEntry, ProgrammeRecord
from retinue.provisioning.clocks import DAY_S, Offsets, body_offsets, local_offsets
from retinue.provisioning.kitchen_data import coaches_of
from retinue.provisioning.meals import aboard, zone_at

if TYPE_CHECKING:
    from retinue.journey.programme import ProgrammeItem
    from retinue.plan import Plan
    from retinue.plan.meals import KitchenRecord
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy

__all__ = ["Unconnected", "programme_of"]

_STEP_S = 900.0
_SEARCH_S = DAY_S
#: Kinds that quiet hours are made for, or that nobody can put elsewhere.
_QUIET_KINDS = frozenset({"sleep"})


@dataclass(frozen=True)
class Unconnected:
    """A stretch of a leg without a connection: a tunnel, a country without a network."""

    leg: str
    from_m: float
    to_m: float
    why: str


@dataclass(frozen=True)
class _Span:
    begin: float
    end: float
    who: frozenset[str]
    name: str


@dataclass
class _Day:
    """Everything that an entry may clash with."""

    plan: Plan
    kitchen: KitchenRecord
    coaches: frozenset[str]
    unconnected: tuple[tuple[float, float, str], ...]
    meals: tuple[_Span, ...]
    aboard: tuple[tuple[float, float, str], ...]


def programme_of(
    plan: Plan,
    party: PartyPlan,
    policy: ProvisioningPolicy,
    kitchen: KitchenRecord,
    items: Sequence[ProgrammeItem],
    *,
    where: str = "programme",
    unconnected: Sequence[Unconnected] = (),
) -> ProgrammeRecord:
    """Return the calendar of a journey.

    Parameters
    ----------
    items
        As asked for, in the order of the file: of two that want one time the first has it.
    where
        How errors call the list.
    unconnected
        Stretches without a connection; tunnels of the plan's sites count besides.

    Raises
    ------
    InputError
        For an item that names a place or meal which the journey has not.
    """
    here = local_offsets(plan)
    zone = party.groups[0].body_zone if party.groups else plan.origin.zone
    body = body_offsets(plan, zone, policy.body_clock_follows)
    coaches = coaches_of(plan)
    day = _Day(
        plan=plan,
        kitchen=kitchen,
        coaches=frozenset({c.role for c in coaches} | {c.label for c in coaches}),
        unconnected=_without_connection(plan, unconnected),
        meals=_meals(kitchen),
        aboard=aboard(plan),
    )
    entries: list[ProgrammeEntry] = []
    conflicts: list[ProgrammeConflict] = []
    # What has a time of its own is set first: the others go around it.
    order = sorted(range(len(items)), key=lambda n: (_is_free(items[n]), n))
    for number in order:
        item = items[number]
        label = f"{where}[{number + 1}]"
        low, high = _bounds(item, day, here, body, label)
        best: tuple[ProgrammeEntry, list[ProgrammeConflict]] | None = None
        for moment in _moments(low, high, latest_first=bool(item.before and not item.after)):
            entry = _entry(item, number, moment, day, body)
            clashes = list(_clashes(entry, item, entries, day))
            if best is None or not clashes:
                best = (entry, clashes)
            if not clashes:
                break
        assert best is not None
        entries.append(best[0])
        conflicts += best[1]
    return ProgrammeRecord(
        entries=tuple(sorted(entries, key=lambda e: (e.start_utc, e.id))),
        conflicts=tuple(sorted(conflicts, key=lambda c: (c.from_utc, c.entry, c.other, c.kind))),
    )


def _moments(low: float, high: float, *, latest_first: bool) -> Iterator[float]:
    """Yield the moments at which an item may begin, the nearest to what it hangs on first."""
    first, last = math.floor(low / _STEP_S) + 1, math.ceil(high / _STEP_S) - 1
    steps = [step * _STEP_S for step in range(first, last + 1)]
    yield high if latest_first else low
    yield from reversed(steps) if latest_first else steps
    if high > low:
        yield low if latest_first else high


def _is_free(item: ProgrammeItem) -> bool:
    return bool(item.after or item.before)


def _meals(kitchen: KitchenRecord) -> tuple[_Span, ...]:
    sittings = [
        _Span(s.from_utc, s.until_utc, frozenset(s.people), s.meal) for s in kitchen.sittings
    ]
    rooms = [
        _Span(r.from_utc, r.until_utc, frozenset({r.group}), r.meal) for r in kitchen.room_service
    ]
    return tuple(sorted((*sittings, *rooms), key=lambda s: (s.begin, s.name)))


def _without_connection(
    plan: Plan, extra: Sequence[Unconnected]
) -> tuple[tuple[float, float, str], ...]:
    stretches = list(extra)
    stretches += [
        Unconnected(
            str(site.get("leg", "")),
            float(site["from_m"]),
            float(site["to_m"]),
            f"tunnel {site.get('name', '')}".strip(),
        )
        for site in plan.sites
        if site.get("kind") == "tunnel" and "from_m" in site and "to_m" in site
    ]
    legs = {leg.id: leg for leg in plan.legs}
    return tuple(
        (legs[s.leg].main.time_at(s.from_m), legs[s.leg].main.tail_time_at(s.to_m), s.why)
        for s in stretches
        if s.leg in legs
    )


def _bounds(
    item: ProgrammeItem, day: _Day, here: Offsets, body: Offsets, label: str
) -> tuple[float, float]:
    """Return the first and last moment at which an item may begin."""
    plan = day.plan
    if item.at is not None:
        try:
            moment = parse_moment(item.at, zone_at(plan, plan.depart_utc))
            moment = parse_moment(item.at, zone_at(plan, moment))
        except ValueError as error:
            raise InputError(str(error), where=f"{label}: at") from error
        return moment, moment
    if item.day is not None and item.time is not None:
        clock = here if item.clock == "local" else body
        hours, minutes = (int(part) for part in item.time.split(":"))
        if hours > 23 or minutes > 59:
            raise InputError(
                f'"{item.time}" is no time of day', where=f"{label}: time", cure='Write "19:30".'
            )
        first = math.floor(float(clock.shown(plan.depart_utc)) / DAY_S)
        aim = (first + item.day - 1) * DAY_S + hours * 3600.0 + minutes * 60.0
        moment = aim - float(clock.at(aim - float(clock.at(plan.depart_utc))))
        return moment, moment
    low, high = plan.depart_utc, plan.arrive_utc - item.lasts
    if item.after:
        low = _anchor(item.after, item.who, day, f"{label}: after")[1]
    if item.before:
        high = _anchor(item.before, item.who, day, f"{label}: before")[0] - item.lasts
        if not item.after:
            low = max(low, high - _SEARCH_S)
    return low, max(low, min(high, low + _SEARCH_S))


def _anchor(name: str, who: Sequence[str], day: _Day, label: str) -> tuple[float, float]:
    """Return begin and end of a meal, a stop, or a passage.

    ``2-lunch`` is the lunch of those whom the item is for, by whichever clock they eat.
    """
    meals = [m for m in day.meals if m.name == name] or [
        m for m in day.meals if m.name.startswith(f"{name}-") and m.who & set(who)
    ]
    if meals:
        return min(m.begin for m in meals), max(m.end for m in meals)
    known = {m.name for m in day.meals}
    for leg in day.plan.legs:
        events = [e for e in leg.timeline if e.role == "main" and e.distance_m is not None]
        times = [e.time_utc for e in events if e.place.casefold() == name.casefold()]
        if times:
            return min(times), max(times)
        known |= {e.place for e in events}
    raise InputError(
        f'the journey has no meal and no place "{name}"',
        where=label,
        cure=suggest(name, known),
    )


def _entry(
    item: ProgrammeItem, number: int, moment: float, day: _Day, body: Offsets
) -> ProgrammeEntry:
    plan = day.plan
    zone = zone_at(plan, moment)
    shown = float(body.shown(moment)) % DAY_S
    hours, minutes = divmod(round(shown / 60), 60)
    passed = [
        e.place
        for leg in plan.legs
        for e in leg.timeline
        if e.role == "main" and e.kind in ("pass", "depart", "arrive") and e.time_utc <= moment
    ]
    return ProgrammeEntry(
        id=f"{number + 1} {item.what}",
        what=item.what,
        kind=item.kind,
        who=tuple(item.who),
        where=item.where,
        start_utc=moment,
        end_utc=moment + item.lasts,
        zone=zone,
        local=local_text(moment, zone),
        body=f"{hours % 24:02d}:{minutes:02d}",
        fixed=not _is_free(item),
        between=f"after {passed[-1]}" if passed else "",
    )


def _clashes(
    entry: ProgrammeEntry, item: ProgrammeItem, entries: Sequence[ProgrammeEntry], day: _Day
) -> Iterator[ProgrammeConflict]:
    """Yield everything that an entry cannot be together with."""

    def conflict(kind: str, other: str, begin: float, end: float, text: str) -> ProgrammeConflict:
        return ProgrammeConflict(
            kind=kind,
            entry=entry.id,
            other=other,
            from_utc=max(begin, entry.start_utc),
            until_utc=min(end, entry.end_utc),
            text=text,
        )

    start, end = entry.start_utc, entry.end_utc
    for other in entries:
        if not (start < other.end_utc and other.start_utc < end):
            continue
        span = (other.start_utc, other.end_utc)
        both = sorted(set(entry.who) & set(other.who))
        if both:
            text = f"{', '.join(both)}: {entry.what} and {other.what}"
            yield conflict("two places", other.id, *span, text)
        elif entry.where and entry.where == other.where:
            text = f"{entry.where}: {entry.what} and {other.what}"
            yield conflict("room taken", other.id, *span, text)
    for meal in day.meals:
        both = sorted(set(entry.who) & meal.who)
        # Of a large group those at another sitting are free: only the principal is one person.
        alone = [who for who in both if who == "principal"]
        if start < meal.end and meal.begin < end and (alone or _all_sit(meal, day, both)):
            text = f"{entry.what}: {', '.join(alone or both)} at {meal.name}"
            yield conflict("meal", meal.name, meal.begin, meal.end, text)
    for shut in day.kitchen.closed:
        if not (start < shut.until_utc and shut.from_utc < end):
            continue
        span = (shut.from_utc, shut.until_utc)
        if shut.kind == "quiet hours":
            if entry.kind not in _QUIET_KINDS:
                text = f"{entry.what} in the quiet hours"
                yield conflict("quiet hours", shut.kind, *span, text)
        elif shut.kind != "toilets locked" and entry.kind != "ceremony":
            text = f"{entry.what} during {shut.kind} at {shut.place}"
            yield conflict("closed", f"{shut.kind} {shut.place}".strip(), *span, text)
    if item.needs_connection or entry.kind in ("press", "call"):
        for begin, until, why in day.unconnected:
            if start < until and begin < end:
                yield conflict("no connection", why, begin, until, f"{entry.what}: {why}")
    if entry.where:
        if entry.where not in day.coaches:
            text = f"{entry.what}: the train has no coach {entry.where}"
            yield conflict("no such coach", entry.where, start, end, text)
        if not any(begin <= start and end <= until for begin, until, _ in day.aboard):
            text = f"{entry.what} is in a coach while the party is not on the train"
            yield conflict("off the train", entry.where, start, end, text)


def _all_sit(meal: _Span, day: _Day, groups: Sequence[str]) -> bool:
    """Tell whether a group as a whole is at table in this sitting."""
    for group in groups:
        sizes = [m.people.get(group, 0) for m in day.kitchen.meals if m.id == meal.name]
        sitting = [
            s.people.get(group, 0)
            for s in day.kitchen.sittings
            if s.meal == meal.name and s.from_utc == meal.begin
        ]
        if sizes and sitting and max(sitting) >= max(sizes) > 0:
            return True
    return False
