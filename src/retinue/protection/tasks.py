"""Tasks at sites: who must stand where, from when until when; and patrols along the line.

::

    earliest        latest start         head (early)      head ... tail (late)
       |---- may begin ----|                  |                     |
                           |-- work --|-- held (guarded) ------------|  until

A site has at most one post: it sweeps, seals, guards and operates the closure in one visit.  A
junction that the convoy's own outriders hold needs nobody to close it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from retinue.plan.duty import Task
from retinue.protection.site import HELD

if TYPE_CHECKING:
    from retinue.plan import Closure, Leg, Plan
    from retinue.protection.bands import PassageModel, SitePassage
    from retinue.protection.policy import Policy, SiteRule
    from retinue.protection.site import SiteOnLeg

__all__ = ["patrol_tasks", "site_tasks"]

_READY_S = 300.0  # a post that operates a closure stands ready so long before it may be needed
_COME_AT_MOST_S = 3_600.0  # nobody is sent to a post longer before it is due
_ELECTRICAL_CONTROL = "electrical control"


def site_tasks(
    sites: Sequence[SiteOnLeg],
    passages: Mapping[str, Sequence[SitePassage]],
    closures: Sequence[Closure],
    policy: Policy,
) -> tuple[Task, ...]:
    """Return the tasks that the policy asks for at sites, in order of time."""
    by_site: dict[tuple[str, str], list[Closure]] = {}
    for closure in closures:
        by_site.setdefault((closure.leg, closure.site), []).append(closure)
    found: list[Task] = []
    for site in sites:
        rule, passing = policy.rule(site.site_class), passages.get(site.key, ())
        if rule is None or not passing:
            continue
        post = _post(site, rule, passing, by_site.get((site.leg, site.id), []))
        if post is not None:
            found.append(post)
        if rule.isolate_power:
            found.append(_isolation(site, rule, passing))
    return tuple(sorted(found, key=lambda t: (t.latest_utc, t.id)))


def _post(
    site: SiteOnLeg, rule: SiteRule, passing: Sequence[SitePassage], closures: Sequence[Closure]
) -> Task | None:
    first = min(p.head.low_s for p in passing)
    last = max(p.tail.high_s for p in passing)
    work = 0.0
    due: list[float] = []
    decide: float | None = None
    what: Literal["sweep", "seal station", "guard", "lock crossing", "operate closure"] | None
    what = None
    if rule.close:
        what = "operate closure"
        due.append(min((c.band_close_utc for c in closures), default=first) - _READY_S)
        last = max([last, *(c.band_open_utc for c in closures)])
    if rule.lock:
        what = "lock crossing"
        due.append(first - rule.lock_before)
    if rule.guard:
        what = "guard"
        due.append(first - rule.guard_before)
    if rule.seal:
        what = "seal station"
        due.append(first - rule.seal_before)
    if rule.sweep:
        what = "sweep"
        work = rule.sweep_takes + rule.sweep_per_100_m * (site.until_m - site.from_m) / 100.0
        decide = first - rule.go_no_go_before
        due.append(decide - work)
    held_by_convoy = (site.record or {}).get("detail") == HELD
    if what is None or (what == "operate closure" and held_by_convoy):
        return None
    latest = min(due)
    held = what != "sweep" or rule.sweep_valid is None or len(due) > 1
    until = last if held else latest + work
    earliest = first - rule.sweep_from if rule.sweep else latest - _COME_AT_MOST_S
    if rule.sweep and not held:
        # A sweep that nobody holds must still be valid when the last tail passes.
        earliest = max(earliest, last - (rule.sweep_valid or 0.0) - work)
    return Task(
        id=f"{site.key}/post",
        site=site.id,
        leg=site.leg,
        what=what,
        place=site.name,
        lat=site.lat,
        lon=site.lon,
        zone=site.zone,
        skills=rule.skills,
        people=rule.people,
        earliest_utc=min(earliest, latest),
        latest_utc=latest,
        duration_s=work,
        until_utc=until,
        valid_s=rule.sweep_valid,
        decide_utc=decide,
        on_track=rule.sweep and site.site_class in ("tunnel", "viaduct"),
    )


def _isolation(site: SiteOnLeg, rule: SiteRule, passing: Sequence[SitePassage]) -> Task:
    first = min(p.head.low_s for p in passing)
    work = rule.sweep_takes + rule.sweep_per_100_m * (site.until_m - site.from_m) / 100.0
    begin = first - rule.sweep_from if rule.sweep else first - work
    end = first - rule.go_no_go_before
    return Task(
        id=f"{site.key}/power",
        site=site.id,
        leg=site.leg,
        what="isolate power",
        place=site.name,
        lat=site.lat,
        lon=site.lon,
        zone=site.zone,
        earliest_utc=begin,
        latest_utc=max(begin, end - work),
        duration_s=work,
        until_utc=end,
        decide_utc=end,
        request_to=_ELECTRICAL_CONTROL,
    )


def patrol_tasks(plan: Plan, policy: Policy, model: PassageModel) -> tuple[Task, ...]:
    """Return the beats of patrols that walk each railway leg before its first train."""
    rule = policy.patrol
    if not rule.walk:
        return ()
    return tuple(
        beat for leg in plan.legs if leg.mode == "rail" for beat in _beats(plan, leg, policy, model)
    )


def _beats(plan: Plan, leg: Leg, policy: Policy, model: PassageModel) -> list[Task]:
    rule = policy.patrol
    main = leg.main
    begin, end = float(main.distance_m[0]), float(main.distance_m[-1])
    count = max(math.ceil((end - begin) / rule.beat_at_most - 1e-9), 1)
    edge = (1.0 - policy.coverage) / 2.0
    known = max([plan.depart_utc, *(seen.time_utc for seen in plan.observations)])
    found = []
    for number in range(count):
        low = begin + (end - begin) * number / count
        high = begin + (end - begin) * (number + 1) / count
        # The first train over the beat; its early end counts.
        head = min(m.time_at(low) for m in leg.movements)
        head += min(model.quantile_s(edge, max(head - known, 0.0)), 0.0)
        walk = (high - low) / rule.pace
        finish = head - rule.ends_before
        (lon, lat), (end_lon, end_lat) = main.position(low), main.position(high)
        found.append(
            Task(
                id=f"{leg.id}/patrol/{number + 1}",
                site="",
                leg=leg.id,
                what="patrol track",
                place=f"km {low / 1000:.1f} to {high / 1000:.1f}",
                lat=round(lat, 6),
                lon=round(lon, 6),
                zone=leg.from_.zone,
                skills=rule.skills,
                people=rule.people,
                earliest_utc=min(head - rule.begins_at_most_before, finish - walk),
                latest_utc=finish - walk,
                duration_s=walk,
                until_utc=finish,
                decide_utc=finish,
                on_track=True,
                end_lat=round(end_lat, 6),
                end_lon=round(end_lon, 6),
                from_m=low,
                to_m=high,
            )
        )
    return found
