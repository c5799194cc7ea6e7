"""The command that finds a leg's path through a timetable, and clears the line for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import AmendBy, Json, WorldFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan import Leg, Plan
    from retinue.plan.traffic import TrafficRecord
    from retinue.plan.traffic_document import ClearingCost, InsertionAsked, TrafficDocument
    from retinue.plan.train_path import AdoptedPath
    from retinue.planner.leg_restrictions import LegRestrictions
    from retinue.planner.planner import Planner
    from retinue.planner.traffic_path import TrafficPath
    from retinue.rail.leg_runs import RailRuns
    from retinue.traffic.clearing import Cleared
    from retinue.traffic.insertion import FoundPath, Prepared
    from retinue.traffic.restrictions import Restriction
    from retinue.traffic.traffic import Traffic

__all__ = ["add_to"]

_SHOWN = 12


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
    from retinue.cli.insertion_traffic import minutes_of, own_policy
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
            restrictions=tuple(str(path) for path in restrictions or ()),
        )
    # A path is asked for from the leg as it would run without one.
    others = [path for path in loaded.paths if path.leg != leg_id]
    free = planner.remake(loaded, paths=others) if loaded.paths else loaded
    planned = next(entry for entry in free.legs if entry.id == leg_id)
    if _departed(free, planned):
        # It has left: no path can have it depart later.
        asked = asked.model_copy(update={"within_min": 0.0})
    listed, restricted = leg_under(
        planner, loaded, leg_id, restriction_files(asked.restrictions, "--restrictions")
    )
    made = _made(planner, asked, planned, runs, listed, restricted)
    _checked(made.record)
    if out is not None:
        from retinue.files import write_text

        write_text(out, made.record.model_dump_json() + "\n")
    _printed(loaded, made, book, drawings)
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


@dataclass(frozen=True, eq=False)
class _Made:
    """A path, who gives way for it, and what is told of both."""

    prepared: Prepared
    found: FoundPath
    path: AdoptedPath
    record: TrafficRecord
    cost: ClearingCost | None
    data: dict[str, Any]
    text: str


def _made(
    planner: Planner,
    asked: InsertionAsked,
    planned: Leg,
    runs: RailRuns,
    listed: Sequence[Restriction],
    restricted: LegRestrictions | None,
) -> _Made:
    """Find a path as it is asked for, or clear the line for it.

    Raises
    ------
    NoPlan
        Where there is none: who is in the way, and what would do.
    """
    from retinue.cli.insertion_traffic import day_asked, met_lines, not_looked_at, traffic_of
    from retinue.errors import NoPlan
    from retinue.planner.traffic_path import adopted_path, traffic_path
    from retinue.protection.policy import load_policy
    from retinue.traffic.blocking_rules import shipped_blocking_rules
    from retinue.traffic.insertion_record import inserted_record
    from retinue.traffic.rules import rule_set

    wish, zone = float(planned.depart_utc), planned.from_.zone
    policy, wording = load_policy(asked.policy) if asked.policy else (None, "")
    rules = rule_set(
        None if policy is None else policy.traffic,
        asked.rules_off,
        policy=Path(asked.policy).stem,
        text=wording,
    )
    day = day_asked(asked, wish, planner.world, listed)
    traffic = traffic_of(day, asked.view, runs, restricted)
    name, date = day.feed.name, str(day.day)
    told = not_looked_at(day, restricted)
    if asked.clear:
        return _cleared(
            runs, traffic, rules, wish, list(asked.curve_min), name, date, planned, restricted, told
        )
    blocking = shipped_blocking_rules()
    window = (wish, wish + 60.0 * asked.within_min)
    prepared, path = traffic_path(
        runs, traffic, rules, blocking, window, may_wait=asked.may_wait, restricted=restricted
    )
    if path is None:
        from retinue.traffic.reasons import explain

        explained = explain(prepared, traffic, wish)
        what = f"no path through the timetable for {runs.request.title}"
        raise NoPlan(what, reasons=explained.reasons(zone), where=name, cure=explained.cure(zone))
    record = inserted_record(traffic, prepared, path.found, name=planned.id, feed=name, date=date)
    record = record.model_copy(update={"assumptions": (*told, *record.assumptions)})
    met = () if restricted is None else restricted.records(path.timed.movements)
    kept = adopted_path(
        prepared, path.found, leg=planned.id, feed=name, date=date, restrictions=met
    )
    told = [ceiling.words for ceiling in kept.told(planned.profile)]
    data, text = _path_result(path, wish, zone, told)
    text = "\n".join([text, *met_lines(met, zone)])
    return _Made(prepared, path.found, kept, record, None, data, text)


def _path_result(
    path: TrafficPath, wish: float, zone: str, told: Sequence[str]
) -> tuple[dict[str, Any], str]:
    from retinue.clock import iso_utc, local_text

    found, prepared = path.found, path.prepared
    names = prepared.network.stations
    stands = [
        {
            "place": names[int(prepared.request.way.nodes[s.node])].name,
            "distance_m": round(s.at_m, 1),
            "arrive_utc": iso_utc(s.arrive_s),
            "depart_utc": iso_utc(s.depart_s),
            "asked": s.asked,
        }
        for s in found.stands
    ]
    ceilings = [
        {"from_m": round(a, 1), "to_m": round(b, 1), "at_most_kmh": round(3.6 * v, 1)}
        for a, b, v in found.ceilings
    ]
    data = {
        "depart_utc": iso_utc(found.depart_s),
        "arrive_utc": iso_utc(found.arrive_s),
        "later_s": round(found.depart_s - wish),
        "waits_s": round(found.waits_s),
        "free_running_s": round(prepared.free_running_s),
        "stands": stands,
        "ceilings": ceilings,
        "given_up_s": found.given_up_s,
    }
    lines = [
        f"A path: depart {local_text(found.depart_s, zone)}, arrive "
        f"{local_text(found.arrive_s, zone)} "
        f"({(found.depart_s - wish) / 60.0:.1f} min after the plan's departure)",
    ]
    lines += [
        f"  stands at {names[int(prepared.request.way.nodes[s.node])].name} from "
        f"{local_text(s.arrive_s, zone).strip()} for {s.depart_s - s.arrive_s:.0f} s"
        for s in found.stands[1:-1]
        if not s.asked
    ]
    lines += [f"  {words}" for words in told]
    if found.simple:
        lines.append("  without waiting or slowing down")
    if found.given_up_s > 0.0:
        lines.append(
            f"  times shorter than {found.given_up_s:g} s were given up while searching: a better"
            " path may hide in them"
        )
    return data, "\n".join(lines)


def _cleared(
    runs: Any,
    traffic: Traffic,
    rules: Any,
    wish: float,
    shifts: list[float],
    name: str,
    date: str,
    planned: Leg,
    restricted: LegRestrictions | None,
    told: Sequence[str],
) -> _Made:
    from retinue.cli.insertion_traffic import met_lines
    from retinue.clock import iso_utc, local_text
    from retinue.errors import NoPlan
    from retinue.plan.traffic_document import ClearingCost, CurvePoint
    from retinue.planner.traffic_path import (
        adopted_path,
        prepared_leg,
        timed_on,
        under_restrictions,
    )
    from retinue.traffic.blocking_rules import shipped_blocking_rules
    from retinue.traffic.clearing import clear
    from retinue.traffic.insertion_record import inserted_record
    from retinue.traffic.reasons import reasons_of, works_in_the_way

    blocking, zone = shipped_blocking_rules(), planned.from_.zone
    everyone = frozenset(range(len(traffic.runs)))

    def prepared_at(moment: float) -> tuple[RailRuns, Prepared]:
        here = runs if restricted is None else under_restrictions(runs, restricted, moment)
        network, window = traffic.network, (moment, moment)
        return here, prepared_leg(here, network, rules, blocking, window, may_wait=False)

    ran, prepared = prepared_at(wish)
    avoided = frozenset(step.section for step in prepared.request.way.steps)

    def at(moment: float) -> tuple[FoundPath, Cleared]:
        own = prepared if restricted is None or moment == wish else prepared_at(moment)[1]
        found = own.find(traffic, depart=(moment, moment), without=everyone)
        if found is None:
            what = "works on the line leave no path, whoever gives way"
            works = reasons_of(works_in_the_way(own, traffic, moment), zone)
            raise NoPlan(what, reasons=works, where=name, cure="Move the departure or the work.")
        return found, clear(traffic, found.windows, blocking, avoided=avoided)

    found, cleared = at(wish)
    points = []
    for minutes in sorted({0.0, *shifts}):
        done = cleared if minutes == 0.0 else at(wish + 60.0 * minutes)[1]
        points.append(CurvePoint(later_min=minutes, cost_s=done.cost, bound_s=done.bound))
    record = inserted_record(
        traffic, prepared, found, name=planned.id, cleared=cleared, feed=name, date=date
    )
    record = record.model_copy(update={"assumptions": (*told, *record.assumptions)})
    cost = ClearingCost(
        cost_s=cleared.cost,
        bound_s=cleared.bound,
        optimal=cleared.optimal,
        passenger_delay_s=cleared.passenger_s,
        held_cost_s=cleared.held_cost,
        curve=tuple(points),
    )
    data = {
        "depart_utc": iso_utc(found.depart_s),
        "arrive_utc": iso_utc(found.arrive_s),
        "cost_s": round(cleared.cost),
        "bound_s": round(cleared.bound),
        "optimal": cleared.optimal,
        "gap": round(cleared.gap, 4),
        "passenger_delay_s": round(cleared.passenger_s),
        "hold_everything_s": round(cleared.held_cost),
        "altered": [
            {"id": a.id, "measure": a.measure, "delay_s": round(a.delay_s), "because": a.because}
            for a in record.altered
        ],
        "curve": [
            {"later_min": p.later_min, "cost_s": round(p.cost_s), "bound_s": round(p.bound_s)}
            for p in points
        ],
    }
    proof = (
        "the least possible"
        if cleared.optimal
        else f"at least {cleared.bound / 60:.0f} min, a gap of {cleared.gap:.0%}"
    )
    lines = [
        f"Depart {local_text(found.depart_s, zone)}, arrive {local_text(found.arrive_s, zone)}; "
        f"{len(record.altered)} trains give way, {cleared.cost / 60:.0f} weighted minutes "
        f"({proof}; every train held, were there room for all: {cleared.held_cost / 60:.0f})",
    ]
    lines += [
        f"  {a.id}: {a.measure}"
        + ("" if a.measure == "cancelled" else f", {a.delay_s / 60:.1f} min late at its end")
        + f" ({a.because})"
        for a in record.altered[:_SHOWN]
    ]
    if len(record.altered) > _SHOWN:
        lines.append(f"  and {len(record.altered) - _SHOWN} more (--json lists all)")
    if len(points) > 1:
        lines.append("Later by, and what it costs others:")
        lines += [f"  {p.later_min:g} min: {p.cost_s / 60:.0f} weighted minutes" for p in points]
    free = adopted_path(prepared, found)
    met = () if restricted is None else restricted.records(timed_on(ran, free).movements)
    lines += met_lines(met, zone)
    path = adopted_path(prepared, found, leg=planned.id, feed=name, date=date, restrictions=met)
    return _Made(prepared, found, path, record, cost, data, "\n".join(lines))


def _printed(plan: Plan, made: _Made, book: Path | None, drawings: Path | None) -> None:
    """Write the book and the drawings that were asked for."""
    if book is None and drawings is None:
        return
    from retinue.files import make_folder, write_bytes, write_text
    from retinue.report.traffic_chapter import traffic_book, traffic_drawings

    if book is not None:
        write_bytes(book, traffic_book(plan, made.record, made.cost))
    if drawings is not None:
        make_folder(drawings)
        for name, svg in traffic_drawings(plan, made.record, made.cost).items():
            write_text(drawings / name, svg)


def _checked(record: TrafficRecord) -> None:
    """Refuse what the independent checker finds fault with: nothing of it is shown or written."""
    from retinue.checks.traffic import check_traffic
    from retinue.checks.traffic_rules import check_traffic_rules

    findings = [check_traffic(record), *check_traffic_rules(record)]
    faults = [fault for finding in findings for fault in finding.faults]
    if faults:
        output.result(
            {"faults": faults},
            "\n".join(["The checker found faults; no path is given:", *faults[:_SHOWN]]),
        )
        raise typer.Exit(4)
