"""Tables and sections of the journey's page as markup; every word is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from retinue.plan import Leg, Note, Plan
from retinue.report.chapter import remarks
from retinue.report.order_tables import (
    assumption_rows,
    cost_table,
    handover_rows,
    section_table,
    source_rows,
)
from retinue.report.plan_tables import asked_tables, condition_tables, paper_title
from retinue.report.table import Table
from retinue.report.wording import bound, breakable

__all__ = [
    "asked",
    "conditions",
    "costs",
    "ground",
    "handovers",
    "line_sections",
    "notes_markup",
    "papers",
    "region",
    "section",
    "sheet",
    "table_markup",
]


def section(name: str, title: str, inner: str) -> str:
    """Return a section with its heading; the inner part is markup already."""
    return (
        f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(title)}</h2>{inner}</section>'
    )


def region(caption: str, table: str, css: str = "") -> str:
    """Return a table in a region that scrolls sideways where the screen is narrow."""
    label = escape(caption, quote=True)
    return (
        f'<div class="scroll {css}" role="region" tabindex="0" aria-label="{label}">{table}</div>'
    )


def table_markup(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = (),
    css: str = "", marks: Mapping[int, str] | None = None,
) -> str:  # fmt: skip
    """Return a table with a caption that screen readers tell; ``marks`` are classes of rows.

    Of the class ``cards`` each row is a card on a phone, every cell under the head of its column.
    """
    marked = marks or {}

    def cell(tag: str, place: int, words: str, more: str = "") -> str:
        mark = ' class="n"' if place in right else ""
        if tag == "td" and "cards" in css and head[place]:
            more += f' data-head="{escape(head[place], quote=True)}"'
        return f"<{tag}{mark}{more}>{escape(breakable(bound(words)))}</{tag}>"

    heads = "".join(cell("th", k, words, ' scope="col"') for k, words in enumerate(head))
    heads = f"<thead><tr>{heads}</tr></thead>" if any(head) else ""
    body = "".join(
        (f'<tr class="{marked[n]}">' if n in marked else "<tr>")
        + "".join(cell("td", k, words) for k, words in enumerate(row))
        + "</tr>"
        for n, row in enumerate(rows)
    )
    table = (
        f'<table><caption class="unseen">{escape(caption)}</caption>{heads}'
        f"<tbody>{body}</tbody></table>"
    )
    return region(caption, table, css)


def sheet(table: Table, level: int = 3) -> str:
    """Return a table of words with its heading and its note."""
    head = f"<h{level}>{escape(table.title)}</h{level}>"
    marks = dict.fromkeys(table.light, "light") | dict.fromkeys(table.strong, "strong")
    inner = table_markup(table.title, table.heads, table.rows, tuple(table.right), marks=marks)
    note = f'<p class="light">{escape(table.note)}</p>' if table.note else ""
    return head + inner + note


def asked(plan: Plan) -> str:
    """Return deadlines and permits; nothing where none are asked for."""
    tables = asked_tables(plan)
    if not tables:
        return ""
    told = '<p class="light">Light rows are assumed; marks as under Sources.</p>'
    return section("h-ask", "To be asked for", "".join(map(sheet, tables)) + told)


def conditions(plan: Plan) -> str:
    """Return light and limits of weather; nothing where none are listed."""
    tables = condition_tables(plan)
    if not tables:
        return ""
    told = (
        '<p class="light">Bold: expected beyond its limit. Light: a planning value that nobody '
        "published.</p>"
    )
    return section("h-sky", "Weather and light", "".join(map(sheet, tables)) + told)


def papers(plan: Plan) -> str:
    """Return every paper, folded up."""
    parts = []
    for paper in plan.papers:
        assumed = (
            f'<p class="light">assumed: {escape("; ".join(paper.assumed))}</p>'
            if paper.assumed
            else ""
        )
        parts.append(
            f"<details><summary>{escape(paper_title(paper))}"
            f' <span class="light">to {escape(paper.to)}</span></summary>{assumed}'
            f'<pre tabindex="0">{escape(paper.text.rstrip())}</pre></details>'
        )
    return section("h-pap", "Papers", "".join(parts)) if parts else ""


def line_sections(leg: Leg) -> str:
    """Return the sections of a leg's line; assumed figures are light."""
    table = section_table(leg)
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td class="{"" if k == 1 else "n "}{"light" if cell["assumed"] else ""}">'
            f"{escape(cell['text'])}</td>"
            for k, cell in enumerate(row)
        )
        + "</tr>"
        for row in table["rows"]
    )
    heads = "".join(
        f'<th scope="col"{"" if k == 1 else " class=n"}>{escape(words)}</th>'
        for k, words in enumerate(table["heads"])
    )
    line = (
        f'<table><caption class="unseen">{table["title"]}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    told = f'<h3>{table["title"]}</h3><p class="light">Light figures are assumed.</p>'
    return told + region(f"{table['title']}, section by section", line)


def handovers(plan: Plan) -> str:
    """Return the handovers, each checked."""
    if not plan.handovers:
        return ""
    head = ["place", "arrive", "vehicles ready", "depart", "needs", "has", "", "tasks"]
    rows = [[one[0], one[3], one[2], *one[4:8], one[1]] for one in handover_rows(plan)]
    table = table_markup("Handovers", head, rows, right=(4, 5), css="cards tasks")
    return section("h-hand", "Handovers", table)


def costs(plan: Plan) -> str:
    """Return every priced line."""
    priced = cost_table(plan)
    if not priced["rows"]:
        return ""
    head = ["leg", "what", "quantity", "price", "amount", plan.base_currency, "source"]
    rows = [row["cells"] for row in priced["rows"]] + [
        ["", "total", "", "", "", priced["total"], ""]
    ]
    table = table_markup("Costs", head, rows, right=(2, 3, 4, 5))
    return section("h-cost", "Costs", table)


def ground(plan: Plan) -> str:
    """Return assumptions and sources."""
    parts = []
    if plan.assumptions:
        rows = [
            [subject, "; ".join(f"{value} ({because})" for value, because in grounds)]
            for subject, grounds in assumption_rows(plan)
        ]
        table = table_markup("Assumptions", ["about", "taken (because)"], rows, css="assumed")
        parts.append(section("h-ass", "Assumptions", table))
    if plan.sources:
        table = table_markup(
            "Sources", ["source", "address", "mark", "used for"], source_rows(plan)
        )
        parts.append(section("h-src", "Sources", table))
    return "".join(parts)


def notes_markup(notes: tuple[Note, ...]) -> str:
    """Return notes, warnings first; those on one subject share a paragraph."""
    return "".join(
        f'<p class="note {"warning" if one["warning"] else "info"}"><strong>'
        f"{'Warning: ' if one['warning'] else ''}{escape(one['subject'])}</strong>"
        f" {escape(bound(one['text']))}"
        + (f' <span class="light">({escape(one["source"])})</span>' if one["source"] else "")
        + "</p>"
        for one in remarks(notes)
    )
