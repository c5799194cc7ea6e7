"""Rules by which a train is formed, as data: what roles do, where they stand, what is preferred.

Every rule of order is one of a few kinds over *who* (coaches by role; ``principal`` means
the principal's coaches, whatever their role) and mostly *by* (the coaches it is judged by)::

    next to      every one of who has one of by as a neighbour
    within       every one of who has one of by at most `places` places away
    apart        at least `coaches` coaches stand between any who and any by
    together     who stand in one block
    flanked      both neighbours of the blocks of who are by
    not at ends  at least `coaches` coaches stand between who and either end
    at end       who are the block at an end, with ramps outward where asked
    no passage   on one side of who stand only who and by
    before       every one of who stands nearer to the head than every one of by
    outposts     first and last coach that are not of `beyond` are who
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.rail.rolling_stock import ROLES
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length, Power, Speed, Volume

__all__ = [
    "CLASSES",
    "ConsistRules",
    "Need",
    "OrderRule",
    "Preference",
    "RoleFigures",
    "load_rules",
    "shipped_rules",
]

SHIPPED = Path(__file__).parent.parent / "data" / "consist_rules.yaml"

RULES_VERSION = 1

#: Who has berths of their own kind; guests have those of officials.
CLASSES = ("principal", "officials", "guards", "staff", "crew")

_WORDS = ("principal", *(role for role in ROLES if role != "locomotive"))


def _listed(value: object) -> object:
    listed = (value,) if isinstance(value, str) else value
    if isinstance(listed, list | tuple):
        for word in listed:
            if word not in _WORDS:
                raise ValueError(f'"{word}" is no role of a coach; known: {", ".join(_WORDS)}')
        return tuple(listed)
    return value


Who = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
Others = Annotated[tuple[str, ...], BeforeValidator(_listed)]
PartyClass = Literal["principal", "officials", "guests", "staff", "guards", "crew"]
SleeperClass = Literal["principal", "officials", "guards", "staff", "crew"]


class RoleFigures(Record):
    """What one coach of a role does for the train."""

    sleeps: tuple[SleeperClass, ...] = Field(
        default=(), description="who has the berths of such a coach, and its seats by day"
    )
    seats: int = Field(default=0, ge=0, le=200, description="where the vehicle states none")
    dining_seats: int = Field(default=0, ge=0, le=200)
    covers: int = Field(default=0, ge=0, le=2000, description="meals it cooks for one mealtime")
    stores: Volume = Field(default=0.0, ge=0, le=500)
    load: Power = Field(default=0.0, ge=0, le=1e6, description="electric, at its greatest")
    generates: Power = Field(default=0.0, ge=0, le=1e7)


OrderKind = Literal[
    "next to",
    "within",
    "apart",
    "together",
    "flanked",
    "not at ends",
    "at end",
    "no passage",
    "before",
    "outposts",
]
_BY = {"next to", "within", "apart", "flanked", "before"}


class OrderRule(SourcedRecord):
    """One rule on where coaches stand; see the module."""

    id: str = Field(min_length=1)
    kind: OrderKind
    who: Who
    by: Others = ()
    beyond: Others = ()
    places: int = Field(default=1, ge=1, le=50)
    coaches: int = Field(default=1, ge=1, le=50)
    end: Literal["head", "tail", "either", "tail on arrival"] = "either"
    ramp: Literal["any", "outward"] = "any"
    words: str = Field(min_length=1, description="the rule as one sentence")

    @model_validator(mode="after")
    def _complete(self) -> OrderRule:
        if self.kind in _BY and not self.by:
            raise ValueError(f'a rule "{self.kind}" says by which coaches it is judged: by')
        return self


class Need(SourcedRecord):
    """How many coaches of a role the train has at least."""

    id: str = Field(min_length=1)
    who: Who
    at_least: int = Field(ge=0, le=50)
    words: str = Field(min_length=1)


class Preference(Record):
    """What is better where several orders keep every rule.

    ``near`` counts the coaches between each *who* and the nearest *by* (all of the train's
    where there is none), ``far`` what is missing to `coaches` between them, ``middle`` how many
    more coaches stand on one side of *who* than on the other, ``mirrored`` places that hold *who*
    while the place as far from the other end does not.
    """

    kind: Literal["near", "far", "middle", "mirrored"]
    who: Who
    by: Others = ()
    coaches: int = Field(default=1, ge=1, le=50)
    weight: int = Field(default=1, ge=1, le=1000)
    tier: Literal["distance", "balance"] = "distance"

    @model_validator(mode="after")
    def _complete(self) -> Preference:
        if self.kind in ("near", "far") and not self.by:
            raise ValueError(f'"{self.kind}" says to which coaches: by')
        return self


class ConsistRules(SourcedRecord):
    """A whole set of rules."""

    retinue_consist_rules: Literal[1]
    title: str = Field(min_length=1)
    roles: dict[str, RoleFigures]
    own_supply: Power = Field(ge=0, le=1e6)
    head_end_supply: Power = Field(ge=0, le=1e7)
    diners: tuple[PartyClass, ...]
    sittings: int = Field(ge=1, le=10)
    balancing_speed: Speed = Field(gt=0, le=60)
    door_offset: Length = Field(ge=0, le=15)
    mark_within: Length = Field(gt=0, le=1000)
    most_locomotives: int = Field(ge=1, le=4)
    order: tuple[OrderRule, ...] = ()
    needs: tuple[Need, ...] = ()
    preferences: tuple[Preference, ...] = ()

    @field_validator("roles")
    @classmethod
    def _known(cls, value: dict[str, RoleFigures]) -> dict[str, RoleFigures]:
        _listed(tuple(value))
        return value

    @model_validator(mode="after")
    def _named_once(self) -> ConsistRules:
        ids = [*(rule.id for rule in self.order), *(need.id for need in self.needs)]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f'two rules are called "{twice[0]}"')
        return self

    def of_role(self, role: str) -> RoleFigures:
        """Return what a coach of a role does; nothing where the rules do not name it."""
        return self.roles.get(role, RoleFigures())


def load_rules(path: Path) -> ConsistRules:
    """Read a file of rules.

    Raises
    ------
    InputError
        For the first fault in it, with file, line, key and cure.
    """
    return _read(read_yaml(path))


@cache
def shipped_rules() -> ConsistRules:
    """Return the shipped rules."""
    return _read(read_yaml(SHIPPED, SHIPPED.name))


def _read(node: Node) -> ConsistRules:
    if not isinstance(node.value, dict) or "retinue consist rules" not in node.value:
        raise InputError(
            "this is no file of rules for forming trains: it does not begin with a version",
            where=node.where(),
            cure=f'Begin it with "retinue consist rules: {RULES_VERSION}".',
        )
    return validate(node, ConsistRules)
