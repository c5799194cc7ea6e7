"""Commands on what Retinue knows: journeys, trains, aircraft, convoys, schema, data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["add_to"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("journeys")(journeys_command)
    app.command("trains")(trains_command)
    app.command("aircraft")(aircraft_command)
    app.command("schema")(schema_command)
    app.command("data")(data_command)


def journeys_command(
    text: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Print this journey's file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the example journeys, or print one as a file to start from."""
    output.as_json = as_json
    from retinue.journey import load_journey, shipped_journeys
    from retinue.plan.summary import table_text

    if text is not None:
        file = load_journey(text)
        output.result({"name": file.name, "text": file.text}, file.text.rstrip("\n"))
        return
    files = [load_journey(name) for name in shipped_journeys()]
    records = [
        {
            "name": file.name,
            "title": file.journey.title,
            "depart": file.journey.depart,
            "modes": [leg.mode for leg in file.journey.legs],
            "alternatives": len(file.journey.alternatives),
        }
        for file in files
    ]
    rows = [
        [file.name, file.journey.title, file.journey.depart,
         " + ".join(leg.mode for leg in file.journey.legs)]
        for file in files
    ]  # fmt: skip
    output.result(records, table_text(["name", "journey", "depart", "legs"], rows))


def trains_command(as_json: Json = False) -> None:
    """List trains with length, mass, top speed, gauge and power."""
    output.as_json = as_json
    from retinue.plan.summary import table_text
    from retinue.rail.trains import list_trains, load_train

    records, rows = [], []
    for name in list_trains():
        train = load_train(name)
        records.append(
            {
                "name": name,
                "vehicles": len(train.vehicles),
                "length_m": round(train.length_m, 1),
                "mass_kg": round(train.mass_kg),
                "max_speed_mps": round(train.max_speed_mps, 3),
                "power_systems": list(train.power_systems),
            }
        )
        rows.append(
            [
                name,
                str(len(train.locomotives)),
                str(len(train.coaches)),
                f"{train.length_m:,.0f}",
                f"{train.mass_kg / 1000:,.0f}",
                f"{train.max_speed_mps * 3.6:.0f}",
                ", ".join(train.power_systems),
            ]
        )
    head = ["train", "locomotives", "coaches", "m", "t", "km/h", "power"]
    output.result(records, table_text(head, rows, right=frozenset({1, 2, 3, 4, 5})))


def aircraft_command(as_json: Json = False) -> None:
    """List aircraft with mass, seats, cruise and runway; types of openap where installed."""
    output.as_json = as_json
    from retinue.air.aircraft import known_aircraft, load_aircraft
    from retinue.plan.summary import table_text

    records: list[dict[str, Any]] = []
    rows = []
    for name in known_aircraft():
        card = load_aircraft(name)
        records.append(
            {
                "name": name,
                "type": card.name,
                "kind": "type card",
                "engine": card.engine,
                "designator": card.designator,
                "wake": card.wake,
                "code_letter": card.code_letter,
                "maximum_take_off_mass_kg": card.maximum_take_off_mass,
                "seats": card.seats,
                "maximum_payload_kg": card.maximum_payload,
                "cruise_mps": round(card.cruise_speed, 2),
                "take_off_length_m": card.take_off_length,
                "landing_length_m": card.landing_length,
                "range_m": max(point.range_ for point in card.range_points),
                "assumed": card.assumed(),
            }
        )
        rows.append(
            [
                name,
                card.engine,
                card.designator,
                card.code_letter,
                f"{card.maximum_take_off_mass / 1000:,.1f}",
                str(card.seats),
                f"{card.cruise_speed * 3.6:.0f}",
                "pad" if card.take_off_length is None else f"{card.take_off_length:,.0f}",
                f"{max(point.range_ for point in card.range_points) / 1000:,.0f}",
            ]
        )
    head = ["aircraft", "engine", "type", "letter", "t", "seats", "km/h", "runway m", "range km"]
    text = table_text(head, rows, right=frozenset({4, 5, 6, 7, 8}))
    openap, more = _openap_types()
    output.result([*records, *openap], f"{text}\n\n{more}")


def _openap_types() -> tuple[list[dict[str, Any]], str]:
    """Return openap's types as records and as text."""
    from retinue.air.openap_type import known_openap_types, openap_here, whole_models

    if not openap_here():
        return [], "types of openap: pip install 'retinue[air]'"
    known, whole = known_openap_types(), whole_models()
    records = [
        {"name": f"openap:{code}", "kind": "openap", "designator": code, "model": model,
         "own_model": code in whole}
        for code, model in known.items()
    ]  # fmt: skip
    partly = [code for code, model in known.items() if code == model and code not in whole]
    other = [f"{code} ({model})" for code, model in known.items() if code != model]
    lines = [
        f"openap:TYPE  {', '.join(sorted(whole))}",
        f"with speeds or drag of another type (assumed)  {', '.join(partly)}",
        f"as another type (assumed)  {', '.join(other)}",
    ]
    return records, "\n".join(lines)


def _schemas() -> dict[str, type[BaseModel]]:
    from retinue.air.aircraft import AircraftCard
    from retinue.journey import Journey
    from retinue.plan import Plan
    from retinue.rail.train_file import TrainFile
    from retinue.world.line_book_file import LayerFile

    return {
        "plan": Plan,
        "journey": Journey,
        "train": TrainFile,
        "line-book": LayerFile,
        "aircraft": AircraftCard,
    }


def schema_command(
    what: Annotated[
        str, typer.Argument(help="plan, journey, train, line-book or aircraft.")
    ] = "plan",
) -> None:
    """Print the JSON Schema of a file."""
    import json

    from retinue.document import suggest
    from retinue.errors import InputError

    schemas = _schemas()
    if what not in schemas:
        raise InputError(
            f'there is no schema "{what}"',
            where="WHAT",
            cure=suggest(what, schemas) or f"Known: {', '.join(schemas)}.",
        )
    print(json.dumps(schemas[what].model_json_schema(by_alias=True), ensure_ascii=False, indent=2))


def data_command(
    verify: Annotated[
        bool, typer.Option("--verify", help="Check the pack against its full checksum.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what the world pack and the books hold, and under which licences."""
    output.as_json = as_json
    from retinue.plan.summary import table_text
    from retinue.world.world import World

    world = World()
    pack = world.pack
    if verify:
        pack.verify()
    holds: list[tuple[str, str]] = [
        ("rail graph", f"{pack.rail.node_count:,} nodes, {pack.rail.edge_count:,} edges"),
        ("road graph", f"{pack.road.node_count:,} nodes, {pack.road.edge_count:,} edges"),
        (
            "aerodromes",
            f"{len(pack.aerodromes):,} with {len(pack.aerodromes.runways.length_m):,} runways",
        ),
        ("places", f"{len(pack.places):,}"),
        ("countries", f"{len(pack.countries.iso2):,}"),
        (
            "line book",
            f"{len(world.line_book.lines):,} lines, {len(world.line_book.points):,} points,"
            f" {sum(line.length_m for line in world.line_book.lines.values()) / 1000:,.0f} km",
        ),
    ]
    licences = [
        {"name": x.name, "licence": x.licence, "attribution": x.attribution, "url": x.url}
        for x in pack.licences()
    ]
    record: dict[str, Any] = {
        "pack_version": pack.version,
        "pack_sha256": pack.sha256,
        "catalogue_sha256": world.catalogue_sha256,
        "verified": verify,
        "holds": dict(holds),
        "licences": licences,
    }
    text = (
        f"world pack {pack.version}  sha256 {pack.sha256[:16]}"
        f"{'  verified' if verify else ''}\n"
        + table_text(["part", "holds"], holds)
        + "\n\n"
        + table_text(
            ["data", "licence", "attribution", "source"],
            [[x["name"], x["licence"], x["attribution"], x["url"]] for x in licences],
        )
    )
    output.result(record, text)
