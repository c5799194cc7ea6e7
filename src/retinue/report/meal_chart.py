"""The meal timetable as a picture: who eats when, where nothing can be served, and why."""

from __future__ import annotations

from collections.abc import Sequence

from retinue.plan import Plan
from retinue.plan.meals import ClosedTime, RoomService, Sitting
from retinue.plan.provision import Provision
from retinue.report.chapter import Picture
from retinue.report.day_rows import DayRows
from retinue.report.drawing import PAPER, SERIES, Drawing, Palette
from retinue.report.printed_clock import PrintedClock
from retinue.report.wording import role_name

__all__ = ["MEAL_KINDS", "draw_closed", "meal_charts", "meal_colour"]

#: In the order of the day; a kind of another name takes the colours that are left.
MEAL_KINDS = ("breakfast", "lunch", "dinner")

_NOTE = (
    "Filled: a sitting in the dining coaches. Framed: served where they are. Hatched: no meal, as"
    " written above. Grey: quiet hours. Times on the clock on the wall; a broken line: it is put"
    " on or back."
)


def meal_colour(kind: str, kinds: list[str]) -> str:
    """Return the colour of a kind of meal."""
    order = [*MEAL_KINDS, *(k for k in kinds if k not in MEAL_KINDS)]
    return SERIES[order.index(kind) % len(SERIES)]


def meal_charts(
    plan: Plan,
    provision: Provision,
    width: float,
    palette: Palette = PAPER,
    *,
    tallest: float = 0.0,
) -> list[Picture]:
    """Draw one band a day with a lane for each group; nothing without meals.

    Parameters
    ----------
    tallest
        Points that a picture may be high: then days are drawn on several; 0: no limit.
    """
    kitchen = provision.kitchen
    if not kitchen.meals:
        return []
    clock = PrintedClock.of(plan)
    served: list[Sitting | RoomService] = [*kitchen.sittings, *kitchen.room_service]
    times = [m.time_utc for m in kitchen.meals] + [s.until_utc for s in served]
    times += [s.from_utc for s in served]
    days = clock.days(min(times), max(times))
    eating = {group for meal in kitchen.meals for group in meal.people}
    known = [group.role for group in provision.groups if group.role in eating]
    groups = [*known, *sorted(eating - set(known))]
    tall = 13.0 if len(days) <= 4 else 10.0
    tracks = {group: _tracks(served, group) for group in groups}
    lanes = tuple(
        (role_name(group), tall * (1.0 + 0.7 * (max(tracks[group].values(), default=0))))
        for group in groups
    )
    if provision.programme.entries:
        lanes += (("programme", tall),)
    each = len(days)
    while tallest and each > 1 and DayRows.height(each, lanes) > tallest:
        each -= 1
    # As even as can be: no picture of a single day after one of seven.
    each = -(-len(days) // -(-len(days) // each))
    parts = [days[k : k + each] for k in range(0, len(days), each)]
    span = min(plan.depart_utc, *times), max(plan.arrive_utc, *times)
    pictures = []
    for number, part in enumerate(parts, start=1):
        sheet = Drawing(width, DayRows.height(len(part), lanes), palette)
        rows = DayRows(sheet, clock, part, lanes, 56.0 * palette.slack)
        _draw_days(rows, provision, span, groups, served, tracks)
        of = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
        title = f"Meal timetable{of}"
        note = _NOTE if number == len(parts) else ""
        pictures.append(Picture(title, sheet.svg(title=title, css="picture"), note))
    return pictures


def _draw_days(
    rows: DayRows,
    provision: Provision,
    span: tuple[float, float],
    groups: list[str],
    served: list[Sitting | RoomService],
    tracks: dict[str, dict[int, int]],
) -> None:
    kitchen, palette = provision.kitchen, rows.sheet.palette
    for quiet in kitchen.closed:
        if quiet.kind == "quiet hours":
            rows.shade(quiet.from_utc, quiet.until_utc, fill=palette.night)
    rows.draw_grid(*span)
    draw_closed(rows, kitchen.closed)
    kinds = list(dict.fromkeys(meal.kind for meal in kitchen.meals))
    kind_of = {meal.id: meal.kind for meal in kitchen.meals}
    for number, one in enumerate(served):
        kind = kind_of[one.meal]
        colour = meal_colour(kind, kinds)
        seated = isinstance(one, Sitting)
        for lane, group in enumerate(groups):
            if not _eats(one, group):
                continue
            track = tracks[group][number], max(tracks[group].values()) + 1
            rows.bars(
                one.from_utc, one.until_utc, lane, fill=colour if seated else palette.paper,
                stroke="none" if seated else colour, opacity=0.42 if seated else 1.0,
                words=(kind, kind[:1].upper()), inset=1.0 if seated else 1.6, track=track,
            )  # fmt: skip
    spans = [(e.start_utc, e.end_utc, e.what) for e in provision.programme.entries]
    if spans:
        rows.named(spans, len(rows.lanes) - 1)


def draw_closed(rows: DayRows, closed: Sequence[ClosedTime]) -> None:
    """Hatch the times at which no meal is served, and write why above them."""
    for shut in closed:
        if shut.kind == "quiet hours":
            continue
        rows.shade(shut.from_utc, shut.until_utc, fill=rows.sheet.palette.limit, hatched=True)
        piece = rows.clock.pieces(shut.from_utc, shut.until_utc)[0]
        if piece.day in rows.days:
            at = f": {shut.place}" if shut.place else ""
            rows.tell(piece.day, piece.from_s, f"{shut.kind}{at}")


def _eats(one: Sitting | RoomService, group: str) -> bool:
    return group in one.people if isinstance(one, Sitting) else one.group == group


def _tracks(served: list[Sitting | RoomService], group: str) -> dict[int, int]:
    """Return for each serving of a group its track in the lane, so that none covers another."""
    own = [(one.from_utc, one.until_utc, n) for n, one in enumerate(served) if _eats(one, group)]
    free: list[float] = []
    found = {}
    for begin, until, number in sorted(own):
        track = next((k for k, end in enumerate(free) if end <= begin), len(free))
        free[track : track + 1] = [until]
        found[number] = track
    return found
