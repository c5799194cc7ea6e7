"""The command on choices: every way to make a journey, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retinue.cli.console import output
from retinue.cli.options import Json, Quiet, WorldFolder
from retinue.cli.plans import JourneyName

if TYPE_CHECKING:
    from rich.console import RenderableType

    from retinue.plan.options import Option, OptionSet

__all__ = ["add_to", "shown"]

#: Steps that a bar counts: some twenty ways, each planned and measured.
_STEPS = 60


def add_to(app: typer.Typer) -> None:
    """Add this group's command to the program."""
    app.command("options")(options_command)


def options_command(
    journey: JourneyName,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Also write the set: FILE.json, or FILE.svg, drawn.",
        ),
    ] = None,
    world: WorldFolder = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare ways to make a journey: rail, air, road and mixed, door to door."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.errors import InputError
    from retinue.journey import load_journey

    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise InputError(
            "this is a folder" if out.is_dir() else "there is no such folder",
            where=f"--output {out}",
            cure="Name a file in a folder that is there, e.g. -o options.json.",
        )
    with output.progress(_STEPS) as progress:
        from retinue.planner import Planner
        from retinue.planner.options import make_options
        from retinue.world.world import World

        progress("reading the journey")
        found = make_options(Planner(World(tracks=world), progress), load_journey(journey))
    if out is not None:
        from retinue.files import write_text

        if out.suffix.casefold() == ".svg":
            from retinue.report.options_chart import options_chart

            write_text(out, options_chart(found))
        else:
            write_text(out, found.to_json())
    if as_json or quiet:
        output.result(found.as_dict())
        return
    from rich.console import Console

    # Wrapped at the terminal's width, or that of COLUMNS in a pipe.
    console = Console(highlight=False, soft_wrap=False)
    for part in shown(found, console.width):
        console.print(part)
    if out is not None:
        console.print(f"wrote {out}", markup=False)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _hours(value: float) -> str:
    return f"{value:.1f}"


def _days(value: float) -> str:
    return f"{value:.0f} d"


def _row(number: int, option: Option) -> list[str]:
    from retinue.clock import duration_text

    m = option.measures
    assert m is not None
    mark = "as planned" if option.as_planned else ""
    title = option.title if not mark else f"{option.pattern}, {mark}"
    return [
        str(number),
        title,
        duration_text(m.time_s),
        _hours(m.exposure_h),
        f"{m.cost:,.0f}",
        f"{m.held_h:,.0f}",
        _hours(option.comfort_h),
        _hours(m.lost_h),
        str(m.weather_limits),
        _days(m.lead_days),
    ]


def shown(found: OptionSet, columns: int) -> list[RenderableType]:
    """Return what the terminal shows: head, table, sentences, what is dominated, impossible."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from retinue.clock import local_text

    start = local_text(found.depart_utc, found.depart_zone).strip()
    head = Text(
        f"{found.title}: {_counted(len(found.options), 'way')} from {found.origin}"
        f" to {found.destination}, departing {start}"
    )
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    wide = columns >= 110
    heads = (
        ("", "way", "door to door", "exposure wt h", found.currency, "held person-h",
         "comfort h", "lost h", "weather", "lead")
        if wide
        else ("", "way", "time", "exp.", found.currency, "held", "comf.", "lost", "wx", "lead")
    )  # fmt: skip
    for index, name in enumerate(heads):
        right = index != 1
        table.add_column(name, justify="right" if right else "left", no_wrap=right and not wide)
    numbers = {option.id: index for index, option in enumerate(found.options, start=1)}
    for option in found.options:
        style = None if option.on_front else "dim"
        table.add_row(*_row(numbers[option.id], option), style=style)
    remark = [Text(found.remark)] if found.remark else []
    parts: list[RenderableType] = [head, *remark, Text(), table, Text()]
    told = [option for option in found.options if option.sentence]
    parts += [_numbered(numbers[option.id], option.sentence) for option in told]
    dominated = [option for option in found.options if option.dominated_by]
    if dominated:
        parts += [Text(), Text("dominated: no better in anything, and worse in something")]
        for option in dominated:
            by = option.dominated_by[0]
            more = len(option.dominated_by) - 1
            also = f", and by {more} more" if more else ""
            text = (
                f"{option.title}: by {by.title} ({numbers[by.by]}) on"
                f" {', '.join(by.better_on)}{also}"
            )
            parts.append(_numbered(numbers[option.id], text))
    if found.impossible:
        parts += [Text(), Text("cannot be made")]
        for option in found.impossible:
            reason = option.reasons[0]
            parts.append(Padding(Text(f"{option.title}: {reason.what}"), (0, 0, 0, 2)))
    unknown = list(dict.fromkeys(text for o in found.options for text in o.not_assessed))
    if unknown:
        parts += [Text(), Text("not assessed")]
        parts += [Padding(Text(text), (0, 0, 0, 2)) for text in unknown]
    if not wide:
        parts += [
            Text(),
            Text(
                "exp.: weighted hours of exposure; held: person-hours others are held up; comf.,"
                " lost: hours with and without work or sleep; wx: limits of weather",
                style="dim",
            ),
        ]
    parts.append(
        Text(
            f"{len(found.assumptions)} planning values are assumed"
            " (retinue options JOURNEY --json lists them)",
            style="dim",
        )
    )
    return parts


def _numbered(number: int, text: str) -> RenderableType:
    from rich.table import Table

    line = Table.grid(padding=(0, 1))
    line.add_column(justify="right", width=2)
    line.add_column()
    line.add_row(str(number), text)
    return line
