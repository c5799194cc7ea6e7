"""Commands on the protection of a plan: make it, open it, freeze it, make a key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder
from retinue.counting import counted, noun_for

if TYPE_CHECKING:
    from retinue.plan import Plan, Protection

__all__ = ["add_to", "protect_and_close", "protect_with_plan"]

LISTS = (
    "closures", "posts", "duties", "uncovered", "crews", "decisions", "channels", "havens",
    "fallbacks", "weaknesses", "severed", "assumptions",
)  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add this group's command to the program."""
    app.command("protect")(protect_command)


def protect_command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
    ],
    policy: Annotated[
        str | None, typer.Option("--policy", help="Instead of the journey's policy.")
    ] = None,
    world: WorldFolder = None,
    show: Annotated[
        str, typer.Option("--show", metavar="LIST", help=f"Print lists: {', '.join(LISTS)}.")
    ] = "",
    opened: Annotated[
        bool, typer.Option("--open", help="Open the annex that is there; make nothing.")
    ] = False,
    role: Annotated[str, typer.Option("--as", help="Your role, for the access log.")] = "owner",
    purpose: Annotated[str, typer.Option("--why", help="Your purpose, for the log.")] = "",
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Refuse a role that nobody fills.")
    ] = False,
    contacts: Annotated[
        str | None, typer.Option("--contacts", metavar="FILE", help="Persons by role.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Key of the annex.")
    ] = None,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", metavar="FILE", help="Write a new key there first.")
    ] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
) -> None:
    """Protect a plan: closures, posts, duties, crews, decisions, fallbacks, in a closed annex."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.checks import check_protection
    from retinue.plan import Plan

    lists = _lists(show)
    record = Plan.load(plan)
    folder = plan if plan.is_dir() else plan.parent
    if opened:
        protection, annex = _open(folder, key, role, purpose), None
        if protection.plan_hash != record.hash:
            output.say("the annex belongs to an earlier version of this plan: make it again\n")
    else:
        with output.progress(8) as progress:
            protection, annex = protect_and_close(
                record, folder, policy=policy, world=world, key=key, new_key=new_key,
                progress=progress,
            )  # fmt: skip
    findings = check_protection(record, protection)
    if freeze:
        _freeze(protection, contacts)
    record_of = {
        "plan": protection.plan_hash,
        "policy": protection.policy,
        "joint_coverage": protection.joint_coverage,
        **protection.figures,
        "annex": None if annex is None else str(annex),
        "faults": [fault for finding in findings for fault in finding.faults],
        **{name: protection.as_dict()[_FIELDS.get(name, name)] for name in lists},
    }
    text = "\n\n".join(
        [_summary(record, protection, annex), *(_list(protection, n) for n in lists)]
    )
    parts = [f"FAULT  {f.checker}: {fault}" for f in findings for fault in f.faults]
    output.result(record_of, "\n".join([text, *parts]))
    if parts:
        raise typer.Exit(4)


_FIELDS = {"posts": "tasks"}


def _lists(show: str) -> list[str]:
    from retinue.document import suggest
    from retinue.errors import InputError

    asked = [part.strip() for part in show.split(",") if part.strip()]
    for name in asked:
        if name not in LISTS:
            raise InputError(
                f'"{name}" is not a list of the protection',
                where="--show",
                cure=suggest(name, LISTS) or f"Known: {', '.join(LISTS)}.",
            )
    return asked


def protect_and_close(
    plan: Plan,
    folder: Path,
    *,
    policy: str | None,
    world: Path | None,
    key: Path | None,
    new_key: Path | None = None,
    home: Path | None = None,
    progress: Any = None,
) -> tuple[Protection, Path]:
    """Protect a plan and write its annex; the first time a key is made.

    Parameters
    ----------
    home
        The journey file's folder: its policies, teams and crews are looked up there.
    """
    from retinue.planner.protect import Protector
    from retinue.protection.annex import default_key, make_key, read_key, write_annex
    from retinue.world.catalogue import user_folder
    from retinue.world.world import World

    if new_key is not None:
        make_key(new_key)
        key = new_key
    file = key or default_key(user_folder())
    if key is None and not file.exists():
        make_key(file)
        output.say(f"a new key was made: {file}  (whoever has it can open the annex; keep a copy)")
    secret = read_key(file)
    protection = Protector(World(tracks=world), home, progress).protect(plan, policy)
    return protection, write_annex(protection, folder, secret)


def protect_with_plan(
    plan: Plan, folder: Path, world: Path | None, home: Path | None, progress: Any
) -> str:
    """Protect a plan whose journey asks for it, beside its outputs; return what to say of it.

    Nothing is done where no site is known; a missing extra is said, and the plan stands.
    """
    from retinue.errors import InputError
    from retinue.planner.protect import asked_protection

    asked, coarse, _ = asked_protection(plan)
    if asked is None or coarse or not plan.sites:
        return ""
    try:
        protection, annex = protect_and_close(
            plan, folder, policy=None, world=world, key=None, home=home, progress=progress
        )
    except InputError as error:
        if "retinue[protection]" not in error.cure:
            raise
        return f"! not protected: {error}"
    return _summary(plan, protection, annex)


def _open(folder: Path, key: Path | None, role: str, purpose: str) -> Protection:
    import time

    from retinue.clock import iso_utc
    from retinue.errors import InputError
    from retinue.protection.annex import default_key, open_annex, read_key
    from retinue.world.catalogue import user_folder

    if not purpose.strip():
        raise InputError(
            "say why the annex is opened; it stands in the access log",
            where="--why",
            cure='e.g. --open --as "protection commander" --why briefing',
        )
    secret = read_key(key or default_key(user_folder()))
    return open_annex(folder, secret, role=role, purpose=purpose, at=iso_utc(time.time()))


def _freeze(protection: Protection, contacts: str | None) -> None:
    from retinue.errors import InputError
    from retinue.protection.contacts import load_contacts, roles_of, unfilled_roles

    if contacts is None:
        raise InputError(
            "a plan is frozen against a file of contacts",
            where="--contacts",
            cure="Name it; it has an entry for: " + ", ".join(roles_of(protection)) + ".",
        )
    unfilled = unfilled_roles(protection, load_contacts(contacts, None, where="--contacts"))
    if unfilled:
        raise InputError(
            f"nobody fills {len(unfilled)} of the roles: {', '.join(unfilled)}",
            where=contacts,
            cure="Add a person to each; a plan with an open role cannot be frozen.",
        )


def _summary(plan: Plan, protection: Protection, annex: Path | None) -> str:
    figures = protection.figures
    sites = len(protection.sites)
    lines = [
        f"{plan.title}: policy {protection.policy}, {counted(sites, 'site')}",
        f"  {figures['closures']:4} {noun_for(figures['closures'], 'closure')} by event,"
        f" {figures['over_budget']} over their budget,"
        f" {counted(len(protection.severed), 'place')} cut off",
    ]
    if figures.get("vehicle_hours_ratio") is not None:
        lines.append(
            f"       {figures['vehicle_hours']:,.1f} vehicle-hours of other road users,"
            f" {100 * figures['vehicle_hours_ratio']:.0f} % of fixed windows of equal coverage"
        )
    slack = figures.get("least_slack_s")
    spare = "" if slack is None else f", {slack / 60:.0f} min to spare at the least"
    lines.append(
        f"  {figures['tasks']:4} posts, sweeps and patrols in"
        f" {counted(figures['duties'], 'duty')},"
        f" {figures['uncovered']} uncovered{spare}"
    )
    crews = len(protection.crews)
    lines.append(
        f"  {crews:4} {noun_for(crews, 'crew duty')},"
        f" {counted(len(protection.decisions), 'decision')}"
    )
    feasible = sum(f.feasible for f in protection.fallbacks)
    lines.append(
        f"  {feasible:4} {noun_for(feasible, 'fallback')} planned and checked,"
        f" {counted(len(protection.havens), 'safe haven')},"
        f" {counted(len(protection.weaknesses), 'thing')} to do"
    )
    if protection.joint_coverage is not None:
        chance = 100 * protection.joint_coverage
        lines.append(f"every passage lies in its band with a chance of {chance:.0f} %")
    lines += [f"! {note.text}" for note in protection.notes if note.level == "warning"]
    if annex is not None:
        lines.append(f"wrote {annex}  (encrypted; retinue protect {annex.parents[1]} --open)")
    return "\n".join(lines)


def _list(protection: Protection, name: str) -> str:
    from retinue.cli.protect_lists import list_text

    return list_text(protection, name)
