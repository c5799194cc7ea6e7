"""The ways to make the journey, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.plan import Alternative, Comparison, Leg

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.planner.chain import Chain

__all__ = ["compare_ways"]


def compare_ways(
    file: JourneyFile, chain: Chain, alternatives: Sequence[tuple[Alternative, Chain | None]]
) -> tuple[Comparison, ...]:
    """Return one column for the plan and one for each alternative that can be made."""
    own = _column("as planned", [timed.leg for timed in chain.timed], chain)
    others = [
        _column(alternative.title, alternative.legs, other)
        for alternative, other in alternatives
        if other is not None
    ]
    return (own, *others)


def _column(title: str, legs: Sequence[Leg], chain: Chain) -> Comparison:
    countries = dict.fromkeys(country for leg in legs for country in leg.countries)
    assumed = {(item.subject, item.what) for timed in chain.timed for item in timed.assumptions} | {
        (item.subject, item.what) for item in chain.assumptions
    }
    return Comparison(
        title=title,
        modes=tuple(leg.mode for leg in legs),
        duration_s=legs[-1].arrive_utc - legs[0].depart_utc,
        distance_m=round(sum(leg.distance_m for leg in legs), 1),
        cost_base=round(sum(item.amount_base for leg in legs for item in leg.costs), 2),
        countries=tuple(countries),
        assumptions=len(assumed),
    )
