"""Rules of food at borders: what is known holds, days count, every border has an answer."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.provisioning.border_rules import SHIPPED_RULES, allowed, load_border_rules
from retinue.provisioning.ingredient import BORDER_CLASSES, BorderClass

COUNTRIES = ["FR", "DE", "PL", "RU", "CN", "KP", "KR", "JP", "UA", "GB", "VN", "MN", "US", "BY"]
RULES = f"""
retinue border food: 1
groups: {{north: [NO, SE], meat: [fresh meat, cured meat]}}
sources: {{test: a test}}
rules:
  - {{into: north, from: any, class: meat, imported: forbidden, on board: with certificate, paper: list, source: test, confidence: K}}
  - {{into: any, from: any, class: [{", ".join(BORDER_CLASSES)}], imported: allowed, on board: allowed, source: test, confidence: assumed}}
"""  # noqa: E501


def test_french_cheese_may_be_delivered_to_russia_before_the_embargo_and_not_after() -> None:
    # The embargo began on 7 August 2014.
    before = allowed("dairy", "FR", "RU", on_board=False, day=date(2001, 7, 26))
    after = allowed("dairy", "FR", "RU", on_board=False, day=date(2023, 9, 10))
    assert before.verdict == "with certificate"
    assert after.verdict == "forbidden"
    assert after.source == "ru-embargo"


def test_wine_and_vodka_cross_where_meat_does_not() -> None:
    assert allowed("wine", "FR", "RU", on_board=False).passes
    assert allowed("spirits", "RU", "CN", on_board=False).passes
    assert not allowed("fresh meat", "RU", "CN", on_board=False).passes
    assert not allowed("fresh meat", "US", "FR", on_board=False).passes


def test_stores_that_stay_aboard_may_enter_the_union() -> None:
    assert allowed("dairy", "UA", "PL").verdict == "allowed"
    assert allowed("dairy", "UA", "PL", on_board=False).verdict == "forbidden"


@given(
    st.sampled_from(BORDER_CLASSES),
    st.sampled_from(COUNTRIES),
    st.sampled_from(COUNTRIES),
    st.booleans(),
    st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1)),
)
def test_every_border_has_an_answer_with_its_source(
    border_class: BorderClass, leaves: str, enters: str, on_board: bool, day: date | None
) -> None:
    ruling = allowed(border_class, leaves, enters, on_board, day)
    assert ruling.source in {*load_border_rules().sources, "no border"}
    if leaves == enters:
        assert ruling.verdict == "allowed"


@given(st.sampled_from(BORDER_CLASSES), st.sampled_from(COUNTRIES), st.sampled_from(COUNTRIES))
def test_what_may_be_unloaded_may_also_stay_aboard(
    border_class: BorderClass, leaves: str, enters: str
) -> None:
    order = ["allowed", "with certificate", "forbidden"]
    board = allowed(border_class, leaves, enters).verdict
    unloaded = allowed(border_class, leaves, enters, on_board=False).verdict
    assert order.index(board) <= order.index(unloaded)


def test_the_first_rule_that_fits_counts(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(RULES, encoding="utf-8")
    rules = load_border_rules("own.yaml", tmp_path)
    assert rules.ruling("cured meat", "DK", "NO", on_board=False).verdict == "forbidden"
    assert rules.ruling("cured meat", "DK", "NO").paper == "list"
    assert rules.ruling("dairy", "DK", "NO").confidence == "assumed"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("into: north", "into: south", "no country or group"),
        ("class: meat", "class: meet", "no class of food"),
        ("class: meat", "class: north", "no class of food"),
        ("imported: forbidden", "imported: perhaps", "not one of"),
        (", spirits]", "]", "no rule covers spirits"),
        ("north: [NO, SE]", "NO: [NO, SE]", "may not name a group"),
        ("[NO, SE]", "[Norway]", "neither a country"),
        ("retinue border food: 1", "rules of: 1", "not a file of border rules"),
        ("paper: list", "since: tomorrow", "date"),
    ],
)
def test_a_fault_in_the_rules_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    (tmp_path / "own.yaml").write_text(RULES.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        load_border_rules("./own.yaml", tmp_path)
    assert "own.yaml:" in caught.value.where


def test_an_unknown_country_or_class_is_refused() -> None:
    with pytest.raises(InputError, match="no country"):
        allowed("dairy", "France", "RU")
    with pytest.raises(InputError, match="dairy"):
        allowed("diary", "FR", "RU")  # type: ignore[arg-type]


def test_a_missing_file_names_the_shipped_rules() -> None:
    with pytest.raises(InputError, match=SHIPPED_RULES):
        load_border_rules("none.yaml", where="journey.yaml:3: provisioning.border rules")
