"""The traffic a path is asked for in: a day of a feed, with possessions and slow stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan.restrictions import LegRestriction
    from retinue.plan.traffic_document import InsertionAsked
    from retinue.planner.leg_restrictions import LegRestrictions
    from retinue.rail.leg_runs import RailRuns
    from retinue.traffic.leg_line import OnLeg
    from retinue.traffic.restrictions import Restriction
    from retinue.traffic.timetable import DayOfTraffic
    from retinue.traffic.traffic import Traffic
    from retinue.world.world import World

__all__ = ["day_asked", "met_lines", "minutes_of", "not_looked_at", "own_policy", "traffic_of"]


def day_asked(
    asked: InsertionAsked, wish: float, world: World, listed: Sequence[Restriction]
) -> DayOfTraffic:
    """Return the day of the feed that is asked for; by default the departure's.

    Raises
    ------
    InputError
        Where the feed cannot be read, or the day is none.
    """
    from datetime import date

    from retinue.clock import local
    from retinue.errors import InputError
    from retinue.traffic.feed_lookup import find_feed
    from retinue.traffic.gtfs_feed import read_feed
    from retinue.traffic.timetable import day_of_traffic

    read = read_feed(find_feed(asked.feed))
    try:
        day = date.fromisoformat(asked.date) if asked.date else local(wish, read.zone).date()
    except ValueError as error:
        raise InputError(
            f'"{asked.date}" is no date', where="--date", cure="Write it as 2026-11-23."
        ) from error
    return day_of_traffic(read, day, world=world, restrictions=listed)


def traffic_of(
    day: DayOfTraffic, view: str, runs: RailRuns, restricted: LegRestrictions | None
) -> Traffic:
    """Return a view of the traffic; possessions that only the leg could place hold its way."""
    from retinue.traffic.anchor import anchor
    from retinue.traffic.way_possessions import with_possessions

    traffic = day.view("optimistic" if view == "optimistic" else "pessimistic")
    unplaced = {(entry.sender, entry.id) for entry, _ in day.unplaced}
    left = [
        one
        for one in (() if restricted is None else restricted.on_leg)
        if one.restriction.kind == "possession"
        and (one.restriction.sender, one.restriction.id) in unplaced
    ]
    if not left:
        return traffic
    route = runs.request.route
    on = anchor(traffic.network, route.lat_deg, route.lon_deg, route.distance_m)
    return with_possessions(traffic, on.way, on.place_m, left)


def not_looked_at(
    day: DayOfTraffic, restricted: LegRestrictions | None, known: Sequence[OnLeg] = ()
) -> list[str]:
    """Say which restrictions lie neither on the timetable's network nor on the leg.

    Parameters
    ----------
    known
        What lies on another way of the leg.
    """
    placed = [*known, *(() if restricted is None else restricted.on_leg)]
    on_leg = {(one.restriction.sender, one.restriction.id) for one in placed}
    told = [
        f"{entry.name} is not looked at: {why}"
        for entry, why in day.unplaced
        if (entry.sender, entry.id) not in on_leg
    ]
    return told + list(() if restricted is None else restricted.unplaced)


def met_lines(met: Sequence[LegRestriction], zone: str) -> list[str]:
    """Return what a path met, a line each."""
    from retinue.planner.leg_restrictions import words_of

    return [f"  {one.from_place} - {one.to_place}: {words_of(one, zone)}" for one in met]


def minutes_of(text: str) -> list[float]:
    """Return the minutes of a list.

    Raises
    ------
    InputError
        Where it is none.
    """
    from retinue.errors import InputError

    try:
        found = [float(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InputError(f'"{text}" are no minutes', where="--curve", cure="5,10,20") from error
    if any(not 0.0 <= value <= 720.0 for value in found):
        raise InputError("minutes lie between 0 and 720", where="--curve")
    return found


def own_policy(name: str) -> str:
    """Return the text of a policy that is not a shipped one: a document keeps it word for word."""
    from retinue.protection.policy import KIND, load_policy
    from retinue.world.catalogue import SHIPPED

    if not name:
        return ""
    text = load_policy(name)[1]
    shipped = SHIPPED / KIND / f"{name}.yaml"
    return "" if shipped.is_file() and shipped.read_text(encoding="utf-8") == text else text
