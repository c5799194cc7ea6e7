"""Which plans a new state of the restrictions re-opens, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.traffic.restrictions import place_restrictions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retinue.plan.traffic import RestrictionUse, TrafficRecord
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.restrictions import PlacedRestriction, Restriction

__all__ = ["Reopened", "affected_plans"]


@dataclass(frozen=True)
class Reopened:
    """Why a plan has to be looked at again.

    Attributes
    ----------
    what
        ``new``, ``changed``, ``withdrawn``, ``gone``.
    used
        What the plan stood on; None where it knew nothing of it.
    now
        What holds now; None where nothing does.
    trains
        Its special trains that run there and then; empty where the change only frees.
    """

    what: Literal["new", "changed", "withdrawn", "gone"]
    used: RestrictionUse | None
    now: RestrictionUse | None
    trains: tuple[str, ...]

    def __str__(self) -> str:
        known = self.now or self.used
        assert known is not None
        touched = f": touches {', '.join(self.trains)}" if self.trains else ""
        return f"{self.what}: {known.id}, version {known.version}, by {known.sender}{touched}"


def affected_plans(
    plans: Mapping[str, TrafficRecord], network: LineNetwork, restrictions: Sequence[Restriction]
) -> dict[str, tuple[Reopened, ...]]:
    """Return which plans a new state of the restrictions re-opens, and why.

    A plan is re-opened by every restriction it stood on that says other things now, is withdrawn
    or gone, and by every other one that takes a resource of one of its special trains while that
    train holds it.

    Parameters
    ----------
    plans
        Records by name, of the same view of the same network.
    restrictions
        As `load_restrictions` returns them now.
    """
    placed = {
        (p.restriction.sender, p.restriction.id): p
        for p in place_restrictions(network, restrictions)
    }
    now = {(entry.sender, entry.id): entry for entry in restrictions}
    found: dict[str, tuple[Reopened, ...]] = {}
    for name, record in plans.items():
        used = {(use.sender, use.id): use for use in record.restrictions}
        reasons: list[Reopened] = []
        for key in sorted(used.keys() | now.keys()):
            old, entry = used.get(key), now.get(key)
            if old is not None and entry is not None and entry.sha256 == old.sha256:
                continue
            trains = _touched(record, placed[key]) if key in placed else ()
            if entry is None:
                reasons.append(Reopened("gone", old, None, ()))
            elif entry.withdrawn:
                if old is not None:
                    reasons.append(Reopened("withdrawn", old, entry.use, ()))
            elif old is not None:
                reasons.append(Reopened("changed", old, entry.use, trains))
            elif trains:
                reasons.append(Reopened("new", None, entry.use, trains))
        if reasons:
            found[name] = tuple(reasons)
    return found


def _touched(record: TrafficRecord, placed: PlacedRestriction) -> tuple[str, ...]:
    rule = placed.restriction
    return tuple(
        train.id
        for train in record.trains
        if train.special
        and any(
            held.resource in placed.resources
            and held.from_utc < rule.ends_s
            and held.to_utc > rule.begins_s
            for held in train.passes
        )
    )
