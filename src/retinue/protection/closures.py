"""Closures of a plan: which sites, by which event, for how long, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from retinue.plan.closure import Closure
from retinue.protection.emergency import emergency_rule
from retinue.protection.public_cost import public_cost
from retinue.protection.triggers import ReportPoint, closing_trigger, opening_trigger

if TYPE_CHECKING:
    from retinue.protection.bands import PassageModel, SitePassage
    from retinue.protection.policy import Policy
    from retinue.protection.public_cost import RoadFlows
    from retinue.protection.site import SiteOnLeg

__all__ = ["closures_of", "report_points"]

#: Closed again within this time, a site is not opened: staff and drivers need as long.
_NOT_WORTH_OPENING_S = 120.0
_REPORTING = ("station", "station passed", "signal box", "junction")


def report_points(sites: Sequence[SiteOnLeg]) -> dict[str, tuple[ReportPoint, ...]]:
    """Return by leg the places that report trains: stations, signal boxes, junctions."""
    found: dict[str, list[ReportPoint]] = {}
    for site in sites:
        if site.site_class in _REPORTING and site.record and site.record.get("name"):
            found.setdefault(site.leg, []).append(ReportPoint(site.name, site.until_m))
    return {leg: tuple(points) for leg, points in found.items()}


def closures_of(
    sites: Sequence[SiteOnLeg],
    passages: Mapping[str, Sequence[SitePassage]],
    policy: Policy,
    model: PassageModel,
    flows: RoadFlows,
) -> tuple[Closure, ...]:
    """Return every closure that the policy asks for, in order of time.

    A site is opened between two movements where it is worth it, and closed once for those that
    follow closely.
    """
    points = report_points(sites)
    found: list[Closure] = []
    for site in sites:
        rule = policy.rule(site.site_class)
        if rule is None or not rule.close:
            continue
        lead = policy.emergency.message + policy.emergency.gate + rule.close_before
        holds = _holds(passages.get(site.key, ()), lead + rule.open_after)
        for number, hold in enumerate(holds):
            close = closing_trigger(hold[0], lead, points.get(site.leg, ()), model)
            opened = opening_trigger(hold[-1], rule.open_after)
            latest = min(p.earliest_s for p in hold) - rule.close_before
            first, last = hold[0].head, hold[-1].tail
            fixed = (
                first.low_s - rule.close_before - policy.emergency.gate,
                last.high_s + rule.open_after,
            )
            held = opened.planned_utc - close.planned_utc
            found.append(
                Closure(
                    id=f"{site.key}/{number + 1}",
                    site=site.id,
                    leg=site.leg,
                    kind=site.kind,
                    place=site.name,
                    lat=site.lat,
                    lon=site.lon,
                    zone=site.zone,
                    roles=tuple(p.movement.role for p in hold),
                    close=close,
                    latest_close_utc=latest,
                    open=opened,
                    band_close_utc=min(close.earliest_utc, latest),
                    band_open_utc=opened.latest_utc,
                    hold_s=round(held, 1),
                    fixed_from_utc=fixed[0],
                    fixed_until_utc=fixed[1],
                    coverage=policy.coverage,
                    budget_s=rule.closure_budget,
                    over_budget_s=round(max(held - (rule.closure_budget or held), 0.0), 1),
                    emergency=emergency_rule(hold, policy.emergency, site.mode),
                    public=public_cost(
                        site, close.planned_utc, opened.planned_utc, fixed[1] - fixed[0], flows
                    ),
                    separate_times="opened between" if len(holds) > 1 else "one hold",
                )
            )
    return tuple(sorted(found, key=lambda c: (c.close.planned_utc, c.id)))


def _holds(passages: Sequence[SitePassage], around_s: float) -> list[list[SitePassage]]:
    """Group movements that follow each other too closely to open between them."""
    groups: list[list[SitePassage]] = []
    for passage in passages:
        if groups:
            gap = passage.head.low_s - groups[-1][-1].tail.high_s
            if gap < around_s + _NOT_WORTH_OPENING_S:
                groups[-1].append(passage)
                continue
        groups.append([passage])
    return groups
