"""What may be asked of other trains when the line is cleared, as data with source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from retinue.document import read_yaml, validate
from retinue.sourced import Record
from retinue.traffic.blocking_rules import SourcedValue, value_of
from retinue.traffic.train_classes import shipped_train_classes
from retinue.traffic.train_run import TrainClass
from retinue.world.catalogue import SHIPPED

__all__ = ["ClassMeasures", "shipped_clearing_rules"]

FILE = SHIPPED / "clearing.yaml"


class _Entry(Record):
    latest: SourcedValue
    lost_by_a_stop: SourcedValue
    cancelled_as: SourcedValue
    call_missed_as: SourcedValue


class _File(Record):
    clearing: Literal[1]
    title: str
    sources: dict[str, str]
    classes: dict[TrainClass, _Entry]


@dataclass(frozen=True)
class ClassMeasures:
    """Measures on trains of one class; SI.

    Attributes
    ----------
    weight
        Of one second of delay of one train.
    latest_s
        A train is re-timed by no more.
    stop_s
        Lost by a stop that the timetable does not have.
    cancelled_s, missed_s
        Delay that counts for a cancelled train, and for a call that is not made.
    """

    weight: float
    latest_s: float
    stop_s: float
    cancelled_s: float
    missed_s: float


@cache
def shipped_clearing_rules() -> dict[TrainClass, ClassMeasures]:
    """Return the shipped measures of each class.

    Raises
    ------
    InputError
        Where the file holds what is no quantity.
    """
    file = validate(read_yaml(FILE, FILE.name), _File)
    figures = shipped_train_classes().figures
    found: dict[TrainClass, ClassMeasures] = {}
    for name, entry in file.classes.items():
        where = f"{FILE.name}: classes.{name}"
        found[name] = ClassMeasures(
            figures[name].weight,
            value_of(entry.latest, "duration", f"{where}.latest"),
            value_of(entry.lost_by_a_stop, "duration", f"{where}.lost by a stop"),
            value_of(entry.cancelled_as, "duration", f"{where}.cancelled as"),
            value_of(entry.call_missed_as, "duration", f"{where}.call missed as"),
        )
    return found
