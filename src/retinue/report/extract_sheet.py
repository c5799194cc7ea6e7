"""A sheet for one reader as PDF, from plain values.

The document says nothing that the sheet does not: no title, author, date or keyword in its
metadata, and the same sheet gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from retinue.errors import RetinueError
from retinue.report.typeface import FONT_FOLDER, inked

__all__ = ["extract_pdf"]

_TEMPLATE = Path(__file__).parent / "extract_sheet.typ"


def extract_pdf(record: dict[str, Any]) -> bytes:
    """Return a sheet as PDF.

    Parameters
    ----------
    record
        ``{title, whom, version, sheet, sections: [{heading, rows: [{label, day, time, text,
        blank}]}], acknowledge, only_for}``.

    Raises
    ------
    RetinueError
        Where the typesetter refuses the document, which is a defect of Retinue.
    """
    import typst

    content = json.dumps(_laid_out(record), ensure_ascii=False, sort_keys=True)
    try:
        document = typst.compile(
            str(_TEMPLATE),
            root=str(_TEMPLATE.parent),
            font_paths=[str(FONT_FOLDER)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": content},
            timestamp=0,
        )
    except typst.TypstError as error:
        raise RetinueError(f"the sheet could not be typeset: {error}") from error
    return bytes(document)


def _laid_out(record: dict[str, Any]) -> dict[str, Any]:
    """Return what the template prints: a day is a line of its own, written when it changes."""
    sections = []
    for section in record["sections"]:
        lines: list[dict[str, Any]] = []
        day = ""
        for row in section["rows"]:
            if row.get("day", day) != day:
                day = row["day"]
                lines.append({"kind": "day", "label": day, "time": "", "text": ""})
            told = {key: inked(str(row.get(key, ""))) for key in ("label", "time", "text")}
            plain = not (told["time"] or told["text"] or row.get("blank"))
            kind = "plain" if plain else "blank" if row.get("blank") else "row"
            lines.append({"kind": kind, **told})
        sections.append({"heading": inked(section["heading"]), "lines": lines})
    return {
        "title": inked(record["title"]),
        "whom": inked(record["whom"]),
        "version": record["version"],
        "sheet": record["sheet"],
        "acknowledge": record["acknowledge"],
        "only_for": record["only_for"],
        "sections": sections,
    }
