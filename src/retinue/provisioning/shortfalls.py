"""What no stop can serve: which tanks run short where, for how long, and what would help.

Tanks of one kind that fail between the same two stops are told together, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.plan.local_clock import LocalClock
from retinue.plan.services import Shortfall

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.services import TankRecord

__all__ = ["Stand", "shortfalls_of"]

_LITRE = 0.001
#: A tank is full after a stop where less than this part of it is missing.
_FULL = 0.02
_NAMED = 2  # so many coaches are named, more are counted


@dataclass(frozen=True, order=True)
class Stand:
    """When a kind is, or could be, served somewhere."""

    from_s: float
    until_s: float
    place: str


@dataclass(frozen=True)
class _Lack:
    """How far one tank passes its limit between two stands, from when on, and how it began."""

    tank: TankRecord
    amount_m3: float
    from_s: float
    full: bool


def shortfalls_of(
    plan: Plan, tanks: Sequence[TankRecord], stands: Sequence[Stand]
) -> tuple[Shortfall, ...]:
    """Return where tanks of one kind fail.

    Parameters
    ----------
    stands
        Where the kind is served, with the begin of the journey and its end.
    """
    found = []
    clock = LocalClock.of(plan)
    for before, after in pairwise(sorted(stands)):
        lacks = [lack for tank in tanks if (lack := _lack(tank, before, after)) is not None]
        if lacks:
            found.append(_shortfall(plan, clock, lacks, before, after))
    return tuple(found)


def _lack(tank: TankRecord, before: Stand, after: Stand) -> _Lack | None:
    """Return by how much a tank fails after one stand and up to the end of the next."""
    sign = 1.0 if tank.fills_up else -1.0
    limit = tank.capacity_m3 - tank.least_m3 if tank.fills_up else tank.least_m3
    knots = list(zip(tank.time_utc, tank.level_m3, strict=True))
    own = [k for k, (moment, _) in enumerate(knots) if before.until_s < moment <= after.until_s]
    over = {k: sign * (knots[k][1] - limit) for k in own}
    worst = max(over.values(), default=0.0)
    if worst < _LITRE:
        return None
    first = next(k for k in own if over[k] >= _LITRE)
    at, level = knots[first]
    earlier, held = knots[first - 1] if first else knots[first]
    part = (limit - held) / (level - held) if level != held else 0.0
    full = tank.capacity_m3 if not tank.fills_up else 0.0
    begun = [value for moment, value in knots if moment <= before.until_s] or [full]
    return _Lack(
        tank,
        worst,
        max(before.until_s, earlier + min(max(part, 0.0), 1.0) * (at - earlier)),
        abs(begun[-1] - full) < _FULL * tank.capacity_m3,
    )


def _shortfall(
    plan: Plan, clock: LocalClock, lacks: Sequence[_Lack], before: Stand, after: Stand
) -> Shortfall:
    kind, fills_up = lacks[0].tank.kind, lacks[0].tank.fills_up
    from_s = min(lack.from_s for lack in lacks)
    leg = next(
        (one for one in plan.legs
         if one.mode == "rail" and one.main.depart_s <= from_s <= one.main.arrive_s),
        None,
    )  # fmt: skip
    distance = None if leg is None else round(leg.main.distance_at(from_s), 1)
    gap = duration_text(after.from_s - before.until_s)
    amounts = {lack.tank.coach: round(lack.amount_m3, 3) for lack in lacks}
    if before.place == after.place:
        where = f"while the train stands at {before.place}"
        cure = "have it served there more often"
    else:
        where = (
            f"between {before.place} and {after.place}, {gap} without a stop that"
            f" {'takes' if fills_up else 'gives'} it"
        )
        by = f"by {clock.moment(from_s).strip()}"
        if leg is not None and distance is not None:
            lon, lat = leg.main.position(distance)
            by += f", km {distance / 1000:,.0f} of the leg ({_position(lat, lon)})"
        cure = f"add a stop {by}"
        if not all(lack.full for lack in lacks):
            cure = f"stop longer at {before.place}, or add a stop {by}"
        if from_s <= before.until_s:
            cure = f"stop longer at {before.place}"
    return Shortfall(
        kind=kind,
        fills_up=fills_up,
        amounts_m3=amounts,
        from_place=before.place,
        until_place=after.place,
        from_utc=before.until_s,
        until_utc=after.until_s,
        lacks_from_utc=from_s,
        leg="" if leg is None else leg.id,
        distance_m=distance,
        text=f"{_who(lacks, kind, fills_up)} {where}",
        cure=cure,
    )


def _who(lacks: Sequence[_Lack], kind: str, fills_up: bool) -> str:
    """Return ``12 coaches run short of water by 174-578 l``."""
    one = len(lacks) == 1
    if len(lacks) <= _NAMED:
        names = [
            f"coach {lack.tank.coach_number} ({lack.tank.coach.partition(' ')[2]})"
            for lack in lacks
        ]
        who = " and ".join(names)
    else:
        who = f"{len(lacks)} coaches"
    litres = sorted(round(lack.amount_m3 * 1000) for lack in lacks)
    many = f"{litres[0]:,}" if litres[0] == litres[-1] else f"{litres[0]:,}-{litres[-1]:,}"
    if fills_up:
        return f"{who} {'holds' if one else 'hold'} {many} l of {kind} too much"
    return f"{who} {'runs' if one else 'run'} short of {kind} by {many} l"


def _position(lat: float, lon: float) -> str:
    return f"{abs(lat):.2f} {'S' if lat < 0 else 'N'} {abs(lon):.2f} {'W' if lon < 0 else 'E'}"
