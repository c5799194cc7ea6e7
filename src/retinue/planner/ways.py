"""Every leg of a plan beside what was asked for it: the plan's own, alternatives', support's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.plan.permit_cover import named_ways

if TYPE_CHECKING:
    from retinue.journey import Journey, LegAsked
    from retinue.plan import Leg, Plan

__all__ = ["WayLeg", "way_legs"]


@dataclass(frozen=True)
class WayLeg:
    """A finished leg and what was asked for.

    Attributes
    ----------
    way
        Name of the alternative or support; empty for the plan itself.
    number
        Of the leg in its way, from 1.
    path
        Its place in the journey file, for errors.
    carries_party
        Not for support, which travels apart.
    """

    way: str
    leg: Leg
    asked: LegAsked
    number: int
    path: tuple[int | str, ...]
    carries_party: bool = True

    @property
    def name(self) -> str:
        """The leg's name among all ways, as deadlines give it."""
        return f"{self.way}/{self.leg.id}" if self.way else self.leg.id


def way_legs(journey: Journey, plan: Plan) -> list[WayLeg]:
    """Return every finished leg with what was asked for it, in the order of the journey file."""
    asked: list[tuple[tuple[LegAsked, ...], tuple[int | str, ...], bool]]
    asked = [(journey.legs, ("legs",), True)]
    asked += [(a.legs, ("alternatives", k), True) for k, a in enumerate(journey.alternatives)]
    asked += [(s.legs, ("support", k), False) for k, s in enumerate(journey.support)]
    found = []
    ways = named_ways(plan.legs, plan.alternatives, plan.support)
    for (name, legs), (of_way, path, party) in zip(ways, asked, strict=False):
        # A way that cannot be made has no legs; the planner says why.
        for index, (leg, one) in enumerate(zip(legs, of_way, strict=False)):
            deep = len(path) == 1 or len(of_way) > 1
            place = (*path, index) if deep else path
            found.append(WayLeg(name, leg, one, index + 1, place, party))
    return found
