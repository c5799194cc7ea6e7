"""When a train can stand at its stops: the bands by which deliveries are timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.movement import Band
from retinue.protection.bands import earliest_s, load_passage_model

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.provisioning.supply import BandOf

__all__ = ["arrival_bands"]

#: Of the arrivals so many lie between the ends of a band.
_COVERAGE = 0.95


def arrival_bands(plan: Plan, coverage: float = _COVERAGE) -> BandOf:
    """Return the band of the main train's arrival at each stop of a leg.

    The model is that of passages (`retinue.protection.bands.PassageModel`): the train is late by
    a share of the time since it was last seen, and never earlier than its stops and its fastest
    running allow.
    """
    model = load_passage_model()
    legs = {leg.id: leg for leg in plan.legs}
    known = max([plan.depart_utc, *(seen.time_utc for seen in plan.observations)])
    edge = (1.0 - coverage) / 2.0

    def band_of(leg_id: str, number: int) -> Band | None:
        leg = legs[leg_id]
        stop = leg.main.stops[number]
        planned = stop.arrive_s
        horizon = planned - min(known, planned)
        low = planned + model.quantile_s(edge, horizon, leg.mode)
        high = planned + model.quantile_s(1.0 - edge, horizon, leg.mode)
        bound = earliest_s(leg.main, stop.distance_m, model.fastest)
        return Band(min(max(low, bound), planned), planned, max(high, planned))

    return band_of
