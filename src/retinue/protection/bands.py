"""Bands of passage: how early and how late head and tail may be at each site.

Until rehearsal samples whole journeys the band follows a model of three parts.  With ``h``
the time since the movement was last known (departure, or the last observed time),

    delay(h) = h (E - early) + J,      E ~ exponential with mean m,   J ~ normal(0, jitter)

one ``E`` for a journey, one ``J`` for each movement.  So bands grow with the horizon, and after an
observation they start again from nothing.  No stop is left before its planned time and no
train runs faster than ``1 - fastest`` of its planned running time: that bound is hard.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.movement import Band, Movement, PassageTimes
from retinue.plan.closure import PassageBand
from retinue.sourced import SourcedRecord
from retinue.units import Duration, Ratio
from retinue.world.catalogue import SHIPPED

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.protection.site import SiteOnLeg

__all__ = [
    "PassageModel",
    "Past",
    "SitePassage",
    "earliest_s",
    "joint_coverage",
    "leave_one_out",
    "load_passage_model",
    "mean_delay",
    "passage_bands",
]

_NORMAL_95 = 1.6448536269514722
_SAMPLES = 4_000
_ROLES = ("pilot", "advance", "main", "following", "spare")


class PassageModel(SourcedRecord):
    """Parameters of the model of delays."""

    retinue_passage_model: Literal[1]
    prior_mean_delay: Ratio = Field(gt=0)
    prior_weight: float = Field(gt=0)
    mean_delay: Ratio = Field(gt=0)
    early: Ratio = Field(ge=0)
    fastest: Ratio = Field(ge=0, lt=1)
    jitter: Duration = Field(ge=0)
    road_mean_delay: Ratio = Field(gt=0)
    sources: dict[str, str] = Field(default_factory=dict)

    def mean_of(self, mode: str) -> float:
        """Return the mean relative delay of a mode."""
        return self.road_mean_delay if mode == "road" else self.mean_delay

    def quantile_s(self, share: float, horizon_s: float, mode: str = "rail") -> float:
        """Return a quantile of the delay at a horizon, s.

        Quantiles of both parts are added, which makes tails a little too wide, never too narrow
        on their side of the median.
        """
        run = horizon_s * (-self.mean_of(mode) * math.log1p(-share) - self.early)
        return run + self.jitter * _normal_quantile(share)


def _normal_quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


@cache
def load_passage_model() -> PassageModel:
    """Return the shipped model."""
    path = SHIPPED / "passage_model.yaml"
    return validate(read_yaml(path, path.name), PassageModel)


@dataclass(frozen=True)
class SitePassage:
    """One movement at one site.

    Attributes
    ----------
    head, tail
        Bands of the model's coverage.
    earliest_s
        Before this the head cannot be there.
    speed_mps
        Planned speed of the head at the site, 0 where it stands there.
    """

    site: SiteOnLeg
    movement: Movement
    head: Band
    tail: Band
    earliest_s: float
    horizon_s: float
    speed_mps: float

    def record(self, coverage: float) -> PassageBand:
        """Return the form a document keeps."""
        return PassageBand(
            site=self.site.id,
            leg=self.site.leg,
            role=self.movement.role,
            head_utc=self.head.expected_s,
            head_low_utc=self.head.low_s,
            head_high_utc=self.head.high_s,
            tail_utc=self.tail.expected_s,
            tail_low_utc=self.tail.low_s,
            tail_high_utc=self.tail.high_s,
            coverage=coverage,
        )


def earliest_s(movement: Movement, distance_m: float, fastest: float) -> float:
    """Return the first moment at which the front can be at a chainage.

    No stop is left early; between two stops no less than ``1 - fastest`` of the planned time
    is needed.
    """
    left = movement.depart_s
    for stop in movement.stops:
        if stop.distance_m < distance_m:
            left = max(left, stop.depart_s)
    planned = movement.time_at(distance_m)
    return left + max(planned - left, 0.0) * (1.0 - fastest)


def passage_bands(
    plan: Plan, sites: Sequence[SiteOnLeg], model: PassageModel, coverage: float
) -> dict[str, tuple[SitePassage, ...]]:
    """Return every movement's passage of every site, by `SiteOnLeg.key`, the first head first.

    A movement that does not come as far as a site, or begins beyond it, does not pass it.
    """
    edge = (1.0 - coverage) / 2.0
    known = _last_known(plan)
    legs = {leg.id: leg for leg in plan.legs}
    found: dict[str, tuple[SitePassage, ...]] = {}
    for site in sites:
        leg = legs[site.leg]
        passages = []
        for movement in leg.movements:
            if not movement.distance_m[0] <= site.from_m <= movement.distance_m[-1]:
                continue
            head = movement.time_at(site.from_m)
            tail = max(movement.tail_time_at(site.until_m), head)
            bound = earliest_s(movement, site.from_m, model.fastest)
            anchor = min(known, head)
            passages.append(
                SitePassage(
                    site=site,
                    movement=movement,
                    head=_band(head, head - anchor, bound, model, edge, leg.mode),
                    tail=_band(tail, tail - anchor, bound, model, edge, leg.mode),
                    earliest_s=bound,
                    horizon_s=head - anchor,
                    speed_mps=_speed(movement, site.from_m),
                )
            )
        found[site.key] = tuple(
            sorted(passages, key=lambda p: (p.head.expected_s, _ROLES.index(p.movement.role)))
        )
    return found


def _last_known(plan: Plan) -> float:
    return max([plan.depart_utc, *(seen.time_utc for seen in plan.observations)])


def _band(
    planned: float, horizon_s: float, bound: float, model: PassageModel, edge: float, mode: str
) -> Band:
    low = planned + model.quantile_s(edge, horizon_s, mode)
    high = planned + model.quantile_s(1.0 - edge, horizon_s, mode)
    return Band(min(max(low, bound), planned), planned, max(high, planned))


def _speed(movement: Movement, distance_m: float) -> float:
    """Return the planned speed about a chainage: over 200 m around it, standing left out."""
    low = max(distance_m - 100.0, float(movement.distance_m[0]))
    high = min(distance_m + 100.0, float(movement.distance_m[-1]))
    taken = movement.time_at(high) - movement.time_at(low, leaving=True)
    return (high - low) / taken if taken > 0 and high > low else 0.0


def sampled(
    passage: SitePassage, model: PassageModel, relative: np.ndarray, jitter: np.ndarray, mode: str
) -> PassageTimes:
    """Return the passage under given draws of ``E / m`` and ``J / jitter``, shape (n,)."""
    delay = passage.horizon_s * (relative * model.mean_of(mode) - model.early)
    delay = delay + jitter * model.jitter
    head = np.maximum(passage.head.expected_s + delay, passage.earliest_s)
    length = passage.tail.expected_s - passage.head.expected_s
    return PassageTimes(head, head + length)


def joint_coverage(
    passages: Mapping[str, Sequence[SitePassage]], model: PassageModel, seed: int
) -> float | None:
    """Return the chance that every head and tail of the journey lies in its band.

    One draw of ``E`` holds for a whole journey, so bands are mostly met or missed together.
    None where nothing is passed.
    """
    listed = [passage for group in passages.values() for passage in group]
    if not listed:
        return None
    rng = np.random.default_rng(seed)
    relative = rng.exponential(size=_SAMPLES)
    inside = np.ones(_SAMPLES, np.bool_)
    jitter: dict[tuple[str, str], np.ndarray] = {}
    for passage in listed:
        key = passage.site.leg, passage.movement.role
        if key not in jitter:
            jitter[key] = rng.standard_normal(_SAMPLES)
        times = sampled(passage, model, relative, jitter[key], passage.site.mode)
        inside &= (times.head_s >= passage.head.low_s - 1e-6) & (
            times.head_s <= passage.head.high_s + 1e-6
        )
        inside &= times.tail_s <= passage.tail.high_s + 1e-6
    return float(np.mean(inside))


@dataclass(frozen=True)
class Past:
    """A dated run: what was planned and what was published of it.

    Attributes
    ----------
    stops_known
        Whether its stops were published; others are scored and never fitted.
    """

    journey: str
    name: str
    predicted_s: float
    actual_low_s: float
    actual_high_s: float
    stops_known: bool

    @property
    def relative_delay(self) -> float:
        """Delay over the planned time, 0 where the plan lies inside what was published."""
        if self.actual_low_s <= self.predicted_s <= self.actual_high_s:
            return 0.0
        middle = (self.actual_low_s + self.actual_high_s) / 2
        return middle / self.predicted_s - 1.0


def mean_delay(past: Sequence[Past], model: PassageModel) -> float:
    """Return the mean of ``E``: of the runs whose stops are known, shrunk to the prior.

    ``(w0 m0 + sum(delay + early)) / (w0 + n)``: the posterior mean of an exponential's mean
    under its conjugate prior with weight ``w0``.
    """
    delays = [max(run.relative_delay + model.early, 0.0) for run in past if run.stops_known]
    weight = model.prior_weight
    return (weight * model.prior_mean_delay + sum(delays)) / (weight + len(delays))


@dataclass(frozen=True)
class Held:
    """A run that was left out, and the band that the others gave it."""

    run: Past
    low_s: float
    high_s: float

    @property
    def inside(self) -> bool:
        """Whether what was published meets the band."""
        return self.run.actual_high_s >= self.low_s and self.run.actual_low_s <= self.high_s

    @property
    def width_share(self) -> float:
        """Width of the band over the planned time."""
        return (self.high_s - self.low_s) / self.run.predicted_s


def leave_one_out(past: Sequence[Past], model: PassageModel, coverage: float) -> list[Held]:
    """Return for each run the band of a model fitted to the other journeys alone."""
    edge = (1.0 - coverage) / 2.0
    held = []
    for run in past:
        others = [other for other in past if other.journey != run.journey]
        fitted = model.model_copy(update={"mean_delay": mean_delay(others, model)})
        horizon = run.predicted_s
        low = max(fitted.quantile_s(edge, horizon), -model.fastest * horizon)
        held.append(Held(run, horizon + low, horizon + fitted.quantile_s(1.0 - edge, horizon)))
    return held
