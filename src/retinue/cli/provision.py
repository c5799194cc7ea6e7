"""The command on provisioning: meals, kitchen, stores, services and programme of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Provision

__all__ = ["add_to", "provision_beside"]

LISTS = (
    "meals", "stores", "loading", "kitchen", "services", "programme", "steps", "supplies",
    "costs", "assumptions",
)  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add this group's command to the program."""
    app.command("provision")(provision_command)


def provision_command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
    ],
    policy: Annotated[
        str | None, typer.Option("--policy", help="Instead of the journey's policy.")
    ] = None,
    menu: Annotated[
        str | None, typer.Option("--menu", help="Instead of the policy's menu.")
    ] = None,
    world: WorldFolder = None,
    show: Annotated[
        str, typer.Option("--show", metavar="LIST", help=f"Print lists: {', '.join(LISTS)}.")
    ] = "",
    sheets: Annotated[
        Path | None,
        typer.Option(
            "--sheets",
            metavar="DIR",
            help="Write a sheet for each supplier, coach, day of the kitchen and station there.",
        ),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Write provisioning.pdf.")] = True,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write journey.html.")] = True,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
) -> None:
    """Provision a plan: meals, kitchen, stores and their re-supply, services, programme."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.cli.adoption import traffic_with_plan
    from retinue.cli.provisioned import EarlierProvision, make_provision
    from retinue.plan import Plan
    from retinue.report.outputs import write_outputs
    from retinue.world.world import World

    lists = _lists(show)
    record = Plan.load(plan)
    folder = plan if plan.is_dir() else plan.parent
    before = EarlierProvision.find(folder)
    if record.digest() != record.hash:
        output.say(f"! {folder / 'plan.json'} was changed after it was made: retinue check {plan}")
    with output.progress(8 + pdf + page) as progress:
        made = make_provision(
            record, folder, policy=policy, menu=menu, world=World(tracks=world), before=before,
            progress=progress,
        )  # fmt: skip
        written = write_outputs(
            record, folder, pdf=pdf, page=page, progress=progress, provision=made.document,
            traffic=traffic_with_plan(record, folder),
            replaces=record if plan.is_dir() else None,
        )  # fmt: skip
    handed = []
    if sheets is not None:
        from retinue.cli.sheets import write_board_sheets

        handed = write_board_sheets(record, made.document, sheets, pdf=pdf)
    told, text = made.report(record, folder, lists)
    names = "  ".join(path.name for path in written)
    text = f"{text}\n\nwrote {folder}/: {names}"
    if sheets is not None:
        text += f"\nwrote {counted(len(handed), 'file of sheets')} to {sheets}/"
    output.result(told | {"written": [str(path) for path in (*written, *handed)]}, text)
    if made.faults:
        raise typer.Exit(4)


def _lists(show: str) -> list[str]:
    from retinue.document import suggest
    from retinue.errors import InputError

    asked = [part.strip() for part in show.split(",") if part.strip()]
    for name in asked:
        if name not in LISTS:
            raise InputError(
                f'"{name}" is not a list of provisioning',
                where="--show",
                cure=suggest(name, LISTS) or f"Known: {', '.join(LISTS)}.",
            )
    return asked


def provision_beside(plan: Path) -> Provision | None:
    """Return the document beside a plan; None where there is none.

    Raises
    ------
    InputError
        Where it is no sound document.
    """
    from retinue.cli.provisioned import PROVISION_FILE
    from retinue.plan import Provision

    folder = plan if plan.is_dir() else plan.parent
    path = folder / PROVISION_FILE
    if not path.is_file():
        return None
    return Provision.from_json(path.read_text(encoding="utf-8", errors="replace"), str(path))
