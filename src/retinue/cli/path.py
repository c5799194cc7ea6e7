"""Commands on train paths: ask for them, hold an offer against what was asked, approve, amend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from retinue.cli import path_state
from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.cli.path_options import (
    After,
    Before,
    Codes,
    LegNumber,
    PlanPath,
    Quiet,
    TrainRole,
    leeway_of,
    moment_of,
)
from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan import Plan
    from retinue.traffic.path_message import PathMessage
    from retinue.traffic.path_offer import OfferComparison
    from retinue.traffic.path_process import Outgoing
    from retinue.traffic.path_request import Leeway

__all__ = ["add_to"]

FORMATS = ("xml", "csv")
_KEPT: tuple[Literal["sent", "booked"], ...] = ("sent", "booked")
#: So many faults of an offer are printed one by one; all of them with --json.
_SHOWN = 10

_group = typer.Typer(
    help="Train paths: request, offer, state of approval, amendment.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    path_state.add_to(_group)
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
    withdraw: Annotated[
        bool,
        typer.Option("--withdraw", help="Withdraw what is asked for, cancel what is booked."),
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask the infrastructure managers for the paths of a plan's trains; ask for changes."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.plan import Plan
    from retinue.traffic.path_codes import read_codes
    from retinue.traffic.path_process import purposes
    from retinue.traffic.path_xml import Parties, open_items

    wanted = _formats(formats)
    record = Plan.load(plan)
    known = read_codes(codes) if codes else {}
    who = Parties(
        sender=sender, recipient=recipient, contact=contact, mail=mail,
        at_s=None if at is None else moment_of(at), train_number=train_number,
    )  # fmt: skip
    asked = _asked(record, leg, train, leeway_of(before, after), known)
    outgoing = _outgoing(plan, record, asked, leg, train, withdraw=withdraw)
    parts = outgoing.send or outgoing.unchanged
    shown: tuple[PathMessage, ...] = asked if _all_new(parts) else tuple(parts)
    result: dict[str, Any] = {
        "plan": record.hash,
        "requests": [_request_record(message) for message in shown],
        "open": list(dict.fromkeys(words for part in parts for words in open_items(part, who))),
        "purposes": purposes(outgoing.send),
        "unchanged": [part.id for part in outgoing.unchanged],
    }
    told = _purpose_text(outgoing)
    if out is None:
        texts = [told] if told else []
        output.result(result, "\n\n".join([*texts, *(_request_text(one) for one in shown)]))
        return
    written = _write(parts, asked, who, out, wanted)
    result["written"] = [str(path) for path in written]
    names = "\n".join(f"  {path.name}" for path in written)
    still = "\n".join(f"  {words}" for words in result["open"])
    told = f"{told}\n" if told else ""
    output.result(
        result,
        f"{told}wrote {counted(len(written), 'file')} to {out}/:\n{names}\nleft to the"
        f" sender:\n{still}",
    )


def _outgoing(
    path: Path,
    plan: Plan,
    asked: tuple[PathMessage, ...],
    leg: int | None,
    train: str,
    *,
    withdraw: bool,
) -> Outgoing:
    """Return what is to be sent after what the register says was sent and booked before."""
    from retinue.errors import InputError
    from retinue.plan.approval import register_file
    from retinue.traffic.path_process import Outgoing, next_requests, parts_of, withdrawn
    from retinue.traffic.path_request import rail_leg
    from retinue.traffic.register_requests import kept
    from retinue.traffic.states import open_register

    sent: tuple[PathMessage, ...] = ()
    booked: tuple[PathMessage, ...] = ()
    if register_file(path).exists():
        register = open_register(path, plan)
        of_leg = None if leg is None else rail_leg(plan, leg).id
        sent, booked = (
            tuple(
                one
                for one in kept(register, which)
                if (of_leg is None or one.leg == of_leg) and (not train or one.role == train)
            )
            for which in _KEPT
        )
    if withdraw:
        gone = withdrawn(sent, booked)
        if not gone:
            raise InputError("nothing was asked for or booked", where="--withdraw",
                             cure="What is asked for is entered with: retinue path state PLAN"
                             " --submit.")  # fmt: skip
        return Outgoing(gone, (), ())
    return next_requests(parts_of(asked), sent, booked)


def _all_new(parts: Sequence[PathMessage]) -> bool:
    return all(part.purpose == "new" and not part.path for part in parts)


def _purpose_text(outgoing: Outgoing) -> str:
    """Say what the messages are, where they follow on others."""
    from retinue.traffic.path_process import purposes

    if _all_new(outgoing.send) and not outgoing.unchanged:
        return ""
    lines = []
    for part in outgoing.send:
        of = f", of booked request {part.former}" if part.former else ""
        of += f", path {part.path}" if part.path else ""
        lines.append(f"{part.purpose}: {part.title}, part {part.part} of {part.parts} "
                     f"({part.country}), request {part.id}{of}")  # fmt: skip
    count = len(outgoing.unchanged)
    if count and outgoing.send:
        as_sent = "is as it was" if count == 1 else "are as they were"
        lines.append(f"{counted(count, 'part')} {as_sent} sent: nothing to tell")
    elif count:
        lines.append("everything is as it was sent or booked; the same again:")
    kinds = ", ".join(f"{n} {what}" for what, n in purposes(outgoing.send).items())
    return "\n".join([f"to send: {kinds}", *lines] if kinds else lines)


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
    parts: Sequence[PathMessage],
    asked: tuple[PathMessage, ...],
    who: Any,
    folder: Path,
    formats: tuple[str, ...],
) -> list[Path]:
    from retinue.checks.path_message import check_path_message
    from retinue.errors import RetinueError
    from retinue.files import make_folder, write_text
    from retinue.traffic.path_csv import path_csv
    from retinue.traffic.path_xml import path_xml

    make_folder(folder)
    written = []
    if "xml" in formats:
        wholes = {(message.leg, message.role): message for message in asked}
        for part in parts:
            text = path_xml(part, who, wholes.get((part.leg, part.role)))
            faults = check_path_message(text.encode("utf-8")).faults
            if faults:
                raise RetinueError(f"the request would not follow the message: {faults[0]}")
            what = "" if part.purpose == "new" else f"-{part.purpose}"
            name = f"path-{part.leg}-{part.role}-{part.part}-{part.country or 'xx'}{what}.xml"
            written.append(write_text(folder / _plain(name), text))
    if "csv" in formats:
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
    from dataclasses import replace

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
    names = _sent_names(plan, record, asked)
    offers = [replace(one, id=names.get(one.id, one.id)) for one in read_offer(file, asked)]
    found = [compare(match_request(offer, asked), offer) for offer in offers]
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
    from retinue.traffic.register_requests import submitted_requests
    from retinue.traffic.states import open_register

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


def _sent_names(path: Path, plan: Plan, asked: tuple[PathMessage, ...]) -> dict[str, str]:
    from retinue.plan.approval import register_file
    from retinue.traffic.register_requests import sent_names
    from retinue.traffic.states import open_register

    if not register_file(path).exists():
        return {}
    return sent_names(open_register(path, plan), asked)


def _submitted_leeway(path: Path, plan: Plan, before: float | None, after: float | None) -> Leeway:
    """Return the tolerances named, else those of the submission, else the shipped ones."""
    from retinue.plan.approval import register_file
    from retinue.traffic.path_request import Leeway
    from retinue.traffic.states import open_register

    if before is not None or after is not None or not register_file(path).exists():
        return leeway_of(before, after)
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
