"""Back-test: dated segments of real journeys, planned as they were run.

Every segment is planned by the same planner as a journey.  The trains, lines
and locomotive changes are those of the example journey of that name; halts are
only the ones known; speed caps of the examples are left out.  What a plan of a
protected train adds to the shortest running time is one rule for all segments
(``data/backtest.yaml``).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any, Literal

import yaml

from retinue.clock import duration_text, from_iso, iso_utc
from retinue.document import read_yaml, validate
from retinue.errors import InputError, RetinueError
from retinue.journey import JourneyFile, RailLeg, StopAsked, journey_from_text, load_journey
from retinue.plan import Leg
from retinue.planner.planner import Planner
from retinue.planner.records import end_of
from retinue.planner.staged import Progress
from retinue.sourced import SourcedRecord
from retinue.units import Duration, Ratio
from retinue.world.catalogue import SHIPPED
from retinue.world.rail_route import RailRoute
from retinue.world.rail_routing import plan_route

__all__ = ["BacktestResult", "Segment", "backtest", "read_segments"]

Role = Literal["score", "calibrate", "context"]
_COLUMNS = (
    "journey", "from", "to", "dep_utc_low", "dep_utc_high", "arr_utc_low", "arr_utc_high",
    "km", "role", "via", "known_stops",
)  # fmt: skip


class BacktestRules(SourcedRecord):
    """What every segment is planned with."""

    retinue_backtest: Literal[1]
    allowance: Ratio
    locomotive_change: Duration


@cache
def _rules() -> BacktestRules:
    path = SHIPPED / "backtest.yaml"
    return validate(read_yaml(path, path.name), BacktestRules)


@dataclass(frozen=True)
class Segment:
    """One row: a dated segment; departure and arrival are known as intervals.

    Attributes
    ----------
    known_stops
        Place, dwell in seconds or None, and purpose.
    line
        Line of the file.
    """

    journey: str
    start: str
    end: str
    depart_low_s: float
    depart_high_s: float
    arrive_low_s: float
    arrive_high_s: float
    published_km: float | None
    role: Role
    via: tuple[str, ...]
    known_stops: tuple[tuple[str, float | None, str], ...]
    line: int

    @property
    def actual_low_s(self) -> float:
        """The shortest time it can have taken."""
        return max(self.arrive_low_s - self.depart_high_s, 0.0)

    @property
    def actual_high_s(self) -> float:
        """The longest time it can have taken."""
        return self.arrive_high_s - self.depart_low_s


@dataclass(frozen=True)
class Outcome:
    """A segment with its prediction, or the reason why there is none."""

    segment: Segment
    predicted_s: float | None
    distance_m: float | None
    why_not: str = ""

    @property
    def error(self) -> float | None:
        """Distance of the prediction from the interval, as a share of the interval's middle."""
        if self.predicted_s is None:
            return None
        low, high = self.segment.actual_low_s, self.segment.actual_high_s
        middle = (low + high) / 2
        outside = max(low - self.predicted_s, 0.0) - max(self.predicted_s - high, 0.0)
        return -outside / middle

    @property
    def verdict(self) -> str:
        """Say how the row is judged."""
        if self.why_not:
            return f"not scored, because {self.why_not}"
        error = self.error or 0.0
        within = "inside the interval" if error == 0 else f"{error:+.1%} beside the interval"
        if self.segment.role == "calibrate":
            return f"calibration, {within}"
        return within


@dataclass(frozen=True)
class BacktestResult:
    """All rows of a back-test."""

    outcomes: tuple[Outcome, ...]

    @property
    def scored(self) -> list[Outcome]:
        """The rows that count."""
        return [o for o in self.outcomes if o.segment.role == "score" and o.error is not None]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        errors = [abs(o.error or 0.0) for o in self.scored]
        return {
            "segments": [
                {
                    "journey": o.segment.journey,
                    "from": o.segment.start,
                    "to": o.segment.end,
                    "distance_m": o.distance_m,
                    "predicted_s": None if o.predicted_s is None else round(o.predicted_s),
                    "actual_low_s": round(o.segment.actual_low_s),
                    "actual_high_s": round(o.segment.actual_high_s),
                    "error_pct": None if o.error is None else round(100 * o.error, 2),
                    "role": o.segment.role,
                    "verdict": o.verdict,
                }
                for o in self.outcomes
            ],
            "summary": {
                "scored": len(errors),
                "not_predicted": sum(
                    o.segment.role == "score" and o.error is None for o in self.outcomes
                ),
                "median_error_pct": round(100 * median(errors), 2) if errors else None,
                "largest_error_pct": round(100 * max(errors), 2) if errors else None,
            },
        }

    def text(self) -> str:
        """Return the table and the summary."""
        from retinue.plan.summary import table_text

        rows = [
            [
                o.segment.role,
                o.segment.journey,
                f"{o.segment.start} -> {o.segment.end}",
                "-" if o.distance_m is None else f"{o.distance_m / 1000:,.0f}",
                "-" if o.predicted_s is None else duration_text(o.predicted_s),
                duration_text(o.segment.actual_low_s)
                + (
                    ""
                    if o.segment.actual_high_s == o.segment.actual_low_s
                    else f" - {duration_text(o.segment.actual_high_s)}"
                ),
                o.verdict,
            ]
            for o in self.outcomes
        ]
        head = ["role", "journey", "segment", "km", "predicted", "actual", "verdict"]
        table = table_text(head, rows, right=frozenset({3, 4}))
        errors = [abs(o.error or 0.0) for o in self.scored]
        if not errors:
            return f"{table}\n\nno row was scored"
        return (
            f"{table}\n\n{len(errors)} scored: median {median(errors):.1%},"
            f" largest {max(errors):.1%} beside the interval;"
            f" one rule for all: {_rules().allowance:.0%} above the shortest running time"
        )


def read_segments(path: Path) -> list[Segment]:
    """Read the rows of a CSV of dated segments.

    Raises
    ------
    InputError
        For a missing file or column, or a value that cannot be read, with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read as a CSV file", where=str(path)) from error
    reader = csv.DictReader(StringIO(text))
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing",
            where=f"{path}:1",
            cure=f"The columns are {', '.join(_COLUMNS)}.",
        )
    return [_segment(row, f"{path}:{line}", line) for line, row in enumerate(reader, start=2)]


def _segment(row: dict[str, str], where: str, line: int) -> Segment:
    def moment(name: str) -> float:
        try:
            return from_iso(row[name])
        except (ValueError, TypeError) as error:
            raise InputError(
                f'{name} "{row[name]}" is not a moment',
                where=where,
                cure='Write e.g. "2019-02-23T08:00Z".',
            ) from error

    role = row["role"]
    if role not in ("score", "calibrate", "context"):
        raise InputError(
            f'"{role}" is not a role', where=where, cure="score, calibrate or context."
        )
    try:
        km = float(row["km"]) if row["km"] else None
    except ValueError as error:
        raise InputError(f'km "{row["km"]}" is not a number', where=where) from error
    segment = Segment(
        journey=row["journey"],
        start=row["from"],
        end=row["to"],
        depart_low_s=moment("dep_utc_low"),
        depart_high_s=moment("dep_utc_high"),
        arrive_low_s=moment("arr_utc_low"),
        arrive_high_s=moment("arr_utc_high"),
        published_km=km,
        role=role,  # type: ignore[arg-type]
        via=tuple(v.strip() for v in row["via"].split(";") if v.strip()),
        known_stops=tuple(_known_stops(row["known_stops"])),
        line=line,
    )
    if segment.arrive_high_s <= segment.depart_low_s:
        raise InputError("the arrival lies before the departure", where=where)
    return segment


_STOP = re.compile(r"(?P<place>.+?) (about )?(?P<time>\d+ (?:min|h))")


def _known_stops(text: str) -> list[tuple[str, float | None, str]]:
    """Read ``Changsha 30 min; Ussuriysk, locomotives``; what names no place is left out."""
    from retinue.units import parse

    found: list[tuple[str, float | None, str]] = []
    for part in text.split(";"):
        words = part.strip()
        if match := _STOP.fullmatch(words):
            found.append((match["place"], parse(match["time"], "duration"), ""))
        elif ", locomotives" in words:
            found.append((words.split(",")[0], None, "locomotives"))
    return found


def backtest(path: Path, progress: Progress | None = None) -> BacktestResult:
    """Plan every segment of a CSV and compare.

    Raises
    ------
    InputError
        For a file that cannot be read.
    """
    segments = read_segments(path)
    planner = Planner()
    outcomes = []
    for segment in segments:
        if progress is not None:
            progress(f"{segment.journey}: {segment.start} to {segment.end}")
        outcomes.append(_outcome(planner, segment, path.parent))
    return BacktestResult(tuple(outcomes))


def _outcome(planner: Planner, segment: Segment, folder: Path) -> Outcome:
    why = ""
    if segment.role == "context":
        why = "it is context: stops or times were not published closely enough"
    try:
        leg = _planned(planner, segment, folder)
    except RetinueError as error:
        return Outcome(segment, None, None, why or f"it cannot be planned: {error}")
    return Outcome(segment, leg.arrive_utc - leg.depart_utc, leg.distance_m, why)


def _example(segment: Segment, folder: Path) -> JourneyFile:
    beside = folder / f"{segment.journey}.yaml"
    return load_journey(str(beside) if beside.is_file() else segment.journey)


def _planned(planner: Planner, segment: Segment, folder: Path) -> Leg:
    example = _example(segment, folder)
    legs = [leg.rail for leg in example.journey.legs if leg.rail is not None]
    if not legs:
        raise InputError(f"the journey {segment.journey} has no rail leg")
    gazetteer = planner.world.gazetteer({})
    route = plan_route(
        planner.world.line_book,
        planner.world.pack.rail,
        end_of(gazetteer.resolve(segment.start, where=f"line {segment.line}: from")),
        end_of(gazetteer.resolve(segment.end, where=f"line {segment.line}: to")),
        via=[
            end_of(gazetteer.resolve(via, where=f"line {segment.line}: via"))
            for via in _via(segment)
        ],
        countries=planner.world.countries,
    )
    journey = _journey(segment, legs[0], route)
    text = yaml.safe_dump(journey, allow_unicode=True, sort_keys=False)
    return planner.make(journey_from_text(text, segment.journey, example.folder)).legs[0]


def _via(segment: Segment) -> list[str]:
    return [place for place in segment.via if place not in (segment.start, segment.end)]


def _journey(segment: Segment, rail: RailLeg, route: RailRoute) -> dict[str, Any]:
    rules = _rules()
    stops = [
        _stop_words(place, dwell, why, rail.stops) for place, dwell, why in segment.known_stops
    ]
    named = {stop["at"] for stop in stops}
    # Locomotives change where they must, whether or not a report mentions it.
    for stop in rail.stops:
        technical = stop.locomotives is not None or "bogie" in stop.why
        entry = route.point(stop.at)
        between = entry is not None and 0 < entry.distance_m < route.length_m
        if technical and between and stop.at not in named:
            dwell = {} if "bogie" in stop.why else {"for": f"{rules.locomotive_change:.0f} s"}
            stops.append({"at": stop.at, "why": stop.why} | dwell | _locomotives(stop.locomotives))
    leaves = next((s for s in rail.stops if s.at == segment.start), None)
    hauled = leaves.locomotives if leaves and leaves.locomotives else rail.locomotives
    body: dict[str, Any] = {
        "from": segment.start,
        "to": segment.end,
        "train": rail.train,
        "via": _via(segment),
        "allowance": f"{100 * rules.allowance:g} %",
        "stops": stops,
    } | _locomotives(hauled)
    middle = (segment.depart_low_s + segment.depart_high_s) / 2
    return {
        "retinue": 1,
        "title": f"{segment.start} to {segment.end}",
        "depart": iso_utc(middle),
        "legs": [{"rail": body}],
    }


def _locomotives(names: Sequence[str] | None) -> dict[str, Any]:
    return {} if names is None else {"locomotives": list(names)}


def _stop_words(
    place: str, dwell_s: float | None, why: str, asked: Sequence[StopAsked]
) -> dict[str, Any]:
    same = next((stop for stop in asked if stop.at == place), None)
    words: dict[str, Any] = {"at": place, "why": why}
    if dwell_s is not None:
        words["for"] = f"{dwell_s:.0f} s"
    return words | _locomotives(None if same is None else same.locomotives)
