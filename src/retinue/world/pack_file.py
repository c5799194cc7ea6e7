"""The pack's file format: named columns, each compressed on its own.

A part is one file: eight magic bytes, the length of a JSON header (32 bit, little
endian), the header, then one zlib stream per column.  Integers are kept as zigzag
numbers split into byte planes (all lowest bytes first), because neighbouring small
numbers then compress several times better; whole planes of zeros are left out.
Only the standard library and numpy are needed, and a column is decoded only when
somebody asks for it.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError

__all__ = ["MAGIC", "LazyTexts", "PartFile", "encode_part"]

MAGIC = b"RTNPACK1"
_HEADER = struct.Struct("<8sI")
_LEVEL = 9

Column = NDArray[np.int64] | Sequence[str] | Mapping[str, Any]


def _planes(values: NDArray[np.int64], *, signed: bool) -> tuple[bytes, int]:
    """Split numbers, zigzag when signed, into their non-zero byte planes."""
    numbers = ((values << 1) ^ (values >> 63) if signed else values).astype("<u8")
    top = int(numbers.max()) if len(numbers) else 0
    count = (top.bit_length() + 7) // 8
    return numbers.view(np.uint8).reshape(-1, 8).T[:count].tobytes(), count


def _encode(values: Column, *, delta: bool) -> tuple[bytes, dict[str, Any]]:
    if isinstance(values, np.ndarray):
        numbers = values.astype(np.int64)
        kept = np.diff(numbers, prepend=0) if delta else numbers
        signed = len(kept) > 0 and int(kept.min()) < 0
        raw, planes = _planes(kept, signed=signed)
        wide = planes > 4 or (len(kept) > 0 and int(np.abs(numbers).max()) >= 2**31)
        kind = "delta" if delta else "int"
        entry = {"kind": kind, "n": len(kept), "planes": planes, "wide": wide, "signed": signed}
        return raw, entry
    if isinstance(values, Mapping):
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode(), {"kind": "json"}
    if any("\n" in value for value in values):
        raise ValueError("a text column holds a line break")
    return "\n".join(values).encode(), {"kind": "text", "n": len(values)}


def encode_part(columns: Mapping[str, Column], delta: Sequence[str] = ()) -> tuple[bytes, bytes]:
    """Return the bytes of a part and its content before compression.

    Parameters
    ----------
    columns
        Integer arrays, lists of single-line strings, or JSON objects by name.
    delta
        Names of the integer columns that are kept as differences.

    Returns
    -------
    tuple
        The file's bytes, and the uncompressed content whose SHA-256 does not depend
        on the zlib that compressed it.
    """
    entries: list[dict[str, Any]] = []
    blobs: list[bytes] = []
    content: list[bytes] = []
    offset = 0
    for name, values in columns.items():
        raw, entry = _encode(values, delta=name in delta)
        blob = zlib.compress(raw, _LEVEL)
        entries.append({"name": name, **entry, "offset": offset, "size": len(blob)})
        content.append(json.dumps({"name": name, **entry}, sort_keys=True).encode() + raw)
        blobs.append(blob)
        offset += len(blob)
    header = json.dumps({"columns": entries}, sort_keys=True, separators=(",", ":")).encode()
    return _HEADER.pack(MAGIC, len(header)) + header + b"".join(blobs), b"".join(content)


class LazyTexts(Sequence[str]):
    """A column of strings that is decoded when somebody first looks into it."""

    def __init__(self, decode: Callable[[], list[str]], length: int) -> None:
        self._decode = decode
        self._length = length
        self._texts: list[str] | None = None

    def _decoded(self) -> list[str]:
        if self._texts is None:
            self._texts = self._decode()
        return self._texts

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._decoded()[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._decoded())


class PartFile:
    """One part of the pack, its columns decoded on demand.

    Parameters
    ----------
    path
        The file.
    size, crc32
        What the manifest says the file must be; ``None`` skips the comparison.

    Raises
    ------
    InputError
        When the file is missing, is not a pack part, or differs from the manifest.
    """

    def __init__(self, path: Path, *, size: int | None = None, crc32: int | None = None) -> None:
        self.path = path
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(
                f"the world pack cannot be read: {error.strerror}",
                where=str(path),
                cure="Reinstall retinue, or rebuild the pack with `make pack`.",
            ) from error
        wrong = (size is not None and len(data) != size) or (
            crc32 is not None and zlib.crc32(data) != crc32
        )
        if wrong or len(data) < _HEADER.size or not data.startswith(MAGIC):
            raise InputError(
                "the file differs from the pack's manifest (checksum mismatch)"
                if wrong
                else "the file is not a part of a world pack",
                where=str(path),
                cure="Reinstall retinue, or rebuild the pack with `make pack`.",
            )
        _, length = _HEADER.unpack_from(data)
        self._start = _HEADER.size + length
        header = json.loads(data[_HEADER.size : self._start])
        self._entries: dict[str, dict[str, Any]] = {e["name"]: e for e in header["columns"]}
        self._data = memoryview(data)

    @property
    def names(self) -> list[str]:
        """Names of the columns, in file order."""
        return list(self._entries)

    def _entry(self, name: str) -> dict[str, Any]:
        entry = self._entries.get(name)
        if entry is None:
            raise InputError(
                f'the world pack has no column "{name}"',
                where=str(self.path),
                cure="It was built by another version: rebuild it with `make pack`.",
            )
        return entry

    def _raw(self, name: str) -> tuple[bytes, dict[str, Any]]:
        entry = self._entry(name)
        begin = self._start + entry["offset"]
        return zlib.decompress(self._data[begin : begin + entry["size"]]), entry

    def integers(self, name: str) -> NDArray[Any]:
        """Return an integer column, shape (n,): int32 where its numbers fit, else int64."""
        raw, entry = self._raw(name)
        return _wide(raw, entry) if entry["wide"] else _narrow(raw, entry)

    def texts(self, name: str) -> list[str]:
        """Return a column of strings."""
        raw, entry = self._raw(name)
        return raw.decode().split("\n") if entry["n"] else []

    def json(self, name: str) -> dict[str, Any]:
        """Return a JSON object."""
        raw, _ = self._raw(name)
        value: dict[str, Any] = json.loads(raw)
        return value


def _narrow(raw: bytes, entry: Mapping[str, Any]) -> NDArray[np.int32]:
    # In place throughout: fresh memory costs more than the arithmetic.
    numbers = _joined(raw, entry, 4).view("<i4").ravel()
    if entry["signed"]:
        odd = np.negative(numbers & 1)
        unsigned = numbers.view(np.uint32)
        np.right_shift(unsigned, 1, out=unsigned)
        np.bitwise_xor(numbers, odd, out=numbers)
    if entry["kind"] == "delta":
        np.cumsum(numbers, dtype=np.int32, out=numbers)
    return numbers


def _wide(raw: bytes, entry: Mapping[str, Any]) -> NDArray[np.int64]:
    numbers = _joined(raw, entry, 8).view("<i8").ravel()
    if entry["signed"]:
        odd = np.negative(numbers & 1)
        numbers = (numbers.view(np.uint64) >> np.uint64(1)).view(np.int64) ^ odd
    return np.cumsum(numbers) if entry["kind"] == "delta" else numbers


def _joined(raw: bytes, entry: Mapping[str, Any], width: int) -> NDArray[np.uint8]:
    """Put byte planes together to little-endian numbers, shape (n, width)."""
    count = entry["n"]
    table = np.zeros((count, width), np.uint8)
    for plane in range(entry["planes"]):
        table[:, plane] = np.frombuffer(raw, np.uint8, count, plane * count)
    return table
