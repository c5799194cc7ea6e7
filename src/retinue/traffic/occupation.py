"""Occupations: which train holds which resource from when until when, as arrays.

The blocking time of a block (Happe 1959; Pachl, Railway Operation and Control)::

    |switching|sight|   approach   |      running      | clearing |release|
              (route set, driver sees, from the distant signal to the block,
               through it, until the tail is out, until the next may be signalled)

A train that stopped before a block has no approach: its blocking begins with switching and
reaction before it departs.  A station track is held from the approach to the station until the
tail has left it; the block before a station is free when the whole train is inside.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOVING", "STANDING", "Occupations"]

MOVING, STANDING = 0, 1


@dataclass(frozen=True, eq=False)
class Occupations:
    """Columns of equal length, one row for each hold of a resource.

    Attributes
    ----------
    train
        int32: index in the list of runs they were made of.
    resource
        int32: number in `LineNetwork.resources`.
    from_s, to_s
        float64: Unix seconds; half-open ``[from_s, to_s)``, so that one hold may begin the
        instant another ends.
    direction
        int8: 1 with the section (a to b), -1 against it, 0 station or junction.
    state
        int8: `MOVING`, or `STANDING` where the train comes to a stand on the resource.
    kind
        int8: `Kind` of the resource.
    call
        int32: position in the run's calls: of the station itself, or of the node at which the
        block's section begins.
    """

    train: NDArray[np.int32]
    resource: NDArray[np.int32]
    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]
    direction: NDArray[np.int8]
    state: NDArray[np.int8]
    kind: NDArray[np.int8]
    call: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.train)

    @classmethod
    def empty(cls) -> Occupations:
        """Return no occupation."""
        return cls.joined([])

    @classmethod
    def joined(cls, parts: list[Occupations]) -> Occupations:
        """Return the rows of several, one after the other."""
        types = (np.int32, np.int32, float, float, np.int8, np.int8, np.int8, np.int32)
        return cls(
            *(
                np.concatenate([np.empty(0, kind), *(getattr(p, f.name) for p in parts)]).astype(
                    kind
                )
                for f, kind in zip(fields(cls), types, strict=True)
            )
        )

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> Occupations:
        """Return the rows of a mask or of indices."""
        return Occupations(*(getattr(self, f.name)[mask] for f in fields(self)))

    def by_resource(self) -> Occupations:
        """Return them sorted by resource, then begin, then train."""
        return self.rows(np.lexsort((self.train, self.from_s, self.resource)))
