"""What an offer would do to the plan: hand-overs that become tight, and moments to re-time by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.clock import duration_text, iso_utc

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.traffic.path_message import PathMessage
    from retinue.traffic.path_offer import OfferComparison

__all__ = ["convoy_effects", "handover_effects", "observations"]

#: The message's own rounding on both sides.
_ROUNDING_S = 6.0
#: Less than this later is not worth re-timing: the plan's own times are to the second.
_LEAST_S = 30.0


def handover_effects(plan: Plan, found: OfferComparison) -> tuple[str, ...]:
    """Return, for the main train, what its offered ends leave of the hand-overs around its leg."""
    asked = found.asked
    if asked.role != "main" or not found.rows:
        return ()
    told = []
    first, last = found.rows[0], found.rows[-1]
    for handover in plan.handovers:
        spare = handover.available_s - handover.needed_s
        if handover.to_leg == asked.leg and asked.part == 1 and first.later_s is not None:
            left = spare + first.later_s
        elif (
            handover.from_leg == asked.leg
            and asked.part == asked.parts
            and last.later_s is not None
        ):
            left = spare - last.later_s
        else:
            continue
        if left == spare:
            continue
        words = (
            f"{duration_text(left)} to spare" if left >= 0 else f"{duration_text(-left)} too short"
        )
        told.append(f"hand-over at {handover.place}: {words}, planned {duration_text(spare)}")
    return tuple(told)


def convoy_effects(
    plan: Plan, asked: Sequence[PathMessage], found: Sequence[OfferComparison]
) -> tuple[str, ...]:
    """Return where the convoy's trains would come too close, with the offers that there are.

    Trains without an offer keep the times they asked for.  What is needed between two trains is
    the plan's own, at the places where it says so.
    """
    told = []
    for leg in plan.legs:
        times = {m.role: _arrivals(m, found) for m in asked if m.leg == leg.id}
        order = [role for role in ("advance", "main", "following") if role in times]
        for ahead, behind in pairwise(order):
            told += list(_too_close(leg, ahead, behind, times[ahead], times[behind]))
    return tuple(told)


def _arrivals(message: PathMessage, found: Sequence[OfferComparison]) -> dict[str, float]:
    """Return when a train comes to each place, offered where it is, else as asked."""
    times = {point.place: point.moment_s for point in message.points}
    for one in found:
        if (one.asked.leg, one.asked.role) != (message.leg, message.role):
            continue
        for row in one.rows:
            if row.offered_s is not None and row.what != "departure":
                times[row.place] = row.offered_s
    return times


def _too_close(
    leg: Leg, ahead: str, behind: str, first: dict[str, float], second: dict[str, float]
) -> Iterator[str]:
    companion = ahead if ahead == "advance" else behind
    stated = leg.details.get(f"{companion}_separation_s", {}).get("at", ())
    needed = {str(entry["place"]): float(entry["needed_s"]) for entry in stated}
    worst: tuple[float, str, float] | None = None
    for place in first:
        if place not in second:
            continue
        gap, wanted = second[place] - first[place], needed.get(place, 0.0)
        lack = wanted - gap
        if lack > 2 * _ROUNDING_S and (worst is None or lack > worst[0]):
            worst = (lack, place, gap)
    if worst is not None:
        lack, place, gap = worst
        yield (
            f"the {behind} train would be {gap / 60:.1f} min behind the {ahead} train at {place}, "
            f"{lack / 60:.1f} min too close"
        )


def observations(found: OfferComparison) -> Iterator[tuple[str, str]]:
    """Yield places and moments by which the plan can be re-timed, as `retinue actual` reads them.

    Only the main train's ends and stops count, and only where the shift is another than at the
    moment before: what follows from an earlier one need not be said again.
    """
    if found.asked.role != "main":
        return
    shift = 0.0
    points = {point.place: point for point in found.asked.points}
    for number, row in enumerate(found.rows):
        if row.offered_s is None or row.later_s is None:
            continue
        ends = number in (0, len(found.rows) - 1)
        if not ends and (row.what != "arrival" or not points[row.place].stops):
            continue
        if abs(row.later_s - shift) >= _LEAST_S:
            shift = row.later_s
            yield row.place, iso_utc(row.offered_s).replace("T", " ").replace("Z", " Z")
