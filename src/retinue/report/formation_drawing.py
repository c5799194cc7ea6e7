"""A train or a motorcade to scale, from its head: vehicles, roles, armour, mass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retinue.plan import VehicleRecord
from retinue.report.axes import Axis, round_step
from retinue.report.coach_numbers import vehicle_numbers
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.typeface import inked, text_width
from retinue.report.wording import role_name

__all__ = ["LEFT", "RIGHT", "draw_formation"]

#: Points kept free before the head and behind the tail.
LEFT, RIGHT = 30.0, 4.0

_LEAST_WIDTH = 11.5  # points: the narrowest body that its number fits into
_BODY = 15.0
_MASS = 34.0
_CELL = 10.5


@dataclass(frozen=True)
class _Placed:
    index: int
    number: str
    vehicle: VehicleRecord
    start_m: float


def draw_formation(
    vehicles: Sequence[VehicleRecord],
    width: float,
    *,
    gap_m: float = 0.0,
    span_m: float = 0.0,
    palette: Palette = PAPER,
    title: str = "Formation",
    cells: Sequence[tuple[str, Sequence[str]]] = (),
) -> str:
    """Draw vehicles from the head (left) with lengths to scale, as SVG.

    Above each vehicle stands its mass, below it its role.  A formation too long for
    legible numbers runs over several rows.  Coaches are numbered, locomotives are not; where
    one number does not fit into its vehicle, all stand before the roles.

    Parameters
    ----------
    vehicles
        From the head.
    width
        The sheet, points.
    gap_m
        Distance kept between vehicles (a motorcade's), drawn to scale.
    span_m
        The length that fills the sheet, so that several trains share one scale; the
        formation's own where it is longer.
    palette
        For paper or screen.
    title
        Read out by screen readers.
    cells
        Rows under the drawing, each a name and a short text for every vehicle.
    """
    placed, at = [], 0.0
    for index, (number, vehicle) in enumerate(
        zip(vehicle_numbers(vehicles), vehicles, strict=True)
    ):
        placed.append(_Placed(index, number, vehicle, at))
        at += vehicle.length_m + gap_m
    total = max(at - gap_m, span_m, 1.0)
    left = LEFT
    usable = width - LEFT - RIGHT
    pitch = max(min(v.length_m for v in vehicles) + gap_m, 1.0)
    scale = min(max(usable / total, _LEAST_WIDTH / pitch), 6.0)
    rows = _rows(placed, usable / scale)
    words = [_caption(v) for v in vehicles]
    inside = all(
        text_width(one.number, 9) + 2.0 < _drawn_width(one.vehicle, scale)
        for one in placed
        if one.number
    )
    if not inside:
        words = [f"{one.number} {word}".strip() for one, word in zip(placed, words, strict=True)]
    below = max(text_width(word, 9) for word in words) * palette.slack + 18.0
    grid = below + 3.0
    below += _CELL * len(cells) + (6.0 if cells else 0.0)
    row_height = 14.0 + _MASS + _BODY + below
    ruler = 24.0
    sheet = Drawing(width, ruler + row_height * len(rows) - 4.0, palette)
    _draw_ruler(sheet, left, ruler - 8.0, scale, min(usable, (at - gap_m) * scale))
    heaviest = max(max(v.mass_kg for v in vehicles) / 1000, 1.0)
    step = round_step(heaviest, 3)
    for index, row in enumerate(rows):
        top = ruler + index * row_height + 8.0
        mass = Axis(0.0, max(heaviest, step), top + _MASS - 3.0, top)
        _draw_mass_axis(sheet, mass, left, usable, step, first=index == 0)
        for one in row:
            x = left + (one.start_m - row[0].start_m) * scale
            _draw_vehicle(
                sheet, one if inside else replace(one, number=""), x, top + _MASS, scale, mass,
                words[one.index],
            )  # fmt: skip
        if cells:
            _draw_cells(sheet, row, cells, left, scale, top + _MASS + _BODY + grid - 8.0)
        if gap_m > 0:
            road = top + _MASS + _BODY + 2.6
            sheet.line(left, road, left + usable, road, stroke=palette.faint, width=0.5)
    return sheet.svg(title=title, css="formation")


def _drawn_width(vehicle: VehicleRecord, scale: float) -> float:
    return max(vehicle.length_m * scale - 1.2, 2.0)


def _rows(placed: list[_Placed], length_m: float) -> list[list[_Placed]]:
    rows: list[list[_Placed]] = [[]]
    for one in placed:
        row = rows[-1]
        if row and one.start_m + one.vehicle.length_m - row[0].start_m > length_m * 1.0001:
            row = []
            rows.append(row)
        row.append(one)
    return rows


def _draw_mass_axis(
    sheet: Drawing, mass: Axis, left: float, usable: float, step: float, *, first: bool
) -> None:
    palette = sheet.palette
    for value in mass.ticks(3, step):
        y = mass.at(value)
        sheet.line(left, y, left + usable, y, stroke=palette.faint, width=0.4)
        sheet.text(left - 4, y + 3.2, f"{value:g}", anchor="end", fill=palette.soft)
    if first:
        sheet.text(4, mass.at(step) + 3.2, "t", fill=palette.soft)


def _draw_vehicle(
    sheet: Drawing, one: _Placed, x: float, top: float, scale: float, mass: Axis, role: str
) -> None:
    palette, vehicle = sheet.palette, one.vehicle
    wide = _drawn_width(vehicle, scale)
    level = mass.at(vehicle.mass_kg / 1000)
    sheet.rectangle(x + wide * 0.3, level, wide * 0.4, mass.start - level, fill=palette.limit)
    body = _outline(vehicle, x, top, wide)
    fill = palette.principal if vehicle.principal else palette.fill
    sheet.path(body, fill=fill, stroke=palette.ink, width=1.0, closed=True)
    if vehicle.armoured:
        _hatch(sheet, x, top, wide, palette.paper if vehicle.principal else palette.limit)
    number = one.number
    middle = x + wide / 2
    ground = palette.principal if vehicle.principal else palette.fill
    if vehicle.armoured and number:
        half = text_width(number, 9) / 2 + 1.6
        sheet.rectangle(middle - half, top + 2.2, 2 * half, _BODY - 4.4, fill=ground)
    ink = palette.paper if vehicle.principal else palette.ink
    if number:
        sheet.text(middle, top + _BODY / 2 + 3.3, number, anchor="middle", fill=ink, weight=600)
    for axle in _axles(vehicle, wide):
        sheet.circle(x + axle, top + _BODY + 1.6, 1.25, fill=palette.ink)
    weight = 600 if vehicle.principal else 400
    sheet.text(middle + 3.2, top + _BODY + 8.0, role, anchor="end", turn=-90, weight=weight)


def _draw_cells(
    sheet: Drawing, row: list[_Placed], cells: Sequence[tuple[str, Sequence[str]]], left: float,
    scale: float, top: float,
) -> None:  # fmt: skip
    """Write what vehicles hold in rows under them."""
    palette = sheet.palette
    last = row[-1]
    right = left + (last.start_m + last.vehicle.length_m - row[0].start_m) * scale
    for line, (name, texts) in enumerate(cells):
        base = top + _CELL * (line + 1)
        sheet.line(
            0, base - _CELL + 2.2, right, base - _CELL + 2.2, stroke=palette.faint, width=0.4
        )
        words = inked(name) if palette.romanise else name
        sheet.text(0, base, words, size=7.5, fill=palette.soft)
        for one in row:
            if text := texts[one.index]:
                wide = one.vehicle.length_m * scale
                x = left + (one.start_m - row[0].start_m) * scale + wide / 2
                sheet.text(x, base, text, size=min(7.5, 7.5 * wide / (text_width(text, 7.5) + 1)),
                           anchor="middle")  # fmt: skip


def _outline(
    vehicle: VehicleRecord, x: float, top: float, wide: float
) -> list[tuple[float, float]]:
    """Return the body: a box, with a slanting nose at the driving end of a locomotive."""
    foot = top + _BODY
    if vehicle.role != "locomotive":
        return [(x, top), (x + wide, top), (x + wide, foot), (x, foot)]
    nose = min(5.0, wide * 0.3)
    if vehicle.turned:
        return [(x, top), (x + wide - nose, top), (x + wide, top + 7), (x + wide, foot), (x, foot)]
    return [(x + nose, top), (x + wide, top), (x + wide, foot), (x, foot), (x, top + 7)]


def _hatch(sheet: Drawing, x: float, top: float, wide: float, stroke: str) -> None:
    """Draw the slanting lines that mean armour."""
    lines = []
    step, slant = 3.6, _BODY - 1.0
    k = -slant + step
    while k < wide - 0.5:
        x1, y1, x2, y2 = k, _BODY - 0.5, k + slant, 0.5
        if x1 < 0.5:
            y1, x1 = y1 + x1 - 0.5, 0.5
        if x2 > wide - 0.5:
            y2, x2 = y2 + (x2 - wide + 0.5), wide - 0.5
        if x2 - x1 > 0.3:
            lines.append([(x + x1, top + y1), (x + x2, top + y2)])
        k += step
    sheet.paths(lines, stroke=stroke, width=0.55)


def _axles(vehicle: VehicleRecord, wide: float) -> list[float]:
    """Return where the wheels are drawn: half of them near each end."""
    if vehicle.axles <= 0:
        return [wide * 0.2, wide * 0.8]
    half = (vehicle.axles + 1) // 2
    pitch = min(3.2, wide * 0.4 / half)
    front = [wide * 0.08 + 1.4 + pitch * k for k in range(half)]
    rear = [wide - place for place in front[: vehicle.axles - half]]
    return [*front, *rear]


def _draw_ruler(sheet: Drawing, left: float, y: float, scale: float, drawn: float) -> None:
    """Draw the length scale above the formation."""
    palette = sheet.palette
    step = round_step(drawn / scale, max(int(drawn / 40.0), 2))
    count = int(drawn / scale / step)
    sheet.line(left, y, left + drawn, y, stroke=palette.ink, width=0.7)
    for k in range(count + 1):
        x = left + k * step * scale
        sheet.line(x, y, x, y + 2.5, stroke=palette.ink, width=0.7)
        at_end = x > sheet.width - 14.0
        words = f"{k * step:g}" + (" m" if k == count else "")
        sheet.text(x + (4.0 if at_end else 0.0), y - 4, words, anchor="end" if at_end else "middle")
    sheet.text(0, y - 4, "head", fill=palette.soft)


def _caption(vehicle: VehicleRecord) -> str:
    """Return what stands under a vehicle: its label, or its role where the label is a number."""
    if any(character.isalpha() for character in vehicle.label):
        return vehicle.label
    return f"{role_name(vehicle.role)} {vehicle.label}".strip()
