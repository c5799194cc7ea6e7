"""The running path of a way over the timetable's network, for trains that no leg was planned for.

All that a timetable tells of the line: lengths, and the speeds that its trains prove.  Gradients,
curves and power are not known: level, straight, any power.  Temporary speed restrictions hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork, Way

__all__ = ["restricted_path", "way_path"]


def way_path(
    network: LineNetwork, way: Way, limits: Mapping[tuple[int, bool], float] | None = None
) -> RunningPath:
    """Return the running path of a way, chainage from its first node.

    Parameters
    ----------
    limits
        Restricted speeds of steps (`restrictions.speed_limits`), m/s.
    """
    starts, speeds = [0.0], []
    for step, end in zip(way.steps, way.node_m[1:].tolist(), strict=True):
        speed = network.sections[step.section].speed_mps
        speeds.append(min(speed, (limits or {}).get((step.section, step.forward), np.inf)))
        starts.append(end)
    names = [network.stations[int(node)].name for node in (way.nodes[0], way.nodes[-1])]
    return RunningPath(
        f"{names[0]} - {names[1]}",
        way.length_m,
        Steps(np.array(starts[:-1]), np.array(speeds)),
        power=PowerSections(np.zeros(1), (ANY_POWER,)),
    )


def restricted_path(
    path: RunningPath,
    way: Way,
    place_m: NDArray[np.float64],
    limits: Mapping[tuple[int, bool], float],
) -> RunningPath:
    """Return a leg's running path under temporary speed restrictions.

    Parameters
    ----------
    path
        Of the leg.
    way, place_m
        Where it lies on the network (`anchor`).
    limits
        Restricted speeds of steps, m/s.
    """
    import dataclasses

    limit = path.limit_mps
    for i, step in enumerate(way.steps):
        speed = limits.get((step.section, step.forward))
        if speed is None:
            continue
        begin, end = max(0.0, float(place_m[i])), min(path.length_m, float(place_m[i + 1]))
        if end <= begin:
            continue
        starts = [0.0, begin, end] if begin > 0.0 else [0.0, end]
        values = [np.inf, speed, np.inf] if begin > 0.0 else [speed, np.inf]
        limit = limit.combined(Steps(np.array(starts), np.array(values)), np.minimum)
    return dataclasses.replace(path, limit_mps=limit)
