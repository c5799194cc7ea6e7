"""Blocking times of train runs on one view of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.coupling import held_once
from retinue.traffic.line_network import LineNetwork, Step, Way
from retinue.traffic.occupation import MOVING, STANDING, Occupations
from retinue.traffic.resource import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.train_run import TrainRun

    Floats = NDArray[np.float64]

__all__ = ["Profile", "occupy", "occupy_way"]


@dataclass(frozen=True, eq=False)
class Profile:
    """Where the front of a train is when: finer than its calls tell.

    Attributes
    ----------
    distance_m, time_s
        Shape (n,): not decreasing, from the first node to the last; equal distances stand for a
        stop.  Unix seconds.
    """

    distance_m: Floats
    time_s: Floats

    @classmethod
    def of_run(cls, run: TrainRun, way: Way) -> Profile:
        """Return the profile that the calls give: even speed from node to node."""
        times = np.array([(c.arrive_s, c.depart_s) for c in run.calls]).ravel()
        return cls(np.repeat(way.node_m, 2), times)

    def reaches(self, at_m: Floats) -> Floats:
        """Return when the front reaches places: where it stops, its arrival."""
        return self._at(at_m, "left")

    def leaves(self, at_m: Floats) -> Floats:
        """Return when the front leaves places: where it stops, its departure."""
        return self._at(at_m, "right")

    def _at(self, at_m: Floats, side: str) -> Floats:
        x, t = self.distance_m, self.time_s
        k = np.searchsorted(x, at_m, side="left" if side == "left" else "right")
        k = np.clip(k, 1, len(x) - 1)
        run = x[k] - x[k - 1]
        share = np.where(run > 0.0, (at_m - x[k - 1]) / np.where(run > 0.0, run, 1.0), 1.0)
        return np.asarray(t[k - 1] + np.clip(share, 0.0, 1.0) * (t[k] - t[k - 1]))


def occupy(
    network: LineNetwork,
    runs: Sequence[TrainRun],
    rules: BlockingRules,
    *,
    profiles: Mapping[int, Profile] | None = None,
    coupled: Mapping[int, NDArray[np.int32]] | None = None,
) -> Occupations:
    """Return what runs occupy, sorted by resource, then time.

    Parameters
    ----------
    network
        The view; the steps of the runs are numbers of its sections.
    runs
        `Occupations.train` counts in them.
    rules
        Parameters of the blocking time.
    profiles
        Exact profiles of some runs, by number; the others run evenly from node to node.
    coupled
        Leading runs of the steps of coupled ones (`coupled_steps`): these hold nothing there.
    """
    ways: dict[tuple[Step, ...], Way] = {}
    parts = []
    for number, run in enumerate(runs):
        way = ways.get(run.steps)
        if way is None:
            way = ways[run.steps] = network.along(run.steps)
        profile = (profiles or {}).get(number) or Profile.of_run(run, way)
        held = occupy_way(network, number, run, way, profile, rules)
        if coupled and number in coupled:
            held = held.rows(held_once(coupled[number], way.step, way.node))
        parts.append(held)
    return Occupations.joined(parts).by_resource()


def occupy_way(
    network: LineNetwork,
    number: int,
    run: TrainRun,
    way: Way,
    profile: Profile,
    rules: BlockingRules,
) -> Occupations:
    """Return what one run occupies, in the order of its way."""
    stops = np.array([call.stops for call in run.calls])
    stations = np.array([network.stations[n].resource >= 0 for n in way.nodes])
    last = len(way.nodes) - 1
    block = way.kind == Kind.BLOCK
    station = way.kind == Kind.STATION
    prepare = rules.switching_s + rules.sight_s

    # Begin: sighted from the distant signal, or ready to depart from the last stop before.
    stop_m = way.node_m[stops]
    before = np.searchsorted(stop_m, way.from_m, side="right") - 1
    # A station is entered, not departed from: its own stop is not one before it.
    before = np.where(
        station | (way.kind == Kind.JUNCTION),
        np.searchsorted(stop_m, way.from_m, side="left") - 1,
        before,
    )
    from_stop = stop_m[np.maximum(before, 0)]
    sighted_m = np.maximum(way.from_m - rules.approach_m, np.where(before >= 0, from_stop, 0.0))
    begin = profile.leaves(sighted_m) - prepare

    # End: the tail is out; or the whole train stands inside the station ahead.
    extra = np.where(way.kind == Kind.JUNCTION, rules.junction_m, 0.0)
    out_m = way.to_m + run.length_m + extra
    cleared = profile.leaves(np.minimum(out_m, way.length_m))
    inside_m = way.node_m[stops & stations]
    inside_s = np.array(
        [c.arrive_s for c, s, t in zip(run.calls, stops, stations, strict=True) if s and t]
    )
    if inside_m.size:
        ahead = np.searchsorted(inside_m, way.to_m, side="left")
        held = ~station & (ahead < inside_m.size)
        ahead = np.minimum(ahead, inside_m.size - 1)
        held &= inside_m[ahead] < out_m
        cleared = np.where(held, inside_s[ahead], cleared)
    end = cleared + np.where(station, rules.station_release_s, rules.release_s)

    # Ends of the run: the train stands on its track.
    first_row, last_row = way.node == 0, way.node == last
    begin = np.where(first_row, run.calls[0].arrive_s - rules.terminal_stand_s, begin)
    end = np.where(last_row, run.calls[-1].depart_s + rules.terminal_stand_s, end)

    call = np.where(block, way.step, way.node)
    next_node = np.where(block, way.step + 1, way.node)
    at_end = np.where(block, way.to_m >= way.node_m[next_node] - 1e-6, True)
    halted = stops[next_node] & at_end & (station | (block & ~stations[next_node]))
    count = len(way.resource)
    return Occupations(
        np.full(count, number, np.int32),
        way.resource,
        begin,
        np.maximum(end, begin),
        way.direction,
        np.where(halted, STANDING, MOVING).astype(np.int8),
        way.kind,
        call.astype(np.int32),
    )
