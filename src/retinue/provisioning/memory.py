"""A memory of what costs time: results by the digest of all that they depend on, kept in files.

A train that is late is provisioned again by another process; what its delay does not touch is
then only looked up.  Nothing is ever patched, so the result is that of working it out anew:

    key     sha256 of the problem, and of the code and the solvers that answer it
    value   a tree of plain values and arrays, as JSON with its own digest

An entry that is cut short, altered, or of other code counts as absent.  The folder is its
owner's alone, like the documents it lies beside; whoever may write there may as well write those.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from retinue.errors import InputError
from retinue.files import FOLDER_MODE, make_folder, write_bytes

__all__ = ["FolderMemory", "Remember", "fields_of", "open_memory"]

Found = TypeVar("Found")

_FORMAT = 1
_SUFFIX = ".json"
_MOST_BYTES = 64 * 1024 * 1024
_MOST_ENTRIES = 2048
_LONGEST_BYTES = 16 * 1024 * 1024
_KINDS = ("<f8", "<i4", "<i8", "|b1")
_SOLVERS = ("numpy", "numba", "highspy", "ortools")


def open_memory(folder: Path | None) -> MutableMapping[bytes, Any]:
    """Return a memory that outlives the process; without a folder, one that does not.

    Parameters
    ----------
    folder
        Made at the first entry that is kept, for its owner alone.  One that is a link or cannot
        be written is left alone: nothing is then kept beyond the process.
    """
    return {} if folder is None else FolderMemory(folder)


class FolderMemory(MutableMapping[bytes, Any]):
    """Values by digests, in memory and in the files of a folder.

    Values are None, truth values, numbers, words, bytes, lists, tuples, mappings with words for
    keys, and arrays of numbers.  The files that were used longest ago are dropped first.

    Parameters
    ----------
    most_bytes, most_entries
        Of all files together.
    code
        Digest of what answers the problems; entries of another are never found.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = _MOST_BYTES,
        most_entries: int = _MOST_ENTRIES,
        code: bytes | None = None,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_entries = most_entries
        self._code = code
        self._here: dict[bytes, Any] = {}
        self._writing = threading.Lock()

    def __getitem__(self, key: bytes) -> Any:
        """Return the value of a key."""
        if key not in self._here:
            self._here[key] = self._read(key)
        return self._here[key]

    def __setitem__(self, key: bytes, value: Any) -> None:
        """Keep a value, if the folder can be written."""
        self._here[key] = value
        if self._folder.is_symlink():
            return
        body = json.dumps(_packed(value), separators=(",", ":"), ensure_ascii=False).encode()
        head = {"retinue memory": _FORMAT, "digest": hashlib.sha256(body).hexdigest()}
        content = json.dumps(head).encode() + b"\n" + body
        # A full disk or a folder of somebody else costs time at the next call, and nothing more.
        with self._writing, suppress(InputError, OSError):
            make_folder(self._folder).chmod(FOLDER_MODE)
            self._make_room(len(content))
            write_bytes(self._path(key), content)

    def __delitem__(self, key: bytes) -> None:
        """Forget a value."""
        self[key]
        del self._here[key]
        self._path(key).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[bytes]:
        """Return the keys of this process: files bear digests of keys, not keys."""
        return iter(self._here)

    def __len__(self) -> int:
        """Return how many values this process has met."""
        return len(self._here)

    def _path(self, key: bytes) -> Path:
        code = _code_digest() if self._code is None else self._code
        return self._folder / (hashlib.sha256(code + key).hexdigest() + _SUFFIX)

    def _read(self, key: bytes) -> Any:
        path = self._path(key)
        try:
            if path.is_symlink() or path.stat().st_size > _LONGEST_BYTES:
                raise KeyError(key)
            first, _, body = path.read_bytes().partition(b"\n")
            head = json.loads(first)
            if (
                head["retinue memory"] != _FORMAT
                or head["digest"] != hashlib.sha256(body).hexdigest()
            ):
                raise KeyError(key)
            value = _unpacked(json.loads(body))
        except (OSError, ValueError, TypeError, IndexError, RecursionError) as error:
            raise KeyError(key) from error
        with suppress(OSError):
            os.utime(path)  # used now: others are dropped before it
        return value

    def _make_room(self, wanted: int) -> None:
        """Drop the files that were used longest ago until there is room for one more."""
        with os.scandir(self._folder) as entries:
            files = [
                (e.stat(follow_symlinks=False), e.path) for e in entries if e.name.endswith(_SUFFIX)
            ]
        total = sum(status.st_size for status, _ in files)
        count = len(files)
        if total + wanted <= self._most_bytes and count < self._most_entries:
            return
        for status, path in sorted(files, key=lambda f: (f[0].st_mtime_ns, f[1])):
            if total + wanted <= self._most_bytes * 3 // 4 and count < self._most_entries * 3 // 4:
                break
            with suppress(OSError):
                Path(path).unlink()
            total -= status.st_size
            count -= 1


class Remember:
    """Looks results up by all that they depend on, or works them out and keeps them.

    Parameters
    ----------
    kept
        Where plain values are kept.
    """

    def __init__(self, kept: MutableMapping[bytes, Any] | None = None) -> None:
        self._kept: MutableMapping[bytes, Any] = {} if kept is None else kept

    def __call__(
        self,
        grounds: object,
        work: Callable[[], Found],
        *,
        packed: Callable[[Found], Any] | None = None,
        unpacked: Callable[[Any], Found] | None = None,
    ) -> Found:
        """Return a result.

        Parameters
        ----------
        grounds
            All that it depends on; its ``repr`` must tell different grounds apart.
        work
            Works it out.
        packed, unpacked
            To and from the plain values that a memory keeps; exact inverses.  By default the
            result is such a value.
        """
        digest = hashlib.sha256(repr(grounds).encode()).digest()
        with suppress(KeyError, TypeError, ValueError, IndexError):
            value = self._kept[digest]
            return cast(Found, value) if unpacked is None else unpacked(value)
        found = work()
        self._kept[digest] = found if packed is None else packed(found)
        return found


def fields_of(record: object) -> dict[str, Any]:
    """Return the fields of a flat data class by name, as a memory keeps them."""
    return {f.name: getattr(record, f.name) for f in dataclasses.fields(cast(Any, record))}


@cache
def _code_digest() -> bytes:
    """Return a digest of everything that may change an answer: this room's code, the solvers."""
    digest = hashlib.sha256(str(_FORMAT).encode())
    room = Path(__file__).parent
    for path in sorted(room.rglob("*.py")):
        digest.update(path.relative_to(room).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _SOLVERS:
        with suppress(metadata.PackageNotFoundError):
            digest.update(f"{name} {metadata.version(name)}\n".encode())
    return digest.digest()


def _packed(value: Any) -> Any:
    """Return a value as JSON can hold it without loss; a list's first word says what it is."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode("ascii")]
    if isinstance(value, tuple):
        return ["tuple", *map(_packed, value)]
    if isinstance(value, list):
        return ["list", *map(_packed, value)]
    if isinstance(value, dict):
        return {str(key): _packed(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        plain = np.ascontiguousarray(value)
        kind = plain.dtype.newbyteorder("<").str
        if kind in _KINDS:
            data = plain.astype(kind).tobytes()
            return ["array", kind, list(plain.shape), base64.b64encode(data).decode("ascii")]
    raise TypeError(f"a memory keeps no {type(value).__name__}")


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unpacked(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "list":
        return [_unpacked(item) for item in rest]
    if kind == "tuple":
        return tuple(_unpacked(item) for item in rest)
    if kind == "bytes":
        return base64.b64decode(rest[0], validate=True)
    if kind == "array" and rest[0] in _KINDS:
        data = base64.b64decode(rest[2], validate=True)
        return np.frombuffer(data, np.dtype(rest[0])).reshape(rest[1]).copy()
    raise ValueError("not an entry of a memory")
