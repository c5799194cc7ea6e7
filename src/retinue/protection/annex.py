"""The restricted annex: a protection document closed with the owner's key.

::

    PLAN/restricted/annex.retinue      the document, closed (see `retinue.protection.keys`)
    PLAN/restricted/annex.log          who opened it, as what, why (`retinue.protection.access_log`)

Neither file names the journey.  Opening is logged before anything is shown; so is a refused one.
"""

from __future__ import annotations

from pathlib import Path

from retinue.errors import InputError
from retinue.files import make_folder, write_text
from retinue.plan import Protection
from retinue.protection.access_log import note_opening
from retinue.protection.keys import default_key, make_key, read_key, seal, unseal

__all__ = [
    "ANNEX",
    "LOG",
    "RESTRICTED",
    "default_key",
    "make_key",
    "open_annex",
    "read_key",
    "write_annex",
]

#: Folder inside the plan's folder that keeps annex, log, register; carried over when a plan is
#: written again.
RESTRICTED = "restricted"
ANNEX = "annex.retinue"
LOG = "annex.log"
_FORMAT = "retinue-annex/1"
_CURE = "Make it: retinue protect PLAN."


def write_annex(protection: Protection, folder: Path, key: bytes) -> Path:
    """Encrypt a protection document into a plan's folder; return the annex."""
    make_folder(folder / RESTRICTED)
    file = folder / RESTRICTED / ANNEX
    write_text(file, seal(protection.to_json(), key, _FORMAT))
    return file


def open_annex(path: Path, key: bytes, *, role: str, purpose: str, at: str) -> Protection:
    """Open an annex, once the opening stands in the log.

    Parameters
    ----------
    path
        The annex, or the plan's folder.
    role, purpose
        Who opens it as what, and why.
    at
        Moment of the opening, ISO 8601.

    Raises
    ------
    InputError
        Where there is no annex, the key is another, the file was changed, or the opening cannot
        be logged.
    """
    file = path / RESTRICTED / ANNEX if path.is_dir() else path
    entry = {"at": at, "role": role, "purpose": purpose, "file": file.name}
    try:
        text = unseal(file, key, _FORMAT, "restricted annex", _CURE)
    except InputError as error:
        if file.is_file():
            note_opening(file.parent / LOG, entry | {"refused": error.message}, key)
        raise
    note_opening(file.parent / LOG, entry, key)
    return Protection.from_json(text, str(file))
