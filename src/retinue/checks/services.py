"""Services of the train: no tank runs dry or over, nothing is served where the train is not.

Levels are followed here from stop to stop; nothing of the provisioning room is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.clock import iso_utc
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.services import ServicesRecord, ServiceStop, TankRecord

__all__ = ["check_services"]

_M3 = 0.004  # four litres: amounts are whole litres, levels are rounded
_SLACK_S = 2.0


def check_services(plan: Plan, services: ServicesRecord) -> Finding:
    """Check tanks, service stops and the sums."""
    faults = [
        *(fault for tank in services.tanks for fault in _tank(tank, services)),
        *_dry(services),
        *(fault for stop in services.stops for fault in _stop(plan, stop, services)),
    ]
    looked = (
        f"{counted(len(services.tanks), 'tank')}, {counted(len(services.stops), 'service stop')}"
    )
    return Finding("services", looked, tuple(faults))


def _tank(tank: TankRecord, services: ServicesRecord) -> Iterator[str]:
    name = f"{tank.kind} of {tank.coach}"
    if len(tank.time_utc) != len(tank.level_m3) or not tank.time_utc:
        yield f"{name}: times and levels do not match"
        return
    if any(b < a for a, b in pairwise(tank.time_utc)):
        yield f"{name}: its times fall back"
    if tank.kind == "water":
        drunk = min(tank.people * services.drinking_m3_per_person, tank.capacity_m3)
        if tank.least_m3 < drunk - _M3:
            yield (
                f"{name} keeps {tank.least_m3 * 1000:.0f} l, a day's drinking water is"
                f" {drunk * 1000:.0f} l"
            )
    told = [
        (one.from_utc - _SLACK_S, one.until_utc + _SLACK_S)
        for one in services.shortfalls
        if one.kind == tank.kind and tank.coach in one.amounts_m3
    ]
    high = tank.capacity_m3 - (tank.least_m3 if tank.fills_up else 0.0)
    low = 0.0 if tank.fills_up else tank.least_m3
    for moment, level in zip(tank.time_utc, tank.level_m3, strict=True):
        if any(begin <= moment <= end for begin, end in told):
            continue  # it is told to fail there: see `_dry`
        if level > high + _M3:
            yield (
                f"{name} holds {level * 1000:.0f} l at {iso_utc(moment)}, more than"
                f" {high * 1000:.0f} l"
            )
            break
        if level < low - _M3 and not tank.fills_up:
            yield f"{name} is down to {level * 1000:.0f} l at {iso_utc(moment)}"
            break
        if tank.fills_up and level < -_M3:
            yield f"{name} is emptied of more than it holds at {iso_utc(moment)}"
            break
    yield from _changes(tank, services, name)


def _dry(services: ServicesRecord) -> Iterator[str]:
    """Name once those that not only fall below what is kept but run dry, or over."""
    for one in services.shortfalls:
        tanks = [t for t in services.tanks if t.kind == one.kind and t.coach in one.amounts_m3]
        failed = [
            tank.coach
            for tank in tanks
            if any(
                not -_M3 <= level <= tank.capacity_m3 + _M3
                for moment, level in zip(tank.time_utc, tank.level_m3, strict=False)
                if one.from_utc - _SLACK_S <= moment <= one.until_utc + _SLACK_S
            )
        ]
        if failed:
            yield (
                f"{one.kind} of {counted(len(failed), 'coach')} ({', '.join(failed)}) runs"
                f" {'over' if one.fills_up else 'dry'} between {one.from_place} and"
                f" {one.until_place}"
            )


def _changes(tank: TankRecord, services: ServicesRecord, name: str) -> Iterator[str]:
    """Levels turn against their way only while a stop serves, and by no more than it gives."""
    windows = [
        (s.start_utc, s.end_utc)
        for s in services.stops
        if s.kind == tank.kind and tank.coach in s.amounts_m3
    ]
    sign = -1.0 if tank.fills_up else 1.0
    against = 0.0
    for (t0, v0), (t1, v1) in pairwise(zip(tank.time_utc, tank.level_m3, strict=True)):
        change = sign * (v1 - v0)
        if change <= _M3 / 4:
            continue
        against += change
        if not any(a - _SLACK_S <= t0 and t1 <= b + _SLACK_S for a, b in windows):
            yield f"{name} is served at {iso_utc(t0)} where no stop serves it"
            return
    given = sum(s.amounts_m3.get(tank.coach, 0.0) for s in services.stops if s.kind == tank.kind)
    if against > given + _M3:
        yield f"{name} gains {against * 1000:.0f} l, its stops give {given * 1000:.0f} l"


def _stop(plan: Plan, stop: ServiceStop, services: ServicesRecord) -> Iterator[str]:
    name = f"{stop.kind} at {stop.place}"
    leg = next((leg for leg in plan.legs if leg.id == stop.leg), None)
    if leg is None:
        yield f"{name}: there is no leg {stop.leg}"
        return
    known = {t.coach for t in services.tanks if t.kind == stop.kind}
    for coach in sorted(set(stop.amounts_m3) - known):
        yield f"{name}: coach {coach} has no such tank"
    if any(amount < 0 for amount in stop.amounts_m3.values()):
        yield f"{name}: less than nothing is given"
    if stop.proposed:
        return
    real = [
        s
        for s in leg.main.stops
        if s.arrive_s - _SLACK_S <= stop.start_utc and stop.end_utc <= s.depart_s + _SLACK_S
    ]
    if not any(s.place == stop.place for s in real):
        yield f"{name} is served at {iso_utc(stop.start_utc)}, when the train does not stand there"
    for event in leg.timeline:
        if event.role == "main" and event.kind == "gauge-change":
            until = event.time_utc + (event.duration_s or 0.0)
            if stop.start_utc < until - _SLACK_S and event.time_utc + _SLACK_S < stop.end_utc:
                yield f"{name} is served while the coaches stand on the lifts"
