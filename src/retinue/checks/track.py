"""The train fits every section it runs over: gauge, axle load, power."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan

__all__ = ["check_track"]


def check_track(plan: Plan) -> Finding:
    """Check sections for gaps, gauge changes without a stop for it, and axle loads."""
    faults: list[str] = []
    sections = 0
    for name, leg in all_legs(plan):
        sections += len(leg.sections)
        faults += [f"{name}: {fault}" for fault in (*_sections(leg), *_axles(leg))]
    return Finding("track", counted(sections, "section"), tuple(faults))


def _sections(leg: Leg) -> list[str]:
    if leg.mode != "rail":
        return []
    faults = []
    if not leg.sections:
        return ["a rail leg without its sections of line"]
    if abs(leg.sections[0].from_m) > 1 or abs(leg.sections[-1].to_m - leg.distance_m) > 1:
        faults.append("the sections do not cover the whole leg")
    exchanges = [e.distance_m for e in leg.timeline if e.kind == "gauge-change"]
    usable: set[int] = set(leg.sections[0].gauge_mm)
    for before, after in zip(leg.sections, leg.sections[1:], strict=False):
        if abs(before.to_m - after.from_m) > 1:
            faults.append(f"the sections leave a gap at km {before.to_m / 1000:.1f}")
        exchanged = any(at is not None and abs(at - after.from_m) < 2_000 for at in exchanges)
        gauges = set(after.gauge_mm)
        if not gauges:
            continue
        common = gauges if exchanged or not usable else usable & gauges
        if not common:
            faults.append(
                f"at {after.from_place} the gauge changes from {sorted(usable)} to"
                f" {sorted(gauges)} mm and nothing is done about it"
            )
        usable = common or gauges
    return faults


def _axles(leg: Leg) -> list[str]:
    if leg.train is None:
        return []
    loads = [
        (vehicle.mass_kg / vehicle.axles, vehicle.label)
        for vehicle in leg.train.vehicles
        if vehicle.axles
    ]
    if not loads:
        return ["the train's vehicles have no axles"]
    heaviest, label = max(loads)
    faults = [
        f"{label} has {heaviest / 1000:.1f} t an axle, {section.line}"
        f" ({section.from_place}-{section.to_place}) carries {section.axle_load_kg / 1000:.1f} t"
        for section in leg.sections
        if section.axle_load_kg is not None and heaviest > section.axle_load_kg * 1.001
    ]
    total = sum(vehicle.mass_kg for vehicle in leg.train.vehicles)
    if abs(total - leg.train.mass_kg) > 1 + 0.001 * total:
        faults.append("the train's mass is not the sum of its vehicles'")
    length = sum(vehicle.length_m for vehicle in leg.train.vehicles)
    if abs(length - leg.train.length_m) > 0.5:
        faults.append("the train's length is not the sum of its vehicles'")
    return faults
