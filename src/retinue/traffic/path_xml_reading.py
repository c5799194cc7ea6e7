"""Reading the sector's path messages back: what is offered, or what was asked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from retinue.clock import from_iso, iso_utc, zone
from retinue.traffic.path_message import (
    LEAST_S,
    PASSING,
    STOP,
    PathMessage,
    PathPoint,
    PathTrain,
    Purpose,
    TractionUnit,
    plain_words,
)
from retinue.traffic.xml_tree import Element, read_xml

__all__ = ["ZoneOf", "place_key", "read_path_xml", "zones_of"]

_KINDS: dict[str, Literal["request", "offer"]] = {
    "PathRequestMessage": "request",
    "PathDetailsMessage": "offer",
}
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_PART = re.compile(r"train (.*) of leg (.*), part (\d{1,3}) of (\d{1,3})")

#: Returns the zone of a place by country, code and name; empty where it is not known.
ZoneOf = Callable[[str, str, str], str]


def place_key(name: str) -> str:
    """Return a place's name as it is compared: letters and digits, romanised, without case."""
    from anyascii import anyascii

    return "".join(c for c in anyascii(name).casefold() if c.isalnum()) or name


def zones_of(asked: Sequence[PathMessage]) -> ZoneOf:
    """Return the zones of the places of requests: by location code, else by name."""
    coded: dict[tuple[str, str], str] = {}
    named: dict[str, str] = {}
    for message in asked:
        for point in message.points:
            if point.code:
                coded.setdefault((point.country, point.code), point.zone)
            named.setdefault(place_key(point.place), point.zone)

    def zone_of(country: str, code: str, place: str) -> str:
        return coded.get((country, code)) or named.get(place_key(place), "")

    return zone_of


def read_path_xml(text: bytes, name: str, zone_of: ZoneOf, first_zone: str) -> PathMessage:
    """Read a path request or path details message.

    Elements that are not known are passed over; of the known ones nothing faulty is.

    Parameters
    ----------
    text
        The document.
    name
        How errors call it.
    zone_of
        Zones of known places; others read the clock of the place before.
    first_zone
        For places before the first known one.

    Raises
    ------
    InputError
        With file, line and element, for anything that is no sound message.
    """
    root = read_xml(text, name)
    kind = _KINDS.get(root.name)
    if kind is None:
        raise root.error(
            f"this is no path message but a {root.name[:60]}",
            f"Known: {', '.join(_KINDS)}.",
        )
    information = root.find("PathInformation")
    if information is None:
        raise root.error('"PathInformation" is missing')
    places = list(information.all("PlannedJourneyLocation"))
    if len(places) < 2:
        raise information.error("a path has at least two points")
    reading = _Reading(kind, _first_day(information), zone_of, first_zone)
    points = list(_in_order([reading.point(place) for place in places], places))
    points[-1] = replace(points[-1], train=None)
    told = _told(root)
    return PathMessage(
        kind=kind,
        id=_core(root, "PR"),
        train=_core(root, "TR"),
        leg=told.get("leg", ""),
        role=told.get("role", ""),
        title=told.get("title", ""),
        plan_hash=_plan_hash(root),
        points=tuple(points),
        part=int(told.get("part", "1")) or 1,
        parts=int(told.get("parts", "1")) or 1,
        purpose=_purpose(root) if kind == "request" else "new",
        modifies=root.words("TypeOfRequest") == "3",
        former=_core(root, "PR", "RelatedPlannedTransportIdentifiers"),
        path=_path(root),
    )


def _purpose(root: Element) -> Purpose:
    status = root.words("MessageStatus")
    if status == "3":
        return "withdrawal"
    if status == "2":
        return "change"
    return "modification" if root.words("TypeOfRequest") == "3" else "new"


def _path(root: Element) -> str:
    """Return the infrastructure manager's identifier of the path, as `PathMessage.path`."""
    for found in root.all("Identifiers", "PlannedTransportIdentifiers"):
        if found.words("ObjectType") == "PA":
            words = [
                plain_words(found.words(name), 12).replace(" ", "")
                for name in ("Company", "Core", "Variant", "TimetableYear")
            ]
            return " ".join(word or "-" for word in words)
    return ""


def _core(root: Element, kind: str, element: str = "PlannedTransportIdentifiers") -> str:
    for found in root.all("Identifiers", element):
        if found.words("ObjectType") == kind:
            return plain_words(found.words("Core"), 12).rstrip("-")
    return ""


def _plan_hash(root: Element) -> str:
    found = re.fullmatch(r"plan ([0-9a-f]{64})", root.words("MessageHeader", "SenderReference"))
    return found[1] if found else ""


def _told(root: Element) -> Mapping[str, str]:
    """Return what the request's free texts say of the plan it was made from."""
    texts = [plain_words(element.text) for element in root.all("FreeTextField")]
    for k, words in enumerate(texts):
        found = _PART.fullmatch(words)
        if found:
            return {
                "role": found[1], "leg": found[2], "part": found[3], "parts": found[4],
                "title": texts[k - 1] if k else "",
            }  # fmt: skip
    return {}


def _first_day(information: Element) -> date:
    start = information.find("PlannedCalendar", "ValidityPeriod", "StartDateTime")
    if start is None:
        raise information.error('"PlannedCalendar/ValidityPeriod/StartDateTime" is missing')
    found = _DATE.fullmatch(start.text)
    try:
        if found is None:
            raise ValueError
        day = date.fromisoformat(found[1])
        if not 1900 <= day.year <= 2200:
            raise ValueError
    except ValueError as error:
        raise start.error(f'"{start.text[:40]}" is no date') from error
    return day


def _in_order(points: Sequence[PathPoint], places: Sequence[Element]) -> Iterator[PathPoint]:
    latest = -math.inf
    for point, place in zip(points, places, strict=True):
        for moment in (point.arrive_s, point.depart_s):
            if moment is None:
                continue
            if moment < latest:
                raise place.error(
                    f"{point.place}: {iso_utc(moment)} lies before {iso_utc(latest)}",
                    "Check times and Offset: moments never run back.",
                )
            latest = moment
        yield point


class _Reading:
    """One pass over a message's places, which remembers the clock, the moment and the train."""

    def __init__(self, kind: str, first_day: date, zone_of: ZoneOf, first_zone: str) -> None:
        self.kind = kind
        self.first_day = first_day
        self.zone_of = zone_of
        self.zone = first_zone
        self.latest = -math.inf
        self.train: PathTrain | None = None

    def point(self, place: Element) -> PathPoint:
        name = plain_words(place.words("PrimaryLocationName"))
        code = plain_words(place.words("LocationPrimaryCode"), 10)
        country = plain_words(place.words("CountryCodeISO"), 2)
        if not name and not code:
            raise place.error("the place has neither name nor code")
        name = name or code
        self.zone = self.zone_of(country, code, name) or self.zone
        moments = self._moments(place)
        arrive, depart = moments.get("ALA"), moments.get("ALD")
        if self.kind == "request" or (arrive is None and depart is None):
            arrive = _wanted(arrive, moments.get("ELA"), moments.get("LLA"))
            depart = _wanted(depart, moments.get("ELD"), moments.get("LLD"))
        if arrive is None and depart is None:
            raise place.error(f"{name} has neither arrival nor departure")
        self.latest = max(m for m in (arrive, depart) if m is not None)
        known, letter = (arrive, "A") if arrive is not None else (depart, "D")
        assert known is not None
        early = moments.get(f"EL{letter}", known)
        late = moments.get(f"LL{letter}", known)
        data = place.find("PlannedTrainData", "PlannedTrainTechnicalData")
        if data is not None:
            self.train = _train(data, [plain_words(e.text) for e in place.all("FreeTextField")])
        kinds = tuple(plain_words(e.text, 2) for e in place.all("JourneyLocationTypeCode"))
        activities = tuple(
            plain_words(e.text, 4) for e in place.all("TrainActivity", "TrainActivityType")
        )
        passing = arrive is not None and arrive == depart
        return PathPoint(
            place=name,
            country=country,
            code=code,
            zone=self.zone,
            arrive_s=arrive,
            depart_s=depart,
            before_s=max(round(known - early), 0),
            after_s=max(round(late - known), 0),
            dwell_s=_dwell(place),
            activities=activities or ((PASSING,) if passing else (STOP,)),
            kinds=kinds or ("02",),
            train=self.train,
        )

    def _moments(self, place: Element) -> dict[str, float]:
        found = {}
        for timing in place.all("TimingAtLocation", "Timing"):
            qualifier = timing.attributes.get("TimingQualifierCode", "")
            if qualifier in found:
                raise timing.error(f"{qualifier} stands twice")
            found[plain_words(qualifier, 3)] = self._moment(timing)
        return found

    def _moment(self, timing: Element) -> float:
        booked = timing.words("BookedLocationDateTime")
        if booked:
            try:
                if not _STAMP.fullmatch(booked):
                    raise ValueError
                return from_iso(booked)
            except (ValueError, OverflowError) as error:
                raise timing.error(f'"{booked[:40]}" is no moment with its offset') from error
        words = timing.words("Time")
        clock = _TIME.fullmatch(words)
        if clock is None:
            raise timing.error(f'"{words[:40]}" is no time of day', "Write hh:mm:ss.")
        offset = timing.words("Offset") or "0"
        if not re.fullmatch(r"-?\d{1,3}", offset):
            raise timing.error(f'"{offset[:40]}" is no number of days')
        day = self.first_day + timedelta(days=int(offset))
        there = datetime(
            day.year, day.month, day.day, int(clock[1]), int(clock[2]), int(clock[3]),
            tzinfo=zone(self.zone),
        )  # fmt: skip
        return there.timestamp()


def _wanted(exact: float | None, early: float | None, late: float | None) -> float | None:
    """Return the moment itself; where only its bounds are said, the one that is."""
    if exact is not None:
        return exact
    return early if early is not None else late


def _dwell(place: Element) -> int:
    found = place.find("TimingAtLocation", "DwellTime")
    if found is None:
        return 0
    return round(_number(found, 0.0, 1440.0) * 60 / LEAST_S) * LEAST_S


def _number(element: Element, least: float, most: float) -> float:
    try:
        value = float(element.text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise element.error(f'"{element.text[:40]}" is no number from {least:g} to {most:g}')
    return value


def _count(data: Element, name: str, most: int, least: int = 1) -> int | None:
    found = data.find(name)
    return None if found is None else round(_number(found, least, most))


def _train(data: Element, texts: Sequence[str]) -> PathTrain:
    for needed in ("TrainWeight", "TrainLength", "TrainMaxSpeed"):
        if data.find(needed) is None:
            raise data.error(f'"{needed}" is missing')
    told = dict(text.split(": ", 1) for text in reversed(texts) if ": " in text)
    names = dict(
        piece.split(" ", 1) for piece in told.get("traction", "").split("; ") if " " in piece
    )
    axle = data.find("MaxAxleWeight")
    units = []
    for unit in data.all("TractionDetails"):
        mode = plain_words(unit.words("TractionMode"), 2) or "11"
        length = unit.find("Length")
        units.append(
            TractionUnit(
                mode=mode,
                name=names.get(mode, ""),
                mass_t=_count(unit, "TractionWeight", 99999) or 1,
                length_mm=(_count(length, "Value", 999_999) if length else None) or 1,
            )
        )
    gauges = re.findall(r"\d{3,4}", told.get("track gauge", ""))
    return PathTrain(
        length_m=_count(data, "TrainLength", 9999) or 1,
        mass_t=_count(data, "TrainWeight", 99999) or 1,
        max_speed_kmh=_count(data, "TrainMaxSpeed", 999) or 1,
        axle_load_t=None if axle is None else round(_number(axle, 0.1, 99.9), 1),
        braking_percent=_count(data, "BrakingRatio", 999),
        traction=tuple(units),
        power=tuple(filter(None, told.get("power", "").split("; "))),
        gauge_mm=tuple(map(int, gauges)),
        exceptional=tuple(
            text.removeprefix("exceptional: ") for text in texts if text.startswith("exceptional: ")
        ),
    )
