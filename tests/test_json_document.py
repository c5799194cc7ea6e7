"""Values of JSON documents are read as what they should be, or refused with their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.json_document import JsonValue, read_json


def root(value: object) -> JsonValue:
    return JsonValue(value, "f.json")


def test_members_and_items_know_their_path() -> None:
    deep = root({"a": [{"b": 3}]})["a"].items()[0]["b"]
    assert (deep.number(), deep.path) == (3.0, "a[0].b")
    assert root({"a": None}).get("a") is None
    assert list(root({"a": 1, "b": 2}).members()) == ["a", "b"]


@pytest.mark.parametrize(
    ("read", "where", "message"),
    [
        (lambda: root({"lenght": 1})["length"], "f.json", '"length" is missing'),
        (lambda: root([])["length"], "f.json", "an object is wanted here, not an array"),
        (lambda: root({"a": 1})["a"].items(), "f.json: a", "an array is wanted here, not 1"),
        (lambda: root({"a": 1})["a"].text(), "f.json: a", "text is wanted here, not 1"),
        (lambda: root({"a": "1"})["a"].number(), "f.json: a", 'a number is wanted here, not "1"'),
        (lambda: root({"a": True})["a"].number(), "f.json: a", "not true or false"),
        (lambda: root({"a": float("nan")})["a"].number(), "f.json: a", "finite"),
        (lambda: root({"a": 10**400})["a"].number(), "f.json: a", "finite"),
        (lambda: root({"a": 2})["a"].number(most=1.0), "f.json: a", "at most 1 here, not 2"),
        (lambda: root({"a": 2})["a"].number(least=3.0), "f.json: a", "at least 3 here, not 2"),
        (lambda: root({"a": 2})["a"].number(above=2.0), "f.json: a", "above 2 here, not 2"),
        (lambda: root({"a": 1})["a"].flag(), "f.json: a", "true or false is wanted"),
        (lambda: root({"a": "LEFT"})["a"].choice(("left",)), "f.json: a", '"LEFT" is not known'),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    read: Callable[[], object], where: str, message: str
) -> None:
    with pytest.raises(InputError) as raised:
        read()
    assert raised.value.where == where
    assert message in raised.value.message


def test_a_near_name_is_the_cure() -> None:
    with pytest.raises(InputError) as raised:
        root({"lenght": 1})["length"]
    assert raised.value.cure == 'Did you mean "lenght"?'


def test_files_that_are_no_json_are_refused_in_a_sentence(tmp_path: Path) -> None:
    cases = {
        "cut.json": b'{\n"a": ',
        "bytes.json": b"\xff\xfe{",
        "deep.json": b"[" * 200_000,
        "long.json": b"9" * 10_000,
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError):
            read_json(tmp_path / name)
    with pytest.raises(InputError, match="this is no JSON") as raised:
        read_json(tmp_path / "cut.json")
    assert raised.value.where.endswith("cut.json:2")
    with pytest.raises(InputError, match="cannot be read"):
        read_json(tmp_path / "missing.json")
    (tmp_path / "mark.json").write_bytes(b"\xef\xbb\xbf{}")
    assert read_json(tmp_path / "mark.json").value == {}
