"""The command that finds a leg's path through a timetable, and clears the line for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retinue.cli.console import output
from retinue.cli.options import AmendBy, Json, WorldFolder

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.plan.traffic_document import InsertionAsked, TrafficDocument

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("insert")(insert_command)


def insert_command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
    ],
    feed: Annotated[
        str | None,
        typer.Option(
            "--traffic",
            metavar="FEED",
            help="A GTFS zip or folder, or a name; else as the path was asked for before.",
        ),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="Service day; else the departure's."),
    ] = None,
    leg: Annotated[
        int | None, typer.Option("--leg", metavar="N", help="Number of the rail leg.")
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", metavar="NAME", help="Policy of protection; none: no rules.")
    ] = "",
    rules_off: Annotated[
        str, typer.Option("--rules-off", metavar="R1,R2", help='Rules switched off; "all".')
    ] = "",
    view: Annotated[
        str, typer.Option("--view", help="pessimistic or optimistic: how the line is inferred.")
    ] = "pessimistic",
    within: Annotated[
        float,
        typer.Option("--within", metavar="MIN", min=0, max=1440, help="Depart so much later."),
    ] = 60.0,
    restrictions: Annotated[
        list[Path] | None,
        typer.Option("--restrictions", help="Possessions, slow stretches: beside the journey's."),
    ] = None,
    no_waiting: Annotated[
        bool, typer.Option("--no-waiting", help="The convoy never stands for other trains.")
    ] = False,
    alternatives: Annotated[
        int,
        typer.Option("--alternatives", min=0, max=20, help="How many other ways are searched too."),
    ] = 0,
    clear: Annotated[
        bool, typer.Option("--clear", help="Run at the plan's time; other trains give way.")
    ] = False,
    curve: Annotated[
        str,
        typer.Option("--curve", metavar="M1,M2", help="With --clear: cost of later departures."),
    ] = "",
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Take the path into the plan: every clock moves with it."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the traffic.")
    ] = None,
    book: Annotated[
        Path | None,
        typer.Option("--book", metavar="FILE.pdf", help="Print it: graph, stations, tables."),
    ] = None,
    drawings: Annotated[
        Path | None, typer.Option("--drawings", metavar="DIR", help="Write the pictures as SVG.")
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf/--no-pdf", help="With --adopt: write movement-order.pdf.")
    ] = True,
    page: Annotated[
        bool, typer.Option("--page/--no-page", help="With --adopt: write journey.html.")
    ] = True,
    amend: AmendBy = "",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    world: WorldFolder = None,
    as_json: Json = False,
) -> None:
    """Find a rail leg's path through a timetable; say who is in the way, or who gives way."""
    output.as_json = as_json
    from retinue.cli.insertion_case import insertion_case
    from retinue.cli.insertion_clearing import cleared_line
    from retinue.cli.insertion_path import path_among_others
    from retinue.cli.insertion_traffic import minutes_of, own_policy
    from retinue.cli.insertion_ways import path_over_ways, refuse_against_journey
    from retinue.errors import InputError
    from retinue.plan import Plan as Document
    from retinue.plan.traffic_document import InsertionAsked, LegTraffic, TrafficDocument
    from retinue.planner.leg_restrictions import leg_under
    from retinue.planner.planner import Planner
    from retinue.planner.traffic_path import leg_runs_of
    from retinue.traffic.restrictions import restriction_files
    from retinue.world.world import World

    if view not in ("pessimistic", "optimistic"):
        raise InputError(f'"{view}" is no view', where="--view", cure="pessimistic or optimistic.")
    if curve and not clear:
        raise InputError("--curve goes with --clear", where="--curve")
    if alternatives and clear:
        raise InputError(
            "--alternatives goes without --clear: the line is cleared on the leg's own way",
            where="--alternatives",
            cure="Leave one of them out.",
        )
    shifts = minutes_of(curve)
    for target in (out, book):
        if target is not None and target.exists() and not force:
            raise InputError("the file is there already", where=str(target), cure="Add --force.")
    loaded = Document.load(plan)
    planner = Planner(World(tracks=world))
    leg_id, runs = leg_runs_of(planner, loaded, leg)
    if feed is None:
        asked = _asked_before(TrafficDocument.beside(plan), leg_id)
    else:
        asked = InsertionAsked(
            feed=feed,
            date=day or "",
            view="optimistic" if view == "optimistic" else "pessimistic",
            policy=policy,
            rules_off=tuple(n.strip().replace("-", " ") for n in rules_off.split(",") if n.strip()),
            within_min=within,
            may_wait=not no_waiting,
            clear=clear,
            curve_min=tuple(shifts),
            alternatives=alternatives,
            restrictions=tuple(str(path) for path in restrictions or ()),
        )
    departed = _departed(loaded, next(entry for entry in loaded.legs if entry.id == leg_id))
    # A path is asked for from the leg as it would run without one.
    others = [path for path in loaded.paths if path.leg != leg_id]
    free = planner.remake(loaded, paths=others) if loaded.paths else loaded
    planned = next(entry for entry in free.legs if entry.id == leg_id)
    if departed:
        # It has left: no path can have it depart later.
        asked = asked.model_copy(update={"within_min": 0.0})
    files = restriction_files(asked.restrictions, "--restrictions")
    listed, restricted = leg_under(planner, loaded, leg_id, files)
    case = insertion_case(planner, asked, planned, runs, listed, restricted)
    if asked.clear:
        made = cleared_line(case)
    elif asked.alternatives:
        made = path_over_ways(planner, loaded, case, files)
    else:
        made = path_among_others(case)
    if adopt:
        refuse_against_journey(made.way, planned.title)
    made.check()
    made.write(loaded, record=out, book=book, drawings=drawings)
    lines = [made.text]
    lines += [f"not shown by the data: {line}" for line in made.record.assumptions]
    data = {**made.data, "assumptions": list(made.record.assumptions)}
    if adopt:
        from retinue.cli.adoption import adopt as adopted

        part = LegTraffic(
            leg=leg_id, title=planned.title, asked=asked, policy_text=own_policy(asked.policy),
            path=made.path, record=made.record, cost=made.cost,
        )  # fmt: skip
        folder = plan if plan.is_dir() else plan.parent
        done = adopted(
            planner, loaded, part, made.prepared, made.found, folder,
            world=world, pdf=pdf, page=page, amend=amend,
        )  # fmt: skip
        moved = done.comparison.text() if loaded.hash != done.plan.hash else ""
        lines += [line for line in ("", moved, done.text) if line or not moved]
        data |= {
            "adopted": {
                "plan": done.plan.hash,
                "traffic": done.document.hash,
                "comparison": done.comparison.as_dict(),
                "written": [str(path) for path in done.written],
                **done.told,
            }
        }
    output.result(data, "\n".join(lines))


def _departed(plan: Plan, leg: Leg) -> bool:
    """Return whether a leg was seen to depart.

    Raises
    ------
    InputError
        Where it was seen further on: a path begins at the leg's start.
    """
    from retinue.clock import local_text
    from retinue.errors import InputError

    seen = [one for one in plan.observations if one.leg == leg.id]
    for one in seen:
        if one.place != leg.from_.name:
            moment = local_text(one.time_utc, leg.from_.zone).strip()
            raise InputError(
                f"the leg is under way: it was seen at {one.place}, {moment}",
                where="--leg",
                cure="A path is found before the leg departs; retinue show PLAN tells whom the"
                " convoy meets now.",
            )
    return bool(seen)


def _asked_before(document: TrafficDocument | None, leg: str) -> InsertionAsked:
    """Return what the path of a leg was asked for with before."""
    from retinue.errors import InputError

    part = None if document is None else document.of_leg(leg)
    if part is None:
        raise InputError(
            "no timetable is named, and the leg was given no path before",
            where="--traffic",
            cure="Name one: --traffic FEED (aare-line is a small made-up one).",
        )
    return part.asked
