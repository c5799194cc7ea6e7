"""The register of approvals, re-read from two files alone: every step and every lapse in order.

Shares no code with `retinue.traffic.states`: it reads JSON and derives the state anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from retinue.checks.finding import Finding
from retinue.counting import counted

__all__ = ["check_approvals"]

_ORDER = ("draft", "submitted", "offered", "accepted", "frozen")


def check_approvals(plan: dict[str, Any], register: dict[str, Any]) -> Finding:
    """Check a register against its plan, both as the files hold them.

    Looks at: order of steps, order of moments, roles, the chain of hashes from approval to
    amendment to plan, lapses (later approvals never outlive earlier ones), the state that
    follows, and the plan that the register keeps.
    """
    try:
        faults = tuple(_faults(plan, register))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, zlib.error) as error:
        faults = (f"the register is not of the form it should be: {error!r}",)
    found = (register.get("approvals"), register.get("amendments"))
    count = [len(entries) if isinstance(entries, list) else 0 for entries in found]
    return Finding(
        "approvals", f"{counted(count[0], 'approval')}, {counted(count[1], 'amendment')}", faults
    )


def _faults(plan: dict[str, Any], register: dict[str, Any]) -> Iterator[str]:
    if register["schema"] != "retinue-approvals/1":
        yield f"its schema is {register['schema']}"
        return
    approvals, amendments = register["approvals"], register["amendments"]
    for kind, entries in (("approval", approvals), ("amendment", amendments)):
        if [one["number"] for one in entries] != list(range(1, len(entries) + 1)):
            yield f"the numbers of the {kind}s are not 1, 2, 3 ..."
            return
        for one in entries:
            if not one["role"].strip():
                yield f"{kind} {one['number']} names no role"
    for one in approvals:
        yield from _rests(one)
    yield from _replay(register, approvals, amendments)
    standing = [one for one in approvals if one["lapsed_by"] is None]
    stated = register["state"]
    derived = standing[-1]["state"] if standing else "draft"
    if stated != derived:
        yield f"it says {stated}, by its approvals the plan is {derived}"
    if [one["state"] for one in standing] != list(_ORDER[1 : len(standing) + 1]):
        yield "the approvals that stand are not every step up to the state"
    if standing and plan["hash"] != register["plan_hash"]:
        yield (
            f"the plan is {plan['hash'][:12]}, the approvals stand for"
            f" {register['plan_hash'][:12]}: changed without an amendment"
        )
    if _digest(plan) != plan["hash"]:
        yield "the plan's hash does not match its content"
    if approvals:
        kept = zlib.decompress(base64.b64decode(register["plan_packed"], validate=True))
        record = json.loads(kept)
        if _digest(record) != register["plan_hash"] or record["hash"] != register["plan_hash"]:
            yield "the plan that the register keeps is not the one that was approved"


def _rests(approval: dict[str, Any]) -> Iterator[str]:
    """Look at an approval's papers, and at what was accepted in spite of something."""
    name = f"approval {approval['number']}"
    for paper in approval["papers"]:
        if not re.fullmatch(r"[0-9a-f]{64}", paper["sha256"]):
            yield f"{name}: {paper['name']} has no hash"
        elif paper["packed"]:
            kept = zlib.decompress(base64.b64decode(paper["packed"], validate=True))
            if hashlib.sha256(kept).hexdigest() != paper["sha256"]:
                yield f"{name}: {paper['name']} is not the paper whose hash it names"
    if approval["deviations"] and not approval["despite"].strip():
        yield f"{name} accepts {len(approval['deviations'])} deviations without a reason"
    if approval["deviations"] and approval["state"] not in ("accepted", "frozen"):
        yield f"{name} accepts deviations of a plan that is only {approval['state']}"


def _replay(
    register: dict[str, Any], approvals: list[dict[str, Any]], amendments: list[dict[str, Any]]
) -> Iterator[str]:
    """Go through approvals and amendments in the order in which they were entered."""
    entries = [(one["entry"], f"approval {one['number']}", one) for one in approvals]
    entries += [(one["entry"], f"amendment {one['number']}", one) for one in amendments]
    entries.sort(key=lambda item: item[0])
    if [item[0] for item in entries] != list(range(1, len(entries) + 1)):
        yield "entries are missing, or stand twice"
        return
    standing: list[dict[str, Any]] = []
    current = ""
    moment: datetime | None = None
    for _, name, entry in entries:
        at = _moment(entry["at_utc"])
        if moment is not None and at < moment:
            yield f"{name} lies before the entry before it"
        moment = at
        if name.startswith("approval"):
            here = _rank(standing[-1]) if standing else 0
            if _rank(entry) != here + 1:
                yield f"{name} makes a plan {entry['state']} that was {_ORDER[here]}"
            if standing and entry["plan_hash"] != current:
                yield f"{name} is of another plan than the approvals before it"
            current = entry["plan_hash"]
            standing = [*standing, entry]
            continue
        yield from _amended(name, entry, standing, current)
        current = entry["after_hash"]
        standing = [one for one in standing if one["lapsed_by"] != entry["number"]]
    if entries and current != register["plan_hash"]:
        yield "the register's plan is not the one of its last entry"
    known = {one["number"] for one in amendments}
    for one in approvals:
        if one["lapsed_by"] is not None and one["lapsed_by"] not in known:
            yield f"approval {one['number']} lapsed by amendment {one['lapsed_by']}, which is none"


def _amended(
    name: str, entry: dict[str, Any], standing: list[dict[str, Any]], current: str
) -> Iterator[str]:
    if entry["withdrawn"]:
        if sorted(one["number"] for one in standing) != sorted(entry["lapsed"]):
            yield f"{name} withdraws the plan and leaves approvals standing"
        if entry["state"] != "draft":
            yield f"{name} withdraws the plan and leaves it {entry['state']}"
        return
    if not standing:
        yield f"{name} changes a plan on which no approval stood"
    elif entry["before_hash"] != current:
        yield f"{name} begins at another plan than the one that was approved"
    same, reopened = entry["before_hash"] == entry["after_hash"], bool(entry["restrictions"])
    if same and not reopened and not entry["withdrawn"]:
        yield f"{name} changes nothing"
    if reopened and not same:
        yield f"{name} changes the plan and re-opens it at once"
    gone = [one for one in standing if one["lapsed_by"] == entry["number"]]
    left = [one for one in standing if one["lapsed_by"] != entry["number"]]
    if sorted(one["number"] for one in gone) != sorted(entry["lapsed"]):
        yield f"{name} and the approvals do not agree on what lapsed"
    if gone and left and _rank(gone[0]) < _rank(left[-1]):
        yield f"{name} leaves {left[-1]['state']} standing without {gone[0]['state']}"
    if any(one["state"] == "frozen" for one in left):
        yield f"{name} leaves the plan frozen though it changed"
    most = "submitted" if any(one["touches"] for one in entry["restrictions"]) else "offered"
    if reopened and left and _rank(left[-1]) > _ORDER.index(most):
        yield f"{name} re-opens the plan and leaves it {left[-1]['state']}"
    after = left[-1]["state"] if left else "draft"
    if entry["state"] != after:
        yield f"{name} says {entry['state']}, what stands after it is {after}"


def _rank(approval: dict[str, Any]) -> int:
    return _ORDER.index(approval["state"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _digest(plan: dict[str, Any]) -> str:
    bare = plan | {"hash": "", "made_at": ""}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
