"""What a policy's own file asks of other trains, against what a record says is on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue.errors import InputError
from retinue.units import UnitError, parse

if TYPE_CHECKING:
    from retinue.plan.traffic import RulesInForce

__all__ = ["approach_m", "asked_of", "greatest_lead_s", "policy_faults"]

_DATA = Path(__file__).parents[1] / "data"
#: Rules that are a time before the first train, and where the record keeps it.
_WINDOWS = {
    "freight stands within": "freight_stands_within_s",
    "shunting stopped before": "shunting_stopped_before_s",
    "no works before": "no_works_before_s",
}
#: What holds where a policy's `traffic` does not name the rule.
_UNNAMED = {"none beside", "none overtaking", "none crossing above", "nothing between",
            "dangerous goods away"}  # fmt: skip


def approach_m() -> float:
    """Return how far before a station a train approaches it, from the shipped blocking times."""
    return _value(_read("blocking.yaml")["values"]["approach"]["value"], "length", "blocking.yaml")


def asked_of(
    rules: RulesInForce, policy: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any] | None, list[str]]:
    """Return a policy's file, and why it is not known; both empty where there is no policy."""
    if policy is not None:
        return policy, []
    if not rules.policy:
        return None, (["the rules are those of the record: it names no policy"] if rules.on else [])
    path = _DATA / "policies" / f"{Path(rules.policy).name}.yaml"
    if not path.is_file():
        return None, [f"the policy {rules.policy} is not shipped: its rules are the record's"]
    text = path.read_bytes()
    if hashlib.sha256(text).hexdigest() != rules.policy_sha256:
        return None, [f"the policy {rules.policy} was another text: its rules are the record's"]
    return _read(f"policies/{path.name}"), []


def greatest_lead_s(rules: RulesInForce, policy: Mapping[str, Any] | None) -> float | None:
    """Return by how much the advance train may lead: the policy's word, else the record's."""
    told = None if policy is None else policy.get("advance at most")
    return rules.advance_at_most_s if told is None else _value(told, "duration", rules.policy)


def policy_faults(
    rules: RulesInForce, policy: Mapping[str, Any] | None, names: tuple[str, ...]
) -> list[str]:
    """Return where the record's rules are not those that the policy asks for."""
    asked = None if policy is None else policy.get("traffic", {})
    faults = [f'"{name}" is on and is no rule' for name in rules.on if name not in names]
    both = sorted(set(rules.on) & set(rules.off))
    faults += [f"{name} is on and switched off" for name in both]
    if asked is None:
        return faults
    for name in names:
        value = asked.get(name, name in _UNNAMED)
        wanted = value is not None and value is not False
        if wanted and name not in (*rules.on, *rules.off):
            faults.append(f"the policy asks for {name}; it is neither on nor switched off")
        if not wanted and name in rules.on:
            faults.append(f"{name} is on, and the policy does not ask for it")
        if name in _WINDOWS and name in rules.on and wanted:
            seconds = _value(value, "duration", rules.policy)
            kept = getattr(rules, _WINDOWS[name])
            if abs(seconds - kept) > 0.5:
                faults.append(f"{name}: the policy says {seconds:.0f} s, the record {kept:.0f} s")
    binds = {name: sorted(classes) for name, classes in (asked.get("binds") or {}).items()}
    faults += [
        f"{name} binds {', '.join(sorted(rules.binds.get(name, ()))) or 'all'}, the policy says "
        f"{', '.join(binds.get(name, ())) or 'all'}"
        for name in rules.on
        if sorted(rules.binds.get(name, ())) != binds.get(name, [])
    ]
    return faults


def _read(name: str) -> Any:
    import yaml

    return yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))


def _value(value: Any, kind: str, where: str) -> float:
    try:
        return parse(value, kind)
    except (UnitError, ValueError) as error:
        raise InputError(str(error), where=where) from error
