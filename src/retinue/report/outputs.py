"""The output folder: built aside, then put in place whole, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from retinue.apart import apart
from retinue.errors import InputError
from retinue.files import (
    FOLDER_MODE,
    make_folder,
    replace_folder,
    unwritable,
    write_bytes,
    write_text,
)
from retinue.plan import SCHEMA, Plan
from retinue.plan.approval import REGISTER_FILE, refuse_frozen
from retinue.plan.provision import Provision
from retinue.plan.traffic_document import TRAFFIC_FILE, TrafficDocument
from retinue.report.map_land import MapLand

__all__ = ["check_folder", "write_outputs", "written_by_retinue"]

#: What is restricted, see `retinue.protection.annex`.
RESTRICTED = "restricted"
PLAN_FILE = "plan.json"
ORDER_FILE = "movement-order.pdf"
PAGE_FILE = "journey.html"
PROVISION_FILE = "provision.json"
BOOK_FILE = "provisioning.pdf"
MENU_FILE = "menu.pdf"

#: What provisioning has worked out before, so that it is worked out anew sooner.
MEMORY = ".provision-memory"


def written_by_retinue(folder: Path) -> bool:
    """Return whether a folder holds a plan of Retinue's, of any schema version."""
    try:
        record = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    schema = record.get("schema") if isinstance(record, dict) else None
    return isinstance(schema, str) and schema.split("/")[0] == SCHEMA.split("/")[0]


def write_outputs(
    plan: Plan,
    folder: Path,
    *,
    exports: Sequence[str] = (),
    pdf: bool = True,
    page: bool = True,
    force: bool = False,
    land: MapLand | None = None,
    progress: Callable[[str], None] | None = None,
    provision: Provision | None = None,
    traffic: TrafficDocument | None = None,
    amended: bool = False,
    replaces: Plan | None = None,
) -> list[Path]:
    """Write a plan and what is printed of it into a folder.

    Everything is built in a temporary folder beside the target and then takes its place
    by renaming, so the folder holds the old outputs or the new ones, never a mixture; on
    an error or an interruption the temporary folder is removed and the old one stays.

    Parameters
    ----------
    plan
        What to write.
    folder
        Where to; replaced where Retinue wrote it.
    exports
        Among ``geojson``, ``gpx``, ``ics``, ``csv``.
    pdf, page
        Whether to write ``movement-order.pdf`` and ``journey.html``.
    force
        Replace the folder whatever it holds.
    land
        Outlines for the maps; the shipped world pack's where unset.
    progress
        Called with the name of each file before it is made.
    provision
        How the train is a house: written beside the plan and told in what is printed of it.
    traffic
        The trains among which rail legs run, likewise.  One that belongs to an earlier version of
        the plan is kept, and told with the convoy as planned now.
    amended
        Whether the change is entered as an amendment: without it a frozen plan stays.
    replaces
        The plan of this folder that the new one was made from, which has to be there still.

    Returns
    -------
    list of Path
        The files, most wanted first.

    Raises
    ------
    InputError
        Where the folder is a file, holds something else, a frozen plan that would change, or
        cannot be written, where the provisioning belongs to another plan, or where another
        command changed the plan meanwhile.
    """
    if provision is not None and provision.plan_hash != plan.hash:
        raise InputError(
            "the provisioning belongs to another version of this plan",
            where=str(folder / PROVISION_FILE),
            cure="Make it again: retinue provision PLAN.",
        )
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps a symbolic link as named
    check_folder(folder, force=force)
    if not amended:
        refuse_frozen(folder, plan)
    make_folder(folder.parent)
    try:
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        names = _build(plan, aside, exports, pdf=pdf, page=page, land=land, progress=progress,
                       provision=provision, traffic=traffic)  # fmt: skip
        # Annexes, their log and the register of extracts outlive the plan they were made for,
        # and so does what provisioning remembers.
        for kept in (RESTRICTED, MEMORY):
            if (folder / kept).is_dir():
                shutil.copytree(folder / kept, aside / kept)
                (aside / kept).chmod(FOLDER_MODE)
        # So do approvals: they say of which plan they were given.
        if (folder / REGISTER_FILE).is_file():
            write_bytes(aside / REGISTER_FILE, (folder / REGISTER_FILE).read_bytes())
        if replaces is not None:
            _refuse_changed(folder, replaces)
        replace_folder(aside, folder)
    finally:
        # Interruptions too; after success there is nothing left to remove.
        shutil.rmtree(aside, ignore_errors=True)
    return [folder / name for name in names]


def _refuse_changed(folder: Path, replaces: Plan) -> None:
    """Keep two commands that began on one plan from writing over each other unheard."""
    try:
        there = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8")).get("hash")
    except (OSError, ValueError, AttributeError):
        return
    if there != replaces.hash:
        raise InputError(
            "another command has changed the plan meanwhile; nothing was written",
            where=str(folder / PLAN_FILE),
            cure="Do it again: it then begins with the plan as it is now.",
        )


def check_folder(folder: Path, *, force: bool) -> None:
    """Refuse a folder that is not Retinue's to replace, before any work is done.

    Raises
    ------
    InputError
        Where it is a file, a broken link, cannot be read, or holds other files.
    """
    if folder.is_symlink() and not folder.exists():
        raise InputError("the output folder is a broken link", where=str(folder),
                         cure="Name another place with -o.")  # fmt: skip
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(
            "the output folder is a file", where=str(folder), cure="Name another place with -o."
        )
    try:
        empty = not any(folder.iterdir())
    except OSError as error:
        raise unwritable(folder, error) from error
    if force or empty or written_by_retinue(folder):
        return
    raise InputError(
        "the folder holds files that Retinue did not write",
        where=str(folder),
        cure="Name another folder with -o, or replace this one with --force.",
    )


def _build(
    plan: Plan,
    aside: Path,
    exports: Sequence[str],
    *,
    pdf: bool,
    page: bool,
    land: MapLand | None,
    progress: Callable[[str], None] | None,
    provision: Provision | None,
    traffic: TrafficDocument | None,
) -> list[str]:
    names: list[str] = []

    def begin(name: str) -> Path:
        if progress is not None:
            progress(name)
        names.append(name)
        return aside / name

    if (pdf or page) and land is None:
        from retinue.report.map_land import PackLand
        from retinue.world.pack import load_pack

        land = PackLand(load_pack())
    # Each is printed from records that stay as they are: they are set side by side.
    with ExitStack() as stack:
        order = book = cards = None
        if pdf:
            from retinue.report.movement_order import movement_order

            work = partial(movement_order, plan, land, provision, traffic)
            order = stack.enter_context(apart(work)), begin(ORDER_FILE)
        if pdf and provision is not None:
            from retinue.report.menu_cards import menu_cards
            from retinue.report.provision_book import provision_book

            book = stack.enter_context(apart(partial(provision_book, plan, provision)))
            if provision.cards:
                cards = stack.enter_context(apart(partial(menu_cards, provision)))
        if page:
            from retinue.report.page import journey_page

            write_text(begin(PAGE_FILE), journey_page(plan, land, provision, traffic))
        if order is not None:
            write_bytes(order[1], order[0].result())
        if book is not None:
            write_bytes(begin(BOOK_FILE), book.result())
        if cards is not None:
            write_bytes(begin(MENU_FILE), cards.result())
    write_text(begin(PLAN_FILE), plan.to_json())
    if provision is not None:
        write_text(begin(PROVISION_FILE), provision.to_json())
    if traffic is not None:
        write_text(begin(TRAFFIC_FILE), traffic.to_json())
    if exports:
        from retinue.report.exports import export

        for kind in dict.fromkeys(exports):
            name, text = export(plan, kind)
            write_text(begin(name), text)
    aside.chmod(FOLDER_MODE)
    return names
