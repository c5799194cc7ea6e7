"""A piecewise-constant function of chainage: the form in which a path hands over its facts.

Speed limits, gradients, curve radii, tunnels and operational caps are all steps
along the line, so one small type carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError

__all__ = ["Steps"]


@dataclass(frozen=True, eq=False)
class Steps:
    """A function that is constant between chainages.

    Attributes
    ----------
    start_m
        Shape (n,), n >= 1: strictly increasing chainages, the first one 0.
    value
        Shape (n,): ``value[i]`` holds from ``start_m[i]`` up to ``start_m[i + 1]``,
        the last one to the end of the path.

    Raises
    ------
    InputError
        When the arrays differ in length, are empty, do not start at 0, do not
        increase strictly or hold a NaN.
    """

    start_m: NDArray[np.float64]
    value: NDArray[np.float64]

    def __post_init__(self) -> None:
        start = np.array(self.start_m, dtype=np.float64)
        value = np.array(self.value, dtype=np.float64)
        if start.ndim != 1 or start.shape != value.shape or start.size == 0:
            raise InputError("steps need equally many chainages and values, at least one")
        if start[0] != 0.0:
            raise InputError(f"steps start at chainage 0, not at {start[0]:g} m")
        if np.isnan(start).any() or np.isnan(value).any():
            raise InputError("steps hold a value that is not a number")
        falling = np.flatnonzero(np.diff(start) <= 0.0)
        if falling.size:
            raise InputError(
                "chainages of steps increase strictly", where=f"{start[falling[0] + 1]:g} m"
            )
        start.setflags(write=False)
        value.setflags(write=False)
        object.__setattr__(self, "start_m", start)
        object.__setattr__(self, "value", value)

    @classmethod
    def constant(cls, value: float) -> Steps:
        """Return the function that is ``value`` everywhere."""
        return cls(np.zeros(1), np.array([value]))

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[float, float]]) -> Steps:
        """Build from (chainage in m, value) pairs; equal neighbours are joined."""
        listed = list(pairs)
        return cls(
            np.array([chainage for chainage, _ in listed], dtype=np.float64),
            np.array([value for _, value in listed], dtype=np.float64),
        ).simplified()

    def at(self, distance_m: ArrayLike) -> NDArray[np.float64]:
        """Return the values at chainages; at a change the value that begins there.

        Chainages before 0 get the first value.
        """
        index = np.searchsorted(self.start_m, np.asarray(distance_m, np.float64), side="right") - 1
        return self.value[np.maximum(index, 0)]

    def simplified(self) -> Steps:
        """Return the same function without changes from a value to itself."""
        keep = np.concatenate([[True], self.value[1:] != self.value[:-1]])  # inf equals inf
        return self if bool(keep.all()) else Steps(self.start_m[keep], self.value[keep])

    def cut(self, from_m: float, to_m: float) -> Steps:
        """Return the stretch between two chainages with its own chainage from 0."""
        if not to_m > from_m >= 0.0:
            raise InputError(f"a cut runs forward from 0 or later, not {from_m:g} to {to_m:g} m")
        inside = (self.start_m > from_m) & (self.start_m < to_m)
        start = np.concatenate([[0.0], self.start_m[inside] - from_m])
        value = np.concatenate([self.at([from_m]), self.value[inside]])
        return Steps(start, value).simplified()

    def map(self, function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Steps:
        """Return the steps with ``function`` applied to the values."""
        return Steps(self.start_m, function(self.value))

    def combined(
        self,
        other: Steps,
        function: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
    ) -> Steps:
        """Return ``function(self, other)`` on the union of both sets of changes."""
        start = np.union1d(self.start_m, other.start_m)
        return Steps(start, function(self.at(start), other.at(start))).simplified()

    def minimum(self, other: Steps | float) -> Steps:
        """Return the lower of two functions everywhere."""
        if isinstance(other, Steps):
            return self.combined(other, np.minimum)
        return Steps(self.start_m, np.minimum(self.value, other)).simplified()

    def integral(self, distance_m: ArrayLike) -> NDArray[np.float64]:
        """Return the integral from 0 to the given chainages.

        Beyond both ends the outer values go on, so the result is linear there.
        """
        distance = np.asarray(distance_m, dtype=np.float64)
        total = np.concatenate([[0.0], np.cumsum(np.diff(self.start_m) * self.value[:-1])])
        index = np.maximum(np.searchsorted(self.start_m, distance, side="right") - 1, 0)
        return total[index] + (distance - self.start_m[index]) * self.value[index]

    @classmethod
    def concatenate(cls, parts: Iterable[tuple[Steps, float]]) -> Steps:
        """Join (steps, length in m) one behind the other; changes past a length are dropped."""
        starts: list[NDArray[np.float64]] = []
        values: list[NDArray[np.float64]] = []
        offset = 0.0
        for steps, length_m in parts:
            inside = steps.start_m < length_m
            starts.append(steps.start_m[inside] + offset)
            values.append(steps.value[inside])
            offset += length_m
        return cls(np.concatenate(starts), np.concatenate(values)).simplified()
