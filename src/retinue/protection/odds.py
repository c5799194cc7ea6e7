"""The odds of a plan: strategy, chance of a right guess, honest limits, and what shows early."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.clock import iso_utc, local_text
from retinue.protection.exposure import Exposure, exposure_steps
from retinue.protection.guessing import Option, Strategy, least_guess
from retinue.protection.observation import Cell
from retinue.protection.options import PlanOptions, options_from_plan
from retinue.protection.signature import (
    SignatureTask,
    earliest_give_away_s,
    signature_of,
    signature_of_legs,
)
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.protection.odds_policy import OddsPolicy
    from retinue.protection.policy import Policy

__all__ = ["SCHEMA", "Odds", "WatchedCell", "odds_of", "watched_text"]

SCHEMA = "retinue-odds/1"
_AT_A_PLACE = {"depart", "arrive", "pass", "border", "gauge-change", "locomotive-change"}
_CERTAIN = 1.0 - 1e-9


@dataclass(frozen=True)
class WatchedCell:
    """Where and when the best observer looks.

    Attributes
    ----------
    probability
        How often.
    others
        Cells that are as good a guess, since the same options cover them.
    """

    place: str
    zone: str
    lat: float
    lon: float
    from_s: float
    until_s: float
    probability: float
    others: int


@dataclass(frozen=True)
class Odds:
    """Everything that `retinue odds` says of a plan.

    Attributes
    ----------
    strategy
        The mixed strategy with its proof.
    where_only
        Greatest guess of the place alone, at whatever time.
    sure_places
        Places that every option passes, in order, where there are any.
    apart
        Greatest guess where one thing alone is varied, and with all of it, without limits of
        cost and cap.
    """

    plan: Plan
    policy: OddsPolicy
    made: PlanOptions
    strategy: Strategy
    watch: tuple[WatchedCell, ...]
    where_only: float
    sure_places: tuple[str, ...]
    apart: dict[str, float]
    signature: tuple[SignatureTask, ...]
    exposure: tuple[Exposure, ...]
    exposure_cured: tuple[Exposure, ...]
    limits: tuple[str, ...]

    @property
    def effective_choices(self) -> float:
        """How many equally likely choices are as uncertain as the strategy: 2 to its entropy."""
        return float(2.0**self.strategy.entropy_bits)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values: everything that an independent checker needs."""
        strategy, made = self.strategy, self.made
        return {
            "schema": SCHEMA,
            "plan": self.plan.hash,
            "title": self.plan.title,
            "policy": self.policy.title,
            "guess": strategy.guess,
            "bound": strategy.bound,
            "gap": strategy.gap,
            "entropy_bits": strategy.entropy_bits,
            "entropy_bound_bits": strategy.entropy_bound_bits,
            "effective_choices": self.effective_choices,
            "cost": strategy.cost,
            "budget": strategy.budget,
            "price_of_cost": strategy.price,
            "cap": strategy.cap,
            "currency": self.plan.base_currency,
            "options": [
                {
                    "id": option.id,
                    "title": option.title,
                    "probability": float(share),
                    "look_alikes": option.look_alikes,
                    "cost": option.cost,
                    **dict(option.choices),
                }
                for option, share in zip(strategy.options, strategy.shares, strict=True)
            ],
            "watch": [
                {
                    "place": cell.place,
                    "lat": round(cell.lat, 4),
                    "lon": round(cell.lon, 4),
                    "from_utc": iso_utc(cell.from_s),
                    "until_utc": iso_utc(cell.until_s),
                    "probability": cell.probability,
                    "others": cell.others,
                }
                for cell in self.watch
            ],
            "where_only": self.where_only,
            "sure_places": list(self.sure_places),
            "apart": self.apart,
            "after_preparations": [step.as_dict() for step in self.exposure],
            "after_preparations_cured": [step.as_dict() for step in self.exposure_cured],
            "signature": [task.as_dict() for task in self.signature],
            "earliest_give_away_s": round(earliest_give_away_s(self.signature)),
            "earliest_give_away_cured_s": round(earliest_give_away_s(self.signature, cured=True)),
            "limits": list(self.limits),
            "assumed": self.policy.assumed(),
            "left_out": list(made.left_out),
            "look_alikes": {
                "cars": self.policy.look_alikes.cars,
                "aircraft": self.policy.look_alikes.aircraft,
            },
            "grid": {"cell_m": made.grid.cell_m, "bin_s": made.grid.bin_s},
            "end_zones": {
                "radius_m": made.end_radius_m,
                "places": [
                    {"name": name, "lat": lat, "lon": lon} for name, lat, lon in made.end_places
                ],
            },
            "coverage": self._coverage(),
        }

    def _coverage(self) -> list[dict[str, Any]]:
        watched = dict(self.strategy.watch)
        rows = zip(self.strategy.coverage.cells, self.strategy.coverage.matrix, strict=True)
        return [
            {
                "cell": list(cells[0]) if isinstance(cells[0], tuple) else [],
                "watched": watched.get(cells, 0.0),
                "options": np.flatnonzero(row).tolist(),
                "weights": row[np.flatnonzero(row)].tolist(),
            }
            for cells, row in rows
        ]


def odds_of(plan: Plan, policy: OddsPolicy, protection: Policy | None = None) -> Odds:
    """Return the odds of a plan.

    Parameters
    ----------
    protection
        Policy of protection, whose times replace those of the signature's data.

    Raises
    ------
    InputError
        Where the policy does not fit the plan.
    NoPlan
        Where no strategy keeps budget and cap.
    """
    made = options_from_plan(plan, policy)
    strategy = least_guess(made.options, budget=made.budget, cap=made.cap)
    names = _named_points(made)
    squares = [_squares(option) for option in made.options]
    where_only = least_guess(squares, even=False).guess
    tasks = tuple(signature_of(plan, protection))
    tasks_of_way = {
        way.id: tasks
        if way.id == "plan"
        else tuple(signature_of_legs(way.legs, way.handovers, policy=protection))
        for way in made.ways
    }
    exposure = exposure_steps(strategy, tasks_of_way, made.grid.bin_s)
    cured = exposure_steps(strategy, tasks_of_way, made.grid.bin_s, cured=True)
    apart = _apart(made.options)
    sure = _sure_places(made, squares, names) if where_only >= _CERTAIN else ()
    return Odds(
        plan=plan,
        policy=policy,
        made=made,
        strategy=strategy,
        watch=_watch(strategy, made, names),
        where_only=where_only,
        sure_places=sure,
        apart=apart,
        signature=tasks,
        exposure=exposure,
        exposure_cured=cured,
        limits=_limits(made, strategy, sure, apart, exposure),
    )


def _squares(option: Option) -> Option:
    """Return the option as an observer sees it who guesses the place alone."""
    cells: dict[Hashable, float] = {
        (c.row, c.column, c.aloft): 1.0 for c in option.cells if isinstance(c, Cell)
    }
    return replace(option, cells=cells, vehicles=())


def _apart(options: Sequence[Option]) -> dict[str, float]:
    def guess(chosen: Sequence[Option]) -> float:
        return least_guess(chosen, even=False).guess

    own = [o for o in options if o.choices["way"] == "plan"] or list(options)
    home = [o for o in own if float(o.choices["shift_s"]) == 0] or own[:1]
    same_train = home[0].choices["carried_by"]
    return {
        "nothing": guess(home[:1]),
        "slots": guess([o for o in own if o.choices["carried_by"] == same_train]),
        "ways": guess(
            [o for o in options if float(o.choices["shift_s"]) == 0 and "." not in o.id] or home[:1]
        ),
        "trains": guess(home),
        "everything": guess(options),
    }


def _named_points(made: PlanOptions) -> tuple[list[tuple[str, str]], np.ndarray[Any, Any]]:
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for leg in (leg for way in made.ways for leg in way.legs):
        for place in (leg.from_, leg.to):
            found.setdefault((place.name, place.zone), (place.lat, place.lon))
        for event in leg.timeline:
            if event.lat is not None and event.lon is not None and event.kind in _AT_A_PLACE:
                found.setdefault((event.place, event.zone), (event.lat, event.lon))
    return list(found), np.array(list(found.values()))


def _near(
    names: tuple[list[tuple[str, str]], np.ndarray[Any, Any]], lat: float, lon: float
) -> tuple[str, str]:
    labels, points = names
    return labels[int(np.argmin(distance_m(points[:, 0], points[:, 1], lat, lon)))]


def _watch(
    strategy: Strategy,
    made: PlanOptions,
    names: tuple[list[tuple[str, str]], np.ndarray[Any, Any]],
) -> tuple[WatchedCell, ...]:
    found = []
    for cells, probability in strategy.watch:
        cell = cells[0]
        if not isinstance(cell, Cell):
            continue
        lat, lon = made.grid.centre(cell.row, cell.column)
        place, zone = _near(names, lat, lon)
        begins = cell.time_bin * made.grid.bin_s
        found.append(
            WatchedCell(
                place, zone, lat, lon, begins, begins + made.grid.bin_s, probability, len(cells) - 1
            )
        )
    return tuple(sorted(found, key=lambda c: (-round(c.probability, 9), c.from_s, c.lat, c.lon)))


def _sure_places(
    made: PlanOptions,
    squares: Sequence[Option],
    names: tuple[list[tuple[str, str]], np.ndarray[Any, Any]],
) -> tuple[str, ...]:
    """Return the names beside the squares that every option passes, in the plan's order."""
    if not all(option.cells for option in squares):
        return ()
    common = set.intersection(*(set(option.cells) for option in squares))
    found: dict[str, None] = {}
    for leg in made.ways[0].legs:
        for visit in made.grid.visits(leg.main):
            if (visit.row, visit.column, visit.aloft) in common:
                found.setdefault(_near(names, *made.grid.centre(visit.row, visit.column))[0])
    return tuple(found)


def _limits(
    made: PlanOptions,
    strategy: Strategy,
    sure: Sequence[str],
    apart: dict[str, float],
    exposure: Sequence[Exposure],
) -> tuple[str, ...]:
    said = []
    if not any(option.cells for option in strategy.options):
        said.append(
            "The whole journey lies in its end zones, where nothing can be hidden: a guess of 0 %"
            " says nothing. Take smaller zones, e.g. --policy town."
        )
    if sure:
        named = ", ".join(sure[:4]) + (f" ... {sure[-1]}" if len(sure) > 4 else "")
        said.append(
            f"Minimum cut 1: every option passes near {named} ({len(sure)} named places in all)."
            " No choice of way hides the passage there: vary time, formation and mode instead."
        )
    if len(made.ways) == 1:
        said.append(
            "The plan has one way only; an alternative by another mode or line would add choices."
        )
    best = max(option.look_alikes for option in strategy.options)
    if best == 1:
        said.append("No vehicle has a look-alike: who sees the movement sees the principal's.")
    if strategy.guess >= _CERTAIN:
        said.append("At some place and time the guess is certain: the options do not differ there.")
    if strategy.price > 0:
        said.append("The cost limit binds: more money would buy a lower guess.")
    if strategy.cap is not None and strategy.guess > apart["everything"] + 1e-9:
        said.append(f"Without limits of cost and cap the guess would be {apart['everything']:.1%}.")
    if exposure and exposure[-1].guess > strategy.guess + 1e-9:
        first = next(step for step in exposure if step.guess > strategy.guess + 1e-9)
        said.append(
            f"Preparations made for the drawn option alone give it away: {first.items[0]} raises"
            f" the guess to {first.guess:.1%} {_ago(first.before_s)} before the passage."
        )
    said.append(
        "Slots are not checked against other traffic; the traffic and permits of a slot must be"
        " sound before the draw."
    )
    return tuple(said)


def _ago(seconds: float) -> str:
    from retinue.clock import duration_text

    return f"{seconds / 86400:.0f} d" if seconds >= 86_400 else duration_text(seconds)


def watched_text(cell: WatchedCell) -> str:
    """Return ``near Kilchu, 10 Sep 18:15-18:30 +09``."""
    begins = local_text(cell.from_s, cell.zone, offset=False)
    ends = local_text(cell.until_s, cell.zone, date=False)
    return f"near {cell.place}, {begins.strip()}-{ends}"
