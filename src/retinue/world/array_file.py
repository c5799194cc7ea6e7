"""Many arrays in one file that is mapped into memory and not read.

The file is the arrays' bytes one after the other, each at a multiple of 64; a table of
contents (name, dtype, shape, offset) travels in the manifest beside it.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.files import write_bytes

__all__ = ["read_arrays", "write_arrays"]

_ALIGNMENT = 64


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Write arrays into one file, atomically, and return its entry for the manifest."""
    contents: list[dict[str, Any]] = []
    pieces: list[bytes] = []
    offset = 0
    for name in arrays:
        array = np.ascontiguousarray(arrays[name])
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        padding = -offset % _ALIGNMENT
        offset += padding
        pieces += [bytes(padding), array.tobytes()]
        contents.append(
            {"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "offset": offset}
        )
        offset += array.nbytes
    data = b"".join(pieces)
    write_bytes(path, data)
    return {
        "file": path.name,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "arrays": contents,
    }


def read_arrays(
    folder: Path, entry: Mapping[str, Any], *, cure: str = ""
) -> dict[str, NDArray[Any]]:
    """Return read-only views on the arrays of a file, by name.

    Raises
    ------
    InputError
        When the file is missing, or of another size than the manifest says.
    """
    path = folder / str(entry["file"])
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            if size != entry["size"]:
                raise InputError(
                    f"the file has {size:,} bytes and not the {entry['size']:,} of its manifest",
                    where=str(path),
                    cure=cure,
                )
            data: mmap.mmap | bytes = (
                mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
            )
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}", where=str(path), cure=cure
        ) from error
    return {
        item["name"]: np.frombuffer(
            data,
            dtype=np.dtype(item["dtype"]),
            count=int(np.prod(item["shape"])),
            offset=item["offset"],
        ).reshape(item["shape"])
        for item in entry["arrays"]
    }
