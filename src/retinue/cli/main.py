"""The command line: one program, one file a group of commands.

Commands import what they need when they run, so that ``--help`` is quick.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from retinue.cli import (
    catalogue,
    choices,
    dispatch,
    engineering,
    extracts,
    formation,
    insertion,
    odds,
    papers,
    path,
    plans,
    protect,
    provision,
    restrictions,
    road,
    route,
    traffic,
    world,
)
from retinue.cli.console import output
from retinue.errors import InputError, RetinueError

__all__ = ["app", "run"]

app = typer.Typer(
    name="retinue",
    help="Plan a protected journey by special train, aircraft and motorcade as one plan.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from retinue import __version__

        print(f"retinue {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Plan a protected journey by special train, aircraft and motorcade as one plan."""


plans.add_to(app)
papers.add_to(app)
choices.add_to(app)
catalogue.add_to(app)
engineering.add_to(app)
formation.add_to(app)
route.add_to(app)
odds.add_to(app)
road.add_to(app)
traffic.add_to(app)
restrictions.add_to(app)
world.add_to(app)
protect.add_to(app)
provision.add_to(app)
extracts.add_to(app)
dispatch.add_to(app)
path.add_to(app)
insertion.add_to(app)


#: New objects before their cycles are looked for.
_OBJECTS = 100_000


class _Interrupted(BaseException):
    """Ctrl-C.  Not a KeyboardInterrupt: the command-line library would turn that into exit 1."""


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise _Interrupted


def run() -> None:
    """Run the program; every error a user can meet becomes a sentence and an exit code."""
    signal.signal(signal.SIGINT, _interrupt)
    # Documents are large trees without cycles: looking for some takes a tenth of the time.
    gc.set_threshold(_OBJECTS, 50, 50)
    try:
        app(prog_name="retinue")
    except RetinueError as error:
        output.error(error)
        _leave(error.exit_code)
    except _Interrupted:
        print(f"interrupted: {output.if_interrupted}", file=sys.stderr)
        _leave(130)
    except BrokenPipeError:
        # The reader of our output went away (`retinue show | head`): not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(0)
    except OSError as error:
        output.error(InputError(f"{error.strerror or error}", where=str(error.filename or "")))
        _leave(2)


def _leave(code: int) -> None:
    raise SystemExit(code)
