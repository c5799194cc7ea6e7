"""What is asked of, or offered by, an infrastructure manager: one train over a row of points.

A message counts time in tenths of a minute, mass in tonnes and speed in km/h, and so do these
records: what is written and read again is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = [
    "DESTINATION",
    "HANDOVER",
    "INTERMEDIATE",
    "LEAST_S",
    "ORIGIN",
    "PASSING",
    "STOP",
    "PathMessage",
    "PathPoint",
    "PathTrain",
    "Purpose",
    "TractionUnit",
    "plain_words",
    "whole_step",
]

#: What a request is for: a path that nobody was asked for yet; another content of a request that
#: is not answered yet; its withdrawal; another content of a path that is booked; its cancellation.
Purpose = Literal["new", "change", "withdrawal", "modification", "cancellation"]

#: The message's unit of time: a tenth of a minute.
LEAST_S = 6

#: Codes of the list of activities: a stop the applicant wants, and a run through.
STOP, PASSING = "0001", "0040"

#: Codes of the kinds of a place in a run.
ORIGIN, INTERMEDIATE, DESTINATION, HANDOVER = "01", "02", "03", "04"


def whole_step(moment_s: float) -> float:
    """Return the nearest tenth of a minute."""
    return float(round(moment_s / LEAST_S) * LEAST_S)


def plain_words(text: str, most: int = 255) -> str:
    """Return a text that every format carries unchanged: printable, single blanks, not too long."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())[:most].rstrip()


@dataclass(frozen=True)
class TractionUnit:
    """One locomotive.

    Attributes
    ----------
    mode
        Two digits: place in the train (1 at its head, 3 pushing) and number there.
    name
        Its class, as the plan names it.
    mass_t, length_mm
        Its mass and length.
    """

    mode: str
    name: str
    mass_t: int
    length_mm: int


@dataclass(frozen=True)
class PathTrain:
    """The train as it leaves a point.

    Attributes
    ----------
    length_m, mass_t
        Over all vehicles, locomotives included; rounded up.
    max_speed_kmh
        Of the vehicles, not of the line; rounded down.
    axle_load_t
        The heaviest axle, tonnes in tenths; None: nobody knows.
    braking_percent
        Braked weight percentage, rounded down; None: nobody knows.
    traction
        Locomotives from the head.
    power
        Electrification systems, or diesel.
    gauge_mm
        Track gauges of the line it leaves on.
    exceptional
        What goes beyond the line as published, a sentence each.
    """

    length_m: int
    mass_t: int
    max_speed_kmh: int
    axle_load_t: float | None = None
    braking_percent: int | None = None
    traction: tuple[TractionUnit, ...] = ()
    power: tuple[str, ...] = ()
    gauge_mm: tuple[int, ...] = ()
    exceptional: tuple[str, ...] = ()


@dataclass(frozen=True)
class PathPoint:
    """A place of the path.

    Attributes
    ----------
    place, country, code
        Name, ISO 3166-1 alpha-2, and primary location code; empty where unknown.
    zone
        IANA name of its time zone.
    arrive_s, depart_s
        Unix seconds in whole tenths of a minute; None at the first, or last, point.
    before_s, after_s
        How much earlier and later still serves; 0 in an offer.
    dwell_s
        The shortest stop that serves.
    activities
        Codes, the kind of stop first.
    kinds
        Codes of the place's part in the run: 01 origin, 02 on the way, 03 destination,
        04 hand-over to the next infrastructure manager.
    train
        As it leaves; None at the last point.
    """

    place: str
    country: str
    code: str
    zone: str
    arrive_s: float | None
    depart_s: float | None
    before_s: int = 0
    after_s: int = 0
    dwell_s: int = 0
    activities: tuple[str, ...] = (PASSING,)
    kinds: tuple[str, ...] = (INTERMEDIATE,)
    train: PathTrain | None = None

    @property
    def stops(self) -> bool:
        """Whether the train is wanted to stop here."""
        return PASSING not in self.activities

    @property
    def moment_s(self) -> float:
        """The arrival, else the departure."""
        moment = self.arrive_s if self.arrive_s is not None else self.depart_s
        assert moment is not None
        return moment


@dataclass(frozen=True)
class PathMessage:
    """One train's path over one infrastructure manager's lines, or over the whole leg.

    Attributes
    ----------
    kind
        What it is: ``request`` or ``offer``.
    id
        Twelve characters that name the request; an offer carries the request's.
    train
        Twelve characters that name the train over the whole leg.
    leg, role, title
        The plan's leg, the train's role in the convoy, a title for people.
    plan_hash
        Of the plan it was made from; empty in an offer that does not say.
    points
        At least two.
    part, parts
        Number of this part from 1, and how many there are: one for each run of points in one
        country.
    purpose
        What a request is for.
    modifies
        Whether a booked path is to become another: the sector's process *modification*.
    former
        Name of the request that was booked.
    path
        The infrastructure manager's own identifier of the path: company, core, variant and
        timetable year with blanks between, ``-`` for what is not known.
    """

    kind: Literal["request", "offer"]
    id: str
    train: str
    leg: str
    role: str
    title: str
    plan_hash: str
    points: tuple[PathPoint, ...]
    part: int = 1
    parts: int = 1
    purpose: Purpose = "new"
    modifies: bool = False
    former: str = ""
    path: str = ""

    @property
    def country(self) -> str:
        """Country of the first point: whose infrastructure manager is asked."""
        return self.points[0].country

    def split(self) -> tuple[PathMessage, ...]:
        """Return one message for each run of points in one country.

        Neighbours share the first point beyond the border: there one infrastructure manager
        hands over to the next.
        """
        starts = [0]
        starts += [
            k
            for k in range(1, len(self.points) - 1)
            if self.points[k].country != self.points[k - 1].country
        ]
        made = []
        for number, begin in enumerate(starts, start=1):
            end = starts[number] if number < len(starts) else len(self.points) - 1
            points = list(self.points[begin : end + 1])
            if begin:
                points[0] = replace(points[0], kinds=(HANDOVER,))
            if end < len(self.points) - 1:
                points[-1] = replace(points[-1], kinds=(HANDOVER,), train=None)
            made.append(
                replace(
                    self,
                    id=f"{self.id[:10]}{number:02d}",
                    points=tuple(points),
                    part=number,
                    parts=len(starts),
                )
            )
        return tuple(made)
