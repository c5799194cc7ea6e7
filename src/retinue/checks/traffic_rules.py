"""Rules of protection on other trains, worked out anew from the plain record of a traffic.

Which rules are on the policy's own file says; where the convoy is when its fronts say; which
blocks lie beside its way the sections say; who is there the trains' holds say.  The windows that
the search recorded are compared with those worked out here, and prove nothing by themselves.  What
the data cannot show is told as not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from retinue.checks.finding import Finding
from retinue.checks.traffic_convoy import convoy_of
from retinue.checks.traffic_convoy_holds import hold_faults
from retinue.checks.traffic_ground import ground_of
from retinue.checks.traffic_lead import lead_findings
from retinue.checks.traffic_rule_faults import Holders, broken
from retinue.checks.traffic_rule_windows import Convoy
from retinue.checks.traffic_rules_asked import approach_m, asked_of, policy_faults
from retinue.checks.traffic_rules_told import not_shown, order_faults, window_faults
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.traffic import TrafficRecord

__all__ = ["RULES", "check_traffic_rules"]

#: Every rule, as policies name it.
RULES = (
    "none beside",
    "none overtaking",
    "none crossing above",
    "opposite held",
    "freight stands within",
    "shunting stopped before",
    "no works before",
    "stations sealed",
    "nothing between",
    "dangerous goods away",
)


def check_traffic_rules(
    document: TrafficRecord | Mapping[str, Any], *, policy: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Check every rule of protection of a record of traffic: one finding each, then the record.

    Parameters
    ----------
    document
        The record, or its JSON values.
    policy
        The policy file's content; by default the shipped file of the name and hash that the record
        gives.
    """
    from retinue.plan.traffic import TrafficRecord

    record = (
        document
        if isinstance(document, TrafficRecord)
        else TrafficRecord.model_validate(dict(document))
    )
    rules = record.rules
    if rules is None:
        faults = (
            ["holds windows of rules and does not say which rules are on"] if record.windows else []
        )
        return [
            Finding(
                "traffic rules",
                "no rule: the record names none",
                tuple(faults),
                ("the record does not say which rules of protection are on",),
            )
        ]
    asked, unknown = asked_of(rules, policy)
    told = policy_faults(rules, asked, RULES)
    findings = []
    members, faults = convoy_of(record)
    mains = [member for member in members if member.train.role == "main"]
    if not faults and mains and rules.on:
        ground = ground_of(record, mains[0])
        faults = list(ground.faults)
        convoy = Convoy(tuple(members), mains[0], ground, approach_m())
        faults = faults or hold_faults(record, convoy.members, ground)
        if not faults:
            holders = Holders(record)
            findings += [_of_rule(rule, record, convoy, holders) for rule in RULES]
    elif rules.on and not faults:
        faults.append("rules of protection are on, and where the convoy is when is not told")
    findings += lead_findings(rules, asked, members)
    looked = f"{counted(len(rules.on), 'rule')} on, {len(rules.off)} switched off ({record.view})"
    findings.append(Finding("traffic rules", looked, (*told, *faults), tuple(unknown)))
    return findings


def _of_rule(rule: str, record: TrafficRecord, convoy: Convoy, holders: Holders) -> Finding:
    rules = record.rules
    assert rules is not None
    name = f"traffic rule {rule}"
    held = [window for window in record.windows if window.rule == rule]
    if rule not in rules.on:
        faults = [f"{rule} is off and {len(held)} windows of it are recorded"] if held else []
        return Finding(name, "off", tuple(faults))
    unseen = not_shown(rule, record, convoy)
    faults = [
        *broken(rule, convoy, rules, holders),
        *window_faults(rule, record, convoy),
        *order_faults(rule, record, convoy),
        *(
            f"{rule}: not shown by the data, and the record does not say so: {line}"
            for line in unseen.untold
        ),
    ]
    looked = (
        f"{counted(len(convoy.ground.blocks), 'block')} of the way, {len(convoy.ground.beside)}"
        f" beside, "
        f"{counted(len(convoy.ground.stations), 'station')},"
        f" {counted(len(holders.others), 'other train')}"
    )
    return Finding(name, looked, tuple(faults), unseen.lines)
