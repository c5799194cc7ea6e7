"""Permits: whether each covers the flight, worked out anew from positions and times of the plan.

Apart from `retinue.plan.permit_cover`: the crossing is taken from the movement's own points and
times, distances from the angle between unit vectors, and the result is a set of words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.checks.finding import Finding
from retinue.clock import from_iso
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Leg, Permit, Plan

__all__ = ["broken_ties", "check_permits", "permits_voided"]

_RADIUS_M = 6_371_008.8


def check_permits(plan: Plan) -> Finding:
    """Check that exactly those permits are called void that do not cover the plan."""
    faults = []
    legs = dict(_legs(plan))
    for permit in plan.permits:
        broken = broken_ties(permit, legs.get((permit.way, permit.leg)))
        if broken and not permit.void:
            faults.append(
                f"{permit.id} is taken as valid, but fails on {', '.join(sorted(broken))}"
            )
        if permit.void and not broken:
            faults.append(f"{permit.id} is called void ({permit.void[0]}), but covers the flight")
        if permit.void and permit.state == "to ask":
            faults.append(f"{permit.id} is still to be asked for and cannot be void")
    return Finding("permits", counted(len(plan.permits), "permit"), tuple(faults))


def permits_voided(before: Plan, after: Plan) -> set[str]:
    """Return the ids of the permits that covered one plan and do not cover another."""
    old, new = dict(_legs(before)), dict(_legs(after))
    return {
        permit.id
        for permit in before.permits
        if not broken_ties(permit, old.get((permit.way, permit.leg)))
        and broken_ties(permit, new.get((permit.way, permit.leg)))
    }


def _legs(plan: Plan) -> list[tuple[tuple[str, str], Leg]]:
    found = [(("", leg.id), leg) for leg in plan.legs]
    titles: dict[str, int] = {}
    others = [(other.title, other.legs) for other in plan.alternatives]
    others += [(other.title, other.legs) for other in plan.support]
    for title, legs in others:
        again = titles[title] = titles.get(title, 0) + 1
        name = title if again == 1 else f"{title} ({again})"
        found += [((name, leg.id), leg) for leg in legs]
    return found


def broken_ties(permit: Permit, leg: Leg | None) -> set[str]:
    """Return the names of the ties of a permit that a flight breaks."""
    if permit.state == "refused":
        return {"state"}
    if leg is None or leg.aircraft is None:
        return {"flight"}
    rows = [row for row in leg.details["overflights"] if row["country"] == permit.country]
    if not rows:
        return {"country"}
    broken = set()
    flown = leg.aircraft
    if permit.registration and _bare(permit.registration) != _bare(flown.registration):
        broken.add("registration")
    if permit.call_sign and _bare(permit.call_sign) != _bare(flown.call_sign):
        broken.add("call sign")
    if permit.aircraft and _bare(flown.type_name) not in {_bare(name) for name in permit.aircraft}:
        broken.add("aircraft")
    starts = rows[0] is leg.details["overflights"][0]
    ends = rows[-1] is leg.details["overflights"][-1]
    for name, tied, at_m, none in (
        ("entry", permit.entry, rows[0]["enter_m"], starts),
        ("exit", permit.exit, rows[-1]["exit_m"], ends),
    ):
        if tied is not None and (none or _off_m(leg, tied, at_m) > permit.tolerance_m):
            broken.add(name)
    by_end = permit.kind in ("landing", "restricted zone") and ends
    moment = from_iso(rows[-1]["exit_utc"] if by_end else rows[0]["enter_utc"])
    earliest = -np.inf if permit.valid_from_utc is None else permit.valid_from_utc
    latest = np.inf if permit.valid_until_utc is None else permit.valid_until_utc
    if not earliest <= moment <= latest:
        broken.add("window")
    return broken


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _off_m(leg: Leg, tied: tuple[float, float], at_m: float) -> float:
    main = leg.main
    lat = np.interp(at_m, main.distance_m, main.lat_deg)
    lon = np.interp(at_m, main.distance_m, main.lon_deg)
    one, two = (
        np.array([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])
        for a, b in (np.radians(tied), np.radians((round(lat, 4), round(lon, 4))))
    )
    return float(np.arctan2(np.linalg.norm(np.cross(one, two)), one @ two)) * _RADIUS_M
