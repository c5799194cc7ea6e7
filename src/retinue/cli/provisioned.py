"""A plan's provisioning, made again with the plan, judged and told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from retinue.apart import Apart, apart
from retinue.cli.console import output
from retinue.counting import counted
from retinue.files import FOLDER_MODE

if TYPE_CHECKING:
    from retinue.checks import Finding
    from retinue.plan import Plan, Provision
    from retinue.planner import Planner
    from retinue.world.world import World

__all__ = [
    "PROVISION_FILE",
    "EarlierProvision",
    "Provisioned",
    "make_provision",
    "plan_beside",
    "provision_with_plan",
]

PROVISION_FILE = "provision.json"
MEMORY_FOLDER = ".provision-memory"
#: How a document says that it keeps no files of the user's.
_NO_FILES = '"extra_files":{}'


#: What changed, None where nothing was there; and why what was there is unreadable.
_Compared = tuple[tuple[str, ...] | None, str]


class EarlierProvision:
    """The document that lies in a folder already, read no further than it is asked for.

    A document is large, and little of it decides the one that takes its place.
    """

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name

    @classmethod
    def find(cls, folder: Path) -> EarlierProvision | None:
        """Return what lies in a folder; None where there is nothing.

        Raises
        ------
        InputError
            Where something lies there that is no file.
        """
        from retinue.errors import InputError

        path = folder / PROVISION_FILE
        if path.exists() and not path.is_file():
            raise InputError("this is no file", where=str(path), cure="Move it away.")
        if not path.is_file():
            return None
        return cls(path.read_text(encoding="utf-8", errors="replace"), str(path))

    def read(self) -> None:
        """Read it now, while there is time for it."""
        _ = self._read

    @property
    def document(self) -> Provision | None:
        """The document without its kitchen's single jobs; None where it cannot be read."""
        return self._read[0]

    @property
    def unreadable(self) -> str:
        """Why it cannot be read; empty where it can."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Provision | None, str]:
        from retinue.errors import InputError
        from retinue.plan import Provision

        try:
            return Provision.from_json(self._text, self._name, jobs=False), ""
        except InputError as error:
            return None, str(error)

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
    aside: TemporaryDirectory[str] | None = None,
    progress: Any = None,
) -> Provisioned:
    """Provision a plan; what was worked out for its folder before is remembered there.

    Parameters
    ----------
    before
        The document that is replaced: its policy and files stay where nothing else is asked.
    home
        The journey file's folder.
    aside
        Where that is kept until the folder is there.
    """
    from retinue.planner.provision import Provisioner, asked_provisioning

    memory = (folder if aside is None else Path(aside.name)) / MEMORY_FOLDER
    made = Provisioner(world, home, memory, progress)
    kept = None if before is None else before.extra_files
    if before is not None and policy is None and asked_provisioning(plan) is None:
        policy = policy if before.document is None else before.document.policy
    looks: list[tuple[Apart[tuple[str, ...]], Apart[_Compared]]] = []

    def looked_at(whole: Provision) -> None:
        looks.append(
            (apart(partial(_faults, plan, whole)), apart(partial(_changes, whole, before)))
        )

    document = made.provision(plan, policy=policy, menu=menu, kept=kept, whole=looked_at)
    return Provisioned(document, *looks[0], aside)


@dataclass(frozen=True)
class Provisioned:
    """A document made for a plan; it is looked at apart, while it is sealed and written."""

    document: Provision
    checked: Apart[tuple[str, ...]]
    compared: Apart[_Compared]
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

    @property
    def faults(self) -> tuple[str, ...]:
        """What the checkers found wrong."""
        from retinue.checks.provision import check_seal

        return (*_told([check_seal(self.document)]), *self.checked.result())

    def report(
        self, plan: Plan, folder: Path, lists: Sequence[str] = ()
    ) -> tuple[dict[str, Any], str]:
        """Return what is told of it, as JSON and as text."""
        from retinue.plan.provision_summary import provision_list_text, provision_text

        document = self.document
        changes, unreadable = self.compared.result()
        if unreadable:
            output.say(f"! {unreadable}; it is made anew")
        told: dict[str, Any] = {
            "provision": document.hash,
            "plan": document.plan_hash,
            "policy": document.policy,
            "menu": document.menu,
            **document.figures,
            "cost_total": document.cost_total,
            "currency": document.currency,
            "service": [level.model_dump(mode="json") for level in document.stores.service],
            "changes": list(changes or ()),
            "warnings": [note.text for note in document.notes if note.level == "warning"],
            "faults": list(self.faults),
        }
        parts = [provision_text(plan, document, str(folder))]
        parts += [provision_list_text(document, name, plan) for name in lists]
        if changes is not None:
            parts.append(_changes_text(changes))
        if self.faults:
            parts.append("\n".join(f"FAULT  {fault}" for fault in self.faults))
        return told, "\n\n".join(parts)


def _faults(plan: Plan, document: Provision) -> tuple[str, ...]:
    """Return what the checkers find wrong with a document that is not sealed yet."""
    from retinue.checks import check_provision

    return _told(check_provision(plan, document, sealed=False))


def _told(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(f"{found.checker}: {fault}" for found in findings for fault in found.faults)


def _changes(document: Provision, before: EarlierProvision | None) -> _Compared:
    """Return what changed, None where nothing was there; and why what was there is unreadable."""
    from retinue.provisioning.document_changes import provision_changes

    if before is None:
        return None, ""
    if before.document is None:
        return None, before.unreadable
    return provision_changes(before.document, document), ""


def plan_beside(
    work: Callable[[Planner], Plan],
    earlier: Plan,
    before: EarlierProvision | None,
    wanted: bool | None,
    *,
    world: World,
    progress: Any,
) -> Plan:
    """Make a plan while what its provisioning needs is read, where it will be provisioned.

    Parameters
    ----------
    work
        Makes the plan with a planner.
    earlier
        One much like it.
    before, wanted
        See `provision_with_plan`.
    """
    from retinue.planner import Planner

    if wanted is False or not (wanted or before is not None):
        return work(Planner(world, progress))
    import retinue.world.graph_kernel  # noqa: F401 - both need it: it is loaded once

    progress("making the plan again")
    # A terminal has one hand that writes: whoever works apart tells no progress.
    with apart(lambda: work(Planner(world))) as running:
        from retinue.planner.provision import Provisioner

        Provisioner(world).make_ready(earlier)
        if before is not None:
            before.read()
        return running.result()


def provision_with_plan(
    plan: Plan,
    folder: Path,
    wanted: bool | None,
    *,
    world: World,
    home: Path | None,
    progress: Any,
    before: EarlierProvision | None = None,
) -> Provisioned | None:
    """Provision a plan beside which a document lies already, or for which one is wanted.

    Parameters
    ----------
    world
        That of the plan: what it has opened is not opened again.
    wanted
        None: where the folder holds a document, so that it moves with the plan.
    before
        That document, where it was found already.
    """
    before = before or EarlierProvision.find(folder)
    if not wanted and (wanted is False or before is None):
        return None
    from retinue.plan import Plan

    # What is written is a little rounder than what was worked out: `retinue provision` on the
    # plan's file must give the same bytes.
    plan = Plan.from_json(plan.to_json())
    # A folder that is not there yet must not appear before its outputs are whole.
    aside = None if folder.is_dir() else TemporaryDirectory(prefix="retinue-")
    return make_provision(
        plan, folder, world=world, before=before, home=home, aside=aside, progress=progress
    )


_MOST_CHANGES = 16


def _changes_text(changes: tuple[str, ...]) -> str:
    if not changes:
        return "nothing changed since it was last made"
    lines = [f"{counted(len(changes), 'change')} since it was last made"]
    lines += [f"  {change}" for change in changes[:_MOST_CHANGES]]
    if len(changes) > _MOST_CHANGES:
        lines.append(f"  ... and {len(changes) - _MOST_CHANGES} more (--json lists them)")
    return "\n".join(lines)
