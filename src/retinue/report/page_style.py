"""Styles that drawings repeat thousands of times, named once: a third of the page's size."""

from __future__ import annotations

import re

__all__ = ["named_styles"]

_SHAPE = re.compile(r'<(path|rect|circle|line)( class="([^"]*)")?([^>]*?) style="([^"]*)"')


def named_styles(markup: str) -> tuple[str, str]:
    """Return markup whose shapes' styles are classes, and the style sheet of these classes.

    Texts keep their own: the page's script changes their size.  Styles used once stay.
    """
    counts: dict[str, int] = {}
    for found in _SHAPE.finditer(markup):
        counts[found[5]] = counts.get(found[5], 0) + 1
    names = {
        style: f"s{number}"
        for number, style in enumerate(style for style, count in counts.items() if count > 1)
    }

    def named(found: re.Match[str]) -> str:
        name = names.get(found[5])
        if name is None:
            return found[0]
        own = f"{found[3]} " if found[3] else ""
        return f'<{found[1]} class="{own}{name}"{found[4]}'

    # Written after the page's own sheet, so that a drawing's style wins as it did inline.
    sheet = "".join(f"svg .{name}{{{style}}}" for style, name in names.items())
    return _SHAPE.sub(named, markup), sheet
