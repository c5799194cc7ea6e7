"""What is other in a provisioning document after the train's times have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.counting import plural
from retinue.provisioning.changes import store_changes

if TYPE_CHECKING:
    from retinue.plan import Provision

__all__ = ["provision_changes"]

_MINUTE_S = 60.0


def provision_changes(before: Provision, after: Provision) -> tuple[str, ...]:
    """Return the differences of two documents in sentences: life on board first, then stores.

    What moved by the same time is told together.
    """
    return (
        *_moved("meal", _meals(before), _meals(after)),
        *_moved("sitting", _sittings(before), _sittings(after)),
        *_moved("shift", _shifts(before), _shifts(after)),
        *_moved("service stop", _stops(before), _stops(after)),
        *_moved("item of the programme", _programme(before), _programme(after)),
        *_counts(before, after),
        *_conflicts(before, after),
        *store_changes(before.stores, after.stores),
        *_cost(before, after),
    )


def _meals(one: Provision) -> dict[str, float]:
    return {meal.id: meal.time_utc for meal in one.kitchen.meals}


def _sittings(one: Provision) -> dict[str, float]:
    return {f"{s.meal}, sitting {s.number}": s.from_utc for s in one.kitchen.sittings}


def _shifts(one: Provision) -> dict[str, float]:
    numbered: dict[str, int] = {}
    found = {}
    for shift in one.kitchen.shifts:
        numbered[shift.cook] = numbered.get(shift.cook, 0) + 1
        found[f"{numbered[shift.cook]} of {shift.cook}"] = shift.start_utc
    return found


def _stops(one: Provision) -> dict[str, float]:
    return {f"{s.kind} at {s.place}": s.start_utc for s in one.services.stops}


def _programme(one: Provision) -> dict[str, float]:
    return {entry.what: entry.start_utc for entry in one.programme.entries}


def _moved(noun: str, before: dict[str, float], after: dict[str, float]) -> Iterator[str]:
    by_shift: dict[float, list[str]] = {}
    for name, moment in after.items():
        if name in before and abs(moment - before[name]) >= _MINUTE_S:
            shift = round((moment - before[name]) / _MINUTE_S) * _MINUTE_S
            by_shift.setdefault(shift, []).append(name)
    for shift, names in sorted(by_shift.items()):
        word = "later" if shift > 0 else "earlier"
        yield f"{_told(noun, names)} {duration_text(abs(shift))} {word}"
    new = [name for name in after if name not in before]
    gone = [name for name in before if name not in after]
    if new:
        yield f"{_told(noun, new)} new"
    if gone:
        yield f"{_told(noun, gone)} dropped"


def _told(noun: str, names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) == 1:
        return f"{noun} {listed[0]} is"
    named = ", ".join(listed[:3]) + (" ..." if len(listed) > 3 else "")
    return f"{len(listed)} {plural(noun)} ({named}) are"


def _counts(before: Provision, after: Provision) -> Iterator[str]:
    pairs = (
        ("cooks at once", before.kitchen.cooks, after.kitchen.cooks),
        ("cooks in all", before.kitchen.team, after.kitchen.team),
        ("stewards at once", before.kitchen.stewards, after.kitchen.stewards),
    )
    for what, was, now in pairs:
        if was != now:
            yield f"{now} {what}, not {was}"


def _conflicts(before: Provision, after: Provision) -> Iterator[str]:
    was = {clash.text for clash in before.programme.conflicts}
    now = {clash.text for clash in after.programme.conflicts}
    yield from (f"new conflict of the programme: {text}" for text in sorted(now - was))
    yield from (f"no longer a conflict: {text}" for text in sorted(was - now))


def _cost(before: Provision, after: Provision) -> Iterator[str]:
    if round(before.cost_total, 2) != round(after.cost_total, 2):
        yield (
            f"provisioning costs {after.cost_total:,.2f} {after.currency} in all,"
            f" not {before.cost_total:,.2f}"
        )
