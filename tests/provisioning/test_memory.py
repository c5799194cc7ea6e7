"""What is remembered comes back exactly, for its owner alone, and nothing broken comes back."""

import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.provisioning.memory import FolderMemory, Remember, open_memory

_KEY = b"\x01" * 32

plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text() | st.binary()
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)  # fmt: skip


@given(value=plain)
@settings(max_examples=60, deadline=None)
def test_every_plain_value_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("memory")
    FolderMemory(folder, code=b"a")[_KEY] = value
    again = FolderMemory(folder, code=b"a")[_KEY]
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("kind", [np.float64, np.int32, np.int64, np.bool_])
def test_arrays_come_back_bit_for_bit(tmp_path: Path, kind: type) -> None:
    array: Any = np.arange(6).reshape(2, 3).astype(kind)
    if kind is np.float64:
        array = array / 7.0
    FolderMemory(tmp_path)[_KEY] = {"levels": array}
    found = FolderMemory(tmp_path)[_KEY]["levels"]
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)


def test_without_a_folder_nothing_outlives_the_process() -> None:
    assert open_memory(None) == {}


def test_folder_and_files_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out" / ".provision-memory"
    open_memory(folder)[_KEY] = 1.5
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()] == [0o600]


@pytest.mark.parametrize("harm", ["cut", "altered", "empty", "binary", "other format", "a list"])
def test_an_entry_that_was_harmed_counts_as_absent(tmp_path: Path, harm: str) -> None:
    FolderMemory(tmp_path)[_KEY] = [1.0, "word"]
    path = next(tmp_path.iterdir())
    whole = path.read_bytes()
    harmed = {
        "cut": whole[:-3],
        "altered": whole.replace(b"word", b"ward"),
        "empty": b"",
        "binary": b"\xff\xfe\x00" + whole,
        "other format": whole.replace(b'"retinue memory": 1', b'"retinue memory": 2'),
        "a list": b"[]\n[]",
    }[harm]
    path.write_bytes(harmed)
    assert _KEY not in FolderMemory(tmp_path)
    remember = Remember(FolderMemory(tmp_path))
    assert remember("question", lambda: 42) == 42


def test_entries_of_other_code_are_not_found(tmp_path: Path) -> None:
    FolderMemory(tmp_path, code=b"old")[_KEY] = 1
    assert _KEY not in FolderMemory(tmp_path, code=b"new")
    assert _KEY in FolderMemory(tmp_path, code=b"old")


def test_what_was_used_longest_ago_is_dropped_first(tmp_path: Path) -> None:
    memory = FolderMemory(tmp_path, most_entries=8)
    for number in range(30):
        memory[bytes([number])] = number
    assert len(list(tmp_path.iterdir())) <= 8
    fresh = FolderMemory(tmp_path, most_entries=8)
    assert bytes([29]) in fresh
    assert bytes([0]) not in fresh


def test_bytes_are_bounded(tmp_path: Path) -> None:
    memory = FolderMemory(tmp_path, most_bytes=20_000)
    for number in range(30):
        memory[bytes([number])] = "x" * 2_000
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 20_000


def test_a_link_in_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    link = tmp_path / "memory"
    link.symlink_to(elsewhere)
    memory = open_memory(link)
    memory[_KEY] = 1
    assert memory[_KEY] == 1
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_cannot_be_made_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    memory = open_memory(tmp_path / "file" / "below")
    memory[_KEY] = 1
    assert memory[_KEY] == 1


def test_a_second_process_finds_what_the_first_worked_out(tmp_path: Path) -> None:
    asked = []

    def work() -> tuple[int, ...]:
        asked.append(1)
        return (1, 2)

    def twice(memory: Any) -> tuple[int, ...]:
        return Remember(memory)(("cook", 4), work, packed=list, unpacked=tuple)

    assert twice(open_memory(tmp_path)) == twice(open_memory(tmp_path)) == (1, 2)
    assert len(asked) == 1
    assert Remember(open_memory(tmp_path))(("cook", 5), lambda: 7) == 7


def test_what_is_no_plain_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="keeps no"):
        FolderMemory(tmp_path)[_KEY] = {1, 2}
