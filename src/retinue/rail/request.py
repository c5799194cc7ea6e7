"""What a rail leg is asked to be: route, trains, stops, and how they are driven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.journey import Allowance
    from retinue.rail.formation import Formation
    from retinue.rail.rolling_stock import Locomotive
    from retinue.rail.running_path import RunningPath
    from retinue.rail.slow_stretch import SlowStretch
    from retinue.rail.steps import Steps
    from retinue.world.rail_route import RailRoute

__all__ = ["RailRequest", "RailStop", "TrainSeparation"]


@dataclass(frozen=True)
class TrainSeparation:
    """Another train of the convoy, and how far from the main train it runs.

    Attributes
    ----------
    time_s
        The policy's separation; blocks may stretch it.
    blocks
        Block sections that must be clear between both trains.
    at_most_s
        The stretch that is still accepted; beyond it the plan warns.  None: any.
    """

    formation: Formation
    time_s: float
    blocks: int = 2
    at_most_s: float | None = None


@dataclass(frozen=True)
class RailStop:
    """A stop of the main train, and with it of the whole convoy.

    Attributes
    ----------
    at
        Name, id or alias of an operating point of the route.
    dwell_s
        Time asked for; the stop lasts longer where its tasks do.
    minimum_s
        The shortest the stop may become when the train runs late; None: its
        tasks, or where it has none the time asked for.
    until_s
        Unix time not to leave before.
    why
        What it is for.  ``bogie``, ``gauge`` or ``border`` in it name tasks.
    locomotives
        Locomotives that take over here, from the head.
    """

    at: str
    dwell_s: float | None = None
    minimum_s: float | None = None
    until_s: float | None = None
    why: str = ""
    locomotives: tuple[Locomotive, ...] | None = None


@dataclass(frozen=True, eq=False)
class RailRequest:
    """A rail leg as asked for.

    Attributes
    ----------
    speed_cap_mps
        A speed that no train of the convoy exceeds.
    line_speed_override_mps
        A what-if: every line speed is set to this.
    arrive_at_s
        Unix time to arrive at, met by slow running.
    mass_factor
        A what-if: every vehicle is heavier by this factor.
    path
        The route in detail (gradients, curves, tunnels), its chainage the route's; None:
        only what the stretches say is known.
    ceilings_mps
        Speeds that the main train's driver does not exceed, by chainage of the route (a path
        among other trains).
    share
        With ceilings, in place of an allowance: the share of permitted speeds that is used, by
        chainage of the route.
    slow
        Temporary speed restrictions; every train of the convoy keeps them.
    """

    leg_id: str
    title: str
    route: RailRoute
    train: Formation
    advance: TrainSeparation | None = None
    following: TrainSeparation | None = None
    stops: tuple[RailStop, ...] = ()
    speed_cap_mps: float | None = None
    line_speed_override_mps: float | None = None
    allowance: Allowance | None = None
    arrive_at_s: float | None = None
    mass_factor: float = 1.0
    path: RunningPath | None = None
    ceilings_mps: Steps | None = None
    share: Steps | None = None
    slow: tuple[SlowStretch, ...] = ()

    @property
    def route_title(self) -> str:
        """The route's ends, as notes and assumptions call it."""
        points = self.route.points
        return f"line {points[0].point.name}-{points[-1].point.name}"
