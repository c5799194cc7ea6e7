"""The command line: one program, one file a group of commands.

Commands import what they need when they run, so that ``--help`` is quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import Annotated, NoReturn

import typer

from retinue.apart import allow_copies
from retinue.cli.console import output
from retinue.errors import InputError, RetinueError

__all__ = ["GROUPS", "program", "run"]

#: Files of this room and the commands that each adds, as ``--help`` lists them.
GROUPS = {
    "plans": ("plan", "validate", "show", "check", "compare", "actual"),
    "papers": ("papers", "deadlines"),
    "choices": ("options",),
    "catalogue": ("journeys", "trains", "aircraft", "schema", "data"),
    "engineering": ("running-time", "backtest"),
    "formation": ("formation",),
    "route": ("route",),
    "odds": ("odds",),
    "road": ("road",),
    "traffic": ("traffic",),
    "restrictions": ("restrictions",),
    "world": ("world",),
    "protect": ("protect",),
    "provision": ("provision",),
    "extracts": ("extracts",),
    "dispatch": ("dispatch",),
    "path": ("path",),
    "insertion": ("insert",),
}


def _version(wanted: bool) -> None:
    if wanted:
        from retinue import __version__

        print(f"retinue {__version__}")
        raise typer.Exit


def program(command: str = "") -> typer.Typer:
    """Return the program, with the one group that has a command, or else with all of them."""
    app = typer.Typer(
        name="retinue",
        help="Plan a protected journey by special train, aircraft and motorcade as one plan.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(main)
    for group in [name for name, own in GROUPS.items() if command in own] or GROUPS:
        import_module(f"retinue.cli.{group}").add_to(app)
    return app


def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Plan a protected journey by special train, aircraft and motorcade as one plan."""


#: New objects before their cycles are looked for.
_OBJECTS = 100_000
#: Commands that make large documents, which are trees, and end: looking for cycles in what they
#: make takes a twentieth of their time and finds next to nothing.
_TREES = frozenset({"actual", "plan", "provision"})


class _Interrupted(BaseException):
    """Ctrl-C.  Not a KeyboardInterrupt: the command-line library would turn that into exit 1."""


#: Whether Ctrl-C was pressed.
_asked_to_end: list[bool] = []


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    _asked_to_end.append(True)
    raise _Interrupted


def _interrupted() -> NoReturn:
    print(f"interrupted: {output.if_interrupted}", file=sys.stderr)
    _leave(130)


#: The exit code, once all is done and written.
_ends_with: list[int | str] = []


def _end() -> None:
    """End at once, last of all: the system takes back at a stroke what we would free bit by bit."""
    code = _ends_with[-1] if _ends_with else None
    if isinstance(code, int):
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def run() -> None:
    """Run the program; every error a user can meet becomes a sentence and an exit code."""
    signal.signal(signal.SIGINT, _interrupt)
    allow_copies()
    gc.set_threshold(_OBJECTS, 50, 50)
    if sys.argv[1:2] and sys.argv[1] in _TREES:
        gc.disable()
        atexit.register(_end)
    try:
        program(sys.argv[1] if len(sys.argv) > 1 else "")(prog_name="retinue")
    except SystemExit as end:
        # The command-line library makes exit 1 of a pipe that was closed.
        if isinstance(end.__context__, BrokenPipeError):
            _leave_quietly(0)
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _leave_quietly(end.code)
        _ends_with.append(0 if end.code is None else end.code)
        raise
    except RetinueError as error:
        if _asked_to_end:
            _interrupted()
        output.error(error)
        _leave(error.exit_code)
    except _Interrupted:
        _interrupted()
    except BrokenPipeError:
        _leave_quietly(0)
    except OSError as error:
        if _asked_to_end:
            _interrupted()
        output.error(InputError(f"{error.strerror or error}", where=str(error.filename or "")))
        _leave(2)
    except Exception:
        # Compiled code makes a fault of its own of an interruption.
        if _asked_to_end:
            _interrupted()
        raise
    finally:
        # The end of the process gives back what is left, without a last search for cycles in it.
        gc.freeze()


def _leave(code: int) -> NoReturn:
    raise SystemExit(code)


def _leave_quietly(code: int | str | None) -> NoReturn:
    """Leave after the reader of our output went away (`retinue show | head`): no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)
