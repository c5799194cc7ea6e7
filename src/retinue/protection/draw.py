"""The sealed draw: chosen by the operating system's randomness, opened by two people.

The commitment is ``SHA-256(tag, plan, strategy, nonce, option)`` with a nonce of 256 bits: it
binds (nobody can open it to another option) and it hides (who tries every option still lacks
the nonce).  The opening is padded to one length for all options and split by exclusive or:
each share alone is noise, independent of what was drawn.
"""

from __future__ import annotations

import bisect
import hashlib
import hmac
import itertools
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue.errors import InputError
from retinue.files import make_folder, write_text

if TYPE_CHECKING:
    from retinue.protection.guessing import Option, Strategy

__all__ = [
    "COMMITMENT_FILE",
    "SHARE_FILES",
    "Draw",
    "Opening",
    "choose",
    "commit",
    "draw",
    "release",
    "strategy_digest",
    "write_draw",
]

SCHEMA = "retinue-draw/1"
COMMITMENT_FILE = "draw-commitment.json"
SHARE_FILES = ("draw-share-1.json", "draw-share-2.json")

_NONCE_BYTES = 32
_GRAIN = 1 << 64
_BLOCK = 1024
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Opening:
    """What two shares open to.

    Attributes
    ----------
    option
        Id of the option that was drawn.
    vehicles
        By leg, which of its look-alike vehicles it is, counted from 1.
    title
        The option in words.
    """

    option: str
    vehicles: dict[str, int]
    title: str


@dataclass(frozen=True, repr=False)
class Draw:
    """A commitment for everyone and two shares, each for one person.  Its text shows nothing."""

    commitment: dict[str, Any]
    shares: tuple[dict[str, Any], dict[str, Any]]

    def __repr__(self) -> str:
        return f"Draw({self.commitment['commitment'][:12]}...)"


def strategy_digest(strategy: Strategy) -> str:
    """Return the SHA-256 of options and shares: what the draw was made from."""
    record = [
        [option.id, option.look_alikes, f"{share:.12f}"]
        for option, share in zip(strategy.options, strategy.shares, strict=True)
    ]
    return hashlib.sha256(json.dumps(record, separators=(",", ":")).encode()).hexdigest()


def choose(strategy: Strategy, below: Callable[[int], int] = secrets.randbelow) -> tuple[int, int]:
    """Return the number of an option drawn by its share, and of its look-alike (from 1).

    Parameters
    ----------
    below
        Returns a whole number in [0, n), all alike likely.  Tests give a seeded one; the
        operating system's is the only one a draw is made with.
    """
    # Fractions keep every bit of the shares; rounding to whole 2^-64 is all that is lost.
    sums = list(itertools.accumulate(Fraction(float(share)) for share in strategy.shares))
    edges = [round(edge / sums[-1] * _GRAIN) for edge in sums]
    pick = below(_GRAIN)
    number = bisect.bisect_right(edges, pick)
    return number, 1 + below(strategy.options[number].look_alikes)


def draw(strategy: Strategy, plan_hash: str) -> Draw:
    """Draw an option, commit to it and split its opening in two."""
    number, vehicle = choose(strategy)
    return commit(strategy, plan_hash, number, vehicle)


def commit(strategy: Strategy, plan_hash: str, number: int, vehicle: int = 1) -> Draw:
    """Commit to an option and split its opening in two, with fresh randomness."""
    bound = {"plan": plan_hash, "strategy_sha256": strategy_digest(strategy)}
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text = _opening_text(strategy.options[number], vehicle, nonce)
    longest = max(
        len(_opening_text(option, option.look_alikes, nonce)) for option in strategy.options
    )
    padded = text.ljust(-(-longest // _BLOCK) * _BLOCK, b" ")
    digest = _digest(bound, padded)
    first = secrets.token_bytes(len(padded))
    second = bytes(a ^ b for a, b in zip(padded, first, strict=True))
    head = {"schema": SCHEMA, **bound, "commitment": digest}
    return Draw(
        commitment=head | {"hash": "SHA-256", "nonce_bits": 8 * _NONCE_BYTES, "shares": 2},
        shares=(
            {"schema": SCHEMA, "commitment": digest, "share": 1, "bytes": first.hex()},
            {"schema": SCHEMA, "commitment": digest, "share": 2, "bytes": second.hex()},
        ),
    )


def _opening_text(option: Option, vehicle: int, nonce: bytes) -> bytes:
    chosen: dict[str, int] = {}
    left = vehicle - 1
    for leg, count in option.vehicles:
        left, at = divmod(left, count)
        chosen[leg] = at + 1
    record = {"nonce": nonce.hex(), "option": option.id, "vehicles": chosen, "title": option.title}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _digest(bound: dict[str, str], opening: bytes) -> str:
    """Return the commitment: every part with its length before it, so that none runs on."""
    digest = hashlib.sha256()
    for part in (
        SCHEMA.encode(),
        bound["plan"].encode(),
        bound["strategy_sha256"].encode(),
        opening,
    ):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def write_draw(made: Draw, folder: Path) -> tuple[Path, Path, Path]:
    """Write commitment and shares, each in its own file of mode 0600.

    Raises
    ------
    InputError
        Where a draw lies there already: drawing until one likes the result is no draw.
    """
    make_folder(folder)
    targets = [folder / name for name in (COMMITMENT_FILE, *SHARE_FILES)]
    for target in targets:
        if target.exists():
            raise InputError(
                "a draw lies here already, and who draws again until one pleases does not draw",
                where=str(target),
                cure="Release that one, or name another folder with -o and record why.",
            )
    records = (made.commitment, *made.shares)
    written = [
        write_text(target, json.dumps(record, indent=1) + "\n")
        for target, record in zip(targets, records, strict=True)
    ]
    return written[0], written[1], written[2]


def release(first: Path, second: Path, commitment: Path) -> Opening:
    """Open a draw from its two shares and check it against the commitment.

    Raises
    ------
    InputError
        Where a file is none of a draw, the shares belong to another draw or are one and the
        same, or the opening does not match the commitment.
    """
    public = _read(commitment, ("plan", "strategy_sha256", "commitment"))
    shares = [_read(path, ("commitment", "bytes")) for path in (first, second)]
    for path, share in zip((first, second), shares, strict=True):
        if share["commitment"] != public["commitment"]:
            raise InputError(
                "this share belongs to another draw",
                where=str(path),
                cure=f"Its commitment begins {share['commitment'][:12]}.",
            )
    parts = [_bytes(path, share) for path, share in zip((first, second), shares, strict=True)]
    if len(parts[0]) != len(parts[1]) or parts[0] == parts[1]:
        raise InputError(
            "these two are not the two halves of one draw",
            where=f"{first}, {second}",
            cure="Both people must bring their own share.",
        )
    opening = bytes(a ^ b for a, b in zip(*parts, strict=True))
    if not hmac.compare_digest(_digest(public, opening), public["commitment"]):
        raise InputError(
            "the shares do not open this commitment: one of the three files was changed",
            where=str(commitment),
            cure="Fetch the files again from where they were kept.",
        )
    try:
        record = json.loads(opening.decode("utf-8"))
        return Opening(
            str(record["option"]),
            {str(leg): int(number) for leg, number in record["vehicles"].items()},
            str(record["title"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("the opening is no draw", where=str(commitment)) from error


def _read(path: Path, keys: Sequence[str]) -> dict[str, str]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("this is no file of a draw: it is too long", where=str(path))
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise InputError("this is not JSON", where=str(path)) from error
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise InputError(
            "this is no file of a draw",
            where=str(path),
            cure=f"Give {SHARE_FILES[0]}, {SHARE_FILES[1]} and --commitment {COMMITMENT_FILE}.",
        )
    for key in keys:
        if not isinstance(record.get(key), str):
            raise InputError(
                f'"{key}" is missing or no text',
                where=str(path),
                cure=f"Shares: {', '.join(SHARE_FILES)}; commitment: {COMMITMENT_FILE}.",
            )
    return record


def _bytes(path: Path, share: dict[str, str]) -> bytes:
    try:
        return bytes.fromhex(share["bytes"])
    except ValueError as error:
        raise InputError('"bytes" is not hexadecimal', where=str(path)) from error
