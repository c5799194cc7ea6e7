"""Hand-overs: from one leg's vehicle to the next, with the time that takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.movement import StopTask
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


class _JoinedWithin(SourcedRecord):
    distance: Length


class _SupportMargin(SourcedRecord):
    time: Duration


class TransferRules(SourcedRecord):
    """Times of changes between modes."""

    retinue_transfers: Literal[1]
    changes: tuple[_Change, ...]
    joined_within: _JoinedWithin
    support_margin: _SupportMargin
    source: str = Field(default="")
    confidence: Literal["assumed"] = "assumed"

    def change(self, first: _Mode, second: _Mode) -> _Change:
        """Return the rule of a change of mode."""
        return next(rule for rule in self.changes if (rule.from_, rule.to) == (first, second))

    def transfer(
        self,
        first: _Mode,
        second: _Mode,
        *,
        asked_s: float | None,
        unloading: Sequence[StopTask] = (),
        loading_s: float = 0.0,
        cars: int = 0,
    ) -> Transfer:
        """Return what one hand-over needs.

        Parameters
        ----------
        asked_s
            The journey's own figure, which replaces the rule's.
        unloading
            Tasks of driving cars off the train, from the arrival on: the column forms after it.
        loading_s
            Cars of the leg before are driven onto the train meanwhile.
        cars
            How many come off.
        """
        rule = self.change(first, second)
        needed = rule.needed if asked_s is None else asked_s
        off_s = max((task.start_s + task.duration_s for task in unloading), default=0.0)
        # Boarding and loading go on at the same time; a column forms when its last car is off.
        least = off_s + (rule.needed if asked_s is None else 0.0) if unloading else 0.0
        return Transfer(
            needed_s=float(math.ceil(max(needed, least, loading_s))),
            ready_before_s=rule.ready_before,
            tasks=rule.tasks,
            assumed=asked_s is None,
            unloading=tuple(unloading),
            unloading_s=off_s,
            loading_s=loading_s,
            cars=cars,
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
    unloading, unloading_s
        Tasks of driving the cars off the train, and the time of all.
    loading_s
        Time to drive the cars of the leg before onto the train.
    cars
        How many come off.
    """

    needed_s: float
    ready_before_s: float
    tasks: tuple[str, ...]
    assumed: bool
    unloading: tuple[StopTask, ...] = ()
    unloading_s: float = 0.0
    loading_s: float = 0.0
    cars: int = 0


@cache
def load_transfer_rules() -> TransferRules:
    """Return the shipped rules."""
    path = SHIPPED / "transfers.yaml"
    return validate(read_yaml(path, path.name), TransferRules)
