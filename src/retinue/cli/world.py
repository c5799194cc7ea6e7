"""Commands on built worlds: build one from an extract, show it, fetch extracts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from retinue.cli.console import output

__all__ = ["add_to"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]

_group = typer.Typer(
    help="Railways at track level, and roads, from OpenStreetMap extracts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.add_typer(_group, name="world")


@_group.command("build")
def build_command(
    extract: Annotated[
        Path, typer.Argument(metavar="EXTRACT", help="An .osm.pbf or .osm.gz, or RailJSON.")
    ],
    target: Annotated[Path, typer.Option("-o", "--output", help="The world: NAME.world.")],
    dem: Annotated[
        Path | None, typer.Option("--dem", help="Folder of elevation tiles (.hgt, .hgt.zip).")
    ] = None,
    roads: Annotated[bool, typer.Option(help="Keep the roads.")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the folder whatever it holds.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Build a world from an OpenStreetMap extract and, if wanted, elevation tiles.

    An infrastructure file of OSRD (RailJSON) is known by its content; it has its own slopes.
    """
    output.as_json, output.quiet = as_json, quiet
    from retinue import __version__
    from retinue.errors import InputError
    from retinue.world import osm_import, railjson
    from retinue.world.road_summary import road_summary
    from retinue.world.track_summary import network_summary
    from retinue.world.world_folder import refuse_foreign, save_track_network

    refuse_foreign(target, force=force)
    made_by = f"retinue {__version__}"
    by_osrd = railjson.is_railjson(extract)
    if by_osrd and dem is not None:
        raise InputError(
            "a RailJSON file has slopes of its own; elevation tiles are not laid over them",
            where=str(extract),
            cure="Leave --dem out.",
        )
    with output.progress((railjson.STEPS if by_osrd else osm_import.STEPS + 1) + 1) as step:
        built = (
            osm_import.BuiltWorld(
                railjson.import_railjson(extract, made_by=made_by, progress=step), None
            )
            if by_osrd
            else osm_import.import_world(
                extract, dem=dem, roads=roads, made_by=made_by, progress=step
            )
        )
        step("writing the world")
        folder = save_track_network(built.tracks, target, force=force, roads=built.roads)
    record = network_summary(built.tracks) | {
        "world": str(folder), "road_network": road_summary(built.roads)
    }  # fmt: skip
    output.result(record, _text(record) + f"\nwrote {target}")


@_group.command("info")
def info_command(
    world: Annotated[Path, typer.Argument(metavar="WORLD", help="A built world.")],
    as_json: Json = False,
) -> None:
    """Show what a world holds and what it lacks."""
    output.as_json = as_json
    from retinue.world.road_network import load_road_network
    from retinue.world.road_summary import road_summary
    from retinue.world.track_network import load_track_network
    from retinue.world.track_summary import network_summary

    record = network_summary(load_track_network(world)) | {
        "road_network": road_summary(load_road_network(world))
    }
    output.result(record, _text(record))


@_group.command("fetch")
def fetch_command(
    region: Annotated[str, typer.Argument(metavar="REGION", help="A name, or a path there.")],
    mirror: Annotated[
        str | None, typer.Option("--mirror", metavar="URL", help="Where extracts are kept.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option("--list", help="Your own list of extracts (mirrors.yaml).")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file; its own name by default.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Download an extract from the mirror that you choose; again to go on where it stopped."""
    output.as_json, output.quiet = as_json, quiet
    from urllib.parse import unquote, urlsplit

    from retinue.world.download import extract_url, fetch, load_mirrors

    url = extract_url(region, load_mirrors(regions), mirror)
    file = target or Path(unquote(urlsplit(url).path).rsplit("/", 1)[-1])
    output.if_interrupted = f"run it again to go on from {file}.part"
    with output.progress(100) as bar:
        shown = -1

        def progress(done: int, total: int | None) -> None:
            nonlocal shown
            percent = done * 100 // total if total else 0
            while shown < percent:
                shown += 1
                bar(f"{done / 1e6:,.1f} of {(total or 0) / 1e6:,.1f} MB")

        got = fetch(url, file, progress=progress)
    record: dict[str, Any] = {
        "path": str(got.path),
        "url": got.url,
        "size": got.size,
        "resumed_from": got.resumed_from,
        "checksum": got.checksum,
        "sha256": got.sha256,
    }
    check = f"{got.checksum} agrees" if got.checksum else "the mirror publishes no checksum"
    resumed = f", resumed after {got.resumed_from:,} bytes" if got.resumed_from else ""
    output.result(record, f"wrote {got.path}: {got.size:,} bytes{resumed}; {check}")


def _text(record: dict[str, Any]) -> str:
    """Return a summary for people."""
    lines = [f"{record['extract']} {record['extract_timestamp']}".rstrip()]
    lines += _tracks_text(record) if record["edges"] else ["no railway tracks"]
    lines += ["", *_roads_text(record["road_network"])]
    if record["faults"]:
        lines += ["", "broken or contradictory tags, counted and passed over:"]
        lines += [
            f"  {item['count']:>6,}  {item['kind']}  ({item['example']})"
            for item in record["faults"]
        ]
    return "\n".join(lines)


def _roads_text(record: dict[str, Any] | None) -> list[str]:
    """Return the lines on the road network."""
    from textwrap import fill

    if record is None:
        return ["no road network"]
    lengths = ", ".join(f"{name} {m / 1000:,.0f}" for name, m in record["classes_m"].items())
    shares = ", ".join(f"{name} {share:.0%}" for name, share in record["tagged"].items())
    counts = [f"{name} {number:,}" for name, number in record["counts"].items()]
    told = [
        f"roads: {record['length_m'] / 1000:,.0f} km, {record['nodes']:,} nodes, "
        f"{record['edges']:,} edges; km by class: {lengths}",
        f"share of length tagged: {shares}",
        ", ".join(counts),
    ]
    lines = [fill(text, 120, subsequent_indent="  ") for text in told]
    return lines + [
        f"  {item['count']:>6,}  {item['kind']}  ({item['example']})" for item in record["faults"]
    ]


def _tracks_text(record: dict[str, Any]) -> list[str]:
    """Return the lines on the tracks."""
    from retinue.plan.summary import table_text

    lines = [
        f"{record['nodes']:,} nodes, {record['edges']:,} edges, {record['components']:,} pieces "
        f"that do not meet; the largest has {record['largest_component_m'] / 1000:,.0f} km",
        "",
    ]
    classes = record["classes"]
    labels = list(next(iter(classes.values()))["tagged"]) if classes else []
    rows = [["length", *(f"{c['length_m'] / 1000:,.1f} km" for c in classes.values())]]
    rows.append(["ways", *(f"{c['ways']:,}" for c in classes.values())])
    rows += [
        [
            f"with {label}",
            *(
                f"{c['tagged'][label]['of_length']:.0%} ({c['tagged'][label]['ways']:,})"
                for c in classes.values()
            ),
        ]
        for label in labels
    ]
    lines.append(table_text(["share of length (ways)", *classes], rows,
                            right=frozenset(range(1, len(classes) + 1))))  # fmt: skip
    lines.append("")
    for title, key in (("gauges, mm", "gauges_mm"), ("power", "power_systems")):
        parts = [f"{name} {metres / 1000:,.1f} km" for name, metres in record[key].items()]
        lines.append(f"{title}: {', '.join(parts) or 'none tagged'}")
    counted = {
        "nodes": "node_kinds", "points": "points", "stations": "stations",
        "found by": "stations_found_by", "left out": "left_out_ways",
    }  # fmt: skip
    for title, key in counted.items():
        parts = [f"{name} {number:,}" for name, number in record[key].items()]
        lines.append(f"{title}: {', '.join(parts) or 'none'}")
    lines.append(
        f"platforms {record['platforms']:,}, standing tracks {record['standing_tracks']:,}, "
        f"lineside {record['lineside']:,}, roads {record['roads']:,}; road known at "
        f"{record['crossings_with_road']:,} of {record['crossings']:,} crossings"
    )
    bridges, tunnels = record["bridges_m"] / 1000, record["tunnels_m"] / 1000
    lines.append(f"bridges {bridges:,.1f} km, tunnels {tunnels:,.1f} km")
    height = record["elevation"]
    if height["of_length"]:
        lines.append(
            f"heights on {height['of_length']:.0%} of the length, "
            f"{height['lowest_m']:,.0f} to {height['highest_m']:,.0f} m"
        )
    elif height.get("slopes"):
        lines.append(f"no heights: slopes are {height['slopes']}")
    else:
        lines.append("no heights: build with --dem to have them")
    return lines
