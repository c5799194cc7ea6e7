"""What a train of the timetable is taken to be: its class, and what follows from that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.traffic.blocking_rules import SourcedValue, value_of
from retinue.traffic.train_run import TrainClass
from retinue.world.catalogue import SHIPPED

__all__ = ["ClassFigures", "TrainClasses", "shipped_train_classes"]

FILE = SHIPPED / "train_classes.yaml"
_LETTERS = re.compile(r"[A-Za-z]+")


class _ClassEntry(Record):
    length: SourcedValue
    top_speed: SourcedValue
    passengers: SourcedValue
    minimum_dwell: SourcedValue
    weight: SourcedValue
    train: SourcedValue | None = None


class _Rule(SourcedRecord):
    class_: TrainClass
    route_types: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


class _ClassFile(Record):
    train_classes: Literal[1]
    title: str
    sources: dict[str, str]
    classes: dict[TrainClass, _ClassEntry]
    rules: tuple[_Rule, ...]
    otherwise: dict[str, SourcedValue] = Field(default_factory=dict)


@dataclass(frozen=True)
class ClassFigures:
    """Figures of one class; SI.

    Attributes
    ----------
    train
        Train of the catalogue that stands for it where its running is computed; empty: none is
        known, and times between stops are interpolated.
    weight
        Of one second of delay of one of its trains, against others'.
    ground
        In words, for the list of assumptions.
    """

    length_m: float
    top_speed_mps: float
    passengers: float
    minimum_dwell_s: float
    weight: float
    train: str
    ground: str


@dataclass(frozen=True)
class TrainClasses:
    """All classes, and the rules that tell them."""

    figures: dict[TrainClass, ClassFigures]
    rules: tuple[_Rule, ...]
    intercity_from_m: float

    def class_of(self, route_name: str, route_type: int, mean_stop_m: float) -> TrainClass:
        """Return the class of a trip.

        Parameters
        ----------
        route_name
            ``IC 5``, ``S3``: its first letters count.
        route_type
            Of GTFS, extended or not.
        mean_stop_m
            Mean distance between its stops, for what no rule names.
        """
        match = _LETTERS.match(route_name.strip())
        letters = match.group().upper() if match else ""
        for rule in self.rules:
            if route_type in rule.route_types or letters in rule.names:
                return rule.class_
        return "intercity" if mean_stop_m >= self.intercity_from_m else "regional"


@cache
def shipped_train_classes() -> TrainClasses:
    """Return the shipped classes."""
    file = validate(read_yaml(FILE, FILE.name), _ClassFile)
    figures: dict[TrainClass, ClassFigures] = {}
    for name, entry in file.classes.items():
        where = f"{FILE.name}: classes.{name}"
        texts = [f"{entry.length.value} long", f"{entry.passengers.value} passengers"]
        if entry.train is not None:
            texts.append(f'runs like "{entry.train.value}"')
        figures[name] = ClassFigures(
            value_of(entry.length, "length", f"{where}.length"),
            value_of(entry.top_speed, "speed", f"{where}.top speed"),
            float(entry.passengers.value),
            value_of(entry.minimum_dwell, "duration", f"{where}.minimum dwell"),
            float(entry.weight.value),
            "" if entry.train is None else str(entry.train.value),
            f"assumed by class {name}: " + ", ".join(texts),
        )
    limit = value_of(
        file.otherwise["intercity from"], "length", f"{FILE.name}: otherwise.intercity from"
    )
    return TrainClasses(figures, file.rules, limit)
