"""The odds again, from the plan's movements and the record alone, without any solver.

The greatest guess is counted anew by standing at every option's place in steps of half a minute;
the proof that none is lower is added up from the observer's own guesses.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retinue.movement import Movement
    from retinue.plan import Leg, Plan

__all__ = ["check_odds"]

_EARTH_RADIUS_M = 6_371_008.8
_STEP_S = 30.0
_CLOSE = 1e-6


def check_odds(plan: Plan, record: dict[str, Any]) -> Finding:
    """Check a record of odds against the plan it was made from.

    Parameters
    ----------
    record
        What ``retinue odds PLAN --json`` prints.
    """
    faults: list[str] = []
    try:
        faults += _mix(record)
        faults += _proof(record)
        seen, more = _seen(plan, record)
        faults += more
    except (KeyError, TypeError, ValueError, IndexError) as error:
        return Finding("odds", "the record", (f"the record of odds cannot be read: {error!r}",))
    if record["plan"] != plan.hash:
        faults.append("the odds were made from another plan")
    looked = (
        f"mix and proof of {counted(len(record['options']), 'option')}, {counted(seen, 'cell')}"
        f" seen along the movements"
    )
    return Finding("odds", looked, tuple(faults))


def _mix(record: dict[str, Any]) -> Iterator[str]:
    shares = [float(option["probability"]) for option in record["options"]]
    if (
        abs(sum(shares) - 1.0) > _CLOSE
        or min(shares) < -1e-12
        or not all(map(math.isfinite, shares))
    ):
        yield "the probabilities are no distribution"
    cost = sum(p * float(o["cost"]) for p, o in zip(shares, record["options"], strict=True))
    budget = record["budget"]
    if budget is not None and cost > budget * (1.0 + _CLOSE):
        yield f"the mix costs {cost:,.0f}, more than {budget:,.0f}"
    if record["cap"] is not None and max(shares) > record["cap"] + _CLOSE:
        yield f"an option is drawn with {max(shares):.3f}, more than {record['cap']:.3f}"
    bits = -sum(
        p * math.log2(p / o["look_alikes"])
        for p, o in zip(shares, record["options"], strict=True)
        if p > 0
    )
    if abs(bits - record["entropy_bits"]) > _CLOSE:
        yield f"the entropy is {bits:.6f} bits, not {record['entropy_bits']:.6f}"


def _proof(record: dict[str, Any]) -> Iterator[str]:
    """Check guess and bound from the coverage that the record states."""
    options = record["options"]
    worth = [record["price_of_cost"] * float(option["cost"]) for option in options]
    worst = watched = 0.0
    for row in record["coverage"]:
        chance = 0.0
        for number, weight in zip(row["options"], row["weights"], strict=True):
            chance += weight * options[number]["probability"]
            worth[number] += weight * row["watched"]
        worst, watched = max(worst, chance), watched + row["watched"]
    if abs(worst - record["guess"]) > _CLOSE:
        yield f"the greatest guess is {worst:.6f}, not {record['guess']:.6f}"
    if watched > 1.0 + _CLOSE:
        yield "the observer guesses more than one cell at a time"
    # The best answer to a fixed observer fills the options of least worth to their caps.
    left, bound = 1.0, 0.0
    for value in sorted(worth):
        share = min(left, record["cap"] or 1.0)
        bound, left = bound + share * value, left - share
    bound -= record["price_of_cost"] * (record["budget"] or 0.0)
    if abs(bound - record["bound"]) > _CLOSE:
        yield f"the observer's guesses prove {bound:.6f}, not {record['bound']:.6f}"
    if record["guess"] - bound > _CLOSE:
        yield f"a guess below {record['guess']:.6f} may exist: only {bound:.6f} is proved"


def _seen(plan: Plan, record: dict[str, Any]) -> tuple[int, list[str]]:
    """Return how many cells the movements cover, and whether one is guessed more often."""
    ways: dict[str, tuple[Leg, ...]] = {"plan": plan.legs}
    feasible = [a for a in plan.alternatives if a.feasible and a.legs]
    ways |= {f"alternative{i}": a.legs for i, a in enumerate(feasible, 1)}
    chance: dict[tuple[int, int, int, int], float] = defaultdict(float)
    places: dict[tuple[str, str], list[tuple[float, float, float, int, float]]] = {}
    faults = []
    for option in record["options"]:
        legs = ways.get(option["way"])
        if legs is None or option["probability"] <= 0:
            continue
        key = (option["way"], option["carried_by"])
        if key not in places:
            places[key] = _track(legs, option["carried_by"].split(","), record)
        covered: dict[tuple[int, int, int, int], float] = {}
        bin_s = record["grid"]["bin_s"]
        for row, column, time, aloft, weight in places[key]:
            cell = (
                int(row),
                int(column),
                math.floor((time + float(option["shift_s"])) / bin_s),
                aloft,
            )
            covered[cell] = max(covered.get(cell, 0.0), weight)
        for cell, weight in covered.items():
            chance[cell] += option["probability"] * weight
    worst = max(chance.values(), default=0.0)
    if worst > record["guess"] + _CLOSE:
        faults.append(
            f"at one place and time the guess is {worst:.6f}, above the stated"
            f" {record['guess']:.6f}"
        )
    return len(chance), faults


def _track(
    legs: tuple[Leg, ...], roles: list[str], record: dict[str, Any]
) -> list[tuple[float, float, float, int, float]]:
    """Return (row, column, moment, aloft, weight) of the head, without the end zones."""
    alike = _alike(legs, record)
    found: list[tuple[float, float, float, int, float]] = []
    for leg, role, weight in zip(legs, roles, alike, strict=True):
        movement: Movement = next(m for m in leg.movements if m.role == role)
        for time in np.arange(movement.depart_s, movement.arrive_s, _STEP_S):
            lon, lat = movement.position_at(float(time))
            row, column, inside = _square(lat, lon, record)
            if not inside:
                aloft = int(movement.altitude_m is not None)
                found.append((row, column, float(time), aloft, weight))
    return found


def _alike(legs: tuple[Leg, ...], record: dict[str, Any]) -> list[float]:
    stated = record["look_alikes"]
    weights = []
    for leg in legs:
        count = 1
        if leg.mode == "air":
            count = stated["aircraft"] or 1
        elif leg.mode == "road" and stated["cars"]:
            count = stated["cars"]
        elif leg.mode == "road" and leg.convoy is not None:
            own = {v.type_name for v in leg.convoy.vehicles if v.principal and v.type_name}
            count = max(1, len([v for v in leg.convoy.vehicles if v.type_name in own]))
        weights.append(1.0 / count)
    return weights


def _square(lat: float, lon: float, record: dict[str, Any]) -> tuple[int, int, bool]:
    step = math.degrees(record["grid"]["cell_m"] / _EARTH_RADIUS_M)
    row = math.floor(lat / step)
    middle = min(90.0, abs(row + 0.5) * step)
    count = max(1, round(360.0 * math.cos(math.radians(middle)) / step))
    column = math.floor((lon + 180.0) / 360.0 * count) % count
    centre = math.radians((row + 0.5) * step), math.radians((column + 0.5) / count * 360.0 - 180.0)
    for place in record["end_zones"]["places"]:
        at = math.radians(place["lat"]), math.radians(place["lon"])
        # The spherical law of cosines: not the planner's formula, and exact enough at kilometres.
        cosine = math.sin(centre[0]) * math.sin(at[0]) + math.cos(centre[0]) * math.cos(
            at[0]
        ) * math.cos(centre[1] - at[1])
        near = _EARTH_RADIUS_M * math.acos(max(-1.0, min(1.0, cosine)))
        own = math.floor(place["lat"] / step) == row and (
            math.floor((place["lon"] + 180.0) / 360.0 * count) % count == column
        )
        if near <= record["end_zones"]["radius_m"] or own:
            return row, column, True
    return row, column, False
