"""The restricted annex: a protection document encrypted with a key that stands apart.

::

    owner.key (0600, 256 bits)      restricted/annex.retinue     restricted/annex.log
         |                           {format, key, nonce}            who opened it, when, why
         +--- AES-256-GCM ---------> ciphertext

AES-GCM of the package cryptography; the header is authenticated with it.  Neither file names the
journey.  Opening is logged beside the annex before anything is shown.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any

from retinue.errors import InputError
from retinue.files import make_folder, write_text
from retinue.plan import Protection

__all__ = ["ANNEX", "LOG", "RESTRICTED", "default_key", "make_key", "open_annex", "read_key", "write_annex"]

#: Folder inside the plan's folder that keeps annex, log, register; carried over when a plan is
#: written again.
RESTRICTED = "restricted"
ANNEX = "annex.retinue"
LOG = "annex.log"
_FORMAT = "retinue-annex/1"
_KEY_FORMAT = "retinue-key/1"
_KEY_BYTES = 32
_NONCE_BYTES = 12


def _aead(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise InputError(
            "the restricted annex needs the package cryptography",
            cure="Install it: pip install 'retinue[protection]'.",
        ) from error
    return AESGCM(key)


def _name(key: bytes) -> str:
    """Return what tells one key from another and gives nothing of it away."""
    return hashlib.sha256(b"retinue key name\\0" + key).hexdigest()[:16]


def default_key(folder: Path) -> Path:
    """Return where the owner's key is kept in a user's catalogue folder."""
    return folder / "keys" / "owner.key"


def make_key(path: Path) -> Path:
    """Write a new key from the operating system's randomness; never over another.

    Raises
    ------
    InputError
        Where there is something already.
    """
    if path.exists():
        raise InputError(
            "there is a key already, and what it closed cannot be opened without it",
            where=str(path),
            cure="Name another file.",
        )
    make_folder(path.parent)
    key = secrets.token_bytes(_KEY_BYTES)
    record = {"format": _KEY_FORMAT, "key": base64.b64encode(key).decode("ascii")}
    write_text(path, json.dumps(record) + "\n")
    return path


def read_key(path: Path) -> bytes:
    """Read a key.

    Raises
    ------
    InputError
        Where it is missing, no key, or readable by others.
    """
    try:
        mode = path.stat().st_mode & 0o777
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != _KEY_FORMAT:
            raise ValueError("another format")
        key = base64.b64decode(record["key"], validate=True)
        if len(key) != _KEY_BYTES:
            raise ValueError("another length")
    except FileNotFoundError as error:
        raise InputError(
            "there is no key here",
            where=str(path),
            cure="Make one: retinue protect --new-key FILE.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("this is not a key", where=str(path)) from error
    if mode & 0o077:
        raise InputError(
            "others than its owner may read this key", where=str(path), cure=f"chmod 600 {path}"
        )
    return key


def write_annex(protection: Protection, folder: Path, key: bytes) -> Path:
    """Encrypt a protection document into a plan's folder; return the annex."""
    make_folder(folder / RESTRICTED)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    header = {
        "format": _FORMAT,
        "key": _name(key),
        "nonce": base64.b64encode(nonce).decode("ascii"),
    }
    told = json.dumps(header, sort_keys=True).encode("utf-8")
    closed = _aead(key).encrypt(nonce, protection.to_json().encode("utf-8"), told)
    text = base64.b64encode(closed).decode("ascii")
    file = folder / RESTRICTED / ANNEX
    write_text(file, json.dumps(header | {"text": text}, sort_keys=True) + "\n")
    return file


def open_annex(path: Path, key: bytes, *, role: str, purpose: str, at: str) -> Protection:
    """Open an annex, once the opening stands in the log.

    Parameters
    ----------
    path
        The annex, or the plan's folder.
    role, purpose
        Who opens it as what, and why.
    at
        Moment of the opening, ISO 8601.

    Raises
    ------
    InputError
        Where there is no annex, the key is another, or the file was changed.
    """
    file = path / RESTRICTED / ANNEX if path.is_dir() else path
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["format"] != _FORMAT:
            raise ValueError(record["format"])
        header = {name: record[name] for name in ("format", "key", "nonce")}
        nonce = base64.b64decode(record["nonce"], validate=True)
        closed = base64.b64decode(record["text"], validate=True)
    except FileNotFoundError as error:
        raise InputError(
            "there is no restricted annex here",
            where=str(file),
            cure="Make one: retinue protect PLAN.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("this is not a restricted annex", where=str(file)) from error
    if header["key"] != _name(key):
        raise InputError(
            "the annex was closed with another key",
            where=str(file),
            cure="Name that one: --key FILE.",
        )
    from cryptography.exceptions import InvalidTag

    told = json.dumps(header, sort_keys=True).encode("utf-8")
    try:
        text = _aead(key).decrypt(nonce, closed, told)
    except (InvalidTag, ValueError) as error:
        raise InputError(
            "the annex was changed after it was closed",
            where=str(file),
            cure="Make it again: retinue protect PLAN.",
        ) from error
    _note(file.parent / LOG, {"at": at, "role": role, "purpose": purpose, "annex": file.name})
    return Protection.from_json(text.decode("utf-8"), str(file))


def _note(log: Path, entry: dict[str, str]) -> None:
    """Add a line to the access log, each tied to the one before by its hash."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    before = hashlib.sha256(lines[-1].encode("utf-8")).hexdigest() if lines else ""
    lines.append(json.dumps(entry | {"after": before}, sort_keys=True, ensure_ascii=False))
    write_text(log, "\n".join(lines) + "\n")
