"""What food a border lets in: rules read from a file, the first that fits counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.provisioning.ingredient import BORDER_CLASSES, BorderClass
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.world.catalogue import SHIPPED, shown_as

__all__ = ["BorderRules", "Ruling", "Verdict", "allowed", "load_border_rules"]

Verdict = Literal["allowed", "with certificate", "forbidden"]
#: Name of the shipped rules.
SHIPPED_RULES = "border_food"
_CODE = re.compile("[A-Z]{2}")


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class BorderRule(SourcedRecord):
    """One line of the rules."""

    into: _Names
    from_: _Names
    class_: _Names
    imported: Verdict
    on_board: Verdict
    since: date | None = Field(default=None, description="first day on which it holds")
    until: date | None = Field(default=None, description="last day on which it holds")
    paper: str = ""


class BorderFile(Record):
    """A file of border rules."""

    retinue_border_food: Literal[1]
    title: str = ""
    sources: dict[str, str] = Field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rules: tuple[BorderRule, ...] = Field(min_length=1)

    @field_validator("groups")
    @classmethod
    def _of_one_kind(cls, groups: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, members in groups.items():
            if name == "any" or (_CODE.fullmatch(name) and name != "EU") or name in BORDER_CLASSES:
                raise ValueError(f'"{name}" may not name a group')
            for member in members:
                if not _CODE.fullmatch(member) and member not in BORDER_CLASSES:
                    raise ValueError(f'"{member}" is neither a country (FR) nor a class of food')
        return groups


@dataclass(frozen=True)
class Ruling:
    """What a border says to one class of food.

    Attributes
    ----------
    verdict
        Whether it may pass; with a certificate only if the paper is at hand.
    paper
        What is asked for.
    source, confidence
        What the ruling stands on.
    """

    verdict: Verdict
    paper: str = ""
    source: str = ""
    confidence: Confidence = "K"

    @property
    def passes(self) -> bool:
        """Whether it may pass, with the paper where one is asked for."""
        return self.verdict != "forbidden"


@dataclass(frozen=True)
class _Line:
    into: frozenset[str] | None
    from_: frozenset[str] | None
    classes: frozenset[str]
    rule: BorderRule


@dataclass(frozen=True)
class BorderRules:
    """Rules of food at borders, with every group written out."""

    lines: tuple[_Line, ...]
    sources: dict[str, str]
    file: str

    def ruling(
        self,
        border_class: BorderClass,
        from_country: str,
        into_country: str,
        *,
        on_board: bool = True,
        day: date | None = None,
    ) -> Ruling:
        """Return what the border into a country says to food from another.

        Parameters
        ----------
        border_class
            As an ingredient names it.
        from_country, into_country
            ISO 3166-1 alpha-2.  Of goods delivered, ``from_country`` is where they come from;
            an unknown origin is that of the country last left.
        on_board
            Stores that stay aboard and are eaten there; else goods that are delivered across
            the border, or carried off.
        day
            Day of the crossing; None: rules that no longer hold, or not yet, count as held.

        Raises
        ------
        InputError
            For an unknown class or a code that is no country's.
        """
        _checked(border_class, from_country, into_country)
        if from_country == into_country:
            return Ruling("allowed", source="no border")
        for line in self.lines:
            if (
                border_class in line.classes
                and (line.into is None or into_country in line.into)
                and (line.from_ is None or from_country in line.from_)
                and _holds(line.rule, day)
            ):
                rule = line.rule
                basis = rule.basis_of("on_board" if on_board else "imported")
                verdict = rule.on_board if on_board else rule.imported
                return Ruling(verdict, rule.paper, basis.source, basis.confidence)
        raise InputError(
            f"no rule says whether {border_class} from {from_country} may enter {into_country}",
            where=self.file,
            cure='End the rules with one of "into: any" and "from: any" for every class.',
        )


def _holds(rule: BorderRule, day: date | None) -> bool:
    if day is None:
        return True
    return (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until)


def _checked(border_class: str, from_country: str, into_country: str) -> None:
    if border_class not in BORDER_CLASSES:
        raise InputError(
            f'"{border_class}" is no class of food that borders know',
            cure=suggest(border_class, BORDER_CLASSES) or f"Known: {', '.join(BORDER_CLASSES)}.",
        )
    for code in (from_country, into_country):
        if not _CODE.fullmatch(code):
            raise InputError(
                f'"{code}" is no country', cure="Write its two letters of ISO 3166-1, e.g. RU."
            )


@lru_cache(maxsize=1)
def _shipped() -> BorderRules:
    return _read(SHIPPED / f"{SHIPPED_RULES}.yaml")


def load_border_rules(
    name: str = SHIPPED_RULES, folder: Path | None = None, *, where: str = ""
) -> BorderRules:
    """Load the rules of food at borders: the shipped ones, or a user's file by its path.

    Raises
    ------
    InputError
        Where there is no such file, or for a fault in it: an unknown group or class, a class
        that no last rule covers.
    """
    if name == SHIPPED_RULES:
        return _shipped()
    path = Path(name) if folder is None else folder / name
    if not path.is_file():
        raise InputError(
            f'there is no file of border rules "{name}"',
            where=where,
            cure=f'Write the path of one, or "{SHIPPED_RULES}" for the shipped rules.',
        )
    return _read(path)


def allowed(
    border_class: BorderClass,
    from_country: str,
    into_country: str,
    on_board: bool = True,
    day: date | None = None,
) -> Ruling:
    """Return what the shipped rules say to food at a border; see `BorderRules.ruling`."""
    return _shipped().ruling(border_class, from_country, into_country, on_board=on_board, day=day)


def _read(path: Path) -> BorderRules:
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue border food" not in node.value:
        raise InputError(
            "this is not a file of border rules: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue border food: 1".',
        )
    file = validate(node, BorderFile)
    lines = []
    for at, rule in enumerate(file.rules):
        countries = [
            _members(file, names, node, ("rules", at, key), countries=True)
            for key, names in (("into", rule.into), ("from", rule.from_))
        ]
        classes = _members(file, rule.class_, node, ("rules", at, "class"), countries=False)
        known = frozenset(BORDER_CLASSES) if classes is None else classes
        lines.append(_Line(countries[0], countries[1], known, rule))
    last = {
        one
        for line in lines
        if line.into is None
        and line.from_ is None
        and line.rule.since is None
        and line.rule.until is None
        for one in line.classes
    }
    for one in BORDER_CLASSES:
        if one not in last:
            raise InputError(
                f"no rule covers {one} between any two countries",
                where=node.where(("rules",)),
                cure=f'End with "into: any, from: any, class: {one}".',
            )
    return BorderRules(tuple(lines), file.sources, node.file)


def _members(
    file: BorderFile,
    names: tuple[str, ...],
    node: Node,
    path: tuple[int | str, ...],
    *,
    countries: bool,
) -> frozenset[str] | None:
    """Return the countries or classes that names stand for; None for any."""
    if "any" in names:
        return None
    found: set[str] = set()
    for name in names:
        members = file.groups.get(name, (name,))
        for member in members:
            fits = _CODE.fullmatch(member) if countries else member in BORDER_CLASSES
            if not fits:
                known = [*file.groups, *(() if countries else BORDER_CLASSES)]
                what = "country or group of countries" if countries else "class of food"
                raise InputError(
                    f'"{name}" is no {what}', where=node.where(path), cure=suggest(name, known)
                )
            found.add(member)
    return frozenset(found)
