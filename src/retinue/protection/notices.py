"""Numbered notices: an amendment says what moved on a reader's sheet, a recall that it is void.

A recall gives no ground: whether the route has changed or the journey is off is not the reader's.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from retinue.protection.sheet import Row, Section, Sheet

if TYPE_CHECKING:
    from retinue.protection.extracts import Extract
    from retinue.protection.register import Issue, Recall

__all__ = ["amendment", "recall_notice"]


def amendment(extract: Extract, issued: Issue) -> Sheet | None:
    """Return the notice that goes with a changed sheet; None where it replaces none."""
    if issued.before is None:
        return None
    number = issued.version - 1
    sections = [
        Section(
            f"Amendment {number} to {extract.sheet.title}",
            (
                Row(
                    f"Version {issued.version} replaces version {issued.before.version}."
                    " Destroy the old sheet; acknowledge this one."
                ),
            ),
        ),
        *_moved(issued.before.body.splitlines(), extract.sheet.body().splitlines()),
    ]
    return Sheet(f"AMENDMENT {number}", extract.whom, tuple(sections))


def _moved(old: list[str], new: list[str]) -> list[Section]:
    sections = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        was = [line for line in old[a:b] if line.strip()]
        now = [line for line in new[c:d] if line.strip()]
        rows = [Row("was", text=" ".join(line.split())) for line in was]
        rows += [Row("now", text=" ".join(line.split())) for line in now]
        if rows:
            heading = _heading(new, c) if now else _heading(old, a)
            sections.append(Section(heading, tuple(rows)))
    return sections


def _heading(lines: list[str], index: int) -> str:
    """Return the heading that a line stands under."""
    for number in range(min(index, len(lines) - 1), 0, -1):
        if lines[number] and not lines[number].startswith(" ") and not lines[number - 1]:
            return lines[number]
    return "Sheet"


def recall_notice(recalled: Recall) -> Sheet:
    """Return the notice that calls a version back."""
    holding = recalled.holding
    title = holding.body.splitlines()[1] if holding.body.count("\n") > 1 else "SHEET"
    instead = (
        "Nothing replaces it."
        if recalled.void
        else "A later version replaces it; if you do not have it, ask for it."
    )
    rows = (
        Row(f"Version {holding.version} is void. Do not act on it. {instead}"),
        Row("Give it back or destroy it, and acknowledge."),
        Row("destroyed or given back at", blank=True),
    )
    return Sheet(f"RECALL OF {title}", holding.whom, (Section("Recall", rows),))
