"""A plan in a few lines: tables align whatever the script."""

from __future__ import annotations

from retinue.plan import Note, Plan
from retinue.plan.lists import condition_text, deadline_text, note_text
from retinue.plan.summary import summary_text, timeline_text, untold_notes
from retinue.terminal_text import table_text, width


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


def test_the_summary_says_in_few_lines_where_the_rest_is(vladivostok: Plan) -> None:
    text = summary_text(vladivostok, "out")
    last = text.split("\n\n")[-1].splitlines()
    assert len(last) <= 9
    assert all(len(line) < 170 for line in last)
    for command in (
        "retinue show out --notes",
        "retinue show out --conditions",
        "retinue deadlines out",
        "retinue papers out",
        "retinue show out --assumptions",
    ):
        assert command in text


def test_warnings_come_first_and_the_rest_is_counted(vladivostok: Plan) -> None:
    notes = tuple(
        Note(level="warning" if k == 8 else "info", subject=f"subject {k}", text="word " * 80)
        for k in range(9)
    )
    plan = vladivostok.model_copy(update={"notes": notes, "conditions": ()})
    lines = summary_text(plan).split("\n\n")[-1].splitlines()
    assert lines[0].startswith("! subject 8") and lines[0].endswith("...")
    more = len(notes) - 3 + sum(len(leg.notes) for leg in plan.legs)
    assert any(line.startswith(f"- {more} more notes") for line in lines)


def test_what_the_conditions_tell_is_not_told_twice(vladivostok: Plan) -> None:
    assert len(untold_notes(vladivostok)) < len(vladivostok.notes)
    bare = vladivostok.model_copy(update={"conditions": ()})
    assert untold_notes(bare) == vladivostok.notes


def test_the_lists_hold_every_note_limit_and_deadline(vladivostok: Plan) -> None:
    notes = note_text(vladivostok)
    assert all(note.text in notes for leg in vladivostok.legs for note in leg.notes)
    assert len(condition_text(vladivostok).splitlines()) == len(vladivostok.conditions) + 1
    assert len(deadline_text(vladivostok).splitlines()) == len(vladivostok.deadlines) + 1


def test_a_plan_without_lists_says_so(vladivostok: Plan) -> None:
    bare = vladivostok.model_copy(
        update={"conditions": (), "deadlines": (), "notes": (), "legs": (), "alternatives": ()}
    )
    assert condition_text(bare) == "no limits are listed"
    assert deadline_text(bare) == "nothing is to be asked for"
    assert note_text(bare) == "the plan has no notes"


def test_a_note_of_plan_and_leg_alike_is_told_once(vladivostok: Plan) -> None:
    note = Note(level="warning", subject="twice", text="told by the plan and by its leg")
    leg = vladivostok.legs[0].model_copy(update={"notes": (note,)})
    plan = vladivostok.model_copy(update={"notes": (note,), "legs": (leg,)})
    assert note_text(plan).count("twice") == 1
    assert "more note" not in summary_text(plan)
