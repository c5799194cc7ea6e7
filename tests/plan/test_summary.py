"""A plan in a few lines: tables align whatever the script."""

from __future__ import annotations

from retinue.plan import Plan
from retinue.plan.summary import table_text, timeline_text, width


def test_columns_align_though_hangul_takes_two_cells() -> None:
    text = table_text(["place", "km"], [["평양", "1"], ["Pyongyang", "12"]], right=frozenset({1}))
    assert len({width(line) for line in text.splitlines()}) == 1


def test_the_summary_names_legs_stops_ways_and_assumptions(vladivostok: Plan) -> None:
    text = vladivostok.summary()
    for words in (
        "Pyongyang -> Vladivostok",
        "bogie exchange",
        "by air",
        "assumptions",
        "+09",
        "+10",
    ):
        assert words in text


def test_the_timeline_prints_the_offset_only_where_it_changes(vladivostok: Plan) -> None:
    lines = timeline_text(vladivostok).splitlines()
    assert sum("+09" in line for line in lines) < len(lines) / 4
    assert any("+10" in line for line in lines)
