"""What protection asks of the planner: another way for a leg, planned as fully as the leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.plan.command import Fallback, Weakness

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan, SafeHaven
    from retinue.plan.records import PlaceRecord
    from retinue.protection.policy import Policy

__all__ = ["TransportRequest", "fallback_requests", "weaknesses_of"]

FallbackKind = Literal[
    "reserve route", "relief locomotive", "spare aircraft", "other mode", "haven"
]
_RELIEF_S = 1_800.0  # before a spare is brought up and the party has changed over, assumed
_COMMANDER = "protection commander"


@dataclass(frozen=True)
class TransportRequest:
    """A movement that protection wants planned.

    Attributes
    ----------
    mode
        By which it goes.
    same_vehicle
        Whether it is the leg's own way again with a spare vehicle.
    start_s
        When it could begin, Unix seconds.
    """

    leg: str
    kind: FallbackKind
    title: str
    mode: Literal["rail", "air", "road"]
    origin: PlaceRecord
    destination: PlaceRecord
    start_s: float
    same_vehicle: bool = False


def fallback_requests(plan: Plan, policy: Policy) -> tuple[TransportRequest, ...]:
    """Return one or more fallbacks to be planned for every leg.

    Every leg gets another mode; a railway leg its own way with a relief locomotive and a flight a
    spare aircraft where the policy keeps them ready.
    """
    found: list[TransportRequest] = []
    for leg in plan.legs:
        later = leg.depart_utc + _RELIEF_S
        if leg.mode == "rail" and policy.spare_locomotive:
            found.append(_again(leg, "relief locomotive", later))
        if leg.mode == "air" and policy.spare_aircraft:
            found.append(_again(leg, "spare aircraft", later))
        if leg.mode == "road":
            found.append(_again(leg, "reserve route", leg.depart_utc))
        else:
            title = f"{leg.from_.name} to {leg.to.name} by road"
            found.append(
                TransportRequest(leg.id, "other mode", title, "road", leg.from_, leg.to, later)
            )
    return tuple(found)


def _again(leg: Leg, kind: FallbackKind, start_s: float) -> TransportRequest:
    """Ask for the leg's own way once more."""
    title = f"{leg.title}, {kind}"
    return TransportRequest(leg.id, kind, title, leg.mode, leg.from_, leg.to, start_s, True)


def weaknesses_of(
    plan: Plan, fallbacks: Sequence[Fallback], havens: Sequence[SafeHaven], policy: Policy
) -> tuple[Weakness, ...]:
    """Return what the plan lacks, each as a task with its cure; in the order of the legs."""
    found: list[Weakness] = []
    for leg in plan.legs:
        found += [*_without_fallback(leg, fallbacks), *_far_from_help(leg, havens, policy)]
        block = leg.details.get("rolling_block") or {}
        if block.get("left_open"):
            wanted = block.get("needed_without_slowing")
            found.append(
                Weakness(
                    id=f"junctions/{leg.id}", leg=leg.id,
                    task=f"{len(block['left_open'])} junctions stay open",
                    cure=f"{wanted} outriders hold all of them, or posts at those left open",
                    owner=_COMMANDER, latest_utc=leg.depart_utc,
                )
            )  # fmt: skip
    return tuple(found)


def _without_fallback(leg: Leg, fallbacks: Sequence[Fallback]) -> list[Weakness]:
    own = [f for f in fallbacks if f.leg == leg.id]
    if any(f.feasible for f in own):
        return []
    why = "; ".join(reason for f in own for reason in f.reasons[:1]) or "none was asked for"
    return [
        Weakness(
            id=f"fallback/{leg.id}",
            leg=leg.id,
            task=f"{leg.title} has no fallback that can be made",
            cure=f"mend what stands against it ({why}), or name another way as an alternative",
            owner=_COMMANDER,
            latest_utc=leg.depart_utc,
        )
    ]


def _far_from_help(leg: Leg, havens: Sequence[SafeHaven], policy: Policy) -> list[Weakness]:
    if leg.mode != "road" or "safe_havens" not in leg.details:
        return []
    hospitals = [h.travel_s for h in havens if h.leg == leg.id and h.kind == "hospital"]
    if hospitals and min(hospitals) <= policy.hospital_within:
        return []
    minutes = policy.hospital_within / 60
    return [
        Weakness(
            id=f"hospital/{leg.id}",
            leg=leg.id,
            task=f"no hospital lies within {minutes:.0f} min of {leg.title}",
            cure="an ambulance with a doctor in the convoy, and a helicopter at readiness",
            owner=_COMMANDER,
            latest_utc=leg.depart_utc,
        )
    ]
