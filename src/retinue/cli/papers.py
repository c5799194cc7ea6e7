"""Commands on what must be sent and asked for: papers, deadlines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.counting import counted

if TYPE_CHECKING:
    from datetime import date

    from retinue.plan import Deadline, Paper, Plan

__all__ = ["add_to"]

PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
]
KINDS = (
    "flight-plan",
    "overflight-request",
    "landing-request",
    "diplomatic-clearance-request",
    "restricted-zone-request",
    "notam-request",
    "loading-list",
)


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("papers")(papers_command)
    app.command("deadlines")(deadlines_command)


def papers_command(
    plan: PlanPath,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help=f"Only these: {', '.join(KINDS)}.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Write each to a file there."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print or write messages, requests and lists that are ready to send."""
    output.as_json = as_json
    from retinue.document import suggest
    from retinue.errors import InputError
    from retinue.plan import Plan

    if kind and kind not in KINDS:
        raise InputError(
            f'there is no paper of the kind "{kind}"',
            where="--kind",
            cure=suggest(kind, KINDS) or f"Known: {', '.join(KINDS)}.",
        )
    record = Plan.load(plan)
    papers = [paper for paper in record.papers if kind in ("", paper.kind)]
    written = [] if out is None else _written(papers, out)
    result: dict[str, Any] = {
        "plan": record.hash,
        "papers": [paper.model_dump(mode="json") for paper in papers],
    }
    if out is not None:
        result["written"] = [str(path) for path in written]
        names = "\n".join(f"  {path.name}" for path in written)
        output.result(result, f"wrote {counted(len(written), 'paper')} to {out}/:\n{names}")
        return
    output.result(result, "\n".join(_shown(paper) for paper in papers) or _none(record, kind))


def _none(plan: Plan, kind: str) -> str:
    return f"the plan has no paper{f' of the kind {kind}' if kind else ''}"


def _shown(paper: Paper) -> str:
    head = f"== {paper.title}{f' [{paper.way}]' if paper.way else ''}"
    to = f"to: {paper.to}\n" if paper.to else ""
    assumed = f"assumed: {'; '.join(paper.assumed)}\n" if paper.assumed else ""
    return f"{head}\n{to}{assumed}\n{paper.text}"


def _written(papers: list[Paper], folder: Path) -> list[Path]:
    from retinue.files import make_folder, write_text

    make_folder(folder)
    return [write_text(folder / f"{name}.txt", paper.text) for name, paper in _named(papers)]


def _named(papers: list[Paper]) -> list[tuple[str, Paper]]:
    """Return a file name for each paper, from its identity, each once."""
    from anyascii import anyascii

    seen: dict[str, int] = {}
    found = []
    for paper in papers:
        plain = "".join(c if c.isalnum() else "-" for c in anyascii(paper.id).lower())
        name = "-".join(part for part in plain.split("-") if part)[:120] or "paper"
        seen[name] = seen.get(name, 0) + 1
        found.append((name if seen[name] == 1 else f"{name}-{seen[name]}", paper))
    return found


def deadlines_command(
    plan: PlanPath,
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="DATE", help="Count days left from then, YYYY-MM-DD."),
    ] = None,
    ics: Annotated[
        Path | None,
        typer.Option("--ics", metavar="FILE", help="Write them as iCalendar tasks with alarms."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what must be asked for, the earliest latest day first."""
    output.as_json = as_json
    from retinue.plan import Plan
    from retinue.plan.summary import table_text

    record = Plan.load(plan)
    day = _day(today)
    rows = [(deadline, _left(deadline, day)) for deadline in record.deadlines]
    result: dict[str, Any] = {
        "plan": record.hash,
        "today": day.isoformat(),
        "deadlines": [one.model_dump(mode="json") | {"days_left": left} for one, left in rows],
    }
    text = table_text(
        ["latest", "left", "what", "country", "lead time", "before", "owner", "state", "legs",
         "mark"],
        [
            [
                one.latest_date, _left_text(one, left), one.what, one.country, one.lead_text,
                one.due_text, one.owner, f"{one.state} {one.number}".strip(),
                ", ".join(one.legs), one.confidence,
            ]
            for one, left in rows
        ],
        right=frozenset({1}),
    ) if rows else "nothing is to be asked for"  # fmt: skip
    if ics is not None:
        from retinue.files import write_text
        from retinue.report.deadline_calendar import deadline_calendar

        write_text(ics, deadline_calendar(record))
        result["written"] = str(ics)
        text += f"\nwrote {ics}"
    output.result(result, text)


def _day(text: str | None) -> date:
    from datetime import date, datetime

    from retinue.errors import InputError

    if text is None:
        # The reader's own day; it is printed and goes into no plan.
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f'"{text}" is not a date', where="--today", cure="Write e.g. 2023-09-01."
        ) from error


def _left(deadline: Deadline, today: date) -> int:
    from datetime import date

    return (date.fromisoformat(deadline.latest_date) - today).days


def _left_text(deadline: Deadline, left: int) -> str:
    if deadline.state in ("granted", "not needed"):
        return "-"
    return f"{left} d" if left >= 0 or deadline.state == "asked" else f"LATE {-left} d"
