"""Commands on train paths: ask for them, hold an offer against what was asked, approve, amend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.approval import ApprovalRegister, Paper, PlanState
    from retinue.traffic.path_message import PathMessage
    from retinue.traffic.path_offer import OfferComparison
    from retinue.traffic.path_request import Leeway

__all__ = ["add_to", "enter_amendment", "moment_of"]

FORMATS = ("xml", "csv")
#: So many faults of an offer are printed one by one; all of them with --json.
_SHOWN = 10
#: So many moved events of an amendment.
_MOVED = 4

_group = typer.Typer(
    help="Train paths: request, offer, state of approval, amendment.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
]
LegNumber = Annotated[
    int | None, typer.Option("--leg", metavar="N", help="Number of the leg; else every rail leg.")
]
TrainRole = Annotated[
    str, typer.Option("--train", metavar="ROLE", help="Only this train: main, advance, following.")
]
Before = Annotated[
    float | None,
    typer.Option("--before", metavar="MIN", min=0, max=1440, help="Tolerance, minutes earlier."),
]
After = Annotated[
    float | None,
    typer.Option("--after", metavar="MIN", min=0, max=1440, help="Tolerance, minutes later."),
]
Codes = Annotated[
    Path | None,
    typer.Option("--codes", metavar="FILE", help="Location codes, CSV: country,place,code."),
]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help="Who approves or enters it.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help='When, e.g. "2023-09-01 12:00 Z"; default: now.'),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.add_typer(_group, name="path")


@_group.command("request")
def request_command(
    plan: PlanPath,
    leg: LegNumber = None,
    train: TrainRole = "",
    formats: Annotated[
        str, typer.Option("--format", metavar="LIST", help="Files to write: xml,csv.")
    ] = "xml,csv",
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Write the files there.")
    ] = None,
    before: Before = None,
    after: After = None,
    sender: Annotated[str, typer.Option("--sender", help="Company code of the applicant.")] = "",
    recipient: Annotated[
        str, typer.Option("--recipient", help="Company code of the infrastructure manager.")
    ] = "",
    contact: Annotated[str, typer.Option("--contact", help="Name of whom to ask.")] = "",
    mail: Annotated[str, typer.Option("--mail", help="Their mail address.")] = "",
    train_number: Annotated[
        str, typer.Option("--train-number", help="Operational train number.")
    ] = "",
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Moment of sending, with zone.")
    ] = None,
    codes: Codes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask the infrastructure managers for the paths of a plan's trains."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.plan import Plan
    from retinue.traffic.path_codes import read_codes
    from retinue.traffic.path_xml import Parties, open_items

    wanted = _formats(formats)
    record = Plan.load(plan)
    known = read_codes(codes) if codes else {}
    who = Parties(
        sender=sender, recipient=recipient, contact=contact, mail=mail,
        at_s=None if at is None else moment_of(at), train_number=train_number,
    )  # fmt: skip
    asked = _asked(record, leg, train, _leeway(before, after), known)
    result: dict[str, Any] = {
        "plan": record.hash,
        "requests": [_request_record(message) for message in asked],
        "open": list(
            dict.fromkeys(w for m in asked for p in m.split() for w in open_items(p, who))
        ),
    }
    if out is None:
        output.result(result, "\n\n".join(_request_text(message) for message in asked))
        return
    written = _write(asked, who, out, wanted)
    result["written"] = [str(path) for path in written]
    names = "\n".join(f"  {path.name}" for path in written)
    still = "\n".join(f"  {words}" for words in result["open"])
    output.result(
        result, f"wrote {len(written)} files to {out}/:\n{names}\nleft to the sender:\n{still}"
    )


def _formats(text: str) -> tuple[str, ...]:
    from retinue.document import suggest
    from retinue.errors import InputError

    asked = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in asked:
        if name not in FORMATS:
            raise InputError(
                f'"{name}" is no format of a path request', where="--format",
                cure=suggest(name, FORMATS) or f"Known: {', '.join(FORMATS)}.",
            )  # fmt: skip
    if not asked:
        raise InputError("no format is named", where="--format", cure="Write xml, csv or xml,csv.")
    return asked


def _leeway(before: float | None, after: float | None) -> Leeway:
    from retinue.traffic.path_request import Leeway

    return Leeway(
        None if before is None else before * 60.0, None if after is None else after * 60.0
    )


def moment_of(text: str | None) -> float:
    """Return the moment of an entry; the clock's, where none is named."""
    from datetime import UTC, datetime

    from retinue.clock import parse_moment
    from retinue.errors import InputError

    if text is None:
        # Of an entry in the register, or a message: it goes into no plan.
        return float(round(datetime.now(UTC).timestamp()))
    try:
        return parse_moment(text.strip().replace("Z", " Z") if "T" in text else text)
    except ValueError as error:
        raise InputError(str(error), where="--at") from error


def _asked(
    plan: Plan,
    leg: int | None,
    train: str,
    leeway: Leeway,
    codes: dict[tuple[str, str], str] | None = None,
) -> tuple[PathMessage, ...]:
    from retinue.traffic.path_request import ask, rail_leg, roles_of

    if leg is None and any(one.mode == "rail" for one in plan.legs):
        legs = [one for one in plan.legs if one.mode == "rail"]
    else:
        legs = [rail_leg(plan, leg)]
    return tuple(
        ask(plan, one, role, leeway, codes)
        for one in legs
        for role in ([train] if train else roles_of(one))
    )


def _request_record(message: PathMessage) -> dict[str, Any]:
    from dataclasses import asdict

    from retinue.clock import iso_utc

    record = asdict(message)
    for point in record["points"]:
        for key in ("arrive", "depart"):
            moment = point.pop(f"{key}_s")
            point[f"{key}_utc"] = None if moment is None else iso_utc(moment)
    record["part_ids"] = [part.id for part in message.split()]
    return record


def _request_text(message: PathMessage) -> str:
    from retinue.clock import local_text
    from retinue.plan.summary import table_text
    from retinue.traffic.path_rules import path_rules

    rules = path_rules()

    def time(moment: float | None, zone: str) -> str:
        return "" if moment is None else local_text(moment, zone).strip()

    rows = [
        [
            p.place, p.country, time(p.arrive_s, p.zone), time(p.depart_s, p.zone),
            f"-{p.before_s // 60}/+{p.after_s // 60}", f"{p.dwell_s / 60:.0f}" if p.dwell_s else "",
            ", ".join(rules.name_of(code) for code in p.activities),
        ]
        for p in message.points
    ]  # fmt: skip
    train = message.points[0].train
    load = "" if train is None else f": {train.length_m} m, {train.mass_t} t"
    heads = ["place", "", "arrives", "departs", "min", "stop", "activity"]
    table = table_text(heads, rows, right=frozenset({5}))
    return f"{message.title}{load}, request {message.id}\n{table}"


def _write(
    asked: tuple[PathMessage, ...], who: Any, folder: Path, formats: tuple[str, ...]
) -> list[Path]:
    from retinue.checks.path_message import check_path_message
    from retinue.errors import RetinueError
    from retinue.files import make_folder, write_text
    from retinue.traffic.path_csv import path_csv
    from retinue.traffic.path_xml import path_xml

    make_folder(folder)
    written = []
    if "xml" in formats:
        for message in asked:
            for part in message.split():
                text = path_xml(part, who, message)
                faults = check_path_message(text.encode("utf-8")).faults
                if faults:
                    raise RetinueError(f"the request would not follow the message: {faults[0]}")
                name = f"path-{part.leg}-{part.role}-{part.part}-{part.country or 'xx'}.xml"
                written.append(write_text(folder / _plain(name), text))
    if "csv" in formats:
        parts = [part for message in asked for part in message.split()]
        written.append(write_text(folder / "path-requests.csv", path_csv(parts)))
    return written


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in ".-" else "-" for c in name)


@_group.command("offer")
def offer_command(
    plan: PlanPath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The offer, XML or CSV.")],
    leg: LegNumber = None,
    train: TrainRole = "",
    before: Before = None,
    after: After = None,
    codes: Codes = None,
    effect: Annotated[
        bool, typer.Option("--effect", help="Re-time the plan in memory and say what would move.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hold an infrastructure manager's offer against what was asked, point by point."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.plan import Plan
    from retinue.traffic.path_codes import read_codes
    from retinue.traffic.path_effect import convoy_effects, handover_effects
    from retinue.traffic.path_offer import compare, match_request, read_offer
    from retinue.traffic.path_request import Leeway

    record = Plan.load(plan)
    known = read_codes(codes) if codes else {}
    asked = _submitted(plan, record, leg, train)
    if not asked or before is not None or after is not None or known:
        leeway = _submitted_leeway(plan, record, before, after)
        asked = _asked(record, leg, train, leeway, known)
    found = [compare(match_request(offer, asked), offer) for offer in read_offer(file, asked)]
    result: dict[str, Any] = {
        "plan": record.hash,
        "fits": all(one.fits for one in found),
        "offers": [
            one.as_dict() | {"handovers": list(handover_effects(record, one))} for one in found
        ],
    }
    # Of the whole convoy, whichever trains were named.
    convoy = convoy_effects(record, _asked(record, leg, "", Leeway()), found)
    result["convoy"] = list(convoy)
    parts = [_offer_text(record, one) for one in found]
    parts += ["\n".join(convoy)] if convoy else []
    if effect:
        moved = _effect(record, found)
        result["effect"] = None if moved is None else moved.as_dict()
        parts.append(
            "the plan would stay as it is" if moved is None else f"the plan:\n{moved.text()}"
        )
    output.result(result, "\n\n".join(parts))


def _submitted(path: Path, plan: Plan, leg: int | None, train: str) -> tuple[PathMessage, ...]:
    """Return the requests as they were submitted; none where nothing stands submitted."""
    from retinue.plan.approval import register_file
    from retinue.traffic.path_request import rail_leg
    from retinue.traffic.states import open_register, submitted_requests

    if not register_file(path).exists():
        return ()
    register = open_register(path, plan)
    if not register.asked_packed:
        return ()
    wanted = None if leg is None else rail_leg(plan, leg).id
    return tuple(
        message
        for message in submitted_requests(register, plan)
        if (wanted is None or message.leg == wanted) and (not train or message.role == train)
    )


def _submitted_leeway(path: Path, plan: Plan, before: float | None, after: float | None) -> Leeway:
    """Return the tolerances named, else those of the submission, else the shipped ones."""
    from retinue.plan.approval import register_file
    from retinue.traffic.path_request import Leeway
    from retinue.traffic.states import open_register

    if before is not None or after is not None or not register_file(path).exists():
        return _leeway(before, after)
    register = open_register(path, plan)
    return Leeway(register.tolerance_before_s, register.tolerance_after_s)


def _offer_text(plan: Plan, found: OfferComparison) -> str:
    from retinue.plan.summary import table_text
    from retinue.traffic.path_effect import handover_effects

    part = f", part {found.asked.part} of {found.asked.parts}" if found.asked.parts > 1 else ""
    heads = ["place", "", "asked", "offered", "later", "tolerance", "within"]
    lines = [
        f"{found.asked.title}{part}: " + ("fits" if found.fits else "does not fit"),
        table_text(heads, [row.cells() for row in found.rows]),
    ]
    if found.extra:
        lines.append(f"not asked for: {'; '.join(found.extra)}")
    faults = found.faults()
    lines += [f"FAULT  {fault}" for fault in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        lines.append(f"and {len(faults) - _SHOWN} more")
    lines += list(handover_effects(plan, found))
    return "\n".join(lines)


def _effect(plan: Plan, found: list[OfferComparison]) -> Any:
    """Return what the plan would be with the main train at the offered times; None: the same."""
    from retinue.plan.compare import compare_plans
    from retinue.planner import Planner
    from retinue.traffic.path_effect import observations
    from retinue.world.world import World

    planner, after = Planner(World()), plan
    for one in found:
        for place, time in observations(one):
            number = [leg.id for leg in plan.legs].index(one.asked.leg) + 1
            after = planner.observe(after, place, time, leg=number)
    return None if after is plan else compare_plans(plan, after)


@_group.command("state")
def state_command(
    plan: PlanPath,
    submit: Annotated[bool, typer.Option("--submit", help="The request goes out.")] = False,
    offer: Annotated[bool, typer.Option("--offer", help="An offer has come.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="The offer is accepted.")] = False,
    freeze: Annotated[bool, typer.Option("--freeze", help="Nothing changes any more.")] = False,
    role: Role = "",
    at: At = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "--file", metavar="FILE", help="What it rests on, e.g. the offer; may be repeated."
        ),
    ] = None,
    despite: Annotated[
        str,
        typer.Option(
            "--despite",
            metavar="REASON",
            help="Why an offer is accepted that is not what was asked for.",
        ),
    ] = "",
    before: Before = None,
    after: After = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show how far a plan is approved, or take it one step further."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.errors import InputError
    from retinue.plan import Plan
    from retinue.traffic.states import approve, open_register, register_alone, write_register

    steps: tuple[tuple[str, PlanState, bool], ...] = (
        ("--submit", "submitted", submit), ("--offer", "offered", offer),
        ("--accept", "accepted", accept), ("--freeze", "frozen", freeze),
    )  # fmt: skip
    named = [(option, state) for option, state, on in steps if on]
    if len(named) > 1:
        raise InputError(f"{named[0][0]} and {named[1][0]} are two steps", where=named[1][0])
    record = Plan.load(plan)
    if not named:
        for option, given in (
            ("--role", role), ("--file", file), ("--at", at), ("--despite", despite),
        ):  # fmt: skip
            if given:
                raise InputError("no step is named", where=option,
                                 cure="Add --submit, --offer, --accept or --freeze.")  # fmt: skip
        _show(record, open_register(plan, record))
        return
    if despite and named[0][1] not in ("accepted", "frozen"):
        raise InputError("only an offer is accepted despite something", where="--despite",
                         cure="It goes with --accept and --freeze.")  # fmt: skip
    with register_alone(plan):
        known = open_register(plan, record)
        papers = _papers(file or [], known, record, keep=named[0][1] == "offered")
        register = approve(
            known, record, named[0][1], role=role, at_s=moment_of(at),
            leeway=_leeway(before, after), papers=papers, despite=despite,
        )  # fmt: skip
        write_register(register, plan)
    _show(record, register)


def _papers(
    files: list[Path], register: ApprovalRegister, plan: Plan, *, keep: bool
) -> list[Paper]:
    """Return the documents that an approval rests on; offers are kept word for word."""
    from retinue.errors import InputError
    from retinue.plan.approval import Paper
    from retinue.traffic.path_offer import offers_in
    from retinue.traffic.states import submitted_requests

    asked = submitted_requests(register, plan) if keep and files else ()
    found = []
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
            raise InputError(what, where=str(file)) from error
        sound = keep
        if keep:
            try:
                offers_in(content, str(file), asked)
            except InputError:
                # A letter is no offer that a program reads; a torn offer is an error.
                if file.suffix.lower() in (".xml", ".csv"):
                    raise
                sound = False
        found.append(Paper.of(file.name, content, keep=sound))
    return found


@_group.command("amend")
def amend_command(
    plan: PlanPath,
    role: Role = "",
    at: At = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Enter a change of an approved plan: what moved, and which approvals lapse."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.plan import Plan
    from retinue.traffic.states import amend, open_register, register_alone, write_register

    record = Plan.load(plan)
    with register_alone(plan):
        register = amend(open_register(plan, record), record, role=role, at_s=moment_of(at))
        write_register(register, plan)
    _show(record, register)


def enter_amendment(folder: Path, plan: Plan, role: str) -> None:
    """Enter the change of an approved plan that was just written; nothing where none stands."""
    from retinue.traffic.states import (
        amend,
        has_changed,
        open_register,
        register_alone,
        write_register,
    )

    with register_alone(folder):
        register = open_register(folder, plan)
        if has_changed(register, plan):
            made = amend(register, plan, role=role, at_s=moment_of(None))
            write_register(made, folder)
            entry = made.amendments[-1]
            output.say(f"amendment {entry.number}: {entry.because}; now {entry.state}")


def _show(plan: Plan, register: ApprovalRegister) -> None:
    from retinue.clock import local_text
    from retinue.traffic.states import has_changed

    changed = has_changed(register, plan)
    record = register.as_dict()
    del record["plan_packed"], record["asked_packed"]
    for approval in record["approvals"]:
        for paper in approval["papers"]:
            del paper["packed"]
    lines = [f"{plan.title}: {register.state}, plan {plan.hash[:12]}"]
    entries: list[tuple[int, str]] = []
    for one in register.approvals:
        lapsed = "" if one.lapsed_by is None else f", lapsed by amendment {one.lapsed_by}"
        rests = "".join(f", {paper.name} {paper.sha256[:12]}" for paper in one.papers)
        when = local_text(one.at_utc, "UTC").strip()
        words = f"{one.state} by {one.role}, plan {one.plan_hash[:12]}{rests}{lapsed}"
        more = "".join(f"\n      deviation: {words}" for words in one.deviations)
        more += f"\n      accepted because: {one.despite}" if one.despite else ""
        entries.append((one.entry, f"  {when}  approval {one.number}: {words}{more}"))
    for item in register.amendments:
        when = local_text(item.at_utc, "UTC").strip()
        lapsed = f", approvals {', '.join(map(str, item.lapsed))} lapse" if item.lapsed else ""
        moved = "" if item.restrictions else f"{len(item.moved)} events moved"
        words = f"{moved}{lapsed}".removeprefix(", ")
        words = f"{words}{': ' if words else ''}{item.because}; now {item.state}"
        more = "".join(f"\n      {path}" for path in item.paths)
        more += "".join(f"\n      {change.words}" for change in item.restrictions)
        shown = [f"{e.place}, {e.kind} {(e.after_utc - e.before_utc) / 60.0:+.1f} min"
                 for e in item.moved[:_MOVED]]  # fmt: skip
        if len(item.moved) > _MOVED:
            shown.append(f"and {len(item.moved) - _MOVED} more (--json)")
        more += f"\n      moved: {'; '.join(shown)}" if shown else ""
        entries.append(
            (item.entry, f"  {when}  amendment {item.number} by {item.role}: {words}{more}")
        )
    lines += [words for _, words in sorted(entries)]
    faults = () if changed else _offer_faults(register, plan)
    if faults:
        lines.append("the offer is not what was asked for:")
        lines += [f"  {fault}" for fault in faults[:_SHOWN]]
        lines += [f"  and {len(faults) - _SHOWN} more (--json)"] if len(faults) > _SHOWN else []
    if changed:
        lines.append(
            f"the plan has changed since (then {register.plan_hash[:12]}):"
            " retinue path amend PLAN --role ROLE"
        )
    told = {"changed": changed, "offer_faults": list(faults)}
    output.result(record | told, "\n".join(lines))


def _offer_faults(register: ApprovalRegister, plan: Plan) -> tuple[str, ...]:
    """Return where an offer that waits for acceptance is not what was asked for."""
    from retinue.traffic.path_answer import answer_faults
    from retinue.traffic.states import submitted_requests

    if register.state != "offered":
        return ()
    return answer_faults(submitted_requests(register, plan), register.standing[-1].papers)
