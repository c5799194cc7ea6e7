"""The shipped typeface, and how text in any script becomes text it can print.

A PDF compiler drops a character that no font has without a word, so every text that
goes to paper passes through `printable`: what the typeface lacks is romanised.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

__all__ = [
    "FAMILIES",
    "FAMILY",
    "FONT_FOLDER",
    "Face",
    "covers",
    "face_of",
    "inked",
    "printable",
    "script_covers",
    "shortened",
    "text_width",
]

Face = Literal["", "JP", "KR", "SC"]

FONT_FOLDER = Path(__file__).parent.parent / "data" / "fonts"

#: Inter, SIL Open Font License 1.1: Latin, Greek and Cyrillic with tabular figures.
FAMILY = "Inter"

#: Behind it the fonts of Han, Kana and Hangul, in which names are printed as they are written.
FAMILIES = "Inter,'Noto Sans CJK SC','Noto Sans CJK JP','Noto Sans CJK KR',sans-serif"

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


@cache
def _scripts() -> dict[str, frozenset[str]]:
    """Return the characters of every face of the fonts for Han, Kana and Hangul."""
    table = json.loads((FONT_FOLDER / "scripts" / "coverage.json").read_text(encoding="utf-8"))
    return {face: frozenset(known) for face, known in table["characters"].items()}


def script_covers(character: str) -> bool:
    """Return whether a character is in the typeface or in a font for Han, Kana or Hangul."""
    return covers(character) or any(character in known for known in _scripts().values())


def face_of(text: str, language: str = "") -> Face:
    """Return the face whose glyphs a text is printed with first; "" for the typeface alone.

    Han characters are drawn otherwise in China and in Japan: kana tell Japanese, and where
    there are none ``language`` (``japanese``, ``ja``) does.  What a face lacks is taken from
    the others.
    """
    foreign = [c for c in text if not covers(c) and not c.isspace()]
    if not foreign:
        return ""
    if any("\uac00" <= c <= "\ud7a3" for c in foreign):
        return "KR"
    kana = any("\u3041" <= c <= "\u30ff" for c in foreign)
    return "JP" if kana or language.casefold()[:2] == "ja" else "SC"


def text_width(text: str, size: float) -> float:
    """Return how wide a text runs in the regular weight, in the unit of ``size``.

    Without kerning.  Of what is outside the typeface Han, Kana and Hangul are as wide as the type
    size; other scripts, on screens alone, about as wide as Latin, and their marks have no width.
    """
    advances = _advances()
    return sum(advances.get(c) or _foreign_width(c) for c in text) * size / 1000


def _foreign_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in _UNPRINTED:
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WF" else 620


def printable(text: str, *, scripts: bool = False) -> str:
    """Return a text of which the typeface can print every character.

    With ``scripts`` the fonts for Han, Kana and Hangul may print too: only menu cards and
    native names are set in them.

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
        elif covers(character) or (scripts and script_covers(character)):
            romanise()
            pieces.append(character)
        else:
            foreign.append(character)
    romanise()
    return "".join(pieces)


def inked(text: str) -> str:
    """Return a text that paper can show: Han, Kana and Hangul in their own fonts, too."""
    return printable(text, scripts=True)


def shortened(text: str, size: float, width: float) -> str:
    """Return a text that runs no wider than ``width``, cut with an ellipsis if need be."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" ,(-") + "…"
