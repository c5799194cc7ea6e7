"""YAML with lines: every fault names file, line, key and cure."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from retinue.document import parse_yaml, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.sourced import Record
from retinue.units import Ratio, Speed


class _Line(Record):
    name: str
    line_speed: Speed
    colour: Literal["red", "green"] = "red"


class _Book(Record):
    lines: list[_Line]
    tracks: int = Field(default=1, ge=1)
    kept: Ratio = Field(default=0.5, lt=1.0)


def _fault(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        validate(parse_yaml(text, "book.yaml"), _Book)
    return caught.value


def test_scalars_follow_yaml_1_2() -> None:
    node = parse_yaml("a: NO\nb: 17:30\nc: on\nd: 12\ne: '12'\nf: 1e3\ng: ~\nh: true\n", "x")
    assert node.plain() == {
        "a": "NO", "b": "17:30", "c": "on", "d": 12, "e": "12", "f": 1000.0, "g": None, "h": True,
    }  # fmt: skip


def test_a_missing_unit_names_the_line_and_an_example() -> None:
    error = _fault("lines:\n  - name: a\n    line speed: 60\n")
    assert error.where == "book.yaml:3: lines.line speed"
    assert 'write e.g. "60 km/h"' in error.message


def test_an_unknown_key_is_answered_with_the_nearest_one() -> None:
    error = _fault("lines:\n  - name: a\n    line sped: 60 km/h\n")
    assert error.where.startswith("book.yaml:3")
    assert error.cure == 'Did you mean "line speed"?'


def test_a_missing_key_is_named() -> None:
    error = _fault("lines:\n  - name: a\n")
    assert '"line speed" is missing' in error.message
    assert error.where.startswith("book.yaml:2")


def test_a_word_outside_the_choice_is_answered_with_the_choice() -> None:
    error = _fault("lines:\n  - {name: a, line speed: 60 km/h, colour: grene}\n")
    assert 'Did you mean "green"?' in error.cure


def test_a_number_out_of_bounds_is_told_as_it_was_written_with_its_bound() -> None:
    error = _fault("lines: []\ntracks: 0\n")
    assert (error.message, error.cure) == ('"0" is too small', "It has to be at least 1.")
    error = _fault("lines: []\nkept: 100 percent\n")
    assert error.message == '"100 percent" is too large'
    assert error.cure == "It has to be less than 100 percent."


def test_a_comma_without_quotes_is_explained() -> None:
    error = _fault("lines:\n  - {name: Broken Hill, AU, line speed: 60 km/h}\n")
    assert 'the key "AU" is not known here' in error.message
    assert 'A value with a comma needs quotes: "..., AU".' in error.cure


def test_a_repeated_key_names_both_lines() -> None:
    with pytest.raises(InputError, match="stands twice") as caught:
        parse_yaml("a: 1\nb: 2\na: 3\n", "x.yaml")
    assert caught.value.where == "x.yaml:3"
    assert "line 1" in caught.value.cure


@pytest.mark.parametrize("broken", ["a: [1, 2\n", "a:\n\t- b\n", 'a: "b\n', "a: b: c\n"])
def test_broken_yaml_names_the_line(broken: str) -> None:
    with pytest.raises(InputError, match="not YAML") as caught:
        parse_yaml(broken, "x.yaml")
    assert caught.value.where.startswith("x.yaml:")


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(InputError, match="empty"):
        parse_yaml("# nothing\n", "x.yaml")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_yaml(tmp_path / "latin.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(tmp_path)


def test_suggestions_ignore_case() -> None:
    assert suggest("Specail-21", ["special-21", "royal-9"]) == 'Did you mean "special-21"?'
    assert suggest("zzz", ["special-21"]) == ""


def test_a_whole_word_of_a_longer_name_is_suggested() -> None:
    names = ["Olten station", "Aarau", "Zurich station"]
    assert suggest("Olten", names) == 'Did you mean "Olten station"?'
    assert suggest("station", names) == 'Did you mean "Olten station" or "Zurich station"?'
    assert suggest("", names) == suggest("-", names) == ""
