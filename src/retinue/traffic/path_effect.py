"""What an offer would do to the plan: hand-overs that become tight, and moments to re-time by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retinue.clock import duration_text, iso_utc

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.traffic.path_offer import OfferComparison

__all__ = ["handover_effects", "observations"]

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
