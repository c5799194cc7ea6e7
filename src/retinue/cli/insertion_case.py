"""What a leg's path is asked for in: its runs, the traffic of the day, rules of protection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan import Leg
    from retinue.plan.traffic_document import InsertionAsked
    from retinue.planner.leg_restrictions import LegRestrictions
    from retinue.planner.planner import Planner
    from retinue.rail.leg_runs import RailRuns
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.restrictions import Restriction
    from retinue.traffic.rules import RuleSet
    from retinue.traffic.timetable import DayOfTraffic
    from retinue.traffic.traffic import Traffic

__all__ = ["InsertionCase", "insertion_case"]


@dataclass(frozen=True, eq=False)
class InsertionCase:
    """One rail leg of a plan among the trains of a day.

    Attributes
    ----------
    planned
        The leg as it runs without a path.
    restricted
        Possessions and slow stretches on the leg.
    day
        Of the timetable.
    told
        What was not looked at, in sentences.
    """

    asked: InsertionAsked
    planned: Leg
    runs: RailRuns
    restricted: LegRestrictions | None
    traffic: Traffic
    rules: RuleSet
    blocking: BlockingRules
    day: DayOfTraffic
    told: tuple[str, ...]

    @property
    def feed(self) -> str:
        """Name of the timetable."""
        return self.day.feed.name

    @property
    def date(self) -> str:
        """Its service day."""
        return str(self.day.day)

    def on(self, runs: RailRuns, restricted: LegRestrictions | None) -> InsertionCase:
        """Return the same with the leg on another way.

        What lies on its own way and not on this one was looked at: it is not told again.
        """
        from retinue.cli.insertion_traffic import not_looked_at, traffic_of

        known = () if self.restricted is None else self.restricted.on_leg

        return replace(
            self,
            runs=runs,
            restricted=restricted,
            traffic=traffic_of(self.day, self.asked.view, runs, restricted),
            told=tuple(not_looked_at(self.day, restricted, known)),
        )

    @property
    def wish_s(self) -> float:
        """Departure that the plan has, Unix seconds."""
        return float(self.planned.depart_utc)

    @property
    def zone(self) -> str:
        """Time zone of the departure."""
        return self.planned.from_.zone


def insertion_case(
    planner: Planner,
    asked: InsertionAsked,
    planned: Leg,
    runs: RailRuns,
    listed: Sequence[Restriction],
    restricted: LegRestrictions | None,
) -> InsertionCase:
    """Read the timetable and the policy that are asked for.

    Parameters
    ----------
    listed
        Possessions and slow stretches of the whole day.

    Raises
    ------
    InputError
        Where feed, date, policy or rules cannot be understood.
    """
    from retinue.cli.insertion_traffic import day_asked, not_looked_at, traffic_of
    from retinue.protection.policy import load_policy
    from retinue.traffic.blocking_rules import shipped_blocking_rules
    from retinue.traffic.rules import rule_set

    policy, wording = load_policy(asked.policy) if asked.policy else (None, "")
    rules = rule_set(
        None if policy is None else policy.traffic,
        asked.rules_off,
        policy=Path(asked.policy).stem,
        text=wording,
    )
    if policy is not None:
        rules = replace(rules, advance_at_most_s=policy.advance_at_most)
    day = day_asked(asked, float(planned.depart_utc), planner.world, listed)
    return InsertionCase(
        asked,
        planned,
        runs,
        restricted,
        traffic_of(day, asked.view, runs, restricted),
        rules,
        shipped_blocking_rules(),
        day,
        tuple(not_looked_at(day, restricted)),
    )
