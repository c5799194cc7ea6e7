"""Free-flow time: how long a track takes at its limit, for every edge and direction.

Nothing runs faster than the limit of the place where its front is, so the sum over a route is
a lower bound of any simulated running time on it (`retinue.rail.track_routes`).  Where no
limit is tagged, the speed is assumed by what the track is for (`ASSUMED_KMH`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.track_network import NETWORK_CLASSES, TrackNetwork

__all__ = ["ASSUMED_KMH", "FASTEST_MPS", "assumed_mps", "free_flow_s", "speed_limits"]

FASTEST_MPS = 350.0 / 3.6
"""Where the limit is tagged ``none``; no railway in service runs faster."""

ASSUMED_KMH: dict[str, float] = {
    "main": 100.0,
    "branch": 60.0,
    "industrial": 25.0,
    "military": 25.0,
    "tourism": 40.0,
    "scientific": 40.0,
    "test": 100.0,
    "freight": 60.0,
    "": 60.0,
    "service yard": 25.0,
    "service siding": 40.0,
    "service spur": 25.0,
    "service crossover": 40.0,
    "light": 50.0,
    "narrow": 40.0,
}
"""Assumed where no limit is tagged: by use of the line; ``service`` words go before it, and
a class of network replaces unknown use.  Planning values of this project, no authority's."""

Floats = NDArray[np.float64]


def _first_words(network: TrackNetwork, name: str) -> list[str]:
    """Return the first word of a text attribute on each edge, empty where there is none."""
    table = network.attributes[name]
    words = [""] * len(network.edges)
    rows = np.flatnonzero(np.diff(table.start) > 0)
    for edge in rows:
        words[edge] = network.text[int(table.value[table.start[edge]])]
    return words


def assumed_mps(network: TrackNetwork) -> Floats:
    """Return for each edge the speed assumed where no limit is tagged."""
    usage, service = _first_words(network, "usage"), _first_words(network, "service")
    speeds = np.empty(len(usage))
    for edge, (use, kind, number) in enumerate(
        zip(usage, service, network.edges.network_class.tolist(), strict=True)
    ):
        word = f"service {kind}" if kind else use
        if word not in ASSUMED_KMH:
            word = "service siding" if kind else ""
        if not word and NETWORK_CLASSES[number] in ASSUMED_KMH:
            word = NETWORK_CLASSES[number]
        speeds[edge] = ASSUMED_KMH[word] / 3.6
    return speeds


def speed_limits(
    network: TrackNetwork, edge: int, direction: int, assumed: Floats
) -> list[tuple[float, float, float, bool]]:
    """Return ``(from_m, to_m, limit in m/s, tagged)`` along an edge, gaps filled.

    Distances are the edge's own whatever the direction.
    """
    table = network.attributes["speed_forward" if direction > 0 else "speed_backward"]
    length = float(network.edges.length_m[edge])
    found: list[tuple[float, float, float, bool]] = []
    at = 0.0
    for low, high, value in table.on(edge):
        if low > at:
            found.append((at, low, float(assumed[edge]), False))
        if high > low:
            found.append((low, high, min(float(value), FASTEST_MPS), True))
        at = max(at, high)
    if at < length:
        found.append((at, length, float(assumed[edge]), False))
    return found


def free_flow_s(network: TrackNetwork, assumed: Floats, fastest_mps: float = FASTEST_MPS) -> Floats:
    """Return the time on each state (shape ``2 * edges``) at the lower of limit and speed."""
    length = np.array(network.edges.length_m, np.float64)
    times = np.empty(2 * len(length))
    for side, name in enumerate(("speed_forward", "speed_backward")):
        table = network.attributes[name]
        times[side::2] = _times(
            length,
            np.array(table.start, np.int64),
            np.array(table.from_m, np.float64),
            np.array(table.to_m, np.float64),
            np.array(table.value, np.float64),
            assumed,
            min(fastest_mps, FASTEST_MPS),
        )
    return times


@njit(
    "float64[::1](float64[::1], int64[::1], float64[::1], float64[::1], float64[::1], "
    "float64[::1], float64)",
    cache=True,
)
def _times(
    length: Floats,
    start: NDArray[np.int64],
    from_m: Floats,
    to_m: Floats,
    value: Floats,
    assumed: Floats,
    fastest: float,
) -> Floats:
    times = np.empty(len(length))
    for edge in range(len(length)):
        total = 0.0
        rest = length[edge]
        for row in range(start[edge], start[edge + 1]):
            part = min(to_m[row], length[edge]) - from_m[row]
            if part > 0.0:
                total += part / min(value[row], fastest)
                rest -= part
        if rest > 0.0:
            total += rest / min(assumed[edge], fastest)
        times[edge] = total
    return times
