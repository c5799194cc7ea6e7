"""Commands on approvals: how far a plan is, a step further, an amendment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.cli.path_options import After, At, Before, PlanPath, Quiet, Role, leeway_of, moment_of
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.approval import ApprovalRegister, Paper, PlanState

__all__ = ["add_to", "enter_amendment"]

#: So many faults of an offer are printed one by one; all of them with --json.
_SHOWN = 10
#: So many moved events of an amendment.
_MOVED = 4


def add_to(group: typer.Typer) -> None:
    """Add these commands to those on train paths."""
    group.command("state")(state_command)
    group.command("amend")(amend_command)


def state_command(
    plan: PlanPath,
    submit: Annotated[bool, typer.Option("--submit", help="The request goes out.")] = False,
    offer: Annotated[bool, typer.Option("--offer", help="An offer has come.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="The offer is accepted.")] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Everything is withdrawn or cancelled.")
    ] = False,
    freeze: Annotated[bool, typer.Option("--freeze", help="Nothing changes any more.")] = False,
    role: Role = "",
    at: At = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "--file", metavar="FILE", help="What it rests on, e.g. the offer; may be repeated."
        ),
    ] = None,
    despite: Annotated[
        str,
        typer.Option(
            "--despite",
            metavar="REASON",
            help="Why an offer is accepted that is not what was asked for.",
        ),
    ] = "",
    before: Before = None,
    after: After = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show how far a plan is approved, or take it one step further."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.errors import InputError
    from retinue.plan import Plan
    from retinue.traffic.states import approve, open_register, register_alone, write_register

    steps: tuple[tuple[str, PlanState, bool], ...] = (
        ("--submit", "submitted", submit), ("--offer", "offered", offer),
        ("--accept", "accepted", accept), ("--freeze", "frozen", freeze),
    )  # fmt: skip
    named = [(option, state) for option, state, on in steps if on]
    if withdraw and named:
        raise InputError(f"{named[0][0]} and --withdraw are two steps", where="--withdraw")
    if len(named) > 1:
        raise InputError(f"{named[0][0]} and {named[1][0]} are two steps", where=named[1][0])
    record = Plan.load(plan)
    if withdraw:
        from retinue.traffic.states import withdraw as withdrawn

        with register_alone(plan):
            known = open_register(plan, record)
            register = withdrawn(known, record, role=role, at_s=moment_of(at))
            write_register(register, plan)
        _show(record, register)
        return
    if not named:
        for option, given in (
            ("--role", role), ("--file", file), ("--at", at), ("--despite", despite),
        ):  # fmt: skip
            if given:
                cure = "Add --submit, --offer, --accept, --freeze or --withdraw."
                raise InputError("no step is named", where=option, cure=cure)
        _show(record, open_register(plan, record))
        return
    if despite and named[0][1] not in ("accepted", "frozen"):
        raise InputError("only an offer is accepted despite something", where="--despite",
                         cure="It goes with --accept and --freeze.")  # fmt: skip
    with register_alone(plan):
        known = open_register(plan, record)
        papers = _papers(file or [], known, record, keep=named[0][1] == "offered")
        register = approve(
            known, record, named[0][1], role=role, at_s=moment_of(at),
            leeway=leeway_of(before, after), papers=papers, despite=despite,
        )  # fmt: skip
        write_register(register, plan)
    _show(record, register)


def _papers(
    files: list[Path], register: ApprovalRegister, plan: Plan, *, keep: bool
) -> list[Paper]:
    """Return the documents that an approval rests on; offers are kept word for word."""
    from retinue.errors import InputError
    from retinue.plan.approval import Paper
    from retinue.traffic.path_offer import offers_in
    from retinue.traffic.register_requests import submitted_requests

    asked = submitted_requests(register, plan) if keep and files else ()
    found = []
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
            raise InputError(what, where=str(file)) from error
        sound = keep
        if keep:
            try:
                offers_in(content, str(file), asked)
            except InputError:
                # A letter is no offer that a program reads; a torn offer is an error.
                if file.suffix.lower() in (".xml", ".csv"):
                    raise
                sound = False
        found.append(Paper.of(file.name, content, keep=sound))
    return found


def amend_command(
    plan: PlanPath,
    role: Role = "",
    at: At = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Enter a change of an approved plan: what moved, and which approvals lapse."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.plan import Plan
    from retinue.traffic.states import amend, open_register, register_alone, write_register

    record = Plan.load(plan)
    with register_alone(plan):
        register = amend(open_register(plan, record), record, role=role, at_s=moment_of(at))
        write_register(register, plan)
    _show(record, register)


def enter_amendment(folder: Path, plan: Plan, role: str) -> None:
    """Enter the change of an approved plan that was just written; nothing where none stands."""
    from retinue.traffic.states import (
        amend,
        has_changed,
        open_register,
        register_alone,
        write_register,
    )

    with register_alone(folder):
        register = open_register(folder, plan)
        if has_changed(register, plan):
            made = amend(register, plan, role=role, at_s=moment_of(None))
            write_register(made, folder)
            entry = made.amendments[-1]
            output.say(f"amendment {entry.number}: {entry.because}; now {entry.state}")


def _show(plan: Plan, register: ApprovalRegister) -> None:
    from retinue.clock import local_text
    from retinue.traffic.states import has_changed

    changed = has_changed(register, plan)
    record = register.as_dict()
    for packed in ("plan_packed", "asked_packed", "sent_packed", "booked_packed"):
        del record[packed]
    for approval in record["approvals"]:
        for paper in approval["papers"]:
            del paper["packed"]
    lines = [f"{plan.title}: {register.state}, plan {plan.hash[:12]}"]
    entries: list[tuple[int, str]] = []
    for one in register.approvals:
        lapsed = "" if one.lapsed_by is None else f", lapsed by amendment {one.lapsed_by}"
        rests = "".join(f", {paper.name} {paper.sha256[:12]}" for paper in one.papers)
        when = local_text(one.at_utc, "UTC").strip()
        words = f"{one.state} by {one.role}, plan {one.plan_hash[:12]}{rests}{lapsed}"
        more = "".join(f"\n      deviation: {words}" for words in one.deviations)
        more += f"\n      accepted because: {one.despite}" if one.despite else ""
        entries.append((one.entry, f"  {when}  approval {one.number}: {words}{more}"))
    for item in register.amendments:
        when = local_text(item.at_utc, "UTC").strip()
        lapsed = f", approvals {', '.join(map(str, item.lapsed))} lapse" if item.lapsed else ""
        moved = (
            ""
            if item.restrictions or item.withdrawn
            else f"{counted(len(item.moved), 'event')} moved"
        )
        words = f"{moved}{lapsed}".removeprefix(", ")
        words = f"{words}{': ' if words else ''}{item.because}; now {item.state}"
        more = "".join(f"\n      {path}" for path in item.paths)
        more += "".join(f"\n      {change.words}" for change in item.restrictions)
        shown = [f"{e.place}, {e.kind} {(e.after_utc - e.before_utc) / 60.0:+.1f} min"
                 for e in item.moved[:_MOVED]]  # fmt: skip
        if len(item.moved) > _MOVED:
            shown.append(f"and {len(item.moved) - _MOVED} more (--json)")
        more += f"\n      moved: {'; '.join(shown)}" if shown else ""
        entries.append(
            (item.entry, f"  {when}  amendment {item.number} by {item.role}: {words}{more}")
        )
    lines += [words for _, words in sorted(entries)]
    faults = () if changed else _offer_faults(register, plan)
    if faults:
        lines.append("the offer is not what was asked for:")
        lines += [f"  {fault}" for fault in faults[:_SHOWN]]
        lines += [f"  and {len(faults) - _SHOWN} more (--json)"] if len(faults) > _SHOWN else []
    if changed:
        lines.append(
            f"the plan has changed since (then {register.plan_hash[:12]}):"
            " retinue path amend PLAN --role ROLE"
        )
    told = {"changed": changed, "offer_faults": list(faults)}
    output.result(record | told, "\n".join(lines))


def _offer_faults(register: ApprovalRegister, plan: Plan) -> tuple[str, ...]:
    """Return where an offer that waits for acceptance is not what was asked for."""
    from retinue.traffic.path_answer import answer_faults
    from retinue.traffic.register_requests import sent_names, submitted_requests

    if register.state != "offered":
        return ()
    asked = submitted_requests(register, plan)
    return answer_faults(asked, register.standing[-1].papers, sent_names(register, asked))
