"""Work done in a process of its own gives what it gives here, or fails as it fails here."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import retinue.apart
from retinue.apart import apart
from retinue.document import read_yaml, recording
from retinue.errors import InputError


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retinue.apart, "_allowed", True)


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")


def fails() -> None:
    raise InputError("no such train", where="trains.yaml:3", cure="Name one that is there.")


@on_linux
def test_the_result_comes_from_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    with apart(os.getpid) as running:
        assert running.result() != os.getpid()


def test_in_somebody_elses_program_the_caller_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retinue.apart, "_allowed", False)
    assert apart(os.getpid).result() == os.getpid()


def test_with_one_core_the_caller_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert apart(os.getpid).result() == os.getpid()


def test_what_was_found_is_found_once() -> None:
    running = apart(time.perf_counter_ns)
    assert running.result() == running.result()


def test_a_fault_is_raised_as_it_would_be_here() -> None:
    with apart(fails) as running, pytest.raises(InputError, match="no such train") as told:
        running.result()
    assert told.value.where == "trains.yaml:3"


@on_linux
def test_work_that_is_killed_is_done_by_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    here = os.getpid()

    def dies_elsewhere() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    assert apart(dies_elsewhere).result() == here


def test_what_cannot_be_brought_back_is_done_by_the_caller() -> None:
    def makes_a_function() -> Callable[[], int]:
        return lambda: 7

    assert apart(makes_a_function).result()() == 7


def test_files_that_were_read_apart_are_recorded_here(tmp_path: Path) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text("dishes: 12\n", encoding="utf-8")

    def dishes() -> object:
        return read_yaml(path).value

    with recording() as reads, apart(dishes) as running:
        running.result()
    assert reads == {path: "dishes: 12\n"}


@on_linux
def test_work_that_nobody_waits_for_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    begun, ended = tmp_path / "begun", tmp_path / "ended"

    def long() -> None:
        begun.write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(60)
        ended.touch()

    with pytest.raises(RuntimeError, match="the caller fails"), apart(long):
        while not begun.exists() or not begun.read_text(encoding="utf-8"):
            time.sleep(0.01)
        raise RuntimeError("the caller fails")
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text(encoding="utf-8")), 0)
    assert not ended.exists()


@on_linux
def test_what_it_laid_down_for_a_while_is_cleared_when_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    told = tmp_path / "told"

    def lays_down() -> None:
        with tempfile.TemporaryDirectory() as folder:
            told.write_text(folder, encoding="utf-8")
            time.sleep(60)

    with apart(lays_down):
        while not told.exists() or not told.read_text(encoding="utf-8"):
            time.sleep(0.01)
    assert not Path(told.read_text(encoding="utf-8")).exists()


@on_linux
def test_ctrl_c_is_left_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    here = os.getpid()

    def pressed() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGINT)
        return os.getpid()

    assert apart(pressed).result() != here


@on_linux
def test_a_copy_does_not_stop_its_siblings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy holds what its original had begun; its end must not end that."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    first = apart(partial(time.sleep, 0.3))
    second = apart(lambda: first.__exit__(None, None, None))
    second.result()
    assert first.result() is None


def test_where_no_process_can_be_made_the_caller_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise OSError("too many processes")

    monkeypatch.setattr(os, "fork", refused, raising=False)
    assert apart(os.getpid).result() == os.getpid()
