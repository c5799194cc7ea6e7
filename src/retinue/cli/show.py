"""The command that shows a plan: its summary, or its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, PlanPath, Quiet

if TYPE_CHECKING:
    from retinue.plan import Plan

__all__ = ["show_command"]


def show_command(
    plan: PlanPath,
    timeline: Annotated[bool, typer.Option("--timeline", help="Every event.")] = False,
    assumptions: Annotated[bool, typer.Option("--assumptions", help="What is assumed.")] = False,
    sources: Annotated[bool, typer.Option("--sources", help="Where values come from.")] = False,
    costs: Annotated[bool, typer.Option("--costs", help="Priced items.")] = False,
    notes: Annotated[bool, typer.Option("--notes", help="Every warning and remark.")] = False,
    conditions: Annotated[
        bool, typer.Option("--conditions", help="Limits of weather and light, when to decide.")
    ] = False,
    deadlines: Annotated[
        bool, typer.Option("--deadlines", help="What must be asked for, and by when.")
    ] = False,
    legs: Annotated[
        bool, typer.Option("--legs", help="Fuel, runways, airspace; march; cars on the train.")
    ] = False,
    traffic: Annotated[
        bool, typer.Option("--traffic", help="Paths among other trains, and who gives way.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show a plan: its summary, or one of its lists."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.plan import Plan, lists
    from retinue.plan import summary as text

    record = Plan.load(plan)
    data = record.as_dict()
    asked: dict[str, Any] = {}
    parts: list[str] = []
    if timeline:
        asked["timeline"] = [event for leg in data["legs"] for event in leg["timeline"]]
        parts.append(text.timeline_text(record))
    if assumptions:
        asked["assumptions"] = data["assumptions"]
        parts.append(
            text.table_text(
                ["subject", "what", "assumed", "because"],
                [[a.subject, a.what, a.value, a.because] for a in record.assumptions],
            )
        )
    if sources:
        asked["sources"] = data["sources"]
        parts.append(
            text.table_text(
                ["source", "what it is", "mark", "used for"],
                [[s.id, s.text, s.confidence or "", ", ".join(s.used_for)] for s in record.sources],
            )
        )
    if costs:
        asked["costs"] = {leg["id"]: leg["costs"] for leg in data["legs"]}
        parts.append(
            text.table_text(
                [
                    "leg",
                    "item",
                    "quantity",
                    "unit",
                    "price",
                    "amount",
                    record.base_currency,
                    "mark",
                ],
                [
                    [
                        leg.id,
                        c.what,
                        f"{c.quantity:,.1f}",
                        c.unit,
                        f"{c.price:,.2f} {c.currency}",
                        f"{c.amount:,.0f} {c.currency}",
                        f"{c.amount_base:,.0f}",
                        c.confidence,
                    ]
                    for leg in record.legs
                    for c in leg.costs
                ],
                right=frozenset({2, 4, 5, 6}),
            )
        )
    if notes:
        asked["notes"] = data["notes"] + [note for leg in data["legs"] for note in leg["notes"]]
        parts.append(lists.note_text(record))
    if conditions:
        asked["conditions"] = data["conditions"]
        parts.append(lists.condition_text(record))
    if deadlines:
        asked["deadlines"] = data["deadlines"]
        parts.append(lists.deadline_text(record))
    if legs:
        asked["legs"] = {leg["id"]: leg["details"] for leg in data["legs"]}
        parts.append(_leg_text(record))
    if traffic:
        from retinue.cli.adoption import show_traffic

        asked["traffic"], told = show_traffic(record, plan)
        parts.append(told)
    if parts:
        output.result(asked, "\n\n".join(parts))
    else:
        from retinue.cli.adoption import lines_beside

        told = "\n".join([text.summary_text(record, str(plan)), *lines_beside(record, plan)])
        output.result(data, told)


def _leg_text(plan: Plan) -> str:
    """Return the tables of every leg of the plan, its alternatives and its support."""
    from retinue.plan.summary import table_text
    from retinue.report.plan_tables import leg_tables

    ways = [("", plan.legs), *((one.title, one.legs) for one in plan.alternatives)]
    ways += [(one.title, one.legs) for one in plan.support]
    parts = []
    for way, legs in ways:
        for number, leg in enumerate(legs, start=1):
            tables = leg_tables(leg)
            if not tables:
                continue
            parts.append(f"{f'{way}: ' if way else ''}{number} {leg.title}")
            for table in tables:
                body = table_text(table.heads, table.rows, right=table.right)
                note = f"\n{table.note}" if table.note else ""
                parts.append(f"{table.title}\n{body.lstrip(chr(10))}{note}")
    return "\n\n".join(parts) or "no leg has figures of its own mode"
