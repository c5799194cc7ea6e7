"""The kitchen's timetable as a picture: stations above, cooks below, day by day."""

from __future__ import annotations

from itertools import pairwise

from retinue.plan import Plan
from retinue.plan.local_clock import LocalClock
from retinue.plan.meals import KitchenJob
from retinue.plan.provision import Provision
from retinue.report.chapter import Picture
from retinue.report.day_rows import DayRows
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.meal_chart import draw_closed, meal_colour
from retinue.report.printed_clock import PrintedClock

__all__ = ["kitchen_charts", "taken_places"]

#: Days on one picture, so that it stays on its page.
_DAYS = 4
_STATION = 11.0
_COOK = 6.5

_NOTE = (
    "Above: how many of a station's places are taken, the full height being all of them. Below:"
    " a frame is a cook's time on duty, filled are hands at work, coloured by the meal as in the"
    " meal timetable. Hatched: no meal."
)


def taken_places(jobs: list[KitchenJob]) -> list[tuple[float, float, int]]:
    """Return the stretches with a constant number of places taken, those with none left out."""
    turns: dict[float, int] = {}
    for job in jobs:
        turns[job.start_utc] = turns.get(job.start_utc, 0) + job.units
        turns[job.station_until_utc] = turns.get(job.station_until_utc, 0) - job.units
    found: list[tuple[float, float, int]] = []
    taken = 0
    moments = sorted(turns)
    for begin, end in pairwise(moments):
        taken += turns[begin]
        if taken <= 0:
            continue
        if found and found[-1][1] == begin and found[-1][2] == taken:
            found[-1] = (found[-1][0], end, taken)
        else:
            found.append((begin, end, taken))
    return found


def kitchen_charts(
    plan: Plan, provision: Provision, width: float, palette: Palette = PAPER
) -> list[Picture]:
    """Draw the timetable, a few days a picture; nothing where nobody cooks."""
    kitchen = provision.kitchen
    if not kitchen.jobs:
        return []
    clock = PrintedClock.of(plan)
    begin = min(job.start_utc for job in kitchen.jobs)
    end = max(max(job.active_until_utc, job.station_until_utc) for job in kitchen.jobs)
    days = clock.days(begin, end)
    # As even as can be: no picture of a single day after one of four.
    count = -(-len(days) // _DAYS)
    each = -(-len(days) // count)
    parts = [days[k : k + each] for k in range(0, len(days), each)]
    return [
        _chart(provision, clock, part, width, palette, number, len(parts))
        for number, part in enumerate(parts, start=1)
    ]


def _chart(
    provision: Provision, clock: LocalClock, days: tuple[int, ...], width: float,
    palette: Palette, number: int, count: int,
) -> Picture:  # fmt: skip
    kitchen = provision.kitchen
    own = [j for j in kitchen.jobs if _touches(clock, j.start_utc, j.station_until_utc, days)
           or _touches(clock, j.start_utc, j.active_until_utc, days)]  # fmt: skip
    stations = [s for s in kitchen.stations if any(j.station == s.station for j in kitchen.jobs)]
    shifts = [s for s in kitchen.shifts if _touches(clock, s.start_utc, s.end_utc, days)]
    cooks = sorted(
        {c for j in own for c in j.cooks} | {s.cook for s in shifts}, key=lambda c: (len(c), c)
    )
    lanes = tuple((f"{s.station} ({s.capacity})", _STATION) for s in stations)
    lanes += tuple((cook, _COOK) for cook in cooks)
    sheet = Drawing(width, DayRows.height(len(days), lanes), palette)
    rows = DayRows(sheet, clock, days, lanes, 59.0 * palette.slack)
    rows.draw_grid(
        min(j.start_utc for j in kitchen.jobs), max(j.active_until_utc for j in kitchen.jobs)
    )
    draw_closed(rows, kitchen.closed)
    for lane, station in enumerate(stations):
        at_work = [j for j in own if j.station == station.station]
        for low, high, taken in taken_places(at_work):
            rows.level(low, high, lane, taken / max(station.capacity, 1), fill=palette.advance)
    kinds = list(dict.fromkeys(meal.kind for meal in kitchen.meals))
    kind_of = {meal.id: meal.kind for meal in kitchen.meals}
    place = {cook: len(stations) + k for k, cook in enumerate(cooks)}
    for shift in shifts:
        rows.bars(shift.start_utc, shift.end_utc, place[shift.cook], fill="none",
                  stroke=palette.soft, inset=0.6)  # fmt: skip
    for cook, low, high, meal in _merged(own):
        colour = meal_colour(kind_of.get(meal, ""), kinds) if meal in kind_of else palette.limit
        rows.bars(low, high, place[cook], fill=colour, inset=1.3)
    of = f", part {number} of {count}" if count > 1 else ""
    title = f"Kitchen timetable{of}"
    return Picture(title, sheet.svg(title=title, css="picture"), _NOTE if number == count else "")


def _merged(jobs: list[KitchenJob]) -> list[tuple[str, float, float, str]]:
    """Return the work of each cook, jobs of one meal that follow each other as one."""
    found: list[tuple[str, float, float, str]] = []
    work = sorted((cook, j.start_utc, j.active_until_utc, j.meal) for j in jobs for cook in j.cooks)
    for cook, low, high, meal in work:
        last = found[-1] if found else None
        if last and last[0] == cook and last[3] == meal and low <= last[2] + 60.0:
            found[-1] = (cook, last[1], max(last[2], high), meal)
        else:
            found.append((cook, low, high, meal))
    return found


def _touches(clock: LocalClock, begin: float, end: float, days: tuple[int, ...]) -> bool:
    return any(piece.day in days for piece in clock.pieces(begin, end))
