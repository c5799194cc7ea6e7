"""What is other in the stores after the train's times have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.clock import duration_text

if TYPE_CHECKING:
    from retinue.plan.stores import Stores

__all__ = ["store_changes"]

_LEAST_KG = 0.01


def store_changes(before: Stores, after: Stores) -> tuple[str, ...]:
    """Return the differences of two store lists in sentences, deliveries first."""
    found: list[str] = []
    old_way = {one.id: one for one in before.deliveries}
    new_way = {one.id: one for one in after.deliveries}
    for name in sorted(old_way.keys() | new_way.keys()):
        old, new = old_way.get(name), new_way.get(name)
        if new is None:
            assert old is not None
            found.append(f"the delivery at {old.place.name} ({name}) is called off")
        elif old is None:
            found.append(f"a delivery at {new.place.name} ({name}) is new: {new.mass_kg:.0f} kg")
        else:
            moved = new.from_utc - old.from_utc
            if abs(moved) >= 60:
                word = "later" if moved > 0 else "earlier"
                found.append(f"{new.place.name} ({name}) is {duration_text(abs(moved))} {word}")
            if abs(new.mass_kg - old.mass_kg) > 1.0:
                found.append(
                    f"{new.place.name} ({name}) brings {new.mass_kg:.0f} kg, not {old.mass_kg:.0f}"
                )
    old_lots = {one.id: one for one in before.lots}
    new_lots = {one.id: one for one in after.lots}
    for name in sorted(old_lots.keys() | new_lots.keys()):
        was, now = old_lots.get(name), new_lots.get(name)
        if now is None:
            assert was is not None
            found.append(f"{name}: {was.kg:.2f} kg are not bought")
        elif was is None:
            found.append(f"{name}: {now.kg:.2f} kg are bought beside")
        elif abs(now.kg - was.kg) > _LEAST_KG:
            found.append(f"{name}: {now.kg:.2f} kg, not {was.kg:.2f}")
    again = sorted(set(before.withdrawn) - set(after.withdrawn))
    lost = sorted(set(after.withdrawn) - set(before.withdrawn))
    found += [f"{meal}: {dish} is on offer again" for meal, dish in again]
    found += [f"{meal}: {dish} is no longer on offer" for meal, dish in lost]
    if round(before.cost, 2) != round(after.cost, 2):
        found.append(f"the stores cost {after.cost:.2f} {after.currency}, not {before.cost:.2f}")
    return tuple(found)
