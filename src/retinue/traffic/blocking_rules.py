"""Parameters of blocking times, as data with source and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Confidence, Record
from retinue.units import UnitError, parse
from retinue.world.catalogue import SHIPPED

__all__ = ["BlockingRules", "SourcedValue", "shipped_blocking_rules", "value_of"]

FILE = SHIPPED / "blocking.yaml"


class SourcedValue(Record):
    """One value, as a person writes it, with its ground."""

    value: Any
    source: str
    confidence: Confidence


class _BlockingFile(Record):
    blocking: Literal[1]
    title: str
    sources: dict[str, str]
    values: dict[str, SourcedValue]


@dataclass(frozen=True)
class BlockingRules:
    """What a train needs beyond its own running; SI.

    Attributes
    ----------
    switching_s, sight_s
        Before the signal at the block's entry is sighted.
    approach_m
        From the distant signal to the main signal.
    release_s, station_release_s
        After the tail has left a block or a junction, or a station's tracks.
    junction_m
        Length of a crossing of ways.
    double_block_m, single_block_m, shortest_block_m
        Block lengths where no signals are known.
    terminal_stand_s
        A train holds its track before its first departure and after its last arrival.
    rounding_s
        By so much may a time of the timetable be off.
    least_speed_mps, acceleration_mps2
        To infer the speed of a section from the times over it.
    assumed
        Names of the values that nobody published, with the value as written.
    """

    switching_s: float
    sight_s: float
    approach_m: float
    release_s: float
    station_release_s: float
    junction_m: float
    double_block_m: float
    single_block_m: float
    shortest_block_m: float
    terminal_stand_s: float
    rounding_s: float
    least_speed_mps: float
    acceleration_mps2: float
    assumed: tuple[tuple[str, str], ...] = ()


_KINDS = {
    "switching_s": ("switching", "duration"),
    "sight_s": ("sight", "duration"),
    "approach_m": ("approach", "length"),
    "release_s": ("release", "duration"),
    "station_release_s": ("station release", "duration"),
    "junction_m": ("junction length", "length"),
    "double_block_m": ("double track block", "length"),
    "single_block_m": ("single track block", "length"),
    "shortest_block_m": ("shortest block", "length"),
    "terminal_stand_s": ("terminal stand", "duration"),
    "rounding_s": ("rounding", "duration"),
    "least_speed_mps": ("least speed", "speed"),
    "acceleration_mps2": ("acceleration", "acceleration"),
}


def value_of(entry: SourcedValue, kind: str, where: str) -> float:
    """Return a value in SI.

    Raises
    ------
    InputError
        Where it is no quantity of its kind.
    """
    try:
        return parse(entry.value, kind)
    except (UnitError, ValueError) as error:
        raise InputError(str(error), where=where) from error


@cache
def shipped_blocking_rules() -> BlockingRules:
    """Return the shipped rules.

    Raises
    ------
    InputError
        Where the file lacks a value or holds one that is no quantity.
    """
    file = validate(read_yaml(FILE, FILE.name), _BlockingFile)
    found: dict[str, float] = {}
    for name, (key, kind) in _KINDS.items():
        if key not in file.values:
            raise InputError(f'there is no value "{key}"', where=f"{FILE.name}: values")
        found[name] = value_of(file.values[key], kind, f"{FILE.name}: values.{key}")
    assumed = tuple(
        (key, str(entry.value))
        for key, entry in file.values.items()
        if entry.confidence == "assumed"
    )
    return BlockingRules(**found, assumed=assumed)
