"""A folded-name index over the pack's table of places, without a scan of the table.

All names stand in two texts, one line a place; a name is found by a substring search in
C (a few milliseconds for 170,000 places and their 400,000 other names), and its place by
counting line ends.  Building it costs some 60 ms, a dictionary would cost 1 s.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retinue.world.pack_tables import PlaceTable
from retinue.world.place_names import fold

__all__ = ["NameLines", "PlaceIndex", "light"]

_KEPT = bytes(range(256)).lower()
_TABLE = bytes.maketrans(b"-/,(", b"    ")
_TABLE = bytes(_TABLE[_KEPT[code]] for code in range(256))
_DROPPED = b"'`.)\""
_APOSTROPHES = tuple(mark.encode() for mark in "’‘ʼ")


def light(text: str, bar: bytes = b"") -> bytes:
    """Return UTF-8 without apostrophes and hyphens, ASCII letters in lower case.

    Works on bytes in one pass; other scripts keep their letters as they are.  With ``bar``
    that mark, and the space after it, becomes ``|``.
    """
    plain = text.encode()
    if bar:
        plain = plain.replace(bar + b" ", b"|").replace(bar, b"|")
    plain = plain.translate(_TABLE, _DROPPED)
    for mark in _APOSTROPHES:
        if mark in plain:
            plain = plain.replace(mark, b"")
    return plain.replace(b"  ", b" ")


class NameLines:
    """Names joined by ``|``, one line a row, searchable.

    Parameters
    ----------
    lines
        The names of each row, joined by ``bar``.
    bar
        The mark between names.
    """

    def __init__(self, lines: Iterable[str], bar: bytes = b"") -> None:
        self._bytes = b"|" + light("|\n|".join(lines), bar) + b"|"

    @property
    def lines(self) -> list[str]:
        """The names of each row, folded as `light` does."""
        return self._bytes.decode()[1:-1].split("|\n|")

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.frombuffer(self._bytes, np.uint8) == 10)

    def rows(self, name: bytes) -> list[int]:
        """Return the rows that hold a name, ascending."""
        wanted = b"|" + name + b"|"
        found = []
        at = self._bytes.find(wanted)
        while at >= 0:
            found.append(int(np.searchsorted(self._ends, at)))
            at = self._bytes.find(wanted, at + 1)
        return sorted(set(found))


class PlaceIndex:
    """Rows of the table of places by name.

    Parameters
    ----------
    table
        The pack's places.
    """

    def __init__(self, table: PlaceTable) -> None:
        self._table = table

    @cached_property
    def _plain(self) -> NameLines:
        return NameLines(self._table.ascii_name)

    @cached_property
    def _all(self) -> tuple[NameLines, NameLines]:
        return NameLines(self._table.name), NameLines(self._table.alternate_names)

    @cached_property
    def _transliterated(self) -> NameLines:
        from anyascii import anyascii

        return NameLines(anyascii("\n".join(self._table.alternate_names)).split("\n"))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._plain.lines)

    def knows(self, folded: str) -> bool:
        """Return whether a place has this folded main name."""
        return folded in self._known

    def main(self, name: str) -> list[int]:
        """Return the rows whose main name this is, folded."""
        return self._plain.rows(fold(name).encode())

    def other(self, name: str) -> list[int]:
        """Return the rows one of whose names, in any script, this is."""
        bare = " ".join(name.split())
        # Other scripts keep their capitals in the text, so a few ways of writing are tried.
        written = {bare} if bare.isascii() else {bare, bare.lower(), bare.title(), bare.upper()}
        wanted = {light(text) for text in written} | {fold(name).encode()}
        return sorted({row for text in wanted for lines in self._all for row in lines.rows(text)})

    def transliterated(self, name: str) -> list[int]:
        """Return the rows one of whose names transliterates to this (slow the first time)."""
        return self._transliterated.rows(fold(name).encode())
