"""The command that finds roads for a convoy over a built world, with choke points and havens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, WorldFolder
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.world.road_route import RoadHaven, RoadRoute, RoadVehicleLimits

__all__ = ["add_to"]

_LISTED = 40


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("road")(road_command)


def road_command(
    start: Annotated[str, typer.Argument(metavar="FROM", help="A place, or lat,lon.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="A place, or lat,lon.")],
    world: WorldFolder = None,
    via: Annotated[
        list[str] | None, typer.Option("--via", help="A place on the way; may be repeated.")
    ] = None,
    avoid: Annotated[
        list[str] | None,
        typer.Option(
            "--avoid",
            metavar="ROAD",
            help="A road's name or number, way NUMBER, or lat,lon,radius; may be repeated.",
        ),
    ] = None,
    height: Annotated[
        str | None, typer.Option("--height", help="Of the highest vehicle, e.g. 4.0 m.")
    ] = None,
    width: Annotated[
        str | None, typer.Option("--width", help="Of the widest vehicle, e.g. 2.55 m.")
    ] = None,
    length: Annotated[
        str | None, typer.Option("--length", help="Of the longest vehicle, e.g. 12 m.")
    ] = None,
    weight: Annotated[
        str | None, typer.Option("--weight", help="Of the heaviest vehicle, e.g. 18 t.")
    ] = None,
    axle_load: Annotated[
        str | None, typer.Option("--axle-load", help="The greatest of any vehicle, e.g. 10 t.")
    ] = None,
    routes: Annotated[
        int, typer.Option("--routes", min=1, max=10, help="How many dissimilar routes at most.")
    ] = 1,
    similar: Annotated[
        float,
        typer.Option("--similar", min=0.0, max=1.0, help="Greatest share of any two in common."),
    ] = 0.6,
    private: Annotated[
        bool, typer.Option("--private", help="The convoy is let in on private roads.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find roads for a convoy between two places, with choke points and safe havens."""
    output.as_json = as_json
    from retinue.errors import InputError
    from retinue.world.road_alternatives import RoadChoices
    from retinue.world.road_avoid import avoided_roads
    from retinue.world.road_route import RoadVehicleLimits
    from retinue.world.road_search import RoadRouter
    from retinue.world.road_sites import havens_along
    from retinue.world.world import World

    there = World(tracks=world)
    if there.roads is None:
        raise InputError(
            "no built world with roads is named",
            where="--world",
            cure="Build one (retinue world build EXTRACT -o NAME.world) and give --world.",
        )
    router = RoadRouter(there.roads, private=private) if private else there.road_router
    assert router is not None
    limits = RoadVehicleLimits(
        height_m=_measure(height, "length", "--height"),
        width_m=_measure(width, "length", "--width"),
        length_m=_measure(length, "length", "--length"),
        mass_kg=_measure(weight, "mass", "--weight"),
        axle_load_kg=_measure(axle_load, "mass", "--axle-load"),
    )
    gazetteer = there.gazetteer({})
    points = [
        (place.lat, place.lon)
        for place in (
            gazetteer.resolve(start, where="FROM"),
            *(gazetteer.resolve(name, where="--via") for name in via or ()),
            gazetteer.resolve(end, where="TO"),
        )
    ]
    found = RoadChoices(router).alternatives(
        points[0],
        points[-1],
        points[1:-1],
        limits,
        avoided_roads(there.roads, avoid) if avoid else None,
        count=routes,
        most_similar=similar,
    )
    havens = [havens_along(router, route, limits) for route in found]
    record = {
        "source": found[0].source,
        "most_similar": similar,
        "routes": [_record(route, near, limits) for route, near in zip(found, havens, strict=True)],
    }
    text = "\n\n".join(
        _text(number, route, near)
        for number, (route, near) in enumerate(zip(found, havens, strict=True), start=1)
    )
    if routes > 1:
        told = (
            f"{len(found)} of {counted(routes, 'route')}"
            if len(found) < routes
            else counted(routes, "route")
        )
        text += f"\n\n{told}; any two of them have at most {similar:.0%} of the shorter in common"
    output.result(record, f"{text}\n{found[0].source}")


def _measure(text: str | None, kind: str, where: str) -> float | None:
    from retinue.errors import InputError
    from retinue.units import UnitError, parse

    if text is None:
        return None
    try:
        value = parse(text, kind)
    except UnitError as error:
        raise InputError(str(error), where=where, cure="Write a number and its unit.") from error
    if not 0.0 < value < 1e6:
        raise InputError(
            f"{text} is no measure of a vehicle", where=where, cure="Write e.g. 4.0 m or 18 t."
        )
    return value


def _record(
    route: RoadRoute, havens: tuple[RoadHaven, ...], limits: RoadVehicleLimits
) -> dict[str, Any]:
    from dataclasses import asdict

    line = zip(route.lat_deg.tolist(), route.lon_deg.tolist(), strict=True)
    return {
        "distance_m": round(route.length_m, 1),
        "free_time_s": round(route.free_time_s, 1),
        "penalty_s": round(route.penalty_s, 1),
        "similarity": round(route.similarity, 4),
        "start_access_m": round(route.start_access_m, 1),
        "end_access_m": round(route.end_access_m, 1),
        "limits": asdict(limits),
        "line": [[round(lat, 7), round(lon, 7)] for lat, lon in line],
        "pieces": [asdict(piece) for piece in route.pieces],
        "points": [asdict(point) for point in route.points],
        "chokes": [asdict(choke) for choke in route.chokes],
        "havens": [asdict(haven) for haven in havens],
    }


def _text(number: int, route: RoadRoute, havens: tuple[RoadHaven, ...]) -> str:
    from retinue.clock import duration_text
    from retinue.plan.summary import table_text

    share = f", {route.similarity:.0%} in common with route 1" if number > 1 else ""
    lines = [
        f"route {number}: {route.length_m / 1000:,.1f} km, {duration_text(route.free_time_s)} "
        f"for a car on an empty road{share}"
    ]
    arms = sum(point.arms for point in route.points)
    junctions = sum(point.kind == "junction" for point in route.points)
    assumed = sum(piece.length_m for piece in route.pieces if piece.speed_assumed)
    lines.append(
        f"  {counted(junctions, 'junction')} with {counted(arms, 'arm')} to hold; speed assumed on "
        f"{assumed / max(route.length_m, 1.0):.0%} of the length"
    )
    if max(route.start_access_m, route.end_access_m) > 1.0:
        lines.append(
            f"  from the places to the road {route.start_access_m:,.0f} m and "
            f"{route.end_access_m:,.0f} m"
        )
    if route.penalty_s:
        lines.append("  it begins, ends or passes on roads for residents only")
    rows = [
        [f"{c.from_m / 1000:,.2f}", f"{c.length_m:,.0f}", c.kind.replace("_", " "), c.what]
        for c in route.chokes[:_LISTED]
    ]
    if rows:
        lines.append(table_text(["km", "m long", "choke point", ""], rows, right=frozenset({0, 1})))
    if len(route.chokes) > _LISTED:
        lines.append(f"  and {len(route.chokes) - _LISTED} more (--json lists all)")
    rows = [
        [f"{h.distance_m / 1000:,.2f}", duration_text(h.detour_s), f"{h.detour_m / 1000:,.1f} km",
         h.kind.replace("_", " "), h.name or h.osm_id]
        for h in havens[:_LISTED]
    ]  # fmt: skip
    if rows:
        lines.append(
            table_text(
                ["turn off at km", "detour", "", "haven", ""], rows, right=frozenset({0, 1, 2})
            )
        )
    return "\n".join(lines)
