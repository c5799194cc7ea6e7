"""Figures are written one way: in tables, in sentences of the plan, in prices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.report.typeset import _all
from retinue.report.wording import bound, counted_unit

THIN, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("planned are 1,178 km in 28 h 40", "planned are 1_178~km in 28~h~40"),
        ("cruises at 10,058 m, FL330", "cruises at 10_058~m, FL330"),
        ("service braking: 0.36 m/s2", "service braking: 0.36~m/s²"),
        ("ruling gradient: 12.5 permil", "ruling gradient: 12.5~‰"),
        ("6 EUR per m3", "6~EUR per m³"),
        ("from 31 Jul 19:26 +07 to  1 Aug 19:26 +07", "from 31~Jul~19:26~+07 to 1~Aug~19:26~+07"),
        ("26 Sep 12:59 -10", "26~Sep~12:59~−10"),
        ("-10", "−10"),
        ("2026-09-26", "2026-09-26"),
        # Not figures with thousands: positions, lists of allergens, call signs.
        ("39.03,125.75", "39.03,125.75"),
        ("1,3,11", "1,3,11"),
        ("taxi out 12 min", "taxi out 12~min"),
        ("3 groups", "3 groups"),
        ("nothing to count", "nothing to count"),
    ],
)  # fmt: skip
def test_a_sentence_has_its_figures_as_the_tables_have_them(plain: str, printed: str) -> None:
    assert bound(plain) == printed.replace("_", THIN).replace("~", HARD)


@given(st.text())
def test_no_word_is_lost_and_twice_is_once(text: str) -> None:
    once = bound(text)
    assert bound(once) == once
    letters = [c for c in text if c.isalpha()]
    kept = [c for c in once if c.isalpha()]
    assert len(kept) >= len(letters) - 6 * text.count("permil")


def test_units_are_counted_as_people_count() -> None:
    assert counted_unit(7, "delivery") == f"7{HARD}deliveries".replace(HARD, " ")
    assert counted_unit(1, "delivery") == "1 delivery"
    assert counted_unit(34, "coach") == "34 coaches"
    assert counted_unit(13.64, "m3") == f"13.64{HARD}m³"
    assert counted_unit(2546.2, "train-km") == f"2{THIN}546 train-km"


def test_what_will_be_sent_stays_as_it_is() -> None:
    content = {"lines": ["PAYLOAD 6,000 KG"], "text": "6,000 kg"}
    assert _all(content, str) == {"lines": ["PAYLOAD 6,000 KG"], "text": f"6{THIN}000{HARD}kg"}
