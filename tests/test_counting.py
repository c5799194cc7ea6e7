"""One is told in the singular, all else in the plural, whatever the noun ends in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.counting import counted, plural


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("leg", "legs"), ("delivery", "deliveries"), ("day", "days"), ("coach", "coaches"),
        ("dish", "dishes"), ("bus", "buses"), ("box", "boxes"),
        ("pair of trains", "pairs of trains"), ("event of the sun", "events of the sun"),
        ("level crossing", "level crossings"), ("other way", "other ways"),
    ],
)  # fmt: skip
def test_the_plural_of_nouns_as_the_language_has_it(noun: str, many: str) -> None:
    assert plural(noun) == many
    assert counted(1, noun) == f"1 {noun}"
    assert counted(0, noun) == f"0 {many}"


@given(st.integers(2, 10**9))
def test_more_than_one_is_plural(count: int) -> None:
    assert counted(count, "train") == f"{count} trains"
