"""What is served where a course or a kind of drink cannot be had for somebody.

Nobody is refused a journey because no beer suits him: what cannot be had for an eater type is
replaced by what comes next on the ladder of its kind, or left out, and told.  Only who finds
nothing to eat or nothing to drink at a meal stops the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from retinue.errors import NoPlan, Reason
from retinue.plan.stores import LeftOutRecord
from retinue.provisioning.dish import COURSES, DRINKS

if TYPE_CHECKING:
    from retinue.provisioning.menu import Dish, Drink

__all__ = [
    "INSTEAD", "NOT_ON_MENU", "Feeding", "LeftOut", "course_of", "left_out_records",
    "restrictions_text", "served_as",
]  # fmt: skip

#: What is offered in place of a course or kind of drink that somebody cannot have, the first
#: that he can.  None leads to alcohol: who drinks no wine is not poured vodka in its stead.
INSTEAD: Mapping[str, tuple[str, ...]] = {
    "wine": ("juice", "soft", "water", "tea"),
    "spirits": ("juice", "soft", "tea", "water"),
    "beer": ("soft", "juice", "water", "tea"),
    "tea": ("water", "juice", "soft"),
    "coffee": ("tea", "water", "juice", "soft"),
    "water": ("juice", "soft", "tea"),
    "juice": ("soft", "water", "tea"),
    "soft": ("juice", "water", "tea"),
    "snack": ("dessert",),
    "dessert": ("snack",),
    "breakfast": ("main",),
}
NOT_ON_MENU = "not on the menu"
#: Without these a meal is none.
_MAIN = frozenset({"main", "breakfast"})


class _Served(Protocol):
    @property
    def left_out(self) -> tuple[LeftOut, ...]: ...


class _Eater(Protocol):
    @property
    def group(self) -> str: ...
    @property
    def people(self) -> int: ...
    @property
    def diets(self) -> frozenset[str]: ...
    @property
    def allergies(self) -> frozenset[str]: ...


@dataclass(frozen=True, order=True)
class LeftOut:
    """A course or kind of drink that some people cannot have at a meal.

    Attributes
    ----------
    instead
        Course or kind that takes its place; empty where nothing does.
    because
        Why: the menu has none, none suits them, or its goods cannot be had there.
    """

    group: str
    diets: tuple[str, ...]
    allergies: tuple[str, ...]
    people: int
    course: str
    instead: str
    because: str
    meal: str


def course_of(item: Dish | Drink) -> str:
    """Return the course of a dish; a drink's kind is one."""
    return str(getattr(item, "course", None) or getattr(item, "kind", ""))


def served_as(course: str, can_be_had: Callable[[str], bool]) -> str:
    """Return the course itself, the first on its ladder that can be had, or nothing.

    Examples
    --------
    >>> served_as("beer", {"juice", "water"}.__contains__)
    'juice'
    """
    return next((one for one in (course, *INSTEAD.get(course, ())) if can_be_had(one)), "")


def restrictions_text(diets: Collection[str], allergies: Collection[str]) -> str:
    """Word the diets and allergies of an eater type."""
    words = [*sorted(diets), *(f"no {one}" for one in sorted(allergies))]
    return ", ".join(words) or "no diet"


@dataclass(frozen=True)
class Feeding:
    """One eater type at one meal: courses asked for, each with what is served as it."""

    eater: _Eater
    meal: str
    kind: str
    shares: Mapping[str, float]
    served: Mapping[str, str]

    def refuse_if_unfed(self) -> None:
        """Raise where nothing is left to eat, or nothing to drink.

        Raises
        ------
        NoPlan
            With the course or drink that is missing and what would mend it.
        """
        eaten = [course for course in self.served if course in COURSES]
        drunk = [course for course in self.served if course in DRINKS]
        mains = [course for course in eaten if course in _MAIN]
        had = {course for course, served in self.served.items() if served}
        if mains and not had.intersection(mains):
            raise self._refusal(mains[0], f"a {mains[0]}")
        # A snack at tea may be left out; what everybody is served may not be all missing.
        sure = [course for course in eaten if self.shares[course] >= 1.0]
        if sure and not had.intersection(eaten):
            raise self._refusal(sure[0], f"a {sure[0]}")
        if drunk and not had.intersection(drunk):
            raise self._refusal("drink", "water, tea or juice")

    def _refusal(self, course: str, missing: str) -> NoPlan:
        words = restrictions_text(self.eater.diets, self.eater.allergies)
        return NoPlan(
            "the menu does not feed everybody",
            reasons=[
                Reason(
                    f"{self.eater.group} ({words}) find no {course} at {self.kind}",
                    self.meal,
                    f"add {missing} to the menu that suits them, or re-supply",
                    "diet",
                )
            ],
        )

    def left_out(self, known: Collection[str], suits: Collection[str]) -> Sequence[LeftOut]:
        """Return what they go without.

        Parameters
        ----------
        known
            Courses and kinds that the menu has at all.
        suits
            Those of which something suits the eater type, could its goods be had.
        """
        return [
            LeftOut(
                group=self.eater.group,
                diets=tuple(sorted(self.eater.diets)),
                allergies=tuple(sorted(self.eater.allergies)),
                people=self.eater.people,
                course=course,
                instead=served,
                because=NOT_ON_MENU if course not in known
                else "none suits them" if course not in suits
                else "its goods cannot be had",
                meal=self.meal,
            )
            for course, served in self.served.items()
            if served != course
        ]  # fmt: skip


def left_out_records(demands: Iterable[_Served]) -> tuple[LeftOutRecord, ...]:
    """Gather what is left out, one record for all meals of a kind."""
    meals: dict[LeftOut, dict[str, None]] = {}
    for demand in demands:
        for one in demand.left_out:
            meals.setdefault(replace(one, meal=""), {})[one.meal] = None
    return tuple(
        LeftOutRecord(
            group=one.group, diets=one.diets, allergies=one.allergies, people=one.people,
            course=one.course, instead=one.instead, because=one.because, meals=tuple(at),
        )
        for one, at in meals.items()
    )  # fmt: skip
