"""What a journey's file says beside its legs: what was reported, what the plan does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from retinue.clock import duration_text
from retinue.plan import Leg, Note

if TYPE_CHECKING:
    from retinue.journey import Journey, Reported

__all__ = ["reported_notes", "unserved_notes"]


def reported_notes(journey: Journey, legs: Sequence[Leg]) -> list[Note]:
    """Return one note for each reported figure."""
    notes = []
    for item in journey.reported:
        parts = list(legs) if item.leg is None else [legs[item.leg - 1]]
        notes.append(
            Note(
                level="info",
                subject=f'Reported "{item.what}" ({item.source}, {item.confidence})',
                text=_difference(item, parts),
                source=item.source,
            )
        )
    return notes


def _difference(item: Reported, legs: Sequence[Leg]) -> str:
    way = sum(leg.distance_m for leg in legs)
    running = sum(leg.running_time_s for leg in legs)
    standing = sum(leg.standing_time_s for leg in legs)
    total = legs[-1].arrive_utc - legs[0].depart_utc
    between = total - running - standing
    text = (
        f"planned are {way / 1000:,.0f} km in {duration_text(total)}:"
        f" {duration_text(running)} running ({way / running * 3.6:.0f} km/h)"
        f" and {duration_text(standing)} standing"
    )
    if between >= 60:
        text += f", {duration_text(between)} between legs"
    reasons = []
    if item.duration is not None and item.speed is not None:
        covered = item.duration * item.speed
        if abs(covered - way) > 0.05 * way:
            reasons.append(
                f"{duration_text(item.duration)} at {item.speed * 3.6:.0f} km/h cover"
                f" {covered / 1000:,.0f} km, {abs(way - covered) / 1000:,.0f} km"
                f" {'less' if covered < way else 'more'} than the line"
            )
    if item.distance is not None and abs(item.distance - way) > 0.02 * way:
        reasons.append(
            f"the reported {item.distance / 1000:,.0f} km are"
            f" {abs(way - item.distance) / 1000:,.0f} km"
            f" {'less' if item.distance < way else 'more'} than planned"
        )
    if item.duration is not None:
        stops = _stops(legs)
        if total > item.duration and stops:
            reasons.append(f"the plan stands for {stops}")
        if running > item.duration:
            reasons.append(
                f"the limits of the lines alone ask for {duration_text(running)} of running"
            )
        if total < item.duration:
            reasons.append(
                f"{duration_text(item.duration - total)} of the reported time are not explained"
                " by running and the stops planned"
            )
    if item.note:
        reasons.append(item.note)
    return f"{text}. Why they differ: {'; '.join(reasons)}." if reasons else f"{text}. They agree."


def _stops(legs: Sequence[Leg]) -> str:
    longest = sorted(
        (stop for leg in legs for stop in leg.main.stops),
        key=lambda stop: stop.arrive_s - stop.depart_s,
    )
    return ", ".join(
        f"{duration_text(stop.depart_s - stop.arrive_s)} at {stop.place}"
        + (f" ({stop.why})" if stop.why else "")
        for stop in longest[:3]
        if stop.depart_s - stop.arrive_s >= 600
    )


def unserved_notes(journey: Journey, sites: bool) -> list[Note]:
    """Say what the journey asks for and this plan does not hold."""
    notes = []
    if journey.protection is not None:
        policy = journey.protection.policy
        if journey.coarse:
            text = "a real journey of the past is shown coarse, without protection"
        elif sites:
            text = "planned apart from this plan, for those who need to know: retinue protect"
        else:
            text = (
                "the coarse world pack knows no crossing, bridge or junction: plan over a built"
                " world (--world) to protect the journey"
            )
        level: Literal["info", "warning"] = "info" if sites or journey.coarse else "warning"
        notes.append(Note(level=level, subject=f"protection: {policy}", text=text))
    if journey.provisioning is not None:
        notes.append(
            Note(
                level="info",
                subject=f"provisioning: {journey.provisioning.policy}",
                text="planned in a document beside this plan: retinue provision",
            )
        )
    return notes
