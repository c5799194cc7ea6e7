"""Traffic round a leg with its convoy as planned now, where the plan moved off the path found.

Every hold of the convoy moves with the main train: by how much later it comes to a place, and
leaves it.  Between two places that is interpolated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan.leg import Leg
    from retinue.plan.plan import Plan
    from retinue.plan.traffic import ResourceRecord, TrafficRecord, TrainPath
    from retinue.plan.traffic_document import LegTraffic

__all__ = ["MovedTraffic", "PlaceShift", "moved_traffic"]

#: Moments of a plan are whole seconds, and its motion a polyline.
SAME_S = 1.5


@dataclass(frozen=True)
class PlaceShift:
    """How much later the main train is at a place than the path that was found; seconds."""

    place: str
    at_m: float
    arrive_s: float
    depart_s: float

    @property
    def most_s(self) -> float:
        """The greater of both, with its sign."""
        return max(self.arrive_s, self.depart_s, key=abs)


@dataclass(frozen=True)
class MovedTraffic:
    """The traffic with the convoy where the plan now has it.

    Attributes
    ----------
    shifts
        By place of the way, in running order; empty where the plan has no such leg any more.
    """

    record: TrafficRecord
    shifts: tuple[PlaceShift, ...]

    @property
    def moved(self) -> bool:
        """Whether the convoy runs at other times than those that were found, or not at all."""
        return not self.shifts or any(abs(shift.most_s) > SAME_S for shift in self.shifts)


def moved_traffic(plan: Plan, part: LegTraffic) -> MovedTraffic:
    """Return the traffic of a leg as the plan now has it."""
    leg = next((one for one in plan.legs if one.id == part.leg and one.mode == "rail"), None)
    record = part.record
    main = next((t for t in record.trains if t.special and t.role == "main"), None)
    if leg is None or main is None:
        return MovedTraffic(record, ())
    shifts = _shifts(leg, part, main)
    if not shifts or all(abs(shift.most_s) <= SAME_S for shift in shifts):
        return MovedTraffic(record, shifts)
    later = _later(main, shifts)
    resources = {resource.id: resource for resource in record.resources}
    trains = tuple(
        _moved(train, main, later, resources) if train.special else train for train in record.trains
    )
    windows = tuple(
        window.model_copy(
            update={
                "from_utc": window.from_utc + later(window.from_utc, None),
                "to_utc": window.to_utc + later(window.to_utc, None),
            }
        )
        for window in record.windows
    )
    return MovedTraffic(record.model_copy(update={"trains": trains, "windows": windows}), shifts)


def _shifts(leg: Leg, part: LegTraffic, main: TrainPath) -> tuple[PlaceShift, ...]:
    at = {place.place: place.at_m for place in part.record.route}
    stands = {stand.place: stand for stand in part.path.stands}
    movement = leg.main
    found = []
    for call in main.calls:
        stand = stands.get(call.place) if call.stops else None
        # The timetable's place may lie some way from where the leg begins, ends or stops.
        here = at.get(call.place) if stand is None else stand.at_m
        if here is None:
            continue
        if stand is part.path.stands[0]:
            arrive = depart = leg.depart_utc
        elif stand is part.path.stands[-1]:
            arrive = depart = leg.arrive_utc
        else:
            arrive, depart = _times(movement, here)
        found.append(
            PlaceShift(call.place, here, arrive - call.arrive_utc, depart - call.depart_utc)
        )
    return tuple(found)


def _times(movement: Movement, at_m: float) -> tuple[float, float]:
    """Return arrival at and departure from a chainage, Unix seconds."""
    for stop in movement.stops:
        if abs(stop.distance_m - at_m) < 1.0:
            return float(stop.arrive_s), float(stop.depart_s)
    here = float(np.interp(at_m, movement.distance_m, movement.time_s))
    return here, here


def _later(
    main: TrainPath, shifts: tuple[PlaceShift, ...]
) -> Callable[[float, ResourceRecord | None], float]:
    """Return by how much a moment of the main train moves."""
    calls = {call.place: call for call in main.calls}
    moments: list[float] = []
    by: list[float] = []
    stands: list[tuple[float, float, PlaceShift]] = []
    for shift in shifts:
        call = calls[shift.place]
        moments += [call.arrive_utc, call.depart_utc]
        by += [shift.arrive_s, shift.depart_s]
        stands.append((call.arrive_utc, call.depart_utc, shift))
    times, seconds = np.array(moments), np.array(by)

    def later(moment: float, resource: ResourceRecord | None) -> float:
        for arrive, depart, shift in stands:
            if arrive < moment < depart and resource is not None:
                # While it stands: what lies ahead waits for the departure, the rest was taken
                # with the arrival.
                ahead = (
                    resource.kind != "station"
                    and resource.from_m is not None
                    and resource.to_m is not None
                    and min(resource.from_m, resource.to_m) >= shift.at_m - 1.0
                )
                return shift.depart_s if ahead else shift.arrive_s
        return float(np.interp(moment, times, seconds))

    return later


def _moved(
    train: TrainPath,
    main: TrainPath,
    later: Callable[[float, ResourceRecord | None], float],
    resources: dict[int, ResourceRecord],
) -> TrainPath:
    """Return a train of the convoy moved as the main train is, its lag kept."""
    lag = train.calls[0].depart_utc - main.calls[0].depart_utc

    def move(moment: float, resource: ResourceRecord | None = None) -> float:
        return moment + later(moment - lag, resource)

    return train.model_copy(
        update={
            "calls": tuple(
                call.model_copy(
                    update={
                        "arrive_utc": move(call.arrive_utc),
                        "depart_utc": max(move(call.arrive_utc), move(call.depart_utc)),
                    }
                )
                for call in train.calls
            ),
            "passes": tuple(
                held.model_copy(
                    update={
                        "from_utc": (begin := move(held.from_utc, resources.get(held.resource))),
                        "to_utc": max(begin, move(held.to_utc, resources.get(held.resource))),
                    }
                )
                for held in train.passes
            ),
            "front": tuple((at_m, move(moment)) for at_m, moment in train.front),
        }
    )
