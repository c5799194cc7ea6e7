"""The memory of stages: computed once, dropped when old, and no failure is kept."""

from __future__ import annotations

import pytest

from retinue.planner.memo import Memo


def test_a_stage_is_computed_once_for_a_key() -> None:
    memo = Memo()
    calls: list[int] = []

    def stage() -> int:
        calls.append(1)
        return 7

    assert [memo.get("a", stage), memo.get("a", stage)] == [7, 7]
    assert (len(calls), memo.computed, memo.reused) == (1, 1, 1)


def test_a_failure_is_raised_each_time_and_not_kept() -> None:
    memo = Memo()

    def fails() -> int:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            memo.get("a", fails)
    assert memo.get("a", lambda: 1) == 1


def test_the_least_recently_used_is_dropped() -> None:
    memo = Memo(most=2)
    memo.get("a", lambda: 1)
    memo.get("b", lambda: 1)
    memo.get("a", lambda: 2)
    memo.get("c", lambda: 1)
    assert memo.get("a", lambda: 3) == 1
    assert memo.get("b", lambda: 4) == 4
