"""The shipped typeface, and how text in any script becomes text it can print.

A PDF compiler drops a character that no font has without a word, so every text that
goes to paper passes through `printable`: what the typeface lacks is romanised.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

__all__ = ["FAMILY", "FONT_FOLDER", "covers", "printable", "shortened", "text_width"]

FONT_FOLDER = Path(__file__).parent.parent / "data" / "fonts"

#: Inter, SIL Open Font License 1.1: Latin, Greek and Cyrillic with tabular figures.
FAMILY = "Inter"

_MISSING = "?"

#: No-break, figure, thin and narrow no-break space.
_SPACES = "\u00a0\u2007\u2009\u202f"

#: Controls, formats (direction marks), surrogates, private use, unassigned.
_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _unprinted(character: str) -> bool:
    """Return whether a character is left out: a control, or an accent without a glyph."""
    if unicodedata.category(character) in _UNPRINTED:
        return True
    return bool(unicodedata.combining(character)) and not covers(character)


@cache
def _advances() -> dict[str, int]:
    """Return the width of every covered character, thousandths of the type size."""
    table = json.loads((FONT_FOLDER / "coverage.json").read_text(encoding="utf-8"))
    codes = [code for first, last in table["ranges"] for code in range(first, last + 1)]
    return {chr(code): width for code, width in zip(codes, table["advance"], strict=True)}


def covers(character: str) -> bool:
    """Return whether all weights of the typeface have a glyph for a character."""
    return character in _advances()


def text_width(text: str, size: float) -> float:
    """Return how wide a text runs in the regular weight, in the unit of ``size``.

    Without kerning; a character outside the typeface counts as wide as the type size.
    """
    advances = _advances()
    return sum(advances.get(character, 1000) for character in text) * size / 1000


def printable(text: str) -> str:
    """Return a text of which the typeface can print every character.

    Composed first (NFC), so that a base letter and its accent become one glyph where
    there is one.  Control and direction marks vanish, white space becomes a space, and
    a run of characters outside the typeface is romanised (anyascii).  A character that
    has no romanisation becomes ``?``: never nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    pieces: list[str] = []
    foreign: list[str] = []

    def romanise() -> None:
        if not foreign:
            return
        from anyascii import anyascii

        pieces.append(anyascii("".join(foreign)).strip() or _MISSING)
        foreign.clear()

    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            romanise()
            # A no-break space stays: figures and their units are kept together.
            pieces.append(character if character in _SPACES else " ")
        elif _unprinted(character):
            continue
        elif covers(character):
            romanise()
            pieces.append(character)
        else:
            foreign.append(character)
    romanise()
    return "".join(pieces)


def shortened(text: str, size: float, width: float) -> str:
    """Return a text that runs no wider than ``width``, cut with an ellipsis if need be."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" ,(-") + "…"
