"""Resources: what one train at a time, or as many as it has tracks, may occupy.

A block is a piece of one running track between two signals, a station the set of its
tracks, a junction the place where two ways cross on the level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

__all__ = ["KIND_NAMES", "Ground", "Kind", "Resource"]

#: What a resource stands on: signals of a built world; a rule length of the data; inferred from
#: the timetable; tracks and platforms of a built world.
Ground = Literal["signals", "rule", "inferred", "world"]


class Kind(IntEnum):
    """Kinds of resources, as the occupation arrays number them."""

    BLOCK = 0
    STATION = 1
    JUNCTION = 2


KIND_NAMES = ("block", "station", "junction")


@dataclass(frozen=True)
class Resource:
    """Something trains share.

    Attributes
    ----------
    id
        Its index in `LineNetwork.resources`.
    kind
        Block, station or junction.
    name
        For people: ``Olten - Aarau, block 2 towards Aarau``, ``Olten``.
    capacity
        How many trains may hold it at once: 1 for a block and a junction, the number of tracks
        for a station.
    longest_m
        Usable length of the longest track; nan: nobody knows.
    lat, lon
        Its middle, degrees.
    source
        What it stands on.
    track_lengths_m
        Usable length of each track, longest first; empty: nobody knows.
    """

    id: int
    kind: Kind
    name: str
    capacity: int
    longest_m: float
    lat: float
    lon: float
    source: Ground
    track_lengths_m: tuple[float, ...] = ()

    def holds(self, length_m: float) -> bool | None:
        """Return whether some track is long enough for a train; None: nobody knows."""
        return None if math.isnan(self.longest_m) else length_m <= self.longest_m
