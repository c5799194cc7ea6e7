"""What each rule of protection keeps free round the convoy, worked out from fronts and tails.

::

    none beside             every block beside      main front in ............. main tail out
    opposite held           opposite track          first front in ............ last tail out
    freight stands within   way, beside, stations   first front in, less window . last tail out
    no works before         way, beside             first front in, less window . last tail out
    nothing between         way, junctions          first front in ............ last tail out
    stations sealed         stations                first front approaches .... last tail out
    dangerous goods away    way, beside, stations   as sealed, as freight without its window
    none crossing above     the other line's block  main front near the bridge . main tail past it

Beside are the other blocks of the way's own sections, and those of lines whose courses run beside
it; of these the opposite track is who runs on them the other way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retinue.checks.traffic_convoy import Member
    from retinue.checks.traffic_courses import Beside
    from retinue.checks.traffic_ground import Ground, Stretch
    from retinue.plan.traffic import RulesInForce

__all__ = ["Convoy", "Window", "windows_of"]

BRIDGE_M = 50.0
"""Before and behind the middle of a bridge a train is under or over it: half of a long one."""


class Window(NamedTuple):
    """A resource that a rule keeps free.

    Attributes
    ----------
    at_m
        Where along the leg.
    direction
        Only who holds it in this direction counts; 0: everybody.
    whole
        Held wholly, so that a record has to show it.
    """

    resource: int
    from_s: float
    to_s: float
    at_m: float
    direction: int = 0
    whole: bool = True


@dataclass(frozen=True, eq=False)
class Convoy:
    """The convoy over its ground.

    Attributes
    ----------
    members
        In the order of their running.
    approach_m
        From distant to main signal: so far before a station a train approaches it.
    """

    members: tuple[Member, ...]
    main: Member
    ground: Ground
    approach_m: float

    @property
    def first(self) -> Member:
        """The train that comes first."""
        return self.members[0]

    def over(self, stretch: Stretch | Beside, members: Iterable[Member]) -> tuple[float, float]:
        """Return when the first of some trains comes on a block and the last is off it."""
        listed = list(members)
        return (
            min(member.enters(stretch.from_m) for member in listed),
            max(member.tail_out(stretch.to_m) for member in listed),
        )

    def at_station(self, station: Stretch) -> tuple[float, float]:
        """Return when the first train approaches a station and the last tail has left it."""
        begins, ends = [], []
        for member in self.members:
            near_m = station.from_m - self.approach_m
            own = [p for p in member.train.passes if p.resource == station.resource]
            if near_m > member.first_m:
                begins.append(member.comes(near_m))
            else:
                begins.append(min([p.from_utc for p in own], default=float(member.time_s[0])))
            if station.to_m + member.train.length_m < member.last_m:
                ends.append(member.tail_out(station.to_m, through=True))
            else:
                ends.append(max([p.to_utc for p in own], default=float(member.time_s[-1])))
        return min(begins), max(ends)

    def through_station(self, station: Stretch) -> tuple[float, float]:
        """Return when the first front comes to a station and the last tail has left it."""
        return min(m.comes(station.from_m) for m in self.members), self.at_station(station)[1]


def windows_of(rule: str, convoy: Convoy, rules: RulesInForce) -> list[Window]:
    """Return what a rule keeps free when; empty for rules that are no windows."""
    return list(_WINDOWS[rule](convoy, rules)) if rule in _WINDOWS else []


def _beside(convoy: Convoy, _: RulesInForce) -> Iterator[Window]:
    for stretch in convoy.ground.beside:
        yield _window(stretch, convoy.over(stretch, [convoy.main]))
    for line in convoy.ground.lines:
        yield _window(line, convoy.over(line, [convoy.main]))._replace(whole=False)


def _opposite(convoy: Convoy, _: RulesInForce) -> Iterator[Window]:
    own = {stretch.resource for stretch in convoy.ground.blocks}
    for stretch in convoy.ground.beside:
        if stretch.resource not in own:
            yield _window(stretch, convoy.over(stretch, convoy.members))
    for line in convoy.ground.lines:
        window = _window(line, convoy.over(line, convoy.members))
        yield window._replace(direction=line.direction, whole=False)


def _freight(convoy: Convoy, rules: RulesInForce) -> Iterator[Window]:
    ahead = rules.freight_stands_within_s
    ground = convoy.ground
    for stretch in _distinct((*ground.blocks, *ground.beside, *ground.lines)):
        yield _window(stretch, convoy.over(stretch, convoy.members), ahead)
    for station in ground.stations:
        yield _window(station, convoy.through_station(station), ahead)


def _works(convoy: Convoy, rules: RulesInForce) -> Iterator[Window]:
    ground = convoy.ground
    for stretch in _distinct((*ground.blocks, *ground.beside, *ground.lines)):
        span = convoy.over(stretch, convoy.members)
        yield _window(stretch, span, rules.no_works_before_s)


def _between(convoy: Convoy, _: RulesInForce) -> Iterator[Window]:
    if len(convoy.members) > 1:
        for stretch in (*convoy.ground.blocks, *convoy.ground.junctions):
            yield _window(stretch, convoy.over(stretch, convoy.members))


def _sealed(convoy: Convoy, _: RulesInForce) -> Iterator[Window]:
    for station in convoy.ground.stations:
        yield _window(station, convoy.at_station(station))


def _dangerous(convoy: Convoy, rules: RulesInForce) -> Iterator[Window]:
    yield from _sealed(convoy, rules)
    for stretch in _distinct((*convoy.ground.beside, *convoy.ground.lines)):
        yield _window(stretch, convoy.over(stretch, convoy.members))


def _crossing(convoy: Convoy, _: RulesInForce) -> Iterator[Window]:
    for bridge in convoy.ground.crossings:
        begin = convoy.main.comes(bridge.at_m - BRIDGE_M)
        end = convoy.main.tail_out(bridge.at_m + BRIDGE_M, through=True)
        yield Window(bridge.resource, begin, end, bridge.at_m, whole=False)


_WINDOWS = {
    "none beside": _beside,
    "opposite held": _opposite,
    "freight stands within": _freight,
    "no works before": _works,
    "nothing between": _between,
    "stations sealed": _sealed,
    "dangerous goods away": _dangerous,
    "none crossing above": _crossing,
}


def _distinct(stretches: Iterable[Stretch | Beside]) -> list[Stretch | Beside]:
    return list(dict.fromkeys(stretches))


def _window(stretch: Stretch | Beside, span: tuple[float, float], ahead_s: float = 0.0) -> Window:
    return Window(stretch.resource, span[0] - ahead_s, span[1], stretch.from_m)
