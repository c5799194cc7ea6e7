"""A plan on a path among the trains of the sample traffic, and the document beside it."""

from __future__ import annotations

import numpy as np

from retinue.movement import Movement, MovementStop
from retinue.plan import Event, Leg, PlaceRecord, Plan
from retinue.plan.traffic import RoutePlace
from retinue.plan.traffic_document import (
    ClearingCost,
    CurvePoint,
    InsertionAsked,
    LegTraffic,
    TrafficDocument,
)
from retinue.plan.train_path import AdoptedPath, PathCeiling, PathStand
from tests.report.sample_traffic import PLACES, ZONE, sample_traffic

LEG = "1-rail"
TITLE = "Adorf to Ilanz by rail"


def _place(name: str, km: float) -> PlaceRecord:
    return PlaceRecord(name=name, lat=47.0 + km / 111.2, lon=8.0, country="CH", zone=ZONE)


def adopted(
    sample: Plan, *, later_s: float = 0.0, longer_s: float = 0.0
) -> tuple[Plan, TrafficDocument]:
    """Return a plan and its traffic.

    Parameters
    ----------
    later_s
        How much later than its path the plan's convoy departs.
    longer_s
        How much longer it stands at Ehau.
    """
    record = sample_traffic().model_copy(
        update={"route": tuple(RoutePlace(place=n, at_m=1e3 * km, zone=ZONE)
                               for n, km, _ in PLACES)}
    )  # fmt: skip
    main = next(train for train in record.trains if train.role == "main")
    at = {name: 1000.0 * km for name, km, _ in PLACES}
    stop = next(call for call in main.calls if call.stops)
    # Its ends are stands of the path: so they are in records that insertion makes.
    calls = (
        main.calls[0].model_copy(update={"stops": True}),
        *main.calls[1:-1],
        main.calls[-1].model_copy(update={"stops": True}),
    )
    trains = tuple(
        train.model_copy(update={"calls": calls}) if train is main else train
        for train in record.trains
    )
    record = record.model_copy(update={"trains": trains})
    movements = []
    for train in record.trains:
        if not train.special:
            continue
        rows = [
            (at[call.place], moment + later_s + longer_s * (at[call.place] > at[stop.place]))
            for call in train.calls
            for moment in dict.fromkeys((call.arrive_utc, call.depart_utc))
        ]
        x, t = np.array(rows).T
        stands = MovementStop(
            stop.place, ZONE, "", at[stop.place],
            float(t[x == at[stop.place]][0]), float(t[x == at[stop.place]][1] + longer_s),
        )  # fmt: skip
        movements.append(
            Movement(
                role=train.role,  # type: ignore[arg-type]
                name=train.title, length_m=train.length_m, lat_deg=47.0 + x / 111_200.0,
                lon_deg=np.full(x.size, 8.0), distance_m=x, time_s=t, stops=(stands,),
            )
        )  # fmt: skip
    movements.sort(key=lambda one: one.role != "main")
    begin, end = float(movements[0].time_s[0]), float(movements[0].time_s[-1])
    leg = Leg(
        id=LEG, mode="rail", title=TITLE, from_=_place("Adorf", 0.0), to=_place("Ilanz", 82.0),
        depart_utc=begin, arrive_utc=end, distance_m=82_000.0, running_time_s=end - begin,
        movements=tuple(movements),
        timeline=(
            Event(time_utc=begin, zone=ZONE, kind="depart", place="Adorf", text=""),
            Event(time_utc=end, zone=ZONE, kind="arrive", place="Ilanz", text=""),
        ),
    )  # fmt: skip

    def stand(name: str, arrive: float, depart: float) -> PathStand:
        return PathStand(
            id=name, place=name, at_m=at[name], lat=47.0, lon=8.0, zone=ZONE, arrive_utc=arrive,
            depart_utc=depart, asked=name != stop.place,
        )  # fmt: skip

    first, last = main.calls[0], main.calls[-1]
    path = AdoptedPath(
        leg=LEG, feed="made by hand", date="2014-06-03", view="pessimistic",
        stands=(
            stand("Adorf", first.arrive_utc, first.depart_utc),
            stand(stop.place, stop.arrive_utc, stop.depart_utc),
            stand("Ilanz", last.arrive_utc, last.depart_utc),
        ),
        ceilings=(PathCeiling(from_m=50_000.0, to_m=60_000.0, at_most_mps=22.5),),
    )  # fmt: skip
    plan = sample.model_copy(
        update={
            "legs": (leg,), "handovers": (), "paths": (path,), "origin": leg.from_,
            "destination": leg.to, "depart_utc": begin, "arrive_utc": end,
        }
    ).sealed()  # fmt: skip
    cost = ClearingCost(
        cost_s=4_320.0, bound_s=3_600.0, optimal=False, passenger_delay_s=648_000.0,
        held_cost_s=20_000.0,
        curve=(
            CurvePoint(later_min=0.0, cost_s=4_320.0, bound_s=3_600.0),
            CurvePoint(later_min=10.0, cost_s=1_200.0, bound_s=1_200.0),
        ),
    )  # fmt: skip
    asked = InsertionAsked(feed="by-hand.zip", clear=True, curve_min=(10.0,))
    part = LegTraffic(leg=LEG, title=TITLE, asked=asked, path=path, record=record, cost=cost)
    document = TrafficDocument(plan_hash=plan.hash, title=plan.title, legs=(part,)).sealed()
    return plan, document
