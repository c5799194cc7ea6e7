"""How the kernels of the search are compiled: with explicit signatures, cached, free of the GIL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

from retinue.kernels import njit

__all__ = [
    "BOOL",
    "FLOAT",
    "INDEX_ROWS",
    "INDICES",
    "INT",
    "INTS",
    "INT_ROWS",
    "PAIR",
    "RANDOM",
    "VOID",
    "kernel",
    "record",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_types: Any = numba.types

BOOL: Any = _types.boolean
FLOAT: Any = _types.float64
INT: Any = _types.int64
#: Two whole numbers.
PAIR: Any = _types.UniTuple(INT, 2)
VOID: Any = _types.void
#: Arrays of one dimension.
INDICES: Any = _types.Array(_types.int32, 1, "C")
INTS: Any = _types.Array(INT, 1, "C")
#: Arrays of two dimensions.
INDEX_ROWS: Any = _types.Array(_types.int32, 2, "C")
INT_ROWS: Any = _types.Array(INT, 2, "C")
RANDOM: Any = _types.Array(_types.uint64, 1, "C")


def record(members: list[Any], kind: type) -> Any:
    """Return numba's type of a named tuple."""
    return _types.NamedTuple(members, kind)


def kernel(signature: Any, *, makes_arrays: bool = False) -> Callable[[_Function], _Function]:
    """Compile a function for a signature; other threads run on while it works.

    Only one that makes arrays may count references to them, which costs more than the work of a
    small kernel with records of many arrays.
    """
    compiler: Any = njit  # whose stub does not know of reference counting
    compiled: Callable[[_Function], _Function] = compiler(
        signature, cache=True, nogil=True, _nrt=makes_arrays
    )
    return compiled
