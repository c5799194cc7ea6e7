"""Notes on who is served what and where: drinks left out, people served where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from retinue.counting import counted
from retinue.plan import Note
from retinue.provisioning.on_offer import NOT_ON_MENU, restrictions_text
from retinue.provisioning.sittings import BY_CLASS

if TYPE_CHECKING:
    from retinue.plan.meals import KitchenRecord, RoomService
    from retinue.plan.stores import LeftOutRecord

__all__ = ["left_out_notes", "served_apart_notes"]

#: So many meals are named; more are counted.
_FEW = 4


def left_out_notes(
    left_out: Sequence[LeftOutRecord], eaten: Iterable[Collection[str]]
) -> Iterator[Note]:
    """Tell who does without what: one line for those of a group with the same restrictions.

    What the menu does not have at all is told once for everybody.

    Parameters
    ----------
    eaten
        The groups that come to each meal.
    """
    meals = Counter(group for groups in eaten for group in groups)
    listed: dict[tuple[str, str, int], list[LeftOutRecord]] = {}
    missing: dict[tuple[str, str], dict[str, None]] = {}
    for one in left_out:
        if one.because == NOT_ON_MENU:
            missing.setdefault((one.course, one.instead), {})[one.group] = None
            continue
        words = restrictions_text(one.diets, one.allergies)
        listed.setdefault((one.group, words, one.people), []).append(one)
    for (course, instead), groups in missing.items():
        have = f"have {_named(instead)} instead" if instead else "do without"
        text = f"has no {_named(course)}, which the policy serves: {', '.join(groups)} {have}"
        yield Note(level="warning", subject="menu", text=text)
    for (group, words, people), records in listed.items():
        alike: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        for one in records:
            alike.setdefault((one.instead, one.because, one.meals), []).append(one.course)
        told = [
            f"no {' and no '.join(map(_named, courses))} {_at(at, meals[group])}: {because}"
            + (f", {_named(instead)} instead" if instead else "")
            for (instead, because, at), courses in alike.items()
        ]
        subject = f"{people} {group} ({words})"
        yield Note(level="warning", subject=subject, text="; ".join(told))


def _at(meals: tuple[str, ...], of: int) -> str:
    """Word meals: by name where they are few, else by number and kind."""
    if len(meals) == of:
        return "at any meal"
    if len(meals) <= _FEW:
        return f"at {', '.join(meals)}"
    kinds = dict.fromkeys(meal.split("-")[1] for meal in meals)
    return f"at {len(meals)} of {of} meals ({', '.join(kinds)})"


def _named(course: str) -> str:
    return "soft drinks" if course == "soft" else course


def served_apart_notes(kitchen: KitchenRecord) -> Iterator[Note]:
    """Tell who eats where he is, why, and how many stewards that takes."""
    at_table = {meal.id for meal in kitchen.meals if meal.windows}
    found: dict[tuple[str, str], list[RoomService]] = {}
    for one in kitchen.room_service:
        # Who has no sitting although there is time for one has room service by his class.
        why = "no time for a sitting"
        if one.meal in at_table:
            why = one.because if one.because != BY_CLASS else "room service of their class"
        found.setdefault((one.group, why), []).append(one)
    for (group, why), listed in found.items():
        meals = len({one.meal for one in listed})
        of = sum(group in meal.people for meal in kitchen.meals)
        people = max(one.people for one in listed)
        yield Note(
            level="info",
            subject=f"{people} {group}",
            text=f"served where they are at {meals} of {counted(of, 'meal')} ({why}) by up to"
            f" {counted(max(one.stewards for one in listed), 'steward')}"
            + (
                f"; {kitchen.seats} seats in the dining coaches are for classes without"
                ' "room service" in the policy'
                if why == "room service of their class" and kitchen.seats
                else ""
            ),
        )
