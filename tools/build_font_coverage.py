"""Write the table of characters that every shipped weight of the font can print.

Run after changing the font files; a test compares the table with the files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "src" / "retinue" / "data" / "fonts"


def table(folder: Path) -> dict[str, Any]:
    """Return ranges of code points that all fonts share, and the widths in the regular one.

    ``ranges`` are inclusive; ``advance`` holds one width per code point of the ranges in
    their order, in thousandths of the type size.
    """
    from fontTools.ttLib import TTFont

    fonts = {file.stem: TTFont(file) for file in sorted(folder.glob("*.otf"))}
    shared = sorted(set.intersection(*(set(font.getBestCmap()) for font in fonts.values())))
    ranges: list[list[int]] = []
    for code in shared:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    regular = fonts["Inter-Regular"]
    names, widths = regular.getBestCmap(), regular["hmtx"]
    unit = regular["head"].unitsPerEm
    advance = [round(widths[names[code]][0] * 1000 / unit) for code in shared]
    return {"font": "Inter 3.19", "ranges": ranges, "advance": advance}


if __name__ == "__main__":
    text = json.dumps(table(FOLDER), separators=(",", ":"))
    (FOLDER / "coverage.json").write_text(text + "\n", encoding="utf-8")
