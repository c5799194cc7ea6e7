"""By how much the advance train leads the main train, against what the policy allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.checks.finding import Finding
from retinue.checks.traffic_convoy import AT_M, Member, clock_text
from retinue.checks.traffic_rules_asked import greatest_lead_s

if TYPE_CHECKING:
    from retinue.plan.traffic import RulesInForce

__all__ = ["SLACK_S", "lead_findings"]

SLACK_S = 1.0
"""Lags are whole seconds, fronts lines between points."""


def lead_findings(
    rules: RulesInForce, policy: Mapping[str, Any] | None, members: Sequence[Member]
) -> list[Finding]:
    """Return the finding on the lead; none where nobody says how great it may be.

    The lead is taken wherever either front changes its speed, on coming and on leaving; between
    two such places it lies between theirs.
    """
    most_s = greatest_lead_s(rules, policy)
    if most_s is None:
        return []
    faults = []
    told_s = rules.advance_at_most_s
    if told_s is not None and abs(told_s - most_s) > SLACK_S:
        faults.append(
            f"the policy lets the advance train lead by {most_s:.0f} s, the record by {told_s:.0f}"
        )
    by_role = {member.train.role: member for member in members}
    if not {"advance", "main"} <= set(by_role):
        return [Finding("traffic lead", "no advance train", tuple(faults))]
    at_m, lead_s = _greatest(by_role["advance"], by_role["main"])
    if lead_s > most_s + SLACK_S:
        since = clock_text(by_role["advance"].comes(at_m))
        faults.append(
            f"{by_role['advance'].train.id} is {lead_s:.0f} s ahead of"
            f" {by_role['main'].train.id} at km {at_m / 1000.0:.1f}, where it comes at {since};"
            f" {most_s:.0f} s are allowed"
        )
    looked = f"up to {lead_s / 60.0:.1f} min ahead, {most_s / 60.0:.1f} min allowed"
    return [Finding("traffic lead", looked, tuple(faults))]


def _greatest(advance: Member, main: Member) -> tuple[float, float]:
    """Return where the advance train leads by most, and by how much."""
    low, high = max(advance.first_m, main.first_m), min(advance.last_m, main.last_m)
    stood = np.unique([stand.at_m for member in (advance, main) for stand in member.stands])
    leads = [
        (max(main.comes(at) - advance.comes(at), main.enters(at) - advance.enters(at)), at)
        for at in stood.tolist()
        if low <= at <= high
    ]
    every = np.unique(np.concatenate((advance.at_m, main.at_m)))
    every = every[(every >= low) & (every <= high)]
    if stood.size:
        every = every[np.abs(every[:, None] - stood[None, :]).min(axis=1) > AT_M]
    if every.size:
        lead = np.interp(every, main.at_m, main.time_s) - np.interp(
            every, advance.at_m, advance.time_s
        )
        most = int(np.argmax(lead))
        leads.append((float(lead[most]), float(every[most])))
    lead_s, at_m = max(leads)
    return at_m, lead_s
