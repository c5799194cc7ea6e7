"""What goes into a graph and what comes out of it: mending links and found paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Link", "Path"]


@dataclass(frozen=True)
class Link:
    """A piece of line that the graph lacks.

    Attributes
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg
        Its two ends.
    length_m
        Its length; by default the great-circle distance of the ends.
    """

    lat1_deg: float
    lon1_deg: float
    lat2_deg: float
    lon2_deg: float
    length_m: float | None = None


@dataclass(frozen=True)
class Path:
    """A path through the graph.

    Attributes
    ----------
    nodes
        Node numbers in order, shape (n,).
    edges
        Edge numbers between them, shape (n - 1,).
    lat_deg, lon_deg
        Positions of the nodes, shape (n,).
    distance_m
        Distance from the start along the edges, shape (n,), the first 0.
    """

    nodes: NDArray[np.int32]
    edges: NDArray[np.int32]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    distance_m: NDArray[np.float64]

    @property
    def length_m(self) -> float:
        """Length of the whole path."""
        return float(self.distance_m[-1])

    @property
    def turn_backs(self) -> list[int]:
        """Positions in `nodes` where the path leaves on the edge it came by: reversals."""
        again = np.flatnonzero(self.edges[1:] == self.edges[:-1]) + 1
        return [int(i) for i in again]
