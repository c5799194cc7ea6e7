"""Tables and sentences in a terminal: aligned, within the screen, whole where there is none."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retinue.terminal_text import folded_lines, screen_columns, table_text, width

HEAD = ["leg", "mode", "from -> to", "depart", "km"]
ROWS = [
    ["1", "road", "city residence -> Pyongyang", "10 Sep 16:35 +09", "4"],
    ["", "", "  Chongjin  crew and water", "11 Sep 08:58 +09"],
    ["or", "air", "Pyongyang Sunan International Airport -> Vladivostok International Airport",
     "10 Sep 16:35 +09", "1,712"],
]  # fmt: skip


@pytest.fixture
def narrow() -> Iterator[None]:
    token = screen_columns.set(60)
    yield
    screen_columns.reset(token)


def test_without_a_screen_every_row_is_one_line() -> None:
    lines = table_text(HEAD, ROWS, right=frozenset({4})).splitlines()
    assert len(lines) == 4 and max(map(len, lines)) > 100
    assert folded_lines("a " * 200) == "a " * 200


@pytest.mark.usefixtures("narrow")
def test_a_narrow_screen_folds_the_words_and_keeps_the_figures() -> None:
    lines = table_text(HEAD, ROWS, right=frozenset({4})).splitlines()
    assert max(map(width, lines)) <= 60
    starts = {line.find("10 Sep") for line in lines if "10 Sep" in line}
    assert len(starts) == 1
    assert lines[0].endswith("km") and any(line.endswith(" 1,712") for line in lines)
    words = " ".join(" ".join(lines).split())
    assert "Airport" in words and "Pyongyang Sunan" in words


@pytest.mark.usefixtures("narrow")
def test_a_title_of_figures_is_folded_and_never_the_figures() -> None:
    head = ["for", "journeys with a refusal", "promised service level", "saved by sharing stock"]
    rows = [["principal", "4 of 20,000", "99.954 %", "27.5 %"]]
    lines = table_text(head, rows, right=frozenset({1, 2, 3})).splitlines()
    assert max(map(width, lines)) <= 60
    assert [line for line in lines if "4 of 20,000" in line and "99.954 %" in line]


@pytest.mark.usefixtures("narrow")
def test_a_command_and_a_quantity_stay_whole() -> None:
    told = "- 18 limits of weather and light to watch: retinue show beijing-2019 --conditions"
    assert folded_lines(told).splitlines()[-1].strip() == "retinue show beijing-2019 --conditions"
    words = "- planned are 1,178 km and all the standing of the train in the whole: 24 h 26 running"
    assert any("24 h 26" in line for line in folded_lines(words).splitlines())


@pytest.mark.usefixtures("narrow")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("ab 漢", min_size=1, max_size=12), max_size=40))
def test_folding_loses_no_word_and_a_line_is_wide_only_for_one_word(words: list[str]) -> None:
    text = " ".join(words)
    folded = folded_lines(text)
    assert folded.split() == text.split()
    for line in folded.splitlines():
        assert width(line) <= 60 or len(line.split()) == 1


@pytest.mark.usefixtures("narrow")
def test_a_table_of_too_many_columns_is_told_row_by_row() -> None:
    head = ["decide by", "", *(f"column {k}" for k in range(8))]
    rows = [["25 Jul 20:00 +11", "heat", *(f"a word and {k} more" for k in range(7)), ""]] * 2
    lines = table_text(head, rows).splitlines()
    assert max(map(width, lines)) <= 60
    assert [line for line in lines if line.startswith("decide by: 25 Jul 20:00 +11; heat;")]
    assert " ".join(" ".join(lines).split()).count("column 6: a word and 6 more") == 2
    assert "column 7" not in " ".join(lines)
    assert table_text([], []) == ""
