"""A path offer: read back, and held against what was asked, point by point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from retinue.clock import duration_text, iso_utc, local_text
from retinue.errors import InputError
from retinue.traffic.path_csv import read_path_csv
from retinue.traffic.path_message import PathMessage, PathPoint, PathTrain
from retinue.traffic.path_xml_reading import place_key, read_path_xml, zones_of

__all__ = ["OfferComparison", "OfferRow", "compare", "match_request", "offers_in", "read_offer"]

_MOST_BYTES = 5_000_000


def read_offer(path: Path, asked: Sequence[PathMessage]) -> tuple[PathMessage, ...]:
    """Read an offer, as the sector's XML or as our sheet.

    Parameters
    ----------
    path
        The file.
    asked
        The requests of the plan: they say whose clock a place reads.

    Raises
    ------
    InputError
        With file and line, for anything that is no sound offer.
    """
    name = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=name) from error
    return offers_in(content, name, asked)


def offers_in(content: bytes, name: str, asked: Sequence[PathMessage]) -> tuple[PathMessage, ...]:
    """Read an offer from the bytes of its file.

    Raises
    ------
    InputError
        As `read_offer`.
    """
    if len(content) > _MOST_BYTES:
        raise InputError(f"the file is longer than {_MOST_BYTES // 1_000_000} MB", where=name)
    if not content.strip():
        raise InputError("the file is empty", where=name)
    if content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        first_zone = asked[0].points[0].zone if asked else "UTC"
        return (read_path_xml(content, name, zones_of(asked), first_zone),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError("the file is no text in UTF-8", where=f"{name}:{line}") from error
    if "\0" in text:
        raise InputError("the file is no text", where=name)
    return read_path_csv(text, name)


def match_request(offer: PathMessage, asked: Sequence[PathMessage]) -> PathMessage:
    """Return the request, or the part of one, that an offer answers.

    By the request's name where the offer carries it, else by the train's and the points both
    share.

    Raises
    ------
    InputError
        Where no request, or more than one equally, fits.
    """
    parts = [part for whole in asked for part in (whole, *whole.split())]
    named = [part for part in parts if offer.id and part.id == offer.id]
    if named:
        return named[0]
    if offer.plan_hash or not offer.id:
        # A whole request of one country comes as itself and as its only part.
        ours = [
            part
            for part in parts
            if (not offer.role or part.role == offer.role)
            and (not offer.leg or part.leg == offer.leg)
        ]
        names = {place_key(point.place) for point in offer.points}
        scored = sorted(
            ((_shared(part, names), -len(part.points), part) for part in ours),
            key=lambda item: item[:2],
            reverse=True,
        )
        best = [part for shared, size, part in scored if (shared, size) == scored[0][:2]]
        if scored and scored[0][0] and len({(part.leg, part.role) for part in best}) == 1:
            return best[0]
        if scored and scored[0][0]:
            raise InputError(
                f"the offer could answer {len(best)} trains: "
                + ", ".join(sorted({f"{part.role} of leg {part.leg}" for part in best})),
                cure="Name the train: --train main.",
            )
    raise InputError(
        f"the offer answers no request of this plan (its request is {offer.id or 'not named'})",
        cure="Is it the offer for another plan, or for an earlier version of this one?",
    )


def _shared(part: PathMessage, names: set[str]) -> int:
    return sum(place_key(point.place) in names for point in part.points)


@dataclass(frozen=True)
class OfferRow:
    """One moment of one point: what was asked and what is offered.

    Attributes
    ----------
    place, zone
        The point and its clock.
    what
        arrival, departure, or passing.
    asked_s, offered_s
        Unix seconds; None where one of them names no such moment.
    before_s, after_s
        The tolerance asked for.
    """

    place: str
    zone: str
    what: Literal["arrival", "departure", "passing"]
    asked_s: float | None
    offered_s: float | None
    before_s: int
    after_s: int

    @property
    def later_s(self) -> float | None:
        """Seconds later than asked (negative: earlier); None where one is missing."""
        if self.asked_s is None or self.offered_s is None:
            return None
        return self.offered_s - self.asked_s

    @property
    def within(self) -> bool:
        """Whether the offered moment lies within the tolerance."""
        return self.later_s is not None and -self.before_s <= self.later_s <= self.after_s

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "place": self.place,
            "what": self.what,
            "asked_utc": None if self.asked_s is None else iso_utc(self.asked_s),
            "offered_utc": None if self.offered_s is None else iso_utc(self.offered_s),
            "later_s": self.later_s,
            "within": self.within,
        }

    def cells(self) -> list[str]:
        """Return the row in words, local time with offset."""
        later = self.later_s
        return [
            self.place,
            self.what,
            "" if self.asked_s is None else local_text(self.asked_s, self.zone).strip(),
            "" if self.offered_s is None else local_text(self.offered_s, self.zone).strip(),
            "" if later is None else _later(later),
            f"-{self.before_s // 60}/+{self.after_s // 60} min",
            "missing" if later is None else "yes" if self.within else "NO",
        ]


def _later(seconds: float) -> str:
    if not round(seconds / 6):
        return "as asked"
    if abs(seconds) < 3570:
        return f"{seconds / 60:+.1f} min"
    return f"{'+' if seconds > 0 else ''}{duration_text(seconds)}"


@dataclass(frozen=True)
class OfferComparison:
    """An offer held against its request.

    Attributes
    ----------
    asked, offered
        Both.
    rows
        Every moment of a point of the request.
    missing
        Points asked for that the offer does not name.
    extra
        Points of the offer that were not asked for, with their stop if they are one.
    short_stops
        Stops offered shorter than asked for: place, asked and offered seconds.
    lost_stops
        Stops asked for that the offer runs through.
    train_faults
        Where the offered path is for less of a train than the one that comes.
    """

    asked: PathMessage
    offered: PathMessage
    rows: tuple[OfferRow, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    short_stops: tuple[tuple[str, int, int], ...]
    lost_stops: tuple[str, ...]
    train_faults: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the offer is what was asked for, within its tolerances."""
        return all(row.within for row in self.rows) and not (
            self.missing or self.short_stops or self.lost_stops or self.train_faults
        )

    def later_at_end_s(self) -> float | None:
        """Return how much later the train comes to the last point of the request."""
        return self.rows[-1].later_s if self.rows else None

    def faults(self) -> tuple[str, ...]:
        """Return what does not fit, a sentence each."""
        found = [f"{place} is missing" for place in self.missing]
        missing = set(self.missing)
        for row in self.rows:
            if row.within or row.place in missing:
                continue
            what = "is not offered" if row.later_s is None else _later(row.later_s)
            found.append(f"{row.place}, {row.what}: {what}")
        found += [
            f"{place}: stop of {offered / 60:g} min, asked for {asked / 60:g}"
            for place, asked, offered in self.short_stops
        ]
        found += [f"{place}: runs through, a stop is asked for" for place in self.lost_stops]
        return (*found, *self.train_faults)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "request": self.asked.id,
            "leg": self.asked.leg,
            "train": self.asked.role,
            "part": self.asked.part,
            "parts": self.asked.parts,
            "fits": self.fits,
            "points": [row.as_dict() for row in self.rows],
            "missing": list(self.missing),
            "extra": list(self.extra),
            "faults": list(self.faults()),
        }


def compare(asked: PathMessage, offered: PathMessage) -> OfferComparison:
    """Hold an offer against its request.

    Points are matched in order, by location code where both have one, else by name; of the
    possible matchings the one with the most points counts (longest common subsequence).
    """
    pairs = _pairs(asked.points, offered.points)
    rows: list[OfferRow] = []
    missing: list[str] = []
    short: list[tuple[str, int, int]] = []
    lost: list[str] = []
    faults: dict[str, None] = {}
    for number, point in enumerate(asked.points):
        found = pairs.get(number)
        answer = None if found is None else offered.points[found]
        if answer is None:
            missing.append(point.place)
        rows += _rows(point, answer)
        if answer is None or point.arrive_s is None or point.depart_s is None or not point.stops:
            continue
        if answer.arrive_s is None or answer.depart_s is None:
            continue
        stands = int(answer.depart_s - answer.arrive_s)
        if stands <= 0 and point.dwell_s > 0:
            lost.append(point.place)
        elif stands < point.dwell_s:
            short.append((point.place, point.dwell_s, stands))
    for number, found in sorted(pairs.items()):
        faults |= dict.fromkeys(_train_faults(asked.points[number], offered.points[found]))
    used = set(pairs.values())
    extra = [
        f"{point.place}, stop of {(point.depart_s - point.arrive_s) / 60:g} min"
        if point.arrive_s is not None and point.depart_s is not None
        and point.depart_s > point.arrive_s
        else point.place
        for k, point in enumerate(offered.points)
        if k not in used
    ]  # fmt: skip
    return OfferComparison(
        asked, offered, tuple(rows), tuple(missing), tuple(extra), tuple(short), tuple(lost),
        tuple(faults),
    )  # fmt: skip


def _rows(point: PathPoint, answer: PathPoint | None) -> Iterator[OfferRow]:
    def row(what: Literal["arrival", "departure", "passing"], asked: float | None,
            offered: float | None) -> OfferRow:  # fmt: skip
        return OfferRow(
            point.place, point.zone, what, asked, offered, point.before_s, point.after_s
        )

    offered_in = None if answer is None else answer.arrive_s
    offered_out = None if answer is None else answer.depart_s
    if not point.stops and point.arrive_s is not None:
        yield row("passing", point.arrive_s, offered_in if offered_in is not None else offered_out)
        return
    if point.arrive_s is not None:
        yield row("arrival", point.arrive_s, offered_in)
    if point.depart_s is not None:
        yield row("departure", point.depart_s, offered_out)


def _train_faults(point: PathPoint, answer: PathPoint) -> Iterator[str]:
    if point.train is None or answer.train is None:
        return
    asked, offered = point.train, answer.train
    for what, unit, need, given in _figures(asked, offered):
        if need is not None and given is not None and given < need:
            yield f"from {point.place} the path is for {what} {given:g} {unit}, the train has " \
                f"{need:g} {unit}"  # fmt: skip


def _figures(
    asked: PathTrain, offered: PathTrain
) -> Iterator[tuple[str, str, float | None, float | None]]:
    yield "a length of", "m", asked.length_m, offered.length_m
    yield "a mass of", "t", asked.mass_t, offered.mass_t
    yield "an axle load of", "t", asked.axle_load_t, offered.axle_load_t


def _pairs(asked: Sequence[PathPoint], offered: Sequence[PathPoint]) -> dict[int, int]:
    """Return the longest matching in order: index asked to index offered."""
    keys = [(p.country, p.code, place_key(p.place)) for p in asked]
    given = [(p.country, p.code, place_key(p.place)) for p in offered]

    def same(a: tuple[str, str, str], b: tuple[str, str, str]) -> bool:
        if a[1] and b[1]:
            return a[1] == b[1] and (not b[0] or a[0] == b[0])
        return a[2] == b[2]

    best = [[0] * (len(given) + 1) for _ in range(len(keys) + 1)]
    for i in range(len(keys) - 1, -1, -1):
        for j in range(len(given) - 1, -1, -1):
            best[i][j] = (
                best[i + 1][j + 1] + 1
                if same(keys[i], given[j])
                else max(best[i + 1][j], best[i][j + 1])
            )
    pairs, i, j = {}, 0, 0
    while i < len(keys) and j < len(given):
        if same(keys[i], given[j]):
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
