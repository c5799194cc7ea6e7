"""Files written whole or not at all, and readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from retinue.errors import InputError

__all__ = ["FILE_MODE", "FOLDER_MODE", "make_folder", "write_bytes", "write_text"]

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_folder(path: Path) -> Path:
    """Create a folder (and its parents) that only its owner may enter.

    Raises
    ------
    InputError
        Where the folder cannot be created or is a file.
    """
    try:
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot create the folder: {error.strerror or error}",
            where=str(path),
            cure="Name another place with -o.",
        ) from error
    return path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file atomically with mode 0600.

    The content goes to a temporary file beside the target and is renamed over
    it, so a reader sees the old file or the new one, never a part.

    Raises
    ------
    InputError
        Where the place cannot be written; nothing is left behind.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(FILE_MODE)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise InputError(
            f"cannot write: {error.strerror or error}",
            where=str(path),
            cure="Check the folder's permissions and free space, or name another place with -o.",
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return path


def write_text(path: Path, content: str) -> Path:
    """Write text as UTF-8, atomically with mode 0600 (see `write_bytes`)."""
    return write_bytes(path, content.encode("utf-8"))
