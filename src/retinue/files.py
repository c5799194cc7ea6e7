"""Files written whole or not at all, and readable by their owner only."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from retinue.errors import InputError

__all__ = [
    "FILE_MODE",
    "FOLDER_MODE",
    "make_folder",
    "replace_folder",
    "unwritable",
    "write_bytes",
    "write_text",
]

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


def replace_folder(aside: Path, folder: Path) -> None:
    """Rename a finished folder over another; put the old one back where that fails.

    A link to a folder stays a link.

    Raises
    ------
    InputError
        Where the place cannot be written; the old folder is then as it was.
    """
    target = folder.resolve() if folder.is_symlink() else folder
    old: Path | None = None
    try:
        if target.exists():
            old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old."))
            old.rmdir()
            target.replace(old)
        try:
            aside.replace(target)
        except BaseException:
            if old is not None and not target.exists():
                old.replace(target)
                old = None
            raise
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        if old is not None and target.exists():
            with suppress(OSError):
                shutil.rmtree(old)


def unwritable(folder: Path, error: OSError) -> InputError:
    """Return the error that says why a folder cannot be written."""
    return InputError(
        f"cannot write: {error.strerror or error}",
        where=str(folder),
        cure="Check the folder's permissions and free space, or name another place with -o.",
    )
