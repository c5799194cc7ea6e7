"""Who opened what is restricted: lines tied together by hashes and stamped with the key used.

::

    {at, role, purpose, file, after: SHA-256 of the line before, key: its name, stamp}

A line that was changed, left out or put in between is found by anybody; a line that was made up is
found by whoever holds the key it claims.  Lines cut off at the end are not found from the file
alone: note the count, which `verify_log` returns, elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from retinue.errors import InputError
from retinue.files import FILE_MODE
from retinue.protection.keys import key_name, stamp

__all__ = ["note_opening", "verify_log"]

_PURPOSE = "access log"


def note_opening(log: Path, entry: dict[str, str], key: bytes) -> None:
    """Add a line to the log; two who open at once wait for each other.

    Raises
    ------
    InputError
        Where it cannot be written: then nothing may be shown.
    """
    try:
        handle = os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with os.fdopen(handle, "r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            lines = stream.read().splitlines()
            told = entry | {"after": _hash(lines[-1]) if lines else "", "key": key_name(key)}
            line = _canonical(told | {"stamp": stamp(key, _PURPOSE, _canonical(told))})
            stream.write(line + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the opening cannot be logged, so nothing is opened",
            where=str(log),
            cure="Check the folder's permissions and free space.",
        ) from error


def verify_log(log: Path, key: bytes | None = None) -> tuple[dict[str, Any], ...]:
    """Return the lines of a log that holds together.

    Parameters
    ----------
    key
        With it the stamps of its own lines are verified too.

    Raises
    ------
    InputError
        Naming the first line that was changed, made up, left out or put in.
    """
    try:
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("this is not an access log", where=str(log)) from error
    entries: list[dict[str, Any]] = []
    before = ""
    for number, line in enumerate(lines, start=1):
        where = f"{log}:{number}"
        try:
            entry = json.loads(line)
            told = {name: value for name, value in entry.items() if name != "stamp"}
            after, name, written = entry["after"], entry["key"], entry["stamp"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("this is not a line of an access log", where=where) from error
        if after != before:
            raise InputError(
                "the access log was changed: this line does not follow the one before it",
                where=where,
            )
        own = key is not None and name == key_name(key)
        if key is not None and own and written != stamp(key, _PURPOSE, _canonical(told)):
            raise InputError(
                "the access log was changed: this line was not written with the key it names",
                where=where,
            )
        entries.append(told)
        before = _hash(line)
    return tuple(entries)


def _canonical(record: dict[str, str]) -> str:
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8")).hexdigest()
