"""The command on possessions and speed restrictions: what holds, and which plans that re-opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder
from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retinue.plan import Plan
    from retinue.plan.traffic import RestrictionUse
    from retinue.traffic.reopened import Reopened, State
    from retinue.traffic.restrictions import Restriction
    from retinue.world.world import World

__all__ = ["add_to"]

_PLAN = "plan.json"


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("restrictions")(restrictions_command)


def restrictions_command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Files, folders of files, or catalogue names."),
    ],
    plans: Annotated[
        list[Path] | None,
        typer.Option(
            "--plans", metavar="DIR", help="A plan, or a folder of plans; may be repeated."
        ),
    ] = None,
    role: Annotated[
        str,
        typer.Option("--role", metavar="ROLE", help="Enter it in the plans' registers, as ROLE."),
    ] = "",
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="When; needs a zone. Default: now."),
    ] = None,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="The files list everything that their senders still hold."),
    ] = False,
    world: WorldFolder = None,
    as_json: Json = False,
) -> None:
    """Tell which possessions and speed restrictions hold, and re-open the plans they touch."""
    output.as_json = as_json
    from retinue.errors import InputError
    from retinue.traffic.restrictions import load_restrictions, restriction_files
    from retinue.world.world import World

    for option, given in (("--role", role), ("--at", at), ("--complete", complete)):
        if given and not plans:
            raise InputError(f"{option} goes with --plans", where=option)
    if at is not None and not role:
        raise InputError("nothing is entered without a role", where="--at",
                         cure='Add --role "train desk".')  # fmt: skip
    held = load_restrictions(restriction_files(files, "FILE"))
    result: dict[str, Any] = {"restrictions": [_entry(one) for one in held], "plans": []}
    lines = [f"{counted(len(held), 'restriction')}, the newest version of each:"]
    lines += [f"  {one.words('UTC')}" for one in held]
    here = World(tracks=world)
    faults = 0
    for folder in dict.fromkeys(_folders(plans or [])):
        try:
            record, told = _plan(folder, held, here, role, at, complete=complete)
        except InputError as error:
            # One torn plan must not keep the others from being looked at.
            faults += 1
            record = {"plan": str(folder), "error": str(error)}
            told = [f"{folder}: FAULT, NOT LOOKED AT: {error}"]
        result["plans"].append(record)
        lines += ["", *told]
    output.result(result, "\n".join(lines))
    if faults:
        raise typer.Exit(2)


def _entry(one: Restriction) -> dict[str, Any]:
    from retinue.clock import iso_utc

    return {
        "sender": one.sender, "id": one.id, "version": one.version, "sha256": one.sha256,
        "kind": one.kind, "between": list(one.between), "towards": one.towards,
        "within_m": None if one.within_m is None else list(one.within_m),
        "begins_utc": iso_utc(one.begins_s), "ends_utc": iso_utc(one.ends_s),
        "speed_mps": one.speed_mps, "withdrawn": one.withdrawn, "why": one.why,
    }  # fmt: skip


def _folders(given: Sequence[Path]) -> Iterator[Path]:
    """Yield the plans' own folders or files; of a folder of plans each, two levels down."""
    from retinue.errors import InputError

    for path in given:
        if path.is_file() or (path / _PLAN).is_file():
            yield path.parent if path.name == _PLAN else path
            continue
        found = sorted({file.parent for file in [*path.glob(f"*/{_PLAN}"),
                                                 *path.glob(f"*/*/{_PLAN}")]})  # fmt: skip
        if not found:
            raise InputError("no plan lies there", where=str(path),
                             cure="Name the output folder of retinue plan.")  # fmt: skip
        yield from found


def _plan(
    folder: Path,
    held: Sequence[Restriction],
    world: World,
    role: str,
    at: str | None,
    *,
    complete: bool,
) -> tuple[dict[str, Any], list[str]]:
    """Return what one plan has to do with them, as JSON values and in lines."""
    from retinue.plan import Plan
    from retinue.planner.leg_restrictions import locator_of_plan
    from retinue.traffic.reopened import reopened_by

    plan = Plan.load(folder)
    state = reopened_by(
        plan, held, locator_of_plan(world, plan), complete=complete, stood_on=_stood_on(folder)
    )
    before, after, entered = _entered(folder, plan, state, role, at)
    record = {
        "plan": str(folder),
        "title": plan.title,
        "hash": plan.hash,
        "reopened": [_reason(one) for one in state.reopened],
        "remarks": list(state.remarks),
        "state_before": before,
        "state": after,
        "amendment": entered,
    }
    head = f"{folder}: {plan.title}"
    lines = [f"{head}: {'RE-OPENED' if state.reopened else 'not touched'}"]
    lines += [f"  leg {one.number}, {one.leg.title}: {one}" for one in state.reopened]
    lines += [f"  {remark}" for remark in state.remarks]
    if state.reopened and before == "draft":
        lines.append("  a draft: plan it again with the new file")
    elif entered is not None:
        lines.append(f"  {before} until now, now {after}: amendment {entered}")
    elif state.reopened and role:
        lines.append(f"  {after}: entered before")
    elif state.reopened:
        lines.append(f"  {before}; nothing is entered without --role ROLE")
    return record, lines


def _reason(one: Reopened) -> dict[str, Any]:
    from retinue.clock import iso_utc

    return {
        "leg": one.leg.id,
        "number": one.number,
        "words": str(one),
        "places": None if one.places is None else list(one.places),
        "span_m": None if one.span_m is None else list(one.span_m),
        "begins_utc": None if one.held is None else iso_utc(one.held[0]),
        "ends_utc": None if one.held is None else iso_utc(one.held[1]),
        "trains": [
            {"role": train, "comes_utc": iso_utc(comes), "leaves_utc": iso_utc(leaves)}
            for train, comes, leaves in one.trains
        ],
        "stood_on": None if one.used is None else {"version": one.used.version,
                                                   "sha256": one.used.sha256},
        "change": one.change().model_dump(mode="json"),
    }  # fmt: skip


def _entered(
    folder: Path, plan: Plan, state: State, role: str, at: str | None
) -> tuple[str, str, int | None]:
    """Return the plan's state before and after, and the number of the amendment entered."""
    from retinue.cli.path_options import moment_of
    from retinue.plan.approval import register_file
    from retinue.traffic.states import open_register, register_alone, reopen, write_register

    if not register_file(folder).exists():
        return "draft", "draft", None
    if not (role and state.reopened):
        known = open_register(folder, plan)
        return known.state, known.state, None
    with register_alone(folder):
        known = open_register(folder, plan)
        changes = [one.change() for one in state.reopened]
        made = reopen(known, plan, changes, role=role, at_s=moment_of(at))
        if made is known:
            return known.state, known.state, None
        write_register(made, folder)
    return known.state, made.state, made.amendments[-1].number


def _stood_on(folder: Path) -> dict[str, tuple[RestrictionUse, ...]]:
    """Return by leg what the traffic found round a plan stood on."""
    from retinue.plan.traffic_document import TrafficDocument

    document = TrafficDocument.beside(folder)
    return {} if document is None else {one.leg: one.record.restrictions for one in document.legs}
