"""The command that finds the way of one train: over the world pack, or over mapped tracks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder

if TYPE_CHECKING:
    from retinue.planner.other_routes import OtherRoute
    from retinue.planner.route import FoundRoute
    from retinue.world.rail_route import RailRoute

__all__ = ["add_to"]

_LISTED = 400


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("route")(route_command)


def route_command(
    start: Annotated[str, typer.Argument(metavar="FROM", help="A place, or lat,lon.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="A place, or lat,lon.")],
    train: Annotated[str, typer.Option("--train", help="A train: catalogue name or file.")],
    via: Annotated[
        list[str] | None, typer.Option("--via", help="A place on the way; may be repeated.")
    ] = None,
    avoid: Annotated[
        list[str] | None,
        typer.Option(
            "--avoid",
            metavar="LINE",
            help="A line not to use, or lat,lon,radius on mapped tracks; may be repeated.",
        ),
    ] = None,
    world: WorldFolder = None,
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=20, help="How many dissimilar ways too.")
    ] = 0,
    drawn: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Draw it: FILE.svg or FILE.html."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find the way of a train between two places, and its running time."""
    output.as_json = as_json
    from retinue.errors import InputError
    from retinue.planner.route import find_route
    from retinue.world.world import World

    if drawn is not None and drawn.suffix not in (".svg", ".html"):
        raise InputError(f'a map is drawn as .svg or .html, not "{drawn.suffix}"', where="--map")
    found = find_route(
        start,
        end,
        train,
        via=tuple(via or ()),
        avoid=tuple(avoid or ()),
        alternatives=alternatives,
        world=World(tracks=world),
    )
    if drawn is not None:
        _draw(found, drawn)
    record = _record(found)
    if drawn is not None:
        record["map"] = str(drawn)
    output.result(
        record, _text(found, alternatives) + ("" if drawn is None else f"\nwrote {drawn}")
    )


def _record(found: FoundRoute) -> dict[str, Any]:
    route = found.route
    return {
        "distance_m": round(route.length_m, 1),
        "graph_distance_m": round(route.graph_length_m, 1),
        "running_time_s": round(found.running_time_s, 1),
        "osm_way_ids": list(found.way_ids),
        "osm_node_ids": list(found.node_ids),
        "reserve": None if found.reserve is None else _other(found.reserve),
        "alternatives": [_other(other) for other in found.alternatives],
        "choice_gap_s": round(found.choice_gap_s, 1),
        "unknown": list(found.unknown),
        "assumed": list(found.assumed),
        "points": [
            {
                "name": entry.point.name,
                "distance_m": round(entry.distance_m, 1),
                "lat": entry.point.lat,
                "lon": entry.point.lon,
                "reverses": entry.reverses,
            }
            for entry in route.points
        ],
        "stretches": [
            {
                "source": stretch.origin,
                "line": stretch.line_name,
                "from_m": round(stretch.from_m, 1),
                "to_m": round(stretch.to_m, 1),
                "gauges_mm": list(stretch.gauges_mm),
                "electrification": stretch.electrification,
                "line_speed_mps": round(stretch.line_speed_mps, 3),
            }
            for stretch in route.stretches
        ],
        "sites": list(found.sites),
    }


def _other(other: OtherRoute) -> dict[str, Any]:
    time = other.running_time_s
    return {
        "distance_m": round(other.length_m, 1),
        "running_time_s": None if time is None else round(time, 1),
        "reversals": other.reversals,
        "shared_m": round(other.shared_m, 1),
        "disjoint": other.disjoint,
        "osm_way_ids": list(other.way_ids),
    }


def _text(found: FoundRoute, alternatives: int) -> str:
    from retinue.clock import duration_text

    route = found.route
    lines = [_points_text(route)]
    raw = f" (raw graph {route.graph_length_m / 1000:,.1f} km)" if not found.way_ids else ""
    lines.append(
        f"{route.length_m / 1000:,.1f} km{raw}, {duration_text(found.running_time_s)} running "
        f"without stops, {found.train_name}"
    )
    if found.way_ids:
        lines += ["", _stretch_text(route), "", _site_text(found), "", _others_text(found)]
        if alternatives > len(found.alternatives):
            lines.append(
                f"alternatives: {len(found.alternatives)} of {alternatives} asked for differ enough"
            )
        if found.choice_gap_s > 0.0:
            lines.append(
                f"a way over the tracks that was not simulated could be at most "
                f"{found.choice_gap_s:.0f} s faster"
            )
    lines += [f"unknown: {line}" for line in found.unknown if found.way_ids]
    lines += [f"assumed: {line}" for line in found.assumed]
    return "\n".join(lines)


def _points_text(route: RailRoute) -> str:
    from retinue.plan.summary import table_text

    rows = []
    for entry in route.points:
        stretch = route.stretch_at(entry.distance_m)
        rows.append(
            [
                f"{entry.distance_m / 1000:,.1f}",
                entry.point.name + (" (reverses)" if entry.reverses else ""),
                entry.point.country,
                stretch.line_name,
                "/".join(str(gauge) for gauge in stretch.gauges_mm) or "?",
                stretch.electrification or "?",
                f"{stretch.line_speed_mps * 3.6:.0f}",
                stretch.origin,
            ]
        )
    head = ["km", "point", "", "line from here", "gauge", "power", "km/h", "source"]
    return table_text(head, rows, right=frozenset({0, 6}))


def _stretch_text(route: RailRoute) -> str:
    """Return which network holds from where to where."""
    parts: list[tuple[float, float, str]] = []
    for stretch in route.stretches:
        if parts and parts[-1][2] == stretch.origin:
            parts[-1] = (parts[-1][0], stretch.to_m, stretch.origin)
        else:
            parts.append((stretch.from_m, stretch.to_m, stretch.origin))
    return "\n".join(
        f"km {low / 1000:,.1f} to {high / 1000:,.1f}: {origin}" for low, high, origin in parts
    )


def _site_text(found: FoundRoute) -> str:
    from retinue.plan.summary import table_text

    rows = [
        [
            f"{site['chainage_m'] / 1000:,.2f}",
            str(site["kind"]).replace("_", " "),
            str(site.get("name") or site.get("road_name") or site.get("ref") or ""),
            str(site.get("road_class", "")),
            str(site["found_by"]),
        ]
        for site in found.sites[:_LISTED]
    ]
    text = table_text(["km", "site", "name", "class", "found by"], rows, right=frozenset({0}))
    left = len(found.sites) - _LISTED
    return text + (f"\nand {left} more sites: --json lists all" if left > 0 else "")


def _others_text(found: FoundRoute) -> str:
    from retinue.clock import duration_text

    lines = []
    listed = [(f"alternative {i}", one) for i, one in enumerate(found.alternatives, start=1)]
    if found.reserve is not None:
        listed.insert(0, ("reserve", found.reserve))
    else:
        lines.append("reserve: there is no other way over the tracks")
    for word, one in listed:
        time = one.running_time_s
        told = "the train stalls on it" if time is None else duration_text(time)
        shares = "shares nothing" if one.disjoint else f"shares {one.shared_m / 1000:,.1f} km"
        turns = f", {one.reversals} changes of ends" if one.reversals else ""
        lines.append(f"{word}: {one.length_m / 1000:,.1f} km, {told}, {shares}{turns}")
    return "\n".join(lines)


def _draw(found: FoundRoute, file: Path) -> None:
    from retinue.files import write_text
    from retinue.report.map_land import PackLand
    from retinue.report.route_map import route_map, route_page
    from retinue.world.pack import load_pack

    route = found.route
    last = len(route.points) - 1
    stops = [
        (entry.point.name, entry.point.lon, entry.point.lat,
         0 if number in (0, last) else 1 if entry.reverses else 2)
        for number, entry in enumerate(route.points)
    ]  # fmt: skip
    others = [found.reserve, *found.alternatives]
    ends = f"{route.points[0].point.name} to {route.points[-1].point.name}"
    svg = route_map(
        (route.lon_deg, route.lat_deg),
        stops,
        found.sites,
        [(one.lon_deg, one.lat_deg) for one in others if one is not None],
        title=ends,
        land=PackLand(load_pack()),
    )
    write_text(file, svg if file.suffix == ".svg" else route_page(svg, ends))
