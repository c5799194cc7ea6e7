"""Work done side by side gives what it gives alone, in the caller's context, or fails with it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextvars import ContextVar

import pytest

from retinue.provisioning.beside import Beside

_WHO: ContextVar[str] = ContextVar("who", default="nobody")


def test_results_come_in_the_order_in_which_they_are_asked_for() -> None:
    first, second = threading.Event(), threading.Event()

    def late() -> str:
        assert first.wait(10)
        second.set()
        return "late"

    with Beside() as beside:
        one = beside.start(late)
        first.set()
        assert second.wait(10)
        two = beside.start(lambda: "soon")
        assert [one.result(), two.result()] == ["late", "soon"]


def test_work_sees_the_context_of_its_caller() -> None:
    _WHO.set("the caller")
    with Beside() as beside:
        assert beside.start(_WHO.get).result() == "the caller"


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def fails() -> None:
        raise ValueError("no cook")

    with Beside() as beside:
        begun = beside.start(fails)
        with pytest.raises(ValueError, match="no cook"):
            begun.result()


def test_what_waits_is_dropped_when_the_caller_fails() -> None:
    go = threading.Event()
    waiting: list[Future[bool]] = []
    with pytest.raises(RuntimeError), Beside() as beside:
        waiting += [beside.start(lambda: go.wait(10)) for _ in range(64)]
        threading.Timer(0.05, go.set).start()
        raise RuntimeError("the caller fails")
    assert any(one.cancelled() for one in waiting)
