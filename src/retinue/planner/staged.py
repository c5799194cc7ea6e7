"""A leg in two stages: what hangs on no clock, and its place in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from retinue.errors import Reason
    from retinue.journey import JourneyFile, LegAsked
    from retinue.plan import Assumption, Leg, Source
    from retinue.plan.records import JsonDict
    from retinue.plan.train_path import AdoptedPath, PathVia
    from retinue.planner.cars_on_train import CarsOnTrain
    from retinue.planner.memo import Memo
    from retinue.rail.car_loading import CarOnTrain
    from retinue.rail.leg_runs import RailRuns
    from retinue.traffic.restrictions import Restriction
    from retinue.world.places import Gazetteer, Place
    from retinue.world.world import World

__all__ = ["Context", "ObservedTime", "Progress", "StagedLeg", "TimedLeg"]

#: Name of a point of the leg and the Unix time at which the main movement was there.
ObservedTime = tuple[str, float]


class Progress(Protocol):
    """Told the name of each step that begins."""

    def __call__(self, what: str, /) -> None:
        """Name the step."""


@dataclass(frozen=True)
class Context:
    """What every stage may look at.

    Attributes
    ----------
    day
        Local day of the departure: borders are open or closed by date.
    cars
        What the leg that is staged carries on its train, first needed first.
    paths
        Paths among other trains that the journey's own legs were given, by the leg's id.
    ways
        Places that legs of the journey are to pass instead of those that it names, by the leg's
        id: other ways that are tried.
    """

    world: World
    file: JourneyFile
    gazetteer: Gazetteer
    memo: Memo
    progress: Progress
    day: date
    cars: tuple[CarOnTrain, ...] = ()
    paths: Mapping[str, AdoptedPath] = field(default_factory=dict)
    ways: Mapping[str, tuple[PathVia, ...]] = field(default_factory=dict)

    @property
    def folder(self) -> Path | None:
        """The journey file's folder."""
        return self.file.folder


@dataclass(frozen=True)
class TimedLeg:
    """A leg in time, with what it stands on and the sites along it.

    Attributes
    ----------
    faults
        Why the hour will not do: they forbid a fresh plan; a plan that observed times have
        moved keeps its leg, with a warning.
    """

    leg: Leg
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = ()
    sites: tuple[JsonDict, ...] = ()
    faults: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class StagedLeg:
    """A leg computed as far as no clock is needed.

    Attributes
    ----------
    id
        ``1-road``; the same in every plan of one journey.
    path
        Its place in the journey file, for errors.
    cars_on_train
        Cars of this convoy that arrive on the train and are driven off it.
    carries
        Cars that this leg's train carries, with their loading and unloading.
    at_time
        Places the leg in time: departure and observations to a timed leg.
    files
        The user's own files that were read.
    runs
        Of a rail leg its trains' runs, without a clock.
    on_path
        Of a rail leg the path among other trains that it was given; it holds the departure.
    restrictions
        Of a rail leg what its journey lists, wherever and whenever it holds.
    """

    id: str
    asked: LegAsked
    path: tuple[int | str, ...]
    origin: Place
    destination: Place
    at_time: Callable[[float, Sequence[ObservedTime]], TimedLeg]
    cars_on_train: int = 0
    carries: CarsOnTrain | None = None
    files: dict[Path, str] = field(default_factory=dict)
    runs: RailRuns | None = None
    on_path: AdoptedPath | None = None
    restrictions: tuple[Restriction, ...] = ()
