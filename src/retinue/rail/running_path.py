"""The running path: what one route is to a train, and nothing of the map.

Physics and map meet here: arrays of limit, gradient, curve, tunnel and power
along one route, chainage from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.rail.steps import Steps

__all__ = ["ANY_POWER", "UNELECTRIFIED", "PowerSections", "RunningPath", "roeckl", "soviet_curve"]

UNELECTRIFIED = "none"
"""Power system of a line without wires; a gap in a wired line is None."""

ANY_POWER = "any"
"""Power system of a line whose data say nothing of power: every train finds its own."""


def roeckl(radius_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the curve resistance per unit of weight (dimensionless), standard gauge.

    Roeckl (1880): ``0.65 / (R - 55)`` for R >= 300 m, ``0.5 / (R - 30)`` below
    (N/N; the usual tables give 650 and 500 in per mille).  A straight is R = inf.
    """
    radius = np.abs(radius_m)
    if bool((radius <= 60.0).any()):
        raise InputError(f"no railway curve has a radius of {radius.min():g} m")
    return np.where(radius >= 300.0, 0.65 / (radius - 55.0), 0.5 / (radius - 30.0))


def soviet_curve(radius_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the curve resistance per unit of weight, 1520 mm gauge.

    ``0.7 / R`` (700/R in per mille: rules for traction calculations, PTR 1985).
    """
    return np.asarray(0.7 / np.abs(radius_m))


@dataclass(frozen=True, eq=False)
class PowerSections:
    """Which power a line offers, by chainage.

    Attributes
    ----------
    start_m
        Shape (n,), first 0, increasing.
    system
        ``25kv-ac-50hz`` and the like; ``none``: never electrified; None: a gap;
        ``any``: the data do not say, every train finds its own power.
    """

    start_m: NDArray[np.float64]
    system: tuple[str | None, ...]

    def __post_init__(self) -> None:
        checked = Steps(self.start_m, np.zeros(len(self.system)))
        object.__setattr__(self, "start_m", checked.start_m)
        object.__setattr__(self, "system", tuple(self.system))

    @classmethod
    def unelectrified(cls) -> PowerSections:
        """Return a line without wires from end to end."""
        return cls(np.zeros(1), (UNELECTRIFIED,))


@dataclass(frozen=True, eq=False)
class RunningPath:
    """One route as a train feels it.

    Attributes
    ----------
    limit_mps
        Line speed; it holds until the tail has passed.
    gradient
        Rise over run, up positive.
    curve_radius_m
        Radius; inf on the straight.
    tunnel_factor
        Multiplier on the quadratic term of the resistance; 1 in open air.
    power
        What the line offers to electric traction.
    equivalent_resistance
        Any further resistance per unit of weight (dimensionless).
    curve_resistance
        The formula that turns a radius into resistance per unit of weight.
    """

    name: str
    length_m: float
    limit_mps: Steps
    gradient: Steps = field(default_factory=lambda: Steps.constant(0.0))
    curve_radius_m: Steps = field(default_factory=lambda: Steps.constant(np.inf))
    tunnel_factor: Steps = field(default_factory=lambda: Steps.constant(1.0))
    power: PowerSections = field(default_factory=PowerSections.unelectrified)
    equivalent_resistance: Steps = field(default_factory=lambda: Steps.constant(0.0))
    curve_resistance: Callable[[NDArray[np.float64]], NDArray[np.float64]] = roeckl

    def __post_init__(self) -> None:
        if not (np.isfinite(self.length_m) and self.length_m > 0.0):
            raise InputError(
                f"a running path has a positive length, not {self.length_m} m", where=self.name
            )
        used = self.limit_mps.value[self.limit_mps.start_m < self.length_m]
        if not bool((used > 0.0).all()):
            where = self.limit_mps.start_m[int(np.argmin(used))]
            raise InputError(
                "a speed limit is positive", where=f"{self.name}: {where / 1000.0:.3f} km"
            )
        if not bool((np.abs(self.gradient.value) < 0.5).all()):
            raise InputError("a gradient is rise over run (0.010 is 10 per mille)", where=self.name)
        if not bool((self.tunnel_factor.value > 0.0).all()):
            raise InputError("a tunnel factor is positive", where=self.name)

    @cached_property
    def specific_resistance(self) -> Steps:
        """Gradient, curve and further resistance together, per unit of weight.

        The gradient's part is the sine of its angle, so its integral over the
        length is the elevation gained.
        """
        slope = self.gradient.map(lambda rise: rise / np.sqrt(1.0 + rise * rise))
        curve = self.curve_radius_m.map(self.curve_resistance)
        return slope.combined(curve, np.add).combined(self.equivalent_resistance, np.add)

    def cut(self, from_m: float, to_m: float) -> RunningPath:
        """Return the stretch between two chainages as a path of its own."""
        to_m = min(to_m, self.length_m)
        index = np.maximum(np.searchsorted(self.power.start_m, from_m, side="right") - 1, 0)
        inside = (self.power.start_m > from_m) & (self.power.start_m < to_m)
        systems = (
            self.power.system[int(index)],
            *(self.power.system[int(i)] for i in np.flatnonzero(inside)),
        )
        power = PowerSections(np.concatenate([[0.0], self.power.start_m[inside] - from_m]), systems)
        return RunningPath(
            name=self.name,
            length_m=to_m - from_m,
            limit_mps=self.limit_mps.cut(from_m, to_m),
            gradient=self.gradient.cut(from_m, to_m),
            curve_radius_m=self.curve_radius_m.cut(from_m, to_m),
            tunnel_factor=self.tunnel_factor.cut(from_m, to_m),
            power=power,
            equivalent_resistance=self.equivalent_resistance.cut(from_m, to_m),
            curve_resistance=self.curve_resistance,
        )
