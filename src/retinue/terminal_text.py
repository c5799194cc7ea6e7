"""Tables and lines of words for a terminal: aligned, and never wider than its screen.

What is not shown on a screen (a file, a pipe, a test) keeps its whole lines.
"""

from __future__ import annotations

import re
import unicodedata
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["folded_lines", "screen_columns", "table_text", "width"]

#: Columns of the screen that texts are shown on; None where there is no screen.
screen_columns: ContextVar[int | None] = ContextVar("screen_columns", default=None)

#: A column of words is not made narrower than this, nor than its longest word.
_LEAST = 12
_GAP = "  "
#: What is not torn apart: a figure with its unit; in a line also a command at its end.
_WORDS = re.compile(r" *(?:[\d.,]+ (?:h \d\d|[a-z%/]{1,4}(?!\w))|[^ ]+)")
_COMMAND = re.compile(r" *retinue(?: [^ ]+)+$|" + _WORDS.pattern)


def width(text: str) -> int:
    """Return the columns that a terminal gives to a text (Han and Hangul take two)."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _pad(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def table_text(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> str:
    """Return rows as aligned columns, one blank line of nothing around them.

    On a screen that is too narrow the widest columns of words run over several lines; figures
    never do, only their titles.  Where that is not enough every row is told in a sentence, each
    cell behind its title.

    Parameters
    ----------
    head
        Column titles.
    rows
        Cells; a row shorter than the head is filled with blanks.
    right
        Columns that are aligned to the right.
    """
    filled = [[*row, *[""] * (len(head) - len(row))] for row in rows]
    table = [list(head), *filled]
    widths = [max(width(row[i]) for row in table) for i in range(len(head))]
    screen = screen_columns.get()
    if screen is not None:
        widths = _narrowed(table, widths, right, screen)
        if sum(widths) + len(_GAP) * (len(widths) - 1) > screen:
            return "\n".join(_records(table, screen))
    lines = []
    for row in table:
        cells = [
            [cell] if width(cell) <= widths[i]
            else _folded(cell, widths[i], _WORDS, hanging=0 if i in right else 2)
            for i, cell in enumerate(row)
        ]  # fmt: skip
        for k in range(max(map(len, cells), default=0)):
            line = [
                _pad(cell[k] if k < len(cell) else "", widths[i], right=i in right)
                for i, cell in enumerate(cells)
            ]
            lines.append(_GAP.join(line).rstrip())
    return "\n".join(lines)


def _narrowed(
    table: list[list[str]], widths: list[int], right: frozenset[int], screen: int
) -> list[int]:
    """Return widths that fit the screen, taken from the widest columns of words."""
    head, *rows = table
    least = [
        max([_longest_word(head[i]), *(width(row[i]) for row in rows)])
        if i in right
        else min(one, max([_LEAST, *(_longest_word(row[i]) for row in table)]))
        for i, one in enumerate(widths)
    ]
    widths = list(widths)
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - screen
    while over > 0:
        wide = [k for k, one in enumerate(widths) if one > least[k]]
        if not wide:
            break
        i = max(wide, key=lambda k: (k not in right, widths[k]))
        widths[i] -= 1
        over -= 1
    return widths


def _records(table: list[list[str]], screen: int) -> list[str]:
    """Return rows as lines of ``title: cell``, for tables of more columns than a screen has."""
    head, *rows = table
    lines = []
    for row in rows:
        told = [
            f"{title}: {cell.strip()}" if title else cell.strip()
            for title, cell in zip(head, row, strict=True)
            if cell.strip()
        ]
        lines += _folded("; ".join(told), screen, _WORDS)
    return lines


def _longest_word(cell: str) -> int:
    return max(map(width, cell.split()), default=0) + len(cell) - len(cell.lstrip())


def folded_lines(text: str) -> str:
    """Return a text whose lines are folded at words where they are wider than the screen."""
    screen = screen_columns.get()
    if screen is None:
        return text
    return "\n".join(
        "\n".join(_folded(line, screen, _COMMAND)) if width(line) > screen else line
        for line in text.split("\n")
    )


def _folded(text: str, columns: int, pieces: re.Pattern[str], hanging: int = 2) -> list[str]:
    """Return lines of at most so many columns; a longer word stays whole.

    What follows stands so many columns further in than the text begins.
    """
    indent = " " * (len(text) - len(text.lstrip(" ")) + hanging)
    lines: list[str] = []
    line = ""
    for piece in pieces.findall(text):
        if line.strip() and width(line + piece) > columns:
            lines.append(line.rstrip())
            line = indent + piece.lstrip(" ")
        else:
            line += piece
    return [*lines, line] if line or not lines else lines
