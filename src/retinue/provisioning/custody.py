"""Chain of custody: every hand that a sealed lot passes, and the register of its seals.

::

    supplier |packed, sealed --> | flight | supply guard | truck | supply guard |loaded --> kitchen

Numbers of seals are not planned: they are entered in the register when the seals are applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.plan.stores import Custody, Seal

if TYPE_CHECKING:
    from retinue.plan.stores import Delivery, Lot, Stores, SupplyRun
    from retinue.provisioning.supply import SupplyRules

__all__ = ["hands_of", "with_custody"]

GUARD = "supply guard"
_TAKEN_OVER = "seal compared, taken over"


def with_custody(stores: Stores, rules: SupplyRules, runs: Sequence[SupplyRun] = ()) -> Stores:
    """Return the stores with the hands and seals of every lot; as they are where none is sealed.

    Parameters
    ----------
    runs
        How deliveries come, where the planner has answered; without them the supplier himself
        brings the goods.
    """
    if not stores.sealed:
        return stores
    deliveries = {one.id: one for one in stores.deliveries}
    carried: dict[str, list[SupplyRun]] = {}
    for run in runs:
        if run.feasible:
            carried.setdefault(run.delivery, []).append(run)
    groups: dict[tuple[str, str, str, str], list[Lot]] = {}
    storage = {one.name: one.storage for one in stores.ingredients}
    for lot in stores.lots:
        key = (lot.delivery, lot.supplier, lot.stock, storage[lot.ingredient])
        groups.setdefault(key, []).append(lot)
    seals: list[Seal] = []
    sealed_as: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for (delivery, supplier, _, room), listed in sorted(groups.items()):
        numbers[delivery] = numbers.get(delivery, 0) + 1
        seal = Seal(
            id=f"{delivery}/seal-{numbers[delivery]}",
            delivery=delivery,
            supplier=supplier,
            stock=listed[0].stock,
            storage=room,
            lots=tuple(lot.id for lot in listed),
            applied_utc=min(lot.packed_utc for lot in listed),
            broken_utc=min(lot.loaded_utc for lot in listed),
        )
        seals.append(seal)
        sealed_as |= dict.fromkeys(seal.lots, seal.id)
    lots = tuple(
        lot.model_copy(
            update={
                "seal": sealed_as[lot.id],
                "custody": hands_of(
                    lot, deliveries[lot.delivery], carried.get(lot.delivery, ()), rules
                ),
            }
        )
        for lot in stores.lots
    )
    return stores.model_copy(update={"lots": lots, "seals": tuple(seals)})


def hands_of(
    lot: Lot, delivery: Delivery, runs: Sequence[SupplyRun], rules: SupplyRules
) -> tuple[Custody, ...]:
    """Return the hands that a lot passes, from its supplier to the kitchen.

    The guard waits with it between two carriers, and beside the track until the train stands.
    """
    hands: list[Custody] = []
    moment, role = lot.packed_utc, f"supplier ({lot.supplier})"
    what = "packed and sealed"

    def give(until: float, to: str, then: str) -> None:
        nonlocal moment, role, what
        hands.append(Custody(time_utc=moment, until_utc=until, role=role, what=what))
        moment, role, what = until, to, then

    for run in runs:
        assert run.depart_utc is not None and run.arrive_utc is not None
        if role == GUARD:
            give(run.depart_utc, f"{run.vehicle} to {run.destination}", _TAKEN_OVER)
        else:
            give(run.depart_utc, f"{run.vehicle} to {run.destination}", "seal compared, loaded")
        give(run.arrive_utc, GUARD, _TAKEN_OVER)
    if not runs:
        handed = min(delivery.due_utc, lot.loaded_utc) - rules.out_of_storage
        give(max(handed, lot.packed_utc), GUARD, _TAKEN_OVER)
    keeper = rules.principal_role if lot.stock == "principal" else rules.guest_role
    give(lot.loaded_utc, keeper, "seal broken, goods taken over")
    hands.append(Custody(time_utc=moment, role=role, what=what))
    return tuple(hands)
