"""Fallbacks: the planner's answer to what protection asks, planned and checked like any leg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.errors import InputError, NoPlan
from retinue.journey import LegAsked, RoadLeg
from retinue.plan import Fallback

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.plan import Leg, Plan
    from retinue.plan.records import PlaceRecord
    from retinue.planner.planner import Planner
    from retinue.protection.requests import TransportRequest

__all__ = ["planned_fallback"]

_DEFAULT_CONVOY = "state-motorcade"


def planned_fallback(
    planner: Planner, file: JourneyFile, plan: Plan, request: TransportRequest
) -> Fallback:
    """Plan one fallback with the stages of the planner; what stands against it is part of it."""
    number = next(i for i, leg in enumerate(plan.legs) if leg.id == request.leg)
    leg = plan.legs[number]
    reason = _spare_route_missing(leg) if request.kind == "reserve route" else ""
    if reason:
        return Fallback(
            leg=leg.id, kind=request.kind, title=request.title, feasible=False, reasons=(reason,)
        )
    asked = _asked(file, number, request)
    try:
        chain = planner.way(file, (asked,), ("legs", number), start_s=request.start_s)
    except (NoPlan, InputError) as error:
        reasons = tuple(r.what for r in getattr(error, "reasons", ())) or (error.message,)
        return Fallback(
            leg=leg.id, kind=request.kind, title=request.title, feasible=False, reasons=reasons
        )
    made = chain.timed[0].leg
    taken = made.arrive_utc - made.depart_utc
    if request.kind == "reserve route":
        # The shortest of the dissimilar routes the network knows, at its free speeds.
        other = min(leg.details["other_routes"], key=lambda r: r["free_time_s"])
        taken = max(taken, float(other["free_time_s"]))
    ready = request.start_s
    return Fallback(
        leg=leg.id,
        kind=request.kind,
        title=request.title,
        feasible=True,
        # The leg's own way again holds nothing that the plan does not hold already.
        legs=() if request.same_vehicle else (made,),
        ready_utc=ready,
        later_s=round(ready + taken - leg.arrive_utc, 1),
    )


def _spare_route_missing(leg: Leg) -> str:
    if "other_routes" not in leg.details:
        return "over the coarse roads of the pack no second route is known; plan with --world"
    if not leg.details["other_routes"]:
        return "the network has one route only between both ends"
    return ""


def _asked(file: JourneyFile, number: int, request: TransportRequest) -> LegAsked:
    own = file.journey.legs[number]
    if request.same_vehicle:
        return own
    convoys = [leg.road.convoy for leg in file.journey.legs if leg.road is not None]
    body = RoadLeg(
        from_=_place(request.origin),
        to=_place(request.destination),
        convoy=convoys[0] if convoys else _DEFAULT_CONVOY,
    )
    return LegAsked(road=body)


def _place(place: PlaceRecord) -> str:
    """Name a place by its position: names were understood once already."""
    return f"{place.lat:.5f},{place.lon:.5f}"
