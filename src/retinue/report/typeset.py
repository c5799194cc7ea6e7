"""Setting a document: one JSON value into one template, so no text is ever read as markup.

Times come from the content and the typefaces from the package: the same content gives the
same bytes on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retinue.errors import RetinueError
from retinue.report.typeface import FONT_FOLDER, inked
from retinue.report.wording import bound, breakable

__all__ = ["typeset"]

_TEMPLATES = Path(__file__).parent


def typeset(
    template: str,
    content: dict[str, Any],
    *,
    moment: float,
    what: str,
    words: Callable[[str], str] = inked,
) -> bytes:
    """Return a document as PDF.

    Parameters
    ----------
    template
        File name in this folder.
    content
        JSON values; drawings are SVG texts.
    moment
        Stands in the file as the time of its making, Unix seconds.
    what
        How an error calls the document.
    words
        Makes every text printable with the document's typefaces.  Lines of a paper stay as they
        will be sent; in all else figures and units are kept together.

    Raises
    ------
    RetinueError
        Where the typesetter refuses the document, which is a defect of Retinue.
    """
    import typst

    try:
        document = typst.compile(
            str(_TEMPLATES / template),
            root=str(_TEMPLATES),
            font_paths=[str(FONT_FOLDER)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": json.dumps(_all(content, words), ensure_ascii=False)},
            timestamp=int(moment),
        )
    except typst.TypstError as error:
        raise RetinueError(f"{what} could not be typeset: {error}") from error
    return bytes(document)


def _all(value: Any, words: Callable[[str], str], *, sent: bool = False) -> Any:
    if isinstance(value, str):
        # Drawings have been made printable word by word.
        if value.startswith("<svg "):
            return value
        return words(value) if sent else breakable(words(bound(value)))
    if isinstance(value, dict):
        return {key: _all(item, words, sent=key == "lines") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_all(item, words, sent=sent) for item in value]
    return value
