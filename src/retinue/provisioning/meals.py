"""The meals of a journey: who eats what kind of meal when, by which clock.

A group eats by the body's clock or by the local one, as the policy or the journey says.
Groups of one clock share their meals.  Meals are eaten on the train; what falls before the
departure or after the arrival is eaten there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from retinue.clock import duration_text
from retinue.errors import InputError
from retinue.plan.meals import ClosedTime
from retinue.provisioning.clocks import (
    DAY_S,
    Offsets,
    body_offsets,
    local_offsets,
    zone_changes,
)
from retinue.provisioning.closed_times import closed_times
from retinue.provisioning.kitchen_data import galley_of
from retinue.provisioning.meal_times import MealTime, MealWindow, meal_times, spans_on_clock

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.provisioning.kitchen_data import Galley
    from retinue.provisioning.party import Group, PartyPlan
    from retinue.provisioning.policy import MealRule, ProvisioningPolicy

__all__ = ["Meal", "aboard", "meals_of", "quiet_times", "zone_at"]

#: A window that is aboard for less than this share of a sitting is eaten ashore.
_LEAST_SHARE = 1.0


@dataclass(frozen=True)
class Meal:
    """One meal of those who keep one clock.

    Attributes
    ----------
    id
        ``2-lunch``: day of the journey and kind, with the clock's name where there are several.
    kind
        As the policy names it.
    time_s
        Planned begin of service, Unix seconds.
    zone
        IANA zone of the place where the train then is.
    groups
        People by role.
    windows
        In which sittings may lie, Unix seconds; empty where no time is left and everybody is
        served where he is.
    ideal_s
        Begin of service that the policy would like best.
    at_table
        People by role who sit down; the others have room service.
    clock, body_zone
        The clock they eat by.
    """

    id: str
    kind: str
    time_s: float
    zone: str
    groups: Mapping[str, int]
    windows: tuple[tuple[float, float], ...]
    ideal_s: float
    sitting_s: float
    turn_s: float
    leg: str
    clock: Literal["body", "local"] = "local"
    body_zone: str = ""
    local_offset_s: float = 0.0
    body_offset_s: float | None = None
    at_table: Mapping[str, int] = field(default_factory=dict)
    moved_because: tuple[str, ...] = ()

    @property
    def day(self) -> int:
        """Day of the journey, from 1."""
        return int(self.id.partition("-")[0])

    @property
    def people(self) -> Mapping[str, int]:
        """People by role, as demand asks for them."""
        return self.groups

    @property
    def time_utc(self) -> float:
        """Planned begin of service, as demand asks for it."""
        return self.time_s

    @property
    def total(self) -> int:
        """Everybody who eats."""
        return sum(self.groups.values())


def aboard(plan: Plan) -> tuple[tuple[float, float, str], ...]:
    """Return when the party is on the train: begin, end, leg."""
    return tuple(
        (leg.depart_utc, leg.arrive_utc, leg.id) for leg in plan.legs if leg.mode == "rail"
    )


def zone_at(plan: Plan, moment: float) -> str:
    """Return the time zone of the place where the party then is."""
    changes = zone_changes(plan.legs)
    return next((zone for begin, zone in reversed(changes) if begin <= moment), changes[0][1])


def quiet_times(plan: Plan, policy: ProvisioningPolicy, clock: Offsets) -> tuple[ClosedTime, ...]:
    """Return the quiet hours of those who keep a clock, aboard."""
    rule = policy.quiet_hours
    until = rule.until_s + (DAY_S if rule.until_s <= rule.from_s else 0.0)
    spans = [(begin, end) for begin, end, _ in aboard(plan)]
    return tuple(
        ClosedTime(
            from_utc=begin,
            until_utc=end,
            kind="quiet hours",
            place="",
            why=f"quiet hours by the {rule.clock} clock",
            source=f"{rule.source} ({rule.confidence})",
        )
        for pieces in spans_on_clock(clock, spans, rule.from_s, until).values()
        for begin, end in pieces
    )


def meals_of(
    plan: Plan,
    party: PartyPlan,
    policy: ProvisioningPolicy,
    *,
    galley: Galley | None = None,
    closed: Sequence[ClosedTime] | None = None,
) -> tuple[Meal, ...]:
    """Return the meals of a journey in order of time.

    Parameters
    ----------
    galley
        Seats of the train; by default those of the plan's own train.
    closed
        When the dining coach is closed; by default by rule (`closed_times`).

    Raises
    ------
    InputError
        Where the plan has no train.
    """
    spans = aboard(plan)
    if not spans:
        raise InputError(
            "the journey has no leg by rail to be provisioned",
            where=plan.title,
            cure="Provisioning plans the life on a train.",
        )
    seats = (galley or galley_of(plan)).seats
    shut = closed_times(plan) if closed is None else tuple(closed)
    here = local_offsets(plan)
    by_clock: dict[tuple[Literal["body", "local"], str], list[Group]] = {}
    for group in party.groups:
        zone = group.body_zone if group.meals_by == "body" else ""
        by_clock.setdefault((group.meals_by, zone), []).append(group)
    meals: list[Meal] = []
    for (clock, zone), groups in by_clock.items():
        body = body_offsets(plan, zone or groups[0].body_zone, policy.body_clock_follows)
        keeps = body if clock == "body" else here
        quiet = quiet_times(plan, policy, body if policy.quiet_hours.clock == "body" else here)
        suffix = f"-{clock}" if len({c for c, _ in by_clock}) > 1 else ""
        if sum(1 for c, _ in by_clock if c == clock) > 1:
            suffix += f"-{zone.rpartition('/')[2].lower()}"
        for rule in policy.meals:
            meals += _meals(
                plan, policy, rule, groups, keeps, (*shut, *quiet), seats, (clock, zone, suffix),
                (here, body),
            )  # fmt: skip
    return tuple(sorted(meals, key=lambda m: (m.time_s, m.id)))


def _meals(
    plan: Plan,
    policy: ProvisioningPolicy,
    rule: MealRule,
    groups: Sequence[Group],
    clock: Offsets,
    closed: Sequence[ClosedTime],
    seats: int,
    named: tuple[Literal["body", "local"], str, str],
    offsets: tuple[Offsets, Offsets],
) -> list[Meal]:
    """Return the meals of one kind on one clock."""
    eating = [g for g in groups if policy.classes[g.meal_class].courses.get(rule.name)]
    if not eating:
        return []
    table: dict[str, int] = {
        g.role: g.people for g in eating if not policy.classes[g.meal_class].room_service
    }
    sittings = max(1, math.ceil(sum(table.values()) / seats))
    sitting_s = max(policy.classes[g.meal_class].sitting_s(rule) for g in eating)
    window = MealWindow(
        kind=rule.name,
        from_s=rule.from_s,
        until_s=rule.until_s,
        ideal_s=rule.ideal_s,
        stretch_s=rule.stretch_s,
        least_s=_LEAST_SHARE * sitting_s,
    )
    found: list[Meal] = []
    first_day = math.floor(float(clock.shown(plan.depart_utc)) / DAY_S)
    for begin, end, leg in aboard(plan):
        times = meal_times(
            window,
            clock,
            [(begin, end)],
            [(c.from_utc, c.until_utc) for c in closed],
            sittings * sitting_s + (sittings - 1) * rule.turn_s,
            sitting_s=sitting_s,
        )
        found.extend(
            Meal(
                id=f"{time.day - first_day + 1}-{rule.name}{named[2]}",
                kind=rule.name,
                time_s=time.time_s,
                zone=zone_at(plan, time.time_s),
                groups={g.role: g.people for g in eating},
                windows=time.windows,
                ideal_s=time.ideal_s,
                sitting_s=sitting_s,
                turn_s=rule.turn_s,
                leg=leg,
                clock=named[0],
                body_zone=named[1],
                local_offset_s=float(offsets[0].at(time.time_s)),
                body_offset_s=round(float(offsets[1].at(time.time_s)), 0),
                at_table={} if time.missed else table,
                moved_because=_moved(time, closed),
            )
            for time in times
        )
    return found


def _moved(time: MealTime, closed: Sequence[ClosedTime]) -> tuple[str, ...]:
    """Say what stood in the way of the best hour."""
    said = []
    if time.windows and abs(time.time_s - time.ideal_s) >= 60:
        word = "later" if time.time_s > time.ideal_s else "earlier"
        said.append(f"{duration_text(time.time_s - time.ideal_s).lstrip('-')} {word} than best")
    if time.stretched_s:
        said.append(f"window stretched by {duration_text(time.stretched_s)}")
    if time.missed:
        said.append("no time is left at table: everybody is served where he is")
    if said:
        low, high = min(time.ideal_s, time.time_s), max(time.ideal_s, time.time_s)
        said += [
            f"{c.kind} {c.place}".strip()
            for c in closed
            if c.from_utc <= high + time.stretched_s and c.until_utc >= low - time.stretched_s
        ]
    return tuple(dict.fromkeys(said))
