"""Suppliers: where goods that come by air are gathered, read from a file of the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import SourcedRecord
from retinue.world.catalogue import find_file, known_names, shown_as

if TYPE_CHECKING:
    from retinue.plan.records import PlaceRecord

__all__ = ["Supplier", "Suppliers", "SupplyBase", "known_suppliers", "load_suppliers"]

KIND = "suppliers"


@dataclass(frozen=True)
class SupplyBase:
    """A supplier whose place is found.

    Attributes
    ----------
    supplies
        Classes of supplier as ingredients name them; ``*`` for all.
    """

    name: str
    place: PlaceRecord
    supplies: tuple[str, ...]


class Supplier(SourcedRecord):
    """Who gathers goods at one place."""

    name: str = Field(min_length=1, max_length=60)
    at: str = Field(min_length=1, description="place or aerodrome, as in a journey")
    supplies: tuple[str, ...] = Field(min_length=1, description='classes of supplier; "*" for all')


@dataclass(frozen=True)
class Suppliers:
    """What a file of suppliers holds, with the place of each in the file, for errors."""

    listed: tuple[Supplier, ...]
    where: tuple[str, ...]
    sources: dict[str, str]


class _File(SourcedRecord):
    retinue_suppliers: Literal[1]
    title: str = ""
    suppliers: tuple[Supplier, ...] = Field(min_length=1)
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""


def known_suppliers(folder: Path | None = None) -> list[str]:
    """Return the names of the files of suppliers in the catalogues."""
    return known_names(KIND, folder)


def load_suppliers(name: str, folder: Path | None = None, *, where: str = "") -> Suppliers:
    """Load a file of suppliers by name or path.

    Raises
    ------
    InputError
        Where there is no such file, or for any fault in it: an unknown source, a name twice.
    """
    path = find_file(
        KIND, name, folder, what="file of suppliers", where=where, begins="retinue suppliers"
    )
    node = read_yaml(path, shown_as(path)).copy()
    if not isinstance(node.value, dict) or "retinue suppliers" not in node.value:
        raise InputError(
            "this is not a file of suppliers: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue suppliers: 1".',
        )
    listed = node.value.get("suppliers")
    for record in listed.value if listed is not None and isinstance(listed.value, list) else ():
        for key in ("source", "confidence"):
            if isinstance(record.value, dict) and key in node.value:
                record.value.setdefault(key, node.value[key])
    file = validate(node, _File)
    names: set[str] = set()
    for at, one in enumerate(file.suppliers):
        here = ("suppliers", at)
        if one.name.casefold() in names:
            raise InputError(f'"{one.name}" stands twice', where=node.where((*here, "name")))
        names.add(one.name.casefold())
        for source in [one.source, *(basis.source for basis in one.basis.values())]:
            if source not in file.sources:
                raise InputError(
                    f'the source "{source}" is not described under "sources"',
                    where=node.where(here),
                    cure=f'Add "{source}: ..." to "sources".',
                )
    return Suppliers(
        file.suppliers,
        tuple(node.where(("suppliers", at, "at")) for at in range(len(file.suppliers))),
        file.sources,
    )
