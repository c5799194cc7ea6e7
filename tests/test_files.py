"""Files appear whole, readable by their owner only, or not at all."""

import stat
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.files import make_folder, replace_folder, write_bytes, write_text


def test_a_file_is_written_for_its_owner_only(tmp_path: Path) -> None:
    path = write_text(tmp_path / "plan.json", "평양\n")
    assert path.read_text(encoding="utf-8") == "평양\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_is_open_to_its_owner_only(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_failed_write_leaves_the_old_file_and_no_remains(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    (target / "inside").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        write_bytes(target, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write") as caught:
        write_bytes(tmp_path / "none" / "plan.json", b"")
    assert "none" in caught.value.where


def test_a_folder_cannot_be_made_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot create"):
        make_folder(tmp_path / "file" / "below")


def test_a_folder_takes_anothers_place_whole(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("old")
    (tmp_path / ".aside").mkdir()
    (tmp_path / ".aside" / "new.txt").write_text("new")
    replace_folder(tmp_path / ".aside", tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_where_the_new_folder_is_missing_the_old_one_comes_back(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("old")
    with pytest.raises(InputError, match="cannot write"):
        replace_folder(tmp_path / "gone", tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["old.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
