"""Work done apart: in a process of its own, while the caller goes on with something else.

Threads share one interpreter, so what is plain Python gains nothing from them.  Here the work
begins in a copy of the process and its result is brought back through a pipe:

    with apart(work) as running:
        ...                          # something else
        found = running.result()

Where no copy can be made, or it brings nothing back, the caller does the work itself: the result
is the same, and so is the fault that the work may have.  It must hang on nothing that the caller
changes, and what it changes is lost, but for its result and the record of the files it read.

Only the command line makes copies.  Who uses the library may have threads of his own, and a copy
would wait for ever for a lock that one of them held.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import sys
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Generic, NoReturn, TypeVar

from retinue.document import record_reads, recording

__all__ = ["Apart", "allow_copies", "apart"]

Found = TypeVar("Found")
_allowed = False


def allow_copies() -> None:
    """Say that this process has no threads but ours."""
    global _allowed
    _allowed = True


def apart(work: Callable[[], Found]) -> Apart[Found]:
    """Begin work in a process of its own, where that is possible and another core is there."""
    return Apart(work)


class Apart(Generic[Found]):
    """Work that runs apart; left without its result, it is stopped."""

    def __init__(self, work: Callable[[], Found]) -> None:
        self._work = work
        self._stop: weakref.finalize[[int, int, int, str], Apart[Found]] | None = None
        # Elsewhere a copy of the process may not call the system's libraries.
        if not _allowed or sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
            return
        with suppress(OSError):
            room = tempfile.mkdtemp(prefix="retinue-")
            here, there = os.pipe()
            try:
                process = os.fork()
            except OSError:
                os.close(here)
                os.close(there)
                shutil.rmtree(room, ignore_errors=True)
                raise
            if not process:
                _bring(work, there, room)
            os.close(there)
            self._stop = weakref.finalize(self, _stop, os.getpid(), process, here, room)

    def result(self) -> Found:
        """Return what was found, once it is; raises what the work raises."""
        begun = None if self._stop is None else self._stop.detach()
        if begun is not None:
            _, process, pipe, room = begun[2]
            with os.fdopen(pipe, "rb") as brought:
                content = brought.read()
            _, status = os.waitpid(process, 0)
            shutil.rmtree(room, ignore_errors=True)
            if os.waitstatus_to_exitcode(status) == 0:
                found, reads = pickle.loads(content)  # noqa: S301 - our own copy's words
                record_reads(reads)
                self._work = lambda: found
        return self._work()

    def __enter__(self) -> Apart[Found]:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop what nobody waits for any more."""
        if self._stop is not None:
            self._stop()


def _stop(owner: int, process: int, pipe: int, room: str) -> None:
    """Stop a process, unless this is a copy of the one that began it."""
    if os.getpid() == owner:
        os.close(pipe)
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        shutil.rmtree(room, ignore_errors=True)


def _bring(work: Callable[[], object], pipe: int, room: str) -> NoReturn:
    """Do the work in the copy, and write its result to the caller.

    Parameters
    ----------
    room
        Folder for what it lays down for a while: the caller clears it, however this one ends.
    """
    code = 1
    # A fault is not told here: the caller does the work again, and meets it.
    with suppress(BaseException):
        # Ctrl-C is for the caller, who stops this one: compiled code would stumble over it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        tempfile.tempdir = room
        with recording() as reads:
            found = work()
        content = pickle.dumps((found, dict(reads)), protocol=pickle.HIGHEST_PROTOCOL)
        with os.fdopen(pipe, "wb") as out:
            out.write(content)
        code = 0
    os._exit(code)
