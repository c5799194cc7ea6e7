"""The annex opens with its key alone, every planted change is found, every opening is logged."""

from __future__ import annotations

import base64
import json
import stat
import sys
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.plan import Protection
from retinue.protection.access_log import verify_log
from retinue.protection.annex import (
    ANNEX,
    LOG,
    RESTRICTED,
    make_key,
    open_annex,
    read_key,
    write_annex,
)
from retinue.protection.keys import seal, unseal
from retinue.protection.register import Register
from retinue.protection.register_file import REGISTER, open_register, write_register

SMALL = Protection(plan_hash="p", title="A visit to Clover", policy="strict", policy_text="")
AT = "2026-05-04T08:00:00Z"


@pytest.fixture
def key(tmp_path: Path) -> bytes:
    return read_key(make_key(tmp_path / "keys" / "owner.key"))


def _open(folder: Path, key: bytes, purpose: str = "test") -> Protection:
    return open_annex(folder, key, role="owner", purpose=purpose, at=AT)


def test_what_is_closed_opens_again_and_nothing_of_it_shows(tmp_path: Path, key: bytes) -> None:
    file = write_annex(SMALL, tmp_path, key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"Clover" not in file.read_bytes()
    assert _open(tmp_path, key) == SMALL
    longer = SMALL.model_copy(update={"title": "x" * 5_000})
    assert len(write_annex(longer, tmp_path, key).read_bytes()) == len(
        write_annex(SMALL, tmp_path, key).read_bytes()
    )


@pytest.mark.parametrize("part", ["format", "key", "nonce", "text", "cut", "swap"])
def test_a_changed_annex_is_found(tmp_path: Path, key: bytes, part: str) -> None:
    file = write_annex(SMALL, tmp_path, key)
    record = json.loads(file.read_text())
    if part == "cut":
        file.write_text(file.read_text()[:-40])
    elif part == "swap":
        # A sound envelope of another kind under the same key.
        file.write_text(seal(SMALL.to_json(), key, "retinue-other/1").replace("other", "annex"))
    elif part in ("nonce", "text"):
        raw = bytearray(base64.b64decode(record[part]))
        raw[3] ^= 1
        file.write_text(json.dumps(record | {part: base64.b64encode(raw).decode()}))
    else:
        file.write_text(json.dumps(record | {part: "0" * 16}))
    with pytest.raises(InputError) as caught:
        _open(tmp_path, key)
    assert caught.value.cure
    # A try that was refused stands in the log too.
    assert "refused" in verify_log(tmp_path / RESTRICTED / LOG, key)[-1]


def test_another_key_is_refused_and_the_try_is_logged(tmp_path: Path, key: bytes) -> None:
    write_annex(SMALL, tmp_path, key)
    other = read_key(make_key(tmp_path / "other.key"))
    with pytest.raises(InputError, match="another key"):
        _open(tmp_path, other)
    assert "another key" in verify_log(tmp_path / RESTRICTED / LOG, key)[0]["refused"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = make_key(tmp_path / "owner.key")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    with pytest.raises(InputError, match="others than its owner"):
        read_key(file)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": "retinue-key/1", "key": "AAAA"}',
             '{"format": "retinue-key/1", "key": 3}', '{"format": "x", "key": ""}', "\x00"],
)  # fmt: skip
def test_what_is_no_key_is_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "owner.key"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(InputError, match="not a key"):
        read_key(file)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    file = make_key(tmp_path / "owner.key")
    before = file.read_bytes()
    with pytest.raises(InputError, match="a key already"):
        make_key(file)
    assert file.read_bytes() == before
    with pytest.raises(InputError, match="no key here"):
        read_key(tmp_path / "none.key")


def test_a_missing_extra_is_one_sentence(
    tmp_path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(InputError, match="needs the package cryptography") as caught:
        write_annex(SMALL, tmp_path, key)
    assert "pip install 'retinue[protection]'" in caught.value.cure


def test_what_is_no_annex_is_a_sentence(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(InputError, match="no restricted annex here"):
        _open(tmp_path, key)
    for text in ("", "{}", "[1]", '{"format": "retinue-annex/1", "key": 1, "nonce": 2, "text": 3}'):
        (tmp_path / RESTRICTED).mkdir(exist_ok=True)
        (tmp_path / RESTRICTED / ANNEX).write_text(text)
        with pytest.raises(InputError):
            _open(tmp_path, key)


def test_every_opening_is_logged_with_role_purpose_and_time(tmp_path: Path, key: bytes) -> None:
    write_annex(SMALL, tmp_path, key)
    for purpose in ("one", "two", "drei ü"):
        _open(tmp_path, key, purpose)
    log = tmp_path / RESTRICTED / LOG
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    entries = verify_log(log, key)
    assert [e["purpose"] for e in entries] == ["one", "two", "drei ü"]
    assert {(e["role"], e["at"], e["file"]) for e in entries} == {("owner", AT, ANNEX)}
    assert "Clover" not in log.read_text()


def test_nothing_is_shown_where_the_log_cannot_be_written(tmp_path: Path, key: bytes) -> None:
    write_annex(SMALL, tmp_path, key)
    (tmp_path / RESTRICTED / LOG).mkdir()
    with pytest.raises(InputError, match="cannot be logged"):
        _open(tmp_path, key)


@pytest.mark.parametrize("fault", ["edit", "drop", "insert", "swap", "forge", "garbage"])
def test_a_changed_log_is_found(tmp_path: Path, key: bytes, fault: str) -> None:
    write_annex(SMALL, tmp_path, key)
    for purpose in ("one", "two", "three"):
        _open(tmp_path, key, purpose)
    log = tmp_path / RESTRICTED / LOG
    lines = log.read_text().splitlines()
    match fault:
        case "edit":
            lines[1] = lines[1].replace("two", "tea")
        case "drop":
            del lines[1]
        case "insert":
            lines.insert(1, lines[1])
        case "swap":
            lines[0], lines[1] = lines[1], lines[0]
        case "forge":
            # The last line, whose hash nobody holds yet: the stamp finds it.
            lines[-1] = lines[-1].replace("three", "lunch")
        case _:
            lines[2] = "[]"
    log.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError) as caught:
        verify_log(log, key)
    assert "annex.log:" in caught.value.where


def test_an_empty_log_is_sound(tmp_path: Path) -> None:
    assert verify_log(tmp_path / "none.log") == ()


def test_the_register_is_closed_like_the_annex(tmp_path: Path, key: bytes) -> None:
    file = write_register(Register(), tmp_path, key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_register(tmp_path, key, role="owner", purpose="look", at=AT) == Register()
    assert verify_log(tmp_path / RESTRICTED / LOG, key)[-1]["file"] == REGISTER
    file.write_text(file.read_text().replace('"text": "', '"text": "A'))
    with pytest.raises(InputError):
        open_register(tmp_path, key, role="owner", purpose="look", at=AT)


def test_an_envelope_of_one_kind_is_none_of_another(tmp_path: Path, key: bytes) -> None:
    file = tmp_path / "x"
    file.write_text(seal("text ü", key, "a/1"))
    assert unseal(file, key, "a/1", "thing", "cure") == "text ü"
    with pytest.raises(InputError):
        unseal(file, key, "b/1", "thing", "cure")
