"""Commands on journeys and plans: plan, validate, show, check, compare, actual."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import AmendBy, Json, PlanPath, Quiet, WorldFolder
from retinue.cli.show import show_command
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.checks import Finding
    from retinue.cli.provisioned import Provisioned
    from retinue.plan import Plan
    from retinue.plan.traffic_document import TrafficDocument

__all__ = ["add_to"]

Force = Annotated[
    bool, typer.Option("--force", help="Replace a folder that Retinue did not write.")
]
OutFolder = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.")
]
JourneyName = Annotated[
    str,
    typer.Argument(
        metavar="JOURNEY", help="A name of the catalogue, or a file (ends in .yaml or holds a /)."
    ),
]
Export = Annotated[
    str, typer.Option("--export", metavar="LIST", help="Also write: geojson,gpx,ics,csv.")
]

Provisioning = Annotated[
    bool | None,
    typer.Option(
        "--provision/--no-provision",
        help="Also provision it; default: where the folder holds provision.json.",
    ),
]

EXPORTS = ("geojson", "gpx", "ics", "csv")


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("plan")(plan_command)
    app.command("validate")(validate_command)
    app.command("show")(show_command)
    app.command("check")(check_command)
    app.command("compare")(compare_command)
    app.command("actual")(actual_command)


def _set(as_json: bool, quiet: bool) -> None:
    output.as_json, output.quiet = as_json, quiet


def _exports(text: str) -> tuple[str, ...]:
    from retinue.document import suggest
    from retinue.errors import InputError

    asked = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in asked:
        if name not in EXPORTS:
            raise InputError(
                f'"{name}" is not an export',
                where="--export",
                cure=suggest(name, EXPORTS) or f"Known: {', '.join(EXPORTS)}.",
            )
    return asked


def _write(
    plan: Plan,
    folder: Path,
    *,
    exports: tuple[str, ...],
    pdf: bool,
    page: bool,
    force: bool,
    progress: Any,
    provisioned: Provisioned | None,
    traffic: TrafficDocument | None,
    amend: str,
    replaces: Plan | None = None,
) -> list[Path]:
    from retinue.cli.path_state import enter_amendment
    from retinue.report.outputs import write_outputs

    written = write_outputs(
        plan,
        folder,
        exports=exports,
        pdf=pdf,
        page=page,
        force=force,
        progress=progress,
        provision=None if provisioned is None else provisioned.document,
        traffic=traffic,
        amended=bool(amend),
        replaces=replaces,
    )
    if amend:
        enter_amendment(folder, plan, amend)
    if provisioned is not None:
        provisioned.settle(folder)
    return written


def plan_command(
    journey: JourneyName,
    out: OutFolder = Path("out"),
    depart: Annotated[
        str | None,
        typer.Option("--depart", metavar="TIME", help='Depart then, e.g. "2023-09-10 18:10".'),
    ] = None,
    world: WorldFolder = None,
    export: Export = "",
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Write movement-order.pdf.")] = True,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write journey.html.")] = True,
    provision: Provisioning = None,
    amend: AmendBy = "",
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan a journey door to door and write plan, movement order and page."""
    _set(as_json, quiet)
    from retinue.report.outputs import check_folder

    exports = _exports(export)
    check_folder(out, force=force)
    with output.progress(8 + pdf + page + len(exports)) as progress:
        from retinue.cli.adoption import kept_on_paths, traffic_with_plan
        from retinue.cli.protect import protect_with_plan
        from retinue.cli.provisioned import provision_with_plan
        from retinue.journey import load_journey
        from retinue.planner import Planner
        from retinue.world.world import World

        progress("reading the journey")
        asked = load_journey(journey)
        over = World(tracks=world)
        planner = Planner(over, progress)
        plan = kept_on_paths(planner, asked, planner.make(asked, depart=depart), out, depart)
        provisioned = provision_with_plan(
            plan, out, provision, world=over, home=asked.folder, progress=progress
        )
        traffic = traffic_with_plan(plan, out)
        written = _write(
            plan, out, exports=exports, pdf=pdf, page=page, force=force, progress=progress,
            provisioned=provisioned, traffic=traffic, amend=amend,
        )  # fmt: skip
        protected = protect_with_plan(plan, out, world, asked.folder, progress)
    _report(plan, out, written, protected, provisioned, traffic)


def _report(
    plan: Plan,
    out: Path,
    written: list[Path],
    protected: str,
    provisioned: Provisioned | None,
    traffic: TrafficDocument | None,
) -> None:
    from retinue.cli.adoption import traffic_lines

    record: dict[str, Any] = {
        "plan": plan.hash,
        "title": plan.title,
        "depart_utc": plan.as_dict()["depart_utc"],
        "arrive_utc": plan.as_dict()["arrive_utc"],
        "legs": [
            {
                "id": leg.id,
                "mode": leg.mode,
                "from": leg.from_.name,
                "to": leg.to.name,
                "distance_m": leg.distance_m,
                "duration_s": leg.arrive_utc - leg.depart_utc,
            }
            for leg in plan.legs
        ],
        "assumptions": len(plan.assumptions),
        "warnings": [note.text for note in plan.notes if note.level == "warning"],
        "written": [str(path) for path in written],
    }
    names = "  ".join(path.name for path in written)
    from retinue.plan.summary import summary_text

    parts = [f"{summary_text(plan, str(out))}\n\nwrote {out}/: {names}"]
    if provisioned is not None:
        record["provision"], told = provisioned.report(plan, out)
        parts.append(told)
    parts += [protected] if protected else []
    if told_traffic := traffic_lines(plan, traffic):
        record["traffic"] = told_traffic
        parts.append("\n".join(told_traffic))
    output.result(record, "\n\n".join(parts))
    if provisioned is not None and record["provision"]["faults"]:
        raise typer.Exit(4)


def validate_command(
    journey: JourneyName,
    world: WorldFolder = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check a journey file: words, units, places, trains, routes; write nothing."""
    _set(as_json, quiet)
    from retinue.journey import load_journey
    from retinue.planner import Planner
    from retinue.world.world import World

    asked = load_journey(journey)
    plan = Planner(World(tracks=world)).make(asked)
    warnings: list[str] = []
    if asked.journey.provisioning is not None:
        from retinue.planner.provision import Provisioner

        notes = Provisioner(World(tracks=world), asked.folder).validate(plan)
        warnings = [f"{note.subject}: {note.text}" for note in notes]
    sound = f"sound ({asked.journey.title}, {counted(len(asked.journey.legs), 'leg')})"
    output.result(
        {
            "valid": True,
            "journey": asked.name,
            "title": asked.journey.title,
            "warnings": warnings,
        },
        "\n".join([f"{asked.label}: {sound}", *(f"! {warning}" for warning in warnings)]),
    )


def check_command(plan: PlanPath, as_json: Json = False, quiet: Quiet = False) -> None:
    """Check a finished plan with checkers that share no code with the planner."""
    _set(as_json, quiet)
    from retinue.checks import check_plan, check_provision
    from retinue.cli.adoption import traffic_findings
    from retinue.cli.provision import provision_beside
    from retinue.plan import Plan

    record = Plan.load(plan)
    findings = [*check_plan(record), *_approvals(plan)]
    document = provision_beside(plan)
    if document is not None:
        findings += check_provision(record, document)
    findings += traffic_findings(record, plan)
    faults = [finding for finding in findings if finding.faults]
    lines = [
        f"{'FAULT' if finding.faults else 'ok   '}  {finding.checker}: {finding.looked_at}"
        + "".join(f"\n         {fault}" for fault in finding.faults)
        + "".join(f"\n         not shown: {line}" for line in finding.not_shown)
        for finding in findings
    ]
    output.result(
        {
            "plan": record.hash,
            "faults": sum(len(finding.faults) for finding in findings),
            "checks": [
                {
                    "checker": finding.checker,
                    "looked_at": finding.looked_at,
                    "faults": list(finding.faults),
                    "not_shown": list(finding.not_shown),
                }
                for finding in findings
            ],
        },
        "\n".join(lines),
    )
    if faults:
        raise typer.Exit(4)


def _approvals(plan: Path) -> list[Finding]:
    """Return what the checker of approvals finds, where a register stands beside the plan."""
    from retinue.checks.approvals import check_approvals
    from retinue.json_document import read_json
    from retinue.plan.approval import register_file

    register = register_file(plan)
    if not register.exists():
        return []
    record = read_json(plan / "plan.json" if plan.is_dir() else plan)
    return [check_approvals(record.value, read_json(register).value)]


def compare_command(
    first: PlanPath,
    second: Annotated[Path, typer.Argument(metavar="OTHER", help="The other plan.")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare two plans: what moved, and by how much."""
    _set(as_json, quiet)
    from retinue.plan import Plan
    from retinue.plan.compare import compare_plans

    comparison = compare_plans(Plan.load(first), Plan.load(second))
    output.result(comparison.as_dict(), comparison.text())


def actual_command(
    plan: PlanPath,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Where the time was observed.")],
    time: Annotated[
        str,
        typer.Argument(
            metavar="TIME", help='Local time there, "22:47", or date and time with or without zone.'
        ),
    ],
    leg: Annotated[
        int | None, typer.Option("--leg", help="Number of the leg, where the place is on several.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Write there; default: the plan's folder."
        ),
    ] = None,
    world: WorldFolder = None,
    export: Export = "",
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Write movement-order.pdf.")] = True,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write journey.html.")] = True,
    provision: Provisioning = None,
    amend: AmendBy = "",
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Record an observed time and re-time the rest of the journey."""
    _set(as_json, quiet)
    from retinue.plan import Plan
    from retinue.plan.compare import compare_plans
    from retinue.report.outputs import check_folder

    exports = _exports(export)
    before = Plan.load(plan)
    folder = out or (plan if plan.is_dir() else plan.parent)
    check_folder(folder, force=force)
    with output.progress(6 + pdf + page + len(exports)) as progress:
        from retinue.cli.adoption import traffic_lines, traffic_with_plan
        from retinue.cli.provisioned import EarlierProvision, plan_beside, provision_with_plan
        from retinue.world.world import World

        over = World(tracks=world)
        house = EarlierProvision.find(folder)
        after = plan_beside(
            lambda planner: planner.observe(before, place, time, leg=leg),
            before, house, provision, world=over, progress=progress,
        )  # fmt: skip
        provisioned = provision_with_plan(
            after, folder, provision, world=over, home=None, progress=progress, before=house
        )
        # Written elsewhere, the plan takes the trains along among which it runs.
        traffic = traffic_with_plan(after, plan if plan.is_dir() else plan.parent)
        written = _write(
            after, folder, exports=exports, pdf=pdf, page=page, force=force, progress=progress,
            provisioned=provisioned, traffic=traffic, amend=amend,
            replaces=before if out is None and plan.is_dir() else None,
        )  # fmt: skip
    comparison = compare_plans(before, after)
    observed = after.observations[-1]
    record: dict[str, Any] = {
        "observed": observed.model_dump(mode="json"),
        "comparison": comparison.as_dict(),
        "written": [str(path) for path in written],
    }
    parts = [comparison.observed_text(observed)]
    if provisioned is not None:
        record["provision"], told = provisioned.report(after, folder)
        parts.append(told)
    if told_traffic := traffic_lines(after, traffic):
        record["traffic"] = told_traffic
        parts.append("\n".join(told_traffic))
    names = "  ".join(path.name for path in written)
    output.result(record, "\n\n".join(parts) + f"\nwrote {folder}/: {names}")
    if provisioned is not None and record["provision"]["faults"]:
        raise typer.Exit(4)
