"""What a record tells of its rules: windows, orders to staff, and what the data cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from retinue.checks.traffic_convoy import AT_M, clock_text
from retinue.checks.traffic_rule_windows import Convoy, windows_of

if TYPE_CHECKING:
    from retinue.plan.traffic import RuleOrder, TrafficRecord

__all__ = ["Unseen", "not_shown", "order_faults", "window_faults"]

SLACK_S = 0.3
"""A window may be short by what lines between the points of a front and roundings explain."""

#: Rules whose windows are whole resources, and have to be recorded.
_RECORDED = ("none beside", "opposite held", "stations sealed")


class Unseen(NamedTuple):
    """What the data cannot show of a rule, and what of it the record does not say either."""

    lines: tuple[str, ...]
    untold: tuple[str, ...]


def window_faults(rule: str, record: TrafficRecord, convoy: Convoy) -> list[str]:
    """Return each recorded window that does not hold what the rule asks for."""
    assert record.rules is not None
    held: dict[int, list[tuple[float, float]]] = {}
    for kept in record.windows:
        if kept.rule == rule:
            held.setdefault(kept.resource, []).append((kept.from_utc, kept.to_utc))
    if not held and (rule not in _RECORDED or record.rules.binds.get(rule)):
        return []
    faults = []
    for window in windows_of(rule, convoy, record.rules):
        if not window.whole:
            continue
        place = convoy.ground.places.get(window.resource)
        name = place.name if place is not None else str(window.resource)
        spans = held.get(window.resource, [])
        if any(a <= window.from_s + SLACK_S and window.to_s - SLACK_S <= b for a, b in spans):
            continue
        needed = f"from {clock_text(window.from_s)} to {clock_text(window.to_s)}"
        if not spans:
            faults.append(f"{rule}: {name} is to be held {needed}; no window of it is recorded")
            continue
        begin, end = max(spans, key=lambda s: min(s[1], window.to_s) - max(s[0], window.from_s))
        short = max(begin - window.from_s, 0.0) + max(window.to_s - end, 0.0)
        faults.append(
            f"{rule}: {name} is to be held {needed}, the record holds it from "
            f"{clock_text(begin)} to {clock_text(end)}, {short:.0f} s too little"
        )
    return faults


def order_faults(rule: str, record: TrafficRecord, convoy: Convoy) -> list[str]:
    """Return each order that a rule needs and that is missing or too short."""
    assert record.rules is not None
    if rule == "shunting stopped before":
        ahead = record.rules.shunting_stopped_before_s
        places = [
            (convoy.ground.places[s.resource].name, s.from_m, s.to_m)
            for s in convoy.ground.stations
        ]
    elif rule == "no works before":
        ahead = record.rules.no_works_before_s
        places = [
            (section.name, min(section.a_m, section.b_m), max(section.a_m, section.b_m))
            for section in convoy.ground.sections
            if section.a_m is not None and section.b_m is not None
        ]
    else:
        return []
    orders = [order for order in record.orders if order.rule == rule]
    faults = []
    for name, from_m, to_m in places:
        begin = min(member.comes(from_m) for member in convoy.members) - ahead
        end = max(member.tail_out(to_m, through=True) for member in convoy.members)
        here = [o for o in orders if o.from_m <= from_m + AT_M and o.to_m >= to_m - AT_M]
        if not any(_covers(order, begin, end) for order in here):
            what = "is too short" if here else "is missing"
            faults.append(
                f"{rule}: the order for {name} from {clock_text(begin)} to {clock_text(end)} {what}"
            )
    return faults


def _covers(order: RuleOrder, begin: float, end: float) -> bool:
    return order.from_utc <= begin + SLACK_S and order.to_utc >= end - SLACK_S


def not_shown(rule: str, record: TrafficRecord, convoy: Convoy) -> Unseen:
    """Return what the data cannot show of a rule that is on."""
    assert record.rules is not None
    others = [train for train in record.trains if not train.special]
    must: list[str] = []
    free: list[str] = []
    sections = convoy.ground.sections
    straight = sum(section.ground == "straight" for section in sections)
    if straight and rule in ("none beside", "opposite held", "none crossing above"):
        what = "lines across it" if rule == "none crossing above" else "lines beside it"
        line = f"the course of {straight} of {len(sections)} sections is not known, nor {what}"
        (must if rule == "none crossing above" else free).append(line)
    if rule == "dangerous goods away" and not any(t.dangerous_goods for t in others):
        must.append("no train is said to carry any")
    elif rule == "freight stands within" and not any(t.train_class == "freight" for t in others):
        must.append("the timetable shows no goods train")
    elif rule == "none beside" and "stations sealed" not in record.rules.on:
        must.append("which tracks of a station lie side by side is not known")
    elif rule == "nothing between" and len(convoy.members) > 1:
        free.append("the way through a station is not known: its tracks are not held")
        places = convoy.ground.places
        several = sum(places[s.resource].capacity > 1 for s in convoy.ground.blocks)
        if several:
            free.append(f"on {several} blocks of several tracks, which of them a train takes")
    elif rule in ("shunting stopped before", "no works before"):
        count = sum(order.rule == rule for order in record.orders)
        free.append(f"no timetable shows it: told to staff in {count} orders")
    told = any(line.startswith(rule) for line in record.assumptions)
    return Unseen((*must, *free), () if told else tuple(must))
