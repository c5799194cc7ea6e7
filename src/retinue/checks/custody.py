"""Chains of custody and the register of seals: no gap, nothing backwards, no seal unlisted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.clock import iso_utc

if TYPE_CHECKING:
    from retinue.plan.stores import Lot, Stores

__all__ = ["check_custody"]

_SLACK_S = 2.0


def check_custody(stores: Stores) -> Iterator[str]:
    """Yield what is wrong with the hands and seals of sealed goods."""
    if not stores.sealed:
        return
    register = {seal.id: seal for seal in stores.seals}
    if len(register) < len(stores.seals):
        yield "a seal stands twice in the register"
    for lot in stores.lots:
        seal = register.get(lot.seal)
        if seal is None:
            yield f"{lot.id}: has no seal of the register"
        elif lot.id not in seal.lots or seal.delivery != lot.delivery:
            yield f"{lot.id}: its seal {seal.id} is that of other goods"
        elif seal.broken_utc < lot.loaded_utc - _SLACK_S:
            yield f"{lot.id}: its seal is broken at {iso_utc(seal.broken_utc)}, before it is loaded"
        yield from _hands(lot)
    lots = {lot.id for lot in stores.lots}
    for seal in stores.seals:
        strangers = sorted(set(seal.lots) - lots)
        if strangers:
            yield f"{seal.id}: seals {strangers[0]}, which is nowhere"


def _hands(lot: Lot) -> Iterator[str]:
    if len(lot.custody) < 2:
        yield f"{lot.id}: has no chain of custody"
        return
    first, last = lot.custody[0], lot.custody[-1]
    for one, following in pairwise(lot.custody):
        if one.until_utc is None:
            yield f"{lot.id}: {one.role} keeps it and {following.role} has it as well"
            continue
        if one.until_utc < one.time_utc - _SLACK_S:
            yield f"{lot.id}: its chain of custody runs backwards at {one.role}"
        apart = following.time_utc - one.until_utc
        if apart > _SLACK_S:
            yield (
                f"{lot.id}: nobody has it for {apart / 60:.0f} min between {one.role}"
                f" and {following.role}"
            )
        elif apart < -_SLACK_S:
            yield f"{lot.id}: its chain of custody runs backwards at {following.role}"
    if first.time_utc > lot.packed_utc + _SLACK_S or last.time_utc < lot.loaded_utc - _SLACK_S:
        yield f"{lot.id}: its chain of custody does not reach from packing to loading"
    if last.time_utc > lot.loaded_utc + _SLACK_S:
        yield f"{lot.id}: is taken over after it is loaded"
