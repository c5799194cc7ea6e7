"""The order in which goods go into a train."""

from __future__ import annotations

__all__ = ["LOADING_ORDER", "loading_rank"]

#: By storage class: what must stay cold stands outside for the shortest time, and what bears
#: warmth goes in last.
LOADING_ORDER = ("frozen", "live", "chilled", "wine", "ambient", "dry")


def loading_rank(storage: str) -> int:
    """Return the place of a storage class in the order of loading; unknown ones come last."""
    return LOADING_ORDER.index(storage) if storage in LOADING_ORDER else len(LOADING_ORDER)
