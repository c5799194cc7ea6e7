"""Where a named file of a catalogue lies: convoys, road books, rates, and their like.

The order of looking up is one for every kind: a path; the journey file's folder; the
user's catalogue folder (``$RETINUE_CATALOGUE`` or ``~/.config/retinue``); the shipped
catalogue.  The nearer one hides the farther one.
"""

from __future__ import annotations

import os
from pathlib import Path

from retinue.document import suggest
from retinue.errors import InputError

__all__ = [
    "CATALOGUE_VARIABLE",
    "SHIPPED",
    "find_file",
    "holds_key",
    "known_names",
    "shown_as",
    "user_folder",
]

CATALOGUE_VARIABLE = "RETINUE_CATALOGUE"
SHIPPED = Path(__file__).parent.parent / "data"


def user_folder() -> Path:
    """Return the user's catalogue folder, which need not exist."""
    named = os.environ.get(CATALOGUE_VARIABLE)
    return Path(named).expanduser() if named else Path.home() / ".config" / "retinue"


def _folders(kind: str, folder: Path | None) -> list[Path]:
    """Return the folders that may hold a file of one kind, the nearest first."""
    found = [] if folder is None else [folder, folder / kind]
    return [*found, user_folder() / kind, SHIPPED / kind]


def known_names(kind: str, folder: Path | None = None) -> list[str]:
    """Return the names of one kind (``convoys``, ``road_books`` ...) that can be found.

    A journey's own folder holds files of every kind, so only its sub-folder is listed.
    """
    places = [place for place in _folders(kind, folder) if place != folder]
    return sorted({path.stem for place in places for path in place.glob("*.yaml")})


def find_file(
    kind: str,
    name: str,
    folder: Path | None = None,
    *,
    what: str,
    where: str = "",
    begins: str = "",
) -> Path:
    """Return the file of a name.

    Parameters
    ----------
    kind
        Folder of the catalogue, e.g. ``convoys``.
    name
        A name, or a path where it ends in ``.yaml`` or holds a ``/``; a relative path
        counts from the journey's folder.
    folder
        The journey's folder.
    what
        What an error calls the thing, e.g. ``convoy``.
    where
        Place of the name in the journey file, for the error.
    begins
        Key that every file of the kind holds, e.g. ``retinue convoy``.  A journey may be
        called as its convoy is: beside the journey only files with that key count.

    Raises
    ------
    InputError
        Where there is no such file, with the nearest known names.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name:
        path = Path(name) if folder is None else folder / name
        if path.is_file():
            return path
        raise InputError(f'there is no {what} file "{name}"', where=where)
    for place in _folders(kind, folder):
        path = place / f"{name}.yaml"
        if path.is_file() and (place != folder or holds_key(path, begins)):
            return path
    known = known_names(kind, folder)
    raise InputError(
        f'"{name}" is not a {what} of the catalogue',
        where=where,
        cure=suggest(name, known) or f"Known: {', '.join(known)}.",
    )


def holds_key(path: Path, key: str) -> bool:
    """Return whether a line of a file begins with a key."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.startswith(key) for line in lines)


def shown_as(path: Path) -> str:
    """Return how errors call a file: a shipped one by its place in the catalogue."""
    if path.is_relative_to(SHIPPED):
        return str(path.relative_to(SHIPPED))
    return str(path)
