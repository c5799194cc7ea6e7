"""Menu cards as PDF: one for everybody, and one for each group that may not eat everything.

Names stand in the card's language and in the dish's own script.  What no shipped font can
print is romanised, and the card says which names those are.
"""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import Any

from retinue.plan.provision import CardItem, MenuCardRecord, Provision
from retinue.report.typeface import face_of, printable
from retinue.report.typeset import typeset
from retinue.report.wording import role_name

__all__ = ["card_content", "menu_cards", "romanised_names"]

#: A card of this many lines or fewer stands on one page of one column.
_SHORT = 22


def menu_cards(provision: Provision) -> bytes:
    """Return the menu cards as PDF, one after the other; each begins on a page of its own.

    Raises
    ------
    RetinueError
        Where the typesetter refuses the document, which is a defect of Retinue.
    """
    return typeset(
        "menu_cards.typ",
        {
            "title": provision.menu_title or provision.title,
            "cards": [card_content(card) for card in provision.cards],
        },
        moment=0,
        what="the menu cards",
        words=partial(printable, scripts=True),
    )


def card_content(card: MenuCardRecord) -> dict[str, Any]:
    """Return what the template prints of one card, as JSON values."""
    lines = sum(len(course.items) for course in card.courses)
    marks = sorted({item.mark for course in card.courses for item in course.items if item.mark})
    title, _, kind = card.title.partition(": ")
    without = f"without {', '.join(card.without)}" if card.without else ""
    under = [f"for {role_name(card.group)}" if card.group else "", kind or without]
    return {
        "title": title,
        "under": ", ".join(words for words in under if words),
        "without": ", ".join(card.without),
        "columns": 1 if lines <= _SHORT else 2,
        "courses": [
            {
                "title": course.title[:1].upper() + course.title[1:],
                "parts": _parts(course.items),
            }
            for course in card.courses
        ],
        "legend": [[number, words] for number, words in _numbered(card.legend)],
        "marks": [{"letters": _letters(mark), "words": mark} for mark in marks],
        "romanised": romanised_names(card),
    }


def romanised_names(card: MenuCardRecord) -> list[str]:
    """Return the dishes of which the own name is romanised, as no shipped font has its script."""
    found = [
        item.name
        for course in card.courses
        for item in course.items
        if _composed(item.native_name) != printable(item.native_name, scripts=True)
    ]
    return list(dict.fromkeys(found))


def _composed(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))


def _parts(items: tuple[CardItem, ...]) -> list[dict[str, Any]]:
    """Return the items of a course by cuisine or kind, in the card's order."""
    kinds = list(dict.fromkeys(item.kind for item in items))
    return [
        {
            "kind": kind if len(kinds) > 1 else "",
            "items": [_item(item) for item in items if item.kind == kind],
        }
        for kind in kinds
    ]


def _item(item: CardItem) -> dict[str, Any]:
    return {
        "name": item.name,
        "native": item.native_name,
        "face": face_of(printable(item.native_name, scripts=True), item.kind),
        "allergens": ",\u2009".join(map(str, item.allergens)),
        "mark": _letters(item.mark),
    }


def _letters(mark: str) -> str:
    """Return the sign of a diet."""
    return {"vegan": "VG", "vegetarian": "V", "pescatarian": "P"}.get(mark, mark[:3].upper())


def _numbered(legend: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(legend.items(), key=lambda one: int(one[0]) if one[0].isdigit() else 99)
