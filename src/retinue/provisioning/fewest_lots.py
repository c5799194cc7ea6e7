"""Of all purchases that cost the same, those of the fewest lots, and of these the freshest.

Lot sizing leaves open at which of the deliveries that are made anyway a thing is bought: to the
cost it is all one, and a solver takes any.  To the kitchen it is not: every lot is counted,
carried aboard and used up apart, and holds a reserve of its own.  So the parts of a thing's
need, its blocks in order of time, go to options by

    f(b, o) = c(b, o) + min( f(b-1, o),  min_p f(b-1, p) + (0, 1, 0) ),    f, c = (cost, lots, age)

compared word by word; age is the need times how long before its meal it comes aboard.  Besides,
what is decided so hangs on no other thing, and a late train moves only what its delay touches.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.provisioning.resupply import Block
    from retinue.provisioning.supply import SupplyOption

__all__ = ["fewest_lots"]

#: Costs and ages are compared in whole parts of the need: no order of adding decides.
_PARTS = 1e9
_Value = tuple[int, int, int]


def fewest_lots(
    blocks: Sequence[Block],
    options: Sequence[SupplyOption],
    made: Collection[int],
    begins_s: Sequence[float],
) -> tuple[int, ...]:
    """Return the option that each block of one thing is bought at.

    Parameters
    ----------
    blocks
        Of one thing, in order of time.
    made
        Options at which something is brought aboard anyway.
    begins_s
        When the first meal of each block is.

    Returns
    -------
    tuple of int
        One of the options of each block.

    Raises
    ------
    ValueError
        Where none of a block's options is made.
    """
    scale = _PARTS / (sum(block.need_kg for block in blocks) or 1.0)
    value: dict[int, _Value] = {}
    came_from: list[dict[int, int]] = []
    for block, begin in zip(blocks, begins_s, strict=True):
        able = [number for number in block.options if number in made]
        if not able:
            raise ValueError("nothing is brought aboard for a part of the need")
        share = scale * block.need_kg
        found: dict[int, _Value] = {}
        before: dict[int, int] = {}
        best = min(value, key=lambda o: (value[o], -o)) if value else -1
        earlier, lots, old = value[best] if value else (0, 0, 0)
        turned = (earlier, lots + 1, old)
        for number in able:
            option = options[number]
            kept = value.get(number)
            if kept is not None and kept <= turned:
                before[number], (earlier, lots, old) = number, kept
            else:
                before[number], (earlier, lots, old) = best, turned
            found[number] = (
                earlier + round(share * option.price_factor),
                lots,
                old + round(share * (begin - option.usable_s)),
            )
        came_from.append(before)
        value = found
    if not value:
        return ()
    at = min(value, key=lambda o: (value[o], -o))
    chosen = [at]
    for before in reversed(came_from[1:]):
        at = before[at]
        chosen.append(at)
    return tuple(reversed(chosen))
