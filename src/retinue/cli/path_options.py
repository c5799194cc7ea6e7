"""Options of the commands on train paths, and what their words mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from retinue.traffic.path_request import Leeway

__all__ = [
    "After",
    "At",
    "Before",
    "Codes",
    "LegNumber",
    "PlanPath",
    "Quiet",
    "Role",
    "TrainRole",
    "leeway_of",
    "moment_of",
]

PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
]
LegNumber = Annotated[
    int | None, typer.Option("--leg", metavar="N", help="Number of the leg; else every rail leg.")
]
TrainRole = Annotated[
    str, typer.Option("--train", metavar="ROLE", help="Only this train: main, advance, following.")
]
Before = Annotated[
    float | None,
    typer.Option("--before", metavar="MIN", min=0, max=1440, help="Tolerance, minutes earlier."),
]
After = Annotated[
    float | None,
    typer.Option("--after", metavar="MIN", min=0, max=1440, help="Tolerance, minutes later."),
]
Codes = Annotated[
    Path | None,
    typer.Option("--codes", metavar="FILE", help="Location codes, CSV: country,place,code."),
]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help="Who approves or enters it.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help='When, e.g. "2023-09-01 12:00 Z"; default: now.'),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def leeway_of(before: float | None, after: float | None) -> Leeway:
    """Return tolerances named in minutes; the shipped ones where none is."""
    from retinue.traffic.path_request import Leeway

    return Leeway(
        None if before is None else before * 60.0, None if after is None else after * 60.0
    )


def moment_of(text: str | None) -> float:
    """Return the moment of an entry; the clock's, where none is named."""
    from datetime import UTC, datetime

    from retinue.clock import parse_moment
    from retinue.errors import InputError

    if text is None:
        # Of an entry in the register, or a message: it goes into no plan.
        return float(round(datetime.now(UTC).timestamp()))
    try:
        return parse_moment(text.strip().replace("Z", " Z") if "T" in text else text)
    except ValueError as error:
        raise InputError(str(error), where="--at") from error
