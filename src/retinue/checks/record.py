"""The document itself: its hash, its round trip, what it must name."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted
from retinue.plan import Plan

if TYPE_CHECKING:
    from typing import Any

__all__ = ["check_record"]


def check_record(plan: Plan) -> Finding:
    """Check hash, round trip, versions, and that every assumed value is listed."""
    faults = []
    record: dict[str, Any] = json.loads(plan.to_json())
    stated = record["hash"]
    record["hash"] = record["made_at"] = ""
    canonical = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(canonical.encode("utf-8")).hexdigest() != stated:
        faults.append("the hash does not match the content: the plan was changed after it was made")
    if Plan.from_json(plan.to_json()).to_json() != plan.to_json():
        faults.append("the plan does not survive being written and read again")
    made = plan.made_with
    faults += [
        f"the plan does not say its {what}"
        for what, value in (
            ("Retinue version", made.retinue),
            ("world pack version", made.pack_version),
            ("world pack checksum", made.pack_sha256),
            ("catalogue checksum", made.catalogue_sha256),
            ("journey", plan.journey.text),
        )
        if not value
    ]
    sections = 0
    for name, leg in all_legs(plan):
        subjects = [item.subject for item in plan.assumptions if leg.id in item.legs]
        for section in leg.sections:
            sections += 1
            # A road's assumptions speak of "roads in RU", its sections of "highway, RU, ...".
            parts = section.line.split(", ")
            spoken_of = any(
                section.line in subject
                or (subject.startswith("roads in ") and subject.removeprefix("roads in ") in parts)
                for subject in subjects
            )
            if section.assumed and not spoken_of:
                faults.append(
                    f"{name}: {', '.join(section.assumed)} of {section.line}"
                    f" ({section.from_place}-{section.to_place}) are assumed but not listed"
                )
    looked = f"hash, round trip, versions, assumptions of {counted(sections, 'section')}"
    return Finding("record", looked, tuple(faults))
