"""Taking a found path into a plan: the plan made again with it, and the document of its traffic."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue.cli.console import output
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.checks import Finding
    from retinue.journey import JourneyFile
    from retinue.plan import Plan
    from retinue.plan.compare import PlanComparison
    from retinue.plan.traffic_document import LegTraffic, TrafficDocument
    from retinue.planner.planner import Planner
    from retinue.traffic.insertion import FoundPath, Prepared

__all__ = [
    "Adopted",
    "adopt",
    "kept_on_paths",
    "lines_beside",
    "show_traffic",
    "traffic_findings",
    "traffic_lines",
    "traffic_with_plan",
]


@dataclass(frozen=True)
class Adopted:
    """A plan that runs on a found path, and what was written.

    Attributes
    ----------
    comparison
        What moved against the plan before.
    """

    plan: Plan
    document: TrafficDocument
    comparison: PlanComparison
    written: tuple[Path, ...]
    told: dict[str, Any]
    text: str


def adopt(
    planner: Planner,
    plan: Plan,
    part: LegTraffic,
    prepared: Prepared,
    found: FoundPath,
    folder: Path,
    *,
    world: Path | None,
    pdf: bool = True,
    page: bool = True,
    amend: str = "",
    progress: Any = None,
) -> Adopted:
    """Make a plan again with a leg on its path, and write all that hangs on it.

    Raises
    ------
    InputError, NoPlan
        Where the later legs cannot follow, or the plan would not keep the path to the second.
    """
    from retinue import __version__
    from retinue.cli.path_state import enter_amendment
    from retinue.cli.protect import protect_with_plan
    from retinue.cli.provisioned import provision_with_plan
    from retinue.plan.compare import compare_plans
    from retinue.plan.traffic_document import TrafficDocument
    from retinue.planner.traffic_path import check_kept
    from retinue.report.outputs import RESTRICTED, write_outputs

    others = [path for path in plan.paths if path.leg != part.leg]
    after = planner.remake(plan, paths=(*others, part.path))
    check_kept(next(leg for leg in after.legs if leg.id == part.leg), prepared, found)
    before = _beside(folder)
    kept = () if before is None else tuple(p for p in before.legs if p.leg != part.leg)
    document = TrafficDocument(
        plan_hash=after.hash,
        title=after.title,
        retinue=__version__,
        legs=tuple(sorted((*kept, part), key=lambda one: one.leg)),
    ).sealed()
    provisioned = provision_with_plan(
        after, folder, None, world=planner.world, home=None, progress=progress
    )
    written = write_outputs(
        after, folder, pdf=pdf, page=page, progress=progress,
        provision=None if provisioned is None else provisioned.document, traffic=document,
        amended=bool(amend),
    )  # fmt: skip
    if amend:
        enter_amendment(folder, after, amend)
    told: dict[str, Any] = {}
    texts = []
    if provisioned is not None:
        provisioned.settle(folder)
        told["provision"], text = provisioned.report(after, folder)
        texts.append(text)
    if (folder / RESTRICTED).is_dir():
        protected = protect_with_plan(after, folder, world, None, progress)
        texts.append(protected or _old_annex(folder))
    comparison = compare_plans(plan, after)
    names = "  ".join(path.name for path in written)
    texts += [*traffic_lines(after, document), f"wrote {folder}/: {names}"]
    return Adopted(
        after, document, comparison, tuple(written), told, "\n".join(t for t in texts if t)
    )


def _old_annex(folder: Path) -> str:
    """Say that an annex which could not be made again is of the plan before."""
    from retinue.report.outputs import RESTRICTED

    if not (folder / RESTRICTED / "annex.retinue").is_file():
        return ""
    return f"! the annex of protection is of the plan before: retinue protect {folder}"


def _beside(folder: Path) -> TrafficDocument | None:
    """Return the document in a folder; one that cannot be read is told and left out."""
    from retinue.errors import InputError
    from retinue.plan.traffic_document import TrafficDocument

    try:
        return TrafficDocument.beside(folder)
    except InputError as error:
        output.say(f"! {error}; it is left out")
        return None


def kept_on_paths(
    planner: Planner, journey: JourneyFile, plan: Plan, folder: Path, depart: str | None
) -> Plan:
    """Return a journey's new plan on the paths that its folder's plan was given, where they fit.

    A path fits a leg of the same title that would depart within what the path was asked for with,
    and whose stops it has.  One that does not is told.
    """
    from retinue.clock import local_text
    from retinue.errors import InputError, NoPlan
    from retinue.plan.traffic_document import TRAFFIC_FILE

    document = _beside(folder) if (folder / TRAFFIC_FILE).is_file() else None
    for part in () if document is None else document.legs:
        leg = next((one for one in plan.legs if one.id == part.leg), None)
        if leg is None or leg.title != part.title:
            continue
        room_s = 0.0 if part.asked.clear else 60.0 * part.asked.within_min
        if not -1.0 <= part.path.depart_utc - leg.depart_utc <= room_s + 60.0:
            asked = local_text(leg.depart_utc, leg.from_.zone).strip()
            why = f"the leg is to depart at {asked} now"
        else:
            try:
                paths = (*plan.paths, part.path)
                plan = planner.make(journey, depart=depart, paths=paths)
                continue
            except (InputError, NoPlan) as error:
                why = error.message
        output.say(f"! {part.title} is not kept on its path: {why}")
    return plan


def traffic_with_plan(plan: Plan, folder: Path) -> TrafficDocument | None:
    """Return the document that goes with a plan which is written into its folder.

    Where the convoy still runs at the times that were found, the document is sealed anew for
    this version of the plan; else it stays as it is and `traffic_lines` tells what is wrong.  The
    traffic of legs that the plan has no more is left out.
    """
    from retinue.plan.moved_traffic import moved_traffic

    document = _beside(folder)
    if document is None:
        return None
    titles = {leg.id: leg.title for leg in plan.legs}
    legs = tuple(part for part in document.legs if titles.get(part.leg) == part.title)
    for part in document.legs:
        if part not in legs:
            output.say(f"! the plan has no leg {part.title} any more: its traffic is left out")
    if not legs:
        return None
    if any(moved_traffic(plan, part).moved for part in legs):
        # Sealed anew too where another version of Retinue wrote it.
        return document.model_copy(update={"legs": legs}).sealed()
    return document.model_copy(update={"legs": legs, "plan_hash": plan.hash}).sealed()


def traffic_lines(plan: Plan, document: TrafficDocument | None) -> list[str]:
    """Return what is said of the traffic of a plan: a line a leg, more where it is stale."""
    from retinue.clock import local_text
    from retinue.plan.moved_traffic import moved_traffic
    from retinue.report.traffic_in_order import stale_note

    lines = []
    for part in () if document is None else document.legs:
        note = stale_note(plan, part, moved_traffic(plan, part))
        if note is not None:
            lines.append(f"! {note.subject}: {note.text}")
            continue
        zone = part.path.stands[0].zone
        waits = sum(not stand.asked for stand in part.path.stands[1:-1])
        count = len(part.record.altered)
        gives = "gives" if count == 1 else "give"
        how = [f"{counted(count, 'train')} {gives} way"] if count else []
        how += [f"waits at {counted(waits, 'place')}"] if waits else []
        profile = next((leg.profile for leg in plan.legs if leg.id == part.leg), None)
        slower = len(part.path.told(profile))
        how += [f"slower at {counted(slower, 'place')}"] if slower else []
        over = f" {part.path.over}" if part.path.via else ""
        lines.append(
            f"traffic: {part.title} on its path{over} among {part.record.feed} of"
            f" {part.record.date} ({part.record.view} view), departs"
            f" {local_text(part.path.depart_utc, zone).strip()}:"
            f" {', '.join(how) or 'without waiting or slowing down'}"
        )
    return lines


def lines_beside(plan: Plan, path: Path) -> list[str]:
    """Return `traffic_lines` of the document beside a plan; one that cannot be read is told."""
    from retinue.errors import InputError
    from retinue.plan.traffic_document import TrafficDocument

    try:
        return traffic_lines(plan, TrafficDocument.beside(path))
    except InputError as error:
        return [f"! {error}"]


def show_traffic(plan: Plan, path: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the document beside a plan as JSON values without its trains, and as text.

    Raises
    ------
    InputError
        Where there is none, or not a sound one.
    """
    from retinue.errors import InputError
    from retinue.plan.moved_traffic import moved_traffic
    from retinue.plan.summary import table_text
    from retinue.plan.traffic_document import TrafficDocument
    from retinue.report.traffic_in_order import path_table
    from retinue.report.traffic_tables import cost_words, traffic_tables

    document = TrafficDocument.beside(path)
    if document is None:
        raise InputError(
            "no leg of this plan was given a path among other trains",
            where=str(path),
            cure="Find one: retinue insert PLAN --traffic FEED --adopt.",
        )
    told, parts = [], ["\n".join(traffic_lines(plan, document))]
    for part in document.legs:
        moved = moved_traffic(plan, part)
        leg = next((one for one in plan.legs if one.id == part.leg), None)
        zone = part.path.stands[0].zone if leg is None else leg.from_.zone
        if part.cost is not None:
            parts.append(cost_words(part.cost))
        for table in (path_table(part, leg), *traffic_tables(moved.record, zone)):
            note = f"\n{table.note}" if table.note else ""
            body = table_text(table.heads, table.rows, right=table.right)
            parts.append(f"{table.title}\n{body}{note}")
        told.append(
            {
                **part.model_dump(mode="json", exclude={"record"}),
                "altered": [one.model_dump(mode="json") for one in part.record.altered],
                "kept": not moved.moved,
                "plan_hash": document.plan_hash,
            }
        )
    return told, "\n\n".join(parts)


def traffic_findings(plan: Plan, path: Path) -> list[Finding]:
    """Return what the checkers find of the document beside a plan; nothing where there is none."""
    from retinue.checks import check_traffic_of
    from retinue.plan.traffic_document import TrafficDocument

    document = TrafficDocument.beside(path)
    return [] if document is None else check_traffic_of(plan, document)
