"""Traffic for readers who are not cleared: a special train runs, and nothing of its protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.plan.traffic import TrafficRecord, TrainPath

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["without_protection"]


def without_protection(record: TrafficRecord) -> TrafficRecord:
    """Return a record for stations and other operators.

    Left out are the rules, their windows and orders, why a train gives way, what the data cannot
    show of a rule, where the convoy's fronts are when, which of its trains is which, who sweeps and
    patrols the line, and what other trains carry.  Who holds what from when until when stays, so
    it can be checked for conflicts as before.
    """
    names = _names(record)
    rules = set() if record.rules is None else {*record.rules.on, *record.rules.off}
    rules |= {window.rule for window in record.windows} | {order.rule for order in record.orders}
    return record.model_copy(
        update={
            "trains": tuple(_public(train, names) for train in record.trains),
            "altered": tuple(c.model_copy(update={"because": ""}) for c in record.altered),
            "known_overlaps": tuple(
                (names.get(one, one), names.get(two, two), place)
                for one, two, place in record.known_overlaps
            ),
            "windows": (),
            "rules": None,
            "orders": (),
            "sections": (),
            "assumptions": tuple(
                line for line in record.assumptions if not any(name in line for name in rules)
            ),
        }
    )


def _names(record: TrafficRecord) -> dict[str, str]:
    """Return new names of the convoy's trains, in the order of their running, and of its guards."""
    convoy = sorted(
        (train for train in record.trains if train.special),
        key=lambda train: (min((p.from_utc for p in train.passes), default=0.0), train.id),
    )
    guards = [train for train in record.trains if train.work == "protection"]
    return {train.id: f"special train {n}" for n, train in enumerate(convoy, 1)} | {
        train.id: f"closure {n}" for n, train in enumerate(guards, 1)
    }


def _public(train: TrainPath, names: Mapping[str, str]) -> TrainPath:
    changes: dict[str, object] = {"dangerous_goods": False, "front": (), "role": ""}
    if train.id in names:
        changes |= {"id": names[train.id], "title": names[train.id]}
    if train.work == "protection":
        changes["work"] = "possession"
    return train.model_copy(update=changes)
