"""The line cleared for a leg that departs as planned: who gives way, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.cli.insertion_case import InsertionCase
    from retinue.cli.insertion_result import InsertionResult
    from retinue.plan.traffic import TrafficRecord
    from retinue.plan.traffic_document import ClearingCost
    from retinue.rail.leg_runs import RailRuns
    from retinue.traffic.clearing import Cleared
    from retinue.traffic.insertion import FoundPath, Prepared

__all__ = ["cleared_line"]


def cleared_line(case: InsertionCase) -> InsertionResult:
    """Run the leg at the plan's time and have other trains give way at the least cost.

    Raises
    ------
    NoPlan
        Where works on the line leave no path, whoever gives way.
    """
    from retinue.cli.insertion_result import InsertionResult
    from retinue.cli.insertion_traffic import met_lines
    from retinue.errors import NoPlan
    from retinue.plan.traffic_document import ClearingCost, CurvePoint
    from retinue.planner.traffic_path import (
        adopted_path,
        prepared_leg,
        timed_on,
        under_restrictions,
    )
    from retinue.traffic.clearing import clear
    from retinue.traffic.insertion_record import inserted_record
    from retinue.traffic.reasons import reasons_of, works_in_the_way

    wish, zone, planned, traffic = case.wish_s, case.zone, case.planned, case.traffic
    restricted = case.restricted
    everyone = frozenset(range(len(traffic.runs)))

    def prepared_at(moment: float) -> tuple[RailRuns, Prepared]:
        here = case.runs
        if restricted is not None:
            here = under_restrictions(here, restricted, moment)
        window = (moment, moment)
        return here, prepared_leg(
            here, traffic.network, case.rules, case.blocking, window, may_wait=False
        )

    ran, prepared = prepared_at(wish)
    avoided = frozenset(step.section for step in prepared.request.way.steps)

    def at(moment: float) -> tuple[FoundPath, Cleared]:
        own = prepared if restricted is None or moment == wish else prepared_at(moment)[1]
        found = own.find(traffic, depart=(moment, moment), without=everyone)
        if found is None:
            what = "works on the line leave no path, whoever gives way"
            works = reasons_of(works_in_the_way(own, traffic, moment), zone)
            cure = "Move the departure or the work."
            raise NoPlan(what, reasons=works, where=case.feed, cure=cure)
        return found, clear(traffic, found.windows, case.blocking, avoided=avoided)

    found, cleared = at(wish)
    points = []
    for minutes in sorted({0.0, *case.asked.curve_min}):
        done = cleared if minutes == 0.0 else at(wish + 60.0 * minutes)[1]
        points.append(CurvePoint(later_min=minutes, cost_s=done.cost, bound_s=done.bound))
    record = inserted_record(
        traffic, prepared, found, name=planned.id, cleared=cleared, feed=case.feed, date=case.date
    )
    record = record.model_copy(update={"assumptions": (*case.told, *record.assumptions)})
    cost = ClearingCost(
        cost_s=cleared.cost,
        bound_s=cleared.bound,
        optimal=cleared.optimal,
        passenger_delay_s=cleared.passenger_s,
        held_cost_s=cleared.held_cost,
        curve=tuple(points),
    )
    free = adopted_path(prepared, found)
    met = () if restricted is None else restricted.records(timed_on(ran, free).movements)
    path = adopted_path(
        prepared, found, leg=planned.id, feed=case.feed, date=case.date, restrictions=met
    )
    lines = [*_lines(found, record, cost, cleared.gap, zone), *met_lines(met, zone)]
    data = _data(found, record, cost, cleared.gap)
    return InsertionResult(prepared, found, path, record, cost, data, "\n".join(lines))


def _data(
    found: FoundPath, record: TrafficRecord, cost: ClearingCost, gap: float
) -> dict[str, Any]:
    from retinue.clock import iso_utc

    return {
        "depart_utc": iso_utc(found.depart_s),
        "arrive_utc": iso_utc(found.arrive_s),
        "cost_s": round(cost.cost_s),
        "bound_s": round(cost.bound_s),
        "optimal": cost.optimal,
        "gap": round(gap, 4),
        "passenger_delay_s": round(cost.passenger_delay_s),
        "hold_everything_s": round(cost.held_cost_s),
        "altered": [
            {"id": a.id, "measure": a.measure, "delay_s": round(a.delay_s), "because": a.because}
            for a in record.altered
        ],
        "curve": [
            {"later_min": p.later_min, "cost_s": round(p.cost_s), "bound_s": round(p.bound_s)}
            for p in cost.curve
        ],
    }


def _lines(
    found: FoundPath, record: TrafficRecord, cost: ClearingCost, gap: float, zone: str
) -> Sequence[str]:
    from retinue.cli.insertion_result import SHOWN
    from retinue.clock import local_text

    proof = (
        "the least possible"
        if cost.optimal
        else f"at least {cost.bound_s / 60:.0f} min, a gap of {gap:.0%}"
    )
    altered = len(record.altered)
    gives = "gives" if altered == 1 else "give"
    lines = [
        f"Depart {local_text(found.depart_s, zone)}, arrive {local_text(found.arrive_s, zone)}; "
        f"{counted(altered, 'train')} {gives} way, {cost.cost_s / 60:.0f} weighted minutes "
        f"({proof}; every train held, were there room for all: {cost.held_cost_s / 60:.0f})",
    ]
    lines += [
        f"  {a.id}: {a.measure}"
        + ("" if a.measure == "cancelled" else f", {a.delay_s / 60:.1f} min late at its end")
        + f" ({a.because})"
        for a in record.altered[:SHOWN]
    ]
    if len(record.altered) > SHOWN:
        lines.append(f"  and {len(record.altered) - SHOWN} more (--json lists all)")
    if len(cost.curve) > 1:
        lines.append("Later by, and what it costs others:")
        lines += [
            f"  {p.later_min:g} min: {p.cost_s / 60:.0f} weighted minutes" for p in cost.curve
        ]
    return lines
