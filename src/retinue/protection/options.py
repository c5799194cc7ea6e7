"""The feasible options of a plan: its ways, slots and look-alike trains, as cells.

Ways are the plan itself, its feasible alternatives, and the other routes that a leg's details
hold under ``other_routes`` (with ``movements``, or with a ``line`` that is driven at the leg's
mean pace).  Each way is moved whole to every slot of the policy's window, so that hand-overs keep
their times.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.movement import Movement
from retinue.protection.guessing import MOST_OPTIONS, Option
from retinue.protection.observation import Grid, Visit
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.plan import Handover, Leg, Plan, TrainRecord
    from retinue.protection.odds_policy import OddsPolicy

__all__ = ["PlanOptions", "Way", "options_from_plan", "ways_of"]


@dataclass(frozen=True)
class Way:
    """One way to make the journey: a chain of legs at the plan's own time."""

    id: str
    title: str
    legs: tuple[Leg, ...]
    handovers: tuple[Handover, ...]
    cost: float


@dataclass(frozen=True)
class PlanOptions:
    """Options and what they were made from.

    Attributes
    ----------
    left_out
        Slots and ways that are not feasible, in words.
    end_places
        (name, lat, lon) of the places that are end zones.
    """

    options: tuple[Option, ...]
    ways: tuple[Way, ...]
    grid: Grid
    end_places: tuple[tuple[str, float, float], ...]
    end_radius_m: float
    budget: float | None
    cap: float | None
    left_out: tuple[str, ...]

    def way(self, option: Option) -> Way:
        """Return the way of an option."""
        return next(way for way in self.ways if way.id == option.choices["way"])


def ways_of(plan: Plan) -> tuple[Way, ...]:
    """Return the ways of a plan, its own first.

    Raises
    ------
    InputError
        Where a leg's other route is no movement.
    """
    ways = [Way("plan", plan.title, plan.legs, plan.handovers, _cost(plan.legs))]
    number = 0
    for alternative in plan.alternatives:
        if alternative.feasible and alternative.legs:
            number += 1
            ways.append(
                Way(
                    f"alternative{number}",
                    alternative.title,
                    alternative.legs,
                    alternative.handovers,
                    _cost(alternative.legs),
                )
            )
    number = 0
    for place, leg in enumerate(plan.legs):
        for record in leg.details.get("other_routes", ()):
            number += 1
            ways.append(_other_route(plan, place, record, f"route{number}"))
    return tuple(ways)


def _cost(legs: Iterable[Leg]) -> float:
    return sum(item.amount_base for leg in legs for item in leg.costs)


def _driven(leg: Leg, record: dict[str, object]) -> tuple[Movement, ...]:
    """Return every movement of a leg along another line, each at its own mean pace."""
    points = np.array(record["line"], dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise ValueError("a line has at least two points")
    lat, lon = points[:, 0], points[:, 1]
    steps = np.asarray(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))
    along = np.concatenate(([0.0], np.cumsum(steps)))
    found = []
    for movement in leg.movements:
        pace = (movement.arrive_s - movement.depart_s) / max(movement.total_m, 1.0)
        found.append(
            Movement(
                role=movement.role, name=movement.name, length_m=movement.length_m,
                lon_deg=lon, lat_deg=lat, distance_m=along,
                time_s=movement.depart_s + along * pace,
            )
        )  # fmt: skip
    return tuple(found)


def _other_route(plan: Plan, place: int, record: dict[str, object], way_id: str) -> Way:
    """Return the plan with one leg over another route; what follows moves with its arrival."""
    leg = plan.legs[place]
    where = f"leg {leg.id}: details.other_routes"
    try:
        movements = (
            _driven(leg, record)
            if "line" in record
            else tuple(
                m if isinstance(m, Movement) else Movement.from_dict(m)
                for m in record["movements"]  # type: ignore[attr-defined]
            )
        )
        main = next(m for m in movements if m.role == "main")
        extra = float(record.get("cost", 0.0))  # type: ignore[arg-type]
        roads = record.get("roads") or [way_id]
        title = str(record.get("title") or "by " + ", ".join(roads))  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise InputError(
            f"this other route cannot be read: {error or 'no main movement'}", where=where
        ) from error
    later = main.arrive_s - leg.main.arrive_s
    moved = leg.model_copy(
        update={
            "movements": movements,
            "depart_utc": main.depart_s,
            "arrive_utc": main.arrive_s,
            "distance_m": main.total_m,
            "timeline": (),
        }
    )
    after = tuple(_moved_leg(other, later) for other in plan.legs[place + 1 :])
    return Way(
        way_id, title, (*plan.legs[:place], moved, *after), plan.handovers, _cost(plan.legs) + extra
    )


def _moved_leg(leg: Leg, seconds: float) -> Leg:
    return leg.model_copy(
        update={
            "movements": tuple(m.shifted(seconds) for m in leg.movements),
            "depart_utc": leg.depart_utc + seconds,
            "arrive_utc": leg.arrive_utc + seconds,
            "timeline": (),
        }
    )


def options_from_plan(plan: Plan, policy: OddsPolicy) -> PlanOptions:
    """Return every option of a plan under a policy.

    Raises
    ------
    InputError
        Where there are more options than can be weighed, or an end zone is no place of the plan.
    """
    ways = ways_of(plan)
    grid = Grid(policy.observer.cell, policy.observer.bin)
    ends = _end_places(plan, ways, policy)
    points = [(lat, lon) for _, lat, lon in ends]
    options: list[Option] = []
    left_out: list[str] = []
    for way in ways:
        carriers = [_carriers(leg, policy) for leg in way.legs]
        combinations = list(itertools.product(*carriers))
        if len(combinations) * len(policy.shifts_s()) + len(options) > MOST_OPTIONS:
            raise InputError(
                f"{way.title}: more than {MOST_OPTIONS} options",
                cure="Take longer slots, a shorter window, or fewer look-alike trains.",
            )
        for chosen in combinations:
            covered = _covered(way, chosen, policy, grid)
            near = grid.squares_near(
                {(v.row, v.column) for visits, _ in covered for v in visits},
                points,
                policy.end_zones.radius,
            )
            shown = [
                (tuple(v for v in visits if (v.row, v.column) not in near), count)
                for visits, count in covered
            ]
            for shift in policy.shifts_s():
                fault = _permit_fault(plan, way, shift)
                if fault:
                    left_out.append(f"{way.title} {_shift_text(shift)}: {fault}")
                    continue
                options.append(_option(way, chosen, shown, shift, policy, grid))
    own = ways[0].cost
    extra = policy.cost.extra_at_most
    return PlanOptions(
        options=tuple(options),
        ways=ways,
        grid=grid,
        end_places=ends,
        end_radius_m=policy.end_zones.radius,
        budget=None if extra is None or own <= 0 else own * (1.0 + extra),
        cap=policy.strategy.cap if policy.strategy.cap < 1.0 else None,
        left_out=tuple(dict.fromkeys(left_out)),
    )


def _option(
    way: Way,
    chosen: Sequence[Movement],
    shown: Sequence[tuple[tuple[Visit, ...], int]],
    shift: float,
    policy: OddsPolicy,
    grid: Grid,
) -> Option:
    cells: dict[Hashable, float] = {}
    for visits, count in shown:
        for cell in grid.cells(visits, shift):
            cells[cell] = max(cells.get(cell, 0.0), 1.0 / count)
    carried = [m.role for m in chosen if m.role != "main"]
    minutes = round(shift / 60)
    train = ",".join(m.role for m in chosen)
    return Option(
        id=f"{way.id}{minutes:+d}" + "".join(f".{role}" for role in carried),
        title=f"{way.title}, {_shift_text(shift)}"
        + (f", principal in the {' and '.join(carried)} train" if carried else ""),
        cells=cells,
        cost=way.cost + policy.cost.hour_of_shift * abs(shift) / 3600.0,
        vehicles=tuple(
            (leg.id, count) for leg in way.legs if (count := _look_alikes(leg, policy)) > 1
        ),
        choices={"way": way.id, "shift_s": f"{shift:.0f}", "carried_by": train},
    )


def _shift_text(shift: float) -> str:
    minutes = round(shift / 60)
    if minutes == 0:
        return "as planned"
    return f"{abs(minutes)} min {'later' if minutes > 0 else 'earlier'}"


def _covered(
    way: Way, chosen: Sequence[Movement], policy: OddsPolicy, grid: Grid
) -> list[tuple[tuple[Visit, ...], int]]:
    """Return the visits of every leg and of every wait between two, with the look-alikes."""
    found: list[tuple[tuple[Visit, ...], int]] = []
    for place, (leg, movement) in enumerate(zip(way.legs, chosen, strict=True)):
        count = _look_alikes(leg, policy)
        found.append((grid.visits(movement), count))
        if place + 1 < len(way.legs):
            row = grid.row(leg.to.lat)
            column = grid.column(row, leg.to.lon)
            leaves = max(leg.arrive_utc, way.legs[place + 1].depart_utc)
            found.append(((Visit(row, column, leg.arrive_utc, leaves),), 1))
    return found


def _look_alikes(leg: Leg, policy: OddsPolicy) -> int:
    """Return among how many vehicles of one look the principal's is, itself included."""
    if leg.mode == "air":
        return policy.look_alikes.aircraft or 1
    if leg.mode == "road":
        if policy.look_alikes.cars is not None:
            return policy.look_alikes.cars
        vehicles = leg.convoy.vehicles if leg.convoy is not None else ()
        types = {v.type_name for v in vehicles if v.principal and v.type_name}
        return max(1, sum(v.type_name in types for v in vehicles))
    return 1


def _carriers(leg: Leg, policy: OddsPolicy) -> list[Movement]:
    """Return the movements of a leg that could carry the principal unseen: main, look-alikes."""
    found = [leg.main]
    looks = {train.role: _look(train) for train in reversed(leg.trains)}
    for movement in leg.movements:
        if movement.role == "main" or leg.mode != "rail":
            continue
        named = movement.role in policy.look_alikes.trains
        # In the place of the advance train nobody runs ahead: only a policy may say so.
        ahead = movement.role in ("advance", "pilot")
        same = not ahead and "main" in looks and looks.get(movement.role) == looks["main"]
        if named or same:
            found.append(movement)
    return found


def _look(train: TrainRecord) -> tuple[object, ...]:
    return tuple((v.type_name or v.label, v.role, round(v.length_m, 1)) for v in train.vehicles)


def _end_places(
    plan: Plan, ways: Sequence[Way], policy: OddsPolicy
) -> tuple[tuple[str, float, float], ...]:
    places = {p.name: (p.lat, p.lon) for w in ways for g in w.legs for p in (g.from_, g.to)}
    ends = {p.name: (p.lat, p.lon) for p in (plan.origin, plan.destination)}
    for way in ways:
        for first, second in itertools.pairwise(way.legs):
            if second.depart_utc - first.arrive_utc >= policy.end_zones.known_stay:
                ends[first.to.name] = (first.to.lat, first.to.lon)
    for leg in (leg for way in ways for leg in way.legs):
        for stop in leg.main.stops:
            lon, lat = leg.main.position(stop.distance_m)
            places.setdefault(stop.place, (lat, lon))
            if stop.depart_s - stop.arrive_s >= policy.end_zones.known_stay:
                ends.setdefault(stop.place, (lat, lon))
    for name in policy.end_zones.also:
        if name not in places:
            from retinue.document import suggest

            raise InputError(
                f'the end zone "{name}" is no place of this plan',
                where="end zones.also",
                cure=suggest(name, places) or f"Known: {', '.join(sorted(places)[:8])} ...",
            )
        ends[name] = places[name]
    return tuple((name, lat, lon) for name, (lat, lon) in ends.items())


def _permit_fault(plan: Plan, way: Way, shift: float) -> str:
    """Return why a permit does not cover a moved way; empty where all do."""
    if way.id.startswith("alternative"):
        return ""
    legs = {leg.id: leg for leg in way.legs}
    for permit in plan.permits:
        leg = legs.get(permit.leg)
        if leg is None or permit.state == "refused":
            continue
        begins, ends = permit.valid_from_utc, permit.valid_until_utc
        early = begins is not None and leg.arrive_utc + shift < begins
        late = ends is not None and leg.depart_utc + shift > ends
        if early or late:
            return f"the {permit.kind} permit of {permit.country} does not cover that time"
    return ""
