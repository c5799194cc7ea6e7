"""Where a feed lies: a path, or a name in the user's or the shipped catalogue of feeds."""

from __future__ import annotations

from pathlib import Path

from retinue.document import suggest
from retinue.errors import InputError
from retinue.world.catalogue import SHIPPED, user_folder

__all__ = ["find_feed", "known_feeds"]

_KIND = "feeds"


def known_feeds() -> list[str]:
    """Return the names of the feeds that can be found."""
    found = {
        path.stem if path.suffix == ".zip" else path.name
        for folder in (user_folder() / _KIND, SHIPPED / _KIND)
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix == ".zip" or path.is_dir()
    }
    return sorted(found)


def find_feed(name: str) -> Path:
    """Return the zip or folder of a feed.

    Parameters
    ----------
    name
        A path (ends in .zip, holds a slash, or exists), else a name of the catalogue.

    Raises
    ------
    InputError
        For an unknown name; the cure lists or suggests some.
    """
    path = Path(name)
    if path.suffix == ".zip" or "/" in name or path.exists():
        return path
    for folder in (user_folder() / _KIND, SHIPPED / _KIND):
        for found in (folder / name, folder / f"{name}.zip"):
            if found.exists():
                return found
    known = known_feeds()
    raise InputError(
        f'"{name}" is no file and not a feed of the catalogue',
        cure=suggest(name, known) or f"Give a GTFS zip or folder, or one of: {', '.join(known)}.",
    )
