"""What keeps a train off a track: hard limits, edge by edge, and what nobody knows.

A limit that is not tagged does not bind: the train is allowed and the route says how much of
it could not be checked (`unknowns_of`).  One bit stands for one kind of fault, so that all of
them can be told of an edge, and a search can lift one kind at a time (`track_reasons`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.track_network import (
    DEAD_SECTION,
    NETWORK_CLASSES,
    UNKNOWN_POWER,
    TrackNetwork,
)
from retinue.world.track_tables import IntervalTable

__all__ = [
    "DEAD_SECTION_M",
    "REVERSAL_FLOOR_S",
    "DeadRuns",
    "Fault",
    "TrainLimits",
    "dead_runs",
    "faults_of",
    "unknowns_of",
]

DEAD_SECTION_M = 500.0
"""The longest way that a train is taken to coast without power: neutral and system-separation
sections are 20 to 400 m long (EN 50367:2020, annex A, long and short separation sections); the
simulation decides whether the train's speed carries it."""

REVERSAL_FLOOR_S = 120.0
"""No train changes ends in less."""

_SLACK_M = 0.5

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Fault(IntFlag):
    """Kinds of faults of an edge."""

    GAUGE = 1
    POWER = 2
    LOADING_GAUGE = 4
    AXLE_LOAD = 8
    METRE_LOAD = 16
    NETWORK_CLASS = 32
    CONDITION = 64
    FORBIDDEN = 128

    @property
    def word(self) -> str:
        """The stable word for programs, e.g. ``loading-gauge``."""
        return (self.name or "").lower().replace("_", "-")


@dataclass(frozen=True)
class TrainLimits:
    """What a route search has to know of a train.

    Attributes
    ----------
    gauges_mm
        Track gauges that it runs on without a change of bogies.
    power_systems
        What it can draw power from, by the words of the network; empty with
        ``self_powered``.
    self_powered
        Diesel, steam or battery: it runs anywhere.
    axle_load_kg, metre_load_kg
        Its heaviest; None: not known.
    barred_loading_gauges, fitting_loading_gauges
        Words of the network for loading gauges that it is known not to fit, and to fit.
    max_speed_mps
        Its own.
    reversal_s
        Time to change ends on the way: run-round, or change of cab; None: it cannot.
    classes
        Networks that it may run on, of `NETWORK_CLASSES`.
    dead_section_m
        The longest way without power under which it may coast.
    """

    gauges_mm: tuple[int, ...] = (1435,)
    power_systems: tuple[str, ...] = ()
    self_powered: bool = True
    length_m: float = 200.0
    axle_load_kg: float | None = None
    metre_load_kg: float | None = None
    barred_loading_gauges: tuple[str, ...] = ()
    fitting_loading_gauges: tuple[str, ...] = ()
    max_speed_mps: float = 160.0 / 3.6
    reversal_s: float | None = 900.0
    classes: tuple[str, ...] = ("heavy", "narrow")
    dead_section_m: float = DEAD_SECTION_M
    name: str = "the train"

    @property
    def turn_s(self) -> float:
        """Time to change ends; infinite where it cannot."""
        return np.inf if self.reversal_s is None else max(self.reversal_s, REVERSAL_FLOOR_S)


def _on_edges(table: IntervalTable, rows: Mask, edges: int) -> Mask:
    found = np.zeros(edges, np.bool_)
    found[table.edge[rows]] = True
    return found


def faults_of(network: TrackNetwork, train: TrainLimits) -> NDArray[np.uint8]:
    """Return for each edge the kinds of `Fault` that keep the train off it, power apart.

    An edge that is unfit in part is unfit.  Power is no matter of a single edge: a short
    way without it is passable (`dead_runs`).
    """
    edges = len(network.edges)
    faults = np.zeros(edges, np.uint8)
    tables = network.attributes
    gauge = tables["gauge"]
    own = set(train.gauges_mm)
    fits = np.array([not gauges or bool(own & set(gauges)) for gauges in network.gauge_sets])
    if len(fits):
        faults[_on_edges(gauge, ~fits[gauge.value], edges)] |= np.uint8(Fault.GAUGE)
    loading = tables["loading_gauge"]
    barred = set(train.barred_loading_gauges)
    if barred:
        words = [network.text[int(i)] in barred for i in loading.value]
        faults[_on_edges(loading, np.array(words, np.bool_), edges)] |= np.uint8(
            Fault.LOADING_GAUGE
        )
    for name, load, kind in (
        ("axle_load", train.axle_load_kg, Fault.AXLE_LOAD),
        ("metre_load", train.metre_load_kg, Fault.METRE_LOAD),
    ):
        if load is not None:
            table = tables[name]
            faults[_on_edges(table, table.value < load - 1.0, edges)] |= np.uint8(kind)
    open_class = np.array([word in train.classes for word in NETWORK_CLASSES])
    faults[~open_class[network.edges.network_class]] |= np.uint8(Fault.NETWORK_CLASS)
    condition = tables["condition"]
    faults[_on_edges(condition, np.ones(len(condition), np.bool_), edges)] |= np.uint8(
        Fault.CONDITION
    )
    return faults


def unknowns_of(network: TrackNetwork, train: TrainLimits) -> dict[str, Floats]:
    """Return by limit how many metres of each edge could not be checked."""
    length = network.edges.length_m
    tables = network.attributes
    asked: dict[str, tuple[str, Mask | None]] = {"gauge": ("gauge", None)}
    if not train.self_powered:
        power = tables["power"]
        sure = np.array([bool(s) and UNKNOWN_POWER not in s for s in network.power_sets], np.bool_)
        asked["power"] = (
            "power",
            sure[power.value] if len(sure) else np.zeros(len(power), np.bool_),
        )
    if train.axle_load_kg is not None:
        asked["axle-load"] = ("axle_load", None)
    known = set(train.barred_loading_gauges) | set(train.fitting_loading_gauges)
    loading = tables["loading_gauge"]
    words = np.array([network.text[int(i)] in known for i in loading.value], np.bool_)
    asked["loading-gauge"] = ("loading_gauge", words)
    found: dict[str, Floats] = {}
    for kind, (name, rows) in asked.items():
        table = tables[name]
        covered = table.to_m - table.from_m
        if rows is not None:
            covered = np.where(rows, covered, 0.0)
        total = np.bincount(table.edge, weights=covered, minlength=len(length))
        missing = np.maximum(length - total, 0.0)
        found[kind] = np.where(missing > _SLACK_M, missing, 0.0)
    return found


@dataclass(frozen=True, eq=False)
class DeadRuns:
    """Where a train finds no power, edge by edge.

    Attributes
    ----------
    whole
        No power on the whole edge.
    at_start_m, at_end_m
        Length without power at either end of an edge that is not wholly without.
    inside_m
        The longest run without power strictly inside.
    """

    whole: Mask
    at_start_m: Floats
    at_end_m: Floats
    inside_m: Floats


def dead_runs(network: TrackNetwork, train: TrainLimits) -> DeadRuns | None:
    """Return where the train finds no power; None: it needs none."""
    if train.self_powered:
        return None
    own = set(train.power_systems) | {UNKNOWN_POWER}
    dead = np.array(
        [
            bool(systems) and (DEAD_SECTION in systems or not own & set(systems))
            for systems in network.power_sets
        ],
        np.bool_,
    )
    table = network.attributes["power"]
    rows = dead[table.value] if len(dead) else np.zeros(len(table), np.bool_)
    whole, first, last, inside = _runs(
        np.array(network.edges.length_m, np.float64),
        np.array(table.start, np.int64),
        np.array(table.from_m, np.float64),
        np.array(table.to_m, np.float64),
        np.ascontiguousarray(rows),
        _SLACK_M,
    )
    return DeadRuns(whole, first, last, inside)


@njit(
    "Tuple((boolean[::1], float64[::1], float64[::1], float64[::1]))"
    "(float64[::1], int64[::1], float64[::1], float64[::1], boolean[::1], float64)",
    cache=True,
)
def _runs(
    length: Floats,
    start: NDArray[np.int64],
    from_m: Floats,
    to_m: Floats,
    dead: Mask,
    slack: float,
) -> tuple[Mask, Floats, Floats, Floats]:
    edges = len(length)
    whole = np.zeros(edges, np.bool_)
    first, last, inside = np.zeros(edges), np.zeros(edges), np.zeros(edges)
    for edge in range(edges):
        row = start[edge]
        while row < start[edge + 1]:
            if not dead[row]:
                row += 1
                continue
            begin, end = from_m[row], to_m[row]
            row += 1
            while row < start[edge + 1] and dead[row] and from_m[row] <= end + slack:
                end = to_m[row]
                row += 1
            at_start, at_end = begin <= slack, end >= length[edge] - slack
            if at_start and at_end:
                whole[edge] = True
            elif at_start:
                first[edge] = end
            elif at_end:
                last[edge] = length[edge] - begin
            else:
                inside[edge] = max(inside[edge], end - begin)
    return whole, first, last, inside
