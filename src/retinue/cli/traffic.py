"""The command that reads a timetable as traffic: runs, placement, network, conflicts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder
from retinue.counting import counted

if TYPE_CHECKING:
    from datetime import date

    from retinue.cli.traffic_sweeps import Sweeps
    from retinue.traffic.conflicts import Conflicts
    from retinue.traffic.gtfs_feed import Feed
    from retinue.traffic.placing import Spread
    from retinue.traffic.timetable import DayOfTraffic
    from retinue.traffic.traffic import Traffic

__all__ = ["add_to"]

_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("traffic")(traffic_command)


def traffic_command(
    feed: Annotated[
        str, typer.Argument(metavar="FEED", help="A GTFS zip or folder, or a catalogue name.")
    ],
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="By default the feed's busiest day."),
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", metavar="HH:MM", help="Local time; trains from then.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--until", metavar="HH:MM", help="Local time, 24:00 and beyond.")
    ] = None,
    restrictions: Annotated[
        list[Path] | None,
        typer.Option("--restrictions", help="A file or folder of possessions; may be repeated."),
    ] = None,
    world: WorldFolder = None,
    sweeps_of: Annotated[
        Path | None,
        typer.Option(
            "--sweeps-of", metavar="PLAN", help="A protected plan: its sweeps and patrols hold too."
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Key of that plan's annex.")
    ] = None,
    role: Annotated[str, typer.Option("--as", help="Your role, for the access log.")] = "owner",
    as_json: Json = False,
) -> None:
    """Read a timetable as traffic: place its trains, infer the line twice, find conflicts."""
    output.as_json = as_json
    from retinue.cli.traffic_sweeps import open_track_tasks
    from retinue.errors import InputError
    from retinue.traffic.conflicts import find_conflicts
    from retinue.traffic.feed_lookup import find_feed
    from retinue.traffic.gtfs_feed import read_feed
    from retinue.traffic.restrictions import load_restrictions, restriction_files
    from retinue.traffic.timetable import day_of_traffic
    from retinue.world.world import World

    asked = _date(day)
    given = load_restrictions(restriction_files(restrictions or [], "--restrictions"))
    if key is not None and sweeps_of is None:
        raise InputError("a key goes with --sweeps-of", where="--key", cure="Name the plan too.")
    tasks = None if sweeps_of is None else open_track_tasks(sweeps_of, key, role)
    read = read_feed(find_feed(feed))
    service_day = asked or read.busiest_day()
    made = day_of_traffic(
        read,
        service_day,
        world=World(tracks=world),
        from_s=_moment(read, service_day, begin, "--from"),
        until_s=_moment(read, service_day, end, "--until"),
        restrictions=given,
    )
    found = {
        view: (traffic, find_conflicts(traffic.network, traffic.occupations))
        for view, traffic in made.views.items()
    }
    # The views stay as they are: what the annex tells is printed apart, and kept nowhere.
    sweeps = None if tasks is None else tasks.on(made)
    record = _record(made, found) | ({} if sweeps is None else {"sweeps": sweeps.record()})
    output.result(record, _text(made, found, sweeps))


def _date(text: str | None) -> date | None:
    from datetime import date

    from retinue.errors import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f'"{text}" is no date', where="--date", cure="Write it as 2026-11-23."
        ) from error


def _moment(feed: Feed, day: date | None, text: str | None, option: str) -> float | None:
    from retinue.clock import zone
    from retinue.errors import InputError
    from retinue.traffic.gtfs_calendar import service_day_start_s
    from retinue.traffic.gtfs_values import seconds_of_day

    if text is None or day is None:
        return None
    seconds = seconds_of_day(f"{text}:00" if text.count(":") == 1 else text)
    if seconds is None:
        raise InputError(f'"{text}" is no time', where=option, cure="Write it as 08:30.")
    return service_day_start_s(day, zone(feed.zone)) + seconds


_Found = dict[Any, tuple["Traffic", "Conflicts"]]


def _record(made: DayOfTraffic, found: _Found) -> dict[str, Any]:
    from retinue.clock import iso_utc

    feed, placement = made.feed, made.placement
    return {
        "feed": feed.name,
        "sha256": feed.sha256,
        "date": made.day.isoformat(),
        "zone": feed.zone,
        "from_utc": iso_utc(made.from_s),
        "until_utc": iso_utc(made.until_s),
        "trips": {
            "rail": feed.trip_count,
            "usable": len(feed.trips),
            "left_out": feed.trip_count - len(feed.trips),
            "other_modes": feed.other_trip_count,
        },
        "runs": len(made.runs),
        "runs_by_class": made.runs_by_class(),
        "coupled_runs": len(made.coupled),
        "network_km": {key: round(km, 1) for key, km in made.ground_km().items()},
        "placement": {
            "placed": placement.count("placed"),
            "in_part": placement.count("in part"),
            "not_placed": placement.count("not placed"),
            "stops": placement.stops,
            "stops_on_pack": placement.stops_on_pack,
            "stop_error_m": _spread(placement.stop_error_m),
            "course_error_m": _spread(placement.course_error_m),
            "length_ratio": _spread(placement.length_ratio),
            "trips": [
                {
                    "trip": trip.trip,
                    "verdict": trip.verdict,
                    "share": round(trip.share, 4),
                    "reason": trip.reason,
                    "worst_error_m": _number(trip.worst_error_m),
                }
                for trip in placement.trips
            ],
        },
        "views": {
            view: _view_record(traffic, conflicts) for view, (traffic, conflicts) in found.items()
        },
        "faults": {
            "count": dict(sorted(feed.faults.count.items())),
            "listed": [
                {
                    "kind": fault.kind,
                    "where": fault.where,
                    "what": fault.what,
                    "cure": fault.cure,
                    "treatment": fault.treatment,
                }
                for fault in feed.faults.kept
            ],
        },
        "restrictions": [
            {"sender": entry.sender, "id": entry.id, "version": entry.version,
             "sha256": entry.sha256, "kind": entry.kind, "placed": why == "", "why_not": why}
            for entry, why in (*((entry, "") for entry in made.restrictions), *made.unplaced)
        ],
        "assumed": list(made.notes),
    }  # fmt: skip


def _view_record(traffic: Traffic, conflicts: Conflicts) -> dict[str, Any]:
    from retinue.clock import iso_utc

    network = traffic.network
    return {
        "stations": sum(s.kind == "station" for s in network.stations),
        "halts": sum(s.kind == "halt" for s in network.stations),
        "junctions": sum(s.kind == "junction" for s in network.stations),
        "sections": len(network.sections),
        "single_track_sections": sum(s.tracks == 1 for s in network.sections),
        "resources": len(network.resources),
        "occupations": len(traffic.occupations),
        "conflicts": conflicts.count_by_kind(),
        "longest": [
            {
                "kind": entry.kind,
                "trains": [entry.holder, entry.comer],
                "place": entry.place,
                "lat": round(entry.lat, 6),
                "lon": round(entry.lon, 6),
                "from_utc": iso_utc(entry.from_s),
                "seconds": round(entry.seconds, 1),
            }
            for entry in conflicts.longest_first().told(traffic, 200)
        ],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)


def _spread(spread: Spread) -> dict[str, float | int | None]:
    return {
        "count": spread.count,
        "median": _number(spread.median),
        "p95": _number(spread.p95),
        "max": _number(spread.maximum),
    }


def _text(made: DayOfTraffic, found: _Found, sweeps: Sweeps | None) -> str:
    from retinue.checks.dispatch_faults import printable
    from retinue.clock import local_text

    feed, placement = made.feed, made.placement
    zone = feed.zone
    classes = ", ".join(f"{n} {name}" for name, n in made.runs_by_class().items())
    lines = [
        f"{feed.name}, {made.day.isoformat()} ({zone}), "
        f"{local_text(made.from_s, zone)} to {local_text(made.until_s, zone)}",
        f"{counted(len(made.runs), 'train run')} ({classes}) of {len(feed.trips)} usable rail"
        f" trips; "
        f"{feed.trip_count - len(feed.trips)} left out, {feed.other_trip_count} of other modes",
        "",
        f"on the world pack: {placement.count('placed')} trips placed, "
        f"{placement.count('in part')} in part, {placement.count('not placed')} not",
        f"  {placement.stops_on_pack} of {placement.stops} stops lie on its railways: "
        + _metres(placement.stop_error_m),
    ]
    if placement.length_ratio.count:
        ratio = placement.length_ratio
        lines.append(
            f"  way over the pack against the shape: median {ratio.median:.3f}, "
            f"95 % {ratio.p95:.3f} over {counted(ratio.count, 'stretch')}"
        )
    reasons: dict[str, int] = {}
    for trip in placement.trips:
        if trip.reason:
            reasons[trip.reason] = reasons.get(trip.reason, 0) + 1
    for reason, count in sorted(reasons.items(), key=lambda r: (-r[1], r[0]))[:3]:
        lines.append(f"  {counted(count, 'trip')}: {reason}")
    ground = ", ".join(f"{km:,.0f} km {_GROUNDS[key]}" for key, km in made.ground_km().items())
    off = _metres(placement.course_error_m)
    lines.append(f"the network stands on {ground}; stops off it by {off}")
    lines += _restriction_text(made)
    for view, (traffic, conflicts) in found.items():
        lines += ["", *_view_text(view, traffic, conflicts, zone)]
    if sweeps is not None:
        lines += ["", *sweeps.lines()]
    lines += ["", *_fault_text(feed)]
    if made.notes:
        lines += ["", "assumed:", *(f"  {note}" for note in made.notes)]
    # Names come from a foreign file.
    return "\n".join(printable(line) for line in lines)


def _restriction_text(made: DayOfTraffic) -> list[str]:
    if not (made.restrictions or made.unplaced):
        return []
    held = [entry for entry in made.restrictions if not entry.withdrawn]
    what = "restriction lies" if len(held) == 1 else "restrictions lie"
    lines = ["", f"{len(held)} {what} on the network:"]
    lines += [f"  {entry.words(made.feed.zone)}" for entry in held]
    lines += [
        f"  NOT PLACED, look at it by hand: {entry.name}: {why} ({entry.where})"
        for entry, why in made.unplaced
    ]
    return lines


_GROUNDS = {
    "world": "mapped tracks",
    "feed": "the feed's shapes",
    "pack": "the world pack",
    "straight": "straight lines (assumed)",
}


def _metres(spread: Spread) -> str:
    if not spread.count:
        return "none"
    return f"median {spread.median:.0f} m, 95 % {spread.p95:.0f} m, most {spread.maximum:.0f} m"


def _view_text(view: str, traffic: Traffic, conflicts: Conflicts, zone: str) -> list[str]:
    from retinue.clock import local_text

    record = _view_record(traffic, conflicts)
    kinds = ", ".join(f"{n} {kind}" for kind, n in conflicts.count_by_kind().items())
    lines = [
        f"{view}: {record['sections']} sections, {record['single_track_sections']} of one track; "
        f"{record['stations']} stations, {record['halts']} halts; {record['resources']} resources",
        f"  {counted(len(conflicts), 'overlap of blocking times')} within the timetable itself:"
        f" {kinds}",
    ]
    lines += [
        f"    {entry.kind}: {entry.holder} and {entry.comer} at {entry.place}, "
        f"{local_text(entry.from_s, zone, date=False, offset=False)}, {entry.seconds:.0f} s"
        for entry in conflicts.longest_first().told(traffic, 3)
    ]
    return lines


def _fault_text(feed: Feed) -> list[str]:
    if not len(feed.faults):
        return ["no fault in the feed"]
    count = len(feed.faults)
    lines = [f"{counted(count, 'fault')} in the feed:"]
    lines += [f"  {fault}" for fault in feed.faults.kept[:_SHOWN]]
    if len(feed.faults) > _SHOWN:
        lines.append(f"  ... {len(feed.faults) - _SHOWN} more: --json lists them")
    return lines
