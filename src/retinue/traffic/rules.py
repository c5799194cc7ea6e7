"""Rules of protection on other trains, as what else must be free round the special train.

A rule is another hold of the same kind as the train's own (`retinue.traffic.way_holds`), or a
bound on its stands; so search, clearing and reasons treat rules and blocks alike, and every
rule can be off.  More holds never make more times possible: a rule switched on never lowers the
least disturbance.

What nothing is known of is said in `unseen`, never taken as kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retinue.errors import InputError
from retinue.traffic.lines_beside import BesideBlock, lines_beside
from retinue.traffic.occupation import MOVING, STANDING
from retinue.traffic.resource import Kind
from retinue.traffic.safe_intervals import Need
from retinue.traffic.way_holds import Convoy, WayHold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.protection.policy import TrafficRules
    from retinue.traffic.line_network import LineNetwork, Section, Way
    from retinue.traffic.overtaking import Passing
    from retinue.traffic.traffic import Traffic

    Floats = NDArray[np.float64]

__all__ = ["RULES", "Order", "RuleSet", "parallel_blocks", "rule_set"]

#: Every rule, as policies, commands and reasons name it.
RULES = (
    "none beside",
    "none overtaking",
    "none crossing above",
    "opposite held",
    "freight stands within",
    "shunting stopped before",
    "no works before",
    "stations sealed",
    "nothing between",
    "dangerous goods away",
)

CROSSING_M = 100.0
"""Before and behind a bridge the train counts as under or over it."""


class Order(NamedTuple):
    """What staff are told because of a rule: timetables know nothing of it."""

    rule: str
    place: str
    from_m: float
    before_s: float
    to_m: float
    what: str


@dataclass(frozen=True)
class RuleSet:
    """The rules that are on.

    Attributes
    ----------
    on
        Names of `RULES`.
    binds
        Classes of train that a rule binds; a rule that is not named binds all.
    freight_s, shunting_s, works_s
        Windows before the first train of the convoy.
    policy, policy_sha256
        The policy they are of, and the hash of its text.
    off
        Rules of it that were switched off by hand.
    advance_at_most_s
        The greatest lead that the policy gives the advance train; inf: any.  No rule switches
        it off.
    """

    on: frozenset[str]
    binds: dict[str, tuple[str, ...]]
    freight_s: float = 0.0
    shunting_s: float = 0.0
    works_s: float = 0.0
    policy: str = ""
    policy_sha256: str = ""
    off: tuple[str, ...] = ()
    advance_at_most_s: float = float("inf")

    def classes(self, rule: str) -> tuple[str, ...]:
        """Return the classes of train that a rule binds; empty: all."""
        return self.binds.get(rule, ())

    def holds(
        self, network: LineNetwork, way: Way, place_m: Floats, convoy: Convoy, approach_m: float
    ) -> tuple[WayHold, ...]:
        """Return what must be free because of the rules; ``place_m`` as in `own_holds`."""
        return tuple(
            hold
            for make in (
                self._beside,
                self._opposite,
                self._freight,
                self._works,
                self._sealed,
                self._dangerous,
                self._crossing,
            )
            for hold in make(_Ground(network, way, place_m, convoy, approach_m))
        )

    def _beside(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "none beside"
        if rule in self.on:
            beside = ((line.block, line.from_m, line.to_m) for line in ground.lines())
            for block, begins, ends in (*ground.parallel(), *ground.own_tracks(), *beside):
                need = ground.whole(block, self.classes(rule))
                tail = ends + ground.convoy.length_m
                yield WayHold(need, begins, ends, begins, tail, 0.0, 0.0, rule=rule)

    def _opposite(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "opposite held"
        if rule in self.on:
            first, last = ground.convoy.members[0][0], ground.convoy.members[-1][0]
            beside = (
                (line.block, line.from_m, line.to_m) for line in ground.lines() if line.against
            )
            for block, begins, ends in (*ground.parallel(), *beside):
                need = ground.whole(block, self.classes(rule))
                tail = ends + ground.convoy.longest_m
                yield WayHold(need, begins, ends, begins, tail, -first, last, rule=rule)

    def _freight(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "freight stands within"
        if rule not in self.on:
            return
        first, last = ground.convoy.members[0][0], ground.convoy.members[-1][0]
        classes = self.classes(rule) or ("freight",)
        here = [
            (int(resource), begins, ends, kind == Kind.STATION)
            for resource, kind, begins, ends in ground.rows()
        ]
        here += [(block, begins, ends, False) for block, begins, ends in ground.parallel()]
        here += [(line.block, line.from_m, line.to_m, False) for line in ground.lines()]
        for resource, begins, ends, place in here:
            yield WayHold(
                Need(resource, state=MOVING, classes=classes),
                begins,
                ends,
                begins,
                ends + ground.convoy.longest_m,
                self.freight_s - first,
                last,
                place=place,
                rule=rule,
            )

    def _works(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "no works before"
        if rule not in self.on:
            return
        first, last = ground.convoy.members[0][0], ground.convoy.members[-1][0]
        here = [(r, begins, ends) for r, kind, begins, ends in ground.rows() if kind == Kind.BLOCK]
        here += ground.parallel()
        here += [(line.block, line.from_m, line.to_m) for line in ground.lines()]
        for block, begins, ends in here:
            yield WayHold(
                Need(block, possessions=True),
                begins,
                ends,
                begins,
                ends + ground.convoy.longest_m,
                self.works_s - first,
                last,
                rule=rule,
            )

    def _sealed(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "stations sealed"
        if rule in self.on:
            for hold in ground.at_stations(rule):
                classes = self.classes(rule)
                capacity = int(ground.network.capacity[hold.need.resource])
                need = (
                    replace(hold.need, classes=classes)
                    if classes
                    else replace(hold.need, units=capacity)
                )
                yield replace(hold, need=need)

    def _dangerous(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "dangerous goods away"
        if rule in self.on:
            for hold in ground.at_stations(rule):
                need = replace(
                    hold.need, state=STANDING, dangerous=True, classes=self.classes(rule)
                )
                yield replace(hold, need=need)
            first, last = ground.convoy.members[0][0], ground.convoy.members[-1][0]
            beside = [(line.block, line.from_m, line.to_m) for line in ground.lines()]
            for block, begins, ends in (*ground.parallel(), *ground.own_tracks(), *beside):
                need = Need(block, state=STANDING, dangerous=True, classes=self.classes(rule))
                tail = ends + ground.convoy.longest_m
                yield WayHold(need, begins, ends, begins, tail, -first, last, rule=rule)

    def _crossing(self, ground: _Ground) -> Iterator[WayHold]:
        rule = "none crossing above"
        if rule in self.on:
            from retinue.traffic.crossings import crossings_of

            for at, block in crossings_of(ground.network, ground.way):
                here = ground.chainage(at)
                need = ground.whole(block, self.classes(rule))
                begins, ends = here - CROSSING_M, here + CROSSING_M + ground.convoy.length_m
                # Who stands at a bridge is over it all the while.
                yield WayHold(
                    need,
                    begins,
                    ends,
                    begins,
                    ends,
                    0.0,
                    0.0,
                    place=True,
                    rule=rule,
                )

    def not_overtaken(self, resource: int, passing: Passing) -> Need | None:
        """Return what a stand at a station asks of those who pass it; None: nothing.

        Parameters
        ----------
        resource
            The station, or the block that the train stands on at a halt.
        """
        rule = "none overtaking"
        if rule not in self.on:
            return None
        return Need(resource, classes=self.classes(rule), passing=passing)

    def orders(self, network: LineNetwork, way: Way, place_m: Floats) -> list[Order]:
        """Return what staff have to be told, for what no timetable shows."""
        found: list[Order] = []
        for position, node in enumerate(way.nodes):
            station = network.stations[int(node)]
            if station.kind == "station" and "shunting stopped before" in self.on:
                at = float(place_m[position])
                found.append(
                    Order("shunting stopped before", station.name, at, self.shunting_s, at,
                          "shunting stopped")
                )  # fmt: skip
        if "no works before" in self.on:
            for position in range(len(way.steps)):
                names = [network.stations[int(way.nodes[position + i])].name for i in (0, 1)]
                begin, end = float(place_m[position]), float(place_m[position + 1])
                found.append(
                    Order("no works before", " - ".join(names), begin, self.works_s, end,
                          "no works on the track or beside it")
                )  # fmt: skip
        return found

    def unseen(self, network: LineNetwork, way: Way, traffic: Traffic) -> list[str]:
        """Return which rules are on though the data cannot show that they are kept."""
        found = []
        straight = [
            s.section for s in way.steps if network.sections[s.section].ground == "straight"
        ]
        if "none crossing above" in self.on and straight:
            found.append(
                f"none crossing above: the course of {len(straight)} of {len(way.steps)} sections "
                "is not known, bridges over or under them are not seen"
            )
        if "dangerous goods away" in self.on and not any(r.dangerous_goods for r in traffic.runs):
            found.append("dangerous goods away: the timetable does not say which trains carry any")
        if "freight stands within" in self.on and not any(
            r.train_class == "freight" for r in traffic.runs
        ):
            found.append("freight stands within: the timetable shows no goods train")
        if "none beside" in self.on and "stations sealed" not in self.on:
            found.append(
                "none beside: held on the open line; which tracks of a station lie side by side "
                "is not known"
            )
        return found


@dataclass(frozen=True, eq=False)
class _Ground:
    """A way, for the rules."""

    network: LineNetwork
    way: Way
    place_m: Floats
    convoy: Convoy
    approach_m: float

    def chainage(self, at: float) -> float:
        return float(np.interp(at, self.way.node_m, self.place_m))

    def rows(self) -> Iterator[tuple[int, int, float, float]]:
        way = self.way
        for row, resource in enumerate(way.resource):
            begins, ends = self.chainage(way.from_m[row]), self.chainage(way.to_m[row])
            yield int(resource), int(way.kind[row]), begins, ends

    def whole(self, resource: int, classes: tuple[str, ...]) -> Need:
        """Return the need of all tracks that a resource stands for."""
        if classes:
            return Need(resource, classes=classes)
        return Need(resource, units=int(self.network.capacity[resource]))

    def own_tracks(self) -> Iterator[tuple[int, float, float]]:
        """Yield the blocks of the way itself that stand for more than one track."""
        for resource, kind, begins, ends in self.rows():
            if kind == Kind.BLOCK and int(self.network.capacity[resource]) > 1:
                yield resource, begins, ends

    def parallel(self) -> Iterator[tuple[int, float, float]]:
        """Yield the blocks of the other track beside the way, with their chainages."""
        for position, step in enumerate(self.way.steps):
            section = self.network.sections[step.section]
            start = float(self.way.node_m[position])
            for block, from_a, to_a in parallel_blocks(section, step.forward):
                one, two = (
                    (from_a, to_a)
                    if step.forward
                    else (section.length_m - to_a, section.length_m - from_a)
                )
                yield block, self.chainage(start + one), self.chainage(start + two)

    def lines(self) -> list[BesideBlock]:
        """Return the blocks of other lines that lie beside the way, with their chainages."""
        return [
            line._replace(from_m=self.chainage(line.from_m), to_m=self.chainage(line.to_m))
            for line in lines_beside(self.network, self.way)
        ]

    def at_stations(self, rule: str) -> Iterator[WayHold]:
        """Yield each station from the first train's approach until the last one's tail is out."""
        first, last = self.convoy.members[0][0], self.convoy.members[-1][0]
        for resource, kind, begins, ends in self.rows():
            if kind == Kind.STATION:
                yield WayHold(
                    Need(resource),
                    begins,
                    ends,
                    begins - self.approach_m,
                    ends + self.convoy.longest_m,
                    -first,
                    last,
                    place=True,
                    rule=rule,
                )


def parallel_blocks(section: Section, forward: bool) -> list[tuple[int, float, float]]:
    """Return the blocks of the opposite track: (resource, from, to), metres from a."""
    if section.tracks < 2:
        return []
    return section.blocks_from_a(not forward)


def rule_set(
    rules: TrafficRules | None,
    off: Sequence[str] = (),
    *,
    policy: str = "",
    text: str = "",
) -> RuleSet:
    """Return the rules of a policy that are on.

    Parameters
    ----------
    rules
        None: none is.
    off
        Names of `RULES` that are switched off; ``all`` switches all off.
    policy, text
        Name and text of the policy, for the record.

    Raises
    ------
    InputError
        For a name that is no rule.
    """
    unknown = [name for name in off if name not in (*RULES, "all")]
    if unknown:
        raise InputError(
            f'"{unknown[0]}" is no rule of protection',
            where="--rules-off",
            cure="Rules: " + ", ".join(RULES) + "; or all.",
        )
    if rules is None:
        return RuleSet(frozenset(), {})
    values = {name: getattr(rules, name.replace(" ", "_")) for name in RULES}
    asked = {name for name, value in values.items() if value is not None and value is not False}
    without = asked if "all" in off else asked & set(off)
    return RuleSet(
        frozenset(asked - without),
        {name: tuple(classes) for name, classes in rules.binds.items()},
        rules.freight_stands_within or 0.0,
        rules.shunting_stopped_before or 0.0,
        rules.no_works_before or 0.0,
        policy,
        hashlib.sha256(text.encode("utf-8")).hexdigest() if text else "",
        tuple(sorted(without)),
    )
