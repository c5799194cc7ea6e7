"""Where trains and vehicles are found by name.

In this order: a path; the folder of the file that names it (a journey, a
train); the user's catalogue (``$RETINUE_CATALOGUE`` or ``~/.config/retinue``);
the shipped catalogue.  In each folder both ``NAME.yaml`` and
``rolling_stock/NAME.yaml`` (or ``trains/NAME.yaml``) are looked at.

A vehicle may begin with ``like: NAME``: it then has every value of that one
except those it writes itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.rail.rolling_stock import Coach, Locomotive, load_of
from retinue.world.catalogue import SHIPPED, holds_key, shown_as, user_folder

__all__ = ["find_file", "list_names", "load_vehicle", "vehicle_from_node"]

Kind = Literal["rolling_stock", "trains"]

_COMMANDS = {"rolling_stock": "retinue trains --vehicles", "trains": "retinue trains"}

#: Keys that say what a record is, not what a vehicle is like.
_NO_VALUES = {"id", "title", "kind", "role", "remark", "source", "confidence", "basis", "like"}


def _candidates(kind: Kind, folders: Sequence[Path]) -> list[Path]:
    places: list[Path] = []
    for folder in (*folders, user_folder()):
        places += [folder, folder / kind]
    return [*places, SHIPPED / kind]


def list_names(kind: Kind, folders: Sequence[Path] = ()) -> list[str]:
    """Return the names that the folders, the user's and the shipped catalogue hold."""
    # A bare folder may hold files of any kind: only its sub-folder is listed.
    places = [*(folder / kind for folder in (*folders, user_folder())), SHIPPED / kind]
    return sorted({path.stem for place in places for path in place.glob("*.yaml")})


def find_file(
    kind: Kind, name: str, folders: Sequence[Path] = (), *, where: str = ""
) -> tuple[Path, str]:
    """Return the file of a name and how errors call it.

    Parameters
    ----------
    name
        A name, or a path (ends in ``.yaml`` or holds a ``/``) that is relative to the
        first of ``folders``.
    where
        ``file:line: key`` that asked for it.

    Raises
    ------
    InputError
        Where there is no such file.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name:
        path = Path(name).expanduser()
        if not path.is_absolute() and folders:
            path = folders[0] / path
        if not path.is_file():
            raise InputError(f'there is no file "{name}"', where=where)
        return path, str(path)
    for place in _candidates(kind, folders):
        path = place / f"{name}.yaml"
        # A journey may be called as its train is, and stands in the same folder.
        if path.is_file() and not holds_key(path, "retinue:"):
            return path, shown_as(path)
    known = list_names(kind, folders)
    raise InputError(
        f'"{name}" is not in the catalogue',
        where=where,
        cure=f"{suggest(name, known)}  ({_COMMANDS[kind]} lists them)".strip(),
    )


def _inherited(
    node: Node, name: str, folders: Sequence[Path], seen: tuple[str, ...]
) -> tuple[Node, dict[str, str]]:
    """Return the node with the values of the vehicle it is ``like``, and who wrote each value."""
    if not isinstance(node.value, dict):
        raise InputError("a vehicle is a mapping of keys and values", where=node.where())
    title = str(node.value["title"].plain()) if "title" in node.value else name
    origin = dict.fromkeys(node.value, title)
    if "like" not in node.value:
        return node, origin
    other = str(node.value["like"].value)
    if other in seen:
        raise InputError(
            f'"{other}" is like itself, by way of {" and ".join(seen)}',
            where=node.where(("like",)),
            cure="Write the values of one of them out.",
        )
    path, label = find_file("rolling_stock", other, folders, where=node.where(("like",)))
    base, base_origin = _inherited(
        read_yaml(path, label), path.stem, [path.parent, *folders], (*seen, other)
    )
    merged = {**base.value, **{k: v for k, v in node.value.items() if k != "like"}}
    merged.pop("id", None)
    # Each of these says the same in two ways: the one written here wins.
    for pair in (("armour", "armour factor"), ("brake mass", "brake percentage")):
        for mine, theirs in (pair, pair[::-1]):
            if mine in node.value and theirs not in node.value:
                merged.pop(theirs, None)
    merged["basis"] = _inherited_basis(base, node, merged)
    return Node(merged, node.file, node.line), {**base_origin, **origin}


def _inherited_basis(base: Node, node: Node, merged: dict[str, Node]) -> Node:
    """Return what each value stands on: inherited values keep the ground they had."""
    own = node.value["basis"].value if "basis" in node.value else {}
    grounds: dict[str, Node] = {}
    for key in base.value:
        if key in _NO_VALUES or key in node.value or key not in merged:
            continue
        ground = base.value["basis"].value.get(key) if "basis" in base.value else None
        record = {k: base.value[k] for k in ("source", "confidence") if k in base.value}
        grounds[key] = ground or Node(record, base.file, base.line)
    return Node({**grounds, **own}, node.file, node.line)


def _printed(node: Node) -> str:
    if isinstance(node.value, dict):
        return ", ".join(f"{key} {_printed(value)}" for key, value in node.value.items())
    if isinstance(node.value, list):
        return ", ".join(_printed(item) for item in node.value)
    return str(node.value)


def vehicle_from_node(
    node: Node, name: str, folders: Sequence[Path] = (), *, at: tuple[int | str, ...] = ()
) -> Coach | Locomotive:
    """Check a YAML tree and return the vehicle.

    Raises
    ------
    InputError
        For the first fault in it, with file, line, key and cure.
    """
    full, origin = _inherited(node, name, folders, (name,))
    full = Node({"id": Node(name, node.file, node.line), **full.value}, node.file, node.line)
    kind = full.value.get("kind")
    try:
        model = load_of(kind.plain() if kind else None)
    except ValueError as error:
        raise InputError(
            str(error),
            where=full.where(("kind",)),
            cure='Write "kind: coach" or "kind: locomotive".',
        ) from error
    vehicle: Coach | Locomotive = validate(full, model, at=at)
    try:
        vehicle.check_axle_load()
    except ValueError as error:
        key = next(k for k in ("armour", "armour factor", "axle load limit") if k in full.value)
        raise InputError(str(error), where=full.where((*at, key))) from error
    for key, value in full.value.items():
        if key not in _NO_VALUES:
            vehicle._written[key] = _printed(value)
            vehicle._origin[key] = origin.get(key, vehicle.title)
    return vehicle


def load_vehicle(name: str, folders: Sequence[Path] = (), *, where: str = "") -> Coach | Locomotive:
    """Load a vehicle by name or path.

    Raises
    ------
    InputError
        For an unknown name, an unreadable file or any fault in it.
    """
    path, label = find_file("rolling_stock", name, folders, where=where)
    return vehicle_from_node(read_yaml(path, label), path.stem, [path.parent, *folders])
