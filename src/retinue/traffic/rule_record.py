"""What a record says of rules of protection, so that a checker can work them out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.plan.traffic_rules import BlockSpan, LineSection, RuleOrder, RulesInForce
from retinue.traffic.special_runs import front_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retinue.plan.traffic import TrafficRecord
    from retinue.traffic.insertion import FoundPath, Prepared
    from retinue.traffic.line_network import LineNetwork, Section, Way
    from retinue.traffic.rules import RuleSet
    from retinue.traffic.special_runs import SpecialRun

    Floats = NDArray[np.float64]

__all__ = ["line_sections", "order_records", "rules_in_force", "with_rules"]

NEAR_DEG = 0.01
"""About a kilometre: sections whose bounds come no nearer to the way's have no course kept."""


def with_rules(
    record: TrafficRecord, prepared: Prepared, found: FoundPath, specials: Sequence[SpecialRun]
) -> TrafficRecord:
    """Return a record that says which rules are on and where the convoy is when."""
    way, place_m = prepared.request.way, prepared.request.place_m
    at, _ = front_profile(found, place_m=place_m)
    fronts = {
        special.run.id: tuple(zip(at.tolist(), special.profile.time_s.tolist(), strict=True))
        for special in specials
    }
    trains = tuple(
        train.model_copy(update={"front": fronts[train.id]}) if train.id in fronts else train
        for train in record.trains
    )
    return record.model_copy(
        update={
            "trains": trains,
            "rules": rules_in_force(prepared.rules),
            "orders": order_records(prepared, found),
            "sections": line_sections(prepared.network, way, place_m),
        }
    )


def rules_in_force(rules: RuleSet) -> RulesInForce:
    """Return the record of the rules that are on."""
    return RulesInForce(
        policy=rules.policy,
        policy_sha256=rules.policy_sha256,
        on=tuple(sorted(rules.on)),
        off=tuple(sorted(rules.off)),
        binds={rule: tuple(classes) for rule, classes in sorted(rules.binds.items())},
        freight_stands_within_s=rules.freight_s,
        shunting_stopped_before_s=rules.shunting_s,
        no_works_before_s=rules.works_s,
        advance_at_most_s=rules.advance_at_most_s if np.isfinite(rules.advance_at_most_s) else None,
    )


def order_records(prepared: Prepared, found: FoundPath) -> tuple[RuleOrder, ...]:
    """Return what staff are told, from so long before the first train until the last is past."""
    request = prepared.request
    return tuple(
        RuleOrder(
            rule=order.rule,
            place=order.place,
            what=order.what,
            from_m=order.from_m,
            to_m=order.to_m,
            from_utc=found.front_at(order.from_m) - found.lags_at(order.from_m)[0] - order.before_s,
            to_utc=found.front_at(order.to_m + request.convoy.longest_m)
            + found.lags_at(order.to_m + request.convoy.longest_m)[1],
        )
        for order in prepared.rules.orders(prepared.network, request.way, request.place_m)
    )


def line_sections(network: LineNetwork, way: Way, place_m: Floats) -> tuple[LineSection, ...]:
    """Return the sections of a way, as often as it runs over them, then those near it."""
    found = []
    for position, step in enumerate(way.steps):
        ends = float(place_m[position]), float(place_m[position + 1])
        a_m, b_m = ends if step.forward else ends[::-1]
        found.append(_section(network, network.sections[step.section], a_m, b_m))
    own = sorted({step.section for step in way.steps})
    return (*found, *(_section(network, s) for s in _near(network, own)))


def _near(network: LineNetwork, own: Sequence[int]) -> list[Section]:
    """Return other sections that share a node with a way or come near it."""
    box = np.array([_bounds(network, section) for section in network.sections])
    nodes = {node for i in own for node in (network.sections[i].a, network.sections[i].b)}
    near = np.array([bool({s.a, s.b} & nodes) for s in network.sections])
    for i in own:
        low, high = box[i, :2] - NEAR_DEG, box[i, 2:] + NEAR_DEG
        near |= ((box[:, 2:] >= low) & (box[:, :2] <= high)).all(axis=1)
    near[list(own)] = False
    return [network.sections[i] for i in np.flatnonzero(near).tolist()]


def _bounds(network: LineNetwork, section: Section) -> tuple[float, float, float, float]:
    ends = network.stations[section.a], network.stations[section.b]
    lat = [*section.lat_deg, *(end.lat for end in ends)]
    lon = [*section.lon_deg, *(end.lon for end in ends)]
    return min(lat), min(lon), max(lat), max(lon)


def _section(
    network: LineNetwork, section: Section, a_m: float | None = None, b_m: float | None = None
) -> LineSection:
    up, down = (
        tuple(
            BlockSpan(resource=block, from_m=low, to_m=high)
            for block, low, high in section.blocks_from_a(forward)
        )
        for forward in (True, False)
    )
    return LineSection(
        id=section.index,
        name=f"{network.stations[section.a].name} - {network.stations[section.b].name}",
        a=section.a,
        b=section.b,
        length_m=section.length_m,
        tracks=section.tracks,
        up=up,
        down=down,
        a_m=a_m,
        b_m=b_m,
        ground=section.ground,
        lat=section.lat_deg,
        lon=section.lon_deg,
    )
