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

#: Costs are compared in parts of so many units of need, so that sums of one order do not decide.
_DIGITS = 9
_Value = tuple[float, int, float]


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
    total = sum(block.need_kg for block in blocks) or 1.0
    value: dict[int, _Value] = {}
    came_from: list[dict[int, int]] = []
    for block, begin in zip(blocks, begins_s, strict=True):
        share = block.need_kg / total
        best = min(value, key=lambda o: (value[o], -o)) if value else -1
        found: dict[int, _Value] = {}
        before: dict[int, int] = {}
        for number in block.options:
            if number not in made:
                continue
            option = options[number]
            cost = round(share * option.price_factor, _DIGITS)
            age = round(share * (begin - option.usable_s), _DIGITS)
            earlier, lots, old = (0.0, 1, 0.0)
            if value:
                turned = (value[best][0], value[best][1] + 1, value[best][2])
                kept = value.get(number)
                if kept is not None and kept <= turned:
                    before[number], (earlier, lots, old) = number, kept
                else:
                    before[number], (earlier, lots, old) = best, turned
            found[number] = (round(earlier + cost, _DIGITS), lots, round(old + age, _DIGITS))
        if not found:
            raise ValueError("nothing is brought aboard for a part of the need")
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
