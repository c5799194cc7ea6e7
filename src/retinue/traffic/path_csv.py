"""Path requests and offers as a neutral sheet: one row a point, for those without the message."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING, Literal, get_args

from retinue.clock import from_iso, iso_utc, local, zone
from retinue.document import suggest
from retinue.errors import InputError
from retinue.traffic.path_message import (
    LEAST_S,
    PathMessage,
    PathPoint,
    PathTrain,
    Purpose,
    TractionUnit,
    plain_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["COLUMNS", "path_csv", "read_path_csv"]

COLUMNS = (
    "message", "request", "train", "leg", "role", "title", "plan", "part", "parts",
    "place", "country", "location_code", "kind", "zone",
    "arrive_local", "arrive_utc", "depart_local", "depart_utc",
    "tolerance_before_min", "tolerance_after_min", "dwell_min", "activity",
    "length_m", "mass_t", "max_speed_kmh", "axle_load_t", "braking_percent",
    "traction", "power", "track_gauge_mm", "exceptional",
    "purpose", "modifies", "former_request", "path",
)  # fmt: skip

#: Columns without which nothing can be compared.
_NEEDED = ("place", "arrive_utc", "depart_utc")
_MOST_BYTES = 5_000_000
_MOST_ROWS = 20_000
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_TRACTION = re.compile(r"(\d\d) ([^;]*?) (\d+) t (\d+) mm")
#: What a spreadsheet would run as a formula is given a leading apostrophe.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def path_csv(messages: Sequence[PathMessage]) -> str:
    """Return messages as CSV (RFC 4180), local time with offset beside UTC."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for message in messages:
        for point in message.points:
            writer.writerow(_row(message, point))
    return sheet.getvalue()


def _row(message: PathMessage, point: PathPoint) -> list[str]:
    return [
        message.kind, _cell(message.id), _cell(message.train), _cell(message.leg),
        _cell(message.role), _cell(message.title), message.plan_hash,
        str(message.part), str(message.parts),
        _cell(point.place), point.country, _cell(point.code), " ".join(point.kinds), point.zone,
        *_times(point.arrive_s, point.zone), *_times(point.depart_s, point.zone),
        _minutes(point.before_s), _minutes(point.after_s), _minutes(point.dwell_s),
        " ".join(point.activities), *_load(point.train),
        message.purpose, "yes" if message.modifies else "", _cell(message.former),
        _cell(message.path),
    ]  # fmt: skip


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _times(moment: float | None, area: str) -> tuple[str, str]:
    if moment is None:
        return "", ""
    return local(moment, area).isoformat(), iso_utc(moment)


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:.1f}".removesuffix(".0")


def _load(train: PathTrain | None) -> list[str]:
    if train is None:
        return [""] * 9
    return [
        str(train.length_m), str(train.mass_t), str(train.max_speed_kmh),
        "" if train.axle_load_t is None else f"{train.axle_load_t:.1f}",
        "" if train.braking_percent is None else str(train.braking_percent),
        "; ".join(f"{u.mode} {u.name} {u.mass_t} t {u.length_mm} mm" for u in train.traction),
        _cell("; ".join(train.power)), " ".join(map(str, train.gauge_mm)),
        _cell(" | ".join(train.exceptional)),
    ]  # fmt: skip


def read_path_csv(text: str, name: str) -> tuple[PathMessage, ...]:
    """Read such a sheet; columns may stand in any order, and most may be missing.

    Parameters
    ----------
    text
        The sheet.
    name
        How errors call it.

    Raises
    ------
    InputError
        With file and line for a missing column, a moment without zone, a number that is none,
        moments that run backwards; for a sheet that is empty or far too long.
    """
    if len(text) > _MOST_BYTES:
        raise InputError(f"the sheet is longer than {_MOST_BYTES // 1_000_000} MB", where=name)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    groups: dict[tuple[str, str, str], list[_Line]] = {}
    head: list[str] | None = None
    try:
        for count, cells in enumerate(reader):
            if count > _MOST_ROWS:
                raise InputError(f"the sheet has more than {_MOST_ROWS} rows", where=name)
            if head is None:
                head = _head(cells, name)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            line = _Line(name, reader.line_num, dict(zip(head, cells, strict=False)))
            if len(cells) > len(head):
                raise line.error("", f"the row has {len(cells)} cells, the first {len(head)}")
            key = (line.text("request"), line.text("role"), line.text("part"))
            groups.setdefault(key, []).append(line)
    except csv.Error as error:
        raise InputError(f"this is not CSV: {error}", where=f"{name}:{reader.line_num}") from error
    if not groups:
        raise InputError("the sheet has no rows", where=name)
    return tuple(_message(lines) for lines in groups.values())


def _head(cells: list[str], name: str) -> list[str]:
    head = [cell.strip().casefold() for cell in cells]
    for column in _NEEDED:
        if column not in head:
            raise InputError(
                f'the column "{column}" is missing',
                where=f"{name}:1",
                cure=suggest(column, head) or f"Columns: {', '.join(COLUMNS)}.",
            )
    if len(set(head)) < len(head):
        twice = next(column for column in head if head.count(column) > 1)
        raise InputError(f'the column "{twice}" stands twice', where=f"{name}:1")
    return head


class _Line:
    """A row with its line number; every reading names both and the column."""

    def __init__(self, file: str, number: int, cells: dict[str, str]) -> None:
        self.file, self.number, self.cells = file, number, cells

    def error(self, column: str, message: str, cure: str = "") -> InputError:
        where = f"{self.file}:{self.number}" + (f": {column}" if column else "")
        return InputError(message, where=where, cure=cure)

    def text(self, column: str, most: int = 255) -> str:
        found = self.cells.get(column, "").strip()
        if found.startswith("'") and found[1:].startswith(_FORMULA):
            found = found[1:]
        return plain_words(found, most)

    def number_of(self, column: str, least: float, most: float) -> float | None:
        found = self.text(column)
        if not found:
            return None
        try:
            value = float(found)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise self.error(column, f'"{found[:40]}" is no number from {least:g} to {most:g}')
        return value

    def count(self, column: str, least: int, most: int) -> int | None:
        value = self.number_of(column, least, most)
        if value is not None and value != round(value):
            raise self.error(column, f"{value:g} is no whole number")
        return None if value is None else round(value)

    def seconds(self, column: str) -> int:
        value = self.number_of(column, 0.0, 1440.0) or 0.0
        return round(value * 60 / LEAST_S) * LEAST_S

    def moment(self, column: str) -> float | None:
        found = self.text(column)
        if not found:
            return None
        try:
            if not _MOMENT.fullmatch(found):
                raise ValueError
            return from_iso(found)
        except (ValueError, OverflowError) as error:
            raise self.error(
                column,
                f'"{found[:40]}" is no moment with a zone',
                "Write UTC as 2023-09-10T08:30:00Z.",
            ) from error

    def codes(self, column: str, digits: int) -> tuple[str, ...]:
        found = tuple(self.text(column).split())
        for code in found:
            if not (len(code) == digits and code.isalnum() and code.isascii()):
                raise self.error(column, f'"{code[:20]}" is no code of {digits} characters')
        return found


def _message(lines: list[_Line]) -> PathMessage:
    first = lines[0]
    kind: Literal["request", "offer"] = "offer"
    if first.text("message") == "request":
        kind = "request"
    points = tuple(_point(line) for line in lines)
    if len(points) < 2:
        raise first.error("", "a path has at least two points")
    return PathMessage(
        kind=kind,
        id=first.text("request"),
        train=first.text("train"),
        leg=first.text("leg"),
        role=first.text("role"),
        title=first.text("title"),
        plan_hash=first.text("plan"),
        points=tuple(_in_order(points, lines)),
        part=first.count("part", 1, 999) or 1,
        parts=first.count("parts", 1, 999) or 1,
        purpose=_purpose(first),
        modifies=first.text("modifies") == "yes",
        former=first.text("former_request", 12),
        path=first.text("path", 60),
    )


def _purpose(line: _Line) -> Purpose:
    found = line.text("purpose") or "new"
    for known in get_args(Purpose):
        if found == known:
            return known  # type: ignore[no-any-return]
    raise line.error(
        "purpose", f'"{found[:40]}" is no purpose of a request',
        f"Known: {', '.join(get_args(Purpose))}.",
    )  # fmt: skip


def _in_order(points: Sequence[PathPoint], lines: Sequence[_Line]) -> Iterator[PathPoint]:
    latest = -math.inf
    for point, line in zip(points, lines, strict=True):
        for column, moment in (("arrive_utc", point.arrive_s), ("depart_utc", point.depart_s)):
            if moment is None:
                continue
            if moment < latest:
                raise line.error(
                    column,
                    f"{point.place} {iso_utc(moment)} lies before {iso_utc(latest)}",
                    "The rows follow the train, its moments never run back.",
                )
            latest = moment
        yield point


def _point(line: _Line) -> PathPoint:
    place = line.text("place")
    if not place:
        raise line.error("place", "the place has no name")
    arrive, depart = line.moment("arrive_utc"), line.moment("depart_utc")
    if arrive is None and depart is None:
        raise line.error("arrive_utc", f"{place} has neither arrival nor departure")
    area = line.text("zone") or "UTC"
    try:
        zone(area)
    except ValueError as error:
        raise line.error("zone", str(error)) from error
    return PathPoint(
        place=place,
        country=line.text("country", 2),
        code=line.text("location_code", 10),
        zone=area,
        arrive_s=arrive,
        depart_s=depart,
        before_s=line.seconds("tolerance_before_min"),
        after_s=line.seconds("tolerance_after_min"),
        dwell_s=line.seconds("dwell_min"),
        activities=line.codes("activity", 4)
        or (("0040",) if arrive == depart and arrive is not None else ("0001",)),
        kinds=line.codes("kind", 2) or ("02",),
        train=_train(line),
    )


def _train(line: _Line) -> PathTrain | None:
    length = line.count("length_m", 1, 9999)
    if length is None:
        return None
    units = []
    for part in filter(None, (piece.strip() for piece in line.text("traction", 1000).split(";"))):
        found = _TRACTION.fullmatch(part)
        if found is None or len(part) > 100:
            raise line.error(
                "traction", f'"{part[:40]}" is no locomotive',
                'Write e.g. "11 M62 117 t 17550 mm", several with ";" between.',
            )  # fmt: skip
        units.append(TractionUnit(found[1], found[2], int(found[3]), int(found[4])))
    gauges = []
    for word in line.text("track_gauge_mm").split():
        if not (word.isascii() and word.isdigit() and 300 <= int(word[:6]) <= 3000):
            raise line.error("track_gauge_mm", f'"{word[:20]}" is no track gauge in mm')
        gauges.append(int(word))
    return PathTrain(
        length_m=length,
        mass_t=line.count("mass_t", 1, 99999) or 1,
        max_speed_kmh=line.count("max_speed_kmh", 1, 999) or 1,
        axle_load_t=line.number_of("axle_load_t", 0.1, 99.9),
        braking_percent=line.count("braking_percent", 1, 999),
        traction=tuple(units),
        power=tuple(filter(None, (p.strip() for p in line.text("power").split(";")))),
        gauge_mm=tuple(gauges),
        exceptional=tuple(
            filter(None, (p.strip() for p in line.text("exceptional", 2000).split("|")))
        ),
    )
