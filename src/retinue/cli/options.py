"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AmendBy", "Json", "PlanPath", "Quiet", "WorldFolder"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
WorldFolder = Annotated[
    Path | None,
    typer.Option(
        "--world", metavar="NAME.world", help="A built world: plan over its mapped tracks."
    ),
]
AmendBy = Annotated[
    str,
    typer.Option(
        "--amend", metavar="ROLE", help="Enter the change of an approved plan as an amendment."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
]
