"""How each leg is spoken to: channels, reporting points, check-ins, gaps, lost contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.plan.command import Channel

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.protection.policy import Policy
    from retinue.protection.site import SiteOnLeg

__all__ = ["channels_of"]

_CHANNELS = {
    "rail": ("train radio to the signaller", "satellite or mobile telephone to the commander"),
    "road": ("convoy radio, closed group", "mobile telephone to the commander"),
    "air": ("air traffic control on the frequency of the sector", "satellite telephone"),
}
_LONG_TUNNEL_M = 200.0
_MOST_POINTS = 40


def channels_of(plan: Plan, sites: Sequence[SiteOnLeg], policy: Policy) -> tuple[Channel, ...]:
    """Return the communications plan of every leg.

    No survey of radio cover is part of a plan: tunnels count as gaps, and what is not known is
    said to be so.
    """
    return tuple(_channel(leg, [s for s in sites if s.leg == leg.id], policy) for leg in plan.legs)


def _channel(leg: Leg, sites: Sequence[SiteOnLeg], policy: Policy) -> Channel:
    primary, secondary = _CHANNELS[leg.mode]
    points = list(
        dict.fromkeys(
            event.place
            for event in leg.timeline
            if event.role == "main"
            and event.kind in ("depart", "pass", "border", "arrive", "take-off", "landing")
            and event.place
        )
    )
    if len(points) > _MOST_POINTS:
        step = (len(points) - 1) / (_MOST_POINTS - 1)
        points = list(dict.fromkeys(points[round(i * step)] for i in range(_MOST_POINTS)))
    gaps = [
        f"{site.name}, km {site.from_m / 1000:.1f} to {site.until_m / 1000:.1f} (tunnel, assumed)"
        for site in sites
        if site.site_class in ("tunnel", "road tunnel")
        and site.until_m - site.from_m >= _LONG_TUNNEL_M
    ]
    if leg.mode != "air":
        gaps.append("elsewhere radio cover is not surveyed: drive or run it before, and note gaps")
    after = duration_text(policy.lost_contact_after)
    return Channel(
        leg=leg.id,
        primary=primary,
        secondary=secondary,
        reporting_points=tuple(points),
        check_in_s=policy.check_in,
        gaps=tuple(gaps),
        lost_contact=(
            f"after {after} without contact: try the second channel, ask the last and the next"
            " reporting point, hold what follows, ready the fallback"
        ),
    )
