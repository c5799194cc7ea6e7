"""What a timetable proves of the line: tracks, station tracks and speeds it cannot do without.

Two trains that meet between stations prove a second track; that no two trains meet proves
nothing.  A train overtaken between stations proves a second track in its direction; trains at a
station at once prove that many tracks.  Times are whole minutes and, at nodes passed, interpolated:
only what exceeds that uncertainty is taken as proof.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retinue.traffic.timing import needed_speed_mps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.skeleton import Skeleton
    from retinue.traffic.train_run import TrainRun

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

__all__ = ["SectionProof", "StationProof", "TimetableProofs", "prove"]

#: A time between two given ones is off by up to this share of the time between them.
_OFF_SHARE = {"interpolated": 0.1, "engine": 0.05, "timetable": 0.0}


@dataclass
class SectionProof:
    """What is proven of one section.

    ``up`` and ``down`` are tracks needed in each direction (0: nobody runs so); ``opposing``
    says that two trains meet on it; ``witness`` names the two trains that prove most.
    ``speed_mps`` is the greatest speed that a train must reach to keep its times; ``block_up_m``
    and ``block_down_m`` the longest blocks that the closest trains of a direction allow.
    """

    up: int = 0
    down: int = 0
    opposing: bool = False
    witness: tuple[str, str] | None = None
    speed_mps: float = 0.0
    block_up_m: float = np.inf
    block_down_m: float = np.inf

    @property
    def tracks(self) -> int:
        """The least number of tracks."""
        together = max(self.up, 1) + max(self.down, 1)
        return together if self.opposing or together > 2 else 1


@dataclass
class StationProof:
    """What is proven of one node.

    ``together`` is the greatest number of trains there at once, ``together_one_way`` of those
    that came from one side; ``ends`` says that a run begins or ends there, ``meets`` that two
    trains meet so near to it on single track that it must have a loop.
    """

    together: int = 0
    together_one_way: int = 0
    ends: bool = False
    stops: int = 0
    meets: bool = False


@dataclass
class TimetableProofs:
    """All proofs, by number of section and node."""

    sections: list[SectionProof] = field(default_factory=list)
    stations: list[StationProof] = field(default_factory=list)


class _Ride(NamedTuple):
    """One train over one section."""

    enter_s: float
    leave_s: float
    way: int
    slack_s: float
    run: int
    passes: bool
    length_m: float
    passes_out: bool


def prove(
    skeleton: Skeleton,
    runs: Sequence[TrainRun],
    rules: BlockingRules,
    coupled: Mapping[int, NDArray[np.int32]] | None = None,
) -> TimetableProofs:
    """Return what the runs prove of every section and node.

    Parameters
    ----------
    coupled
        Leading runs of the steps of coupled ones: these prove nothing there.
    """
    proofs = TimetableProofs(
        [SectionProof() for _ in skeleton.sections], [StationProof() for _ in skeleton.nodes]
    )
    rides: list[list[_Ride]] = [[] for _ in skeleton.sections]
    stands: list[list[tuple[float, float, int]]] = [[] for _ in skeleton.nodes]
    for number, run in enumerate(runs):
        slack = _slack(run)
        leaders = (coupled or {}).get(number)
        for i, step in enumerate(run.steps):
            if leaders is not None and leaders[i] >= 0:
                continue
            one, two = run.calls[i], run.calls[i + 1]
            way = 1 if step.forward else -1
            rides[step.section].append(
                _Ride(
                    one.depart_s,
                    two.arrive_s,
                    way,
                    slack[i],
                    number,
                    not one.stops,
                    run.length_m,
                    not two.stops,
                )
            )
            # The train stands on the way it came by.
            stands[two.node].append((two.arrive_s, two.depart_s, step.section))
        if leaders is None or leaders[0] < 0:
            first = run.calls[0]
            stands[first.node].append((first.arrive_s, first.depart_s, -1))
        for call in (run.calls[0], run.calls[-1]):
            proofs.stations[call.node].ends = True
        for call in run.calls:
            proofs.stations[call.node].stops += call.stops
        _prove_speeds(skeleton, proofs, run, rules)
    for section, proof, listed in zip(skeleton.sections, proofs.sections, rides, strict=True):
        if listed:
            _prove_section(proof, listed, section.length_m, runs, rules)
            near_a, near_b = _meet_at_ends(proof, listed)
            for node, met in ((section.a, near_a), (section.b, near_b)):
                proofs.stations[node].meets |= met
            _prove_blocks(proof, listed, section.length_m, runs, rules)
    for station, held in zip(proofs.stations, stands, strict=True):
        station.together = _most_at_once([(a, b) for a, b, _ in held], rules.rounding_s / 2)
        if station.meets:
            station.together = max(station.together, 2)
        by_side: dict[int, list[tuple[float, float]]] = {}
        for arrive, depart, side in held:
            by_side.setdefault(side, []).append((arrive, depart))
        station.together_one_way = max(
            (_most_at_once(listed, 0.0) for listed in by_side.values()), default=0
        )
    return proofs


def _slack(run: TrainRun) -> list[float]:
    """Return for each step by how much its interpolated times may be off."""
    known = [i for i, call in enumerate(run.calls) if call.timed == "timetable"]
    found: list[float] = []
    for one, two in itertools.pairwise(known):
        time_s = run.calls[two].arrive_s - run.calls[one].depart_s
        off = 0.0 if two == one + 1 else _OFF_SHARE[run.calls[one + 1].timed] * time_s
        found += [off] * (two - one)
    return found


def _columns(rides: list[_Ride]) -> tuple[Floats, ...]:
    return tuple(np.array(column) for column in zip(*rides, strict=True))


def _prove_section(
    proof: SectionProof,
    rides: list[_Ride],
    length_m: float,
    runs: Sequence[TrainRun],
    rules: BlockingRules,
) -> None:
    enter, leave, way, slack, number, passes, train_m, passes_out = _columns(rides)
    up, down = np.flatnonzero(way > 0), np.flatnonzero(way < 0)
    proof.up, proof.down = int(up.size > 0), int(down.size > 0)
    if up.size and down.size:
        # Blocking times over the whole section: two trains that pass a loop at speed, or closer
        # than a route can be set, have met on double track just as well.
        pace = np.maximum(leave - enter, 1.0) / length_m
        sighted = np.where(passes > 0, rules.approach_m * pace, 0.0)
        begin = enter - rules.switching_s - rules.sight_s - sighted
        end = leave + rules.release_s + np.where(passes_out > 0, train_m * pace, 0.0)
        tolerance = rules.rounding_s + slack[up][:, None] + slack[down][None, :]
        surplus = _together_s(begin, end, up, down) - tolerance
        if surplus.max() > 0.0:
            i, j = np.unravel_index(int(surplus.argmax()), surplus.shape)
            proof.opposing = True
            proof.witness = runs[int(number[up[i]])].id, runs[int(number[down[j]])].id
    for rows, key in ((up, "up"), (down, "down")):
        if rows.size < 2:
            continue
        one, two = rows[:, None], rows[None, :]
        tolerance = rules.rounding_s + slack[one] + slack[two]
        passed = np.minimum(enter[two] - enter[one], leave[one] - leave[two]) - tolerance
        if passed.max() > 0.0:
            i, j = np.unravel_index(int(passed.argmax()), passed.shape)
            setattr(proof, key, 2)
            proof.witness = proof.witness or (
                runs[int(number[rows[i]])].id, runs[int(number[rows[j]])].id
            )  # fmt: skip


def _together_s(enter: Floats, leave: Floats, up: Rows, down: Rows) -> Floats:
    """Return how long each train up and each train down are on the section at once."""
    one, two = up[:, None], down[None, :]
    return np.asarray(np.minimum(leave[one], leave[two]) - np.maximum(enter[one], enter[two]))


def _meet_at_ends(proof: SectionProof, rides: list[_Ride]) -> tuple[bool, bool]:
    """Return whether trains meet so near to each end that a loop there explains it.

    Where nothing proves a second track, two trains on the section at once by their times alone
    must have met at the nearer end.
    """
    enter, leave, way = _columns(rides)[:3]
    up, down = np.flatnonzero(way > 0), np.flatnonzero(way < 0)
    if proof.opposing or not (up.size and down.size):
        return False, False
    one, two = up[:, None], down[None, :]
    met = _together_s(enter, leave, up, down) > 0.0
    # At a the one up departs and the one down arrives; at b the other way round.
    at_a = np.abs(enter[one] - leave[two])
    at_b = np.abs(leave[one] - enter[two])
    return bool((met & (at_a <= at_b)).any()), bool((met & (at_a > at_b)).any())


def _prove_blocks(
    proof: SectionProof,
    rides: list[_Ride],
    length_m: float,
    runs: Sequence[TrainRun],
    rules: BlockingRules,
) -> None:
    """Note the longest blocks that let the closest trains of each direction run as they do.

    Trains closer than the shortest block allows prove a second track in their direction.
    """
    enter, leave, way, slack, number, passes, train_m, _ = _columns(rides)
    for sign, key, tracks in ((1, "block_up_m", "up"), (-1, "block_down_m", "down")):
        rows = np.flatnonzero(way == sign)
        rows = rows[np.lexsort((leave[rows], enter[rows]))]
        if rows.size < 2:
            continue
        one, two = rows[:-1], rows[1:]
        gap = np.minimum(enter[two] - enter[one], leave[two] - leave[one])
        gap = gap + rules.rounding_s / 2 + slack[one] + slack[two]
        pace = np.maximum(leave - enter, 1.0) / length_m
        prepare = rules.switching_s + rules.sight_s + rules.release_s
        # The first block after a stop is not approached; one that is the whole section will do.
        whole = (gap - prepare) / pace[one] - train_m[one]
        longest = whole - rules.approach_m * pace[two] / pace[one]
        longest = np.where((passes[two] == 0) & (whole >= length_m), whole, longest)
        # What no block length explains is another track.
        explained = longest >= min(rules.shortest_block_m, length_m)
        if explained.any():
            setattr(proof, key, float(longest[explained].min()))
        if not explained.all():
            closest = int(np.argmin(longest))
            setattr(proof, tracks, 2)
            proof.witness = proof.witness or (
                runs[int(number[one[closest]])].id, runs[int(number[two[closest]])].id
            )  # fmt: skip


def _most_at_once(intervals: list[tuple[float, float]], wider_s: float) -> int:
    """Return the greatest number of intervals, each widened on both sides, that hold at once."""
    if not intervals:
        return 0
    array: NDArray[np.float64] = np.array(intervals)
    times = np.concatenate((array[:, 0] - wider_s, array[:, 1] + wider_s))
    change = np.concatenate((np.ones(len(array)), -np.ones(len(array))))
    order = np.lexsort((change, times))  # one that leaves makes room before the next one comes
    return int(np.cumsum(change[order]).max())


def _prove_speeds(
    skeleton: Skeleton, proofs: TimetableProofs, run: TrainRun, rules: BlockingRules
) -> None:
    """Note the speed that a run must reach between two given times, a rounding added."""
    known = [i for i, call in enumerate(run.calls) if call.timed == "timetable"]
    for one, two in itertools.pairwise(known):
        steps = run.steps[one:two]
        length = sum(skeleton.sections[step.section].length_m for step in steps)
        time_s = run.calls[two].arrive_s - run.calls[one].depart_s + rules.rounding_s / 2
        speed = needed_speed_mps(length, time_s, rules.acceleration_mps2)
        speed = min(speed, run.top_speed_mps)
        for step in steps:
            proof = proofs.sections[step.section]
            proof.speed_mps = max(proof.speed_mps, speed)
