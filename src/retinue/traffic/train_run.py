"""Train runs: one train of one day, with its calls at every node it passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from retinue.traffic.line_network import Step

__all__ = ["Call", "Timed", "TrainClass", "TrainRun"]

#: What a time stands on: the timetable; distance between its times; the running-time engine.
Timed = Literal["timetable", "interpolated", "engine"]
TrainClass = Literal["intercity", "regional", "freight", "special"]


@dataclass(frozen=True)
class Call:
    """One node of a run, stopped at or passed.

    Attributes
    ----------
    node
        Number in `LineNetwork.stations`.
    arrive_s, depart_s
        Unix seconds (UTC); equal where the train passes.  A time over midnight is simply later.
    stops
        Whether the train stops.
    minimum_dwell_s
        The least it has to stand; never more than the timetable gives it.
    timed
        ``timetable``: the feed's own times; ``interpolated``: by distance between them;
        ``engine``: shared out as the running-time engine runs.
    """

    node: int
    arrive_s: float
    depart_s: float
    stops: bool
    minimum_dwell_s: float = 0.0
    timed: Timed = "timetable"


@dataclass(frozen=True)
class TrainRun:
    """One train of one day.

    Attributes
    ----------
    id
        Trip of the feed, with ``@HH:MM`` where a frequency repeats it and ``/N`` for the N-th
        placed piece where a gap parts it.
    train_class
        Decides weight, length and what may be done with it.
    title
        For people: ``IC 709``.
    passengers
        On board, by class; an assumption unless the feed's owner says more.
    length_m, top_speed_mps
        By class.
    calls
        One for every node of the way, in order: ``len(steps) + 1``.
    steps
        Sections run, in order.
    source
        What class, length and passengers stand on, in words.
    dangerous_goods
        Whether it carries any; no public timetable says so, the user's own files do.
    """

    id: str
    train_class: TrainClass
    title: str
    passengers: float
    length_m: float
    top_speed_mps: float
    calls: tuple[Call, ...]
    steps: tuple[Step, ...]
    source: str = ""
    dangerous_goods: bool = False

    @property
    def depart_s(self) -> float:
        """Departure from the first node."""
        return self.calls[0].depart_s

    @property
    def arrive_s(self) -> float:
        """Arrival at the last node."""
        return self.calls[-1].arrive_s

    def moving(self, from_s: float, to_s: float) -> list[tuple[float, float]]:
        """Return when it moves while it holds what it comes to a stand on, Unix seconds.

        Where its run begins it stands there before, where it ends, after.
        """
        found = []
        begin, last = from_s, len(self.calls) - 1
        for number, call in enumerate(self.calls):
            if call.stops and from_s <= call.arrive_s and call.depart_s <= to_s:
                if number and call.arrive_s > begin:
                    found.append((begin, call.arrive_s))
                begin = call.depart_s if number < last else to_s
        return [*found, (begin, to_s)] if to_s > begin else found
