"""The register beside the annex: closed with the owner's key, every opening logged.

It lists every reader and what they were told, so it is as restricted as the annex itself.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retinue.errors import InputError
from retinue.files import make_folder, write_text
from retinue.protection.access_log import note_opening
from retinue.protection.annex import LOG, RESTRICTED
from retinue.protection.keys import seal, unseal
from retinue.protection.register import Register

__all__ = ["REGISTER", "only_one", "open_register", "write_register"]

REGISTER = "register.retinue"
_LOCK = ".register.lock"
_FORMAT = "retinue-register-closed/1"
_CURE = "Restore it from a copy; until then count every sheet as out."


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one program at a time change the register of a plan's folder.

    Raises
    ------
    InputError
        Where another one is at it.
    """
    lock = make_folder(folder / RESTRICTED) / _LOCK
    with lock.open("w", encoding="utf-8") as stream:
        lock.chmod(0o600)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(
                "another program is changing the register",
                where=str(folder),
                cure="Wait until it is done, then try again.",
            ) from error
        yield


def open_register(folder: Path, key: bytes, *, role: str, purpose: str, at: str) -> Register:
    """Open the register of a plan's folder; an empty one where nothing was issued yet.

    Raises
    ------
    InputError
        Where the key is another or the file was changed.
    """
    file = folder / RESTRICTED / REGISTER
    if not file.exists():
        return Register()
    entry = {"at": at, "role": role, "purpose": purpose, "file": file.name}
    log = file.parent / LOG
    try:
        text = unseal(file, key, _FORMAT, "register of extracts", _CURE)
    except InputError as error:
        note_opening(log, entry | {"refused": error.message}, key)
        raise
    note_opening(log, entry, key)
    return Register.from_json(text, str(file))


def write_register(register: Register, folder: Path, key: bytes) -> Path:
    """Close the register into a plan's folder; return the file."""
    make_folder(folder / RESTRICTED)
    return write_text(folder / RESTRICTED / REGISTER, seal(register.to_json(), key, _FORMAT))
