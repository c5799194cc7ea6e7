"""What an order of vehicles has to hold to: rules given as data, tests known by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.document import read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.world.catalogue import SHIPPED, shown_as

if TYPE_CHECKING:
    from retinue.road.convoy import ConvoyVehicle

__all__ = ["ConvoyRule", "OrderFault", "convoy_rules", "order_faults"]

_AHEAD_OF_ALL = ("lead", "escort")


class ConvoyRule(SourcedRecord):
    """One rule: the test that finds its breach, and what is said of it."""

    test: str
    level: Literal["refuse", "warn"]
    says: str
    cure: str
    number: int = Field(default=0, ge=0)


class _RulesFile(Record):
    retinue_convoy_rules: Literal[1]
    sources: dict[str, str]
    rules: tuple[ConvoyRule, ...]


@dataclass(frozen=True)
class OrderFault:
    """A rule that an order of vehicles breaks.

    Attributes
    ----------
    vehicle
        Place in the order of the vehicle at fault, or None where one is missing.
    ground
        Words of the rule's source.
    """

    rule: ConvoyRule
    vehicle: int | None
    ground: str


Vehicles = Sequence["ConvoyVehicle"]
#: Returns False where the rule holds; True, or the vehicle at fault, where it is broken.
Test = Callable[[Vehicles, ConvoyRule], bool | int]


def _places(vehicles: Vehicles, role: str) -> list[int]:
    return [i for i, vehicle in enumerate(vehicles) if vehicle.role == role]


def _first_of_column(vehicles: Vehicles) -> int:
    return next(i for i, vehicle in enumerate(vehicles) if vehicle.role != "pilot")


def _main(vehicles: Vehicles) -> int:
    return _places(vehicles, "main")[0]


def _no_pilot(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    return not _places(vehicles, "pilot")


def _not_led(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    main = _main(vehicles)
    return _At(main) if main == _first_of_column(vehicles) else False


def _main_last(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    main = _main(vehicles)
    return _At(main) if main == len(vehicles) - 1 else False


def _no_spare(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    return not _places(vehicles, "spare")


def _other_make(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    main = vehicles[_main(vehicles)]
    for place in _places(vehicles, "spare"):
        spare = vehicles[place]
        same_make = bool(spare.vehicle.make) and spare.vehicle.make == main.vehicle.make
        if spare.type_name != main.type_name and not same_make:
            return _At(place)
    return False


def _unguarded(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    main = _main(vehicles)
    # The spare may run between the main car and its guards: they are to look alike.
    near = [v for v in vehicles[max(main - 2, 0) : main + 3] if v.role not in ("main", "spare")]
    return False if any(v.role == "guards" for v in near) else _At(main)


def _few(vehicles: Vehicles, rule: ConvoyRule) -> bool | int:
    return len(vehicles) < rule.number


def _no_ambulance(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    return not _places(vehicles, "ambulance")


def _ambulance_ahead(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    places = _places(vehicles, "ambulance")
    return _At(places[-1]) if places and places[-1] < _main(vehicles) else False


def _no_communications(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    return not _places(vehicles, "communications")


def _toilet_inside(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    places = _places(vehicles, "toilet")
    if not places:
        return False
    behind = vehicles[places[0] + 1 :]
    return _At(places[0]) if any(v.role not in ("tail", "toilet") for v in behind) else False


def _tail_inside(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    places = _places(vehicles, "tail")
    if not places:
        return False
    return _At(places[0]) if any(v.role != "tail" for v in vehicles[places[0] :]) else False


def _lead_inside(vehicles: Vehicles, _: ConvoyRule) -> bool | int:
    places = _places(vehicles, "lead")
    if not places:
        return False
    before = vehicles[_first_of_column(vehicles) : places[0]]
    return _At(places[0]) if any(v.role not in _AHEAD_OF_ALL for v in before) else False


class _At(int):
    """The place of a vehicle at fault; as a number of its own so that 0 is a fault too."""

    def __bool__(self) -> bool:
        return True


_TESTS: dict[str, Test] = {
    "pilot runs ahead": _no_pilot,
    "led before the main car": _not_led,
    "main car not last": _main_last,
    "has a spare": _no_spare,
    "spare of the main car's make": _other_make,
    "guards beside the main car": _unguarded,
    "at least so many vehicles": _few,
    "has an ambulance": _no_ambulance,
    "ambulance behind the main car": _ambulance_ahead,
    "has communications": _no_communications,
    "toilet car at the tail": _toilet_inside,
    "tail is last": _tail_inside,
    "a lead vehicle before all others": _lead_inside,
}


@cache
def _file() -> _RulesFile:
    path = SHIPPED / "convoy_rules.yaml"
    node = read_yaml(path, shown_as(path))
    rules = validate(node, _RulesFile)
    for number, rule in enumerate(rules.rules):
        if rule.test not in _TESTS:
            raise InputError(
                f'"{rule.test}" is not a test of a convoy\'s order',
                where=node.where(("rules", number, "test")),
                cure=suggest(rule.test, _TESTS) or f"Known: {', '.join(_TESTS)}.",
            )
    return rules


def convoy_rules() -> tuple[ConvoyRule, ...]:
    """Return the rules in their order."""
    return _file().rules


def order_faults(vehicles: Vehicles) -> list[OrderFault]:
    """Return the rules that an order of vehicles breaks, in the order of the rules.

    Parameters
    ----------
    vehicles
        From the head, the pilot first; exactly one of them is the main car.
    """
    faults = []
    for rule in convoy_rules():
        found = _TESTS[rule.test](vehicles, rule)
        if found:
            place = int(found) if isinstance(found, _At) else None
            ground = _file().sources.get(rule.source, rule.source)
            faults.append(OrderFault(rule, place, ground))
    return faults
