"""A path request as the sector's XML message (TAF/TAP TSI), as far as a plan can fill it.

What the message wants and no plan knows - company codes, location codes, class numbers of
locomotives, brake position - is left out and listed by `open_items`; nothing is invented.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from retinue.clock import local, zone
from retinue.errors import InputError
from retinue.traffic.path_message import (
    PathMessage,
    PathPoint,
    PathTrain,
    Purpose,
)
from retinue.traffic.path_rules import path_rules

__all__ = ["Parties", "open_items", "path_xml", "timetable_year"]

_COMPANY = re.compile(r"[0-9A-Z]{4}")
_DIGITS = re.compile(r"[0-9]{1,5}")
#: Types of message: 2006 asks for a path, 2003 gives its details, 2001 cancels a booked one.
_TYPES = {
    "PathRequestMessage": "2006", "PathDetailsMessage": "2003", "PathCanceledMessage": "2001",
}  # fmt: skip
#: `MessageStatus` (1 creation, 2 modification, 3 deletion) and `TypeOfInformation` (4 request
#: ready, 29 withdrawn, 32 path cancelled in full) by what a request is for.
_STATUS: dict[Purpose, tuple[str, str]] = {
    "new": ("1", "4"), "change": ("2", "4"), "withdrawal": ("3", "29"), "modification": ("1", "4"),
    "cancellation": ("1", "32"),
}  # fmt: skip
#: `TypeOfRequest`: the process, 2 request and 3 modification (after a path is booked).
_REQUEST, _MODIFICATION = "2", "3"


@dataclass(frozen=True)
class Parties:
    """Who writes to whom, and when.

    Attributes
    ----------
    sender, recipient
        Company codes of four characters; empty where they are filled in by hand.
    contact, mail
        Whom to ask.
    at_s
        When it is sent, Unix seconds; None: the sending system writes it.
    train_number
        Operational train number.
    """

    sender: str = ""
    recipient: str = ""
    contact: str = ""
    mail: str = ""
    at_s: float | None = None
    train_number: str = ""

    def __post_init__(self) -> None:
        for option, code in (("--sender", self.sender), ("--recipient", self.recipient)):
            if code and not _COMPANY.fullmatch(code):
                raise InputError(
                    f'"{code}" is no company code', where=option,
                    cure="Write four characters of 0-9 and A-Z.",
                )  # fmt: skip
        if self.train_number and not re.fullmatch(r"[0-9]{1,6}", self.train_number):
            raise InputError(
                f'"{self.train_number}" is no train number', where="--train-number",
                cure="Write one to six digits.",
            )  # fmt: skip


def timetable_year(day: date) -> int:
    """Return the timetable year of a day.

    It changes at midnight on the second Saturday of December (Directive 2012/34/EU, Annex VII).
    """
    first = date(day.year, 12, 1)
    saturday = first + timedelta(days=(5 - first.weekday()) % 7 + 7)
    return day.year + (day > saturday)


def open_items(message: PathMessage, parties: Parties) -> tuple[str, ...]:
    """Return what the sector's message wants and nobody has said."""
    found = [
        what
        for what, known in (
            ("Sender: company code", parties.sender),
            ("Recipient: company code", parties.recipient),
            ("AdministrativeContactInformation: name", parties.contact),
            ("MessageDateTime", parties.at_s is not None),
        )
        if not known
    ]
    uncoded = [p.place for p in message.points if not _DIGITS.fullmatch(p.code)]
    if uncoded:
        more = f" and {len(uncoded) - 3} more" if len(uncoded) > 3 else ""
        found.append(f"LocationPrimaryCode of {', '.join(uncoded[:3])}{more}")
    units = [u.name for p in message.points if p.train for u in p.train.traction]
    if units:
        found.append(f"LocoTypeNumber of {', '.join(dict.fromkeys(units))}")
    found.append("BrakeType")
    if message.modifies and not message.path:
        found.append("the booked path's own identifier (PA), which no offer named")
    return tuple(found)


def path_xml(
    message: PathMessage, parties: Parties | None = None, whole: PathMessage | None = None
) -> str:
    """Return one message as XML, UTF-8, the same bytes for the same request.

    Times are the place's local clock, `Offset` counts days from the first point's; where the
    clock's time is ambiguous (it is put back, or an earlier day is met going west),
    `BookedLocationDateTime` says it with its offset.

    Parameters
    ----------
    message
        A request or an offer, best one part (`PathMessage.split`).
    parties
        Who writes to whom.
    whole
        The message of which it is a part: the train's run from origin to destination.
    """
    who = parties or Parties()
    rules = path_rules().message
    sheet = _Sheet()
    cancels = message.kind == "request" and message.purpose == "cancellation"
    root = "PathDetailsMessage" if message.kind == "offer" else "PathRequestMessage"
    root = "PathCanceledMessage" if cancels else root
    status, information = _STATUS[message.purpose] if message.kind == "request" else ("1", "16")
    process = _MODIFICATION if message.modifies else _REQUEST
    sheet.lines.append('<?xml version="1.0" encoding="UTF-8"?>')
    if message.kind == "request":
        told = "; ".join(open_items(message, who)).replace("--", "- -")
        sheet.lines.append(f"<!-- To be filled in by the sender: {escape(told)} -->")
    sheet.open(root, f" xmlns={quoteattr(rules.namespace)}")
    _header(sheet, message, who, root, rules.type_version)
    _identifiers(sheet, message, who)
    sheet.leaf("MessageStatus", status)
    sheet.leaf("TypeOfRequest", process)
    sheet.leaf("ProcessType", "2")
    sheet.leaf("TypeOfInformation", information)
    if cancels:
        _affected(sheet, message, who)
    else:
        if message.kind == "request":
            _train_information(sheet, whole or message)
        sheet.open("PathInformation")
        _points(sheet, message, who)
        _calendar(sheet, message)
        sheet.close("PathInformation")
    sheet.leaf("FreeTextField", message.title)
    words = f"train {message.role} of leg {message.leg}, part {message.part} of {message.parts}"
    sheet.leaf("FreeTextField", words)
    sheet.close(root)
    return "\n".join(sheet.lines) + "\n"


class _Sheet:
    """Lines of XML with their indent."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0

    def open(self, name: str, attributes: str = "") -> None:
        self.lines.append(f"{'  ' * self.depth}<{name}{attributes}>")
        self.depth += 1

    def close(self, name: str) -> None:
        self.depth -= 1
        self.lines.append(f"{'  ' * self.depth}</{name}>")

    def leaf(self, name: str, words: object, attributes: str = "") -> None:
        inner = escape(str(words)[:255])
        self.lines.append(f"{'  ' * self.depth}<{name}{attributes}>{inner}</{name}>")


def _header(sheet: _Sheet, message: PathMessage, who: Parties, root: str, version: str) -> None:
    sheet.open("MessageHeader")
    sheet.open("MessageReference")
    sheet.leaf("MessageType", _TYPES[root])
    sheet.leaf("MessageTypeVersion", version)
    sheet.leaf("MessageIdentifier", _identifier(message, who))
    if who.at_s is not None:
        moment = datetime.fromtimestamp(round(who.at_s), UTC)
        sheet.leaf("MessageDateTime", moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    sheet.close("MessageReference")
    # The plan's hash says of which plan this is, and nothing of what it holds.
    sheet.leaf("SenderReference", f"plan {message.plan_hash}")
    for name, code in (("Sender", who.sender), ("Recipient", who.recipient)):
        if code:
            sheet.leaf(name, code, ' CI_InstanceNumber="1"')
    sheet.close("MessageHeader")
    if who.contact:
        sheet.open("AdministrativeContactInformation")
        sheet.leaf("Name", who.contact)
        if who.mail:
            sheet.leaf("eMail", who.mail[:70])
        sheet.close("AdministrativeContactInformation")


def _identifier(message: PathMessage, who: Parties) -> str:
    """Return a name of this message in the form of a UUID, that follows from its content."""
    words = repr((message, who)).encode("utf-8")
    digits = hashlib.sha256(words).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def _identifiers(sheet: _Sheet, message: PathMessage, who: Parties) -> None:
    first = message.points[0]
    own_year = str(timetable_year(local(first.moment_s, first.zone).date()))

    def identifier(
        element: str, kind: str, company: str, core: str, variant: str, year: str = own_year
    ) -> None:
        sheet.open(element)
        sheet.leaf("ObjectType", kind)
        if company:
            sheet.leaf("Company", company)
        sheet.leaf("Core", f"{core:-<12.12}")
        sheet.leaf("Variant", variant)
        sheet.leaf("TimetableYear", year)
        sheet.close(element)

    sheet.open("Identifiers")
    planned = "PlannedTransportIdentifiers"
    identifier(planned, "TR", who.sender, message.train, "00")
    # What is cancelled is the path; its request is behind it.
    cancels = message.purpose == "cancellation"
    if not cancels:
        identifier(planned, "PR", who.sender, message.id, "01")
    if message.path:
        company, core, variant, year = (*message.path.split(), "-", "-", "-", "-")[:4]
        identifier(planned, "PA", company.strip("-"), core, variant, year)
    former = message.id if cancels else message.former
    if former:
        identifier("RelatedPlannedTransportIdentifiers", "PR", who.sender, former, "01")
    sheet.close("Identifiers")


def _affected(sheet: _Sheet, message: PathMessage, who: Parties) -> None:
    """Write what is cancelled: the path from end to end."""
    sheet.open("AffectedSection")
    for name, point in (
        ("StartOfSection", message.points[0]),
        ("EndOfSection", message.points[-1]),
    ):
        sheet.open(name)
        _location(sheet, point)
        sheet.close(name)
    if who.train_number:
        sheet.open("OperationalTrainNumberIdentifier")
        sheet.leaf("OperationalTrainNumber", who.train_number)
        sheet.close("OperationalTrainNumberIdentifier")
    _calendar(sheet, message)
    sheet.close("AffectedSection")


def _train_information(sheet: _Sheet, message: PathMessage) -> None:
    """Write the run as a whole: origin, hand-overs and destination."""
    points = [message.points[0]]
    points += [part.points[0] for part in message.split()[1:]]
    points += [message.points[-1]]
    sheet.open("TrainInformation")
    for point in points:
        sheet.open("PlannedJourneyLocation")
        _location(sheet, point)
        _kinds(sheet, point)
        sheet.close("PlannedJourneyLocation")
    _calendar(sheet, message)
    sheet.open("PathPlanningReferenceLocation")
    _location(sheet, points[0])
    sheet.close("PathPlanningReferenceLocation")
    sheet.close("TrainInformation")


def _location(sheet: _Sheet, point: PathPoint) -> None:
    if point.country:
        sheet.leaf("CountryCodeISO", point.country)
    if point.code:
        sheet.leaf("LocationPrimaryCode", point.code)
    sheet.leaf("PrimaryLocationName", point.place)


def _kinds(sheet: _Sheet, point: PathPoint) -> None:
    for kind in point.kinds:
        sheet.leaf("JourneyLocationTypeCode", kind)


def _calendar(sheet: _Sheet, message: PathMessage) -> None:
    """Write the one day on which it runs, by the first point's clock."""
    first = message.points[0]
    day = _first_day(message)
    begin = datetime(day.year, day.month, day.day, tzinfo=zone(first.zone))
    sheet.open("PlannedCalendar")
    sheet.leaf("BitmapDays", "1")
    sheet.open("ValidityPeriod")
    sheet.leaf("StartDateTime", begin.isoformat())
    sheet.leaf("EndDateTime", begin.replace(hour=23, minute=59, second=59).isoformat())
    sheet.close("ValidityPeriod")
    sheet.close("PlannedCalendar")


def _first_day(message: PathMessage) -> date:
    first = message.points[0]
    return local(first.moment_s, first.zone).date()


def _points(sheet: _Sheet, message: PathMessage, who: Parties) -> None:
    told: PathTrain | None = None
    last = len(message.points) - 1
    for number, point in enumerate(message.points):
        sheet.open("PlannedJourneyLocation")
        _location(sheet, point)
        sheet.open("TimingAtLocation")
        for qualifier, moment in _moments(point, message.kind):
            _timing(sheet, qualifier, moment, point, _first_day(message))
        if point.dwell_s:
            sheet.leaf("DwellTime", f"{point.dwell_s / 60:.1f}")
        sheet.close("TimingAtLocation")
        changed = point.train is not None and point.train != told
        for words in _free_texts(point.train) if point.train and changed else ():
            sheet.leaf("FreeTextField", words)
        if number == 0 and who.sender:
            sheet.leaf("ResponsibleApplicant", who.sender)
            sheet.leaf("ResponsibleRU", who.sender)
        if number == 0 and who.recipient:
            sheet.leaf("ResponsibleIM", who.recipient)
        if point.train and changed:
            _train_data(sheet, point.train)
            told = point.train
        for code in point.activities:
            sheet.open("TrainActivity")
            sheet.leaf("TrainActivityType", code)
            sheet.close("TrainActivity")
        if who.train_number and number < last:
            sheet.leaf("OperationalTrainNumber", who.train_number)
        _kinds(sheet, point)
        sheet.close("PlannedJourneyLocation")


def _moments(point: PathPoint, kind: str) -> Iterator[tuple[str, float]]:
    """Yield qualifiers and moments: E earliest, L latest, A wanted; LA arrival, LD departure."""
    for ending, moment in (("LA", point.arrive_s), ("LD", point.depart_s)):
        if moment is None:
            continue
        if kind == "request":
            yield f"E{ending}", moment - point.before_s
            yield f"L{ending}", moment + point.after_s
        yield f"A{ending}", moment


def _timing(
    sheet: _Sheet, qualifier: str, moment: float, point: PathPoint, first_day: date
) -> None:
    there = local(moment, point.zone)
    offset = (there.date() - first_day).days
    sheet.open("Timing", f" TimingQualifierCode={quoteattr(qualifier)}")
    sheet.leaf("Time", there.strftime("%H:%M:%S"))
    sheet.leaf("Offset", max(offset, 0))
    other = there.replace(fold=1 - there.fold)
    if offset < 0 or other.utcoffset() != there.utcoffset():
        sheet.leaf("BookedLocationDateTime", there.isoformat())
    sheet.close("Timing")


def _free_texts(train: PathTrain) -> Iterator[str]:
    """Yield what the message has no coded field for, at most six texts."""
    if train.traction:
        yield "traction: " + "; ".join(f"{u.mode} {u.name}" for u in train.traction)
    if train.power:
        yield "power: " + "; ".join(train.power)
    if train.gauge_mm:
        yield "track gauge: " + " ".join(map(str, train.gauge_mm)) + " mm"
    for words in train.exceptional[:3]:
        yield f"exceptional: {words}"


def _train_data(sheet: _Sheet, train: PathTrain) -> None:
    sheet.open("PlannedTrainData")
    sheet.leaf("TrainType", "1")
    sheet.open("PlannedTrainTechnicalData")
    sheet.leaf("TrainWeight", train.mass_t)
    sheet.leaf("TrainLength", train.length_m)
    coaches_t = train.mass_t - sum(unit.mass_t for unit in train.traction)
    coaches_m = round(train.length_m - sum(unit.length_mm for unit in train.traction) / 1000)
    if train.traction and coaches_t > 0 and coaches_m > 0:
        sheet.leaf("WeightOfSetOfCarriages", coaches_t)
        sheet.leaf("LengthOfSetOfCarriages", coaches_m)
    for unit in train.traction:
        sheet.open("TractionDetails")
        sheet.leaf("TractionMode", unit.mode)
        sheet.leaf("TractionWeight", unit.mass_t)
        sheet.open("Length")
        sheet.leaf("Value", unit.length_mm)
        sheet.leaf("Measure", "mm")
        sheet.close("Length")
        sheet.close("TractionDetails")
    sheet.leaf("TrainMaxSpeed", train.max_speed_kmh)
    if train.axle_load_t is not None:
        sheet.leaf("MaxAxleWeight", f"{train.axle_load_t:.1f}")
    if train.braking_percent is not None:
        sheet.leaf("BrakingRatio", train.braking_percent)
    sheet.close("PlannedTrainTechnicalData")
    sheet.close("PlannedTrainData")
