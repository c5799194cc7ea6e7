"""How commands speak: text for people, JSON for programs, errors in one sentence.

Results go to standard output, progress and errors to standard error, so that
``--json`` can be piped.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.errors import RetinueError
from retinue.terminal_text import folded_lines, screen_columns

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["Output", "output"]


@dataclass
class Output:
    """What the user asked of the output: set once by the command line.

    Attributes
    ----------
    as_json
        Print JSON instead of text.
    quiet
        Print nothing but errors.
    if_interrupted
        What an interrupted command leaves behind.
    """

    as_json: bool = False
    quiet: bool = False
    if_interrupted: str = "nothing was written"

    def console(self) -> Console:
        """Return the console for results; NO_COLOR and pipes are respected by Rich."""
        from rich.console import Console

        return Console(quiet=self.quiet, highlight=False, soft_wrap=not sys.stdout.isatty())

    def result(self, record: Any, text: str | Table | None = None) -> None:
        """Print a result: ``record`` with ``--json``, else ``text``."""
        if self.as_json:
            print(json.dumps(record, ensure_ascii=False, indent=2))
        elif text is not None and not self.quiet:
            if isinstance(text, str):
                print(folded_lines(text))
            else:
                self.console().print(text)

    def say(self, text: str) -> None:
        """Print a line for people only."""
        if not (self.as_json or self.quiet):
            print(folded_lines(text))

    def error(self, error: RetinueError) -> None:
        """Print an error, as JSON on standard output with ``--json``."""
        if self.as_json:
            print(json.dumps(error.as_dict(), ensure_ascii=False, indent=2))
        else:
            print(error, file=sys.stderr)

    @contextmanager
    def progress(self, total: int) -> Iterator[Progress]:
        """Show a bar on standard error while long work runs; nothing where nobody looks."""
        bar = Progress(total, enabled=sys.stderr.isatty() and not (self.quiet or self.as_json))
        try:
            yield bar
        finally:
            bar.close()


class Progress:
    """A bar that counts named steps."""

    def __init__(self, total: int, *, enabled: bool) -> None:
        self._bar: Any = None
        if enabled:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description:<34}"),
                BarColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=total)

    def __call__(self, what: str) -> None:
        """Name the step that begins now."""
        if self._bar is not None:
            self._bar.update(self._task, description=what, advance=1)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


#: The one output of this process.
output = Output()
if sys.stdout.isatty():
    screen_columns.set(shutil.get_terminal_size().columns)
