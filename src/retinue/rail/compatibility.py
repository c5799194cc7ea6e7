"""Does the train fit the route?  Gauge, power, axle load, coupler, brake, heating, loading gauge.

The route is walked section by section: a section runs from one planned change
(of locomotives, of gauge) to the next, each with the formation that runs there.

::

    formation A          | formation B (bogies changed)  | formation C (other locomotives)
    ---------------------|-------------------------------|-------------------------------
    stretch  stretch  stretch     stretch  stretch    stretch      stretch

What nobody knows never refuses a train: it is allowed and listed by `unknowns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from retinue.errors import Reason
from retinue.rail.coupling import coupling_reasons
from retinue.rail.formation import Formation, PlacedVehicle
from retinue.rail.interfaces import Kind, fits_within, known_as
from retinue.rail.route_sections import (
    ANCHOR_M,
    PlannedChange,
    RouteSection,
    between,
    place_name,
    point_before,
    sections_of,
    stretches_in,
)
from retinue.rail.traction import SELF_POWERED
from retinue.world.rail_route import RailRoute, RoutePoint, RouteStretch

__all__ = ["PlannedChange", "check", "coupling_reasons", "place_name", "unknowns"]


def check(
    formation: Formation, route: RailRoute, changes: Sequence[PlannedChange] = ()
) -> list[Reason]:
    """Return what keeps the train from running the route, in order along it.

    Parameters
    ----------
    formation
        The train as it starts.
    changes
        Formations that take over at planned stops.

    Returns
    -------
    list of Reason
        Kinds ``gauge``, ``power``, ``axle-load``, ``loading-gauge``, ``coupler``, ``brake``,
        ``heating``.  Empty: nothing known stands in the way.
    """
    found: list[tuple[float, Reason]] = []
    sections = sections_of(formation, route, changes)
    stands_on = formation.gauge_mm
    for index, section in enumerate(sections):
        before = sections[index - 1].formation if index else None
        if before is not None and before.gauge_mm != section.formation.gauge_mm:
            found += _exchange(route, section, before)
        if before is None or before.gauge_mm != section.formation.gauge_mm:
            stands_on = section.formation.gauge_mm
        found += [
            (section.from_m, reason)
            for reason in coupling_reasons(
                section.formation, place_name(point_before(route, section.from_m))
            )
        ]
        breaks = list(_gauge(route, section, stands_on))
        found += [(one.ends_m, one.reason) for one in breaks]
        # Each break is named once: behind it the train is taken to stand on the other gauge.
        stands_on = breaks[-1].to_mm if breaks else stands_on
        # The locomotives do not go beyond an unplanned break of gauge: their power is no matter.
        hauled_to_m = min((one.begins_m for one in breaks), default=section.to_m)
        hauled = RouteSection(section.from_m, hauled_to_m, section.formation)
        found += _runs(route, hauled, _power)
        for judge in (_axle_load, _loading_gauge, _line_coupler, _line_brake):
            found += _runs(route, section, judge)
    return [reason for _, reason in sorted(found, key=lambda item: item[0])]


def _exchange(
    route: RailRoute, section: RouteSection, before: Formation
) -> Iterable[tuple[float, Reason]]:
    """Yield a reason where a planned change of gauge has no facility."""
    point = point_before(route, section.from_m)
    wanted = {before.gauge_mm, section.formation.gauge_mm}
    for facility in point.point.facilities:
        able = facility.kind in ("bogie-exchange", "gauge-adjustment")
        if able and (not facility.gauges_mm or wanted <= set(facility.gauges_mm)):
            return
    elsewhere = _facility_points(route, wanted)
    cure = (
        f"Plan the exchange at {' or '.join(p.point.name for p in elsewhere)}, or a second train."
        if elsewhere
        else "Plan a second train from there, or name the facility in a line book of your own."
    )
    yield (
        section.from_m,
        Reason(
            f"at {place_name(point)} no facility changes bogies from {before.gauge_mm} to "
            f"{section.formation.gauge_mm} mm",
            cure=cure,
            kind="gauge",
        ),
    )


def _facility_points(route: RailRoute, gauges: set[int]) -> list[RoutePoint]:
    return [
        p
        for p in route.points
        if any(
            f.kind in ("bogie-exchange", "gauge-adjustment")
            and (not f.gauges_mm or gauges <= set(f.gauges_mm))
            for f in p.point.facilities
        )
    ]


@dataclass(frozen=True)
class _Break:
    """An unplanned break of gauge: from where the new gauge lies, to where the old one ends."""

    begins_m: float
    ends_m: float
    to_mm: int
    reason: Reason


def _gauge(route: RailRoute, section: RouteSection, gauge: int) -> Iterable[_Break]:
    """Yield the breaks of gauge in a section that begins on a gauge in mm."""
    for stretch in stretches_in(route, section):
        if not stretch.gauges_mm or gauge in stretch.gauges_mm:
            continue
        to_gauge = stretch.gauges_mm[0]
        break_m = max(stretch.from_m, section.from_m)
        # A dual-gauge stretch may lie before: the change is made where it begins.
        begin_m = break_m
        for earlier in reversed(route.stretches):
            if earlier.to_m <= begin_m + ANCHOR_M and to_gauge in earlier.gauges_mm:
                begin_m = max(earlier.from_m, section.from_m)
            elif earlier.to_m <= begin_m + ANCHOR_M:
                break
        begin, last = point_before(route, begin_m), point_before(route, break_m)
        with_facility = [
            p
            for p in _facility_points(route, {gauge, to_gauge})
            if begin_m - ANCHOR_M <= p.distance_m <= break_m + ANCHOR_M
        ]
        fixed = [
            coach for coach in section.formation.coaches if to_gauge not in coach.vehicle.gauges_mm
        ]
        second = f"a second train from {last.point.name}"
        if with_facility and not fixed:
            at = with_facility[0].point.name
            cure = (
                f"add the stop  {{at: {at}, why: bogie exchange, locomotives: [...]}}  or {second}."
            )
        elif fixed:
            cure = f"{second}: {fixed[0].vehicle.title} cannot change to {to_gauge} mm."
        else:
            cure = f"{second}: no facility for bogie exchange is known there."
        place = with_facility[0] if with_facility else begin
        what = (
            f"at {place_name(place)} the gauge changes from {gauge} to {to_gauge} mm "
            "and the journey plans no bogie exchange"
        )
        reason = Reason(what, cure=cure, kind="gauge")
        yield _Break(begin_m, break_m, to_gauge, reason)
        gauge = to_gauge


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a train on a stretch; equal faults of neighbours are joined."""

    what: str
    cure: str
    kind: str


def _runs(
    route: RailRoute,
    section: RouteSection,
    judge: Callable[[Formation, RouteStretch], _Fault | None],
) -> Iterable[tuple[float, Reason]]:
    """Judge every stretch of a section and join equal faults of neighbours."""
    runs: list[tuple[_Fault, float, float]] = []
    for stretch in stretches_in(route, section):
        fault = judge(section.formation, stretch)
        if fault is None:
            continue
        start = max(stretch.from_m, section.from_m)
        end = min(stretch.to_m, section.to_m)
        if runs and runs[-1][0] == fault and abs(runs[-1][2] - start) < ANCHOR_M:
            runs[-1] = (fault, runs[-1][1], end)
        else:
            runs.append((fault, start, end))
    for fault, start, end in runs:
        place = between(route, start, end)
        first = point_before(route, start).point.name
        yield (
            start,
            Reason(f"{place} {fault.what}", cure=fault.cure.format(place=first), kind=fault.kind),
        )


def _power(formation: Formation, stretch: RouteStretch) -> _Fault | None:
    systems = formation.power_systems
    if stretch.electrification is None or any(s in SELF_POWERED for s in systems):
        return None
    if stretch.electrification in systems or stretch.electrification == "unknown":
        return None
    offered = (
        "the line has no wires"
        if stretch.electrification == "none"
        else f"the wires carry {stretch.electrification}"
    )
    own = f"the locomotives need {' or '.join(systems)}" if systems else "there is no locomotive"
    cure = (
        "change locomotives: add the stop  {{at: {place}, why: locomotives, locomotives: [...]}}"
        "  with "
        + ("a diesel." if stretch.electrification == "none" else "a fitting one or a diesel.")
    )
    return _Fault(f"{offered} and {own}", cure, "power")


def _heaviest(formation: Formation) -> PlacedVehicle:
    return max(formation.vehicles, key=lambda placed: placed.axle_load_kg)


def _axle_load(formation: Formation, stretch: RouteStretch) -> _Fault | None:
    heavy = _heaviest(formation)
    if stretch.axle_load_kg is None or heavy.axle_load_kg <= stretch.axle_load_kg + 1.0:
        return None
    kind = f"{heavy.label}" + (" with its armour" if heavy.armour_mass_kg else "")
    return _Fault(
        f"the line carries {stretch.axle_load_kg / 1000.0:.1f} t an axle and {kind} weighs "
        f"{heavy.axle_load_kg / 1000.0:.1f} t an axle",
        "take a lighter vehicle, one with more axles, less armour, or another line.",
        "axle-load",
    )


def _loading_gauge(formation: Formation, stretch: RouteStretch) -> _Fault | None:
    for placed in formation.vehicles:
        if fits_within(placed.vehicle.loading_gauge, stretch.loading_gauge) is False:
            return _Fault(
                f"{placed.vehicle.title} is built to the loading gauge "
                f"{placed.vehicle.loading_gauge}, larger than {stretch.loading_gauge} of the line",
                "take stock of the line's loading gauge, or another line.",
                "loading-gauge",
            )
    return None


def _line_interface(stretch: RouteStretch, kind: Kind) -> str | None:
    """Return the coupler or brake of the line's locomotives, or None where nobody knows.

    Where two gauges lie side by side there are two kinds of locomotives, and the
    line book's one word does not say whose it is.
    """
    if len(stretch.gauges_mm) != 1:
        return None
    return known_as(kind, stretch.coupler if kind == "couplers" else stretch.brake_system)


def _line_word(
    formation: Formation,
    stretch: RouteStretch,
    kind: Kind,
    words: Callable[[PlacedVehicle], tuple[str, ...]],
    noun: str,
    fault_kind: str,
) -> _Fault | None:
    wanted = _line_interface(stretch, kind)
    if wanted is None:
        return None
    for coach in formation.coaches:
        own = {known_as(kind, word) for word in words(coach)}
        if wanted not in own and None not in own:
            return _Fault(
                f"the line's locomotives have the {noun} {wanted} and {coach.vehicle.title} has "
                + " or ".join(words(coach)),
                f"take coaches with {wanted} or an adapter for it.",
                fault_kind,
            )
    return None


def _line_coupler(formation: Formation, stretch: RouteStretch) -> _Fault | None:
    return _line_word(
        formation, stretch, "couplers", lambda p: p.vehicle.couplers, "coupler", "coupler"
    )


def _line_brake(formation: Formation, stretch: RouteStretch) -> _Fault | None:
    return _line_word(
        formation,
        stretch,
        "brake_systems",
        lambda p: p.vehicle.brake_systems,
        "brake",
        "brake",
    )


def unknowns(
    formation: Formation, route: RailRoute, changes: Sequence[PlannedChange] = ()
) -> list[Reason]:
    """Return what could not be checked, one sentence a kind, with the kilometres it concerns.

    All have the kind ``unknown``: the train is allowed, the plan says so.
    """
    asked: dict[str, Callable[[Formation, RouteStretch], bool]] = {
        "the gauge": lambda f, s: not s.gauges_mm,
        "the power system": lambda f, s: (
            s.electrification in (None, "unknown")
            and not any(p in SELF_POWERED for p in f.power_systems)
        ),
        "the axle load allowed": lambda f, s: s.axle_load_kg is None,
        "the loading gauge": lambda f, s: any(
            fits_within(p.vehicle.loading_gauge, s.loading_gauge) is None for p in f.vehicles
        ),
        "the coupler of the line's locomotives": lambda f, s: (
            _line_interface(s, "couplers") is None
        ),
        "the brake of the line's locomotives": lambda f, s: (
            _line_interface(s, "brake_systems") is None
        ),
    }
    found: list[Reason] = []
    sections = sections_of(formation, route, changes)
    for what, is_unknown in asked.items():
        pieces = [
            (max(stretch.from_m, section.from_m), min(stretch.to_m, section.to_m))
            for section in sections
            for stretch in stretches_in(route, section)
            if is_unknown(section.formation, stretch)
        ]
        if pieces:
            length_km = sum(end - start for start, end in pieces) / 1000.0
            where = between(route, pieces[0][0], pieces[-1][1])
            found.append(
                Reason(
                    f"{what} is not known on {length_km:.0f} km and could not be checked",
                    where=where,
                    kind="unknown",
                )
            )
    return found
