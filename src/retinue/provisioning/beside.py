"""Work done side by side: solvers and kernels let go of the interpreter, so both cores serve.

What is started must hang on nothing that changes, so the order in which pieces end decides
nothing; whoever asks for their results asks in one order.
"""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

__all__ = ["Beside"]

Found = TypeVar("Found")
_MOST = 4


class Beside:
    """Threads that work while the caller does; what waits is dropped when the caller fails."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST), "beside")

    def start(self, work: Callable[[], Found]) -> Future[Found]:
        """Start a piece of work in the caller's context, so that files it reads are recorded."""
        return self._pool.submit(contextvars.copy_context().run, work)

    def __enter__(self) -> Beside:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what runs."""
        self._pool.shutdown(wait=True, cancel_futures=True)
