"""The structure of a path message, held against our own grammar of the sector's message.

The grammar is written from the published field descriptions (TAF/TAP TSI path request and path
details messages), not from the sector's schema files, which are not shipped.  It knows which
elements stand where, how often, and what they may hold; what a plan cannot know and the sender
fills in is reported apart, as `open`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

__all__ = ["MessageCheck", "check_path_message"]

NAMESPACE = "http://www.era.europa.eu/schemes/TAFTSI/3.1"

_MANY = 10_000
#: Marks elements that the sector wants and that the sender fills in where a plan knows none.
_SENDER = "sender"


@dataclass(frozen=True)
class MessageCheck:
    """What was found.

    Attributes
    ----------
    elements
        How many were looked at.
    faults
        Elements out of place, missing, too many, or with a content that cannot be.
    open
        Elements that the sector wants and the sender has still to fill in.
    """

    elements: int
    faults: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class _Child:
    name: str
    least: int
    most: int
    by: str = ""


def _children(text: str) -> tuple[_Child, ...]:
    """Read ``Name`` once, ``Name?`` at most once, ``Name*`` and ``Name+``; ``!`` the sender's."""
    found = []
    for word in text.split():
        by = _SENDER if word.endswith("!") else ""
        bare = word.rstrip("!")
        mark = bare[-1] if bare[-1] in "?*+" else ""
        least = 0 if by or mark in ("?", "*") else 1
        found.append(_Child(bare.rstrip("?*+"), least, _MANY if mark in ("*", "+") else 1, by))
    return tuple(found)


_HEAD = "MessageHeader AdministrativeContactInformation! Identifiers MessageStatus CoordinatingIM? "
_HEAD += "LeadRU? TypeOfRequest ProcessType? TypeOfInformation "
_PLACE = "CountryCodeISO! LocationPrimaryCode! PrimaryLocationName? "

_TREE: dict[str, tuple[_Child, ...]] = {
    name: _children(text)
    for name, text in {
        "PathRequestMessage": _HEAD + "TrainInformation PathInformation NetworkSpecificParameter* "
        "FreeTextField*",
        "PathCanceledMessage": "MessageHeader AdministrativeContactInformation! Identifiers "
        "MessageStatus TypeOfRequest? ProcessType? TypeOfInformation? CoordinatingIM? LeadRU? "
        "AffectedSection+ FreeTextField*",
        "AffectedSection": "StartOfSection EndOfSection OperationalTrainNumberIdentifier! "
        "PlannedCalendar NetworkSpecificParameter*",
        "StartOfSection": _PLACE + "BookedLocationTime?",
        "EndOfSection": _PLACE + "BookedLocationTime?",
        "OperationalTrainNumberIdentifier": "OperationalTrainNumber?",
        "PathDetailsMessage": _HEAD + "PathInformation NetworkSpecificParameter* FreeTextField*",
        "MessageHeader": "MessageReference MessageRoutingID? SenderReference? Sender! "
        "MessageDateTimeCreated? Recipient!",
        "MessageReference": "MessageType MessageTypeVersion MessageIdentifier MessageDateTime!",
        "AdministrativeContactInformation": "Name Address? eMail? PhoneNumber? FaxNumber? "
        "FreeTextField?",
        "Identifiers": "PlannedTransportIdentifiers+ RelatedPlannedTransportIdentifiers*",
        "RelatedPlannedTransportIdentifiers": "ObjectType Company! Core Variant TimetableYear "
        "StartDate?",
        "PlannedTransportIdentifiers": "ObjectType Company! Core Variant TimetableYear StartDate?",
        "TrainInformation": "PlannedJourneyLocation+ PlannedCalendar PathPlanningReferenceLocation",
        "PathInformation": "PlannedJourneyLocation+ PlannedCalendar RequestedCalendar?",
        "PathPlanningReferenceLocation": _PLACE,
        "PlannedJourneyLocation": _PLACE + "LocationSubsidiaryIdentification? TimingAtLocation? "
        "FreeTextField* ResponsibleApplicant? ResponsibleRU? ResponsibleIM? PlannedTrainData? "
        "StatusOfHarmonization? TrainActivity* OnDemandPath? PreArrangedPath? "
        "OperationalTrainNumber? NetworkSpecificParameter* JourneyLocationTypeCode+",
        "TimingAtLocation": "Timing* DwellTime?",
        "Timing": "Time Offset BookedLocationDateTime?",
        "PlannedTrainData": "TrainType? TrafficType? PushPullTrain? TypeOfService? "
        "CommercialTrafficType? PlannedTrainTechnicalData ExceptionalGaugingIdent* "
        "DangerousGoodsIndication* CombinedTrafficLoadProfile?",
        "PlannedTrainTechnicalData": "TrainWeight TrainLength WeightOfSetOfCarriages? "
        "LengthOfSetOfCarriages? TractionDetails* TrainMaxSpeed HighestPlannedSpeed? "
        "MaxAxleWeight? RouteClass? BrakeType! EmergencyBrakeOverride? BrakingRatio? "
        "MinBrakedWeightPercent? BrakeWeight?",
        "TractionDetails": "LocoTypeNumber! TractionMode? TractionWeight? Length?",
        "Length": "Value Measure",
        "TrainActivity": "TrainActivityType",
        "PlannedCalendar": "BitmapDays ValidityPeriod",
        "ValidityPeriod": "StartDateTime EndDateTime?",
    }.items()
}

_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d(:\d\d)?)?"
_COMPANY = r"[0-9A-Z]{4}"
_LEAVES: dict[str, str] = {
    "MessageType": "2006|2003|2001",
    "MessageIdentifier": r"[a-fA-F0-9-]{1,255}",
    "MessageDateTime": _STAMP,
    "Sender": _COMPANY,
    "Recipient": _COMPANY,
    "ObjectType": "TR|RO|PA|PR|CR",
    "Company": _COMPANY,
    "Core": r"[-*0-9A-Z]{12}",
    "Variant": r"[0-9A-Z]{2}",
    "TimetableYear": r"\d{4}",
    "MessageStatus": "[123]",
    "TypeOfRequest": "[123]",
    "ProcessType": r"\d{1,2}",
    "TypeOfInformation": r"\d{1,2}",
    "CountryCodeISO": "[A-Z]{2}",
    "LocationPrimaryCode": r"\d{1,5}",
    "PrimaryLocationName": r"(?s).{1,255}",
    "FreeTextField": r"(?s).{1,255}",
    "Time": r"([01]\d|2[0-3]):[0-5]\d:(00|06|12|18|24|30|36|42|48|54)",
    "Offset": r"\d{1,3}",
    "BookedLocationDateTime": _STAMP,
    "DwellTime": r"\d{1,4}\.\d",
    "ResponsibleApplicant": _COMPANY,
    "ResponsibleRU": _COMPANY,
    "ResponsibleIM": _COMPANY,
    "TrainType": "[0-6]",
    "TrainWeight": r"[1-9]\d{0,4}",
    "TrainLength": r"[1-9]\d{0,3}",
    "WeightOfSetOfCarriages": r"[1-9]\d{0,4}",
    "LengthOfSetOfCarriages": r"[1-9]\d{0,3}",
    "TractionMode": r"[1-5]\d",
    "TractionWeight": r"[1-9]\d{0,4}",
    "Value": r"[1-9]\d{0,5}",
    "Measure": "mm",
    "TrainMaxSpeed": r"[1-9]\d{0,2}",
    "MaxAxleWeight": r"\d{1,2}\.\d",
    "BrakingRatio": r"[1-9]\d{0,2}",
    "TrainActivityType": r"\d{4}|[A-Z]{2}\d{2}",
    "OperationalTrainNumber": r"\d{1,6}",
    "JourneyLocationTypeCode": "0[1-9]|99",
    "BitmapDays": "[01]{1,400}",
    "StartDateTime": _STAMP,
    "EndDateTime": _STAMP,
}
_ROOTS = {
    "PathRequestMessage": "2006", "PathDetailsMessage": "2003", "PathCanceledMessage": "2001",
}  # fmt: skip
#: Process modification; the path is cancelled in full, or in part.
_CANCELS = {("3", "32"), ("3", "33")}
_QUALIFIERS = {f"{a}L{b}" for a in "ELAP" for b in "AD"}


def check_path_message(text: bytes) -> MessageCheck:
    """Check one message.

    Parameters
    ----------
    text
        The document; one with a document type is a fault, and not read.
    """
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return MessageCheck(0, ("it brings a document type",), ())
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        return MessageCheck(0, (f"it is not well-formed: {error}",), ())
    walk = _Walk()
    name = _bare(root)
    if name not in _ROOTS:
        walk.faults.append(f"the root is {name}")
    else:
        walk.element(root, name)
        walk.codes(root, name)
        if name != "PathCanceledMessage":
            walk.path(root)
    return MessageCheck(walk.count, tuple(walk.faults), tuple(dict.fromkeys(walk.open)))


def _bare(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


class _Walk:
    def __init__(self) -> None:
        self.count = 0
        self.faults: list[str] = []
        self.open: list[str] = []

    def element(self, element: ElementTree.Element, place: str) -> None:
        """Check one element and all below it."""
        self.count += 1
        name = _bare(element)
        if element.tag != f"{{{NAMESPACE}}}{name}":
            self.faults.append(f"{place} is in another namespace")
        if name == "Timing" and element.get("TimingQualifierCode") not in _QUALIFIERS:
            self.faults.append(f"{place}: {element.get('TimingQualifierCode')} is no qualifier")
        wanted = _TREE.get(name)
        if wanted is None:
            pattern = _LEAVES.get(name)
            words = (element.text or "").strip()
            if pattern is not None and not re.fullmatch(pattern, words):
                self.faults.append(f'{place}: "{words[:40]}" cannot be')
            if len(element):
                self.faults.append(f"{place} holds elements")
            return
        self._order(element, wanted, place)
        for child in element:
            self.element(child, f"{place}/{_bare(child)}")

    def _order(self, element: ElementTree.Element, wanted: tuple[_Child, ...], place: str) -> None:
        names = [_bare(child) for child in element]
        ranks = {child.name: rank for rank, child in enumerate(wanted)}
        for name in names:
            if name not in ranks:
                self.faults.append(f"{place}: {name} does not belong there")
        known = [ranks[name] for name in names if name in ranks]
        if known != sorted(known):
            self.faults.append(f"{place}: its elements are out of order")
        for child in wanted:
            count = names.count(child.name)
            if not child.least <= count <= child.most:
                self.faults.append(f"{place}: {child.name} stands {count} times")
            if child.by == _SENDER and not count:
                self.open.append(f"{_bare(element)}: {child.name}")

    def codes(self, root: ElementTree.Element, name: str) -> None:
        """Check that type, status, process and information of a message go together."""
        space = f"{{{NAMESPACE}}}"
        kind = root.findtext(f"{space}MessageHeader/{space}MessageReference/{space}MessageType")
        if kind != _ROOTS[name]:
            self.faults.append(f"MessageType {kind} is not that of a {name}")
        status, process, information = (
            root.findtext(f"{space}{element}")
            for element in ("MessageStatus", "TypeOfRequest", "TypeOfInformation")
        )
        if name == "PathRequestMessage":
            wanted = "29" if status == "3" else "4"
            if information != wanted:
                self.faults.append(f"a request of status {status} has information {information}")
        objects = [
            element.text
            for element in root.findall(
                f"{space}Identifiers/{space}PlannedTransportIdentifiers/{space}ObjectType"
            )
        ]
        for one in set(objects):
            if one != "CR" and objects.count(one) > 1:
                self.faults.append(f"two identifiers of kind {one}")
        related = root.find(f"{space}Identifiers/{space}RelatedPlannedTransportIdentifiers")
        if name == "PathCanceledMessage" and (process, information) not in _CANCELS:
            self.faults.append(f"cancels with process {process} and information {information}")
        changes = process == "3" and name != "PathDetailsMessage"
        if changes and "PA" not in objects and related is None:
            self.faults.append("it modifies or cancels, and names neither path nor request")

    def path(self, root: ElementTree.Element) -> None:
        """Check what spans elements: the ends of the path, its train, one kind of stop a point."""
        space = f"{{{NAMESPACE}}}"
        places = root.findall(f"{space}PathInformation/{space}PlannedJourneyLocation")
        if len(places) < 2:
            self.faults.append("the path has fewer than two places")
            return
        if places[0].find(f"{space}PlannedTrainData") is None:
            self.faults.append("the first place does not say what train it is")
        if places[-1].find(f"{space}PlannedTrainData") is not None:
            self.faults.append("the last place says what train leaves it")
        for number, place in enumerate(places, start=1):
            self.faults += [f"place {number}: {fault}" for fault in _stop_faults(place, space)]


def _stop_faults(place: ElementTree.Element, space: str) -> Iterator[str]:
    kinds = [
        element.text
        for element in place.iter(f"{space}TrainActivityType")
        if element.text in ("0001", "0002", "0030", "0040")
    ]
    if len(kinds) != 1:
        yield f"{len(kinds)} kinds of stop"
    clocks = {
        element.get("TimingQualifierCode"): (
            element.findtext(f"{space}Offset"), element.findtext(f"{space}Time"),
        )
        for element in place.iter(f"{space}Timing")
    }  # fmt: skip
    if not clocks:
        yield "no time"
    if kinds == ["0040"] and clocks.get("ALA") != clocks.get("ALD"):
        yield "passed, and arrival is not departure"
