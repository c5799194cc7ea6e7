"""The path found for a leg among other trains, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.cli.insertion_case import InsertionCase
    from retinue.cli.insertion_result import InsertionResult
    from retinue.errors import NoPlan
    from retinue.plan.train_path import PathVia
    from retinue.planner.traffic_path import TrafficPath
    from retinue.traffic.insertion import Prepared

__all__ = ["path_among_others", "refusal", "result_of", "searched"]


def path_among_others(case: InsertionCase) -> InsertionResult:
    """Find a path as it is asked for, on the leg's own way.

    Raises
    ------
    NoPlan
        Where there is none: who is in the way, and what would do.
    """
    prepared, path = searched(case)
    if path is None:
        raise refusal(case, prepared)
    return result_of(case, path)


def searched(case: InsertionCase) -> tuple[Prepared, TrafficPath | None]:
    """Search a leg's path.

    Raises
    ------
    NoPlan
        Where the timetable does not cover the leg.
    """
    from retinue.planner.traffic_path import traffic_path

    window = (case.wish_s, case.wish_s + 60.0 * case.asked.within_min)
    return traffic_path(
        case.runs, case.traffic, case.rules, case.blocking, window,
        may_wait=case.asked.may_wait, restricted=case.restricted,
    )  # fmt: skip


def refusal(case: InsertionCase, prepared: Prepared) -> NoPlan:
    """Return why there is no path: who is in the way, and what would do."""
    from retinue.errors import NoPlan
    from retinue.traffic.reasons import explain

    explained = explain(prepared, case.traffic, case.wish_s)
    return NoPlan(
        f"no path through the timetable for {case.runs.request.title}",
        reasons=explained.reasons(case.zone),
        where=case.feed,
        cure=explained.cure(case.zone),
    )


def result_of(
    case: InsertionCase, path: TrafficPath, via: Sequence[PathVia] = ()
) -> InsertionResult:
    """Return a path found with all that is told of it.

    Parameters
    ----------
    via
        What the leg passes where this is another way than its own.
    """
    from retinue.cli.insertion_result import InsertionResult
    from retinue.cli.insertion_traffic import met_lines
    from retinue.planner.traffic_path import adopted_path
    from retinue.traffic.insertion_record import inserted_record

    prepared, zone, planned = path.prepared, case.zone, case.planned
    record = inserted_record(
        case.traffic, prepared, path.found, name=planned.id, feed=case.feed, date=case.date
    )
    record = record.model_copy(update={"assumptions": (*case.told, *record.assumptions)})
    met = () if case.restricted is None else case.restricted.records(path.timed.movements)
    kept = adopted_path(
        prepared, path.found, leg=planned.id, feed=case.feed, date=case.date, restrictions=met,
        via=via, distance_m=case.runs.request.route.length_m,
    )  # fmt: skip
    told = [ceiling.words for ceiling in kept.told(path.timed.profile)]
    data, text = _told(path, case.wish_s, zone, told, kept.over)
    text = "\n".join([text, *met_lines(met, zone)])
    return InsertionResult(prepared, path.found, kept, record, None, data, text)


def _told(
    path: TrafficPath, wish: float, zone: str, told: Sequence[str], over: str
) -> tuple[dict[str, Any], str]:
    from retinue.clock import iso_utc, local_text

    found, prepared = path.found, path.prepared
    names = prepared.network.stations
    stands = [
        {
            "place": names[int(prepared.request.way.nodes[s.node])].name,
            "distance_m": round(s.at_m, 1),
            "arrive_utc": iso_utc(s.arrive_s),
            "depart_utc": iso_utc(s.depart_s),
            "asked": s.asked,
        }
        for s in found.stands
    ]
    ceilings = [
        {"from_m": round(a, 1), "to_m": round(b, 1), "at_most_kmh": round(3.6 * v, 1)}
        for a, b, v in found.ceilings
    ]
    data = {
        "depart_utc": iso_utc(found.depart_s),
        "arrive_utc": iso_utc(found.arrive_s),
        "later_s": round(found.depart_s - wish),
        "waits_s": round(found.waits_s),
        "free_running_s": round(prepared.free_running_s),
        "stands": stands,
        "ceilings": ceilings,
        "given_up_s": found.given_up_s,
    }
    lines = [
        f"{' '.join(('A path', over)).strip()}: depart {local_text(found.depart_s, zone)}, arrive "
        f"{local_text(found.arrive_s, zone)} "
        f"({(found.depart_s - wish) / 60.0:.1f} min after the plan's departure)",
    ]
    lines += [
        f"  stands at {names[int(prepared.request.way.nodes[s.node])].name} from "
        f"{local_text(s.arrive_s, zone).strip()} for {s.depart_s - s.arrive_s:.0f} s"
        for s in found.stands[1:-1]
        if not s.asked
    ]
    lines += [f"  {words}" for words in told]
    if found.simple:
        lines.append("  without waiting or slowing down")
    if found.given_up_s > 0.0:
        lines.append(
            f"  times shorter than {found.given_up_s:g} s were given up while searching: a better"
            " path may hide in them"
        )
    return data, "\n".join(lines)
