"""The command on need to know: sheets for each reader, who holds which, what must come back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.cli.sheets import write_sheet
from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan import Plan, Protection, Provision
    from retinue.protection.extracts import Extract
    from retinue.protection.register import Issue, Register
    from retinue.protection.sheet import Sheet

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add this group's command to the program."""
    app.command("extracts")(extracts_command)


def extracts_command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
    ],
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help='Issue to this role; "all": to all.')
    ] = "",
    whom: Annotated[
        str, typer.Option("--whom", metavar="WHOM", help="Only to this holder of the role.")
    ] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="Roles, recipients, and what they hold.")
    ] = False,
    acknowledged: Annotated[
        bool, typer.Option("--acknowledge", help="Note that a holder has received a sheet.")
    ] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who acknowledged.")] = "",
    version: Annotated[
        int | None, typer.Option("--version-held", metavar="N", help="Which; else the last.")
    ] = None,
    recalled: Annotated[
        bool, typer.Option("--recall", help="Call back what is void or replaced; write notices.")
    ] = False,
    cancelled: Annotated[
        bool, typer.Option("--cancelled", help="With --recall: the journey is off, call all back.")
    ] = False,
    log: Annotated[bool, typer.Option("--log", help="Verify and print the access log.")] = False,
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the sheets.")
    ] = Path("extracts"),
    pdf: Annotated[bool, typer.Option("--pdf", help="Write PDF too.")] = False,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Key of the annex.")
    ] = None,
    own_role: Annotated[str, typer.Option("--as", help="Your role, for the access log.")] = "owner",
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
) -> None:
    """Issue each reader only its own places and windows; keep the register of who holds which."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.errors import InputError
    from retinue.protection.register_file import only_one

    wanted = [n for n, on in (
        ("--list", listed), ("--acknowledge", acknowledged), ("--recall", recalled), ("--log", log),
    ) if on]  # fmt: skip
    if len(wanted) > 1:
        raise InputError(f"{wanted[0]} and {wanted[1]} are two commands", where=wanted[1])
    if not wanted and not role:
        raise InputError(
            "no role is named",
            cure='Add --role ROLE ("all" for all), or see who there is with --list.',
        )
    if cancelled and not recalled:
        raise InputError("--cancelled goes with --recall", where="--cancelled")
    if (by or version is not None) and not acknowledged:
        raise InputError("this goes with --acknowledge", where="--by" if by else "--version-held")
    desk = _desk(plan, key, own_role)
    if log:
        _log(desk)
        return
    with only_one(desk.folder):
        if listed:
            _list(desk)
        elif acknowledged:
            _acknowledge(desk, role, whom, by, version)
        elif recalled:
            _recall(desk, out, pdf=pdf, cancelled=cancelled)
        else:
            _issue(desk, role, whom, out, pdf=pdf)


@dataclass(frozen=True)
class _Desk:
    """Where the command works: the plan, its folder, the key, the moment."""

    plan: Plan
    folder: Path
    key: bytes
    role: str
    at: str
    provision: Provision | None

    def protection(self, purpose: str) -> Protection:
        from retinue.errors import InputError
        from retinue.protection.annex import open_annex

        found = open_annex(self.folder, self.key, role=self.role, purpose=purpose, at=self.at)
        if found.plan_hash != self.plan.hash:
            raise InputError(
                "the annex belongs to another version of this plan",
                where=str(self.folder),
                cure=f"Make it again: retinue protect {self.folder}.",
            )
        return found

    def extracts(self, protection: Protection) -> tuple[Extract, ...]:
        """Return every extract there is."""
        from retinue.protection.extracts import extracts_of

        return extracts_of(self.plan, protection, provision=self.provision)

    def register(self, purpose: str) -> Register:
        from retinue.protection.register_file import open_register

        return open_register(self.folder, self.key, role=self.role, purpose=purpose, at=self.at)

    def keep(self, register: Register) -> None:
        from retinue.protection.register_file import write_register

        write_register(register, self.folder, self.key)


def _desk(path: Path, key: Path | None, role: str) -> _Desk:
    import time

    from retinue.clock import iso_utc
    from retinue.plan import Plan
    from retinue.protection.keys import default_key, read_key
    from retinue.world.catalogue import user_folder

    record = Plan.load(path)
    folder = path if path.is_dir() else path.parent
    secret = read_key(key or default_key(user_folder()))
    return _Desk(record, folder, secret, role, iso_utc(time.time()), _provision(record, folder))


def _provision(plan: Plan, folder: Path) -> Provision | None:
    """Return the provisioning beside a plan; None where there is none."""
    from retinue.errors import InputError
    from retinue.plan import Provision
    from retinue.report.outputs import PROVISION_FILE

    path = folder / PROVISION_FILE
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"it cannot be read: {error}", where=str(path)) from error
    found = Provision.from_json(text, str(path))
    if found.plan_hash != plan.hash:
        raise InputError(
            "the provisioning belongs to another version of this plan",
            where=str(path),
            cure=f"Make it again: retinue provision {folder}.",
        )
    return found


def _issue(desk: _Desk, role: str, whom: str, out: Path, *, pdf: bool) -> None:
    from retinue.checks.extracts import check_extracts
    from retinue.errors import CheckFailed, InputError
    from retinue.files import make_folder
    from retinue.protection.extracts import ALL_ROLES, extract_for, extracts_of, known_role
    from retinue.protection.notices import amendment
    from retinue.protection.register import issue, recall_list

    if role == "all" and whom:
        raise InputError("one recipient has one role", where="--whom", cure="Name its --role.")
    if role != "all":
        known_role(role)
    purpose = f"issue extracts: {f'{role} {whom}'.strip()}"
    protection = desk.protection(purpose)
    extracts: Sequence[Extract]
    if whom:
        extracts = (extract_for(desk.plan, protection, role, whom, desk.provision),)
    else:
        roles = ALL_ROLES if role == "all" else (role,)
        extracts = extracts_of(desk.plan, protection, roles, desk.provision)
    if not extracts:
        extract_for(desk.plan, protection, role, provision=desk.provision)
    register, issues = issue(desk.register(purpose), extracts, desk.at)
    done = [
        (extract, issued, amendment(extract, issued))
        for extract, issued in zip(extracts, issues, strict=True)
    ]
    found = check_extracts(
        desk.plan, protection, [(e.role, e.whom, e.text(i.version)) for e, i, _ in done],
        desk.provision,
    )  # fmt: skip
    if found.faults:
        raise CheckFailed(
            f"a sheet would tell more than its reader needs: {found.faults[0]}",
            cure="Nothing was issued.",
        )
    make_folder(out).chmod(0o700)
    written = []
    for extract, issued, notice in done:
        written += write_sheet(
            out, extract.stem, extract.role, extract.sheet, issued.version, pdf=pdf
        )
        if notice is not None:
            stem = f"{extract.stem}-amendment-{issued.version - 1}"
            written += write_sheet(out, stem, extract.role, notice, issued.version, pdf=pdf)
    desk.keep(register)
    current = {(e.role, e.whom): e.sha256 for e in desk.extracts(protection)}
    back = recall_list(register, current)
    _say_issued(done, written, out, len(back))


def _say_issued(
    done: Sequence[tuple[Extract, Issue, Sheet | None]], written: list[Path], out: Path, back: int
) -> None:
    from retinue.plan.summary import table_text

    rows = [
        [
            extract.role,
            extract.whom,
            str(issued.version),
            "amended: hand over both" if notice else "new" if issued.new else "unchanged",
        ]
        for extract, issued, notice in done
    ]
    record = {
        "written": [str(path) for path in written],
        "extracts": [
            {"role": e.role, "whom": e.whom, "version": i.version, "sheet": e.sha256,
             "new": i.new, "amends": i.before.version if i.before else None}
            for e, i, _ in done
        ],
        "to_recall": back,
    }  # fmt: skip
    lines = [table_text(["role", "recipient", "version", ""], rows)]
    lines.append(
        f"wrote {counted(len(written), 'file')} to {out}/ for {counted(len(done), 'recipient')}"
    )
    if back:
        lines.append(f"{counted(back, 'sheet')} must come back: retinue extracts PLAN --recall")
    output.result(record, "\n".join(lines))


def _list(desk: _Desk) -> None:
    from retinue.plan.summary import table_text

    protection, register = desk.protection("list extracts"), desk.register("list extracts")
    rows, records = [], []
    current = {(e.role, e.whom): e for e in desk.extracts(protection)}
    held = register.latest()
    for key in dict.fromkeys([*current, *held]):
        last, extract = held.get(key), current.get(key)
        if last is None:
            state = "not issued"
        elif last.recalled_at:
            state = "recalled"
        elif extract is None:
            state = "void: recall it"
        elif extract.sha256 != last.sha256:
            state = "changed: issue the amendment"
        elif last.acknowledged_at:
            state = f"acknowledged by {last.acknowledged_by}"
        else:
            state = "not acknowledged"
        rows.append([*key, str(last.version) if last else "", state])
        records.append({
            "role": key[0], "whom": key[1], "state": state,
            "held": last.as_dict() if last else None,
        })  # fmt: skip
    output.result(
        {"recipients": records, "register": [h.as_dict() for h in register.holdings()]},
        table_text(["role", "recipient", "version", "state"], rows),
    )


def _acknowledge(desk: _Desk, role: str, whom: str, by: str, version: int | None) -> None:
    from retinue.errors import InputError
    from retinue.protection.register import acknowledge

    if not role:
        raise InputError("no role is named", where="--acknowledge", cure="Add --role ROLE.")
    register = desk.register(f"acknowledge: {f'{role} {whom}'.strip()}")
    register, holding = acknowledge(register, role, whom, by, desk.at, version)
    desk.keep(register)
    name = f"{role} {whom}".strip()
    output.result(
        holding.as_dict(),
        f"{name}: version {holding.version} acknowledged by {holding.acknowledged_by},"
        f" {holding.acknowledged_at}",
    )


def _recall(desk: _Desk, out: Path, *, pdf: bool, cancelled: bool) -> None:
    from retinue.files import make_folder
    from retinue.plan.summary import table_text
    from retinue.protection.extracts import file_stem
    from retinue.protection.notices import recall_notice
    from retinue.protection.register import recall, recall_list

    register = desk.register("recall")
    current = None
    if not cancelled:
        protection = desk.protection("recall")
        current = {(e.role, e.whom): e.sha256 for e in desk.extracts(protection)}
    recalls = recall_list(register, current)
    written: list[Path] = []
    if recalls:
        make_folder(out).chmod(0o700)
    for one in recalls:
        holding = one.holding
        stem = file_stem(holding.role, holding.whom)
        notice = recall_notice(one)
        name = f"{stem}-recall-{holding.version}"
        written += write_sheet(out, name, holding.role, notice, holding.version, pdf=pdf)
        if one.void:
            # A sheet that is void must not be handed out again from here.
            for ending in (".txt", ".json", ".pdf"):
                (out / f"{stem}{ending}").unlink(missing_ok=True)
    desk.keep(recall(register, recalls, desk.at))
    rows = [[r.holding.role, r.holding.whom, str(r.holding.version), r.why] for r in recalls]
    record: dict[str, Any] = {
        "written": [str(path) for path in written],
        "recalled": [r.holding.as_dict() | {"why": r.why, "recalled_at": desk.at} for r in recalls],
    }
    text = "nothing is to be recalled"
    if rows:
        table = table_text(["role", "recipient", "version", "because"], rows)
        text = f"{table}\nwrote {counted(len(written), 'notice')} to {out}/"
    output.result(record, text)


def _log(desk: _Desk) -> None:
    from retinue.plan.summary import table_text
    from retinue.protection.access_log import verify_log
    from retinue.protection.annex import LOG, RESTRICTED

    entries = verify_log(desk.folder / RESTRICTED / LOG, desk.key)
    rows = [
        [e.get("at", ""), e.get("role", ""), e.get("file", ""),
         e.get("purpose", "") + (f"  (refused: {e['refused']})" if "refused" in e else "")]
        for e in entries
    ]  # fmt: skip
    output.result(
        {"entries": list(entries)},
        f"{table_text(['at', 'as', 'file', 'why'], rows)}\nthe log holds together,"
        f" {counted(len(entries), 'entry')}",
    )
