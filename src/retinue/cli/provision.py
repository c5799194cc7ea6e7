"""The command on provisioning: meals, kitchen, stores, services and programme of a plan."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder
from retinue.counting import counted
from retinue.files import FOLDER_MODE

if TYPE_CHECKING:
    from retinue.plan import Plan, Provision
    from retinue.world.world import World

__all__ = ["Provisioned", "add_to", "provision_beside", "provision_with_plan"]

LISTS = (
    "meals", "stores", "loading", "kitchen", "services", "programme", "steps", "supplies",
    "costs", "assumptions",
)  # fmt: skip

PROVISION_FILE = "provision.json"
MEMORY_FOLDER = ".provision-memory"
#: How a document says that it keeps no files of the user's.
_NO_FILES = '"extra_files":{}'


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
    from retinue.plan import Plan
    from retinue.report.outputs import write_outputs
    from retinue.world.world import World

    lists = _lists(show)
    record = Plan.load(plan)
    folder = plan if plan.is_dir() else plan.parent
    before = EarlierProvision.find(folder)
    with output.progress(8 + pdf + page) as progress:
        document = make_provision(
            record, folder, policy=policy, menu=menu, world=World(tracks=world), before=before,
            progress=progress,
        )  # fmt: skip
        written = write_outputs(
            record, folder, pdf=pdf, page=page, progress=progress, provision=document,
            traffic=traffic_with_plan(record, folder),
        )  # fmt: skip
    handed = []
    if sheets is not None:
        from retinue.cli.sheets import write_board_sheets

        handed = write_board_sheets(record, document, sheets, pdf=pdf)
    told, text, faults = provision_report(record, document, before, folder, lists)
    names = "  ".join(path.name for path in written)
    text = f"{text}\n\nwrote {folder}/: {names}"
    if sheets is not None:
        text += f"\nwrote {counted(len(handed), 'file of sheets')} to {sheets}/"
    output.result(told | {"written": [str(path) for path in (*written, *handed)]}, text)
    if faults:
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
    from retinue.plan import Provision

    folder = plan if plan.is_dir() else plan.parent
    path = folder / PROVISION_FILE
    if not path.is_file():
        return None
    return Provision.from_json(path.read_text(encoding="utf-8", errors="replace"), str(path))


class EarlierProvision:
    """The document that lies in a folder already, read no further than it is asked for.

    A document is large, and little of it decides the one that takes its place.
    """

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name

    @classmethod
    def find(cls, folder: Path) -> EarlierProvision | None:
        """Return what lies in a folder; None where there is nothing."""
        path = folder / PROVISION_FILE
        if not path.is_file():
            return None
        return cls(path.read_text(encoding="utf-8", errors="replace"), str(path))

    @cached_property
    def document(self) -> Provision | None:
        """The document; None where it cannot be read, which is said."""
        from retinue.errors import InputError
        from retinue.plan import Provision

        try:
            return Provision.from_json(self._text, self._name)
        except InputError as error:
            output.say(f"! {error}; it is made anew")
            return None

    @property
    def extra_files(self) -> Mapping[str, str]:
        """The user's files that it keeps."""
        if _NO_FILES in self._text or self.document is None:
            return {}
        return self.document.extra_files


def make_provision(
    plan: Plan,
    folder: Path,
    *,
    world: World,
    policy: str | None = None,
    menu: str | None = None,
    before: EarlierProvision | None = None,
    home: Path | None = None,
    memory: Path | None = None,
    progress: Any = None,
) -> Provision:
    """Provision a plan; what was worked out for its folder before is remembered there.

    Parameters
    ----------
    before
        The document that is replaced: its policy and files stay where nothing else is asked.
    home
        The journey file's folder.
    memory
        Instead of the folder's own memory.
    """
    from retinue.planner.provision import Provisioner, asked_provisioning

    made = Provisioner(world, home, memory or folder / MEMORY_FOLDER, progress)
    if before is None:
        return made.provision(plan, policy=policy, menu=menu)
    if policy is None and asked_provisioning(plan) is None and before.document is not None:
        policy = before.document.policy
    return made.provision(
        plan, policy=policy, menu=menu, kept=before.extra_files,
        meanwhile=lambda: before.document,
    )  # fmt: skip


@dataclass(frozen=True)
class Provisioned:
    """A document made with a plan, and the one that it replaces."""

    document: Provision
    before: EarlierProvision | None
    memory: TemporaryDirectory[str] | None = None

    def settle(self, folder: Path) -> None:
        """Move what was worked out for a folder that was not there yet into it."""
        if self.memory is None:
            return
        worked_out = Path(self.memory.name) / MEMORY_FOLDER
        if worked_out.is_dir():
            shutil.copytree(worked_out, folder / MEMORY_FOLDER)
            (folder / MEMORY_FOLDER).chmod(FOLDER_MODE)
        self.memory.cleanup()

    def report(self, plan: Plan, folder: Path) -> tuple[dict[str, Any], str]:
        """Return what is told of it, as JSON and as text."""
        told, text, _ = provision_report(plan, self.document, self.before, folder)
        return told, text


def provision_with_plan(
    plan: Plan,
    folder: Path,
    wanted: bool | None,
    *,
    world: World,
    home: Path | None,
    progress: Any,
) -> Provisioned | None:
    """Provision a plan beside which a document lies already, or for which one is wanted.

    Parameters
    ----------
    world
        That of the plan: what it has opened is not opened again.
    wanted
        None: where the folder holds a document, so that it moves with the plan.
    """
    before = EarlierProvision.find(folder)
    if not wanted and (wanted is False or before is None):
        return None
    from retinue.plan import Plan

    # What is written is a little rounder than what was worked out: `retinue provision` on the
    # plan's file must give the same bytes.
    plan = Plan.from_json(plan.to_json())
    # A folder that is not there yet must not appear before its outputs are whole.
    aside = None if folder.is_dir() else TemporaryDirectory(prefix="retinue-")
    document = make_provision(
        plan, folder, world=world, before=before, home=home, progress=progress,
        memory=None if aside is None else Path(aside.name) / MEMORY_FOLDER,
    )  # fmt: skip
    return Provisioned(document, before, aside)


def provision_report(
    plan: Plan,
    document: Provision,
    before: EarlierProvision | None,
    folder: Path,
    lists: list[str] | None = None,
) -> tuple[dict[str, Any], str, list[str]]:
    """Return what is told of a document, as JSON and as text, and the checkers' faults."""
    from retinue.checks import check_provision
    from retinue.plan.provision_summary import provision_list_text, provision_text
    from retinue.provisioning.document_changes import provision_changes

    findings = check_provision(plan, document)
    faults = [f"{found.checker}: {fault}" for found in findings for fault in found.faults]
    earlier = None if before is None else before.document
    changes = () if earlier is None else provision_changes(earlier, document)
    told: dict[str, Any] = {
        "provision": document.hash,
        "plan": document.plan_hash,
        "policy": document.policy,
        "menu": document.menu,
        **document.figures,
        "cost_total": document.cost_total,
        "currency": document.currency,
        "service": [level.model_dump(mode="json") for level in document.stores.service],
        "changes": list(changes),
        "warnings": [note.text for note in document.notes if note.level == "warning"],
        "faults": faults,
    }
    parts = [provision_text(plan, document, str(folder))]
    parts += [provision_list_text(document, name) for name in lists or ()]
    if earlier is not None:
        parts.append(_changes_text(changes))
    parts += [f"FAULT  {fault}" for fault in faults]
    return told, "\n\n".join(parts), faults


_MOST_CHANGES = 16


def _changes_text(changes: tuple[str, ...]) -> str:
    if not changes:
        return "nothing changed since it was last made"
    lines = [f"{counted(len(changes), 'change')} since it was last made"]
    lines += [f"  {change}" for change in changes[:_MOST_CHANGES]]
    if len(changes) > _MOST_CHANGES:
        lines.append(f"  ... and {len(changes) - _MOST_CHANGES} more (--json lists them)")
    return "\n".join(lines)
