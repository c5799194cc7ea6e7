r"""The register: who holds which version of which sheet, since when, and whether they said so.

::

    issued --> acknowledged --> recalled        one line an event, never changed, tied together
        '---------------------> recalled        by hashes; kept closed with the owner's key

Pure: the moment of every event is passed in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.protection.extracts import Extract

__all__ = [
    "Holding",
    "Issue",
    "Recall",
    "Register",
    "acknowledge",
    "issue",
    "recall",
    "recall_list",
]

_SCHEMA = "retinue-register/1"
_EVENTS = ("issued", "acknowledged", "recalled")


@dataclass(frozen=True)
class Entry:
    """One event.

    Attributes
    ----------
    at
        ISO 8601.
    by
        Who acknowledged.
    why
        Why it was recalled.
    body
        What was issued, to say later what moved.
    """

    event: str
    role: str
    whom: str
    version: int
    sha256: str
    at: str
    by: str = ""
    why: str = ""
    body: str = ""


@dataclass(frozen=True)
class Holding:
    """One version in one hand."""

    role: str
    whom: str
    version: int
    sha256: str
    issued_at: str
    acknowledged_at: str = ""
    acknowledged_by: str = ""
    recalled_at: str = ""
    why: str = ""
    body: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the holding as JSON values, without the sheet."""
        record = asdict(self)
        del record["body"]
        return record


@dataclass(frozen=True)
class Issue:
    """What issuing a sheet came to.

    Attributes
    ----------
    version
        That the recipient holds now.
    new
        Whether it is to be handed over.
    before
        The version that it replaces in the reader's hand, if any.
    """

    version: int
    new: bool
    before: Holding | None = None


@dataclass(frozen=True)
class Recall:
    """A version that must come back, and why; ``void``: nothing replaces it."""

    holding: Holding
    why: str
    void: bool


@dataclass(frozen=True)
class Register:
    """Every event so far, in order."""

    entries: tuple[Entry, ...] = ()

    def holdings(self) -> tuple[Holding, ...]:
        """Return every version of every recipient in order of issue."""
        found: dict[tuple[str, str, int], Holding] = {}
        for entry in self.entries:
            key = entry.role, entry.whom, entry.version
            if entry.event == "issued":
                found[key] = Holding(*key, sha256=entry.sha256, issued_at=entry.at, body=entry.body)
            elif entry.event == "acknowledged":
                found[key] = replace(found[key], acknowledged_at=entry.at, acknowledged_by=entry.by)
            else:
                found[key] = replace(found[key], recalled_at=entry.at, why=entry.why)
        return tuple(found.values())

    def latest(self) -> dict[tuple[str, str], Holding]:
        """Return the last version of each recipient, recalled or not."""
        return {(h.role, h.whom): h for h in self.holdings()}

    def to_json(self) -> str:
        """Return the register's text; each line holds the hash of the one before."""
        lines, before = [], ""
        for entry in self.entries:
            line = {**asdict(entry), "after": before}
            before = _hash(line)
            lines.append(line)
        record = {"schema": _SCHEMA, "entries": lines, "head": before}
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, name: str = "register") -> Register:
        """Read a register.

        Raises
        ------
        InputError
            Where it is none, or was changed.
        """
        try:
            record = json.loads(text)
            if record["schema"] != _SCHEMA:
                raise ValueError(record["schema"])
            lines, head = list(record["entries"]), record["head"]
            entries = tuple(
                Entry(**{k: v for k, v in line.items() if k != "after"}) for line in lines
            )
            sound = all(_typed(entry) for entry in entries)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("this is not a register of extracts", where=name) from error
        before = ""
        for number, line in enumerate(lines, start=1):
            if line.get("after") != before or not sound:
                raise InputError(
                    f"the register was changed: entry {number} does not follow the one before it",
                    where=name,
                    cure="Restore it from a copy; until then count every sheet as out.",
                )
            before = _hash(line)
        register = cls(entries)
        if head != before or not _follows(entries):
            raise InputError(
                "the register was changed: its last entries are missing or made up",
                where=name,
                cure="Restore it from a copy; until then count every sheet as out.",
            )
        return register


def issue(
    register: Register, extracts: Sequence[Extract], at: str
) -> tuple[Register, tuple[Issue, ...]]:
    """Hand out sheets: the same one again is no new version, a changed one is an amendment."""
    held = register.latest()
    entries, issued = list(register.entries), []
    for extract in extracts:
        last = held.get((extract.role, extract.whom))
        if last is not None and not last.recalled_at and last.sha256 == extract.sha256:
            issued.append(Issue(last.version, new=False))
            continue
        version = 1 if last is None else last.version + 1
        entries.append(
            Entry(
                "issued",
                extract.role,
                extract.whom,
                version,
                extract.sha256,
                at,
                body=extract.sheet.body(),
            )
        )
        before = None if last is None or last.recalled_at else last
        issued.append(Issue(version, new=True, before=before))
    return Register(tuple(entries)), tuple(issued)


def acknowledge(
    register: Register, role: str, whom: str, by: str, at: str, version: int | None = None
) -> tuple[Register, Holding]:
    """Note that a holder has received and understood a version, the last one by default.

    Raises
    ------
    InputError
        Where nothing was issued to them, it was recalled, or nobody is named.
    """
    own = [h for h in register.holdings() if (h.role, h.whom) == (role, whom)]
    chosen = [h for h in own if version is None or h.version == version]
    name = f"{role} {whom}".strip()
    if not chosen:
        held = f"; issued: {', '.join(str(h.version) for h in own)}" if own else ""
        asked = f"version {version}" if version is not None else "nothing"
        raise InputError(
            f"{asked} was issued to {name}{held}" if version is None else
            f"{asked} was never issued to {name}{held}",
            where="--acknowledge",
            cure="See who holds what: retinue extracts PLAN --list.",
        )  # fmt: skip
    holding = chosen[-1]
    if holding.recalled_at:
        raise InputError(
            f"version {holding.version} of {name} was recalled", where="--acknowledge",
            cure="Issue it anew first.",
        )  # fmt: skip
    if not by.strip():
        raise InputError("nobody is named who acknowledges", where="--by", cure="Add --by NAME.")
    if holding.acknowledged_at:
        return register, holding
    entry = Entry("acknowledged", role, whom, holding.version, holding.sha256, at, by=by.strip())
    done = replace(holding, acknowledged_at=at, acknowledged_by=entry.by)
    return Register((*register.entries, entry)), done


def recall_list(
    register: Register, current: Mapping[tuple[str, str], str] | None
) -> tuple[Recall, ...]:
    """Return the versions that must come back.

    Parameters
    ----------
    current
        Hash of the sheet by role and recipient as the plan stands; None: the journey is cancelled.
    """
    found = []
    newest = register.latest()
    for holding in register.holdings():
        if holding.recalled_at:
            continue
        key = holding.role, holding.whom
        last = newest[key]
        if current is None:
            found.append(Recall(holding, "the journey is cancelled", void=True))
        elif key not in current:
            found.append(Recall(holding, "the plan has no such recipient any more", void=True))
        elif last.version > holding.version:
            if not last.acknowledged_at:
                why = f"replaced by version {last.version}, which is not acknowledged"
                found.append(Recall(holding, why, void=False))
        elif current[key] != holding.sha256:
            why = "the plan has changed and the amendment is not issued"
            found.append(Recall(holding, why, void=False))
    return tuple(found)


def recall(register: Register, recalls: Sequence[Recall], at: str) -> Register:
    """Note that versions were called back."""
    entries = tuple(
        Entry(
            "recalled", r.holding.role, r.holding.whom, r.holding.version, r.holding.sha256, at,
            why=r.why,
        )
        for r in recalls
    )  # fmt: skip
    return Register((*register.entries, *entries))


def _hash(line: Mapping[str, Any]) -> str:
    text = json.dumps(dict(line), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _typed(entry: Entry) -> bool:
    words = {name: value for name, value in asdict(entry).items() if name != "version"}
    number = isinstance(entry.version, int) and not isinstance(entry.version, bool)
    return number and entry.event in _EVENTS and all(isinstance(v, str) for v in words.values())


def _follows(entries: Sequence[Entry]) -> bool:
    """Return whether versions count up from 1, and nothing is said of what was not issued."""
    last: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = entry.role, entry.whom
        if entry.event == "issued":
            if entry.version != last.get(key, 0) + 1:
                return False
            last[key] = entry.version
        elif not 1 <= entry.version <= last.get(key, 0):
            return False
    return True
