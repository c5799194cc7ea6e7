"""Hand-overs: from one leg's vehicle to the next, with the time that takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.sourced import SourcedRecord
from retinue.units import Duration, Length
from retinue.world.catalogue import SHIPPED

__all__ = ["Transfer", "TransferRules", "load_transfer_rules"]

_Mode = Literal["rail", "air", "road"]


class _Change(SourcedRecord):
    from_: _Mode
    to: _Mode
    needed: Duration
    ready_before: Duration
    tasks: tuple[str, ...]


class _CarsOnTrain(SourcedRecord):
    fixed: Duration
    each: Duration


class _JoinedWithin(SourcedRecord):
    distance: Length


class TransferRules(SourcedRecord):
    """Times of changes between modes, and of driving cars off the train."""

    retinue_transfers: Literal[1]
    changes: tuple[_Change, ...]
    cars_on_the_train: _CarsOnTrain
    joined_within: _JoinedWithin
    source: str = Field(default="")
    confidence: Literal["assumed"] = "assumed"

    def change(self, first: _Mode, second: _Mode) -> _Change:
        """Return the rule of a change of mode."""
        return next(rule for rule in self.changes if (rule.from_, rule.to) == (first, second))

    def transfer(
        self, first: _Mode, second: _Mode, *, asked_s: float | None, cars: int = 0
    ) -> Transfer:
        """Return what one hand-over needs.

        Parameters
        ----------
        asked_s
            The journey's own figure, which replaces the rule's.
        cars
            Cars driven off the train before the convoy can start.
        """
        rule = self.change(first, second)
        tasks = list(rule.tasks)
        needed = rule.needed if asked_s is None else asked_s
        unloading = 0.0
        if cars and first == "rail":
            unloading = self.cars_on_the_train.fixed + cars * self.cars_on_the_train.each
            tasks.insert(0, f"{cars} cars driven off the train")
        return Transfer(
            needed_s=max(needed, unloading + (rule.needed if asked_s is None else 0.0)),
            ready_before_s=rule.ready_before,
            tasks=tuple(tasks),
            assumed=asked_s is None,
            unloading_s=unloading,
            cars=cars if unloading else 0,
        )


@dataclass(frozen=True)
class Transfer:
    """What one hand-over needs.

    Attributes
    ----------
    needed_s
        From arrival to departure at the least.
    ready_before_s
        How long before the arrival the next vehicles stand ready; cars that come
        on the train join them after unloading.
    tasks
        What happens meanwhile.
    assumed
        The journey gave no figure of its own.
    unloading_s
        Time to drive the cars off the train.
    cars
        How many these are.
    """

    needed_s: float
    ready_before_s: float
    tasks: tuple[str, ...]
    assumed: bool
    unloading_s: float = 0.0
    cars: int = 0


@cache
def load_transfer_rules() -> TransferRules:
    """Return the shipped rules."""
    path = SHIPPED / "transfers.yaml"
    return validate(read_yaml(path, path.name), TransferRules)
