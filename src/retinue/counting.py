"""How many of a thing, in words: ``1 leg``, ``2 legs``, ``3 pairs of trains``."""

from __future__ import annotations

__all__ = ["counted", "noun_for", "plural"]

_HISSING = ("s", "x", "ch", "sh")


def plural(noun: str) -> str:
    """Return the plural of a noun; of ``pair of trains`` that of its first part."""
    head, of, rest = noun.partition(" of ")
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        head = head[:-1] + "ies"
    else:
        head += "es" if head.endswith(_HISSING) else "s"
    return head + of + rest


def noun_for(count: int, noun: str) -> str:
    """Return a noun as it stands behind a count."""
    return noun if count == 1 else plural(noun)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "leg"), counted(0, "delivery"), counted(2, "pair of trains")
    ('1 leg', '0 deliveries', '2 pairs of trains')
    """
    return f"{count} {noun_for(count, noun)}"
