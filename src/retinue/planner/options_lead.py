"""Lead time of an option: what of it must be asked for first, by the deadline calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from retinue.plan import JourneyRecord, MadeWith, Plan
from retinue.planner.deadlines import deadlines_of

if TYPE_CHECKING:
    from retinue.journey import JourneyFile, LegAsked
    from retinue.plan import Leg

__all__ = ["longest_lead"]

_DAY = 86_400.0


def longest_lead(
    file: JourneyFile, legs: Sequence[Leg], asked: Sequence[LegAsked]
) -> tuple[float, str]:
    """Return the longest lead time in calendar days, and what has it.

    Counted from the end of the latest day on which to ask to the moment it must be settled,
    so that weekends and days off on the way are in it.  What the journey says is asked for
    or granted already is left aside: it speaks of the journey's own legs, and options are
    compared as if nothing were asked for yet.
    """
    if not legs:
        return 0.0, ""
    journey = file.journey.model_copy(
        update={"legs": tuple(asked), "alternatives": (), "support": (), "asked_for": ()}
    )
    # The calendar reads a plan; of this one it looks at legs and origin only.
    plan = Plan(
        title=journey.title,
        made_with=MadeWith(retinue="", pack_version="", pack_sha256="", catalogue_sha256=""),
        journey=JourneyRecord(name=file.name, file="", text=""),
        origin=legs[0].from_,
        destination=legs[-1].to,
        depart_utc=legs[0].depart_utc,
        arrive_utc=legs[-1].arrive_utc,
        legs=tuple(legs),
    )
    deadlines, _ = deadlines_of(plan, replace(file, journey=journey))
    if not deadlines:
        return 0.0, ""
    first = max(deadlines, key=lambda d: (d.due_utc - d.latest_utc, d.id))
    days = round((first.due_utc - first.latest_utc) / _DAY, 1)
    return max(days, 0.0), f"{first.what}, {first.country}"
