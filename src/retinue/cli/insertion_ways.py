"""A leg's path over its own way and others: each searched, told beside each other, one taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from retinue.cli.insertion_case import InsertionCase
    from retinue.cli.insertion_result import InsertionResult
    from retinue.plan import Plan
    from retinue.planner.leg_ways import LegWay
    from retinue.planner.planner import Planner
    from retinue.planner.tried_ways import TriedWay

__all__ = ["path_over_ways", "refuse_against_journey"]

_REFUSED_SHOWN = 3


def path_over_ways(
    planner: Planner, plan: Plan, case: InsertionCase, files: Sequence[Path]
) -> InsertionResult:
    """Find a path on the leg's own way and on others, and take the one that arrives first.

    Parameters
    ----------
    files
        Possessions and slow stretches beside the journey's own.

    Raises
    ------
    NoPlan
        Where there is none on any: who is in the way on the own one, and why on the others.
    """
    from retinue.cli.insertion_path import refusal, result_of, searched
    from retinue.errors import NoPlan, Reason
    from retinue.planner.leg_restrictions import leg_under
    from retinue.planner.leg_ways import leg_ways
    from retinue.planner.tried_ways import TriedWay, best_way

    leg_id, asked = case.planned.id, case.asked.alternatives
    ways = leg_ways(planner, plan, leg_id, case.runs, case.traffic.network, asked)
    cases: dict[str, InsertionCase] = {}
    tried: list[TriedWay] = []
    refused: NoPlan | None = None
    for way in ways:
        if way.runs is None:
            tried.append(TriedWay(way, why=way.reason))
            continue
        here = case
        if way.via:
            _, restricted = leg_under(planner, plan, leg_id, files, ways={leg_id: way.via})
            here = case.on(way.runs, restricted)
        cases[way.name] = here
        try:
            prepared, path = searched(here)
        except NoPlan as error:
            why = next((reason.what for reason in error.reasons), error.message)
            tried.append(TriedWay(way, why=why))
            refused = refused or (None if way.via else error)
            continue
        why = "" if path is not None else _in_the_way(here, prepared)
        tried.append(TriedWay(way, path, prepared.free_running_s, why))
        if path is None and not way.via:
            refused = refusal(here, prepared) if best_way(tried) is None else None
    best = best_way(tried)
    if best is None or best.path is None:
        assert refused is not None
        others = [Reason(one.why, one.way.name, one.way.cure, "way") for one in tried[1:]]
        raise NoPlan(
            f"{refused.message}, nor on {counted(len(others), 'other way')}",
            reasons=[*refused.reasons, *others],
            where=refused.where,
            cure=refused.cure,
        )
    made = result_of(cases[best.way.name], best.path, best.way.via)
    told = [_record(one, one is best, case.wish_s) for one in tried]
    text = "\n".join([made.text, "", *_lines(tried, best, case, asked)])
    return replace(
        made, data=made.data | {"way": best.way.name, "ways": told}, text=text, way=best.way
    )


def refuse_against_journey(way: LegWay | None, title: str) -> None:
    """Refuse to take a leg onto a way that leaves out what its journey asks for.

    Raises
    ------
    NoPlan
        With how the journey is to be written so that its leg takes that way.
    """
    from retinue.errors import NoPlan, Reason

    if way is None or not way.against:
        return
    written = ", ".join(f'"{text}"' for text in way.written)
    raise NoPlan(
        f"{title} cannot be taken {way.name}: its journey asks for {way.against}",
        reasons=[Reason(f"the journey asks for {way.against}", way.name, kind="journey")],
        cure=f"Write via: [{written}] for this leg in place of its lines and places to pass, plan"
        " it again, and find its path; or leave --alternatives out.",
    )


def _in_the_way(case: InsertionCase, prepared: Any) -> str:
    """Return who is in the way first, and how many more are."""
    from retinue.traffic.reasons import in_the_way, reasons_of

    blocking = in_the_way(prepared, case.traffic, case.wish_s)
    if not blocking:
        return "nobody is in the way of running as planned, and yet there is no path in that time"
    first = reasons_of(blocking[:1], case.zone)[0]
    more = f", and {len(blocking) - 1} more" if len(blocking) > 1 else ""
    return f"{first.what} at {first.where}{more}"


def _record(one: TriedWay, chosen: bool, wish_s: float) -> dict[str, Any]:
    """Return a way that was tried as JSON values."""
    from retinue.clock import iso_utc

    record: dict[str, Any] = {
        "name": one.way.name,
        "taken": chosen,
        "distance_m": round(one.way.length_m, 1),
        "via": list(one.way.written),
        "against_journey": one.way.against,
    }
    if one.free_s is not None:
        record["free_running_s"] = round(one.free_s)
    if one.path is None:
        return record | {"reason": one.why, "cure": one.way.cure}
    found = one.path.found
    return record | {
        "depart_utc": iso_utc(found.depart_s),
        "arrive_utc": iso_utc(found.arrive_s),
        "later_than_free_s": round(one.later_s(wish_s)),
    }


def _lines(tried: Sequence[TriedWay], best: TriedWay, case: InsertionCase, asked: int) -> list[str]:
    """Return the table of ways, and what hinders those without a path."""
    from retinue.clock import duration_text, local_text
    from retinue.plan.summary import table_text

    rows = []
    for one in tried:
        if one.way.runs is None:
            continue
        times = ["-", "no path", "-"]
        if one.path is not None:
            found = one.path.found
            times = [
                local_text(found.depart_s, case.zone).strip(),
                local_text(found.arrive_s, case.zone).strip(),
                f"{one.later_s(case.wish_s) / 60.0:.1f} min",
            ]
        free = "-" if one.free_s is None else duration_text(one.free_s)
        mark = "taken" if one is best else ""
        rows.append([one.way.name, f"{one.way.length_m / 1000.0:.1f}", free, *times, mark])
    heads = ("way", "km", "alone", "depart", "arrive", "later", "")
    lines = table_text(heads, rows, right=frozenset({1, 2, 5})).splitlines()
    lines += [
        f"  {one.way.name}: {one.why}"
        for one in tried
        if one.way.runs is not None and one.path is None
    ]
    lines += [
        f"  {one.way.name}: the journey asks for {one.way.against}"
        for one in tried
        if one.way.against
    ]
    off = [one for one in tried if one.way.runs is None]
    lines += [f"  {one.way.name}: {one.why}" for one in off[:_REFUSED_SHOWN]]
    if len(off) > _REFUSED_SHOWN:
        lines.append(
            f"  and {counted(len(off) - _REFUSED_SHOWN, 'other way')} likewise (--json lists all)"
        )
    searched = sum(one.way.runs is not None for one in tried) - 1
    if searched < asked:
        what = "differ enough" + (" and lie on the plan's own railways" if off else "")
        lines.append(f"  alternatives: {searched} of {asked} asked for {what}")
    return lines
