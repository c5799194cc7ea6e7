"""The command on formations: which coaches, in which order, behind which locomotives, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.consist import ConsistRecord
    from retinue.rail.consist_order import ConsistOrder

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("formation")(formation_command)


def formation_command(
    asked: Annotated[
        str,
        typer.Argument(
            metavar="ORDER",
            help="A formation order (a file), or a journey whose rail leg has one.",
        ),
    ],
    party: Annotated[
        str,
        typer.Option(
            "--party",
            metavar="COUNTS",
            help='Who travels instead of the order\'s party, e.g. "officials=24,guards=60".',
        ),
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what each rule costs: one search a rule.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the train as a train file."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Choose and order the coaches of a special train by rules, and prove the choice."""
    output.as_json = as_json
    path = Path(asked)
    record = (
        _of_order(path, party, explain)
        if path.is_file() and _is_order(path)
        else _of_journey(asked, party, explain)
    )
    if out is not None:
        from retinue.files import write_text

        write_text(out, record.train_file)
    output.result(record.model_dump(mode="json"), _text(record))
    if out is not None:
        output.say(f"written: {out}")


def _is_order(path: Path) -> bool:
    from retinue.document import read_yaml

    node = read_yaml(path)
    return isinstance(node.value, dict) and "retinue formation" in node.value


def _of_order(path: Path, party: str, explain: bool) -> ConsistRecord:
    from retinue.rail.consist_order import load_order
    from retinue.rail.consist_problem import problem_of
    from retinue.rail.consist_reasons import rule_costs
    from retinue.rail.consist_search import choose
    from retinue.rail.consist_train import record_of, train_text

    order = load_order(path)
    if party:
        order = _with_party(order, party)
    problem = problem_of(order)
    with output.progress(2) as progress:
        progress("choosing coaches and their order")
        chosen = choose(problem)
        progress("asking what each rule costs" if explain else "writing it down")
        costs = rule_costs(problem, chosen) if explain else ()
    return record_of(problem, chosen, costs, train_text(order, chosen))


def _with_party(order: ConsistOrder, text: str) -> ConsistOrder:
    from dataclasses import replace

    from retinue.errors import InputError

    counts: dict[str, int] = {}
    known = ("principal", "officials", "guests", "guards", "staff", "crew")
    for item in text.split(","):
        name, _, number = (part.strip() for part in item.partition("="))
        if name not in known or not number.isdecimal() or int(number) > 10_000:
            raise InputError(
                f'"{item.strip()}" is no count of people',
                where="--party",
                cure=f'Write e.g. "officials=24,guards=60"; known: {", ".join(known)}.',
            )
        counts[name] = int(number)
    if counts.get("principal") == 0:
        raise InputError("there is a principal", where="--party", cure="Leave principal out.")
    party = order.party.model_copy(update=counts)
    return replace(order, asked=order.asked.model_copy(update={"party": party}))


def _of_journey(name: str, party: str, explain: bool) -> ConsistRecord:
    from retinue.errors import InputError
    from retinue.journey import load_journey
    from retinue.plan.consist import ConsistRecord
    from retinue.planner import Planner

    for given, option in ((party, "--party"), (explain, "--explain")):
        if given:
            raise InputError(
                "this goes with a formation order, not with a journey",
                where=option,
                cure="Name the order's file.",
            )
    file = load_journey(name)
    with output.progress(8) as progress:
        plan = Planner(progress=progress).make(file)
    for leg in plan.legs:
        if "formation" in leg.details:
            return ConsistRecord.model_validate(leg.details["formation"])
    raise InputError(
        "no rail leg of the journey chooses its train",
        where=file.label,
        cure='Write "train: choose" and "formation: FILE" in a rail leg.',
    )


def _text(record: ConsistRecord) -> str:
    lines = [
        f"{record.title}: {counted(len(record.coaches), 'coach')},"
        f" {record.worth['mass_kg'] / 1000:.0f} t,"
        f" {record.length_m:.0f} m"
        + (", proven the best" if record.proven else ", NOT proven the best")
    ]
    lines += [f"  locomotive  {engine.title}" for engine in record.locomotives]
    for number, coach in enumerate(record.coaches, start=1):
        marks = [word for word, on in (("principal", coach.principal), ("turned", coach.turned))
                 if on]  # fmt: skip
        note = f"  [{', '.join(marks)}]" if marks else ""
        lines.append(f"  {number:>10}  {coach.label} ({coach.role}){note}")
    binding = [cost for cost in record.costs if cost.saved]
    if record.costs:
        lines.append("rules that bind, and what the train would save without each:")
        lines += [f"  {cost.rule}: {cost.saved}; {cost.words}" for cost in binding] or ["  none"]
    if record.waived:
        lines.append("waived: " + ", ".join(record.waived))
    return "\n".join(lines)
