"""How supplies come: flown and driven as planned, packed before they leave, never unwatched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.stores import Stores, SupplyRun

__all__ = ["check_carriage"]

_SLACK_S = 2.0


def check_carriage(stores: Stores, runs: Sequence[SupplyRun]) -> Finding:
    """Check that what is brought is packed before it leaves, and passes the hands planned."""
    carried = sum(1 for one in stores.deliveries if one.mode != "origin")
    return Finding(
        "carriage",
        f"{counted(carried, 'delivery')}, {counted(len(runs), 'run')}",
        tuple(_faults(stores, runs)),
    )


def _faults(stores: Stores, runs: Sequence[SupplyRun]) -> Iterator[str]:
    by_delivery: dict[str, list[SupplyRun]] = {}
    for run in runs:
        by_delivery.setdefault(run.delivery, []).append(run)
    for one in stores.deliveries:
        own = by_delivery.get(one.id, [])
        stands = [run for run in own if not run.feasible]
        if stands:
            why = "; ".join(stands[0].reasons) or "no reason is given"
            yield f"{one.id}: its {stands[0].kind} cannot be made: {why}"
        for run in own:
            if run.load_kg < one.mass_kg - 1.0:
                yield f"{run.id} carries {run.load_kg:.0f} of {one.mass_kg:.0f} kg"
    for lot in stores.lots:
        own = [run for run in by_delivery.get(lot.delivery, []) if run.feasible]
        leaves = min((r.depart_utc for r in own if r.depart_utc is not None), default=None)
        if leaves is not None and lot.packed_utc > leaves + _SLACK_S:
            late = (lot.packed_utc - leaves) / 60
            yield f"{lot.id}: is packed {late:.0f} min after its transport has left"
        if not lot.custody:
            continue
        taken = {hand.time_utc for hand in lot.custody}
        for run in own:
            moments = [t for t in (run.depart_utc, run.arrive_utc) if t is not None]
            if any(all(abs(m - t) > _SLACK_S for t in taken) for m in moments):
                yield f"{lot.id}: its chain of custody does not know {run.id}"
