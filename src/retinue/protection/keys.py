"""The owner's key, and envelopes closed with it.

::

    owner.key (0600, 256 bits) --- AES-256-GCM ---> {format, key, nonce, text}

AES-GCM of the package cryptography.  The header is authenticated with the text: an envelope of one
kind is never taken for another.  Texts are padded, so that a size says little.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Any

from retinue.errors import InputError
from retinue.files import make_folder, write_text

__all__ = ["default_key", "key_name", "make_key", "read_key", "seal", "stamp", "unseal"]

_KEY_FORMAT = "retinue-key/1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_PADDED_TO = 65_536


def _aead(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise InputError(
            "the restricted annex needs the package cryptography",
            cure="Install it: pip install 'retinue[protection]'.",
        ) from error
    return AESGCM(key)


def key_name(key: bytes) -> str:
    """Return what tells one key from another and gives nothing of it away."""
    return hashlib.sha256(b"retinue key name\0" + key).hexdigest()[:16]


def stamp(key: bytes, purpose: str, text: str) -> str:
    """Return what only a holder of the key can write under a text (HMAC-SHA-256).

    Parameters
    ----------
    purpose
        Keeps a stamp for one use from serving another.
    """
    own = hmac.new(key, b"retinue stamp\0" + purpose.encode("utf-8"), hashlib.sha256).digest()
    return hmac.new(own, text.encode("utf-8"), hashlib.sha256).hexdigest()


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
            cure="Name the owner's key with --key, or make one: retinue protect PLAN --new-key"
            " FILE.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("this is not a key", where=str(path)) from error
    if mode & 0o077:
        raise InputError(
            "others than its owner may read this key", where=str(path), cure=f"chmod 600 {path}"
        )
    return key


def seal(text: str, key: bytes, kind: str) -> str:
    """Close a text in an envelope.

    Parameters
    ----------
    kind
        What it is, e.g. ``retinue-annex/1``; authenticated.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    header = {
        "format": kind,
        "key": key_name(key),
        "nonce": base64.b64encode(nonce).decode("ascii"),
    }
    plain = text.encode("utf-8")
    plain += b" " * (-len(plain) % _PADDED_TO)
    closed = _aead(key).encrypt(nonce, plain, _told(header))
    record = header | {"text": base64.b64encode(closed).decode("ascii")}
    return json.dumps(record, sort_keys=True) + "\n"


def unseal(file: Path, key: bytes, kind: str, what: str, cure: str) -> str:
    """Open an envelope.

    Parameters
    ----------
    what, cure
        How errors call it, and what helps where it is missing or spoilt.

    Raises
    ------
    InputError
        Where there is none, the key is another, or it was changed.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["format"] != kind:
            raise ValueError(record["format"])
        header = {name: str(record[name]) for name in ("format", "key", "nonce")}
        nonce = base64.b64decode(record["nonce"], validate=True)
        closed = base64.b64decode(record["text"], validate=True)
    except FileNotFoundError as error:
        raise InputError(f"there is no {what} here", where=str(file), cure=cure) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"this is no sound {what}", where=str(file), cure=cure) from error
    cipher = _aead(key)
    if header["key"] != key_name(key):
        raise InputError(
            f"the {what} was closed with another key",
            where=str(file),
            cure="Name that one: --key FILE.",
        )
    from cryptography.exceptions import InvalidTag

    try:
        return str(cipher.decrypt(nonce, closed, _told(header)).decode("utf-8")).rstrip(" ")
    except (InvalidTag, ValueError) as error:
        raise InputError(
            f"the {what} was changed after it was closed", where=str(file), cure=cure
        ) from error


def _told(header: dict[str, str]) -> bytes:
    return json.dumps(header, sort_keys=True).encode("utf-8")
