"""Sheets as files: text, on demand PDF and JSON; those on board need no key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retinue.cli.console import output

if TYPE_CHECKING:
    from retinue.plan import Plan, Provision
    from retinue.protection.sheet import Sheet

__all__ = ["write_board_sheets", "write_sheet"]


def write_board_sheets(plan: Plan, provision: Provision, out: Path, *, pdf: bool) -> list[Path]:
    """Write the sheets of suppliers, caterers, coaches, kitchen and stations into a folder.

    They need neither annex nor key, as they tell nothing of the protection; each is checked to
    hold no more than its reader's own records.  Those of a protected journey are issued by
    ``retinue extracts``, which keeps the register of who holds which.

    Raises
    ------
    CheckFailed
        Where a sheet would tell too much; nothing is written.
    """
    from retinue.checks.extracts import check_extracts
    from retinue.errors import CheckFailed
    from retinue.files import make_folder
    from retinue.plan import Protection
    from retinue.protection.extracts import BOARD_ROLES, extracts_of

    bare = Protection(plan_hash=plan.hash, title="", policy="", policy_text="")
    extracts = extracts_of(plan, bare, ("caterer", *BOARD_ROLES), provision)
    found = check_extracts(plan, bare, [(e.role, e.whom, e.text(1)) for e in extracts], provision)
    if found.faults:
        raise CheckFailed(
            f"a sheet would tell more than its reader needs: {found.faults[0]}",
            cure="Nothing was written.",
        )
    make_folder(out).chmod(0o700)
    written: list[Path] = []
    for one in extracts:
        written += write_sheet(out, one.stem, one.role, one.sheet, 1, pdf=pdf)
    return written


def write_sheet(
    out: Path, stem: str, role: str, sheet: Sheet, version: int, *, pdf: bool
) -> list[Path]:
    """Write one sheet; files of an earlier version do not stay beside it."""
    import json

    from retinue.files import write_bytes, write_text

    record = {"role": role} | sheet.record(version)
    for ending in (".json", ".pdf"):
        # Of an earlier version, perhaps: it must not lie beside this one.
        (out / f"{stem}{ending}").unlink(missing_ok=True)
    written = [write_text(out / f"{stem}.txt", sheet.text(version))]
    if output.as_json:
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        written.append(write_text(out / f"{stem}.json", text))
    if pdf:
        from retinue.report.extract_sheet import extract_pdf

        written.append(write_bytes(out / f"{stem}.pdf", extract_pdf(record)))
    return written
