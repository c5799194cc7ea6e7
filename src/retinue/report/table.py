"""A table as words, before it is set on paper, on a page or in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Table", "filled_columns"]


@dataclass(frozen=True)
class Table:
    """Rows under a title.

    Attributes
    ----------
    right
        Columns aligned to the right.
    wide
        Columns that share the room which the others leave, each with its part of it.
    light, strong
        Rows that rest on assumptions, and rows that must be seen first.
    note
        A sentence under the table.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    wide: Mapping[int, float] = field(default_factory=dict)
    light: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    note: str = ""

    def content(self) -> dict[str, Any]:
        """Return the table as JSON values for the typesetter."""
        return {
            "title": self.title,
            "heads": list(self.heads),
            "rows": [
                {"cells": list(row), "light": k in self.light, "strong": k in self.strong}
                for k, row in enumerate(self.rows)
            ],
            "right": [k in self.right for k in range(len(self.heads))],
            "wide": [self.wide.get(k, 0.0) for k in range(len(self.heads))],
            "note": self.note,
        }


def filled_columns(table: Table) -> Table:
    """Return the table without the columns in which no row has a word."""
    kept = [k for k in range(len(table.heads)) if any(row[k] for row in table.rows)]

    def places(old: frozenset[int]) -> frozenset[int]:
        return frozenset(new for new, k in enumerate(kept) if k in old)

    return Table(
        table.title,
        tuple(table.heads[k] for k in kept),
        tuple(tuple(row[k] for k in kept) for row in table.rows),
        places(table.right),
        {new: table.wide[k] for new, k in enumerate(kept) if k in table.wide},
        table.light,
        table.strong,
        table.note,
    )
