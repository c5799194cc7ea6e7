"""What the coaches' tanks lose over time, by who lives in them and what is served.

Use by day and by night differs; a cover at table is used up over its sitting.  Everything is
evenly spread between knots, so levels are straight lines from knot to knot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.provisioning.clocks import DAY_S

if TYPE_CHECKING:
    from retinue.plan import VehicleRecord
    from retinue.plan.meals import KitchenRecord
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.service_data import ServiceData, ServiceKind, Use

__all__ = ["Tank", "Times", "homes_of", "tanks_of"]

Times = NDArray[np.float64]


@dataclass
class Tank:
    """One kind of supply in one coach.

    Attributes
    ----------
    number, label, role
        The coach.
    flows
        Stretches of even use: begin, end (Unix seconds) and amount, m3.
    steps
        Uses all at once: moment and amount, m3.
    kept_m3
        Kept back in it in any case, m3.
    """

    kind: ServiceKind
    number: int
    label: str
    role: str
    capacity_m3: float
    people: float
    source: str
    confidence: str
    flows: list[tuple[float, float, float]] = field(default_factory=list)
    steps: list[tuple[float, float]] = field(default_factory=list)
    kept_m3: float = 0.0

    def used_by(self, moments: Times | Sequence[float]) -> Times:
        """Return what has been used up to and with each moment, m3."""
        at = np.asarray(moments, dtype=np.float64)
        used = np.zeros_like(at)
        for begin, end, amount in self.flows:
            used += amount * np.clip((at - begin) / max(end - begin, 1.0), 0.0, 1.0)
        for moment, amount in self.steps:
            used += np.where(at >= moment, amount, 0.0)
        return used

    def knots(self) -> list[float]:
        """Return the moments at which the use changes."""
        found = {t for begin, end, _ in self.flows for t in (begin, end)}
        return sorted(found | {moment for moment, _ in self.steps})


def homes_of(
    coaches: Sequence[VehicleRecord], party: PartyPlan, data: ServiceData
) -> list[dict[str, float]]:
    """Return by coach how many of each group live in it: evenly over the coaches of their role.

    Who sleeps where is known to nobody here; an even share is what a tank must bear at least.
    """
    found: list[dict[str, float]] = [{} for _ in coaches]
    for group in party.groups:
        roles = data.homes.get(group.role, data.homes.get("*", ()))
        chosen: list[int] = []
        for role in roles:
            chosen = [
                n
                for n, coach in enumerate(coaches)
                if coach.role == role and (coach.principal == (group.role == "principal"))
            ] or [n for n, coach in enumerate(coaches) if coach.role == role]
            if chosen:
                break
        for number in chosen or range(len(coaches)):
            found[number][group.role] = group.people / len(chosen or coaches)
    return found


def tanks_of(
    coaches: Sequence[VehicleRecord],
    party: PartyPlan,
    kitchen: KitchenRecord,
    data: ServiceData,
    span: tuple[float, float],
    water_m3: float,
) -> list[Tank]:
    """Return the tanks of all coaches but those of fuel, with what is drawn from them.

    Parameters
    ----------
    span
        Begin and end of the time on the train, Unix seconds.
    water_m3
        Water a person and day, to drink, wash and cook: what the kitchen takes is part of it.
    """
    homes = homes_of(coaches, party, data)
    nights = [(c.from_utc, c.until_utc) for c in kitchen.closed if c.kind == "quiet hours"]
    tanks: list[Tank] = []
    for number, coach in enumerate(coaches):
        for kind in dict.fromkeys(use.kind for use in data.use):
            size = data.tank(kind, coach.role)
            if size is None:
                continue
            tank = Tank(
                kind=kind,
                number=number + 1,
                label=coach.label,
                role=coach.role,
                capacity_m3=size.capacity,
                people=round(sum(homes[number].values()), 2),
                source=size.source,
                confidence=size.confidence,
            )
            for use in data.use:
                if use.kind == kind:
                    _draw(tank, use, homes[number], party, kitchen, coaches, data, span, nights,
                          water_m3)  # fmt: skip
            if tank.flows or tank.steps:
                tanks.append(tank)
    return tanks


def _draw(
    tank: Tank,
    use: Use,
    home: Mapping[str, float],
    party: PartyPlan,
    kitchen: KitchenRecord,
    coaches: Sequence[VehicleRecord],
    data: ServiceData,
    span: tuple[float, float],
    nights: Sequence[tuple[float, float]],
    water_m3: float,
) -> None:
    if use.at and tank.role != use.at:
        return
    sharing = sum(1 for c in coaches if c.role == use.at) if use.at else 1
    if use.by == "cover":
        for sitting in kitchen.sittings:
            amount = use.amount * sum(sitting.people.values()) / sharing
            tank.flows.append((sitting.from_utc, sitting.until_utc, amount))
        for room in kitchen.room_service:
            amount = use.amount * room.people / sharing
            tank.flows.append((room.from_utc, max(room.until_utc, room.from_utc + 60), amount))
        return
    named = {g for other in data.use if other.kind == use.kind for g in other.of}
    groups = {g.role: float(g.people) / sharing for g in party.groups} if use.at else dict(home)
    people = sum(n for g, n in groups.items() if (g in use.of if use.of else g not in named))
    if people <= 0:
        return
    if use.every is not None:
        moment = span[0] + use.every
        while moment < span[1]:
            tank.steps.append((moment, use.amount * people))
            moment += use.every
        return
    amount = use.amount
    if use.kind == "water" and not use.at:
        amount = max(water_m3 - _kitchen_share(party, kitchen, data, span), 0.0)
    tank.flows += _by_day_and_night(amount * people, span, nights, data.asleep.share)


def _kitchen_share(
    party: PartyPlan, kitchen: KitchenRecord, data: ServiceData, span: tuple[float, float]
) -> float:
    """Return the kitchen's part of the water of a person and day."""
    cover = sum(u.amount for u in data.use if u.kind == "water" and u.by == "cover")
    covers = sum(sum(s.people.values()) for s in kitchen.sittings)
    covers += sum(r.people for r in kitchen.room_service)
    days = max((span[1] - span[0]) / DAY_S, 1e-9)
    return cover * covers / max(party.people, 1) / days


def _by_day_and_night(
    per_day: float,
    span: tuple[float, float],
    nights: Sequence[tuple[float, float]],
    share: float,
) -> list[tuple[float, float, float]]:
    """Return stretches of use that come to the amount of a day of 16 waking hours."""
    waking = per_day / (16 * 3600.0 + share * 8 * 3600.0)
    edges = sorted({*span, *(t for n in nights for t in n if span[0] < t < span[1])})
    found = []
    for begin, end in pairwise(edges):
        middle = (begin + end) / 2
        asleep = any(a <= middle < b for a, b in nights)
        found.append((begin, end, waking * (share if asleep else 1.0) * (end - begin)))
    return found
